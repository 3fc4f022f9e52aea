//! The schema, as the steps that led to it. A step that was ever released is never changed; new ones are added at the end.

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreFault, totals};

/// The steps in order; `user_version` is how many of them a file has been through.
///
/// The accounts' tables and those of set-aside words live in the same file: each module keeps its SQL beside its code and is named here.
const STEPS: &[Step] = &[
    Step::sql(include_str!("schema/log.sql")),
    Step::sql(crate::accounts::ACCOUNTS_MIGRATION),
    Step::sql(crate::documents::set_aside::SET_ASIDE_MIGRATION),
    Step { sql: include_str!("schema/totals.sql"), then: Some(totals::count_all) },
    Step::sql(include_str!("schema/written.sql")),
    Step::sql(include_str!("schema/halted.sql")),
    Step::sql(include_str!("schema/facts.sql")),
    Step::sql(crate::accounts::SEATS_MIGRATION),
    Step::sql(crate::api::QUESTIONNAIRES_MIGRATION),
    Step::sql(include_str!("schema/files.sql")),
    Step::sql(crate::blobs::BLOBS_MIGRATION),
    Step::sql(include_str!("schema/actor_person.sql")),
    Step::sql(include_str!("schema/file_names.sql")),
    Step::sql(crate::bundles::BUNDLES_MIGRATION),
    Step::sql(crate::budget::BUDGET_MIGRATION),
    Step { sql: include_str!("schema/news.sql"), then: Some(totals::weigh_all) },
];

/// What a step does, in one transaction.
struct Step {
    sql: &'static str,
    /// What SQL cannot say.
    then: Option<Work>,
}

type Work = fn(&Connection) -> Result<(), StoreFault>;

impl Step {
    const fn sql(sql: &'static str) -> Self {
        Self { sql, then: None }
    }
}

/// The schema version that this program writes.
pub(super) const VERSION: u32 = STEPS.len() as u32;

/// Marks the file as ours ("jeli" in ASCII): `PRAGMA application_id`.
pub(super) const APPLICATION_ID: u32 = u32::from_be_bytes(*b"jeli");

/// Brings a file from schema version `from` to [`VERSION`]. Each step is a transaction with its version: one that is cut off begins again.
pub(super) fn migrate(db: &mut Connection, from: u32) -> Result<(), StoreFault> {
    for (number, step) in (1..).zip(STEPS).skip(from as usize) {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step.sql)?;
        if let Some(then) = step.then {
            then(&transaction)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", number as u32)?;
        transaction.commit()?;
    }
    Ok(())
}
