//! Replicas wired to each other directly: what one sends the other gets, in order, with a count of messages and bytes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use automerge::{AutoCommit, ReadDoc, transaction::Transactable};

use crate::announce::Topic;
use crate::certificate::NodeCertificate;
use crate::entry::{Role, WriteRule};
use crate::frame::FrameRefusal;
use crate::frontier::Frontier;
use crate::ids::{ActorId, DocumentId, NodeId, SpaceId};
use crate::invitation::Ticket;
use crate::keys::{NodeKey, SchoolKey};
use crate::log_memory::MemoryLog;
use crate::replica::frames::next_frame;
use crate::replica::{
    ActRefusal, Acted, BundleAsk, Carried, CarriedRefusal, Change, Config, Effect, GossipVerdict, Input, LocalAct, Outbox, PeerFault, Replica,
    SubmitRefusal, Timing, Token,
};

/// A node with its store, its documents, and what it was answered.
pub(super) struct Station {
    pub(super) replica: Replica,
    pub(super) log: MemoryLog,
    pub(super) key: NodeKey,
    pub(super) school: SchoolKey,
    pub(super) certificate: NodeCertificate,
    pub(super) documents: BTreeMap<DocumentId, AutoCommit>,
    topics: BTreeSet<Topic>,
    acted: BTreeMap<Token, Result<Acted, ActRefusal>>,
    submitted: BTreeMap<Token, Result<(), SubmitRefusal>>,
    carried: BTreeMap<Token, Result<usize, CarriedRefusal>>,
    replies: BTreeMap<Token, Vec<u8>>,
    pub(super) whereabouts: BTreeMap<NodeId, Vec<String>>,
    pub(super) verdicts: Vec<GossipVerdict>,
    pub(super) faults: Vec<(NodeId, PeerFault)>,
    pub(super) clocks: Vec<(NodeId, u64)>,
    /// What people were to be told.
    pub(super) changed: Vec<Change>,
    pub(super) commits: usize,
    starts: u8,
}

/// All stations and the lines between them.
pub(super) struct Wired {
    pub(super) stations: Vec<Station>,
    pub(super) now: Duration,
    /// What lines take, bytes a second; without, everything at once.
    pub(super) rate: Option<u64>,
    /// Whether announcements reach anybody.
    pub(super) gossip: bool,
    /// Every message of every session, in the order in which it was sent: from, to, bytes.
    pub(super) sent: Vec<(usize, usize, Vec<u8>)>,
    lines: BTreeMap<(usize, usize), VecDeque<Vec<u8>>>,
    wakes: BTreeMap<usize, Duration>,
    next_token: u64,
}

impl Wired {
    /// `count` schools with one node each, nobody connected.
    pub(super) fn new(count: u8) -> Self {
        let mut wired = Self {
            stations: Vec::new(),
            now: Duration::ZERO,
            rate: None,
            gossip: true,
            sent: Vec::new(),
            lines: BTreeMap::new(),
            wakes: BTreeMap::new(),
            next_token: 0,
        };
        for number in 0..count {
            wired.station(number, number);
        }
        wired
    }

    /// One more node, of a school.
    pub(super) fn station(&mut self, school: u8, node: u8) -> usize {
        let (school_key, key) = (SchoolKey::from_secret(&[100 + school; 32]), NodeKey::from_secret(&[1 + node; 32]));
        let certificate = NodeCertificate::issue(&school_key, &format!("{school}-мектеп"), &key, "кеңсе");
        let log = MemoryLog::new();
        let config = Config { key: key.clone(), certificate: certificate.clone(), seed: [node; 32], timing: Timing::default() };
        let replica = Replica::restore(config, &log, &mut Outbox::new()).expect("an empty log restores");
        self.stations.push(Station {
            replica,
            log,
            key,
            school: school_key,
            certificate,
            documents: BTreeMap::new(),
            topics: BTreeSet::new(),
            acted: BTreeMap::new(),
            submitted: BTreeMap::new(),
            carried: BTreeMap::new(),
            replies: BTreeMap::new(),
            whereabouts: BTreeMap::new(),
            verdicts: Vec::new(),
            faults: Vec::new(),
            clocks: Vec::new(),
            changed: Vec::new(),
            commits: 0,
            starts: 0,
        });
        self.stations.len() - 1
    }

    pub(super) fn id(&self, at: usize) -> NodeId {
        self.stations[at].key.id()
    }

    fn index(&self, node: &NodeId) -> Option<usize> {
        self.stations.iter().position(|station| station.key.id() == *node)
    }

    /// Hands an input to a station and does all that it wants done; messages wait on the lines.
    pub(super) fn feed(&mut self, at: usize, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut out = Outbox::new();
            let station = &mut self.stations[at];
            station.replica.handle(self.now, input, &station.log, &mut out).expect("a log in memory can be read");
            inputs.extend(self.perform(at, out));
        }
    }

    fn perform(&mut self, at: usize, out: Outbox) -> Vec<Input> {
        match out.wake_at {
            Some(wake) => self.wakes.insert(at, wake),
            None => self.wakes.remove(&at),
        };
        for effect in out.effects {
            let me = self.id(at);
            let station = &mut self.stations[at];
            match effect {
                Effect::Commit(commit) => {
                    station.commits += 1;
                    station.log.commit(&[commit]).expect("a commit of the replica fits its store");
                }
                Effect::Send { peer, bytes } => {
                    if let Some(to) = self.index(&peer).filter(|to| self.lines.contains_key(&(at, *to))) {
                        self.sent.push((at, to, bytes.clone()));
                        self.lines.entry((at, to)).or_default().push_back(bytes);
                    }
                }
                Effect::CloseSession { peer, .. } => {
                    if let Some(to) = self.index(&peer) {
                        self.cut(at, to);
                    }
                }
                Effect::Subscribe(topic) => _ = station.topics.insert(topic),
                Effect::Announce { topic, bytes } => {
                    for to in 0..self.stations.len() {
                        if self.gossip && to != at && self.lines.contains_key(&(at, to)) && self.stations[to].topics.contains(&topic) {
                            let token = self.token();
                            self.feed(to, Input::Gossip { topic, from: me, author: me, bytes: bytes.clone(), token });
                        }
                    }
                }
                Effect::GossipVerdict { verdict, .. } => station.verdicts.push(verdict),
                Effect::Applied { document, changes } => station.apply(document, changes),
                Effect::Rebuilt { document } => {
                    station.documents.remove(&document);
                    let chunks = station.log.ready_chunks(&document);
                    station.apply(document, chunks);
                }
                Effect::Submitted { token, result } => _ = station.submitted.insert(token, result),
                Effect::Acted { token, result } => _ = station.acted.insert(token, result),
                Effect::Carried { token, result } => _ = station.carried.insert(token, result),
                Effect::JoinReply { token, bytes } => _ = station.replies.insert(token, bytes),
                Effect::Fault { peer, fault } => station.faults.push((peer, fault)),
                Effect::Whereabouts { node, addresses } => _ = station.whereabouts.insert(node, addresses),
                Effect::Changed(change) => station.changed.push(change),
                Effect::Clock { peer, unix_s } => station.clocks.push((peer, unix_s)),
                Effect::Admit(_) | Effect::Ephemeral { .. } => {}
            }
        }
        out.next
    }

    fn token(&mut self) -> Token {
        self.next_token += 1;
        Token(self.next_token)
    }

    /// Opens a session between two stations; messages wait on the line.
    pub(super) fn open(&mut self, a: usize, b: usize) {
        self.lines.insert((a, b), VecDeque::new());
        self.lines.insert((b, a), VecDeque::new());
        let (a_id, b_id) = (self.id(a), self.id(b));
        self.feed(a, Input::SessionOpened { peer: b_id });
        self.feed(b, Input::SessionOpened { peer: a_id });
    }

    /// Opens a session as a network does: `b` hears of it with the first message of `a`. Half a round trip is over.
    pub(super) fn dial(&mut self, a: usize, b: usize) {
        self.lines.insert((a, b), VecDeque::new());
        self.lines.insert((b, a), VecDeque::new());
        let (a_id, b_id) = (self.id(a), self.id(b));
        self.feed(a, Input::SessionOpened { peer: b_id });
        self.feed(b, Input::SessionOpened { peer: a_id });
        while self.lines.get(&(a, b)).is_some_and(|line| !line.is_empty()) {
            self.deliver_one(a, b);
        }
    }

    /// Closes it; what is on the line is lost.
    pub(super) fn cut(&mut self, a: usize, b: usize) {
        let was_open = self.lines.remove(&(a, b)).is_some();
        self.lines.remove(&(b, a));
        if was_open {
            let (a_id, b_id) = (self.id(a), self.id(b));
            self.feed(a, Input::SessionClosed { peer: b_id });
            self.feed(b, Input::SessionClosed { peer: a_id });
        }
    }

    pub(super) fn connect(&mut self, a: usize, b: usize) {
        self.open(a, b);
        self.settle();
    }

    /// Delivers all that is on the lines at once, once: half a round trip. Says how many messages there were.
    pub(super) fn half_trip(&mut self) -> usize {
        let under_way: Vec<_> = self.lines.iter_mut().map(|(line, messages)| (*line, std::mem::take(messages))).collect();
        let mut count = 0;
        for ((from, to), messages) in under_way {
            for bytes in messages {
                count += 1;
                self.deliver(from, to, bytes);
            }
        }
        count
    }

    fn deliver(&mut self, from: usize, to: usize, bytes: Vec<u8>) {
        let (from_id, to_id) = (self.id(from), self.id(to));
        if let Some(rate) = self.rate {
            self.now += Duration::from_millis(bytes.len() as u64 * 1_000 / rate);
        }
        if self.lines.contains_key(&(from, to)) {
            self.feed(to, Input::Message { peer: from_id, bytes });
        }
        // All that was to be sent has gone out.
        if self.lines.get(&(from, to)).is_some_and(VecDeque::is_empty) {
            self.feed(from, Input::Drained { peer: to_id });
        }
    }

    /// Delivers the oldest message of a line. Says whether there was one.
    pub(super) fn deliver_one(&mut self, from: usize, to: usize) -> bool {
        let Some(bytes) = self.lines.get_mut(&(from, to)).and_then(VecDeque::pop_front) else { return false };
        self.deliver(from, to, bytes);
        true
    }

    /// Bytes of the oldest message of a line.
    pub(super) fn next_on(&self, from: usize, to: usize) -> Option<usize> {
        self.lines.get(&(from, to))?.front().map(Vec::len)
    }

    /// Delivers until the lines are empty. Says how many round trips that took, in halves.
    pub(super) fn deliver_all(&mut self) -> usize {
        let mut halves = 0;
        while self.half_trip() > 0 {
            halves += 1;
            assert!(halves < 1_000, "sessions must become silent");
        }
        halves
    }

    /// Delivers everything and lets time pass until nobody wants to be woken.
    pub(super) fn settle(&mut self) {
        for _ in 0..1_000 {
            self.deliver_all();
            if !self.let_time_pass() {
                return;
            }
        }
        panic!("a network in which nobody writes must become silent");
    }

    /// Lets time pass until the first station wants to be woken. Says whether one does.
    pub(super) fn let_time_pass(&mut self) -> bool {
        let Some((at, wake)) = self.wakes.iter().map(|(at, wake)| (*at, *wake)).min_by_key(|(_, wake)| *wake) else { return false };
        self.now = self.now.max(wake);
        self.feed(at, Input::Tick);
        true
    }

    /// What an act of a station was answered.
    pub(super) fn try_act(&mut self, at: usize, act: LocalAct) -> Result<Acted, ActRefusal> {
        let token = self.token();
        self.feed(at, Input::Act { token, act });
        self.stations[at].acted.remove(&token).expect("every act is answered")
    }

    pub(super) fn space(&mut self, at: usize) -> SpaceId {
        match self.try_act(at, LocalAct::CreateSpace { name: "Алты мектеп".into(), private: false }) {
            Ok(Acted::Space(id)) => id,
            other => panic!("a space is created, not {other:?}"),
        }
    }

    pub(super) fn invite(&mut self, at: usize, space: SpaceId, role: Role) -> Ticket {
        match self.try_act(at, LocalAct::Invite { space, role, addresses: vec![] }) {
            Ok(Acted::Invited(ticket)) => ticket,
            other => panic!("an invitation is made, not {other:?}"),
        }
    }

    /// The inviter's answer to a station's request.
    pub(super) fn ask_to_join(&mut self, at: usize, inviter: usize, ticket: &Ticket) -> Vec<u8> {
        let (request, peer) = (self.stations[at].replica.join_request_for(ticket), self.id(at));
        let token = self.token();
        self.feed(inviter, Input::JoinRequest { token, peer, bytes: request });
        self.stations[inviter].replies.remove(&token).expect("every request is answered")
    }

    pub(super) fn join(&mut self, at: usize, inviter: usize, ticket: &Ticket) -> Result<Acted, ActRefusal> {
        let bytes = self.ask_to_join(at, inviter, ticket);
        self.welcome(at, ticket, bytes)
    }

    /// Hands a station the answer to its request.
    pub(super) fn welcome(&mut self, at: usize, ticket: &Ticket, bytes: Vec<u8>) -> Result<Acted, ActRefusal> {
        let token = self.token();
        self.feed(at, Input::JoinAnswered { token, ticket: ticket.clone(), bytes });
        self.stations[at].acted.remove(&token).expect("every answer is answered")
    }

    /// Makes a document for a space.
    pub(super) fn document(&mut self, at: usize, space: SpaceId, write_rule: WriteRule) -> DocumentId {
        let mut document = AutoCommit::new().with_actor(self.stations[at].actor(0));
        document.put(automerge::ROOT, "title", "жоспар").expect("a key can be put");
        let changes = chunks(&mut document);
        let Ok(Acted::Document(id)) = self.try_act(at, LocalAct::CreateDocument { space, kind: 1, write_rule, changes }) else {
            panic!("the document is made");
        };
        self.stations[at].documents.insert(id, document);
        id
    }

    pub(super) fn submit(&mut self, at: usize, document: DocumentId, changes: Vec<Vec<u8>>) -> Result<(), SubmitRefusal> {
        let token = self.token();
        self.feed(at, Input::Submit { token, document, changes });
        self.stations[at].submitted.remove(&token).expect("every submission is answered")
    }

    /// Writes a key of a document and submits the change.
    pub(super) fn write(&mut self, at: usize, document: DocumentId, key: &str) {
        let change = self.stations[at].edit(document, key);
        assert_eq!(self.submit(at, document, vec![change]), Ok(()), "an honest edit is kept");
    }

    /// Stops a station and starts it again from its store; its sessions are cut.
    pub(super) fn restart(&mut self, at: usize) {
        for other in 0..self.stations.len() {
            self.cut(at, other);
        }
        let station = &mut self.stations[at];
        station.starts += 1;
        let mut seed = [0; 32];
        seed[..2].copy_from_slice(&[station.starts, 200 + at as u8]);
        let config = Config { key: station.key.clone(), certificate: station.certificate.clone(), seed, timing: Timing::default() };
        let mut out = Outbox::new();
        station.replica = Replica::restore(config, &station.log, &mut out).expect("a log restores");
        for document in std::mem::take(&mut station.documents).into_keys() {
            let chunks = station.log.ready_chunks(&document);
            station.apply(document, chunks);
        }
        for next in self.perform(at, out) {
            self.feed(at, next);
        }
    }

    /// Bytes and messages of all sessions since the last call.
    pub(super) fn take_sent(&mut self) -> (usize, usize) {
        let sent = std::mem::take(&mut self.sent);
        (sent.len(), sent.iter().map(|(_, _, bytes)| bytes.len()).sum())
    }

    /// All that a station holds of a space, as frames of about `target` bytes each, as for somebody who has nothing.
    pub(super) fn frames(&self, at: usize, space: &SpaceId, target: usize) -> Vec<Vec<u8>> {
        let station = &self.stations[at];
        let space = station.replica.spaces.get(space).expect("the station has the space");
        let (mut cursor, mut ratio, mut frames) = (Frontier::default(), 1, Vec::new());
        while let Some((frame, next)) =
            next_frame(space, &cursor, &BTreeSet::new(), target, &mut ratio, &station.log).expect("a log in memory can be read")
        {
            frames.push(frame);
            cursor = next;
        }
        frames
    }

    /// What a station puts into a bundle of a space for others, in frames of about `target` bytes.
    pub(super) fn bundle(&mut self, at: usize, space: SpaceId, recipients: &[usize], target: usize) -> Vec<Carried> {
        self.feed(at, Input::Bundling { space });
        let ask = BundleAsk::to(recipients.iter().map(|to| self.id(*to)));
        let station = &self.stations[at];
        let mut frames = station.replica.bundle_frames(&space, &ask, &station.log).expect("the station has the space");
        let mut items = Vec::new();
        while let Some(frame) = station.replica.next_bundle_frame(&mut frames, target, &station.log).expect("a log in memory can be read") {
            items.push(Carried::Frame(frame));
        }
        items.extend(station.replica.receipts_for_bundle(&space).into_iter().map(Carried::Receipt));
        items
    }

    /// Hands a station something out of a bundle.
    pub(super) fn carry(&mut self, at: usize, space: SpaceId, item: &Carried) -> Result<usize, CarriedRefusal> {
        let token = self.token();
        self.feed(at, Input::Carried { token, space, item: item.clone() });
        self.stations[at].carried.remove(&token).expect("everything carried is answered")
    }

    /// Hands a station a whole bundle. Says how many entries were new.
    pub(super) fn carry_all(&mut self, at: usize, space: SpaceId, bundle: &[Carried]) -> Result<usize, CarriedRefusal> {
        bundle.iter().map(|item| self.carry(at, space, item)).sum()
    }

    /// Hands a station a frame by no session at all, as a bundle would bring it.
    pub(super) fn take_frame(&mut self, at: usize, space: &SpaceId, frame: &[u8]) -> Result<usize, FrameRefusal> {
        let (mut out, now) = (Outbox::new(), self.now);
        let station = &mut self.stations[at];
        let taken =
            station.replica.receive(now, space, frame, crate::limits::MAX_FRAME_OPS, &station.log, &mut out).expect("a log in memory can be read");
        for next in self.perform(at, out) {
            self.feed(at, next);
        }
        taken
    }

    pub(super) fn assert_equal(&mut self, a: usize, b: usize, space: SpaceId) {
        let frontier = |wired: &Self, at: usize| wired.stations[at].replica.frontier(&space).cloned();
        assert_eq!(frontier(self, a), frontier(self, b), "the frontiers agree");
        let view = |wired: &Self, at: usize| wired.stations[at].replica.space(&space).map(|space| space.membership.clone());
        assert_eq!(view(self, a), view(self, b), "the memberships agree");
        let documents: Vec<DocumentId> =
            view(self, a).iter().flat_map(|membership| membership.documents().map(|(id, _)| *id).collect::<Vec<_>>()).collect();
        for document in documents {
            assert_eq!(self.stations[a].heads(document), self.stations[b].heads(document), "the documents agree");
        }
    }

    /// No station has blamed another.
    pub(super) fn assert_no_faults(&self) {
        for (at, station) in self.stations.iter().enumerate() {
            assert_eq!(station.faults, [], "station {at} blames nobody");
        }
    }
}

/// All changes of a document, as chunks.
pub(super) fn chunks(document: &mut AutoCommit) -> Vec<Vec<u8>> {
    document.commit();
    document.get_changes(&[]).into_iter().map(|change| change.raw_bytes().to_vec()).collect()
}

impl Station {
    /// An actor of this node.
    pub(super) fn actor(&self, number: u8) -> automerge::ActorId {
        automerge::ActorId::from(ActorId::of_node(&self.key.id(), [number; 8]).0.as_ref())
    }

    /// Puts a key; the change's chunk.
    pub(super) fn edit(&mut self, document: DocumentId, key: &str) -> Vec<u8> {
        let actor = self.actor(self.starts);
        let document = self.documents.get_mut(&document).expect("the document is open here");
        document.set_actor(actor);
        document.put(automerge::ROOT, key, "мазмұны").expect("a key can be put");
        document.commit();
        document.get_last_local_change().expect("a change was made").raw_bytes().to_vec()
    }

    fn apply(&mut self, document: DocumentId, changes: Vec<Vec<u8>>) {
        let changes = changes.into_iter().map(|chunk| automerge::Change::from_bytes(chunk).expect("what is applied is a change"));
        self.documents.entry(document).or_default().apply_changes(changes).expect("what is applied fits");
    }

    pub(super) fn heads(&mut self, document: DocumentId) -> Vec<automerge::ChangeHash> {
        let mut heads = self.documents.get_mut(&document).map(AutoCommit::get_heads).unwrap_or_default();
        heads.sort_unstable();
        heads
    }

    pub(super) fn has(&self, document: DocumentId, key: &str) -> bool {
        self.documents.get(&document).is_some_and(|document| document.get(automerge::ROOT, key).ok().flatten().is_some())
    }
}
