//! What the packer expects next. Every decision is asked under one or more contexts; each context remembers how often the bit was
//! set there, and a small mixer, chosen by the site of the question, learns which contexts to trust. Integers only: the same bytes on
//! every machine.

use super::coder::{Coder, Probability};

/// Contexts that one question may be asked under.
pub(super) const MAX_CONTEXTS: usize = 6;

/// Slots of the table, as a power of two: 1 MiB of memory, enough for the contexts of a frame of the usual size.
const SLOT_BITS: u32 = 18;
/// Mixers: one for each (site, contexts already met) pair, hashed.
const MIXER_BITS: u32 = 11;
/// Logarithms of odds are kept in 256ths and cut off at this distance.
const MAX_STRETCH: i32 = 3071;
/// Observations after which a slot stops learning faster than 1 in this many.
const SLOT_LIMIT: u32 = 250;
/// How fast mixers learn.
const MIXER_RATE: i32 = 10;

/// The memory of the coder.
#[derive(Clone)]
pub(super) struct Model {
    /// Probability in the upper 22 bits, count of observations in the lower 10.
    slots: Vec<u32>,
    weights: Vec<[i32; MAX_CONTEXTS]>,
    tables: Tables,
    /// How many bits were asked for.
    pub(super) decisions: u64,
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            slots: vec![1 << 31; 1 << SLOT_BITS],
            weights: vec![[INITIAL_WEIGHT; MAX_CONTEXTS]; 1 << MIXER_BITS],
            tables: Tables::new(),
            decisions: 0,
        }
    }

    /// Codes one bit of the question `site`, at `node` of its tree, under `contexts` (at most [`MAX_CONTEXTS`]).
    pub(super) fn bit(&mut self, coder: &mut impl Coder, site: u32, node: u32, contexts: &[u32], bit: bool) -> bool {
        self.decisions += 1;
        let count = contexts.len().min(MAX_CONTEXTS);
        let mut index = [0usize; MAX_CONTEXTS];
        let mut stretched = [0i32; MAX_CONTEXTS];
        let mut met = 0;
        for (order, &context) in contexts.iter().take(count).enumerate() {
            let hash = mix(mix(context, site << 3 | order as u32), node);
            index[order] = (hash >> (32 - SLOT_BITS)) as usize;
            let slot = self.slots[index[order]];
            stretched[order] = self.tables.stretch[(slot >> 20) as usize];
            met += u32::from(slot & 0x3ff != 0);
        }
        let mixer = (mix(site, met << 4 | count as u32) >> (32 - MIXER_BITS)) as usize;
        let weights = &mut self.weights[mixer];
        let mut sum = 0i64;
        for order in 0..count {
            sum += i64::from(weights[order]) * i64::from(stretched[order]);
        }
        let odds = (sum >> 16).clamp(-i64::from(MAX_STRETCH), i64::from(MAX_STRETCH)) as i32;
        // A single context needs no mixer, and is more exact without.
        let probability = if count == 1 { direct(self.slots[index[0]]) } else { probability(odds) };
        let bit = coder.code(probability, bit);
        let error = (i32::from(bit) << 16) - i32::from(probability);
        for order in 0..count {
            if count > 1 {
                let step = (i64::from(stretched[order]) * i64::from((error * MIXER_RATE) >> 4) + 0x8000) >> 16;
                weights[order] = weights[order].saturating_add(step as i32).clamp(-MAX_WEIGHT, MAX_WEIGHT);
            }
            let slot = &mut self.slots[index[order]];
            *slot = learned(*slot, bit);
        }
        bit
    }
}

/// A context's share of the sum before anything is learned, in 65,536ths.
const INITIAL_WEIGHT: i32 = 26_000;
const MAX_WEIGHT: i32 = 1 << 20;

fn direct(slot: u32) -> Probability {
    ((slot >> 16) as u16).clamp(1, u16::MAX - 1)
}

/// The slot after one more observation: the first ones move it most.
fn learned(slot: u32, bit: bool) -> u32 {
    let seen = slot & 0x3ff;
    let probability = i64::from(slot >> 10);
    let target = if bit { (1i64 << 22) - 1 } else { 0 };
    let moved = probability + (target - probability) * 2 / (2 * i64::from(seen) + 3);
    (moved as u32) << 10 | (seen + 1).min(SLOT_LIMIT)
}

/// Mixes a number into a hash.
pub(super) fn mix(hash: u32, value: u32) -> u32 {
    let mixed = (hash ^ value.wrapping_mul(0x9e37_79b1)).wrapping_mul(0x85eb_ca6b);
    mixed ^ mixed >> 15
}

/// Odds to probabilities and back.
#[derive(Clone)]
struct Tables {
    /// By the upper 12 bits of a probability.
    stretch: Vec<i32>,
}

fn probability(odds: i32) -> Probability {
    squash(odds).clamp(1, 65_535) as u16
}

/// `65,536 / (1 + e^-x)` for x from -12 to 12 in steps of a half.
const SQUASH: [i32; 49] = [
    1, 1, 1, 2, 3, 5, 8, 13, 22, 36, 60, 98, 162, 267, 439, 720, 1179, 1921, 3108, 4971, 7812, 11955, 17625, 24743, 32768, 40793, 47911, 53581,
    57724, 60565, 62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476, 65500, 65514, 65523, 65528, 65531, 65533, 65534, 65535, 65535,
    65535,
];

impl Tables {
    fn new() -> Self {
        let mut stretch = Vec::with_capacity(4096);
        let mut odds = -MAX_STRETCH;
        for upper in 0..4096 {
            while odds < MAX_STRETCH && squash(odds) < upper * 16 + 8 {
                odds += 1;
            }
            stretch.push(odds);
        }
        Self { stretch }
    }
}

fn squash(odds: i32) -> i32 {
    let above = odds + MAX_STRETCH + 1;
    let (step, rest) = ((above >> 7) as usize, above & 127);
    match (SQUASH.get(step), SQUASH.get(step + 1)) {
        (Some(low), Some(high)) => low + (((high - low) * rest) >> 7),
        _ => SQUASH[48],
    }
}
