//! `jeli-bench`: a benchmark by name; figures as lines of JSON. Run by `cargo xtask bench <name>` in a release build. The exit code says
//! whether every bar was kept to.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jeli_bench::{blobs, bundle, catchup, floor, hops, idle, latency, node, packed_size, resync};

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
    /// Bytes and round trips until a node that was away has everything, beside Automerge's own sync (ten minutes)
    Catchup {
        /// The recorded editing session
        #[arg(long, default_value_os_t = friends_forever())]
        trace: PathBuf,
    },
    /// Bytes and round trips where nothing is new, in a thousand documents
    Resync,
    /// From a keystroke at one school to the change at another
    Latency,
    /// Files between schools: beside iroh-blobs' own transfer, memory, several providers, broken off, beside keystrokes (twenty minutes)
    Blobs {
        /// Only this
        #[arg(long)]
        part: Option<blobs::Part>,
        /// The program `jeli`, from a release build
        #[arg(long, env = "JELI")]
        jeli: PathBuf,
    },
    /// Bundles: how large one is, and how long a large one takes to make and to take in (ten minutes)
    Bundle {
        /// The recorded editing session
        #[arg(long, default_value_os_t = friends_forever())]
        trace: PathBuf,
    },
    /// A week of work on the worst line that a school has, beside samod and automerge-repo (half an hour)
    Floor {
        /// The recorded editing session
        #[arg(long, default_value_os_t = friends_forever())]
        trace: PathBuf,
        /// The program `jeli`, from a release build
        #[arg(long, env = "JELI")]
        jeli: PathBuf,
        /// In each of the forty documents; with fewer it is over sooner, and says less
        #[arg(long, default_value_t = floor::KEYSTROKES)]
        keystrokes: usize,
        /// automerge-repo's side, for Node.js
        #[arg(long, env = "JELI_REPO_PEER")]
        peer: Option<PathBuf>,
    },
    /// Bytes of a connection on which nothing happens, beside Syncthing's; what comes of a change after that (half an hour)
    Idle {
        /// For how long they are counted
        #[arg(long, default_value_t = 20)]
        minutes: u64,
        /// The program `jeli`, from a release build
        #[arg(long, env = "JELI")]
        jeli: PathBuf,
    },
    /// Start and idle memory of a node with a thousand documents
    Node {
        /// The program `jeli`, from a release build
        #[arg(long, env = "JELI")]
        jeli: PathBuf,
    },
}

fn friends_forever() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/traces/friendsforever.json.gz")
}

fn main() -> anyhow::Result<ExitCode> {
    let measure = Arguments::parse().measure;
    hops::listen();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = match measure {
        Measure::Packed { trace } => return packed_size::run(&trace).map(|()| ExitCode::SUCCESS),
        Measure::Catchup { trace } => runtime.block_on(catchup::run(&trace)),
        Measure::Resync => runtime.block_on(resync::run()),
        Measure::Latency => runtime.block_on(latency::run()),
        Measure::Blobs { jeli, part } => runtime.block_on(blobs::run(&jeli, part)),
        Measure::Bundle { trace } => runtime.block_on(bundle::run(&trace)),
        Measure::Floor { jeli, trace, keystrokes, peer } => runtime.block_on(floor::run(&jeli, &trace, keystrokes, peer)),
        Measure::Idle { jeli, minutes } => runtime.block_on(idle::run(&jeli, minutes)),
        Measure::Node { jeli } => runtime.block_on(node::run(&jeli)),
    };
    Ok(report?.close())
}
