//! Three schools with a node, a director and one document that all of them write.

use std::path::Path;

use anyhow::{Context as _, Result};
use jeli_client::{Client, Content, NewDocument, WriteRule};
use jeli_node::store::Store;
use jeli_tests::process::{Line, NodeProcess};
use jeli_tests::school::eventually;

use crate::writer::{FIELD, Writer};

const NAMES: [&str; 3] = ["birlik", "rodnik", "tulpar"];
const MARKS: [char; 3] = ['B', 'R', 'T'];
/// Pieces that somebody writes at a school that has just started.
const PIECES_ALONE: usize = 3;
const PASSWORD: &str = "correct horse";

pub(crate) struct Schools {
    pub(crate) nodes: Vec<NodeProcess>,
    pub(crate) writers: Vec<Writer>,
    document: String,
}

impl Schools {
    /// Three nodes, joined by invitations, with somebody writing at each.
    pub(crate) async fn start(jeli: &Path, place: &Path, seed: u64) -> Result<Self> {
        let (mut nodes, mut clients) = (Vec::new(), Vec::new());
        for name in NAMES {
            let mut node = NodeProcess::init(jeli, place, name).await?;
            node.start(Line::Open).await?;
            let code = node.setup_code().context("a new node gives a code for its first account")?;
            clients.push(node.nobody()?.set_up(code, name, name, PASSWORD, "kk").await?);
            nodes.push(node);
        }
        let space = join_all(&clients).await?;
        let new = NewDocument { space: &space, kind: "plan", title: "Жоспар", language: "kk", write_rule: WriteRule::Everyone, about: "" };
        let document = clients[0].create_document(&new).await?.id;
        let mut writers = Vec::new();
        for ((mark, client), number) in MARKS.into_iter().zip(clients).zip(0..) {
            eventually("the document to reach the school", async || Ok(client.content(&document).await.is_ok())).await?;
            let mut writer = Writer::new(mark, client, &document, seed.wrapping_mul(3).wrapping_add(number));
            writer.sit_down().await?;
            writers.push(writer);
        }
        Ok(Self { nodes, writers, document })
    }

    /// What the document says at one school.
    pub(crate) async fn text_at(&self, school: usize) -> Result<String> {
        text_of(&self.writers[school].client.content(&self.document).await?)
    }

    /// Waits until all schools have the same document and each is told so, and checks what it holds.
    pub(crate) async fn agree(&self) -> Result<String> {
        eventually("all nodes to be equal", async || {
            let mut contents = Vec::new();
            for writer in &self.writers {
                let mut content = writer.client.content(&self.document).await?;
                content.heads.sort_unstable();
                contents.push(content);
            }
            Ok(contents.windows(2).all(|pair| pair[0] == pair[1]))
        })
        .await?;
        eventually("every school to be told that all have everything", async || {
            for writer in &self.writers {
                let status = writer.client.document_status(&self.document).await?;
                if !status.published || status.reached != status.of || status.of as usize != NAMES.len() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await?;
        let text = self.text_at(0).await?;
        for writer in &self.writers {
            writer.written.check(&text).context("in the end")?;
        }
        Ok(text)
    }

    /// Stops all nodes and starts them one by one: each but the last finds nobody at first, and people write all the same.
    pub(crate) async fn start_one_by_one(&mut self) -> Result<()> {
        for node in &mut self.nodes {
            node.stop().await?;
        }
        for (node, writer) in self.nodes.iter_mut().zip(&mut self.writers) {
            node.start(Line::Open).await?;
            writer.sit_down().await?;
            writer.write(PIECES_ALONE).await?;
        }
        Ok(())
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.writers.iter().map(|writer| writer.written.acknowledged()).sum()
    }

    /// How many pieces were never answered, and how many of those are there all the same.
    pub(crate) fn unanswered(&self, text: &str) -> (usize, usize) {
        self.writers.iter().map(|writer| writer.written.unanswered(text)).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// Stops all nodes in order and reads their files through.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.writers.clear();
        for node in &mut self.nodes {
            node.stop().await?;
            let store = Store::open(&node.database())?;
            store.check().with_context(|| format!("the database of {}", node.name))?;
        }
        Ok(())
    }
}

async fn join_all(clients: &[Client]) -> Result<String> {
    let (first, others) = clients.split_first().context("no school")?;
    let space = first.create_space("Желі").await?.id;
    for client in others {
        let ticket = first.invite(&space, "member").await?.ticket;
        client.join(&ticket).await?;
    }
    for client in clients {
        eventually("every school to be in the space", async || {
            Ok(client.spaces().await?.iter().any(|known| known.id == space && known.members.len() == clients.len()))
        })
        .await?;
    }
    Ok(space)
}

fn text_of(content: &Content) -> Result<String> {
    let text = content.content[FIELD].as_str().context("a plan has this field")?;
    Ok(text.to_owned())
}
