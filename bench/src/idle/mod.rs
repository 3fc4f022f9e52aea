//! What a connection costs while nobody does anything: all bytes at the IP level, both ways, between two of five nodes that are connected with all others,
//! on an ordinary line and on one where bytes cost money; what comes of a change after the silence; and how soon a line that died is noticed. Beside it two
//! nodes of Syncthing with one folder, on the same lines.
//!
//! All of it goes on at once, each network in namespaces of its own. Multicast on a school's own network (mDNS) is off and would not count: it does not go
//! over the line. Twenty minutes hold one of everything that repeats itself, but what nodes tell of themselves every six hours.

mod schools;
mod syncthing;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use jeli_line::{Net, Profiles};
use tokio::time::sleep;

use crate::report::{Bar, Report};
use schools::Schools;
use syncthing::Pair;

/// Nodes in a network.
const NODES: usize = 5;
/// From the moment at which all agree to the first byte that counts. Receipts have been told by then, and where everybody may be found; and a session that began
/// before its peer was a member has been opened anew after its two minutes of silence.
const SETTLED: Duration = Duration::from_secs(150);
/// The least that counts as measured.
const MINUTES: f64 = 10.0;
/// A change after the silence, from its node's word that it is safe to the last of the others, and likewise a dead line until it is known.
const REACHES_S: f64 = 120.0;

/// A kind of line.
struct Kind {
    name: &'static str,
    /// Of `links.json`.
    profile: &'static str,
    /// What a connection may cost, in thousands of bytes an hour.
    most_kb: f64,
}

const KINDS: [Kind; 2] =
    [Kind { name: "ordinary line", profile: "congested-wifi", most_kb: 60.0 }, Kind { name: "metered line", profile: "school-edge", most_kb: 12.0 }];

/// Measures all of it, over so many minutes.
pub async fn run(jeli: &Path, minutes: u64) -> Result<Report> {
    if minutes == 0 {
        bail!("give at least one minute");
    }
    let silence = Duration::from_secs(minutes * 60);
    let [ordinary, metered] = &KINDS;
    let (ordinary_figures, metered_figures, beside_ordinary, beside_metered) = tokio::try_join!(
        of_schools(jeli, ordinary, silence),
        of_schools(jeli, metered, silence),
        of_syncthing(ordinary, silence),
        of_syncthing(metered, silence),
    )?;
    let mut report = Report::new("idle");
    report.line("measured over", silence.as_secs_f64() / 60.0, "min", Bar::AtLeast(MINUTES));
    for (kind, ours, theirs) in [(ordinary, ordinary_figures, beside_ordinary), (metered, metered_figures, beside_metered)] {
        let name = kind.name;
        report.line(&format!("{name}, a connection, dearest of {}", NODES * (NODES - 1) / 2), ours.dearest_kb, "KB/h", Bar::AtMost(kind.most_kb));
        report.line(&format!("{name}, a connection, mean"), ours.mean_kb, "KB/h", Bar::None);
        report.line(&format!("{name}, packets of a connection, mean"), ours.mean_packets, "1/h", Bar::None);
        report.line(&format!("{name}, a change after the silence reaches all"), ours.reached_s, "s", Bar::AtMost(REACHES_S));
        report.line(&format!("{name}, dead line noticed by who has written"), ours.noticed_s, "s", Bar::AtMost(REACHES_S));
        if let Some(theirs_kb) = theirs {
            report.line(&format!("{name}, Syncthing"), theirs_kb, "KB/h", Bar::None);
            report.line(&format!("{name}, ours beside Syncthing"), ours.mean_kb / theirs_kb, "", Bar::None);
        }
    }
    Ok(report)
}

struct Figures {
    dearest_kb: f64,
    mean_kb: f64,
    mean_packets: f64,
    reached_s: f64,
    noticed_s: f64,
}

async fn of_schools(jeli: &Path, kind: &Kind, silence: Duration) -> Result<Figures> {
    let profile = Profiles::ours()?.get(kind.profile)?.clone();
    let schools = Schools::new(jeli, NODES, &profile).await.with_context(|| format!("on the {}", kind.name))?;
    let pairs: Vec<(usize, usize)> = (0..NODES).flat_map(|one| (0..one).map(move |other| (one, other))).collect();
    let spent = spent_in(schools.net(), &pairs, silence).await;
    let hourly = |number: u64| number as f64 * 3_600.0 / silence.as_secs_f64();
    let kb: Vec<f64> = spent.iter().map(|spent| hourly(spent.bytes) / 1e3).collect();
    let packets: f64 = spent.iter().map(|spent| hourly(spent.packets)).sum();
    let count = pairs.len() as f64;
    let reached = schools.change_reaches_all().await.with_context(|| format!("on the {}", kind.name))?;
    let noticed = schools.dead_line_is_noticed().await.with_context(|| format!("on the {}", kind.name))?;
    schools.stop().await?;
    Ok(Figures {
        dearest_kb: kb.iter().copied().fold(f64::NAN, f64::max),
        mean_kb: kb.iter().sum::<f64>() / count,
        mean_packets: packets / count,
        reached_s: reached.as_secs_f64(),
        noticed_s: noticed.as_secs_f64(),
    })
}

/// None where there is no such program here.
async fn of_syncthing(kind: &Kind, silence: Duration) -> Result<Option<f64>> {
    let access = Profiles::ours()?.get(kind.profile)?.access();
    let Some(pair) = Pair::new(access).await.context("Syncthing")? else {
        eprintln!("Syncthing is not installed (`apt-get install syncthing`): nothing beside our figures");
        return Ok(None);
    };
    let spent = spent_in(pair.net(), &[(0, 1)], silence).await;
    let bytes: u64 = spent.iter().map(|spent| spent.bytes).sum();
    Ok(Some(bytes as f64 * 3.6 / silence.as_secs_f64()))
}

#[derive(Debug, Clone, Copy)]
struct Spent {
    bytes: u64,
    packets: u64,
}

/// What goes between each two, both ways, in this time from when all has settled.
async fn spent_in(net: &Net, pairs: &[(usize, usize)], silence: Duration) -> Vec<Spent> {
    let so_far = || -> Vec<Spent> {
        let both = |&(one, other): &(usize, usize)| {
            let both = net.counts(one, other) + net.counts(other, one);
            Spent { bytes: both.sent.bytes, packets: both.sent.packets }
        };
        pairs.iter().map(both).collect()
    };
    sleep(SETTLED).await;
    let before = so_far();
    sleep(silence).await;
    let after = so_far();
    before.iter().zip(after).map(|(before, after)| Spent { bytes: after.bytes - before.bytes, packets: after.packets - before.packets }).collect()
}
