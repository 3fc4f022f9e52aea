//! What happens to a replica.

use crate::announce::Topic;
use crate::certificate::NodeCertificate;
use crate::entry::{Retirement, Role, WriteRule};
use crate::ids::{DocumentId, NodeId, SpaceId};
use crate::invitation::Ticket;

use super::bundles::Carried;

/// The driver's mark on a request, given back with its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(pub u64);

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// A stream of the sync protocol to a peer is open; the transport has authenticated the peer's id.
    SessionOpened {
        /// The peer.
        peer: NodeId,
    },
    /// It is closed, by whomever.
    SessionClosed {
        /// The peer.
        peer: NodeId,
    },
    /// A message came on it.
    Message {
        /// The peer.
        peer: NodeId,
        /// The message.
        bytes: Vec<u8>,
    },
    /// What was to be sent to the peer has gone out: the next frame may be made.
    Drained {
        /// The peer.
        peer: NodeId,
    },
    /// An announcement came by gossip.
    Gossip {
        /// Its topic.
        topic: Topic,
        /// The peer that handed it to us, not always its author.
        from: NodeId,
        /// The author that signed it.
        author: NodeId,
        /// What it holds.
        bytes: Vec<u8>,
        /// To answer with a verdict.
        token: Token,
    },
    /// People at this school changed a document.
    Submit {
        /// To answer with.
        token: Token,
        /// The document.
        document: DocumentId,
        /// Plain chunks, dependencies first.
        changes: Vec<Vec<u8>>,
    },
    /// This school acts.
    Act {
        /// To answer with.
        token: Token,
        /// What it does.
        act: LocalAct,
    },
    /// Another node asks to join with a ticket of ours.
    JoinRequest {
        /// To answer with.
        token: Token,
        /// Who asks, as the transport has authenticated.
        peer: NodeId,
        /// The request.
        bytes: Vec<u8>,
    },
    /// The inviter's answer to our request has come.
    JoinAnswered {
        /// To answer with.
        token: Token,
        /// The ticket.
        ticket: Ticket,
        /// The answer.
        bytes: Vec<u8>,
    },
    /// Which documents people at this school have open, with their names. Replaces what was said before.
    OpenDocuments(Vec<(DocumentId, Vec<String>)>),
    /// Where this node may be found: addresses as the network writes them, the best first. Replaces what was said before.
    Whereabouts(Vec<String>),
    /// A browser's passing message.
    Ephemeral {
        /// The document.
        document: DocumentId,
        /// As the browser sent it.
        bytes: Vec<u8>,
    },
    /// Entries of the space are to be judged: they waited, or what they were judged by has changed. The replica asks the driver for this.
    Rejudge {
        /// The space.
        space: SpaceId,
    },
    /// A bundle of the space is about to be made: what people wrote is published, also while nobody is connected, and our receipt given.
    Bundling {
        /// The space.
        space: SpaceId,
    },
    /// Something of a bundle that was opened here.
    Carried {
        /// To answer with.
        token: Token,
        /// The space of which it is said to be.
        space: SpaceId,
        /// What it is.
        item: Carried,
    },
    /// This node is about to stop in order: what is sent now still goes out.
    Stopping,
    /// Time has passed.
    Tick,
}

/// What this school does.
#[derive(Debug, Clone)]
pub enum LocalAct {
    /// Begin a space.
    CreateSpace {
        /// Its name.
        name: String,
        /// Whether it is this school's own.
        private: bool,
    },
    /// Invite a school.
    Invite {
        /// To which space.
        space: SpaceId,
        /// What it may do.
        role: Role,
        /// Where this node can be reached, for the ticket.
        addresses: Vec<String>,
    },
    /// Make a document that begins with these changes.
    CreateDocument {
        /// In which space.
        space: SpaceId,
        /// The number of its kind.
        kind: u64,
        /// Who may write.
        write_rule: WriteRule,
        /// Its first changes: plain chunks, dependencies first.
        changes: Vec<Vec<u8>>,
    },
    /// Take in one more node of a member school, without a ticket: its school has signed the certificate.
    AddNode {
        /// To which space.
        space: SpaceId,
        /// The node.
        certificate: NodeCertificate,
    },
    /// Carry a school's retirement of one of its nodes.
    RetireNode {
        /// In which space.
        space: SpaceId,
        /// The school's word.
        retirement: Retirement,
    },
}
