//! Bundles: what travels as a file, by stick, phone or messenger.
//!
//! - `make`: what this node gives along. `open`: what it is given. `seal`: so that nobody on the way reads it.
//! - `shelf`: the files that lie here: made, carried for others, waiting for another one to come first.
//! - this file: all of it together ([`Bundles`]).
//!
//! **Invariant:** what a bundle brings is verified as if it had come on a line; its outside only says whom to ask and whether it is whole.

pub mod limits;
mod make;
mod open;
mod seal;
mod shelf;

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jeli_protocol::certificate::NodeCertificate;
use jeli_protocol::ids::{BundleId, NodeId};
use jeli_protocol::keys::NodeKey;
use rusqlite::{Connection, OptionalExtension as _, params};

pub use make::{Made, Wanted, WithFiles};
pub use open::{Fate, Opened};
pub use seal::SealError;
pub(crate) use shelf::cover_of;
pub use shelf::{Half, OnShelf, Place};

use shelf::Shelf;

use crate::blobs::{BlobError, Blobs, KeepError, disk_free};
use crate::clock::now_ms;
use crate::replica_handle::{NoFrame, ReplicaHandle, ReplicaStopped, Request, StoreFault};

/// The tables of bundles.
pub const BUNDLES_MIGRATION: &str = include_str!("schema.sql");

/// Why a bundle could not be made or opened. What had been taken in of it before is kept.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file is something else.
    #[error("the file is not a bundle of jeli")]
    NotABundle,
    /// A newer program made it.
    #[error("the bundle was made by a newer version of jeli: update this one")]
    Newer,
    /// It ends too early.
    #[error("the bundle is not whole: {here} bytes are here of {of}; copy it again")]
    Truncated {
        /// Bytes that are here.
        here: u64,
        /// Bytes that it has; 0: not even that is told.
        of: u64,
    },
    /// It was damaged on the way.
    #[error("the bundle was damaged on the way; copy it again, or ask for a new one")]
    Damaged,
    /// It says that it is for this computer, and is sealed for others.
    #[error("the bundle is not sealed for this computer; ask for a new one")]
    NotSealedForUs,
    /// Nobody to give it to.
    #[error("there is no other computer for which a bundle could be made")]
    NobodyToGiveTo,
    /// Somebody for whom it is made is no member any more.
    #[error("somebody for whom the bundle is made is no member any more: make it again")]
    MembersChanged,
    /// The size that was set makes too many parts.
    #[error("the bundle would have more than {} parts: choose a larger size", jeli_protocol::bundle::limits::MAX_PARTS)]
    TooManyParts,
    /// It is larger than any that a node takes.
    #[error("the bundle is larger than {} bytes", limits::MAX_BUNDLE_BYTES)]
    TooLarge,
    /// No such bundle lies here.
    #[error("there is no such bundle here (any more)")]
    Unknown,
    /// It cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The disk.
    #[error("the bundle could not be read or written: {0}")]
    Io(#[from] io::Error),
    /// The files.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The tables.
    #[error("what is known of bundles could not be read or written: {0}")]
    Tables(#[from] rusqlite::Error),
    /// The node is stopping.
    #[error(transparent)]
    Stopped(#[from] ReplicaStopped),
}

impl From<NoFrame> for BundleError {
    fn from(none: NoFrame) -> Self {
        match none {
            NoFrame::MembersChanged => Self::MembersChanged,
            NoFrame::Store(fault) => Self::Store(fault),
        }
    }
}

impl BundleError {
    /// Whether the disk has no room.
    pub fn is_disk_full(&self) -> bool {
        let full = |error: &io::Error| matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        match self {
            Self::Io(error) | Self::Seal(SealError::Io(error)) => full(error),
            Self::Blob(BlobError::Keep(KeepError::DiskFull)) | Self::Store(StoreFault::DiskFull) => true,
            Self::Tables(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull),
            _ => false,
        }
    }
}

/// The bundles of this node. Cheap to clone.
#[derive(Clone)]
pub struct Bundles {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    key: NodeKey,
    certificate: NodeCertificate,
    replica: ReplicaHandle,
    blobs: Blobs,
    /// None until the folder could be looked through.
    shelf: Mutex<Option<Shelf>>,
    /// How many entries there were when those that wait were tried last.
    tried_at: Mutex<Option<u64>>,
    making: tokio::sync::Mutex<()>,
    opening: tokio::sync::Mutex<()>,
}

impl Bundles {
    /// The bundles of a folder. Where that cannot be used, whoever asks for bundles is told so, and it is tried again: words must not wait for them.
    pub fn start(folder: &Path, key: NodeKey, certificate: NodeCertificate, replica: ReplicaHandle, blobs: Blobs) -> Self {
        let shelf = Shelf::open(folder).inspect_err(|error| {
            tracing::error!(folder = %folder.display(), %error, "this node works without bundles until their folder can be used");
        });
        let (shelf, folder) = (Mutex::new(shelf.ok()), folder.to_owned());
        let inner = Inner {
            folder,
            key,
            certificate,
            replica,
            blobs,
            shelf,
            tried_at: Default::default(),
            making: Default::default(),
            opening: Default::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Tries again now and then what waits for others to come first: they may have come by a line. Never ends by itself.
    pub async fn look_at_waiting(self) {
        let mut pace = tokio::time::interval(limits::LOOK_AGAIN);
        loop {
            pace.tick().await;
            if self.on_shelf().is_ok_and(|all| all.iter().any(|one| one.place == Place::Waiting)) {
                let _turn = self.inner.opening.lock().await;
                self.inner.take_waiting().await;
            }
        }
    }

    /// Whether there is still room on the disk beside what words keep for themselves.
    pub fn check_room(&self) -> Result<(), BundleError> {
        self.inner.check_room()
    }

    /// Makes bundles: one export for each set of recipients, in one part or several.
    pub async fn make(&self, wanted: &Wanted) -> Result<Vec<Made>, BundleError> {
        let made = self.inner.make(wanted).await?;
        if made.is_empty() { Err(BundleError::NobodyToGiveTo) } else { Ok(made) }
    }

    /// A place of this node's own where somebody may write a bundle that comes in.
    pub fn place_to_write(&self) -> Result<Half, BundleError> {
        self.inner.check_room()?;
        self.inner.half()
    }

    /// Takes in a bundle from a place of this node's own ([`Bundles::place_to_write`]). One at a time.
    pub async fn take_in(&self, half: Half) -> Result<Opened, BundleError> {
        let _turn = self.inner.opening.lock().await;
        self.inner.open(half.path()).await
    }

    /// The bundles that lie here.
    pub fn on_shelf(&self) -> Result<Vec<OnShelf>, BundleError> {
        self.inner.shelf(|shelf| shelf.all().to_vec())
    }

    /// One of them.
    pub fn find(&self, id: &BundleId) -> Result<OnShelf, BundleError> {
        self.inner.shelf(|shelf| shelf.find(id).cloned())?.ok_or(BundleError::Unknown)
    }

    /// Takes one of them away.
    pub fn remove(&self, id: &BundleId) -> Result<(), BundleError> {
        self.find(id)?;
        self.inner.shelf(|shelf| shelf.remove(id))
    }
}

impl Inner {
    /// Does something with the shelf; opens it, if that was not possible before. Not to be held for long.
    fn shelf<T>(&self, work: impl FnOnce(&mut Shelf) -> T) -> Result<T, BundleError> {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let shelf = match &mut *shelf {
            Some(shelf) => shelf,
            none => none.insert(Shelf::open(&self.folder)?),
        };
        Ok(work(shelf))
    }

    /// A place for a file that is not whole yet.
    fn half(&self) -> Result<Half, BundleError> {
        self.shelf(|shelf| shelf.half())
    }

    fn check_room(&self) -> Result<(), BundleError> {
        self.check_room_for(0)
    }

    fn check_room_for(&self, bytes: u64) -> Result<(), BundleError> {
        if disk_free(&self.folder)? < limits::RESERVE_BYTES.saturating_add(bytes) {
            Err(io::Error::from(io::ErrorKind::StorageFull).into())
        } else {
            Ok(())
        }
    }

    /// A number larger than that of any bundle made here before, whatever the clock says.
    async fn next_number(&self) -> Result<u64, BundleError> {
        Ok(self.replica.with_db(|db| next_number(db)).await??)
    }

    /// The computers of all spaces of this node.
    async fn known_makers(&self) -> Result<HashSet<NodeId>, BundleError> {
        let spaces = self.replica.ask(|reply| Request::Spaces { reply }).await??;
        Ok(spaces.iter().flat_map(|space| &space.members).flat_map(|member| member.nodes.iter().map(|node| node.id)).collect())
    }
}

const NUMBER_SETTING: &str = "bundle_number";

fn next_number(db: &Connection) -> rusqlite::Result<u64> {
    let last: Option<Vec<u8>> =
        db.prepare_cached("SELECT value FROM setting WHERE name = ?1")?.query_row([NUMBER_SETTING], |row| row.get(0)).optional()?;
    let last: u64 = last.and_then(|digits| std::str::from_utf8(&digits).ok()?.parse().ok()).unwrap_or(0);
    // A node that was put back from an old copy would count anew: the clock says about how far it had come.
    let next = last.saturating_add(1).max(u64::try_from(now_ms() / 1_000).unwrap_or(0));
    db.prepare_cached("INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)")?
        .execute(params![NUMBER_SETTING, next.to_string().as_bytes()])?;
    Ok(next)
}
