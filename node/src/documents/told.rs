//! What is told of a document beside its content: to the list what it says of itself, and to nobody for whom it is not that there is one; and what passes between those
//! who have it open.

use jeli_protocol::kinds::Kind;
use std::sync::Arc;

use tokio::time::Instant;

use super::actor::DocumentActor;
use super::loaded::{Loaded, Untold};
use super::seat::{CloseReason, Passing, Tab, TabId};
use super::turn;
use crate::audience::Audience;
use crate::browser::passing;
use crate::limits::DESCRIBE_EVERY;
use crate::replica_handle::Request;

impl DocumentActor {
    pub(super) fn audience(&self) -> Audience {
        self.loaded.as_ref().map_or(Audience::Nobody, Loaded::audience)
    }

    /// The document may be another person's now: who may not have it any more starts anew, and there is none for them then.
    pub(super) async fn dismiss_others(&mut self) {
        let audience = self.audience();
        for (id, tab) in turn::dismiss(&mut self.seats, audience) {
            self.shared.presence.left(self.document, id);
            tab.close(CloseReason::GivenAway);
        }
        if self.told_audience != Some(audience) {
            self.told_audience = Some(audience);
            // Whose it is decides who sees it in the list: told at once.
            self.describe().await;
        }
    }

    /// Whether it is told to nobody who is here. At a copy of somebody's notebook that is first its author, who may have signed it with another
    /// name; and what is said beside it is opened along with it.
    pub(super) fn names_nobody(&self) -> bool {
        let kind = self.loaded.as_ref().and_then(|loaded| loaded.kind.parse::<Kind>().ok());
        kind.is_some_and(|kind| kind.is_personal() || kind == Kind::Companion)
    }

    /// When the list of documents is to be told what has changed. At once after a while of quiet, and then at most so often: whoever types in
    /// what the list shows would have every page of the school ask for the list with every letter.
    pub(super) fn describe_at(&self) -> Option<Instant> {
        self.loaded.as_ref()?.untold.as_ref()?;
        Some(self.described_at.map_or_else(Instant::now, |last| last + DESCRIBE_EVERY))
    }

    /// Tells the list of documents what this one says, unless it knows.
    pub(super) async fn describe(&mut self) {
        let description = match self.loaded.as_mut().and_then(|loaded| loaded.untold.take()) {
            None => return,
            Some(Untold::Read(description)) => description,
            Some(Untold::Grown) => match self.on_desk(|desk| desk.loaded.description()).await {
                Some(description) => description,
                None => return,
            },
        };
        self.described_at = Some(Instant::now());
        let _ = self.shared.replica.tell(Request::Describe { document: self.document, description }).await;
    }

    /// The store says that the list shows an older state of this document.
    pub(super) async fn describe_again(&mut self) {
        if self.ensure_loaded().await.is_ok()
            && let Some(loaded) = &mut self.loaded
        {
            loaded.untold.get_or_insert(Untold::Grown);
        }
    }

    pub(super) async fn pass_on(&self, from: &Tab, passing: Passing) {
        if !self.seats.contains_key(&from.id) {
            return;
        }
        if self.audience() == Audience::School
            && let Some(bytes) = passing::pack(&passing)
        {
            let _ = self.shared.replica.tell(Request::Ephemeral { document: self.document, bytes }).await;
        }
        self.show_passing(Some(from.id), &Arc::new(passing));
    }

    pub(super) fn show_passing(&self, except: Option<TabId>, passing: &Arc<Passing>) {
        for seat in self.seats.values().filter(|seat| Some(seat.tab.id) != except) {
            seat.tab.send_passing(self.document, passing);
        }
    }
}
