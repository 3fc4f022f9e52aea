//! The steps and what each runs.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;

use crate::{binaries, house, packages, tools};

/// `cargo xtask kill9` does fifty.
const SHORT_KILLS: usize = 6;
/// `cargo xtask net --nat` tries each kind of router with each.
const SHORT_NAT: [&str; 5] = ["--nat", "--short", "--jobs", "2", "--where-possible"];
/// `cargo xtask net` leads them over all lines, and has one cut off for longer.
const SHORT_NET: [&str; 5] = ["--profile", "school-edge", "--apart", "5", "--where-possible"];
/// What the data budget counts and holds back, beside what the line has carried.
const BUDGET_NET: [&str; 2] = ["--budget", "--where-possible"];
const MINUTE: Duration = Duration::from_secs(60);

/// Something that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// The page is built, checked and tested
    Web,
    /// Formatting
    Fmt,
    /// Lints of all Rust code, warnings refused
    Clippy,
    /// All Rust tests
    Rust,
    /// A short simulation of networks
    Sim,
    /// The official automerge-repo client against a node
    Interop,
    /// A few kills of nodes under editing
    Kill9,
    /// Three schools over a bad line
    Net,
    /// Three schools, a cut line, and agreement
    Demo,
    /// The page in Chromium, at two schools
    Browser,
}

/// A program of a step; its exit code tells.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) command: Command,
    /// Several times what it takes on two cores.
    pub(super) limit: Duration,
}

impl Step {
    pub(super) const ALL: [Step; 10] =
        [Step::Web, Step::Fmt, Step::Clippy, Step::Rust, Step::Sim, Step::Interop, Step::Kill9, Step::Net, Step::Demo, Step::Browser];

    pub(super) fn name(self) -> &'static str {
        match self {
            Step::Web => "web",
            Step::Fmt => "fmt",
            Step::Clippy => "clippy",
            Step::Rust => "rust",
            Step::Sim => "sim",
            Step::Interop => "interop",
            Step::Kill9 => "kill9",
            Step::Net => "net",
            Step::Demo => "demo",
            Step::Browser => "browser",
        }
    }

    /// What it does, in a sentence.
    pub(super) fn story(self) -> &'static str {
        match self {
            Step::Web => "builds the page, checks its types, runs its unit tests",
            Step::Fmt => "the Rust code is formatted as rustfmt.toml says",
            Step::Clippy => "lints of all Rust code; a warning is a failure",
            Step::Rust => "all Rust tests, and the examples in the documentation",
            Step::Sim => "a short simulation of whole networks",
            Step::Interop => "the official automerge-repo client, in Node.js, against a node",
            Step::Kill9 => "nodes are killed while people write: nothing acknowledged is lost",
            Step::Net => {
                "three schools over one of the worst lines: they join, write, are cut apart, and agree; and behind routers, directly and through a third"
            }
            Step::Demo => "three schools: edits everywhere, a cut line, the same documents in the end",
            Step::Browser => "the page in Chromium: each journey of its people, at real nodes",
        }
    }

    /// Prepares what the step needs and names its programs.
    pub(super) fn parts(self) -> Result<Vec<Part>> {
        match self {
            Step::Web => web(),
            Step::Fmt => Ok(vec![part("format", cargo(&["fmt", "--all", "--check"]), 2)]),
            Step::Clippy => Ok(vec![part("lints", cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]), 20)]),
            Step::Rust => Ok(rust()),
            Step::Sim => {
                let sim = binaries::build_for_tests()?.sim;
                let (mut lines, mut couriers) = (Command::new(&sim), Command::new(&sim));
                lines.args(["--seeds", "40", "--steps", "400"]);
                couriers.args(["--couriers", "--schools", "16", "--seeds", "4", "--steps", "400"]);
                Ok(vec![part("simulation", lines, 15), part("couriers", couriers, 15)])
            }
            Step::Interop => interop(),
            Step::Kill9 => Ok(vec![part("kill -9", binaries::kill9(SHORT_KILLS, 1)?, 10)]),
            Step::Net => Ok(vec![
                part("school-edge", binaries::net(&SHORT_NET)?, 10),
                part("routers", binaries::net(&SHORT_NAT)?, 10),
                part("data budget", binaries::net(&BUDGET_NET)?, 10),
            ]),
            Step::Demo => demo(),
            Step::Browser => browser(),
        }
    }
}

fn part(name: &'static str, command: Command, minutes: u32) -> Part {
    Part { name, command, limit: MINUTE * minutes }
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = house::cargo();
    command.args(arguments);
    command
}

fn web() -> Result<Vec<Part>> {
    tools::check_node()?;
    packages::install(packages::WEB)?;
    let script = |name| {
        let mut command = packages::npm(packages::WEB);
        command.args(["run", name]);
        command
    };
    Ok(vec![part("build", script("build"), 5), part("types", script("check"), 5), part("unit tests", script("test"), 5)])
}

fn rust() -> Vec<Part> {
    // Nextest runs tests side by side and ends those that hang; without it, cargo's own runner tells the same.
    let tests = if tools::find("cargo-nextest").is_some() {
        cargo(&["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "slow", "--failure-output", "immediate"])
    } else {
        cargo(&["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"])
    };
    vec![part("tests", tests, 25), part("examples", cargo(&["test", "--workspace", "--doc"]), 10)]
}

fn interop() -> Result<Vec<Part>> {
    tools::check_node()?;
    packages::install(packages::INTEROP)?;
    let binaries = binaries::build_for_tests()?.people;
    Ok(vec![part("automerge-repo", node_tests(packages::INTEROP, &binaries), 10)])
}

fn demo() -> Result<Vec<Part>> {
    let binaries = binaries::build_for_tests()?.people;
    let mut command = Command::new(&binaries.demo);
    command.arg("--check").arg("--jeli").arg(&binaries.jeli).arg("--folder").arg(house::target().join("demo-check"));
    Ok(vec![part("check", command, 5)])
}

fn browser() -> Result<Vec<Part>> {
    tools::check_node()?;
    packages::install(packages::WEB)?;
    packages::build_page_if_stale()?;
    packages::install(packages::BROWSER)?;
    let chromium = tools::chromium()?;
    let binaries = binaries::build_for_tests()?.people;
    let mut command = node_tests(packages::BROWSER, &binaries);
    command.env("JELI_CHROMIUM", chromium).env("JELI_SCREENS", house::target().join("screens"));
    Ok(vec![part("Chromium", command, 30)])
}

fn node_tests(folder: &str, binaries: &binaries::Binaries) -> Command {
    let mut command = packages::npm(folder);
    command.args(["test", "--silent"]);
    set_programs(&mut command, &binaries.jeli, &binaries.demo);
    command
}

fn set_programs(command: &mut Command, jeli: &Path, demo: &Path) {
    command.env("JELI", jeli).env("JELI_DEMO", demo);
}
