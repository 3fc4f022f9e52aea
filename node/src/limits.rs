//! Every bound of the node's local side, with its unit and its reason.

use std::time::Duration;

/// Requests waiting for the replica's thread. Enough for every document actor to have one in flight; beyond it askers wait.
pub const REQUEST_QUEUE: usize = 256;
/// Messages from the replica a slow receiver may lag behind before it must load its documents anew.
pub const APPLIED_QUEUE: usize = 1024;

// --- Documents -------------------------------------------------------------------------------------------------------------------

/// Automerge documents held in memory at once. A school has a few dozen people; an old PC has 4 GB.
pub const MAX_LOADED_DOCUMENTS: usize = 64;
/// Estimated bytes of all loaded documents together; beyond it the least recently used are unloaded.
pub const MAX_LOADED_BYTES: usize = 256 << 20;
/// What an operation costs in a loaded document, roughly (measured on text traces); used for the estimate only.
pub const BYTES_PER_LOADED_OP: usize = 40;
/// An unused document is unloaded after this time.
pub const DOCUMENT_IDLE: Duration = Duration::from_secs(120);
/// Documents worked on at the same moment: more would only take turns on two cores.
pub const DOCUMENT_WORKERS: usize = 2;
/// Messages waiting at one document. A full inbox makes the sender's socket wait, not the other documents.
pub const DOCUMENT_INBOX: usize = 512;
/// Messages of tabs that wait for a document's first content: one of each tab that a school has; whoever is over is told that it is not here.
pub const MAX_AWAITING: usize = 256;
/// Messages of browsers that one commit takes together.
pub const MAX_BATCH_MESSAGES: usize = 256;
/// Bytes of changes that one commit takes together; what is over waits for the next.
pub const MAX_BATCH_BYTES: usize = 8 << 20;
/// Changes of one document that wait in memory for one they build on, and their bytes together.
pub const MAX_ORPHAN_CHANGES: usize = 4_096;
pub const MAX_ORPHAN_BYTES: usize = 4 << 20;
/// Stored changes after which unloading offers a snapshot: loading a thousand plain changes costs about as much as writing the snapshot.
pub const SNAPSHOT_AFTER_CHANGES: usize = 500;
/// Characters of the title that a new document is given.
pub const MAX_TITLE_CHARS: usize = 300;
/// The list is told of an open document at most this often, beside the first time after a quiet while: each telling is a write to the disk,
/// and every page that shows the list asks for it anew.
pub const DESCRIBE_EVERY: Duration = Duration::from_secs(3);

// --- Browsers --------------------------------------------------------------------------------------------------------------------

/// One WebSocket message. A document of a year's work is under a megabyte; a first upload of a long offline stay stays under this.
pub const MAX_SOCKET_MESSAGE_BYTES: usize = 16 << 20;
/// Tabs connected at once: 80 staff with three devices each.
pub const MAX_SOCKETS: usize = 256;
/// Tabs of one person.
pub const MAX_SOCKETS_PER_PERSON: usize = 24;
/// Documents one tab may have open.
pub const MAX_DOCUMENTS_PER_SOCKET: usize = 128;
/// Messages waiting to be written to one slow tab; over it the tab is cut off and comes back by itself.
pub const SOCKET_OUTBOX: usize = 256;
/// Time a new socket has for its `join`.
pub const JOIN_TIMEOUT: Duration = Duration::from_secs(15);
/// A ping goes out this often, and a tab that has not answered by the next is gone.
pub const SOCKET_PING: Duration = Duration::from_secs(25);
/// A tab's passing message: a cursor and a name.
pub const MAX_EPHEMERAL_BYTES: usize = jeli_protocol::limits::MAX_EPHEMERAL_BYTES;
/// Passing messages of one tab per second, and the burst it may save up. What is over is dropped: the next one replaces it anyway.
pub const EPHEMERAL_PER_SECOND: u32 = 20;
pub const EPHEMERAL_BURST: u32 = 40;
/// Peer and session ids that a browser gives itself.
pub const MAX_PEER_ID_BYTES: usize = 128;
/// Hashes in one list (heads, need) of a sync message.
pub const MAX_SYNC_HASHES: usize = 20_000;
/// Bloom filters in one sync message: clients send one.
pub const MAX_SYNC_HAVES: usize = 8;
/// Probes of a Bloom filter: clients use 7. Automerge allocates what the message says, without a bound of its own.
pub const MAX_BLOOM_PROBES: u64 = 32;
/// Change chunks in one sync message.
pub const MAX_SYNC_CHANGES: usize = 100_000;
/// Bytes of changes that are looked through in one go for the names of files. Measured in a build for tests on two busy cores, the thread that words wait for
/// takes 2 ms for so many. *Known:* nothing but hexadecimal digits, as somebody malicious may write them, take 140 ms.
pub const HISTORY_STEP_BYTES: usize = 256 << 10;
/// What one compressed change chunk may inflate to.
pub const MAX_INFLATED_CHANGE_BYTES: usize = jeli_protocol::limits::MAX_CHANGE_BYTES;
/// What all compressed chunks of one message may inflate to together.
pub const MAX_INFLATED_MESSAGE_BYTES: usize = 32 << 20;

// --- HTTP ------------------------------------------------------------------------------------------------------------------------

/// Body of an API request: the largest is a join ticket.
pub const MAX_BODY_BYTES: usize = 64 << 10;
/// Event streams open at once.
pub const MAX_EVENT_STREAMS: usize = 512;
/// Events a slow stream may lag behind; over it the stream is told to ask for everything again.
pub const EVENT_QUEUE: usize = 256;
/// Pages are told this often at most that files have moved: each telling of one that they show costs a question, and a fetch counts faster.
pub const FILES_TOLD_EVERY: Duration = Duration::from_millis(500);
/// A comment line goes over an idle event stream this often, so that proxies and phones keep it.
pub const EVENT_KEEPALIVE: Duration = Duration::from_secs(20);
/// Host names a configuration may add.
pub const MAX_EXTRA_HOSTS: usize = 16;

// --- Accounts --------------------------------------------------------------------------------------------------------------------

/// Accounts of one school.
pub const MAX_PEOPLE: usize = 1_000;
/// Characters of names and logins.
pub const MAX_NAME_CHARS: usize = 120;
pub const MAX_LOGIN_CHARS: usize = 64;
/// Passwords: shorter ones fall to guessing, longer ones only cost hashing time.
pub const MIN_PASSWORD_CHARS: usize = 8;
pub const MAX_PASSWORD_BYTES: usize = 1_024;
/// Argon2id: 19 MiB, 2 passes, 1 lane (OWASP's smallest recommended; an old PC takes about 50 ms).
pub const ARGON2_MEMORY_KIB: u32 = 19 * 1024;
pub const ARGON2_PASSES: u32 = 2;
/// Passwords hashed at once: each takes 19 MiB.
pub const ARGON2_AT_ONCE: usize = 2;
/// A pass to another computer of the school is good for this long: one takes it along and makes the account there.
pub const PASS_LASTS: Duration = Duration::from_secs(7 * 24 * 3600);
/// Characters of a pass: more than the longest names need.
pub const MAX_PASS_CHARS: usize = 4_096;
/// A session ends this long after its last use, and this long after its start whatever happens.
pub const SESSION_IDLE: Duration = Duration::from_secs(14 * 24 * 3600);
pub const SESSION_MAX: Duration = Duration::from_secs(90 * 24 * 3600);
/// An open connection looks this often whether its session still holds, beside being told when somebody signs out.
pub const SESSION_LOOK: Duration = Duration::from_secs(20);
/// The last use is written down at most this often.
pub const SESSION_TOUCH: Duration = Duration::from_secs(3600);
/// Sessions of one person; the oldest ends when a new one begins.
pub const MAX_SESSIONS_PER_PERSON: usize = 20;
/// Sign-in attempts: for one login, and from one address (a whole school may sit behind one).
pub const SIGN_INS_PER_MINUTE_PER_LOGIN: u32 = 6;
pub const SIGN_INS_PER_MINUTE_PER_ADDRESS: u32 = 60;
/// A code for guests, and each seat that was taken with it, lasts this long: a meeting with its coffee.
pub const SEAT_LASTS: Duration = Duration::from_secs(4 * 3600);
/// Codes open at once, of one document and in all: each is one more that a guess may hit.
pub const MAX_SEAT_CODES_PER_DOCUMENT: usize = 4;
pub const MAX_SEAT_CODES: usize = 16;
/// Guests at one meeting: two of each school of a large network.
pub const MAX_SEATS_PER_DOCUMENT: usize = 60;
/// Tries of a code: from one address (several phones may come by one), and in all.
pub const SEAT_TRIES_PER_MINUTE_PER_ADDRESS: u32 = 10;
pub const SEAT_TRIES_PER_MINUTE: u32 = 30;
/// What was set aside of a guest's words is kept this long after their seat has ended.
pub const GUEST_WORDS_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// Answers to questionnaires: from one address (a computer room, a hall full of parents), and in all.
pub const ANSWERS_PER_MINUTE_PER_ADDRESS: u32 = 60;
pub const ANSWERS_PER_MINUTE: u32 = 300;
/// Looks at them, likewise: whoever answers looks first, and may load the page anew.
pub const LOOKS_PER_MINUTE_PER_ADDRESS: u32 = 2 * ANSWERS_PER_MINUTE_PER_ADDRESS;
pub const LOOKS_PER_MINUTE: u32 = 2 * ANSWERS_PER_MINUTE;
/// Links that open no questionnaire, from one address: some who typed the same one wrong.
pub const WRONG_LINKS_PER_MINUTE_PER_ADDRESS: u32 = 20;
/// Places in which a rate counts addresses or logins by their hash, a few dozen bytes each. Of a thousand devices at once one in sixteen shares
/// its place with another.
pub const RATE_PLACES: u16 = 1 << 14;
/// Wrong codes for the first account before the code is closed until the next start.
pub const MAX_SETUP_ATTEMPTS: u32 = 10;
/// Set-aside pieces kept for one school; the newest are refused beyond it (their words stay in the tab).
pub const MAX_SET_ASIDE: usize = 10_000;
/// Of one person: nobody fills the room of the others.
pub const MAX_SET_ASIDE_PER_PERSON: usize = 200;
/// Bytes of one set-aside piece.
pub const MAX_SET_ASIDE_BYTES: usize = 1 << 20;

/// Characters of a name that a file is saved under: most systems take 255 bytes, and Cyrillic letters are two each.
pub const MAX_FILE_NAME_CHARS: usize = 120;

/// The same in UTF-8: Linux and Android take 255, and a browser that has the name already adds " (12)". 120 Cyrillic letters fit.
pub const MAX_FILE_NAME_BYTES: usize = 240;

const _: () = assert!(MAX_BATCH_BYTES <= MAX_SOCKET_MESSAGE_BYTES, "a batch is made of whole messages, the first always fits");
const _: () = assert!(MAX_SEAT_CODES_PER_DOCUMENT < MAX_SEAT_CODES, "one meeting does not take the room of all");
const _: () = assert!(MAX_INFLATED_CHANGE_BYTES <= MAX_INFLATED_MESSAGE_BYTES);

/// Operations of a document that is opened: about a gigabyte in memory, thirty times the largest editing session that we have. One of more is set apart:
/// whoever may write could else bring down every node that opens it.
pub const MAX_DOCUMENT_OPS: u64 = 1 << 23;

/// Operations up to which people of this school may add to it. The rest is for what comes from others at the same time.
pub const MAX_OWN_DOCUMENT_OPS: u64 = MAX_DOCUMENT_OPS / 4 * 3;
