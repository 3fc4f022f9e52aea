//! Every bound of the network, with its unit and reason. Durations that a slow line or a test may want otherwise are in `config.rs`.

/// Largest frame on a session stream, bytes. The replica aims at 64 KiB; a single large change still fits.
pub const SESSION_FRAME_BYTES: usize = 1_572_864;

/// What one session may hold of frames that the application has not dropped yet, bytes. One full frame and a little, so the next small one
/// can arrive while a large one is applied; beyond it the reader stops, and the transport's window stops the sender.
pub const SESSION_INBOUND_BYTES: usize = 2_097_152;

/// Charged for every frame on top of its length, bytes, so that empty frames are not free.
pub const SESSION_FRAME_OVERHEAD_BYTES: usize = 64;

/// What may wait to be sent on one session, bytes. The replica sends a frame after the previous one went out; this is for those who do not.
pub const SESSION_OUTBOUND_BYTES: usize = 4_194_304;

/// Bytes written before progress is asked for again: about two seconds of a 64 kbit/s line, so that a slow line is not called a dead one.
pub const WRITE_CHUNK_BYTES: usize = 16_384;

/// Step by which the memory for an arriving frame grows, bytes: who announces a large frame must send it before it costs anything.
pub const READ_CHUNK_BYTES: usize = 65_536;

/// Sessions with peers that are not admitted, at once. A school that was admitted elsewhere shows itself so; a flood of strangers stops here.
pub const STRANGER_SESSIONS: usize = 16;

/// How long a peer that is not admitted may be silent on a session. Honest ones come back by themselves, and are members then.
pub const STRANGER_SILENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// Peers whose faults are remembered. Beyond it those with the fewest are forgotten: who makes himself new keys makes nobody else's forgotten.
pub const FAULTY_PEERS: usize = 256;

/// Faults that count against one peer, at most: who has gone on for weeks and then keeps the rules is as good as others within a day.
pub const FAULTS_COUNTED: u32 = 16;

/// Largest join request or response, bytes: certificates and membership acts, no documents.
pub const JOIN_BYTES: usize = 262_144;

/// Join requests in hand at once. Each may hold [`JOIN_BYTES`] twice.
pub const INBOUND_JOINS: usize = 16;

/// Join requests of ours in hand at once.
pub const OUTBOUND_JOINS: usize = 16;

/// Largest gossip message, bytes, as gossipsub counts it. Announcements are small; what is large is pulled.
pub const GOSSIP_BYTES: usize = 65_536;

/// Gossip messages waiting to be sent to one peer. Announcements older than that many are not worth their bytes.
pub const GOSSIP_QUEUE_MESSAGES: usize = 512;

/// Topics subscribed to at once: one a space, with room.
pub const TOPICS: usize = 1_024;

/// Longest topic name, bytes.
pub const TOPIC_NAME_BYTES: usize = 128;

/// Addresses remembered for one peer: TCP and QUIC over IPv4 and IPv6 of a machine with a few interfaces.
pub const ADDRESSES_PER_PEER: usize = 16;

/// Peers that are not members whose addresses are remembered (found on the LAN, or given with an invitation).
pub const STRANGER_ADDRESS_BOOKS: usize = 128;

/// Longest address accepted, bytes. A relayed address with two peer ids takes about 150.
pub const ADDRESS_BYTES: usize = 256;

/// Connections of strangers, at once, in both directions. Members are not counted.
pub const STRANGER_CONNECTIONS: u32 = 128;

/// Connections in handshake at once, inbound.
pub const PENDING_INBOUND: u32 = 32;

/// Connections in handshake at once, outbound. More than the members of the largest network, so one dead peer never holds back a living one.
pub const PENDING_OUTBOUND: u32 = 128;

/// Connections with one stranger: a simultaneous dial over two transports makes four.
pub const CONNECTIONS_PER_STRANGER: u32 = 4;

/// Streams of one connection being negotiated at once.
pub const NEGOTIATING_STREAMS: usize = 32;

/// Streams of one connection, at once: session, join, gossip, identify and ping, with room.
pub const STREAMS_PER_CONNECTION: usize = 64;

/// Window of one QUIC stream, bytes: a full frame in flight.
pub const QUIC_STREAM_WINDOW_BYTES: u32 = 2_097_152;

/// Window of one QUIC connection, bytes.
pub const QUIC_CONNECTION_WINDOW_BYTES: u32 = 4_194_304;

/// Largest QUIC packet that is tried, bytes without the headers of UDP and IP: that of a line of 1400 bytes, as mobile networks and tunnels have. Whoever
/// tries for more on such a line does so again every ten minutes, some packets of full size both ways.
pub const QUIC_PACKET_BYTES: u16 = 1_372;

/// Commands waiting for the service.
pub const COMMAND_QUEUE: usize = 256;

/// Events waiting for the application. The service stops reading from the network when it is full.
pub const EVENT_QUEUE: usize = 128;

/// Reports of session and join tasks waiting for the service.
pub const REPORT_QUEUE: usize = 64;

/// Between questions on a line that has been silent for a while and does not answer: above the round trip of any line, so that the first has its time.
pub const SILENCE_ASKED_EVERY: std::time::Duration = std::time::Duration::from_secs(3);

/// Missed pings in a row after which a connection counts as dead. QUIC and TCP notice a dead line by themselves, and sooner.
pub const MISSED_PINGS: u32 = 3;

/// How long the cheaper addresses are tried alone on a metered line, before all others are tried beside them: some round trips of a slow one.
pub const THRIFTY_HEAD_START: std::time::Duration = std::time::Duration::from_secs(8);

/// Streams opened in a row and never answered after which a connection counts as dead. One may have waited behind a full queue. A TCP connection
/// that lived through a cut tries again up to two minutes after the line is whole; a new one is there in seconds.
pub const UNANSWERED_STREAMS: u32 = 2;

/// What a node carries for others in a month where its people said nothing: a tenth of what a slow line of 512 kbit/s could. Each byte comes in and goes out.
pub const RELAY_MONTH_BYTES: u64 = 8_000_000_000;

/// Peers that are reached through this node at once: the members of the largest networks.
pub const RESERVATIONS: usize = 64;

/// Circuits through this node at once. Each holds [`CIRCUIT_BUFFER_BYTES`] twice, and what the windows of its two connections hold.
pub const CIRCUITS: usize = 32;

/// Circuits that one peer begins, at once: one for each of a few peers that it reaches in no other way.
pub const CIRCUITS_PER_PEER: usize = 8;

/// Circuits of those who are no members yet, at once.
pub const STRANGER_CIRCUITS: usize = 4;

/// What one circuit of a member may carry, and how long it may stand: a first catch-up of years with its photos, and a school day. Whoever needs more begins anew.
pub(crate) const MEMBER_CIRCUIT: super::relay::Limit = super::relay::Limit { lasts: std::time::Duration::from_secs(12 * 3_600), bytes: 268_435_456 };

/// The same for who is no member yet: to connect, to ask and to be answered on the slowest line, and the beginning of what comes then.
pub(crate) const STRANGER_CIRCUIT: super::relay::Limit = super::relay::Limit { lasts: std::time::Duration::from_secs(180), bytes: 2_097_152 };

/// Bytes of a circuit in hand, in each direction.
pub const CIRCUIT_BUFFER_BYTES: usize = 16_384;

/// Wishes of members for circuits and reservations in hand at once, besides the circuits that stand.
pub const RELAY_WISHES: usize = 32;

/// The same of those who are no members yet: their circuits, and as many that are refused.
pub const STRANGER_WISHES: usize = 2 * STRANGER_CIRCUITS;

/// How long a reservation is said to last. It ends with its connection; the protocol wants a time, and clocks of schools are years off.
pub const RESERVATION_SAID: std::time::Duration = std::time::Duration::from_secs(100 * 365 * 24 * 3_600);

/// Other addresses that were written to and are remembered, to know whether who comes from there was let in for it.
pub const WRITTEN_TO: usize = 256;

/// What others say of this node's address, at most.
pub const SIGHTINGS: usize = 16;

/// Addresses that are tried when a way through two routers is opened from both sides.
pub const PUNCH_ADDRESSES: usize = 8;

/// Relays that a node is reached through at once: one may go away.
pub const RELAYS: usize = 2;

/// The same where bytes cost money.
pub const RELAYS_METERED: usize = 1;

const _: () = assert!(MEMBER_CIRCUIT.bytes > STRANGER_CIRCUIT.bytes && STRANGER_CIRCUIT.bytes >= 4 * JOIN_BYTES as u64);
const _: () = assert!(STRANGER_CIRCUITS < CIRCUITS);
const _: () = assert!(SESSION_INBOUND_BYTES >= SESSION_FRAME_BYTES + SESSION_FRAME_OVERHEAD_BYTES);
const _: () = assert!(SESSION_OUTBOUND_BYTES >= SESSION_FRAME_BYTES);
const _: () = assert!(SESSION_INBOUND_BYTES <= u32::MAX as usize, "semaphores are taken by u32");
const _: () = assert!(QUIC_STREAM_WINDOW_BYTES <= QUIC_CONNECTION_WINDOW_BYTES);
