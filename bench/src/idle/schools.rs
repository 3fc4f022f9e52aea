//! Schools in one space, connected with each other, that do nothing.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use automerge::transaction::Transactable as _;
use automerge::{ROOT, ReadDoc as _};
use jeli_client::{Client, ClientError, NewDocument, WriteRule};
use jeli_line::{Net, Profile};
use jeli_tests::joined::joined;
use jeli_tests::process::NodeProcess;
use jeli_tests::school::eventually_within;
use tempfile::TempDir;
use tokio::time::Instant;

/// For what must happen; more than anything takes on the lines that are measured.
const PATIENCE: Duration = Duration::from_secs(600);

pub(super) struct Schools {
    // The nodes end before their network does.
    nodes: Vec<NodeProcess>,
    net: Net,
    _place: TempDir,
    document: String,
}

impl Schools {
    /// So many, joined by invitation, each connected with each, with one document on which all agree.
    pub(super) async fn new(jeli: &Path, count: usize, profile: &Profile) -> Result<Self> {
        let net = Net::new(1, &vec![profile.access(); count])?;
        let place = tempfile::tempdir()?;
        let (nodes, space) = joined(jeli, place.path(), &net, |_| profile.metered).await?;
        let first = nodes.first().context("a school")?.client()?;
        let new = NewDocument { space: &space, kind: "plan", title: "Plan", language: "kk", write_rule: WriteRule::Everyone, about: "" };
        let document = first.create_document(&new).await?.id;
        let schools = Self { nodes, net, _place: place, document };
        schools.meet().await?;
        Ok(schools)
    }

    pub(super) fn net(&self) -> &Net {
        &self.net
    }

    /// Waits until each is connected with each, and all have the document and are told so.
    async fn meet(&self) -> Result<()> {
        let others = self.nodes.len() - 1;
        for node in &self.nodes {
            let client = node.client()?;
            eventually_within("every school to reach every other", PATIENCE, async || Ok(connected(&client).await? == others)).await?;
            eventually_within("every school to be told that all have everything", PATIENCE, async || {
                let Ok(status) = client.document_status(&self.document).await else { return Ok(false) };
                Ok(status.published && status.reached == status.of && status.of as usize == others + 1)
            })
            .await?;
        }
        Ok(())
    }

    /// Somebody at the first school writes. From the node's word that it is safe to the last of the others.
    pub(super) async fn change_reaches_all(&self) -> Result<Duration> {
        self.write(0).await?;
        let began = Instant::now();
        let heads = heads(&self.nodes[0].client()?, &self.document).await?;
        for node in &self.nodes[1..] {
            let client = node.client()?;
            eventually_within("the change to reach every school", PATIENCE, async || Ok(self::heads(&client, &self.document).await? == heads))
                .await?;
        }
        Ok(began.elapsed())
    }

    /// The last school's line dies without a word, and somebody there writes. Until its node no longer takes itself to be connected with anybody.
    pub(super) async fn dead_line_is_noticed(&self) -> Result<Duration> {
        let last = self.nodes.len() - 1;
        self.net.node(last).cut();
        self.write(last).await?;
        let began = Instant::now();
        let client = self.nodes[last].client()?;
        eventually_within("the dead line to be noticed", PATIENCE, async || Ok(connected(&client).await? == 0)).await?;
        Ok(began.elapsed())
    }

    async fn write(&self, school: usize) -> Result<()> {
        let client = self.nodes[school].client()?;
        let mut session = client.open_session().await?.open_document(&self.document, Some(&client.me().await?.actor)).await?;
        session
            .change(|doc| {
                let Some((_, title)) = doc.get(ROOT, "title")? else { return Err(ClientError::BadAnswer("the plan has no title".to_owned())) };
                Ok(doc.splice_text(&title, 0, 0, "Our ")?)
            })
            .await?;
        session.wait_acked(PATIENCE).await?;
        Ok(())
    }

    pub(super) async fn stop(mut self) -> Result<()> {
        for node in &mut self.nodes {
            node.stop().await?;
        }
        Ok(())
    }
}

async fn connected(client: &Client) -> Result<usize> {
    Ok(client.status().await?.peers.iter().filter(|peer| peer.connected).count())
}

async fn heads(client: &Client, document: &str) -> Result<Vec<String>> {
    let mut heads = client.content(document).await?.heads;
    heads.sort_unstable();
    Ok(heads)
}
