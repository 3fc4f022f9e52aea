//! Frames: what goes in comes out, and nothing else does.
#![expect(clippy::disallowed_methods, reason = "how long refusing takes is measured")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use automerge::{AutoCommit, transaction::Transactable};
use proptest::prelude::*;

use super::*;
use crate::certificate::NodeCertificate;
use crate::entry::{
    Act, Batch, Chain, ChainId, ControlBody, DocumentAct, Entry, NO_ENTRY, Position, Run, SealedKey, WriteRule, commit, keeps_signature,
};
use crate::frontier::Tip;
use crate::ids::{ActorId, DocumentId, EntryHash, NodeId, SpaceId};
use crate::keys::{NodeKey, SchoolKey};
use crate::limits::{
    CHANGE_OVERHEAD_BYTES, MAX_BATCH_OPS, MAX_FRAME_BYTES, MAX_FRAME_OPS, SIGNATURE_EVERY, SIGNED_ENTRY_BYTES, SIGNED_ENTRY_CHANGES,
};
use crate::log::ContentEntry;
use crate::scan;
use crate::seal::Sealed;

const SPACE: SpaceId = SpaceId([5; 32]);

/// A receiver that keeps what it has verified.
#[derive(Default, Clone)]
struct Receiver {
    entries: BTreeMap<Position, Entry>,
    known: BTreeSet<NodeId>,
}

impl Receiver {
    fn of(nodes: &[&Writer]) -> Self {
        Self { entries: BTreeMap::new(), known: nodes.iter().map(|writer| writer.key.id()).collect() }
    }

    fn take(&mut self, frame: &[u8]) -> Result<VerifiedFrame, FrameRefusal> {
        let verified = self.verify(frame)?;
        for entry in verified.control.iter().chain(verified.content.iter().map(|content| &content.entry.entry)) {
            self.entries.insert(entry.position, entry.clone());
        }
        Ok(verified)
    }

    fn verify(&self, frame: &[u8]) -> Result<VerifiedFrame, FrameRefusal> {
        verify(&SPACE, frame, MAX_FRAME_OPS, self, |_| Ok(Kept::Also(BTreeSet::new()))).map(Verified::into_inner)
    }
}

impl Known for Receiver {
    fn tip(&self, chain: &ChainId) -> Tip {
        let of_chain = self.entries.values().filter(|entry| entry.position.chain == *chain);
        of_chain.max_by_key(|entry| entry.position.seq).map_or(Tip::START, |entry| Tip { seq: entry.position.seq, hash: entry.hash })
    }

    fn hash_at(&self, position: &Position) -> Option<EntryHash> {
        self.entries.get(position).map(|entry| entry.hash)
    }

    fn keeps_entries_of(&self, node: &NodeId) -> bool {
        self.known.contains(node)
    }

    fn chains(&self) -> usize {
        self.entries.keys().map(|position| position.chain).collect::<BTreeSet<_>>().len()
    }
}

/// The one document, which the first node made.
fn the_document() -> DocumentId {
    DocumentId::of(&SPACE, &NodeKey::from_secret(&[1; 32]).id(), &[1; 8])
}

/// A node that writes a document and a log.
struct Writer {
    key: NodeKey,
    document: AutoCommit,
    control: Vec<Entry>,
    content: Vec<FrameEntry>,
}

fn certificate(number: u8) -> NodeCertificate {
    NodeCertificate::issue(&SchoolKey::from_secret(&[number; 32]), "мектеп", &NodeKey::from_secret(&[number; 32]), "кеңсе")
}

fn actor(key: &NodeKey) -> automerge::ActorId {
    automerge::ActorId::from(ActorId::of_node(&key.id(), [0; 8]).0.as_ref())
}

impl Writer {
    fn new(number: u8) -> Self {
        let key = NodeKey::from_secret(&[number; 32]);
        let document = AutoCommit::new().with_actor(actor(&key));
        let mut writer = Self { key, document, control: vec![], content: vec![] };
        let act = Act::CreateDocument(DocumentAct {
            document: the_document(),
            nonce: [1; 8],
            kind: 1,
            owner: SchoolKey::from_secret(&[1; 32]).id(),
            write_rule: WriteRule::Everyone,
        });
        let body = ControlBody { parents: vec![], act }.encode();
        writer.control.push(Entry::sign(&SPACE, &writer.key, Chain::Control, 1, NO_ENTRY, body));
        writer
    }

    /// Edits the document; the change's chunk.
    fn edit(&mut self, text: &str) -> Vec<u8> {
        self.document.put(automerge::ROOT, "title", text).unwrap();
        self.document.commit();
        self.document.get_last_local_change().unwrap().raw_bytes().to_vec()
    }

    /// The next entry of the content chain, of these chunks as one run.
    fn entry(&self, chunks: Vec<Vec<u8>>) -> FrameEntry {
        let facts: Vec<_> = chunks.iter().map(|chunk| scan::framed_facts(chunk).unwrap()).collect();
        let run = Run {
            document: the_document(),
            actor: facts[0].actor.clone(),
            first_seq: facts[0].seq,
            count: facts.len() as u64,
            commitment: commit(facts.iter().map(|facts| &facts.hash)),
        };
        let batch = Batch { control_heads: vec![self.control[0].hash], runs: vec![run] };
        let before = self.content.last().map(FrameEntry::entry);
        let (seq, previous) = before.map_or((1, NO_ENTRY), |before| (before.position.seq + 1, before.hash));
        let entry = Entry::sign(&SPACE, &self.key, Chain::Content, seq, previous, batch.encode());
        FrameEntry::Content { entry, batch, heads: vec![Some(self.control[0].position)], chunks }
    }

    fn write(&mut self, text: &str) -> FrameEntry {
        let chunk = self.edit(text);
        let entry = self.entry(vec![chunk]);
        self.content.push(entry.clone());
        entry
    }

    fn writing(mut self, count: usize) -> Self {
        for number in 0..count {
            self.write(&format!("сөз {number}"));
        }
        self
    }

    fn all(&self) -> Vec<FrameEntry> {
        self.control.iter().cloned().map(FrameEntry::Control).chain(self.content.iter().cloned()).collect()
    }

    fn frame(&self, content: std::ops::Range<usize>) -> Vec<u8> {
        encode(&self.content[content], 3).unwrap()
    }
}

fn joined(frames: &[&Writer]) -> Vec<u8> {
    let control = frames.iter().flat_map(|writer| writer.control.iter().cloned().map(FrameEntry::Control));
    let content = frames.iter().flat_map(|writer| writer.content.iter().cloned());
    encode(&control.chain(content).collect::<Vec<_>>(), 3).unwrap()
}

/// An entry as it is after its travels: with a signature only where one is kept.
fn travelled(entries: &[FrameEntry], verified: &VerifiedFrame) {
    let got: Vec<&Entry> = verified.control.iter().chain(verified.content.iter().map(|content| &content.entry.entry)).collect();
    assert_eq!(got.len(), entries.len());
    for (sent, got) in entries.iter().zip(got) {
        let sent_entry = sent.entry();
        assert_eq!((sent_entry.position, sent_entry.previous, sent_entry.hash, &sent_entry.body), (got.position, got.previous, got.hash, &got.body));
    }
}

#[test]
fn what_is_encoded_is_verified_and_says_the_same() {
    let (one, two) = (Writer::new(1).writing(40), Writer::new(2).writing(3));
    let entries: Vec<FrameEntry> = [&one, &two]
        .iter()
        .flat_map(|writer| writer.control.iter().cloned().map(FrameEntry::Control))
        .chain(one.content.iter().cloned())
        .chain(two.content.iter().cloned())
        .collect();
    let verified = Receiver::of(&[&one, &two]).take(&encode(&entries, 3).unwrap()).unwrap();
    travelled(&entries, &verified);
    let FrameEntry::Content { chunks, batch, .. } = &one.content[7] else { panic!("content") };
    let got = &verified.content[7];
    assert_eq!((&got.entry.batch, &got.changes[0].chunk), (batch, &chunks[0]));
    assert_eq!(got.entry.changes, [scan::scan(&chunks[0]).unwrap().hash]);
    assert!(got.is_sound());
}

#[test]
fn signatures_are_kept_at_the_end_at_every_32nd_and_at_large_entries() {
    let mut one = Writer::new(1).writing(20);
    one.write(&"ұ".repeat(SIGNED_ENTRY_BYTES));
    let one = one.writing(20);
    let verified = Receiver::of(&[&one]).take(&joined(&[&one])).unwrap();
    let signed: Vec<u64> = verified
        .content
        .iter()
        .map(|content| &content.entry.entry)
        .filter(|entry| entry.signature.is_some())
        .map(|entry| entry.position.seq)
        .collect();
    assert_eq!(signed, [21, SIGNATURE_EVERY, 41]);
    assert!(keeps_signature(SIGNATURE_EVERY, 1, 1));
    let typed = |changes: usize| keeps_signature(1, changes * (CHANGE_OVERHEAD_BYTES + 12), changes);
    assert!(!typed(SIGNED_ENTRY_CHANGES - 1) && typed(SIGNED_ENTRY_CHANGES), "a minute of typing weighs less than its signature");
    let pasted = |bytes: usize| keeps_signature(1, bytes, 1);
    assert!(pasted(SIGNED_ENTRY_BYTES) && !pasted(SIGNED_ENTRY_BYTES - 1));
    // Whoever has it from there can cut where a signature is, and nowhere else.
    let held: Vec<FrameEntry> = one
        .content
        .iter()
        .zip(&verified.content)
        .map(|(sent, got)| match sent {
            FrameEntry::Content { batch, heads, chunks, .. } => {
                FrameEntry::Content { entry: got.entry.entry.clone(), batch: batch.clone(), heads: heads.clone(), chunks: chunks.clone() }
            }
            FrameEntry::Control(entry) => FrameEntry::Control(entry.clone()),
        })
        .collect();
    let control = FrameEntry::Control(one.control[0].clone());
    let cut = |end: usize| encode(&std::iter::once(control.clone()).chain(held[..end].iter().cloned()).collect::<Vec<_>>(), 3);
    assert!(matches!(cut(20), Err(EncodeError::NoSignature)));
    assert!(Receiver::of(&[&one]).take(&cut(21).unwrap()).is_ok());
}

#[test]
fn ranges_may_overlap_what_is_here_but_not_leave_a_gap() {
    let one = Writer::new(1).writing(9);
    let mut receiver = Receiver::of(&[&one]);
    receiver.take(&encode(&one.all()[..4], 3).unwrap()).unwrap();
    assert!(matches!(receiver.take(&one.frame(4..6)), Err(FrameRefusal::Gap(position)) if position.seq == 5));
    assert_eq!(receiver.take(&one.frame(1..6)).unwrap().content.len(), 3, "of an overlap only what is new");
    assert_eq!(receiver.take(&one.frame(1..6)).unwrap().content.len(), 0, "and twice nothing");
    assert_eq!(receiver.take(&one.frame(6..9)).unwrap().content.len(), 3);
}

#[test]
fn a_strangers_chain_is_refused_and_a_named_nodes_is_not() {
    let one = Writer::new(1).writing(1);
    let frame = joined(&[&one]);
    let nobody = Receiver::default();
    assert!(matches!(nobody.verify(&frame), Err(FrameRefusal::Stranger(node)) if node == one.key.id()));
    let named =
        verify(&SPACE, &frame, MAX_FRAME_OPS, &nobody, |control| Ok(Kept::Also(control.iter().map(|entry| entry.position.chain.node).collect())));
    assert!(named.is_ok(), "one that the frame itself names");
    assert!(verify(&SPACE, &frame, MAX_FRAME_OPS, &nobody, |_| Ok(Kept::Anybody)).is_ok());
}

#[test]
fn content_under_control_that_is_not_here_waits_for_it() {
    let one = Writer::new(1).writing(1);
    let receiver = Receiver::of(&[&one]);
    assert!(matches!(receiver.verify(&one.frame(0..1)), Err(FrameRefusal::ControlMissing)));
}

#[test]
fn content_that_names_another_branch_of_a_control_chain_is_told_from_a_forgery_and_read_when_it_names_it_in_full() {
    let (mut one, mut other) = (Writer::new(1), Writer::new(1));
    let act = Act::AddNode { certificate: certificate(7), key: SealedKey { node: certificate(7).node, sealed: Sealed(vec![7; 80]) } };
    other.control = vec![Entry::sign(&SPACE, &other.key, Chain::Control, 1, NO_ENTRY, ControlBody { parents: vec![], act }.encode())];
    let mut receiver = Receiver::of(&[&one]);
    receiver.take(&encode(&[FrameEntry::Control(other.control[0].clone())], 3).unwrap()).unwrap();
    one.write("сөз");
    let head = one.control[0].position;
    assert!(matches!(receiver.verify(&one.frame(0..1)), Err(FrameRefusal::OtherGround(position)) if position == head));
    let FrameEntry::Content { entry, batch, chunks, .. } = one.content[0].clone() else { panic!("it is content") };
    let in_full = FrameEntry::Content { entry: entry.clone(), batch: batch.clone(), heads: vec![None], chunks };
    let verified = receiver.take(&encode(&[in_full], 3).unwrap()).unwrap();
    assert_eq!((&verified.content[0].entry.batch, verified.content[0].entry.entry.hash), (&batch, entry.hash));
}

#[test]
fn a_frame_for_another_space_an_unknown_version_and_an_oversize_one_are_refused() {
    let one = Writer::new(1).writing(1);
    let (receiver, frame) = (Receiver::of(&[&one]), joined(&[&one]));
    let other = verify(&SpaceId([6; 32]), &frame, MAX_FRAME_OPS, &receiver, |_| Ok(Kept::Anybody));
    assert!(matches!(other, Err(FrameRefusal::AnotherSpace(_))));
    let control = verify(&SpaceId([6; 32]), &encode(&[FrameEntry::Control(one.control[0].clone())], 3).unwrap(), MAX_FRAME_OPS, &receiver, |_| {
        Ok(Kept::Anybody)
    });
    assert!(matches!(control, Err(FrameRefusal::Signature(_))));
    let newer = [&[2], &frame[1..]].concat();
    assert!(matches!(receiver.verify(&newer), Err(FrameRefusal::Decode(DecodeError::Wire(crate::wire::WireError::UnknownVersion(2))))));
    assert!(matches!(receiver.verify(&vec![1; MAX_FRAME_BYTES + 1]), Err(FrameRefusal::Decode(DecodeError::Oversize(_)))));
    assert!(receiver.verify(&frame).is_ok());
}

#[test]
fn a_well_signed_entry_with_changes_of_another_spaces_document_is_refused() {
    let mut one = Writer::new(1);
    let receiver = Receiver::of(&[&one]);
    let chunk = one.edit("сөз");
    let FrameEntry::Content { mut batch, heads, chunks, .. } = one.entry(vec![chunk]) else { panic!("it is content") };
    let elsewhere = DocumentId::of(&SpaceId([6; 32]), &one.key.id(), &[1; 8]);
    batch.runs[0].document = elsewhere;
    let entry = Entry::sign(&SPACE, &one.key, Chain::Content, 1, NO_ENTRY, batch.encode());
    one.content.push(FrameEntry::Content { entry, batch, heads, chunks });
    assert!(matches!(receiver.verify(&joined(&[&one])), Err(FrameRefusal::AnotherSpace(_))));
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let mut one = Writer::new(1).writing(2);
    let forger = NodeKey::from_secret(&[66; 32]);
    if let Some(FrameEntry::Content { entry, .. }) = one.content.last_mut() {
        entry.signature = Some(crate::entry::sign_entry(&forger, &entry.hash));
    }
    assert!(matches!(Receiver::of(&[&one]).verify(&joined(&[&one])), Err(FrameRefusal::Signature(_))));
}

#[test]
fn two_entries_at_one_position_are_evidence_and_another_branch_is_told_from_a_forgery() {
    let mut one = Writer::new(1).writing(2);
    let mut receiver = Receiver::of(&[&one]);
    receiver.take(&joined(&[&one])).unwrap();
    let ours = one.content[1].entry().hash;
    // The same key signs another second entry, and goes on from it.
    one.content.pop();
    one.edit("басқа");
    let other = one.write("тағы басқа");
    one.write("жалғасы");
    let Err(FrameRefusal::Fork(evidence)) = receiver.verify(&one.frame(1..3)) else { panic!("a fork is found") };
    assert_eq!((evidence.position.seq, evidence.ours, evidence.theirs), (2, ours, other.entry().hash));
    let (_, end, signature) = evidence.end;
    assert!(crate::entry::verify_entry(&one.key.id(), &end, &signature).is_ok(), "whoever sees it can check it");
    assert!(matches!(receiver.verify(&one.frame(2..3)), Err(FrameRefusal::OtherBranch(_))), "what follows on the other branch is nobody's forgery");
}

/// A change of twenty million deletions in a hundred bytes.
fn bomb(key: &NodeKey) -> Vec<u8> {
    let mut body = vec![0, 16];
    body.extend_from_slice(ActorId::of_node(&key.id(), [9; 8]).0.as_ref());
    body.extend_from_slice(&[1, 1, 0, 0, 0]);
    let number = [0x80, 0xda, 0xc4, 0x09];
    let columns = [
        (0x15u8, [&number[..], &[1, b'a']].concat()),
        (0x34, number.to_vec()),
        (0x42, [&number[..], &[1]].concat()),
        (0x56, [&number[..], &[0]].concat()),
        (0x70, [&number[..], &[0]].concat()),
    ];
    body.push(columns.len() as u8);
    for (spec, bytes) in &columns {
        body.extend_from_slice(&[*spec, bytes.len() as u8]);
    }
    body.extend(columns.iter().flat_map(|(_, bytes)| bytes.iter().copied()));
    scan::chunk::frame(&body).0
}

#[test]
fn a_void_entry_keeps_its_neighbours_alive_and_can_be_handed_on() {
    let mut one = Writer::new(1).writing(1);
    let bomb = bomb(&one.key);
    assert!(scan::scan(&bomb).is_err());
    let void = one.entry(vec![bomb.clone()]);
    one.content.push(void);
    let one = one.writing(1);
    let verified = Receiver::of(&[&one]).take(&joined(&[&one])).unwrap();
    assert_eq!(verified.content.iter().map(VerifiedContent::is_sound).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(verified.content[1].changes[0].chunk, bomb, "it is kept as it came");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_damaged_frame_is_refused_or_says_the_same_within_a_second(at in any::<proptest::sample::Index>(), flip in 1u8.., cut in any::<bool>()) {
        thread_local! { static FRAME: (Receiver, Vec<u8>, VerifiedFrame) = {
            let one = Writer::new(1).writing(35);
            let (receiver, frame) = (Receiver::of(&[&one]), joined(&[&one]));
            let verified = receiver.verify(&frame).unwrap();
            (receiver, frame, verified)
        } }
        FRAME.with(|(receiver, frame, verified)| {
            let mut damaged = frame.clone();
            let at = at.index(damaged.len());
            if cut { damaged.truncate(at) } else { damaged[at] ^= flip }
            let started = Instant::now();
            if let Ok(got) = receiver.verify(&damaged) {
                prop_assert_eq!(&got, verified);
            }
            prop_assert!(started.elapsed() < Duration::from_secs(1));
            Ok(())
        })?;
    }

    #[test]
    fn any_bytes_are_a_frame_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Receiver::default().verify(&bytes).is_err());
    }
}

#[test]
fn one_change_that_two_nodes_publish_travels_in_both_their_entries() {
    let mut one = Writer::new(1).writing(1);
    let mut two = Writer::new(2);
    let FrameEntry::Content { chunks, .. } = &one.content[0] else { panic!("content") };
    let same = two.entry(chunks.clone());
    two.content.push(same);
    let one = {
        one.write("соңы");
        one
    };
    let verified = Receiver::of(&[&one, &two]).take(&joined(&[&one, &two])).unwrap();
    let changes: Vec<_> = verified.content.iter().map(|VerifiedContent { entry: ContentEntry { changes, .. }, .. }| changes.clone()).collect();
    assert_eq!(changes[0], changes[2]);
}

#[test]
fn an_entry_and_a_frame_claim_no_more_operations_than_they_may_however_few_bytes_they_take() {
    let mut writer = Writer::new(1);
    let receiver = Receiver::of(&[&writer]);
    let letters = 150_000;
    // Chapters that are written, and then deleted in one go each: a hundred bytes of as many operations as there were letters.
    let mut deleted = Vec::new();
    for name in ["first", "second"] {
        let text = writer.document.put_object(automerge::ROOT, name, automerge::ObjType::Text).unwrap();
        writer.document.splice_text(&text, 0, 0, &"a".repeat(letters)).unwrap();
        writer.document.commit();
        writer.document.splice_text(&text, 0, letters as isize, "").unwrap();
        writer.document.commit();
        deleted.push(writer.document.get_last_local_change().unwrap().raw_bytes().to_vec());
    }
    assert!(deleted.iter().all(|chunk| chunk.len() < 300), "{:?}", deleted.iter().map(Vec::len).collect::<Vec<_>>());
    assert!(2 * letters as u64 > MAX_BATCH_OPS);
    // The changes do not follow each other: each is a run of its own.
    let of = |chunks: Vec<Vec<u8>>| {
        let mut runs = Vec::new();
        for chunk in &chunks {
            let facts = scan::framed_facts(chunk).unwrap();
            runs.push(Run { document: the_document(), actor: facts.actor, first_seq: facts.seq, count: 1, commitment: commit([&facts.hash]) });
        }
        let batch = Batch { control_heads: vec![writer.control[0].hash], runs };
        let entry = Entry::sign(&SPACE, &writer.key, Chain::Content, 1, NO_ENTRY, batch.encode());
        let content = FrameEntry::Content { entry, batch, heads: vec![Some(writer.control[0].position)], chunks };
        encode(&[FrameEntry::Control(writer.control[0].clone()), content], 3).unwrap()
    };
    let (one, both) = (of(vec![deleted[0].clone()]), of(deleted.clone()));
    assert!(both.len() < 2_000, "{} bytes", both.len());
    assert!(matches!(receiver.verify(&both), Err(FrameRefusal::Oversize(_))), "more than an entry may");
    assert!(receiver.verify(&one).is_ok(), "one of them is an honest deletion");
    let names = |_: &[Entry]| Ok(Kept::Also(BTreeSet::new()));
    assert!(matches!(verify(&SPACE, &one, letters as u64 - 1, &receiver, names), Err(FrameRefusal::Oversize(_))), "more than this road takes");
    assert!(verify(&SPACE, &one, letters as u64, &receiver, names).is_ok());
}
