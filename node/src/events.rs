//! What the pages are told: each event says "ask again", none carries content.

use jeli_protocol::ids::{DocumentId, PersonId, SpaceId};
use tokio::sync::broadcast;

use crate::limits::EVENT_QUEUE;
use crate::replica_handle::CanWrite;

#[derive(Debug, Clone)]
pub enum Event {
    Documents {
        space: SpaceId,
    },
    Status {
        document: DocumentId,
    },
    Presence {
        document: DocumentId,
    },
    Access {
        document: DocumentId,
        can_write: CanWrite,
        /// Whom it concerns; None: everybody.
        audience: Option<PersonId>,
        /// The tab whose change was refused, by the name it gave itself.
        peer: Option<String>,
        reason: Option<&'static str>,
    },
    Network,
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
