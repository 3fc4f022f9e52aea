//! Two logs asked the same.

use super::Scribe;
use crate::entry::{Chain, ChainId, Position};
use crate::frontier::{Frontier, Tip};
use crate::ids::{ActorId, ChangeHash, DocumentId, EntryHash, SpaceId};
use crate::invitation::InvitationId;
use crate::log::{Beyond, LogReader, StoreError};

/// Asks both everything about all that `scribe` has named, and about some things that it has not, and panics where they differ.
pub fn same_answers(one: &dyn LogReader, other: &dyn LogReader, scribe: &Scribe) {
    assert_eq!(one.spaces(), other.spaces());
    for id in (0..6).map(|number| InvitationId([number; 16])) {
        assert_eq!(one.invitation(&id), other.invitation(&id));
    }
    for space in scribe.spaces().chain([SpaceId([99; 32])]) {
        same_space(one, other, &space);
    }
    for document in scribe.documents().chain([DocumentId([99; 16])]) {
        assert_eq!(one.changes_of_document(&document), other.changes_of_document(&document));
        assert_eq!(one.entries_of_document(&document), other.entries_of_document(&document));
        for whole in scribe.spaces().map(|space| one.frontier(&space).unwrap()).chain([Frontier::default()]) {
            let mut half = Frontier::default();
            whole.iter().for_each(|(chain, tip)| half.set(*chain, Tip { seq: tip.seq / 2, hash: tip.hash }));
            for frontier in [&half, &whole] {
                assert_eq!(untimed(one.beyond_in(&document, frontier)), untimed(other.beyond_in(&document, frontier)));
            }
        }
        for actor in scribe.actors().chain([ActorId::from(&[99][..])]) {
            assert_eq!(one.claims(&document, &actor), other.claims(&document, &actor));
            for seq in 0..12 {
                assert_eq!(one.changes_at(&document, &actor, seq), other.changes_at(&document, &actor, seq));
            }
        }
        for hash in scribe.hashes().chain([ChangeHash([99; 32])]) {
            assert_eq!(one.change(&document, &hash), other.change(&document, &hash));
            assert_eq!(one.chunk(&document, &hash), other.chunk(&document, &hash));
            assert_eq!(one.waiting_for(&document, &hash), other.waiting_for(&document, &hash));
        }
    }
}

fn same_space(one: &dyn LogReader, other: &dyn LogReader, space: &SpaceId) {
    assert_eq!(one.document_tips(space), other.document_tips(space));
    assert_eq!(one.control_entries(space), other.control_entries(space));
    assert_eq!(one.waiting_entries(space), other.waiting_entries(space));
    assert_eq!(one.unpublished(space), other.unpublished(space));
    assert_eq!(one.receipts(space), other.receipts(space));
    let frontier = one.frontier(space).unwrap();
    assert_eq!(Ok(&frontier), other.frontier(space).as_ref());
    for (chain, tip) in frontier.iter() {
        for seq in 0..tip.seq + 2 {
            let position = Position { chain: *chain, seq };
            assert_eq!(one.entry_hash(space, &position), other.entry_hash(space, &position));
        }
    }
    let stranger = ChainId { node: crate::ids::NodeId([99; 32]), chain: Chain::Content };
    assert_eq!(one.entry_hash(space, &Position { chain: stranger, seq: 1 }), Ok(None));
    // Every chain cut at a third and at two thirds, whole, none, and a frontier beyond what is here.
    let cut = |numerator: u64| scaled(&frontier, |seq| seq * numerator / 3);
    let (none, third, most, all, beyond) = (cut(0), cut(1), cut(2), cut(3), scaled(&frontier, |seq| seq + 5));
    for frontier in [&none, &third, &most, &all, &beyond] {
        assert_eq!(untimed(one.beyond(space, frontier)), untimed(other.beyond(space, frontier)));
    }
    for (after, upto) in [(&none, &all), (&third, &most), (&third, &all), (&most, &third), (&none, &beyond), (&beyond, &all), (&all, &none)] {
        for limit in [0, 1, 3, 1_000] {
            assert_eq!(one.content_entries(space, after, upto, limit), other.content_entries(space, after, upto, limit));
        }
    }
}

/// Not every log keeps times.
fn untimed(beyond: Result<Beyond, StoreError>) -> Result<Beyond, StoreError> {
    beyond.map(|beyond| Beyond { since_ms: None, ..beyond })
}

fn scaled(frontier: &Frontier, scale: impl Fn(u64) -> u64) -> Frontier {
    let mut scaled = Frontier::default();
    for (chain, tip) in frontier.iter() {
        scaled.set(*chain, Tip { seq: scale(tip.seq), hash: EntryHash([1; 32]) });
    }
    scaled
}
