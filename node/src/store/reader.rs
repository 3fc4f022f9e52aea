//! The store as the protocol's machine reads it.

use jeli_protocol::entry::{ChainId, Entry, Position};
use jeli_protocol::frontier::Frontier;
use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, EntryHash, NodeId, SpaceId};
use jeli_protocol::invitation::InvitationId;
use jeli_protocol::log::{Beyond, ChangeRecord, ContentEntry, IssuedInvitation, LogReader, StoreError, StoredSpace, Unpublished};
use jeli_protocol::receipt::Receipt;

use super::{Store, ledger, read_changes, read_entries, totals};

impl LogReader for Store {
    fn spaces(&self) -> Result<Vec<StoredSpace>, StoreError> {
        Ok(ledger::spaces(&self.db)?)
    }

    fn invitation(&self, id: &InvitationId) -> Result<Option<IssuedInvitation>, StoreError> {
        Ok(ledger::invitation(&self.db, id)?)
    }

    fn document_tips(&self, space: &SpaceId) -> Result<Vec<(DocumentId, ChainId, u64)>, StoreError> {
        Ok(read_entries::document_tips(&self.db, space)?)
    }

    fn control_entries(&self, space: &SpaceId) -> Result<Vec<Entry>, StoreError> {
        Ok(read_entries::control(&self.db, space)?)
    }

    fn content_entries(&self, space: &SpaceId, after: &Frontier, upto: &Frontier, limit: usize) -> Result<Vec<ContentEntry>, StoreError> {
        Ok(read_entries::between(&self.db, space, after, upto, limit)?)
    }

    fn entries_of_document(&self, document: &DocumentId) -> Result<Vec<ContentEntry>, StoreError> {
        Ok(read_entries::of_document(&self.db, document)?)
    }

    fn beyond(&self, space: &SpaceId, frontier: &Frontier) -> Result<Beyond, StoreError> {
        Ok(totals::beyond(&self.db, space, frontier)?)
    }

    fn beyond_in(&self, document: &DocumentId, frontier: &Frontier) -> Result<Beyond, StoreError> {
        Ok(totals::beyond_in(&self.db, document, frontier)?)
    }

    fn waiting_entries(&self, space: &SpaceId) -> Result<Vec<ContentEntry>, StoreError> {
        Ok(read_entries::waiting(&self.db, space)?)
    }

    fn entry_hash(&self, space: &SpaceId, position: &Position) -> Result<Option<EntryHash>, StoreError> {
        Ok(read_entries::hash_at(&self.db, space, position)?)
    }

    fn frontier(&self, space: &SpaceId) -> Result<Frontier, StoreError> {
        Ok(read_entries::frontier(&self.db, space)?)
    }

    fn chunk(&self, document: &DocumentId, hash: &ChangeHash) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(read_changes::chunk(&self.db, document, hash)?)
    }

    fn change(&self, document: &DocumentId, hash: &ChangeHash) -> Result<Option<ChangeRecord>, StoreError> {
        Ok(read_changes::change(&self.db, document, hash)?)
    }

    fn changes_at(&self, document: &DocumentId, actor: &ActorId, seq: u64) -> Result<Vec<ChangeHash>, StoreError> {
        Ok(read_changes::at(&self.db, document, actor, seq)?)
    }

    fn waiting_for(&self, document: &DocumentId, dependency: &ChangeHash) -> Result<Vec<ChangeHash>, StoreError> {
        Ok(read_changes::waiting_for(&self.db, document, dependency)?)
    }

    fn changes_of_document(&self, document: &DocumentId) -> Result<Vec<ChangeRecord>, StoreError> {
        Ok(read_changes::of_document(&self.db, document)?)
    }

    fn unpublished(&self, space: &SpaceId) -> Result<Vec<Unpublished>, StoreError> {
        Ok(ledger::unpublished(&self.db, space)?)
    }

    fn receipts(&self, space: &SpaceId) -> Result<Vec<Receipt>, StoreError> {
        Ok(ledger::receipts(&self.db, space)?)
    }

    fn claims(&self, document: &DocumentId, actor: &ActorId) -> Result<Vec<NodeId>, StoreError> {
        Ok(read_changes::claims(&self.db, document, actor)?)
    }
}
