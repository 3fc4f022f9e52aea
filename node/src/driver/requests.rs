//! Requests of the local side.

use std::collections::{HashMap, HashSet};

use jeli_protocol::entry::{Role, WriteRule};
use jeli_protocol::ids::{ChangeHash, DocumentId, PersonId};
use jeli_protocol::kinds::Kind;
use jeli_protocol::log::{LogReader, Standing, StoreError};
use jeli_protocol::replica::{Input, LocalAct};
use jeli_protocol::scan::{self, ChangeFacts};

use crate::audience::is_personal;
use crate::limits::{HISTORY_STEP_BYTES, MAX_SYNC_CHANGES};
use crate::replica_handle::{self, ActRefusal, LoadedAnswer, Request, SpaceRole, StoreFault, StoredDocument, SubmitRefusal};
use crate::store;

use super::answers::{kind_name, reach};
use super::{Cursors, Driver, Waiting};
use crate::network::in_order_of_use;

/// The store's fault as the local side says it.
pub(super) fn store_fault(fault: &store::StoreFault) -> StoreFault {
    match fault {
        store::StoreFault::DiskFull => StoreFault::DiskFull,
        other => StoreFault::Failed(other.to_string()),
    }
}

impl Driver {
    pub(super) async fn request(&mut self, request: Request) {
        // Submissions share a sync of the disk. Whatever else is asked sees, and shows, only what is durable.
        if let Request::SubmitChanges { document, changes, author, reply } = request {
            if let Err(refusal) = self.check_standing(&document, &changes).and_then(|()| self.check_author(&document, &changes, author.as_ref())) {
                return drop(reply.send(Err(refusal)));
            }
            let token = self.token(Waiting::Submit(reply, changes.len()));
            self.feed(Input::Submit { token, document, changes }).await;
            return;
        }
        self.settle().await;
        self.answer(request).await;
        self.settle().await;
    }

    async fn answer(&mut self, request: Request) {
        match request {
            Request::SubmitChanges { .. } => {}
            Request::LoadDocument { document, reply } => drop(reply.send(self.load_document(&document))),
            Request::NoLongerPart { document, heads, reply } => drop(reply.send(self.no_longer_part(&document, heads))),
            Request::SaveSnapshot { document, heads, bytes } => {
                if let Err(error) = self.store.save_snapshot(&document, &heads, &bytes) {
                    tracing::debug!(%error, "a snapshot was not kept; the next load is slower");
                }
            }
            Request::Describe { document, description } => self.describe(document, &description),
            Request::MayFetch { node, hash, reply } => drop(reply.send(self.may_fetch(&node, &hash))),
            Request::Providers { hash, reply } => drop(reply.send(self.providers(&hash))),
            Request::NamedFiles { document, reply } => {
                drop(reply.send(self.store.named_files(document.as_ref()).map_err(|fault| store_fault(&fault))));
            }
            Request::NamingDocuments { hashes, documents, reply } => drop(reply.send(self.naming_documents(&hashes, documents))),
            Request::HistoryNames { of, after, reply } => {
                drop(reply.send(self.store.history_names(&of, after, HISTORY_STEP_BYTES).map_err(|fault| store_fault(&fault))));
            }
            Request::SetOpenDocuments { open } => {
                self.open = open.iter().map(|(document, _)| *document).collect();
                self.open_names.clone_from(&open);
                self.feed(Input::OpenDocuments(open)).await;
            }
            Request::Ephemeral { document, bytes } => {
                if self.paces.cursors == Cursors::Go || !self.is_anybody_beyond() {
                    self.feed(Input::Ephemeral { document, bytes }).await;
                }
            }
            Request::CreateSpace { name, reply } => {
                let token = self.token(Waiting::CreateSpace(reply));
                self.feed(Input::Act { token, act: LocalAct::CreateSpace { name, private: false } }).await;
            }
            Request::Spaces { reply } => {
                let spaces = self.replica.spaces().filter(|space| !space.joining).map(|space| space.id).collect::<Vec<_>>();
                drop(reply.send(Ok(spaces.iter().filter_map(|space| self.space_info(space)).collect())));
            }
            Request::Invite { space, role, reply } => {
                let role = match role {
                    SpaceRole::Convenor => Role::Convenor,
                    SpaceRole::Member => Role::Member,
                    SpaceRole::Reader => Role::Reader,
                };
                let addresses = in_order_of_use(&self.listening);
                let token = self.token(Waiting::Invite(reply));
                self.feed(Input::Act { token, act: LocalAct::Invite { space, role, addresses } }).await;
            }
            Request::Join { ticket, reply } => self.join(&ticket, reply).await,
            Request::CreateDocument { space, kind, write_rule, initial_changes, author: _, reply } => {
                let Some(kind) = Kind::ALL.into_iter().find(|known| known.name() == kind) else {
                    return drop(reply.send(Err(ActRefusal::NotAllowed)));
                };
                let write_rule = match write_rule {
                    replica_handle::WriteRule::Owner => WriteRule::Owner,
                    replica_handle::WriteRule::Everyone => WriteRule::Everyone,
                    replica_handle::WriteRule::Schools(mut schools) => {
                        schools.sort_unstable();
                        schools.dedup();
                        let members = self.replica.space(&space).map(|space| space.membership);
                        if members.is_some_and(|members| schools.iter().any(|school| members.role(school).is_none())) {
                            return drop(reply.send(Err(ActRefusal::UnknownSchool)));
                        }
                        WriteRule::Schools(schools)
                    }
                };
                let act = LocalAct::CreateDocument { space, kind: u64::from(kind.number()), write_rule, changes: initial_changes };
                let token = self.token(Waiting::CreateDocument(reply));
                self.feed(Input::Act { token, act }).await;
            }
            Request::Documents { space, reply } => drop(reply.send(self.document_infos(space.as_ref()))),
            Request::Document { document, reply } => drop(reply.send(self.document_info(&document))),
            Request::DocumentStatus { document, reply } => drop(reply.send(self.document_status(&document).await)),
            Request::SpaceJourney { space, reply } => drop(reply.send(self.space_journey(&space).await)),
            Request::Presence { document, reply } => drop(reply.send(self.presence(&document))),
            Request::NodeStatus { reply } => drop(reply.send(Ok(self.node_status()))),
            Request::Bundle(request) => self.bundle(request).await,
            Request::LineHeld { held } => self.line_held = held,
            Request::SetLine { line, reply } => drop(reply.send(self.set_line(line).await)),
            Request::WithDb(work) => {
                if let Err(error) = self.store.with_connection(work) {
                    tracing::error!(%error, "accounts could not be read or written");
                }
            }
        }
    }

    /// What the store has already counts as kept only where it is part of the document: what is kept aside must not come back by way of
    /// a tab that still shows it.
    fn check_standing(&self, document: &DocumentId, changes: &[Vec<u8>]) -> Result<(), SubmitRefusal> {
        let standing = |hash: &ChangeHash| -> Result<Option<Standing>, StoreFault> {
            let known = self.store.change(document, hash).map_err(|error| StoreFault::Failed(error.to_string()))?;
            Ok(known.map(|record| record.standing))
        };
        let mut waiting = Vec::new();
        let mut seen = HashSet::new();
        for facts in changes.iter().filter_map(|chunk| scan::framed_facts(chunk)) {
            match standing(&facts.hash)? {
                None | Some(Standing::Ready) => {}
                Some(Standing::Waiting) => waiting.push(facts.hash),
                Some(Standing::Aside) => return Err(SubmitRefusal::NoLongerPart),
                Some(Standing::Void) => return Err(SubmitRefusal::Untrusted("a change was found to break the rules before".to_owned())),
            }
            for dep in facts.deps.iter().filter(|dep| !seen.contains(*dep)) {
                if standing(dep)?.is_some_and(|standing| standing != Standing::Ready) {
                    return Err(SubmitRefusal::NoLongerPart);
                }
            }
            seen.insert(facts.hash);
        }
        if waiting.is_empty() { Ok(()) } else { Err(SubmitRefusal::ActorOfAnotherNode { changes: waiting }) }
    }

    /// Nobody of our school writes in the name of another one who does: what is new under an actor of this node is of the person who wrote with it first.
    fn check_author(&mut self, document: &DocumentId, changes: &[Vec<u8>], author: Option<&PersonId>) -> Result<(), SubmitRefusal> {
        let Some(person) = author else { return Ok(()) };
        let mut seen = None;
        for facts in changes.iter().filter_map(|chunk| scan::framed_facts(chunk)) {
            let is_ours = facts.actor.belongs_to(&self.certificate.node) && seen.as_ref() != Some(&facts.actor);
            if !is_ours || self.store.change(document, &facts.hash).map_err(|error| StoreFault::Failed(error.to_string()))?.is_some() {
                continue;
            }
            if self.store.claim_actor(&facts.actor, person).map_err(|fault| store_fault(&fault))?.is_some() {
                return Err(SubmitRefusal::ActorOfAnotherPerson);
            }
            seen = Some(facts.actor);
        }
        Ok(())
    }

    fn no_longer_part(&self, document: &DocumentId, heads: Vec<ChangeHash>) -> Result<Vec<Vec<u8>>, StoreFault> {
        let failed = |error: StoreError| StoreFault::Failed(error.to_string());
        let mut found: HashMap<ChangeHash, ChangeFacts> = HashMap::new();
        let mut to_see = heads;
        while let Some(hash) = to_see.pop().filter(|_| found.len() < MAX_SYNC_CHANGES) {
            let Some(record) = self.store.change(document, &hash).map_err(failed)? else { continue };
            if record.standing != Standing::Ready && !found.contains_key(&hash) {
                to_see.extend(&record.facts.deps);
                found.insert(hash, record.facts);
            }
        }
        let mut found: Vec<ChangeFacts> = found.into_values().collect();
        // A change's operations are numbered beyond those of all that it builds on.
        found.sort_by_key(|facts| (facts.start_op, facts.hash));
        let chunks = found.iter().map(|facts| self.store.chunk(document, &facts.hash).map_err(failed));
        chunks.filter_map(Result::transpose).collect()
    }

    fn load_document(&mut self, document: &DocumentId) -> Result<LoadedAnswer, StoreFault> {
        let Some(space) = self.replica.space_of(document) else { return Ok(LoadedAnswer::Unknown) };
        let made = self.replica.space(&space).and_then(|space| Some((space.membership.document(document)?.act.kind, reach(space.membership))));
        let Some((kind, reach)) = made else { return Ok(LoadedAnswer::Unknown) };
        let kind = kind_name(kind);
        let loaded = self.store.load_document(document).map_err(|fault| store_fault(&fault))?;
        // Changes may be here that wait for others: what it says begins with the first that is part of it.
        let Some(loaded) = loaded.filter(|loaded| loaded.snapshot.is_some() || !loaded.chunks.is_empty()) else {
            return Ok(if is_personal(&kind, reach) { LoadedAnswer::Unknown } else { LoadedAnswer::Coming });
        };
        let may_write = self.replica.may_write(document);
        self.told_access.insert(*document, may_write);
        Ok(LoadedAnswer::Here(StoredDocument {
            kind,
            space,
            reach,
            snapshot: loaded.snapshot,
            changes: loaded.chunks,
            can_write: super::answers::can_write(may_write),
        }))
    }
}
