//! A school's node as a process of its own, run by the `jeli` program as a school would: for tests that kill it, and on emulated lines.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use jeli_client::{Auth, Client};
use jeli_line::Door;
use rand::RngExt as _;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// From start to the line that says the node is ready; 1.5 s are meant, a loaded machine takes more.
const START_TIME: Duration = Duration::from_secs(60);
/// From being asked to stop to having stopped.
const STOP_TIME: Duration = Duration::from_secs(25);
/// Below the ports that systems give to outgoing connections: one of those must not take a port while its node is dead.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// Ports tried before the machine is taken to have none.
const PORT_TRIES: usize = 200;
/// The last lines of a log that are shown when a node fails.
const LOG_LINES: usize = 20;
/// Ports of a node that has a network namespace to itself.
const PAGE_PORT: u16 = 8080;
const PEER_PORT: u16 = 4011;

/// Whether a node joins the line when it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// It does.
    Open,
    /// It works alone until it is told otherwise.
    Cut,
}

/// A node with a folder and ports of its own. What it started ends with it.
pub struct NodeProcess {
    /// The school's name.
    pub name: String,
    jeli: PathBuf,
    data: PathBuf,
    log: PathBuf,
    stand: Stand,
    running: Option<Running>,
}

/// Where a node runs.
enum Stand {
    /// On this machine's loopback.
    Here,
    /// At the end of an emulated line.
    Line {
        namespace: String,
        /// The way to its page, which is not over the line.
        door: Door,
    },
}

impl Stand {
    /// A program that will run there.
    fn command(&self, program: &Path) -> Command {
        match self {
            Self::Here => Command::new(program),
            Self::Line { namespace, .. } => {
                // It becomes the program, so that signals reach that.
                let mut command = Command::new("ip");
                command.args(["netns", "exec", namespace]).arg(program);
                command
            }
        }
    }
}

struct Running {
    child: Child,
    // Kept, so that the node can go on writing to it.
    _stdout: Lines<BufReader<ChildStdout>>,
    address: String,
    setup_code: Option<String>,
}

impl NodeProcess {
    /// Makes the node of a new school in a folder named for it, on loopback. Its ports stay the same, so that others find it after a restart.
    pub async fn init(jeli: &Path, place: &Path, name: &str) -> Result<Self> {
        let (page, peers) = (free_port()?, free_port()?);
        let settings = format!("listen = \"127.0.0.1:{page}\"\npeer_port = {peers}\npeer_addresses = [\"127.0.0.1\"]\nmdns = false\n");
        Self::make(jeli, place, name, &settings, Stand::Here).await
    }

    /// The same at the end of an emulated line, on which bytes may cost money.
    pub async fn init_on(jeli: &Path, place: &Path, name: &str, line: &jeli_line::Node, metered: bool) -> Result<Self> {
        let address = line.address();
        let settings = format!(
            "listen = \"127.0.0.1:{PAGE_PORT}\"\npeer_port = {PEER_PORT}\npeer_addresses = [\"{address}\"]\nmdns = false\nmetered = {metered}\n\
             [network]\nupnp = false\n"
        );
        let stand = Stand::Line { namespace: line.namespace().to_owned(), door: line.door(PAGE_PORT)? };
        Self::make(jeli, place, name, &settings, stand).await
    }

    async fn make(jeli: &Path, place: &Path, name: &str, settings: &str, stand: Stand) -> Result<Self> {
        let data = place.join(name);
        let mut command = Command::new(jeli);
        command.arg("--data").arg(&data).args(["--json", "init", "--name", name, "--school", name]);
        let output =
            command.stdin(Stdio::null()).kill_on_drop(true).output().await.with_context(|| format!("{} cannot be started", jeli.display()))?;
        ensure!(output.status.success(), "`jeli init` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        fs::write(data.join("jeli.toml"), settings)?;
        Ok(Self { name: name.to_owned(), jeli: jeli.to_owned(), data, log: place.join(format!("{name}.log")), stand, running: None })
    }

    /// Starts the node and waits until it says that it is ready.
    pub async fn start(&mut self, line: Line) -> Result<()> {
        ensure!(self.running.is_none(), "the node of {} runs already", self.name);
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = self.stand.command(&self.jeli);
        command.arg("--data").arg(&self.data).args(["--json", "run"]);
        if line == Line::Cut {
            command.arg("--cut");
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true).spawn()?;
        let stdout = child.stdout.take().context("the node's output is not ours to read")?;
        let mut stdout = BufReader::new(stdout).lines();
        let ready = match timeout(START_TIME, stdout.next_line()).await {
            Ok(Ok(Some(line))) => line,
            Ok(_) => bail!("the node of {} ended at its start:\n{}", self.name, self.end_of_log()),
            Err(_) => bail!("the node of {} is not ready after {START_TIME:?}:\n{}", self.name, self.end_of_log()),
        };
        let ready: Value = serde_json::from_str(&ready)?;
        let text = |name: &str| ready[name].as_str().map(str::to_owned);
        let said = text("address").context("the node said no address")?;
        let address = match &self.stand {
            Stand::Here => said,
            Stand::Line { door, .. } => format!("http://{}", door.address()),
        };
        self.running = Some(Running { child, _stdout: stdout, address, setup_code: text("setup_code") });
        Ok(())
    }

    /// Ends the node at once, with SIGKILL, and waits until the system has taken it away.
    pub async fn kill(&mut self) -> Result<()> {
        let mut running = self.running.take().with_context(|| format!("the node of {} does not run", self.name))?;
        ensure!(running.child.try_wait()?.is_none(), "the node of {} ended by itself:\n{}", self.name, self.end_of_log());
        running.child.kill().await?;
        Ok(())
    }

    /// Asks the node to stop, as Ctrl+C does, and waits for it.
    pub async fn stop(&mut self) -> Result<()> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        let id = running.child.id().with_context(|| format!("the node of {} ended by itself:\n{}", self.name, self.end_of_log()))?;
        // The system's own program for it: a signal needs no unsafe code of ours that way.
        Command::new("kill").args(["-TERM", &id.to_string()]).stderr(Stdio::null()).status().await?;
        let status = timeout(STOP_TIME, running.child.wait()).await.with_context(|| format!("the node of {} did not stop", self.name))??;
        ensure!(status.success(), "the node of {} stopped with {status}:\n{}", self.name, self.end_of_log());
        Ok(())
    }

    /// A client that has not signed in.
    pub fn nobody(&self) -> Result<Client> {
        let running = self.running.as_ref().with_context(|| format!("the node of {} does not run", self.name))?;
        Ok(Client::new(&running.address, Auth::Nobody)?)
    }

    /// A client with the rights of the person at the machine.
    pub fn client(&self) -> Result<Client> {
        let running = self.running.as_ref().with_context(|| format!("the node of {} does not run", self.name))?;
        Ok(Client::new(&running.address, Auth::Token(fs::read_to_string(self.data.join("control.token"))?))?)
    }

    /// What it holds in memory, as Linux tells it. MB.
    pub fn resident_mb(&self) -> Result<f64> {
        let id = self.running.as_ref().and_then(|running| running.child.id()).with_context(|| format!("the node of {} does not run", self.name))?;
        let status = fs::read_to_string(format!("/proc/{id}/status")).context("memory is read as Linux tells it")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("Linux tells the resident set")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    /// The code for the first account, where there is none yet.
    pub fn setup_code(&self) -> Option<&str> {
        self.running.as_ref()?.setup_code.as_deref()
    }

    /// The node's data folder.
    pub fn folder(&self) -> &Path {
        &self.data
    }

    /// The node's database.
    pub fn database(&self) -> PathBuf {
        self.data.join("jeli.db")
    }

    fn end_of_log(&self) -> String {
        let said = fs::read(&self.log).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }
}

fn free_port() -> Result<u16> {
    let is_free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() && UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let mut tries = (0..PORT_TRIES).map(|_| rand::rng().random_range(PORTS));
    tries.find(|port| is_free(*port)).context("no port is free on 127.0.0.1")
}
