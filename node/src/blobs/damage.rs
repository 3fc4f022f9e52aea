//! A store whose own database is damaged: that is set aside, and the contents that lie beside it are taken in anew, each checked against its hash. Small
//! contents lay in the database itself; they are fetched again from other schools.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jeli_protocol::ids::BlobHash;

use super::keep::{KeepError, Kept};

/// Where what is to be taken in anew waits, in the folder of files. While it is there, that is not done.
const ASIDE: &str = "damaged";
/// The database that was set aside, for whoever wants to look into it.
const OLD_DATABASE: &str = "blobs.db.damaged";
/// How a file of contents is called after its hash.
const CONTENT: &str = "data";

/// Whether a new database would help. The store gives its database's words on.
pub(super) fn is_damage(error: &KeepError) -> bool {
    let said = error.to_string();
    ["DB corrupted", "Not a redb database"].iter().any(|mark| said.contains(mark))
}

/// Sets the database and all contents aside. Broken off, it goes on at the next start: the database goes last.
pub(super) fn set_aside(folder: &Path, contents: &Path, database: &Path) -> io::Result<()> {
    let aside = folder.join(ASIDE);
    fs::create_dir_all(&aside)?;
    match fs::read_dir(contents) {
        Ok(entries) => {
            for entry in entries {
                let entry = entry?;
                fs::rename(entry.path(), aside.join(entry.file_name()))?;
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    fs::rename(database, folder.join(OLD_DATABASE))
}

/// Whether something is set aside that is not taken in yet.
pub(super) fn is_aside(folder: &Path) -> bool {
    folder.join(ASIDE).exists()
}

/// What was taken in of what had been set aside.
pub(super) struct TakenIn {
    /// Those that are here again, and their bytes.
    pub(super) contents: Vec<(BlobHash, u64)>,
    /// Those that could not be read, or had no room; they lie where they lay.
    pub(super) left: Vec<PathBuf>,
}

/// Takes in what was set aside, if anything was; what is not whole is let go of.
pub(super) async fn take_in(folder: &Path, kept: &Kept) -> Result<Option<TakenIn>, KeepError> {
    let aside = folder.join(ASIDE);
    let entries = match fs::read_dir(&aside) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut taken = TakenIn { contents: Vec::new(), left: Vec::new() };
    for entry in entries {
        let path = entry?.path();
        match take_one_in(&path, kept).await {
            Ok(Some(content)) => taken.contents.push(content),
            Ok(None) => {}
            // A bad sector of one costs the others nothing.
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "a file of the damaged store could not be taken in");
                taken.left.push(path);
                continue;
            }
        }
        fs::remove_file(&path)?;
    }
    if taken.left.is_empty() {
        fs::remove_dir(&aside)?;
    }
    Ok(Some(taken))
}

impl TakenIn {
    /// The contents that still wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = BlobHash> + '_ {
        self.left.iter().filter_map(|path| hash_named(path))
    }
}

async fn take_one_in(path: &Path, kept: &Kept) -> Result<Option<(BlobHash, u64)>, KeepError> {
    let is_content = path.extension().is_some_and(|extension| extension == CONTENT);
    let Some(hash) = hash_named(path).filter(|_| is_content) else { return Ok(None) };
    if !is_whole(path.to_owned(), hash).await? {
        return Ok(None);
    }
    let added = kept.add_file(path).await?;
    Ok(Some((added.hash, added.size)))
}

fn hash_named(path: &Path) -> Option<BlobHash> {
    path.file_stem()?.to_str()?.parse().ok()
}

async fn is_whole(path: PathBuf, hash: BlobHash) -> Result<bool, KeepError> {
    let hashed = tokio::task::spawn_blocking(move || {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(fs::File::open(path)?)?;
        Ok::<_, io::Error>(BlobHash(*hasher.finalize().as_bytes()) == hash)
    });
    Ok(hashed.await.map_err(KeepError::of)??)
}
