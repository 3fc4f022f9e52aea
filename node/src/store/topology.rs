//! Changes that become part of their document together, dependencies first.

use std::collections::{BTreeMap, BTreeSet};

use jeli_protocol::ids::ChangeHash;

/// A change that is part of its document from now on.
pub(super) struct NewlyReady {
    pub(super) number: i64,
    pub(super) hash: ChangeHash,
    pub(super) deps: Vec<ChangeHash>,
}

/// The numbers of `changes`, each after those among them that it depends on; else in the order given.
pub(super) fn dependencies_first(changes: &[NewlyReady]) -> Vec<i64> {
    let by_hash: BTreeMap<ChangeHash, usize> = changes.iter().enumerate().map(|(at, change)| (change.hash, at)).collect();
    let mut done = BTreeSet::new();
    let mut order = Vec::with_capacity(changes.len());
    // A stack of its own: histories are deeper than a thread's stack.
    let mut stack: Vec<(usize, bool)> = (0..changes.len()).rev().map(|at| (at, false)).collect();
    while let Some((at, deps_done)) = stack.pop() {
        let Some(change) = changes.get(at) else { continue };
        if deps_done {
            order.push(change.number);
        } else if done.insert(at) {
            stack.push((at, true));
            stack.extend(change.deps.iter().filter_map(|dep| by_hash.get(dep)).filter(|dep| !done.contains(dep)).map(|dep| (*dep, false)));
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_comes_after_what_it_depends_on_and_unrelated_ones_stay_in_order() {
        let change = |number: u8, deps: &[u8]| NewlyReady {
            number: number.into(),
            hash: ChangeHash([number; 32]),
            deps: deps.iter().map(|dep| ChangeHash([*dep; 32])).collect(),
        };
        let changes = [change(5, &[]), change(1, &[3, 2]), change(2, &[]), change(3, &[2, 99]), change(4, &[1])];
        assert_eq!(dependencies_first(&changes), [5, 2, 3, 1, 4]);
        let deep: Vec<_> = (0..200u8).rev().map(|n| change(n, if n == 0 { &[] } else { std::slice::from_ref(&BELOW[n as usize - 1]) })).collect();
        assert_eq!(dependencies_first(&deep), (0..200).collect::<Vec<i64>>());
    }

    const BELOW: [u8; 200] = {
        let mut below = [0; 200];
        let mut at = 0;
        while at < 200 {
            below[at] = at as u8;
            at += 1;
        }
        below
    };
}
