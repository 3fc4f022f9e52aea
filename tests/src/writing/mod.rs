//! Three schools, each with a node that is a process of its own and a director, and one document that all of them write: for tests that kill them and that
//! lead them over bad lines.

mod writer;
mod written;

use std::time::Duration;

use anyhow::{Context as _, Result};
use jeli_client::{Client, Content, NewDocument, WriteRule};
use jeli_node::store::Store;

use crate::process::{Line, NodeProcess};
use crate::school::{PATIENCE, eventually_within};
use writer::FIELD;

pub use writer::{Sign, Writer};
pub use written::Written;

/// The schools, by the names of their nodes.
pub const NAMES: [&str; 3] = ["birlik", "rodnik", "tulpar"];
const MARKS: [char; 3] = ['B', 'R', 'T'];
/// Pieces that somebody writes at a school that has just started.
const PIECES_ALONE: usize = 3;
const PASSWORD: &str = "correct horse";

/// The schools and their document.
pub struct Schools {
    /// In the order of [`NAMES`].
    pub nodes: Vec<NodeProcess>,
    /// One at each.
    pub writers: Vec<Writer>,
    document: String,
    patience: Duration,
}

/// Directors who have signed in at their nodes, before the schools know each other.
pub struct Strangers {
    nodes: Vec<NodeProcess>,
    clients: Vec<Client>,
    patience: Duration,
}

impl Strangers {
    /// Starts the nodes and gives each its first account.
    pub async fn start(mut nodes: Vec<NodeProcess>) -> Result<Self> {
        let mut clients = Vec::new();
        for node in &mut nodes {
            node.start(Line::Open).await?;
            let code = node.setup_code().context("a new node gives a code for its first account")?;
            clients.push(node.nobody()?.set_up(code, &node.name, &node.name, PASSWORD, "kk").await?);
        }
        Ok(Self { nodes, clients, patience: PATIENCE })
    }

    /// As whom a school's director is signed in.
    pub fn client(&self, school: usize) -> &Client {
        &self.clients[school]
    }

    /// How long what must happen may take.
    pub fn waiting(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// One makes a network and invites the others, each of which joins with nothing but the invitation. Says which network that is.
    pub async fn join(&self) -> Result<String> {
        let (first, others) = self.clients.split_first().context("no school")?;
        let space = first.create_space("Желі").await?.id;
        for client in others {
            let ticket = first.invite(&space, "member").await?.ticket;
            client.join(&ticket).await?;
        }
        for client in &self.clients {
            eventually_within("every school to be in the space", self.patience, async || {
                Ok(client.spaces().await?.iter().any(|known| known.id == space && known.members.len() == self.clients.len()))
            })
            .await?;
        }
        Ok(space)
    }

    /// One of them makes a document, which all open. `seed`: where they write in it.
    pub async fn share(self, space: &str, seed: u64) -> Result<Schools> {
        let document = self.make(space).await?;
        self.open(document, seed).await
    }

    /// The first makes a document that all may write.
    pub async fn make(&self, space: &str) -> Result<String> {
        let new = NewDocument { space, kind: "plan", title: "Жоспар", language: "kk", write_rule: WriteRule::Everyone, about: "" };
        Ok(self.clients[0].create_document(&new).await?.id)
    }

    /// All open it.
    pub async fn open(self, document: String, seed: u64) -> Result<Schools> {
        let Self { nodes, clients, patience } = self;
        let mut writers = Vec::new();
        for ((mark, client), number) in MARKS.into_iter().zip(clients).zip(0..) {
            eventually_within("the document to reach the school", patience, async || Ok(client.content(&document).await.is_ok())).await?;
            let mut writer = Writer::new(mark, client, &document, seed.wrapping_mul(3).wrapping_add(number));
            writer.sit_down().await?;
            writers.push(writer);
        }
        Ok(Schools { nodes, writers, document, patience })
    }
}

impl Schools {
    /// Their document.
    pub fn document(&self) -> &str {
        &self.document
    }

    /// What the document says at one school.
    pub async fn text_at(&self, school: usize) -> Result<String> {
        text_of(&self.writers[school].client.content(&self.document).await?)
    }

    /// Waits until all schools have the same document and each is told so, and checks what it holds.
    pub async fn agree(&self) -> Result<String> {
        self.agree_among(&[0, 1, 2]).await?;
        eventually_within("every school to be told that all have everything", self.patience, async || {
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

    /// Waits until these schools have the same document.
    pub async fn agree_among(&self, schools: &[usize]) -> Result<()> {
        eventually_within("these nodes to be equal", self.patience, async || {
            let mut contents = Vec::new();
            for school in schools {
                let mut content = self.writers[*school].client.content(&self.document).await?;
                content.heads.sort_unstable();
                contents.push(content);
            }
            Ok(contents.windows(2).all(|pair| pair[0] == pair[1]))
        })
        .await
    }

    /// Stops all nodes and starts them one by one: each but the last finds nobody at first, and people write all the same.
    pub async fn start_one_by_one(&mut self) -> Result<()> {
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

    /// All leave their desks: no page is open any more.
    pub fn leave(&mut self) {
        self.writers.iter_mut().for_each(Writer::leave);
    }

    /// Pieces that a node has said to be on its disk.
    pub fn acknowledged(&self) -> usize {
        self.writers.iter().map(|writer| writer.written.acknowledged()).sum()
    }

    /// How many pieces were never answered, and how many of those are there all the same.
    pub fn unanswered(&self, text: &str) -> (usize, usize) {
        self.writers.iter().map(|writer| writer.written.unanswered(text)).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    /// Stops all nodes in order and reads their files through.
    pub async fn stop(mut self) -> Result<()> {
        self.writers.clear();
        for node in &mut self.nodes {
            node.stop().await?;
            let store = Store::open(&node.database())?;
            store.check().with_context(|| format!("the database of {}", node.name))?;
        }
        Ok(())
    }
}

fn text_of(content: &Content) -> Result<String> {
    let text = content.content[FIELD].as_str().context("a plan has this field")?;
    Ok(text.to_owned())
}
