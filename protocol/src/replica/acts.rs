//! Acts of this school: spaces, invitations, joining, documents, nodes.

use std::time::Duration;

use crate::announce::EpochKey;
use crate::certificate::{NodeCertificate, clip};
use crate::entry::{Act, Chain, ControlBody, DocumentAct, Entry, Role};
use crate::ids::{DocumentId, NodeId, SpaceId};
use crate::invitation::{JoinAnswer, JoinRequest, Ticket, open_epoch_key, seal_epoch_key};
use crate::log::{Commit, IssuedInvitation, LogReader, NewEntry, StoreError};
use crate::membership::space_id;

use super::Replica;
use super::effect::{ActRefusal, Acted, Effect, Outbox};
use super::input::{Input, LocalAct, Token};
use super::receive::to_be_judged;
use super::space::{FOUNDING, Space};
use super::submit::keeping;

impl Replica {
    pub(super) fn act(&mut self, now: Duration, token: Token, act: LocalAct, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let result = match act {
            LocalAct::CreateSpace { name, private } => self.create_space(now, &name, private, log, out)?,
            LocalAct::Invite { space, role, addresses } => self.invite(&space, role, addresses, out),
            LocalAct::CreateDocument { space, kind, write_rule, changes } => {
                let nonce = self.random();
                let document = DocumentId::of(&space, &self.key.id(), &nonce);
                let act = DocumentAct { document, nonce, kind, owner: self.certificate.school, write_rule };
                self.create_document(now, &space, act, changes, log, out)?
            }
            LocalAct::AddNode { space, certificate } => self.add_node(now, &space, certificate, log, out)?,
            LocalAct::RetireNode { space, retirement } => {
                self.control(now, Act::RetireNode(retirement), Commit::new(space), log, out)?.map(|()| Acted::Done)
            }
        };
        out.push(Effect::Acted { token, result });
        Ok(())
    }

    fn create_space(
        &mut self,
        now: Duration,
        name: &str,
        private: bool,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<Result<Acted, ActRefusal>, StoreError> {
        let epoch = EpochKey::new(self.random());
        let me = self.key.id();
        let Ok(sealed) = seal_epoch_key(&epoch, &FOUNDING.0, me, &self.key.seal_public(), &mut self.rng) else {
            return Ok(Err(ActRefusal::BadAnswer));
        };
        let act = Act::CreateSpace { nonce: self.random(), name: clip(name), private, certificate: self.certificate.clone(), key: sealed };
        let id = space_id(&me, &ControlBody { parents: Vec::new(), act: act.clone() }.encode());
        let Ok(own) = seal_epoch_key(&epoch, &id.0, me, &self.key.seal_public(), &mut self.rng) else {
            return Ok(Err(ActRefusal::BadAnswer));
        };
        let mut space = Space::new(id);
        space.epoch = Some(epoch);
        self.spaces.insert(id, space);
        let mut kept = Commit::new(id);
        kept.sealed_key = Some(own);
        Ok(self.control(now, act, kept, log, out)?.map(|()| Acted::Space(id)))
    }

    fn role(&self, space: &Space) -> Option<Role> {
        let membership = space.graph.membership();
        membership.role(&self.certificate.school).filter(|_| membership.admits(&self.key.id()))
    }

    fn invite(&mut self, id: &SpaceId, role: Role, addresses: Vec<String>, out: &mut Outbox) -> Result<Acted, ActRefusal> {
        let space = self.spaces.get(id).ok_or(ActRefusal::UnknownSpace)?;
        if self.role(space) != Some(Role::Convenor) {
            return Err(ActRefusal::NotAllowed);
        }
        if space.epoch.is_none() {
            return Err(ActRefusal::NoKeyYet);
        }
        let space_name = space.graph.membership().name().to_owned();
        let ticket = Ticket { space: *id, space_name, inviter: self.key.id(), addresses, secret: self.random() };
        let mut kept = Commit::new(*id);
        kept.invitations.push(IssuedInvitation { space: *id, id: ticket.id(), secret: ticket.secret, role, spent_by: None });
        out.commit(kept);
        Ok(Acted::Invited(ticket))
    }

    /// The request that this node sends to a ticket's inviter.
    pub fn join_request_for(&self, ticket: &Ticket) -> Vec<u8> {
        JoinRequest::new(ticket, self.certificate.clone(), &self.key).encode()
    }

    pub(super) fn join_request(
        &mut self,
        now: Duration,
        token: Token,
        peer: NodeId,
        bytes: &[u8],
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let answer = match JoinRequest::decode(bytes) {
            Ok(request) if request.certificate.node == peer => self.take_in(now, &request, log, out)?,
            _ => JoinAnswer::UnknownInvitation,
        };
        out.push(Effect::JoinReply { token, bytes: answer.encode() });
        Ok(())
    }

    fn take_in(&mut self, now: Duration, request: &JoinRequest, log: &dyn LogReader, out: &mut Outbox) -> Result<JoinAnswer, StoreError> {
        let Some(invitation) = log.invitation(&request.invitation)?.filter(|invitation| request.proves(&invitation.secret)) else {
            return Ok(JoinAnswer::UnknownInvitation);
        };
        if invitation.space != request.space {
            return Ok(JoinAnswer::AnotherSpace);
        }
        let node = request.certificate.node;
        if invitation.spent_by.is_some_and(|spent_by| spent_by != node) {
            return Ok(JoinAnswer::Spent);
        }
        let Some(space) = self.spaces.get(&invitation.space) else { return Ok(JoinAnswer::UnknownInvitation) };
        // Asked again because our answer was lost. The key is sealed anew: whoever has named the node since may have given it another.
        let is_in = invitation.spent_by.is_some() && space.graph.membership().node(&node).is_some();
        if let (true, Some(epoch)) = (is_in, &space.epoch) {
            let sealed = seal_epoch_key(epoch, &invitation.space.0, node, &request.certificate.seal, &mut self.rng);
            return Ok(sealed.map_or(JoinAnswer::UnknownInvitation, JoinAnswer::Welcome));
        }
        if self.role(space) != Some(Role::Convenor) {
            return Ok(JoinAnswer::NotAConvenor);
        }
        let (known_school, Some(epoch)) = (space.graph.membership().role(&request.certificate.school).is_some(), space.epoch.clone()) else {
            return Ok(JoinAnswer::NotAConvenor);
        };
        if space.graph.membership().private() && !known_school {
            return Ok(JoinAnswer::AnotherSchoolsOwn);
        }
        let Ok(key) = seal_epoch_key(&epoch, &invitation.space.0, node, &request.certificate.seal, &mut self.rng) else {
            return Ok(JoinAnswer::UnknownInvitation);
        };
        let certificate = request.certificate.clone();
        let act = if known_school {
            Act::AddNode { certificate, key: key.clone() }
        } else {
            Act::AddSchool { role: invitation.role, certificate, key: key.clone() }
        };
        let id = invitation.space;
        let mut kept = Commit::new(id);
        kept.invitations.push(IssuedInvitation { spent_by: Some(node), ..invitation });
        Ok(match self.control(now, act, kept, log, out)? {
            Ok(()) => JoinAnswer::Welcome(key),
            Err(_) => JoinAnswer::NotAConvenor,
        })
    }

    pub(super) fn join_answered(
        &mut self,
        now: Duration,
        token: Token,
        ticket: &Ticket,
        bytes: &[u8],
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let result = match self.welcomed(ticket, bytes, out) {
            Ok(id) => {
                self.control_changed(now, &id, log, out)?;
                Ok(Acted::Joined(id))
            }
            Err(refusal) => Err(refusal),
        };
        out.push(Effect::Acted { token, result });
        Ok(())
    }

    /// Reads the inviter's answer: with a welcome the space becomes known here.
    fn welcomed(&mut self, ticket: &Ticket, bytes: &[u8], out: &mut Outbox) -> Result<SpaceId, ActRefusal> {
        let sealed = match JoinAnswer::decode(bytes).map_err(|_| ActRefusal::BadAnswer)? {
            JoinAnswer::Welcome(sealed) => sealed,
            JoinAnswer::UnknownInvitation => return Err(ActRefusal::UnknownInvitation),
            JoinAnswer::Spent => return Err(ActRefusal::SpentInvitation),
            JoinAnswer::AnotherSpace => return Err(ActRefusal::AnotherSpace),
            JoinAnswer::NotAConvenor => return Err(ActRefusal::InviterNotAllowed),
            JoinAnswer::AnotherSchoolsOwn => return Err(ActRefusal::AnotherSchoolsOwn),
        };
        let epoch = open_epoch_key(&self.key, &ticket.space, &sealed).map_err(|_| ActRefusal::BadAnswer)?;
        let space = self.spaces.entry(ticket.space).or_insert_with(|| Space::new(ticket.space));
        space.epoch.get_or_insert(epoch);
        // Also when asked again: whoever stopped before the first exchange has forgotten whom to wait for.
        if space.graph.membership().node(&self.key.id()).is_none() {
            space.inviter = Some(ticket.inviter);
        }
        let mut kept = Commit::new(ticket.space);
        kept.sealed_key = Some(sealed);
        out.commit(kept);
        Ok(ticket.space)
    }

    fn create_document(
        &mut self,
        now: Duration,
        id: &SpaceId,
        act: DocumentAct,
        changes: Vec<Vec<u8>>,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<Result<Acted, ActRefusal>, StoreError> {
        let document = act.document;
        let Some(space) = self.spaces.get(id) else { return Ok(Err(ActRefusal::UnknownSpace)) };
        let Ok(mut keeping) = keeping(space, self.key.id(), document, changes, log)? else { return Ok(Err(ActRefusal::BadChange)) };
        // The document and its first changes are kept together: it is never there without them.
        let kept = std::mem::replace(&mut keeping.commit, Commit::new(*id));
        if let Err(refusal) = self.control(now, Act::CreateDocument(act), kept, log, out)? {
            return Ok(Err(refusal));
        }
        self.kept(now, id, &document, keeping, out);
        Ok(Ok(Acted::Document(document)))
    }

    fn add_node(
        &mut self,
        now: Duration,
        id: &SpaceId,
        certificate: NodeCertificate,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<Result<Acted, ActRefusal>, StoreError> {
        let Some(space) = self.spaces.get(id) else { return Ok(Err(ActRefusal::UnknownSpace)) };
        let Some(epoch) = space.epoch.clone() else { return Ok(Err(ActRefusal::NoKeyYet)) };
        let Ok(key) = seal_epoch_key(&epoch, &id.0, certificate.node, &certificate.seal, &mut self.rng) else {
            return Ok(Err(ActRefusal::BadAnswer));
        };
        Ok(self.control(now, Act::AddNode { certificate, key }, Commit::new(*id), log, out)?.map(|()| Acted::Done))
    }

    /// Signs, keeps and announces a control entry of ours, together with what else is to be kept. One that would change nothing because we lack
    /// the right is not made.
    fn control(
        &mut self,
        now: Duration,
        act: Act,
        mut kept: Commit,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<Result<(), ActRefusal>, StoreError> {
        let (me, id) = (self.key.id(), kept.space);
        let Some(space) = self.spaces.get_mut(&id) else { return Ok(Err(ActRefusal::UnknownSpace)) };
        if space.halted.is_some() {
            return Ok(Err(ActRefusal::Halted));
        }
        let chain = space.own_chain(me, Chain::Control);
        let (Some(room), true) = (ControlBody::room_for_parents(&act), space.has_room_for(&chain)) else { return Ok(Err(ActRefusal::NotAllowed)) };
        let tip = space.frontier.tip(&chain);
        let body = ControlBody { parents: space.graph.heads_for_act(&me, &act, room), act };
        let entry = Entry::sign(&id, &self.key, Chain::Control, tip.seq + 1, tip.hash, body.encode());
        let mut graph = space.graph.clone();
        let Ok(grown) = graph.extend([&entry]) else { return Ok(Err(ActRefusal::NotAllowed)) };
        // Where our own chain rests on an act of a newer version, what we add to it would not be folded either.
        if graph.membership().is_refused(&entry.hash) || graph.membership().is_stopped(&entry.hash) {
            return Ok(Err(ActRefusal::NotAllowed));
        }
        space.graph = graph;
        space.advance(&entry, []);
        kept.entries.push(NewEntry::Control(entry.clone()));
        to_be_judged(space, &grown, &mut kept);
        if !kept.waits.is_empty() || (grown.answers && space.waiting_entries) {
            space.waiting_entries = true;
            out.next.push(Input::Rejudge { space: id });
        }
        out.commit(kept);
        self.announce_control(&id, &entry, out);
        self.receipt_soon(now, &id);
        self.control_changed(now, &id, log, out)?;
        Ok(Ok(()))
    }
}
