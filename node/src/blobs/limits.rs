//! Every bound of the road of files, with its unit and reason.

use std::time::Duration;

/// Most bytes of content in one frame of a channel: one leaf of the hash tree.
pub const FRAME_BYTES: usize = 16 * 1024;

/// Longest frame that is no content, bytes: what a provider has, told by the borders of its ranges.
pub const CONTROL_BYTES: usize = 40_000;

/// Borders of ranges that a provider tells: a content in more pieces than that is told as if the last ones were not there.
pub const TOLD_BORDERS: usize = 4_096;

/// Frames that wait between a channel's reader and whoever uses it: a megabyte.
pub const INBOX_FRAMES: usize = 64;

/// Frames that wait to be written on a channel. They are small where the line is slow, and what is on the way is bounded by the window in any case.
pub const OUTBOX_FRAMES: usize = 16;

/// Bytes that a channel reads at a time.
pub const READ_BYTES: usize = 4 * FRAME_BYTES;

/// Least bytes on the way that a provider allows itself, so that a channel never stands still: 80 ms of a 256 kbit/s line.
pub const MIN_WINDOW_BYTES: u64 = 2_560;

/// Bytes on the way at the start.
pub const FIRST_WINDOW_BYTES: u64 = 8 * 1024;

/// Most bytes on the way: what a line of 100 Mbit/s and 300 ms needs. Bounds the memory that one channel takes.
pub const MAX_WINDOW_BYTES: u64 = 4 << 20;

/// How much waiting of others a transfer may cause on the line. A keystroke behind it comes so much later, and no more.
pub const QUEUEING_TARGET: Duration = Duration::from_millis(80);

/// Refusals are given so long after the question, whatever their reason: nobody learns from the time whether a content is here.
pub const REFUSAL_AFTER: Duration = Duration::from_millis(100);

/// How often it is looked at, while a content is given, whether its taker may still have it.
pub const MAY_AGAIN: Duration = Duration::from_secs(10);

/// A channel on which nothing moves for so long is given up.
pub const STALL: Duration = Duration::from_secs(60);

/// How long a provider has to say whether it has a content: the worst line that we know needs half of it. The connection may be that of a node which was
/// killed and has come back on another.
pub const ANSWER: Duration = Duration::from_secs(20);

/// A provider that brings less than [`CRAWL_BYTES`] in this time is left, while another has what it was asked for.
pub const CRAWL_TIME: Duration = Duration::from_secs(20);

/// See [`CRAWL_TIME`]: half of what the slowest line that we know brings.
pub const CRAWL_BYTES: u64 = 64 * 1024;

/// See [`CRAWL_TIME`]: what one that is alone must bring at least. One leaf of the hash tree, since nothing less is told.
pub const ALONE_CRAWL_BYTES: u64 = 16 * 1024;

/// Channels that members may have open to this node at once, all together and one node alone.
pub const INBOUND_CHANNELS: usize = 32;
/// See [`INBOUND_CHANNELS`].
pub const INBOUND_CHANNELS_PER_NODE: usize = 8;

/// Contents fetched at the same time: the others wait their turn, small pictures first.
pub const FETCHES: usize = 4;

/// Of these, those that nobody asked for.
pub const FETCHES_BY_THEMSELVES: usize = 2;

/// Of these, those that are neither small pictures nor what somebody waits for.
pub const FETCHES_FOR_LATER: usize = FETCHES - 2;

/// Of these, those that are no small pictures; and those that nobody waits for. Long films leave each of the two a place.
pub const FETCHES_BUT_ONE: usize = FETCHES - 1;

/// Providers of one content asked at once.
pub const PROVIDERS: usize = 4;

/// Least bytes asked of a provider at once where several share the work.
pub const MIN_SHARE_BYTES: u64 = 256 * 1024;

/// Most bytes asked of a provider at once where several share the work.
pub const MAX_SHARE_BYTES: u64 = 64 << 20;

/// A provider is asked for what it brings in about this time: a share costs one round trip.
pub const SHARE_TIME: Duration = Duration::from_secs(6);

/// How long a provider that failed is not asked again for the same content: grows with each failure, up to [`MAX_REST`].
pub const REST: Duration = Duration::from_secs(2);
/// See [`REST`].
pub const MAX_REST: Duration = Duration::from_secs(600);

/// How often at least a content that did not come is tried again.
pub const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// How often at least others are asked again for what none of them had, where somebody asked for it, and where nobody did. It costs some hundreds of bytes with each of
/// them, day and night; somebody's coming wakes the search at once.
pub const MISSING_AGAIN: Duration = Duration::from_secs(600);
/// See [`MISSING_AGAIN`].
pub const MISSING_UNASKED_AGAIN: Duration = Duration::from_secs(3_600);

/// Largest small picture that comes by itself, whatever a document says of it: the page shows none that is larger.
pub const MAX_THUMBNAIL_BYTES: u64 = 200 << 10;

/// How often a provider without work looks for some, if nothing wakes it.
pub const LOOK_FOR_WORK: Duration = Duration::from_secs(1);

/// How often what has come is counted and told while a share is on its way.
pub const COUNT_EVERY: Duration = Duration::from_millis(200);

/// Contents, and documents, that are noted as moved until somebody asks. Of what is over, pages hear when they ask by themselves.
pub const MOVED: usize = 4_096;

/// Wanted contents that a node keeps in mind.
pub const WANTS: usize = 10_000;

/// Of them, those that came to mind by themselves: what people ask for finds a place however much others name.
pub const WANTS_BY_THEMSELVES: usize = 8_000;

/// Of those, the ones that one other school named: nothing else would come if it named nothing but what nobody has.
pub const WANTS_OF_ONE_SCHOOL: u64 = 3_000;

/// How often it is looked at again what was left out for those bounds.
pub const LEFT_OUT_AGAIN: Duration = Duration::from_secs(600);

/// Bytes that stay free on the disk, so that words are never refused for the sake of a file.
pub const RESERVE_BYTES: u64 = 512 << 20;

/// Bytes of files that a node keeps, if nobody chose otherwise.
pub const DEFAULT_ROOM_BYTES: u64 = 20 << 30;

/// Largest content that comes by itself on a line that costs nothing, if nobody chose otherwise: a photo made smaller, a document of a few pages.
pub const DEFAULT_SMALL_BYTES: u64 = 1 << 20;

/// Percent of the room that the files of one other school may take before nothing of it comes by itself, if nobody chose otherwise.
pub const DEFAULT_PORTION_PERCENT: u64 = 25;

/// Largest content, bytes: a long lesson on video.
pub const MAX_BLOB_BYTES: u64 = 8 << 30;

/// Before the last copy goes, the others are asked for so long at most whether they have one, and so many at once.
pub const ASK_AROUND: Duration = Duration::from_secs(5);
/// See [`ASK_AROUND`].
pub const ASKED_AT_ONCE: usize = 8;

/// Uploads in hand at once, and of one person.
pub const UPLOADS: usize = 64;
/// See [`UPLOADS`].
pub const UPLOADS_PER_PERSON: usize = 16;
/// Of [`UPLOADS`], those of all guests of meetings together: any number of people may sit down with one code.
pub const UPLOADS_OF_GUESTS: usize = 24;
/// Percent of the room that all guests together may send in within [`UPLOAD_LIFE`].
pub const GUESTS_PERCENT: u64 = 25;
/// Uploads that have become contents and are still told of, of guests and of others. Over it the oldest is told of no more; of guests the smallest one,
/// so that what they have sent stays counted.
pub const UPLOADS_TOLD: usize = 500;
/// With an upload that nobody has written to for so long nobody goes on just now: no room is kept for the rest of it, and where all places are taken, a
/// guest's goes.
pub const UPLOAD_IDLE: Duration = Duration::from_secs(300);

/// An upload that nobody went on with for so long is gone.
pub const UPLOAD_LIFE: Duration = Duration::from_secs(3 * 24 * 3600);

/// A content that was added and stands in no document yet is kept so long.
pub const UNNAMED_LIFE: Duration = Duration::from_secs(3 * 24 * 3600);

/// How exactly it is known when a content was looked at last: each look would be a write that words wait for.
pub const USED_AGAIN: Duration = Duration::from_secs(3_600);

/// How often a store of files that could not be opened is tried again.
pub const OPEN_AGAIN: Duration = Duration::from_secs(30);

/// How often it is tried to take in what is left of a damaged store: each time it is read from end to end.
pub const TAKE_IN_AGAIN: Duration = Duration::from_secs(600);

/// When what nobody needs is cleared away first after a start, and how often then.
pub const SWEEP_FIRST: Duration = Duration::from_secs(600);
/// See [`SWEEP_FIRST`].
pub const SWEEP_EVERY: Duration = Duration::from_secs(6 * 3600);

/// How long the store may take to answer the simplest question before it is taken to have stopped.
pub const PROBE_TIME: Duration = Duration::from_secs(20);

/// How long a store that has stopped may take to close.
pub const CLOSE_TIME: Duration = Duration::from_secs(5);

/// How long clearing away may take before whoever asked is told that it was not done: histories are looked through for it.
pub const SWEEP_TIME: Duration = Duration::from_secs(120);

const _: () = assert!(FRAME_BYTES <= CONTROL_BYTES && CONTROL_BYTES <= u16::MAX as usize, "a frame's length is two bytes");
const _: () = assert!(MIN_WINDOW_BYTES <= FIRST_WINDOW_BYTES && FIRST_WINDOW_BYTES <= MAX_WINDOW_BYTES);
const _: () = assert!(TOLD_BORDERS * 9 + 64 <= CONTROL_BYTES, "what is told fits a frame");
const _: () = assert!(WANTS_OF_ONE_SCHOOL < WANTS_BY_THEMSELVES as u64);
const _: () = assert!(WANTS_BY_THEMSELVES < WANTS && DEFAULT_PORTION_PERCENT <= 100);
const _: () = assert!(FETCHES_BY_THEMSELVES > 0 && FETCHES_BY_THEMSELVES < FETCHES);
const _: () = assert!(MIN_SHARE_BYTES <= MAX_SHARE_BYTES && INBOUND_CHANNELS_PER_NODE <= INBOUND_CHANNELS);
