//! `cargo xtask screens`: the sample screens of docs/screens, taken from the demo's schools in a browser.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::{binaries, house, packages, process, tools};

pub(crate) fn take() -> Result<ExitCode> {
    tools::check_node()?;
    packages::install(packages::WEB)?;
    packages::build_page_if_stale()?;
    packages::install(packages::BROWSER)?;
    let binaries = binaries::build()?;
    let mut command = Command::new("node");
    command.arg("screens.js").current_dir(house::root().join(packages::BROWSER));
    command.env("JELI", &binaries.jeli).env("JELI_DEMO", &binaries.demo).env("JELI_CHROMIUM", tools::chromium()?);
    command.env("JELI_SCREENS", house::root().join("docs/screens"));
    process::become_program(&mut command)
}
