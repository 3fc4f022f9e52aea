//! A network of nodes, each in a namespace of its own, with lines between them.

use std::ffi::OsStr;
use std::io;
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::sync::Arc;

use crate::counts::{Counts, Tally};
use crate::door::Door;
use crate::error::Error;
use crate::forwarder::{Forwarder, Middle};
use crate::guard::{self, Guard};
use crate::namespace::Namespace;
use crate::nat::Home;
use crate::packet::{MAX_NODES, NodeId};
use crate::shape::Access;
use crate::star::Star;

/// Nodes and their lines. All of it is gone when this is dropped or the process ends, with all that still runs in the namespaces.
///
/// Nodes go by their place in the list of lines, from 0; a place that is not there is a fault of the test, and panics.
#[derive(Debug)]
pub struct Net {
    // In the order of their end: the thread and its devices, our hold on the namespaces, the namespaces.
    forwarder: Forwarder,
    nodes: Vec<Node>,
    _guard: Guard,
}

/// A node's place in the network: a namespace with loopback and the device of its line.
#[derive(Debug)]
pub struct Node {
    id: NodeId,
    home: Home,
    namespace: Namespace,
    middle: Arc<Middle>,
}

impl Net {
    /// A node for each line. The seed decides which packets are lost, by their number on each direction of each line.
    pub fn new(seed: u64, accesses: &[Access]) -> Result<Self, Error> {
        Self::at_home(seed, &accesses.iter().map(|access| (*access, Home::Open)).collect::<Vec<_>>())
    }

    /// The same, where some are on the internet and some behind routers.
    pub fn at_home(seed: u64, places: &[(Access, Home)]) -> Result<Self, Error> {
        if places.is_empty() || places.len() > MAX_NODES {
            return Err(Error::Nodes(places.len()));
        }
        guard::sweep().map_err(Error::forbidden("removing what earlier runs left"))?;
        let names = guard::names(places.len());
        let guard = Guard::over(&names).map_err(Error::forbidden("starting a shell"))?;
        let namespaces = names.iter().map(|name| Namespace::make(name)).collect::<Result<Vec<_>, _>>()?;
        let furnish = |(node, (namespace, (_, home))): (usize, (&Namespace, &(Access, Home)))| namespace.furnish(own_address(NodeId(node), *home));
        let devices = namespaces.iter().zip(places).enumerate().map(furnish).collect::<Result<Vec<_>, _>>()?;
        let forwarder = Forwarder::start(Star::new(places, seed), devices).map_err(Error::system("starting the thread of the lines"))?;
        let node = |(id, (namespace, (_, home))): (usize, (Namespace, &(Access, Home)))| Node {
            id: NodeId(id),
            home: *home,
            namespace,
            middle: Arc::clone(forwarder.middle()),
        };
        let nodes = namespaces.into_iter().zip(places).enumerate().map(node).collect();
        Ok(Self { forwarder, nodes, _guard: guard })
    }

    /// All nodes.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node of a place.
    pub fn node(&self, node: usize) -> &Node {
        &self.nodes[node]
    }

    /// Lets nothing pass between two nodes any more, though both go on to reach the others.
    pub fn part(&self, one: usize, other: usize) {
        let (one, other) = (self.node(one).id, self.node(other).id);
        self.forwarder.middle().change(|star, now| star.part(now, one, other));
    }

    /// Ends a parting.
    pub fn unite(&self, one: usize, other: usize) {
        let (one, other) = (self.node(one).id, self.node(other).id);
        self.forwarder.middle().change(|star, _| star.unite(one, other));
    }

    /// What went from one node to another so far.
    pub fn counts(&self, from: usize, to: usize) -> Counts {
        let (from, to) = (self.node(from).id, self.node(to).id);
        self.forwarder.middle().look(|star| star.counts(from, to))
    }

    /// What went from a node to all others.
    pub fn counts_from(&self, from: usize) -> Counts {
        self.others(from).map(|to| self.counts(from, to)).sum()
    }

    /// What went from all others to a node.
    pub fn counts_to(&self, to: usize) -> Counts {
        self.others(to).map(|from| self.counts(from, to)).sum()
    }

    fn others(&self, node: usize) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(move |other| *other != node)
    }
}

impl Node {
    /// The address that the node has itself. For the others too, unless it stands behind a router.
    pub fn address(&self) -> Ipv4Addr {
        own_address(self.id, self.home)
    }

    /// The address by which others know it: its own, or its router's.
    pub fn outer_address(&self) -> Ipv4Addr {
        if self.home == Home::Open { self.id.address() } else { self.id.public_address() }
    }

    /// The namespace's name, for a person who wants to look inside: `ip netns exec NAME ss -t`.
    pub fn namespace(&self) -> &str {
        self.namespace.name()
    }

    /// A program that will run in the node's namespace. Its process is the program's own, so that signals reach it; `tokio::process::Command`
    /// takes it with `from`.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", self.namespace.name()]).arg(program);
        command
    }

    /// Does something in the node's namespace, on a thread of its own. Sockets that are made there stay there, wherever they are used, and
    /// processes that are started there run there.
    pub fn inside<T: Send>(&self, task: impl FnOnce() -> T + Send) -> io::Result<T> {
        self.namespace.inside(task)
    }

    /// A connection to a port that the node has on its own loopback, not over its line.
    pub fn connect(&self, port: u16) -> io::Result<TcpStream> {
        self.inside(|| TcpStream::connect((Ipv4Addr::LOCALHOST, port))).flatten()
    }

    /// A port on our loopback that leads to a port on the node's own loopback, not over its line: for HTTP to the node.
    pub fn door(&self, port: u16) -> io::Result<Door> {
        Door::open(self.namespace.try_clone()?, port)
    }

    /// Cuts the node's line in both directions. The node's device stays up, as in a school whose router has lost the line: packets just vanish.
    pub fn cut(&self) {
        self.middle.change(|star, now| star.cut(now, self.id));
    }

    /// Joins a line that was cut.
    pub fn join(&self) {
        self.middle.change(|star, _| star.join(self.id));
    }

    /// Gives the node another line from now on; what waits for the old one waits for the new one.
    pub fn reshape(&self, access: &Access) {
        self.middle.change(|star, now| star.reshape(now, self.id, access));
    }

    /// What the node sent to nobody here: to groups such as multicast DNS, to the internet. It is counted and gone.
    pub fn strays(&self) -> Tally {
        self.middle.look(|star| star.strays(self.id))
    }
}

fn own_address(node: NodeId, home: Home) -> Ipv4Addr {
    match home {
        Home::Open | Home::Behind(..) => node.address(),
        Home::Public => node.public_address(),
    }
}
