//! Every bound of the protocol, with its unit and its reason. Relations between them are checked when this crate is compiled.

/// Version of the wire format that this program writes: sessions, frames, announcements, invitations.
pub const WIRE_VERSION: u8 = 1;

/// Bytes of an Automerge actor id. Automerge makes 16; more than 64 is nobody's need and would bloat every change.
pub const MAX_ACTOR_BYTES: usize = 64;

/// Bytes of a display name (school, node, space): long enough for a full official school name in Cyrillic.
pub const MAX_NAME_BYTES: usize = 400;

/// Every entry at a multiple of this position keeps its signature, so that any holder can cut ranges there.
pub const SIGNATURE_EVERY: u64 = 32;

/// An entry whose changes take at least this many bytes keeps its signature too, if half of them are words: it bounds what lies between two cuts
/// (`SIGNATURE_EVERY` times this).
pub const SIGNED_ENTRY_BYTES: usize = 4 * 1024;

/// What a change takes for itself: its hash, actor, dependencies, columns. All of that packs to about nothing where people type.
pub const CHANGE_OVERHEAD_BYTES: usize = 96;

/// An entry of at least so many changes keeps its signature as well: there may be somebody whose changes do not pack.
pub const SIGNED_ENTRY_CHANGES: usize = 128;

/// Raw bytes of one Automerge change chunk. A 2 MB paste must be split by the page below this.
pub const MAX_CHANGE_BYTES: usize = 256 * 1024;

/// Raw bytes of all changes in one entry.
pub const MAX_BATCH_BYTES: usize = 256 * 1024;

/// Raw bytes, without what each change takes for itself, at which a publisher closes an entry. A frame holds one entry at least: of words that do not pack at all
/// it is then still no larger than what a line of 64 kbit/s takes in two seconds; some drop after six. A single change may be larger.
pub const PUBLISHED_BATCH_BYTES: usize = 12 * 1024;

/// Changes in one entry.
pub const MAX_BATCH_CHANGES: usize = 4_096;

/// Operations in all changes of one entry. A hundred bytes can claim a quarter of a million of them (whoever deletes a chapter honestly does), and each
/// costs its receivers time and Automerge memory: they count beside the bytes.
pub const MAX_BATCH_OPS: u64 = 1 << 18;

/// Runs in one entry: documents times authors that one publication can name.
pub const MAX_BATCH_RUNS: usize = 1_024;

/// Bytes of a control entry's body: certificates, names, sealed keys, lists of cuts.
pub const MAX_CONTROL_BODY_BYTES: usize = 32 * 1024;

/// Heads of the control graph that an entry may name: more concurrent heads than members cannot be honest.
pub const MAX_CONTROL_HEADS: usize = 512;

/// Control entries that waiting content names and a node looks out for one by one. With more of them any entry may be one: what waits is judged
/// with each, which costs time and loses nothing.
pub const MAX_AWAITED_HEADS: usize = 4_096;

/// Bytes of an encoded frame as it travels. Frames are *sized* to about 2 s of the line ([`FRAME_TARGET_MAX_BYTES`]); this is what a
/// receiver accepts, since a range can only be cut at a kept signature.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024;

/// Raw bytes that a frame may unpack to, checked before anything is expanded.
pub const MAX_FRAME_RAW_BYTES: usize = 16 * 1024 * 1024;

/// Entries in one frame.
pub const MAX_FRAME_ENTRIES: usize = 16_384;

/// Changes in one frame.
pub const MAX_FRAME_CHANGES: usize = 131_072;

/// Operations in one frame: looking them through takes less than a second.
pub const MAX_FRAME_OPS: u64 = 1 << 24;

/// Operations in a frame that rides inside an announcement: everybody looks it through and hands it on.
pub const MAX_INLINE_FRAME_OPS: u64 = 1 << 18;

/// Chains in one frame and in a frontier: two for each node that ever wrote in a space of 500 schools, with room.
pub const MAX_CHAINS: usize = 4_096;

/// Chains of nodes not known here of which a receipt may speak: its giver has heard of newcomers first. One that speaks of more is kept once they are known.
pub const MAX_UNKNOWN_CHAINS: usize = 64;

/// The smallest frame worth its overhead on the slowest line, bytes.
pub const FRAME_TARGET_MIN_BYTES: usize = 2 * 1024;

/// The size of frames before the line has been measured, bytes: 2 s at 64 kbit/s.
pub const FRAME_TARGET_START_BYTES: usize = 16 * 1024;

/// The largest frame made, bytes: what a cut line may lose.
pub const FRAME_TARGET_MAX_BYTES: usize = 64 * 1024;

/// Peers of whose lines is remembered how long a frame they took. Whoever is over begins anew.
pub const MAX_PACES: usize = 1_024;

/// Bytes per second below which a pull counts as stalled: a sixtieth of the slowest line that we plan for (64 kbit/s).
pub const SLOWEST_PULL_BYTES_PER_S: u64 = 128;

/// A frame of this many bytes or fewer rides inside its announcement; more is only announced and pulled (gossip multiplies bytes).
pub const MAX_INLINE_FRAME_BYTES: usize = 4 * 1024;

/// Bytes of an announcement as gossip carries it.
pub const MAX_ANNOUNCEMENT_BYTES: usize = 32 * 1024;

/// Spaces that one session speaks of.
pub const MAX_SESSION_SPACES: usize = 1_024;

/// Bytes of one session message: a frame and its envelope, or a full frontier.
pub const MAX_SESSION_MESSAGE_BYTES: usize = MAX_FRAME_BYTES + 64 * 1024;

/// Schools in a space: a region.
pub const MAX_SCHOOLS: usize = 512;

/// Names of people in one presence announcement of one node.
pub const MAX_PRESENCE_NAMES: usize = 64;

/// Addresses at which a node says that it may be found.
pub const MAX_WHEREABOUTS: usize = 16;

/// Bytes of one such address, as text.
pub const MAX_ADDRESS_BYTES: usize = 256;

/// Bytes of a browser's ephemeral message that other schools get.
pub const MAX_EPHEMERAL_BYTES: usize = 4 * 1024;

/// Bytes of an invitation, a request or a welcome.
pub const MAX_INVITATION_BYTES: usize = 256 * 1024;

const _: () = assert!(MAX_CHANGE_BYTES <= MAX_BATCH_BYTES && PUBLISHED_BATCH_BYTES <= MAX_BATCH_BYTES);
const _: () = assert!(crate::scan::limits::MAX_CHANGE_OPS <= MAX_BATCH_OPS, "a change fits an entry");
// A range can only be cut where a signature is kept, and a frame is cut once it weighs a quarter of what it may unpack to.
const _: () = assert!(SIGNATURE_EVERY * MAX_BATCH_OPS + (MAX_FRAME_RAW_BYTES / 4) as u64 <= MAX_FRAME_OPS);
const _: () =
    assert!(SIGNATURE_EVERY as usize * (SIGNED_ENTRY_BYTES + SIGNED_ENTRY_CHANGES * CHANGE_OVERHEAD_BYTES) + MAX_BATCH_BYTES <= MAX_FRAME_BYTES);
const _: () = assert!(FRAME_TARGET_MIN_BYTES <= FRAME_TARGET_START_BYTES && FRAME_TARGET_START_BYTES <= FRAME_TARGET_MAX_BYTES);
const _: () = assert!(FRAME_TARGET_MAX_BYTES <= MAX_FRAME_BYTES);
const _: () = assert!(MAX_INLINE_FRAME_BYTES + 1024 <= MAX_ANNOUNCEMENT_BYTES);
const _: () = assert!(MAX_FRAME_RAW_BYTES >= MAX_BATCH_BYTES * 4);
