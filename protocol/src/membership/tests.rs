//! The fold: who belongs is a function of the set of control entries.

use proptest::prelude::*;

use super::*;
use crate::certificate::NodeCertificate;
use crate::entry::{Act, Batch, Chain, ChainId, ControlBody, Cut, DocumentAct, Entry, Position, Retirement, Role, Run, SealedKey, WriteRule, commit};
use crate::ids::{ActorId, DocumentId, EntryHash, SpaceId};
use crate::keys::{NodeKey, SchoolKey};
use crate::seal::Sealed;

/// A node that signs control entries, with what it knows.
#[derive(Clone)]
struct Scribe {
    school: SchoolKey,
    key: NodeKey,
    graph: ControlGraph,
    log: Vec<Entry>,
}

fn school(number: u8) -> SchoolKey {
    SchoolKey::from_secret(&[100 + number; 32])
}

fn certificate(school_number: u8, node: u8) -> NodeCertificate {
    NodeCertificate::issue(&school(school_number), &format!("{school_number}-мектеп"), &NodeKey::from_secret(&[node; 32]), "кеңсе")
}

fn sealed(certificate: &NodeCertificate) -> SealedKey {
    SealedKey { node: certificate.node, sealed: Sealed(vec![7; 80]) }
}

fn add_school(role: Role, number: u8) -> Act {
    let certificate = certificate(number, number);
    Act::AddSchool { role, key: sealed(&certificate), certificate }
}

/// The document that a node makes under a number, in the founder's space.
fn document(maker: u8, number: u8) -> DocumentId {
    DocumentId::of(&founder().1, &NodeKey::from_secret(&[maker; 32]).id(), &[number; 8])
}

fn create_document(maker: u8, number: u8, write_rule: WriteRule) -> Act {
    Act::CreateDocument(DocumentAct { document: document(maker, number), nonce: [number; 8], kind: 1, owner: school(maker).id(), write_rule })
}

/// The creator's scribe, of school 1, and its space.
fn founder() -> (Scribe, SpaceId) {
    founder_of(false)
}

fn founder_of(private: bool) -> (Scribe, SpaceId) {
    let (key, certificate) = (NodeKey::from_secret(&[1; 32]), certificate(1, 1));
    let act = Act::CreateSpace { nonce: [9; 32], name: "Желі".into(), private, key: sealed(&certificate), certificate };
    let space = space_id(&key.id(), &ControlBody { parents: vec![], act: act.clone() }.encode());
    let mut scribe = Scribe { school: school(1), key, graph: ControlGraph::new(space), log: vec![] };
    scribe.sign(space, act);
    (scribe, space)
}

impl Scribe {
    /// A scribe of another school's node, who knows what this one knows.
    fn fellow(&self, number: u8) -> Self {
        Self { school: school(number), key: NodeKey::from_secret(&[number; 32]), graph: self.graph.clone(), log: vec![] }
    }

    fn next(&self, space: SpaceId, act: Act) -> Entry {
        let (seq, previous) = self.log.last().map_or((1, crate::entry::NO_ENTRY), |last| (last.position.seq + 1, last.hash));
        Entry::sign(&space, &self.key, Chain::Control, seq, previous, ControlBody { parents: self.graph.heads(), act }.encode())
    }

    fn sign(&mut self, space: SpaceId, act: Act) -> Entry {
        let entry = self.next(space, act);
        self.graph.extend([&entry]).unwrap();
        self.log.push(entry.clone());
        entry
    }

    /// As a node acts: naming what it understands.
    fn act(&mut self, space: SpaceId, act: Act) {
        let (seq, previous) = self.log.last().map_or((1, crate::entry::NO_ENTRY), |last| (last.position.seq + 1, last.hash));
        let parents = self.graph.heads_for_act(&self.key.id(), &act, 100);
        let entry = Entry::sign(&space, &self.key, Chain::Control, seq, previous, ControlBody { parents, act }.encode());
        self.hear(&entry);
        self.log.push(entry);
    }

    fn hear(&mut self, entry: &Entry) {
        self.graph.extend([entry]).unwrap();
    }

    fn content(&self, space: SpaceId, seq: u64, actor: ActorId, document: u8) -> (Entry, Batch) {
        let run = Run { document: super::tests::document(1, document), actor, first_seq: 1, count: 1, commitment: commit([]) };
        let batch = Batch { control_heads: self.graph.heads(), runs: vec![run] };
        (Entry::sign(&space, &self.key, Chain::Content, seq, EntryHash([0; 32]), batch.encode()), batch)
    }

    fn own_content(&self, space: SpaceId, seq: u64, document: u8) -> (Entry, Batch) {
        self.content(space, seq, ActorId::of_node(&self.key.id(), [0; 8]), document)
    }
}

fn verdict(graph: &ControlGraph, (entry, batch): &(Entry, Batch)) -> Verdict {
    graph.judge(entry, batch)[0]
}

#[test]
fn a_member_writes_a_reader_does_not_and_a_stranger_is_nobody() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Member, 2));
    one.sign(space, add_school(Role::Reader, 3));
    one.sign(space, create_document(1, 50, WriteRule::Everyone));
    let [member, reader, stranger] = [2, 3, 4].map(|number| one.fellow(number).own_content(space, 1, 50));
    assert_eq!(verdict(&one.graph, &member), Verdict::Admitted);
    assert_eq!(verdict(&one.graph, &reader), Verdict::NotAllowed);
    assert_eq!(verdict(&one.graph, &stranger), Verdict::NotAMember);
}

#[test]
fn a_schools_own_space_takes_in_its_computers_and_no_other_school() {
    let (mut one, space) = founder_of(true);
    one.sign(space, add_school(Role::Member, 2));
    assert_eq!(one.graph.membership().refused(), 1);
    assert_eq!(one.graph.membership().role(&school(2).id()), None);
    let laptop = certificate(1, 7);
    one.sign(space, Act::AddNode { key: sealed(&laptop), certificate: laptop.clone() });
    assert!(one.graph.membership().admits(&laptop.node));
    let others = certificate(2, 8);
    one.sign(space, Act::AddNode { key: sealed(&others), certificate: others.clone() });
    assert!(!one.graph.membership().admits(&others.node));
    assert_ne!(verdict(&one.graph, &one.fellow(2).own_content(space, 1, 50)), Verdict::Admitted);
}

#[test]
fn a_write_rule_names_who_may_write() {
    let (mut one, space) = founder();
    for number in [2, 3] {
        one.sign(space, add_school(Role::Member, number));
    }
    one.sign(space, create_document(1, 50, WriteRule::Owner));
    one.sign(space, create_document(1, 51, WriteRule::Schools(vec![school(2).id()])));
    let (two, three) = (one.fellow(2), one.fellow(3));
    assert_eq!(verdict(&one.graph, &one.own_content(space, 1, 50)), Verdict::Admitted);
    assert_eq!(verdict(&one.graph, &two.own_content(space, 1, 50)), Verdict::NotAllowed);
    assert_eq!(verdict(&one.graph, &two.own_content(space, 1, 51)), Verdict::Admitted);
    assert_eq!(verdict(&one.graph, &three.own_content(space, 1, 51)), Verdict::NotAllowed);
    assert_eq!(verdict(&one.graph, &two.own_content(space, 1, 99)), Verdict::NoSuchDocument);
    assert!(one.graph.may_write(&two.key.id(), &document(1, 51)) && !one.graph.may_write(&two.key.id(), &document(1, 50)));
}

#[test]
fn rights_are_judged_at_the_heads_that_an_entry_names() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Member, 2));
    let two_before = one.fellow(2);
    one.sign(space, create_document(1, 50, WriteRule::Everyone));
    let two_after = one.fellow(2);
    assert_eq!(verdict(&one.graph, &two_before.own_content(space, 1, 50)), Verdict::NoSuchDocument, "it did not know of the document");
    assert_eq!(verdict(&one.graph, &two_after.own_content(space, 1, 50)), Verdict::Admitted);
    let (stale, _) = founder();
    assert_eq!(verdict(&stale.graph, &two_after.own_content(space, 1, 50)), Verdict::Waits, "until the named heads are here");
}

#[test]
fn a_wider_role_holds_from_the_heads_that_know_it() {
    let (mut one, space) = founder();
    one.sign(space, create_document(1, 50, WriteRule::Everyone));
    one.sign(space, add_school(Role::Reader, 2));
    let reading = one.fellow(2).own_content(space, 1, 50);
    one.sign(space, add_school(Role::Member, 2));
    let writing = one.fellow(2).own_content(space, 2, 50);
    assert_eq!(verdict(&one.graph, &reading), Verdict::NotAllowed);
    assert_eq!(verdict(&one.graph, &writing), Verdict::Admitted);
    assert_eq!(one.graph.membership().role(&school(2).id()), Some(Role::Member));
}

#[test]
fn an_act_without_the_right_changes_nothing_and_is_counted() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Member, 2));
    let mut two = one.fellow(2);
    two.sign(space, add_school(Role::Convenor, 3));
    let Act::CreateDocument(act) = create_document(2, 60, WriteRule::Everyone) else { panic!("it is that act") };
    two.sign(space, Act::CreateDocument(DocumentAct { owner: school(1).id(), ..act }));
    two.sign(space, create_document(1, 60, WriteRule::Owner));
    assert_eq!(two.graph.membership().role(&school(3).id()), None, "a member takes no school in");
    assert!(two.graph.membership().document(&document(2, 60)).is_none(), "nor makes a document for another school");
    assert!(two.graph.membership().document(&document(1, 60)).is_none(), "nor under an id that is another node's to give");
    assert_eq!(two.graph.membership().refused(), 3);
    two.sign(space, create_document(2, 61, WriteRule::Everyone));
    assert!(two.graph.membership().document(&document(2, 61)).is_some(), "but one of its own");
}

#[test]
fn a_retired_node_cannot_write_after_its_cut_and_its_past_counts() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Member, 2));
    one.sign(space, create_document(1, 50, WriteRule::Everyone));
    let two = one.fellow(2);
    let (before, after) = (two.own_content(space, 1, 50), two.own_content(space, 2, 50));
    assert_eq!(verdict(&one.graph, &after), Verdict::Admitted);
    let chain = ChainId { node: two.key.id(), chain: Chain::Content };
    let cut = Cut { position: Position { chain, seq: 1 }, hash: before.0.hash };
    one.sign(space, Act::RetireNode(Retirement::issue(&two.school, two.key.id(), vec![cut])));
    assert_eq!(verdict(&one.graph, &before), Verdict::Admitted);
    assert_eq!(verdict(&one.graph, &after), Verdict::PastTheCut);
    assert!(!one.graph.membership().admits(&two.key.id()));
    assert!(one.graph.keeps_entries_of(&two.key.id()), "what it wrote is kept all the same");
}

#[test]
fn what_a_retired_key_signs_below_its_cut_on_another_branch_does_not_count() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Convenor, 2));
    let mut two = one.fellow(2);
    let mut thief = one.fellow(2);
    let honest = two.sign(space, create_document(2, 60, WriteRule::Everyone));
    let forged = thief.sign(space, add_school(Role::Convenor, 9));
    let cut = Cut { position: honest.position, hash: honest.hash };
    let retirement = one.next(space, Act::RetireNode(Retirement::issue(&two.school, two.key.id(), vec![cut])));
    for forged_first in [true, false] {
        let mut behind = one.fellow(7);
        for entry in if forged_first { [&forged, &retirement] } else { [&retirement, &forged] } {
            behind.hear(entry);
        }
        assert!(!behind.graph.membership().admits(&two.key.id()));
        assert_eq!(behind.graph.membership().role(&school(9).id()), None, "the cut names another entry at its position");
    }
    let mut other = one.fellow(8);
    other.hear(&retirement);
    assert!(other.graph.membership().document(&document(2, 60)).is_none(), "what lies before the cut is not shown to yet");
    other.hear(&honest);
    assert!(other.graph.membership().document(&document(2, 60)).is_some());
}

#[test]
fn an_entry_names_what_its_right_rests_on_beside_the_heads_that_cover_it() {
    let (mut one, space) = founder();
    let taken_in = one.sign(space, add_school(Role::Member, 2));
    one.sign(space, add_school(Role::Reader, 3));
    let made = one.sign(space, create_document(1, 50, WriteRule::Everyone));
    // A reader's act stands above all others, and is the one head.
    let mut reader = one.fellow(3);
    let above = reader.sign(space, Act::AddNode { key: sealed(&certificate(3, 33)), certificate: certificate(3, 33) });
    one.hear(&above);
    let two = one.fellow(2);
    let named = two.graph.heads_for_changes(&two.key.id(), [document(1, 50)]);
    for entry in [&taken_in, &made, &above] {
        assert!(named.contains(&entry.hash));
    }
    assert_eq!(named.len(), 3);
    // Who holds another act of the reader, or none, admits it all the same.
    let (entry, mut batch) = two.own_content(space, 1, 50);
    batch.control_heads = named;
    let mut elsewhere = ControlGraph::new(space);
    elsewhere.extend(&one.log).unwrap();
    assert_eq!(elsewhere.judge(&entry, &batch)[0], Verdict::Admitted);
    let acting = two.graph.heads_for_act(&two.key.id(), &create_document(2, 60, WriteRule::Everyone), 100);
    assert!(acting.contains(&taken_in.hash));
}

#[test]
fn a_retirement_by_another_school_retires_nobody() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Member, 2));
    let two = NodeKey::from_secret(&[2; 32]).id();
    one.sign(space, Act::RetireNode(Retirement::issue(&school(1), two, vec![])));
    assert!(one.graph.membership().admits(&two));
    one.sign(space, Act::RetireNode(Retirement::issue(&school(2), two, vec![])));
    assert!(!one.graph.membership().admits(&two), "its own school does");
}

#[test]
fn an_act_of_a_reader_that_is_not_known_stops_nothing() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Reader, 2));
    let odd = one.fellow(2).sign(space, Act::Unknown { number: 77, bytes: vec![1, 2, 3] });
    one.hear(&odd);
    one.sign(space, create_document(1, 50, WriteRule::Everyone));
    assert_eq!(one.graph.membership().unknown_act(), None);
    assert!(one.graph.membership().document(&document(1, 50)).is_some());
}

#[test]
fn an_act_that_is_not_known_stops_nothing_that_does_not_build_on_it_wherever_it_stands() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Member, 2));
    let two = one.fellow(2);
    one.sign(space, create_document(1, 50, WriteRule::Everyone));
    one.sign(space, add_school(Role::Member, 3));
    let written = one.own_content(space, 1, 50);
    // By a member that knows of its own taking in alone: it may come before everything else in the order. Some of these do.
    for number in 70..90 {
        let mut late = two.clone();
        let odd = late.sign(space, Act::Unknown { number, bytes: vec![7] });
        let mut here = one.clone();
        here.hear(&odd);
        let membership = here.graph.membership();
        assert_eq!(membership.unknown_act(), Some(number));
        assert!(membership.document(&document(1, 50)).is_some() && membership.role(&school(3).id()).is_some(), "what was there is there");
        assert_eq!(verdict(&here.graph, &written), Verdict::Admitted);
        // And the school goes on: its acts do not build on what it does not understand.
        here.act(space, create_document(1, 51, WriteRule::Everyone));
        assert!(here.graph.membership().document(&document(1, 51)).is_some());
        let (entry, mut batch) = here.own_content(space, 1, 51);
        batch.control_heads = here.graph.heads_for_changes(&here.key.id(), [document(1, 51)]);
        let after = (entry, batch);
        assert_eq!(verdict(&here.graph, &after), Verdict::Admitted);
    }
}

#[test]
fn an_act_that_is_not_known_stops_what_builds_on_it_and_is_kept() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Member, 2));
    let known = one.fellow(2).own_content(space, 1, 50);
    one.sign(space, Act::Unknown { number: 77, bytes: vec![1, 2, 3] });
    one.sign(space, create_document(1, 50, WriteRule::Everyone));
    assert_eq!(one.graph.membership().unknown_act(), Some(77));
    assert!(one.graph.membership().document(&document(1, 50)).is_none(), "what comes after it is not folded");
    assert_eq!(one.graph.membership().role(&school(2).id()), Some(Role::Member), "what came before it holds");
    assert_ne!(verdict(&one.graph, &known), Verdict::Waits, "what does not build on it is judged as it is");
    let (entry, mut batch) = one.own_content(space, 1, 50);
    batch.control_heads = one.graph.heads();
    assert_eq!(one.graph.judge(&entry, &batch)[0], Verdict::Waits, "what does is not refused while not everything is understood");
    assert!(one.graph.keeps_entries_of(&NodeKey::from_secret(&[44; 32]).id()), "it may have taken in anybody: all is kept");
    assert_eq!(one.graph.position(&one.log[2].hash), Some(one.log[2].position));
}

#[test]
fn a_nodes_actor_speaks_for_that_node_alone_known_or_not() {
    let (mut one, space) = founder();
    one.sign(space, create_document(1, 50, WriteRule::Everyone));
    let of_two = ActorId::of_node(&NodeKey::from_secret(&[2; 32]).id(), [0; 8]);
    let early = one.content(space, 1, of_two.clone(), 50);
    assert_eq!(verdict(&one.graph, &early), Verdict::ActorOfAnotherNode);
    one.sign(space, add_school(Role::Member, 2));
    assert_eq!(verdict(&one.graph, &early), Verdict::ActorOfAnotherNode);
    assert_eq!(verdict(&one.graph, &one.fellow(2).content(space, 1, of_two.clone(), 50)), Verdict::Admitted, "its node speaks for it");
    let drawn = ActorId::from(&of_two.0[..16]);
    assert_eq!(verdict(&one.graph, &one.content(space, 1, drawn, 50)), Verdict::Admitted, "a drawn actor is nobody's");
}

#[test]
fn a_document_that_a_retired_node_made_past_its_cut_stays_for_those_who_wrote_in_it() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Member, 2));
    one.sign(space, add_school(Role::Member, 3));
    one.sign(space, create_document(1, 50, WriteRule::Everyone));
    let retirement = Retirement::issue(&one.school, one.key.id(), vec![Cut { position: one.log[2].position, hash: one.log[2].hash }]);
    let (mut two, by_three) = (one.fellow(2), one.fellow(3).own_content(space, 1, 50));
    two.sign(space, Act::RetireNode(retirement));
    assert_eq!(verdict(&two.graph, &by_three), Verdict::Admitted);
    assert_eq!(verdict(&two.graph, &one.own_content(space, 1, 50)), Verdict::PastTheCut, "what it wrote itself does not count");
}

#[test]
fn a_document_of_a_school_that_a_retired_node_took_in_past_its_cut_stays_too() {
    let (mut one, space) = founder();
    one.sign(space, add_school(Role::Member, 2));
    one.sign(space, add_school(Role::Member, 3));
    let retirement = Retirement::issue(&one.school, one.key.id(), vec![Cut { position: one.log[1].position, hash: one.log[1].hash }]);
    let (mut two, mut three) = (one.fellow(2), one.fellow(3));
    let Act::CreateDocument(act) = create_document(3, 50, WriteRule::Everyone) else { panic!("it is that act") };
    two.hear(&three.sign(space, Act::CreateDocument(act.clone())));
    let run = Run { document: act.document, actor: ActorId::of_node(&two.key.id(), [0; 8]), first_seq: 1, count: 1, commitment: commit([]) };
    let batch = Batch { control_heads: two.graph.heads(), runs: vec![run] };
    let by_two = (Entry::sign(&space, &two.key, Chain::Content, 1, EntryHash([0; 32]), batch.encode()), batch);
    two.sign(space, Act::RetireNode(retirement));
    assert!(!two.graph.membership().admits(&three.key.id()), "its taking in does not count any more");
    assert_eq!(verdict(&two.graph, &by_two), Verdict::Admitted, "what a member wrote there stays");
    assert_eq!(two.graph.membership().role(&school(3).id()), None);
}

#[test]
fn an_entry_that_takes_its_place_before_others_unsettles_what_was_judged() {
    let (mut one, space) = founder();
    for number in [2, 3] {
        one.sign(space, add_school(Role::Member, number));
    }
    let (mut two, mut three) = (one.fellow(2), one.fellow(3));
    // Both take a node of their own in: the one that folds first joined first.
    let add_node = |number: u8| Act::AddNode { key: sealed(&certificate(number, 20 + number)), certificate: certificate(number, 20 + number) };
    let entries = [two.sign(space, add_node(2)), three.sign(space, add_node(3))];
    let places: Vec<_> = [[0, 1], [1, 0]]
        .into_iter()
        .map(|order| {
            let mut graph = one.graph.clone();
            let unsettled: Vec<bool> = order.map(|at| graph.extend([&entries[at]]).unwrap().unsettled).to_vec();
            (graph.membership().node(&NodeKey::from_secret(&[22; 32]).id()).unwrap().place, unsettled)
        })
        .collect();
    assert_eq!(places[0].0, places[1].0, "the place does not depend on arrival");
    assert_eq!(places.iter().filter(|(_, unsettled)| unsettled.contains(&true)).count(), 1, "and whoever heard the later one first is told");
}

/// A history of a few scribes who know of each other's acts now and then.
fn history(steps: &[(u8, u8, u8)]) -> (SpaceId, Vec<Entry>) {
    let (one, space) = founder();
    let mut all = one.log.clone();
    let mut scribes = vec![one];
    for number in 2..5 {
        scribes.push(scribes[0].fellow(number));
    }
    for (who, what, about) in steps {
        let who = usize::from(*who) % scribes.len();
        let about = 2 + about % 6;
        let number = who as u8 + 1;
        let act = match what % 8 {
            0 | 1 => add_school([Role::Reader, Role::Member, Role::Convenor][usize::from(about) % 3], about),
            2 => create_document(number, 50 + about, WriteRule::Everyone),
            3 => Act::AddNode { key: sealed(&certificate(about, 20 + about)), certificate: certificate(about, 20 + about) },
            4 => {
                let node = NodeKey::from_secret(&[about; 32]).id();
                let cuts = all.iter().filter(|entry| entry.position.chain.node == node).take(1);
                let cuts = cuts.map(|entry| Cut { position: entry.position, hash: entry.hash }).collect();
                Act::RetireNode(Retirement::issue(&school(about), node, cuts))
            }
            5 if about == 2 => Act::Unknown { number: 99, bytes: vec![*what] },
            _ => {
                // It hears of all that there is.
                for entry in &all {
                    scribes[who].hear(entry);
                }
                continue;
            }
        };
        all.push(scribes[who].sign(space, act));
    }
    (space, all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn membership_does_not_depend_on_the_order_or_grouping_of_entries(
        steps in proptest::collection::vec((0u8..4, 0u8..8, 0u8..6), 0..24),
        order in proptest::collection::vec(any::<u16>(), 40),
        group in 1usize..5,
    ) {
        let (space, all) = history(&steps);
        let mut shuffled: Vec<&Entry> = all.iter().collect();
        for at in (1..shuffled.len()).rev() {
            shuffled.swap(at, usize::from(order[at % order.len()]) % (at + 1));
        }
        let mut whole = ControlGraph::new(space);
        whole.extend(&all).unwrap();
        let (mut one_by_one, mut grouped) = (ControlGraph::new(space), ControlGraph::new(space));
        for entry in &shuffled {
            one_by_one.extend([*entry]).unwrap();
        }
        for entries in shuffled.chunks(group) {
            grouped.extend(entries.iter().copied()).unwrap();
        }
        for graph in [&one_by_one, &grouped] {
            prop_assert_eq!(graph.membership(), whole.membership());
            prop_assert_eq!(graph.heads(), whole.heads());
            prop_assert_eq!(graph.named_nodes(), whole.named_nodes());
            prop_assert_eq!(graph.missing(), 0);
        }
    }

    #[test]
    fn what_is_admitted_changes_only_when_the_graph_says_so(
        steps in proptest::collection::vec((0u8..4, 0u8..8, 0u8..6), 1..24),
        swaps in proptest::collection::vec((any::<proptest::sample::Index>(), any::<proptest::sample::Index>()), 0..4),
    ) {
        let (space, mut all) = history(&steps);
        for (one, other) in swaps {
            let length = all.len();
            all.swap(one.index(length), other.index(length));
        }
        let author = founder().0;
        let mut graph = ControlGraph::new(space);
        let mut judged: Vec<((Entry, Batch), Verdict)> = Vec::new();
        for (count, entry) in all.iter().enumerate() {
            let grown = graph.extend([entry]).unwrap();
            for (content, before) in &mut judged {
                let now = verdict(&graph, content);
                let told = grown.unsettled || *before == Verdict::Waits;
                let same = (now == Verdict::Admitted) == (*before == Verdict::Admitted);
                prop_assert!(same || told, "{before:?} became {now:?} and nobody was told");
                *before = now;
            }
            for number in 1..5 {
                let scribe = Scribe { graph: graph.clone(), ..author.fellow(number) };
                let content = scribe.own_content(space, 1 + count as u64, 52);
                let verdict = verdict(&graph, &content);
                judged.push((content, verdict));
            }
        }
    }
    #[test]
    fn what_is_admitted_under_a_part_of_what_it_names_is_so_under_all_of_it(
        steps in proptest::collection::vec((0u8..4, 0u8..8, 0u8..6), 1..24),
        left_out in any::<proptest::sample::Index>(),
        order in proptest::collection::vec(any::<proptest::sample::Index>(), 6),
    ) {
        let (space, all) = history(&steps);
        let left_out = &all[left_out.index(all.len())];
        // Without it neither fork nor cut: what comes later on its chain names it too.
        prop_assume!(!matches!(ControlBody::decode(&left_out.body).unwrap().act, Act::RetireNode(_) | Act::Unknown { .. }));
        let mut graph = ControlGraph::new(space);
        graph.extend(all.iter().filter(|entry| entry.hash != left_out.hash)).unwrap();
        let mut judged = Vec::new();
        for number in 1..5 {
            let scribe = Scribe { graph: graph.clone(), ..founder().0.fellow(number) };
            let mut content = scribe.own_content(space, 1, 52);
            let named = order.iter().map(|index| all[index.index(all.len())].hash).chain([left_out.hash]);
            content.1.control_heads = named.collect();
            let before = verdict(&graph, &content);
            prop_assert!(matches!(before, Verdict::Admitted | Verdict::Waits | Verdict::PastTheCut), "{before:?} is no last word");
            judged.push((content, before));
        }
        let grown = graph.extend([left_out]).unwrap();
        prop_assert_eq!(graph.missing(), 0);
        for (content, before) in judged {
            prop_assert!(before != Verdict::Admitted || grown.unsettled || verdict(&graph, &content) == Verdict::Admitted);
        }
    }
}
