//! Documents that grow by the fixed change of a later schema.

use automerge::AutoCommit;

use crate::entry::{Role, WriteRule};
use crate::ids::{DocumentId, SpaceId};
use crate::kinds::{Kind, fixed_changes};
use crate::log::LogReader;
use crate::replica::{Acted, LocalAct, SubmitRefusal};

use super::wired::Wired;

/// Three schools that share a plan of the first schema, nobody connected: a founder, a member, and one with this role.
fn apart(third: Role) -> (Wired, SpaceId, DocumentId) {
    let mut wired = Wired::new(3);
    let space = wired.space(0);
    for (at, role) in [(1, Role::Member), (2, third)] {
        let ticket = wired.invite(0, space, role);
        wired.join(at, 0, &ticket).expect("the ticket is good");
        wired.connect(0, at);
    }
    let changes = vec![fixed_changes(Kind::Plan)[0].chunk.to_vec()];
    let act = LocalAct::CreateDocument { space, kind: 1, write_rule: WriteRule::Everyone, changes };
    let Ok(Acted::Document(document)) = wired.try_act(0, act) else { panic!("the plan is made") };
    let plan = AutoCommit::load(fixed_changes(Kind::Plan)[0].chunk).expect("it loads");
    wired.stations[0].documents.insert(document, plan);
    wired.settle();
    wired.cut(0, 1);
    wired.cut(0, 2);
    (wired, space, document)
}

fn growth() -> Vec<u8> {
    fixed_changes(Kind::Plan)[1].chunk.to_vec()
}

/// What the page does with the growth that its node has kept.
fn show_growth(wired: &mut Wired, at: usize, document: DocumentId) {
    let plan = wired.stations[at].documents.get_mut(&document).expect("the plan is here");
    plan.load_incremental(&growth()).expect("it fits");
}

#[test]
fn two_schools_that_grow_a_document_apart_hold_one_growth_and_what_both_wrote_on_it() {
    for order in [[0, 1], [1, 0], [2, 1], [1, 2]] {
        let (mut wired, space, document) = apart(Role::Member);
        for at in order {
            assert_eq!(wired.submit(at, document, vec![growth()]), Ok(()), "{order:?}");
            show_growth(&mut wired, at, document);
            wired.write(at, document, &format!("of {at}"));
        }
        wired.connect(0, 1);
        wired.connect(0, 2);
        wired.assert_equal(0, 1, space);
        wired.assert_equal(0, 2, space);
        for at in 0..3 {
            assert!(wired.stations[at].has(document, "judgements"), "{order:?}: {at} has the fields of the new schema");
            for writer in order {
                assert!(wired.stations[at].has(document, &format!("of {writer}")), "{order:?}: {at} has what {writer} wrote");
            }
            assert_eq!(wired.stations[at].log.unpublished(&space).unwrap(), [], "{order:?}: all is told");
        }
        wired.write(2, document, "after");
        wired.settle();
        assert!(wired.stations[1].has(document, "after"), "{order:?}: and they write on");
        wired.assert_no_faults();
    }
}

#[test]
fn a_growth_that_has_come_is_not_told_again() {
    let (mut wired, space, document) = apart(Role::Member);
    wired.connect(0, 1);
    assert_eq!(wired.submit(1, document, vec![growth()]), Ok(()));
    wired.settle();
    assert!(wired.stations[0].has(document, "judgements"));
    assert_eq!(wired.submit(0, document, vec![growth()]), Ok(()), "here already");
    assert_eq!(wired.stations[0].log.unpublished(&space).unwrap(), []);
}

#[test]
fn a_reader_grows_nothing_and_hears_of_the_growth_of_others() {
    let (mut wired, space, document) = apart(Role::Reader);
    assert_eq!(wired.submit(2, document, vec![growth()]), Err(SubmitRefusal::NotAllowed));
    assert_eq!(wired.submit(1, document, vec![growth()]), Ok(()), "a member does");
    wired.connect(0, 1);
    wired.connect(0, 2);
    wired.assert_equal(0, 2, space);
    assert!(wired.stations[2].has(document, "judgements"));
}
