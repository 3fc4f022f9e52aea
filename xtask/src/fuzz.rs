//! `cargo xtask fuzz`: tries what reads hostile files for as long as it is told to. `cargo xtask test` does the same for a moment, from fixed seeds.
//!
//! The node's readers are guided by libFuzzer: the compiler counts which branches an input runs through, and inputs that find new ones are changed further. That
//! needs no nightly compiler and no tool, only a compiler of C++. The counters are compiled into our own packages alone, so that few dependencies are
//! built a second time: cargo calls this very program in the place of rustc for the packages of the repository.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::{binaries, house, packages, process, tools};

/// Set where this program stands in for rustc.
pub(crate) const WRAPPER: &str = "JELI_XTASK_COMPILES";

/// What libFuzzer needs in the code that it guides itself by.
const COUNTERS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

/// One input takes no longer, and the program no more memory.
const LIMITS: [&str; 3] = ["-timeout=10", "-rss_limit_mb=1024", "-max_len=70000"];

#[derive(Args)]
pub(crate) struct Fuzz {
    /// What to try; without it, all in turn
    target: Option<Target>,
    /// For how long each is tried
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Where chance begins
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// The node's, by the names that `jeli_node::fuzzing` gives them, and the page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// What a content is
    Media,
    /// The name to save a file under
    Name,
    /// The part of a file that a browser asks for
    Range,
    /// What stands beside an upload
    Upload,
    /// Another school's computer that asks for a file
    Asker,
    /// One that gives a file
    Provider,
    /// What documents say of files
    References,
    /// The page's readers of images and names
    Page,
}

impl Fuzz {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        process::listen_for_stop()?;
        let targets: Vec<Target> = self.target.map_or_else(|| Target::value_variants().to_vec(), |target| vec![target]);
        for target in targets {
            if target == Target::Page { self.try_page()? } else { self.guide(target)? }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn guide(&self, target: Target) -> Result<()> {
        let program = binaries::build_guided()?;
        let name = format!("{target:?}").to_lowercase();
        let folder = house::target().join("fuzz").join(&name);
        let found = folder.join("found");
        fs::create_dir_all(&found).with_context(|| format!("cannot make the folder {}", found.display()))?;
        println!("{name}: {} s; what breaks it is kept in {}", self.seconds, folder.display());
        let mut command = Command::new(program);
        command.env("JELI_FUZZ_TARGET", &name).env("JELI_FUZZ_SEEDS", &found);
        command.arg(&found).arg(house::root().join("tests/hostile/files"));
        command.arg(format!("-max_total_time={}", self.seconds)).arg(format!("-seed={}", self.seed)).arg("-print_final_stats=1");
        command.arg(format!("-artifact_prefix={}/", folder.display())).args(LIMITS);
        process::run_shown(&mut command, self.limit())
    }

    fn try_page(&self) -> Result<()> {
        tools::check_node()?;
        packages::install(packages::WEB)?;
        let mut command = packages::npm(packages::WEB);
        command.args(["exec", "--", "vitest", "run", "tests/hostilefuzz.test.ts"]);
        // Bytes for one half, names for the other.
        command.env("JELI_FUZZ_SECONDS", self.seconds.div_ceil(2).to_string()).env("JELI_FUZZ_SEED", self.seed.to_string());
        process::run_shown(&mut command, self.limit())
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(u64::from(self.seconds) + 300)
    }
}

/// Compiles a package of ours as cargo asks, with counters.
pub(crate) fn compile() -> Result<ExitCode> {
    let mut words = env::args_os().skip(1);
    let Some(compiler) = words.next() else { bail!("cargo names no compiler") };
    let words: Vec<OsString> = words.collect();
    let mut command = Command::new(compiler);
    command.args(&words);
    // What runs during the build has no fuzzer to count for.
    let is_script = words.windows(2).any(|pair| pair[0] == "--crate-name" && pair[1] == "build_script_build");
    if !is_script {
        command.args(COUNTERS);
    }
    process::become_program(&mut command)
}
