//! What can go wrong, in kinds that a person can do something about.

use jeli_protocol::commit_flaw::CommitFlaw;
use jeli_protocol::log::StoreError;
use rusqlite::ErrorCode;

/// The store could not do its work. The transaction is undone whole; what was acknowledged before stays.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// Free some space, and the next commit works again.
    #[error("the disk is full")]
    DiskFull,
    /// The file or its folder may not be written.
    #[error("the database file may not be written")]
    ReadOnly,
    /// The file holds what no run of this program wrote.
    #[error("the database file is damaged: {0}")]
    Damaged(String),
    /// Another program kept the file for longer than [`super::limits::BUSY_TIMEOUT`].
    #[error("another program is using the database file")]
    Busy,
    /// The disk or its file system failed.
    #[error("the disk could not be read or written: {0}")]
    Io(String),
    /// A commit that does not fit what is kept: a mistake in this program.
    #[error(transparent)]
    Flaw(#[from] CommitFlaw),
    /// What was staged was undone before it could be kept, by a fault that whoever met it did not pass on.
    #[error("what was to be kept was undone by a fault")]
    Undone,
    /// Anything else.
    #[error("the database refused: {0}")]
    Other(String),
}

/// Why a file could not be opened as this node's store. Except for [`OpenError::Fault`] during a migration it was not touched.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file that no SQLite wrote, or a damaged one.
    #[error("this file is not a database")]
    NotADatabase,
    /// Some other program's database.
    #[error("this database belongs to another program")]
    NotOurs,
    /// Written by a newer program.
    #[error("this database was written by a newer version of this program (its schema is {found}, this program knows up to {known})")]
    Newer { found: u32, known: u32 },
    #[error(transparent)]
    Fault(#[from] StoreFault),
}

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        let text = error.to_string();
        match error {
            E::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::DiskFull,
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged(text),
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
                ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => Self::Io(text),
                _ => Self::Other(text),
            },
            // A column that is not what our schema says.
            E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..) | E::InvalidColumnType(..) => Self::Damaged(text),
            _ => Self::Other(text),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) if failure.code == ErrorCode::NotADatabase => Self::NotADatabase,
            _ => Self::Fault(error.into()),
        }
    }
}

impl From<StoreFault> for StoreError {
    fn from(fault: StoreFault) -> Self {
        Self(fault.to_string())
    }
}

/// A stored value that cannot be what this program wrote.
pub(super) fn damaged(what: &str) -> StoreFault {
    StoreFault::Damaged(format!("{what} cannot be read"))
}
