//! Schools at the ends of emulated lines, with a document that names a file which the first of them has.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jeli_client::{Client, DocSession, NamedFile, NewDocument, WriteRule};
use jeli_line::{Access, Net};
use jeli_tests::joined::joined;
use jeli_tests::process::NodeProcess;
use jeli_tests::school::{PATIENCE, eventually};
use tempfile::TempDir;
use tokio::time::Instant;

/// How often a node is asked how far a file is.
const LOOK: Duration = Duration::from_millis(50);

pub(super) struct Schools {
    // The nodes end before their network does.
    nodes: Vec<NodeProcess>,
    net: Net,
    place: TempDir,
    plan: String,
    hash: String,
    bytes: Vec<u8>,
}

impl Schools {
    /// So many schools in one network on lines that hold nothing up. The first has the file; none of the others has any of it.
    pub(super) async fn new(jeli: &Path, count: usize, bytes: Vec<u8>) -> Result<Self> {
        let net = Net::new(1, &vec![Access::IDEAL; count])?;
        let place = tempfile::tempdir()?;
        let (nodes, space) = joined(jeli, place.path(), &net, |_| false).await?;
        let first = nodes.first().context("a school")?.client()?;
        let new = NewDocument { space: &space, kind: "plan", title: "Plan", language: "kk", write_rule: WriteRule::Everyone, about: "" };
        let plan = first.create_document(&new).await?.id;
        let file = place.path().join("to-add");
        tokio::fs::write(&file, &bytes).await?;
        let sent = first.send_file(&file).await?;
        let hash = sent.hash.clone().context("whole")?;
        let schools = Self { nodes, net, place, plan, hash, bytes };
        let mut session = schools.opens(0).await?;
        session.name_file(&sent, "file", "", "", 0).await?;
        session.wait_acked(PATIENCE).await?;
        for school in 1..count {
            eventually("the file to be known", async || Ok(schools.file(school).await.is_ok())).await?;
        }
        Ok(schools)
    }

    pub(super) fn net(&self) -> &Net {
        &self.net
    }

    pub(super) fn node(&mut self, school: usize) -> &mut NodeProcess {
        &mut self.nodes[school]
    }

    pub(super) fn client(&self, school: usize) -> Result<Client> {
        self.nodes[school].client()
    }

    /// The document, open at a school.
    pub(super) async fn opens(&self, school: usize) -> Result<DocSession> {
        let client = self.client(school)?;
        Ok(client.open_session().await?.open_document(&self.plan, Some(&client.me().await?.actor)).await?)
    }

    /// How the file stands at a school.
    pub(super) async fn file(&self, school: usize) -> Result<NamedFile> {
        let files = self.client(school)?.files(&self.plan).await?;
        files.into_iter().find(|file| file.hash == self.hash).context("the document names the file")
    }

    pub(super) async fn wants(&self, school: usize) -> Result<()> {
        Ok(self.client(school)?.file_act(&self.plan, &self.hash, "want").await?)
    }

    /// Waits until so many bytes of it are at a school, and says how many are; `None`: until all of it is.
    pub(super) async fn reaches(&self, school: usize, bytes: Option<u64>, within: Duration) -> Result<u64> {
        let end = Instant::now() + within;
        let mut looks = tokio::time::interval(LOOK);
        loop {
            looks.tick().await;
            let file = self.file(school).await?;
            if file.state == "here" || bytes.is_some_and(|bytes| file.here >= bytes) {
                return Ok(file.here);
            }
            ensure!(Instant::now() < end, "{} of {} bytes are there after {within:?}, {}", file.here, file.size, file.state);
        }
    }

    /// Whether what a school has is the file, byte for byte.
    pub(super) async fn is_whole(&self, school: usize) -> Result<bool> {
        let target = self.place.path().join(format!("saved{school}"));
        self.client(school)?.save_file(&self.plan, &self.hash, &target).await?;
        Ok(tokio::fs::read(&target).await? == self.bytes)
    }

    pub(super) async fn stop(mut self) -> Result<()> {
        for node in &mut self.nodes {
            node.stop().await?;
        }
        Ok(())
    }
}
