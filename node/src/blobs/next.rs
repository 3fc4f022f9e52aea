//! What is fetched next, and when one that did not come is tried again.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jeli_protocol::ids::BlobHash;

use super::Obstacle;
use super::limits::{FETCHES, FETCHES_BUT_ONE, FETCHES_BY_THEMSELVES, FETCHES_FOR_LATER, LOOK_AGAIN, MISSING_AGAIN, MISSING_UNASKED_AGAIN, REST};
use super::tables::{Urgency, Want};

/// A content that did not come at the last attempt.
pub(super) struct Held {
    pub(super) obstacle: Obstacle,
    /// Failures before this one.
    pub(super) times: u32,
    pub(super) again: Instant,
}

impl Held {
    pub(super) fn new(obstacle: Obstacle, urgency: Urgency, before: Option<&Self>) -> Self {
        let times = before.map_or(0, |before| before.times + 1);
        let again = Instant::now() + rest(&obstacle, urgency, times);
        Self { obstacle, times, again }
    }
}

/// Soon at first: whoever has it may not have read yet that a document names it. Then about as long as it has been missing.
fn rest(obstacle: &Obstacle, urgency: Urgency, times: u32) -> Duration {
    let most = match obstacle {
        Obstacle::NobodyHasIt if urgency.by_itself() => MISSING_UNASKED_AGAIN,
        Obstacle::NobodyHasIt => MISSING_AGAIN,
        Obstacle::NoRoom | Obstacle::TooLarge | Obstacle::Spared | Obstacle::Failed => LOOK_AGAIN,
    };
    REST.saturating_mul(1 << times.min(16)).min(most)
}

/// What is fetched next, as far as there are places: the most urgent first, but what failed oftener after the others. What comes by itself has some of the
/// places at most: a school may name any number of files that nobody gives, and each takes its time to fail.
pub(super) fn next_of(
    wants: &[Want],
    running: &HashMap<BlobHash, Urgency>,
    rests: impl Fn(&BlobHash) -> bool,
    failed: impl Fn(&BlobHash) -> u32,
) -> Vec<Want> {
    let mut due: Vec<Want> = wants.iter().filter(|want| !want.paused && !running.contains_key(&want.hash) && !rests(&want.hash)).copied().collect();
    due.sort_by_key(|want| failed(&want.hash));
    let mut places: Vec<Urgency> = running.values().copied().collect();
    due.retain(|want| {
        let is_free = has_place(&places, want.urgency);
        if is_free {
            places.push(want.urgency);
        }
        is_free
    });
    due
}

/// Whether there is a place for one more fetch of this urgency beside these.
fn has_place(places: &[Urgency], urgency: Urgency) -> bool {
    let room = |most: usize, counts: fn(&Urgency) -> bool| !counts(&urgency) || places.iter().filter(|place| counts(place)).count() < most;
    places.len() < FETCHES
        && room(FETCHES_BY_THEMSELVES, |urgency| urgency.by_itself())
        && room(FETCHES_FOR_LATER, |urgency| matches!(urgency, Urgency::Pinned | Urgency::Small))
        && room(FETCHES_BUT_ONE, |urgency| *urgency != Urgency::Wanted)
        && room(FETCHES_BUT_ONE, |urgency| *urgency != Urgency::Thumbnail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn want(number: u8, urgency: Urgency) -> Want {
        Want { hash: BlobHash([number; 32]), urgency, paused: false, wanted_ms: 0 }
    }

    fn numbers(next: &[Want]) -> Vec<u8> {
        next.iter().map(|want| want.hash.0[0]).collect()
    }

    #[test]
    fn however_much_comes_by_itself_what_somebody_asked_for_has_a_place() {
        let mut wants: Vec<Want> = (0..40).map(|number| want(number, Urgency::Thumbnail)).collect();
        wants.push(want(100, Urgency::Wanted));
        let next = next_of(&wants, &HashMap::new(), |_| false, |_| 0);
        assert_eq!(numbers(&next), [0, 1, 100]);
        let running = next.iter().map(|want| (want.hash, want.urgency)).collect();
        assert!(next_of(&wants, &running, |_| false, |_| 0).is_empty(), "the last place is for what people ask for");
        wants.extend([want(101, Urgency::Pinned), want(102, Urgency::Wanted)]);
        assert_eq!(numbers(&next_of(&wants, &running, |_| false, |_| 0)), [101]);
    }

    #[test]
    fn long_films_leave_a_place_for_small_pictures_and_one_for_what_somebody_waits_for() {
        let films = |urgency| (0..4).map(|number| want(number, urgency)).collect::<Vec<_>>();
        let of = |urgency| next_of(&films(urgency), &HashMap::new(), |_| false, |_| 0);
        let others = [want(100, Urgency::Thumbnail), want(101, Urgency::Small), want(102, Urgency::Pinned), want(103, Urgency::Wanted)];
        for (urgency, most, beside) in [(Urgency::Pinned, 2, vec![100, 103]), (Urgency::Small, 2, vec![103]), (Urgency::Wanted, 3, vec![100])] {
            let begun = of(urgency);
            assert_eq!(begun.len(), most, "{urgency:?}");
            let running = begun.iter().map(|want| (want.hash, want.urgency)).collect();
            assert_eq!(numbers(&next_of(&others, &running, |_| false, |_| 0)), beside, "{urgency:?}");
        }
    }

    #[test]
    fn what_nobody_has_is_asked_for_ever_more_seldom_and_what_somebody_waits_for_oftener_than_the_rest() {
        let seconds = |obstacle, urgency| [0, 1, 4, 8, 40].map(|times| rest(&obstacle, urgency, times).as_secs());
        assert_eq!(seconds(Obstacle::NobodyHasIt, Urgency::Thumbnail), [2, 4, 32, 512, 3_600]);
        assert_eq!(seconds(Obstacle::NobodyHasIt, Urgency::Wanted), [2, 4, 32, 512, 600]);
        assert_eq!(seconds(Obstacle::NoRoom, Urgency::Wanted), [2, 4, 32, 60, 60], "nobody else is asked");
    }

    #[test]
    fn what_failed_again_and_again_is_tried_after_what_has_not_been_tried() {
        let wants: Vec<Want> = (0..5).map(|number| want(number, Urgency::Thumbnail)).collect();
        let next = next_of(&wants, &HashMap::new(), |hash| hash.0[0] == 3, |hash| u32::from(hash.0[0] < 3));
        assert_eq!(numbers(&next), [4, 0]);
    }
}
