//! Where another device finds a page of ours.

use std::net::{IpAddr, UdpSocket};

use axum::http::HeaderMap;
use axum::http::header::HOST;

/// How browsers reach a server of this node. It knows by itself: what a browser says of it may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The address as this browser calls us, or, where it calls us `localhost`, under our address in the network.
pub(super) fn page_address(scheme: Scheme, headers: &HeaderMap, path: &str) -> Option<String> {
    let (scheme, host) = (scheme.as_str(), headers.get(HOST)?.to_str().ok()?);
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, format!(":{port}")),
        _ => (host, String::new()),
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let is_local = bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match own_address().filter(|_| is_local) {
        Some(IpAddr::V4(address)) => Some(format!("{scheme}://{address}{port}{path}")),
        Some(IpAddr::V6(address)) => Some(format!("{scheme}://[{address}]{port}{path}")),
        None => Some(format!("{scheme}://{host}{path}")),
    }
}

/// Our address on the way to others. Nothing is sent: the system only says which one it would take.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // An address that documentation keeps free (RFC 5737).
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_shown_an_address_that_it_can_reach() {
        let at = |scheme, host: &str| {
            let headers = HeaderMap::from_iter([(HOST, host.parse().expect("a host"))]);
            page_address(scheme, &headers, "/seat").expect("an address")
        };
        assert_eq!(at(Scheme::Http, "192.168.1.7:8080"), "http://192.168.1.7:8080/seat");
        assert_eq!(at(Scheme::Https, "school.local"), "https://school.local/seat");
        let local = at(Scheme::Http, "localhost:8080");
        assert!(local.ends_with(":8080/seat"), "{local}");
        assert_eq!(own_address().is_some(), !local.contains("localhost"), "{local}");
    }
}
