//! A document that lost changes, with tabs open on it.
//!
//! Automerge cannot take a change out of a document, so a tab goes on showing what is no part of it any more, and what its person writes
//! builds on that. Such a tab turns read-only and keeps what it shows; its words are set aside for a copy. The next opening, with a fresh
//! actor, gets the document as it is now.

use std::sync::Arc;

use super::actor::DocumentActor;
use super::chunks;
use super::seat::{CloseReason, Tab};
use super::turn::{self, Finished, RefusalReason, Refused};
use super::words;
use crate::replica_handle::Request;

impl DocumentActor {
    /// Loads the document anew. Tabs that show nothing but what is in it start their exchange anew; the others are told that they may not go on.
    pub(super) async fn rebuilt(&mut self) {
        self.loaded = None;
        if self.seats.is_empty() {
            return;
        }
        if self.ensure_loaded().await.is_err() {
            return self.start_anew();
        }
        let Some(loaded) = &self.loaded else { return };
        let mut stale = Vec::new();
        for (id, seat) in std::mem::take(&mut self.seats) {
            if seat.shared().all(|head| loaded.has(&head)) {
                self.shared.presence.left(self.document, id);
                seat.tab.close(CloseReason::StartAnew);
            } else {
                stale.push((id, seat));
            }
        }
        for (id, mut seat) in stale {
            let heads = seat.shared().collect();
            seat.leave_behind();
            let tab = seat.tab.clone();
            self.seats.insert(id, seat);
            self.tell_no_longer_part(tab, heads).await;
        }
    }

    async fn tell_no_longer_part(&mut self, tab: Arc<Tab>, heads: Vec<jeli_protocol::ids::ChangeHash>) {
        let document = self.document;
        let gone = self.shared.replica.ask(|reply| Request::NoLongerPart { document, heads, reply }).await;
        let Ok(Ok(gone)) = gone else {
            tracing::warn!(%document, "what a tab shows beyond the document could not be read; it stays in the tab and in the store");
            return tab.close(CloseReason::StoreFault);
        };
        let finished = self
            .on_desk(move |desk| {
                // They passed the scanner before they were ever shown.
                let changes: Vec<_> = gone.into_iter().filter_map(|chunk| chunks::check(chunk).ok()).collect();
                let words = words::words_of(&desk.loaded.doc, &changes).unwrap_or_default();
                let mut finished = Finished::default();
                finished.refused.push(Refused { tab, reason: RefusalReason::NoLongerPart, words, changes });
                turn::next_messages(desk, &mut finished);
                finished
            })
            .await;
        if let Some(finished) = finished {
            self.deliver(finished).await;
        }
    }
}
