//! A network namespace with a device of its own: a machine's network within the machine.

use std::fs::File;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::os::fd::AsFd as _;
use std::panic;
use std::process::{Command, Stdio};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tun_rs::{DeviceBuilder, SyncDevice};

use crate::error::Error;
use crate::guard;
use crate::profile::DEVICE_MTU;

/// The name of the device in each namespace.
const DEVICE: &str = "line0";
/// Packets that the system keeps for us while we are busy: 100 Mbit/s for about a tenth of a second.
const DEVICE_QUEUE: usize = 1_000;

/// A namespace by its name. It is the guard that takes it away.
#[derive(Debug)]
pub(crate) struct Namespace {
    name: String,
    handle: File,
}

impl Namespace {
    /// Makes it.
    pub(crate) fn make(name: &str) -> Result<Self, Error> {
        ip(&["netns", "add", name], "").map_err(Error::forbidden("adding a network namespace"))?;
        let handle = File::open(guard::folder().join(name)).map_err(Error::system("opening the network namespace"))?;
        Ok(Self { name: name.to_owned(), handle })
    }

    /// Its name, for `ip netns exec`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Another hold on it.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { name: self.name.clone(), handle: self.handle.try_clone()? })
    }

    /// Gives it its device and the node's address, and loopback. The end of the device that is returned belongs to the network in the middle.
    pub(crate) fn furnish(&self, address: Ipv4Addr) -> Result<SyncDevice, Error> {
        let device = self.inside(|| DeviceBuilder::new().name(DEVICE).inherit_enable_state().build_sync());
        let device = device.flatten().map_err(Error::forbidden("making a TUN device"))?;
        device.set_nonblocking(true).map_err(Error::system("preparing the TUN device"))?;
        // Each node has a network of its own, as schools have: only a route leads to the others. No IPv6 on the way, so no chatter of it.
        let commands = format!(
            "link set dev lo up\n\
             address add {address}/24 dev {DEVICE}\n\
             link set dev {DEVICE} mtu {DEVICE_MTU} txqueuelen {DEVICE_QUEUE} addrgenmode none up\n\
             route add 10.77.0.0/16 dev {DEVICE}\n\
             route add 95.77.0.0/16 dev {DEVICE}\n"
        );
        ip(&["-n", &self.name, "-batch", "-"], &commands).map_err(Error::system("setting up the TUN device"))?;
        Ok(device)
    }

    /// Does something in the namespace, on a thread of its own that ends with it: sockets that are made there stay there, wherever they are used.
    pub(crate) fn inside<T: Send>(&self, task: impl FnOnce() -> T + Send) -> io::Result<T> {
        thread::scope(|scope| {
            let task = scope.spawn(|| self.enter().map(|()| task()));
            task.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked))
        })
    }

    /// Moves this thread into the namespace for good.
    pub(crate) fn enter(&self) -> io::Result<()> {
        Ok(move_into_link_name_space(self.handle.as_fd(), Some(LinkNameSpaceType::Network))?)
    }
}

/// Runs the system's own program for networks.
fn ip(arguments: &[&str], input: &str) -> io::Result<()> {
    let mut child = Command::new("ip").args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    if output.status.success() { Ok(()) } else { Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned())) }
}
