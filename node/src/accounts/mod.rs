//! The people of this school: accounts, passwords, sessions.
//!
//! The functions here take a connection and no clock: the API runs them on the database thread and says what time it is.

mod pass;
mod password;
mod people;
mod seats;
mod sessions;
mod setup;

pub use pass::{PassError, Passes};
pub use password::{PasswordError, Passwords};
pub use people::{AccountError, Language, NewPerson, Person, Role, add, add_first, count, find_login, list, remove, set_password, update, writers};
pub use seats::{
    Guest, NewGuest, SEATS_MIGRATION, SeatCode, SeatError, close_codes, end_seat, find_guest, open_code, seats, set_guest_language, sit_down,
};
pub use sessions::{SessionToken, begin, end, find as find_session};
pub use setup::{SetupCode, SetupError};

/// The tables of this module and of set-aside words, for the database's migrations.
pub const ACCOUNTS_MIGRATION: &str = include_str!("schema.sql");
