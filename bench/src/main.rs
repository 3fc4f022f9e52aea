//! `jeli-bench`: a benchmark by name; figures as lines of JSON. Run by `cargo xtask bench <name>` in a release build.

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use jeli_bench::packed_size;

/// Measures one thing, one JSON object a line
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    measure: Measure,
}

#[derive(Subcommand)]
enum Measure {
    /// Bytes of packed changes, beside Automerge's bundle of the same
    Packed {
        /// The recorded editing session
        #[arg(long, default_value_os_t = friends_forever())]
        trace: PathBuf,
    },
}

fn friends_forever() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/traces/friendsforever.json.gz")
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().measure {
        Measure::Packed { trace } => packed_size::run(&trace),
    }
}
