//! What an entry of a content chain may do, judged under the control heads that it names: no clock, no order of arrival.

use crate::entry::{Batch, Entry, Role, Run, WriteRule};
use crate::ids::{NodeId, SchoolId};

use super::fold::{Document, covers};
use super::graph::{Clock, ControlGraph};

/// What a run of changes may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its changes belong to the document.
    Admitted,
    /// The right to it is not here, but neither is all that it names, or it is not understood: it waits.
    Waits,
    /// The node was not of a member school under those heads, or its school had no role.
    NotAMember,
    /// It lies behind the cut of the node's retirement.
    PastTheCut,
    /// The document was not made under those heads.
    NoSuchDocument,
    /// The school may not write this document.
    NotAllowed,
    /// The actor speaks for another node.
    ActorOfAnotherNode,
}

impl ControlGraph {
    /// Judges each run of a content entry, in order.
    pub fn judge(&self, entry: &Entry, batch: &Batch) -> Vec<Verdict> {
        let (clock, whole) = self.clock(&batch.control_heads);
        batch.runs.iter().map(|run| self.judge_run(entry, run, &clock, whole)).collect()
    }

    fn judge_run(&self, entry: &Entry, run: &Run, clock: &Clock, whole: bool) -> Verdict {
        let membership = self.membership();
        let author = entry.position.chain.node;
        if membership.is_cut(&entry.position) {
            return Verdict::PastTheCut;
        }
        let verdict = self.judge_right(&author, run, clock);
        // Whatever is lacking may have been given after the act that is not understood, or by what is named and not here. What is admitted under a
        // part of what it names is so under all of it: rights only grow with what is known.
        let may_come = !whole || membership.rests_on_unknown(clock);
        if may_come && verdict != Verdict::Admitted { Verdict::Waits } else { verdict }
    }

    fn judge_right(&self, author: &NodeId, run: &Run, clock: &Clock) -> Verdict {
        let membership = self.membership();
        let Some(document) = membership.document(&run.document).filter(|document| covers(clock, &document.made)) else {
            return Verdict::NoSuchDocument;
        };
        let (Some(school), Some(role)) = (membership.school_at(author, clock), membership.role_at(author, clock)) else {
            return Verdict::NotAMember;
        };
        if !may_write(document, &school, role) {
            return Verdict::NotAllowed;
        }
        if !run.actor.is_foreign() && !run.actor.belongs_to(author) { Verdict::ActorOfAnotherNode } else { Verdict::Admitted }
    }

    /// Whether this node may write a document now; what the local side asks before it takes a browser's change.
    pub fn may_write(&self, node: &NodeId, document: &crate::ids::DocumentId) -> bool {
        let membership = self.membership();
        let Some(document) = membership.document(document) else { return false };
        if !membership.admits(node) {
            return false;
        }
        let Some(school) = membership.school_of(node) else { return false };
        membership.role(&school).is_some_and(|role| may_write(document, &school, role))
    }
}

fn may_write(document: &Document, school: &SchoolId, role: Role) -> bool {
    if role < Role::Member {
        return false;
    }
    let act = &document.act;
    match &act.write_rule {
        WriteRule::Owner => act.owner == *school,
        WriteRule::Everyone => true,
        WriteRule::Schools(schools) => act.owner == *school || schools.binary_search(school).is_ok(),
    }
}
