//! Automerge documents in memory: loaded on demand, bounded, each with a task of its own.
//!
//! **Invariant:** a document in memory holds only changes that are on disk. Tabs learn our heads from it, and our heads are the
//! acknowledgement.

mod actor;
mod causal;
pub mod chunks;
pub mod create;
mod grow;
mod keep;
mod loaded;
mod own_change;
mod presence;
mod rebuilt;
mod seat;
mod service;
pub mod set_aside;
mod subject;
mod told;
mod turn;
mod words;

pub use actor::DocumentFault;
pub use loaded::Loaded;
pub use presence::Attendee;
pub use seat::{CloseReason, Outgoing, Passing, Tab, TabId};
pub use service::{Documents, next_tab_id};
pub use subject::{Subject, led_to};
pub use turn::RefusalReason;
