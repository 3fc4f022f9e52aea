//! Accounts.

use std::fmt;
use std::str::FromStr;

use jeli_protocol::ids::PersonId;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::limits::{MAX_LOGIN_CHARS, MAX_PEOPLE};
use crate::names;

/// What a person may do at this school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Director,
    Deputy,
    Teacher,
    Reader,
    /// Somebody of another school at one meeting: no account has it.
    Guest,
}

impl Role {
    /// Those that an account can have.
    pub const ALL: [Self; 4] = [Self::Director, Self::Deputy, Self::Teacher, Self::Reader];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Director => "director",
            Self::Deputy => "deputy",
            Self::Teacher => "teacher",
            Self::Reader => "reader",
            Self::Guest => "guest",
        }
    }

    pub fn may_write(self) -> bool {
        self != Self::Reader
    }
}

/// The language in which the page speaks to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Kazakh,
    Russian,
    English,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::Kazakh, Self::Russian, Self::English];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kazakh => "kk",
            Self::Russian => "ru",
            Self::English => "en",
        }
    }
}

macro_rules! stored_as_text {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl FromStr for $name {
            type Err = AccountError;
            fn from_str(text: &str) -> Result<Self, AccountError> {
                Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(AccountError::Field { field: stringify!($name) })
            }
        }
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_str()?.parse().map_err(|_| FromSqlError::InvalidType)
            }
        }
    };
}
stored_as_text!(Role);
stored_as_text!(Language);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub login: String,
    pub role: Role,
    pub language: Language,
}

/// An account to be made; the password is hashed already.
pub struct NewPerson {
    pub id: PersonId,
    pub name: String,
    pub login: String,
    pub role: Role,
    pub language: Language,
    pub password_hash: String,
}

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("this login is taken")]
    LoginTaken,
    #[error("the person of this pass has an account here already, with the login {login}")]
    PersonHere { login: String },
    #[error("there is an account already; sign in instead")]
    NotFirst,
    #[error("somebody must be able to speak for the school; make an account for the new director first")]
    LastDirector,
    #[error("a school has at most {MAX_PEOPLE} accounts here")]
    TooMany,
    #[error("the field {field} is empty, too long, or not one of those allowed")]
    Field { field: &'static str },
    #[error("the database could not keep the account: {0}")]
    Db(#[from] rusqlite::Error),
}

/// A display name without surrounding space, or why it is none.
pub(super) fn clean_name(name: &str) -> Result<String, AccountError> {
    names::clean(name).ok_or(AccountError::Field { field: "name" })
}

/// A login as it is stored: lower case, so that a phone's capital letter is no obstacle.
pub(super) fn clean_login(login: &str) -> Result<String, AccountError> {
    names::clean_within(login, MAX_LOGIN_CHARS)
        .map(|login| login.to_lowercase())
        .filter(|login| !login.chars().any(char::is_whitespace))
        .ok_or(AccountError::Field { field: "login" })
}

/// Makes the first account, and only the first.
pub fn add_first(db: &mut Connection, person: NewPerson, now_ms: i64) -> Result<Person, AccountError> {
    let transaction = db.transaction()?;
    if count(&transaction)? > 0 {
        return Err(AccountError::NotFirst);
    }
    let person = insert(&transaction, person, now_ms)?;
    transaction.commit()?;
    Ok(person)
}

pub fn add(db: &mut Connection, person: NewPerson, now_ms: i64) -> Result<Person, AccountError> {
    let transaction = db.transaction()?;
    if count(&transaction)? >= MAX_PEOPLE {
        return Err(AccountError::TooMany);
    }
    let person = insert(&transaction, person, now_ms)?;
    transaction.commit()?;
    Ok(person)
}

fn insert(db: &Connection, new: NewPerson, now_ms: i64) -> Result<Person, AccountError> {
    let here = db.query_row("SELECT login FROM person WHERE id = ?1", [new.id.0], |row| row.get(0)).optional()?;
    if let Some(login) = here {
        return Err(AccountError::PersonHere { login });
    }
    let person = Person { id: new.id, name: clean_name(&new.name)?, login: clean_login(&new.login)?, role: new.role, language: new.language };
    let added = db.execute(
        "INSERT INTO person (id, login, name, role, language, password, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (login) DO NOTHING",
        params![person.id.0, person.login, person.name, person.role, person.language, new.password_hash, now_ms],
    )?;
    if added == 0 { Err(AccountError::LoginTaken) } else { Ok(person) }
}

pub fn count(db: &Connection) -> Result<usize, AccountError> {
    Ok(db.query_row("SELECT count(*) FROM person", [], |row| row.get::<_, i64>(0)).map(|count| usize::try_from(count).unwrap_or(0))?)
}

pub fn list(db: &Connection) -> Result<Vec<Person>, AccountError> {
    let mut statement = db.prepare_cached("SELECT id, name, login, role, language FROM person ORDER BY name, login")?;
    let people = statement.query_map([], read_person)?.collect::<Result<_, _>>()?;
    Ok(people)
}

/// Those who may be made responsible for something: whoever may write.
pub fn writers(db: &Connection) -> Result<Vec<Person>, AccountError> {
    Ok(list(db)?.into_iter().filter(|person| person.role.may_write()).collect())
}

/// The account with this login, and its password's hash.
pub fn find_login(db: &Connection, login: &str) -> Result<Option<(Person, String)>, AccountError> {
    let Ok(login) = clean_login(login) else { return Ok(None) };
    Ok(db
        .prepare_cached("SELECT id, name, login, role, language, password FROM person WHERE login = ?1")?
        .query_row([login], |row| Ok((read_person(row)?, row.get(5)?)))
        .optional()?)
}

/// Changes what a person may change of themselves.
pub fn update(db: &Connection, id: PersonId, name: Option<&str>, language: Option<Language>) -> Result<Option<Person>, AccountError> {
    let name = name.map(clean_name).transpose()?;
    Ok(db
        .query_row(
            "UPDATE person SET name = coalesce(?2, name), language = coalesce(?3, language) WHERE id = ?1
             RETURNING id, name, login, role, language",
            params![id.0, name, language],
            read_person,
        )
        .optional()?)
}

/// Gives an account another password. Its sessions end, but for `kept`: whoever knew the old one is out. None: there is no such account.
pub fn set_password(db: &mut Connection, id: PersonId, password_hash: &str, kept: Option<[u8; 32]>) -> Result<Option<Person>, AccountError> {
    let transaction = db.transaction()?;
    let person = transaction
        .query_row(
            "UPDATE person SET password = ?2 WHERE id = ?1 RETURNING id, name, login, role, language",
            params![id.0, password_hash],
            read_person,
        )
        .optional()?;
    transaction.execute("DELETE FROM session WHERE person = ?1 AND token_hash IS NOT ?2", params![id.0, kept])?;
    transaction.commit()?;
    Ok(person)
}

/// Takes an account away with its sessions; whether there was one. What its person wrote stays where it is, and what is for them alone is then
/// for nobody: the id is never given again.
pub fn remove(db: &mut Connection, id: PersonId) -> Result<bool, AccountError> {
    let transaction = db.transaction()?;
    let removed = transaction.execute("DELETE FROM person WHERE id = ?1", [id.0])? > 0;
    if removed && !transaction.query_row("SELECT EXISTS (SELECT 1 FROM person WHERE role = 'director')", [], |row| row.get(0))? {
        return Err(AccountError::LastDirector);
    }
    transaction.commit()?;
    Ok(removed)
}

pub(super) fn read_person(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person { id: PersonId(row.get(0)?), name: row.get(1)?, login: row.get(2)?, role: row.get(3)?, language: row.get(4)? })
}
