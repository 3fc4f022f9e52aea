//! What is wrong with a commit that does not fit what is kept. Every store refuses such a commit whole: a log with a gap in it would be
//! trusted by all that is built on it.

use crate::entry::Position;
use crate::ids::{ChangeHash, DocumentId};

/// Why a commit does not fit what is kept: a mistake of whoever made the commit, never of a peer. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitFlaw {
    /// The entry is not the one after its chain's end, or names another entry as the one before it.
    #[error("the entry at {0:?} does not continue its chain")]
    NotNext(Position),
    /// A control entry on a content chain, or the other way round.
    #[error("the entry at {0:?} stands on a chain of the other kind")]
    WrongChain(Position),
    /// The entry's runs count other changes than it lists.
    #[error("the runs of the entry at {0:?} do not fit its changes")]
    RunsDoNotFit(Position),
    /// It speaks of a change that is not kept.
    #[error("it speaks of a change that is not here: {1} of {0}")]
    UnknownChange(DocumentId, ChangeHash),
    /// It speaks of an entry that is not kept.
    #[error("it speaks of an entry that is not here: {0:?}")]
    UnknownEntry(Position),
}
