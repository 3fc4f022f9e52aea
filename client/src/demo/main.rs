//! The demo: three schools on one machine, joined, with sample documents. Started by `cargo xtask demo`, which builds what it needs.
//!
//! It stands on the node's program and local API alone, as people and other programs do.

mod agree;
mod check;
mod folder;
mod node;
mod patience;
mod prompt;
mod school;
mod seed;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use futures::future::{join_all, select_all};
use serde_json::json;
use tokio::signal;
use tokio::sync::mpsc;
use tokio::time::timeout;

use check::Steps;
use folder::{Folder, Note};
use node::Running;
use prompt::Order;
use school::{Choice, SCHOOLS};
use seed::Desk;

/// All of the check. It takes some ten seconds; a machine that builds beside it several times that.
const CHECK_TIME: Duration = Duration::from_secs(180);

/// Three schools on one machine
///
/// While it runs, `cut 2` cuts the line of the second school, `join 2` connects it again, and `start 2` starts it again after its program was
/// killed; Ctrl+C stops all.
#[derive(Parser)]
struct Arguments {
    /// The `jeli` program
    #[arg(long)]
    jeli: PathBuf,
    /// Where the nodes keep their data
    #[arg(long)]
    folder: PathBuf,
    /// Starts anew: the demo's schools in the folder and all they wrote are deleted
    #[arg(long)]
    fresh: bool,
    /// Edits, cuts, joins, compares, without a person
    #[arg(long, conflicts_with = "fresh")]
    check: bool,
    /// For programs: new schools on free ports, one line of JSON when they are ready; they stop when standard input ends
    #[arg(long, conflicts_with_all = ["fresh", "check"])]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = if arguments.check {
        check(&arguments).await
    } else if arguments.json {
        serve_program(&arguments).await
    } else {
        serve_people(&arguments).await
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Makes and starts all nodes.
async fn start_new(jeli: &Path, folder: &Folder, choice: Choice) -> Result<(Vec<Running>, Note)> {
    folder.start_anew()?;
    let note = Note { ports: school::choose_ports(choice)? };
    for (school, ports) in SCHOOLS.iter().zip(note.ports) {
        node::init(jeli, folder, school, ports).await?;
    }
    Ok((start(jeli, folder).await?, note))
}

async fn start(jeli: &Path, folder: &Folder) -> Result<Vec<Running>> {
    join_all(SCHOOLS.iter().map(|school| Running::start(jeli, folder, school))).await.into_iter().collect()
}

async fn stop(nodes: Vec<Running>) -> Result<()> {
    join_all(nodes.into_iter().map(Running::stop)).await.into_iter().collect()
}

/// New nodes with everything in place.
async fn start_seeded(jeli: &Path, folder: &Folder, choice: Choice) -> Result<(Vec<Running>, Vec<Desk>)> {
    let (nodes, note) = start_new(jeli, folder, choice).await?;
    let desks = seed::set_up(&nodes).await?;
    let space = seed::join_all(&desks).await?;
    let count = seed::write_documents(&desks, &space).await?;
    agree::wait(&desks, &space, count).await?;
    folder.write_note(&note)?;
    Ok((nodes, desks))
}

async fn check(arguments: &Arguments) -> Result<()> {
    // A folder of its own for each process, so that two checks may run at once.
    let folder = Folder::new(arguments.folder.join(std::process::id().to_string()));
    let all = async {
        let mut steps = Steps::begin();
        let (nodes, _) = start_new(&arguments.jeli, &folder, Choice::Free).await?;
        steps.done("three nodes are made and running");
        check::run(&nodes, &mut steps).await?;
        stop(nodes).await?;
        steps.done("all nodes have stopped in order");
        Ok::<(), anyhow::Error>(())
    };
    let done = tokio::select! {
        done = timeout(CHECK_TIME, all) => done.unwrap_or_else(|_| bail!("the check did not end within {} s", CHECK_TIME.as_secs())),
        () = stop_signal() => bail!("stopped"),
    };
    done.with_context(|| format!("the demo does not hold; the nodes' logs are in {}", folder.path().display()))?;
    folder.remove()?;
    println!("The demo holds: all schools agree.");
    Ok(())
}

async fn serve_program(arguments: &Arguments) -> Result<()> {
    let folder = Folder::new(arguments.folder.clone());
    let (nodes, desks) = start_seeded(&arguments.jeli, &folder, Choice::Free).await?;
    let schools: Vec<_> = nodes
        .iter()
        .map(|node| {
            let school = node.school;
            let person = |who: &school::Account| json!({ "name": who.name, "login": who.login, "password": who.password });
            json!({
                "name": school.name, "language": school.language.name(), "address": node.address, "page": node.page(),
                "director": person(&school.director), "deputy": person(&school.deputy),
            })
        })
        .collect();
    println!("{}", json!({ "schools": schools }));
    serve(Town::of(arguments, &folder, nodes, &desks), Input::Program).await
}

async fn serve_people(arguments: &Arguments) -> Result<()> {
    let folder = Folder::new(arguments.folder.clone());
    let (nodes, desks) = if folder.note().is_some() && !arguments.fresh {
        println!("Starting the three schools of the earlier demo again (`--fresh` starts anew) …");
        let nodes = start(&arguments.jeli, &folder).await?;
        let desks = seed::sign_in(&nodes).await?;
        (nodes, desks)
    } else {
        println!("Making three schools, joining them by invitations, writing their plans and meetings …");
        start_seeded(&arguments.jeli, &folder, Choice::Usual).await?
    };
    println!("\nThree schools are running, each a node of its own with its data in {}:\n", folder.path().display());
    for (number, node) in (1..).zip(&nodes) {
        let (director, deputy) = (&node.school.director, &node.school.deputy);
        println!("  {number}  {}   {}", node.page(), node.school.name);
        println!("     login {:<6} password {}   {}, director", director.login, director.password, director.name);
        println!("     login {:<6} password {}   {}, deputy\n", deputy.login, deputy.password, deputy.name);
    }
    let input = if std::io::stdin().is_terminal() {
        println!("{}\nCtrl+C stops everything too.", prompt::HELP);
        Input::Person
    } else {
        println!(
            "They run until this program is stopped. Standard input is no terminal: its lines are obeyed all the same, its end ends nothing.\n{}",
            prompt::HELP
        );
        Input::Script
    };
    serve(Town::of(arguments, &folder, nodes, &desks), input).await
}

/// Who is at standard input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    Person,
    /// Its end is the end.
    Program,
    /// A file or a pipe, or nothing at all: its end says nothing.
    Script,
}

/// Runs until told to stop, then stops the nodes in order.
async fn serve(mut town: Town<'_>, input: Input) -> Result<()> {
    let end = tokio::select! {
        done = town.obey_input(input) => done,
        () = stop_signal() => Ok(()),
    };
    eprintln!("Stopping the three schools …");
    let nodes = town.nodes.into_iter().flatten().collect();
    if end.is_err() {
        // One is gone; the others are stopped all the same, and the reason is the first one's.
        let _ = stop(nodes).await;
        return end;
    }
    stop(nodes).await
}

/// The three schools, whose machines may be off.
struct Town<'a> {
    jeli: &'a Path,
    folder: &'a Folder,
    nodes: Vec<Option<Running>>,
    desks: &'a [Desk],
}

impl<'a> Town<'a> {
    fn of(arguments: &'a Arguments, folder: &'a Folder, nodes: Vec<Running>, desks: &'a [Desk]) -> Self {
        Self { jeli: &arguments.jeli, folder, nodes: nodes.into_iter().map(Some).collect(), desks }
    }

    async fn obey_input(&mut self, input: Input) -> Result<()> {
        let mut lines = Some(read_lines());
        loop {
            let line = tokio::select! {
                (index, said) = one_ended(&mut self.nodes) => {
                    if let Some(node) = self.nodes.get_mut(index) {
                        *node = None;
                    }
                    // Who pulls a plug wants to see what the others do; a program counts on all of them.
                    if input == Input::Program {
                        bail!(said);
                    }
                    println!("{said}\nThe other schools go on. Type `start {}` to start it again.", index + 1);
                    continue;
                }
                line = next_line(&mut lines) => line,
            };
            let Some(line) = line else {
                if input != Input::Script {
                    return Ok(());
                }
                lines = None;
                continue;
            };
            let said = match Order::read(&line) {
                Order::Stop => return Ok(()),
                Order::Start(school) => self.start(school).await.unwrap_or_else(|error| format!("That did not work: {error:#}")),
                order => prompt::obey(order, self.desks).await,
            };
            if !said.is_empty() {
                println!("{said}");
            }
        }
    }

    async fn start(&mut self, index: usize) -> Result<String> {
        let (Some(school), Some(node)) = (SCHOOLS.get(index), self.nodes.get_mut(index)) else { return Ok(prompt::HELP.to_owned()) };
        if node.is_some() {
            return Ok(format!("{} is running.", school.name));
        }
        let started = Running::start(self.jeli, self.folder, school).await?;
        let said = format!("{} is running again: {}", school.name, started.page());
        *node = Some(started);
        Ok(said)
    }
}

/// Ends when a node does, with its place and what there is to say.
async fn one_ended(nodes: &mut [Option<Running>]) -> (usize, String) {
    let ends = (0..).zip(nodes).filter_map(|(index, node)| node.as_mut().map(|node| (index, node)));
    let ends: Vec<_> = ends.map(|(index, node)| Box::pin(async move { (index, node.ended().await) })).collect();
    if ends.is_empty() { std::future::pending().await } else { select_all(ends).await.0 }
}

async fn next_line(lines: &mut Option<mpsc::Receiver<String>>) -> Option<String> {
    match lines {
        Some(lines) => lines.recv().await,
        None => std::future::pending().await,
    }
}

/// A thread of its own: a read of standard input cannot be given up, and would hold the program back at its end.
fn read_lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

async fn stop_signal() {
    #[cfg(unix)]
    let asked = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let asked = std::future::pending::<()>();
    tokio::select! {
        () = asked => {}
        _ = signal::ctrl_c() => {}
    }
}
