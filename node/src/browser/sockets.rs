//! How many tabs are connected, in all and of one person; and the way to close them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jeli_protocol::ids::PersonId;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::limits::{MAX_SOCKETS, MAX_SOCKETS_PER_PERSON};

/// Counts connected tabs. Cheap to clone.
#[derive(Clone, Default)]
pub struct Sockets {
    counts: Arc<Mutex<Counts>>,
    stopping: CancellationToken,
    look: Arc<watch::Sender<()>>,
}

#[derive(Default)]
struct Counts {
    all: usize,
    by_person: HashMap<PersonId, usize>,
}

/// One tab more would be too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many open tabs: at most {MAX_SOCKETS_PER_PERSON} of one person and {MAX_SOCKETS} in all")]
pub struct TooManySockets;

/// A counted tab; dropping it counts it out.
pub struct SocketPermit {
    sockets: Sockets,
    person: PersonId,
}

impl Sockets {
    pub fn admit(&self, person: PersonId) -> Result<SocketPermit, TooManySockets> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let of_person = counts.by_person.get(&person).copied().unwrap_or(0);
        if counts.all >= MAX_SOCKETS || of_person >= MAX_SOCKETS_PER_PERSON {
            return Err(TooManySockets);
        }
        counts.all += 1;
        counts.by_person.insert(person, of_person + 1);
        Ok(SocketPermit { sockets: self.clone(), person })
    }

    /// Asks every tab to go; they come back when the node is there again.
    pub fn stop(&self) {
        self.stopping.cancel();
    }

    /// Sessions have ended or may have: every open connection looks whether its own is among them.
    pub fn look_again(&self) {
        self.look.send_replace(());
    }

    /// Says when to look.
    pub fn looks(&self) -> watch::Receiver<()> {
        self.look.subscribe()
    }

    pub(super) fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }
}

impl Drop for SocketPermit {
    fn drop(&mut self) {
        let mut counts = self.sockets.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all -= 1;
        if let Some(count) = counts.by_person.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                counts.by_person.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_cannot_take_all_places_and_a_closed_tab_makes_room() {
        let sockets = Sockets::default();
        let (one, two) = (PersonId([1; 16]), PersonId([2; 16]));
        let mut held: Vec<_> = (0..MAX_SOCKETS_PER_PERSON).map(|_| sockets.admit(one).expect("within the bound")).collect();
        assert!(sockets.admit(one).is_err(), "the next tab of the same person is too many");
        assert!(sockets.admit(two).is_ok(), "another person still gets in");
        held.pop();
        assert!(sockets.admit(one).is_ok(), "a closed tab makes room");
    }
}
