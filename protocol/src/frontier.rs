//! Frontiers: how far each chain of a space reaches, and the difference between two of them.

use std::collections::BTreeMap;

use crate::entry::{Chain, ChainId, NO_ENTRY};
use crate::ids::{EntryHash, NodeId};
use crate::limits::MAX_CHAINS;
use crate::wire::{Reader, WireError, Writer};

/// The end of a chain: (seq, hash) of its last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tip {
    /// The last entry's seq; 0 before the first.
    pub seq: u64,
    /// The last entry's hash.
    pub hash: EntryHash,
}

impl Tip {
    /// Before the first entry.
    pub const START: Self = Self { seq: 0, hash: NO_ENTRY };
}

/// Per chain the last (seq, entry hash). Equal frontiers mean equal stores.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    tips: BTreeMap<ChainId, Tip>,
}

/// BLAKE3 over a frontier's chains, seqs and hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrontierDigest(pub [u8; 32]);

impl FrontierDigest {
    /// The first bytes: enough to name one of the few frontiers told in a session.
    pub fn short(&self) -> [u8; 4] {
        [self.0[0], self.0[1], self.0[2], self.0[3]]
    }
}

/// How one frontier differs from another: the chains that end elsewhere, with where they end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FrontierDelta {
    /// In order of chain.
    pub changed: Vec<(ChainId, Tip)>,
}

impl Frontier {
    /// Where a chain ends; [`Tip::START`] for one without entries.
    pub fn tip(&self, chain: &ChainId) -> Tip {
        self.tips.get(chain).copied().unwrap_or(Tip::START)
    }

    /// Moves a chain's end. A tip at the start takes the chain out.
    pub fn set(&mut self, chain: ChainId, tip: Tip) {
        if tip.seq == 0 {
            self.tips.remove(&chain);
        } else {
            self.tips.insert(chain, tip);
        }
    }

    /// All chains with entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&ChainId, &Tip)> {
        self.tips.iter()
    }

    /// How many chains have entries.
    pub fn len(&self) -> usize {
        self.tips.len()
    }

    /// Whether no chain has entries.
    pub fn is_empty(&self) -> bool {
        self.tips.is_empty()
    }

    /// The digest: equal digests mean equal frontiers.
    pub fn digest(&self) -> FrontierDigest {
        let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 frontier");
        for (chain, tip) in &self.tips {
            hasher.update(&chain.node.0).update(&[chain.chain.number()]).update(&tip.seq.to_le_bytes()).update(&tip.hash.0);
        }
        FrontierDigest(*hasher.finalize().as_bytes())
    }

    /// Whether this frontier reaches at least as far as `other` on every chain (by seq; forks are found by hash elsewhere).
    pub fn covers(&self, other: &Self) -> bool {
        other.tips.iter().all(|(chain, tip)| self.tip(chain).seq >= tip.seq)
    }

    /// The chains on which `other` reaches further, with both tips: (chain, ours, theirs).
    pub fn behind<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (ChainId, Tip, Tip)> + 'a {
        other.tips.iter().map(|(chain, theirs)| (*chain, self.tip(chain), *theirs)).filter(|(_, ours, theirs)| theirs.seq > ours.seq)
    }

    /// Whether `other` falls behind this frontier on any chain of a kind.
    pub fn behind_in(&self, other: &Self, chain: Chain) -> bool {
        self.tips.iter().any(|(id, tip)| id.chain == chain && other.tip(id).seq < tip.seq)
    }

    /// What must be said to someone who knows `base` so that they know this frontier. A chain that `base` has and this one lacks is said with
    /// seq 0.
    pub fn delta_from(&self, base: &Self) -> FrontierDelta {
        let gone = base.tips.keys().filter(|chain| !self.tips.contains_key(chain)).map(|chain| (*chain, Tip::START));
        let mut changed: Vec<_> =
            self.tips.iter().filter(|(chain, tip)| base.tips.get(chain) != Some(tip)).map(|(chain, tip)| (*chain, *tip)).chain(gone).collect();
        changed.sort_by_key(|(chain, _)| *chain);
        FrontierDelta { changed }
    }

    /// Reads the frontier that a delta leads to from this one, which must have no more chains than a frontier may: deltas told one after the
    /// other would grow without bound.
    pub fn read_from(&self, reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let frontier = self.with(&FrontierDelta::read(self, reader)?);
        if frontier.len() > MAX_CHAINS {
            return Err(WireError::TooLong { length: frontier.len() as u64, bound: MAX_CHAINS });
        }
        Ok(frontier)
    }

    /// The frontier that differs from this one by `delta`.
    pub fn with(&self, delta: &FrontierDelta) -> Self {
        let mut frontier = self.clone();
        for (chain, tip) in &delta.changed {
            frontier.set(*chain, *tip);
        }
        frontier
    }
}

impl FrontierDelta {
    /// Canonical bytes against `base`, which the reader must know: a chain of the base costs its index, seq difference and hash; a new one its
    /// node id too.
    pub fn write(&self, base: &Frontier, writer: &mut Writer) {
        let known: Vec<ChainId> = base.tips.keys().copied().collect();
        writer.number(self.changed.len() as u64);
        for (chain, tip) in &self.changed {
            match known.binary_search(chain) {
                Ok(index) => writer.number(index as u64 * 3),
                Err(_) => writer
                    .number(match chain.chain {
                        Chain::Control => 1,
                        Chain::Content => 2,
                    })
                    .fixed(&chain.node.0),
            };
            writer.number(tip.seq);
            if tip.seq > 0 {
                writer.fixed(&tip.hash.0);
            }
        }
    }

    /// Reads canonical bytes against the same `base`.
    pub fn read(base: &Frontier, reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let known: Vec<ChainId> = base.tips.keys().copied().collect();
        let mut changed: Vec<(ChainId, Tip)> = Vec::new();
        for _ in 0..reader.count(MAX_CHAINS)? {
            let code = reader.number()?;
            let chain = match code % 3 {
                0 => *usize::try_from(code / 3).ok().and_then(|index| known.get(index)).ok_or(WireError::NoSuchValue("the base frontier"))?,
                _ if code > 2 => return Err(WireError::NotCanonical),
                1 => ChainId { node: NodeId(reader.array()?), chain: Chain::Control },
                _ => ChainId { node: NodeId(reader.array()?), chain: Chain::Content },
            };
            let seq = reader.number()?;
            let tip = if seq == 0 { Tip::START } else { Tip { seq, hash: EntryHash(reader.array()?) } };
            if changed.last().is_some_and(|(before, _)| *before >= chain) {
                return Err(WireError::NotCanonical);
            }
            changed.push((chain, tip));
        }
        Ok(Self { changed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frontier() -> impl Strategy<Value = Frontier> {
        proptest::collection::btree_map((0u8..6, any::<bool>()), (1u64..1000, any::<u8>()), 0..8).prop_map(|tips| {
            let mut frontier = Frontier::default();
            for ((node, control), (seq, hash)) in tips {
                let chain = ChainId { node: NodeId([node; 32]), chain: if control { Chain::Control } else { Chain::Content } };
                frontier.set(chain, Tip { seq, hash: EntryHash([hash; 32]) });
            }
            frontier
        })
    }

    proptest! {
        #[test]
        fn the_difference_leads_from_one_frontier_to_the_other(base in frontier(), target in frontier()) {
            let delta = target.delta_from(&base);
            prop_assert_eq!(base.with(&delta), target);
            let mut writer = Writer::new();
            delta.write(&base, &mut writer);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(FrontierDelta::read(&base, &mut reader), Ok(delta));
            prop_assert_eq!(reader.end(), Ok(()));
        }

        #[test]
        fn a_frontier_reads_back_from_any_other(base in frontier(), target in frontier()) {
            let mut writer = Writer::new();
            target.delta_from(&base).write(&base, &mut writer);
            prop_assert_eq!(base.read_from(&mut Reader::new(&writer.finish())), Ok(target));
        }

        #[test]
        fn equal_digests_mean_equal_frontiers(one in frontier(), two in frontier()) {
            prop_assert_eq!(one.digest() == two.digest(), one == two);
        }
    }
    #[test]
    fn no_difference_leads_to_more_chains_than_a_frontier_may_have() {
        let of = |numbers: std::ops::Range<usize>| {
            let mut frontier = Frontier::default();
            for number in numbers {
                let mut node = [0; 32];
                node[..8].copy_from_slice(&(number as u64).to_be_bytes());
                frontier.set(ChainId { node: NodeId(node), chain: Chain::Content }, Tip { seq: 1, hash: EntryHash([1; 32]) });
            }
            frontier
        };
        let read = |base: &Frontier, target: &Frontier| {
            let mut writer = Writer::new();
            target.delta_from(base).write(base, &mut writer);
            base.read_from(&mut Reader::new(&writer.finish()))
        };
        let (half, full, over) = (of(0..MAX_CHAINS / 2), of(0..MAX_CHAINS), of(0..MAX_CHAINS + 1));
        assert_eq!(read(&half, &full), Ok(full.clone()), "a full frontier is one");
        assert_eq!(read(&full, &of(1..MAX_CHAINS + 1)), Ok(of(1..MAX_CHAINS + 1)), "and so is another instead of it");
        assert!(matches!(read(&half, &over), Err(WireError::TooLong { .. })), "one chain more is too many, however small the step to it");
    }
}
