//! Rust client of a node's local API: typed calls for every address of `docs/api.md`, and documents over the automerge-repo WebSocket
//! protocol. The command line, the tests and the benchmarks use nothing else. Beside it the sample documents of the demo and the tests.
#![warn(missing_docs)]

mod api;
mod budget;
mod bundles;
mod document;
mod error;
mod files;
pub mod samples;
mod session;
mod shapes;
mod status;
mod wire;

pub use api::{Auth, Client};
pub use budget::*;
pub use bundles::*;
pub use document::DocSession;
pub use error::{ClientError, Refusal};
pub use session::Session;
pub use shapes::*;
pub use status::*;
