//! A node of the simulation: a replica, its store, the documents that it feeds, and what it promised to people.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ReadDoc};
use jeli_protocol::announce::Topic;
use jeli_protocol::certificate::NodeCertificate;
use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, NodeId};
use jeli_protocol::keys::{NodeKey, SchoolKey};
use jeli_protocol::log_memory::MemoryLog;
use jeli_protocol::replica::{Config, Outbox, Replica, Timing};

use crate::dice::Dice;

/// What part a node plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Keeps to the protocol.
    Honest,
    /// Is a member and does harm.
    Hostile,
    /// Was retired by its school: honest, and out.
    Retired,
}

/// How the next crash comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    /// Before the commit is kept.
    Before,
    /// After it is kept, before anything that follows.
    After,
}

/// A node.
pub(crate) struct Node {
    /// Its keys.
    pub key: NodeKey,
    /// Its school's root key.
    pub school: SchoolKey,
    /// Its certificate.
    pub certificate: NodeCertificate,
    /// What part it plays.
    pub part: Part,
    /// Its store, which outlives crashes.
    pub log: MemoryLog,
    /// Its replica, while it runs.
    pub replica: Option<Replica>,
    /// Counts starts: what was under way for an earlier one is lost.
    pub life: u32,
    /// Counts documents that were opened anew.
    pub openings: u32,
    /// When it started, by the world's clock, less by how much its own has jumped.
    pub started: Duration,
    /// By how much its clock has jumped since.
    pub jumped: Duration,
    /// Its documents, fed by the replica and by its own people only.
    pub documents: BTreeMap<DocumentId, AutoCommit>,
    /// On what it listens.
    pub topics: BTreeSet<Topic>,
    /// With whom it wants connections.
    pub admitted: BTreeSet<NodeId>,
    /// Announcements that it has seen.
    pub seen: BTreeSet<u64>,
    /// What its people were told is kept.
    pub promised: Vec<(DocumentId, ChangeHash)>,
    /// The crash to come: after so many more commits.
    pub crash: Option<(u32, Crash)>,
    /// When it wants to be woken, by the world's clock.
    pub wake: Option<Duration>,
}

impl Node {
    /// A node that has never run.
    pub(crate) fn new(school: SchoolKey, key: NodeKey, name: &str) -> Self {
        let certificate = NodeCertificate::issue(&school, name, &key, "кеңсе");
        Self {
            key,
            school,
            certificate,
            part: Part::Honest,
            log: MemoryLog::new(),
            replica: None,
            life: 0,
            openings: 0,
            started: Duration::ZERO,
            jumped: Duration::ZERO,
            documents: BTreeMap::new(),
            topics: BTreeSet::new(),
            admitted: BTreeSet::new(),
            seen: BTreeSet::new(),
            promised: Vec::new(),
            crash: None,
            wake: None,
        }
    }

    /// Its id.
    pub(crate) fn id(&self) -> NodeId {
        self.key.id()
    }

    /// Starts it from its store.
    pub(crate) fn start(&mut self, now: Duration, dice: &mut Dice, out: &mut Outbox) -> Result<(), String> {
        self.life += 1;
        (self.started, self.jumped) = (now, Duration::ZERO);
        let config = Config { key: self.key.clone(), certificate: self.certificate.clone(), seed: dice.bytes(), timing: Timing::default() };
        let replica = Replica::restore(config, &self.log, out).map_err(|error| error.to_string())?;
        self.documents.clear();
        let spaces: Vec<_> = replica.spaces().flat_map(|space| space.membership.documents().map(|(id, _)| *id).collect::<Vec<_>>()).collect();
        for document in spaces {
            self.rebuild(document)?;
        }
        self.replica = Some(replica);
        Ok(())
    }

    /// Loads a document anew from the store; whoever has it open opens it anew.
    pub(crate) fn rebuild(&mut self, document: DocumentId) -> Result<(), String> {
        self.openings += 1;
        self.documents.insert(document, AutoCommit::new());
        let chunks = self.log.ready_chunks(&document);
        self.apply(document, chunks)
    }

    /// Gives changes to a document.
    pub(crate) fn apply(&mut self, document: DocumentId, chunks: Vec<Vec<u8>>) -> Result<(), String> {
        let mut changes = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            changes.push(automerge::Change::from_bytes(chunk).map_err(|error| format!("an applied chunk is no change: {error}"))?);
        }
        self.documents.entry(document).or_default().apply_changes(changes).map_err(|error| format!("an applied change does not fit: {error}"))
    }

    /// The time since its start by its own clock.
    pub(crate) fn local(&self, now: Duration) -> Duration {
        now.saturating_sub(self.started) + self.jumped
    }

    /// The actor with which its people write now: a page takes a fresh one whenever it opens a document anew.
    pub(crate) fn actor(&self) -> ActorId {
        let mut rest = [0; 8];
        rest[..4].copy_from_slice(&self.life.to_le_bytes());
        rest[4..].copy_from_slice(&self.openings.to_le_bytes());
        ActorId::of_node(&self.key.id(), rest)
    }

    /// An edit of a document as people make it; its changes.
    pub(crate) fn edit(&mut self, document: DocumentId, actor: &ActorId, dice: &mut Dice) -> Option<Vec<Vec<u8>>> {
        let document = self.documents.get_mut(&document)?;
        document.set_actor(automerge::ActorId::from(actor.0.as_ref()));
        let before = document.get_heads();
        scribble(document, dice);
        let changes = document.get_changes(&before);
        Some(changes.into_iter().map(|change| change.raw_bytes().to_vec()).collect())
    }

    /// What people read in a document, and nothing where none of its changes is here.
    pub(crate) fn content(&self, document: &DocumentId) -> Result<Option<automerge::hydrate::Value>, String> {
        let Some(document) = self.documents.get(document).filter(|document| !document.is_empty()) else { return Ok(None) };
        document.hydrate(automerge::ROOT, None).map(Some).map_err(|error| error.to_string())
    }

    /// The heads of a document as it is shown here.
    pub(crate) fn heads(&mut self, document: &DocumentId) -> BTreeSet<ChangeHash> {
        self.documents.get_mut(document).map(|document| document.get_heads().iter().map(|hash| ChangeHash(hash.0)).collect()).unwrap_or_default()
    }
}

/// One to three changes: text, keys, numbers, deletions.
pub(crate) fn scribble(document: &mut AutoCommit, dice: &mut Dice) {
    for _ in 0..1 + dice.below(3) {
        let text = match document.get(automerge::ROOT, "text") {
            Ok(Some((_, id))) => Some(id),
            _ => None,
        };
        // What Automerge refuses (an index that is gone) is no edit.
        let _ = match (dice.below(4), text) {
            (0, Some(text)) => {
                let at = dice.below(document.length(&text) + 1);
                document.splice_text(&text, at, 0, ["мектеп ", "жоспар ", "a", "іс-шара "][dice.below(4)])
            }
            (1, Some(text)) if document.length(&text) > 3 => {
                let at = dice.below(document.length(&text) - 2);
                document.splice_text(&text, at, 2, "")
            }
            (2, _) => document.put(automerge::ROOT, format!("k{}", dice.below(12)), dice.below(100) as i64),
            _ => document.put(automerge::ROOT, format!("s{}", dice.below(12)), "мән"),
        };
        document.commit();
    }
}

/// The first change of a new document.
pub(crate) fn first_changes(actor: &ActorId) -> (AutoCommit, Vec<Vec<u8>>) {
    let mut document = AutoCommit::new().with_actor(automerge::ActorId::from(actor.0.as_ref()));
    // A new document takes a text; if it did not, edits put keys only.
    let _ = document.put_object(automerge::ROOT, "text", automerge::ObjType::Text);
    document.commit();
    let changes = document.get_changes(&[]).into_iter().map(|change| change.raw_bytes().to_vec()).collect();
    (document, changes)
}
