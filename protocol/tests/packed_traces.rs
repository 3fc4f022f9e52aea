//! Packed changes over real editing traces.

#[path = "../../bench/src/trace.rs"]
#[allow(dead_code, unreachable_pub, reason = "the benchmarks use more of it")]
mod trace;

use std::path::Path;

use jeli_protocol::packed::{UnpackLimits, pack, unpack};

fn friends(keystrokes_per_change: usize) -> trace::Replayed {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/traces/friendsforever.json.gz");
    let trace = trace::load(&path).expect("the trace is checked in");
    let replayed = trace::replay(&trace, keystrokes_per_change).expect("the trace replays");
    assert_eq!(replayed.end_text, trace.end_text, "the replay makes the text that the trace ends with");
    replayed
}

fn packed_and_back(changes: &[Vec<u8>]) -> usize {
    let document: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    let t = std::time::Instant::now();
    let packed = pack(&[document], b"", 19).expect("a frame of the trace packs");
    let packing = t.elapsed();
    let t = std::time::Instant::now();
    let unpacked = unpack(&packed, &UnpackLimits::default()).expect("what was packed unpacks");
    println!("pack {packing:?} unpack {:?}", t.elapsed());
    assert_eq!(unpacked.documents, vec![changes.to_vec()], "every chunk comes back byte for byte");
    packed.len()
}

#[test]
#[ignore = "slow until the replay is"]
fn the_trace_of_two_people_comes_back_byte_for_byte_and_small() {
    for keystrokes in [1, 10] {
        let replayed = friends(keystrokes);
        let all = replayed.changes.len();
        for count in [all, all / 10, all / 100, 20, 1] {
            println!("{keystrokes} a change, last {count}: {} B", packed_and_back(&replayed.changes[all - count..]));
        }
    }
}
