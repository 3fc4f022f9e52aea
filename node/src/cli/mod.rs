//! The `jeli` program: its commands. Everything but `init` and `run` speaks to the running node through the local API.

mod ask;
mod blob;
mod budget;
mod bundle;
mod failure;
mod journey;
mod messages;
mod outline;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{DataFolder, read_sheet, write_sheet};

/// Schools write together without a server: the node of one school.
#[derive(Parser)]
#[command(name = "jeli", version)]
pub struct Cli {
    /// The node's data folder.
    #[arg(long, global = true, env = "JELI_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a node in the data folder, for a new school or for one whose recovery sheet you have.
    Init(InitArgs),
    /// Start the node and serve its page.
    Run(run::RunArgs),
    /// Spaces: what schools share.
    #[command(subcommand)]
    Space(SpaceCommand),
    /// An invitation, with which one school joins a space.
    Invite {
        /// The space's id, as `jeli space list` shows it.
        space: String,
        /// What that school may do: invite others too, write, or read only.
        #[arg(long, value_enum, default_value = "member")]
        role: RoleArg,
    },
    /// Join a space with an invitation.
    Join {
        /// The text of the invitation.
        invitation: String,
    },
    /// Documents.
    #[command(subcommand)]
    Doc(DocCommand),
    /// Files of documents.
    #[command(subcommand)]
    Blob(blob::BlobCommand),
    /// Bundles: what travels without a line, as a file on a stick, by phone or messenger.
    #[command(subcommand)]
    Bundle(bundle::BundleCommand),
    /// Take in all bundles on a stick, and put onto it what the other schools lack.
    Stick(bundle::StickArgs),
    /// Give an account of the running node a new password, shown once: for a director who has forgotten theirs.
    Password {
        /// What the person types to sign in.
        login: String,
    },
    /// The state of the running node.
    Status,
    /// Cut this school's line, or connect it again.
    #[command(subcommand)]
    Line(LineCommand),
    /// What went over the line this month and what may; `open` lets words go now whatever the data budget says, `close` takes that back.
    Budget {
        /// Without it, how the budget stands.
        what: Option<budget::Word>,
    },
}

#[derive(Args)]
struct InitArgs {
    /// What this computer is called.
    #[arg(long)]
    name: String,
    /// What the school is called.
    #[arg(long)]
    school: String,
    /// The school has nodes already: read the digits of its recovery sheet from standard input.
    #[arg(long)]
    with_sheet: bool,
}

#[derive(Subcommand)]
enum SpaceCommand {
    /// Make a space; this school is its convenor.
    Create {
        /// What people call it.
        name: String,
    },
    /// The spaces this school is in.
    List,
}

#[derive(Subcommand)]
enum DocCommand {
    /// The documents of one space, or of all.
    List {
        /// The space's id, as `jeli space list` shows it.
        #[arg(long)]
        space: Option<String>,
    },
    /// What a document says.
    Show {
        /// The document's id, as `jeli doc list` shows it.
        id: String,
    },
}

#[derive(Subcommand)]
enum LineCommand {
    /// Work alone: nothing is sent and nothing comes.
    Cut,
    /// Connect again.
    Join,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleArg {
    Convenor,
    Member,
    Reader,
}

impl RoleArg {
    fn as_str(self) -> &'static str {
        match self {
            Self::Convenor => "convenor",
            Self::Member => "member",
            Self::Reader => "reader",
        }
    }
}

impl Cli {
    /// Does what the command says. Whatever goes wrong is told in a sentence on standard error, with exit code 1.
    pub fn execute(self) -> ExitCode {
        let folder = DataFolder::new(self.data.unwrap_or_else(DataFolder::default_path));
        let output = Output { json: self.json };
        let done = match self.command {
            Command::Init(args) => init(&folder, &args, output),
            Command::Run(args) => run::run(&folder, &args, output),
            Command::Space(SpaceCommand::Create { name }) => ask::create_space(&folder, &name, output),
            Command::Space(SpaceCommand::List) => ask::spaces(&folder, output),
            Command::Invite { space, role } => ask::invite(&folder, &space, role.as_str(), output),
            Command::Join { invitation } => ask::join(&folder, &invitation, output),
            Command::Doc(DocCommand::List { space }) => ask::documents(&folder, space.as_deref(), output),
            Command::Doc(DocCommand::Show { id }) => ask::show(&folder, &id, output),
            Command::Blob(command) => blob::run(&folder, command, output),
            Command::Bundle(command) => bundle::run(&folder, command, output),
            Command::Stick(args) => bundle::stick(&folder, &args, output),
            Command::Password { login } => ask::password(&folder, &login, output),
            Command::Status => ask::status(&folder, output),
            Command::Line(LineCommand::Cut) => ask::line(&folder, true, output),
            Command::Line(LineCommand::Join) => ask::line(&folder, false, output),
            Command::Budget { what } => budget::run(&folder, what, output),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                output.fail(&error);
                ExitCode::FAILURE
            }
        }
    }
}

/// How answers are given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    /// Gives the answer as JSON, or in words.
    fn give(self, json: &serde_json::Value, words: impl FnOnce() -> String) {
        let text = if self.json { json.to_string() } else { words() };
        // A reader that has gone (`jeli doc list | head`) is no fault.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), format!("{text}\n").as_bytes());
    }

    /// Says how far something has come, to people alone.
    fn mention(self, words: &str) {
        if !self.json {
            let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{words}\n").as_bytes());
        }
    }

    fn fail(self, error: &anyhow::Error) {
        let text = if self.json { failure::as_json(error).to_string() } else { messages::failed(error) };
        let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{text}\n").as_bytes());
    }
}

fn init(folder: &DataFolder, args: &InitArgs, output: Output) -> anyhow::Result<()> {
    let sheet = if args.with_sheet { Some(read_sheet(&std::io::read_to_string(std::io::stdin())?)?) } else { None };
    let is_new_school = sheet.is_none();
    let made = folder.init(&args.name, &args.school, sheet)?;
    let certificate = &made.certificate;
    let groups = is_new_school.then(|| write_sheet(&made.school_secret));
    let json = serde_json::json!({
        "node": certificate.node.to_string(), "school": certificate.school.to_string(), "data": folder.path(), "sheet": groups,
    });
    output.give(&json, || messages::initialised(folder, certificate, groups.as_deref()));
    Ok(())
}
