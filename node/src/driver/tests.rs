//! The driver with a store and without a network: what it is told goes in by hand.

use std::time::{Duration, Instant};

use jeli_protocol::entry::WriteRule;
use jeli_protocol::ids::{ChangeHash, DocumentId, SpaceId};
use jeli_protocol::keys::SchoolKey;
use jeli_protocol::kinds::Kind;
use jeli_protocol::log::{Commit, LogReader, NewEntry};
use jeli_protocol::log_conformance::Author;
use tempfile::TempDir;

use super::*;
use crate::network::command::Command;
use crate::network::peer_id_of;
use crate::replica_handle::{CanWrite, JoinState, LoadedAnswer};

/// A driver, what it says to the local side, and what it orders of the network.
struct Desk {
    driver: Driver,
    outbox: Outbox,
    applied: broadcast::Receiver<Applied>,
    orders: mpsc::UnboundedReceiver<Command>,
    school: SchoolKey,
}

fn store(folder: &TempDir) -> Store {
    Store::open(&folder.path().join("jeli.db")).unwrap()
}

fn desk(folder: &TempDir) -> Desk {
    let (key, school) = (NodeKey::from_secret(&[1; 32]), SchoolKey::from_secret(&[2; 32]));
    let certificate = NodeCertificate::issue(&school, "Мектеп", &key, "PC");
    let (commands, mut given) = mpsc::channel(16);
    let (seen, orders) = mpsc::unbounded_channel();
    // A network on which nobody is reached. Whoever waits for it to do something else hears that it has stopped.
    tokio::spawn(async move {
        while let Some(command) = given.recv().await {
            if matches!(command, Command::Join { .. } | Command::BeginRelayMonth { .. }) {
                let _ = seen.send(command);
            }
        }
    });
    let network = NetworkHandle {
        local: peer_id_of(&key.id().0),
        commands,
        outbounds: Default::default(),
        meter: Default::default(),
        counter: Default::default(),
        budget: Default::default(),
    };
    let config = DriverConfig {
        key,
        certificate,
        paces: Paces { near: replica::Timing::default(), beyond: replica::Timing::default(), cursors: Cursors::Go },
        line: Line::Cut,
    };
    let (said, applied) = broadcast::channel(64);
    let (reached, _) = mpsc::channel(1);
    let (driver, outbox) = Driver::new(config, store(folder), network, said, reached).unwrap();
    Desk { driver, outbox, applied, orders, school }
}

impl Desk {
    async fn begun(folder: &TempDir) -> Self {
        let mut desk = desk(folder);
        let outbox = std::mem::take(&mut desk.outbox);
        desk.driver.begin(outbox).await;
        desk
    }

    async fn act(&mut self, act: LocalAct) {
        let token = self.driver.token(Waiting::Nobody);
        self.driver.feed(Input::Act { token, act }).await;
        self.driver.settle().await;
    }

    async fn space(&mut self) -> SpaceId {
        self.act(LocalAct::CreateSpace { name: "желі".to_owned(), private: false }).await;
        self.driver.replica.spaces().next().expect("made").id
    }
}

#[tokio::test]
async fn what_a_stop_came_before_the_judgement_of_is_judged_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::begun(&folder).await;
    let space = desk.space().await;
    // Of a node that nobody has taken in: the verdict is "no member", and for that nothing needs to come.
    let mut author = Author::new(space, 9);
    let document = DocumentId([5; 16]);
    let mut entry = author.content(&[(document, jeli_protocol::ids::ActorId::of_node(&author.id(), [0; 8]), 1, vec![ChangeHash([4; 32])])]);
    let heads = desk.driver.replica.space(&space).map(|_| desk.driver.store.control_entries(&space).unwrap()).unwrap();
    entry.batch.control_heads = heads.iter().map(|entry| entry.hash).collect();
    entry.entry.body = entry.batch.encode();
    let mut commit = Commit::new(space);
    commit.entries.push(NewEntry::Content { entry, waits: true, void: false });
    desk.driver.store.commit(&[commit]).unwrap();
    drop(desk);

    let mut desk = Desk::begun(&folder).await;
    desk.driver.settle().await;
    assert!(desk.driver.store.waiting_entries(&space).unwrap().is_empty(), "it waits for nothing that is to come");
}

#[tokio::test]
async fn what_was_carried_for_others_is_counted_on_after_a_restart_and_anew_in_another_month() {
    use crate::network::{RelayState, RelayStatus};
    let folder = tempfile::tempdir().unwrap();
    let begins_with = async |folder: &TempDir| {
        let mut desk = Desk::begun(folder).await;
        desk.driver.begin_relaying().await;
        let Some(Command::BeginRelayMonth { used }) = desk.orders.recv().await else { unreachable!("a month begins") };
        (desk, used)
    };
    let (mut desk, used) = begins_with(&folder).await;
    assert_eq!(used, 0);
    desk.driver.network.budget.carry(crate::network::For::Member, 1_234);
    let status = RelayStatus { state: RelayState::Ready, reservations: 1, circuits: 1, month_bytes: 2_000, reached_through: Vec::new() };
    desk.driver.relay_changed(status);
    assert_eq!(desk.driver.relay_view().month_carried_bytes, 1_234);
    desk.driver.keep_relayed(Instant::now()).await;
    drop(desk);

    let (mut desk, used) = begins_with(&folder).await;
    assert_eq!(used, 1_234);
    desk.driver.store.set_setting("relayed", b"2001-01 99999").unwrap();
    drop(desk);
    assert_eq!(begins_with(&folder).await.1, 0, "another month's count is over");
}

#[tokio::test]
async fn whoever_has_a_document_open_is_told_when_its_school_may_not_write_it_any_more() {
    use jeli_protocol::entry::Retirement;
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::begun(&folder).await;
    let space = desk.space().await;
    let first: Vec<Vec<u8>> = jeli_protocol::kinds::fixed_changes(Kind::Plan).iter().map(|fixed| fixed.chunk.to_vec()).collect();
    for _ in 0..2 {
        let act = LocalAct::CreateDocument { space, kind: u64::from(Kind::Plan.number()), write_rule: WriteRule::Owner, changes: first.clone() };
        desk.act(act).await;
    }
    let documents: Vec<DocumentId> = desk.driver.replica.space(&space).unwrap().membership.documents().map(|(document, _)| *document).collect();
    let (reply, answer) = oneshot::channel();
    desk.driver.request(Request::LoadDocument { document: documents[0], reply }).await;
    let LoadedAnswer::Here(loaded) = answer.await.unwrap().unwrap() else { panic!("it is here") };
    assert!(loaded.can_write.is_yes());
    while desk.applied.try_recv().is_ok() {}

    desk.act(LocalAct::CreateDocument { space, kind: u64::from(Kind::Plan.number()), write_rule: WriteRule::Owner, changes: first }).await;
    assert_eq!(access(&mut desk), [], "what changes nothing is not said");
    let retirement = Retirement::issue(&desk.school, desk.driver.key.id(), Vec::new());
    desk.act(LocalAct::RetireNode { space, retirement }).await;
    assert_eq!(access(&mut desk), [(documents[0], CanWrite::No)], "once, and of the one that somebody has loaded");
    let [member] = &desk.driver.space_info(&space).unwrap().members[..] else { panic!("one school") };
    assert!(member.nodes.is_empty() && member.former[0].id == desk.driver.key.id(), "what the computer wrote is the school's still");
}

#[tokio::test]
async fn a_computer_that_is_no_member_any_more_may_fetch_nothing() {
    use jeli_protocol::entry::Retirement;
    use jeli_protocol::ids::BlobHash;
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::begun(&folder).await;
    let space = desk.space().await;
    let changes: Vec<Vec<u8>> = jeli_protocol::kinds::fixed_changes(Kind::Plan).iter().map(|fixed| fixed.chunk.to_vec()).collect();
    desk.act(LocalAct::CreateDocument { space, kind: u64::from(Kind::Plan.number()), write_rule: WriteRule::Owner, changes }).await;
    let document = *desk.driver.replica.space(&space).unwrap().membership.documents().next().unwrap().0;
    let (named, other) = (BlobHash([7; 32]), BlobHash([8; 32]));
    let file = jeli_protocol::kinds::FileReference {
        id: String::new(),
        at: String::new(),
        name: String::new(),
        media_type: String::new(),
        size: 1,
        hash: named,
        thumbnail: None,
        by: String::new(),
        at_ms: 0,
        actor: jeli_protocol::ids::ActorId::from(&[1; 16][..]),
    };
    desk.driver.store.name_files(&document, &[file]).unwrap();
    let computer = desk.driver.key.id();
    assert!(desk.driver.may_fetch(&computer, &named).unwrap(), "while it is a member it may");
    assert!(!desk.driver.may_fetch(&computer, &other).unwrap(), "but not what no document names");
    assert!(!desk.driver.may_fetch(&NodeId([9; 32]), &named).unwrap(), "and nobody else may");
    let retirement = Retirement::issue(&desk.school, computer, Vec::new());
    desk.act(LocalAct::RetireNode { space, retirement }).await;
    assert!(!desk.driver.may_fetch(&computer, &named).unwrap());
    assert_eq!(desk.driver.providers(&named).unwrap(), [], "nor is it asked for any");
}

fn access(desk: &mut Desk) -> Vec<(DocumentId, CanWrite)> {
    let said = std::iter::from_fn(|| desk.applied.try_recv().ok());
    said.filter_map(|said| if let Applied::Access { document, can_write, .. } = said { Some((document, can_write)) } else { None }).collect()
}

#[tokio::test]
async fn a_person_who_joins_is_answered_in_time_while_the_inviter_is_not_reached_and_the_asking_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::begun(&folder).await;
    let ticket = jeli_protocol::invitation::Ticket {
        space: SpaceId([8; 32]),
        space_name: "желі".to_owned(),
        inviter: NodeId([7; 32]),
        addresses: Vec::new(),
        secret: [6; 16],
    };
    let (reply, mut answer) = oneshot::channel();
    let begun = Instant::now();
    desk.driver.join(&ticket.to_text(), reply).await;
    assert!(matches!(desk.orders.recv().await, Some(Command::Join { .. })), "the inviter is asked");
    let woken = desk.driver.next_wake();
    assert!(woken <= begun + Duration::from_secs(10), "nothing else need happen for the person to be answered");
    assert!(answer.try_recv().is_err(), "not yet");
    desk.driver.try_joins(woken).await;
    assert_eq!(answer.try_recv().unwrap().unwrap().state, JoinState::Waiting);
    assert_eq!(desk.driver.joins.len(), 1, "it goes on being asked for");
    assert!(desk.driver.next_wake() > woken, "and the person is not answered twice");
}

#[tokio::test]
async fn the_last_contact_outlives_a_restart_of_members_alone_and_is_written_seldom() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::begun(&folder).await;
    desk.space().await;
    // It is the only member there is; what it has to do with itself nobody asks.
    let (member, stranger) = (desk.driver.key.id(), NodeId([9; 32]));
    for node in [member, stranger] {
        desk.driver.event(Event::Connected { peer: peer_id_of(&node.0), road: Road::Direct }).await;
    }
    let kept = |desk: &Desk| desk.driver.store.contacts().unwrap();
    let first = *kept(&desk).get(&member).expect("a member's contact is kept at once");
    assert_eq!(first.road, crate::store::LastRoad::Direct);
    assert!(!kept(&desk).contains_key(&stranger), "of strangers nothing stays");
    for _ in 0..50 {
        desk.driver.event(Event::Disconnected { peer: peer_id_of(&member.0) }).await;
        desk.driver.event(Event::Connected { peer: peer_id_of(&member.0), road: Road::Direct }).await;
    }
    assert_eq!(kept(&desk).get(&member), Some(&first), "a line that drops does not have the disk work");
    desk.driver.said_time(member, crate::clock::now_s().unsigned_abs() + 86_400);
    desk.driver.brought(member).await;
    let brought = *kept(&desk).get(&member).unwrap();
    assert_eq!(brought.road, crate::store::LastRoad::Parcel, "another road is kept at once");
    assert!(brought.ahead_ms.is_some_and(|ahead| ahead > 80_000_000), "with the clock that is a day ahead: {brought:?}");
    desk.driver.said_time(member, crate::clock::now_s().unsigned_abs());
    desk.driver.said_time(stranger, 7);
    desk.driver.keep_contacts().await;
    drop(desk);

    let desk = Desk::begun(&folder).await;
    let again = desk.driver.contacts.of(&member).expect("known after the restart");
    assert_eq!((again.road, again.ahead_ms), (crate::store::LastRoad::Parcel, None), "and that the clock was set right");
    assert_eq!(desk.driver.contacts.of(&stranger), None);
}
