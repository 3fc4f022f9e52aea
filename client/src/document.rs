//! A document on a connection.

use std::sync::Arc;
use std::time::Duration;

use automerge::sync::{Message, State, SyncDoc};
use automerge::{ActorId, AutoCommit, Change, ChangeHash};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use jeli_protocol::kinds::files::COLLECTION;
use jeli_protocol::kinds::write::add_item;
use jeli_protocol::kinds::{Input, ItemId, Place};

use crate::error::ClientError;
use crate::session::Link;
use crate::shapes::SentFile;
use crate::wire::{Bytes, ToNode};

/// Time for a document to arrive: a large one over a slow line.
const OPEN_TIMEOUT: Duration = Duration::from_secs(60);

/// An open document. Nothing is received, and nothing that the node asks for is sent, while no method runs: call
/// [`DocSession::wait_for`] or [`DocSession::settle`] to take in what came.
pub struct DocSession {
    /// The document. Change it with [`DocSession::change`], so that the node hears of it.
    pub doc: AutoCommit,
    id: String,
    sync: State,
    link: Arc<Link>,
    inbox: mpsc::Receiver<Vec<u8>>,
    /// What we last wrote or brought, whatever else has come since.
    own: Vec<ChangeHash>,
}

impl DocSession {
    pub(crate) async fn open(link: Arc<Link>, id: &str, actor: Option<&str>, inbox: mpsc::Receiver<Vec<u8>>) -> Result<Self, ClientError> {
        let mut doc = AutoCommit::new();
        if let Some(actor) = actor {
            let actor = ActorId::try_from(actor).map_err(|_| ClientError::BadAnswer("the actor id is not hexadecimal".to_owned()))?;
            doc.set_actor(actor);
        }
        let mut session = Self { doc, id: id.to_owned(), sync: State::new(), link, inbox, own: Vec::new() };
        let Some(first) = session.doc.sync().generate_sync_message(&mut session.sync) else {
            return Err(ClientError::BadAnswer("Automerge has nothing to ask".to_owned()));
        };
        let (link, data) = (session.link.clone(), Bytes(first.encode()));
        link.send(&ToNode::Request { document: &session.id, sender: &link.peer, target: &link.node, data }).await?;
        session.wait_for(OPEN_TIMEOUT, |doc, theirs| !theirs.is_empty() && doc.get_missing_deps(theirs).is_empty()).await?;
        Ok(session)
    }

    /// The document's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Changes the document, in one change, and sends it. Returns its hash; none where nothing changed. It is on the node's disk when
    /// [`DocSession::wait_acked`] returns, and need not have left before that: where the Bloom filter of the node's last message
    /// holds the change by chance (a few in a hundred of small ones), only its hash goes out, and the node has to ask for it.
    pub async fn change<E: Into<ClientError>>(
        &mut self,
        edit: impl FnOnce(&mut AutoCommit) -> Result<(), E>,
    ) -> Result<Option<ChangeHash>, ClientError> {
        edit(&mut self.doc).map_err(Into::into)?;
        let hash = self.doc.commit();
        if let Some(hash) = hash {
            self.own = vec![hash];
        }
        self.send_next().await?;
        Ok(hash)
    }

    /// Names a file in the document, which [`crate::Client::send_file`] has brought to the node. Its id is the answer.
    pub async fn name_file(&mut self, file: &SentFile, name: &str, at: &str, by: &str, at_ms: i64) -> Result<String, ClientError> {
        let hash = file.hash.as_deref().ok_or_else(|| ClientError::BadAnswer("the file is not whole at the node".to_owned()))?;
        let id = ItemId::from_bytes(rand::random());
        let values = [
            ("at", Input::Str(at)),
            ("name", Input::Text(name)),
            ("hash", Input::Str(hash)),
            ("media_type", Input::Str(file.media_type.as_deref().unwrap_or_default())),
            ("size", Input::Int(i64::try_from(file.length).unwrap_or(i64::MAX))),
            ("by", Input::Text(by)),
            ("at_ms", Input::Int(at_ms)),
        ];
        let add =
            |doc: &mut AutoCommit| add_item(doc, COLLECTION, id, Place::Last, &values).map_err(|error| ClientError::BadAnswer(error.to_string()));
        self.change(add).await?;
        Ok(id.to_string())
    }

    /// Takes a document that was changed elsewhere (offline, or on another connection) into this one and sends what is new.
    pub async fn merge(&mut self, other: &mut AutoCommit) -> Result<(), ClientError> {
        self.doc.merge(other)?;
        self.own = self.doc.get_heads();
        self.send_next().await
    }

    /// Takes in changes that were made elsewhere (offline, or recorded), what they build on among them or here, and sends what is new.
    pub async fn apply(&mut self, changes: impl IntoIterator<Item = Change>) -> Result<(), ClientError> {
        self.doc.apply_changes(changes.into_iter().collect::<Vec<_>>())?;
        self.own = self.doc.get_heads();
        self.send_next().await
    }

    /// The node's heads as it last told: all of this is on its disk.
    pub fn acked_heads(&self) -> &[ChangeHash] {
        self.sync.their_heads.as_deref().unwrap_or_default()
    }

    /// Whether the node has told that it takes no changes from us (any more).
    pub fn read_only(&self) -> bool {
        self.sync.is_peer_read_only()
    }

    /// Whether our last change, or all that we last merged, is on the node's disk.
    pub fn is_acked(&mut self) -> bool {
        let own = self.own.clone();
        own.iter().all(|change| self.has_acked(change))
    }

    /// Whether the node has told that this change is on its disk. Where the node's heads are not all here yet, that is not known.
    pub fn has_acked(&mut self, change: &ChangeHash) -> bool {
        let theirs = self.acked_heads().to_vec();
        if theirs.contains(change) {
            return true;
        }
        if theirs.is_empty() || !self.doc.get_missing_deps(&theirs).is_empty() {
            return false;
        }
        !self.doc.get_changes_meta(&theirs).iter().any(|later| later.hash == *change)
    }

    /// Waits until our last change, or all that we last merged, is on the node's disk.
    pub async fn wait_acked(&mut self, within: Duration) -> Result<(), ClientError> {
        let end = Instant::now() + within;
        while !self.is_acked() {
            self.take_one(end, within).await?;
        }
        Ok(())
    }

    /// Takes in what comes until `condition` holds of the document and the node's heads.
    pub async fn wait_for(&mut self, within: Duration, mut condition: impl FnMut(&mut AutoCommit, &[ChangeHash]) -> bool) -> Result<(), ClientError> {
        let end = Instant::now() + within;
        loop {
            let theirs = self.acked_heads().to_vec();
            if condition(&mut self.doc, &theirs) {
                return Ok(());
            }
            self.take_one(end, within).await?;
        }
    }

    /// Waits for the next message and takes it in.
    pub async fn take_next(&mut self, within: Duration) -> Result<(), ClientError> {
        self.take_one(Instant::now() + within, within).await
    }

    /// Takes in what has come already, without waiting. Returns how many messages that were.
    pub async fn settle(&mut self) -> Result<usize, ClientError> {
        let mut taken = 0;
        while let Ok(data) = self.inbox.try_recv() {
            self.take(&data).await?;
            taken += 1;
        }
        Ok(taken)
    }

    async fn take_one(&mut self, end: Instant, within: Duration) -> Result<(), ClientError> {
        match timeout_at(end, self.inbox.recv()).await {
            Ok(Some(data)) => self.take(&data).await,
            Ok(None) => Err(self.link.why_ended()),
            Err(_) => Err(ClientError::TimedOut(within)),
        }
    }

    async fn take(&mut self, data: &[u8]) -> Result<(), ClientError> {
        if data.is_empty() {
            return Err(ClientError::Unavailable(self.id.clone()));
        }
        let message = Message::decode(data).map_err(|error| ClientError::BadAnswer(error.to_string()))?;
        self.doc.sync().receive_sync_message(&mut self.sync, message)?;
        self.send_next().await
    }

    async fn send_next(&mut self) -> Result<(), ClientError> {
        let Some(message) = self.doc.sync().generate_sync_message(&mut self.sync) else { return Ok(()) };
        let data = Bytes(message.encode());
        self.link.send(&ToNode::Sync { document: &self.id, sender: &self.link.peer, target: &self.link.node, data }).await
    }
}

impl Drop for DocSession {
    fn drop(&mut self) {
        self.link.forget(&self.id);
    }
}
