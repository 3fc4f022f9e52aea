//! The small numbers that stand for long ids inside the file.

use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, NodeId, SpaceId};
use rusqlite::{Connection, OptionalExtension, Params, params};

use super::StoreFault;

/// SQLite's integers are signed: unsigned ones are kept bit for bit, and only ever compared for being equal where they could be that large.
pub(super) fn signed(number: u64) -> i64 {
    number.cast_signed()
}

pub(super) fn unsigned(number: i64) -> u64 {
    number.cast_unsigned()
}

pub(super) fn number_of(db: &Connection, sql: &str, params: impl Params) -> Result<Option<i64>, StoreFault> {
    Ok(db.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?)
}

fn made(db: &Connection, sql: &str, params: impl Params) -> Result<i64, StoreFault> {
    Ok(db.prepare_cached(sql)?.insert(params)?)
}

pub(super) fn space(db: &Connection, id: &SpaceId) -> Result<Option<i64>, StoreFault> {
    number_of(db, "SELECT number FROM space WHERE id = ?1", [&id.0])
}

pub(super) fn make_space(db: &Connection, id: &SpaceId) -> Result<i64, StoreFault> {
    match space(db, id)? {
        Some(number) => Ok(number),
        None => made(db, "INSERT INTO space (id) VALUES (?1)", [&id.0]),
    }
}

pub(super) fn node(db: &Connection, id: &NodeId) -> Result<Option<i64>, StoreFault> {
    number_of(db, "SELECT number FROM node WHERE id = ?1", [&id.0])
}

pub(super) fn make_node(db: &Connection, id: &NodeId) -> Result<i64, StoreFault> {
    match node(db, id)? {
        Some(number) => Ok(number),
        None => made(db, "INSERT INTO node (id) VALUES (?1)", [&id.0]),
    }
}

pub(super) fn actor(db: &Connection, id: &ActorId) -> Result<Option<i64>, StoreFault> {
    number_of(db, "SELECT number FROM actor WHERE id = ?1", [&id.0[..]])
}

pub(super) fn make_actor(db: &Connection, id: &ActorId) -> Result<i64, StoreFault> {
    match actor(db, id)? {
        Some(number) => Ok(number),
        None => made(db, "INSERT INTO actor (id) VALUES (?1)", [&id.0[..]]),
    }
}

pub(super) fn document(db: &Connection, id: &DocumentId) -> Result<Option<i64>, StoreFault> {
    number_of(db, "SELECT number FROM document WHERE id = ?1", [&id.0])
}

pub(super) fn make_document(db: &Connection, space: i64, id: &DocumentId) -> Result<i64, StoreFault> {
    match document(db, id)? {
        Some(number) => Ok(number),
        None => made(db, "INSERT INTO document (id, space) VALUES (?1, ?2)", params![&id.0, space]),
    }
}

/// The index holds the first eight bytes of a hash only: whoever makes two that agree in them gains nothing but a second look.
pub(super) fn change(db: &Connection, document: i64, hash: &ChangeHash) -> Result<Option<i64>, StoreFault> {
    number_of(db, "SELECT number FROM change WHERE document = ?1 AND substr(hash, 1, 8) = ?2 AND hash = ?3", params![document, &hash.0[..8], &hash.0])
}
