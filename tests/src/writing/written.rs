//! What one client has written, what of it was acknowledged, and whether a document holds it.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

/// The words of the client at one school. Each piece has a mark that is there once in the whole test.
#[derive(Debug, Default)]
pub struct Written {
    /// On the node's disk, as the node has said.
    acknowledged: BTreeSet<String>,
    /// Sent, or being sent, when the node died: may be there or not, and not twice.
    unanswered: BTreeSet<String>,
}

impl Written {
    pub(super) fn begin(&mut self, mark: String) {
        self.unanswered.insert(mark);
    }

    pub(super) fn acknowledge(&mut self, mark: String) {
        self.unanswered.remove(&mark);
        self.acknowledged.insert(mark);
    }

    /// How many pieces were acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.len()
    }

    /// How many pieces were never answered, and how many of those are in the text all the same.
    pub fn unanswered(&self, text: &str) -> (usize, usize) {
        (self.unanswered.len(), self.unanswered.iter().filter(|mark| text.contains(mark.as_str())).count())
    }

    /// Everything that was acknowledged is in the text, and nothing is there twice.
    pub fn check(&self, text: &str) -> Result<()> {
        for mark in &self.acknowledged {
            let times = text.matches(mark.as_str()).count();
            ensure!(times == 1, "{mark} was acknowledged and is there {times} times");
        }
        for mark in &self.unanswered {
            let times = text.matches(mark.as_str()).count();
            ensure!(times <= 1, "{mark} is there {times} times");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_or_doubled_piece_is_found_and_one_that_was_never_answered_may_be_missing() {
        let mut written = Written::default();
        for mark in ["<A1>", "<A2>", "<A3>"] {
            written.begin(mark.to_owned());
        }
        written.acknowledge("<A1>".to_owned());
        written.acknowledge("<A2>".to_owned());
        assert!(written.check("<A2> <A1>").is_ok());
        assert!(written.check("<A2> <A3> <A1>").is_ok());
        assert!(written.check("<A1>").is_err(), "an acknowledged piece is lost");
        assert!(written.check("<A1><A2><A2>").is_err(), "an acknowledged piece is doubled");
        assert!(written.check("<A1><A2><A3><A3>").is_err(), "an unanswered piece is doubled");
        assert_eq!(written.unanswered("<A1><A2><A3>"), (1, 1));
    }
}
