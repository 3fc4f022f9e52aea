//! Joining with a ticket: asked until the inviter answers, across restarts and cut lines.

use std::time::{Duration, Instant};

use jeli_protocol::ids::SpaceId;
use jeli_protocol::invitation::{Ticket, TicketError};
use jeli_protocol::replica::Input;
use libp2p::Multiaddr;

use crate::network::{JoinError, peer_id_of};
use crate::replica_handle::{JoinRefusal, JoinState, Joined, Reply};
use crate::store::{self, Store};

use super::requests::store_fault;
use super::{Driver, Waiting};

/// Tickets in use at once.
pub(super) const MAX_JOINS: usize = 16;

/// Between two attempts to reach an inviter that did not answer.
const ASK_AGAIN: Duration = Duration::from_secs(10);

/// The person waits this long for the inviter; after it the answer is "waiting", and we go on asking.
const PERSON_WAITS: Duration = Duration::from_secs(8);

/// A ticket in use.
pub(super) struct PendingJoin {
    pub(super) ticket: Ticket,
    /// When to ask next; `None` while a question is under way.
    pub(super) next_at: Option<Instant>,
    reply: Option<Reply<Result<Joined, JoinRefusal>>>,
    since: Instant,
}

/// What came of asking an inviter.
pub(super) struct Reached {
    space: SpaceId,
    answer: Result<Vec<u8>, JoinError>,
}

impl PendingJoin {
    /// When there is something to do for it: to ask, or to tell the person that the inviter was not reached in time.
    pub(super) fn due(&self) -> Option<Instant> {
        let answer_at = self.reply.as_ref().map(|_| self.since + PERSON_WAITS);
        [self.next_at, answer_at].into_iter().flatten().min()
    }

    /// The line has changed: there may be a road now.
    pub(super) fn try_now(&mut self) {
        if let Some(at) = &mut self.next_at {
            *at = Instant::now();
        }
    }
}

/// The tickets that were in use when the node stopped.
pub(super) fn load(store: &Store) -> Vec<PendingJoin> {
    let kept = store.pending_joins().unwrap_or_default();
    let tickets = kept.iter().filter_map(|join| Ticket::from_text(std::str::from_utf8(&join.ticket).ok()?).ok()).take(MAX_JOINS);
    tickets.map(|ticket| PendingJoin { ticket, next_at: Some(Instant::now()), reply: None, since: Instant::now() }).collect()
}

impl Driver {
    pub(super) async fn join(&mut self, text: &str, reply: Reply<Result<Joined, JoinRefusal>>) {
        let ticket = match Ticket::from_text(text) {
            Ok(ticket) => ticket,
            Err(TicketError::Newer) => return drop(reply.send(Err(JoinRefusal::Newer))),
            Err(TicketError::NotATicket | TicketError::Damaged) => return drop(reply.send(Err(JoinRefusal::Malformed))),
        };
        if self.belongs(&ticket.space) {
            return drop(reply.send(Err(JoinRefusal::AlreadyMember)));
        }
        self.joins.retain(|join| join.ticket.space != ticket.space);
        if self.joins.len() >= MAX_JOINS {
            self.joins.remove(0);
        }
        let now = Instant::now();
        let kept = store::PendingJoin { space: ticket.space, ticket: ticket.to_text().into_bytes() };
        if let Err(fault) = self.store.begin_join(&kept) {
            return drop(reply.send(Err(JoinRefusal::Store(store_fault(&fault)))));
        }
        self.joins.push(PendingJoin { ticket, next_at: Some(now), reply: Some(reply), since: now });
        self.try_joins(now).await;
    }

    /// Asks every inviter whose time has come.
    pub(super) async fn try_joins(&mut self, now: Instant) {
        for join in &mut self.joins {
            if now >= join.since + PERSON_WAITS
                && let Some(reply) = join.reply.take()
            {
                let _ = reply.send(Ok(Joined { space: join.ticket.space, state: JoinState::Waiting }));
            }
            if join.next_at.is_none_or(|at| at > now) {
                continue;
            }
            join.next_at = None;
            let request = self.replica.join_request_for(&join.ticket);
            let addresses: Vec<Multiaddr> = join.ticket.addresses.iter().filter_map(|address| address.parse().ok()).collect();
            let (network, reached) = (self.network.clone(), self.reached.clone());
            let (peer, space) = (peer_id_of(&join.ticket.inviter.0), join.ticket.space);
            tokio::spawn(async move {
                let answer = network.request_join(peer, addresses, request).await;
                let _ = reached.send(Reached { space, answer }).await;
            });
        }
    }

    pub(super) async fn join_reached(&mut self, reached: Reached) {
        let Some(join) = self.joins.iter_mut().find(|join| join.ticket.space == reached.space) else { return };
        match reached.answer {
            Ok(bytes) => {
                let (ticket, reply) = (join.ticket.clone(), join.reply.take());
                // Known before the first session: where the inviter is.
                let addresses: Vec<Multiaddr> = ticket.addresses.iter().filter_map(|address| address.parse().ok()).collect();
                let _ = self.network.add_addresses(peer_id_of(&ticket.inviter.0), addresses).await;
                let token = self.token(Waiting::Joined(reached.space, reply));
                self.feed(Input::JoinAnswered { token, ticket, bytes }).await;
            }
            Err(error) => {
                tracing::info!(%error, "the inviting school's node was not reached; asking again");
                join.next_at = Some(Instant::now() + ASK_AGAIN);
                if let Some(reply) = join.reply.take() {
                    let _ = reply.send(Ok(Joined { space: reached.space, state: JoinState::Waiting }));
                }
            }
        }
    }

    pub(super) fn forget_join(&mut self, space: &SpaceId) {
        self.joins.retain(|join| join.ticket.space != *space);
        if let Err(error) = self.store.end_join(space) {
            tracing::warn!(%error, "a used ticket was not forgotten; its inviter is asked once more after a restart");
        }
    }

    /// What a ticket brought was not kept: its inviter is asked again.
    pub(super) fn join_again(&mut self, space: &SpaceId) {
        for join in self.joins.iter_mut().filter(|join| join.ticket.space == *space) {
            join.next_at = Some(Instant::now() + ASK_AGAIN);
        }
    }

    /// Whether the control entries that have come here name this node.
    fn belongs(&self, space: &SpaceId) -> bool {
        self.replica.space(space).is_some_and(|space| space.membership.node(&self.certificate.node).is_some())
    }

    /// A space has changed: once we belong to it, its ticket has done its work. Until then it is kept: a welcome alone, without the first
    /// exchange, does not say after a restart whom to ask.
    pub(super) fn forget_joined(&mut self, space: &SpaceId) {
        if self.belongs(space) && self.joins.iter().any(|join| join.ticket.space == *space) {
            self.forget_join(space);
        }
    }
}
