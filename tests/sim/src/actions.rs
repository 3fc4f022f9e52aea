//! What people, machines and the weather do, one thing a step.

use std::collections::BTreeSet;

use jeli_protocol::entry::{Chain, ChainId, Cut, Position, Retirement, Role, WriteRule};
use jeli_protocol::ids::{ActorId, DocumentId, SpaceId};
use jeli_protocol::replica::{self, Acted, Input, LocalAct, SubmitRefusal};

use crate::node::{Crash, Part, first_changes};
use crate::world::{Event, World, pair};

/// What is still to come in a run.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Nodes that have not been invited yet.
    pub outside: Vec<usize>,
    /// Whether a school may still retire a node.
    pub may_retire: bool,
    /// A client with its own Automerge, which goes from school to school.
    pub wanderer: Option<ActorId>,
}

/// One thing happens.
pub(crate) fn act(world: &mut World, plan: &mut Plan) -> Result<(), String> {
    match world.dice.below(100) {
        0..60 => edit(world, plan),
        60..66 => create_document(world),
        66..72 => invite(world, plan),
        72..76 => {
            let at = any_running(world);
            let fate = if world.dice.chance(500) { Crash::Before } else { Crash::After };
            let left = world.dice.below(3) as u32;
            if let Some(at) = at {
                world.nodes[at].crash = Some((left, fate));
            }
            Ok(())
        }
        76..78 => {
            if let Some(at) = any_running(world) {
                world.feed(at, Input::Stopping)?;
                world.crash(at, true);
            }
            Ok(())
        }
        78..82 => {
            let session = world.sessions.keys().copied().collect::<Vec<_>>();
            if let Some((a, b)) = world.dice.pick(&session).copied() {
                world.trace.note(world.now, || format!("the line between {a} and {b} breaks"));
                world.break_session(a, b);
            }
            Ok(())
        }
        82..85 => {
            partition(world);
            Ok(())
        }
        85..89 => {
            world.weather.cut.clear();
            Ok(())
        }
        89..91 => {
            if let Some(at) = any_running(world) {
                let jump = world.dice.millis(1_000, 3_000_000);
                world.nodes[at].jumped += jump;
                world.feed(at, Input::Tick)?;
            }
            Ok(())
        }
        91..95 => open(world, true),
        95..98 => open(world, false),
        _ => retire(world, plan),
    }
}

fn any_running(world: &mut World) -> Option<usize> {
    let running: Vec<usize> =
        (0..world.nodes.len()).filter(|at| world.nodes[*at].replica.is_some() && world.nodes[*at].part == Part::Honest).collect();
    world.dice.pick(&running).copied()
}

/// The documents that a node's people may write.
pub(crate) fn writable(world: &World, at: usize) -> Vec<DocumentId> {
    let node = &world.nodes[at];
    let Some(replica) = &node.replica else { return Vec::new() };
    node.documents.keys().copied().filter(|document| replica.may_write(document)).collect()
}

fn edit(world: &mut World, plan: &Plan) -> Result<(), String> {
    let Some(at) = any_running(world) else { return Ok(()) };
    let documents = writable(world, at);
    let Some(document) = world.dice.pick(&documents).copied() else { return Ok(()) };
    let wanders = world.dice.chance(60);
    let actor = plan.wanderer.clone().filter(|_| wanders);
    let own = world.nodes[at].actor();
    let mut dice = world.dice.clone();
    let changes = world.nodes[at].edit(document, actor.as_ref().unwrap_or(&own), &mut dice).unwrap_or_default();
    world.dice = dice;
    if changes.is_empty() {
        return Ok(());
    }
    let life = world.nodes[at].life;
    let result = world.submit(at, document, changes)?;
    match result {
        Some(Ok(())) | None => {}
        // A client that wanders may be told that its actor is another's, or that it used a seq twice: its copy is dropped.
        Some(Err(SubmitRefusal::ActorOfAnotherNode | SubmitRefusal::Unsound)) if actor.is_some() => {}
        Some(Err(refusal)) => return Err(format!("node {at} refuses an honest edit of {document}: {refusal}")),
    }
    if !matches!(result, Some(Ok(()))) && world.nodes[at].life == life && world.nodes[at].replica.is_some() {
        world.nodes[at].rebuild(document)?;
    }
    Ok(())
}

fn spaces_of(world: &World, at: usize) -> Vec<(SpaceId, Role)> {
    let node = &world.nodes[at];
    let spaces = node.replica.iter().flat_map(|replica| replica.spaces());
    spaces
        .filter(|space| space.part == replica::Part::Member)
        .filter_map(|space| Some((space.id, space.membership.role(&node.school.id())?)))
        .collect()
}

fn create_document(world: &mut World) -> Result<(), String> {
    let Some(at) = any_running(world) else { return Ok(()) };
    let spaces: Vec<_> = spaces_of(world, at).into_iter().filter(|(_, role)| *role >= Role::Member).collect();
    let Some((space, _)) = world.dice.pick(&spaces).copied() else { return Ok(()) };
    let schools: BTreeSet<_> = world.nodes.iter().map(|node| node.school.id()).collect();
    let write_rule = match world.dice.below(4) {
        0 => WriteRule::Owner,
        1 => WriteRule::Schools(schools.into_iter().filter(|_| world.dice.chance(500)).collect()),
        _ => WriteRule::Everyone,
    };
    let (document, changes) = first_changes(&world.nodes[at].actor());
    match world.act(at, LocalAct::CreateDocument { space, kind: 1, write_rule, changes })? {
        Some(Ok(Acted::Document(id))) if world.nodes[at].replica.is_some() => {
            world.nodes[at].documents.insert(id, document);
            Ok(())
        }
        Some(Ok(_)) | None => Ok(()),
        Some(Err(refusal)) => Err(format!("node {at} refuses to make a document: {refusal}")),
    }
}

/// Invites the next node that is outside.
pub(crate) fn invite(world: &mut World, plan: &mut Plan) -> Result<(), String> {
    let Some(space) = world.spaces.first().copied() else { return Ok(()) };
    let inviters: Vec<usize> = (0..world.nodes.len())
        .filter(|at| world.nodes[*at].part == Part::Honest && spaces_of(world, *at).contains(&(space, Role::Convenor)))
        .collect();
    let (Some(inviter), Some(next)) = (world.dice.pick(&inviters).copied(), plan.outside.first().copied()) else { return Ok(()) };
    let role = match world.dice.below(10) {
        0..2 => Role::Convenor,
        2 => Role::Reader,
        _ => Role::Member,
    };
    match world.act(inviter, LocalAct::Invite { space, role, addresses: Vec::new() })? {
        Some(Ok(Acted::Invited(ticket))) => {
            plan.outside.remove(0);
            world.trace.note(world.now, || format!("{inviter} invites {next} as {role:?}"));
            let delay = world.dice.millis(1, 2_000);
            world.after(delay, Event::Join { at: next, inviter, ticket });
            Ok(())
        }
        Some(Ok(_)) | None => Ok(()),
        Some(Err(refusal)) => Err(format!("convenor {inviter} may not invite: {refusal}")),
    }
}

fn partition(world: &mut World) {
    let side: BTreeSet<usize> = (0..world.nodes.len()).filter(|_| world.dice.chance(400)).collect();
    world.trace.note(world.now, || format!("{side:?} are cut off"));
    for a in 0..world.nodes.len() {
        for b in a + 1..world.nodes.len() {
            if side.contains(&a) != side.contains(&b) {
                world.weather.cut.insert(pair(a, b));
                world.break_session(a, b);
            }
        }
    }
}

fn open(world: &mut World, any: bool) -> Result<(), String> {
    let Some(at) = any_running(world) else { return Ok(()) };
    let documents: Vec<DocumentId> = world.nodes[at].documents.keys().copied().collect();
    let open = world.dice.pick(&documents).filter(|_| any).map(|document| (*document, vec!["Айгүл".to_owned()]));
    world.feed(at, Input::OpenDocuments(open.into_iter().collect()))
}

/// A school with two nodes retires one of them: what its other node has not seen does not count.
fn retire(world: &mut World, plan: &mut Plan) -> Result<(), String> {
    if !std::mem::take(&mut plan.may_retire) {
        return Ok(());
    }
    let Some(space) = world.spaces.first().copied() else { return Ok(()) };
    for retired in 0..world.nodes.len() {
        for carrier in 0..world.nodes.len() {
            let both = [retired, carrier].map(|at| &world.nodes[at]);
            let same_school = retired != carrier && both[0].school.id() == both[1].school.id();
            if !same_school || both.iter().any(|node| node.part != Part::Honest || node.crash.is_some()) {
                continue;
            }
            let (node, school) = (world.nodes[retired].id(), world.nodes[retired].school.clone());
            let Some(replica) = world.nodes[carrier].replica.as_ref() else { continue };
            let knows = replica.space(&space).is_some_and(|space| space.membership.admits(&node) && space.membership.admits(&replica.node()));
            let Some(frontier) = replica.frontier(&space).filter(|_| knows) else { continue };
            let cuts = [Chain::Control, Chain::Content].into_iter().filter_map(|chain| {
                let chain = ChainId { node, chain };
                let tip = frontier.tip(&chain);
                (tip.seq > 0).then_some(Cut { position: Position { chain, seq: tip.seq }, hash: tip.hash })
            });
            let retirement = Retirement::issue(&school, node, cuts.collect());
            world.trace.note(world.now, || format!("{carrier} carries the retirement of {retired}"));
            return match world.act(carrier, LocalAct::RetireNode { space, retirement })? {
                Some(Ok(_)) => {
                    world.nodes[retired].part = Part::Retired;
                    Ok(())
                }
                None => Ok(()),
                Some(Err(refusal)) => Err(format!("{carrier} may not carry a retirement: {refusal}")),
            };
        }
    }
    plan.may_retire = true;
    Ok(())
}
