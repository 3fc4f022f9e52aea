//! Measures the lines from outside: with sockets in the namespaces, by this process's clock, without the lines' own counts.

mod loss;
mod rate;
mod rtt;

use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use jeli_line::Net;
use rustix::net::sockopt::set_socket_recv_buffer_size_force;
use serde_json::json;

/// The port that the measuring programs use in their namespaces.
const PORT: u16 = 7_777;
/// Headers of IP and UDP, in bytes: rates count them.
const UDP_HEADERS: usize = 28;

/// What the receiving system keeps while the receiver is busy: a packet lost there must not be taken for one lost on the line.
const RECEIVE_BUFFER: usize = 8 << 20;

/// Prints figures, each with the most that it may be.
struct Report {
    only: String,
    missed: usize,
}

/// Runs all cases with this in their name.
pub(crate) fn check(only: &str) -> Result<ExitCode> {
    let mut report = Report { only: only.to_owned(), missed: 0 };
    rate::check(&mut report)?;
    rtt::check(&mut report)?;
    loss::check(&mut report)?;
    Ok(if report.missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Report {
    fn wants(&self, case: &str) -> bool {
        case.contains(&self.only)
    }

    /// Prints a figure that may be this much at the most.
    fn line(&mut self, case: &str, value: f64, unit: &str, bar: f64) {
        let holds = value <= bar;
        self.missed += usize::from(!holds);
        println!("{}", json!({ "bench": "line", "case": case, "value": rounded(value), "unit": unit, "bar": rounded(bar), "holds": holds }));
    }

    /// Prints a figure that is there to be looked at.
    fn show(&self, case: &str, value: f64, unit: &str) {
        println!("{}", json!({ "bench": "line", "case": case, "value": rounded(value), "unit": unit }));
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// A socket in each of the first two namespaces, connected to one another over the lines. Reading ends after this long a silence.
fn sockets(net: &Net, silence: Duration) -> io::Result<(UdpSocket, UdpSocket)> {
    let socket = |node: usize| -> io::Result<UdpSocket> {
        let socket = net.node(node).inside(|| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT))).flatten()?;
        socket.connect((net.node(1 - node).address(), PORT))?;
        socket.set_read_timeout(Some(silence))?;
        set_socket_recv_buffer_size_force(&socket, RECEIVE_BUFFER)?;
        Ok(socket)
    };
    Ok((socket(0)?, socket(1)?))
}

/// The next packet; none after the silence. A wait with an end may be interrupted by the system at any time; it goes on.
fn hear(socket: &UdpSocket, packet: &mut [u8]) -> io::Result<Option<usize>> {
    loop {
        return match socket.recv(packet) {
            Ok(length) => Ok(Some(length)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        };
    }
}
