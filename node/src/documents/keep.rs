//! What came is kept before anybody is shown it; what may not be kept is set aside for who wrote it.

use tokio::sync::oneshot;

use super::actor::DocumentActor;
use super::set_aside;
use super::turn::{Prepared, RefusalReason, Refused, Verdict};
use crate::accounts::Role;
use crate::audience::Audience;
use crate::events::Event;
use crate::replica_handle::{CanWrite, Request, SubmitRefusal, Submitted};

impl DocumentActor {
    /// Submits what is new, all messages before the first answer, so that the store can commit them together.
    pub(super) async fn keep(&self, prepared: Vec<Prepared>) -> Vec<(Prepared, Verdict)> {
        let school = self.loaded.as_ref().map_or(CanWrite::No, |loaded| loaded.can_write);
        let mut pending = Vec::with_capacity(prepared.len());
        for message in prepared {
            let may = match &message.lead {
                _ if message.fresh.is_empty() => Err(Verdict::Kept),
                _ if !message.tab.role.may_write() => Err(Verdict::Refused(RefusalReason::Reader)),
                _ if !school.is_yes() => Err(Verdict::Refused(RefusalReason::SchoolMayNotWrite)),
                _ if !self.takes(&message) => Err(Verdict::Refused(RefusalReason::TooLarge)),
                Some(lead) => self.judge_lead(lead).await,
                None => Ok(()),
            };
            let answer = if let Err(verdict) = may {
                Pending::Judged(verdict)
            } else {
                let (reply, answer) = oneshot::channel();
                let request = Request::SubmitChanges {
                    document: self.document,
                    changes: message.fresh.iter().map(|change| change.chunk.clone()).collect(),
                    // A guest who sits down again is another one, with words that they wrote before.
                    author: Some(message.tab.person).filter(|_| message.tab.role != Role::Guest),
                    reply,
                };
                // A failed send drops the reply, and the answer below says so.
                let _ = self.shared.replica.tell(request).await;
                Pending::Asked(answer)
            };
            pending.push((message, answer));
        }
        let mut judged = Vec::with_capacity(pending.len());
        for (message, answer) in pending {
            let verdict = match answer {
                Pending::Judged(verdict) => verdict,
                Pending::Asked(answer) => match answer.await {
                    Ok(Ok(_)) => Verdict::Kept,
                    Ok(Err(refusal)) => verdict_of(&refusal),
                    Err(_stopped) => Verdict::NotNow,
                },
            };
            judged.push((message, verdict));
        }
        judged
    }

    fn takes(&self, message: &Prepared) -> bool {
        self.loaded.as_ref().is_none_or(|loaded| loaded.takes(message.fresh.iter().map(|change| change.chunk.as_slice())))
    }

    pub(super) async fn set_aside(&self, refused: Refused) {
        let Refused { tab, reason, words, changes } = refused;
        tracing::info!(document = %self.document, reason = reason.code(), changes = changes.len(), "changes of a tab were set aside");
        let piece = set_aside::Piece {
            document: self.document,
            person: tab.person,
            reason: reason.code(),
            words,
            changes: changes.into_iter().map(|change| change.chunk).collect(),
        };
        let kept = self.shared.replica.with_db(move |db| set_aside::put(db, piece)).await;
        if !matches!(kept, Ok(Ok(_))) {
            tracing::warn!(document = %self.document, "refused words could not be set aside; they stay in the tab");
        }
        self.shared.events.tell(Event::Access {
            document: self.document,
            can_write: CanWrite::No,
            audience: Audience::Person(tab.person),
            peer: Some(tab.peer.clone()),
            reason: Some(reason.code()),
        });
    }
}

/// Where the changes of one message stand while its turn is under way.
enum Pending {
    Judged(Verdict),
    Asked(oneshot::Receiver<Result<Submitted, SubmitRefusal>>),
}

fn verdict_of(refusal: &SubmitRefusal) -> Verdict {
    match refusal {
        SubmitRefusal::NotAWriter => Verdict::Refused(RefusalReason::SchoolMayNotWrite),
        SubmitRefusal::ActorOfAnotherNode { .. } => Verdict::Refused(RefusalReason::WaitsForAnotherNode),
        SubmitRefusal::ActorOfAnotherPerson => Verdict::Refused(RefusalReason::AnotherPerson),
        SubmitRefusal::NoLongerPart => Verdict::Refused(RefusalReason::NoLongerPart),
        SubmitRefusal::Untrusted(_) => Verdict::Refused(RefusalReason::Untrusted),
        // The document went away, or an earlier message of this turn was refused: the tab begins anew and hears it then.
        SubmitRefusal::UnknownDocument | SubmitRefusal::MissingDependency | SubmitRefusal::Store(_) => Verdict::NotNow,
    }
}
