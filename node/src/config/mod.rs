//! Where a node keeps its things, and how it is set.

mod folder;
pub(crate) mod private;
mod sheet;

pub use folder::{DataFolder, FolderError, Lock, NewNode};
pub use sheet::{SheetError, read as read_sheet, write as write_sheet};

use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;

use crate::limits::MAX_EXTRA_HOSTS;
use crate::secure_page::Wanted;

/// The file in the data folder.
pub const CONFIG_FILE: &str = "jeli.toml";
/// Where the page and the command line find the node, unless something else is said.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8787";
/// The port on which other nodes find this one.
pub const DEFAULT_PEER_PORT: u16 = 8786;

/// `jeli.toml`. Every setting has a default; a setting that this version does not know is refused, since it would be a typing error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Address and port of the page. `0.0.0.0:8787` serves the school's Wi-Fi.
    pub listen: SocketAddr,
    /// Address and port of the page over TLS, for phones that keep documents; absent: beside [`Config::listen`] where that is not this machine
    /// alone, on the next port.
    pub listen_secure: Option<SocketAddr>,
    /// Names by which browsers reach the node, besides `localhost` and addresses in digits.
    pub hosts: Vec<String>,
    /// UDP and TCP port for other nodes; 0 takes a free one.
    pub peer_port: u16,
    /// Addresses of this machine on which other nodes are let in; empty: all.
    pub peer_addresses: Vec<std::net::IpAddr>,
    /// Look for nodes on the same network.
    pub mdns: bool,
    /// The line is paid by the byte.
    pub metered: bool,
    /// How this node reaches others and is reached.
    pub network: Roads,
}

/// `[network]` in `jeli.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Roads {
    /// Whether this node carries words for members who cannot reach each other; absent: it does, unless the line is paid by the byte.
    pub relay: Option<Relay>,
    /// What that may come to in a month, in millions of bytes as they pass; the line sees each twice. Absent: 8000.
    pub relay_month_mb: Option<u64>,
    /// Whether the router is asked for a port (UPnP); absent: it is, unless the line is paid by the byte.
    pub upnp: Option<bool>,
    /// Where this node is reached from outside, if a port was opened on the router by hand: `/ip4/95.56.1.1/tcp/8786`.
    pub outside: Vec<String>,
}

/// For whom a node relays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relay {
    /// For the members of its spaces.
    Members,
    /// For nobody.
    Off,
}

impl Config {
    /// Where the page is served over TLS, if it is. On this machine alone every browser counts `localhost` as secure.
    pub fn secure(&self) -> Wanted {
        let beside = || Some(SocketAddr::new(self.listen.ip(), self.listen.port().checked_add(1)?));
        match self.listen_secure {
            Some(address) => Wanted::Asked(address),
            None if self.listen.ip().is_loopback() => Wanted::No,
            None => beside().map_or(Wanted::No, Wanted::IfItCan),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            listen_secure: None,
            hosts: Vec::new(),
            peer_port: DEFAULT_PEER_PORT,
            peer_addresses: Vec::new(),
            mdns: true,
            metered: false,
            network: Roads::default(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{file} could not be read")]
    Read { file: String, source: std::io::Error },
    #[error("{file} has a mistake in line {line}: {message}. Put it right, or take the line out: what a file does not say has its default")]
    Mistake { file: String, line: usize, message: String },
    #[error("{file} names more than {MAX_EXTRA_HOSTS} hosts")]
    TooManyHosts { file: String },
}

impl Config {
    /// Reads the file; without one the defaults hold.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let shown = || file.display().to_string();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(ConfigError::Read { file: shown(), source }),
        };
        let config: Self = toml::from_str(&text).map_err(|mistake| {
            let before = mistake.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            ConfigError::Mistake { file: shown(), line: before.matches('\n').count() + 1, message: mistake.message().to_owned() }
        })?;
        if config.hosts.len() > MAX_EXTRA_HOSTS {
            return Err(ConfigError::TooManyHosts { file: shown() });
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_does_not_say_keeps_its_default_and_a_typing_error_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(CONFIG_FILE);
        assert_eq!(Config::read(&file).unwrap(), Config::default());
        std::fs::write(&file, "listen = \"0.0.0.0:9000\"\n").unwrap();
        let read = Config::read(&file).unwrap();
        assert_eq!((read.listen.port(), read.mdns), (9000, true));
        std::fs::write(&file, "mdns = false\nlisen = \"0.0.0.0:9000\"\n").unwrap();
        let mistake = Config::read(&file).unwrap_err().to_string();
        assert!(mistake.contains("lisen") && mistake.contains("line 2"), "{mistake}");
    }
}
