//! What takes a change's dependencies to check.

use super::limits::MAX_START_OP_GAP;
use super::{ChangeFacts, ScanRefusal};
use crate::ids::{ActorId, ChangeHash};

/// What must be known of a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepFacts {
    /// Its hash.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: ActorId,
    /// The how manieth change of that actor.
    pub seq: u64,
    /// Counter of its last operation.
    pub max_op: u64,
}

/// Checks a scanned change against its dependencies, which `deps` must hold all, in any order.
///
/// Operations are numbered on from those of the dependencies, and every change of an actor but its first names that actor's previous
/// one among its direct dependencies, as Automerge's own transactions do. So that a change descends from its actor's earlier ones can
/// be seen without walking the graph.
pub fn check_in_context(facts: &ChangeFacts, deps: &[DepFacts]) -> Result<(), ScanRefusal> {
    let found = |dep: &ChangeHash| deps.iter().find(|facts| facts.hash == *dep);
    let mut last_op = 0;
    let mut own_previous = false;
    for dep in &facts.deps {
        let dep = found(dep).ok_or(ScanRefusal::Context("a dependency is missing"))?;
        last_op = last_op.max(dep.max_op);
        if dep.actor == facts.actor {
            if dep.seq.checked_add(1) != Some(facts.seq) {
                return Err(ScanRefusal::Context("it depends on a change of its author that is not the previous one"));
            }
            own_previous = true;
        }
    }
    if facts.start_op <= last_op {
        return Err(ScanRefusal::Context("its operations are numbered before those it builds on"));
    }
    if facts.start_op - last_op > MAX_START_OP_GAP {
        return Err(ScanRefusal::Context("its operations are numbered too far beyond those it builds on"));
    }
    if own_previous != (facts.seq > 1) {
        return Err(ScanRefusal::Context("it does not name its author's previous change"));
    }
    Ok(())
}
