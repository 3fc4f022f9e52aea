//! Words that could not be kept in their document: kept here, with their changes, until their author decides.

use jeli_protocol::ids::{DocumentId, PersonId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::clock::now_ms;
use crate::limits::{MAX_SET_ASIDE, MAX_SET_ASIDE_BYTES, MAX_SET_ASIDE_PER_PERSON};

/// The table of this module, for the database's migrations.
pub const SET_ASIDE_MIGRATION: &str = include_str!("set_aside.sql");

/// A new piece.
pub struct Piece {
    pub document: DocumentId,
    pub person: PersonId,
    /// One of [`super::RefusalReason`]'s codes.
    pub reason: &'static str,
    pub words: String,
    pub changes: Vec<Vec<u8>>,
}

/// A kept piece, as its author sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPiece {
    pub id: i64,
    pub document: DocumentId,
    pub person: PersonId,
    pub when_ms: i64,
    pub reason: String,
    pub words: String,
}

#[derive(Debug, thiserror::Error)]
pub enum SetAsideError {
    #[error("there are {MAX_SET_ASIDE_PER_PERSON} pieces of one person, or {MAX_SET_ASIDE} in all, set aside already; look through them first")]
    Full,
    #[error("the database could not keep the words: {0}")]
    Db(#[from] rusqlite::Error),
}

/// Keeps a piece. The same changes of the same person are one piece, however often the tab offers them.
pub fn put(db: &Connection, piece: Piece) -> Result<i64, SetAsideError> {
    let chunks = piece.changes.concat();
    let mut hasher = blake3::Hasher::new();
    hasher.update(&piece.document.0).update(&piece.person.0).update(&chunks);
    let hash = hasher.finalize();
    let known = db.query_row("SELECT id FROM set_aside WHERE hash = ?1", params![hash.as_bytes()], |row| row.get(0)).optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    let (all, own): (i64, i64) =
        db.query_row("SELECT count(*), count(*) FILTER (WHERE person = ?1) FROM set_aside", params![piece.person.0], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if all >= MAX_SET_ASIDE as i64 || own >= MAX_SET_ASIDE_PER_PERSON as i64 {
        return Err(SetAsideError::Full);
    }
    // Words are what a person needs; the exact changes are kept only where they are small.
    let kept_chunks = if chunks.len() <= MAX_SET_ASIDE_BYTES { chunks } else { Vec::new() };
    db.execute(
        "INSERT INTO set_aside (hash, document, person, when_ms, reason, words, changes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![hash.as_bytes(), piece.document.0, piece.person.0, now_ms(), piece.reason, piece.words, kept_chunks],
    )?;
    Ok(db.last_insert_rowid())
}

/// The pieces of one person, newest first, of one document or of all.
pub fn list(db: &Connection, person: PersonId, document: Option<DocumentId>) -> Result<Vec<KeptPiece>, SetAsideError> {
    let mut statement = db.prepare_cached(
        "SELECT id, document, person, when_ms, reason, words FROM set_aside
         WHERE person = ?1 AND (?2 IS NULL OR document = ?2) ORDER BY id DESC",
    )?;
    let rows = statement.query_map(params![person.0, document.map(|document| document.0)], read_piece)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A piece of this person, with its changes.
pub fn find(db: &Connection, person: PersonId, id: i64) -> Result<Option<(KeptPiece, Vec<u8>)>, SetAsideError> {
    Ok(db
        .query_row(
            "SELECT id, document, person, when_ms, reason, words, changes FROM set_aside WHERE id = ?1 AND person = ?2",
            params![id, person.0],
            |row| Ok((read_piece(row)?, row.get(6)?)),
        )
        .optional()?)
}

/// Lets go of a piece; how many there were of this id and person (none or one).
pub fn remove(db: &Connection, person: PersonId, id: i64) -> Result<usize, SetAsideError> {
    Ok(db.execute("DELETE FROM set_aside WHERE id = ?1 AND person = ?2", params![id, person.0])?)
}

fn read_piece(row: &Row<'_>) -> rusqlite::Result<KeptPiece> {
    Ok(KeptPiece {
        id: row.get(0)?,
        document: DocumentId(row.get(1)?),
        person: PersonId(row.get(2)?),
        when_ms: row.get(3)?,
        reason: row.get(4)?,
        words: row.get(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(person: u8, words: usize) -> Piece {
        let changes = vec![words.to_le_bytes().to_vec()];
        Piece { document: DocumentId([1; 16]), person: PersonId([person; 16]), reason: "reader", words: words.to_string(), changes }
    }

    #[test]
    fn one_person_does_not_take_the_room_of_the_others() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(SET_ASIDE_MIGRATION).unwrap();
        for words in 0..MAX_SET_ASIDE_PER_PERSON {
            put(&db, piece(1, words)).unwrap();
        }
        assert!(matches!(put(&db, piece(1, MAX_SET_ASIDE_PER_PERSON)), Err(SetAsideError::Full)));
        put(&db, piece(1, 0)).expect("the same words are one piece, however often they are offered");
        put(&db, piece(2, 0)).expect("another person's are kept");
    }
}
