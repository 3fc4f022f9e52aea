//! A node's local side in this process, over a replica's end that lives in memory and does what a test says: keep, delay, refuse, fail.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use automerge::{AutoCommit, Change};
use jeli_client::{Auth, Client, ClientError, NewDocument, NewPerson, WriteRule};
use jeli_node::accounts::{ACCOUNTS_MIGRATION, Passes, SEATS_MIGRATION, SetupCode};
use jeli_node::api::{App, ControlToken, Gate, KnownHosts, QUESTIONNAIRES_MIGRATION, Scheme, router};
use jeli_node::audience::{Audience, is_personal};
use jeli_node::blobs::{BLOBS_MIGRATION, Blobs};
use jeli_node::budget::{BUDGET_MIGRATION, Budget};
use jeli_node::bundles::Bundles;
use jeli_node::documents::set_aside::SET_ASIDE_MIGRATION;
use jeli_node::events::Event;
use jeli_node::network::{self, LineCost, Mdns, NetworkConfig};
use jeli_node::page_doors::Doors;
use jeli_node::replica_handle::{
    ActRefusal, Applied, BundleRequest, CanWrite, ContentState, Described, DocumentInfo, DocumentStatus, Identity, JoinRefusal, LoadedAnswer,
    NodeInfo, Publication, ReplicaEnd, ReplicaHandle, Request, SchoolInfo, SpaceInfo, SpaceJourney, SpaceMember, SpaceReach, SpaceRole, StoreFault,
    StoredDocument, SubmitRefusal, Submitted,
};
use jeli_node::store::{FilePart, NamedFile, NamedInHistory, Naming};
use jeli_protocol::certificate::NodeCertificate;
use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, NodeId, SchoolId, SpaceId};
use jeli_protocol::keys::{NodeKey, SchoolKey};
use jeli_protocol::kinds::{Facts, FileReference};
use jeli_protocol::replica::Part;
use rusqlite::Connection;
use tokio::sync::{Mutex, broadcast, watch};

pub(crate) const TOKEN: &str = "a token for tests";
pub(crate) const SETUP_CODE: &str = "1234 5678";
pub(crate) const PASSWORD: &str = "correct horse";
pub(crate) const SOON: Duration = Duration::from_secs(20);
/// Long enough for a wrong answer to arrive, where a test shows that none does.
pub(crate) const QUIET: Duration = Duration::from_millis(300);

/// The school's own space, and one that it shares with others.
pub(crate) const PRIVATE: SpaceId = SpaceId([3; 32]);
pub(crate) const NETWORK: SpaceId = SpaceId([4; 32]);

/// An HTTP client that is none of jeli's own, for what those would never ask. It brings its TLS along, since a test may be the first in its process to
/// ask for one.
pub(crate) fn bare_http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client of HTTP")
}

fn reach(space: SpaceId) -> SpaceReach {
    if space == PRIVATE { SpaceReach::Private } else { SpaceReach::Shared }
}

/// What the replica's end does with submissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mood {
    Keep,
    /// Keep nothing and answer nothing until the mood changes.
    Wait,
    Fail,
    /// Bears another node's name, until it comes from there.
    OtherNodesActor(Vec<u8>),
}

pub(crate) struct TestNode {
    pub(crate) address: SocketAddr,
    pub(crate) mood: watch::Sender<Mood>,
    pub(crate) stored: Arc<Mutex<BTreeMap<DocumentId, Stored>>>,
    pub(crate) applied: broadcast::Sender<Applied>,
    pub(crate) submissions: Arc<AtomicUsize>,
    /// What other nodes were last told of who has what open here.
    pub(crate) open: watch::Receiver<Vec<(DocumentId, Vec<String>)>>,
    /// How it is answered what histories name.
    pub(crate) history: watch::Sender<History>,
    pub(crate) app: App,
    folder: tempfile::TempDir,
}

/// What the replica's end does when it is asked what histories name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum History {
    Answers,
    Waits,
    /// And waits.
    IsAsked,
}

#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) space: SpaceId,
    pub(crate) kind: String,
    pub(crate) facts: Facts,
    pub(crate) files: Vec<FileReference>,
    /// Without any it is coming.
    pub(crate) changes: Vec<Vec<u8>>,
    /// Kept, and no longer part of the document.
    pub(crate) aside: Vec<Vec<u8>>,
    pub(crate) can_write: CanWrite,
}

impl TestNode {
    /// Where the contents of its files are.
    pub(crate) fn files_folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) async fn start() -> Self {
        let identity = Identity {
            school: SchoolInfo { id: SchoolId([1; 32]), name: "№12 мектеп".to_owned() },
            node: NodeInfo { id: NodeId([2; 32]), name: "кітапхана".to_owned() },
        };
        let (handle, end) = ReplicaHandle::new(identity.clone());
        let (mood, moods) = watch::channel(Mood::Keep);
        let stored = Arc::new(Mutex::new(BTreeMap::new()));
        let submissions = Arc::new(AtomicUsize::new(0));
        let applied = end.applied.clone();
        let (tell_open, open) = watch::channel(Vec::new());
        let (history, _) = watch::channel(History::Answers);
        tokio::spawn(run(end, moods, history.clone(), stored.clone(), submissions.clone(), tell_open, identity.clone()));
        let key = NodeKey::from_secret(&rand::random());
        let certificate = NodeCertificate::issue(&SchoolKey::from_secret(&[1; 32]), "№12 мектеп", &key, "кітапхана");
        let passes = Passes::new(key.clone(), certificate.clone());
        let folder = tempfile::tempdir().expect("a folder");
        let network = NetworkConfig { listen: Vec::new(), mdns: Mdns::Off, ..NetworkConfig::new(0, LineCost::Free) };
        let (network, _) = network::start(rand::random(), network).expect("a network");
        let budget = Budget::start(handle.clone(), network.clone(), LineCost::Free).await.expect("it is read");
        let blobs = Blobs::start(folder.path(), handle.clone(), network, budget.allowance()).await;
        let bundles = Bundles::start(&folder.path().join("bundles"), key, certificate, handle.clone(), blobs.clone());
        let setup_code = SetupCode::fixed(*b"12345678");
        let gate = Gate { control_token: ControlToken::new(TOKEN), setup_code, passes, hosts: KnownHosts::default() };
        let app = App::start(handle, blobs, bundles, budget, gate, Doors::Machine, None).expect("starts");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let service = router(app.clone(), Scheme::Http).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, mood, stored, applied, submissions, open, history, app, folder }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn nobody(&self) -> Client {
        Client::new(&self.base(), Auth::Nobody).expect("a client")
    }

    pub(crate) fn control(&self) -> Client {
        Client::new(&self.base(), Auth::Token(TOKEN.to_owned())).expect("a client")
    }

    /// Makes an account and signs in with it.
    pub(crate) async fn person(&self, login: &str, role: &str) -> Client {
        let person = NewPerson { name: login, login, password: PASSWORD, role, language: "kk", pass: None };
        self.control().add_person(&person).await.expect("the account is made");
        self.nobody().sign_in(login, PASSWORD).await.expect("signs in")
    }

    pub(crate) async fn new_plan(&self) -> String {
        self.new_document(&self.control(), PRIVATE, "plan").await
    }

    pub(crate) async fn new_document(&self, by: &Client, space: SpaceId, kind: &str) -> String {
        let space = space.to_string();
        let document = NewDocument { space: &space, kind, title: "Даму жоспары", language: "kk", write_rule: WriteRule::Owner, about: "" };
        by.create_document(&document).await.expect("the document is made").id
    }

    /// Changes that come from another school: stored, then told.
    pub(crate) async fn arrive(&self, document: DocumentId, changes: Vec<Vec<u8>>) {
        self.stored.lock().await.get_mut(&document).expect("known").changes.extend(changes.clone());
        self.applied.send(Applied::Document { document, changes: changes.into() }).expect("somebody listens");
    }

    /// Writes in a document as somebody elsewhere would, and brings it.
    pub(crate) async fn bring(&self, document: DocumentId, edit: impl FnOnce(&mut AutoCommit)) {
        let stored = self.stored.lock().await.get(&document).expect("known").changes.clone();
        let mut doc = AutoCommit::new().with_actor(automerge::ActorId::random());
        doc.apply_changes(stored.into_iter().map(|chunk| Change::from_bytes(chunk).expect("a change"))).expect("they fit");
        let before = doc.get_heads();
        edit(&mut doc);
        doc.commit();
        let changes = doc.get_changes(&before).iter().map(|change| change.raw_bytes().to_vec()).collect();
        self.arrive(document, changes).await;
        self.heard().await;
    }

    /// The store holds something else of a document than it did, and tells.
    pub(crate) async fn rebuilt(&self, document: DocumentId) {
        self.applied.send(Applied::Rebuilt { document }).expect("somebody listens");
        self.heard().await;
    }

    /// Waits until the documents have been told all that was applied before.
    async fn heard(&self) {
        let mut events = self.app.events.listen();
        self.applied.send(Applied::Network).expect("somebody listens");
        let network = async { while !matches!(events.recv().await, Ok(Event::Network)) {} };
        tokio::time::timeout(SOON, network).await.expect("told in time");
    }

    /// The last `count` changes are no longer part of the document.
    pub(crate) async fn takes_back(&self, document: DocumentId, count: usize) {
        let mut all = self.stored.lock().await;
        let stored = all.get_mut(&document).expect("known");
        let first = stored.changes.len() - count;
        stored.aside.extend(stored.changes.drain(first..));
        drop(all);
        self.applied.send(Applied::Rebuilt { document }).expect("somebody listens");
    }

    /// Opens a stream of events and returns what it says until it has said these words.
    pub(crate) async fn events_of(&self, client: &Client, last: &str) -> tokio::task::JoinHandle<String> {
        let Auth::Session(cookie) = client.auth().clone() else { panic!("signed in") };
        let address = format!("{}/api/v1/events", self.base());
        let mut stream = bare_http().get(address).header("cookie", format!("jeli_session={cookie}")).send().await.expect("a stream");
        let last = last.to_owned();
        tokio::spawn(async move {
            let mut said = String::new();
            while !said.contains(&last) {
                let bytes = tokio::time::timeout(SOON, stream.chunk()).await.expect("in time").expect("whole").expect("goes on");
                said.push_str(&String::from_utf8_lossy(&bytes));
            }
            said
        })
    }

    pub(crate) async fn stored_changes(&self, document: DocumentId) -> usize {
        self.stored.lock().await.get(&document).map_or(0, |stored| stored.changes.len())
    }
}

async fn run(
    mut end: ReplicaEnd,
    moods: watch::Receiver<Mood>,
    history: watch::Sender<History>,
    stored: Arc<Mutex<BTreeMap<DocumentId, Stored>>>,
    submissions: Arc<AtomicUsize>,
    tell_open: watch::Sender<Vec<(DocumentId, Vec<String>)>>,
    identity: Identity,
) {
    let mut db = Connection::open_in_memory().expect("a database");
    db.execute_batch(ACCOUNTS_MIGRATION).expect("accounts migrate");
    db.execute_batch(SET_ASIDE_MIGRATION).expect("set-aside words migrate");
    db.execute_batch(SEATS_MIGRATION).expect("seats migrate");
    db.execute_batch(QUESTIONNAIRES_MIGRATION).expect("questionnaires migrate");
    db.execute_batch("CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL)").expect("settings");
    db.execute_batch(BLOBS_MIGRATION).expect("files migrate");
    db.execute_batch(BUDGET_MIGRATION).expect("the budget migrates");
    while let Some(request) = end.requests.recv().await {
        match request {
            Request::WithDb(work) => work(&mut db),
            // Nobody to give a bundle to.
            Request::Bundle(BundleRequest::Plan { reply, .. }) => drop(reply.send(Ok(Vec::new()))),
            Request::Bundle(_) => {}
            Request::SubmitChanges { document, changes, reply, author: _ } => {
                submissions.fetch_add(1, Ordering::SeqCst);
                let mut moods = moods.clone();
                let stored = stored.clone();
                // A commit in flight must not hold up other requests of the test's replica.
                tokio::spawn(async move {
                    let mood = moods.wait_for(|mood| *mood != Mood::Wait).await.expect("the test lives").clone();
                    let _ = reply.send(keep(&mut *stored.lock().await, document, changes, &mood));
                });
            }
            Request::LoadDocument { document, reply } => {
                let found = match stored.lock().await.get(&document) {
                    None => LoadedAnswer::Unknown,
                    Some(stored) if stored.changes.is_empty() && is_personal(&stored.kind, reach(stored.space)) => LoadedAnswer::Unknown,
                    Some(stored) if stored.changes.is_empty() => LoadedAnswer::Coming,
                    Some(stored) => LoadedAnswer::Here(StoredDocument {
                        kind: stored.kind.clone(),
                        space: stored.space,
                        reach: reach(stored.space),
                        snapshot: None,
                        changes: stored.changes.clone(),
                        can_write: stored.can_write,
                    }),
                };
                let _ = reply.send(Ok(found));
            }
            Request::NoLongerPart { document, reply, heads: _ } => {
                let aside = stored.lock().await.get(&document).map(|stored| stored.aside.clone());
                let _ = reply.send(Ok(aside.unwrap_or_default()));
            }
            Request::Describe { document, description } => {
                if let Some(stored) = stored.lock().await.get_mut(&document) {
                    stored.facts = description.facts;
                    stored.files = description.files;
                }
            }
            Request::NamedFiles { document, reply } => {
                let stored = stored.lock().await;
                let named = stored.iter().filter(|(id, _)| document.is_none_or(|wanted| wanted == **id)).flat_map(|(id, stored)| {
                    let name = |file: &FileReference| NamedFile {
                        document: *id,
                        hash: file.hash,
                        part: FilePart::Content,
                        naming: Naming::Now,
                        said: file.into(),
                    };
                    stored.files.iter().map(name).collect::<Vec<_>>()
                });
                let _ = reply.send(Ok(named.collect()));
            }
            Request::NamingDocuments { hashes, documents, reply } => {
                let stored = stored.lock().await;
                let named =
                    stored.iter().filter(|(id, stored)| documents.contains(id) || stored.files.iter().any(|file| hashes.contains(&file.hash)));
                let _ = reply.send(Ok(named.map(|(id, stored)| (*id, info(&identity, *id, stored).audience)).collect()));
            }
            Request::MayFetch { reply, .. } => drop(reply.send(Ok(false))),
            Request::Providers { reply, .. } => drop(reply.send(Ok(Vec::new()))),
            Request::HistoryNames { reply, .. } => {
                history.send_if_modified(|history| {
                    let waits = *history == History::Waits;
                    if waits {
                        *history = History::IsAsked;
                    }
                    waits
                });
                let mut answers = history.subscribe();
                tokio::spawn(async move {
                    answers.wait_for(|history| *history == History::Answers).await.expect("the test lives");
                    let _ = reply.send(Ok(NamedInHistory::default()));
                });
            }
            Request::CreateDocument { space, kind, initial_changes, reply, .. } => {
                let id = DocumentId(rand::random());
                let new = Stored {
                    space,
                    kind,
                    facts: Facts::default(),
                    files: Vec::new(),
                    changes: initial_changes,
                    aside: Vec::new(),
                    can_write: CanWrite::Yes,
                };
                let info = info(&identity, id, &new);
                stored.lock().await.insert(id, new);
                let _ = reply.send(Ok(info));
            }
            Request::Documents { reply, .. } => {
                let listed = stored.lock().await.iter().map(|(id, stored)| info(&identity, *id, stored)).collect();
                let _ = reply.send(Ok(listed));
            }
            Request::Document { document, reply } => {
                let _ = reply.send(Ok(stored.lock().await.get(&document).map(|stored| info(&identity, document, stored))));
            }
            Request::Spaces { reply } => {
                let space = |id, name: &str| SpaceInfo {
                    id,
                    name: name.to_owned(),
                    reach: reach(id),
                    part: Part::Member,
                    role: SpaceRole::Convenor,
                    members: vec![SpaceMember {
                        school: identity.school.clone(),
                        role: SpaceRole::Convenor,
                        nodes: vec![identity.node.clone()],
                        former: vec![],
                    }],
                };
                let _ = reply.send(Ok(vec![space(PRIVATE, "private"), space(NETWORK, "желі")]));
            }
            Request::Presence { reply, .. } => drop(reply.send(Vec::new())),
            Request::Join { reply, .. } => drop(reply.send(Err(JoinRefusal::Spent))),
            Request::CreateSpace { reply, .. } => drop(reply.send(Err(ActRefusal::Store(StoreFault::DiskFull)))),
            Request::Invite { reply, .. } => drop(reply.send(Ok("jeli1".repeat(40)))),
            Request::SetLine { reply, .. } => drop(reply.send(Ok(()))),
            Request::LineHeld { .. } => {}
            Request::DocumentStatus { document, reply } => {
                let status = stored.lock().await.get(&document).map(|stored| DocumentStatus {
                    journey: SpaceJourney { publication: Publication::Published, schools: Vec::new(), reached: 1, of: 1 },
                    space: stored.space,
                    space_name: "желі".to_owned(),
                    space_reach: reach(stored.space),
                });
                let _ = reply.send(Ok(status));
            }
            Request::SpaceJourney { reply, .. } => drop(reply.send(Err(StoreFault::DiskFull))),
            Request::NodeStatus { reply } => drop(reply.send(Err(StoreFault::DiskFull))),
            Request::SetOpenDocuments { open } => drop(tell_open.send(open)),
            Request::SaveSnapshot { .. } | Request::Ephemeral { .. } => {}
        }
    }
}

fn keep(stored: &mut BTreeMap<DocumentId, Stored>, document: DocumentId, changes: Vec<Vec<u8>>, mood: &Mood) -> Result<Submitted, SubmitRefusal> {
    let document = stored.get_mut(&document).ok_or(SubmitRefusal::UnknownDocument)?;
    if changes.iter().any(|change| document.aside.contains(change)) {
        return Err(SubmitRefusal::NoLongerPart);
    }
    match mood {
        Mood::Fail => return Err(StoreFault::DiskFull.into()),
        Mood::OtherNodesActor(prefix) => {
            let foreign: Vec<_> = changes
                .iter()
                .map(|chunk| Change::from_bytes(chunk.clone()).expect("scanned"))
                .filter(|change| ActorId::from(change.actor_id().to_bytes()).0.starts_with(prefix))
                .map(|change| ChangeHash(change.hash().0))
                .collect();
            if !foreign.is_empty() {
                return Err(SubmitRefusal::ActorOfAnotherNode { changes: foreign });
            }
        }
        Mood::Keep | Mood::Wait => {}
    }
    let new = changes.len();
    document.changes.extend(changes);
    Ok(Submitted { new })
}

fn info(identity: &Identity, id: DocumentId, stored: &Stored) -> DocumentInfo {
    DocumentInfo {
        id,
        space: stored.space,
        state: if stored.changes.is_empty() { ContentState::Coming } else { ContentState::Here },
        kind: stored.kind.clone(),
        title: stored.facts.title.clone(),
        facts: stored.facts.clone(),
        audience: Audience::of(&stored.kind, reach(stored.space), &stored.facts.person, &identity.school.id),
        described: Described::Fresh,
        owner: identity.school.clone(),
        write_rule: jeli_node::replica_handle::WriteRule::Owner,
        can_write: stored.can_write,
        changed_at_ms: None,
        reached: 1,
        of: 1,
        waiting: 0,
    }
}

/// The code of a refusal.
pub(crate) fn code_of(error: ClientError) -> String {
    match error {
        ClientError::Refused(refusal) => refusal.code,
        other => panic!("not a refusal: {other}"),
    }
}
