//! Which files documents name, and who may have them.

use std::collections::BTreeSet;

use jeli_protocol::ids::{BlobHash, DocumentId, NodeId, SpaceId};

use crate::audience::Audience;
use crate::replica_handle::{Applied, Description, StoreFault};
use crate::store::DescribeOutcome;

use super::Driver;
use super::requests::store_fault;

impl Driver {
    /// Keeps what a document says of itself, and says what of that is news.
    pub(super) fn describe(&mut self, document: DocumentId, description: &Description) {
        // A document that counts as described is not looked at again: its files come first, also where the power goes in between.
        match self.store.name_files(&document, &description.files) {
            Ok(true) => self.say(Applied::Files { document }),
            Ok(false) => {}
            Err(error) => return tracing::warn!(%error, "which files a document names was not kept"),
        }
        match self.store.describe(&document, &description.facts) {
            Ok(DescribeOutcome::Known) => {}
            Ok(DescribeOutcome::News) => {
                if let Some(space) = self.replica.space_of(&document) {
                    self.tell_soon(space);
                }
            }
            Err(error) => tracing::debug!(%error, "what a document says of itself was not kept"),
        }
    }

    /// Whether the node is a computer, not retired, of a member of a space in which a document names the content.
    pub(super) fn may_fetch(&self, node: &NodeId, hash: &BlobHash) -> Result<bool, StoreFault> {
        Ok(self.spaces_naming(hash)?.iter().any(|space| self.is_member(space, node)))
    }

    /// The computers of all members of the spaces in which a document names the content, but this one.
    pub(super) fn providers(&self, hash: &BlobHash) -> Result<Vec<NodeId>, StoreFault> {
        let mut nodes = BTreeSet::new();
        for space in self.spaces_naming(hash)? {
            let Some(view) = self.replica.space(&space) else { continue };
            let members = view.membership.nodes().map(|(id, _)| *id).filter(|node| self.is_member(&space, node));
            nodes.extend(members.filter(|node| *node != self.certificate.node));
        }
        Ok(nodes.into_iter().collect())
    }

    /// The documents that name any of these contents, and these documents; and for whom each is.
    pub(super) fn naming_documents(&self, hashes: &[BlobHash], documents: Vec<DocumentId>) -> Result<Vec<(DocumentId, Audience)>, StoreFault> {
        let mut all: BTreeSet<DocumentId> = documents.into_iter().collect();
        for hash in hashes {
            all.extend(self.store.documents_naming(hash).map_err(|fault| store_fault(&fault))?);
        }
        Ok(all.into_iter().map(|document| (document, self.audience(&document))).collect())
    }

    fn spaces_naming(&self, hash: &BlobHash) -> Result<BTreeSet<SpaceId>, StoreFault> {
        let documents = self.store.documents_naming(hash).map_err(|fault| store_fault(&fault))?;
        Ok(documents.iter().filter_map(|document| self.replica.space_of(document)).collect())
    }

    fn is_member(&self, space: &SpaceId, node: &NodeId) -> bool {
        self.replica.space(space).is_some_and(|space| space.membership.admits(node))
    }
}
