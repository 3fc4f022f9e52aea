//! npm packages and the build of the page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use crate::{house, process};

/// The page.
pub(crate) const WEB: &str = "client/web";
/// The page in a browser.
pub(crate) const BROWSER: &str = "tests/browser";
/// The page measured.
pub(crate) const BENCH_PAGE: &str = "bench/page";
/// The official automerge-repo client.
pub(crate) const INTEROP: &str = "tests/interop";

/// Some hundred packages over a slow line.
const INSTALL_LIMIT: Duration = Duration::from_secs(10 * 60);
/// The build takes half a minute; a machine under load takes several.
const BUILD_LIMIT: Duration = Duration::from_secs(5 * 60);
/// A copy of the lock file whose packages are installed.
const INSTALLED: &str = "node_modules/.installed-lock.json";
/// What the page is made of, from its folder.
const SOURCES: [&str; 8] = ["src", "public", "scripts", "index.html", "package.json", "package-lock.json", "vite.config.ts", "../locales"];

/// npm in one of our folders.
pub(crate) fn npm(folder: &str) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(house::root().join(folder));
    command
}

/// Installs a folder's packages as its lock file has them; where they are, nothing is done.
pub(crate) fn install(folder: &str) -> Result<()> {
    let path = house::root().join(folder);
    let lock = fs::read(path.join("package-lock.json")).with_context(|| format!("{folder}/package-lock.json cannot be read"))?;
    if fs::read(path.join(INSTALLED)).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("    npm packages of {folder}");
    process::run_shown(npm(folder).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]), INSTALL_LIMIT)?;
    fs::write(path.join(INSTALLED), lock).with_context(|| format!("cannot write into {folder}/node_modules"))
}

/// Builds the page where a source is newer than the last build.
pub(crate) fn build_page_if_stale() -> Result<()> {
    let folder = house::root().join(WEB);
    let built = fs::metadata(folder.join("dist/index.html")).and_then(|entry| entry.modified()).ok();
    let newest = newest(SOURCES.iter().map(|source| folder.join(source)).collect())?;
    if built.is_some_and(|built| built > newest) {
        return Ok(());
    }
    println!("    the page, from {WEB}");
    process::run_shown(npm(WEB).args(["run", "--silent", "build"]), BUILD_LIMIT)
}

fn newest(mut waiting: Vec<PathBuf>) -> Result<SystemTime> {
    let mut newest = SystemTime::UNIX_EPOCH;
    while let Some(path) = waiting.pop() {
        let read = |path: &Path| path.metadata().and_then(|entry| Ok((entry.is_dir(), entry.modified()?)));
        let (is_folder, modified) = read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        newest = newest.max(modified);
        if is_folder {
            for entry in fs::read_dir(&path)? {
                waiting.push(entry?.path());
            }
        }
    }
    Ok(newest)
}
