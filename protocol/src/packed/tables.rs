//! Tables of a whole packed run: actors and names, each told once.

use std::collections::BTreeMap;

use super::coder::Coder;
use super::questions::{Questions, Site};
use super::row::ActorIndex;
use crate::limits::{MAX_ACTOR_BYTES, MAX_CHANGE_BYTES};

/// First bytes of an actor id that authors of one node have in common.
use crate::ids::ACTOR_PREFIX_BYTES;

/// Actors and names met so far. The writer may hold more actors than it has told: `told` counts those the reader knows.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) actors: Vec<Vec<u8>>,
    names: Vec<Vec<u8>>,
    name_index: BTreeMap<Vec<u8>, usize>,
}

/// The writer's table of all actors, in the order in which its chunks name them; the reader's order is that of telling.
#[derive(Debug, Default)]
pub(super) struct Interned {
    pub(super) actors: Vec<Vec<u8>>,
    index: BTreeMap<Vec<u8>, ActorIndex>,
}

impl Interned {
    pub(super) fn intern(&mut self, actor: &[u8]) -> ActorIndex {
        if let Some(&index) = self.index.get(actor) {
            return index;
        }
        let index = self.actors.len() as ActorIndex;
        self.actors.push(actor.to_vec());
        self.index.insert(actor.to_vec(), index);
        index
    }
}

impl Tables {
    /// An actor: by its index, or new.
    pub(super) fn actor<C: Coder>(
        &mut self,
        questions: &mut Questions<C>,
        site: Site,
        contexts: &[u32],
        wanted: Option<ActorIndex>,
    ) -> Option<ActorIndex> {
        let index = questions.number(site, contexts, wanted.map_or(0, u64::from));
        ActorIndex::try_from(index).ok().filter(|&index| (index as usize) < self.actors.len())
    }

    /// A new actor's id, which then has the next index.
    pub(super) fn new_actor<C: Coder>(&mut self, questions: &mut Questions<C>, wanted: Option<&[u8]>) -> Option<()> {
        let wanted = wanted.unwrap_or(&[]);
        let length = questions.number(Site::ActorLength, &[0], wanted.len() as u64);
        let length = usize::try_from(length).ok().filter(|&length| length <= MAX_ACTOR_BYTES)?;
        let prefix = wanted.first_chunk::<ACTOR_PREFIX_BYTES>();
        let shared = prefix.and_then(|prefix| self.actors.iter().position(|actor| actor.starts_with(prefix)));
        let mut actor = vec![0; length];
        actor.iter_mut().zip(wanted).for_each(|(byte, wanted)| *byte = *wanted);
        let mut told = 0;
        if length >= ACTOR_PREFIX_BYTES && !self.actors.is_empty() {
            let shared = questions.number(Site::ActorSharesPrefix, &[0], shared.map_or(0, |place| place as u64 + 1));
            if let Some(place) = shared.checked_sub(1) {
                let known = self.actors.get(usize::try_from(place).ok()?)?.first_chunk::<ACTOR_PREFIX_BYTES>()?;
                actor[..ACTOR_PREFIX_BYTES].copy_from_slice(known);
                told = ACTOR_PREFIX_BYTES;
            }
        }
        questions.noise(&mut actor[told..]);
        self.actors.push(actor);
        Some(())
    }

    /// A property's or a mark's name: by its place in the table, or new.
    pub(super) fn name<C: Coder>(
        &mut self,
        questions: &mut Questions<C>,
        site: Site,
        contexts: &[u32],
        wanted: Option<&[u8]>,
    ) -> Option<(usize, Vec<u8>)> {
        let place = wanted.and_then(|name| self.name_index.get(name)).map_or(0, |&place| place + 1);
        let place = usize::try_from(questions.number(site, contexts, place as u64)).ok()?;
        if let Some(place) = place.checked_sub(1) {
            return Some((place, self.names.get(place)?.clone()));
        }
        let name = questions.text(Site::Name, MAX_CHANGE_BYTES, wanted.unwrap_or(&[]))?;
        let place = self.names.len();
        self.names.push(name.clone());
        self.name_index.insert(name.clone(), place);
        Some((place, name))
    }
}
