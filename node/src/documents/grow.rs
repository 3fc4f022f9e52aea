//! A document of an older schema grows when somebody who may write it opens it: it gets the fixed changes that its kind has had since.

use jeli_protocol::kinds::{Kind, fixed_changes};

use super::actor::DocumentActor;
use super::loaded::{Loaded, Untold};
use super::turn::Incoming;
use crate::replica_handle::{Request, SubmitRefusal};

impl DocumentActor {
    /// Adds what the document lacks, like any change of this school: kept first, then shown. Where that cannot be, the document stays as it is,
    /// and a field that it lacks reads as empty.
    pub(super) async fn grow(&mut self, incoming: &[Incoming]) {
        let document = self.document;
        let Some(loaded) = self.loaded.as_mut().filter(|loaded| loaded.can_write.is_yes() && !loaded.grown) else { return };
        if !incoming.iter().any(|Incoming { tab, .. }| tab.role.may_write()) {
            return;
        }
        loaded.grown = true;
        let changes = loaded.lacks();
        if changes.is_empty() {
            return;
        }
        let kept = self.shared.replica.ask(|reply| Request::SubmitChanges { document, changes: changes.clone(), author: None, reply }).await;
        match kept {
            Ok(Ok(_)) => {
                let applied = self.on_desk(move |desk| {
                    desk.loaded.untold = Some(Untold::Grown);
                    desk.loaded.apply(&changes)
                });
                if let Some(Err(poisoned)) = applied.await {
                    self.poison(&poisoned);
                }
            }
            Ok(Err(SubmitRefusal::Store(fault))) => {
                tracing::warn!(%document, %fault, "the document could not grow to its newest schema; the next opening tries again");
                if let Some(loaded) = &mut self.loaded {
                    loaded.grown = false;
                }
            }
            Ok(Err(refusal)) => tracing::info!(%document, %refusal, "the document stays at an older schema"),
            Err(_stopping) => {}
        }
    }
}

impl Loaded {
    /// The fixed changes of its kind that it lacks, in order. None of a document that does not begin as its kind does.
    fn lacks(&self) -> Vec<Vec<u8>> {
        let Ok(kind) = self.kind.parse::<Kind>() else { return Vec::new() };
        let fixed = fixed_changes(kind);
        let has = |hash: &automerge::ChangeHash| self.has(&jeli_protocol::ids::ChangeHash(hash.0));
        if !fixed.first().is_some_and(|first| has(&first.hash)) {
            return Vec::new();
        }
        fixed.iter().filter(|fixed| !has(&fixed.hash)).map(|fixed| fixed.chunk.to_vec()).collect()
    }
}
