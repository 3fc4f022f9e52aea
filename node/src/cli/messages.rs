//! What the program says to the person at the keyboard.

use std::path::Path;

use jeli_client::{Document, Space, Status};
use jeli_protocol::certificate::NodeCertificate;

use crate::store::OpenError;

/// Groups of the sheet on one line.
const GROUPS_A_LINE: usize = 4;

pub(super) fn failed(error: &anyhow::Error) -> String {
    format!("jeli: {error:#}")
}

pub(super) fn initialised(folder: &Path, certificate: &NodeCertificate, sheet: Option<&[String]>) -> String {
    let mut text = format!(
        "This computer, \"{}\", is now a node of \"{}\".\nIts data is in {}.\n",
        certificate.node_name,
        certificate.school_name,
        folder.display()
    );
    if let Some(groups) = sheet {
        text.push_str("\nTHE SCHOOL'S RECOVERY SHEET. Write these digits down or print them, and lock them away.\n");
        text.push_str("They are shown this once and kept nowhere. With them you add or replace the school's computers;\nwhoever has them speaks for the school.\n\n");
        for line in groups.chunks(GROUPS_A_LINE) {
            text.push_str("    ");
            text.push_str(&line.join("  "));
            text.push('\n');
        }
    }
    text.push_str("\nTo start it: jeli run");
    text
}

pub(super) fn started(address: &str, code: Option<&str>) -> String {
    let mut text = format!("The node is running: {address}");
    if let Some(code) = code {
        text.push_str(&format!("\nTo make the first account, the director's, open that address and give this code: {code}"));
    }
    text.push_str("\nTo stop it: Ctrl+C");
    text
}

pub(super) fn stopped() -> &'static str {
    "The node has stopped. What was acknowledged is on disk."
}

pub(super) fn port_taken(address: std::net::SocketAddr) -> String {
    format!("{address} is taken by another program. Stop that one, or give another address: jeli run --listen 127.0.0.1:8788")
}

/// Why the database was not opened, and the way out.
pub(super) fn database_refused(file: &Path, error: OpenError) -> anyhow::Error {
    let way_out = match &error {
        OpenError::Newer { .. } => "Update this program, or use the one that wrote it",
        OpenError::NotADatabase | OpenError::NotOurs => "Give another folder with --data, or move that file away",
        OpenError::Fault(_) => "See that the disk is there, has room and may be written, and start again",
    };
    let sentence = format!("{} cannot be used and was left as it is. {way_out}", file.display());
    anyhow::Error::new(error).context(sentence)
}

pub(super) fn space_created(space: &Space) -> String {
    format!("The space \"{}\" is there. Its id: {}", space.name, space.id)
}

pub(super) fn spaces(spaces: &[Space]) -> String {
    if spaces.is_empty() {
        return "There are no spaces yet.".to_owned();
    }
    let line = |space: &Space| {
        let reach = if space.private { "this school alone".to_owned() } else { format!("{} schools", space.members.len()) };
        let taking_part = match space.standing.as_str() {
            "stopped" => "only reads: others hold more of this computer's log than it does itself",
            "retired" => "only reads: the school has retired this computer",
            "out" => "only reads: its taking in does not count any more",
            _ => space.role.as_str(),
        };
        format!("{}  {}  ({reach}, {taking_part})", space.id, space.name)
    };
    spaces.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn invited(ticket: &str) -> String {
    format!("Hand this invitation to one school; it is good for one. There: jeli join <invitation>\n{ticket}")
}

pub(super) fn joined(state: &str) -> &'static str {
    match state {
        "joined" => "This school is in the space. Its documents are coming.",
        _ => "The node that invited us cannot be reached now. We go on asking; nothing more is to be done here.",
    }
}

pub(super) fn documents(documents: &[Document]) -> String {
    if documents.is_empty() {
        return "There are no documents yet.".to_owned();
    }
    let line = |document: &Document| match document.state.as_str() {
        "coming" => {
            format!("{}  {:8} (coming: made by {}, nothing of it has reached this school yet)", document.id, document.kind, document.owner.name)
        }
        _ => format!("{}  {:8} {}  ({} of {} schools)", document.id, document.kind, document.title, document.reached, document.of),
    };
    documents.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn status(status: &Status) -> String {
    let mut text = format!("{} of {}, line {}", status.node.name, status.school.name, status.line);
    for peer in &status.peers {
        let state = peer.road.as_deref().map_or_else(|| "away".to_owned(), |road| format!("connected, {road}"));
        text.push_str(&format!("\n  {} ({}): {state}", peer.name, peer.school.name));
    }
    text
}

pub(super) fn line(cut: bool) -> &'static str {
    if cut { "The line is cut: this node works alone until `jeli line join`." } else { "The line is connected again." }
}
