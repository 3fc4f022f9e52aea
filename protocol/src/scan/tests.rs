use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{AutoCommit, Automerge, Change};
use proptest::prelude::*;

use super::chunk::{Chunk, frame};
use super::leb::{Reader, write_signed, write_unsigned};
use super::*;
use crate::packed::row;
use crate::packed::writers::{steps, write};

/// The chunk with another body, its length and checksum set right.
fn with_body(body: &[u8]) -> Vec<u8> {
    frame(body).0
}

fn body(chunk: &[u8]) -> &[u8] {
    let mut reader = Reader::new(&chunk[9..]);
    reader.prefixed().unwrap()
}

/// A change of `ops` deletions in one run, in about a hundred bytes.
fn bomb(ops: i64) -> Vec<u8> {
    let mut body = vec![0, 16];
    body.extend_from_slice(&[5; 16]);
    body.extend_from_slice(&[1, 1, 0, 0, 0]);
    let run = |value: &[u8]| {
        let mut out = Vec::new();
        write_signed(&mut out, ops);
        out.extend_from_slice(value);
        out
    };
    let mut insert = Vec::new();
    write_unsigned(&mut insert, ops as u64);
    let columns = [(0x15u64, run(&[1, b'a'])), (0x34, insert), (0x42, run(&[1])), (0x56, run(&[0])), (0x70, run(&[0]))];
    write_unsigned(&mut body, columns.len() as u64);
    for (spec, bytes) in &columns {
        write_unsigned(&mut body, *spec);
        write_unsigned(&mut body, bytes.len() as u64);
    }
    for (_, bytes) in &columns {
        body.extend_from_slice(bytes);
    }
    with_body(&body)
}

#[test]
fn a_change_of_twenty_million_operations_in_a_hundred_bytes_is_refused_and_a_small_one_is_not() {
    let bomb_chunk = bomb(20_000_000);
    assert!(bomb_chunk.len() < 120);
    assert_eq!(scan(&bomb_chunk), Err(ScanRefusal::TooManyOperations(20_000_000)));
    assert_eq!(scan(&bomb(i64::MAX)), Err(ScanRefusal::TooManyOperations(i64::MAX as u64)));
    let small = bomb(1_000);
    assert_eq!(scan(&small).map(|facts| facts.op_count), Ok(1_000));
    assert_eq!(Change::from_bytes(small).unwrap().len(), 1_000, "it is a change that Automerge reads");
    assert!(framed_facts(&bomb_chunk).is_some(), "what is refused can still be named");
}

#[test]
fn runs_whose_lengths_overflow_are_refused() {
    let chunk = bomb(2);
    let mut body = body(&chunk).to_vec();
    let at = body.len() - 1 - 2 - 2 - 2;
    assert_eq!(scan(&with_body(&body)).map(|facts| facts.op_count), Ok(2));
    body.splice(at..at, [0x7f]);
    assert!(scan(&with_body(&body)).is_err());
}

type Id = (Vec<u8>, u64);

/// What an operation made: an object of this action, or nothing that can hold others.
struct Made {
    action: u64,
    object: Option<Id>,
    /// What a later operation names to act on the same: a name, or the element.
    place: Place,
    inserted: bool,
}

#[derive(PartialEq)]
enum Place {
    Property(Vec<u8>),
    Element(Id),
}

/// Whether the change's operations name objects, elements and predecessors that are there, of the right kind. That takes the document,
/// which the scanner does not have: Automerge panics where it does not hold, and a node isolates each document for it.
fn names_what_is_there(before: &[Vec<u8>], chunk: &[u8]) -> bool {
    let mut made: BTreeMap<Id, Made> = BTreeMap::new();
    for chunk in before {
        if !names_and_learns(&mut made, chunk) {
            return false;
        }
    }
    names_and_learns(&mut made, chunk)
}

fn names_and_learns(made: &mut BTreeMap<Id, Made>, chunk: &[u8]) -> bool {
    let chunk = Chunk::parse(chunk).unwrap();
    let mut actors: Vec<Vec<u8>> = Vec::new();
    let change = row::Change::read(&chunk, 1 << 18, |actor| {
        actors.push(actor.to_vec());
        actors.len() as u32 - 1
    })
    .unwrap();
    let id = |id: &row::OpId| (actors[id.actor as usize].clone(), id.counter);
    for (row, counter) in change.rows.iter().zip(chunk.start_op..) {
        let object = row.object.as_ref().map(id);
        let in_sequence = match &object {
            None => false,
            Some(object) => match made.get(object) {
                Some(object) if operations::action::makes_object(object.action) => matches!(object.action, 2 | 4),
                _ => return false,
            },
        };
        let there = |named: &row::OpId| made.get(&id(named)).is_some_and(|made| made.object == object);
        let key = match &row.key {
            row::Key::Property(_) => !in_sequence,
            row::Key::Head => in_sequence,
            row::Key::Element(element) => in_sequence && there(element) && made.get(&id(element)).is_some_and(|made| made.inserted),
        };
        let own = (chunk.actor.to_vec(), counter);
        let place = match &row.key {
            row::Key::Property(name) => Place::Property(name.clone()),
            row::Key::Element(element) if !row.insert => Place::Element(id(element)),
            _ => Place::Element(own.clone()),
        };
        let replaced = |named: &row::OpId| there(named) && made.get(&id(named)).is_some_and(|made| made.place == place);
        if !key || !row.predecessors.iter().all(replaced) {
            return false;
        }
        made.insert(own, Made { action: row.action, object, place, inserted: row.insert });
    }
    true
}

/// Automerge reads the change, applies it after its dependencies, saves and loads the document, and nothing panics.
fn automerge_takes(before: &[Vec<u8>], chunk: &[u8]) -> Result<(), String> {
    let work = || -> Result<(), String> {
        let change = Change::from_bytes(chunk.to_vec()).map_err(|error| format!("not read: {error}"))?;
        let mut document = AutoCommit::new();
        let before: Vec<Change> = before.iter().map(|chunk| Change::from_bytes(chunk.clone()).unwrap()).collect();
        document.apply_changes(before).map_err(|error| format!("before: {error}"))?;
        // It may refuse a change that acts on what is not there; it may not fall over.
        if document.apply_changes([change]).is_err() {
            return Ok(());
        }
        drop(document.get_changes(&[]));
        let saved = document.save();
        drop(Automerge::load(&saved));
        Ok(())
    };
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panic: {}", text.unwrap_or_default()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_change_that_automerge_makes_is_believed(steps in steps(), authors in 1usize..5) {
        let mut known: Vec<DepFacts> = Vec::new();
        for chunk in write(authors, steps) {
            let facts = match scan(&chunk) {
                Ok(facts) => facts,
                Err(refusal) => return Err(TestCaseError::fail(format!("{refusal}"))),
            };
            let change = Change::from_bytes(chunk).unwrap();
            prop_assert_eq!(facts.hash.0, change.hash().0);
            prop_assert_eq!(&facts.actor.0[..], change.actor_id().to_bytes());
            prop_assert_eq!((facts.seq, facts.start_op, facts.op_count), (change.seq(), change.start_op().get(), change.len() as u64));
            prop_assert_eq!((facts.max_op, facts.time), (change.max_op(), change.timestamp()));
            prop_assert_eq!(check_in_context(&facts, &known), Ok(()));
            known.push(DepFacts { hash: facts.hash, actor: facts.actor, seq: facts.seq, max_op: facts.max_op });
        }
    }

    #[test]
    fn what_is_believed_automerge_reads_and_survives(
        steps in steps(), which: u16, edits in proptest::collection::vec((any::<u16>(), any::<u8>(), 0u8..4), 1..4),
    ) {
        let changes = write(2, steps);
        let at = usize::from(which) % changes.len();
        let mut body = body(&changes[at]).to_vec();
        // Past the dependencies, where Automerge would only wait for what never comes.
        let from = Chunk::parse(&changes[at]).unwrap().deps.len() * 32 + 1;
        for (place, value, how) in edits {
            let place = from + usize::from(place) % (body.len() - from);
            match how {
                0 => body[place] = value,
                1 => body[place] ^= 1 << (value % 8),
                2 => body[place] = body[place].wrapping_add(1),
                _ => drop(body.remove(place)),
            }
            if body.len() <= from {
                return Ok(());
            }
        }
        let chunk = with_body(&body);
        if let Ok(facts) = scan(&chunk) {
            let known: Vec<DepFacts> = changes.iter().filter_map(|chunk| scan(chunk).ok())
                .map(|facts| DepFacts { hash: facts.hash, actor: facts.actor, seq: facts.seq, max_op: facts.max_op }).collect();
            if check_in_context(&facts, &known).is_ok() && names_what_is_there(&changes[..at], &chunk) {
                let taken = automerge_takes(&changes[..at], &chunk);
                prop_assert!(taken.is_ok(), "{taken:?} {}", data_encoding::HEXLOWER.encode(&chunk));
            }
        }
    }

    #[test]
    fn noise_is_refused_without_falling_over(noise: Vec<u8>) {
        prop_assert!(scan(&noise).is_err());
        prop_assert!(scan(&with_body(&noise)).is_err());
        prop_assert!(framed_facts(&noise).is_none());
    }
}

#[test]
fn numbers_must_follow_on_from_the_dependencies() {
    let dep = DepFacts { hash: ChangeHash([1; 32]), actor: ActorId::from(&[1u8][..]), seq: 4, max_op: 10 };
    let facts = |seq, start_op| ChangeFacts {
        hash: ChangeHash([2; 32]),
        actor: dep.actor.clone(),
        seq,
        start_op,
        op_count: 1,
        max_op: start_op,
        deps: vec![dep.hash],
        time: 0,
    };
    let deps = std::slice::from_ref(&dep);
    assert_eq!(check_in_context(&facts(5, 11), deps), Ok(()));
    assert_eq!(check_in_context(&facts(5, 10 + limits::MAX_START_OP_GAP), deps), Ok(()));
    assert!(check_in_context(&facts(5, 11 + limits::MAX_START_OP_GAP), deps).is_err(), "too far beyond");
    assert!(check_in_context(&facts(5, 10), deps).is_err(), "not beyond");
    assert!(check_in_context(&facts(6, 11), deps).is_err(), "a gap in its author's changes");
    assert!(check_in_context(&facts(1, 11), deps).is_err(), "a first change that is not the first");
    assert!(check_in_context(&facts(5, 11), &[]).is_err(), "an unknown dependency");
    let other = ChangeFacts { actor: ActorId::from(&[2u8][..]), ..facts(1, 11) };
    assert_eq!(check_in_context(&other, deps), Ok(()), "somebody else's first change");
    let second = ChangeFacts { seq: 2, ..other };
    assert!(check_in_context(&second, deps).is_err(), "a second change that does not name the first");
}
