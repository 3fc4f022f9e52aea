//! What every log must do, as cases that any implementation runs: `log_conformance!(make)` in a test module makes one test of each.
//!
//! [`Scribe`] invents long streams of commits from a seed, and [`same_answers`] asks two logs everything: a store that agrees with
//! [`crate::log_memory::MemoryLog`] after each of them is a store.
#![allow(clippy::unwrap_used, clippy::panic, reason = "cases are tests: they end by panicking")]

mod author;
mod cases;
mod compare;
mod scribe;

pub use author::{Author, facts, kept, restanding};
pub use cases::*;
pub use compare::same_answers;
pub use scribe::Scribe;

use crate::commit_flaw::CommitFlaw;
use crate::log::{Commit, LogReader};

/// A log that can keep commits.
pub trait LogKeeper: LogReader + Sized {
    /// Keeps them in one durable step. A commit that does not fit is told by its flaw; nothing else may go wrong.
    fn keep(&mut self, commits: &[Commit]) -> Result<(), CommitFlaw>;

    /// The log as it is found by a program that starts again.
    fn reopened(self) -> Self;
}

impl LogKeeper for crate::log_memory::MemoryLog {
    fn keep(&mut self, commits: &[Commit]) -> Result<(), CommitFlaw> {
        self.commit(commits).map_err(|fault| match fault {
            crate::log_memory::MemoryFault::Flaw(flaw) => flaw,
            other => panic!("{other}"),
        })
    }

    fn reopened(self) -> Self {
        self
    }
}

/// One test per case. `$make` is an expression that makes a new, empty log.
#[macro_export]
macro_rules! log_conformance {
    ($make:expr) => {
        $crate::log_conformance!(@each $make;
            an_empty_log_answers_that_there_is_nothing
            entries_come_back_as_they_were_and_move_the_frontier
            content_entries_lie_between_two_frontiers_in_the_order_of_commit
            a_change_comes_back_with_all_that_is_known_of_it
            two_changes_with_one_seq_are_both_found
            changes_that_wait_are_found_by_what_they_wait_for_until_they_wait_no_more
            an_entry_waits_until_its_waiting_is_over
            what_is_not_published_stays_in_order_until_an_entry_publishes_it
            only_a_newer_receipt_replaces_an_older_one
            a_node_claims_a_foreign_actor_by_publishing_it
            spaces_keys_and_invitations_are_kept
            the_last_entry_of_each_chain_is_known_for_a_document
            a_commit_that_does_not_fit_leaves_nothing_behind
            several_commits_are_kept_together_or_not_at_all
            numbers_at_their_ends_come_back_unchanged
        );
    };
    (@each $make:expr; $($case:ident)*) => {
        $(#[test] fn $case() { $crate::log_conformance::$case($make); })*
    };
}

#[cfg(test)]
mod tests {
    use super::{LogKeeper, Scribe, same_answers};
    use crate::log_memory::MemoryLog;

    crate::log_conformance!(MemoryLog::new());

    #[test]
    fn a_log_that_got_commits_together_answers_as_one_that_got_them_one_by_one() {
        for seed in 0..20 {
            let (mut scribe, mut one, mut other) = (Scribe::new(seed), MemoryLog::new(), MemoryLog::new());
            let commits: Vec<_> = (0..30).map(|_| scribe.next_commit()).collect();
            for commit in &commits {
                one.keep(std::slice::from_ref(commit)).unwrap();
            }
            other.keep(&commits).unwrap();
            same_answers(&one, &other, &scribe);
        }
    }

    #[test]
    fn a_planned_fate_strikes_at_its_step_and_only_there() {
        use crate::log::LogReader;
        use crate::log_memory::{Fate, MemoryFault};
        let (mut scribe, mut log) = (Scribe::new(1), MemoryLog::new());
        let commits: Vec<_> = (0..4).map(|_| scribe.next_commit()).collect();
        log.plan(0, Fate::Fail);
        log.plan(1, Fate::CrashBefore);
        log.plan(2, Fate::CrashAfter);
        assert_eq!(log.commit(&commits[..1]), Err(MemoryFault::Failed));
        assert_eq!(log.commit(&commits[..1]), Err(MemoryFault::Crashed));
        assert!(log.spaces().unwrap().is_empty(), "a failed step keeps nothing");
        assert_eq!(log.commit(&commits[..1]), Err(MemoryFault::Crashed));
        assert_eq!(log.spaces().unwrap().len(), 1, "a machine that stopped after its step finds the commit kept");
        assert_eq!(log.commit(&commits[1..2]), Ok(()));
        assert_eq!(log.steps(), 4);
    }
}
