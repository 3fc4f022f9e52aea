//! What the node itself writes in a document: answers that came without an account. Kept like any change of this school, before anybody is
//! answered.

use std::sync::{Arc, Mutex, PoisonError};

use automerge::ReadDoc;
use automerge::transaction::{CommitOptions, Transaction};
use jeli_protocol::ids::DocumentId;
use tokio::sync::oneshot;

use super::actor::{DocumentActor, DocumentFault, ToDocument};
use super::create::fresh_actor;
use super::loaded::{Untold, guarded};
use super::service::Documents;
use super::turn::{self, Finished};
use crate::replica_handle::{Request, SubmitRefusal};

/// Writes in a document as it is now. Errors leave it as it was.
pub(super) struct OwnChange {
    pub edit: Edit,
    /// What the change says of when it was made, Unix seconds.
    pub time_s: i64,
    pub kept: oneshot::Sender<Result<(), DocumentFault>>,
}

/// Says whether what it wrote is to be kept.
type Edit = Box<dyn for<'a> FnOnce(&mut Transaction<'a>) -> Wrote + Send>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrote {
    Something,
    Nothing,
}

impl Documents {
    /// Lets `edit` write in the document, one after another, and comes back when what it wrote is on disk. An error of `edit` writes nothing.
    pub async fn write<T: Send + 'static, E: Send + 'static>(
        &self,
        document: DocumentId,
        time_s: i64,
        edit: impl for<'a> FnOnce(&mut Transaction<'a>) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, DocumentFault> {
        let said = Arc::new(Mutex::new(None));
        let say = said.clone();
        let edit: Edit = Box::new(move |transaction| {
            let done = edit(transaction);
            let wrote = if done.is_ok() { Wrote::Something } else { Wrote::Nothing };
            *say.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            wrote
        });
        let (kept, answer) = oneshot::channel();
        self.send(document, ToDocument::Write(OwnChange { edit, time_s, kept })).await;
        answer.await.unwrap_or(Err(DocumentFault::SetApart))?;
        let said = said.lock().unwrap_or_else(PoisonError::into_inner).take();
        said.ok_or(DocumentFault::SetApart)
    }
}

impl DocumentActor {
    pub(super) async fn write(&mut self, OwnChange { edit, time_s, kept }: OwnChange) {
        let _ = kept.send(self.try_write(edit, time_s).await);
    }

    async fn try_write(&mut self, edit: Edit, time_s: i64) -> Result<(), DocumentFault> {
        self.ensure_loaded().await?;
        if !self.loaded.as_ref().is_some_and(|loaded| loaded.can_write.is_yes()) {
            return Err(DocumentFault::MayNotWrite);
        }
        let node = self.shared.replica.identity().node.id;
        // One actor for all that this task writes: each that is ever used stays in the document.
        let actor = self.own_actor.get_or_insert_with(|| automerge::ActorId::from(&*fresh_actor(&node).0)).clone();
        let change = self.on_desk(move |desk| guarded(|| Ok(change_by(desk.loaded.doc.fork().with_actor(actor), edit, time_s)))).await;
        let chunk = match change {
            Some(Ok(chunk)) => chunk,
            Some(Err(poisoned)) => {
                self.poison(&poisoned);
                return Err(DocumentFault::SetApart);
            }
            None => return Err(DocumentFault::SetApart),
        };
        let Some(chunk) = chunk else { return Ok(()) };
        let (document, changes) = (self.document, vec![chunk]);
        let submitted = self.shared.replica.ask(|reply| Request::SubmitChanges { document, changes: changes.clone(), author: None, reply }).await;
        if !matches!(submitted, Ok(Ok(_))) {
            // It may have been kept all the same: its actor and number are not used again.
            self.own_actor = None;
        }
        match submitted.map_err(|_| DocumentFault::Stopping)? {
            Ok(_) => {}
            Err(SubmitRefusal::Store(fault)) => return Err(DocumentFault::Store(fault)),
            Err(refusal) => {
                tracing::warn!(%document, %refusal, "what the node wrote was refused");
                return Err(DocumentFault::MayNotWrite);
            }
        }
        let finished = self.on_desk(move |desk| {
            let mut finished = Finished::default();
            match desk.loaded.apply(&changes) {
                Ok(()) => {
                    desk.loaded.untold = Some(Untold::Grown);
                    turn::next_messages(desk, &mut finished);
                }
                Err(poisoned) => finished.poisoned = Some(poisoned),
            }
            finished
        });
        if let Some(finished) = finished.await {
            self.deliver(finished).await;
        }
        Ok(())
    }
}

/// The chunk of the change that `edit` makes; none where it makes none.
fn change_by(mut doc: automerge::Automerge, edit: Edit, time_s: i64) -> Option<Vec<u8>> {
    let mut transaction = doc.transaction();
    if edit(&mut transaction) == Wrote::Nothing {
        transaction.rollback();
        return None;
    }
    let (made, _) = transaction.commit_with(CommitOptions::default().with_time(time_s));
    made.and_then(|hash| doc.get_change_by_hash(&hash)).map(|change| change.raw_bytes().to_vec())
}
