//! A connection for documents: one WebSocket, many documents.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::api::Auth;
use crate::document::DocSession;
use crate::error::ClientError;
use crate::wire::{FromNode, Metadata, ToNode};

/// The node answers a `join` at once.
const JOIN_TIMEOUT: Duration = Duration::from_secs(20);
/// Messages waiting to be written, or to be looked at by one document.
const QUEUE: usize = 4_096;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Routes = Arc<Mutex<HashMap<String, mpsc::Sender<Vec<u8>>>>>;

/// A connection. Documents opened on it end with it. Cheap to clone; it closes when the last clone and document is dropped.
#[derive(Clone)]
pub struct Session {
    pub(crate) link: Arc<Link>,
}

pub(crate) struct Link {
    /// The name we gave ourselves.
    pub(crate) peer: String,
    /// The node's name on this connection.
    pub(crate) node: String,
    outbox: mpsc::Sender<Vec<u8>>,
    routes: Routes,
    ended: Arc<Mutex<Option<String>>>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Link {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Session {
    /// Connects to the node at `base` (`http://host:port`).
    pub async fn open(base: &str, auth: &Auth) -> Result<Self, ClientError> {
        let unreachable = |source: Box<dyn std::error::Error + Send + Sync>| ClientError::Unreachable { address: base.to_owned(), source };
        let address = format!("{}/sync", base.trim_end_matches('/').replacen("http", "ws", 1));
        let mut request = address.into_client_request().map_err(|error| unreachable(Box::new(error)))?;
        let (name, value) = match auth {
            Auth::Token(token) => ("authorization", format!("Bearer {}", token.trim())),
            Auth::Session(cookie) => ("cookie", format!("jeli_session={cookie}")),
            Auth::Nobody => ("x-nobody", String::new()),
        };
        let bad_header = |_| ClientError::BadAnswer("the token or the address cannot stand in a header".to_owned());
        request.headers_mut().insert(name, HeaderValue::from_str(&value).map_err(bad_header)?);
        request.headers_mut().insert("origin", HeaderValue::from_str(base.trim_end_matches('/')).map_err(bad_header)?);
        let (socket, _) = connect_async(request).await.map_err(|error| unreachable(Box::new(error)))?;
        Self::join(socket).await
    }

    async fn join(socket: Socket) -> Result<Self, ClientError> {
        let (mut sink, mut stream) = socket.split();
        let peer = peer_name();
        let join = ToNode::Join { sender: &peer, metadata: Metadata { is_ephemeral: true }, versions: ["1"] };
        sink.send(Message::Binary(join.encode().into())).await.map_err(closed)?;
        let greeting = timeout(JOIN_TIMEOUT, next(&mut stream)).await.map_err(|_| ClientError::TimedOut(JOIN_TIMEOUT))??;
        if greeting.kind != "peer" {
            return Err(ClientError::Closed(greeting.message));
        }
        let routes = Routes::default();
        let ended = Arc::new(Mutex::new(None));
        let (outbox, to_write) = mpsc::channel(QUEUE);
        let tasks = [tokio::spawn(write(sink, to_write)), tokio::spawn(read(stream, routes.clone(), ended.clone()))];
        Ok(Self { link: Arc::new(Link { peer, node: greeting.sender, outbox, routes, ended, tasks }) })
    }

    /// Opens a document and waits until we have what the node has. `actor` (hexadecimal) is from [`crate::Client::me`]; without one
    /// Automerge makes its own.
    pub async fn open_document(&self, id: &str, actor: Option<&str>) -> Result<DocSession, ClientError> {
        let (sender, inbox) = mpsc::channel(QUEUE);
        self.link.routes.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), sender);
        DocSession::open(self.link.clone(), id, actor, inbox).await
    }
}

impl Link {
    pub(crate) async fn send(&self, message: &ToNode<'_>) -> Result<(), ClientError> {
        self.outbox.send(message.encode()).await.map_err(|_| self.why_ended())
    }

    pub(crate) fn why_ended(&self) -> ClientError {
        let reason = self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ClientError::Closed(reason.unwrap_or_else(|| "the connection is gone".to_owned()))
    }

    pub(crate) fn forget(&self, document: &str) {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner).remove(document);
    }
}

/// A name that no other tab has: the address of this moment and of our memory is enough among the tabs of one node.
fn peer_name() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let random = std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), now);
    format!("client-{now:x}-{random:x}")
}

async fn write(mut sink: SplitSink<Socket, Message>, mut outbox: mpsc::Receiver<Vec<u8>>) {
    while let Some(bytes) = outbox.recv().await {
        if sink.send(Message::Binary(bytes.into())).await.is_err() {
            return;
        }
    }
    let _ = sink.send(Message::Close(None)).await;
}

async fn read(mut stream: SplitStream<Socket>, routes: Routes, ended: Arc<Mutex<Option<String>>>) {
    let reason = loop {
        let message = match next(&mut stream).await {
            Ok(message) => message,
            Err(error) => break error.to_string(),
        };
        let route = routes.lock().unwrap_or_else(PoisonError::into_inner).get(&message.document).cloned();
        match (message.kind.as_str(), route) {
            ("sync", Some(route)) => drop(route.send(message.data.0).await),
            // An empty message stands for "unavailable": a sync message is never empty.
            ("doc-unavailable", Some(route)) => drop(route.send(Vec::new()).await),
            ("error", _) => break message.message,
            _ => {}
        }
    };
    *ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    // Every document learns that nothing comes any more.
    routes.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

async fn next(stream: &mut SplitStream<Socket>) -> Result<FromNode, ClientError> {
    loop {
        match stream.next().await {
            Some(Ok(Message::Binary(bytes))) => {
                return ciborium::from_reader(bytes.as_ref()).map_err(|error| ClientError::BadAnswer(error.to_string()));
            }
            Some(Ok(Message::Close(frame))) => return Err(ClientError::Closed(frame.map_or_else(String::new, |frame| frame.reason.to_string()))),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(closed(error)),
            None => return Err(ClientError::Closed("the node hung up".to_owned())),
        }
    }
}

fn closed(error: tokio_tungstenite::tungstenite::Error) -> ClientError {
    ClientError::Closed(error.to_string())
}
