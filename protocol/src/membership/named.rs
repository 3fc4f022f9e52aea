//! Whose entries are kept: every node that a kept entry names, beginning with the space's creator.
//!
//! Membership narrows; what is kept must not, or two nodes that heard of a narrowing at different times would keep different entries and
//! never agree on a frontier (invariants 5 and 6). Naming is a claim without judgement, so it only grows.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::{Act, ControlBody};
use crate::ids::{NodeId, SpaceId};

use super::graph::{Placed, space_id};

#[derive(Debug, Clone, Default)]
pub(super) struct Named {
    nodes: BTreeSet<NodeId>,
    /// Whom nodes name that are not named themselves yet.
    by_strangers: BTreeMap<NodeId, BTreeSet<NodeId>>,
    /// Nodes with acts that are not understood.
    puzzling: BTreeSet<NodeId>,
    /// One of those is named: its act may name anybody.
    anybody: bool,
}

impl Named {
    pub(super) fn contains(&self, node: &NodeId) -> bool {
        self.anybody || self.nodes.contains(node)
    }

    pub(super) fn nodes(&self) -> Option<&BTreeSet<NodeId>> {
        (!self.anybody).then_some(&self.nodes)
    }

    /// Takes what an entry names that has been placed.
    pub(super) fn take(&mut self, space: &SpaceId, placed: &Placed) {
        let author = placed.position.chain.node;
        let named = match &placed.act {
            Act::CreateSpace { certificate, .. } => {
                let body = ControlBody { parents: Vec::new(), act: placed.act.clone() }.encode();
                if certificate.node == author && space_id(&author, &body) == *space {
                    self.name(author);
                }
                return;
            }
            Act::AddSchool { certificate, .. } | Act::AddNode { certificate, .. } => certificate.node,
            Act::Unknown { .. } => {
                self.puzzling.insert(author);
                self.anybody |= self.nodes.contains(&author);
                return;
            }
            Act::RetireNode(_) | Act::CreateDocument(_) => return,
        };
        if self.nodes.contains(&author) {
            self.name(named);
        } else {
            self.by_strangers.entry(author).or_default().insert(named);
        }
    }

    fn name(&mut self, node: NodeId) {
        let mut next = vec![node];
        while let Some(node) = next.pop() {
            if self.nodes.insert(node) {
                self.anybody |= self.puzzling.contains(&node);
                next.extend(self.by_strangers.remove(&node).into_iter().flatten());
            }
        }
    }
}
