//! The fixed first change of each kind: what every new document of the kind starts from.
//!
//! Two schools that create in parallel, offline, hold the same change by hash, so their documents have one beginning and merge. The bytes
//! are kept in a file beside this one and are part of the protocol: they never change for a given schema number. A test builds them anew
//! from [`super::schema`] with the pinned automerge and compares.

use std::sync::LazyLock;

use automerge::{ActorId, ChangeHash};

use super::Kind;

/// The change chunk as Automerge stores it, not compressed.
pub const fn first_change(kind: Kind) -> &'static [u8] {
    match kind {
        Kind::Plan => include_bytes!("plan.1.change"),
        Kind::Meeting => include_bytes!("meeting.1.change"),
    }
}

/// The hash of [`first_change`]. The well-known actor is valid for this hash alone.
pub const fn first_hash(kind: Kind) -> ChangeHash {
    ChangeHash(match kind {
        Kind::Plan => PLAN_HASH,
        Kind::Meeting => MEETING_HASH,
    })
}

/// The actor of the first change, which nobody else may use: the first 16 bytes of `BLAKE3("jeli kind <name> <schema>")`.
pub fn well_known_actor(kind: Kind) -> ActorId {
    let seed = format!("jeli kind {} {}", kind.name(), kind.schema());
    let hash = blake3::hash(seed.as_bytes());
    let (actor, _) = hash.as_bytes().split_at(ACTOR_BYTES);
    ActorId::from(actor)
}

/// For the actor of a kind's first change, the hash for which alone it is valid.
pub(crate) fn first_hash_of_actor(actor: &[u8]) -> Option<crate::ids::ChangeHash> {
    static WELL_KNOWN: LazyLock<Vec<(ActorId, ChangeHash)>> =
        LazyLock::new(|| Kind::ALL.into_iter().map(|kind| (well_known_actor(kind), first_hash(kind))).collect());
    WELL_KNOWN.iter().find(|(known, _)| known.to_bytes() == actor).map(|(_, hash)| crate::ids::ChangeHash(hash.0))
}

/// Bytes of a first change's actor: no node's, whose are longer.
const ACTOR_BYTES: usize = 16;

const PLAN_HASH: [u8; 32] = from_hex(b"dd735be22dc8aaae17808027f3a92ab5e5bfd2a4a1d586925e921fd8178d4ffa");
const MEETING_HASH: [u8; 32] = from_hex(b"dc7d35d01b0be8a71517001f6e47f175ee8a339058ed9b3cee604dd2792a838a");

/// Reads a pinned hash while compiling.
const fn from_hex(hex: &[u8; 64]) -> [u8; 32] {
    const fn digit(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => byte - b'0',
            _ => byte - b'a' + 10,
        }
    }
    let mut bytes = [0; 32];
    let mut at = 0;
    while at < 32 {
        bytes[at] = digit(hex[2 * at]) << 4 | digit(hex[2 * at + 1]);
        at += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::write::put_fields;
    use automerge::transaction::CommitOptions;
    use automerge::{AutoCommit, Automerge, Change};

    /// Builds the first change from the table of the schema.
    fn build(kind: Kind) -> Change {
        let mut doc = AutoCommit::new().with_actor(well_known_actor(kind));
        put_fields(&mut doc, kind).expect("an empty document takes the skeleton");
        doc.commit_with(CommitOptions::default().with_time(0));
        doc.get_last_local_change().expect("there is one change")
    }

    #[test]
    fn the_first_change_of_each_kind_keeps_its_bytes() {
        for kind in Kind::ALL {
            let built = build(kind);
            assert_eq!(
                data_encoding::HEXLOWER.encode(built.raw_bytes()),
                data_encoding::HEXLOWER.encode(first_change(kind)),
                "the first change of {kind} is another one (hash {}): documents made before would not merge with new ones",
                built.hash()
            );
            assert_eq!(first_hash(kind), built.hash(), "the pinned hash of {kind} is that of its bytes");
        }
    }

    #[test]
    fn the_first_change_of_each_kind_keeps_its_hash() {
        let pinned = [
            (Kind::Plan, "dd735be22dc8aaae17808027f3a92ab5e5bfd2a4a1d586925e921fd8178d4ffa"),
            (Kind::Meeting, "dc7d35d01b0be8a71517001f6e47f175ee8a339058ed9b3cee604dd2792a838a"),
        ];
        for (kind, hex) in pinned {
            assert_eq!(first_hash(kind).to_string(), hex, "{kind}");
            assert!(include_str!("../../../docs/documents.md").contains(hex), "the contract names the hash of {kind}");
        }
    }

    #[test]
    fn the_first_change_has_the_well_known_actor_and_no_time() {
        for kind in Kind::ALL {
            let change = Change::from_bytes(first_change(kind).to_vec()).expect("a change chunk");
            assert_eq!(*change.actor_id(), well_known_actor(kind));
            assert_eq!((change.seq(), change.timestamp(), change.message()), (1, 0, None));
            assert!(change.deps().is_empty(), "nothing comes before it");
        }
        assert_ne!(well_known_actor(Kind::Plan), well_known_actor(Kind::Meeting), "each kind has its own");
    }

    #[test]
    fn nobody_else_writes_in_the_name_of_the_first_change() {
        for kind in Kind::ALL {
            assert!(crate::scan::scan(first_change(kind)).is_ok());
            let mut forged = AutoCommit::new().with_actor(well_known_actor(kind));
            automerge::transaction::Transactable::put(&mut forged, automerge::ROOT, "title", "жалған").expect("an empty document takes it");
            forged.commit();
            let forged = forged.get_last_local_change().expect("there is one change").raw_bytes().to_vec();
            assert_eq!(crate::scan::scan(&forged), Err(crate::scan::ScanRefusal::NotTheFirst));
        }
    }

    #[test]
    fn documents_created_apart_merge_into_one() {
        let start = |actor: u8| {
            let mut doc = AutoCommit::load(first_change(Kind::Plan)).expect("it loads").with_actor(ActorId::from(&[actor; 16][..]));
            crate::kinds::set(&mut doc, &["title"], crate::kinds::Input::Text(if actor == 1 { "A" } else { "B" })).expect("a title");
            doc
        };
        let (mut left, mut right) = (start(1), start(2));
        left.merge(&mut right).expect("they merge");
        let mut title: Vec<char> = crate::kinds::title(&left).chars().collect();
        title.sort_unstable();
        assert_eq!(title, ['A', 'B'], "both wrote into the same text object");
        assert_eq!(Automerge::load(&left.save()).expect("loads").get_changes(&[]).len(), 3, "one beginning and two changes");
    }
}
