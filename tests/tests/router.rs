//! A router that opens ports for who asks (UPnP), and one that does not answer.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jeli_line::{Access, Net};
use jeli_node::network::{Event, LineCost, Mdns, NetworkConfig, RelayState, Upnp, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 255, 250);
const ASKED_AT: u16 = 1_900;
const DESCRIBED_AT: u16 = 5_000;
const PEER_PORT: u16 = 4_011;
/// The router's address outside.
const OUTSIDE: &str = "95.56.9.9";

/// A node's network in which a group is heard; none where the machine lends none.
fn net() -> Option<Net> {
    let net = match Net::new(1, &[Access::IDEAL]) {
        Ok(net) => net,
        Err(error) if error.is_forbidden() => {
            println!("skipped: {error}");
            return None;
        }
        Err(error) => panic!("{error}"),
    };
    let mut route = Command::new("ip");
    route.args(["-n", net.node(0).namespace(), "route", "add", &format!("{GROUP}/32"), "dev", "lo"]);
    assert!(route.status().unwrap().success(), "the group is routed");
    Some(net)
}

/// Runs in the node's network; what it opens stays there.
fn there<T: Send>(net: &Net, task: impl AsyncFnOnce() -> T + Send) -> T {
    let run = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(task());
    net.node(0).inside(run).unwrap()
}

fn config(net: &Net, upnp: Upnp) -> NetworkConfig {
    let listen = NetworkConfig::listen_on(net.node(0).address().into(), PEER_PORT, LineCost::Free);
    NetworkConfig { listen, mdns: Mdns::Off, upnp, ..NetworkConfig::new(PEER_PORT, LineCost::Free) }
}

#[test]
fn a_router_that_opens_ports_makes_the_node_one_that_others_reach_and_that_relays() {
    let Some(net) = net() else { return };
    there(&net, async || {
        let asked = Router::start().await;
        let (_handle, mut events) = start([7; 32], config(&net, Upnp::On)).unwrap();
        let outside = [format!("/ip4/{OUTSIDE}/tcp/{PEER_PORT}"), format!("/ip4/{OUTSIDE}/udp/{PEER_PORT}/quic-v1")];
        let (mut told, mut ready) = (Vec::new(), false);
        timeout(PATIENCE, async {
            while told.len() < 2 || !ready {
                match events.recv().await.unwrap() {
                    Event::Listening(address) if outside.contains(&address.to_string()) => told.push(address.to_string()),
                    Event::Relay(status) => ready = status.state == RelayState::Ready,
                    _ => {}
                }
            }
        })
        .await
        .expect("the router's ports are told to others, and others may come through this node");
        told.sort();
        assert_eq!(told, outside);
        let asked = asked.lock().unwrap();
        let inside = net.node(0).address().to_string();
        assert!(asked.iter().all(|port| port.contains(&inside)) && asked.len() == 2, "for this node, one a transport: {asked:?}");
    });
}

#[test]
fn where_no_router_answers_or_none_is_asked_the_node_starts_at_once_and_stays_closed() {
    let Some(net) = net() else { return };
    for upnp in [Upnp::On, Upnp::Off] {
        there(&net, async || {
            let asked = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, ASKED_AT)).await.unwrap();
            asked.join_multicast_v4(GROUP, Ipv4Addr::LOCALHOST).unwrap();
            let (handle, mut events) = start([7; 32], config(&net, upnp)).unwrap();
            let listening = async { while !matches!(events.recv().await.unwrap(), Event::Listening(_)) {} };
            timeout(Duration::from_secs(1), listening).await.expect("nobody waits for a router");
            if upnp == Upnp::On {
                let mut question = [0; 1_000];
                let (length, _) = timeout(PATIENCE, asked.recv_from(&mut question)).await.expect("it asks").unwrap();
                assert!(question[..length].starts_with(b"M-SEARCH"), "for a router");
            } else {
                // What was asked would be here by the time that the node has stopped.
                handle.shutdown().await;
                assert!(asked.try_recv(&mut [0; 1_000]).is_err(), "who was told not to ask does not");
            }
            handle.shutdown().await;
            while let Some(event) = events.recv().await {
                assert!(!matches!(event, Event::Relay(status) if status.state == RelayState::Ready), "nobody gets in");
            }
        });
    }
}

/// What a router with UPnP answers, and what it was asked for.
struct Router;

impl Router {
    /// Answers from now on. Gives what it was asked to open.
    async fn start() -> Arc<Mutex<Vec<String>>> {
        let asked = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, ASKED_AT)).await.unwrap();
        asked.join_multicast_v4(GROUP, Ipv4Addr::LOCALHOST).unwrap();
        tokio::spawn(async move {
            let mut question = [0; 1_000];
            while let Ok((_, from)) = asked.recv_from(&mut question).await {
                let answer = format!("HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nLOCATION: http://127.0.0.1:{DESCRIBED_AT}/root.xml\r\n\r\n");
                let _ = asked.send_to(answer.as_bytes(), from).await;
            }
        });
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, DESCRIBED_AT))).await.unwrap();
        let (opened, mut openings) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Self::answer(stream, opened.clone()));
            }
        });
        let all = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&all);
        tokio::spawn(async move {
            while let Some(opening) = openings.recv().await {
                list.lock().unwrap().push(opening);
            }
        });
        all
    }

    async fn answer(mut stream: TcpStream, opened: mpsc::UnboundedSender<String>) {
        let mut request = String::new();
        let mut piece = [0; 4_096];
        loop {
            let Ok(read @ 1..) = stream.read(&mut piece).await else { return };
            request.push_str(&String::from_utf8_lossy(&piece[..read]));
            let Some((head, body)) = request.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
            if body.len() < length {
                continue;
            }
            let answer = Self::words(head, body, &opened);
            let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{answer}", answer.len()).as_bytes()).await;
            request.clear();
        }
    }

    fn words(head: &str, body: &str, opened: &mpsc::UnboundedSender<String>) -> String {
        let said = |action: &str, inner: &str| {
            format!("<s:Envelope xmlns:s=\"e\"><s:Body><u:{action}Response xmlns:u=\"u\">{inner}</u:{action}Response></s:Body></s:Envelope>")
        };
        if head.starts_with("GET /root.xml") {
            "<root><device><serviceList><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>\
             <SCPDURL>/scpd.xml</SCPDURL><controlURL>/control</controlURL></service></serviceList></device></root>"
                .to_owned()
        } else if head.starts_with("GET /scpd.xml") {
            let names = [
                "NewRemoteHost",
                "NewExternalPort",
                "NewProtocol",
                "NewInternalPort",
                "NewInternalClient",
                "NewEnabled",
                "NewPortMappingDescription",
                "NewLeaseDuration",
            ];
            let arguments = names.map(|name| format!("<argument><name>{name}</name><direction>in</direction></argument>")).concat();
            format!("<scpd><actionList><action><name>AddPortMapping</name><argumentList>{arguments}</argumentList></action></actionList></scpd>")
        } else if body.contains("GetExternalIPAddress") {
            said("GetExternalIPAddress", &format!("<NewExternalIPAddress>{OUTSIDE}</NewExternalIPAddress>"))
        } else {
            let _ = opened.send(body.to_owned());
            said("AddPortMapping", "")
        }
    }
}
