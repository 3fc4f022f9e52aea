//! A running node: its parts put together in order, and taken apart in order.

use std::net::SocketAddr;
use std::path::Path;

use jeli_protocol::replica;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::accounts::{PasswordError, SetupCode};
use crate::api::{App, ControlToken, KnownHosts, router};
use crate::driver::{self, DriverConfig, DriverError};
use crate::home::{Home, HomeError};
use crate::network::{self, NetworkConfig};
use crate::replica_handle::{Identity, Line, NodeInfo, ReplicaHandle, SchoolInfo};
use crate::store::{OpenError, Store};

/// How a node runs.
pub struct RunConfig {
    /// Where browsers reach it; port 0 takes any free one.
    pub http: SocketAddr,
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
    Home(#[from] HomeError),
    /// Its database.
    #[error("the database cannot be opened: {0}")]
    Store(#[from] OpenError),
    /// Its place for browsers.
    #[error("{address} cannot be used for the page: {source}; another program may have the port: choose another with --http, or stop that program")]
    Http {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
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
    token: String,
    app: App,
    server: JoinHandle<()>,
    stopping: CancellationToken,
    driver: std::thread::JoinHandle<()>,
    home: Home,
}

impl RunningNode {
    /// Starts the node of a folder. When this returns, browsers can call it.
    pub async fn start(folder: &Path, config: RunConfig) -> Result<Self, StartError> {
        let home = Home::open(folder)?;
        let (key, certificate) = (home.key()?, home.certificate()?);
        let store = Store::open(&home.database())?;
        // Taken before anything else runs: a taken port must leave everything as it is.
        let http = |source| StartError::Http { address: config.http, source };
        let listener = TcpListener::bind(config.http).await.map_err(http)?;
        let address = listener.local_addr().map_err(http)?;
        let line = match config.network.line {
            network::Line::Open => Line::Open,
            network::Line::Cut => Line::Cut,
        };
        let (network, events) = network::start(*key.secret(), config.network)?;
        let identity = Identity {
            school: SchoolInfo { id: certificate.school, name: certificate.school_name.clone() },
            node: NodeInfo { id: key.id(), name: certificate.node_name.clone() },
        };
        let (handle, end) = ReplicaHandle::new(identity);
        let driver = driver::spawn(DriverConfig { key, certificate, timing: config.timing, line }, store, network, events, end)?;
        let token = home.new_control_token()?;
        let app = App::start(handle, ControlToken::new(&token), config.setup_code, KnownHosts::new(config.hosts))?;
        let stopping = CancellationToken::new();
        let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let (stop, for_server) = (stopping.clone(), app.clone());
        let server = tokio::spawn(async move {
            let until = stop.cancelled_owned();
            if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(until).await {
                tracing::error!(%error, "the page is no longer served");
            }
            drop(for_server);
        });
        home.write_address(&format!("http://{address}"))?;
        Ok(Self { http: address, token, app, server, stopping, driver, home })
    }

    /// Where browsers reach it.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// The token for the command line.
    pub fn control_token(&self) -> &str {
        &self.token
    }

    /// The local side, for what runs in the same process.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Stops in order: no new work, tabs sent away, documents unloaded, last commits made, peers told.
    pub async fn stop(self) {
        self.app.stop();
        self.stopping.cancel();
        let _ = self.server.await;
        drop(self.app);
        let driver = self.driver;
        let _ = tokio::task::spawn_blocking(move || driver.join()).await;
        let _ = std::fs::remove_file(self.home.database().with_file_name("address"));
    }
}
