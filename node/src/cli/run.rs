//! `jeli run`: everything of a node in one process, from the lock on its folder to the last commit.

use std::net::SocketAddr;

use anyhow::Context;
use clap::Args;
use jeli_protocol::replica;
use tracing_subscriber::EnvFilter;

use super::failure::Met;
use super::{Output, messages};
use crate::accounts::SetupCode;
use crate::budget;
use crate::config::{Config, DataFolder, Relay};
use crate::network::{self, LineCost, Mdns, Multiaddr, NetworkConfig, RelayChoice, Upnp};
use crate::page_doors;
use crate::running::{RunConfig, RunningNode, StartError};
use crate::store::Store;

#[derive(Args)]
pub(super) struct RunArgs {
    /// Address and port of the page; what jeli.toml says otherwise.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Address and port of the page over TLS, for phones; what jeli.toml says otherwise.
    #[arg(long)]
    listen_secure: Option<SocketAddr>,
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
    config.listen_secure = args.listen_secure.or(config.listen_secure);
    config.peer_port = args.peer_port.unwrap_or(config.peer_port);
    config.mdns &= !args.no_mdns;
    if !args.peer_address.is_empty() {
        config.peer_addresses.clone_from(&args.peer_address);
    }
    log_to_stderr(args.log_json);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the program could not start its threads")?;
    runtime.block_on(serve(folder, config, args, output))
}

async fn serve(folder: &DataFolder, mut config: Config, args: &RunArgs, output: Output) -> anyhow::Result<()> {
    let code = args.setup_code.map_or_else(SetupCode::random, SetupCode::fixed);
    let shown_code = code.to_string();
    let mut node = start(folder, &config, args, code).await?;
    // Whatever is opened anew has the port that people know.
    config.listen.set_port(node.http().port());
    let people = node.replica().with_db(|db| crate::accounts::count(db)).await??;
    let needed = (people == 0).then_some(shown_code.as_str());
    let address = format!("http://{}", node.http());
    let secure = node.secure().map(|address| format!("https://{address}"));
    output.give(&serde_json::json!({ "address": address, "secure": secure, "setup_code": needed }), || messages::started(&address, needed));
    tracing::info!(%address, "serving");
    let mut stop = std::pin::pin!(asked_to_stop());
    loop {
        let reopen = node.asked_to_reopen();
        tokio::select! {
            () = &mut stop => tracing::info!("stopping"),
            () = node.ended() => tracing::error!("the page is no longer served"),
            () = reopen => {
                tracing::info!("opening the page's place anew");
                node.stop().await;
                node = reopened(folder, &config, args).await?;
                continue;
            }
        }
        break;
    }
    node.stop().await;
    output.give(&serde_json::json!({ "stopped": true }), || messages::stopped().to_owned());
    Ok(())
}

async fn start(folder: &DataFolder, config: &Config, args: &RunArgs, setup_code: SetupCode) -> anyhow::Result<RunningNode> {
    let line = if args.cut { network::Line::Cut } else { network::Line::Open };
    let configured = if config.metered { LineCost::Metered } else { LineCost::Free };
    let cost = budget::cost_at_start(&folder.database(), configured).map_err(|error| messages::database_refused(&folder.database(), error))?;
    let run = RunConfig {
        http: config.listen,
        secure: config.secure(),
        network: network_config(config, line, cost),
        configured,
        timing: replica::Timing::default(),
        hosts: config.hosts.clone(),
        setup_code,
    };
    RunningNode::start(DataFolder::new(folder.path().to_owned()), run).await.map_err(|error| match error {
        StartError::Http { address, source } if source.kind() == std::io::ErrorKind::AddrInUse => {
            Met::PortTaken { address, folder: DataFolder::new(folder.path().to_owned()) }.into()
        }
        StartError::Store(error) => messages::database_refused(&folder.database(), error),
        error => error.into(),
    })
}

/// The node with the doors that a director has chosen, or, where those cannot be opened, as it was: nobody loses the page over it.
async fn reopened(folder: &DataFolder, config: &Config, args: &RunArgs) -> anyhow::Result<RunningNode> {
    let error = match start(folder, config, args, SetupCode::random()).await {
        Ok(node) => return Ok(node),
        Err(error) => error,
    };
    tracing::error!(%error, "the page is served for this machine alone, as before");
    Store::open(&folder.database())?.set_setting(page_doors::SETTING, page_doors::MACHINE)?;
    start(folder, config, args, SetupCode::random()).await
}

fn network_config(config: &Config, line: network::Line, cost: LineCost) -> NetworkConfig {
    let mut network = NetworkConfig::new(config.peer_port, cost);
    if !config.peer_addresses.is_empty() {
        network.listen = config.peer_addresses.iter().flat_map(|address| NetworkConfig::listen_on(*address, config.peer_port, cost)).collect();
    }
    network.mdns = if config.mdns { Mdns::On } else { Mdns::Off };
    network.line = line;
    network.relay = match config.network.relay {
        Some(Relay::Members) => RelayChoice::Members,
        Some(Relay::Off) => RelayChoice::Off,
        None => network.relay,
    };
    network.relay_month_bytes = config.network.relay_month_mb.map_or(network.relay_month_bytes, |mb| mb.saturating_mul(1_000_000));
    network.upnp = match config.network.upnp {
        Some(true) => Upnp::On,
        Some(false) => Upnp::Off,
        None => network.upnp,
    };
    network.outside = config.network.outside.iter().filter_map(|address| outside(address)).collect();
    network
}

/// An address of the configuration; what is none is named and left out, so that the node starts.
fn outside(address: &str) -> Option<Multiaddr> {
    address.parse().inspect_err(|error| tracing::warn!(%address, %error, "this is no address; write it as /ip4/95.56.1.1/tcp/8786")).ok()
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
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    // A logger that is there already (tests) stays.
    let _ = if json { logs.json().try_init() } else { logs.try_init() };
}
