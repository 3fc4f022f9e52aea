//! What can go wrong between a program and a node.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The node answered with an error of `docs/api.md`.
#[derive(Debug, Clone, PartialEq, Deserialize, thiserror::Error)]
#[error("{message} ({code}{})", shown(.args))]
pub struct Refusal {
    /// The stable name.
    pub code: String,
    /// What the words need: names, numbers.
    #[serde(default)]
    pub args: Map<String, Value>,
    /// In English, for logs and scripts.
    #[serde(default)]
    pub message: String,
}

/// `, name: value` for each.
fn shown(args: &Map<String, Value>) -> String {
    args.iter().map(|(name, value)| format!(", {name}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect()
}

/// Why a call did not bring what it should.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The node said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No answer: the node is not running, or not at this address.
    #[error("the node at {address} does not answer: is it running? (`jeli run`)")]
    Unreachable {
        /// Where it was looked for.
        address: String,
        /// What the connection said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An answer that is none of this API.
    #[error("the answer is not that of a node of this version: {0}")]
    BadAnswer(String),
    /// The connection for documents ended.
    #[error("the connection to the node ended: {0}")]
    Closed(String),
    /// The node does not have the document, or does not show it to us.
    #[error("the node has no document {0}")]
    Unavailable(String),
    /// A condition did not come true in time.
    #[error("waited {0:?} in vain")]
    TimedOut(std::time::Duration),
    /// A file of this machine could not be read or written.
    #[error("{path} could not be read or written: {source}")]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file of this machine changed while it was read.
    #[error("{0} changed while it was being read; nothing of it was kept. Close whatever writes it, and add it again")]
    FileChanged(std::path::PathBuf),
    /// Automerge refused what was to be done with the document.
    #[error("Automerge refused: {0}")]
    Automerge(#[from] automerge::AutomergeError),
}
