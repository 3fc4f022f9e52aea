//! Why there is no network.

use std::io;

use thiserror::Error;

/// Why a network could not be made or reached.
#[derive(Debug, Error)]
pub enum Error {
    /// The machine does not lend what a network is made of. A test says so and ends.
    #[error("this machine lends no networks of our own ({what}): be root, have the program `ip` and the device /dev/net/tun")]
    Forbidden {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// More nodes than there are addresses.
    #[error("{0} nodes are too many: give 1 to {max}", max = crate::packet::MAX_NODES)]
    Nodes(usize),
    /// Something went wrong on a machine that lends networks.
    #[error("{what} failed")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// Whether the machine does not lend networks at all, so that nothing can be tested on it.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Forbidden { .. })
    }

    pub(crate) fn forbidden(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Forbidden { what, source }
    }

    pub(crate) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }
}
