//! Whole networks around the pure replica, from a seed: loss, delay, partition, crash at any durable step, clocks that jump, people who write,
//! schools that join and retire machines, and now and then a member who does harm. Invariants are checked after every step; in the end the
//! network is healed, must become silent, and all must hold the same.

mod actions;
mod check;
mod couriers;
mod dice;
mod hostile;
mod node;
mod status;
mod trace;
mod world;

use std::collections::BTreeSet;
use std::time::Duration;

use jeli_protocol::ids::ActorId;
use jeli_protocol::keys::{NodeKey, SchoolKey};
use jeli_protocol::replica::{Acted, Input, LocalAct};

use actions::Plan;
use couriers::{Courier, Visit};
use dice::Dice;
use node::{Node, Part};
use world::{Event, Weather, World, pair};

/// Silence is believed after this long without a message: longer than any timer of the replica.
const SILENCE: Duration = Duration::from_secs(200);

/// A healed network must be silent after this many messages for each pair of nodes.
const MESSAGES_TO_SILENCE: u64 = 400;

/// In how many of a thousand steps people, machines or the weather do something.
const ACTS: u64 = 400;

/// How many events happen in a step besides: messages, announcements, timers.
const EVENTS: usize = 3;

/// What network a run simulates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// Lines that are bad, and nobody who carries.
    Lines,
    /// Half of the schools never have a line; couriers with sticks and phones go between all of them.
    Couriers,
}

/// How often in a thousand steps a courier comes somewhere.
const VISITS: u64 = 80;

/// How often the last courier goes round: news there and back, then receipts there and back, and once more for what a hasty crash undid.
const LAST_ROUNDS: usize = 5;

/// What a run did.
#[derive(Debug, Clone)]
pub struct SimReport {
    /// The seed.
    pub seed: u64,
    /// Nodes.
    pub nodes: usize,
    /// Messages of sessions.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Messages from healing to silence.
    pub last_messages: u64,
    /// Entries that a node holds in the end.
    pub entries: u64,
    /// Documents in the end.
    pub documents: usize,
    /// Control entries that an honest node does not hold and others name, at most.
    pub missing: u64,
}

/// A broken invariant.
#[derive(Debug, Clone)]
pub struct SimFailure {
    /// The seed that leads to it.
    pub seed: u64,
    /// At which step.
    pub step: usize,
    /// What is broken.
    pub what: String,
    /// What happened before.
    pub trace: String,
}

impl std::fmt::Display for SimFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}seed {}, step {}: {}", self.trace, self.seed, self.step, self.what)
    }
}

impl std::error::Error for SimFailure {}

/// Runs one seed. A run that fails is run again to tell what happened before.
pub fn run(scenario: Scenario, seed: u64, schools: usize, steps: usize) -> Result<SimReport, SimFailure> {
    match attempt(scenario, seed, schools, steps, false) {
        Ok(report) => Ok(report),
        Err(untold) => Err(attempt(scenario, seed, schools, steps, true).err().unwrap_or(untold)),
    }
}

fn attempt(scenario: Scenario, seed: u64, schools: usize, steps: usize, told: bool) -> Result<SimReport, SimFailure> {
    let mut step = 0;
    let mut world = make(scenario, seed, schools);
    world.trace.on = told;
    let result = live(&mut world, scenario, seed, steps, &mut step);
    result.map_err(|what| SimFailure { seed, step, what, trace: world.trace.text() })
}

fn make(scenario: Scenario, seed: u64, schools: usize) -> World {
    let mut dice = Dice::new(seed);
    let mut nodes = Vec::new();
    let mut second = Vec::new();
    for number in 0..schools {
        let school = SchoolKey::from_secret(&dice.bytes());
        nodes.push(Node::new(school.clone(), NodeKey::from_secret(&dice.bytes()), &format!("{number}-мектеп")));
        if dice.chance(250) {
            second.push(Node::new(school, NodeKey::from_secret(&dice.bytes()), &format!("{number}-мектеп")));
        }
    }
    nodes.extend(second);
    let mut roads = BTreeSet::new();
    let everywhere = dice.chance(500);
    // Of those that have a line.
    let online = if scenario == Scenario::Couriers { nodes.len() / 2 } else { nodes.len() };
    for b in 1..online {
        roads.insert(pair(dice.below(b), b));
        for a in 0..b {
            if everywhere || dice.chance(200) {
                roads.insert(pair(a, b));
            }
        }
    }
    let weather = Weather {
        gossip_loss: [0, 200, 1000][dice.below(3)],
        gossip_double: 100,
        delay_ms: [50, 800, 5_000][dice.below(3)],
        roads,
        cut: BTreeSet::new(),
    };
    World::new(dice, nodes, weather)
}

fn live(world: &mut World, scenario: Scenario, seed: u64, steps: usize, step: &mut usize) -> Result<SimReport, String> {
    for at in 0..world.nodes.len() {
        world.start(at)?;
    }
    let Some(Ok(Acted::Space(space))) = world.act(0, LocalAct::CreateSpace { name: "Желі".into(), private: false })? else {
        return Err("a space is not made".into());
    };
    world.spaces.push(space);
    if let Some(Ok(Acted::Space(private))) = world.act(1, LocalAct::CreateSpace { name: "Өз".into(), private: true })? {
        world.spaces.push(private);
    }
    for (a, b) in world.weather.roads.clone() {
        let delay = world.dice.millis(0, 3_000);
        world.after(delay, Event::Dial { a, b });
    }
    let hostile = (world.dice.chance(400) && world.nodes.len() > 3).then_some(2);
    let wanderer = world.dice.chance(400).then(|| ActorId::from(&world.dice.bytes::<16>()[..]));
    let mut plan = Plan { outside: (1..world.nodes.len()).collect(), may_retire: world.dice.chance(500), wanderer };
    for _ in 0..world.nodes.len() / 2 {
        actions::invite(world, &mut plan)?;
    }

    let mut couriers = match scenario {
        Scenario::Lines => Vec::new(),
        Scenario::Couriers => vec![Courier::with_stick(), Courier::with_stick(), Courier::with_phone()],
    };
    for number in 0..steps {
        *step = number;
        if !couriers.is_empty() && world.dice.chance(VISITS) {
            let (who, at) = (world.dice.below(couriers.len()), world.dice.below(world.nodes.len()));
            if world.nodes[at].part == Part::Honest {
                couriers::visit(world, &mut couriers[who], at, Visit::Hasty)?;
            }
        }
        if world.dice.chance(ACTS) {
            actions::act(world, &mut plan)?;
        }
        for _ in 0..EVENTS {
            world.advance()?;
        }
        if let Some(at) = hostile.filter(|at| world.nodes[*at].documents.len() > 1) {
            world.nodes[at].part = Part::Hostile;
            if world.dice.chance(30) && world.nodes[at].replica.is_some() {
                hostile::act(world, at, plan.wanderer.as_ref())?;
            }
        }
        for at in std::mem::take(&mut world.touched) {
            check::frontiers(&world.nodes[at], at)?;
            if number % 16 == 0 {
                check::documents(&mut world.nodes[at], at)?;
            }
            if number % 64 == 0 || scenario == Scenario::Couriers {
                status::statuses(world, at, false)?;
            }
        }
        if number % 400 == 399 {
            check_all(world, plan.wanderer.is_some())?;
        }
    }
    *step = steps;
    let before = world.messages.0;
    heal(world, scenario)?;
    let last_messages = world.messages.0 - before;
    check_all(world, plan.wanderer.is_some())?;
    check::equal(world)?;
    for at in 0..world.nodes.len() {
        status::statuses(world, at, true)?;
    }
    let view = world.nodes[0].replica.as_ref().and_then(|replica| replica.space(&space));
    let (entries, documents) = view.map_or((0, 0), |view| (view.entries, view.membership.documents().count()));
    let honest = world.nodes.iter().filter(|node| node.part == Part::Honest);
    let missing = honest.filter_map(|node| node.replica.as_ref()?.space(&space)).map(|space| space.waiting).max().unwrap_or(0);
    let (messages, bytes) = world.messages;
    Ok(SimReport { seed, nodes: world.nodes.len(), messages, bytes, last_messages, entries, documents, missing })
}

fn check_all(world: &mut World, foreign: bool) -> Result<(), String> {
    for at in 0..world.nodes.len() {
        if world.nodes[at].part != Part::Hostile {
            check::frontiers(&world.nodes[at], at)?;
            check::documents(&mut world.nodes[at], at)?;
            check::promises(&world.nodes[at], at, foreign)?;
            check::against_reference(&world.nodes[at], at)?;
        }
    }
    Ok(())
}

/// Everything honest runs and is connected; then nothing more is done until all is silent.
fn heal(world: &mut World, scenario: Scenario) -> Result<(), String> {
    world.trace.note(world.now, || "the network is healed".into());
    world.weather.cut.clear();
    for at in 0..world.nodes.len() {
        world.nodes[at].crash = None;
        match world.nodes[at].part {
            Part::Honest => world.start(at)?,
            Part::Hostile | Part::Retired => world.crash(at, false),
        }
        world.feed(at, Input::OpenDocuments(Vec::new()))?;
    }
    // Those that remain are connected even where a machine that linked them is out.
    let honest: Vec<usize> = (0..world.nodes.len()).filter(|at| world.nodes[*at].part == Part::Honest).collect();
    for two in honest.windows(2).filter(|_| scenario == Scenario::Lines) {
        if world.weather.roads.insert(pair(two[0], two[1])) {
            world.after(Duration::from_secs(1), Event::Dial { a: two[0], b: two[1] });
        }
    }
    if scenario == Scenario::Couriers {
        couriers::rounds(world, LAST_ROUNDS)?;
    }
    let allowed = world.messages.0 + MESSAGES_TO_SILENCE * (world.nodes.len() * world.nodes.len()) as u64;
    let (mut quiet_since, mut sent) = (world.now, world.messages.0);
    while world.now < quiet_since + SILENCE {
        world.advance()?;
        if world.messages.0 != sent {
            (quiet_since, sent) = (world.now, world.messages.0);
        }
        if sent > allowed {
            return Err("the network does not become silent".into());
        }
        for at in std::mem::take(&mut world.touched) {
            check::frontiers(&world.nodes[at], at)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seeds that found something once.
    const SEEDS: &str = include_str!("../seeds.txt");

    #[test]
    fn small_networks_keep_every_invariant_and_come_to_hold_the_same() {
        for seed in 0..10 {
            run(Scenario::Lines, seed, 5, 400).unwrap_or_else(|failure| panic!("{failure}"));
        }
    }

    #[test]
    fn where_half_have_no_line_couriers_bring_everything_and_no_status_runs_ahead() {
        for seed in 0..6 {
            run(Scenario::Couriers, seed, 8, 400).unwrap_or_else(|failure| panic!("{failure}"));
        }
    }

    #[test]
    fn seeds_that_found_something_once_find_nothing_more() {
        for line in SEEDS.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let numbers: Vec<u64> = line.split_whitespace().take(3).map(|number| number.parse().expect("a seed, schools, steps")).collect();
            let [seed, schools, steps] = numbers[..] else { panic!("a line holds a seed, schools and steps") };
            run(Scenario::Lines, seed, schools as usize, steps as usize).unwrap_or_else(|failure| panic!("{failure}"));
        }
    }
}
