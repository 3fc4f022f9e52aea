//! What a school keeps whatever happens.

use jeli_protocol::ids::{BlobHash, DocumentId};

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
}
