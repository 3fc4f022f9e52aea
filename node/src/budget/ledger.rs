//! What was used, on the disk: sums by day, computer and purpose.

use std::collections::BTreeMap;

use jeli_protocol::ids::NodeId;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::limits::{DAYS, PEERS_A_DAY};
use crate::network::carried::{Bytes, Purpose};

/// A sum's place: whose, where it is known, and for what.
pub(super) type Key = (Option<NodeId>, Purpose);

/// Sums that are not on the disk yet.
pub(super) type Sums = BTreeMap<Key, Bytes>;

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// `2026-11-28`.
    pub day: String,
    /// None: of all computers that found no place of their own.
    pub node: Option<NodeId>,
    /// For what.
    pub purpose: Purpose,
    /// How much.
    pub bytes: Bytes,
}

/// The day and the hour (0 to 23) of this computer's clock and time zone.
pub(super) fn now(db: &Connection) -> rusqlite::Result<(String, u8)> {
    db.query_row("SELECT date('now', 'localtime'), CAST(strftime('%H', 'now', 'localtime') AS INTEGER)", [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Adds sums to a day, and forgets the days that are long past.
pub(super) fn add(db: &mut Connection, day: &str, sums: &Sums) -> rusqlite::Result<()> {
    let transaction = db.transaction()?;
    for ((node, purpose), bytes) in sums {
        let node = match node {
            Some(node) if has_place(&transaction, day, node)? => node.0.to_vec(),
            _ => Vec::new(),
        };
        let number = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        transaction.execute(
            "INSERT INTO budget_used (day, node, purpose, sent, received) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET sent = sent + excluded.sent, received = received + excluded.received",
            params![day, node, *purpose as i64, number(bytes.sent), number(bytes.received)],
        )?;
    }
    // By the newest day and not by today: a clock that jumps a year ahead for an hour would else take the month along. What it wrote itself goes when so many
    // days have come after it.
    transaction.execute("DELETE FROM budget_used WHERE day NOT IN (SELECT DISTINCT day FROM budget_used ORDER BY day DESC LIMIT ?1)", [DAYS])?;
    transaction.commit()
}

/// Whether a computer has a place among those of a day, or finds one.
fn has_place(db: &Connection, day: &str, node: &NodeId) -> rusqlite::Result<bool> {
    let known = db.query_row("SELECT 1 FROM budget_used WHERE day = ?1 AND node = ?2 LIMIT 1", params![day, node.0], |_| Ok(())).optional()?;
    if known.is_some() {
        return Ok(true);
    }
    let count: i64 = db.query_row("SELECT count(DISTINCT node) FROM budget_used WHERE day = ?1", [day], |row| row.get(0))?;
    Ok(count < PEERS_A_DAY as i64)
}

/// All sums of the month of a day.
pub(super) fn month(db: &Connection, day: &str) -> rusqlite::Result<Vec<Used>> {
    let month = day.get(..7).unwrap_or(day);
    let mut query = db.prepare_cached("SELECT day, node, purpose, sent, received FROM budget_used WHERE substr(day, 1, 7) = ?1 ORDER BY day")?;
    let read = |row: &rusqlite::Row<'_>| {
        let (node, purpose): (Vec<u8>, i64) = (row.get(1)?, row.get(2)?);
        let bytes = Bytes { sent: row.get::<_, i64>(3)?.unsigned_abs(), received: row.get::<_, i64>(4)?.unsigned_abs() };
        let purpose = Purpose::ALL.into_iter().find(|known| *known as i64 == purpose).unwrap_or(Purpose::Contact);
        Ok(Used { day: row.get(0)?, node: node.try_into().ok().map(NodeId), purpose, bytes })
    };
    query.query_map([month], read)?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> Connection {
        let db = Connection::open_in_memory().expect("a database");
        db.execute_batch(super::super::BUDGET_MIGRATION).expect("the schema");
        db
    }

    fn sums(node: Option<NodeId>, bytes: u64) -> Sums {
        Sums::from([((node, Purpose::Words), Bytes { sent: bytes, received: 1 })])
    }

    #[test]
    fn a_day_adds_up_and_a_month_is_its_days() {
        let mut db = database();
        let node = NodeId([1; 32]);
        for (day, bytes) in [("2026-10-31", 5), ("2026-11-01", 10), ("2026-11-01", 20), ("2026-11-28", 30)] {
            add(&mut db, day, &sums(Some(node), bytes)).expect("kept");
        }
        let days: Vec<(String, u64)> = month(&db, "2026-11-28").expect("read").into_iter().map(|used| (used.day, used.bytes.sent)).collect();
        assert_eq!(days, [("2026-11-01".to_owned(), 30), ("2026-11-28".to_owned(), 30)]);
    }

    #[test]
    fn a_crowd_of_strangers_makes_one_sum_and_members_keep_theirs() {
        let mut db = database();
        let stranger = |number: u16| NodeId([number.to_be_bytes(), [7; 2]].concat().repeat(8).try_into().expect("32 bytes"));
        for number in 0..2 * PEERS_A_DAY as u16 {
            add(&mut db, "2026-11-28", &sums(Some(stranger(number)), 1)).expect("kept");
        }
        let used = month(&db, "2026-11-28").expect("read");
        assert_eq!(used.len(), PEERS_A_DAY + 1, "and one for all others");
        assert_eq!(used.iter().map(|used| used.bytes.sent).sum::<u64>(), 2 * PEERS_A_DAY as u64, "nothing is left out");
    }

    #[test]
    fn days_long_past_go_and_a_clock_that_jumped_takes_none_along() {
        let mut db = database();
        add(&mut db, "2026-11-28", &sums(None, 1)).expect("kept");
        add(&mut db, "2027-11-28", &sums(None, 1)).expect("kept");
        assert_eq!(month(&db, "2026-11-28").expect("read").len(), 1, "an hour of a wrong clock costs no month");
        for day in 1..=28 {
            for month in 1..=3 {
                add(&mut db, &format!("2028-0{month}-{day:02}"), &sums(None, 1)).expect("kept");
            }
        }
        let days: i64 = db.query_row("SELECT count(DISTINCT day) FROM budget_used", [], |row| row.get(0)).expect("counted");
        assert_eq!(days, DAYS);
    }
}
