//! What nodes say of who has what, against the truth: never ahead of it, and equal to it once receipts are home.

use jeli_protocol::entry::ChainId;
use jeli_protocol::frontier::{Frontier, Tip};
use jeli_protocol::ids::{DocumentId, SpaceId};
use jeli_protocol::log::LogReader;
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
        let asked = Asked { world, node, space, document: Some(document), exactly };
        for school in &reach.schools {
            asked.compare(school).map_err(|what| format!("node {at} says of {document} that a school {what}"))?;
        }
    }
    for view in replica.spaces() {
        let Some(reach) = stored(replica.space_reach(&view.id, &node.log))? else { continue };
        let asked = Asked { world, node, space: view.id, document: None, exactly };
        for school in &reach.schools {
            asked.compare(school).map_err(|what| format!("node {at} says of a whole space that a school {what}"))?;
        }
    }
    Ok(())
}

struct Asked<'a> {
    world: &'a World,
    node: &'a Node,
    space: SpaceId,
    /// Of the whole space where there is none.
    document: Option<&'a DocumentId>,
    exactly: bool,
}

impl Asked<'_> {
    fn compare(&self, said: &SchoolReach) -> Result<(), String> {
        let of_school: Vec<&Node> = self.world.nodes.iter().filter(|other| other.school.id() == said.school).collect();
        if of_school.iter().any(|other| other.part == Part::Hostile) {
            return Ok(());
        }
        if said.has_latest != (said.lacks.news == 0) || (said.lacks.bytes == 0) != (said.lacks.news == 0) {
            return Err(format!("has the latest: {}, and lacks {:?}", said.has_latest, said.lacks));
        }
        let needed = self.needed()?;
        let unpublished =
            stored(self.node.log.unpublished(&self.space))?.iter().any(|own| self.document.is_none_or(|document| own.document == *document));
        // A school that was taken in and has nothing of the space yet lacks even a document in which nothing was written.
        let has = |other: &Node| other.log.frontier(&self.space).is_ok_and(|frontier| !frontier.is_empty() && frontier.covers(&needed));
        let counts = |other: &&&Node| other.part == Part::Honest || !self.exactly;
        let truly = !unpublished && of_school.iter().filter(counts).any(|other| has(other));
        if said.has_latest && !truly {
            return Err("has the latest, and it has not".to_owned());
        }
        let (mut least, mut most) = (self.lacking(None, Parted::Counts)?, self.lacking(None, Parted::Counts)?);
        for other in of_school.iter().filter(counts) {
            least = least.min(self.lacking(Some(other), Parted::Ignored)?);
            most = most.min(self.lacking(Some(other), Parted::Counts)?);
        }
        if said.lacks.news < least {
            return Err(format!("lacks {}, and it is {least}", said.lacks.news));
        }
        // A school whose nodes are all out was last heard of long ago.
        if self.exactly && of_school.iter().any(|other| counts(&other)) {
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

    /// How far the chains reach of which it is.
    fn needed(&self) -> Result<Frontier, String> {
        let Some(document) = self.document else { return stored(self.node.log.frontier(&self.space)) };
        let mut needed = Frontier::default();
        for content in stored(self.node.log.entries_of_document(document))? {
            let position = content.entry.position;
            if needed.tip(&position.chain).seq < position.seq {
                needed.set(position.chain, Tip { seq: position.seq, hash: content.entry.hash });
            }
        }
        Ok(needed)
    }

    /// What another node lacks, from its store and ours, entry by entry; everything where there is none.
    fn lacking(&self, other: Option<&Node>, parted: Parted) -> Result<u64, String> {
        let log = &self.node.log;
        let ours = stored(log.frontier(&self.space))?;
        let theirs = other.map(|other| stored(other.log.frontier(&self.space))).transpose()?.unwrap_or_default();
        let has = |chain: &ChainId, seq: u64| -> Result<bool, String> {
            let tip = theirs.tip(chain);
            if tip.seq < seq {
                return Ok(false);
            }
            // Where it reaches further than we, nobody here can tell which way it went.
            let ours = ours.tip(chain).seq;
            let at = jeli_protocol::entry::Position { chain: *chain, seq: tip.seq };
            Ok(parted == Parted::Ignored || tip.seq > ours || stored(log.entry_hash(&self.space, &at))? == Some(tip.hash))
        };
        let mut lacks =
            stored(log.unpublished(&self.space))?.iter().filter(|own| self.document.is_none_or(|document| own.document == *document)).count() as u64;
        let entries = match self.document {
            Some(document) => stored(log.entries_of_document(document))?,
            None => stored(log.content_entries(&self.space, &Frontier::default(), &ours, usize::MAX))?,
        };
        for content in entries {
            if !has(&content.entry.position.chain, content.entry.position.seq)? {
                let runs = content.batch.runs.iter().filter(|run| self.document.is_none_or(|document| run.document == *document));
                lacks += runs.map(|run| run.count).sum::<u64>();
            }
        }
        if self.document.is_none() {
            for entry in stored(log.control_entries(&self.space))? {
                lacks += u64::from(!has(&entry.position.chain, entry.position.seq)?);
            }
        }
        Ok(lacks)
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
