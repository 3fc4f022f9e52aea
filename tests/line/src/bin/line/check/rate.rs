//! How much passes in a second.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jeli_line::{Access, Net, Rate, Shape};

use super::{PORT, Report, UDP_HEADERS};

const RATES_KBIT: [u32; 4] = [64, 256, 8_000, 100_000];
/// Slower ones leave TCP's start too little time.
const TCP_FROM_KBIT: u32 = 8_000;
const OFF_PERCENT: f64 = 5.0;
const DELAY: Duration = Duration::from_millis(5);
const QUEUE: Duration = Duration::from_millis(200);
/// Long enough for some dozens of packets on the slowest line.
const FLOOD: Duration = Duration::from_secs(5);
/// More than the line takes, by this factor.
const FLOOD_FACTOR: f64 = 1.25;
const DATAGRAM: usize = 1_200;
/// Nothing more comes after such a pause.
const SILENCE: Duration = Duration::from_secs(1);
const TCP_START: Duration = Duration::from_secs(1);
const TCP_RUN: Duration = Duration::from_secs(5);
/// Of 1500 bytes in a packet, those that TCP carries: without headers, and time stamps.
const TCP_PAYLOAD: f64 = 1_448.0 / 1_500.0;

pub(super) fn check(report: &mut Report) -> Result<()> {
    for kbit in RATES_KBIT {
        let case = format!("rate {kbit} kbit/s, UDP flood");
        if report.wants(&case) {
            line(report, &case, kbit, flood(&net(kbit)?, kbit)?);
        }
    }
    for kbit in RATES_KBIT.into_iter().filter(|kbit| *kbit >= TCP_FROM_KBIT) {
        let case = format!("rate {kbit} kbit/s, TCP");
        if report.wants(&case) {
            line(report, &case, kbit, tcp(&net(kbit)?)?);
        }
    }
    Ok(())
}

fn line(report: &mut Report, case: &str, kbit: u32, measured: f64) {
    report.show(case, measured, "kbit/s");
    report.line(&format!("{case}, off"), (measured / f64::from(kbit) - 1.0).abs() * 100.0, "%", OFF_PERCENT);
}

fn net(kbit: u32) -> Result<Net> {
    let access = Access::both(Shape { rate: Rate::kbit(kbit), delay: DELAY, queue: QUEUE, ..Shape::IDEAL });
    Ok(Net::new(1, &[access, access])?)
}

/// Sends more than the line takes, and returns what comes through, in kbit/s of whole IP packets.
fn flood(net: &Net, kbit: u32) -> Result<f64> {
    let (sender, receiver) = super::sockets(net, SILENCE)?;
    let arrivals = thread::scope(|scope| {
        let received = scope.spawn(|| receive(&receiver));
        send(&sender, kbit)?;
        received.join().unwrap_or_else(|_| Err(io::Error::other("the receiver broke")))
    })?;
    let (first, last) = (arrivals.first().context("nothing came through")?, arrivals.last().context("nothing came through")?);
    ensure!(arrivals.len() > 20, "only {} packets came through", arrivals.len());
    // The first packet begins the time and is not sent in it.
    let bits = (arrivals.len() - 1) * (DATAGRAM + UDP_HEADERS) * 8;
    Ok(bits as f64 / (*last - *first).as_secs_f64() / 1_000.0)
}

fn send(sender: &UdpSocket, kbit: u32) -> io::Result<()> {
    let began = Instant::now();
    let per_second = f64::from(kbit) * 1_000.0 * FLOOD_FACTOR / ((DATAGRAM + UDP_HEADERS) * 8) as f64;
    let mut sent = 0.0;
    while began.elapsed() < FLOOD {
        // All that is due, then a rest for the line's own thread.
        while sent <= began.elapsed().as_secs_f64() * per_second {
            sender.send(&[0; DATAGRAM])?;
            sent += 1.0;
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn receive(receiver: &UdpSocket) -> io::Result<Vec<Instant>> {
    let mut arrivals = Vec::new();
    while super::hear(receiver, &mut [0; DATAGRAM])?.is_some() {
        arrivals.push(Instant::now());
    }
    Ok(arrivals)
}

/// Sends with TCP, and returns what comes through after its start, in kbit/s of whole IP packets.
fn tcp(net: &Net) -> Result<f64> {
    let listener = net.node(1).inside(|| TcpListener::bind((Ipv4Addr::UNSPECIFIED, PORT)))??;
    let to = (net.node(1).address(), PORT);
    let mut sender = net.node(0).inside(|| TcpStream::connect(to))??;
    let (mut receiver, _) = listener.accept()?;
    let (bytes, time) = thread::scope(|scope| {
        scope.spawn(move || while sender.write_all(&[0; 16_384]).is_ok() {});
        // What it owns is closed at the end, which ends the sender.
        drain(&mut receiver)
    })?;
    Ok(bytes as f64 * 8.0 / TCP_PAYLOAD / time.as_secs_f64() / 1_000.0)
}

fn drain(receiver: &mut TcpStream) -> io::Result<(usize, Duration)> {
    read_for(receiver, TCP_START)?;
    let read = read_for(receiver, TCP_RUN)?;
    receiver.shutdown(Shutdown::Both)?;
    Ok(read)
}

fn read_for(receiver: &mut TcpStream, time: Duration) -> io::Result<(usize, Duration)> {
    let (began, mut bytes, mut buffer) = (Instant::now(), 0, vec![0; 65_536]);
    while began.elapsed() < time {
        bytes += match receiver.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            read => read?,
        };
    }
    Ok((bytes, began.elapsed()))
}
