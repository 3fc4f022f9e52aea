//! The data folder: the node's key and certificate, the control token, the database, and the lock of the one process that uses it.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jeli_protocol::certificate::NodeCertificate;
use jeli_protocol::keys::{NodeKey, SchoolKey};
use jeli_protocol::wire::{Reader, Writer};
use zeroize::Zeroizing;

use super::{CONFIG_FILE, private};
use crate::limits::MAX_NAME_CHARS;
use crate::names;

const KEY_FILE: &str = "node.key";
const CERTIFICATE_FILE: &str = "node.certificate";
const TOKEN_FILE: &str = "control.token";
const DATABASE_FILE: &str = "jeli.db";
const FILES_FOLDER: &str = "files";
const BUNDLES_FOLDER: &str = "bundles";
const DATABASE_MARK: &str = "database.made";
const LOCK_FILE: &str = "lock";
const ADDRESS_FILE: &str = "address";

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("the name of the {of} is empty, longer than {MAX_NAME_CHARS} characters, or has characters that no name has; nothing was made")]
    Name { of: &'static str },
    #[error("the data folder {folder} could not be made, read or written. Give another with --data, or the right to write there")]
    NotWritable { folder: String, source: io::Error },
    #[error("{folder} holds a node already; it was left as it is. To start it: {start}")]
    AlreadyInitialised { folder: String, start: String },
    #[error("{folder} holds no node yet. To make one: {init} --name <computer> --school <school>")]
    NotInitialised { folder: String, init: String },
    #[error("another jeli is running on {folder}. Use that one, or stop it first")]
    InUse { folder: String },
    #[error("{file} is damaged: {what}. Restore it from a backup of this computer, or make a new node with the school's recovery sheet")]
    Damaged { file: String, what: String },
    #[error(
        "the database {database} is gone, and this node had one: what it kept is not there. Put it back from a backup of this computer, or, if the disk lost it \
             for good, delete {mark} and start again: this computer then begins empty, and what it holds of networks comes back only by a new invitation"
    )]
    DatabaseGone { database: String, mark: String },
    #[error("no node seems to be running on {folder}. To start it: {start}")]
    NotRunning { folder: String, start: String },
}

/// The folder of one node.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
}

/// Held while a process uses the folder; the operating system lets go of it whatever happens to the process.
pub struct Lock {
    _file: File,
}

/// What `init` makes.
pub struct NewNode {
    pub certificate: NodeCertificate,
    /// Given out once and kept nowhere.
    pub school_secret: Zeroizing<[u8; 32]>,
}

impl DataFolder {
    /// A folder by its path; one that is not absolute is meant from the working folder as it is now.
    pub fn new(path: PathBuf) -> Self {
        // The store of files takes no other. Where the system knows no working folder, the path is as good as any.
        Self { path: std::path::absolute(&path).unwrap_or(path) }
    }

    /// `~/.local/share/jeli`, or what `XDG_DATA_HOME` says.
    pub fn default_path() -> PathBuf {
        let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        base.or_else(|| std::env::home_dir().map(|home| home.join(".local/share"))).unwrap_or_default().join("jeli")
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn config_file(&self) -> PathBuf {
        self.path.join(CONFIG_FILE)
    }

    pub fn database(&self) -> PathBuf {
        self.path.join(DATABASE_FILE)
    }

    /// Where the contents of files are.
    pub fn files(&self) -> PathBuf {
        self.path.join(FILES_FOLDER)
    }

    /// Where bundles are: made here, carried for others, waiting.
    pub fn bundles(&self) -> PathBuf {
        self.path.join(BUNDLES_FOLDER)
    }

    /// Makes a node here: of a new school, or of the school whose sheet is given.
    pub fn init(&self, node_name: &str, school_name: &str, sheet: Option<Zeroizing<[u8; 32]>>) -> Result<NewNode, FolderError> {
        if self.path.join(KEY_FILE).exists() || self.path.join(DATABASE_FILE).exists() {
            return Err(FolderError::AlreadyInitialised { folder: self.shown(), start: self.command("run") });
        }
        let school_name = names::clean(school_name).ok_or(FolderError::Name { of: "school" })?;
        let node_name = names::clean(node_name).ok_or(FolderError::Name { of: "computer" })?;
        private::make_folder(&self.path).map_err(|source| self.not_writable(source))?;
        let _lock = self.lock()?;
        let school_secret = sheet.unwrap_or_else(|| Zeroizing::new(rand::random()));
        let school = SchoolKey::from_secret(&school_secret);
        let node_secret: Zeroizing<[u8; 32]> = Zeroizing::new(rand::random());
        let node = NodeKey::from_secret(&node_secret);
        let certificate = NodeCertificate::issue(&school, &school_name, &node, &node_name);
        let mut writer = Writer::new();
        certificate.write(&mut writer);
        let token: Zeroizing<[u8; 32]> = Zeroizing::new(rand::random());
        // The key last: a folder with a key is a whole one.
        self.write_secret(TOKEN_FILE, data_encoding::HEXLOWER.encode(&*token).as_bytes())?;
        self.write_secret(CERTIFICATE_FILE, data_encoding::HEXLOWER.encode(&writer.finish()).as_bytes())?;
        self.write_secret(KEY_FILE, data_encoding::HEXLOWER.encode(&*node_secret).as_bytes())?;
        self.tighten();
        Ok(NewNode { certificate, school_secret })
    }

    /// A node that has had a database must have it still: an empty one in its place would look as if nothing had ever been written.
    pub fn require_database(&self) -> Result<(), FolderError> {
        let (mark, database) = (self.path.join(DATABASE_MARK), self.database());
        if mark.exists() && !database.exists() {
            return Err(FolderError::DatabaseGone { database: database.display().to_string(), mark: mark.display().to_string() });
        }
        Ok(())
    }

    /// From now on the node has a database.
    pub fn mark_database(&self) -> Result<(), FolderError> {
        if self.path.join(DATABASE_MARK).exists() { Ok(()) } else { self.write_secret(DATABASE_MARK, b"this node has a database") }
    }

    /// Takes from others what they can read here; a line in the log says what that was.
    pub fn tighten(&self) {
        private::tighten(&self.path);
    }

    /// Takes the folder for this process.
    pub fn lock(&self) -> Result<Lock, FolderError> {
        let file = private::file_options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.path.join(LOCK_FILE))
            .map_err(|source| self.not_writable(source))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse { folder: self.shown() }),
            Err(TryLockError::Error(source)) => Err(self.not_writable(source)),
        }
    }

    /// The node's keys.
    pub fn node_key(&self) -> Result<NodeKey, FolderError> {
        let bytes = Zeroizing::new(self.read_hex(KEY_FILE)?);
        let secret = Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| self.damaged(KEY_FILE, "it is not 32 bytes long"))?);
        Ok(NodeKey::from_secret(&secret))
    }

    /// The node's certificate, checked, and of this key.
    pub fn certificate(&self, key: &NodeKey) -> Result<NodeCertificate, FolderError> {
        let bytes = self.read_hex(CERTIFICATE_FILE)?;
        let certificate = NodeCertificate::read(&mut Reader::new(&bytes)).map_err(|fault| self.damaged(CERTIFICATE_FILE, &fault.to_string()))?;
        if certificate.node != key.id() {
            return Err(self.damaged(CERTIFICATE_FILE, "it is the certificate of another node"));
        }
        Ok(certificate)
    }

    pub fn control_token(&self) -> Result<String, FolderError> {
        self.read(TOKEN_FILE)
    }

    /// A secret that was kept under this name; none where there never was one.
    pub fn secret_text(&self, name: &str) -> Result<Option<String>, FolderError> {
        match std::fs::read_to_string(self.path.join(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.damaged(name, &error.to_string())),
        }
    }

    /// Keeps a secret under this name, readable by its owner alone.
    pub fn keep_secret_text(&self, name: &str, text: &str) -> Result<(), FolderError> {
        self.write_secret(name, text.as_bytes())
    }

    /// Where the running node serves its page.
    pub fn address(&self) -> Result<String, FolderError> {
        match std::fs::read_to_string(self.path.join(ADDRESS_FILE)) {
            Ok(address) => Ok(address.trim().to_owned()),
            Err(_) if !self.path.join(KEY_FILE).exists() => Err(FolderError::NotInitialised { folder: self.shown(), init: self.command("init") }),
            Err(_) => Err(FolderError::NotRunning { folder: self.shown(), start: self.command("run") }),
        }
    }

    pub fn write_address(&self, address: &str) -> Result<(), FolderError> {
        self.write_secret(ADDRESS_FILE, address.as_bytes())
    }

    /// The node stops; who asks hears that none is running.
    pub fn forget_address(&self) {
        let _ = std::fs::remove_file(self.path.join(ADDRESS_FILE));
    }

    /// The node must be made before anything can be done with it.
    pub fn require_node(&self) -> Result<(), FolderError> {
        // A folder that we may not look into is not one without a node.
        match self.path.join(KEY_FILE).try_exists() {
            Ok(true) => Ok(()),
            Ok(false) => Err(FolderError::NotInitialised { folder: self.shown(), init: self.command("init") }),
            Err(source) => Err(self.not_writable(source)),
        }
    }

    fn read(&self, name: &str) -> Result<String, FolderError> {
        match std::fs::read_to_string(self.path.join(name)) {
            Ok(text) => Ok(text.trim().to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(FolderError::NotInitialised { folder: self.shown(), init: self.command("init") })
            }
            Err(error) => Err(self.damaged(name, &error.to_string())),
        }
    }

    fn read_hex(&self, name: &str) -> Result<Vec<u8>, FolderError> {
        let text = Zeroizing::new(self.read(name)?);
        data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| self.damaged(name, "it is not hexadecimal"))
    }

    /// Writes a file that only its owner may read, whole or not at all, and syncs it.
    fn write_secret(&self, name: &str, content: &[u8]) -> Result<(), FolderError> {
        let (temporary, target) = (self.path.join(format!("{name}.new")), self.path.join(name));
        let mut options = private::file_options();
        options.write(true).create(true).truncate(true);
        let write = || -> io::Result<()> {
            let mut file = options.open(&temporary)?;
            file.write_all(content)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            std::fs::rename(&temporary, &target)?;
            File::open(&self.path)?.sync_all()
        };
        write().map_err(|source| self.not_writable(source))
    }

    /// How to call the program on this folder.
    pub fn command(&self, what: &str) -> String {
        if self.path == Self::default_path() { format!("jeli {what}") } else { format!("jeli {what} --data '{}'", self.path.display()) }
    }

    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    fn not_writable(&self, source: io::Error) -> FolderError {
        FolderError::NotWritable { folder: self.shown(), source }
    }

    fn damaged(&self, name: &str, what: &str) -> FolderError {
        FolderError::Damaged { file: self.path.join(name).display().to_string(), what: what.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_named_from_here_is_the_same_from_everywhere() {
        let folder = DataFolder::new(PathBuf::from("school"));
        assert!(folder.files().is_absolute() && folder.database().is_absolute());
        assert_eq!(folder.files(), std::env::current_dir().expect("a folder").join("school").join(FILES_FOLDER));
    }

    #[test]
    fn a_node_is_made_once_and_its_school_lives_on_the_sheet_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(place.path().join("node"));
        let made = folder.init("кітапхана", "№12 мектеп", None).unwrap();
        let key = folder.node_key().unwrap();
        assert_eq!(folder.certificate(&key).unwrap(), made.certificate);
        assert!(matches!(folder.init("x", "y", None), Err(FolderError::AlreadyInitialised { .. })));
        let secret = data_encoding::HEXLOWER.encode(&*made.school_secret);
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let content = std::fs::read(entry.unwrap().path()).unwrap();
            let found =
                content.windows(32).any(|window| window == made.school_secret.as_slice()) || String::from_utf8_lossy(&content).contains(&secret);
            assert!(!found, "the school's secret must not be in the folder");
        }
        let nobodys = DataFolder::new(place.path().join("nobody's"));
        assert!(matches!(nobodys.init("x", " ", None), Err(FolderError::Name { of: "school" })));
        assert!(!nobodys.path().exists(), "nothing is made for a name that is none");
        let second = DataFolder::new(place.path().join("laptop"));
        let other = second.init("ноутбук", "№12 мектеп", Some(made.school_secret)).unwrap();
        assert_eq!(other.certificate.school, made.certificate.school, "with the sheet another computer is of the same school");
    }

    #[test]
    fn a_second_process_on_the_folder_is_refused_until_the_first_lets_go() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(place.path().to_owned());
        let lock = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(FolderError::InUse { .. })));
        drop(lock);
        assert!(folder.lock().is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn secrets_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::new(place.path().to_owned());
        folder.init("a", "b", None).unwrap();
        for name in [KEY_FILE, TOKEN_FILE] {
            assert_eq!(std::fs::metadata(place.path().join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
}
