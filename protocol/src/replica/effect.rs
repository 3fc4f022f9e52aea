//! What a replica wants done, in order.
//!
//! **Invariant 1:** the driver executes effects in order. [`Effect::Commit`] must be durable before anything after it is done; if it fails, the
//! rest of the outbox is dropped and the replica is restored from the store.

use std::time::Duration;

use crate::announce::Topic;
use crate::ids::{DocumentId, NodeId, SpaceId};
use crate::invitation::Ticket;
use crate::log::Commit;
use crate::wire::WireError;

use super::bundles::CarriedRefusal;
use super::input::{Input, Token};

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Keep this, durably, before doing anything that follows.
    Commit(Commit),
    /// Send a message on the peer's session.
    Send {
        /// To whom.
        peer: NodeId,
        /// The message.
        bytes: Vec<u8>,
    },
    /// Close the peer's session.
    CloseSession {
        /// Whose.
        peer: NodeId,
        /// Why.
        fault: PeerFault,
    },
    /// Listen on a topic.
    Subscribe(Topic),
    /// Announce on a topic.
    Announce {
        /// Where.
        topic: Topic,
        /// The sealed announcement.
        bytes: Vec<u8>,
    },
    /// What gossip should do with an announcement.
    GossipVerdict {
        /// Which.
        token: Token,
        /// Forward it or not.
        verdict: GossipVerdict,
    },
    /// These are the nodes to keep connections with.
    Admit(Vec<NodeId>),
    /// A document has grown by changes from elsewhere, dependencies first.
    Applied {
        /// The document.
        document: DocumentId,
        /// Plain chunks.
        changes: Vec<Vec<u8>>,
    },
    /// A document lost changes: load it anew.
    Rebuilt {
        /// The document.
        document: DocumentId,
    },
    /// Answer to a submission.
    Submitted {
        /// Which.
        token: Token,
        /// What became of it.
        result: Result<(), SubmitRefusal>,
    },
    /// Answer to an act.
    Acted {
        /// Which.
        token: Token,
        /// What became of it.
        result: Result<Acted, ActRefusal>,
    },
    /// Answer to a peer's request to join.
    JoinReply {
        /// Which.
        token: Token,
        /// The answer's bytes.
        bytes: Vec<u8>,
    },
    /// Answer to something of a bundle: how many entries were new.
    Carried {
        /// Which.
        token: Token,
        /// What became of it.
        result: Result<usize, CarriedRefusal>,
    },
    /// Something that people see has changed.
    Changed(Change),
    /// A peer broke the protocol; counted, and its score falls.
    Fault {
        /// Who.
        peer: NodeId,
        /// How.
        fault: PeerFault,
    },
    /// A peer has said what time it is there. Shown, never judged by.
    Clock {
        /// Whose clock.
        peer: NodeId,
        /// Unix seconds.
        unix_s: u64,
    },
    /// A member says where it may be found.
    Whereabouts {
        /// Who.
        node: NodeId,
        /// Its addresses, as it writes them.
        addresses: Vec<String>,
    },
    /// A browser's passing message from another school.
    Ephemeral {
        /// The document.
        document: DocumentId,
        /// From which node.
        from: NodeId,
        /// As the browser sent it.
        bytes: Vec<u8>,
    },
}

/// What people see that has changed: whoever shows it asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Members, documents or rights of a space.
    Space(SpaceId),
    /// Who has what of a space.
    Receipts(SpaceId),
    /// Who has a document open.
    Presence(DocumentId),
    /// This node must not publish in a space (it meets its own log longer than its store, or its log forked).
    Halted(SpaceId),
}

/// What a done act gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// A space was begun.
    Space(SpaceId),
    /// An invitation was made.
    Invited(Ticket),
    /// A document was made.
    Document(DocumentId),
    /// We have joined: the space's content comes with the next exchange.
    Joined(SpaceId),
    /// Done.
    Done,
}

/// Why an act is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActRefusal {
    /// This node knows no such space.
    #[error("this node knows no such space")]
    UnknownSpace,
    /// This school's role does not allow it.
    #[error("this school's role in the space does not allow it")]
    NotAllowed,
    /// The space's key has not come yet.
    #[error("the space's key has not reached this node yet; it comes with the first exchange")]
    NoKeyYet,
    /// A change of a new document is not one.
    #[error("a change of the new document is refused")]
    BadChange,
    /// The inviter answered that it knows no such invitation.
    #[error("the inviter does not know this invitation")]
    UnknownInvitation,
    /// It was used.
    #[error("the invitation was used by another school")]
    SpentInvitation,
    /// It is for another space.
    #[error("the invitation is for another space")]
    AnotherSpace,
    /// The inviter may not take schools in any more.
    #[error("the inviting school may not take schools in")]
    InviterNotAllowed,
    /// The space is another school's own.
    #[error("the invitation is for another computer of the school that wrote it")]
    AnotherSchoolsOwn,
    /// The answer cannot be read.
    #[error("the inviter's answer cannot be read")]
    BadAnswer,
    /// This node has stopped publishing in the space.
    #[error("this node has stopped publishing in the space: its own log elsewhere is longer than its store")]
    Halted,
}

/// Why a submission is not kept. Nothing of it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubmitRefusal {
    /// No such document.
    #[error("no such document")]
    UnknownDocument,
    /// This school may not write it.
    #[error("this school may not write the document")]
    NotAllowed,
    /// A change speaks for another node.
    #[error("a change bears the actor of another node")]
    ActorOfAnotherNode,
    /// A change builds on one that is not here.
    #[error("a change builds on one that is not here")]
    MissingDependency,
    /// A change breaks a rule of the scanner, or its actor has used its seq before.
    #[error("a change breaks the rules")]
    Unsound,
}

/// What gossip does with an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GossipVerdict {
    /// Forward it.
    Accept,
    /// Do not forward it; nobody is to blame.
    Ignore,
    /// Do not forward it; whoever handed it on is to blame.
    Reject,
}

/// How a peer broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeerFault {
    /// A message that cannot be read.
    BadMessage,
    /// A frame that was refused.
    BadFrame,
    /// A receipt that does not verify.
    BadReceipt,
    /// An announcement that cannot be read though it is sealed by a member.
    BadAnnouncement,
    /// It speaks of more than its bounds allow.
    TooMuch,
}

impl PeerFault {
    /// What a peer has done that sent what cannot be read: too much, or something worse.
    pub(super) fn unreadable(error: &WireError, worse: Self) -> Self {
        if matches!(error, WireError::TooLong { .. }) { Self::TooMuch } else { worse }
    }
}

/// The effects of one input, in order.
#[derive(Debug, Default)]
pub struct Outbox {
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
    /// Inputs to be fed next, once the effects are done.
    pub next: Vec<Input>,
    /// When [`Input::Tick`] is wanted, at the latest; time since the replica's start.
    pub wake_at: Option<Duration>,
}

impl Outbox {
    /// An empty outbox.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn commit(&mut self, commit: Commit) {
        if !commit.is_empty() {
            self.effects.push(Effect::Commit(commit));
        }
    }
}
