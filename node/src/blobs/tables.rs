//! What the node remembers of contents beside their bytes: which are here, which are to come, what is kept whatever happens, and who else has them.

use std::collections::HashMap;

use jeli_protocol::ids::{BlobHash, NodeId};
use rusqlite::{Connection, OptionalExtension, params};

use super::limits::USED_AGAIN;
use crate::clock::now_ms;
use crate::replica_handle::ReplicaHandle;

/// The tables.
pub const BLOBS_MIGRATION: &str = include_str!("schema.sql");

type Result<T> = std::result::Result<T, rusqlite::Error>;

/// How soon a content is to come: what is small and shown at once goes first, what somebody waits for next, the rest when the line is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// A small picture.
    Thumbnail,
    /// Somebody is waiting for it.
    Wanted,
    /// Kept at this school whatever happens.
    Pinned,
    /// Small enough to come by itself.
    Small,
}

impl Urgency {
    const ALL: [Self; 4] = [Self::Thumbnail, Self::Wanted, Self::Pinned, Self::Small];

    fn number(self) -> i64 {
        self as i64
    }

    /// Of two reasons the one that counts: what people chose lets a content come whatever its size, and no document takes that back by naming it as a small
    /// picture. Else the more urgent one.
    pub(super) fn or(self, other: Self) -> Self {
        let chosen = |urgency| matches!(urgency, Self::Wanted | Self::Pinned);
        match (chosen(self), chosen(other)) {
            (true, false) => self,
            (false, true) => other,
            _ => self.min(other),
        }
    }

    /// Nobody asked for it.
    pub(super) fn by_itself(self) -> bool {
        matches!(self, Self::Thumbnail | Self::Small)
    }

    fn of_number(number: i64) -> Self {
        Self::ALL.into_iter().find(|urgency| urgency.number() == number).unwrap_or(Self::Small)
    }
}

/// A content that is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    pub hash: BlobHash,
    pub urgency: Urgency,
    /// Somebody said: not now.
    pub paused: bool,
    pub wanted_ms: i64,
}

/// Another computer that had a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    pub node: NodeId,
    /// All of it, or a part.
    pub whole: bool,
    /// When that was known last, by this node's clock.
    pub at_ms: i64,
}

/// A content that is here whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptBlob {
    pub hash: BlobHash,
    pub size: u64,
    pub added_ms: i64,
    pub used_ms: i64,
}

pub(super) fn keep_blob(db: &Connection, hash: &BlobHash, size: u64) -> Result<()> {
    let now = now_ms();
    db.prepare_cached(
        "INSERT INTO blob (hash, size, added_ms, used_ms, settled) VALUES (?1, ?2, ?3, ?3, 1) ON CONFLICT (hash) DO UPDATE SET size = ?2, settled = 1, added_ms = ?3",
    )?
    .execute(params![&hash.0, size as i64, now])?;
    db.prepare_cached("DELETE FROM blob_want WHERE hash = ?1")?.execute([&hash.0])?;
    want_again(db, hash)
}

pub(super) fn forget_blob(db: &Connection, hash: &BlobHash) -> Result<()> {
    db.prepare_cached("DELETE FROM blob WHERE hash = ?1")?.execute([&hash.0])?;
    Ok(())
}

pub(super) fn used(db: &Connection, hash: &BlobHash) -> Result<()> {
    // Whoever looks at a page of pictures, or about in a film, does not make words wait for the disk each time. A clock may have been set back.
    db.prepare_cached("UPDATE blob SET used_ms = ?2 WHERE hash = ?1 AND abs(used_ms - ?2) > ?3")?.execute(params![
        &hash.0,
        now_ms(),
        USED_AGAIN.as_millis() as i64
    ])?;
    Ok(())
}

pub(super) fn kept(db: &Connection) -> Result<Vec<KeptBlob>> {
    let mut statement = db.prepare_cached("SELECT hash, size, added_ms, used_ms FROM blob WHERE settled = 1 ORDER BY hash")?;
    let rows = statement.query_map([], |row| {
        Ok(KeptBlob { hash: BlobHash(row.get(0)?), size: row.get::<_, i64>(1)?.unsigned_abs(), added_ms: row.get(2)?, used_ms: row.get(3)? })
    })?;
    rows.collect()
}

/// Wants it at least so urgently, and goes on with what was paused. False where there is no room for more.
pub(super) fn want(db: &Connection, hash: &BlobHash, urgency: Urgency, most: usize) -> Result<bool> {
    let count: i64 = db.prepare_cached("SELECT count(*) FROM blob_want WHERE hash <> ?1")?.query_row([&hash.0], |row| row.get(0))?;
    if count >= most as i64 {
        return Ok(false);
    }
    let urgency = wanted(db, hash)?.map_or(urgency, |(known, _)| known.or(urgency));
    db.prepare_cached(
        "INSERT INTO blob_want (hash, urgency, paused, wanted_ms) VALUES (?1, ?2, 0, ?3)
         ON CONFLICT (hash) DO UPDATE SET urgency = ?2, paused = 0",
    )?
    .execute(params![&hash.0, urgency.number(), now_ms()])?;
    Ok(true)
}

/// As [`want`], but leaves alone what somebody paused or let go of.
pub(super) fn want_by_itself(db: &Connection, hash: &BlobHash, urgency: Urgency, most: usize) -> Result<bool> {
    if wanted(db, hash)?.is_some_and(|(known, paused)| paused || known.or(urgency) == known) {
        return Ok(false);
    }
    let settled: bool = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM blob_let_go WHERE hash = ?1) OR EXISTS (SELECT 1 FROM blob WHERE hash = ?1 AND settled = 1)")?
        .query_row([&hash.0], |row| row.get(0))?;
    if settled { Ok(false) } else { want(db, hash, urgency, most) }
}

/// Whether it is to come now.
pub(super) fn is_due(db: &Connection, hash: &BlobHash) -> Result<bool> {
    Ok(wanted(db, hash)?.is_some_and(|(_, paused)| !paused))
}

/// How urgently it is to come, and whether that is paused.
fn wanted(db: &Connection, hash: &BlobHash) -> Result<Option<(Urgency, bool)>> {
    db.prepare_cached("SELECT urgency, paused FROM blob_want WHERE hash = ?1")?
        .query_row([&hash.0], |row| Ok((Urgency::of_number(row.get(0)?), row.get(1)?)))
        .optional()
}

pub(super) fn pause(db: &Connection, hash: &BlobHash) -> Result<bool> {
    Ok(db.prepare_cached("UPDATE blob_want SET paused = 1 WHERE hash = ?1")?.execute([&hash.0])? > 0)
}

pub(super) fn cancel(db: &Connection, hash: &BlobHash) -> Result<bool> {
    Ok(db.prepare_cached("DELETE FROM blob_want WHERE hash = ?1")?.execute([&hash.0])? > 0)
}

/// What is to come, the most urgent first.
pub(super) fn wants(db: &Connection) -> Result<Vec<Want>> {
    let mut statement = db.prepare_cached("SELECT hash, urgency, paused, wanted_ms FROM blob_want ORDER BY urgency, wanted_ms, hash")?;
    let rows = statement.query_map([], |row| {
        Ok(Want { hash: BlobHash(row.get(0)?), urgency: Urgency::of_number(row.get(1)?), paused: row.get(2)?, wanted_ms: row.get(3)? })
    })?;
    rows.collect()
}

/// What comes no more for this reason; asked for with another, it still comes.
pub(super) fn want_no_more(db: &Connection, hash: &BlobHash, urgency: Urgency) -> Result<()> {
    db.prepare_cached("DELETE FROM blob_want WHERE hash = ?1 AND urgency = ?2")?.execute(params![&hash.0, urgency.number()])?;
    Ok(())
}

/// It was let go of, and may come by itself again.
pub(super) fn want_again(db: &Connection, hash: &BlobHash) -> Result<()> {
    db.prepare_cached("DELETE FROM blob_let_go WHERE hash = ?1")?.execute([&hash.0])?;
    Ok(())
}

pub(super) fn let_go(db: &Connection, hash: &BlobHash) -> Result<()> {
    cancel(db, hash)?;
    db.prepare_cached("INSERT OR IGNORE INTO blob_let_go (hash) VALUES (?1)")?.execute([&hash.0])?;
    Ok(())
}

pub(super) fn was_let_go(db: &Connection) -> Result<Vec<BlobHash>> {
    let mut statement = db.prepare_cached("SELECT hash FROM blob_let_go")?;
    let rows = statement.query_map([], |row| row.get(0).map(BlobHash))?;
    rows.collect()
}

pub(super) fn pin(db: &Connection, what: &str, key: &str) -> Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO blob_pin (what, key) VALUES (?1, ?2)")?.execute([what, key])?;
    Ok(())
}

pub(super) fn unpin(db: &Connection, what: &str, key: &str) -> Result<bool> {
    Ok(db.prepare_cached("DELETE FROM blob_pin WHERE what = ?1 AND key = ?2")?.execute([what, key])? > 0)
}

pub(super) fn pins(db: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = db.prepare_cached("SELECT what, key FROM blob_pin ORDER BY what, key")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

pub(super) fn holders(db: &Connection, hash: &BlobHash) -> Result<Vec<Holder>> {
    let mut statement = db.prepare_cached("SELECT node, whole, at_ms FROM blob_holder WHERE hash = ?1 ORDER BY at_ms DESC, node")?;
    let rows = statement.query_map([&hash.0], |row| Ok(Holder { node: NodeId(row.get(0)?), whole: row.get(1)?, at_ms: row.get(2)? }))?;
    rows.collect()
}

/// The same, of all contents.
pub(super) fn all_holders(db: &Connection) -> Result<HashMap<BlobHash, Vec<Holder>>> {
    let mut statement = db.prepare_cached("SELECT hash, node, whole, at_ms FROM blob_holder ORDER BY hash, at_ms DESC, node")?;
    let mut all: HashMap<BlobHash, Vec<Holder>> = HashMap::new();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        all.entry(BlobHash(row.get(0)?)).or_default().push(Holder { node: NodeId(row.get(1)?), whole: row.get(2)?, at_ms: row.get(3)? });
    }
    Ok(all)
}

fn note_holder(db: &Connection, hash: &BlobHash, node: &NodeId, whole: bool) -> Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO blob_holder (hash, node, whole, at_ms) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        &hash.0,
        &node.0,
        whole,
        now_ms()
    ])?;
    Ok(())
}

fn forget_holder(db: &Connection, hash: &BlobHash, node: &NodeId) -> Result<()> {
    db.prepare_cached("DELETE FROM blob_holder WHERE hash = ?1 AND node = ?2")?.execute(params![&hash.0, &node.0])?;
    Ok(())
}

/// A number that somebody chose.
pub(super) fn setting(db: &Connection, name: &str) -> Result<Option<u64>> {
    let kept: Option<Vec<u8>> = db.prepare_cached("SELECT value FROM setting WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?;
    Ok(kept.and_then(|digits| std::str::from_utf8(&digits).ok()?.parse().ok()))
}

pub(super) fn set_setting(db: &Connection, name: &str, value: u64) -> Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)")?.execute(params![name, value.to_string().as_bytes()])?;
    Ok(())
}

/// Notes who has what, as it is learnt.
#[derive(Clone)]
pub(super) struct Holders {
    replica: ReplicaHandle,
}

impl Holders {
    pub(super) fn new(replica: ReplicaHandle) -> Self {
        Self { replica }
    }

    /// The node has said what it has.
    pub(super) async fn has(&self, hash: &BlobHash, node: &NodeId, whole: bool) {
        let (hash, node) = (*hash, *node);
        self.note(move |db| note_holder(db, &hash, &node, whole)).await;
    }

    /// The node took it from here.
    pub(super) async fn took(&self, hash: &BlobHash, node: &NodeId) {
        self.has(hash, node, false).await;
    }

    /// The node was asked and has nothing of it.
    pub(super) async fn has_none(&self, hash: &BlobHash, node: &NodeId) {
        let (hash, node) = (*hash, *node);
        self.note(move |db| forget_holder(db, &hash, &node)).await;
    }

    async fn note(&self, work: impl FnOnce(&Connection) -> Result<()> + Send + 'static) {
        if let Ok(Err(error)) = self.replica.with_db(move |db| work(db)).await {
            tracing::debug!(%error, "who has a file was not noted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_paused_or_gave_up_is_not_due() {
        let db = Connection::open_in_memory().expect("a database");
        db.execute_batch(BLOBS_MIGRATION).expect("tables");
        let hash = BlobHash([1; 32]);
        let is_due = || super::is_due(&db, &hash).expect("read");
        assert!(!is_due());
        want(&db, &hash, Urgency::Wanted, 1).expect("wanted");
        assert!(is_due());
        pause(&db, &hash).expect("paused");
        assert!(!is_due());
        want(&db, &hash, Urgency::Wanted, 1).expect("wanted");
        let_go(&db, &hash).expect("let go of");
        assert!(!is_due());
    }
}
