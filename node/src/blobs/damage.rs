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

/// Takes in what was set aside, if anything was. Gives the contents that are here again; what is not whole is let go of.
pub(super) async fn take_in(folder: &Path, kept: &Kept) -> Result<Option<Vec<(BlobHash, u64)>>, KeepError> {
    let aside = folder.join(ASIDE);
    let entries = match fs::read_dir(&aside) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut taken = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == CONTENT)
            && let Some(hash) = hash_named(&path)
            && is_whole(path.clone(), hash).await?
        {
            let added = kept.add_file(&path).await?;
            taken.push((added.hash, added.size));
        }
        fs::remove_file(&path)?;
    }
    fs::remove_dir(&aside)?;
    Ok(Some(taken))
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
