//! The invariants, and a trivial reference for what is part of a document: all from the store of a node, with nothing remembered.

use std::collections::{BTreeMap, BTreeSet};

use jeli_protocol::acceptance::accept;
use jeli_protocol::entry::{Chain, ChainId, Role};
use jeli_protocol::frontier::Tip;
use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, NodeId, SchoolId, SpaceId};
use jeli_protocol::log::{ChangeRecord, LogReader, Standing};
use jeli_protocol::membership::{ControlGraph, Membership, Verdict};
use jeli_protocol::replica;

use crate::node::{Node, Part};
use crate::world::World;

pub(crate) fn stored<T>(result: Result<T, jeli_protocol::log::StoreError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

/// Cheap: what the replica believes of its frontiers is what the store holds.
pub(crate) fn frontiers(node: &Node, at: usize) -> Result<(), String> {
    let Some(replica) = &node.replica else { return Ok(()) };
    for space in replica.spaces() {
        if replica.frontier(&space.id) != Some(&stored(node.log.frontier(&space.id))?) {
            return Err(format!("node {at}: the frontier of the replica is not that of its store"));
        }
        if let (replica::Part::Halted(halt), Part::Honest) = (space.part, node.part) {
            return Err(format!("node {at} stopped publishing: {halt:?}"));
        }
    }
    Ok(())
}

/// The documents that are shown are what the store holds as part of them.
pub(crate) fn documents(node: &mut Node, at: usize) -> Result<(), String> {
    if node.replica.is_none() {
        return Ok(());
    }
    for document in node.documents.keys().copied().collect::<Vec<_>>() {
        let ready: Vec<ChangeRecord> =
            stored(node.log.changes_of_document(&document))?.into_iter().filter(|record| record.standing == Standing::Ready).collect();
        let below: BTreeSet<ChangeHash> = ready.iter().flat_map(|record| record.facts.deps.iter().copied()).collect();
        let heads: BTreeSet<ChangeHash> = ready.iter().map(|record| record.facts.hash).filter(|hash| !below.contains(hash)).collect();
        if node.heads(&document) != heads {
            return Err(format!("node {at} shows another {document} than its store holds"));
        }
    }
    Ok(())
}

/// What people were told is kept is kept, and part of the document unless a right has gone since.
pub(crate) fn promises(node: &Node, at: usize, foreign: bool) -> Result<(), String> {
    for (document, hash) in &node.promised {
        let Some(record) = stored(node.log.change(document, hash))? else {
            return Err(format!("node {at} lost a change of {document} that it said it kept"));
        };
        if record.standing != Standing::Ready && node.part == Part::Honest && !foreign && has_right(node, document)? {
            return Err(format!("node {at}: a change of {document} that it said it kept is {:?}", record.standing));
        }
    }
    Ok(())
}

/// Whether a node belongs to the space of a document. One that does not run is asked by what its store holds.
fn has_right(node: &Node, document: &DocumentId) -> Result<bool, String> {
    if let Some(replica) = &node.replica {
        let space = replica.space_of(document).and_then(|id| replica.space(&id));
        return Ok(space.is_none_or(|space| space.membership.admits(&node.id())));
    }
    for space in stored(node.log.spaces())? {
        let graph = folded(node, &space.space)?;
        if graph.membership().document(document).is_some() {
            return Ok(graph.membership().admits(&node.id()));
        }
    }
    Ok(true)
}

/// The control entries of the store, in another order than they came in.
fn folded(node: &Node, space: &SpaceId) -> Result<ControlGraph, String> {
    let mut control = stored(node.log.control_entries(space))?;
    control.sort_by_key(|entry| entry.hash);
    let mut graph = ControlGraph::new(*space);
    graph.extend(&control).map_err(|(position, error)| format!("{position:?}: {error}"))?;
    Ok(graph)
}

/// The standings of all changes and the membership, computed from the store's entries in another order, agree with what the replica made
/// of them one by one.
pub(crate) fn against_reference(node: &Node, at: usize) -> Result<(), String> {
    let Some(replica) = &node.replica else { return Ok(()) };
    for space in replica.spaces() {
        let graph = folded(node, &space.id)?;
        if graph.membership() != space.membership {
            return Err(format!("node {at}: the membership depends on the order of entries"));
        }
        for document in graph.membership().documents().map(|(id, _)| *id) {
            let admitted = admitted(node, &graph, space.id, document)?;
            let changes: BTreeMap<ChangeHash, ChangeRecord> =
                stored(node.log.changes_of_document(&document))?.into_iter().map(|record| (record.facts.hash, record)).collect();
            if let Some(record) = changes.values().find(|record| record.admitted != admitted.contains(&record.facts.hash)) {
                return Err(format!("node {at}: a change of {document} by {} is kept as admitted: {}", record.facts.actor, record.admitted));
            }
            let owned = owned(node, space.id, document, &changes)?;
            if let Some(record) = changes.values().find(|record| record.owned != owned.contains(&record.facts.hash)) {
                return Err(format!("node {at}: a change of {document} by {} is kept as owned: {}", record.facts.actor, record.owned));
            }
            let standings = accept(&changes);
            if let Some((hash, record)) = changes.iter().find(|(hash, record)| standings.get(hash) != Some(&record.standing)) {
                return Err(format!("node {at}: {hash} of {document} is {:?} and should be {:?}", record.standing, standings.get(hash)));
            }
        }
    }
    Ok(())
}

/// The changes by which the nodes stand whose actors they bear: of each actor and seq the first sound one in its node's log; of foreign actors all.
fn owned(node: &Node, space: SpaceId, document: DocumentId, changes: &BTreeMap<ChangeHash, ChangeRecord>) -> Result<BTreeSet<ChangeHash>, String> {
    let mut published: Vec<((NodeId, u64), ChangeHash)> = Vec::new();
    for content in stored(node.log.entries_of_document(&document))? {
        let (position, mut hashes) = (content.entry.position, content.changes.iter());
        for run in &content.batch.runs {
            let of_run = hashes.by_ref().take(run.count as usize).copied();
            published.extend(of_run.filter(|_| run.document == document).map(|hash| ((position.chain.node, position.seq), hash)));
        }
    }
    published.sort_by_key(|(at, _)| *at);
    // What is not published yet comes last in our own log.
    let own = stored(node.log.unpublished(&space))?.into_iter().filter(|own| own.document == document);
    published.extend(own.map(|own| ((node.id(), u64::MAX), own.hash)));
    let mut first: BTreeMap<(ActorId, u64), ChangeHash> = BTreeMap::new();
    for ((author, _), hash) in published {
        let facts = changes.get(&hash).filter(|record| record.sound && record.facts.actor.belongs_to(&author)).map(|record| &record.facts);
        if let Some(facts) = facts {
            first.entry((facts.actor.clone(), facts.seq)).or_insert(hash);
        }
    }
    let foreign = changes.values().filter(|record| record.sound && record.facts.actor.is_foreign()).map(|record| record.facts.hash);
    Ok(first.into_values().chain(foreign).collect())
}

fn admitted(node: &Node, graph: &ControlGraph, space: SpaceId, document: DocumentId) -> Result<BTreeSet<ChangeHash>, String> {
    let me = node.id();
    let mut claims: Vec<(NodeId, ActorId, Vec<ChangeHash>)> = Vec::new();
    for own in stored(node.log.unpublished(&space))?.into_iter().filter(|own| own.document == document) {
        claims.push((me, own.actor, vec![own.hash]));
    }
    for content in stored(node.log.entries_of_document(&document))? {
        let mut changes = content.changes.iter();
        let (mut sound, mut of_entry) = (true, Vec::new());
        for (run, verdict) in content.batch.runs.iter().zip(graph.judge(&content.entry, &content.batch)) {
            let hashes: Vec<ChangeHash> = changes.by_ref().take(run.count as usize).copied().collect();
            for hash in &hashes {
                sound &= stored(node.log.change(&run.document, hash))?.is_some_and(|record| record.sound);
            }
            if run.document == document && verdict == Verdict::Admitted {
                of_entry.push((content.entry.position.chain.node, run.actor.clone(), hashes));
            }
        }
        claims.extend(of_entry.into_iter().filter(|_| sound));
    }
    let place = |node: &NodeId| (graph.membership().node(node).map_or(usize::MAX, |node| node.place), *node);
    let speaks = |actor: &ActorId| {
        claims.iter().filter(|(author, of, _)| of == actor && !actor.belongs_to(author)).map(|(author, ..)| *author).min_by_key(place)
    };
    let counts = |(author, actor, _): &&(NodeId, ActorId, Vec<ChangeHash>)| actor.belongs_to(author) || speaks(actor) == Some(*author);
    Ok(claims.iter().filter(counts).flat_map(|(.., hashes)| hashes.iter().copied()).collect())
}

/// All honest nodes of a space hold the same.
pub(crate) fn equal(world: &mut World) -> Result<(), String> {
    for space in world.spaces.clone() {
        let mut first: Option<usize> = None;
        for at in 0..world.nodes.len() {
            let node = &world.nodes[at];
            let member = node.part == Part::Honest
                && node.replica.as_ref().and_then(|replica| replica.space(&space)).is_some_and(|space| space.membership.admits(&node.id()));
            if !member {
                continue;
            }
            // With nobody else in the space there is nobody to publish for.
            let alone = node.replica.as_ref().and_then(|replica| replica.space(&space)).is_none_or(|space| space.membership.nodes().count() < 2);
            if !alone && !stored(node.log.unpublished(&space))?.is_empty() {
                return Err(format!("node {at} has not published all"));
            }
            let Some(other) = first else {
                first = Some(at);
                continue;
            };
            compare(world, space, other, at)?;
        }
    }
    Ok(())
}

fn is_forked(chain: &ChainId, hostile: &[NodeId]) -> bool {
    chain.chain == Chain::Control && hostile.contains(&chain.node)
}

/// Who belongs with which rights, and what there is, but for the documents that hostile nodes' schools have made.
type Agreed = (Vec<(NodeId, SchoolId, bool)>, Vec<(SchoolId, Option<Role>)>, BTreeSet<DocumentId>);

fn agreed(membership: Option<&Membership>, hostile: &[NodeId]) -> Option<Agreed> {
    let membership = membership?;
    let schools: Vec<SchoolId> = hostile.iter().filter_map(|node| membership.school_of(node)).collect();
    let documents = membership.documents().filter(|(_, document)| !schools.contains(&document.act.owner)).map(|(id, _)| *id);
    Some((
        membership.nodes().map(|(id, node)| (*id, node.certificate.school, node.retired)).collect(),
        membership.schools().map(|(id, _)| (*id, membership.role(id))).collect(),
        documents.collect(),
    ))
}

fn compare(world: &mut World, space: SpaceId, a: usize, b: usize) -> Result<(), String> {
    // Of a control chain that its node has forked each holds the branch that it heard first.
    let hostile: Vec<NodeId> = world.nodes.iter().filter(|node| node.part == Part::Hostile).map(Node::id).collect();
    let frontier = |world: &World, at: usize| {
        let mut frontier = stored(world.nodes[at].log.frontier(&space))?;
        let forked: Vec<ChainId> = frontier.iter().map(|(chain, _)| *chain).filter(|chain| is_forked(chain, &hostile)).collect();
        forked.into_iter().for_each(|chain| frontier.set(chain, Tip::START));
        Ok::<_, String>(frontier)
    };
    let (ours, theirs) = (frontier(world, a)?, frontier(world, b)?);
    if ours != theirs {
        let name = |node: &NodeId| world.nodes.iter().position(|known| known.id() == *node);
        let behind: Vec<_> = ours
            .behind(&theirs)
            .chain(theirs.behind(&ours))
            .map(|(chain, ours, theirs)| (name(&chain.node), chain.chain, ours.seq, theirs.seq))
            .collect();
        return Err(format!("nodes {a} and {b} do not hold the same entries: {behind:?}"));
    }
    let membership =
        |world: &World, at: usize| world.nodes[at].replica.as_ref().and_then(|replica| replica.space(&space)).map(|space| space.membership.clone());
    let (ours, theirs) = (membership(world, a), membership(world, b));
    let same = if hostile.is_empty() { ours == theirs } else { agreed(ours.as_ref(), &hostile) == agreed(theirs.as_ref(), &hostile) };
    if !same {
        return Err(format!("nodes {a} and {b} do not agree who belongs"));
    }
    let of_hostile = |owner: &SchoolId| world.nodes.iter().any(|node| hostile.contains(&node.id()) && node.school.id() == *owner);
    let documents: Vec<DocumentId> = ours
        .iter()
        .flat_map(|membership| membership.documents().filter(|(_, document)| !of_hostile(&document.act.owner)).map(|(id, _)| *id))
        .collect();
    for document in documents {
        if world.nodes[a].heads(&document) != world.nodes[b].heads(&document) {
            return Err(format!("nodes {a} and {b} show another {document}"));
        }
        if world.nodes[a].content(&document)? != world.nodes[b].content(&document)? {
            return Err(format!("nodes {a} and {b} have the same changes of {document} and read another text"));
        }
    }
    Ok(())
}
