//! `cargo xtask demo`: gets everything ready and hands over to the demo, which is a program of the client's package: it lives on the node's API
//! alone, and so this one here stays small and starts in a second.

use std::process::{Command, ExitCode};

use anyhow::Result;
use clap::Args;

use crate::{binaries, house, packages, process, tools};

/// Options of the demo
#[derive(Args)]
pub(crate) struct Demo {
    /// Starts anew: what was written in an earlier demo is lost
    #[arg(long)]
    fresh: bool,
    /// Needs no person: edits at every school, cuts a line, joins it, and compares all documents
    #[arg(long)]
    check: bool,
}

impl Demo {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        println!("Getting three schools ready. The first time this takes some minutes.");
        if !self.check {
            println!("[1/3] npm packages");
            tools::check_node()?;
            packages::install(packages::WEB)?;
            println!("[2/3] the page");
            packages::build_page_if_stale()?;
            println!("[3/3] the node");
        }
        let binaries = binaries::build()?;
        let mut command = Command::new(&binaries.demo);
        command.arg("--jeli").arg(&binaries.jeli).arg("--folder");
        if self.check {
            command.arg(house::target().join("demo-check")).arg("--check");
        } else {
            command.arg(house::target().join("demo"));
        }
        if self.fresh {
            command.arg("--fresh");
        }
        process::become_program(&mut command)
    }
}
