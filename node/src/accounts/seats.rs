//! Seats of guests: the phone of another school's director takes part in one meeting through this node.
//!
//! Whoever may write the meeting shows a code; whoever types it gets a session that is good for that document alone, until it runs out or
//! somebody here ends it.

use std::fmt;
use std::str::FromStr;

use jeli_protocol::ids::{DocumentId, PersonId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::people::{AccountError, Language, Person, Role};
use super::sessions::millis;
use crate::limits::{GUEST_WORDS_KEPT, MAX_SEAT_CODES, MAX_SEAT_CODES_PER_DOCUMENT, MAX_SEATS_PER_DOCUMENT, SEAT_LASTS};
use crate::names;

/// The tables of this module, for the database's migrations.
pub const SEATS_MIGRATION: &str = include_str!("seats.sql");

/// Eight digits, shown in two groups.
#[derive(Clone, PartialEq, Eq)]
pub struct SeatCode([u8; 8]);

impl SeatCode {
    pub fn random() -> Self {
        let mut digits = [0; 8];
        digits.fill_with(|| rand::random_range(b'0'..=b'9'));
        Self(digits)
    }

    /// What the database holds: it is looked up by that, so no comparison says how much of a guess was right.
    fn hash(&self) -> [u8; 32] {
        blake3::derive_key("jeli 2026 seat code", &self.0)
    }
}

impl fmt::Display for SeatCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, right) = self.0.split_at(4);
        [left, b" ", right].concat().iter().try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}

impl FromStr for SeatCode {
    type Err = SeatError;

    /// Spaces and dashes do not count.
    fn from_str(text: &str) -> Result<Self, SeatError> {
        let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).take(9).collect();
        let digits: [u8; 8] = digits.try_into().map_err(|_| SeatError::WrongCode)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(SeatError::WrongCode) }
    }
}

/// Somebody who has sat down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Nobody's account; names the seat.
    pub id: PersonId,
    /// The one document.
    pub document: DocumentId,
    /// As they said it.
    pub name: String,
    /// As they said it.
    pub school: String,
    pub language: Language,
    pub begun_ms: i64,
    pub ends_ms: i64,
}

impl Guest {
    /// As whom a guest writes.
    pub fn person(&self) -> Person {
        Person { id: self.id, name: self.name.clone(), login: String::new(), role: Role::Guest, language: self.language }
    }
}

/// Who wants to sit down.
pub struct NewGuest {
    pub id: PersonId,
    pub name: String,
    pub school: String,
    pub language: Language,
}

#[derive(Debug, thiserror::Error)]
pub enum SeatError {
    #[error("no meeting here has this code now")]
    WrongCode,
    #[error("there are {MAX_SEAT_CODES} codes open; they run out by themselves")]
    TooManyCodes,
    #[error("there are {MAX_SEATS_PER_DOCUMENT} guests at this meeting")]
    TooManySeats,
    #[error(transparent)]
    Account(#[from] AccountError),
}

impl From<rusqlite::Error> for SeatError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Account(error.into())
    }
}

/// Opens a code for a document and says when it ends. The document's oldest ends where there are too many.
pub fn open_code(db: &mut Connection, code: &SeatCode, document: DocumentId, now_ms: i64) -> Result<i64, SeatError> {
    let transaction = db.transaction()?;
    sweep(&transaction, now_ms)?;
    transaction.execute(
        "DELETE FROM seat_code WHERE document = ?1 AND code_hash NOT IN
         (SELECT code_hash FROM seat_code WHERE document = ?1 ORDER BY made_ms DESC LIMIT ?2)",
        params![document.0, MAX_SEAT_CODES_PER_DOCUMENT as i64 - 1],
    )?;
    if count(&transaction, "SELECT count(*) FROM seat_code", [])? >= MAX_SEAT_CODES {
        return Err(SeatError::TooManyCodes);
    }
    let ends_ms = now_ms.saturating_add(millis(SEAT_LASTS));
    // One in a hundred million is another meeting's already: this one has it then.
    transaction.execute(
        "INSERT OR REPLACE INTO seat_code (code_hash, document, made_ms, ends_ms) VALUES (?1, ?2, ?3, ?4)",
        params![code.hash(), document.0, now_ms, ends_ms],
    )?;
    transaction.commit()?;
    Ok(ends_ms)
}

/// Gives whoever has the code a seat, for as long as the code lasts.
pub fn sit_down(db: &mut Connection, code: &SeatCode, new: NewGuest, token_hash: [u8; 32], now_ms: i64) -> Result<Guest, SeatError> {
    let clean = |field: &'static str, text: &str| names::clean(text).ok_or(AccountError::Field { field });
    let (name, school) = (clean("name", &new.name)?, clean("school", &new.school)?);
    let transaction = db.transaction()?;
    let found = transaction
        .query_row("SELECT document, ends_ms FROM seat_code WHERE code_hash = ?1 AND ends_ms > ?2", params![code.hash(), now_ms], |row| {
            Ok((DocumentId(row.get(0)?), row.get(1)?))
        })
        .optional()?;
    let (document, ends_ms) = found.ok_or(SeatError::WrongCode)?;
    if count(&transaction, "SELECT count(*) FROM guest WHERE document = ?1 AND ends_ms > ?2", params![document.0, now_ms])? >= MAX_SEATS_PER_DOCUMENT
    {
        return Err(SeatError::TooManySeats);
    }
    let guest = Guest { id: new.id, document, name, school, language: new.language, begun_ms: now_ms, ends_ms };
    transaction.execute(
        "INSERT INTO guest (id, token_hash, document, name, school, language, begun_ms, ends_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![guest.id.0, token_hash, document.0, guest.name, guest.school, guest.language, guest.begun_ms, guest.ends_ms],
    )?;
    transaction.commit()?;
    Ok(guest)
}

const GUESTS: &str = "SELECT id, document, name, school, language, begun_ms, ends_ms FROM guest";

/// Whose seat this is, if it is one that has not ended.
pub fn find_guest(db: &Connection, token_hash: [u8; 32], now_ms: i64) -> Result<Option<Guest>, AccountError> {
    let mut statement = db.prepare_cached(&format!("{GUESTS} WHERE token_hash = ?1 AND ends_ms > ?2"))?;
    Ok(statement.query_row(params![token_hash, now_ms], read_guest).optional()?)
}

/// Who sits at a meeting, in the order in which they came.
pub fn seats(db: &Connection, document: DocumentId, now_ms: i64) -> Result<Vec<Guest>, AccountError> {
    let mut statement = db.prepare_cached(&format!("{GUESTS} WHERE document = ?1 AND ends_ms > ?2 ORDER BY begun_ms, id"))?;
    Ok(statement.query_map(params![document.0, now_ms], read_guest)?.collect::<Result<_, _>>()?)
}

/// Ends a seat of a meeting; how many there were of this id (none or one).
pub fn end_seat(db: &Connection, document: DocumentId, id: PersonId, now_ms: i64) -> Result<usize, AccountError> {
    Ok(db.execute("UPDATE guest SET ends_ms = ?3 WHERE id = ?1 AND document = ?2 AND ends_ms > ?3", params![id.0, document.0, now_ms])?)
}

/// Closes the codes of a meeting: whom the host sent away does not sit down again with the one that they know.
pub fn close_codes(db: &Connection, document: DocumentId) -> Result<usize, AccountError> {
    Ok(db.execute("DELETE FROM seat_code WHERE document = ?1", [document.0])?)
}

/// The language in which the page speaks to a guest.
pub fn set_guest_language(db: &Connection, id: PersonId, language: Language) -> Result<usize, AccountError> {
    Ok(db.execute("UPDATE guest SET language = ?2 WHERE id = ?1", params![id.0, language])?)
}

/// Forgets codes that have run out, and guests who left long ago with the words that were set aside for them.
fn sweep(db: &Connection, now_ms: i64) -> Result<(), SeatError> {
    db.execute("DELETE FROM seat_code WHERE ends_ms <= ?1", [now_ms])?;
    let long_ago = now_ms.saturating_sub(millis(GUEST_WORDS_KEPT));
    db.execute("DELETE FROM set_aside WHERE person IN (SELECT id FROM guest WHERE ends_ms <= ?1)", [long_ago])?;
    db.execute("DELETE FROM guest WHERE ends_ms <= ?1", [long_ago])?;
    Ok(())
}

fn count(db: &Connection, sql: &str, parameters: impl rusqlite::Params) -> Result<usize, SeatError> {
    let count: i64 = db.query_row(sql, parameters, |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

fn read_guest(row: &Row<'_>) -> rusqlite::Result<Guest> {
    Ok(Guest {
        id: PersonId(row.get(0)?),
        document: DocumentId(row.get(1)?),
        name: row.get(2)?,
        school: row.get(3)?,
        language: row.get(4)?,
        begun_ms: row.get(5)?,
        ends_ms: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::set_aside::SET_ASIDE_MIGRATION;

    const MEETING: DocumentId = DocumentId([1; 16]);
    const HOUR: i64 = 3_600_000;

    fn db() -> Connection {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(SEATS_MIGRATION).unwrap();
        db.execute_batch(SET_ASIDE_MIGRATION).unwrap();
        db
    }

    fn sit(db: &mut Connection, code: &SeatCode, number: u8, now_ms: i64) -> Result<Guest, SeatError> {
        let new = NewGuest { id: PersonId([number; 16]), name: "Айгүл".into(), school: "№5".into(), language: Language::Kazakh };
        sit_down(db, code, new, [number; 32], now_ms)
    }

    #[test]
    fn a_seat_lasts_as_long_as_its_code_and_a_code_four_hours() {
        let mut db = db();
        let code = SeatCode::random();
        let ends = open_code(&mut db, &code, MEETING, 0).unwrap();
        assert_eq!(ends, 4 * HOUR);
        let guest = sit(&mut db, &code, 1, 3 * HOUR).unwrap();
        assert_eq!((guest.document, guest.ends_ms), (MEETING, ends));
        assert_eq!(find_guest(&db, [1; 32], ends - 1).unwrap(), Some(guest));
        assert_eq!(find_guest(&db, [1; 32], ends).unwrap(), None);
        assert!(matches!(sit(&mut db, &code, 2, ends), Err(SeatError::WrongCode)));
    }

    #[test]
    fn codes_are_bounded_and_those_of_one_meeting_do_not_take_the_room_of_another() {
        let mut db = db();
        let codes: Vec<SeatCode> = (0..=MAX_SEAT_CODES_PER_DOCUMENT as i64)
            .map(|at| {
                let code = SeatCode::random();
                open_code(&mut db, &code, MEETING, at).unwrap();
                code
            })
            .collect();
        assert!(matches!(sit(&mut db, &codes[0], 1, 100), Err(SeatError::WrongCode)), "the oldest has ended");
        sit(&mut db, &codes[1], 2, 100).expect("the others are good");
        for number in 0..(MAX_SEAT_CODES - MAX_SEAT_CODES_PER_DOCUMENT) as u8 {
            open_code(&mut db, &SeatCode::random(), DocumentId([100 + number; 16]), 100).expect("another meeting has its own");
        }
        assert!(matches!(open_code(&mut db, &SeatCode::random(), DocumentId([99; 16]), 100), Err(SeatError::TooManyCodes)));
        open_code(&mut db, &SeatCode::random(), DocumentId([99; 16]), 5 * HOUR).expect("they run out by themselves");
    }

    #[test]
    fn a_code_is_typed_as_it_is_shown_and_a_name_is_a_line() {
        let code = SeatCode::random();
        assert_eq!(code.to_string().len(), 9);
        for shown in [code.to_string(), code.to_string().replace(' ', ""), code.to_string().replace(' ', "-")] {
            assert!(shown.parse::<SeatCode>().is_ok_and(|read| read == code), "{shown}");
        }
        for wrong in ["", "1234567", "123456789", "1234567a", "１２３４５６７８"] {
            assert!(wrong.parse::<SeatCode>().is_err(), "{wrong}");
        }
        let mut db = db();
        open_code(&mut db, &code, MEETING, 0).unwrap();
        let new = NewGuest { id: PersonId([1; 16]), name: "two\nlines".into(), school: "№5".into(), language: Language::Kazakh };
        assert!(matches!(sit_down(&mut db, &code, new, [1; 32], 1), Err(SeatError::Account(AccountError::Field { field: "name" }))));
    }

    #[test]
    fn a_guest_who_left_long_ago_is_forgotten_with_their_words_and_others_words_stay() {
        use crate::documents::set_aside::{self, Piece};
        let mut db = db();
        let code = SeatCode::random();
        open_code(&mut db, &code, MEETING, 0).unwrap();
        sit(&mut db, &code, 1, 0).unwrap();
        for person in [1, 9] {
            let piece = Piece { document: MEETING, person: PersonId([person; 16]), reason: "reader", words: "x".into(), changes: vec![vec![person]] };
            set_aside::put(&db, piece).unwrap();
        }
        let kept = |db: &Connection, person: u8| set_aside::list(db, PersonId([person; 16]), None).unwrap().len();
        open_code(&mut db, &SeatCode::random(), MEETING, millis(GUEST_WORDS_KEPT)).unwrap();
        assert_eq!((kept(&db, 1), kept(&db, 9)), (1, 1));
        open_code(&mut db, &SeatCode::random(), MEETING, millis(GUEST_WORDS_KEPT) + 5 * HOUR).unwrap();
        assert_eq!((kept(&db, 1), kept(&db, 9)), (0, 1));
    }
}
