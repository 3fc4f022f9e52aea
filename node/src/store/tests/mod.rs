//! What the store promises, shown.

mod crash;
mod documents;
mod faults;
mod figures;
mod model;
mod news;
mod opening;

use jeli_protocol::commit_flaw::CommitFlaw;
use jeli_protocol::log::*;
use jeli_protocol::log_conformance::LogKeeper;
use tempfile::TempDir;

use super::{Store, StoreFault};

/// Takes back what later steps than the one in question brought.
pub(super) const WITHOUT_LATER: &str =
    "ALTER TABLE document DROP COLUMN facts; DROP TABLE seat_code; DROP TABLE guest; DROP TABLE questionnaire_secret; DROP TABLE file_reference;
     DROP TABLE blob; DROP TABLE blob_want; DROP TABLE blob_pin; DROP TABLE blob_let_go; DROP TABLE blob_holder; DROP TABLE actor_person;
     DROP TABLE bundle_opened; DROP TABLE budget_used; DROP TABLE entry_total; DROP TABLE contact; ALTER TABLE unpublished DROP COLUMN kept_ms;
     ALTER TABLE document_total DROP COLUMN bytes;";

/// A store in a folder of its own, gone when it is dropped.
pub(super) struct TestStore {
    pub(super) store: Store,
    pub(super) folder: TempDir,
}

impl TestStore {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("jeli.db")).unwrap();
        Self { store, folder }
    }
}

macro_rules! delegate {
    ($($name:ident($($arg:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl LogReader for TestStore {
            $(fn $name(&self, $($arg: $type),*) -> Result<$answer, StoreError> { self.store.$name($($arg),*) })*
        }
    };
}
use jeli_protocol::entry::{ChainId, Entry, Position};
use jeli_protocol::frontier::Frontier;
use jeli_protocol::ids::*;
delegate! {
    spaces() -> Vec<StoredSpace>;
    invitation(id: &jeli_protocol::invitation::InvitationId) -> Option<IssuedInvitation>;
    document_tips(space: &SpaceId) -> Vec<(DocumentId, ChainId, u64)>;
    control_entries(space: &SpaceId) -> Vec<Entry>;
    content_entries(space: &SpaceId, after: &Frontier, upto: &Frontier, limit: usize) -> Vec<ContentEntry>;
    entries_of_document(document: &DocumentId) -> Vec<ContentEntry>;
    beyond(space: &SpaceId, frontier: &Frontier) -> Beyond;
    beyond_in(document: &DocumentId, frontier: &Frontier) -> Beyond;
    waiting_entries(space: &SpaceId) -> Vec<ContentEntry>;
    entry_hash(space: &SpaceId, position: &Position) -> Option<EntryHash>;
    frontier(space: &SpaceId) -> Frontier;
    chunk(document: &DocumentId, hash: &ChangeHash) -> Option<Vec<u8>>;
    change(document: &DocumentId, hash: &ChangeHash) -> Option<ChangeRecord>;
    changes_at(document: &DocumentId, actor: &ActorId, seq: u64) -> Vec<ChangeHash>;
    waiting_for(document: &DocumentId, dependency: &ChangeHash) -> Vec<ChangeHash>;
    changes_of_document(document: &DocumentId) -> Vec<ChangeRecord>;
    unpublished(space: &SpaceId) -> Vec<Unpublished>;
    receipts(space: &SpaceId) -> Vec<jeli_protocol::receipt::Receipt>;
    claims(document: &DocumentId, actor: &ActorId) -> Vec<NodeId>;
}

impl LogKeeper for TestStore {
    fn keep(&mut self, commits: &[Commit]) -> Result<(), CommitFlaw> {
        self.store.commit(commits).map_err(|fault| match fault {
            StoreFault::Flaw(flaw) => flaw,
            other => panic!("{other}"),
        })
    }

    fn reopened(self) -> Self {
        let Self { store, folder } = self;
        drop(store);
        let store = Store::open(&folder.path().join("jeli.db")).unwrap();
        Self { store, folder }
    }
}

jeli_protocol::log_conformance!(TestStore::new());
