//! `jeli blob`: files of documents, on the running node.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::{ArgGroup, Args, Subcommand};
use jeli_client::{ClientError, NamedFile};
use serde_json::json;

use super::ask::ask;
use super::failure::Met;
use super::{Output, messages};
use crate::clock::now_ms;
use crate::config::DataFolder;
use crate::limits::MAX_FILE_NAME_CHARS;
use crate::names;

/// How often the coming of a file is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Time for a document's change to be on the node's disk.
const ACKED: Duration = Duration::from_secs(60);

#[derive(Subcommand)]
pub(super) enum BlobCommand {
    /// Add a file of this computer to a document.
    Add {
        /// The file.
        file: PathBuf,
        /// The document's id, as `jeli doc list` shows it.
        #[arg(long)]
        document: String,
        /// What it stands at: `<collection>/<item id>`; without it, the document as a whole.
        #[arg(long, default_value = "")]
        at: String,
        /// What people call it; without it, the name of the file.
        #[arg(long)]
        name: Option<String>,
    },
    /// Fetch a file of a document from the schools that have it, and save it.
    Get {
        /// The file's hash, as `jeli blob list` shows it.
        hash: String,
        /// The document that names it.
        #[arg(long)]
        document: String,
        /// Where to save it; nothing that is there is overwritten.
        #[arg(long)]
        to: PathBuf,
        /// Give up after so many seconds; without it, wait for a school that has it.
        #[arg(long)]
        timeout: Option<u64>,
    },
    /// The files of a document and where they are; without one, what this node keeps.
    List {
        /// The document's id.
        #[arg(long)]
        document: Option<String>,
    },
    /// Keep files at this school, whatever that costs: of a document, or of all documents of a kind.
    Pin(Pinned),
    /// Keep them no longer whatever happens.
    Unpin(Pinned),
    /// Clear away what no document names and nobody keeps.
    Gc,
}

#[derive(Args)]
#[group(skip)]
#[command(group = ArgGroup::new("what").required(true).args(["document", "kind"]))]
pub(super) struct Pinned {
    /// The document's id.
    document: Option<String>,
    /// One of its files, by its hash; without it, all.
    #[arg(long, requires = "document")]
    hash: Option<String>,
    /// All documents of a kind, such as `library`.
    #[arg(long)]
    kind: Option<String>,
}

pub(super) fn run(folder: &DataFolder, command: BlobCommand, output: Output) -> anyhow::Result<()> {
    match command {
        BlobCommand::Add { file, document, at, name } => add(folder, &file, &document, &at, name.as_deref(), output),
        BlobCommand::Get { hash, document, to, timeout } => get(folder, &hash, &document, &to, timeout.map(Duration::from_secs), output),
        BlobCommand::List { document: Some(document) } => list(folder, &document, output),
        BlobCommand::List { document: None } => room(folder, output),
        BlobCommand::Pin(what) => pin(folder, &what, true, output),
        BlobCommand::Unpin(what) => pin(folder, &what, false, output),
        BlobCommand::Gc => gc(folder, output),
    }
}

fn add(folder: &DataFolder, file: &Path, document: &str, at: &str, name: Option<&str>, output: Output) -> anyhow::Result<()> {
    let own = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = names::file_name(name.unwrap_or(&own), MAX_FILE_NAME_CHARS);
    let (sent, id) = ask(folder, async |client| {
        // Refused before a byte is sent, where there is no such document or it takes no files.
        let me = client.me().await?;
        let mut session = client.open_session().await?.open_document(document, Some(&me.actor)).await?;
        let sent = client.send_file(file).await?;
        let id = session.name_file(&sent, &name, at, &me.person.name, now_ms()).await?;
        session.wait_acked(ACKED).await?;
        Ok((sent, id))
    })?;
    let json = json!({ "document": document, "id": id, "hash": sent.hash, "name": name, "size": sent.length, "media_type": sent.media_type });
    output.give(&json, || messages::file_added(&name, sent.hash.as_deref().unwrap_or_default()));
    Ok(())
}

fn get(folder: &DataFolder, hash: &str, document: &str, to: &Path, patience: Option<Duration>, output: Output) -> anyhow::Result<()> {
    anyhow::ensure!(!to.exists(), Met::FileThere { path: to.to_owned() });
    let begun = Instant::now();
    let got = ask(folder, async |client| {
        client.file_act(document, hash, "want").await?;
        let mut said = String::new();
        loop {
            let files = client.files(document).await?;
            let Some(file) = files.into_iter().find(|file| file.hash == hash) else {
                return Err(ClientError::Unavailable(document.to_owned()));
            };
            if file.state == "here" {
                return client.save_file(document, hash, to).await.map(Ok);
            }
            if patience.is_some_and(|patience| begun.elapsed() > patience) {
                return Ok(Err(file));
            }
            let now = messages::file_coming(&file);
            if now != said {
                output.mention(&now);
                said = now;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    })?;
    let size = got.map_err(|file: NamedFile| Met::NotInTime { held_up: messages::file_coming(&file) })?;
    output.give(&json!({ "hash": hash, "size": size, "file": to }), || messages::file_saved(to, size));
    Ok(())
}

fn list(folder: &DataFolder, document: &str, output: Output) -> anyhow::Result<()> {
    let files = ask(folder, async |client| client.files(document).await)?;
    let listed: Vec<_> = files
        .iter()
        .map(|file| {
            json!({ "hash": file.hash, "part": file.part, "named": file.named, "state": file.state, "size": file.size, "here": file.here,
                "held_up": file.held_up, "pinned": !file.pinned.is_empty(), "holders": file.holders.iter().map(|holder| &holder.school).collect::<Vec<_>>() })
        })
        .collect();
    output.give(&json!(listed), || messages::files(&files));
    Ok(())
}

fn room(folder: &DataFolder, output: Output) -> anyhow::Result<()> {
    let room = ask(folder, async |client| client.room().await)?;
    let files: Vec<_> = room
        .files
        .iter()
        .map(|file| {
            let documents: Vec<_> = file.documents.iter().map(|kept| &kept.id).collect();
            json!({ "hash": file.hash, "size": file.size, "documents": documents, "schools": file.schools, "last": file.last })
        })
        .collect();
    output.give(&json!({ "used": room.used, "limit": room.limit, "left": room.left, "files": files }), || messages::room(&room));
    Ok(())
}

fn pin(folder: &DataFolder, what: &Pinned, keep: bool, output: Output) -> anyhow::Result<()> {
    ask(folder, async |client| match (&what.document, &what.kind) {
        (Some(document), _) => client.pin(document, what.hash.as_deref(), keep).await,
        (None, kind) => client.pin_kind(kind.as_deref().unwrap_or_default(), keep).await,
    })?;
    output.give(&json!({ "document": what.document, "hash": what.hash, "kind": what.kind, "pinned": keep }), || messages::pinned(keep).to_owned());
    Ok(())
}

fn gc(folder: &DataFolder, output: Output) -> anyhow::Result<()> {
    let (before, after) = ask(folder, async |client| {
        let before = client.room().await?.used;
        client.sweep_files().await?;
        Ok((before, client.room().await?.used))
    })?;
    let freed = before.saturating_sub(after);
    output.give(&json!({ "freed": freed, "used": after }), || messages::swept(freed, after));
    Ok(())
}
