//! The fixed changes of each kind: what every document of the kind begins with, and what it grows by when its schema grows.
//!
//! Two schools that create in parallel, offline, hold the same changes by hash, so their documents have one beginning and merge. The first
//! makes the fields of schema 1; each schema after it adds its new fields in a fixed change of its own, built on the one before. A document
//! from before the growth gets that change from whoever first opens it for writing with the newer program, and two who do that at once add
//! the same change. The bytes are kept in files beside this one and are part of the protocol: they never change. A test builds them
//! anew from [`super::schema`] with the pinned automerge and compares.

use std::sync::LazyLock;

use automerge::{ActorId, ChangeHash};

use super::Kind;

/// One of the fixed changes of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedChange {
    /// The schema that it brings the document to.
    pub schema: i64,
    /// The change chunk as Automerge stores it, not compressed.
    pub chunk: &'static [u8],
    /// Its hash: the well-known actor of this kind and schema is valid for it alone.
    pub hash: ChangeHash,
}

/// The fixed changes of a kind, one for each schema, in order.
pub const fn fixed_changes(kind: Kind) -> &'static [FixedChange] {
    match kind {
        Kind::Plan => PLAN,
        Kind::Meeting => MEETING,
        Kind::Year => YEAR,
        Kind::Notebook => NOTEBOOK,
        Kind::Portfolio => PORTFOLIO,
        Kind::Feedback => FEEDBACK,
        Kind::Thread => THREAD,
        Kind::Companion => COMPANION,
        Kind::Library => LIBRARY,
    }
}

/// The actor of a fixed change, which nobody else may use: the first 16 bytes of `BLAKE3("jeli kind <name> <schema>")`.
pub fn well_known_actor(kind: Kind, schema: i64) -> ActorId {
    let seed = format!("jeli kind {} {schema}", kind.name());
    let hash = blake3::hash(seed.as_bytes());
    let (actor, _) = hash.as_bytes().split_at(ACTOR_BYTES);
    ActorId::from(actor)
}

/// For the actor of a fixed change, the hash for which alone it is valid.
pub(crate) fn fixed_hash_of_actor(actor: &[u8]) -> Option<crate::ids::ChangeHash> {
    static WELL_KNOWN: LazyLock<Vec<(ActorId, ChangeHash)>> = LazyLock::new(|| {
        let of_kind = |kind| fixed_changes(kind).iter().map(move |fixed| (well_known_actor(kind, fixed.schema), fixed.hash));
        Kind::ALL.into_iter().flat_map(of_kind).collect()
    });
    WELL_KNOWN.iter().find(|(known, _)| known.to_bytes() == actor).map(|(_, hash)| crate::ids::ChangeHash(hash.0))
}

/// Bytes of a fixed change's actor: no node's, whose are longer.
const ACTOR_BYTES: usize = 16;

macro_rules! fixed {
    ($name:ident: $($schema:literal, $file:literal, $hash:literal);+) => {
        const $name: &[FixedChange] =
            &[$(FixedChange { schema: $schema, chunk: include_bytes!($file), hash: ChangeHash(from_hex($hash)) }),+];
    };
}

fixed!(PLAN:
    1, "plan.1.change", b"dd735be22dc8aaae17808027f3a92ab5e5bfd2a4a1d586925e921fd8178d4ffa";
    2, "plan.2.change", b"c45030c9a001479a0ea94f34309721ba0cdc23f3d204d5d2e4e85cb074982f01";
    3, "plan.3.change", b"ed13b0e6a3ddee08d00258a0bf85e578581a9566702a612bad8d317442d144b1");
fixed!(MEETING:
    1, "meeting.1.change", b"dc7d35d01b0be8a71517001f6e47f175ee8a339058ed9b3cee604dd2792a838a";
    2, "meeting.2.change", b"228151f4f0ea9a89b3e056833239228bcbc4078bb1be348f7743061f7b59757b";
    3, "meeting.3.change", b"fce000eb5746d04cfe8bee5edfe1d29500b53764b0b91c9c7de9200748eae611");
fixed!(YEAR: 1, "year.1.change", b"9bf0220c8844fc85360a9e5b67395f7f5d0cabc672fb5311ce9224b28925add4");
fixed!(NOTEBOOK:
    1, "notebook.1.change", b"ac01d5a1e623ebf5466d423658cc5a4dd6c500ec2fdb87af7913ebf4fcecad7e";
    2, "notebook.2.change", b"f541d3a630a2282e6e7969886a36b4b839ffd594541a5ba2633156ebddca0f9a");
fixed!(PORTFOLIO:
    1, "portfolio.1.change", b"29230026796da514f389dbaad13ae0c17fa54054184fb08dbdb9ef8a37bf7250";
    2, "portfolio.2.change", b"44286821f1556ce2700639df9356f68da9cde03020c68af03e06e6b16d45b134");
fixed!(FEEDBACK:
    1, "feedback.1.change", b"aa26df5a7d01cc85e6ea3197aef24aa5d4e1e555aae0e540a086e58d8761ee05";
    2, "feedback.2.change", b"563ebb71033fea5b9b3bc60d39ac8b9daba9ab0860079c60d13b1216d2838cc0");
fixed!(THREAD:
    1, "thread.1.change", b"ecbd5426c6b5784d5063d38907f993fc96b7a2b84c9f60e274070f955bb4fc3a";
    2, "thread.2.change", b"f6ef8bd3490dfdc7a793c90bb937792a4d3b454b3a95c8044c0b5238df94fe98");
fixed!(COMPANION: 1, "companion.1.change", b"1d1f0b725ba7775ca2c9b2afa30d1a9f2628652c9ac9af301a0dc1f4a359a2a7");
fixed!(LIBRARY: 1, "library.1.change", b"24449b0deabe3234e7cd2b60c32aba2e8a00438c9ffdd004024c18980a410819");

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
    use crate::kinds::write::put_growth;
    use automerge::transaction::CommitOptions;
    use automerge::{AutoCommit, Automerge, Change};

    /// Builds the fixed changes of a kind from the table of its schema, each on the one before.
    fn build(kind: Kind) -> Vec<Change> {
        let mut doc = AutoCommit::new();
        (1..=kind.schema())
            .map(|schema| {
                doc.set_actor(well_known_actor(kind, schema));
                put_growth(&mut doc, kind, schema).expect("the document takes the new fields");
                doc.commit_with(CommitOptions::default().with_time(0));
                doc.get_last_local_change().expect("there is a change")
            })
            .collect()
    }

    #[test]
    fn the_fixed_changes_of_each_kind_keep_their_bytes() {
        for kind in Kind::ALL {
            let built = build(kind);
            assert_eq!(built.len(), fixed_changes(kind).len(), "{kind} has one fixed change for each schema");
            for (built, fixed) in built.iter().zip(fixed_changes(kind)) {
                assert_eq!(
                    data_encoding::HEXLOWER.encode(built.raw_bytes()),
                    data_encoding::HEXLOWER.encode(fixed.chunk),
                    "fixed change {} of {kind} is another one (hash {}): documents made before would not merge with new ones",
                    fixed.schema,
                    built.hash()
                );
                assert_eq!(fixed.hash, built.hash(), "the pinned hash of {kind} {} is that of its bytes", fixed.schema);
            }
        }
    }

    /// Says what the files that the test above compares with are to hold, for a schema that is being made. Never for one that was released.
    #[test]
    #[ignore = "run by hand for a new schema: cargo test -p jeli-protocol --lib print_fixed_changes -- --ignored --nocapture"]
    fn print_fixed_changes() {
        for kind in Kind::ALL {
            for (schema, change) in (1..).zip(build(kind)) {
                println!("{kind}.{schema}.change {} {}", change.hash(), data_encoding::HEXLOWER.encode(change.raw_bytes()));
            }
        }
    }

    #[test]
    fn the_contract_names_the_hash_of_every_fixed_change() {
        for kind in Kind::ALL {
            for fixed in fixed_changes(kind) {
                let row = format!("| `{kind}` | {} | {} | `{}` |", kind.number(), fixed.schema, fixed.hash);
                assert!(include_str!("../../../../docs/documents.md").contains(&row), "docs/documents.md lacks the row {row}");
            }
        }
    }

    #[test]
    fn a_fixed_change_has_the_well_known_actor_and_no_time_and_builds_on_the_one_before() {
        let mut actors = std::collections::BTreeSet::new();
        for kind in Kind::ALL {
            let mut before: Vec<ChangeHash> = Vec::new();
            for fixed in fixed_changes(kind) {
                let change = Change::from_bytes(fixed.chunk.to_vec()).expect("a change chunk");
                assert_eq!(*change.actor_id(), well_known_actor(kind, fixed.schema));
                assert_eq!((change.seq(), change.timestamp(), change.message()), (1, 0, None));
                assert_eq!(change.deps(), before, "{kind} {}", fixed.schema);
                assert!(actors.insert(change.actor_id().clone()), "each has its own actor");
                before = vec![fixed.hash];
            }
        }
    }

    #[test]
    fn nobody_else_writes_in_the_name_of_a_fixed_change() {
        for kind in Kind::ALL {
            for fixed in fixed_changes(kind) {
                assert!(crate::scan::scan(fixed.chunk).is_ok(), "{kind} {}", fixed.schema);
                let mut forged = AutoCommit::new().with_actor(well_known_actor(kind, fixed.schema));
                automerge::transaction::Transactable::put(&mut forged, automerge::ROOT, "title", "жалған").expect("an empty document takes it");
                forged.commit();
                let forged = forged.get_last_local_change().expect("there is one change").raw_bytes().to_vec();
                assert_eq!(crate::scan::scan(&forged), Err(crate::scan::ScanRefusal::NotTheFixed));
            }
        }
    }

    #[test]
    fn documents_created_apart_merge_into_one() {
        let start = |actor: u8| {
            let mut doc = crate::kinds::start(Kind::Plan, ActorId::from(&[actor; 16][..])).expect("a new plan");
            crate::kinds::set(&mut doc, &["title"], crate::kinds::Input::Text(if actor == 1 { "A" } else { "B" })).expect("a title");
            doc
        };
        let (mut left, mut right) = (start(1), start(2));
        left.merge(&mut right).expect("they merge");
        let mut title: Vec<char> = crate::kinds::title(&left).chars().collect();
        title.sort_unstable();
        assert_eq!(title, ['A', 'B'], "both wrote into the same text object");
        let changes = Automerge::load(&left.save()).expect("loads").get_changes(&[]).len();
        assert_eq!(changes, fixed_changes(Kind::Plan).len() + 2, "one beginning and two changes");
    }

    #[test]
    fn a_document_of_an_older_schema_grows_by_the_fixed_change_also_where_two_do_it_apart() {
        let mut old = AutoCommit::load(fixed_changes(Kind::Plan)[0].chunk).expect("it loads").with_actor(ActorId::from(&[1; 16][..]));
        crate::kinds::set(&mut old, &["title"], crate::kinds::Input::Text("Жоспар")).expect("a title");
        let mut other = old.fork().with_actor(ActorId::from(&[2; 16][..]));
        for doc in [&mut old, &mut other] {
            assert!(crate::kinds::set(doc, &["agreed", "by"], crate::kinds::Input::Text("x")).is_err(), "schema 1 has no such field");
            doc.load_incremental(fixed_changes(Kind::Plan)[1].chunk).expect("it grows");
        }
        crate::kinds::set(&mut old, &["agreed", "by"], crate::kinds::Input::Text("Кеңес")).expect("the new field is there");
        crate::kinds::set(&mut other, &["agreed", "by"], crate::kinds::Input::Text("Ата-аналар")).expect("there too");
        old.merge(&mut other).expect("they merge");
        assert_eq!(crate::kinds::check(&old), [], "it follows schema 2");
        let by = crate::kinds::to_json(&old).expect("it is small")["agreed"]["by"].as_str().map(|by| by.chars().count());
        assert_eq!(by, Some("Кеңес".chars().count() + "Ата-аналар".chars().count()), "both wrote into the same text object");
        assert_eq!(crate::kinds::title(&old), "Жоспар");
    }
}
