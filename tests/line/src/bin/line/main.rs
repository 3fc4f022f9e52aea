//! `line`: a network with bad lines by hand, and the proof that the lines are as bad as they say.

mod check;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use jeli_line::{Access, Net, Profiles};

/// Bad lines between nodes, each in a network namespace of its own
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measures the lines themselves, one JSON object a line; fails where they are not as they should be
    Check {
        /// Only cases with this in their name
        #[arg(long, default_value = "")]
        only: String,
    },
    /// Makes a network and runs a program beside it, which finds the namespaces in LINE_NODES: `ip netns exec NAME ...`
    Run {
        /// How many nodes
        #[arg(long, default_value_t = 3)]
        nodes: usize,
        /// Their lines; without, lines that cost no time and lose nothing
        #[arg(long)]
        profile: Option<String>,
        /// A file with profiles; without, our own list
        #[arg(long)]
        profiles: Option<PathBuf>,
        /// What decides which packets are lost
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The program and its arguments
        #[arg(required = true, last = true)]
        command: Vec<String>,
    },
}

fn main() -> Result<ExitCode> {
    match Arguments::parse().task {
        Task::Check { only } => check::check(&only),
        Task::Run { nodes, profile, profiles, seed, command } => {
            let access = access(profile.as_deref(), profiles)?;
            run(&Net::new(seed, &vec![access; nodes])?, &command)
        }
    }
}

fn access(profile: Option<&str>, profiles: Option<PathBuf>) -> Result<Access> {
    let Some(name) = profile else { return Ok(Access::IDEAL) };
    let profiles = profiles.map_or_else(Profiles::ours, |path| Profiles::read(&path))?;
    Ok(profiles.get(name)?.access())
}

fn run(net: &Net, command: &[String]) -> Result<ExitCode> {
    let (program, arguments) = command.split_first().context("say what is to be run")?;
    let names: Vec<&str> = net.nodes().iter().map(jeli_line::Node::namespace).collect();
    let status =
        Command::new(program).args(arguments).env("LINE_NODES", names.join(" ")).status().with_context(|| format!("{program} cannot be started"))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
