//! `cargo xtask test`: every step in order, each with its time and its log; a step that fails does not keep the others from being tried.

mod report;
mod step;
mod tally;

use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use report::Report;
pub(crate) use step::Step;

/// Shows the steps.
pub(crate) fn list() {
    for step in Step::ALL {
        println!("{:<8} {}", step.name(), step.story());
    }
}

/// Runs the named steps, or all.
pub(crate) fn run(named: &[Step]) -> Result<ExitCode> {
    process::listen_for_stop()?;
    // In their own order, whatever order they were named in: later ones use what earlier ones build.
    let wanted = Step::ALL.into_iter().filter(|step| named.is_empty() || named.contains(step));
    let mut report = Report::default();
    for step in wanted {
        report.begin(step);
        let parts = step.parts();
        match parts {
            Ok(parts) => parts.into_iter().for_each(|part| report.add(step, part)),
            Err(error) => report.cannot_run(step, &error),
        }
        process::check_stopped()?;
    }
    Ok(report.close())
}
