//! A member who does harm: signs what it should not, sends what nobody should.

use jeli_protocol::entry::{Act, Batch, Chain, ChainId, ControlBody, DocumentAct, Entry, Role, Run, SealedKey, WriteRule, commit};
use jeli_protocol::frame::{FrameEntry, encode};
use jeli_protocol::frontier::{Frontier, Tip};
use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, EntryHash, NodeId, SpaceId};
use jeli_protocol::log::{ChangeRecord, Commit, ContentEntry, LogReader, NewEntry, Standing, StoredChange};
use jeli_protocol::membership::ControlGraph;
use jeli_protocol::receipt::Receipt;
use jeli_protocol::replica::{Ask, Base, Message};
use jeli_protocol::scan;
use jeli_protocol::seal::Sealed;
use jeli_protocol::wire::Writer;
use sha2::{Digest, Sha256};

use crate::dice::Dice;
use crate::node::scribble;
use crate::world::World;

/// The hostile node does one thing.
pub(crate) fn act(world: &mut World, at: usize, others_actor: Option<&ActorId>) -> Result<(), String> {
    match world.dice.below(18) {
        0..3 => {
            send_garbage(world, at);
            Ok(())
        }
        12 => {
            lie(world, at);
            Ok(())
        }
        13..18 => fork(world, at),
        3 => publish(world, at, vec![bomb(20_000_000)]),
        4..9 => {
            let chunks = wrong_changes(world, at, others_actor);
            publish(world, at, chunks)
        }
        9 => {
            let bytes: [u8; 64] = world.dice.bytes();
            let topics: Vec<_> = world.nodes[at].topics.iter().copied().collect();
            let (author, id) = (world.nodes[at].id(), world.fresh());
            for topic in topics {
                world.spread(at, None, author, topic, &bytes, id);
            }
            Ok(())
        }
        _ => wrong_act(world, at),
    }
}

fn send_garbage(world: &mut World, at: usize) {
    let Some(to) = neighbour(world, at) else { return };
    let overheard: Vec<Vec<u8>> = world.overheard.iter().cloned().collect();
    let mut bytes = world.dice.pick(&overheard).cloned().unwrap_or_default();
    match world.dice.below(3) {
        // Replayed as it was.
        0 => {}
        1 if !bytes.is_empty() => {
            let (place, flip) = (world.dice.below(bytes.len()), 1 + world.dice.below(255) as u8);
            bytes[place] ^= flip;
        }
        _ => {
            let noise: [u8; 48] = world.dice.bytes();
            bytes = noise[..1 + world.dice.below(47)].to_vec();
            bytes[0] %= 10;
        }
    }
    world.trace.note(world.now, || format!("{at} sends {to} garbage: {}", crate::trace::describe(&bytes)));
    world.send_raw(at, to, bytes);
}

/// Tells a neighbour what is not so: a frontier with chains that nobody has or that reach further than they do or a receipt for it.
fn lie(world: &mut World, at: usize) {
    let Some(space) = world.spaces.first().copied() else { return };
    let Some(to) = neighbour(world, at) else { return };
    let mut frontier = world.nodes[at].log.frontier(&space).unwrap_or_default();
    for _ in 0..1 + world.dice.below(40) {
        let victim = world.dice.below(world.nodes.len());
        let node = if world.dice.chance(500) { world.nodes[victim].id() } else { NodeId(world.dice.bytes()) };
        let chain = ChainId { node, chain: if world.dice.chance(500) { Chain::Content } else { Chain::Control } };
        frontier.set(chain, Tip { seq: 1 + world.dice.below(30) as u64, hash: EntryHash(world.dice.bytes()) });
    }
    let mut writer = Writer::new();
    let nothing = Frontier::default();
    let message = match world.dice.below(3) {
        0 => {
            let counter = 1_000 + world.fresh();
            Receipt::sign(&space, &world.nodes[at].key, counter, frontier).write_word(&nothing, &mut writer);
            Message::Receipt { space: 0, of: None, base: Base::Nothing, receipt: writer.finish() }
        }
        kind => {
            frontier.delta_from(&nothing).write(&nothing, &mut writer);
            let ask = if kind == 1 { Ask::Tell } else { Ask::TellAll };
            Message::Frontier { space: 0, ask, base: Base::Nothing, delta: writer.finish() }
        }
    };
    world.trace.note(world.now, || format!("{at} lies to {to}: {}", crate::trace::describe(&message.encode())));
    world.send_raw(at, to, message.encode());
}

fn neighbours(world: &World, at: usize) -> Vec<usize> {
    world.sessions.keys().filter(|(a, b)| *a == at || *b == at).map(|(a, b)| if *a == at { *b } else { *a }).collect()
}

fn neighbour(world: &mut World, at: usize) -> Option<usize> {
    let peers = neighbours(world, at);
    world.dice.pick(&peers).copied()
}

/// Signs several control entries at one position, and shows each to another neighbour; its own log goes on with yet another, some day.
fn fork(world: &mut World, at: usize) -> Result<(), String> {
    let Some(space) = world.spaces.first().copied() else { return Ok(()) };
    for to in neighbours(world, at) {
        let act = document_act(world, at, space);
        let entry = next_act(world, at, space, act)?.filter(|_| world.dice.chance(700));
        if let Some(bytes) = entry.and_then(|entry| encode(&[FrameEntry::Control(entry)], 3).ok()) {
            world.trace.note(world.now, || format!("{at} shows {to} a branch of its control chain"));
            world.send_raw(at, to, Message::Frame { space: 0, bytes }.encode());
        }
    }
    Ok(())
}

/// The making of a document, as any member may.
fn document_act(world: &mut World, at: usize, space: SpaceId) -> Act {
    let (node, nonce) = (&world.nodes[at], world.dice.bytes());
    let document = DocumentId::of(&space, &node.id(), &nonce);
    Act::CreateDocument(DocumentAct { document, nonce, kind: 1, owner: node.school.id(), write_rule: WriteRule::Everyone })
}

/// The next entry of the node's control chain. It names what it knows, or less, or what there is not.
fn next_act(world: &mut World, at: usize, space: SpaceId, act: Act) -> Result<Option<Entry>, String> {
    let node = &world.nodes[at];
    let Some(graph) = graph_of(node.log.control_entries(&space).map_err(|error| error.to_string())?, space) else { return Ok(None) };
    let chain = ChainId { node: node.id(), chain: Chain::Control };
    let tip = node.log.frontier(&space).map_err(|error| error.to_string())?.tip(&chain);
    let parents = some_heads(&mut world.dice, graph.heads());
    let body = ControlBody { parents, act };
    Ok(Some(Entry::sign(&space, &world.nodes[at].key, Chain::Control, tip.seq + 1, tip.hash, body.encode())))
}

/// What an honest node would name, now and then nothing, now and then more than there is. Between these it is the author's own doing that its
/// words are shown by some and not by others: by those who hold the branch under which it chose to write.
fn some_heads(dice: &mut Dice, mut heads: Vec<EntryHash>) -> Vec<EntryHash> {
    if dice.chance(150) {
        heads.clear();
    }
    if dice.chance(150) {
        heads.push(EntryHash(dice.bytes()));
        heads.sort_unstable();
    }
    heads
}

/// Changes of a document that the node has no right to, or that contradict others.
fn wrong_changes(world: &mut World, at: usize, others_actor: Option<&ActorId>) -> Vec<Vec<u8>> {
    let documents: Vec<DocumentId> = world.nodes[at].documents.keys().copied().collect();
    let Some(document) = world.dice.pick(&documents).copied() else { return Vec::new() };
    let victim = world.dice.below(world.nodes.len());
    let actor = match world.dice.below(4) {
        0 => world.nodes[victim].actor(),
        1 => others_actor.cloned().unwrap_or_else(|| world.nodes[victim].actor()),
        _ => world.nodes[at].actor(),
    };
    // From an old state of the document, so that seqs are used twice and dependencies are old.
    let Some(live) = world.nodes[at].documents.get_mut(&document) else { return Vec::new() };
    let changes = live.get_changes(&[]);
    let upto = if changes.is_empty() { 0 } else { 1 + world.dice.below(changes.len()) };
    let mut copy = automerge::AutoCommit::new();
    if copy.apply_changes(changes.into_iter().take(upto)).is_err() {
        return Vec::new();
    }
    copy.set_actor(automerge::ActorId::from(actor.0.as_ref()));
    let before = copy.get_heads();
    let mut dice = world.dice.clone();
    scribble(&mut copy, &mut dice);
    scribble(&mut copy, &mut dice);
    world.dice = dice;
    let mut chunks: Vec<Vec<u8>> = copy.get_changes(&before).into_iter().map(|change| change.raw_bytes().to_vec()).collect();
    if world.dice.chance(200) && chunks.len() > 1 {
        // What the rest builds on never comes.
        chunks.remove(0);
    }
    chunks
}

/// Signs an entry with these chunks, each a run of its own, and lets its replica find it in its store.
fn publish(world: &mut World, at: usize, chunks: Vec<Vec<u8>>) -> Result<(), String> {
    let Some(space) = world.spaces.first().copied() else { return Ok(()) };
    let documents: Vec<DocumentId> = world.nodes[at].documents.keys().copied().collect();
    let Some(document) = world.dice.pick(&documents).copied().filter(|_| !chunks.is_empty()) else { return Ok(()) };
    let node = &mut world.nodes[at];
    let Some(graph) = graph_of(node.log.control_entries(&space).map_err(|error| error.to_string())?, space) else { return Ok(()) };
    let mut kept = Commit::new(space);
    let mut batch = Batch { control_heads: some_heads(&mut world.dice, graph.heads_for_changes(&node.id(), [document])), runs: Vec::new() };
    let mut hashes: Vec<ChangeHash> = Vec::new();
    for chunk in chunks {
        let (sound, facts) = match scan::scan(&chunk) {
            Ok(facts) => (true, Some(facts)),
            Err(_) => (false, scan::framed_facts(&chunk)),
        };
        let Some(facts) = facts else { continue };
        if hashes.contains(&facts.hash) {
            continue;
        }
        batch.runs.push(Run { document, actor: facts.actor.clone(), first_seq: facts.seq, count: 1, commitment: commit([&facts.hash]) });
        hashes.push(facts.hash);
        if node.log.change(&document, &facts.hash).map_err(|error| error.to_string())?.is_none() {
            let standing = if sound { Standing::Aside } else { Standing::Void };
            kept.changes.push(StoredChange { document, record: ChangeRecord { facts, admitted: false, owned: false, sound, standing }, chunk });
        }
    }
    let chain = ChainId { node: node.id(), chain: Chain::Content };
    let tip = node.log.frontier(&space).map_err(|error| error.to_string())?.tip(&chain);
    let entry = Entry::sign(&space, &node.key, Chain::Content, tip.seq + 1, tip.hash, batch.encode());
    kept.entries.push(NewEntry::Content { entry: ContentEntry { entry, batch, changes: hashes }, waits: false, void: false });
    keep_and_restart(world, at, kept)
}

/// An act without the right to it.
fn wrong_act(world: &mut World, at: usize) -> Result<(), String> {
    let Some(space) = world.spaces.first().copied() else { return Ok(()) };
    let friend = world.dice.below(world.nodes.len());
    let key = SealedKey { node: world.nodes[friend].id(), sealed: Sealed(world.dice.bytes::<80>().to_vec()) };
    let nonce = world.dice.bytes();
    let act = match world.dice.below(3) {
        0 => Act::AddSchool { role: Role::Convenor, certificate: world.nodes[at].certificate.clone(), key },
        1 => Act::AddSchool { role: Role::Reader, certificate: world.nodes[friend].certificate.clone(), key },
        _ => Act::CreateDocument(DocumentAct {
            document: DocumentId::of(&space, &world.nodes[at].id(), &nonce),
            nonce,
            kind: 1,
            owner: world.nodes[friend].school.id(),
            write_rule: WriteRule::Everyone,
        }),
    };
    let Some(entry) = next_act(world, at, space, act)? else { return Ok(()) };
    let mut kept = Commit::new(space);
    kept.entries.push(NewEntry::Control(entry));
    keep_and_restart(world, at, kept)
}

fn graph_of(control: Vec<Entry>, space: SpaceId) -> Option<ControlGraph> {
    let mut graph = ControlGraph::new(space);
    graph.extend(&control).ok()?;
    (!control.is_empty()).then_some(graph)
}

fn keep_and_restart(world: &mut World, at: usize, kept: Commit) -> Result<(), String> {
    world.trace.note(world.now, || format!("{at} signs what it should not"));
    world.nodes[at].log.commit(&[kept]).map_err(|fault| format!("the hostile node's own store: {fault}"))?;
    world.crash(at, false);
    world.start(at)
}

/// A change of so many deletions in one run, in about a hundred bytes.
fn bomb(ops: i64) -> Vec<u8> {
    let mut body = vec![0, 16];
    body.extend_from_slice(&[5; 16]);
    body.extend_from_slice(&[1, 1, 0, 0, 0]);
    let run = |value: &[u8]| {
        let mut out = signed(ops);
        out.extend_from_slice(value);
        out
    };
    let columns = [(0x15u64, run(&[1, b'a'])), (0x34, unsigned(ops as u64)), (0x42, run(&[1])), (0x56, run(&[0])), (0x70, run(&[0]))];
    body.extend(unsigned(columns.len() as u64));
    for (spec, bytes) in &columns {
        body.extend(unsigned(*spec));
        body.extend(unsigned(bytes.len() as u64));
    }
    for (_, bytes) in &columns {
        body.extend_from_slice(bytes);
    }
    let framed = [vec![1], unsigned(body.len() as u64), body].concat();
    let hash = Sha256::digest(&framed);
    [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &framed].concat()
}

fn unsigned(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

fn signed(mut value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = value as u8 & 0x7f;
        value >>= 7;
        let sign = byte & 0x40 != 0;
        if (value == 0 && !sign) || (value == -1 && sign) {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}
