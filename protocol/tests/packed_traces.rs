//! Packed changes over real editing traces.

#[path = "../../bench/src/trace.rs"]
#[allow(dead_code, unreachable_pub, reason = "the benchmarks use more of it")]
mod trace;

use std::collections::BTreeMap;
use std::path::Path;

use jeli_protocol::ids::ChangeHash;
use jeli_protocol::packed::{UnpackLimits, pack, unpack};
use jeli_protocol::scan::{DepFacts, check_in_context, scan};

/// The first `keystrokes` of the trace, replayed.
fn friends(keystrokes: usize, per_change: usize) -> trace::Replayed {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/traces/friendsforever.json.gz");
    let mut trace = trace::load(&path).expect("the trace is checked in");
    let whole = keystrokes >= trace.keystrokes.len();
    trace.keystrokes.truncate(keystrokes);
    let replayed = trace::replay(&trace, per_change).expect("the trace replays");
    if whole {
        assert_eq!(replayed.end_text, trace.end_text, "the replay makes the text that the trace ends with");
    }
    replayed
}

/// Packed bytes of the changes, which come back.
fn packed_and_back(changes: &[Vec<u8>]) -> usize {
    let document: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
    let packed = pack(&[document], b"", 19).expect("a frame of the trace packs");
    let unpacked = unpack(&packed, &UnpackLimits::default()).expect("what was packed unpacks");
    assert_eq!(unpacked.documents, vec![changes.to_vec()], "every chunk comes back byte for byte");
    packed.len()
}

fn believed(changes: &[Vec<u8>]) {
    let mut known: BTreeMap<ChangeHash, DepFacts> = BTreeMap::new();
    for chunk in changes {
        let facts = scan(chunk).expect("what Automerge writes is believed");
        let deps: Vec<DepFacts> = facts.deps.iter().map(|dep| known[dep].clone()).collect();
        check_in_context(&facts, &deps).expect("it follows on from what it builds on");
        known.insert(facts.hash, DepFacts { hash: facts.hash, actor: facts.actor, seq: facts.seq, max_op: facts.max_op });
    }
}

#[test]
fn two_people_writing_at_once_come_back_byte_for_byte_in_under_seven_bits_a_keystroke() {
    for per_change in [1, 10] {
        let replayed = friends(3_000, per_change);
        believed(&replayed.changes);
        let bytes = packed_and_back(&replayed.changes);
        assert!(bytes * 8 < 3_000 * 7, "{bytes} B for 3,000 keystrokes, {per_change} a change");
    }
}

#[test]
#[ignore = "replaying the whole trace takes minutes in a debug build; the benchmark `packed` does it in a release build"]
fn the_whole_trace_packs_smaller_than_the_designs_sketch() {
    let replayed = friends(usize::MAX, 1);
    believed(&replayed.changes);
    let changes = &replayed.changes;
    for (count, bar) in [(2_608, 3_814), (261, 528), (changes.len(), 34_984)] {
        let bytes = packed_and_back(&changes[changes.len() - count..]);
        assert!(bytes <= bar, "{bytes} B for the last {count} changes, at most {bar}");
    }
}
