//! How long it takes there and back.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use jeli_line::{Net, Percent, Profile, Profiles};

use super::{Report, UDP_HEADERS};

const PROFILES: [&str; 4] = ["lan", "congested-wifi", "weak-4g", "school-edge"];
const OFF_MS: f64 = 5.0;
const PINGS: usize = 20;
const PING: usize = 8;
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn check(report: &mut Report) -> Result<()> {
    let profiles = Profiles::ours()?;
    for name in PROFILES {
        let profile = profiles.get(name)?;
        let case = format!("rtt {} ms, {name}", profile.rtt_ms);
        if report.wants(&case) {
            measure(report, &case, profile)?;
        }
    }
    Ok(())
}

fn measure(report: &mut Report, case: &str, profile: &Profile) -> Result<()> {
    // Loss has cases of its own.
    let access = Profile { loss_percent: Percent::NONE, ..profile.clone() }.access();
    let net = Net::new(1, &[access, access])?;
    let mut times = pings(&net).context("a ping did not come back")?;
    times.sort();
    let sending = access.up.rate.map_or(Duration::ZERO, |rate| rate.time_for(PING + UDP_HEADERS)) * 4;
    let expected = Duration::from_millis(u64::from(profile.rtt_ms)) + sending;
    let off = |time: Duration| time.abs_diff(expected).as_secs_f64() * 1_000.0;
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    report.show(&format!("{case}: median, of it {:.1} ms for sending", sending.as_secs_f64() * 1_000.0), median.as_secs_f64() * 1_000.0, "ms");
    report.line(&format!("{case}, median off"), off(median), "ms", OFF_MS);
    // A machine with other work may hold up one; the lines do not.
    report.show(&format!("{case}, worst of {PINGS} off"), off(worst), "ms");
    Ok(())
}

fn pings(net: &Net) -> io::Result<Vec<Duration>> {
    let (here, there) = super::sockets(net, PATIENCE)?;
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut ping = [0; PING];
            for _ in 0..PINGS {
                let heard = super::hear(&there, &mut ping);
                if !matches!(heard, Ok(Some(length)) if there.send(&ping[..length]).is_ok()) {
                    return;
                }
            }
        });
        let ping = || {
            let sent = Instant::now();
            here.send(&[0; PING])?;
            super::hear(&here, &mut [0; PING])?.ok_or(io::ErrorKind::TimedOut)?;
            Ok(sent.elapsed())
        };
        (0..PINGS).map(|_| ping()).collect()
    })
}
