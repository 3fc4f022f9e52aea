//! Decisions about connections and sessions, under virtual time.

use super::super::config::LineCost;
use super::*;

const NO_JITTER: Roll = 0.0;

/// Two ends of one acquaintance, and a clock.
struct Desk {
    contacts: Contacts,
    peer: PeerId,
    now: Instant,
}

/// Whose id is lower.
enum Lower {
    Here,
    There,
}

fn desk(lower: Lower) -> Desk {
    let (mut low, mut high) = (PeerId::random(), PeerId::random());
    if low > high {
        std::mem::swap(&mut low, &mut high);
    }
    let (local, peer) = match lower {
        Lower::Here => (low, high),
        Lower::There => (high, low),
    };
    let mut contacts = Contacts::new(local, &Timing::of(LineCost::Free));
    contacts.set_members([peer].into(), Instant::now(), &mut Vec::new());
    Desk { contacts, peer, now: Instant::now() }
}

fn id(number: usize) -> ConnectionId {
    ConnectionId::new_unchecked(number)
}

impl Desk {
    fn connect(&mut self, number: usize, road: Road) -> Vec<Order> {
        let mut orders = Vec::new();
        self.contacts.connected(self.peer, id(number), road, self.now, &mut orders);
        orders
    }

    fn after(&mut self, seconds: u64) -> Vec<Order> {
        self.now += Duration::from_secs(seconds);
        let mut orders = Vec::new();
        self.contacts.tick(self.now, &mut orders);
        orders
    }

    fn opened(&mut self, number: usize) -> Option<SessionId> {
        session_of(self.contacts.opened(self.peer, id(number), self.now))
    }

    fn inbound(&mut self, number: usize) -> Option<SessionId> {
        session_of(self.contacts.inbound(self.peer, id(number), self.now))
    }

    fn ended(&mut self, session: SessionId) {
        self.contacts.ended(session, self.now, NO_JITTER);
    }
}

fn session_of(verdict: Verdict) -> Option<SessionId> {
    if let Verdict::Run { session, .. } = verdict { Some(session) } else { None }
}

fn opens(orders: &[Order]) -> Vec<ConnectionId> {
    orders.iter().filter_map(|order| if let Order::Open { connection, .. } = order { Some(*connection) } else { None }).collect()
}

fn closes(orders: &[Order]) -> Vec<ConnectionId> {
    orders.iter().filter_map(|order| if let Order::CloseConnection { connection } = order { Some(*connection) } else { None }).collect()
}

fn stops(orders: &[Order]) -> Vec<SessionEnd> {
    orders.iter().filter_map(|order| if let Order::Stop { stop, .. } = order { Some(stop.end.clone()) } else { None }).collect()
}

#[test]
fn the_lower_id_opens_at_once_and_the_higher_only_after_its_patience() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Lan);
    assert_eq!(opens(&lower.after(0)), [id(1)]);
    let mut higher = desk(Lower::There);
    higher.connect(1, Road::Lan);
    assert!(opens(&higher.after(2)).is_empty());
    assert_eq!(opens(&higher.after(1)), [id(1)]);
}

#[test]
fn where_streams_cross_both_sides_keep_the_one_of_the_lower_id() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Lan);
    lower.after(0);
    assert!(lower.inbound(1).is_none(), "mine is on its way");
    assert!(lower.opened(1).is_some());
    assert!(lower.inbound(1).is_none(), "mine is up");

    let mut higher = desk(Lower::There);
    higher.connect(1, Road::Lan);
    higher.after(3);
    assert!(higher.inbound(1).is_some(), "theirs goes first");
    assert!(higher.opened(1).is_none(), "mine came too late");
}

#[test]
fn a_peer_that_restarted_unnoticed_gets_its_new_session_and_keeps_its_new_connection() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Lan);
    lower.after(0);
    let old = lower.opened(1).expect("up");
    // It dies without a word, and dials anew a second later.
    lower.after(1);
    lower.connect(2, Road::Lan);
    let until_it_opens = lower.after(4);
    assert!(closes(&until_it_opens).is_empty(), "its new connection is no duplicate");
    let new = lower.inbound(2).expect("its stream on the new connection says that the old session is lost");
    lower.ended(old);
    assert!(closes(&lower.after(60)).is_empty());
    assert_eq!(lower.contacts.best_connection(&lower.peer), Some(id(2)));
    assert_ne!(old, new);
}

#[test]
fn duplicates_are_closed_by_who_opened_the_session_and_by_nobody_else() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Lan);
    lower.connect(2, Road::Lan);
    let on = opens(&lower.after(0))[0];
    lower.contacts.opened(lower.peer, on, lower.now);
    let closed = closes(&lower.after(20));
    assert_eq!(closed.len(), 1);
    assert_ne!(closed[0], on);

    let mut higher = desk(Lower::There);
    higher.connect(1, Road::Lan);
    higher.connect(2, Road::Lan);
    higher.inbound(1);
    assert!(closes(&higher.after(3_600)).is_empty());
}

#[test]
fn a_session_moves_to_a_better_road_and_not_to_a_worse_one() {
    let mut lower = desk(Lower::Here);
    let through = |via| Road::Relay { via };
    lower.connect(1, through(PeerId::random()));
    lower.after(0);
    let relayed = lower.opened(1).expect("up");
    assert!(stops(&lower.connect(2, through(PeerId::random()))).is_empty(), "another relay is no better road");
    assert_eq!(stops(&lower.connect(3, Road::Lan)), [SessionEnd::Replaced]);
    assert!(opens(&lower.after(0)).is_empty(), "the old one ends first");
    lower.ended(relayed);
    assert_eq!(opens(&lower.after(0)), [id(3)]);
    lower.opened(3).expect("up");
    assert!(stops(&lower.connect(4, Road::Direct)).is_empty());
    let mut closed = closes(&lower.after(20));
    closed.sort();
    assert_eq!(closed, [id(1), id(2), id(4)]);
}

#[test]
fn a_session_that_ends_early_is_opened_again_ever_more_seldom() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Lan);
    lower.after(0);
    for wait in [1, 2, 4, 8] {
        let session = lower.opened(1).expect("ordered");
        lower.ended(session);
        assert!(opens(&lower.after(wait - 1)).is_empty(), "not before {wait} s");
        assert_eq!(opens(&lower.after(1)), [id(1)], "after {wait} s");
    }
    let session = lower.opened(1).expect("ordered");
    lower.after(3_600);
    lower.ended(session);
    assert_eq!(opens(&lower.after(1)), [id(1)], "a steady one starts over");
}

#[test]
fn the_end_of_a_connection_takes_its_session_to_another_one() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Lan);
    lower.after(0);
    let session = lower.opened(1).expect("up");
    lower.connect(2, Road::Lan);
    let mut orders = Vec::new();
    assert_eq!(lower.contacts.closed(lower.peer, id(1), lower.now, &mut orders), Change::Nothing);
    assert_eq!(stops(&orders).len(), 1);
    lower.ended(session);
    assert_eq!(opens(&lower.after(1)), [id(2)]);
}

#[test]
fn a_stream_that_cannot_be_opened_on_one_connection_is_tried_on_another() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Lan);
    lower.connect(2, Road::Lan);
    let first = opens(&lower.after(0))[0];
    lower.contacts.not_opened(lower.peer, first, lower.now, NO_JITTER);
    let second = opens(&lower.after(1))[0];
    assert_ne!(first, second);
}

#[test]
fn strangers_sessions_are_bounded_and_members_are_not_counted() {
    let mut desk = desk(Lower::Here);
    let strangers: Vec<PeerId> = (0..=STRANGER_SESSIONS).map(|_| PeerId::random()).collect();
    let taken = strangers.iter().enumerate().filter(|(index, stranger)| {
        let connection = id(100 + index);
        desk.contacts.connected(**stranger, connection, Road::Lan, desk.now, &mut Vec::new());
        matches!(desk.contacts.inbound(**stranger, connection, desk.now), Verdict::Run { admission: Admission::Stranger, .. })
    });
    assert_eq!(taken.count(), STRANGER_SESSIONS);
    desk.connect(1, Road::Lan);
    assert!(desk.inbound(1).is_some(), "a member always gets in");
}

#[test]
fn a_refused_peer_stays_out_until_it_is_admitted_or_connects_anew() {
    let mut higher = desk(Lower::There);
    let members = higher.contacts.members().clone();
    higher.contacts.set_members(BTreeSet::new(), higher.now, &mut Vec::new());
    higher.connect(1, Road::Lan);
    let session = higher.inbound(1).expect("strangers may knock");
    let mut orders = Vec::new();
    higher.contacts.close(session, CloseReason::Refused, higher.now, NO_JITTER, &mut orders);
    assert_eq!(stops(&orders), [SessionEnd::ClosedHere(CloseReason::Refused)]);
    higher.ended(session);
    assert!(higher.inbound(1).is_none());
    higher.contacts.set_members(members, higher.now, &mut Vec::new());
    assert!(higher.inbound(1).is_some());
}

#[test]
fn a_member_that_breaks_the_protocol_is_met_again_ever_later_and_connecting_anew_does_not_hasten_it() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Lan);
    lower.after(0);
    for wait in [5, 10, 20, 40] {
        let session = lower.opened(1).expect("ordered");
        lower.contacts.close(session, CloseReason::Violation, lower.now, NO_JITTER, &mut Vec::new());
        lower.ended(session);
        assert!(lower.inbound(1).is_none(), "nor may it open one itself");
        lower.contacts.closed(lower.peer, id(1), lower.now, &mut Vec::new());
        lower.connect(1, Road::Lan);
        assert!(opens(&lower.after(wait - 1)).is_empty(), "not before {wait} s");
        assert!(lower.inbound(1).is_none(), "on a new connection neither");
        assert_eq!(opens(&lower.after(1)), [id(1)], "after {wait} s");
    }
    let session = lower.inbound(1).or_else(|| lower.opened(1)).expect("its time is over");
    lower.contacts.close(session, CloseReason::Restart, lower.now, NO_JITTER, &mut Vec::new());
    lower.ended(session);
    assert_eq!(opens(&lower.after(0)), [id(1)], "what is no fault costs nothing");
}

#[test]
fn who_leaves_the_members_loses_its_session_and_gets_no_new_one() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Lan);
    lower.after(0);
    let session = lower.opened(1).expect("up");
    let mut orders = Vec::new();
    lower.contacts.set_members(BTreeSet::new(), lower.now, &mut orders);
    assert_eq!(stops(&orders), [SessionEnd::NotAdmitted]);
    lower.ended(session);
    assert!(opens(&lower.after(3_600)).is_empty());
}

#[test]
fn a_connection_that_dies_while_a_session_is_being_opened_leaves_nothing_behind() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Lan);
    lower.after(0);
    lower.connect(2, Road::Lan);
    lower.contacts.closed(lower.peer, id(1), lower.now, &mut Vec::new());
    assert_eq!(opens(&lower.after(0)), [id(2)], "the other connection is tried at once");
    lower.contacts.not_opened(lower.peer, id(1), lower.now, NO_JITTER);
    assert!(lower.opened(2).is_some(), "news of the first changes nothing");

    let mut alone = desk(Lower::Here);
    alone.connect(1, Road::Lan);
    alone.after(0);
    alone.contacts.closed(alone.peer, id(1), alone.now, &mut Vec::new());
    assert!(alone.contacts.peers.is_empty());
}

#[test]
fn a_session_that_was_being_opened_when_a_better_road_came_up_moves_there() {
    let mut lower = desk(Lower::Here);
    lower.connect(1, Road::Relay { via: PeerId::random() });
    assert_eq!(opens(&lower.after(0)), [id(1)]);
    assert!(stops(&lower.connect(2, Road::Direct)).is_empty(), "there is nothing to move yet");
    let relayed = lower.opened(1).expect("up");
    assert_eq!(stops(&lower.after(0)), [SessionEnd::Replaced]);
    lower.ended(relayed);
    assert_eq!(opens(&lower.after(0)), [id(2)]);
    lower.opened(2).expect("up");
    assert!(stops(&lower.after(20)).is_empty(), "and stays there");
}

#[test]
fn roads_and_disconnections_are_told_once() {
    let mut desk = desk(Lower::Here);
    let (peer, now) = (desk.peer, desk.now);
    let mut orders = Vec::new();
    let relay = Road::Relay { via: PeerId::random() };
    assert_eq!(desk.contacts.connected(peer, id(1), relay, now, &mut orders), Change::Connected(relay));
    assert_eq!(desk.contacts.connected(peer, id(2), Road::Lan, now, &mut orders), Change::Road(Road::Lan));
    assert_eq!(desk.contacts.connected(peer, id(3), Road::Direct, now, &mut orders), Change::Nothing);
    assert_eq!(desk.contacts.closed(peer, id(2), now, &mut orders), Change::Road(Road::Direct));
    assert_eq!(desk.contacts.closed(peer, id(1), now, &mut orders), Change::Nothing);
    assert_eq!(desk.contacts.closed(peer, id(3), now, &mut orders), Change::Disconnected);
    assert!(desk.contacts.peers.is_empty(), "nothing is left of it");
}
