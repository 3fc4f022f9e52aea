//! A school's node as a process of its own, run by the `jeli` program as a school would.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use jeli_client::{Auth, Client};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::folder::Folder;
use crate::school::{Ports, School};

/// Making keys and a folder.
const INIT_TIME: Duration = Duration::from_secs(30);
/// From start to the line that says the node is ready; 1.5 s are meant, a loaded machine takes more.
const START_TIME: Duration = Duration::from_secs(60);
/// From being asked to stop to having stopped: a node gives its connections and its store ten seconds each.
const STOP_TIME: Duration = Duration::from_secs(25);
/// The last lines of a log that are shown when a node fails.
const LOG_LINES: usize = 20;

/// Makes a node in its folder, with its ports, and tells it to keep to this machine.
pub(crate) async fn init(jeli: &Path, folder: &Folder, school: &School, ports: Ports) -> Result<()> {
    let data = folder.data(school.folder);
    let mut command = Command::new(jeli);
    command.arg("--data").arg(&data).args(["--json", "init", "--name", school.folder, "--school", school.name]);
    let output = timeout(INIT_TIME, command.stdin(Stdio::null()).kill_on_drop(true).output()).await.context("`jeli init` did not end")??;
    // The sheet that it printed is the school's secret; the demo's schools never need it.
    ensure!(output.status.success(), "`jeli init` failed for {}: {}", school.name, String::from_utf8_lossy(&output.stderr).trim());
    let Ports { page, peers } = ports;
    let host = host(school);
    let settings =
        format!("listen = \"127.0.0.1:{page}\"\nhosts = [\"{host}\"]\npeer_port = {peers}\npeer_addresses = [\"127.0.0.1\"]\nmdns = false\n");
    fs::write(data.join("jeli.toml"), settings).with_context(|| format!("cannot write into {}", data.display()))
}

/// A name of its own for each school's page: browsers keep cookies by name whatever the port, and at one name a sign-in at one school
/// would be a sign-out at the other. Browsers know that names under `localhost` are this machine.
fn host(school: &School) -> String {
    format!("{}.localhost", school.folder)
}

/// A node that is ready.
pub(crate) struct Running {
    pub(crate) school: &'static School,
    /// Where it answers programs.
    pub(crate) address: String,
    child: Child,
    // Kept, so that the node can go on writing to it.
    _stdout: Lines<BufReader<ChildStdout>>,
    setup_code: Option<String>,
    log: PathBuf,
}

impl Running {
    /// Starts a node and waits until it says that it is ready.
    pub(crate) async fn start(jeli: &Path, folder: &Folder, school: &'static School) -> Result<Self> {
        let log = folder.log(school.folder);
        let file = File::options().create(true).append(true).open(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = Command::new(jeli);
        command.arg("--data").arg(folder.data(school.folder)).args(["--json", "run"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("{} cannot be started", jeli.display()))?;
        let stdout = child.stdout.take().context("the node's output is not ours to read")?;
        let mut stdout = BufReader::new(stdout).lines();
        let ready = match timeout(START_TIME, stdout.next_line()).await {
            Ok(Ok(Some(line))) => line,
            Ok(_) => bail!("the node of {} ended at its start:\n{}", school.name, end_of(&log)),
            Err(_) => bail!("the node of {} is not ready after {} s:\n{}", school.name, START_TIME.as_secs(), end_of(&log)),
        };
        let ready: Value = serde_json::from_str(&ready).with_context(|| format!("the node of {} said {ready}", school.name))?;
        let text = |name: &str| ready[name].as_str().map(str::to_owned);
        let address = text("address").with_context(|| format!("the node of {} said no address: {ready}", school.name))?;
        Ok(Self { school, address, child, _stdout: stdout, setup_code: text("setup_code"), log })
    }

    /// Where people open its page.
    pub(crate) fn page(&self) -> String {
        self.address.replace("127.0.0.1", &host(self.school))
    }

    /// A client that has not signed in.
    pub(crate) fn client(&self) -> Result<Client> {
        Ok(Client::new(&self.address, Auth::Nobody)?)
    }

    /// The code for the first account, where there is none yet.
    pub(crate) fn setup_code(&self) -> Option<&str> {
        self.setup_code.as_deref()
    }

    /// Ends only when the node does, with what there is to say about it.
    pub(crate) async fn ended(&mut self) -> String {
        let status = self.child.wait().await.map_or_else(|error| error.to_string(), |status| status.to_string());
        format!("the node of {} ended by itself ({status}):\n{}", self.school.name, end_of(&self.log))
    }

    /// Asks the node to stop, as Ctrl+C does, and waits for it.
    pub(crate) async fn stop(mut self) -> Result<()> {
        if let Some(id) = self.child.id() {
            ask_to_stop(id).await;
        }
        let status: ExitStatus = match timeout(STOP_TIME, self.child.wait()).await {
            Ok(status) => status?,
            Err(_) => bail!("the node of {} did not stop within {} s and was killed", self.school.name, STOP_TIME.as_secs()),
        };
        ensure!(status.success(), "the node of {} stopped with {status}:\n{}", self.school.name, end_of(&self.log));
        Ok(())
    }
}

/// The system's own program for it: a signal needs no unsafe code of ours that way.
async fn ask_to_stop(id: u32) {
    let _ = Command::new("kill").args(["-TERM", &id.to_string()]).stderr(Stdio::null()).status().await;
}

fn end_of(log: &Path) -> String {
    let said = fs::read(log).unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let lines: Vec<&str> = said.lines().collect();
    let shown = lines[lines.len().saturating_sub(LOG_LINES)..].iter().map(|line| format!("  | {line}")).collect::<Vec<_>>().join("\n");
    format!("{shown}\n  (all of it: {})", log.display())
}
