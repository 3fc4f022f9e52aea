//! The node's folder: its keys, its certificate, its database, and the lock that keeps a second process out.
//!
//! ```text
//! node.key        32 secret bytes in hexadecimal, mode 0600; never in a backup
//! certificate     the school's word for this node
//! control.token   for the command line on this machine, mode 0600; new at every start
//! jeli.db         everything else
//! lock            held while a node runs
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jeli_protocol::certificate::{CertificateError, NodeCertificate};
use jeli_protocol::keys::{NodeKey, SchoolKey};
use jeli_protocol::wire::{Reader, Writer};

/// Why a folder cannot be a node's home. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// It holds no node yet.
    #[error("there is no node in {0} yet; make one with `jeli init`")]
    Empty(PathBuf),
    /// It holds one already.
    #[error("there is a node in {0} already; choose another folder with --data, or run that node with `jeli run`")]
    Taken(PathBuf),
    /// Another process has it.
    #[error("a node is running on {0} already; stop it first, or use it through the commands and the page")]
    Running(PathBuf),
    /// It cannot be written.
    #[error("{folder} cannot be used: {source}; check who owns the folder and whether the disk has room, or choose another with --data")]
    Io {
        /// The file or folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file in it is damaged.
    #[error("{0} is damaged; restore it from where it was copied, or take this machine in as a new node with the school's sheet")]
    Damaged(PathBuf),
}

/// A node's folder, locked for this process.
pub struct Home {
    folder: PathBuf,
    _lock: File,
}

impl Home {
    /// Makes a node in a folder that holds none: fresh node keys, and a certificate by the school's key, which is not kept.
    pub fn init(folder: &Path, school: &SchoolKey, school_name: &str, node_name: &str) -> Result<(), HomeError> {
        let io = |source| HomeError::Io { folder: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(io)?;
        let home = Self::lock(folder)?;
        if home.key_file().exists() || home.database().exists() {
            return Err(HomeError::Taken(folder.to_owned()));
        }
        let key = NodeKey::from_secret(&rand::random());
        let certificate = NodeCertificate::issue(school, school_name, &key, node_name);
        let mut writer = Writer::new();
        certificate.write(&mut writer);
        write_new(&home.folder.join("certificate"), &writer.finish()).map_err(io)?;
        // Last: a folder with a key is a whole node.
        write_new(&home.key_file(), data_encoding::HEXLOWER.encode(&*key.secret()).as_bytes()).map_err(io)
    }

    /// Opens a node's folder for running.
    pub fn open(folder: &Path) -> Result<Self, HomeError> {
        if !folder.join("node.key").exists() {
            return Err(HomeError::Empty(folder.to_owned()));
        }
        Self::lock(folder)
    }

    fn lock(folder: &Path) -> Result<Self, HomeError> {
        let path = folder.join("lock");
        let io = |source| HomeError::Io { folder: path.clone(), source };
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(HomeError::Running(folder.to_owned())),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    fn key_file(&self) -> PathBuf {
        self.folder.join("node.key")
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.folder.join("jeli.db")
    }

    /// The node's keys.
    pub fn key(&self) -> Result<NodeKey, HomeError> {
        let path = self.key_file();
        let text = fs::read_to_string(&path).map_err(|source| HomeError::Io { folder: path.clone(), source })?;
        let secret = data_encoding::HEXLOWER.decode(text.trim().as_bytes()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        secret.map(|secret| NodeKey::from_secret(&secret)).ok_or(HomeError::Damaged(path))
    }

    /// The school's word for this node.
    pub fn certificate(&self) -> Result<NodeCertificate, HomeError> {
        let path = self.folder.join("certificate");
        let bytes = fs::read(&path).map_err(|source| HomeError::Io { folder: path.clone(), source })?;
        let mut reader = Reader::new(&bytes);
        let read = NodeCertificate::read(&mut reader).and_then(|certificate| reader.end().map(|()| certificate).map_err(CertificateError::from));
        read.map_err(|_| HomeError::Damaged(path))
    }

    /// A new token for the command line, written where only this user can read it.
    pub fn new_control_token(&self) -> Result<String, HomeError> {
        let token = data_encoding::HEXLOWER.encode(&rand::random::<[u8; 32]>());
        let path = control_token_file(&self.folder);
        let io = |source| HomeError::Io { folder: path.clone(), source };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
        write_new(&path, token.as_bytes()).map_err(io)?;
        Ok(token)
    }

    /// Writes where the running node is reached, for the command line on this machine.
    pub fn write_address(&self, address: &str) -> Result<(), HomeError> {
        let path = address_file(&self.folder);
        fs::write(&path, address).map_err(|source| HomeError::Io { folder: path, source })
    }
}

/// Where a folder's control token is.
pub fn control_token_file(folder: &Path) -> PathBuf {
    folder.join("control.token")
}

/// Where a running node says how it is reached: one URL.
pub fn address_file(folder: &Path) -> PathBuf {
    folder.join("address")
}

/// Writes a file that must not be there yet, readable by this user alone, and on the disk when this returns.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_becomes_a_node_once_and_runs_once() {
        let folder = tempfile::tempdir().unwrap();
        let school = SchoolKey::from_secret(&[1; 32]);
        assert!(matches!(Home::open(folder.path()), Err(HomeError::Empty(_))));
        Home::init(folder.path(), &school, "«Бірлік» мектебі", "кеңсе").unwrap();
        assert!(matches!(Home::init(folder.path(), &school, "«Бірлік» мектебі", "кеңсе"), Err(HomeError::Taken(_))));
        let home = Home::open(folder.path()).unwrap();
        assert_eq!(home.certificate().unwrap().node, home.key().unwrap().id());
        assert!(matches!(Home::open(folder.path()), Err(HomeError::Running(_))), "a second process must be kept out");
        drop(home);
        assert!(Home::open(folder.path()).is_ok(), "once the first is gone the next may run");
    }

    #[test]
    fn a_damaged_key_is_told_as_such() {
        let folder = tempfile::tempdir().unwrap();
        Home::init(folder.path(), &SchoolKey::from_secret(&[1; 32]), "a", "b").unwrap();
        fs::write(folder.path().join("node.key"), "half").unwrap();
        assert!(matches!(Home::open(folder.path()).unwrap().key(), Err(HomeError::Damaged(_))));
    }
}
