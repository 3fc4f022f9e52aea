//! Couriers: sticks and phones that go from school to school. What a node gives them it seals for its recipients, so that a courier brings it to
//! those and to nobody else; what they bring is taken in whole, in part, twice, or too early.

use std::collections::BTreeSet;
use std::time::Duration;

use jeli_protocol::ids::{NodeId, SpaceId};
use jeli_protocol::replica::{BundleAsk, Carried, CarriedRefusal, Input};

use crate::node::Part;
use crate::world::World;

/// About how many bytes of a frame: small, so that a visit can end between two.
const FRAME_BYTES: usize = 2_048;

/// Bundles that a phone has room for; a stick has more than there are schools.
const PHONE_ROOM: usize = 3;

/// A bundle on its way.
#[derive(Debug, Clone)]
struct Parcel {
    maker: usize,
    space: SpaceId,
    recipients: BTreeSet<NodeId>,
    items: Vec<Carried>,
}

/// Whoever carries.
#[derive(Debug, Clone)]
pub(crate) struct Courier {
    room: usize,
    parcels: Vec<Parcel>,
}

impl Courier {
    /// Somebody with a stick: as many parcels as there are.
    pub(crate) fn with_stick() -> Self {
        Self { room: usize::MAX, parcels: Vec::new() }
    }

    /// Somebody with a phone.
    pub(crate) fn with_phone() -> Self {
        Self { room: PHONE_ROOM, parcels: Vec::new() }
    }

    /// Puts a parcel with the others. A newer one of the same maker for the same recipients takes the place of the older; where there is no
    /// room the oldest goes.
    fn take(&mut self, parcel: Parcel) {
        let same = |other: &Parcel| (other.maker, other.space, &other.recipients) == (parcel.maker, parcel.space, &parcel.recipients);
        self.parcels.retain(|other| !same(other));
        self.parcels.push(parcel);
        if self.parcels.len() > self.room {
            self.parcels.remove(0);
        }
    }
}

/// How a visit goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visit {
    /// Everything is given and taken.
    Whole,
    /// It may end in the middle, and bring the same twice.
    Hasty,
}

/// A courier comes to a school.
pub(crate) fn visit(world: &mut World, courier: &mut Courier, at: usize, how: Visit) -> Result<(), String> {
    world.trace.note(world.now, || format!("a courier comes to {at}"));
    let name = world.nodes[at].id();
    for parcel in courier.parcels.iter().filter(|parcel| parcel.recipients.contains(&name)) {
        let times = if how == Visit::Hasty && world.dice.chance(100) { 2 } else { 1 };
        for _ in 0..times {
            let end = if how == Visit::Hasty && world.dice.chance(200) { world.dice.below(parcel.items.len()) } else { parcel.items.len() };
            give(world, at, parcel, &parcel.items[..end])?;
        }
    }
    let spaces: Vec<SpaceId> = world.nodes[at].replica.iter().flat_map(|replica| replica.spaces().map(|space| space.id)).collect();
    for space in spaces {
        if let Some(parcel) = parcel(world, at, space, how)? {
            courier.take(parcel);
        }
    }
    Ok(())
}

fn give(world: &mut World, at: usize, parcel: &Parcel, items: &[Carried]) -> Result<(), String> {
    for item in items {
        match world.carry(at, parcel.space, item)? {
            // It crashed, or what comes before has not come yet.
            None | Some(Err(CarriedRefusal::Missing | CarriedRefusal::UnknownSpace)) => return Ok(()),
            Some(Ok(_)) => {}
            Some(Err(refusal)) => {
                let any_hostile = world.nodes.iter().any(|node| node.part == Part::Hostile);
                if !any_hostile {
                    return Err(format!("node {at} refuses what honest node {} has put into a bundle: {refusal}", parcel.maker));
                }
            }
        }
    }
    Ok(())
}

/// What a node gives along: for all, or in haste for some.
fn parcel(world: &mut World, at: usize, space: SpaceId, how: Visit) -> Result<Option<Parcel>, String> {
    world.feed(at, Input::Bundling { space })?;
    let Some(replica) = &world.nodes[at].replica else { return Ok(None) };
    let all = replica.bundle_recipients(&space, None);
    let fewer = how == Visit::Hasty && world.dice.chance(500);
    let recipients: BTreeSet<NodeId> = all.into_iter().filter(|_| !fewer || world.dice.chance(500)).collect();
    let node = &world.nodes[at];
    let ask = BundleAsk::to(recipients.iter().copied());
    let Some(replica) = node.replica.as_ref().filter(|_| !recipients.is_empty()) else { return Ok(None) };
    let Some(mut frames) = replica.bundle_frames(&space, &ask, &node.log) else { return Ok(None) };
    let mut items = Vec::new();
    let failed = |error: jeli_protocol::log::StoreError| error.to_string();
    while let Some(frame) = replica.next_bundle_frame(&mut frames, FRAME_BYTES, &node.log).map_err(failed)? {
        items.push(Carried::Frame(frame));
    }
    items.extend(replica.receipts_for_bundle(&space).into_iter().map(Carried::Receipt));
    Ok(Some(Parcel { maker: at, space, recipients, items }))
}

/// Lets a stick go round all schools, there and back, until receipts are home.
pub(crate) fn rounds(world: &mut World, times: usize) -> Result<(), String> {
    let mut courier = Courier::with_stick();
    let honest: Vec<usize> = (0..world.nodes.len()).filter(|at| world.nodes[*at].part == Part::Honest).collect();
    for round in 0..times {
        let there = honest.iter().copied();
        let order: Vec<usize> = if round % 2 == 0 { there.collect() } else { there.rev().collect() };
        for at in order {
            visit(world, &mut courier, at, Visit::Whole)?;
            let until = world.now + Duration::from_secs(2);
            while world.now < until && world.advance()? {}
        }
    }
    Ok(())
}
