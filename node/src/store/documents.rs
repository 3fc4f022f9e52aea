//! Documents as wholes: what to load, snapshots, and what lists show of them.

use std::collections::BTreeSet;

use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, PersonId, SpaceId};
use jeli_protocol::kinds::Facts;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::fault::damaged;
use super::read_changes::{deps_of, hash_of};
use super::{Store, StoreFault, ids};
use crate::replica_handle::{ContentState, Described};

/// All of a document that may be applied: load the snapshot, then the chunks in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedDocument {
    /// Where it was first heard of. Whose it is says its control entry.
    pub space: SpaceId,
    pub snapshot: Option<Vec<u8>>,
    /// The changes that the snapshot lacks, dependencies first.
    pub chunks: Vec<Vec<u8>>,
}

/// What became of an offered snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotOutcome {
    Saved,
    /// It has more or less in it than the document has now (changes came while it was made, or the document shrank). Nothing is lost by it:
    /// the next load reads more chunks.
    NotTheDocument,
}

/// Whether lists show a document otherwise than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescribeOutcome {
    News,
    Known,
}

/// What is known of a document without loading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDocument {
    pub id: DocumentId,
    /// Where it was first heard of.
    pub space: SpaceId,
    pub state: ContentState,
    /// As last described; empty before.
    pub title: String,
    /// As last described; empty before, and where what is kept cannot be read.
    pub facts: Facts,
    pub described: Described,
    /// When it was last written in, as its changes say (Unix milliseconds), and at the latest when this node last kept something of it, by
    /// its own clock.
    pub changed_at_ms: Option<i64>,
}

const DOCUMENTS: &str = "SELECT d.id, s.id, d.title, d.described = d.ready, min(d.changed_ms, coalesce(d.written_ms, d.changed_ms)), d.ready > 0,
     d.facts
     FROM document d JOIN space s ON s.number = d.space";

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredDocument> {
    Ok(StoredDocument {
        id: DocumentId(row.get(0)?),
        space: SpaceId(row.get(1)?),
        state: if row.get(5)? { ContentState::Here } else { ContentState::Coming },
        title: row.get(2)?,
        described: if row.get(3)? { Described::Fresh } else { Described::Stale },
        changed_at_ms: row.get(4)?,
        facts: serde_json::from_str(row.get_ref(6)?.as_str()?).unwrap_or_default(),
    })
}

impl Store {
    /// The document, or none if nothing of it was ever kept.
    pub fn load_document(&self, document: &DocumentId) -> Result<Option<LoadedDocument>, StoreFault> {
        let Some(number) = ids::document(&self.db, document)? else { return Ok(None) };
        let space = self
            .db
            .prepare_cached("SELECT s.id FROM document d JOIN space s ON s.number = d.space WHERE d.number = ?1")?
            .query_row([number], |row| row.get(0).map(SpaceId))?;
        let snapshot = self
            .db
            .prepare_cached("SELECT upto, bytes FROM snapshot WHERE document = ?1")?
            .query_row([number], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
            .optional()?;
        let upto = snapshot.as_ref().map_or(0, |(upto, _)| *upto);
        let mut statement = self.db.prepare_cached("SELECT chunk FROM change WHERE document = ?1 AND ready > ?2 ORDER BY ready")?;
        let chunks = statement.query_map([number, upto], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(Some(LoadedDocument { space, snapshot: snapshot.map(|(_, bytes)| bytes), chunks }))
    }

    /// Keeps a document saved whole, if it is the document: its `heads` must be those of all changes that are part of it now. Equal heads mean
    /// equal changes, since each names what it builds on by hash.
    pub fn save_snapshot(&mut self, document: &DocumentId, heads: &[ChangeHash], bytes: &[u8]) -> Result<SnapshotOutcome, StoreFault> {
        self.alone(|db| {
            let Some(number) = ids::document(db, document)? else { return Ok(SnapshotOutcome::NotTheDocument) };
            let offered: BTreeSet<ChangeHash> = heads.iter().copied().collect();
            if offered.is_empty() || heads_of(db, number)? != offered {
                return Ok(SnapshotOutcome::NotTheDocument);
            }
            let heads: Vec<u8> = offered.iter().flat_map(|head| head.0).collect();
            db.prepare_cached(
                "INSERT OR REPLACE INTO snapshot (document, upto, heads, bytes) SELECT number, ready, ?2, ?3 FROM document WHERE number = ?1",
            )?
            .execute(params![number, heads, bytes])?;
            Ok(SnapshotOutcome::Saved)
        })
    }

    /// The heads of a document: its changes that no other builds on.
    pub fn heads(&self, document: &DocumentId) -> Result<BTreeSet<ChangeHash>, StoreFault> {
        match ids::document(&self.db, document)? {
            Some(number) => heads_of(&self.db, number),
            None => Ok(BTreeSet::new()),
        }
    }

    /// Notes what the document says of itself now.
    pub fn describe(&mut self, document: &DocumentId, facts: &Facts) -> Result<DescribeOutcome, StoreFault> {
        let json = serde_json::to_string(facts).map_err(|_| damaged("the facts of a document"))?;
        self.alone(|db| {
            let told = db
                .prepare_cached("UPDATE document SET title = ?2, facts = ?3 WHERE id = ?1 AND (title <> ?2 OR facts <> ?3)")?
                .execute(params![&document.0, facts.title, json])?;
            db.prepare_cached("UPDATE document SET described = ready WHERE id = ?1 AND described <> ready")?.execute([&document.0])?;
            Ok(if told > 0 { DescribeOutcome::News } else { DescribeOutcome::Known })
        })
    }

    /// Who writes with this actor of ours; whoever asks first does from now on. Another one than `person` is the answer where it is taken.
    pub fn claim_actor(&mut self, actor: &ActorId, person: &PersonId) -> Result<Option<PersonId>, StoreFault> {
        let known = self
            .db
            .prepare_cached("SELECT person FROM actor_person WHERE actor = ?1")?
            .query_row([&actor.0[..]], |row| row.get(0).map(PersonId))
            .optional()?;
        if let Some(known) = known {
            return Ok(Some(known).filter(|known| known != person));
        }
        self.alone(|db| {
            db.prepare_cached("INSERT INTO actor_person (actor, person) VALUES (?1, ?2)")?.execute(params![&actor.0[..], &person.0])?;
            Ok(None)
        })
    }

    /// The documents first heard of in one space, or in all, in that order.
    pub fn documents(&self, space: Option<&SpaceId>) -> Result<Vec<StoredDocument>, StoreFault> {
        let mut statement = self.db.prepare_cached(&format!("{DOCUMENTS} WHERE ?1 IS NULL OR s.id = ?1 ORDER BY d.number"))?;
        let rows = statement.query_map([space.map(|space| &space.0[..])], stored)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One document.
    pub fn document(&self, document: &DocumentId) -> Result<Option<StoredDocument>, StoreFault> {
        let mut statement = self.db.prepare_cached(&format!("{DOCUMENTS} WHERE d.id = ?1"))?;
        Ok(statement.query_row([&document.0], stored).optional()?)
    }
}

/// From the heads of the snapshot on, so that only what came after it is read.
fn heads_of(db: &Connection, document: i64) -> Result<BTreeSet<ChangeHash>, StoreFault> {
    let snapshot = db
        .prepare_cached("SELECT upto, heads FROM snapshot WHERE document = ?1")?
        .query_row([document], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
        .optional()?;
    let (upto, before) = snapshot.unwrap_or_default();
    let mut heads: BTreeSet<ChangeHash> = before.chunks_exact(32).filter_map(|head| ChangeHash::try_from(head).ok()).collect();
    let mut statement = db.prepare_cached("SELECT number FROM change WHERE document = ?1 AND ready > ?2")?;
    let mut rows = statement.query([document, upto])?;
    let mut built_on = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        built_on.extend(deps_of(db, number)?);
        heads.insert(hash_of(db, number)?);
    }
    Ok(&heads - &built_on)
}
