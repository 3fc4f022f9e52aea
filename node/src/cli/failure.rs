//! What went wrong with a command, for programs: the node's own error where it answered with one, else what the command met.

use std::net::SocketAddr;

use jeli_client::ClientError;
use serde_json::{Value, json};

use super::messages;
use crate::config::{ConfigError, DataFolder, FolderError};
use crate::running::StartError;

/// What only the command line meets, in a sentence of its own.
#[derive(Debug, thiserror::Error)]
pub(super) enum Met {
    /// Another program listens where the page was to be.
    #[error("{}", messages::port_taken(*address, folder))]
    PortTaken {
        /// Where.
        address: SocketAddr,
        /// The node's.
        folder: DataFolder,
    },
    /// Something is where a file was to be saved.
    #[error("{path} is there already, and nothing is overwritten. Give another name with --to")]
    FileThere {
        /// Where.
        path: std::path::PathBuf,
    },
    /// A file has not come in the time that was given.
    #[error("The file has not come in that time ({held_up}). It goes on coming: ask again later")]
    NotInTime {
        /// Where it stands.
        held_up: String,
    },
    /// Nobody here signs in so.
    #[error("No account here has the login \"{login}\"; a director sees the logins on the page \"People\"")]
    UnknownLogin {
        /// As it was given.
        login: String,
    },
}

/// `{ "error": { "code", "args", "message" } }`, as `docs/api.md` writes errors.
pub(super) fn as_json(error: &anyhow::Error) -> Value {
    let (code, args, message) = match error.downcast_ref::<ClientError>() {
        Some(ClientError::Refused(refusal)) => (refusal.code.as_str(), json!(refusal.args), refusal.message.clone()),
        _ => {
            let (code, args) = met(error);
            (code, args, format!("{error:#}"))
        }
    };
    json!({ "error": { "code": code, "args": args, "message": message } })
}

/// The code and its arguments for what no node answered.
fn met(error: &anyhow::Error) -> (&'static str, Value) {
    if let Some(error) = error.downcast_ref::<ClientError>() {
        return match error {
            ClientError::Unreachable { address, .. } => ("node_unreachable", json!({ "address": address })),
            ClientError::File { path, .. } => ("file_not_readable", json!({ "file": path })),
            ClientError::FileChanged(path) => ("file_changed", json!({ "file": path })),
            _ => ("bad_answer", json!({})),
        };
    }
    match error.downcast_ref::<Met>() {
        Some(Met::PortTaken { address, .. }) => return ("page_not_served", json!({ "address": address.to_string() })),
        Some(Met::FileThere { path }) => return ("file_there", json!({ "file": path })),
        Some(Met::NotInTime { held_up }) => return ("not_in_time", json!({ "held_up": held_up })),
        Some(Met::UnknownLogin { login }) => return ("unknown_login", json!({ "login": login })),
        None => {}
    }
    if error.is::<ConfigError>() {
        return ("bad_settings", json!({}));
    }
    let folder = match error.downcast_ref::<StartError>() {
        Some(StartError::Folder(error)) => Some(error),
        Some(StartError::Http { address, .. }) => return ("page_not_served", json!({ "address": address.to_string() })),
        Some(StartError::Network(_)) => return ("network_not_started", json!({})),
        Some(_) => return ("not_started", json!({})),
        None => error.downcast_ref::<FolderError>(),
    };
    match folder {
        Some(FolderError::Name { of }) => ("bad_name", json!({ "of": of })),
        Some(FolderError::NotWritable { folder, .. }) => ("folder_not_writable", json!({ "folder": folder })),
        Some(FolderError::AlreadyInitialised { folder, .. }) => ("node_already_made", json!({ "folder": folder })),
        Some(FolderError::NotInitialised { folder, .. }) => ("no_node", json!({ "folder": folder })),
        Some(FolderError::InUse { folder }) => ("folder_in_use", json!({ "folder": folder })),
        Some(FolderError::Damaged { file, .. }) => ("file_damaged", json!({ "file": file })),
        Some(FolderError::DatabaseGone { database, .. }) => ("database_gone", json!({ "file": database })),
        Some(FolderError::NotRunning { folder, .. }) => ("node_not_running", json!({ "folder": folder })),
        None => ("failed", json!({})),
    }
}
