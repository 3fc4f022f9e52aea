//! Networks in real namespaces. A machine that lends none skips these, and says so.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jeli_line::{Access, Home, Mtu, NatKind, Net, Oversize, Ports, Rate, Shape};

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);
const MS: Duration = Duration::from_millis(1);
const PORT: u16 = 7_070;

/// A network; none, and a sentence, where there can be none.
fn net(accesses: &[Access]) -> Option<Net> {
    match Net::new(1, accesses) {
        Ok(net) => Some(net),
        Err(error) if error.is_forbidden() => {
            println!("skipped: {error}: {}", std::error::Error::source(&error).unwrap());
            None
        }
        Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
    }
}

fn far(delay: Duration) -> Access {
    Access::both(Shape { delay, ..Shape::IDEAL })
}

fn is_there(namespace: &str) -> bool {
    Path::new("/var/run/netns").join(namespace).exists()
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "in vain: {what}");
        thread::sleep(10 * MS);
    }
}

/// A socket in a node's namespace that talks to another node.
fn socket(net: &Net, node: usize, to: usize) -> UdpSocket {
    let socket = net.node(node).inside(|| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT))).unwrap().unwrap();
    socket.connect((net.node(to).address(), PORT)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// The length of the next packet. A wait with an end may be interrupted by the system at any time; it goes on.
fn hear(socket: &UdpSocket) -> usize {
    loop {
        match socket.recv(&mut [0; 1_500]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            heard => return heard.unwrap(),
        }
    }
}

#[test]
fn nodes_reach_each_other_after_the_delay_of_both_lines_unless_one_is_cut() {
    let Some(net) = net(&[far(20 * MS), far(30 * MS)]) else { return };
    let (one, other) = (socket(&net, 0, 1), socket(&net, 1, 0));
    let began = Instant::now();
    one.send(b"are you there").unwrap();
    assert_eq!(hear(&other), 13);
    assert!(began.elapsed() >= 50 * MS, "{:?}", began.elapsed());
    assert_eq!(net.counts(0, 1).arrived.bytes, 13 + 28, "bytes are counted with their headers");

    net.node(1).cut();
    one.send(b"and now").unwrap();
    wait_until("the packet meets the cut", || net.counts(0, 1).cut.packets == 1);
    net.node(1).join();
    one.send(b"and then").unwrap();
    assert_eq!(hear(&other), 8, "what was sent into the cut is gone");

    net.part(0, 1);
    one.send(b"parted").unwrap();
    wait_until("the packet meets the parting", || net.counts(0, 1).cut.packets == 2);
    net.unite(0, 1);
    net.node(0).reshape(&Access::IDEAL);
    other.send(b"united").unwrap();
    assert_eq!(hear(&one), 6);
}

#[test]
fn a_door_leads_to_the_node_though_its_line_is_cut() {
    let Some(net) = net(&[far(100 * MS), Access::IDEAL]) else { return };
    let listener = net.node(0).inside(|| TcpListener::bind((Ipv4Addr::LOCALHOST, PORT))).unwrap().unwrap();
    net.node(0).cut();
    let door = net.node(0).door(PORT).unwrap();
    let echo = |mut outside: TcpStream| {
        let (mut inside, _) = listener.accept().unwrap();
        outside.write_all(b"GET").unwrap();
        let mut heard = [0; 3];
        inside.read_exact(&mut heard).unwrap();
        inside.write_all(&heard).unwrap();
        outside.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"GET");
    };
    echo(TcpStream::connect(door.address()).unwrap());
    echo(net.node(0).connect(PORT).unwrap());
    assert_eq!(net.counts_from(0).sent.packets, 0, "nothing went over the line");

    // A door to nothing closes at once, and does not hang.
    drop(listener);
    let mut outside = TcpStream::connect(door.address()).unwrap();
    outside.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(outside.read_to_end(&mut Vec::new()).unwrap(), 0);
}

#[test]
fn a_program_runs_in_its_nodes_network_and_knows_no_other() {
    let Some(net) = net(&[Access::IDEAL; 2]) else { return };
    let said = net.node(1).command("ip").args(["-brief", "-4", "address"]).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("10.77.2.1/24") && said.contains("127.0.0.1/8"), "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn tcp_finds_the_largest_packet_of_a_line_that_tells() {
    let narrow = Access::IDEAL.mtu(Mtu { bytes: 1_000, oversize: Oversize::Told });
    let Some(net) = net(&[Access::IDEAL, narrow]) else { return };
    let listener = net.node(1).inside(|| TcpListener::bind((Ipv4Addr::UNSPECIFIED, PORT))).unwrap().unwrap();
    let to = (net.node(1).address(), PORT);
    let mut sender = net.node(0).inside(|| TcpStream::connect(to)).unwrap().unwrap();
    let (mut receiver, _) = listener.accept().unwrap();
    receiver.set_read_timeout(Some(PATIENCE)).unwrap();
    sender.write_all(&[7; 20_000]).unwrap();
    let mut heard = vec![0; 20_000];
    receiver.read_exact(&mut heard).unwrap();
    assert!(net.counts(0, 1).too_big.packets > 0, "the line was met");
}

#[test]
fn a_slow_line_lets_no_more_through_than_its_rate() {
    let access = Access::both(Shape { rate: Rate::kbit(1_000), queue: PATIENCE, ..Shape::IDEAL });
    let Some(net) = net(&[access, Access::IDEAL]) else { return };
    let (one, other) = (socket(&net, 0, 1), socket(&net, 1, 0));
    let began = Instant::now();
    // 50 packets of 1250 bytes are 10 ms each.
    for _ in 0..50 {
        one.send(&[0; 1_222]).unwrap();
    }
    for _ in 0..50 {
        assert_eq!(hear(&other), 1_222);
    }
    assert!(began.elapsed() >= 500 * MS, "{:?}", began.elapsed());
    assert_eq!(net.counts(0, 1).arrived.packets, 50, "slow, but nothing is lost");
}

#[test]
fn nothing_stays_behind_when_a_network_is_dropped_or_its_test_panics() {
    let Some(net) = net(&[Access::IDEAL; 2]) else { return };
    let names: Vec<String> = net.nodes().iter().map(|node| node.namespace().to_owned()).collect();
    assert!(names.iter().all(|name| is_there(name)));
    let mut left = net.node(0).command("sleep").arg("1000").spawn().unwrap();
    let panicked = panic::catch_unwind(AssertUnwindSafe(move || {
        let _held = net;
        panic::resume_unwind(Box::new("a test failed"));
    }));
    assert!(panicked.is_err());
    assert!(!names.iter().any(|name| is_there(name)), "the namespaces are gone when the network is");
    assert!(!left.wait().unwrap().success(), "what ran in them was ended");
}

#[test]
fn nothing_stays_behind_when_the_process_is_killed() {
    if net(&[Access::IDEAL]).is_none() {
        return;
    }
    for signal in ["-INT", "-TERM", "-KILL"] {
        // `exec cat`: it ends with our end of its input, should the test fail.
        let script = "echo $LINE_NODES; exec cat";
        let mut line = Command::new(env!("CARGO_BIN_EXE_line"));
        line.args(["run", "--nodes", "2", "--profile", "school-edge", "--", "sh", "-c", script]);
        let mut line = line.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut names = String::new();
        BufReader::new(line.stdout.take().unwrap()).read_line(&mut names).unwrap();
        let names: Vec<&str> = names.split_whitespace().collect();
        assert!(names.len() == 2 && names.iter().all(|name| is_there(name)), "{names:?}");
        assert!(Command::new("kill").args([signal, &line.id().to_string()]).status().unwrap().success());
        line.wait().unwrap();
        wait_until("the namespaces are removed", || !names.iter().any(|name| is_there(name)));
    }
}

#[test]
fn what_a_dead_process_left_behind_is_swept_and_what_a_living_one_has_is_not() {
    let Some(living) = net(&[Access::IDEAL]) else { return };
    let mut dead = Command::new("true").spawn().unwrap();
    dead.wait().unwrap();
    let left = format!("jeli-{}-abcdef-0", dead.id());
    assert!(Command::new("ip").args(["netns", "add", &left]).status().unwrap().success());
    let _other = net(&[Access::IDEAL]);
    assert!(!is_there(&left));
    assert!(is_there(living.node(0).namespace()));
    assert!(fs::read_dir("/var/run/netns").unwrap().count() >= 2);
}

/// A node behind a router of each kind, a public one, and another public one.
#[test]
fn routers_of_four_kinds_let_real_sockets_in_as_their_kind_does() {
    for kind in NatKind::ALL {
        let homes = [Home::Behind(kind, Ports::Kept), Home::Public, Home::Public];
        let Some(net) = net_at_home(&homes) else { return };
        let bind = |node: usize| {
            let socket = net.node(node).inside(|| UdpSocket::bind((net.node(node).address(), PORT))).unwrap().unwrap();
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
            socket
        };
        let (inside, friend, stranger) = (bind(0), bind(1), bind(2));
        assert_eq!(net.node(0).outer_address(), Ipv4Addr::new(95, 77, 1, 1));
        inside.send_to(b"hello", (net.node(1).address(), PORT)).unwrap();
        let (_, seen) = friend.recv_from(&mut [0; 100]).unwrap();
        assert_eq!(seen.ip(), net.node(0).outer_address(), "{kind:?}");
        assert_eq!(seen.port() == PORT, kind != NatKind::Symmetric, "{kind:?}");
        friend.send_to(b"answer", seen).unwrap();
        assert_eq!(hear(&inside), 6, "{kind:?}");

        // A TCP connection out, with both sums looked at by real systems.
        let listener = net.node(1).inside(|| TcpListener::bind((Ipv4Addr::UNSPECIFIED, PORT))).unwrap().unwrap();
        let to = (net.node(1).address(), PORT);
        let mut out = net.node(0).inside(|| TcpStream::connect(to)).unwrap().unwrap();
        let (mut there, _) = listener.accept().unwrap();
        out.write_all(&[7; 100_000]).unwrap();
        let mut heard = vec![0; 100_000];
        there.read_exact(&mut heard).unwrap();

        stranger.send_to(b"unasked", seen).unwrap();
        if kind == NatKind::FullCone {
            assert_eq!(hear(&inside), 7, "anybody gets in");
        } else {
            wait_until("the router refuses a stranger", || net.counts(2, 0).refused.packets == 1);
        }
    }
}

fn net_at_home(homes: &[Home]) -> Option<Net> {
    let places: Vec<(Access, Home)> = homes.iter().map(|home| (Access::IDEAL, *home)).collect();
    match Net::at_home(1, &places) {
        Ok(net) => Some(net),
        Err(error) if error.is_forbidden() => {
            println!("skipped: {error}");
            None
        }
        Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
    }
}
