//! The commands of this repository: `cargo xtask help`.

mod binaries;
mod demo;
mod fuzz;
mod house;
mod packages;
mod process;
mod screens;
mod test;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The commands of this repository")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Runs everything that must hold, or the steps that are named, and says how many checks passed
    Test {
        /// Steps to run; without any, all that `cargo xtask test --list` shows
        steps: Vec<test::Step>,
        /// Shows the steps and what each does
        #[arg(long)]
        list: bool,
    },
    /// Runs three schools on this machine, joined, with sample documents
    Demo(demo::Demo),
    /// Measures one thing in a release build, one JSON object a line (`cargo xtask bench help`; `bench page` measures the page in a browser)
    Bench {
        /// What to measure, and its options
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        arguments: Vec<String>,
    },
    /// Simulates whole networks, fast and with every assertion on: `cargo xtask sim --seeds 200`
    Sim {
        /// Options of the simulation
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Kills nodes of three schools again and again while people write, and looks for what was lost
    Kill9 {
        /// How many kills
        #[arg(long, default_value_t = 50)]
        times: usize,
        /// What the choice of nodes and moments comes from
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Leads three schools over the lines of links.json, each in a network namespace of its own: `cargo xtask net --profile school-floor --runs 10`
    Net {
        /// Options of the journey
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Tries what reads hostile files, guided by what it runs through: `cargo xtask fuzz provider --seconds 600`
    Fuzz(fuzz::Fuzz),
    /// Takes the sample screens in docs/screens anew, in each language
    Screens,
    /// Looks at licences and advisories of all dependencies
    Deny,
}

fn main() -> ExitCode {
    let done = if std::env::var_os(fuzz::WRAPPER).is_some() { fuzz::compile() } else { run() };
    done.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}

fn run() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command {
        Task::Test { list: true, .. } => {
            test::list();
            Ok(ExitCode::SUCCESS)
        }
        Task::Test { steps, list: false } => test::run(&steps),
        Task::Demo(demo) => demo.run(),
        Task::Bench { arguments } if arguments.first().is_some_and(|what| what == "page") => binaries::bench_page(),
        Task::Bench { arguments } => binaries::run_bench(&arguments),
        Task::Sim { arguments } => binaries::run_measured("sim", "jeli-sim", "sim", &arguments),
        Task::Kill9 { times, seed } => binaries::kill9(times, seed).and_then(|mut command| process::become_program(&mut command)),
        Task::Net { arguments } => binaries::net(&arguments).and_then(|mut command| process::become_program(&mut command)),
        Task::Fuzz(fuzz) => fuzz.run(),
        Task::Screens => screens::take(),
        Task::Deny => tools::deny(),
    }
}
