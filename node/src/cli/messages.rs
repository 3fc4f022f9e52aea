//! What the program says to the person at the keyboard.

use std::path::{Path, PathBuf};

use jeli_client::{Bundle, ClientError, Document, NamedFile, OpenedBundle, Room, Space, Status};
use jeli_protocol::certificate::NodeCertificate;

use crate::config::DataFolder;
use crate::names;
use crate::store::OpenError;

/// People's text as a terminal may show it: one line, and nothing in it steers the terminal or turns the direction of what follows.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|character| if names::steers(character) { '\u{FFFD}' } else { character }).collect()
}

fn counted(number: impl Into<u64>, one: &str) -> String {
    let number = number.into();
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}

/// Groups of the sheet on one line.
const GROUPS_A_LINE: usize = 4;

pub(super) fn failed(error: &anyhow::Error) -> String {
    format!("jeli: {error:#}")
}

pub(super) fn initialised(folder: &DataFolder, certificate: &NodeCertificate, sheet: Option<&[String]>) -> String {
    let mut text = format!(
        "This computer, \"{}\", is now a node of \"{}\".\nIts data is in {}.\n",
        certificate.node_name,
        certificate.school_name,
        folder.path().display()
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
    text.push_str(&format!("\nTo start it: {}", folder.command("run")));
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

pub(super) fn port_taken(address: std::net::SocketAddr, folder: &DataFolder) -> String {
    let other = folder.command("run --listen 127.0.0.1:8788");
    format!("{address} is taken by another program. Stop that one, or give another address: {other}")
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
    format!("The space \"{}\" is there. Its id: {}", plain(&space.name), space.id)
}

pub(super) fn spaces(spaces: &[Space]) -> String {
    if spaces.is_empty() {
        return "There are no spaces yet.".to_owned();
    }
    let line = |space: &Space| {
        let reach = if space.private { "this school alone".to_owned() } else { counted(space.members.len() as u64, "school") };
        let taking_part = match space.standing.as_str() {
            "stopped" => "only reads: others hold more of this computer's log than it does itself",
            "retired" => "only reads: the school has retired this computer",
            "out" => "only reads: its taking in does not count any more",
            _ => space.role.as_str(),
        };
        format!("{}  {}  ({reach}, {taking_part})", space.id, plain(&space.name))
    };
    spaces.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn invited(ticket: &str, own: bool) -> String {
    let to = if own { "another computer of this school" } else { "one school" };
    format!("Hand this invitation to {to}; it is good for one. There: jeli join <invitation>\n{ticket}")
}

pub(super) fn joined(state: &str) -> &'static str {
    match state {
        "joined" => "This school is in the space. Its documents are coming.",
        _ => "The node that invited us cannot be reached now. We go on asking; nothing more is to be done here.",
    }
}

/// Under the names of their spaces.
pub(super) fn documents(documents: &[Document], spaces: &[Space]) -> String {
    if documents.is_empty() {
        return "There are no documents yet.".to_owned();
    }
    let line = |document: &Document| match document.state.as_str() {
        "coming" => {
            let maker = plain(&document.owner.name);
            format!("  {}  {:8} (coming: made by {maker}, nothing of it has reached this school yet)", document.id, document.kind)
        }
        _ => {
            let reached = format!("{} of {}", document.reached, counted(document.of, "school"));
            format!("  {}  {:8} {}  ({reached})", document.id, document.kind, plain(&document.title))
        }
    };
    let mut lines = Vec::new();
    for space in spaces {
        let mut its = documents.iter().filter(|document| document.space == space.id).map(line).peekable();
        if its.peek().is_some() {
            lines.push(plain(&space.name));
            lines.extend(its);
        }
    }
    lines.join("\n")
}

pub(super) fn status(status: &Status) -> String {
    let mut text = format!("{} of {}, line {}", plain(&status.node.name), plain(&status.school.name), status.line);
    for peer in &status.peers {
        let via = status.peers.iter().find(|other| Some(&other.node) == peer.via.as_ref());
        let by = via.map_or_else(String::new, |via| format!(" by {}", plain(&via.name)));
        let state = peer.road.as_deref().map_or_else(|| "away".to_owned(), |road| format!("connected, {road}{by}"));
        text.push_str(&format!("\n  {} ({}): {state}", plain(&peer.name), plain(&peer.school.name)));
    }
    if status.relay.state == "ready" || status.relay.state == "used_up" {
        let (carried, most) = (status.relay.month_carried_bytes as f64 / 1e6, status.relay.month_bytes as f64 / 1e6);
        text.push_str(&format!("\n  carries for members who cannot reach each other: {carried:.1} MB of {most:.0} MB this month"));
    }
    text
}

pub(super) fn password_given(login: &str, password: &str) -> String {
    format!("The new password of {login}: {password}\nIt is shown this once. All pages where {login} was signed in are signed out.")
}

pub(super) fn line(cut: bool) -> &'static str {
    if cut { "The line is cut: this node works alone until `jeli line join`." } else { "The line is connected again." }
}

pub(super) fn file_added(name: &str, hash: &str) -> String {
    format!("\"{}\" is in the document. Its hash: {hash}", plain(name))
}

pub(super) fn file_saved(to: &Path, size: u64) -> String {
    format!("Saved as {} ({})", to.display(), bytes(size))
}

pub(super) fn file_coming(file: &NamedFile) -> String {
    let far = format!("{} of {}", bytes(file.here), bytes(file.size));
    match (file.state.as_str(), file.held_up.as_deref()) {
        ("here", _) => "here".to_owned(),
        ("coming", _) => {
            let from = file.from.iter().map(|school| plain(school)).collect::<Vec<_>>().join(", ");
            let left = file.seconds_left.map(|seconds| format!(", {seconds} s left")).unwrap_or_default();
            format!("coming from {from}: {far}, {}/s{left}", bytes(file.rate))
        }
        ("paused", _) => format!("paused at {far}"),
        (_, Some("nobody_has_it")) => match file.holders.first() {
            Some(holder) => format!("waits for a school that has it; {} had it last", plain(&holder.school)),
            None => "waits for a school that has it".to_owned(),
        },
        (_, Some("no_room")) => "there is no room for it on this computer".to_owned(),
        (_, Some("too_large")) => "it is larger than any file that a node takes".to_owned(),
        ("wanted", _) => "waits for its turn".to_owned(),
        _ => "not here".to_owned(),
    }
}

pub(super) fn files(files: &[NamedFile]) -> String {
    if files.is_empty() {
        return "The document has no files.".to_owned();
    }
    let line = |file: &NamedFile| {
        let part = if file.part == "thumbnail" { ", small picture" } else { "" };
        let history = if file.named { "" } else { ", in the history only" };
        let pinned = if !file.pinned.is_empty() { ", kept here" } else { "" };
        format!("{}  {}  ({}{part}{history}{pinned})", file.hash, bytes(file.size), file_coming(file))
    };
    files.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn room(room: &Room) -> String {
    let mut text = format!("Files take {} of {}; {} may still come.", bytes(room.used), bytes(room.limit), bytes(room.left));
    for file in &room.files {
        let copies = match file.schools {
            0 => "no other school is known to have it".to_owned(),
            schools => format!("also at {}", counted(schools as u64, "school")),
        };
        text.push_str(&format!("\n  {}  {}  ({copies})", file.hash, bytes(file.size)));
    }
    text
}

pub(super) fn pinned(keep: bool) -> &'static str {
    if keep { "Kept at this school from now on; what is not here comes." } else { "No longer kept whatever happens." }
}

pub(super) fn swept(freed: u64, used: u64) -> String {
    format!("{} are free again; files take {}.", bytes(freed), bytes(used))
}

pub(super) fn bundles_saved(files: &[(PathBuf, Bundle)], schools: &[String], any_news: bool, files_left_out: usize) -> String {
    let mut text = format!("For {}:", schools.iter().map(|school| plain(school)).collect::<Vec<_>>().join(", "));
    for (file, bundle) in files {
        text.push_str(&format!("\n  {}  ({})", plain(&file.display().to_string()), bytes(bundle.bytes)));
    }
    if !any_news {
        text.push_str("\nThere is nothing new for them; the bundle says only what has arrived here.");
    }
    if files_left_out > 0 {
        text.push_str(&format!(
            "\n{} larger than the size that you set, and stay here: put them on a stick.",
            if files_left_out == 1 { "1 file is".to_owned() } else { format!("{files_left_out} files are") }
        ));
    }
    text
}

/// What came of a bundle, in a sentence.
pub(super) fn bundle_opened(file: &Path, result: &Result<OpenedBundle, ClientError>) -> String {
    let name = plain(&file.file_name().unwrap_or_default().to_string_lossy());
    let opened = match result {
        Ok(opened) => opened,
        Err(error) => return format!("{name}: {error}"),
    };
    let school = plain(&opened.school.name);
    let fate = match opened.fate.as_str() {
        "taken" if opened.new_entries() == 0 && opened.files == 0 && !opened.unknown && !opened.forked => {
            format!("from {school}: nothing new, all of it was here already")
        }
        "taken" => format!(
            "from {school}: taken in, {}, {}",
            counted(opened.new_entries(), "new entry").replace("entrys", "entries"),
            counted(opened.files as u64, "file")
        ),
        "before" => format!("from {school}: it was taken in before"),
        "waits" => format!("from {school}: kept; it goes on from what has not come yet. Bring the bundle that was made before it, or a new one"),
        "carried" => format!("from {school}: for other schools; it is carried on with the next stick"),
        "old" => format!("from {school}: for other schools; a newer one lies here already"),
        "too_large_to_carry" => format!("from {school}: for other schools, and too large to be kept here; it stays on the stick"),
        "own" => "made here".to_owned(),
        other => other.to_owned(),
    };
    let left = if opened.files_left > 0 {
        format!("; {} had no room here: free some space, and open it again", counted(opened.files_left as u64, "file"))
    } else {
        String::new()
    };
    let forked = if opened.forked { "; some of it was not taken, since a computer has written two histories" } else { "" };
    let unknown = if opened.unknown { "; some of it is of a space that this school has not joined yet: keep the file" } else { "" };
    format!("{name}: {fate}{left}{forked}{unknown}")
}

pub(super) fn stick_written(saved: usize, schools: &[String], carried: usize) -> String {
    let own = match saved {
        0 => "There is no other school to give anything to.".to_owned(),
        _ => format!("The stick takes along what is new for {}.", schools.iter().map(|school| plain(school)).collect::<Vec<_>>().join(", ")),
    };
    let others = match carried {
        0 => String::new(),
        _ => format!(" Also {} between other schools.", counted(carried as u64, "bundle")),
    };
    format!("{own}{others} You can pull it out now.")
}

pub(super) fn bundles(all: &[Bundle]) -> String {
    if all.is_empty() {
        return "No bundles lie here.".to_owned();
    }
    let why = |place: &str| match place {
        "made" => "made here",
        "carried" => "carried for others",
        _ => "waits for another one to come first",
    };
    all.iter().map(|bundle| format!("{}  {}  ({})", plain(&bundle.name), bytes(bundle.bytes), why(&bundle.place))).collect::<Vec<_>>().join("\n")
}

/// A number of bytes as people read it.
fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.2} GB", count as f64 / 1e9),
    }
}
