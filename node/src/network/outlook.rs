//! What is done to reach a peer that is away: for people who ask why their words have not arrived there.

use std::time::Duration;

/// How it stands with reaching a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// How many addresses of it are known.
    pub addresses: usize,
    /// Whether an address of it is this machine's own: several run here.
    pub is_on_this_machine: bool,
    /// When it is dialled.
    pub attempt: Attempt,
    /// For how long its sessions are refused yet, since it broke the protocol.
    pub refused_for: Option<Duration>,
}

/// When a peer is dialled next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Not at all: it is connected, or nothing here wants it.
    None,
    /// Under way.
    Now,
    /// After so long.
    In(Duration),
}
