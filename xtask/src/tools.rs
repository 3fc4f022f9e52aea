//! Programs that must be on the machine: found, fetched where we may, or asked for in a sentence.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{house, process};

/// What the page's tools run on: 20.19 and later of that line, or 22.12 and later.
const NODE_LINES: [(u32, u32); 2] = [(20, 19), (22, 12)];
/// Refreshing the list of packages, or fetching a browser of 150 MB, on a slow line.
const APT_LIMIT: Duration = Duration::from_secs(10 * 60);
/// Where a person may name another Chromium.
const CHROMIUM_VARIABLE: &str = "JELI_CHROMIUM";
const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Makes sure that Node.js and npm are there and new enough.
pub(crate) fn check_node() -> Result<()> {
    const HOW: &str = "install Node.js 22 (https://nodejs.org, or your system's package `nodejs`) and run this again";
    let version = process::answer(Command::new("node").arg("--version"))?.with_context(|| format!("Node.js is not there: {HOW}"))?;
    let enough = version_of(&version).is_some_and(node_suffices);
    if !enough {
        bail!("Node.js is {version}, the page's tools need 20.19 or 22.12 and later: {HOW}");
    }
    process::answer(Command::new("npm").arg("--version"))?.with_context(|| format!("npm is not there: {HOW}"))?;
    Ok(())
}

fn version_of(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn node_suffices((major, minor): (u32, u32)) -> bool {
    let newest_line = NODE_LINES.iter().map(|line| line.0).max().unwrap_or_default();
    major > newest_line || NODE_LINES.iter().any(|line| line.0 == major && minor >= line.1)
}

/// The browser to test the page in; fetched with the system's packages where it is missing and we may.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(named) = env::var_os(CHROMIUM_VARIABLE) {
        let path = PathBuf::from(named);
        return if path.is_file() { Ok(path) } else { bail!("{CHROMIUM_VARIABLE} names {}, which is not there", path.display()) };
    }
    if let Some(path) = find_chromium() {
        return Ok(path);
    }
    let how = format!("install it (Debian: `apt-get install chromium`) or name one in {CHROMIUM_VARIABLE}, and run this again");
    if find("apt-get").is_none() {
        bail!("Chromium is not there: {how}");
    }
    if process::answer(Command::new("id").arg("-u"))?.as_deref() != Some("0") {
        bail!("Chromium is not there, and only root may install it: {how}");
    }
    println!("    Chromium is not there; installing it with apt-get");
    process::run_shown(Command::new("apt-get").args(["-qq", "update"]), APT_LIMIT)?;
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive").args(["-qq", "install", "-y", "--no-install-recommends", "chromium"]);
    process::run_shown(&mut install, APT_LIMIT)?;
    find_chromium().with_context(|| format!("apt-get brought no Chromium: {how}"))
}

fn find_chromium() -> Option<PathBuf> {
    CHROMIUM_NAMES.iter().find_map(|name| find(name))
}

/// Where a program is that can be called by its name.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|path: &PathBuf| Path::is_file(path))
}

/// Licences and advisories, by `deny.toml`.
pub(crate) fn deny() -> Result<ExitCode> {
    if find("cargo-deny").is_none() {
        bail!("cargo-deny is not there: `cargo install --locked cargo-deny`, and run this again");
    }
    process::become_program(house::cargo().args(["deny", "check"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_the_tools_run_on_is_taken_and_one_before_it_is_not() {
        for said in ["v20.19.0", "v20.20.2", "v22.12.0", "v23.0.0", "v24.1.0"] {
            assert!(version_of(said).is_some_and(node_suffices), "{said} suffices");
        }
        for said in ["v18.20.4", "v20.18.3", "v21.7.0", "v22.11.0", "not a version"] {
            assert!(!version_of(said).is_some_and(node_suffices), "{said} does not suffice");
        }
    }
}
