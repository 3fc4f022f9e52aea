//! How many bytes changes take when packed, beside Automerge's experimental bundle of the same changes.

use std::path::Path;

use automerge::{AutoCommit, Change};
use jeli_protocol::packed::{UnpackLimits, pack, unpack};
use serde_json::json;

use crate::trace::{self, Replayed};

/// The level of zstd for what the model does not take.
const LEVEL: i32 = 19;

/// One case: how much of the end of the trace is missing, and the bytes to stay under where one change is one keystroke.
struct Case {
    name: &'static str,
    divisor: usize,
    bar: usize,
}

/// The bars are what the design's sketch took for the same (streams of fields, zstd 19).
const CASES: [Case; 3] = [
    Case { name: "last 10 %", divisor: 10, bar: 3_814 },
    Case { name: "last 1 %", divisor: 100, bar: 528 },
    Case { name: "all", divisor: 1, bar: 34_984 },
];

/// Prints a line for each case. `trace` is `friendsforever.json.gz` of the `editing-traces` collection.
pub fn run(trace: &Path) -> anyhow::Result<()> {
    let name = trace.file_stem().and_then(|stem| stem.to_str()).unwrap_or("trace").trim_end_matches(".json").to_owned();
    let trace = trace::load(trace).map_err(anyhow::Error::from_boxed)?;
    for (keystrokes, label) in [(1, "one change a keystroke"), (10, "ten keystrokes a change")] {
        let replayed = trace::replay(&trace, keystrokes).map_err(anyhow::Error::from_boxed)?;
        anyhow::ensure!(replayed.end_text == trace.end_text, "the replay does not end with the trace's text");
        let mut document = AutoCommit::new();
        document.apply_changes(replayed.changes.iter().map(|bytes| Change::from_bytes(bytes.clone())).collect::<Result<Vec<_>, _>>()?)?;
        for case in &CASES {
            let label = format!("{name} {}, {label}", case.name);
            measure(&label, (keystrokes == 1).then_some(case.bar), case.divisor, &replayed, &document)?;
        }
        for count in [1, 5, 20] {
            line(&format!("{name} last {count} changes, {label}"), packed(tail(&replayed, count))?.len(), "B", None);
        }
    }
    Ok(())
}

fn measure(label: &str, bar: Option<usize>, divisor: usize, replayed: &Replayed, document: &AutoCommit) -> anyhow::Result<()> {
    // The first change makes the text and is not one of the trace's.
    let count = if divisor == 1 { replayed.changes.len() } else { (replayed.changes.len() - 1).div_ceil(divisor) };
    let chunks = tail(replayed, count);
    let start = std::time::Instant::now();
    let bytes = packed(chunks)?;
    let packing = start.elapsed();
    let start = std::time::Instant::now();
    let unpacked = unpack(&bytes, &UnpackLimits::default())?;
    let unpacking = start.elapsed();
    anyhow::ensure!(unpacked.documents == [chunks], "what was packed did not come back byte for byte");
    line(label, bytes.len(), "B", bar);
    line(&format!("{label}: packing"), packing.as_millis() as usize, "ms", None);
    line(&format!("{label}: unpacking"), unpacking.as_millis() as usize, "ms", None);
    let hashes = chunks.iter().map(|bytes| Ok(Change::from_bytes(bytes.clone())?.hash())).collect::<anyhow::Result<Vec<_>>>()?;
    line(&format!("{label}: automerge bundle"), document.bundle(hashes)?.bytes().len(), "B", None);
    Ok(())
}

fn tail(replayed: &Replayed, count: usize) -> &[Vec<u8>] {
    &replayed.changes[replayed.changes.len().saturating_sub(count)..]
}

pub(crate) fn packed(chunks: &[Vec<u8>]) -> anyhow::Result<Vec<u8>> {
    packed_together(&[chunks])
}

/// The changes of several documents in one run, as in a frame.
pub(crate) fn packed_together(documents: &[impl AsRef<[Vec<u8>]>]) -> anyhow::Result<Vec<u8>> {
    let documents: Vec<Vec<&[u8]>> = documents.iter().map(|chunks| chunks.as_ref().iter().map(Vec::as_slice).collect()).collect();
    Ok(pack(&documents, b"", LEVEL)?)
}

fn line(case: &str, value: usize, unit: &str, bar: Option<usize>) {
    let mut line = json!({ "bench": "packed", "case": case, "value": value, "unit": unit });
    if let Some(bar) = bar {
        line["bar"] = bar.into();
        line["holds"] = (value <= bar).into();
    }
    println!("{line}");
}
