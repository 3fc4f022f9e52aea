//! What a school keeps whatever happens.

use std::collections::{BTreeSet, HashMap};

use jeli_protocol::ids::{BlobHash, DocumentId};

use super::tables::{self, Urgency};
use super::{Blobs, Inner, Result};
use crate::replica_handle::Request;
use crate::store::{NamedFile, Naming};

/// What is kept whatever happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// One content.
    Blob(BlobHash),
    /// All of one document.
    Document(DocumentId),
    /// All of every document of this kind.
    Kind(String),
}

impl Pin {
    pub(super) fn row(&self) -> (&'static str, String) {
        match self {
            Self::Blob(hash) => ("blob", hash.to_string()),
            Self::Document(document) => ("document", document.to_string()),
            Self::Kind(kind) => ("kind", kind.clone()),
        }
    }

    pub(super) fn of_row(what: &str, key: &str) -> Option<Self> {
        match what {
            "blob" => key.parse().ok().map(Self::Blob),
            "document" => key.parse().ok().map(Self::Document),
            "kind" => Some(Self::Kind(key.to_owned())),
            _ => None,
        }
    }

    /// Whether it keeps this file.
    fn covers(&self, file: &NamedFile, kinds: &Kinds) -> bool {
        match self {
            Self::Blob(hash) => *hash == file.hash,
            Self::Document(document) => *document == file.document,
            Self::Kind(kind) => kinds.get(&file.document) == Some(kind),
        }
    }
}

/// Of which kind each document is.
type Kinds = HashMap<DocumentId, String>;

/// All that is kept whatever happens.
pub struct Pins {
    pins: Vec<Pin>,
    kinds: Kinds,
}

impl Pins {
    /// The pins themselves.
    pub fn all(&self) -> &[Pin] {
        &self.pins
    }

    /// Those that keep this file.
    pub fn of<'a>(&'a self, file: &'a NamedFile) -> impl Iterator<Item = &'a Pin> {
        self.pins.iter().filter(|pin| pin.covers(file, &self.kinds))
    }

    /// Whether any keeps it.
    pub fn keep(&self, file: &NamedFile) -> bool {
        self.of(file).next().is_some()
    }

    fn keep_of(&self, files: &[NamedFile]) -> BTreeSet<BlobHash> {
        files.iter().filter(|file| file.naming == Naming::Now && self.keep(file)).map(|file| file.hash).collect()
    }
}

impl Blobs {
    /// Keeps something at this school whatever happens: a content, all of a document (its id), all of a kind (its name). What was let go of comes again.
    pub async fn pin(&self, what: &Pin) -> Result<()> {
        let alone = self.inner.with_kinds(vec![what.clone()]).await?;
        let wanted = alone.keep_of(&self.named(None).await?);
        let (kind, key) = what.row();
        self.inner
            .db(move |db| {
                tables::pin(db, kind, &key)?;
                wanted.iter().try_for_each(|hash| tables::want_again(db, hash))
            })
            .await?;
        self.inner.news.pinned(what);
        self.inner.look_at_all().await;
        Ok(())
    }

    /// See [`Blobs::pin`]. What was to come for its sake alone comes no more. Whether it was pinned is the answer.
    pub async fn unpin(&self, what: &Pin) -> Result<bool> {
        let (kind, key) = what.row();
        if !self.inner.db(move |db| tables::unpin(db, kind, &key)).await? {
            return Ok(false);
        }
        let kept = self.pins().await?.keep_of(&self.named(None).await?);
        let wants = self.wants().await?.into_iter().filter(|want| want.urgency == Urgency::Pinned && !kept.contains(&want.hash));
        for hash in wants.map(|want| want.hash) {
            self.inner.db(move |db| tables::want_no_more(db, &hash, Urgency::Pinned)).await?;
            self.inner.halt(&hash);
        }
        self.inner.news.pinned(what);
        self.inner.look_at_all().await;
        Ok(true)
    }

    /// What is kept whatever happens.
    pub async fn pins(&self) -> Result<Pins> {
        self.inner.pins().await
    }
}

impl Inner {
    pub(super) async fn pins(&self) -> Result<Pins> {
        let rows = self.db(tables::pins).await?;
        self.with_kinds(rows.iter().filter_map(|(what, key)| Pin::of_row(what, key)).collect()).await
    }

    async fn with_kinds(&self, pins: Vec<Pin>) -> Result<Pins> {
        let kinds = if pins.iter().any(|pin| matches!(pin, Pin::Kind(_))) {
            let documents = self.replica.ask(|reply| Request::Documents { space: None, reply }).await??;
            documents.into_iter().map(|info| (info.id, info.kind)).collect()
        } else {
            Kinds::new()
        };
        Ok(Pins { pins, kinds })
    }
}
