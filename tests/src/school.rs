//! A school with one node in this process, on addresses of this machine only: what whole-system tests and benchmarks are made of.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use jeli_client::{Auth, Client, DocSession, Document, NewDocument, WriteRule};
use jeli_node::accounts::SetupCode;
use jeli_node::config::DataFolder;
use jeli_node::network::{LineCost, Mdns, NetworkConfig, peer_id_of};
use jeli_node::running::{RunConfig, RunningNode};
use jeli_protocol::replica::Timing;
use tempfile::TempDir;

/// How long a test waits for what must happen.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at first; later ever more.
const PACE: Duration = Duration::from_millis(20);

/// A school with a running node.
pub struct School {
    /// Its name.
    pub name: String,
    folder: TempDir,
    timing: Timing,
    node: Option<RunningNode>,
}

/// Where a node of a test listens: free ports of this machine.
pub fn network() -> Result<NetworkConfig> {
    let listen = ["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"].into_iter().map(str::parse).collect::<Result<_, _>>()?;
    let mut config = NetworkConfig { listen, mdns: Mdns::Off, ..NetworkConfig::new(0, LineCost::Free) };
    // Nobody on loopback needs long to answer.
    config.timing.redial_first = Duration::from_millis(200);
    config.timing.session_reopen = Duration::from_millis(200);
    config.timing.session_patience = Duration::from_millis(500);
    Ok(config)
}

impl School {
    /// Makes a school with a node and starts it.
    pub async fn start(name: &str) -> Result<Self> {
        Self::start_with(name, Timing::default()).await
    }

    /// The same, with other times for publication.
    pub async fn start_with(name: &str, timing: Timing) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        DataFolder::new(folder.path().to_owned()).init("test", name, None)?;
        let mut school = Self { name: name.to_owned(), folder, timing, node: None };
        school.run().await?;
        Ok(school)
    }

    /// Starts the node, if it does not run.
    pub async fn run(&mut self) -> Result<()> {
        if self.node.is_none() {
            let config = RunConfig {
                secure: jeli_node::secure_page::Wanted::No,
                http: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                network: network()?,
                configured: LineCost::Free,
                timing: self.timing.clone(),
                hosts: Vec::new(),
                setup_code: SetupCode::fixed(*b"12345678"),
            };
            self.node = Some(RunningNode::start(DataFolder::new(self.folder.path().to_owned()), config).await?);
        }
        Ok(())
    }

    /// Stops the node in order.
    pub async fn stop(&mut self) {
        if let Some(node) = self.node.take() {
            node.stop().await;
        }
    }

    /// The name under which the network knows its node.
    pub fn peer_id(&self) -> Result<String> {
        let key = DataFolder::new(self.folder.path().to_owned()).node_key()?;
        Ok(peer_id_of(&key.id().0).to_string())
    }

    /// The node's folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its node, while it runs.
    pub fn node(&self) -> Option<&RunningNode> {
        self.node.as_ref()
    }

    /// A client with the rights of the person at the machine.
    pub fn client(&self) -> Result<Client> {
        let node = self.node.as_ref().context("the node does not run")?;
        Ok(Client::new(&format!("http://{}", node.http()), Auth::Token(node.control_token().to_owned()))?)
    }

    /// Takes another school into a space, by a real invitation, and waits until it is in.
    pub async fn invites(&self, other: &Self, space: &str) -> Result<()> {
        let invitation = self.client()?.invite(space, "member").await?;
        let client = other.client()?;
        client.join(&invitation.ticket).await?;
        eventually("the school to be in the space", async || Ok(client.spaces().await?.iter().any(|known| known.id == space))).await
    }

    /// Makes a document that every member may write.
    pub async fn makes(&self, space: &str, kind: &str, title: &str) -> Result<Document> {
        let new = NewDocument { space, kind, title, language: "kk", write_rule: WriteRule::Everyone, about: "" };
        Ok(self.client()?.create_document(&new).await?)
    }

    /// Opens a document as a page of this school does, once the node has it.
    pub async fn opens(&self, document: &str) -> Result<DocSession> {
        let client = self.client()?;
        // It is listed as soon as it is known that it was made; its content comes a moment later.
        eventually("the document to reach the school", async || Ok(client.content(document).await.is_ok())).await?;
        let actor = client.me().await?.actor;
        let session = client.open_session().await?;
        Ok(session.open_document(document, Some(&actor)).await?)
    }
}

/// Waits until a condition holds; fails, saying for what it waited, when it does not hold in time.
pub async fn eventually(what: &str, condition: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    eventually_within(what, PATIENCE, condition).await
}

/// The same with a patience of its own: on bad lines all takes longer.
pub async fn eventually_within(what: &str, patience: Duration, mut condition: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    let start = tokio::time::Instant::now();
    loop {
        if condition().await? {
            return Ok(());
        }
        anyhow::ensure!(start.elapsed() < patience, "waited {patience:?} for {what}");
        // To a fiftieth of the time that it takes: many who wait for long side by side must not be what the others wait for.
        tokio::time::sleep(PACE.max(start.elapsed() / 50)).await;
    }
}
