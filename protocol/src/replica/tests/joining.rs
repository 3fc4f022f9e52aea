//! Invitations, requests, welcomes.

use crate::entry::{Role, WriteRule};
use crate::ids::SpaceId;
use crate::invitation::{JoinAnswer, Ticket};
use crate::replica::{ActRefusal, Acted, LocalAct};

use super::wired::Wired;

#[test]
fn a_ticket_is_good_for_one_school_and_who_asks_again_is_welcomed_again_without_a_second_act() {
    let mut wired = Wired::new(3);
    let space = wired.space(0);
    let ticket = wired.invite(0, space, Role::Member);
    let is_welcomed = |wired: &mut Wired| matches!(JoinAnswer::decode(&wired.ask_to_join(1, 0, &ticket)), Ok(JoinAnswer::Welcome(_)));
    assert!(is_welcomed(&mut wired));
    let taken_in = wired.stations[0].replica.frontier(&space).cloned();
    assert!(is_welcomed(&mut wired), "the answer was lost");
    assert_eq!(wired.join(2, 0, &ticket), Err(ActRefusal::SpentInvitation));
    wired.restart(0);
    assert!(is_welcomed(&mut wired), "also after a restart");
    assert_eq!(wired.stations[0].replica.frontier(&space).cloned(), taken_in, "it was taken in once");
    assert_eq!(wired.join(1, 0, &ticket), Ok(Acted::Joined(space)));
}

#[test]
fn a_ticket_that_was_not_given_or_is_for_another_space_says_so() {
    let mut wired = Wired::new(2);
    let (space, other) = (wired.space(0), wired.space(0));
    let ticket = wired.invite(0, space, Role::Member);
    let made_up = Ticket { secret: [9; 16], ..ticket.clone() };
    assert_eq!(wired.join(1, 0, &made_up), Err(ActRefusal::UnknownInvitation));
    let elsewhere = Ticket { space: other, ..ticket.clone() };
    assert_eq!(wired.join(1, 0, &elsewhere), Err(ActRefusal::AnotherSpace));
    assert_eq!(wired.join(1, 0, &ticket), Ok(Acted::Joined(space)), "the ticket itself is good");
}

#[test]
fn an_invitation_to_a_schools_own_space_is_for_its_other_computers() {
    let mut wired = Wired::new(2);
    let act = LocalAct::CreateSpace { name: "0-мектеп".into(), private: true };
    let Ok(Acted::Space(own)) = wired.try_act(0, act) else { panic!("a space is created") };
    let laptop = wired.station(0, 9);
    let ticket = wired.invite(0, own, Role::Member);
    assert_eq!(wired.join(1, 0, &ticket), Err(ActRefusal::AnotherSchoolsOwn));
    assert!(wired.stations[1].replica.space(&own).is_none());
    assert_eq!(wired.join(laptop, 0, &ticket), Ok(Acted::Joined(own)), "who was refused has not spent it");
}

#[test]
fn whoever_stops_between_the_welcome_and_the_first_exchange_asks_again_and_is_in() {
    let mut wired = Wired::new(2);
    let space = wired.space(0);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(1, 0, &ticket).unwrap();
    wired.restart(1);
    assert!(wired.stations[1].replica.space(&space).unwrap().joining);
    wired.join(1, 0, &ticket).unwrap();
    wired.connect(1, 0);
    assert!(!wired.stations[1].replica.space(&space).unwrap().joining);
    wired.assert_equal(0, 1, space);
}

#[test]
fn only_a_convenor_invites() {
    let mut wired = Wired::new(2);
    let space = wired.space(0);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(1, 0, &ticket).unwrap();
    wired.connect(0, 1);
    let invite = |space: SpaceId| LocalAct::Invite { space, role: Role::Member, addresses: vec![] };
    assert_eq!(wired.try_act(1, invite(space)), Err(ActRefusal::NotAllowed));
    assert_eq!(wired.try_act(1, invite(SpaceId([3; 32]))), Err(ActRefusal::UnknownSpace));
}

#[test]
fn whoever_joins_over_an_open_session_gets_the_space_on_it() {
    let mut wired = Wired::new(2);
    let (first, second) = (wired.space(0), wired.space(0));
    let ticket = wired.invite(0, first, Role::Member);
    wired.join(1, 0, &ticket).unwrap();
    wired.connect(0, 1);
    let document = wired.document(0, second, WriteRule::Everyone);
    let ticket = wired.invite(0, second, Role::Member);
    // The inviter speaks of the space before the welcome is read.
    let welcome = wired.ask_to_join(1, 0, &ticket);
    wired.deliver_all();
    wired.welcome(1, &ticket, welcome).unwrap();
    wired.settle();
    wired.assert_equal(0, 1, second);
    assert!(!wired.stations[1].heads(document).is_empty());
    wired.assert_no_faults();
}

#[test]
fn a_school_that_joined_meets_others_who_have_not_heard_of_it() {
    let mut wired = Wired::new(3);
    let space = wired.space(0);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(1, 0, &ticket).unwrap();
    wired.connect(0, 1);
    wired.cut(0, 1);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(2, 0, &ticket).unwrap();
    wired.connect(0, 2);
    wired.cut(0, 2);
    // The second has not heard of the third.
    wired.connect(1, 2);
    wired.assert_equal(1, 2, space);
    wired.assert_no_faults();
}

#[test]
fn a_second_node_of_a_school_joins_with_a_ticket_too() {
    let mut wired = Wired::new(2);
    let space = wired.space(0);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(1, 0, &ticket).unwrap();
    wired.connect(0, 1);
    let laptop = wired.station(1, 9);
    let ticket = wired.invite(0, space, Role::Reader);
    wired.join(laptop, 0, &ticket).unwrap();
    wired.connect(1, laptop);
    wired.connect(0, 1);
    wired.assert_equal(1, laptop, space);
    let membership = wired.stations[0].replica.space(&space).unwrap().membership;
    assert_eq!((membership.schools().count(), membership.nodes().count()), (2, 3));
    assert_eq!(membership.role(&wired.stations[1].school.id()), Some(Role::Member), "its school keeps its role");
}
