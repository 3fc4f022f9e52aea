//! Runs the parts, says how each went, and closes with the count.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Error;

use super::step::{Part, Step};
use super::tally::{self, Tally};
use crate::house;
use crate::process::{self, End};

/// Lines of a failed program's output that are shown; the log has all.
const SHOWN_LINES: usize = 200;

/// What has been run.
pub(super) struct Report {
    start: Instant,
    lines: Vec<String>,
    /// What failed, by the names that its runner gives.
    failures: Vec<String>,
    sum: Tally,
}

impl Default for Report {
    fn default() -> Self {
        Self { start: Instant::now(), lines: Vec::new(), failures: Vec::new(), sum: Tally::default() }
    }
}

impl Report {
    pub(super) fn begin(&self, step: Step) {
        println!("{}: {}", step.name(), step.story());
    }

    /// Runs a part.
    pub(super) fn add(&mut self, step: Step, mut part: Part) {
        let log = log_of(step, part.name);
        let start = Instant::now();
        let (failure, output) = match process::run_logged(&mut part.command, &log, part.limit) {
            Ok(End::Exited(status)) => ((!status.success()).then(|| status.to_string()), read(&log)),
            Ok(End::OutOfTime) => (Some(format!("stopped after {} minutes", part.limit.as_secs() / 60)), read(&log)),
            Err(error) => (Some(format!("{error:#}")), String::new()),
        };
        let tally = Tally::of(&output, failure.is_none());
        if let Some(failure) = &failure {
            show_end(&output);
            self.failures.extend(tally::failures(&output).into_iter().map(|name| format!("{}: {name}", step.name())));
            println!("    {} failed: {failure}; all it said is in {}", part.name, log.display());
        }
        self.note(step, part.name, tally, start.elapsed());
    }

    /// Counts a step whose programs could not be prepared.
    pub(super) fn cannot_run(&mut self, step: Step, error: &Error) {
        println!("    {error:#}");
        self.note(step, "preparation", Tally { passed: 0, failed: 1 }, Duration::ZERO);
    }

    fn note(&mut self, step: Step, part: &str, tally: Tally, took: Duration) {
        let word = if tally.failed == 0 { "ok" } else { "FAILED" };
        let line =
            format!("{:<8} {part:<16} {word:<6} {:>5} passed {:>3} failed {:>7.1} s", step.name(), tally.passed, tally.failed, took.as_secs_f64());
        println!("    {}", line.split_once(' ').map_or("", |(_, rest)| rest.trim_start()));
        self.lines.push(line);
        self.sum.add(tally);
    }

    /// Prints the summary.
    pub(super) fn close(self) -> ExitCode {
        println!("\nSummary, {:.1} min", self.start.elapsed().as_secs_f64() / 60.0);
        for line in &self.lines {
            println!("  {line}");
        }
        for failure in &self.failures {
            println!("  failed: {failure}");
        }
        println!("\n{} passed, {} failed", self.sum.passed, self.sum.failed);
        if self.sum.failed == 0 && self.sum.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn log_of(step: Step, part: &str) -> PathBuf {
    house::target().join("xtask").join(format!("{}-{}.log", step.name(), part.replace(' ', "-")))
}

fn read(log: &Path) -> String {
    String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned()
}

/// What cargo says while all is well would fill the room of what went wrong.
fn is_noise(line: &str) -> bool {
    ["Compiling ", "Checking ", "Downloading ", "Downloaded "].iter().any(|noise| line.trim_start().starts_with(noise))
}

fn show_end(output: &str) {
    let lines: Vec<&str> = output.lines().filter(|line| !is_noise(line)).collect();
    for line in &lines[lines.len().saturating_sub(SHOWN_LINES)..] {
        println!("    | {line}");
    }
}
