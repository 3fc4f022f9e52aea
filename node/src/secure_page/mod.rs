//! The page over TLS: browsers keep documents, and install a page, only where they trust its origin. `localhost` they trust by themselves; for
//! a phone on the school's Wi-Fi the node is its own certificate authority, which the phone is told to trust once.

mod authority;
mod names;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use tokio::task::JoinHandle;

use crate::config::{DataFolder, FolderError};
use authority::Authority;

/// The machine may get another address at any time; its certificate follows within this.
const LOOK_AT_ADDRESSES: Duration = Duration::from_secs(30);

/// Whether the page is to be served over TLS, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    No,
    /// Nobody asked for it: where it cannot be, the node does without.
    IfItCan(SocketAddr),
    /// Somebody did: where it cannot be, the node does not start.
    Asked(SocketAddr),
}

/// What people are shown of it.
#[derive(Debug, Clone)]
pub struct SecureFacts {
    pub port: u16,
    /// The authority's certificate: what a phone is told to trust. PEM.
    pub authority_pem: Arc<str>,
    /// SHA-256 of it, in hex: what two people compare.
    pub fingerprint: Arc<str>,
}

/// Why the page is not served over TLS.
#[derive(Debug, thiserror::Error)]
pub enum SecurePageError {
    #[error("the page cannot be served over TLS at {address}: {why}", why = crate::page_doors::why_not(source, "--listen-secure"))]
    Address { address: SocketAddr, source: std::io::Error },
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("the certificate of the page cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("the certificate of the page does not fit its key: {0}")]
    Tls(#[from] rustls::Error),
}

/// The page's place for browsers over TLS.
pub struct SecurePage {
    listener: Option<TcpListener>,
    address: SocketAddr,
    facts: SecureFacts,
    authority: Arc<Authority>,
    hosts: Vec<String>,
    handle: Handle<SocketAddr>,
    tasks: Vec<JoinHandle<()>>,
}

impl SecurePage {
    /// What is wanted, as far as it can be had.
    pub fn wanted(folder: &DataFolder, school: &str, wanted: Wanted, hosts: &[String]) -> Result<Option<Self>, SecurePageError> {
        match wanted {
            Wanted::No => Ok(None),
            Wanted::Asked(address) => Self::bind(folder, school, address, hosts).map(Some),
            Wanted::IfItCan(address) => Ok(Self::bind(folder, school, address, hosts)
                .inspect_err(|error| tracing::warn!(%error, "the page is not served over TLS: phones work at school only"))
                .ok()),
        }
    }

    /// Takes the port, and the authority out of the folder, which is made there the first time.
    pub fn bind(folder: &DataFolder, school: &str, address: SocketAddr, hosts: &[String]) -> Result<Self, SecurePageError> {
        let taken = |source| SecurePageError::Address { address, source };
        let listener = TcpListener::bind(address).map_err(taken)?;
        listener.set_nonblocking(true).map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let authority = Authority::of(folder, school)?;
        let facts = SecureFacts { port: address.port(), authority_pem: authority.pem().into(), fingerprint: authority.fingerprint().into() };
        let hosts = hosts.to_vec();
        Ok(Self { listener: Some(listener), address, facts, authority: Arc::new(authority), hosts, handle: Handle::new(), tasks: Vec::new() })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn facts(&self) -> SecureFacts {
        self.facts.clone()
    }

    /// Serves until it is stopped.
    pub fn serve(mut self, service: IntoMakeServiceWithConnectInfo<Router, SocketAddr>) -> Result<Self, SecurePageError> {
        let mut named = names::of_this_machine(&self.hosts);
        let config = RustlsConfig::from_config(self.authority.server_config(&named)?);
        let Some(listener) = self.listener.take() else { return Ok(self) };
        let server =
            axum_server::from_tcp_rustls(listener, config.clone()).map_err(|source| SecurePageError::Address { address: self.address, source })?;
        let server = server.handle(self.handle.clone());
        self.tasks.push(tokio::spawn(async move {
            if let Err(error) = server.serve(service).await {
                tracing::error!(%error, "the page is no longer served over TLS");
            }
        }));
        let (authority, hosts) = (self.authority.clone(), self.hosts.clone());
        self.tasks.push(tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK_AT_ADDRESSES).await;
                let now = names::of_this_machine(&hosts);
                if now == named {
                    continue;
                }
                match authority.server_config(&now) {
                    Ok(renewed) => {
                        config.reload_from_config(renewed);
                        named = now;
                    }
                    Err(error) => tracing::warn!(%error, "the page's certificate does not name this machine's new address"),
                }
            }
        }));
        Ok(self)
    }

    /// Ends open connections within `grace`.
    pub async fn stop(self, grace: Duration) {
        self.handle.graceful_shutdown(Some(grace));
        let [server, watch] = <[JoinHandle<()>; 2]>::try_from(self.tasks).map_or([None, None], |tasks| tasks.map(Some));
        if let Some(watch) = watch {
            watch.abort();
        }
        if let Some(server) = server {
            let _ = server.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;

    async fn served(folder: &DataFolder) -> SecurePage {
        let page = SecurePage::bind(folder, "«Бірлік» орта мектебі", SocketAddr::from(([127, 0, 0, 1], 0)), &[]).expect("a free port");
        let router = Router::new().route("/", get(|| async { "here" }));
        page.serve(router.into_make_service_with_connect_info::<SocketAddr>()).expect("it serves")
    }

    fn folder() -> (tempfile::TempDir, DataFolder) {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = DataFolder::new(temporary.path().join("node"));
        folder.init("office", "School", None).expect("a node");
        (temporary, folder)
    }

    /// The certificate that the server shows to a client that trusts `authority`, or why it does not trust it.
    async fn greet(page: &SecurePage, authority: &str, name: &str) -> Result<(), String> {
        let mut roots = rustls::RootCertStore::empty();
        let der = rustls::pki_types::CertificateDer::from(authority::der_of(authority).expect("PEM"));
        roots.add(der).expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tls = rustls::ClientConnection::new(Arc::new(config), name.to_owned().try_into().expect("a name")).expect("a client");
        let address = page.address();
        tokio::task::spawn_blocking(move || {
            let mut socket = std::net::TcpStream::connect(address).map_err(|error| error.to_string())?;
            while tls.is_handshaking() {
                tls.complete_io(&mut socket).map_err(|error| error.to_string())?;
            }
            Ok(())
        })
        .await
        .expect("it ends")
    }

    #[tokio::test]
    async fn whoever_trusts_the_authority_reaches_the_page_and_nobody_else_does() {
        let (_first, folder_of_one) = folder();
        let (_second, folder_of_another) = folder();
        let (one, another) = (served(&folder_of_one).await, served(&folder_of_another).await);
        let trusted = one.facts().authority_pem;
        assert_eq!(greet(&one, &trusted, "127.0.0.1").await, Ok(()));
        assert_eq!(greet(&one, &trusted, "localhost").await, Ok(()));
        assert!(greet(&another, &trusted, "127.0.0.1").await.is_err(), "another school's computer is not trusted with it");
        one.stop(Duration::from_secs(1)).await;
        another.stop(Duration::from_secs(1)).await;
    }

    #[tokio::test]
    async fn a_taken_port_stops_the_node_only_where_the_page_over_tls_was_asked_for() {
        let (_kept, folder) = folder();
        let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = taken.local_addr().expect("bound");
        assert!(matches!(SecurePage::wanted(&folder, "S", Wanted::IfItCan(address), &[]), Ok(None)), "the node goes on without");
        assert!(matches!(SecurePage::wanted(&folder, "S", Wanted::Asked(address), &[]), Err(SecurePageError::Address { .. })));
        drop(taken);
        assert!(matches!(SecurePage::wanted(&folder, "S", Wanted::IfItCan(address), &[]), Ok(Some(_))));
    }

    #[tokio::test]
    async fn the_authority_stays_the_same_after_a_restart() {
        let (_kept, folder) = folder();
        let before = served(&folder).await;
        let facts = before.facts();
        before.stop(Duration::from_secs(1)).await;
        let after = served(&folder).await;
        assert_eq!(after.facts().fingerprint, facts.fingerprint, "a phone that trusted it goes on trusting it");
        assert_eq!(greet(&after, &facts.authority_pem, "127.0.0.1").await, Ok(()));
        after.stop(Duration::from_secs(1)).await;
    }
}
