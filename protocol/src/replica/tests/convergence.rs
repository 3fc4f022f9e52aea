//! Two and three replicas come to hold the same.

use proptest::prelude::*;

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn frames_in_any_order_and_several_times_over_bring_everything(
        writes in proptest::collection::vec((0usize..2, 0usize..2, any::<bool>()), 20..120),
        order in proptest::collection::vec(any::<proptest::sample::Index>(), 64),
        target in 200usize..1_500,
    ) {
        let (mut wired, space, first) = pair();
        let second = wired.document(1, space, WriteRule::Everyone);
        wired.settle();
        // Two that write in two documents, now apart, now having read each other.
        for (number, (who, which, meet)) in writes.into_iter().enumerate() {
            wired.write(who, [first, second][which], &format!("k{number}"));
            if meet {
                wired.settle();
            }
        }
        wired.settle();
        let ticket = wired.invite(0, space, Role::Member);
        let newcomer = wired.station(7, 7);
        wired.join(newcomer, 0, &ticket).expect("the ticket is good");
        let frames = wired.frames(0, &space, target);
        prop_assert!(frames.len() > 1, "there is an order");

        let mut coming: Vec<&Vec<u8>> = order.iter().map(|index| &frames[index.index(frames.len())]).chain(&frames).collect();
        for rounds in 0.. {
            let mut missing = false;
            for frame in &coming {
                match wired.take_frame(newcomer, &space, frame) {
                    Ok(_) => {}
                    Err(refusal) if refusal.wants_comparing() => missing = true,
                    Err(refusal) => return Err(TestCaseError::fail(format!("a sound frame is refused: {refusal}"))),
                }
            }
            if !missing {
                break;
            }
            prop_assert!(rounds < frames.len(), "each round brings at least the next frame");
            coming.reverse();
        }
        // What its own welcome made is all that the giver lacks.
        wired.assert_equal(0, newcomer, space);
        for frame in &frames {
            prop_assert_eq!(wired.take_frame(newcomer, &space, frame).expect("it fits"), 0, "nothing is new any more");
        }
    }
}
