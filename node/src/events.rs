//! What the pages are told: each event says "ask again", none carries content.

use jeli_protocol::ids::{DocumentId, SpaceId};
use tokio::sync::broadcast;

use crate::audience::Audience;
use crate::limits::EVENT_QUEUE;
use crate::replica_handle::CanWrite;

#[derive(Debug, Clone)]
pub enum Event {
    Documents {
        space: SpaceId,
    },
    Status {
        document: DocumentId,
        audience: Audience,
    },
    Presence {
        document: DocumentId,
        audience: Audience,
    },
    Access {
        document: DocumentId,
        can_write: CanWrite,
        /// Whom it concerns of those for whom the document is.
        audience: Audience,
        /// The tab whose change was refused, by the name it gave itself.
        peer: Option<String>,
        reason: Option<&'static str>,
    },
    /// Something about the files of this document has moved.
    Files {
        document: DocumentId,
        audience: Audience,
    },
    Network,
}

impl Event {
    /// The document that it names.
    pub fn document(&self) -> Option<DocumentId> {
        match self {
            Self::Status { document, .. } | Self::Presence { document, .. } | Self::Access { document, .. } | Self::Files { document, .. } => {
                Some(*document)
            }
            Self::Documents { .. } | Self::Network => None,
        }
    }

    /// For whom it is. One that names no document says nothing of any and is for everybody.
    pub fn audience(&self) -> Audience {
        match self {
            Self::Status { audience, .. } | Self::Presence { audience, .. } | Self::Access { audience, .. } | Self::Files { audience, .. } => {
                *audience
            }
            Self::Documents { .. } | Self::Network => Audience::School,
        }
    }
}

/// Where events are told and heard.
#[derive(Clone)]
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::channel(EVENT_QUEUE).0)
    }
}

impl Events {
    /// Tells everybody who listens; nobody listening is no fault.
    pub fn tell(&self, event: Event) {
        let _ = self.0.send(event);
    }

    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}
