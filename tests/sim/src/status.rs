//! What nodes say of who has what, against the truth: never ahead of it, and equal to it once receipts are home.

use std::collections::BTreeSet;

use jeli_protocol::entry::Position;
use jeli_protocol::frontier::Frontier;
use jeli_protocol::ids::{DocumentId, NodeId, SpaceId};
use jeli_protocol::log::{ContentEntry, LogReader};
use jeli_protocol::replica::SchoolReach;

use crate::check::stored;
use crate::node::{Node, Part};
use crate::world::World;

/// No node says of a school that it has more than it has; where all is home (`exactly`), nor that it has less.
pub(crate) fn statuses(world: &World, at: usize, exactly: bool) -> Result<(), String> {
    let node = &world.nodes[at];
    let Some(replica) = node.replica.as_ref().filter(|_| node.part == Part::Honest) else { return Ok(()) };
    for document in node.documents.keys() {
        let Some(space) = replica.space_of(document) else { continue };
        let Some(reach) = stored(replica.reach(document, &node.log))? else { continue };
        let reached = replica.reached(document);
        if reached != Some((reach.schools.iter().filter(|school| school.has_latest).count(), reach.schools.len())) {
            return Err(format!("node {at}: two ways to say who has {document} disagree"));
        }
        let asked = Asked::of(world, node, space, Some(document), exactly)?;
        for school in &reach.schools {
            asked.compare(school).map_err(|what| format!("node {at} says of {document} that a school {what}"))?;
        }
    }
    for view in replica.spaces() {
        let Some(reach) = stored(replica.space_reach(&view.id, &node.log))? else { continue };
        let asked = Asked::of(world, node, view.id, None, exactly)?;
        for school in &reach.schools {
            asked.compare(school).map_err(|what| format!("node {at} says of a whole space that a school {what}"))?;
        }
    }
    Ok(())
}

/// What is asked of a node, and all that it holds of it, entry by entry.
struct Asked<'a> {
    world: &'a World,
    node: &'a Node,
    space: SpaceId,
    ours: Frontier,
    /// Where each entry stands, and how much news is in it.
    entries: Vec<(Position, u64)>,
    unpublished: u64,
    exactly: bool,
}

impl<'a> Asked<'a> {
    /// Of one document, or of the whole space.
    fn of(world: &'a World, node: &'a Node, space: SpaceId, document: Option<&DocumentId>, exactly: bool) -> Result<Self, String> {
        let (log, is_asked) = (&node.log, |of: &DocumentId| document.is_none_or(|document| of == document));
        let ours = stored(log.frontier(&space))?;
        let contents = match document {
            Some(document) => stored(log.entries_of_document(document))?,
            None => stored(log.content_entries(&space, &Frontier::default(), &ours, usize::MAX))?,
        };
        let changes = |content: &ContentEntry| content.batch.runs.iter().filter(|run| is_asked(&run.document)).map(|run| run.count).sum();
        let mut entries: Vec<(Position, u64)> = contents.iter().map(|content| (content.entry.position, changes(content))).collect();
        if document.is_none() {
            entries.extend(stored(log.control_entries(&space))?.iter().map(|entry| (entry.position, 1)));
        }
        let unpublished = stored(log.unpublished(&space))?.iter().filter(|own| is_asked(&own.document)).count() as u64;
        Ok(Self { world, node, space, ours, entries, unpublished, exactly })
    }

    fn compare(&self, said: &SchoolReach) -> Result<(), String> {
        if said.has_latest != (said.lacks.news == 0) || (said.lacks.bytes == 0) != (said.lacks.news == 0) {
            return Err(format!("has the latest: {}, and lacks {:?}", said.has_latest, said.lacks));
        }
        let is_forked = self.world.nodes.iter().any(|other| other.part == Part::Hostile);
        let by_receipts = self.by_receipts(said)?;
        if !is_forked && !said.has_latest && said.lacks.news != by_receipts.max(1) {
            return Err(format!("lacks {}, and by its receipts that is {by_receipts}", said.lacks.news));
        }
        let of_school: Vec<&Node> = self.world.nodes.iter().filter(|other| other.school.id() == said.school).collect();
        if of_school.iter().any(|other| other.part == Part::Hostile) {
            return Ok(());
        }
        // A school that was taken in and has nothing of the space yet lacks even a document in which nothing was written.
        let has = |frontier: &Frontier| !frontier.is_empty() && self.entries.iter().all(|(at, _)| frontier.tip(&at.chain).seq >= at.seq);
        let counts = of_school.iter().filter(|other| other.part == Part::Honest || !self.exactly);
        let theirs = counts.map(|other| stored(other.log.frontier(&self.space))).collect::<Result<Vec<_>, _>>()?;
        let truly = self.unpublished == 0 && theirs.iter().any(has);
        if said.has_latest && !truly {
            return Err("has the latest, and it has not".to_owned());
        }
        let everything = self.lacking(&Frontier::default(), Parted::Ignored)?;
        let (mut least, mut most) = (everything, everything);
        for frontier in &theirs {
            least = least.min(self.lacking(frontier, Parted::Ignored)?);
            most = most.min(self.lacking(frontier, Parted::Counts)?);
        }
        if said.lacks.news < least {
            return Err(format!("lacks {}, and it is {least}", said.lacks.news));
        }
        // A school whose nodes are all out was last heard of long ago.
        if self.exactly && !theirs.is_empty() {
            // Where somebody forked a control chain, each side lacks the other's branch for good.
            if truly && !said.has_latest && most == 0 {
                return Err("does not have the latest, and it has".to_owned());
            }
            if said.lacks.news > most.max(u64::from(!truly)) {
                return Err(format!("lacks {}, and it is {most}", said.lacks.news));
            }
        }
        Ok(())
    }

    /// What the node of the school lacks that lacks least, by the newest receipts that are here.
    fn by_receipts(&self, said: &SchoolReach) -> Result<u64, String> {
        let membership = self.node.replica.as_ref().and_then(|replica| replica.space(&self.space)).map(|space| space.membership);
        let is_of_school = |node: &NodeId| {
            let known = membership.and_then(|membership| membership.node(node));
            known.is_some_and(|known| !known.retired && known.certificate.school == said.school)
        };
        let mut least = self.lacking(&Frontier::default(), Parted::Ignored)?;
        for receipt in stored(self.node.log.receipts(&self.space))?.iter().filter(|receipt| is_of_school(&receipt.node)) {
            least = least.min(self.lacking(&receipt.frontier, Parted::Ignored)?);
        }
        Ok(least)
    }

    /// What somebody lacks who holds so much.
    fn lacking(&self, theirs: &Frontier, parted: Parted) -> Result<u64, String> {
        let mut other_way = BTreeSet::new();
        for (chain, tip) in theirs.iter().filter(|_| parted == Parted::Counts) {
            // Where it reaches further than we, nobody here can tell which way it went.
            let reaches = tip.seq <= self.ours.tip(chain).seq;
            if reaches && stored(self.node.log.entry_hash(&self.space, &Position { chain: *chain, seq: tip.seq }))? != Some(tip.hash) {
                other_way.insert(*chain);
            }
        }
        let lacks = |at: &Position| theirs.tip(&at.chain).seq < at.seq || other_way.contains(&at.chain);
        Ok(self.unpublished + self.entries.iter().filter(|(at, _)| lacks(at)).map(|(_, news)| news).sum::<u64>())
    }
}

/// What of a chain that goes another way at the other node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parted {
    /// It counts by its length alone.
    Ignored,
    /// All of it is lacking.
    Counts,
}
