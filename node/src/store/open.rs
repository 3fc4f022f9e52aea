//! Opening the file: first a look that cannot write, so that a file which is not for us stays as it is.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::limits::{BUSY_TIMEOUT, CACHE_KIB, STATEMENTS, WAL_KEPT_BYTES, WAL_PAGES};
use super::migrations::{APPLICATION_ID, VERSION, migrate};
use super::{OpenError, Store, StoreFault};

/// What the look found.
enum Found {
    /// No file, or one that holds nothing yet.
    Nothing,
    /// Ours, of this schema version.
    Ours(u32),
}

impl Store {
    /// Opens the database, or makes a new one. One process at a time: the caller holds the data folder's lock.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let from = match look(path)? {
            Found::Nothing => 0,
            Found::Ours(version) => version,
        };
        make_private(path).map_err(|error| StoreFault::Io(error.to_string()))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(path, flags)?;
        prepare(&db)?;
        migrate(&mut db, from)?;
        Ok(Self { db, staged: false })
    }

    /// A setting of a database that is not to be opened yet; none where there is no database. A file that is not for us is refused as
    /// [`Store::open`] refuses it.
    pub fn look_up_setting(path: &Path, name: &str) -> Result<Option<Vec<u8>>, OpenError> {
        let (Found::Ours(1..), Some(db)) = (look(path)?, only_reading(path)?) else { return Ok(None) };
        let kept = db.query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0)).optional();
        Ok(kept.map_err(StoreFault::from)?)
    }
}

/// Makes the file where there is none, for its owner alone: SQLite would take what the umask leaves, and gives the files beside it the same.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// A connection that only reads; none where there is nothing to read. It sees what is in the write-ahead log, too, and does not move it into
/// the file when it closes.
fn only_reading(path: &Path) -> Result<Option<Connection>, OpenError> {
    match std::fs::metadata(path) {
        Ok(file) if file.len() > 0 => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreFault::Io(error.to_string()).into()),
    }
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    Ok(Some(db))
}

/// What SQLite lays beside a database when it looks into it. A file that is not for us is left as it was, without them.
struct Beside([(std::path::PathBuf, bool); 2]);

impl Beside {
    fn of(path: &Path) -> Self {
        Self(["-wal", "-shm"].map(|ending| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            let file = std::path::PathBuf::from(name);
            let there = file.exists();
            (file, there)
        }))
    }

    /// Takes away what was not there. An empty log holds nothing; the other file is an index into it.
    fn tidy(self) {
        let fresh = self.0.iter().all(|(_, there)| !there);
        let empty = std::fs::metadata(&self.0[0].0).map_or(true, |log| log.len() == 0);
        if fresh && empty {
            for (file, _) in &self.0 {
                let _ = std::fs::remove_file(file);
            }
        }
    }
}

fn look(path: &Path) -> Result<Found, OpenError> {
    let beside = Beside::of(path);
    let found = look_into(path);
    if found.is_err() {
        beside.tidy();
    }
    found
}

fn look_into(path: &Path) -> Result<Found, OpenError> {
    let Some(db) = only_reading(path)? else { return Ok(Found::Nothing) };
    let number = |pragma: &str| db.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (application as u32, u32::try_from(version)) {
        (0, Ok(0)) if tables == 0 => Ok(Found::Nothing),
        (APPLICATION_ID, Ok(version)) if version > VERSION => Err(OpenError::Newer { found: version, known: VERSION }),
        (APPLICATION_ID, Ok(version)) => Ok(Found::Ours(version)),
        _ => Err(OpenError::NotOurs),
    }
}

fn prepare(db: &Connection) -> Result<(), StoreFault> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // FULL: a commit in the write-ahead log is synced before it returns. Acknowledgements rest on it (invariant 1).
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.pragma_update(None, "cache_size", -CACHE_KIB)?;
    db.pragma_update_and_check(None, "journal_size_limit", WAL_KEPT_BYTES, |_| Ok(()))?;
    db.pragma_update_and_check(None, "wal_autocheckpoint", WAL_PAGES, |_| Ok(()))?;
    Ok(())
}
