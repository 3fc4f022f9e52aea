//! A running node: its parts put together in order, and taken apart in order.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use jeli_protocol::replica;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::accounts::{Passes, PasswordError, SetupCode};
use crate::api::{App, ControlToken, Gate, KnownHosts, Scheme, router};
use crate::blobs::Blobs;
use crate::budget::{Budget, BudgetError};
use crate::bundles::Bundles;
use crate::config::{DataFolder, FolderError, Lock};
use crate::driver::{self, Cursors, DriverConfig, DriverError, Paces};
use crate::network::{self, LineCost, NetworkConfig, NetworkHandle};
use crate::page_doors::{self, Doors};
use crate::replica_handle::{Identity, Line, NodeInfo, ReplicaHandle, SchoolInfo};
use crate::secure_page::{SecurePage, SecurePageError, Wanted};
use crate::store::{OpenError, Store};

/// How a node runs.
pub struct RunConfig {
    /// Where browsers reach it; port 0 takes any free one.
    pub http: SocketAddr,
    /// Where browsers reach it over TLS, for phones that keep documents.
    pub secure: Wanted,
    /// How it meets other nodes.
    pub network: NetworkConfig,
    /// What jeli.toml says of the line; `network.cost` is what a director made of it.
    pub configured: LineCost,
    /// How fast it publishes where bytes cost nothing.
    pub timing: replica::Timing,
    /// Names under which browsers may call it, besides `localhost` and addresses.
    pub hosts: Vec<String>,
    /// The code for the first account.
    pub setup_code: SetupCode,
}

/// Why a node does not start. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Its database.
    #[error("the database cannot be opened: {0}")]
    Store(#[from] OpenError),
    /// Its place for browsers.
    #[error("the page cannot be served at {address}: {why}", why = page_doors::why_not(source, "--listen"))]
    Http {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// Its place for browsers over TLS.
    #[error(transparent)]
    Secure(#[from] SecurePageError),
    /// Its network.
    #[error(transparent)]
    Network(#[from] network::StartError),
    /// Its driver.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// Its data budget.
    #[error(transparent)]
    Budget(#[from] BudgetError),
    /// Passwords.
    #[error(transparent)]
    Passwords(#[from] PasswordError),
}

/// A node that runs.
pub struct RunningNode {
    http: SocketAddr,
    secure: Option<SecurePage>,
    token: String,
    app: App,
    replica: ReplicaHandle,
    server: JoinHandle<()>,
    stopping: CancellationToken,
    driver: std::thread::JoinHandle<()>,
    counting: JoinHandle<()>,
    folder: DataFolder,
    _lock: Lock,
}

/// Time for open connections to end, and then for the store to close, when a node stops. What was acknowledged is on disk in any case.
const STOP_GRACE: Duration = Duration::from_secs(10);

impl RunningNode {
    /// Starts the node of a folder. When this returns, browsers can call it.
    pub async fn start(folder: DataFolder, config: RunConfig) -> Result<Self, StartError> {
        folder.require_node()?;
        let lock = folder.lock()?;
        folder.require_database()?;
        // Taken before anything else runs: a taken port must leave everything as it is.
        let (listen, doors) = page_doors::where_to_listen(&folder.database(), config.http)?;
        let http = |source| StartError::Http { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(http)?;
        let address = listener.local_addr().map_err(http)?;
        let key = folder.node_key()?;
        let certificate = folder.certificate(&key)?;
        let beside = match (config.secure, doors, address.port().checked_add(1)) {
            (Wanted::No, Doors::Network, Some(port)) => Wanted::IfItCan(SocketAddr::new(address.ip(), port)),
            (secure, ..) => secure,
        };
        let secure = SecurePage::wanted(&folder, &certificate.school_name, beside, &config.hosts)?;
        let mut wanted = config.network;
        if wanted.line == network::Line::Open && driver::chosen_line(&folder.database())? == Line::Cut {
            tracing::info!("this school works apart, as it did when the program stopped");
            wanted.line = network::Line::Cut;
        }
        let line = match wanted.line {
            network::Line::Open => Line::Open,
            network::Line::Cut => Line::Cut,
        };
        // Before the database, for the same reason.
        let (configured, cost) = (config.configured, wanted.cost);
        let (network, events) = network::start(*key.secret(), wanted)?;
        let store = Store::open(&folder.database())?;
        folder.mark_database()?;
        // Not before the database is known to be ours: whatever is refused stays as it was.
        folder.tighten();
        let identity = Identity {
            school: SchoolInfo { id: certificate.school, name: certificate.school_name.clone() },
            node: NodeInfo { id: key.id(), name: certificate.node_name.clone() },
        };
        let (handle, end) = ReplicaHandle::new(identity);
        let passes = Passes::new(key.clone(), certificate.clone());
        let (own_key, own_certificate) = (key.clone(), certificate.clone());
        let driver = driver::spawn(DriverConfig { key, certificate, paces: paces(config.timing, cost), line }, store, network.clone(), events, end)?;
        let budget = Budget::start(handle.clone(), network.clone(), configured).await?;
        let blobs = Blobs::start(&folder.files(), handle.clone(), network, budget.allowance()).await;
        let bundles = Bundles::start(&folder.bundles(), own_key, own_certificate, handle.clone(), blobs.clone());
        let token = folder.control_token()?;
        let app = App::start(
            handle.clone(),
            blobs,
            bundles,
            budget,
            Gate { control_token: ControlToken::new(&token), setup_code: config.setup_code, passes, hosts: KnownHosts::new(config.hosts) },
            doors,
            secure.as_ref().map(SecurePage::facts),
        )?;
        let stopping = CancellationToken::new();
        let counting = tokio::spawn(app.budget.clone().run(stopping.clone()));
        let service = |scheme| router(app.clone(), scheme).into_make_service_with_connect_info::<SocketAddr>();
        let secure = secure.map(|page| page.serve(service(Scheme::Https))).transpose()?;
        let service = service(Scheme::Http);
        let (stop, for_server) = (stopping.clone(), app.clone());
        let server = tokio::spawn(async move {
            let until = stop.cancelled_owned();
            if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(until).await {
                tracing::error!(%error, "the page is no longer served");
            }
            drop(for_server);
        });
        let here = from_this_machine(address);
        folder.write_address(&format!("http://{here}"))?;
        Ok(Self { http: here, secure, token, app, replica: handle, server, stopping, driver, counting, folder, _lock: lock })
    }

    /// Where browsers of this machine reach it.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// Where browsers reach it over TLS.
    pub fn secure(&self) -> Option<SocketAddr> {
        self.secure.as_ref().map(SecurePage::address)
    }

    /// The token for the command line.
    pub fn control_token(&self) -> &str {
        &self.token
    }

    /// The local side, for what runs in the same process.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The files, for what runs in the same process.
    pub fn blobs(&self) -> &Blobs {
        &self.app.blobs
    }

    /// The network, for what runs in the same process.
    pub fn network(&self) -> NetworkHandle {
        self.app.blobs.network()
    }

    /// The replica's handle, for what runs in the same process.
    pub fn replica(&self) -> &ReplicaHandle {
        &self.replica
    }

    /// Ends when the page is no longer served, which is a fault unless the node is being stopped.
    pub async fn ended(&mut self) {
        let _ = (&mut self.server).await;
    }

    /// Ends when a director has chosen for whom the page is served from now on: the node is to be stopped and started again.
    pub fn asked_to_reopen(&self) -> impl Future<Output = ()> + use<> {
        let app = self.app.clone();
        async move { app.reopen.notified().await }
    }

    /// Stops in order: no new work, tabs sent away, documents unloaded, last commits made, peers told.
    pub async fn stop(self) {
        self.folder.forget_address();
        self.app.stop();
        self.stopping.cancel();
        if let Some(secure) = self.secure {
            secure.stop(STOP_GRACE).await;
        }
        if !self.server.is_finished() {
            let _ = timeout(STOP_GRACE, self.server).await;
        }
        // What was counted last is kept.
        let _ = timeout(STOP_GRACE, self.counting).await;
        // The driver ends when nobody can ask it any more; its last commit is done then.
        self.app.documents.stop().await;
        self.app.blobs.stop().await;
        drop((self.app, self.replica));
        let driver = self.driver;
        let ended = tokio::task::spawn_blocking(move || driver.join());
        if !matches!(timeout(STOP_GRACE, ended).await, Ok(Ok(Ok(())))) {
            tracing::warn!("the store was not closed in time; what was acknowledged is on disk");
        }
    }
}

/// How fast a node goes on a line of this cost. The local network is always free.
fn paces(near: replica::Timing, cost: LineCost) -> Paces {
    match cost {
        LineCost::Free => Paces { beyond: near.clone(), near, cursors: Cursors::Go },
        LineCost::Metered => Paces { near, beyond: replica::Timing::careful(), cursors: Cursors::Wait },
    }
}

/// Where programs of this machine reach what listens there: not every system takes "any address" for one to call.
fn from_this_machine(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(all) if all.ip().is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, all.port())),
        SocketAddr::V6(all) if all.ip().is_unspecified() => SocketAddr::from((Ipv6Addr::LOCALHOST, all.port())),
        one => one,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::sync::Arc;

    use jeli_client::{Auth, Client, NewDocument, WriteRule};
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    use super::*;
    use crate::network::Mdns;

    async fn node(folder: &tempfile::TempDir) -> RunningNode {
        let folder = DataFolder::new(folder.path().join("node"));
        folder.init("office", "School", None).expect("a node");
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let network = NetworkConfig { listen: Vec::new(), mdns: Mdns::Off, ..NetworkConfig::new(0, LineCost::Free) };
        let (timing, setup_code) = (replica::Timing::default(), SetupCode::fixed(*b"12345678"));
        let config =
            RunConfig { http: here, secure: Wanted::Asked(here), network, configured: LineCost::Free, timing, hosts: Vec::new(), setup_code };
        RunningNode::start(folder, config).await.expect("it runs")
    }

    /// Asks for a seat code as a browser that says where its page comes from.
    fn seat(mut server: impl Read + Write, node: &RunningNode, at: SocketAddr, meeting: &str, origin: &str) -> String {
        let token = node.control_token();
        let request = format!(
            "POST /api/v1/documents/{meeting}/seats HTTP/1.1\r\nHost: {at}\r\nOrigin: {origin}://{at}\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: 0\r\nConnection: close\r\n\r\n"
        );
        server.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        let _ = server.read_to_end(&mut answer);
        String::from_utf8(answer).expect("text")
    }

    fn over_tls(node: &RunningNode, at: SocketAddr) -> impl Read + Write {
        let pem = node.secure.as_ref().expect("served").facts().authority_pem;
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM")).expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let client = rustls::ClientConnection::new(Arc::new(config), "127.0.0.1".try_into().expect("a name")).expect("a client");
        rustls::StreamOwned::new(client, std::net::TcpStream::connect(at).expect("it listens"))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_address_for_phones_is_of_the_server_that_was_asked_whatever_a_browser_says() {
        let folder = tempfile::tempdir().expect("a folder");
        let node = node(&folder).await;
        let (http, https) = (node.http(), node.secure().expect("served over TLS"));
        let client = Client::new(&format!("http://{http}"), Auth::Token(node.control_token().to_owned())).expect("a client");
        let spaces = client.spaces().await.expect("spaces");
        let new = NewDocument { space: &spaces[0].id, kind: "meeting", title: "x", language: "kk", write_rule: WriteRule::Owner, about: "" };
        let meeting = client.create_document(&new).await.expect("a meeting").id;
        tokio::task::block_in_place(|| {
            for origin in ["http", "https"] {
                let plain = seat(std::net::TcpStream::connect(http).expect("it listens"), &node, http, &meeting, origin);
                assert!(plain.contains(r#""address":"http://"#), "from {origin}: {plain}");
                let secure = seat(over_tls(&node, https), &node, https, &meeting, origin);
                assert!(secure.contains(r#""address":"https://"#), "from {origin}: {secure}");
            }
        });
        node.stop().await;
    }
}
