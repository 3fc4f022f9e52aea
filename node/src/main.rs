//! The `jeli` program.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    jeli_node::cli::Cli::parse().execute()
}
