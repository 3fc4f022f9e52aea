//! Effects: what the replica wants done, done in order.

use std::time::Duration;

use jeli_protocol::replica::{self, Acted, Change, Effect, GossipVerdict, Input, Outbox, PeerFault};
use libp2p::PeerId;

use crate::network::{self, CloseReason, peer_id_of};
use crate::replica_handle::{ActRefusal, Applied, JoinRefusal, JoinState, Joined, NotTaken, StoreFault, SubmitRefusal, Submitted};

use super::requests::store_fault;
use super::{Driver, Waiting, restore};

/// How soon a replica that could not be restored is tried again.
const RESTORE_AGAIN: Duration = Duration::from_secs(1);

impl Driver {
    /// Stages an outbox's commits and holds its other effects. Says whether that went well; if not, everything has begun anew.
    pub(super) async fn take(&mut self, outbox: Outbox) -> bool {
        self.wake_at = outbox.wake_at;
        for effect in outbox.effects {
            match effect {
                Effect::Commit(commit) => {
                    if let Err(fault) = self.store.stage(&commit) {
                        tracing::error!(error = %fault, "changes could not be kept; nothing was acknowledged");
                        self.start_over(&store_fault(&fault)).await;
                        return false;
                    }
                    self.has_staged = true;
                }
                effect => self.held.push(effect),
            }
        }
        true
    }

    /// Makes durable what is staged, and does what waited for it.
    pub(super) async fn settle(&mut self) {
        if let Err(fault) = self.store.flush() {
            tracing::error!(error = %fault, "changes could not be kept; nothing was acknowledged");
            self.start_over(&store_fault(&fault)).await;
            return;
        }
        if std::mem::take(&mut self.has_staged) {
            self.disk_is_full = false;
        }
        for effect in std::mem::take(&mut self.held) {
            self.effect(effect).await;
        }
    }

    /// The store failed: whoever waits is told, and the replica begins again from what is kept. Sessions begin anew with it.
    pub(super) async fn start_over(&mut self, fault: &StoreFault) {
        self.held.clear();
        self.has_staged = false;
        self.disk_is_full = *fault == StoreFault::DiskFull;
        for token in self.waiting.keys().copied().collect::<Vec<_>>() {
            self.fail(token, fault);
        }
        for session in std::mem::take(&mut self.sessions).into_values() {
            let _ = self.network.close_session(session, CloseReason::Restart).await;
        }
        self.unrestored = true;
        self.restore_now().await;
        // People's open documents may show what was not kept: they are loaded anew.
        for document in self.open.clone() {
            self.say(Applied::Rebuilt { document });
        }
    }

    /// Restores the replica from the store. Until that succeeds nothing is fed to the old one, which believes in what was undone.
    pub(super) async fn restore_now(&mut self) {
        let mut begin = Outbox::new();
        match restore(&self.key, &self.certificate, self.pace(), &self.store, &mut begin) {
            Ok(replica) => {
                self.replica = replica;
                self.wake_at = begin.wake_at;
                self.held = begin.effects;
                self.asked_for = begin.next;
                // What it was told and keeps in memory alone.
                self.asked_for.push(Input::OpenDocuments(self.open_names.clone()));
                self.asked_for.push(Input::Whereabouts(self.whereabouts()));
                self.unrestored = false;
                self.tell_access();
            }
            Err(error) => {
                tracing::error!(%error, "the replica could not be restored; it is tried again with whatever comes next");
                self.wake_at = Some(self.now() + RESTORE_AGAIN);
            }
        }
    }

    pub(super) fn fail(&mut self, token: replica::Token, fault: &StoreFault) {
        match self.waiting.remove(&token) {
            Some(Waiting::Submit(reply, _)) => drop(reply.send(Err(SubmitRefusal::Store(fault.clone())))),
            Some(Waiting::CreateSpace(reply)) => drop(reply.send(Err(ActRefusal::Store(fault.clone())))),
            Some(Waiting::Invite(reply)) => drop(reply.send(Err(ActRefusal::Store(fault.clone())))),
            Some(Waiting::CreateDocument(reply)) => drop(reply.send(Err(ActRefusal::Store(fault.clone())))),
            Some(Waiting::Joined(space, reply)) => {
                self.join_again(&space);
                if let Some(reply) = reply {
                    let _ = reply.send(Err(JoinRefusal::Store(fault.clone())));
                }
            }
            Some(Waiting::Carried(reply)) => drop(reply.send(Err(NotTaken::Store(fault.clone())))),
            Some(Waiting::JoinRequest(_) | Waiting::Gossip(_) | Waiting::Nobody) | None => {}
        }
    }

    async fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Commit(_) => {}
            Effect::Send { peer, bytes } => {
                if let Some(session) = self.sessions.get(&peer).copied()
                    && let Err(error) = self.network.send(session, bytes)
                {
                    tracing::debug!(%peer, %error, "a message was not sent; the session begins anew");
                    let _ = self.network.close_session(session, CloseReason::Restart).await;
                }
            }
            Effect::CloseSession { peer, fault } => {
                if let Some(session) = self.sessions.remove(&peer) {
                    let reason = match fault {
                        // What another version says need not be malice: it begins anew, each time later.
                        PeerFault::BadMessage | PeerFault::BadFrame | PeerFault::BadReceipt | PeerFault::BadAnnouncement | PeerFault::TooMuch => {
                            CloseReason::Violation
                        }
                    };
                    let _ = self.network.close_session(session, reason).await;
                }
            }
            Effect::Subscribe(topic) => {
                if let Err(error) = self.network.subscribe(super::network::topic_name(&topic)).await {
                    tracing::warn!(%error, "a topic could not be joined; sessions bring what is announced there");
                }
            }
            Effect::Announce { topic, bytes } => {
                // Not waited for: gossip is a hint, and the next input should not wait for it.
                let network = self.network.clone();
                tokio::spawn(async move {
                    if let Err(error) = network.publish(super::network::topic_name(&topic), bytes).await {
                        tracing::debug!(%error, "an announcement was not made");
                    }
                });
            }
            Effect::GossipVerdict { token, verdict } => {
                if let Some(Waiting::Gossip(id)) = self.waiting.remove(&token) {
                    let verdict = match verdict {
                        GossipVerdict::Accept => network::GossipVerdict::Accept,
                        GossipVerdict::Ignore => network::GossipVerdict::Ignore,
                        GossipVerdict::Reject => network::GossipVerdict::Reject,
                    };
                    let _ = self.network.report_gossip(id, verdict).await;
                }
            }
            Effect::Admit(nodes) => {
                let peers: Vec<PeerId> = nodes.iter().map(|node| peer_id_of(&node.0)).collect();
                let _ = self.network.set_admitted(peers).await;
            }
            Effect::Applied { document, changes } => {
                self.say(Applied::Document { document, changes: changes.into() });
            }
            Effect::Rebuilt { document } => {
                self.say(Applied::Rebuilt { document });
            }
            Effect::Submitted { token, result } => self.submitted(token, result),
            Effect::Acted { token, result } => self.acted(token, result),
            Effect::JoinReply { token, bytes } => {
                if let Some(Waiting::JoinRequest(reply)) = self.waiting.remove(&token) {
                    let _ = reply.send(bytes);
                }
            }
            Effect::Carried { token, result } => self.carried(token, result),
            Effect::Changed(change) => self.changed(change),
            Effect::Clock { peer, unix_s } => self.said_time(peer, unix_s),
            Effect::Whereabouts { node, addresses } => self.told_where(&node, &addresses).await,
            Effect::Fault { peer, fault } => {
                tracing::warn!(%peer, ?fault, "a peer broke the protocol");
                let _ = self.network.blame(peer_id_of(&peer.0)).await;
            }
            Effect::Ephemeral { document, from, bytes } => self.say(Applied::Ephemeral { document, from_node: from, bytes }),
        }
    }

    fn changed(&mut self, change: Change) {
        match change {
            Change::Space(space) => {
                self.forget_joined(&space);
                self.tell_access();
                self.tell_soon(space);
            }
            Change::Receipts(space) => self.tell_soon(space),
            Change::Presence(document) => self.say(Applied::Presence { document, audience: self.audience(&document) }),
            Change::Halted(space) => {
                tracing::error!(%space, "others hold more of this node's log than it does itself: it publishes nothing there until its people decide");
                self.tell_access();
                self.tell_soon(space);
                self.say(Applied::Network);
            }
        }
    }

    fn submitted(&mut self, token: replica::Token, result: Result<(), replica::SubmitRefusal>) {
        let Some(Waiting::Submit(reply, new)) = self.waiting.remove(&token) else { return };
        let answer = match result {
            Ok(()) => Ok(Submitted { new }),
            Err(refusal) => Err(submit_refusal(refusal)),
        };
        let _ = reply.send(answer);
    }

    fn acted(&mut self, token: replica::Token, result: Result<Acted, replica::ActRefusal>) {
        match (self.waiting.remove(&token), result) {
            (Some(Waiting::CreateSpace(reply)), Ok(Acted::Space(space))) => {
                let answer = self.space_info(&space).ok_or(ActRefusal::UnknownSpace);
                let _ = reply.send(answer);
            }
            (Some(Waiting::Invite(reply)), Ok(Acted::Invited(ticket))) => {
                let _ = reply.send(Ok(ticket.to_text()));
            }
            (Some(Waiting::CreateDocument(reply)), Ok(Acted::Document(document))) => {
                let answer = self.document_info(&document).map_err(ActRefusal::Store).and_then(|info| info.ok_or(ActRefusal::UnknownSpace));
                let _ = reply.send(answer);
            }
            (Some(Waiting::Joined(_, reply)), Ok(Acted::Joined(space))) => {
                self.forget_joined(&space);
                if let Some(reply) = reply {
                    let _ = reply.send(Ok(Joined { space, state: JoinState::Joined }));
                }
            }
            (Some(Waiting::CreateSpace(reply)), Err(refusal)) => drop(reply.send(Err(act_refusal(refusal)))),
            (Some(Waiting::Invite(reply)), Err(refusal)) => drop(reply.send(Err(act_refusal(refusal)))),
            (Some(Waiting::CreateDocument(reply)), Err(refusal)) => drop(reply.send(Err(act_refusal(refusal)))),
            (Some(Waiting::Joined(space, reply)), Err(refusal)) => {
                self.forget_join(&space);
                if let Some(reply) = reply {
                    let _ = reply.send(Err(join_refusal(refusal)));
                }
            }
            (Some(Waiting::Nobody), Err(refusal)) => tracing::warn!(%refusal, "an act of this node was not done"),
            _ => {}
        }
    }
}

fn submit_refusal(refusal: replica::SubmitRefusal) -> SubmitRefusal {
    match refusal {
        replica::SubmitRefusal::UnknownDocument => SubmitRefusal::UnknownDocument,
        replica::SubmitRefusal::NotAllowed => SubmitRefusal::NotAWriter,
        replica::SubmitRefusal::ActorOfAnotherNode => SubmitRefusal::ActorOfAnotherNode { changes: Vec::new() },
        replica::SubmitRefusal::MissingDependency => SubmitRefusal::MissingDependency,
        replica::SubmitRefusal::Unsound => SubmitRefusal::Untrusted(refusal.to_string()),
    }
}

fn act_refusal(refusal: replica::ActRefusal) -> ActRefusal {
    match refusal {
        replica::ActRefusal::UnknownSpace => ActRefusal::UnknownSpace,
        replica::ActRefusal::BadChange => ActRefusal::Content(SubmitRefusal::Untrusted(refusal.to_string())),
        _ => ActRefusal::NotAllowed,
    }
}

fn join_refusal(refusal: replica::ActRefusal) -> JoinRefusal {
    match refusal {
        replica::ActRefusal::SpentInvitation => JoinRefusal::Spent,
        replica::ActRefusal::UnknownInvitation => JoinRefusal::Unknown,
        replica::ActRefusal::InviterNotAllowed => JoinRefusal::InviterNotAllowed,
        replica::ActRefusal::AnotherSpace => JoinRefusal::OtherSpace,
        replica::ActRefusal::AnotherSchoolsOwn => JoinRefusal::OtherSchool,
        _ => JoinRefusal::Malformed,
    }
}
