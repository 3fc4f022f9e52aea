//! How many packets do not come, and in what order the others do.

use std::io;
use std::net::UdpSocket;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use jeli_line::{Access, Loss, Net, Percent, Shape};

use super::Report;

const PACKETS: u32 = 40_000;
const PER_SECOND: f64 = 10_000.0;
const SILENCE: Duration = Duration::from_secs(1);
/// Standard deviations that a figure may be off: more is met once in 16,000 runs, and with a fixed seed never by chance.
const SIGMAS: f64 = 4.0;
const BURST: f64 = 5.0;
const JITTER: Duration = Duration::from_millis(20);

pub(super) fn check(report: &mut Report) -> Result<()> {
    for percent in [0.0, 3.0, 25.0] {
        let case = format!("loss {percent} %");
        if report.wants(&case) {
            let got = packets(&Access::both(Shape { loss: Loss::Independent(Percent::new(percent)?.on_each_of_two()), ..Shape::IDEAL }))?;
            let share = percent / 100.0;
            line(report, &case, &got, percent, (share * (1.0 - share) / f64::from(PACKETS)).sqrt());
        }
    }
    let case = format!("loss 5 % in bursts of {BURST}");
    if report.wants(&case) {
        let shape = Shape { loss: Loss::Bursts { share: Percent::new(5.0)?, mean_packets: BURST }, ..Shape::IDEAL };
        let got = packets(&Access { up: shape, ..Access::IDEAL })?;
        // Packets in a burst share one fate: there are fewer throws than packets, by about twice a burst's length.
        line(report, &case, &got, 5.0, (0.05 * 0.95 * 2.0 * BURST / f64::from(PACKETS)).sqrt());
        let gaps: Vec<u32> = got.windows(2).map(|pair| pair[1].saturating_sub(pair[0] + 1)).filter(|gap| *gap > 0).collect();
        let mean = f64::from(gaps.iter().sum::<u32>()) / gaps.len() as f64;
        report.show(&format!("{case}: mean burst"), mean, "packets");
        // Lengths of bursts are geometric.
        let sigma = (BURST * (BURST - 1.0) / gaps.len() as f64).sqrt();
        report.line(&format!("{case}, mean burst off"), (mean - BURST).abs(), "packets", SIGMAS * sigma);
    }
    let case = format!("jitter {} ms, overtaken", JITTER.as_millis());
    if report.wants(&case) {
        let got = packets(&Access::IDEAL.jitter(JITTER))?;
        let overtaken = got.windows(2).filter(|pair| pair[0] > pair[1]).count();
        report.line(&case, overtaken as f64 + f64::from(PACKETS) - got.len() as f64, "packets", 0.0);
    }
    Ok(())
}

fn line(report: &mut Report, case: &str, got: &[u32], percent: f64, sigma: f64) {
    let lost = (1.0 - got.len() as f64 / f64::from(PACKETS)) * 100.0;
    report.show(case, lost, "%");
    report.line(&format!("{case}, off"), (lost - percent).abs(), "%", SIGMAS * sigma * 100.0);
}

/// Sends numbered packets from one node to the other and returns those that come, in the order of their coming.
fn packets(access: &Access) -> Result<Vec<u32>> {
    let net = Net::new(1, &[*access, *access])?;
    let (sender, receiver) = super::sockets(&net, SILENCE)?;
    let got = thread::scope(|scope| {
        let received = scope.spawn(|| receive(&receiver));
        send(&sender)?;
        received.join().unwrap_or_else(|_| Err(io::Error::other("the receiver broke")))
    });
    Ok(got?)
}

fn send(sender: &UdpSocket) -> io::Result<()> {
    let began = Instant::now();
    let mut next = 0u32;
    while next < PACKETS {
        let due = (began.elapsed().as_secs_f64() * PER_SECOND) as u32;
        while next < due.min(PACKETS) {
            sender.send(&next.to_be_bytes())?;
            next += 1;
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn receive(receiver: &UdpSocket) -> io::Result<Vec<u32>> {
    let (mut got, mut number) = (Vec::new(), [0; 4]);
    while super::hear(receiver, &mut number)?.is_some() {
        got.push(u32::from_be_bytes(number));
    }
    Ok(got)
}
