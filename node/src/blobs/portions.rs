//! How much of the room the files of each school take: so that what one school names never fills the computer of another.
//!
//! A file is the school's whose computer named it in a document, as the log has proved: what a document says of its writers anybody may write. What another
//! school named comes by itself as long as that school's files take less than their portion; after that, when somebody asks for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jeli_protocol::ids::{ACTOR_PREFIX_BYTES, ActorId, BlobHash, SchoolId, actor_prefix};

use crate::replica_handle::SpaceInfo;
use crate::store::NamedFile;

/// Whose a file is; none where the one who named it is of no school that we know.
pub(super) type Namer = Option<SchoolId>;

/// By the first bytes of its actors, whose each computer is.
pub(super) struct Computers(HashMap<[u8; ACTOR_PREFIX_BYTES], SchoolId>);

impl Computers {
    pub(super) fn of(spaces: &[SpaceInfo]) -> Self {
        let members = spaces.iter().flat_map(|space| &space.members);
        Self(members.flat_map(|member| member.nodes.iter().chain(&member.former).map(|node| (actor_prefix(&node.id), member.school.id))).collect())
    }

    fn namer(&self, actor: &ActorId) -> Namer {
        if actor.is_foreign() { None } else { self.0.get(actor.0.first_chunk()?).copied() }
    }
}

/// How much of the room each school's files take.
#[derive(Debug)]
pub(super) struct Portions {
    own: SchoolId,
    /// Bytes that the files of one other school may take before nothing of it comes by itself any more.
    portion: u64,
    namers: HashMap<BlobHash, BTreeSet<Namer>>,
    taken: BTreeMap<Namer, u64>,
}

impl Portions {
    /// `here`: what is kept or comes by itself, and its bytes.
    pub(super) fn of(
        own: SchoolId,
        portion: u64,
        named: &[NamedFile],
        computers: &Computers,
        here: impl IntoIterator<Item = (BlobHash, u64)>,
    ) -> Self {
        let mut namers: HashMap<BlobHash, BTreeSet<Namer>> = HashMap::new();
        for file in named {
            namers.entry(file.hash).or_default().insert(computers.namer(&file.said.actor));
        }
        let mut portions = Self { own, portion, namers, taken: BTreeMap::new() };
        for (hash, bytes) in here {
            portions.take(&hash, bytes);
        }
        portions
    }

    /// Bytes of this content that may come by themselves. What our own school named has no portion; of several that named it, one's is enough.
    pub(super) fn left(&self, hash: &BlobHash) -> u64 {
        let of = |namer: &Namer| {
            if *namer == Some(self.own) { u64::MAX } else { self.portion.saturating_sub(self.taken.get(namer).copied().unwrap_or(0)) }
        };
        self.namers.get(hash).into_iter().flatten().map(of).max().unwrap_or(0)
    }

    /// The content takes so many bytes. One that several schools named is each one's; what our own named is ours alone.
    pub(super) fn take(&mut self, hash: &BlobHash, bytes: u64) {
        let Some(namers) = self.namers.get(hash) else { return };
        let ours = namers.contains(&Some(self.own));
        for namer in namers.iter().filter(|namer| !ours || **namer == Some(self.own)) {
            *self.taken.entry(*namer).or_default() += bytes;
        }
    }

    /// What each school's files take.
    pub(super) fn taken(self) -> Vec<(Namer, u64)> {
        self.taken.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica_handle::{NodeInfo, SchoolInfo, SpaceMember, SpaceReach, SpaceRole};
    use crate::store::{FilePart, Naming, SaidOfFile};
    use jeli_protocol::ids::{DocumentId, NodeId, SpaceId};
    use jeli_protocol::replica::Part;

    const OWN: SchoolId = SchoolId([1; 32]);
    const OTHER: SchoolId = SchoolId([2; 32]);
    const THIRD: SchoolId = SchoolId([3; 32]);

    /// Each school has a computer of its own number, and one that it has retired.
    fn computers() -> Computers {
        let node = |id: u8| NodeInfo { id: NodeId([id; 32]), name: String::new() };
        let member = |school: SchoolId| SpaceMember {
            school: SchoolInfo { id: school, name: String::new() },
            role: SpaceRole::Member,
            nodes: vec![node(school.0[0])],
            former: vec![node(100 + school.0[0])],
        };
        Computers::of(&[SpaceInfo {
            id: SpaceId([0; 32]),
            name: String::new(),
            reach: SpaceReach::Shared,
            part: Part::Member,
            role: SpaceRole::Member,
            members: vec![member(OWN), member(OTHER), member(THIRD)],
        }])
    }

    fn named(hash: u8, actor: ActorId) -> NamedFile {
        let said = SaidOfFile { size: 0, name: String::new(), media_type: String::new(), actor };
        NamedFile { document: DocumentId([0; 16]), hash: BlobHash([hash; 32]), part: FilePart::Content, naming: Naming::Now, said }
    }

    fn by(node: u8) -> ActorId {
        ActorId::of_node(&NodeId([node; 32]), [7; 8])
    }

    fn portions(files: &[NamedFile], here: &[(u8, u64)]) -> Portions {
        Portions::of(OWN, 100, files, &computers(), here.iter().map(|(hash, bytes)| (BlobHash([*hash; 32]), *bytes)))
    }

    #[test]
    fn what_one_school_named_leaves_the_portion_of_another_alone() {
        let files = [named(1, by(2)), named(2, by(102)), named(3, by(2)), named(4, by(3)), named(5, by(1))];
        let portions = portions(&files, &[(1, 60), (2, 30), (5, 1_000)]);
        assert_eq!(portions.left(&BlobHash([3; 32])), 10, "what its retired computer named counts too");
        assert_eq!(portions.left(&BlobHash([4; 32])), 100);
        assert_eq!(portions.left(&BlobHash([5; 32])), u64::MAX, "our own school's files have no portion");
        assert_eq!(portions.taken(), [(Some(OWN), 1_000), (Some(OTHER), 90)]);
    }

    #[test]
    fn what_several_schools_named_comes_while_one_of_them_has_room_and_is_ours_where_we_named_it() {
        let files = [named(1, by(2)), named(2, by(2)), named(2, by(3)), named(3, by(2)), named(3, by(1))];
        let portions = portions(&files, &[(1, 100), (3, 50)]);
        assert_eq!((portions.left(&BlobHash([1; 32])), portions.left(&BlobHash([2; 32]))), (0, 100));
        assert_eq!(portions.taken(), [(Some(OWN), 50), (Some(OTHER), 100)]);
    }

    #[test]
    fn whoever_names_files_as_nobody_that_we_know_has_one_portion_for_all() {
        let foreign = ActorId::from(&[9; 16][..]);
        let files = [named(1, foreign.clone()), named(2, by(77)), named(3, ActorId::from(&[][..])), named(4, foreign)];
        let portions = portions(&files, &[(1, 50), (2, 30), (3, 15)]);
        assert_eq!(portions.left(&BlobHash([4; 32])), 5);
        assert_eq!(portions.left(&BlobHash([6; 32])), 0, "what nobody names does not come");
    }
}
