//! A running node: its parts put together in order, and taken apart in order.

use std::net::SocketAddr;
use std::time::Duration;

use jeli_protocol::replica;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::accounts::{PasswordError, SetupCode};
use crate::api::{App, ControlToken, KnownHosts, router};
use crate::config::{DataFolder, FolderError, Lock};
use crate::driver::{self, DriverConfig, DriverError};
use crate::network::{self, NetworkConfig};
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
    /// How fast it publishes.
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
    #[error("{address} cannot be used for the page: {source}; another program may have the port: choose another with --listen, or stop that program")]
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
        // Taken before anything else runs: a taken port must leave everything as it is.
        let http = |source| StartError::Http { address: config.http, source };
        let listener = TcpListener::bind(config.http).await.map_err(http)?;
        let address = listener.local_addr().map_err(http)?;
        let key = folder.node_key()?;
        let certificate = folder.certificate(&key)?;
        let secure = SecurePage::wanted(&folder, &certificate.school_name, config.secure, &config.hosts)?;
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
        let (network, events) = network::start(*key.secret(), wanted)?;
        let store = Store::open(&folder.database())?;
        // Not before the database is known to be ours: whatever is refused stays as it was.
        folder.tighten();
        let identity = Identity {
            school: SchoolInfo { id: certificate.school, name: certificate.school_name.clone() },
            node: NodeInfo { id: key.id(), name: certificate.node_name.clone() },
        };
        let (handle, end) = ReplicaHandle::new(identity);
        let driver = driver::spawn(DriverConfig { key, certificate, timing: config.timing, line }, store, network, events, end)?;
        let token = folder.control_token()?;
        let app = App::start(
            handle.clone(),
            ControlToken::new(&token),
            config.setup_code,
            KnownHosts::new(config.hosts),
            secure.as_ref().map(SecurePage::facts),
        )?;
        let stopping = CancellationToken::new();
        let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let secure = secure.map(|page| page.serve(service.clone())).transpose()?;
        let (stop, for_server) = (stopping.clone(), app.clone());
        let server = tokio::spawn(async move {
            let until = stop.cancelled_owned();
            if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(until).await {
                tracing::error!(%error, "the page is no longer served");
            }
            drop(for_server);
        });
        folder.write_address(&format!("http://{address}"))?;
        Ok(Self { http: address, secure, token, app, replica: handle, server, stopping, driver, folder, _lock: lock })
    }

    /// Where browsers reach it.
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

    /// The replica's handle, for what runs in the same process.
    pub fn replica(&self) -> &ReplicaHandle {
        &self.replica
    }

    /// Ends when the page is no longer served, which is a fault unless the node is being stopped.
    pub async fn ended(&mut self) {
        let _ = (&mut self.server).await;
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
        // The driver ends when nobody can ask it any more; its last commit is done then.
        self.app.documents.stop().await;
        drop((self.app, self.replica));
        let driver = self.driver;
        let ended = tokio::task::spawn_blocking(move || driver.join());
        if !matches!(timeout(STOP_GRACE, ended).await, Ok(Ok(Ok(())))) {
            tracing::warn!("the store was not closed in time; what was acknowledged is on disk");
        }
    }
}
