//! The fold: from control acts, in one order, to who belongs and what there is.

use std::collections::{BTreeMap, BTreeSet};

use crate::certificate::NodeCertificate;
use crate::entry::{Act, Chain, ChainId, ControlBody, Cut, DocumentAct, Position, Role, SealedKey};
use crate::ids::{DocumentId, EntryHash, NodeId, SchoolId, SpaceId};
use crate::limits::{MAX_CHAINS, MAX_SCHOOLS};

use super::graph::{Clock, Placed, space_id};

/// A school in a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    /// Its name, as its first certificate gives it.
    pub name: String,
    /// The acts that gave it a role. What it may do under given control heads is the highest role among those that the heads cover.
    pub(super) grants: Vec<(Position, Role)>,
}

/// A node of a school in a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its certificate.
    pub certificate: NodeCertificate,
    /// Whether its school has retired it.
    pub retired: bool,
    /// Its place in the order of joining: decides who may claim an actor id that several claim.
    pub place: usize,
    pub(super) granted: Vec<Position>,
}

/// A document of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The act that made it.
    pub act: DocumentAct,
    pub(super) made: Position,
}

/// The cut of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct KnownCut {
    cut: Cut,
    /// Whether the log goes through the entry at the cut. Of content chains, which the graph does not hold, this is taken for granted.
    is_here: bool,
}

/// The state of a space's membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    space: SpaceId,
    name: String,
    private: bool,
    created: bool,
    schools: BTreeMap<SchoolId, School>,
    nodes: BTreeMap<NodeId, Node>,
    documents: BTreeMap<DocumentId, Document>,
    keys: Vec<SealedKey>,
    retirements: BTreeMap<(NodeId, SchoolId), BTreeMap<ChainId, KnownCut>>,
    former: Former,
    /// Acts that this program does not know, by members: where each stands, and its number.
    unknown: Vec<(Position, u64)>,
    /// Acts that build on one of those.
    stopped: BTreeSet<EntryHash>,
    refused: BTreeSet<EntryHash>,
}

impl Membership {
    pub(super) fn new(space: SpaceId) -> Self {
        Self {
            space,
            name: String::new(),
            private: false,
            created: false,
            schools: BTreeMap::new(),
            nodes: BTreeMap::new(),
            documents: BTreeMap::new(),
            keys: Vec::new(),
            retirements: BTreeMap::new(),
            former: Former::default(),
            unknown: Vec::new(),
            stopped: BTreeSet::new(),
            refused: BTreeSet::new(),
        }
    }

    /// The space's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the space is one school's own: no act takes another school in.
    pub fn private(&self) -> bool {
        self.private
    }

    /// The schools, in order of id.
    pub fn schools(&self) -> impl Iterator<Item = (&SchoolId, &School)> {
        self.schools.iter()
    }

    /// The nodes, in order of id, retired ones too.
    pub fn nodes(&self) -> impl Iterator<Item = (&NodeId, &Node)> {
        self.nodes.iter()
    }

    /// A node, retired or not.
    pub fn node(&self, node: &NodeId) -> Option<&Node> {
        self.nodes.get(node)
    }

    /// Whether the node belongs to a member school and is not retired.
    pub fn admits(&self, node: &NodeId) -> bool {
        self.nodes.get(node).is_some_and(|node| !node.retired)
    }

    /// The documents, in order of id.
    pub fn documents(&self) -> impl Iterator<Item = (&DocumentId, &Document)> {
        self.documents.iter()
    }

    /// A document.
    pub fn document(&self, document: &DocumentId) -> Option<&Document> {
        self.documents.get(document)
    }

    /// What a school may do now: the highest of its roles.
    pub fn role(&self, school: &SchoolId) -> Option<Role> {
        self.schools.get(school)?.grants.iter().map(|(_, role)| *role).max()
    }

    /// The school of a node.
    pub fn school_of(&self, node: &NodeId) -> Option<SchoolId> {
        self.nodes.get(node).map(|node| node.certificate.school)
    }

    /// The epoch key sealed for a node, newest last.
    pub fn keys_for<'a>(&'a self, node: &'a NodeId) -> impl Iterator<Item = &'a SealedKey> {
        self.keys.iter().filter(move |key| key.node == *node)
    }

    /// The number of an act that this program does not know: what builds on it is not folded, and the program wants an upgrade.
    pub fn unknown_act(&self) -> Option<u64> {
        self.unknown.first().map(|(_, number)| *number)
    }

    /// Whether something below this clock is not understood.
    pub(super) fn rests_on_unknown(&self, clock: &Clock) -> bool {
        self.unknown.iter().any(|(at, _)| covers(clock, at))
    }

    /// Whether an act builds on one that is not understood, and so changes nothing here.
    pub fn is_stopped(&self, act: &EntryHash) -> bool {
        self.stopped.contains(act)
    }

    /// How many acts had no right to be made and change nothing.
    pub fn refused(&self) -> u64 {
        self.refused.len() as u64
    }

    /// Whether an act had no right to be made.
    pub fn is_refused(&self, act: &EntryHash) -> bool {
        self.refused.contains(act)
    }

    /// Whether everything that `before` says still holds here, so that no verdict given under it can be another now.
    pub(super) fn extends(&self, before: &Self) -> bool {
        let schools = before
            .schools
            .iter()
            .all(|(id, before)| self.schools.get(id).is_some_and(|school| before.grants.iter().all(|grant| school.grants.contains(grant))));
        let nodes = before.nodes.iter().all(|(id, before)| {
            self.nodes.get(id).is_some_and(|node| {
                node.certificate == before.certificate
                    && node.retired == before.retired
                    && node.place == before.place
                    && before.granted.iter().all(|granted| node.granted.contains(granted))
            })
        });
        let documents = before.documents.iter().all(|(id, document)| self.documents.get(id) == Some(document));
        schools && nodes && documents && self.retirements == before.retirements && self.unknown == before.unknown
    }

    /// Whether a position lies behind the cut of its node's retirement. A chain that the retirement does not list is cut at its start; so is a
    /// control chain in which the entry at the cut is not here, or is another: a retired key can sign a branch below its cut, too.
    pub(super) fn is_cut(&self, position: &Position) -> bool {
        let Some(node) = self.nodes.get(&position.chain.node) else { return false };
        let retirement = self.retirements.get(&(position.chain.node, node.certificate.school));
        retirement.is_some_and(|cuts| cuts.get(&position.chain).is_none_or(|known| !known.is_here || position.seq > known.cut.position.seq))
    }

    /// Whether some school has retired the node, its own or another.
    pub(super) fn is_retired(&self, node: &NodeId) -> bool {
        self.retirements.range((*node, SchoolId([0; 32]))..).next().is_some_and(|((retired, _), _)| retired == node)
    }

    /// A retirement is the word of a school's root: it counts whoever carries it and wherever it stands in the order, so retirements are
    /// known before the fold begins.
    pub(super) fn take_retirements<'a>(&mut self, placed: impl Iterator<Item = &'a Placed>, hash_at: impl Fn(&Position) -> Option<EntryHash>) {
        let known =
            |cut: &Cut| KnownCut { cut: *cut, is_here: cut.position.chain.chain == Chain::Content || hash_at(&cut.position) == Some(cut.hash) };
        for placed in placed {
            let Act::RetireNode(retirement) = &placed.act else { continue };
            let first = !self.retirements.contains_key(&(retirement.node, retirement.school));
            let cuts = self.retirements.entry((retirement.node, retirement.school)).or_default();
            let listed: BTreeMap<ChainId, KnownCut> = retirement.cuts.iter().map(|cut| (cut.position.chain, known(cut))).collect();
            if first {
                *cuts = listed;
                continue;
            }
            // Retired twice: of each chain the earlier cut counts, and a chain that one of them does not list is cut at its start.
            cuts.retain(|chain, cut| match listed.get(chain) {
                Some(other) => {
                    if other.cut.position.seq < cut.cut.position.seq {
                        *cut = *other;
                    }
                    true
                }
                None => false,
            });
        }
    }

    /// Applies the next act in order; one without right changes nothing and is counted.
    pub(super) fn apply(&mut self, placed: &Placed) {
        // What does not know of an act that is not understood is understood all the same: one member could else empty the space for everybody.
        if self.rests_on_unknown(&placed.clock) {
            self.stopped.insert(placed.hash);
            return;
        }
        // A retirement is its school's word, not its carrier's: it counts also behind the carrier's own cut. So does the making of a document,
        // which gives nobody a right: what others wrote in it stays (invariant 8); what the retired node wrote is cut as content.
        let stays = matches!(placed.act, Act::RetireNode(_) | Act::CreateDocument(_));
        if (self.is_cut(&placed.position) && !stays) || !self.apply_act(placed) {
            self.refused.insert(placed.hash);
            self.note_former(placed);
        }
    }

    /// A taking in that does not count may have counted until a cut was known; those that were taken in by it may have made documents.
    fn note_former(&mut self, placed: &Placed) {
        let (author, at) = (placed.position.chain.node, placed.position);
        let role = self.once_role_at(&author, &placed.clock);
        match &placed.act {
            Act::AddSchool { role: given, certificate, .. } if role == Some(Role::Convenor) && !self.private => {
                self.former.take_in(certificate, at);
                self.former.grants.entry(certificate.school).or_default().push((at, *given));
            }
            Act::AddNode { certificate, .. } if role >= Some(Role::Member) => self.former.take_in(certificate, at),
            _ => {}
        }
    }

    fn apply_act(&mut self, placed: &Placed) -> bool {
        let (author, at) = (placed.position.chain.node, placed.position);
        match &placed.act {
            Act::CreateSpace { name, private, certificate, key, .. } => {
                let body = ControlBody { parents: Vec::new(), act: placed.act.clone() }.encode();
                if self.created || at.seq != 1 || certificate.node != author || space_id(&author, &body) != self.space {
                    return false;
                }
                self.created = true;
                self.name.clone_from(name);
                self.private = *private;
                self.add_school(certificate, Role::Convenor, at);
                self.add_node(certificate, key, at)
            }
            Act::AddSchool { role, certificate, key } => {
                let known = self.schools.contains_key(&certificate.school);
                let room = self.schools.len() < MAX_SCHOOLS && !self.private;
                if !(known || room) || self.role_at(&author, &placed.clock) != Some(Role::Convenor) {
                    return false;
                }
                self.add_school(certificate, *role, at);
                self.add_node(certificate, key, at)
            }
            Act::AddNode { certificate, key } => {
                let own = self.school_at(&author, &placed.clock) == Some(certificate.school);
                let known = self.schools.get(&certificate.school).is_some_and(|school| school.grants.iter().any(|(at, _)| covers(&placed.clock, at)));
                let may = own || self.role_at(&author, &placed.clock).is_some_and(|role| role >= Role::Member);
                known && may && self.add_node(certificate, key, at)
            }
            // It took effect before the fold began; here it is only known whether its school was the node's.
            Act::RetireNode(retirement) => self.nodes.get(&retirement.node).is_some_and(|node| node.retired),
            Act::CreateDocument(act) => {
                let may = self.once_role_at(&author, &placed.clock) >= Some(Role::Member);
                let own = self.once_school_at(&author, &placed.clock) == Some(act.owner);
                let its_own_id = act.document == DocumentId::of(&self.space, &author, &act.nonce);
                if !may || !own || !its_own_id || self.documents.contains_key(&act.document) {
                    return false;
                }
                self.documents.insert(act.document, Document { act: act.clone(), made: at });
                true
            }
            // No reader's act counts, in this version or any: one that nobody understands would stop the space for all.
            Act::Unknown { number, .. } => {
                let may = self.once_role_at(&author, &placed.clock) >= Some(Role::Member);
                if may {
                    self.unknown.push((at, *number));
                }
                may
            }
        }
    }

    fn add_school(&mut self, certificate: &NodeCertificate, role: Role, at: Position) {
        let school = self.schools.entry(certificate.school).or_insert_with(|| School { name: certificate.school_name.clone(), grants: Vec::new() });
        school.grants.push((at, role));
    }

    fn add_node(&mut self, certificate: &NodeCertificate, key: &SealedKey, at: Position) -> bool {
        if self.nodes.len() >= MAX_CHAINS / 2 && !self.nodes.contains_key(&certificate.node) {
            return false;
        }
        let place = self.nodes.len();
        let retired = self.retirements.contains_key(&(certificate.node, certificate.school));
        let known = self.nodes.contains_key(&certificate.node);
        let node =
            self.nodes.entry(certificate.node).or_insert_with(|| Node { certificate: certificate.clone(), retired, place, granted: Vec::new() });
        if node.certificate.school != certificate.school {
            return false;
        }
        node.granted.push(at);
        // Only what takes a node in gives it a key: whoever names it again would else change the key that it has.
        if key.node == certificate.node && !known {
            self.keys.push(key.clone());
        }
        true
    }

    /// The school of a node under a clock: only if an act that the clock covers took the node in.
    pub(super) fn school_at(&self, node: &NodeId, clock: &Clock) -> Option<SchoolId> {
        let node = self.nodes.get(node)?;
        node.granted.iter().any(|at| covers(clock, at)).then_some(node.certificate.school)
    }

    /// The role of a node's school under a clock.
    pub(super) fn role_at(&self, node: &NodeId, clock: &Clock) -> Option<Role> {
        let school = self.school_at(node, clock)?;
        self.schools.get(&school)?.grants.iter().filter(|(at, _)| covers(clock, at)).map(|(_, role)| *role).max()
    }
}

/// Who was taken in by acts that do not count any more, because a retirement cuts them or those before them off. They have no rights; the
/// documents that they made stay for those who wrote in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Former {
    nodes: BTreeMap<NodeId, (SchoolId, Vec<Position>)>,
    grants: BTreeMap<SchoolId, Vec<(Position, Role)>>,
}

impl Former {
    fn take_in(&mut self, certificate: &NodeCertificate, at: Position) {
        let (school, granted) = self.nodes.entry(certificate.node).or_insert_with(|| (certificate.school, Vec::new()));
        if *school == certificate.school {
            granted.push(at);
        }
    }
}

impl Membership {
    /// As [`Self::school_at`], as if nobody had been retired.
    fn once_school_at(&self, node: &NodeId, clock: &Clock) -> Option<SchoolId> {
        let former = self.former.nodes.get(node).filter(|(_, granted)| granted.iter().any(|at| covers(clock, at)));
        self.school_at(node, clock).or(former.map(|(school, _)| *school))
    }

    /// As [`Self::role_at`], as if nobody had been retired.
    fn once_role_at(&self, node: &NodeId, clock: &Clock) -> Option<Role> {
        let school = self.once_school_at(node, clock)?;
        let now = self.schools.get(&school).into_iter().flat_map(|school| &school.grants);
        let former = self.former.grants.get(&school).into_iter().flatten();
        now.chain(former).filter(|(at, _)| covers(clock, at)).map(|(_, role)| *role).max()
    }
}

/// Whether a clock covers a position of a control chain.
pub(super) fn covers(clock: &Clock, at: &Position) -> bool {
    clock.get(&at.chain.node).is_some_and(|seq| *seq >= at.seq)
}
