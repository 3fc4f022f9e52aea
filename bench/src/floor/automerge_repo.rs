//! The same week with the official automerge-repo, in two Node.js processes, over its WebSocket adapters.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use jeli_line::{Access, Net, Node};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout};

use super::{Document, Took};

const PORT: u16 = 7_000;
/// To read the documents at the start.
const START: Duration = Duration::from_secs(300);

/// From the moment at which one dials the other until it has the week, or until patience ends. None where its program is not there.
pub(super) async fn run(program: Option<&Path>, documents: &[Document], access: Access, patience: Duration) -> Result<Option<Took>> {
    let Some(program) = program else {
        eprintln!("automerge-repo's program was not given (--peer): nothing of it beside our figures");
        return Ok(None);
    };
    let net = Net::new(3, &[access; 2])?;
    let place = tempfile::tempdir()?;
    let mut names = Vec::new();
    for document in documents {
        let (mut before, mut after) = (document.before.clone(), document.after()?);
        tokio::fs::write(place.path().join(format!("{}.before", document.id)), before.save()).await?;
        tokio::fs::write(place.path().join(format!("{}.after", document.id)), after.save()).await?;
        names.push(document.id.clone());
    }
    tokio::fs::write(place.path().join("documents"), names.join("\n")).await?;
    let address = format!("{}:{PORT}", net.node(0).address());
    let mut giver = Peer::start(net.node(0), program, "give", place.path(), &address)?;
    let mut taker = Peer::start(net.node(1), program, "take", place.path(), &address)?;
    for peer in [&mut giver, &mut taker] {
        timeout(START, peer.says("ready")).await.context("automerge-repo has not read the documents in time")??;
    }
    let began = Instant::now();
    taker.stdin.write_all(b"go\n").await?;
    let took = match timeout(patience, taker.says("done")).await {
        Ok(done) => done.map(|()| Took::All(began.elapsed()))?,
        Err(_) => Took::MoreThan(began.elapsed()),
    };
    for peer in [giver, taker] {
        peer.end().await?;
    }
    Ok(Some(took))
}

struct Peer {
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    fn start(node: &Node, program: &Path, role: &str, place: &Path, address: &str) -> Result<Self> {
        let mut command = Command::from(node.command("node"));
        command.arg(program).arg(role).arg(place).arg(address);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().context("Node.js cannot be started")?;
        let stdin = child.stdin.take().context("its input is ours")?;
        let stdout = BufReader::new(child.stdout.take().context("its output is ours")?).lines();
        Ok(Self { child, stdin, stdout })
    }

    async fn says(&mut self, word: &str) -> Result<()> {
        while let Some(line) = self.stdout.next_line().await? {
            if line == word {
                return Ok(());
            }
        }
        bail!("automerge-repo's program ended before it said \"{word}\"")
    }

    async fn end(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}
