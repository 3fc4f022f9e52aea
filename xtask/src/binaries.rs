//! Builds our programs and says where they are.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{fuzz, house, packages, process, tools};

/// The programs that people start.
pub(crate) struct Binaries {
    /// The school node.
    pub(crate) jeli: PathBuf,
    /// The demo.
    pub(crate) demo: PathBuf,
}

/// The programs that only tests start.
pub(crate) struct TestBinaries {
    /// Those that people start, too.
    pub(crate) people: Binaries,
    /// Kills nodes and looks for what they lost.
    pub(crate) kill9: PathBuf,
    /// Leads schools over bad lines.
    pub(crate) net: PathBuf,
    /// The simulation.
    pub(crate) sim: PathBuf,
}

/// Builds what the demo needs, and no more.
pub(crate) fn build() -> Result<Binaries> {
    Binaries::from(&build_said(&["--package", "jeli-node", "--package", "jeli-client", "--bins"])?)
}

/// Builds what the tests start, together with all tests: cargo chooses the features of dependencies for all that it builds at once, and would
/// compile them anew for a part.
pub(crate) fn build_for_tests() -> Result<TestBinaries> {
    let said = build_said(&["--workspace", "--bins", "--tests"])?;
    Ok(TestBinaries {
        people: Binaries::from(&said)?,
        kill9: executable(&said, "kill9")?,
        net: executable(&said, "net")?,
        sim: executable(&said, "sim")?,
    })
}

impl Binaries {
    fn from(said: &str) -> Result<Self> {
        Ok(Self { jeli: executable(said, "jeli")?, demo: executable(said, "jeli-demo")? })
    }
}

/// Builds the benchmarks and the node that they measure, in release, and becomes the benchmarks.
pub(crate) fn run_bench(arguments: &[String]) -> Result<ExitCode> {
    let said = build_said(&["--release", "--package", "jeli-bench", "--package", "jeli-node", "--bins"])?;
    let mut command = Command::new(executable(&said, "jeli-bench")?);
    if arguments.first().is_some_and(|what| what == "floor") {
        tools::check_node()?;
        packages::install(packages::INTEROP)?;
        command.env("JELI_REPO_PEER", house::root().join(packages::INTEROP).join("peer.mjs"));
    }
    process::become_program(command.args(arguments).env("JELI", executable(&said, "jeli")?))
}

/// Builds the page and a node in release, and measures the page in a browser.
pub(crate) fn bench_page() -> Result<ExitCode> {
    tools::check_node()?;
    let chromium = tools::chromium()?;
    packages::install(packages::WEB)?;
    packages::install(packages::BENCH_PAGE)?;
    // The node carries the page that is there when it is built.
    packages::build_page_if_stale()?;
    let said = build_said(&["--release", "--package", "jeli-node", "--bins"])?;
    let mut command = Command::new("node");
    command.arg(house::root().join(packages::BENCH_PAGE).join("main.mjs"));
    process::become_program(command.env("JELI", executable(&said, "jeli")?).env("JELI_CHROMIUM", chromium))
}

/// Builds, and returns what cargo said of what it built.
fn build_said(arguments: &[&str]) -> Result<String> {
    said_by(house::cargo(), arguments)
}

/// The fuzzer with what it tries, our packages compiled with counters.
pub(crate) fn build_guided() -> Result<PathBuf> {
    let mut command = house::cargo();
    command.env("RUSTC_WORKSPACE_WRAPPER", env::current_exe().context("this program does not know where it is")?).env(fuzz::WRAPPER, "yes");
    executable(&said_by(command, &["--package", "jeli-fuzz", "--features", "guided", "--bin", "fuzz"])?, "fuzz")
}

fn said_by(mut command: Command, arguments: &[&str]) -> Result<String> {
    command.arg("build").args(arguments).arg("--message-format=json-render-diagnostics");
    // Cargo's progress is shown as it comes; what it says about files is read here.
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("jeli does not build; what the compiler said stands above");
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The program that kills nodes and looks for what they lost, with a node to kill.
pub(crate) fn kill9(times: usize, seed: u64) -> Result<Command> {
    let binaries = build_for_tests()?;
    let mut command = Command::new(&binaries.kill9);
    command.arg("--jeli").arg(&binaries.people.jeli);
    command.args(["--times", &times.to_string(), "--seed", &seed.to_string()]);
    Ok(command)
}

/// The program that leads schools over bad lines.
pub(crate) fn net(arguments: &[impl AsRef<OsStr>]) -> Result<Command> {
    let binaries = build_for_tests()?;
    let mut command = Command::new(&binaries.net);
    command.arg("--jeli").arg(&binaries.people.jeli).args(arguments);
    Ok(command)
}

fn executable(said: &str, name: &str) -> Result<PathBuf> {
    let artifacts = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    // The tests of a program are a program of the same name.
    let programs = artifacts.filter(|artifact| artifact["target"]["name"] == name && artifact["profile"]["test"] != true);
    let found = programs.into_iter().find_map(|artifact| artifact["executable"].as_str().map(PathBuf::from));
    found.with_context(|| format!("cargo built no program named {name}"))
}

/// Builds a program in a profile and becomes it.
pub(crate) fn run_measured(profile: &str, package: &str, program: &str, arguments: &[String]) -> Result<ExitCode> {
    let mut command: Command = house::cargo();
    command.args(["run", "--quiet", "--profile", profile, "--package", package, "--bin", program, "--"]).args(arguments);
    process::become_program(&mut command)
}
