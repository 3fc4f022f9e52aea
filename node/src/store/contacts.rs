//! When this node last had to do with each other one, and by what road. Members alone: of strangers nothing stays.

use std::collections::BTreeMap;

use jeli_protocol::ids::{DocumentId, NodeId, SpaceId};
use rusqlite::params;

use super::{Store, StoreFault, totals};

/// By what road two nodes last met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastRoad {
    /// In one local network.
    Lan,
    /// Over the internet, directly.
    Direct,
    /// Through a third node.
    Relay,
    /// Somebody brought a bundle of its making.
    Parcel,
}

/// The last contact with a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contacted {
    /// By this node's clock, Unix milliseconds.
    pub at_ms: i64,
    pub road: LastRoad,
    /// By how much its clock was ahead of ours when it last said its time. Shown, never trusted.
    pub ahead_ms: Option<i64>,
}

impl LastRoad {
    const ALL: [Self; 4] = [Self::Lan, Self::Direct, Self::Relay, Self::Parcel];

    /// The number in a file; it never changes its meaning.
    fn number(self) -> i64 {
        match self {
            Self::Lan => 1,
            Self::Direct => 2,
            Self::Relay => 3,
            Self::Parcel => 4,
        }
    }

    fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|road| road.number() == number)
    }
}

impl Store {
    /// Keeps the last contact with a node.
    pub fn keep_contact(&mut self, node: &NodeId, contact: &Contacted) -> Result<(), StoreFault> {
        self.alone(|db| {
            let sql = "INSERT OR REPLACE INTO contact (node, at_ms, road, ahead_ms) VALUES (?1, ?2, ?3, ?4)";
            db.prepare_cached(sql)?.execute(params![&node.0, contact.at_ms, contact.road.number(), contact.ahead_ms])?;
            Ok(())
        })
    }

    /// The last contact with every node of which one is known. A road that a newer program wrote is left out.
    pub fn contacts(&self) -> Result<BTreeMap<NodeId, Contacted>, StoreFault> {
        let mut statement = self.db.prepare_cached("SELECT node, at_ms, road, ahead_ms FROM contact")?;
        let mut rows = statement.query([])?;
        let mut contacts = BTreeMap::new();
        while let Some(row) = rows.next()? {
            if let Some(road) = LastRoad::from_number(row.get(2)?) {
                contacts.insert(NodeId(row.get(0)?), Contacted { at_ms: row.get(1)?, road, ahead_ms: row.get(3)? });
            }
        }
        Ok(contacts)
    }

    /// Since when the oldest change of ours waits to be published, in a document or in all of a space.
    pub fn unpublished_since(&self, space: &SpaceId, document: Option<&DocumentId>) -> Result<Option<i64>, StoreFault> {
        totals::unpublished_since(&self.db, space, document)
    }
}
