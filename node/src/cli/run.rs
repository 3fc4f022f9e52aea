//! `jeli run`: everything of a node in one process, from the lock on its folder to the last commit.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use jeli_protocol::replica;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use super::{Output, messages};
use crate::accounts::SetupCode;
use crate::api::{App, ControlToken, KnownHosts, router};
use crate::config::{Config, DataFolder};
use crate::driver::{self, DriverConfig};
use crate::network::{self, LineCost, Mdns, NetworkConfig};
use crate::replica_handle::{Identity, Line, NodeInfo, ReplicaHandle, SchoolInfo};
use crate::store::Store;

/// Time for open connections to end when the node stops. What was acknowledged is on disk in any case.
const STOP_GRACE: Duration = Duration::from_secs(10);

#[derive(Args)]
pub(super) struct RunArgs {
    /// Address and port of the page; what jeli.toml says otherwise.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// UDP and TCP port for other nodes; 0 takes a free one.
    #[arg(long)]
    peer_port: Option<u16>,
    /// Let other nodes in on this address of the machine only; may be given several times.
    #[arg(long)]
    peer_address: Vec<std::net::IpAddr>,
    /// Do not look for nodes on the same network.
    #[arg(long)]
    no_mdns: bool,
    /// Start alone: do not join the line.
    #[arg(long)]
    cut: bool,
    /// The code for the first account, instead of a random one (eight digits; for automatic set-up).
    #[arg(long, env = "JELI_SETUP_CODE", hide_env_values = true, value_parser = eight_digits)]
    setup_code: Option<[u8; 8]>,
    /// Write logs as JSON.
    #[arg(long)]
    log_json: bool,
}

fn eight_digits(text: &str) -> Result<[u8; 8], String> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).collect();
    match <[u8; 8]>::try_from(digits) {
        Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(digits),
        _ => Err("eight digits are needed".to_owned()),
    }
}

pub(super) fn run(folder: &DataFolder, args: &RunArgs, output: Output) -> anyhow::Result<()> {
    folder.require_node()?;
    let mut config = Config::read(&folder.config_file())?;
    config.listen = args.listen.unwrap_or(config.listen);
    config.peer_port = args.peer_port.unwrap_or(config.peer_port);
    config.mdns &= !args.no_mdns;
    if !args.peer_address.is_empty() {
        config.peer_addresses.clone_from(&args.peer_address);
    }
    log_to_stderr(args.log_json);
    // Everything that can refuse comes before anything that changes a file: the lock, the port, the look at the database.
    let _lock = folder.lock()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the program could not start its threads")?;
    runtime.block_on(serve(folder, &config, args, output))
}

async fn serve(folder: &DataFolder, config: &Config, args: &RunArgs, output: Output) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.listen).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow::anyhow!(messages::port_taken(config.listen)),
        _ => anyhow::Error::new(error).context(format!("the page cannot be served at {}", config.listen)),
    })?;
    let key = folder.node_key()?;
    let certificate = folder.certificate(&key)?;
    let token = folder.control_token()?;
    let store = Store::open(&folder.database()).with_context(|| format!("{} cannot be used; it was left as it is", folder.database().display()))?;
    let identity = Identity {
        school: SchoolInfo { id: certificate.school, name: certificate.school_name.clone() },
        node: NodeInfo { id: certificate.node, name: certificate.node_name.clone() },
    };
    let line = if args.cut { Line::Cut } else { Line::Open };
    let (network, events) = network::start(*key.secret(), network_config(config, line)).context("the node cannot be reached by others")?;
    let (replica, end) = ReplicaHandle::new(identity);
    let driver = driver::spawn(DriverConfig { key, certificate, timing: replica::Timing::default(), line }, store, network, events, end)?;

    let code = args.setup_code.map_or_else(SetupCode::random, SetupCode::fixed);
    let shown_code = code.to_string();
    let app = App::start(replica.clone(), ControlToken::new(&token), code, KnownHosts::new(config.hosts.iter().cloned()))?;
    let address = format!("http://{}", listener.local_addr()?);
    let people = replica.with_db(|db| crate::accounts::count(db)).await??;
    folder.write_address(&address)?;
    let needed = (people == 0).then_some(shown_code.as_str());
    output.give(&serde_json::json!({ "address": address, "setup_code": needed }), || messages::started(&address, needed));
    tracing::info!(%address, "serving");

    let stop = CancellationToken::new();
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
    let mut server = tokio::spawn(server.into_future());
    tokio::select! {
        () = asked_to_stop() => {}
        ended = &mut server => tracing::error!(?ended, "the page is no longer served"),
    }
    tracing::info!("stopping");
    folder.forget_address();
    app.stop();
    stop.cancel();
    let _ = timeout(STOP_GRACE, server).await;
    // The driver ends when nobody can ask it any more; its last commit is done then.
    app.documents.stop().await;
    drop((app, replica));
    let ended = tokio::task::spawn_blocking(move || driver.join());
    if !matches!(timeout(STOP_GRACE, ended).await, Ok(Ok(Ok(())))) {
        tracing::warn!("the store was not closed in time; what was acknowledged is on disk");
    }
    output.give(&serde_json::json!({ "stopped": true }), || messages::stopped().to_owned());
    Ok(())
}

fn network_config(config: &Config, line: Line) -> NetworkConfig {
    let cost = if config.metered { LineCost::Metered } else { LineCost::Free };
    let mut network = NetworkConfig::new(config.peer_port, cost);
    if !config.peer_addresses.is_empty() {
        network.listen = config.peer_addresses.iter().flat_map(|address| listen_on(*address, config.peer_port)).collect();
    }
    network.mdns = if config.mdns { Mdns::On } else { Mdns::Off };
    network.line = match line {
        Line::Open => network::Line::Open,
        Line::Cut => network::Line::Cut,
    };
    network
}

/// TCP and QUIC on one address.
fn listen_on(address: std::net::IpAddr, port: u16) -> [network::Multiaddr; 2] {
    use libp2p::multiaddr::Protocol;
    let base = network::Multiaddr::from(address);
    [base.clone().with(Protocol::Tcp(port)), base.with(Protocol::Udp(port)).with(Protocol::QuicV1)]
}

/// Ctrl+C, or what a service manager sends.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

fn log_to_stderr(json: bool) {
    let filter = EnvFilter::try_from_env("JELI_LOG").unwrap_or_else(|_| EnvFilter::new("warn,jeli_node=info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A logger that is there already (tests) stays.
    let _ = if json { logs.json().try_init() } else { logs.try_init() };
}
