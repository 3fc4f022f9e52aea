//! Acts of this school: spaces, invitations, joining, documents, nodes.

use std::time::Duration;

use crate::announce::EpochKey;
use crate::certificate::clip;
use crate::entry::{Act, Chain, ControlBody, DocumentAct, Entry, Role};
use crate::frontier::Tip;
use crate::ids::{DocumentId, NodeId, SpaceId};
use crate::invitation::{JoinAnswer, JoinRequest, Ticket, open_epoch_key, seal_epoch_key};
use crate::log::{Commit, IssuedInvitation, LogReader, NewEntry, StoreError};
use crate::membership::space_id;

use super::Replica;
use super::effect::{Acted, ActRefusal, Change, Effect, Outbox};
use super::input::{LocalAct, Token};
use super::space::{FOUNDING, Space};

impl Replica {
    pub(super) fn act(&mut self, now: Duration, token: Token, act: LocalAct, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let result = match act {
            LocalAct::CreateSpace { name, private } => self.create_space(&name, private, out),
            LocalAct::Invite { space, role, addresses } => self.invite(&space, role, addresses, out),
            LocalAct::CreateDocument { space, kind, write_rule, changes } => {
                let document = DocumentId(self.random());
                let act = DocumentAct { document, kind, owner: self.certificate.school, write_rule };
                self.create_document(now, &space, act, changes, log, out)?
            }
            LocalAct::AddNode { space, certificate } => self.add_node(&space, certificate, out),
            LocalAct::RetireNode { space, retirement } => {
                let result = self.control(&space, Act::RetireNode(retirement), out).map(|_| Acted::Done);
                if result.is_ok() {
                    self.control_changed(&space, true, false, out);
                }
                result
            }
        };
        out.push(Effect::Acted { token, result });
        Ok(())
    }

    fn create_space(&mut self, name: &str, private: bool, out: &mut Outbox) -> Result<Acted, ActRefusal> {
        let epoch = EpochKey::new(self.random());
        let me = self.key.id();
        let sealed = seal_epoch_key(&epoch, &FOUNDING.0, me, &self.key.seal_public(), &mut self.rng).map_err(|_| ActRefusal::BadAnswer)?;
        let act = Act::CreateSpace { nonce: self.random(), name: clip(name), private, certificate: self.certificate.clone(), key: sealed };
        let id = space_id(&me, &ControlBody { parents: Vec::new(), act: act.clone() }.encode());
        let mut space = Space::new(id);
        space.epoch = Some(epoch);
        self.spaces.insert(id, space);
        self.control(&id, act, out)?;
        self.control_changed(&id, false, false, out);
        Ok(Acted::Space(id))
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
        let _ = now;
        let answer = match JoinRequest::decode(bytes) {
            Ok(request) if request.certificate.node == peer => self.take_in(&request, log, out)?,
            _ => JoinAnswer::UnknownInvitation,
        };
        out.push(Effect::JoinReply { token, bytes: answer.encode() });
        Ok(())
    }

    fn take_in(&mut self, request: &JoinRequest, log: &dyn LogReader, out: &mut Outbox) -> Result<JoinAnswer, StoreError> {
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
        // Asked again because our answer was lost: the same welcome.
        let welcome = space.graph.membership().keys_for(&node).last().cloned();
        if let (Some(_), Some(key)) = (invitation.spent_by, welcome) {
            return Ok(JoinAnswer::Welcome(key));
        }
        if self.role(space) != Some(Role::Convenor) {
            return Ok(JoinAnswer::NotAConvenor);
        }
        let (known_school, Some(epoch)) = (space.graph.membership().role(&request.certificate.school).is_some(), space.epoch.clone()) else {
            return Ok(JoinAnswer::NotAConvenor);
        };
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
        let spent = IssuedInvitation { spent_by: Some(node), ..invitation };
        if self.control_with(&id, act, vec![spent], out).is_err() {
            return Ok(JoinAnswer::NotAConvenor);
        }
        self.control_changed(&id, false, false, out);
        Ok(JoinAnswer::Welcome(key))
    }

    pub(super) fn join_answered(&mut self, token: Token, ticket: &Ticket, bytes: &[u8], out: &mut Outbox) {
        let result = self.join_with(ticket, bytes, out);
        out.push(Effect::Acted { token, result });
    }

    fn join_with(&mut self, ticket: &Ticket, bytes: &[u8], out: &mut Outbox) -> Result<Acted, ActRefusal> {
        let sealed = match JoinAnswer::decode(bytes).map_err(|_| ActRefusal::BadAnswer)? {
            JoinAnswer::Welcome(sealed) => sealed,
            JoinAnswer::UnknownInvitation => return Err(ActRefusal::UnknownInvitation),
            JoinAnswer::Spent => return Err(ActRefusal::SpentInvitation),
            JoinAnswer::AnotherSpace => return Err(ActRefusal::AnotherSpace),
            JoinAnswer::NotAConvenor => return Err(ActRefusal::InviterNotAllowed),
        };
        let epoch = open_epoch_key(&self.key, &ticket.space, &sealed).map_err(|_| ActRefusal::BadAnswer)?;
        let space = self.spaces.entry(ticket.space).or_insert_with(|| Space::new(ticket.space));
        if space.epoch.is_none() {
            space.epoch = Some(epoch);
            space.inviter = Some(ticket.inviter);
        }
        let mut kept = Commit::new(ticket.space);
        kept.sealed_key = Some(sealed);
        out.commit(kept);
        self.listen(&ticket.space, out);
        self.admit(out);
        self.relist(&ticket.space, out);
        out.push(Effect::Changed(Change::Space(ticket.space)));
        Ok(Acted::Joined(ticket.space))
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
        if changes.iter().any(|chunk| crate::scan::scan(chunk).is_err()) {
            return Ok(Err(ActRefusal::BadChange));
        }
        if let Err(refusal) = self.control(id, Act::CreateDocument(act), out) {
            return Ok(Err(refusal));
        }
        if self.spaces.get(id).is_none_or(|space| space.graph.membership().document(&document).is_none()) {
            return Ok(Err(ActRefusal::NotAllowed));
        }
        self.control_changed(id, false, false, out);
        match self.keep(now, id, document, changes, log, out)? {
            Ok(()) => Ok(Ok(Acted::Document(document))),
            Err(_) => Ok(Err(ActRefusal::BadChange)),
        }
    }

    fn add_node(&mut self, id: &SpaceId, certificate: crate::certificate::NodeCertificate, out: &mut Outbox) -> Result<Acted, ActRefusal> {
        let epoch = self.spaces.get(id).ok_or(ActRefusal::UnknownSpace)?.epoch.clone().ok_or(ActRefusal::NoKeyYet)?;
        let key = seal_epoch_key(&epoch, &id.0, certificate.node, &certificate.seal, &mut self.rng).map_err(|_| ActRefusal::BadAnswer)?;
        self.control(id, Act::AddNode { certificate, key }, out)?;
        self.control_changed(id, false, false, out);
        Ok(Acted::Done)
    }

    fn control(&mut self, id: &SpaceId, act: Act, out: &mut Outbox) -> Result<Entry, ActRefusal> {
        self.control_with(id, act, Vec::new(), out)
    }

    /// Signs, keeps and announces a control entry of ours. One that would change nothing because we lack the right is not made.
    fn control_with(&mut self, id: &SpaceId, act: Act, invitations: Vec<IssuedInvitation>, out: &mut Outbox) -> Result<Entry, ActRefusal> {
        let me = self.key.id();
        let space = self.spaces.get_mut(id).ok_or(ActRefusal::UnknownSpace)?;
        if space.halted.is_some() {
            return Err(ActRefusal::Halted);
        }
        let chain = space.own_chain(me, Chain::Control);
        let tip = space.frontier.tip(&chain);
        let body = ControlBody { parents: space.graph.heads(), act };
        let entry = Entry::sign(id, &self.key, Chain::Control, tip.seq + 1, tip.hash, body.encode());
        let mut tried = space.graph.clone();
        let refused = tried.membership().refused();
        if tried.insert(&entry).is_err() || tried.membership().refused() > refused {
            return Err(ActRefusal::NotAllowed);
        }
        space.graph = tried;
        space.frontier.set(chain, Tip { seq: entry.position.seq, hash: entry.hash });
        let mut kept = Commit::new(*id);
        kept.invitations = invitations;
        kept.entries.push(NewEntry::Control(entry.clone()));
        out.commit(kept);
        self.announce_control(id, &entry, out);
        Ok(entry)
    }
}
