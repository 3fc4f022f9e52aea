//! Two schools behind routers of the usual four kinds, and a third on the internet that relays for them.
//!
//! The relay founds the network and takes in the first; that one, to which nobody gets in, invites the second, which has nothing but the ticket. What is told: by
//! which way they come to speak, how fast, and what the relay has carried, by its own word and by the count of the lines.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jeli_client::Client;
use jeli_line::{Access, Home, NatKind, Net, Ports, Shape};
use jeli_tests::process::NodeProcess;
use jeli_tests::school::eventually_within;
use jeli_tests::writing::{NAMES, Schools, Strangers};
use rand::RngExt as _;
use serde_json::{Value, json};

/// For what must happen, on the worst line that we know.
const PATIENCE: Duration = Duration::from_secs(600);
/// For the two to come to speak directly. On a good line it takes a second.
const DIRECT: Duration = Duration::from_secs(60);
/// The same on lines where a round trip takes a second, and packets are lost.
const DIRECT_ON_BAD_LINES: Duration = Duration::from_secs(240);
/// One way through one line: four of them are a round trip from school to school, as in one country.
const DELAY: Duration = Duration::from_millis(15);
/// More than comes by itself.
const FILE_BYTES: usize = 1_300_000;
/// What may pass beside the file while it is fetched: what else they say, and what stands around each piece of it.
const BESIDE: f64 = 0.12;
const PIECES: usize = 4;
/// By then what they tried first to open both routers is over, and what follows on a conversation.
const SETTLED: Duration = Duration::from_secs(300);

const INVITER: usize = 0;
const JOINER: usize = 1;
const RELAY: usize = 2;

/// The two routers of a journey.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) inviter: NatKind,
    pub(crate) joiner: NatKind,
    /// Whether the routers keep ports where they can.
    pub(crate) ports: Ports,
    /// Over what the two speak: on lines that cost money it is TCP alone.
    pub(crate) over: Over,
}

/// Over what two schools speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Both,
    TcpAlone,
}

impl Pair {
    /// Each with each, in both orders: who invites is dialled first.
    pub(crate) fn all(ports: Ports, over: Over) -> impl Iterator<Item = Self> {
        NatKind::ALL.into_iter().flat_map(move |inviter| NatKind::ALL.into_iter().map(move |joiner| Self { inviter, joiner, ports, over }))
    }

    /// One that comes to speak directly, and one that cannot.
    pub(crate) fn short() -> [Self; 2] {
        let (ports, over) = (Ports::Kept, Over::Both);
        [
            Self { inviter: NatKind::PortRestricted, joiner: NatKind::PortRestricted, ports, over },
            Self { inviter: NatKind::Symmetric, joiner: NatKind::PortRestricted, ports, over },
        ]
    }

    /// Whether a way between them can be opened: where one shows everybody another port and the other lets in only ports that were written to, neither can
    /// know what the other must write to. Over TCP the port outside is guessed, which a router that changes it makes wrong: then nobody can be written to.
    fn can_be_direct(self) -> bool {
        use NatKind::{PortRestricted, Symmetric};
        let unknown = self.over == Over::TcpAlone && self.ports == Ports::Changed;
        match (self.inviter, self.joiner) {
            (Symmetric, Symmetric | PortRestricted) | (PortRestricted, Symmetric) => false,
            (PortRestricted, PortRestricted) => !unknown,
            _ => true,
        }
    }

    pub(crate) fn name(self) -> String {
        let ports = if self.ports == Ports::Kept { "" } else { ", other ports" };
        let over = if self.over == Over::Both { "" } else { ", TCP alone" };
        format!("{} invites {}{ports}{over}", self.inviter.name(), self.joiner.name())
    }
}

/// What happened. Times in seconds from the moment at which the ticket is used.
///
/// `silent`: how long nobody says anything in the end, and what the lines carry is counted. `line`: of each of them; without, a good one.
pub(crate) async fn run(jeli: &Path, place: &Path, pair: Pair, seed: u64, silent: Duration, line: Option<Access>) -> Result<Value> {
    let for_direct = if line.is_some() { DIRECT_ON_BAD_LINES } else { DIRECT };
    let line = line.unwrap_or(Access::both(Shape { delay: DELAY, ..Shape::IDEAL }));
    let homes = [Home::Behind(pair.inviter, pair.ports), Home::Behind(pair.joiner, pair.ports), Home::Public];
    let net = Net::at_home(seed, &homes.map(|home| (line, home)))?;
    let mut nodes = Vec::new();
    for (school, (name, line)) in NAMES.into_iter().zip(net.nodes()).enumerate() {
        let metered = pair.over == Over::TcpAlone && school != RELAY;
        nodes.push(NodeProcess::init_on(jeli, place, name, line, metered).await?);
    }
    let strangers = Strangers::start(nodes).await?.waiting(PATIENCE);
    let (inviter, joiner, relay) = (strangers.client(INVITER), strangers.client(JOINER), strangers.client(RELAY));

    let space = relay.create_space("Желі").await?.id;
    inviter.join(&relay.invite(&space, "convenor").await?.ticket).await?;
    is_in(inviter, &space, 2).await.context("the first was not taken in")?;
    let document = strangers.make(&space).await?;
    eventually_within("the inviter to be reached through the relay", PATIENCE, async || {
        Ok(!inviter.status().await?.relay.reached_through.is_empty())
    })
    .await?;

    let began = Instant::now();
    let since = || began.elapsed().as_secs_f64();
    joiner.join(&inviter.invite(&space, "member").await?.ticket).await?;
    eventually_within("the first words", PATIENCE, async || Ok(joiner.content(&document).await.is_ok())).await?;
    let words = since();
    let first_road = road(joiner, NAMES[INVITER]).await?;
    is_in(joiner, &space, 3).await?;
    let joined = since();
    let mut direct = None;
    while direct.is_none() && began.elapsed() < for_direct {
        let roads = [road(joiner, NAMES[INVITER]).await?, road(inviter, NAMES[JOINER]).await?];
        if roads.iter().all(|road| road.as_deref() == Some("direct")) {
            direct = Some(since());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    let mut schools = strangers.open(document, seed).await?;
    for school in [INVITER, JOINER, RELAY] {
        schools.writers[school].write(PIECES).await?;
    }
    schools.agree().await.context("after all have written")?;
    let file = Fetched::by(&schools, &net, place).await.context("a file that somebody asks for")?;
    file.check(direct.is_some())?;
    let last_road = road(&schools.writers[JOINER].client, NAMES[INVITER]).await?;
    let back = if direct.is_some() { Some(there_and_back(&schools, &net).await?) } else { None };
    schools.leave();
    let idle = idle(&net, silent).await;
    schools.stop().await?;
    ensure!(direct.is_some() == pair.can_be_direct(), "{}, against what such routers allow", if direct.is_some() { "direct" } else { "relayed" });
    Ok(json!({
        "way": last_road, "first_way": first_road, "words_s": words, "joined_s": joined, "direct_s": direct,
        "relayed_again_s": back.map(|(relayed, _)| relayed), "direct_again_s": back.map(|(_, direct)| direct),
        "idle_bytes_an_hour": idle, "file_bytes": FILE_BYTES, "relay_says_bytes": file.relay_says, "line_to_relay_bytes": file.to_relay, "line_from_relay_bytes": file.from_relay,
        "line_direct_bytes": file.straight, "relay_carried_bytes": file.carried_in_all,
    }))
}

/// What the two lines carry while nobody says anything, by the hour: between inviter and relay, and joiner and relay, and straight. Both ways, headers and all.
async fn idle(net: &Net, silent: Duration) -> Option<Value> {
    if silent.is_zero() {
        return None;
    }
    let pairs = [(INVITER, RELAY), (JOINER, RELAY), (INVITER, JOINER)];
    let look = || pairs.map(|(one, other)| net.counts(one, other).sent.bytes + net.counts(other, one).sent.bytes);
    tokio::time::sleep(SETTLED).await;
    let before = look();
    tokio::time::sleep(silent).await;
    let after = look();
    let hourly: Vec<u64> =
        before.iter().zip(after).map(|(before, after)| ((after - before) as f64 * 3_600.0 / silent.as_secs_f64()) as u64).collect();
    Some(json!({ "inviter_relay": hourly[0], "joiner_relay": hourly[1], "straight": hourly[2] }))
}

/// The way between the two is cut and mended, while each reaches the relay. How long until they speak through it, and directly again.
async fn there_and_back(schools: &Schools, net: &Net) -> Result<(f64, f64)> {
    let clients = [&schools.writers[INVITER].client, &schools.writers[JOINER].client];
    let both_by = async |wanted: &'static str| {
        let began = Instant::now();
        eventually_within("the road to be another one", PATIENCE, async || {
            let roads = [road(clients[1], NAMES[INVITER]).await?, road(clients[0], NAMES[JOINER]).await?];
            Ok(roads.iter().all(|road| road.as_deref() == Some(wanted)))
        })
        .await
        .with_context(|| format!("until {wanted}"))?;
        anyhow::Ok(began.elapsed().as_secs_f64())
    };
    net.part(INVITER, JOINER);
    let relayed = both_by("relay").await?;
    net.unite(INVITER, JOINER);
    Ok((relayed, both_by("direct").await?))
}

async fn is_in(client: &Client, space: &str, schools: usize) -> Result<()> {
    eventually_within("the school to be in the network", PATIENCE, async || {
        Ok(client.spaces().await?.iter().any(|known| known.id == space && known.members.len() == schools))
    })
    .await
}

/// By which road a node is reached now, by its name.
async fn road(client: &Client, name: &str) -> Result<Option<String>> {
    Ok(client.status().await?.peers.into_iter().find(|peer| peer.name == name).and_then(|peer| peer.road))
}

/// What a file of known size has moved, on the lines and by the relay's word.
struct Fetched {
    relay_says: u64,
    carried_in_all: u64,
    to_relay: u64,
    from_relay: u64,
    straight: u64,
}

impl Fetched {
    /// The inviter names a file, and somebody at the joiner asks for it. The relay's school does not, and it is too large to come by itself.
    async fn by(schools: &Schools, net: &Net, place: &Path) -> Result<Self> {
        let (from, to, relay) = (&schools.writers[INVITER].client, &schools.writers[JOINER].client, &schools.writers[RELAY].client);
        let mut content = vec![0; FILE_BYTES];
        rand::rng().fill(&mut content[..]);
        let path = place.join("film");
        tokio::fs::write(&path, &content).await?;
        let sent = from.send_file(&path).await?;
        let actor = from.me().await?.actor;
        let mut session = from.open_session().await?.open_document(schools.document(), Some(&actor)).await?;
        session.name_file(&sent, "Сабақ.mp4", "", "", 0).await?;
        session.wait_acked(PATIENCE).await?;
        let hash = sent.hash.context("it is whole")?;
        let is = async |wanted: &str| Ok(to.files(schools.document()).await?.iter().any(|file| file.hash == hash && file.state == wanted));
        eventually_within("the file to be known", PATIENCE, async || is("away").await).await?;
        let look = async || {
            let says = relay.status().await?.relay.month_carried_bytes;
            let arrived = |from, to| net.counts(from, to).arrived.bytes;
            anyhow::Ok((says, arrived(INVITER, RELAY), arrived(RELAY, JOINER), arrived(INVITER, JOINER)))
        };
        let before = look().await?;
        to.file_act(schools.document(), &hash, "want").await?;
        eventually_within("the file", PATIENCE, async || is("here").await).await?;
        let after = look().await?;
        Ok(Self {
            relay_says: after.0 - before.0,
            carried_in_all: after.0,
            to_relay: after.1 - before.1,
            from_relay: after.2 - before.2,
            straight: after.3 - before.3,
        })
    }

    /// The file went by the way that they speak, and the relay's word is what its line says: all that came to it went on, but for the headers on the line.
    fn check(&self, direct: bool) -> Result<()> {
        let (file, beside) = (FILE_BYTES as f64, FILE_BYTES as f64 * BESIDE);
        let is_file = |bytes: u64| (file..file + beside).contains(&(bytes as f64));
        let is_beside = |bytes: u64| (bytes as f64) < beside;
        let says =
            format!("the relay says {}, came to it {}, left it {}, went straight {}", self.relay_says, self.to_relay, self.from_relay, self.straight);
        if direct {
            ensure!(is_file(self.straight) && is_beside(self.relay_says) && is_beside(self.to_relay), "not by the direct way: {says}");
        } else {
            ensure!(is_file(self.relay_says) && is_file(self.to_relay) && is_file(self.from_relay), "relayed, and not so counted: {says}");
            ensure!(self.relay_says <= self.to_relay, "more than came on the line: {says}");
        }
        Ok(())
    }
}
