//! Which entries of the control graph an entry names: those that its rights rest on, and the heads; where there are more than it may name, those
//! of members first. An act leaves fewer heads behind, so that a few acts merge what is left.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::{Act, Position, Role};
use crate::ids::{DocumentId, EntryHash, NodeId, SchoolId};
use crate::limits::MAX_CONTROL_HEADS;

use super::graph::ControlGraph;

impl ControlGraph {
    /// What a content entry of `author` with changes of these documents names as known, in order of hash.
    pub fn heads_for_changes(&self, author: &NodeId, documents: impl IntoIterator<Item = DocumentId>) -> Vec<EntryHash> {
        self.some_heads(author, MAX_CONTROL_HEADS, || {
            let made = documents.into_iter().filter_map(|document| self.membership().document(&document).map(|document| document.made));
            self.rests_on(author).into_iter().chain(made).collect()
        })
    }

    /// What an act of `author` names as known, at most `limit` entries, in order of hash.
    pub fn heads_for_act(&self, author: &NodeId, act: &Act, limit: usize) -> Vec<EntryHash> {
        self.some_heads(author, limit.min(MAX_CONTROL_HEADS), || {
            let speaks_of = match act {
                Act::AddSchool { certificate, .. } | Act::AddNode { certificate, .. } => self.gave_school(&certificate.school),
                Act::RetireNode(retirement) => self.gave_node(&retirement.node),
                Act::CreateSpace { .. } | Act::CreateDocument(_) | Act::Unknown { .. } => Vec::new(),
            };
            self.rests_on(author).into_iter().chain(speaks_of).collect()
        })
    }

    /// What gave a node and its school their rights.
    fn rests_on(&self, node: &NodeId) -> Vec<Position> {
        let school = self.membership().node(node).map(|node| self.gave_school(&node.certificate.school)).unwrap_or_default();
        self.gave_node(node).into_iter().chain(school).collect()
    }

    /// The acts that took a node in: one of each school that did.
    fn gave_node(&self, node: &NodeId) -> Vec<Position> {
        let Some(node) = self.membership().node(node) else { return Vec::new() };
        self.one_of_each(&node.certificate.school, node.granted.iter().map(|at| (*at, Role::Reader)))
    }

    /// The acts that gave a school its roles: of each school that gave it some, the one with the highest.
    fn gave_school(&self, school: &SchoolId) -> Vec<Position> {
        let known = self.membership().schools().find(|(id, _)| *id == school);
        known.map(|(_, known)| self.one_of_each(school, known.grants.iter().copied())).unwrap_or_default()
    }

    /// Of acts the first with the highest role of each school that made some, `own` before others. More than one are named since one that is
    /// another school's may stand on a branch that not all have: it must not be named in the place of the one that all have.
    fn one_of_each(&self, own: &SchoolId, acts: impl Iterator<Item = (Position, Role)>) -> Vec<Position> {
        let mut of_school: BTreeMap<(bool, Option<SchoolId>), (Position, Role)> = BTreeMap::new();
        for (at, role) in acts {
            let school = self.membership().node(&at.chain.node).map(|node| node.certificate.school);
            let best = of_school.entry((school != Some(*own), school)).or_insert((at, role));
            if best.1 < role {
                *best = (at, role);
            }
        }
        of_school.into_values().map(|(at, _)| at).collect()
    }

    /// What gives an entry its right stands first, by itself: the author's own last act, what took it in, what it speaks of. Heads cover all of it
    /// as well; but they are others' entries, and whoever signed one of them may show another to somebody else.
    fn some_heads(&self, author: &NodeId, limit: usize, rests_on: impl FnOnce() -> Vec<Position>) -> Vec<EntryHash> {
        let mut named: BTreeSet<EntryHash> = self.last_act(author).into_iter().take(limit).collect();
        let heads = self.understood_heads();
        let rests_on: Vec<EntryHash> = rests_on()
            .iter()
            .filter(|position| position.chain.node != *author)
            .filter_map(|position| self.hash_at(&position.chain.node, position.seq))
            .collect();
        // All heads where there is room for them; else those of members in turn.
        let all = named.len() + heads.len() < limit;
        if all {
            named.extend(&heads);
        }
        let rest = if all { Vec::new() } else { self.ranked(author, heads) };
        for hash in rests_on.into_iter().chain(rest) {
            if named.len() >= limit {
                break;
            }
            named.insert(hash);
        }
        named.into_iter().collect()
    }

    fn last_act(&self, node: &NodeId) -> Option<EntryHash> {
        self.last_seq(node).and_then(|seq| self.hash_at(node, seq))
    }

    /// Heads in the order in which they are worth naming: the author's own; then of each member school its first, its second, ..., by the order
    /// in which their nodes joined, so that no school crowds out another by its nodes; then those of others, by hash.
    fn ranked(&self, author: &NodeId, heads: Vec<EntryHash>) -> Vec<EntryHash> {
        let mut members: Vec<(usize, SchoolId, EntryHash)> = Vec::new();
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for head in heads {
            let node = self.node_of(&head);
            let member = node.filter(|node| self.membership().admits(node)).and_then(|node| self.membership().node(&node));
            match member {
                _ if node == Some(*author) => own.push(head),
                Some(member) => members.push((member.place, member.certificate.school, head)),
                None => others.push(head),
            }
        }
        members.sort_unstable();
        let mut of_school: BTreeMap<SchoolId, usize> = BTreeMap::new();
        let mut in_turn: Vec<(usize, usize, EntryHash)> = Vec::with_capacity(members.len());
        for (place, school, head) in members {
            let turn = of_school.entry(school).or_insert(0);
            in_turn.push((*turn, place, head));
            *turn += 1;
        }
        in_turn.sort_unstable();
        own.into_iter().chain(in_turn.into_iter().map(|(_, _, head)| head)).chain(others).collect()
    }

    fn node_of(&self, head: &EntryHash) -> Option<NodeId> {
        self.position(head).map(|position| position.chain.node)
    }
}
