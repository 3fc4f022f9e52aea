//! The schema, as the steps that led to it. A step that was ever released is never changed; new ones are added at the end.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreFault;

/// The steps in order; `user_version` is how many of them a file has been through.
///
/// The accounts' tables and those of set-aside words live in the same file: each module keeps its SQL beside its code and is named here.
const STEPS: &[&str] = &[include_str!("schema/log.sql"), crate::accounts::ACCOUNTS_MIGRATION, crate::documents::set_aside::SET_ASIDE_MIGRATION];

/// The schema version that this program writes.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// Marks the file as ours ("jeli" in ASCII): `PRAGMA application_id`.
pub(super) const APPLICATION_ID: u32 = u32::from_be_bytes(*b"jeli");

/// Brings a file from schema version `from` to [`VERSION`]. Each step is a transaction with its version: one that is cut off begins again.
pub(super) fn migrate(db: &mut Connection, from: u32) -> Result<(), StoreFault> {
    for (number, step) in (1..).zip(STEPS).skip(from as usize) {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", number as u32)?;
        transaction.commit()?;
    }
    Ok(())
}
