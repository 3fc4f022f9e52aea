//! The node's store: one SQLite file, one connection, one thread. It keeps what the protocol's machine commits, answers what the machine
//! asks ([`jeli_protocol::log::LogReader`]), and holds the small things around it.
//!
//! **A commit is durable when [`Store::commit`] or [`Store::flush`] returns** (write-ahead log, `synchronous=FULL`): invariant 1 stands on it.
//! A fault undoes everything since the last flush, so that the file never holds half of anything.

mod changes;
mod changes_list;
mod contacts;
mod documents;
mod entries;
mod fault;
mod files;
mod ids;
mod ledger;
pub mod limits;
mod migrations;
mod open;
mod read_changes;
mod read_entries;
mod reader;
#[cfg(test)]
mod tests;
mod topology;
mod totals;

pub use contacts::{Contacted, LastRoad};
pub use documents::{DescribeOutcome, LoadedDocument, SnapshotOutcome, StoredDocument};
pub use fault::{OpenError, StoreFault};
pub use files::{FilePart, NamedFile, NamedInHistory, Naming, SaidOfFile};
pub use ledger::{EntryCounts, PendingJoin};

use jeli_protocol::log::Commit;
use rusqlite::Connection;

/// The open database.
pub struct Store {
    db: Connection,
    /// Commits wait for the next flush. Whatever undoes them, SQLite by itself too, the flush must not say that they were kept.
    staged: bool,
}

impl Store {
    /// Keeps these commits, and whatever was staged before, in one transaction: all or none, and durable when this returns.
    pub fn commit(&mut self, commits: &[Commit]) -> Result<(), StoreFault> {
        for commit in commits {
            self.stage(commit)?;
        }
        self.flush()
    }

    /// Writes a commit into the open transaction. Reads see it from now on; it is durable after [`Store::flush`], and nobody may hear of it
    /// before. So many inputs share one sync of the disk, each handled with the ones before it in sight. A fault undoes *everything* staged since
    /// the last flush: the machine that made the commits must begin again from the store.
    pub fn stage(&mut self, commit: &Commit) -> Result<(), StoreFault> {
        let done = self.still_there().and_then(|()| self.begin()).and_then(|()| self.apply(commit));
        let done = self.undo_if_failed(done);
        // Whoever hears of a fault here begins again from the store: nothing is awaited any more.
        self.staged = done.is_ok();
        done
    }

    /// Makes what was staged durable. Without anything staged it does nothing.
    pub fn flush(&mut self) -> Result<(), StoreFault> {
        let staged = std::mem::take(&mut self.staged);
        if self.db.is_autocommit() {
            return if staged { Err(StoreFault::Undone) } else { Ok(()) };
        }
        let done = self.db.execute_batch("COMMIT").map_err(StoreFault::from);
        self.undo_if_failed(done)
    }

    /// The connection, for tables that other modules keep in this file. Staged commits are flushed first: what is done here is a transaction
    /// of its own.
    pub fn connection(&mut self) -> Result<&mut Connection, StoreFault> {
        self.flush()?;
        Ok(&mut self.db)
    }

    /// Runs `work` on the connection; see [`Store::connection`].
    pub fn with_connection<T>(&mut self, work: impl FnOnce(&mut Connection) -> T) -> Result<T, StoreFault> {
        self.connection().map(work)
    }

    /// Reads the whole file and checks that its pages and indices hang together. Takes seconds for a large file.
    pub fn check(&self) -> Result<(), StoreFault> {
        let mut statement = self.db.prepare(&format!("PRAGMA quick_check({})", limits::TOLD_COMPLAINTS))?;
        let complaints = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        if complaints.iter().all(|line| line == "ok") { Ok(()) } else { Err(StoreFault::Damaged(complaints.join("; "))) }
    }

    fn begin(&mut self) -> Result<(), StoreFault> {
        if self.db.is_autocommit() {
            self.db.execute_batch("BEGIN IMMEDIATE")?;
        }
        Ok(())
    }

    /// A change outside of a commit: joins the open transaction, or is one of its own.
    fn alone<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        self.still_there()?;
        let staged = !self.db.is_autocommit();
        self.begin()?;
        let done = work(&self.db);
        let done = self.undo_if_failed(done)?;
        if !staged {
            self.flush()?;
        }
        Ok(done)
    }

    /// What was staged is not undone behind our back: SQLite ends a transaction by itself after some faults, also while reading.
    fn still_there(&self) -> Result<(), StoreFault> {
        if self.staged && self.db.is_autocommit() { Err(StoreFault::Undone) } else { Ok(()) }
    }

    fn undo_if_failed<T>(&mut self, done: Result<T, StoreFault>) -> Result<T, StoreFault> {
        if done.is_err() && !self.db.is_autocommit() {
            // SQLite has undone it by itself after some faults; where this one fails, closing the file undoes it.
            let _ = self.db.execute_batch("ROLLBACK");
        }
        done
    }

    fn apply(&mut self, commit: &Commit) -> Result<(), StoreFault> {
        let db = &self.db;
        let space = ids::make_space(db, &commit.space)?;
        changes::keep(db, space, commit)?;
        entries::keep(db, space, commit)?;
        ledger::keep(db, space, commit)
    }
}
