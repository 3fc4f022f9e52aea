//! Keeping changes: new ones, and those whose standing is another now.

use std::collections::{BTreeMap, BTreeSet};

use jeli_protocol::commit_flaw::CommitFlaw;
use jeli_protocol::ids::{ChangeHash, DocumentId};
use jeli_protocol::log::{ChangeRecord, Commit, Restanding, Standing, StoredChange};
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::ids::{self, signed};
use super::read_changes::{deps_of, marks_of};
use super::topology::{NewlyReady, dependencies_first};
use super::{StoreFault, read_changes};
use crate::clock::now_ms;

/// What is known of a change besides its facts, kept as one number: 0 for the ordinary change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) standing: Standing,
    pub(super) admitted: bool,
    pub(super) owned: bool,
    pub(super) sound: bool,
}

const NOT_ADMITTED: i64 = 4;
const NOT_SOUND: i64 = 8;
const NOT_OWNED: i64 = 16;

impl Marks {
    fn of(record: &ChangeRecord) -> Self {
        Self { standing: record.standing, admitted: record.admitted, owned: record.owned, sound: record.sound }
    }

    fn number(self) -> i64 {
        let unless = |holds: bool, mark: i64| if holds { 0 } else { mark };
        i64::from(self.standing as u8) + unless(self.admitted, NOT_ADMITTED) + unless(self.sound, NOT_SOUND) + unless(self.owned, NOT_OWNED)
    }

    pub(super) fn from_number(number: i64) -> Option<Self> {
        let standing = Standing::from_number(u8::try_from(number & 3).ok()?)?;
        let marked = |mark| number & mark != 0;
        (0..32).contains(&number).then_some(Self { standing, admitted: !marked(NOT_ADMITTED), owned: !marked(NOT_OWNED), sound: !marked(NOT_SOUND) })
    }
}

pub(super) fn keep(db: &Connection, space: i64, commit: &Commit) -> Result<(), StoreFault> {
    if commit.changes.is_empty() && commit.restanding.is_empty() {
        return Ok(());
    }
    let next_change = ids::number_of(db, "SELECT coalesce(max(number), 0) + 1 FROM change", [])?.unwrap_or(1);
    let unordered = commit.restanding.iter().map(|now| now.document).chain(out_of_order(&commit.changes)).collect();
    let mut shelf = Shelf { db, space, next_change, unordered, now_ms: now_ms(), documents: BTreeMap::new() };
    for change in &commit.changes {
        shelf.keep(change)?;
    }
    for now in &commit.restanding {
        shelf.restand(now)?;
    }
    shelf.finish()
}

/// The documents of which a change stands before one that it depends on.
fn out_of_order(changes: &[StoredChange]) -> impl Iterator<Item = DocumentId> + '_ {
    let mut later: BTreeSet<(DocumentId, ChangeHash)> = BTreeSet::new();
    changes.iter().rev().filter_map(move |change| {
        let facts = &change.record.facts;
        let misplaced = facts.deps.iter().any(|dep| later.contains(&(change.document, *dep)));
        later.insert((change.document, facts.hash));
        misplaced.then_some(change.document)
    })
}

/// One commit's changes on their way into the file.
struct Shelf<'a> {
    db: &'a Connection,
    space: i64,
    next_change: i64,
    /// Documents of which a change may become ready behind one that stands later in the commit: their ready numbers are given at the end.
    unordered: BTreeSet<DocumentId>,
    now_ms: i64,
    documents: BTreeMap<DocumentId, Touched>,
}

struct Touched {
    number: i64,
    ready: i64,
    /// Changes that are no part of the document any more: what was saved of it is not true any more.
    shrank: bool,
    /// When the newest of the changes that came was written, as it says.
    written_ms: Option<i64>,
    later: Vec<NewlyReady>,
}

impl Shelf<'_> {
    fn touch(&mut self, document: &DocumentId) -> Result<&mut Touched, StoreFault> {
        if !self.documents.contains_key(document) {
            let number = ids::make_document(self.db, self.space, document)?;
            let ready = ids::number_of(self.db, "SELECT ready FROM document WHERE number = ?1", [number])?.unwrap_or(0);
            self.documents.insert(*document, Touched { number, ready, shrank: false, written_ms: None, later: Vec::new() });
        }
        self.documents.get_mut(document).ok_or_else(|| StoreFault::Other("a document was not found again".into()))
    }

    fn keep(&mut self, change: &StoredChange) -> Result<(), StoreFault> {
        let (facts, marks) = (&change.record.facts, Marks::of(&change.record));
        let (db, number) = (self.db, self.next_change);
        let gives_now = !self.unordered.contains(&change.document);
        let written_ms = written_ms(facts.time, self.now_ms);
        let touched = self.touch(&change.document)?;
        touched.written_ms = touched.written_ms.max(written_ms);
        if let Some(known) = ids::change(db, touched.number, &facts.hash)? {
            return restand(db, touched, known, marks, gives_now);
        }
        let ready = match marks.standing {
            Standing::Ready if gives_now => {
                touched.ready += 1;
                Some(touched.ready)
            }
            Standing::Ready => {
                touched.later.push(NewlyReady { number, hash: facts.hash, deps: facts.deps.clone() });
                None
            }
            _ => None,
        };
        let deps = match facts.deps.as_slice() {
            [dep] => ids::change(db, touched.number, dep)?.map_or_else(|| Value::Blob(dep.0.to_vec()), |dep| Value::Integer(number - dep)),
            deps => Value::Blob(deps.iter().flat_map(|dep| dep.0).collect()),
        };
        let max_beyond = facts.max_op.wrapping_sub(facts.start_op.wrapping_add(facts.op_count).wrapping_sub(1));
        db.prepare_cached(
            "INSERT INTO change (number, document, hash, actor, seq, start_op, op_count, max_beyond, time, marks, ready, deps, chunk)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            number,
            touched.number,
            &facts.hash.0,
            ids::make_actor(db, &facts.actor)?,
            signed(facts.seq),
            signed(facts.start_op),
            signed(facts.op_count),
            signed(max_beyond),
            facts.time,
            marks.number(),
            ready,
            deps,
            change.chunk,
        ])?;
        if marks.standing == Standing::Waiting {
            begin_waiting(db, touched.number, number, &facts.deps)?;
        }
        self.next_change += 1;
        Ok(())
    }

    fn restand(&mut self, now: &Restanding) -> Result<(), StoreFault> {
        let db = self.db;
        let unknown = || CommitFlaw::UnknownChange(now.document, now.hash);
        let known = ids::document(db, &now.document)?.ok_or_else(unknown)?;
        let number = ids::change(db, known, &now.hash)?.ok_or_else(unknown)?;
        let marks = Marks { standing: now.standing, admitted: now.admitted, owned: now.owned, ..marks_of(db, number)? };
        restand(db, self.touch(&now.document)?, number, marks, false)
    }

    fn finish(self) -> Result<(), StoreFault> {
        for mut touched in self.documents.into_values() {
            if touched.shrank {
                // A title told about the larger document is not told about this one.
                touched.ready += 1;
                self.db.prepare_cached("DELETE FROM snapshot WHERE document = ?1")?.execute([touched.number])?;
            }
            // One that became ready and then, later in the same commit, was found not to be.
            let still = |change: &NewlyReady| Ok::<_, StoreFault>(marks_of(self.db, change.number)?.standing == Standing::Ready);
            let mut later = Vec::with_capacity(touched.later.len());
            for change in touched.later {
                if still(&change)? {
                    later.push(change);
                }
            }
            for number in dependencies_first(&later) {
                touched.ready += 1;
                self.db.prepare_cached("UPDATE change SET ready = ?2 WHERE number = ?1")?.execute([number, touched.ready])?;
            }
            self.db
                .prepare_cached(
                    "UPDATE document SET ready = ?2, changed_ms = ?3, written_ms = nullif(max(coalesce(written_ms, 0), ?4), 0) WHERE number = ?1",
                )?
                .execute([touched.number, touched.ready, self.now_ms, touched.written_ms.unwrap_or(0)])?;
        }
        Ok(())
    }
}

/// Gives a kept change another standing. `gives_now`: it may take the next ready number at once.
fn restand(db: &Connection, touched: &mut Touched, number: i64, new: Marks, gives_now: bool) -> Result<(), StoreFault> {
    let (old_marks, old_ready) = db
        .prepare_cached("SELECT marks, ready FROM change WHERE number = ?1")?
        .query_row([number], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?)))?;
    let before = Marks::from_number(old_marks).ok_or_else(|| super::fault::damaged("a change's standing"))?.standing;
    let after = new.standing;
    let becomes_ready = after == Standing::Ready && before != Standing::Ready;
    let ready = match after {
        Standing::Ready if becomes_ready && gives_now => {
            touched.ready += 1;
            Some(touched.ready)
        }
        Standing::Ready => old_ready,
        _ => None,
    };
    if becomes_ready && !gives_now {
        let (hash, deps) = (read_changes::hash_of(db, number)?, deps_of(db, number)?);
        touched.later.push(NewlyReady { number, hash, deps });
    }
    touched.shrank |= before == Standing::Ready && after != Standing::Ready;
    db.prepare_cached("UPDATE change SET marks = ?2, ready = ?3 WHERE number = ?1")?.execute(params![number, new.number(), ready])?;
    match (before == Standing::Waiting, after == Standing::Waiting) {
        (false, true) => begin_waiting(db, touched.number, number, &deps_of(db, number)?)?,
        (true, false) => {
            let mut statement = db.prepare_cached("DELETE FROM waiting_change WHERE document = ?1 AND dependency = ?2 AND change = ?3")?;
            for dep in deps_of(db, number)? {
                statement.execute(params![touched.number, &dep.0, number])?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn begin_waiting(db: &Connection, document: i64, number: i64, deps: &[ChangeHash]) -> Result<(), StoreFault> {
    let mut statement = db.prepare_cached("INSERT OR IGNORE INTO waiting_change (document, dependency, change) VALUES (?1, ?2, ?3)")?;
    for dep in deps {
        statement.execute(params![document, &dep.0, number])?;
    }
    Ok(())
}

/// The first of January 2020, Unix seconds. jeli is younger: a clock that shows an earlier day was never set.
const FIRST_WRITTEN_S: i64 = 1_577_836_800;

/// When a change was written, Unix milliseconds, from its own `time` in seconds. Clocks of schools can be wrong: what is known is that it was
/// written before it came.
fn written_ms(time: i64, now_ms: i64) -> Option<i64> {
    (time >= FIRST_WRITTEN_S).then(|| time.saturating_mul(1000).min(now_ms))
}
