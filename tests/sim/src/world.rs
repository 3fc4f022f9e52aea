//! The world: nodes, lines between them, events in virtual time. It drives replicas as a node's driver does: effects in order, commits first
//! of all, what follows a failed commit is lost.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use jeli_protocol::announce::Topic;
use jeli_protocol::ids::{ChangeHash, DocumentId, NodeId, SpaceId};
use jeli_protocol::invitation::Ticket;
use jeli_protocol::replica::{ActRefusal, Acted, Carried, CarriedRefusal, Effect, GossipVerdict, Input, Outbox, SubmitRefusal, Token};
use jeli_protocol::scan;

use crate::dice::Dice;
use crate::node::{Crash, Node, Part};
use crate::trace::Trace;

/// How bad the network of a run is.
#[derive(Debug, Clone)]
pub(crate) struct Weather {
    /// Announcements lost on each hop, in a thousand.
    pub gossip_loss: u64,
    /// Announcements doubled on each hop, in a thousand.
    pub gossip_double: u64,
    /// The longest delay of a message, milliseconds.
    pub delay_ms: u64,
    /// Which pairs can be connected at all.
    pub roads: BTreeSet<(usize, usize)>,
    /// Pairs cut off from each other for now.
    pub cut: BTreeSet<(usize, usize)>,
}

/// Something that happens at a time.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// A message of a session arrives.
    Message { session: u64, from: usize, to: usize, bytes: Vec<u8> },
    /// A message has gone out.
    Drained { session: u64, from: usize, to: usize },
    /// A side notices that its session is gone.
    Closed { session: u64, at: usize, peer: usize },
    /// An announcement arrives.
    Gossip { to: usize, from: usize, author: NodeId, topic: Topic, bytes: Vec<u8>, id: u64 },
    /// A node wants to be woken.
    Wake { at: usize, life: u32 },
    /// A pair tries to connect.
    Dial { a: usize, b: usize },
    /// A node starts again.
    Start { at: usize },
    /// A request to join arrives at the inviter; the answer goes back at once.
    Join { at: usize, inviter: usize, ticket: Ticket },
    /// The answer arrives.
    Joined { at: usize, life: u32, ticket: Ticket, bytes: Vec<u8> },
}

/// A session between two nodes.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Its number.
    pub id: u64,
    /// Whether each side still believes in it: the one with the lower index first.
    pub believed: [bool; 2],
    /// When the last message in each direction arrives: they arrive in order.
    pub last: [Duration; 2],
}

/// A promise to people under way: the submission, and what it holds.
type Submission = (DocumentId, Vec<ChangeHash>);

/// Everything.
pub(crate) struct World {
    /// Chance.
    pub dice: Dice,
    /// The world's clock.
    pub now: Duration,
    /// All nodes.
    pub nodes: Vec<Node>,
    /// The network.
    pub weather: Weather,
    /// Sessions by pair.
    pub sessions: BTreeMap<(usize, usize), Session>,
    /// What happened lately, to read after a failure.
    pub trace: Trace,
    /// Messages of sessions sent so far, and their bytes.
    pub messages: (u64, u64),
    /// Spaces that were made.
    pub spaces: Vec<SpaceId>,
    /// Frames that crossed lines, for whoever replays them.
    pub overheard: VecDeque<Vec<u8>>,
    /// Nodes touched since the last check.
    pub touched: BTreeSet<usize>,
    events: BTreeMap<(Duration, u64), Event>,
    next: u64,
    submissions: BTreeMap<Token, Submission>,
    verdicts: BTreeMap<Token, (usize, NodeId, Topic, Vec<u8>, u64)>,
    acted: BTreeMap<Token, Result<Acted, ActRefusal>>,
    submitted: BTreeMap<Token, Result<(), SubmitRefusal>>,
    replies: BTreeMap<Token, Vec<u8>>,
    carried: BTreeMap<Token, Result<usize, CarriedRefusal>>,
}

pub(crate) fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

impl World {
    /// A world of these nodes, none of which runs yet.
    pub(crate) fn new(dice: Dice, nodes: Vec<Node>, weather: Weather) -> Self {
        Self {
            dice,
            now: Duration::ZERO,
            nodes,
            weather,
            sessions: BTreeMap::new(),
            trace: Trace::default(),
            messages: (0, 0),
            spaces: Vec::new(),
            overheard: VecDeque::new(),
            touched: BTreeSet::new(),
            events: BTreeMap::new(),
            next: 0,
            submissions: BTreeMap::new(),
            verdicts: BTreeMap::new(),
            acted: BTreeMap::new(),
            submitted: BTreeMap::new(),
            replies: BTreeMap::new(),
            carried: BTreeMap::new(),
        }
    }

    /// A number never given before.
    pub(crate) fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Lets something happen after a while.
    pub(crate) fn after(&mut self, delay: Duration, event: Event) {
        let number = self.fresh();
        self.events.insert((self.now + delay, number), event);
    }

    /// Lets the next thing happen. `false` if there is none.
    pub(crate) fn advance(&mut self) -> Result<bool, String> {
        let Some(((at, _), event)) = self.events.pop_first() else { return Ok(false) };
        self.now = self.now.max(at);
        self.happen(event)?;
        Ok(true)
    }

    fn is_current(&self, session: u64, at: usize, peer: usize) -> bool {
        self.sessions.get(&pair(at, peer)).is_some_and(|now| now.id == session && now.believed[usize::from(at > peer)])
    }

    fn happen(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Message { session, from, to, bytes } => {
                if self.is_current(session, to, from) {
                    let peer = self.nodes[from].id();
                    self.feed(to, Input::Message { peer, bytes })?;
                }
            }
            Event::Drained { session, from, to } => {
                if self.is_current(session, from, to) {
                    let peer = self.nodes[to].id();
                    self.feed(from, Input::Drained { peer })?;
                }
            }
            Event::Closed { session, at, peer } => self.notice_closed(session, at, peer)?,
            Event::Gossip { to, from, author, topic, bytes, id } => self.hear(to, from, author, topic, bytes, id)?,
            Event::Wake { at, life } => {
                if self.nodes[at].life == life && self.nodes[at].wake.is_some_and(|wake| wake <= self.now) {
                    self.nodes[at].wake = None;
                    self.feed(at, Input::Tick)?;
                }
            }
            Event::Dial { a, b } => self.dial(a, b)?,
            Event::Start { at } => self.start(at)?,
            Event::Join { at, inviter, ticket } => self.ask(at, inviter, ticket)?,
            Event::Joined { at, life, ticket, bytes } => {
                if self.nodes[at].life == life {
                    let token = Token(self.fresh());
                    self.feed(at, Input::JoinAnswered { token, ticket, bytes })?;
                }
            }
        }
        Ok(())
    }

    /// Whether a pair could talk now.
    pub(crate) fn can_talk(&self, a: usize, b: usize) -> bool {
        let up = self.nodes[a].replica.is_some() && self.nodes[b].replica.is_some();
        let both = pair(a, b);
        up && self.weather.roads.contains(&both) && !self.weather.cut.contains(&both)
    }

    fn dial(&mut self, a: usize, b: usize) -> Result<(), String> {
        let wanted = self.nodes[a].admitted.contains(&self.nodes[b].id()) || self.nodes[b].admitted.contains(&self.nodes[a].id());
        if self.can_talk(a, b) && wanted && !self.sessions.contains_key(&pair(a, b)) {
            let id = self.fresh();
            self.sessions.insert(pair(a, b), Session { id, believed: [true, true], last: [self.now; 2] });
            let (a_id, b_id) = (self.nodes[a].id(), self.nodes[b].id());
            self.trace.note(self.now, || format!("{a} and {b} connect"));
            self.feed(a, Input::SessionOpened { peer: b_id })?;
            if self.is_current(id, b, a) {
                self.feed(b, Input::SessionOpened { peer: a_id })?;
            }
        }
        let again = self.dice.millis(1_000, 15_000);
        self.after(again, Event::Dial { a, b });
        Ok(())
    }

    /// Breaks a session: what is under way is lost, and each side notices when it does.
    pub(crate) fn break_session(&mut self, a: usize, b: usize) {
        let Some(session) = self.sessions.get(&pair(a, b)).map(|session| session.id) else { return };
        for (at, peer) in [(a, b), (b, a)] {
            let delay = self.dice.millis(0, 2_000);
            self.after(delay, Event::Closed { session, at, peer });
        }
        self.events.retain(|_, event| !matches!(event, Event::Message { session: of, .. } | Event::Drained { session: of, .. } if *of == session));
        if let Some(open) = self.sessions.get_mut(&pair(a, b)) {
            // Nothing that is sent from now on arrives.
            open.last = [Duration::MAX; 2];
        }
    }

    fn notice_closed(&mut self, session: u64, at: usize, peer: usize) -> Result<(), String> {
        let Some(open) = self.sessions.get_mut(&pair(at, peer)).filter(|open| open.id == session) else { return Ok(()) };
        let believed = std::mem::replace(&mut open.believed[usize::from(at > peer)], false);
        if open.believed == [false, false] {
            self.sessions.remove(&pair(at, peer));
        }
        let peer = self.nodes[peer].id();
        if believed { self.feed(at, Input::SessionClosed { peer }) } else { Ok(()) }
    }

    fn send(&mut self, from: usize, to: usize, bytes: Vec<u8>) {
        let (delay, out) = (self.dice.millis(1, self.weather.delay_ms), self.dice.millis(0, 20));
        let side = usize::from(from > to);
        let Some(session) = self.sessions.get_mut(&pair(from, to)).filter(|session| session.believed[side]) else { return };
        if session.last[side] == Duration::MAX {
            return;
        }
        let at = session.last[side].max(self.now + delay);
        session.last[side] = at;
        let id = session.id;
        self.messages.0 += 1;
        self.messages.1 += bytes.len() as u64;
        self.overheard.push_back(bytes.clone());
        if self.overheard.len() > 40 {
            self.overheard.pop_front();
        }
        let number = self.fresh();
        self.events.insert((at, number), Event::Message { session: id, from, to, bytes });
        self.after(out, Event::Drained { session: id, from, to });
    }

    /// Sends bytes on a session that the sender's replica knows nothing of: what a hostile node does.
    pub(crate) fn send_raw(&mut self, from: usize, to: usize, bytes: Vec<u8>) {
        self.send(from, to, bytes);
    }

    /// Hands an announcement to everyone with whom a node has a session.
    pub(crate) fn spread(&mut self, at: usize, but: Option<usize>, author: NodeId, topic: Topic, bytes: &[u8], id: u64) {
        let neighbours: Vec<usize> = self
            .sessions
            .iter()
            .filter(|((a, b), session)| (*a == at || *b == at) && session.believed == [true, true] && session.last[0] != Duration::MAX)
            .map(|((a, b), _)| if *a == at { *b } else { *a })
            .filter(|to| Some(*to) != but && self.nodes[*to].topics.contains(&topic))
            .collect();
        for to in neighbours {
            let copies = if self.dice.chance(self.weather.gossip_loss) { 0 } else { 1 + usize::from(self.dice.chance(self.weather.gossip_double)) };
            for _ in 0..copies {
                let delay = self.dice.millis(1, self.weather.delay_ms * 2);
                self.after(delay, Event::Gossip { to, from: at, author, topic, bytes: bytes.to_vec(), id });
            }
        }
    }

    fn hear(&mut self, to: usize, from: usize, author: NodeId, topic: Topic, bytes: Vec<u8>, id: u64) -> Result<(), String> {
        let node = &mut self.nodes[to];
        if node.replica.is_none() || !node.topics.contains(&topic) || !node.seen.insert(id) {
            return Ok(());
        }
        let token = Token(self.fresh());
        let from_id = self.nodes[from].id();
        self.verdicts.insert(token, (from, author, topic, bytes.clone(), id));
        self.feed(to, Input::Gossip { topic, from: from_id, author, bytes, token })?;
        self.verdicts.remove(&token);
        Ok(())
    }

    /// Starts a node from its store.
    pub(crate) fn start(&mut self, at: usize) -> Result<(), String> {
        if self.nodes[at].replica.is_some() {
            return Ok(());
        }
        let mut out = Outbox::new();
        self.nodes[at].start(self.now, &mut self.dice, &mut out)?;
        self.trace.note(self.now, || format!("{at} starts"));
        let next = self.perform(at, out)?;
        for input in next {
            self.feed(at, input)?;
        }
        Ok(())
    }

    /// Stops a node at once; it starts again after a while, unless it is out for good.
    pub(crate) fn crash(&mut self, at: usize, returns: bool) {
        self.trace.note(self.now, || format!("{at} stops"));
        let node = &mut self.nodes[at];
        node.replica = None;
        node.crash = None;
        node.wake = None;
        node.topics.clear();
        node.admitted.clear();
        for peer in 0..self.nodes.len() {
            self.break_session(at, peer);
            if let Some(session) = self.sessions.get_mut(&pair(at, peer)) {
                session.believed[usize::from(at > peer)] = false;
            }
        }
        if returns {
            let delay = self.dice.millis(100, 20_000);
            self.after(delay, Event::Start { at });
        }
    }

    fn ask(&mut self, at: usize, inviter: usize, ticket: Ticket) -> Result<(), String> {
        let peer = self.nodes[at].id();
        let Some(request) = self.nodes[at].replica.as_ref().map(|replica| replica.join_request_for(&ticket)) else {
            return self.ask_later(at, inviter, ticket);
        };
        // A node that forks its control chain lets nobody in: whom it takes in under one branch, those on another do not know.
        let answers = self.nodes[inviter].replica.is_some() && self.nodes[inviter].part != Part::Hostile;
        if !answers || self.weather.cut.contains(&pair(at, inviter)) {
            return self.ask_later(at, inviter, ticket);
        }
        let token = Token(self.fresh());
        self.feed(inviter, Input::JoinRequest { token, peer, bytes: request })?;
        match self.replies.remove(&token) {
            // The answer may be lost: then it is asked again.
            Some(bytes) if !self.dice.chance(100) => {
                let delay = self.dice.millis(1, self.weather.delay_ms);
                let life = self.nodes[at].life;
                self.after(delay, Event::Joined { at, life, ticket: ticket.clone(), bytes });
                self.ask_later(at, inviter, ticket)
            }
            _ => self.ask_later(at, inviter, ticket),
        }
    }

    /// Asks again until the space is here.
    fn ask_later(&mut self, at: usize, inviter: usize, ticket: Ticket) -> Result<(), String> {
        let here = self.nodes[at].replica.as_ref().is_some_and(|replica| replica.space(&ticket.space).is_some());
        if !here {
            let delay = self.dice.millis(1_000, 10_000);
            self.after(delay, Event::Join { at, inviter, ticket });
        }
        Ok(())
    }

    /// Hands an input to a running node and does all that it wants done.
    pub(crate) fn feed(&mut self, at: usize, input: Input) -> Result<(), String> {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let node = &mut self.nodes[at];
            let local = node.local(self.now);
            let Some(replica) = node.replica.as_mut() else { return Ok(()) };
            let mut out = Outbox::new();
            replica.handle(local, input, &node.log, &mut out).map_err(|error| format!("node {at}: {error}"))?;
            inputs.extend(self.perform(at, out)?);
        }
        self.touched.insert(at);
        Ok(())
    }

    fn index(&self, node: &NodeId) -> Option<usize> {
        self.nodes.iter().position(|known| known.id() == *node)
    }

    fn perform(&mut self, at: usize, out: Outbox) -> Result<Vec<Input>, String> {
        for effect in out.effects {
            let name = self.nodes[at].id();
            match effect {
                Effect::Commit(commit) => {
                    let node = &mut self.nodes[at];
                    let fate = match node.crash.as_mut() {
                        Some((0, fate)) => Some(*fate),
                        Some((left, _)) => {
                            *left -= 1;
                            None
                        }
                        None => None,
                    };
                    if fate != Some(Crash::Before) {
                        node.log.commit(&[commit]).map_err(|fault| format!("node {at} makes a commit that does not fit: {fault}"))?;
                    }
                    if let Some(fate) = fate {
                        self.trace.note(self.now, || format!("{at} crashes at a commit: {fate:?}"));
                        self.crash(at, true);
                        return Ok(Vec::new());
                    }
                }
                Effect::Send { peer, bytes } => {
                    if let Some(to) = self.index(&peer) {
                        self.trace.note(self.now, || format!("{at} → {to}: {}", crate::trace::describe(&bytes)));
                        self.send(at, to, bytes);
                    }
                }
                Effect::CloseSession { peer, .. } => {
                    if let Some(to) = self.index(&peer) {
                        self.break_session(at, to);
                        if let Some(session) = self.sessions.get_mut(&pair(at, to)) {
                            session.believed[usize::from(at > to)] = false;
                        }
                    }
                }
                Effect::Subscribe(topic) => _ = self.nodes[at].topics.insert(topic),
                Effect::Announce { topic, bytes } => {
                    let id = self.fresh();
                    self.nodes[at].seen.insert(id);
                    self.spread(at, None, name, topic, &bytes, id);
                }
                Effect::GossipVerdict { token, verdict } => {
                    if let (Some((from, author, topic, bytes, id)), GossipVerdict::Accept) = (self.verdicts.remove(&token), verdict) {
                        self.spread(at, Some(from), author, topic, &bytes, id);
                    }
                }
                Effect::Admit(nodes) => self.nodes[at].admitted = nodes.into_iter().collect(),
                Effect::Applied { document, changes } => self.nodes[at].apply(document, changes).map_err(|error| format!("node {at}: {error}"))?,
                Effect::Rebuilt { document } => {
                    self.trace.note(self.now, || format!("{at} rebuilds {document}"));
                    self.nodes[at].rebuild(document).map_err(|error| format!("node {at}: {error}"))?;
                }
                Effect::Submitted { token, result } => {
                    if let (Some((document, hashes)), Ok(())) = (self.submissions.remove(&token), &result) {
                        self.nodes[at].promised.extend(hashes.into_iter().map(|hash| (document, hash)));
                    }
                    self.submitted.insert(token, result);
                }
                Effect::Acted { token, result } => _ = self.acted.insert(token, result),
                Effect::Carried { token, result } => _ = self.carried.insert(token, result),
                Effect::JoinReply { token, bytes } => _ = self.replies.insert(token, bytes),
                Effect::Fault { peer, fault } => {
                    let blamed = self.index(&peer);
                    self.trace.note(self.now, || format!("{at} blames {blamed:?}: {fault:?}"));
                    let honest = |node: usize| self.nodes[node].part != Part::Hostile;
                    if honest(at) && blamed.is_none_or(honest) {
                        return Err(format!("node {at} blames honest node {blamed:?}: {fault:?}"));
                    }
                }
                Effect::Changed(_) | Effect::Ephemeral { .. } | Effect::Whereabouts { .. } | Effect::Clock { .. } => {}
            }
        }
        let node = &mut self.nodes[at];
        let wake = out.wake_at.map(|wake| self.now + wake.saturating_sub(node.local(self.now)));
        if wake != node.wake {
            node.wake = wake;
            if let Some(wake) = wake {
                let life = node.life;
                let number = self.fresh();
                self.events.insert((wake, number), Event::Wake { at, life });
            }
        }
        Ok(out.next)
    }

    /// Submits changes for a node's people; `None` when it crashed before it could answer.
    pub(crate) fn submit(&mut self, at: usize, document: DocumentId, changes: Vec<Vec<u8>>) -> Result<Option<Result<(), SubmitRefusal>>, String> {
        let token = Token(self.fresh());
        let hashes = changes.iter().filter_map(|chunk| scan::scan(chunk).ok()).map(|facts| facts.hash).collect();
        self.submissions.insert(token, (document, hashes));
        self.feed(at, Input::Submit { token, document, changes })?;
        self.submissions.remove(&token);
        Ok(self.submitted.remove(&token))
    }

    /// Gives a node something out of a bundle; `None` when it crashed before it could answer, or does not run.
    pub(crate) fn carry(&mut self, at: usize, space: SpaceId, item: &Carried) -> Result<Option<Result<usize, CarriedRefusal>>, String> {
        let token = Token(self.fresh());
        self.feed(at, Input::Carried { token, space, item: item.clone() })?;
        Ok(self.carried.remove(&token))
    }

    /// Acts for a node's school; `None` when it crashed before it could answer.
    pub(crate) fn act(&mut self, at: usize, act: jeli_protocol::replica::LocalAct) -> Result<Option<Result<Acted, ActRefusal>>, String> {
        let token = Token(self.fresh());
        self.feed(at, Input::Act { token, act })?;
        Ok(self.acted.remove(&token))
    }
}
