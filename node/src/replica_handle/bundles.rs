//! What is asked of the replica for bundles.

use std::collections::BTreeSet;

use jeli_protocol::bundle::{BundleTag, Cover, Series};
use jeli_protocol::ids::{BundleId, NodeId, SchoolId, SpaceId};
use jeli_protocol::receipt::Receipt;
use jeli_protocol::replica::{BundleFrames, Carried, CarriedRefusal, Since};

use super::{Reply, SchoolInfo, StoreFault};

/// Asked of the replica by whoever makes or opens a bundle.
pub enum BundleRequest {
    /// What bundles would be made; what people wrote is published for them.
    Plan { wanted: BundleWanted, reply: Reply<Result<Vec<BundlePlan>, StoreFault>> },
    /// The tags by which the recipients of a plan know a bundle.
    Tags { spaces: Vec<SpaceId>, recipients: BTreeSet<NodeId>, bundle: BundleId, reply: Reply<Vec<BundleTag>> },
    /// The next frame of a space, of about so many bytes, and where the one after it begins. No frame: there is no more.
    Frame { frames: Box<BundleFrames>, bytes: usize, reply: Reply<Result<NextFrame, NoFrame>> },
    /// The newest receipts of a space, ours first.
    Receipts { space: SpaceId, reply: Reply<Vec<Receipt>> },
    /// By the tags of which spaces a bundle is for this node; none: it is for others.
    Recognise { cover: Box<Cover>, reply: Reply<Vec<SpaceId>> },
    /// A bundle of this node's making has been read to its end: that is a contact too.
    Opened { maker: NodeId, reply: Reply<()> },
    /// Takes in something of a bundle. Answered when it is kept.
    Take { space: SpaceId, item: Carried, reply: Reply<Result<usize, NotTaken>> },
}

/// A frame, if there is one, and where the next begins.
pub type NextFrame = (Option<Vec<u8>>, Box<BundleFrames>);

/// Why there is no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoFrame {
    /// Somebody for whom it is made is no member any more.
    #[error("somebody for whom the bundle is made is no member any more")]
    MembersChanged,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Why something of a bundle was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The replica refuses it.
    #[error(transparent)]
    Refused(#[from] CarriedRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// For whom bundles are wanted, and of what.
#[derive(Debug, Clone)]
pub struct BundleWanted {
    /// These schools; without, all that share a space with this node.
    pub schools: Option<BTreeSet<SchoolId>>,
    /// These spaces; without, all.
    pub spaces: Option<BTreeSet<SpaceId>>,
    /// From where they tell.
    pub since: Since,
    /// Whether files go along: one without them does not replace one with them.
    pub files: bool,
}

/// A bundle that could be made: some spaces with the same recipients.
#[derive(Debug, Clone)]
pub struct BundlePlan {
    /// The nodes for which it is.
    pub recipients: BTreeSet<NodeId>,
    /// Their schools, by name.
    pub schools: Vec<SchoolInfo>,
    /// The X25519 keys to which it is sealed.
    pub seals: Vec<[u8; 32]>,
    /// Which bundles it replaces.
    pub series: Series,
    /// Its spaces, and where the frames of each begin.
    pub spaces: Vec<(SpaceId, BundleFrames)>,
}
