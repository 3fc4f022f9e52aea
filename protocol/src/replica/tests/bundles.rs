//! What no line brings, a file does: words there, receipts back.

use crate::announce::EpochKey;
use crate::bundle::{Cover, Draft, Part, Series};
use crate::ids::{BundleId, DocumentId, SpaceId};
use crate::log::Halt;
use crate::replica::{Carried, CarriedRefusal, Part as Taking};

use super::bounds::three;
use super::convergence::pair;
use super::wired::Wired;

const TARGET: usize = 4_096;

/// Three schools that have met once and never will again.
fn apart() -> (Wired, SpaceId, DocumentId) {
    let (mut wired, space, document) = three();
    for (a, b) in [(0, 1), (1, 2), (0, 2)] {
        wired.cut(a, b);
    }
    wired.settle();
    (wired, space, document)
}

fn has_latest(wired: &Wired, at: usize, document: DocumentId) -> (usize, usize) {
    wired.stations[at].replica.reached(&document).expect("the document is known")
}

#[test]
fn words_travel_by_file_alone_and_the_answer_rides_back() {
    let (mut wired, space, document) = apart();
    wired.write(0, document, "by stick");
    assert_eq!(has_latest(&wired, 0, document), (0, 2));
    let there = wired.bundle(0, space, &[1, 2], TARGET);
    assert_eq!(has_latest(&wired, 0, document), (0, 2), "a file that is under way has reached nobody");
    assert!(wired.carry_all(1, space, &there).expect("it fits") > 0);
    assert!(wired.stations[1].has(document, "by stick"));
    assert_eq!(has_latest(&wired, 1, document), (1, 2), "who has read the author's receipt knows that the author has it");
    assert_eq!(has_latest(&wired, 0, document), (0, 2), "and the author knows nothing yet");
    let back = wired.bundle(1, space, &[0], TARGET);
    assert!(!back.iter().any(|item| matches!(item, Carried::Frame(_))), "there is nothing new to say, but a receipt");
    wired.carry_all(0, space, &back).expect("it fits");
    assert_eq!(has_latest(&wired, 0, document), (1, 2));
    // The third school hears by the second, of all three.
    let onward = wired.bundle(1, space, &[2], TARGET);
    wired.carry_all(2, space, &onward).expect("it fits");
    assert!(wired.stations[2].has(document, "by stick"));
    assert_eq!(has_latest(&wired, 2, document), (2, 2));
    wired.assert_no_faults();
}

#[test]
fn a_second_file_holds_what_is_not_confirmed_and_no_more() {
    let (mut wired, space, document) = apart();
    for number in 0..200 {
        wired.write(0, document, &format!("first {number}"));
    }
    let bytes = |bundle: &[Carried]| -> usize { bundle.iter().map(|item| if let Carried::Frame(frame) = item { frame.len() } else { 0 }).sum() };
    let first = wired.bundle(0, space, &[1], TARGET);
    wired.write(0, document, "second");
    let unconfirmed = wired.bundle(0, space, &[1], TARGET);
    assert!(bytes(&unconfirmed) > bytes(&first), "what may have been lost on the way is there again");
    wired.carry_all(1, space, &unconfirmed).expect("the first is not needed for it");
    let back = wired.bundle(1, space, &[0], TARGET);
    wired.carry_all(0, space, &back).expect("it fits");
    wired.write(0, document, "third");
    let confirmed = wired.bundle(0, space, &[1], TARGET);
    assert!(bytes(&confirmed) * 2 < bytes(&first), "{} of {}", bytes(&confirmed), bytes(&first));
    // For somebody who has confirmed less it is more.
    let for_both = wired.bundle(0, space, &[1, 2], TARGET);
    assert!(bytes(&for_both) > bytes(&first));
    wired.carry_all(1, space, &confirmed).expect("it fits");
    wired.carry_all(2, space, &for_both).expect("it fits");
    assert!(wired.stations[1].has(document, "third") && wired.stations[2].has(document, "third"));
    assert_eq!(wired.carry_all(1, space, &first), Ok(0), "an old file brings nothing new, and no harm");
    wired.assert_no_faults();
}

#[test]
fn a_file_whose_beginning_is_not_here_says_so_and_loses_nothing() {
    let (mut wired, space, document) = apart();
    wired.write(0, document, "first");
    let first = wired.bundle(0, space, &[1], TARGET);
    wired.carry_all(1, space, &first).expect("it fits");
    let back = wired.bundle(1, space, &[0], TARGET);
    wired.carry_all(0, space, &back).expect("it fits");
    wired.write(0, document, "second");
    let second = wired.bundle(0, space, &[1], TARGET);
    // Given to the third school by mistake: it lacks what the second one had confirmed.
    assert_eq!(wired.carry(2, space, &second[0]), Err(CarriedRefusal::Missing));
    assert!(!wired.stations[2].has(document, "second"));
    wired.carry_all(2, space, &first).expect("it fits");
    wired.carry_all(2, space, &second).expect("now it does");
    assert!(wired.stations[2].has(document, "second"));
    wired.assert_no_faults();
}

#[test]
fn what_came_by_file_goes_on_by_line() {
    let (mut wired, space, document) = apart();
    wired.connect(1, 2);
    wired.write(0, document, "by stick");
    let there = wired.bundle(0, space, &[1], TARGET);
    wired.carry_all(1, space, &there).expect("it fits");
    wired.settle();
    assert!(wired.stations[2].has(document, "by stick"), "who is connected is told");
    let back = wired.bundle(2, space, &[0], TARGET);
    wired.carry_all(0, space, &back).expect("it fits");
    assert_eq!(has_latest(&wired, 0, document), (2, 2), "the receipts of both rode back");
    // The line is joined after files went both ways: nothing is sent twice, and nobody is blamed.
    wired.take_sent();
    wired.connect(0, 1);
    let (_, bytes) = wired.take_sent();
    assert!(bytes < 1_000, "{bytes} bytes to find that both have everything");
    wired.assert_equal(0, 1, space);
    wired.assert_equal(0, 2, space);
    wired.assert_no_faults();
}

#[test]
fn a_node_put_back_from_an_old_copy_is_told_by_a_file_too() {
    let (mut wired, space, document) = pair();
    wired.cut(0, 1);
    let image = wired.stations[1].log.clone();
    wired.write(1, document, "lost");
    let there = wired.bundle(1, space, &[0], TARGET);
    wired.carry_all(0, space, &there).expect("it fits");
    wired.stations[1].log = image;
    wired.restart(1);
    let back = wired.bundle(0, space, &[1], TARGET);
    assert!(!back.iter().any(|item| matches!(item, Carried::Frame(_))), "node 1 has said that it has all of it");
    wired.carry_all(1, space, &back).expect("it fits");
    // Its own receipt, which it is shown, tells it that it has said more than it holds: it signs nothing in the place of that.
    wired.write(1, document, "anew");
    let there = wired.bundle(1, space, &[0], TARGET);
    assert!(!there.iter().any(|item| matches!(item, Carried::Frame(_))), "a second entry at one position would fork its log");
    wired.write(0, document, "more");
    let back = wired.bundle(0, space, &[1], TARGET);
    wired.carry_all(1, space, &back).expect("it fits");
    wired.connect(0, 1);
    assert_eq!(wired.stations[1].replica.space(&space).expect("it has it").part, Taking::Halted(Halt::OwnLogIsLonger));
}

#[test]
fn a_bundle_is_known_by_its_recipients_and_by_nobody_else() {
    let (wired, space, _) = three();
    let recipients = [wired.id(1)].into_iter().collect();
    let id = BundleId([7; 16]);
    let tags = wired.stations[0].replica.bundle_tags(&space, &recipients, &id);
    let draft = Draft { id, series: Series([0; 8]), number: 1, part: Part::WHOLE, made_ms: 0, tags: tags.clone(), body_bytes: 0, body_hash: [0; 32] };
    let cover = Cover::sign(draft, &wired.stations[0].certificate, &wired.stations[0].key);
    assert_eq!(wired.stations[1].replica.recognised(&cover), [space]);
    assert_eq!(wired.stations[2].replica.recognised(&cover), [], "a member for whom it is not");
    assert_eq!(wired.stations[0].replica.recognised(&cover), [], "its maker");
    let another = EpochKey::new([3; 32]).bundle_tag(&wired.id(0), &wired.id(1), &id);
    assert!(!tags.contains(&another), "without the space's secret no tag can be made");
    let again = wired.stations[0].replica.bundle_tags(&space, &recipients, &BundleId([8; 16]));
    assert!(!again.contains(&tags[0]), "two bundles for one recipient bear different tags");
}
