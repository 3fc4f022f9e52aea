//! Changes of this school's people: what is kept and what is refused.

use automerge::{AutoCommit, transaction::Transactable};

use crate::entry::{Role, WriteRule};
use crate::ids::{ActorId, DocumentId};
use crate::log::LogReader;
use crate::replica::SubmitRefusal;

use super::convergence::pair;
use super::wired::{Wired, chunks};

#[test]
fn a_reader_cannot_write_and_a_member_can() {
    let mut wired = Wired::new(3);
    let space = wired.space(0);
    for (at, role) in [(1, Role::Reader), (2, Role::Member)] {
        let ticket = wired.invite(0, space, role);
        wired.join(at, 0, &ticket).unwrap();
        wired.connect(0, at);
    }
    let document = wired.document(0, space, WriteRule::Everyone);
    wired.settle();
    let change = wired.stations[1].edit(document, "мен");
    assert_eq!(wired.submit(1, document, vec![change]), Err(SubmitRefusal::NotAllowed));
    assert!(!wired.stations[1].replica.may_write(&document) && wired.stations[2].replica.may_write(&document));
    wired.write(2, document, "біз");
    wired.settle();
    assert!(wired.stations[0].has(document, "біз") && !wired.stations[0].has(document, "мен"));
}

#[test]
fn a_document_of_its_owner_is_written_by_no_other() {
    let (mut wired, space, _) = pair();
    let document = wired.document(0, space, WriteRule::Owner);
    wired.settle();
    let change = wired.stations[1].edit(document, "b");
    assert_eq!(wired.submit(1, document, vec![change]), Err(SubmitRefusal::NotAllowed));
    wired.write(0, document, "a");
}

#[test]
fn an_actor_of_another_node_is_refused() {
    let (mut wired, _, document) = pair();
    let other = wired.stations[1].actor(5);
    let mut copy = wired.stations[0].documents.get(&document).unwrap().clone();
    copy.set_actor(other);
    copy.put(automerge::ROOT, "x", 1).unwrap();
    copy.commit();
    let change = copy.get_last_local_change().unwrap().raw_bytes().to_vec();
    assert_eq!(wired.submit(0, document, vec![change]), Err(SubmitRefusal::ActorOfAnotherNode));
    let foreign = automerge::ActorId::from(&[0xee; 16][..]);
    let mut copy = wired.stations[0].documents.get(&document).unwrap().clone();
    copy.set_actor(foreign);
    copy.put(automerge::ROOT, "x", 1).unwrap();
    copy.commit();
    let change = copy.get_last_local_change().unwrap().raw_bytes().to_vec();
    assert_eq!(wired.submit(0, document, vec![change]), Ok(()), "one that is nobody's is the client's own");
}

#[test]
fn a_submission_is_kept_whole_or_not_at_all() {
    let (mut wired, space, document) = pair();
    let good = wired.stations[0].edit(document, "1");
    wired.stations[0].edit(document, "2");
    let hangs = wired.stations[0].edit(document, "3");
    assert_eq!(wired.submit(0, document, vec![good.clone(), hangs]), Err(SubmitRefusal::MissingDependency));
    let mut damaged = good.clone();
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(wired.submit(0, document, vec![good.clone(), damaged]), Err(SubmitRefusal::Unsound));
    assert_eq!(wired.stations[0].log.unpublished(&space).unwrap(), []);
    wired.settle();
    assert_eq!(wired.submit(0, document, vec![good.clone()]), Ok(()), "alone it is good");
    assert_eq!(wired.submit(0, document, vec![good]), Ok(()), "and twice harmless");
    assert_eq!(wired.stations[0].log.unpublished(&space).unwrap().len(), 1);
    wired.settle();
    assert!(wired.stations[1].has(document, "1"));
}

#[test]
fn two_changes_with_one_seq_are_not_both_kept() {
    let (mut wired, _, document) = pair();
    let actor = wired.stations[0].actor(6);
    let before = wired.stations[0].documents.get(&document).unwrap().clone();
    let twice: Vec<Vec<u8>> = ["a", "b"]
        .iter()
        .map(|key| {
            let mut copy = before.clone();
            copy.set_actor(actor.clone());
            copy.put(automerge::ROOT, *key, 1).unwrap();
            copy.commit();
            copy.get_last_local_change().unwrap().raw_bytes().to_vec()
        })
        .collect();
    assert_eq!(wired.submit(0, document, vec![twice[0].clone()]), Ok(()));
    assert_eq!(wired.submit(0, document, vec![twice[1].clone()]), Err(SubmitRefusal::Unsound));
}

#[test]
fn no_such_document_is_said() {
    let (mut wired, ..) = pair();
    assert_eq!(wired.submit(0, DocumentId([0; 16]), vec![]), Err(SubmitRefusal::UnknownDocument));
}

#[test]
fn of_two_nodes_that_publish_under_one_foreign_actor_the_earlier_member_speaks_for_it() {
    let (mut wired, space, document) = pair();
    wired.cut(0, 1);
    let actor = automerge::ActorId::from(ActorId::from(&[0xee; 16][..]).0.as_ref());
    // A client with its own program wrote at both schools, each time from the same state.
    for (at, key) in [(1, "second"), (0, "first")] {
        let mut copy = wired.stations[at].documents.get(&document).unwrap().clone();
        copy.set_actor(actor.clone());
        let before = copy.get_heads();
        copy.put(automerge::ROOT, key, 1).unwrap();
        copy.commit();
        let changes: Vec<Vec<u8>> = copy.get_changes(&before).into_iter().map(|mut change| change.bytes().to_vec()).collect();
        assert_eq!(wired.submit(at, document, changes), Ok(()));
        wired.stations[at].documents.insert(document, copy);
    }
    wired.connect(0, 1);
    wired.assert_equal(0, 1, space);
    assert!(wired.stations[1].has(document, "first") && !wired.stations[1].has(document, "second"), "the founder joined first");
    wired.write(1, document, "after");
    wired.settle();
    wired.assert_equal(0, 1, space);
}

#[test]
fn a_new_document_comes_with_its_first_changes_or_not_at_all() {
    let (mut wired, space, _) = pair();
    let mut document = AutoCommit::new().with_actor(wired.stations[1].actor(0));
    document.put(automerge::ROOT, "title", "x").unwrap();
    let changes = chunks(&mut document);
    let act = crate::replica::LocalAct::CreateDocument { space, kind: 1, write_rule: WriteRule::Everyone, changes };
    let before = wired.stations[0].commits;
    assert_eq!(wired.try_act(0, act), Err(crate::replica::ActRefusal::BadChange), "the actor is another node's");
    assert_eq!(wired.stations[0].commits, before);
    assert_eq!(wired.stations[0].replica.space(&space).unwrap().membership.documents().count(), 1);
    wired.document(0, space, WriteRule::Everyone);
    assert_eq!(wired.stations[0].commits, before + 1, "one commit keeps act and changes");
}
