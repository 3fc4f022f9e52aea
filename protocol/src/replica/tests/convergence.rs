//! Two and three replicas come to hold the same.

use crate::entry::{Role, WriteRule};

use super::wired::Wired;

/// Two schools that share a space with one document.
pub(super) fn pair() -> (Wired, crate::ids::SpaceId, crate::ids::DocumentId) {
    let mut wired = Wired::new(2);
    let space = wired.space(0);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(1, 0, &ticket).expect("the ticket is good");
    wired.connect(0, 1);
    let document = wired.document(0, space, WriteRule::Everyone);
    wired.settle();
    (wired, space, document)
}

#[test]
fn two_schools_that_write_apart_hold_the_same_once_they_meet() {
    let (mut wired, space, document) = pair();
    wired.assert_equal(0, 1, space);
    wired.cut(0, 1);
    for number in 0..5 {
        wired.write(0, document, &format!("a{number}"));
        wired.write(1, document, &format!("b{number}"));
    }
    assert!(!wired.stations[0].has(document, "b0"), "nothing crosses a line that is cut");
    wired.connect(0, 1);
    wired.assert_equal(0, 1, space);
    assert!(wired.stations[0].has(document, "b4") && wired.stations[1].has(document, "a4"), "both hold both's words");
    wired.assert_no_faults();
}
