//! Bad lines between schools, for tests that run real programs.
//!
//! A [`Net`] is a number of nodes, each in a network namespace of its own with an address such as 10.77.3.1 and an MTU of 1500 bytes, and each
//! with a line of its own to the middle, where all lines meet. This process carries all packets between them, and makes each wait, travel and get
//! lost as its lines are: rate, delay, jitter, loss, room for waiting, largest packet ([`Shape`]).
//!
//! ```text
//! node 0 ──up──▶ ┌────────┐ ──down──▶ node 1        delay of a pair:  up of the sender + down of the receiver
//!        ◀─down─ │ middle │ ◀───up───               rate of a pair:   the smaller of the two
//! node 2 ──up──▶ └────────┘ ──down──▶ node 3        what arrives:     (1 - loss up) × (1 - loss down)
//! ```
//!
//! ```no_run
//! use jeli_line::{Net, Profiles};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let school = Profiles::ours()?.get("school-edge")?.access();
//! let net = Net::new(7, &[school, school])?;
//! let node = net.node(0).command("jeli").arg("run").spawn()?;
//! let page = net.node(0).door(8080)?.address(); // for HTTP, not over the line
//! net.node(1).cut();
//! let sent = net.counts_from(0).sent.bytes;
//! # Ok(())
//! # }
//! ```
//!
//! **What times mean.** Each direction of each line holds a whole packet before it passes it on, as routers do: a packet of `b` bits is sent in
//! `b / rate` on each of its two lines, *on top of* the delay. A ping of 84 bytes over four crossings at 64 kbit/s takes 42 ms longer than
//! the lines' delays; 1500 bytes take 187 ms a crossing. Rates count all bytes from the IP header on. [`Profile::access`] says how the round
//! trip and the loss of a profile are laid on the lines.
//!
//! **Routers.** A node may have an address of the internet, or stand behind a router that has one and is of one of the usual four kinds ([`Home`], [`Net::at_home`]).
//! The router is at the school's end of the line: what it refuses has travelled the line. It keeps ways open for 30 s (UDP) and 300 s (TCP) after the last packet
//! from inside, and answers nothing to what it refuses. Nobody inside reaches it by its own outer address.
//!
//! **What is not there.** Only IPv4 between the nodes. No groups: multicast DNS ends at the school's door, and [`Node::strays`] counts it. No
//! fragments. No packet overtakes another on the same line.
//!
//! **What it is made of.** `ip` (iproute2) adds and removes namespaces and sets addresses. Two crates keep unsafe code out of ours: `tun-rs` makes
//! the devices (kept, with a release most months; of the crates for TUN it is the one whose plain device needs no runtime and can be polled
//! as any file), and `rustix` enters namespaces and polls (kept by the Bytecode Alliance, and in the tree already). Neither the kernel's netem nor
//! any other traffic control is used: many small machines have none, and a seed could not make it repeat itself. Where `chrt` (util-linux) may, it
//! puts the lines' thread before all others, so that a busy machine does not make lines late.
//!
//! **What stays behind.** Nothing: see `guard.rs`.

mod counts;
mod dice;
mod door;
mod error;
mod forwarder;
mod guard;
mod loss;
mod namespace;
mod nat;
mod net;
mod packet;
mod profile;
mod queue;
mod segment;
mod shape;
mod star;

pub use counts::{Counts, Tally};
pub use door::Door;
pub use error::Error;
pub use loss::{Loss, NoPercent, Percent};
pub use nat::{Home, NatKind, Ports};
pub use net::{Net, Node};
pub use profile::{Profile, ProfileError, Profiles};
pub use shape::{Access, Mtu, Oversize, Rate, Shape};
