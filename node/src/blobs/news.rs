//! What of the files has moved since somebody asked last: gathered, so that what counts several times a second is told as often as the asker likes.

use std::collections::BTreeSet;
use std::sync::Mutex;

use jeli_protocol::ids::{BlobHash, DocumentId};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::limits::{COUNT_EVERY, MOVED};
use super::{Blobs, Inner, Pin, lock};

/// Of which files something has moved: what is here of a content, how it comes, what a document names.
#[derive(Debug, Default)]
pub struct Moved {
    /// These contents, wherever they are named.
    pub hashes: BTreeSet<BlobHash>,
    /// Some file of these documents.
    pub documents: BTreeSet<DocumentId>,
}

impl Moved {
    fn is_empty(&self) -> bool {
        self.hashes.is_empty() && self.documents.is_empty()
    }
}

/// Gathers what has moved for the one who asks.
#[derive(Default)]
pub(super) struct News {
    moved: Mutex<Moved>,
    something: Notify,
}

impl News {
    pub(super) fn content(&self, hash: &BlobHash) {
        self.note(|moved| (moved.hashes.len() < MOVED).then(|| moved.hashes.insert(*hash)));
    }

    pub(super) fn document(&self, document: DocumentId) {
        self.note(|moved| (moved.documents.len() < MOVED).then(|| moved.documents.insert(document)));
    }

    /// It stays whatever happens from now on, or does no longer. Of all of a kind, nobody waits to hear.
    pub(super) fn pinned(&self, what: &Pin) {
        match what {
            Pin::Blob(hash) => self.content(hash),
            Pin::Document(document) => self.document(*document),
            Pin::Kind(_) => {}
        }
    }

    fn note(&self, note: impl FnOnce(&mut Moved) -> Option<bool>) {
        note(&mut lock(&self.moved));
        self.something.notify_one();
    }
}

impl Blobs {
    /// Waits until something has moved, and says what has since it was asked last. For one asker.
    pub async fn moved(&self) -> Moved {
        let inner = &self.inner;
        loop {
            inner.note_progress();
            let moved = std::mem::take(&mut *lock(&inner.news.moved));
            if !moved.is_empty() {
                return moved;
            }
            let something = inner.news.something.notified();
            if lock(&inner.running).is_empty() {
                something.await;
            } else {
                let _ = timeout(COUNT_EVERY, something).await;
            }
        }
    }
}

impl Inner {
    /// The fetches that have brought something since.
    fn note_progress(&self) {
        for (hash, running) in lock(&self.running).iter_mut() {
            if running.progress.has_changed().unwrap_or(false) {
                running.progress.mark_unchanged();
                self.news.content(hash);
            }
        }
    }
}
