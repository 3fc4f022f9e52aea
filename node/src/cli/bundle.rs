//! `jeli bundle` and `jeli stick`: what travels without a line.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jeli_client::{Bundle, BundleAsk, Client, ClientError, OpenedBundle};
use serde_json::{Value, json};

use super::ask::ask;
use super::{Output, messages};
use crate::bundles::cover_of;
use crate::config::DataFolder;

/// How the file of a bundle ends.
const ENDING: &str = "jeli";

#[derive(Subcommand)]
pub(super) enum BundleCommand {
    /// Make bundles of what other schools have not confirmed yet, and save them into a folder.
    Make {
        /// Where to save them.
        #[arg(long)]
        to: PathBuf,
        #[command(flatten)]
        what: What,
        /// For this school, by its id or name; may be given several times. Without it, for all.
        #[arg(long = "for", value_name = "SCHOOL")]
        schools: Vec<String>,
        /// Of this space, by its id; may be given several times. Without it, of all.
        #[arg(long)]
        space: Vec<String>,
        /// Everything, and not only what they have not confirmed.
        #[arg(long)]
        everything: bool,
    },
    /// Take in bundles; those that are for others are kept and carried on.
    Open {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// The bundles that lie at this node.
    List,
}

#[derive(Args)]
pub(super) struct What {
    /// Files go along.
    #[arg(long)]
    files: bool,
    /// No bundle is larger than so many megabytes: what is more goes into further ones.
    #[arg(long, value_name = "MB")]
    max_mb: Option<u64>,
}

#[derive(Args)]
pub(super) struct StickArgs {
    /// The stick, or a folder on it.
    folder: PathBuf,
    #[command(flatten)]
    what: What,
}

pub(super) fn run(folder: &DataFolder, command: BundleCommand, output: Output) -> anyhow::Result<()> {
    match command {
        BundleCommand::Make { to, what, schools, space, everything } => {
            let saved = ask(folder, async |client| {
                let schools = if schools.is_empty() { None } else { Some(ids_of(&client, &schools).await?) };
                let spaces = (!space.is_empty()).then_some(space);
                save_made(&client, &BundleAsk { schools, spaces, everything, files: what.files, max_bytes: what.max_mb.map(megabytes) }, &to).await
            })?;
            give_saved(&saved, output);
            Ok(())
        }
        BundleCommand::Open { files } => {
            let mut opened = Vec::new();
            ask(folder, async |client| {
                for file in &files {
                    opened.push((file.clone(), client.open_bundle(file).await));
                }
                Ok(())
            })?;
            give_opened(opened, output)
        }
        BundleCommand::List => {
            let all = ask(folder, async |client| client.bundles().await)?;
            output.give(&json!(all.iter().map(of_bundle).collect::<Vec<_>>()), || messages::bundles(&all));
            Ok(())
        }
    }
}

/// What was saved, and for whom.
struct Saved {
    files: Vec<(PathBuf, Bundle)>,
    schools: Vec<String>,
    any_news: bool,
    files_left_out: usize,
}

async fn save_made(client: &Client, ask: &BundleAsk, to: &Path) -> Result<Saved, ClientError> {
    tokio::fs::create_dir_all(to).await.map_err(|source| ClientError::File { path: to.to_owned(), source })?;
    let mut saved = Saved { files: Vec::new(), schools: Vec::new(), any_news: false, files_left_out: 0 };
    for made in client.make_bundles(ask).await? {
        for part in made.parts {
            saved.files.push((client.save_bundle(&part, to).await?, part));
        }
        saved.schools.extend(made.schools.into_iter().map(|school| school.name));
        saved.any_news |= made.news;
        saved.files_left_out += made.files_left_out;
    }
    saved.schools.sort();
    saved.schools.dedup();
    Ok(saved)
}

pub(super) fn stick(folder: &DataFolder, args: &StickArgs, output: Output) -> anyhow::Result<()> {
    let there = bundles_in(&args.folder)?;
    let (opened, made, carried) = ask(folder, async |client| {
        let mut opened = Vec::new();
        for file in there {
            let result = client.open_bundle(&file).await;
            opened.push((file, result));
        }
        let ask = BundleAsk { files: args.what.files, max_bytes: args.what.max_mb.map(megabytes), ..BundleAsk::default() };
        let made = match save_made(&client, &ask, &args.folder).await {
            Ok(made) => Some(made),
            // A school that is alone still carries what others gave it.
            Err(ClientError::Refused(refusal)) if refusal.code == "nobody_to_give_to" => None,
            Err(error) => return Err(error),
        };
        let mut carried = Vec::new();
        for bundle in client.bundles().await?.into_iter().filter(|bundle| bundle.place == "carried") {
            carried.push((client.save_bundle(&bundle, &args.folder).await?, bundle));
        }
        // What was on the stick of this node and is replaced by what has just been made helps nobody any more.
        if let Some(made) = &made {
            for (file, result) in &opened {
                let is_own = result.as_ref().is_ok_and(|opened| opened.fate == "own");
                let old = cover_of(file).filter(|_| is_own);
                // Of the same series: what holds files is not replaced by what holds none.
                let is_replaced = old.is_some_and(|old| made.files.iter().filter_map(|(saved, _)| cover_of(saved)).any(|new| new.replaces(&old)));
                if is_replaced {
                    let _ = tokio::fs::remove_file(file).await;
                }
            }
        }
        Ok((opened, made, carried))
    })?;
    let saved = made.as_ref().map_or(0, |made| made.files.len());
    let json = json!({
        "opened": opened.iter().map(|(file, result)| of_opened(file, result)).collect::<Vec<_>>(),
        "saved": made.iter().flat_map(|made| &made.files).map(|(file, _)| file).collect::<Vec<_>>(),
        "carried": carried.iter().map(|(file, _)| file).collect::<Vec<_>>(),
    });
    output.give(&json, || {
        let told = opened.iter().map(|(file, result)| messages::bundle_opened(file, result));
        let schools = made.as_ref().map(|made| made.schools.clone()).unwrap_or_default();
        told.chain([messages::stick_written(saved, &schools, carried.len())]).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

/// The bundles of a folder, in order of their names: parts one after the other.
fn bundles_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let failed = |source| ClientError::File { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The ids of schools that are given by id or by name.
async fn ids_of(client: &Client, named: &[String]) -> Result<Vec<String>, ClientError> {
    let spaces = client.spaces().await?;
    let known: Vec<_> = spaces.iter().flat_map(|space| &space.members).map(|member| &member.school).collect();
    let id = |name: &String| {
        known.iter().find(|school| school.id == *name || school.name == *name).map_or_else(|| name.clone(), |school| school.id.clone())
    };
    Ok(named.iter().map(id).collect())
}

fn megabytes(count: u64) -> u64 {
    count.saturating_mul(1_000_000)
}

fn give_saved(saved: &Saved, output: Output) {
    let files: Vec<_> = saved.files.iter().map(|(file, bundle)| json!({ "file": file, "bytes": bundle.bytes, "id": bundle.id })).collect();
    let json = json!({ "schools": saved.schools, "news": saved.any_news, "files_left_out": saved.files_left_out, "saved": files });
    output.give(&json, || messages::bundles_saved(&saved.files, &saved.schools, saved.any_news, saved.files_left_out));
}

fn give_opened(opened: Vec<(PathBuf, Result<OpenedBundle, ClientError>)>, output: Output) -> anyhow::Result<()> {
    let json = json!(opened.iter().map(|(file, result)| of_opened(file, result)).collect::<Vec<_>>());
    output.give(&json, || opened.iter().map(|(file, result)| messages::bundle_opened(file, result)).collect::<Vec<_>>().join("\n"));
    // All were tried; the first that failed says how the command ends.
    match opened.into_iter().find_map(|(_, result)| result.err()) {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

fn of_opened(file: &Path, result: &Result<OpenedBundle, ClientError>) -> Value {
    match result {
        Ok(opened) => {
            json!({ "file": file, "fate": opened.fate, "school": opened.school.name, "new_entries": opened.new_entries(), "files": opened.files })
        }
        Err(ClientError::Refused(refusal)) => json!({ "file": file, "error": refusal.code }),
        Err(error) => json!({ "file": file, "error": error.to_string() }),
    }
}

fn of_bundle(bundle: &Bundle) -> Value {
    json!({ "id": bundle.id, "name": bundle.name, "bytes": bundle.bytes, "school": bundle.school.name, "place": bundle.place, "part": bundle.part, "parts": bundle.parts })
}
