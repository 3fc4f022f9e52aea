//! Killed at any moment, the store has every commit that it acknowledged, and each one whole.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, SpaceId};
use jeli_protocol::log::{Commit, LogReader, Standing};
use jeli_protocol::log_conformance::{Author, facts, kept};

use super::Store;

const FILE: &str = "JELI_TEST_STORE_TO_WRITE";
const SPACE: SpaceId = SpaceId([1; 32]);
const DOCUMENT: DocumentId = DocumentId([2; 16]);
/// How long the whole test goes on killing.
const BUDGET: Duration = Duration::from_secs(4);

fn hash(seq: u64) -> ChangeHash {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&seq.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    ChangeHash(hash)
}

/// The `seq`th commit: a change, the entry that publishes it, and the change once more as awaiting publication, for the count.
fn commit(author: &mut Author, seq: u64) -> Commit {
    let actor = ActorId::from(&[7; 16][..]);
    let deps: &[ChangeHash] = if seq == 1 { &[] } else { &[hash(seq - 1)] };
    let mut commit = Commit::new(SPACE);
    let mut change = kept(DOCUMENT, facts(hash(seq), &actor, seq, deps), Standing::Ready);
    change.chunk.resize(seq as usize * 37 % 5_000, 1);
    commit.changes.push(change);
    commit.unpublished.push((DOCUMENT, hash(seq)));
    commit.entries.push(author.new_content(&[(DOCUMENT, actor, seq, vec![hash(seq)])]));
    commit
}

/// Not a test by itself: what the killed process runs.
#[test]
fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(FILE) else { return };
    let mut store = Store::open(path.as_ref()).unwrap();
    let mut author = Author::new(SPACE, 1);
    let end = store.frontier(&SPACE).unwrap().iter().map(|(_, tip)| tip.seq).max().unwrap_or(0);
    let mut out = std::io::stdout();
    for seq in 1.. {
        let commit = commit(&mut author, seq);
        if seq > end {
            store.commit(&[commit]).unwrap();
            // Straight to the pipe: the test harness does not hold it back.
            writeln!(out, "\nkept {seq}").unwrap();
            out.flush().unwrap();
        }
    }
}

#[test]
fn every_acknowledged_commit_survives_a_kill_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jeli.db");
    let (begun, mut seed, mut rounds, mut acknowledged) = (Instant::now(), 20_261_122u64, 0, 0u64);
    while rounds < 3 || begun.elapsed() < BUDGET {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "store::tests::crash::writes_until_it_is_killed", "--nocapture"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = || lines.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix("kept ")?.parse::<u64>().ok());
        for _ in 0..=seed >> 58 {
            acknowledged = told().expect("it goes on writing until it is killed");
        }
        // Somewhere inside one of the next commits.
        let (moment, wait) = (Instant::now(), Duration::from_micros((seed >> 40) % 3_000));
        while moment.elapsed() < wait {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        acknowledged = std::iter::from_fn(told).last().unwrap_or(acknowledged);
        child.wait().unwrap();

        let store = Store::open(&path).unwrap();
        let end = store.frontier(&SPACE).unwrap().iter().map(|(_, tip)| tip.seq).max().unwrap_or(0);
        assert!(end == acknowledged || end == acknowledged + 1, "{acknowledged} were acknowledged, {end} are here");
        assert_eq!(store.changes_of_document(&DOCUMENT).unwrap().len() as u64, end, "each commit is whole");
        assert_eq!(store.unpublished(&SPACE).unwrap().len() as u64, end, "each commit is whole");
        assert_eq!(store.load_document(&DOCUMENT).unwrap().map(|loaded| loaded.chunks.len() as u64), Some(end));
        store.check().unwrap();
        (rounds, acknowledged) = (rounds + 1, end);
    }
    assert!(acknowledged > 0);
}
