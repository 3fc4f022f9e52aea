//! One after another or all at once: the same changes are part of a document.

use proptest::prelude::*;

use super::*;
use crate::ids::SpaceId;
use crate::log::{Commit, Restanding, StoredChange};
use crate::log_memory::MemoryLog;

const DOCUMENT: DocumentId = DocumentId([1; 16]);

/// A made-up change: author, seq, which earlier ones it builds on, whether it is sound, whether its author had the right to it.
#[derive(Debug, Clone)]
struct Made {
    facts: ChangeFacts,
    admitted: bool,
    sound: bool,
}

/// A change as somebody brings it.
#[derive(Debug, Clone)]
struct Brought {
    made: Made,
    by: NodeId,
    admitted: bool,
}

impl Made {
    /// Brought by its author.
    fn by_author(&self) -> Brought {
        Brought { made: self.clone(), by: author(&self.facts.actor), admitted: self.admitted }
    }

    /// Brought by somebody who is no author: with a right only where nobody can tell.
    fn by_stranger(&self, admitted: bool) -> Brought {
        Brought { made: self.clone(), by: STRANGER, admitted: self.facts.actor.is_foreign() && admitted }
    }
}

/// The first author uses a foreign actor, the others those of their nodes.
const AUTHORS: [NodeId; 3] = [NodeId([1; 32]), NodeId([2; 32]), NodeId([3; 32])];
const STRANGER: NodeId = NodeId([9; 32]);

fn actor(author: usize) -> ActorId {
    if author == 0 { ActorId::from(&[7; 16][..]) } else { ActorId::of_node(&AUTHORS[author], [0; 8]) }
}

fn author(actor: &ActorId) -> NodeId {
    AUTHORS.into_iter().find(|node| actor.belongs_to(node)).unwrap_or(AUTHORS[0])
}

fn hash(number: usize, salt: u8) -> ChangeHash {
    let mut bytes = *blake3::hash(&[number as u8, salt]).as_bytes();
    bytes[31] = number as u8;
    ChangeHash(bytes)
}

/// A history of three authors. Most changes follow their author's previous one; some use a seq twice, skip one, or are unsound.
fn history() -> impl Strategy<Value = Vec<Made>> {
    let step = (0usize..3, any::<u8>(), proptest::collection::vec(any::<proptest::sample::Index>(), 0..3), 0u8..10, 0u8..10);
    proptest::collection::vec(step, 1..24).prop_map(|steps| {
        let mut made: Vec<Made> = Vec::new();
        for (number, (author, salt, deps, oddity, right)) in steps.into_iter().enumerate() {
            let actor = actor(author);
            let own: Vec<&Made> = made.iter().filter(|made| made.facts.actor == actor).collect();
            // Now and then from an older state: then a seq is used twice.
            let last = if oddity == 0 { own.len().checked_sub(2).map(|at| own[at]) } else { own.last().copied() };
            let seq = last.map_or(1, |last| last.facts.seq + 1);
            let mut on: BTreeSet<ChangeHash> = last.map(|last| last.facts.hash).into_iter().collect();
            for dep in deps.into_iter().filter(|_| !made.is_empty()) {
                let dep = &made[dep.index(made.len())];
                if dep.facts.actor != actor {
                    on.insert(dep.facts.hash);
                }
            }
            if oddity == 1 {
                // It builds on what never comes.
                on.insert(ChangeHash([99; 32]));
            }
            let start_op =
                1 + on.iter().filter_map(|dep| made.iter().find(|made| made.facts.hash == *dep)).map(|dep| dep.facts.max_op).max().unwrap_or(0);
            let facts = ChangeFacts {
                hash: hash(number, salt),
                actor,
                seq,
                start_op,
                op_count: 1,
                max_op: start_op,
                deps: on.into_iter().collect(),
                time: 0,
            };
            made.push(Made { facts, admitted: right > 2, sound: oddity != 2 });
        }
        made
    })
}

/// Takes a round of arrivals and keeps what becomes of them, as a replica does. Checks what is said to be made ready.
fn take_round(log: &mut MemoryLog, round: &[Brought]) -> Result<(), TestCaseError> {
    let ready_before: BTreeSet<ChangeHash> = ready(log);
    let mut arrivals = Arrivals::new(log, DOCUMENT);
    for Brought { made, by, admitted } in round {
        arrivals.take(made.facts.clone(), by, *admitted, made.sound).unwrap();
    }
    let arrived = arrivals.finish().unwrap();
    let mut kept = Commit::new(SpaceId([1; 32]));
    for (hash, record) in &arrived.records {
        if log.change(&DOCUMENT, hash).unwrap().is_some() {
            let ChangeRecord { admitted, owned, standing, .. } = *record;
            kept.restanding.push(Restanding { document: DOCUMENT, hash: *hash, admitted, owned, standing });
        } else {
            kept.changes.push(StoredChange { document: DOCUMENT, record: record.clone(), chunk: hash.0.to_vec() });
        }
    }
    log.commit(&[kept]).unwrap();
    let ready_after = ready(log);
    let mut seen = ready_before.clone();
    for hash in &arrived.made_ready {
        let deps = log.change(&DOCUMENT, hash).unwrap().unwrap().facts.deps;
        if !arrived.rebuild {
            prop_assert!(deps.iter().all(|dep| seen.contains(dep)), "dependencies are made ready first");
        }
        prop_assert!(seen.insert(*hash), "each once");
    }
    prop_assert_eq!(arrived.rebuild, !ready_before.is_subset(&ready_after), "a rebuild is asked for exactly when the document shrinks");
    if !arrived.rebuild {
        prop_assert_eq!(seen, ready_after, "all that became ready is said");
    }
    Ok(())
}

fn ready(log: &MemoryLog) -> BTreeSet<ChangeHash> {
    let records = log.changes_of_document(&DOCUMENT).unwrap();
    records.into_iter().filter(|record| record.standing == Standing::Ready).map(|record| record.facts.hash).collect()
}

fn all(log: &MemoryLog) -> BTreeMap<ChangeHash, ChangeRecord> {
    log.changes_of_document(&DOCUMENT).unwrap().into_iter().map(|record| (record.facts.hash, record)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn one_by_one_or_all_at_once_the_same_changes_are_part_of_the_document(
        made in history(),
        order in proptest::collection::vec(any::<proptest::sample::Index>(), 1..60),
        groups in proptest::collection::vec(1usize..6, 1..60),
        unadmitted_first in any::<u64>(),
    ) {
        // Any order, some twice, some first without the right and then with it; what an author brings comes in its own order.
        let mut coming: Vec<Brought> = Vec::new();
        for index in &order {
            let at = index.index(made.len());
            coming.push(made[at].by_stranger(made[at].admitted && unadmitted_first >> (at % 64) & 1 == 0));
        }
        for (at, made) in made.iter().enumerate() {
            let brought = made.by_author();
            let after = coming.iter().rposition(|before| before.by == brought.by).map_or(0, |last| last + 1);
            coming.insert(after + (at * 7) % (coming.len() - after + 1), brought);
        }
        let mut log = MemoryLog::new();
        let mut groups = groups.iter().cycle();
        let mut rest = coming.as_slice();
        while !rest.is_empty() {
            let count = (*groups.next().unwrap()).min(rest.len());
            take_round(&mut log, &rest[..count])?;
            rest = &rest[count..];
            let records = all(&log);
            let standings: BTreeMap<ChangeHash, Standing> = records.iter().map(|(hash, record)| (*hash, record.standing)).collect();
            prop_assert_eq!(standings, accept(&records));
        }
        for (hash, record) in all(&log) {
            let made = made.iter().find(|made| made.facts.hash == hash).unwrap();
            prop_assert_eq!(record.admitted, made.admitted);
        }
        // Whatever strangers brought, and when: of an actor's seq its node's first sound change counts.
        let mut taken = BTreeSet::new();
        for made in made.iter().filter(|made| made.sound && !made.facts.actor.is_foreign()) {
            let first = taken.insert((made.facts.actor.clone(), made.facts.seq));
            prop_assert_eq!(log.change(&DOCUMENT, &made.facts.hash).unwrap().map(|record| record.owned), Some(first));
        }
    }

    #[test]
    fn judged_anew_the_document_is_what_it_would_be_from_the_start(made in history(), rights in any::<u64>()) {
        let mut log = MemoryLog::new();
        let round: Vec<Brought> = made.iter().map(Made::by_author).collect();
        take_round(&mut log, &round)?;
        let admitted: BTreeSet<ChangeHash> = made.iter().enumerate().filter(|(at, _)| rights >> at & 1 == 1).map(|(_, made)| made.facts.hash).collect();
        let mut arrivals = Arrivals::new(&log, DOCUMENT);
        arrivals.readmit(&admitted).unwrap();
        let arrived = arrivals.finish().unwrap();
        let mut records = all(&log);
        records.extend(arrived.records);
        for record in records.values() {
            prop_assert_eq!(record.admitted, admitted.contains(&record.facts.hash));
        }
        let standings: BTreeMap<ChangeHash, Standing> = records.iter().map(|(hash, record)| (*hash, record.standing)).collect();
        prop_assert_eq!(standings, accept(&records));
    }
}

fn change(number: usize, salt: u8, actor: ActorId, seq: u64, deps: &[&ChangeFacts]) -> ChangeFacts {
    let start_op = 1 + deps.iter().map(|dep| dep.max_op).max().unwrap_or(0);
    let deps = deps.iter().map(|dep| dep.hash).collect();
    ChangeFacts { hash: hash(number, salt), actor, seq, start_op, op_count: 1, max_op: start_op, deps, time: 0 }
}

fn foreign(number: u8) -> ActorId {
    ActorId::from(&[number; 16][..])
}

fn sound(facts: &ChangeFacts) -> Made {
    Made { facts: facts.clone(), admitted: true, sound: true }
}

fn standing_in(log: &MemoryLog, facts: &ChangeFacts) -> Standing {
    log.change(&DOCUMENT, &facts.hash).unwrap().unwrap().standing
}

#[test]
fn a_stranger_cannot_write_over_a_foreign_actors_change_by_using_its_seq() {
    // Whichever of the two hashes is smaller.
    for salt in 0..8 {
        let (own, rival) = (change(1, salt, foreign(7), 1, &[]), change(2, salt, foreign(7), 1, &[]));
        let mut log = MemoryLog::new();
        take_round(&mut log, &[sound(&rival).by_stranger(false)]).unwrap();
        take_round(&mut log, &[sound(&own).by_author()]).unwrap();
        assert_eq!((standing_in(&log, &own), standing_in(&log, &rival)), (Standing::Ready, Standing::Void));
    }
}

#[test]
fn what_a_node_published_first_is_never_taken_back_for_what_it_or_others_say_later() {
    for salt in 0..8 {
        let first = change(1, salt, actor(1), 1, &[]);
        let built = change(2, salt, actor(2), 1, &[&first]);
        let (second, forged) = (change(3, salt, actor(1), 1, &[]), change(4, salt, actor(1), 1, &[]));
        let mut log = MemoryLog::new();
        take_round(&mut log, &[sound(&first).by_author(), sound(&built).by_author()]).unwrap();
        take_round(&mut log, &[sound(&second).by_author(), sound(&forged).by_stranger(true)]).unwrap();
        assert_eq!((standing_in(&log, &first), standing_in(&log, &built)), (Standing::Ready, Standing::Ready));
        assert_eq!((standing_in(&log, &second), standing_in(&log, &forged)), (Standing::Void, Standing::Void));
    }
}

#[test]
fn what_somebody_made_in_a_nodes_name_is_not_built_on_until_that_node_publishes_it() {
    let forged = change(1, 0, actor(1), 1, &[]);
    let on_it = change(2, 0, actor(2), 1, &[&forged]);
    let mut log = MemoryLog::new();
    take_round(&mut log, &[sound(&forged).by_stranger(true), sound(&on_it).by_author()]).unwrap();
    assert_eq!((standing_in(&log, &forged), standing_in(&log, &on_it)), (Standing::Waiting, Standing::Waiting), "nobody is shown it");
    let mut otherwise = log.clone();
    take_round(&mut log, &[sound(&forged).by_author()]).unwrap();
    assert_eq!((standing_in(&log, &forged), standing_in(&log, &on_it)), (Standing::Ready, Standing::Ready), "it was the node's after all");
    let true_one = change(3, 0, actor(1), 1, &[]);
    take_round(&mut otherwise, &[sound(&true_one).by_author()]).unwrap();
    assert_eq!((standing_in(&otherwise, &true_one), standing_in(&otherwise, &on_it)), (Standing::Ready, Standing::Void));
}

#[test]
fn a_change_that_waited_for_two_is_made_ready_once() {
    let first = change(1, 0, foreign(1), 1, &[]);
    let second = change(2, 0, foreign(2), 1, &[&first]);
    let third = change(3, 0, foreign(3), 1, &[&first, &second]);
    let mut log = MemoryLog::new();
    let made = |facts: &ChangeFacts| sound(facts).by_author();
    take_round(&mut log, &[made(&third), made(&second)]).unwrap();
    assert!(ready(&log).is_empty());
    take_round(&mut log, &[made(&first)]).unwrap();
    assert_eq!(ready(&log).len(), 3);
}

#[test]
fn a_change_on_a_void_one_is_void_once_all_that_it_names_is_here_though_some_of_it_waits() {
    let nowhere = change(1, 0, foreign(1), 1, &[]);
    let waits = change(2, 0, foreign(1), 2, &[&nowhere]);
    let void = change(3, 0, foreign(2), 1, &[]);
    let both = change(4, 0, foreign(3), 1, &[&waits, &void]);
    let mut log = MemoryLog::new();
    let made = |facts: &ChangeFacts, sound: bool| Made { facts: facts.clone(), admitted: true, sound }.by_author();
    take_round(&mut log, &[made(&void, false), made(&both, true)]).unwrap();
    assert_eq!(log.change(&DOCUMENT, &both.hash).unwrap().unwrap().standing, Standing::Waiting);
    take_round(&mut log, &[made(&waits, true)]).unwrap();
    assert_eq!(log.change(&DOCUMENT, &both.hash).unwrap().unwrap().standing, Standing::Void);
}
