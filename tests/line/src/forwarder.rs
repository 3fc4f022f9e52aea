//! The thread that carries packets between the devices of the nodes, by the clock.
//!
//! One thread for all: it sleeps until a device has something or something is due (the system wakes it within about 0.1 ms), takes what came,
//! and hands over all that is due. A packet's times come from the queues and not from when the thread looked, so that a late look delays packets
//! a little, and never makes a line slower.

use std::io;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use std::os::fd::{AsFd as _, OwnedFd};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use tun_rs::SyncDevice;

use crate::packet::{NodeId, Packet};
use crate::star::Star;

/// Packets taken from one device before the others have their turn.
const BATCH: usize = 128;
/// The largest packet that a device can hand over.
const PACKET_BYTES: usize = 65_536;
/// Where the machine lets nobody go before all others, the thread at least gets more of a busy machine than most, as with `nice -n -15`.
const NICENESS: i32 = -15;

/// The running thread. It ends when this is dropped, and the devices with it.
#[derive(Debug)]
pub(crate) struct Forwarder {
    middle: Arc<Middle>,
    thread: Option<JoinHandle<()>>,
}

/// Where all lines meet: what the thread and the network's owner share.
#[derive(Debug)]
pub(crate) struct Middle {
    star: Mutex<Star>,
    began: Instant,
    wake: OwnedFd,
    stopped: AtomicBool,
}

impl Forwarder {
    /// Begins to carry packets between devices; each belongs to the node of its place.
    pub(crate) fn start(star: Star, devices: Vec<SyncDevice>) -> io::Result<Self> {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let middle = Arc::new(Middle { star: Mutex::new(star), began: Instant::now(), wake, stopped: AtomicBool::new(false) });
        let of_thread = Arc::clone(&middle);
        let thread = thread::Builder::new().name("line".to_owned()).spawn(move || carry(&of_thread, &devices))?;
        Ok(Self { middle, thread: Some(thread) })
    }

    pub(crate) fn middle(&self) -> &Arc<Middle> {
        &self.middle
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.middle.stopped.store(true, Ordering::Relaxed);
        self.middle.wake();
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            eprintln!("the lines broke down");
        }
    }
}

impl Middle {
    /// Looks at the lines.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Star) -> T) -> T {
        look(&self.star())
    }

    /// Changes the lines, as of now.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Star, Duration)) {
        change(&mut self.star(), self.began.elapsed());
        // Something may be due earlier than the thread was told.
        self.wake();
    }

    fn star(&self) -> MutexGuard<'_, Star> {
        self.star.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        // It fails only where the thread has been woken 2^64 times and not looked.
        let _ = rustix::io::write(&self.wake, &1u64.to_ne_bytes());
    }

    fn calm(&self) {
        let _ = rustix::io::read(&self.wake, &mut [0; 8]);
    }
}

fn carry(middle: &Middle, devices: &[SyncDevice]) {
    go_first();
    let mut buffer = vec![0; PACKET_BYTES];
    let mut arrived = Vec::new();
    while !middle.stopped.load(Ordering::Relaxed) {
        let due = middle.star().next_due();
        let pause = due.map(|due| due.saturating_sub(middle.began.elapsed()));
        let ready = match wait(middle, devices, pause) {
            Ok(ready) => ready,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return eprintln!("the lines stand still: {error}"),
        };
        middle.calm();
        let mut star = middle.star();
        for node in ready {
            take(&mut star, middle.began, node, &devices[node.0], &mut buffer);
        }
        star.leave(middle.began.elapsed(), &mut arrived);
        drop(star);
        for Packet { to, bytes, .. } in arrived.drain(..) {
            // A device that the node has shut refuses; to the network, the packet has arrived.
            let _ = devices[to.0].send(&bytes);
        }
    }
}

/// Asks the system to wake this thread before others: on a busy machine a line would be late by some milliseconds otherwise. It is a matter of
/// quality, so that a machine that refuses is none the worse.
fn go_first() {
    let thread = rustix::thread::gettid();
    // The system's own program for it: no crate has a safe call.
    let mut chrt = Command::new("chrt");
    chrt.args(["--rr", "--pid", "1", &thread.to_string()]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if !chrt.status().is_ok_and(|status| status.success()) {
        let _ = rustix::process::setpriority_process(Some(thread), NICENESS);
    }
}

/// Sleeps until a device has packets, this much time is over, or somebody wakes us.
fn wait(middle: &Middle, devices: &[SyncDevice], pause: Option<Duration>) -> io::Result<Vec<NodeId>> {
    let pause = pause.and_then(|pause| Timespec::try_from(pause).ok());
    let mut polled: Vec<PollFd<'_>> = devices.iter().map(|device| PollFd::from_borrowed_fd(device.as_fd(), PollFlags::IN)).collect();
    polled.push(PollFd::new(&middle.wake, PollFlags::IN));
    poll(&mut polled, pause.as_ref())?;
    let devices = polled.iter().take(devices.len()).enumerate();
    if devices.clone().any(|(_, device)| device.revents().intersects(PollFlags::ERR | PollFlags::NVAL)) {
        return Err(io::Error::other("a node's device was removed"));
    }
    Ok(devices.filter(|(_, device)| device.revents().contains(PollFlags::IN)).map(|(node, _)| NodeId(node)).collect())
}

fn take(star: &mut Star, began: Instant, node: NodeId, device: &SyncDevice, buffer: &mut [u8]) {
    for _ in 0..BATCH {
        // Most often there is none any more; any other trouble shows when we wait again.
        let Ok(length) = device.recv(buffer) else { return };
        star.enter(began.elapsed(), node, &buffer[..length]);
    }
}
