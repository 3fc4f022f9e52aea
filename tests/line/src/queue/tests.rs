//! The line in virtual time.

use std::num::NonZeroU64;

use proptest::prelude::*;

use super::*;
use crate::loss::{Loss, Percent};
use crate::packet::NodeId;
use crate::shape::{Oversize, Rate};

const MS: Duration = Duration::from_millis(1);

/// 8 kbit/s: a byte a millisecond.
fn slow() -> Shape {
    Shape { rate: Rate::kbit(8), delay: 50 * MS, queue: 1_000 * MS, ..Shape::IDEAL }
}

/// A packet that carries its number.
fn packet(number: u32, length: usize) -> Packet {
    let mut bytes = vec![0; length.max(4)];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Packet { from: NodeId(0), to: NodeId(1), bytes }
}

fn number(packet: &Packet) -> u32 {
    u32::from_be_bytes(*packet.bytes.first_chunk().unwrap())
}

fn drain(queue: &mut Queue) -> Vec<(Duration, Packet)> {
    std::iter::from_fn(|| queue.leave(Duration::MAX)).collect()
}

#[test]
fn a_packet_arrives_after_it_is_sent_and_delayed_and_not_before() {
    let mut queue = Queue::new(slow(), 1, 0);
    assert_eq!(queue.enter(10 * MS, packet(1, 100)), Entered::Queued);
    assert_eq!(queue.next_out(), Some(160 * MS), "100 ms to send, 50 ms to travel");
    assert_eq!(queue.leave(160 * MS - Duration::from_nanos(1)), None);
    assert_eq!(queue.leave(160 * MS), Some((160 * MS, packet(1, 100))));
    assert_eq!(queue.next_out(), None);
}

#[test]
fn packets_wait_for_one_another_to_be_sent_but_travel_together() {
    let mut queue = Queue::new(slow(), 1, 0);
    for number in 0..3 {
        queue.enter(Duration::ZERO, packet(number, 100));
    }
    let times: Vec<Duration> = drain(&mut queue).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [150 * MS, 250 * MS, 350 * MS]);
}

#[test]
fn a_full_queue_drops_the_newest_and_an_idle_line_takes_any() {
    let mut queue = Queue::new(Shape { queue: 150 * MS, ..slow() }, 1, 0);
    assert_eq!(queue.enter(Duration::ZERO, packet(0, 1_000)), Entered::Queued, "a second to send, and nothing in front of it");
    assert_eq!(queue.enter(849 * MS, packet(1, 100)), Entered::Full, "it would wait 151 ms");
    assert_eq!(queue.enter(850 * MS, packet(2, 100)), Entered::Queued, "it waits 150 ms");
    assert_eq!(queue.enter(850 * MS, packet(3, 100)), Entered::Full);
    let arrived: Vec<u32> = drain(&mut queue).iter().map(|(_, packet)| number(packet)).collect();
    assert_eq!(arrived, [0, 2]);
}

#[test]
fn a_lost_packet_takes_its_time_on_the_line() {
    let all_lost = Shape { loss: Loss::Independent(Percent::new(100.0).unwrap()), ..slow() };
    let mut queue = Queue::new(all_lost, 1, 0);
    assert_eq!(queue.enter(Duration::ZERO, packet(0, 100)), Entered::Lost);
    queue.shape.loss = Loss::NONE;
    queue.enter(Duration::ZERO, packet(1, 100));
    assert_eq!(drain(&mut queue), [(250 * MS, packet(1, 100))]);
}

#[test]
fn what_is_too_large_comes_back_and_what_just_fits_goes() {
    let mtu = Mtu { bytes: 600, oversize: Oversize::Told };
    let mut queue = Queue::new(Shape { mtu: Some(mtu), ..slow() }, 1, 0);
    assert_eq!(queue.enter(Duration::ZERO, packet(0, 601)), Entered::TooBig(packet(0, 601), mtu));
    assert_eq!(queue.enter(Duration::ZERO, packet(0, 600)), Entered::Queued);
}

#[test]
fn a_faster_line_sends_what_waits_faster_and_the_rest_of_what_it_was_sending() {
    let mut queue = Queue::new(slow(), 1, 0);
    for number in 0..3 {
        queue.enter(Duration::ZERO, packet(number, 100));
    }
    // The first is sent, the second half sent, the third waits.
    queue.reshape(150 * MS, Shape { rate: Rate::kbit(80), delay: 20 * MS, ..slow() });
    let times: Vec<Duration> = drain(&mut queue).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [150 * MS, 175 * MS, 185 * MS]);
}

#[test]
fn a_shorter_line_does_not_let_the_new_overtake_the_old() {
    let mut queue = Queue::new(Shape { delay: 500 * MS, ..Shape::IDEAL }, 1, 0);
    queue.enter(Duration::ZERO, packet(0, 100));
    queue.reshape(MS, Shape::IDEAL);
    queue.enter(2 * MS, packet(1, 100));
    let order: Vec<(Duration, u32)> = drain(&mut queue).iter().map(|(at, packet)| (*at, number(packet))).collect();
    assert_eq!(order, [(500 * MS, 0), (500 * MS, 1)]);
}

#[test]
fn a_cut_line_forgets_what_was_on_it_and_is_idle_after() {
    let mut queue = Queue::new(slow(), 1, 0);
    queue.enter(Duration::ZERO, packet(0, 500));
    assert_eq!(queue.clear().count(), 1);
    assert_eq!(queue.leave(Duration::MAX), None);
    queue.enter(MS, packet(1, 100));
    assert_eq!(queue.next_out(), Some(151 * MS));
}

#[test]
fn an_ideal_line_takes_no_time() {
    let mut queue = Queue::new(Shape::IDEAL, 1, 0);
    queue.enter(MS, packet(0, 1_500));
    assert_eq!(queue.leave(MS), Some((MS, packet(0, 1_500))));
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let rate = proptest::option::of((8_000u64..200_000_000).prop_map(|bits| Rate::bits(NonZeroU64::new(bits).unwrap())));
    let share = (0.0..=60.0).prop_map(|percent| Percent::new(percent).unwrap());
    let loss = prop_oneof![
        share.clone().prop_map(Loss::Independent),
        (share, 1.0..10.0).prop_map(|(share, mean_packets)| Loss::Bursts { share, mean_packets })
    ];
    (rate, 0u32..800, 0u32..200, loss, 0u32..3_000).prop_map(|(rate, delay, jitter, loss, queue)| Shape {
        rate,
        delay: delay * MS,
        jitter: jitter * MS,
        loss,
        queue: queue * MS,
        mtu: None,
    })
}

/// Pauses before packets, and their lengths.
fn any_traffic() -> impl Strategy<Value = Vec<(Duration, usize)>> {
    proptest::collection::vec(((0u64..40_000).prop_map(Duration::from_micros), 28usize..1_500), 1..120)
}

proptest! {
    #[test]
    fn what_enters_leaves_once_in_order_within_its_bounds_and_no_faster_than_the_rate(shape in any_shape(), traffic in any_traffic(), seed in any::<u64>()) {
        let mut queue = Queue::new(shape, seed, 0);
        let (mut now, mut queued) = (Duration::ZERO, Vec::new());
        for (number, (pause, length)) in (0u32..).zip(&traffic) {
            now += *pause;
            if queue.enter(now, packet(number, *length)) == Entered::Queued {
                queued.push((now, number, *length));
            }
        }
        let arrived = drain(&mut queue);
        let numbers: Vec<u32> = arrived.iter().map(|(_, packet)| number(packet)).collect();
        prop_assert_eq!(&numbers, &queued.iter().map(|(_, number, _)| *number).collect::<Vec<_>>(), "each once, in order");
        let send = |length: usize| shape.rate.map_or(Duration::ZERO, |rate| rate.time_for(length));
        for ((out, _), (entered, _, length)) in arrived.iter().zip(&queued) {
            prop_assert!(*out >= *entered + send(*length) + shape.delay, "no sooner than sent and delayed");
            prop_assert!(*out <= *entered + shape.queue + send(*length) + shape.delay + shape.jitter, "no later than the longest wait");
        }
        if shape.jitter.is_zero() {
            for (pair, (_, _, length)) in arrived.windows(2).zip(queued.iter().skip(1)) {
                prop_assert!(pair[1].0 - pair[0].0 >= send(*length), "no faster than the rate");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_line(shape in any_shape(), traffic in any_traffic(), seed in any::<u64>()) {
        let run = || {
            let mut queue = Queue::new(shape, seed, 3);
            let mut now = Duration::ZERO;
            for (number, (pause, length)) in (0u32..).zip(&traffic) {
                now += *pause;
                queue.enter(now, packet(number, *length));
            }
            drain(&mut queue)
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn a_line_that_changes_loses_nothing_by_it_and_keeps_the_order(
        first in any_shape(), then in any_shape(), traffic in any_traffic(), at in 0usize..120, seed in any::<u64>()
    ) {
        let mut queue = Queue::new(first, seed, 0);
        let (mut now, mut queued, mut left) = (Duration::ZERO, Vec::new(), Vec::new());
        for (number, (pause, length)) in (0u32..).zip(&traffic) {
            now += *pause;
            left.extend(std::iter::from_fn(|| queue.leave(now)));
            if number as usize == at {
                queue.reshape(now, then);
                prop_assert!(queue.next_out().is_none_or(|next| next >= now), "nothing arrives in the past");
            }
            if queue.enter(now, packet(number, *length)) == Entered::Queued {
                queued.push(number);
            }
        }
        left.extend(drain(&mut queue));
        prop_assert_eq!(left.iter().map(|(_, packet)| number(packet)).collect::<Vec<_>>(), queued);
        prop_assert!(left.is_sorted_by_key(|(at, _)| *at));
    }
}
