//! For whom the page is served: for this machine alone, or for whoever is in the same network. A director chooses on the page; the choice is kept until
//! they choose otherwise. Where `listen` says an address that others reach, there is nothing to choose.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use rusqlite::{Connection, params};

use crate::store::{OpenError, Store};

/// The setting that keeps the choice. Without it the page is for this machine alone.
pub(crate) const SETTING: &str = "page";
const NETWORK: &[u8] = b"network";
pub(crate) const MACHINE: &[u8] = b"machine";

/// Who can open the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doors {
    /// Programs on this machine.
    Machine,
    /// Whoever is in the same network, because a director opened it.
    Network,
    /// Whoever reaches the address of `listen` in jeli.toml, or of the flag.
    Set,
}

/// Where to listen, and for whom that is: `listen` as it was set, or all addresses where it was not and the director of this database chose so.
pub(crate) fn where_to_listen(database: &Path, listen: SocketAddr) -> Result<(SocketAddr, Doors), OpenError> {
    if !listen.ip().is_loopback() {
        return Ok((listen, Doors::Set));
    }
    let kept = Store::look_up_setting(database, SETTING)?;
    if kept.as_deref() != Some(NETWORK) {
        return Ok((listen, Doors::Machine));
    }
    let all = if listen.is_ipv4() { IpAddr::from(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
    Ok((SocketAddr::new(all, listen.port()), Doors::Network))
}

/// Keeps a choice; it holds from the next opening of the page's place on.
pub(crate) fn choose(db: &Connection, open: bool) -> rusqlite::Result<()> {
    let value = if open { NETWORK } else { MACHINE };
    db.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)", params![SETTING, value]).map(drop)
}

/// Why an address cannot be listened on, and what to do.
pub(crate) fn why_not(error: &std::io::Error, option: &str) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => format!("another program has the port; choose another with {option}, or stop that program"),
        std::io::ErrorKind::AddrNotAvailable => format!("this computer has no such address; give one that it has with {option}, or 0.0.0.0 for all"),
        std::io::ErrorKind::PermissionDenied => format!("this account may not use the port; choose one above 1023 with {option}"),
        _ => format!("{error}; choose another address with {option}"),
    }
}
