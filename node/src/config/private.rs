//! The data folder and what is in it are for their owner alone: keys, passwords' hashes, and everything that people wrote.

use std::io;
use std::path::Path;

#[cfg(unix)]
const FOLDER_MODE: u32 = 0o700;
#[cfg(unix)]
const FILE_MODE: u32 = 0o600;

/// Makes a folder that only its owner can look into, whatever the umask says.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.create(path)
}

/// For files that only their owner can read.
pub(super) fn file_options() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    options
}

/// Takes from others what they could read of a folder and its files, and says so in the log. A file system that knows no owners keeps its ways.
#[cfg(unix)]
pub(super) fn tighten(folder: &Path) {
    tighten_one(folder, FOLDER_MODE);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        match entry.file_type() {
            Ok(kind) if kind.is_file() => tighten_one(&entry.path(), FILE_MODE),
            // Into which others cannot look, whatever is in it.
            Ok(kind) if kind.is_dir() => tighten_one(&entry.path(), FOLDER_MODE),
            // A link leads to what is somebody else's business.
            _ => {}
        }
    }
}

#[cfg(not(unix))]
pub(super) fn tighten(_folder: &Path) {}

#[cfg(unix)]
fn tighten_one(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(found) = std::fs::metadata(path).map(|metadata| metadata.permissions().mode() & 0o777) else { return };
    if found & !mode == 0 {
        return;
    }
    match std::fs::set_permissions(path, std::fs::Permissions::from_mode(found & mode)) {
        Ok(()) => tracing::warn!(path = %path.display(), "others could read this; from now on its owner alone can"),
        Err(error) => tracing::warn!(path = %path.display(), %error, "others can read this, and that could not be changed"),
    }
}
