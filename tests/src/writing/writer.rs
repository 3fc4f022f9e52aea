//! A client without storage of its own: what it has is in memory, and gone with its connection.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use automerge::transaction::Transactable as _;
use automerge::{AutoCommit, AutomergeError, ChangeHash, ROOT, ReadDoc as _};
use jeli_client::{Client, ClientError, DocSession};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::sync::oneshot;

use super::written::Written;

/// The text that everybody writes in.
pub(super) const FIELD: &str = "mission";
/// Pieces on their way at once: a person who types does not wait for the disk, a test must not run ahead of it for ever.
const IN_FLIGHT: usize = 8;
/// For a piece to be acknowledged on a machine with much else to do.
const ACK_TIME: Duration = Duration::from_secs(60);

/// Somebody who writes at one school.
pub struct Writer {
    /// Begins what they write.
    mark: char,
    /// As which they are signed in.
    pub client: Client,
    document: String,
    dice: StdRng,
    count: usize,
    /// What they have written.
    pub written: Written,
    desk: Option<Desk>,
}

/// When a node is to be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Whatever it does just then.
    AnyTime,
    /// In the moment in which an acknowledgement has come: what it acknowledges must be on disk by now.
    AtAnAnswer,
}

/// The open document, with what was written in it and not answered yet, oldest first.
struct Desk {
    session: DocSession,
    in_flight: VecDeque<(ChangeHash, String)>,
}

impl Writer {
    pub(super) fn new(mark: char, client: Client, document: &str, seed: u64) -> Self {
        let dice = StdRng::seed_from_u64(seed);
        Self { mark, client, document: document.to_owned(), dice, count: 0, written: Written::default(), desk: None }
    }

    /// Opens the document anew, with a fresh actor, as a page does that was loaded anew.
    pub async fn sit_down(&mut self) -> Result<()> {
        let actor = self.client.me().await?.actor;
        let session = self.client.open_session().await?.open_document(&self.document, Some(&actor)).await?;
        ensure!(!session.read_only(), "{} may not write", self.mark);
        self.desk = Some(Desk { session, in_flight: VecDeque::new() });
        Ok(())
    }

    /// Closes the document.
    pub(super) fn leave(&mut self) {
        self.desk = None;
    }

    /// Writes some pieces and waits until all are acknowledged.
    pub async fn write(&mut self, pieces: usize) -> Result<()> {
        for _ in 0..pieces {
            self.write_one().await?;
        }
        if let Err(error) = self.wait_for_room(1).await {
            let state = self.state().await;
            return Err(error).with_context(|| format!("{} was not acknowledged: {state}", self.mark));
        }
        Ok(())
    }

    /// Writes until the node is gone, and gives the sign for it once `pieces` are sent. What the node had said until then counts.
    pub async fn write_until_gone(&mut self, pieces: usize, sign: Sign, sent: oneshot::Sender<()>) -> Result<()> {
        let mut end = Ok(());
        for _ in 0..pieces {
            end = self.write_one().await;
            if end.is_err() {
                break;
            }
        }
        let before = self.written.acknowledged();
        while sign == Sign::AtAnAnswer && end.is_ok() && self.written.acknowledged() == before {
            end = self.write_one().await;
        }
        end.context("the node was gone before it was killed")?;
        let _ = sent.send(());
        let end = loop {
            if let Err(end) = self.write_one().await {
                break end;
            }
        };
        ensure!(matches!(end, ClientError::Closed(_)), "the connection ended otherwise than by the node's death: {end}");
        let mut desk = self.desk.take().context("nobody sits here")?;
        // Each error has taken one message off the queue.
        while !matches!(desk.session.settle().await, Ok(0)) {}
        desk.note_answers(&mut self.written);
        Ok(())
    }

    /// For whoever looks for the reason: what either side has.
    async fn state(&mut self) -> String {
        let at_node = self.client.content(&self.document).await.map(|content| content.heads);
        let Some(desk) = &mut self.desk else { return "nobody sits here".to_owned() };
        let told = desk.session.acked_heads().to_vec();
        let missing = desk.session.doc.get_missing_deps(&told);
        let heads = desk.session.doc.get_heads();
        format!(
            "in flight {:?}, read-only {}, our heads {heads:?}, told {told:?}, of which we lack {missing:?}, at the node {at_node:?}",
            desk.in_flight,
            desk.session.read_only()
        )
    }

    async fn write_one(&mut self) -> Result<(), ClientError> {
        self.wait_for_room(IN_FLIGHT).await?;
        let Some(desk) = &mut self.desk else { return Err(ClientError::Closed("nobody sits here".to_owned())) };
        self.count += 1;
        let piece = format!("<{}{}>", self.mark, self.count);
        // At either end: in between it could split somebody else's piece.
        let at_end = self.dice.random_bool(0.5);
        self.written.begin(piece.clone());
        let hash = desk.session.change(|doc| insert(doc, &piece, at_end)).await?;
        desk.in_flight.extend(hash.map(|hash| (hash, piece)));
        desk.session.settle().await?;
        desk.note_answers(&mut self.written);
        Ok(())
    }

    /// Waits until fewer than this many pieces are on their way.
    async fn wait_for_room(&mut self, fewer_than: usize) -> Result<(), ClientError> {
        let Some(desk) = &mut self.desk else { return Err(ClientError::Closed("nobody sits here".to_owned())) };
        while desk.in_flight.len() >= fewer_than {
            desk.session.take_next(ACK_TIME).await?;
            desk.note_answers(&mut self.written);
        }
        Ok(())
    }
}

impl Desk {
    fn note_answers(&mut self, written: &mut Written) {
        while let Some((hash, _)) = self.in_flight.front()
            && self.session.has_acked(hash)
            && let Some((_, piece)) = self.in_flight.pop_front()
        {
            written.acknowledge(piece);
        }
    }
}

fn insert(doc: &mut AutoCommit, piece: &str, at_end: bool) -> Result<(), AutomergeError> {
    let (_, text) = doc.get(ROOT, FIELD)?.ok_or(AutomergeError::InvalidOp(automerge::ObjType::Map))?;
    let at = if at_end { doc.length(&text) } else { 0 };
    doc.splice_text(&text, at, 0, piece)
}
