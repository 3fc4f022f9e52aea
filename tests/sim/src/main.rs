//! `sim`: many seeds, a line of figures, and the trace of the first that fails.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;
use jeli_sim::{Scenario, SimFailure, SimReport, run};
use serde_json::json;

/// Simulates whole networks from seeds and checks every invariant.
#[derive(Parser)]
struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 200)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Steps of each run.
    #[arg(long, default_value_t = 2_000)]
    steps: usize,
    /// Schools of each run.
    #[arg(long, default_value_t = 8)]
    schools: usize,
    /// Half of the schools never have a line, and couriers go between all.
    #[arg(long)]
    couriers: bool,
    /// Runs at a time.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn main() {
    let arguments = Arguments::parse();
    let scenario = if arguments.couriers { Scenario::Couriers } else { Scenario::Lines };
    let started = Instant::now();
    let next = AtomicU64::new(arguments.from);
    let end = arguments.from + arguments.seeds;
    let reports: Mutex<Vec<SimReport>> = Mutex::default();
    let failures: Mutex<Vec<SimFailure>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads.max(1) {
            scope.spawn(|| {
                while failures.lock().is_ok_and(|failures| failures.is_empty()) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    match run(scenario, seed, arguments.schools, arguments.steps) {
                        Ok(report) => _ = reports.lock().map(|mut reports| reports.push(report)),
                        Err(failure) => _ = failures.lock().map(|mut failures| failures.push(failure)),
                    }
                }
            });
        }
    });
    let reports = reports.into_inner().unwrap_or_default();
    let sum = |of: fn(&SimReport) -> u64| reports.iter().map(of).sum::<u64>();
    let figures = [
        ("seeds", json!(reports.len())),
        ("seconds", json!(started.elapsed().as_secs_f64())),
        ("messages", json!(sum(|report| report.messages))),
        ("bytes", json!(sum(|report| report.bytes))),
        ("messages_to_silence_max", json!(reports.iter().map(|report| report.last_messages).max())),
        ("entries", json!(sum(|report| report.entries))),
        ("documents", json!(sum(|report| report.documents as u64))),
        ("missing", json!(sum(|report| report.missing))),
    ];
    for (name, value) in figures {
        println!("{}", json!({ "sim": name, "value": value, "schools": arguments.schools, "steps": arguments.steps }));
    }
    if let Some(failure) = failures.into_inner().unwrap_or_default().first() {
        eprintln!("{failure}");
        println!("{}", json!({ "sim": "failed", "seed": failure.seed, "step": failure.step, "what": failure.what }));
        std::process::exit(1);
    }
}
