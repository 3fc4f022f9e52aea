//! The data budget: what may go over a line that costs money, and what did.
//!
//! - `settings`: what a director chose.
//! - `system`: what the system says of the line.
//! - `rule`: what may go now. Pure.
//! - `ledger`: what was used, on the disk.
//!
//! The local network is always free: nothing there is counted or held up. What may go is said to the network (which roads it takes) and to the files (whether
//! they come by themselves); how often words are published, and whether QUIC is listened on, is settled when the node starts.

mod ledger;
mod limits;
mod rule;
mod settings;
mod system;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jeli_protocol::ids::NodeId;
use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::{Notify, watch};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

pub use ledger::Used;
pub use rule::{Allowance, Held, Reason, Unasked};
pub use settings::{BadSettings, FreeHours, MEGABYTE, Mode, Settings, Tariff};
pub use system::Metered;

use crate::network::carried::Carried;
use crate::network::{LineCost, NetworkHandle, node_id_of};
use crate::replica_handle::{ReplicaHandle, ReplicaStopped, Request};
use crate::store::{OpenError, Store};
use ledger::Sums;
use limits::{ASK_SYSTEM_EVERY, KEEP_BYTES, KEEP_EVERY, LOOK_EVERY, OPEN_BY_HAND};

/// The table of what was used.
pub const BUDGET_MIGRATION: &str = include_str!("schema.sql");

/// The setting that keeps the choice.
const SETTING: &str = "budget";

/// Why the budget could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum BudgetError {
    /// It means nothing.
    #[error(transparent)]
    Bad(#[from] BadSettings),
    /// The database failed.
    #[error("the data budget could not be read or kept: {0}")]
    Tables(#[from] rusqlite::Error),
    /// The node is stopping.
    #[error(transparent)]
    Stopped(#[from] ReplicaStopped),
}

/// What a line costs by what was chosen, and by what jeli.toml says where nothing was: read before anything listens.
pub fn cost_at_start(database: &Path, configured: LineCost) -> Result<LineCost, OpenError> {
    let kept = Store::look_up_setting(database, SETTING)?;
    Ok(match read(kept.as_deref()).mode {
        Some(Mode::Free) => LineCost::Free,
        Some(Mode::Careful | Mode::ByHand) => LineCost::Metered,
        None => configured,
    })
}

/// What cannot be read as a choice is none.
fn read(kept: Option<&[u8]>) -> Settings {
    kept.and_then(|kept| serde_json::from_slice(kept).ok()).filter(|settings: &Settings| settings.check().is_ok()).unwrap_or_default()
}

/// How things stand, for whoever looks.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What was chosen.
    pub settings: Settings,
    /// What may go now.
    pub allowance: Allowance,
    /// Until when the line is open because somebody said so.
    pub opened_for: Option<Duration>,
    /// Bytes of this month that count.
    pub used: u64,
    /// What the month was used for.
    pub month: Vec<Used>,
    /// Today, by this computer's clock.
    pub today: String,
}

/// The budget of this node. Cheap to clone.
#[derive(Clone)]
pub struct Budget {
    inner: Arc<Inner>,
}

struct Inner {
    replica: ReplicaHandle,
    network: NetworkHandle,
    configured: Metered,
    state: Mutex<State>,
    allowance: watch::Sender<Allowance>,
    /// Something was chosen.
    woken: Notify,
}

struct State {
    settings: Settings,
    system: Option<Metered>,
    opened_until: Option<Instant>,
    /// Sums that are not on the disk yet, of the day on which they came.
    unkept: Sums,
    day: String,
    hour: u8,
    /// Of this month, on the disk.
    kept_bytes: u64,
}

impl State {
    fn unkept_bytes(&self) -> u64 {
        self.unkept.values().map(|bytes| bytes.sent + bytes.received).sum()
    }

    fn allowance(&self, configured: Metered) -> Allowance {
        rule::allowance(&rule::Facts {
            settings: &self.settings,
            configured,
            system: self.system,
            used: self.kept_bytes + self.unkept_bytes(),
            hour: self.hour,
            opened: self.opened_until.is_some_and(|until| until > Instant::now()),
        })
    }
}

impl Budget {
    /// Reads what was chosen and used, and says to the network what it may do. `configured`: what jeli.toml says of the line.
    pub async fn start(replica: ReplicaHandle, network: NetworkHandle, configured: LineCost) -> Result<Self, BudgetError> {
        let configured = if configured == LineCost::Metered { Metered::Yes } else { Metered::No };
        let (settings, (day, hour), month) = replica
            .with_db(|db| -> rusqlite::Result<_> {
                let kept: Option<Vec<u8>> = db.query_row("SELECT value FROM setting WHERE name = ?1", [SETTING], |row| row.get(0)).optional()?;
                let now = ledger::now(db)?;
                let month = ledger::month(db, &now.0)?;
                Ok((read(kept.as_deref()), now, month))
            })
            .await??;
        let kept_bytes = sum(&month);
        let state = State { settings, system: None, opened_until: None, unkept: Sums::new(), day, hour, kept_bytes };
        let allowance = state.allowance(configured);
        let inner = Inner { replica, network, configured, state: Mutex::new(state), allowance: watch::Sender::new(allowance), woken: Notify::new() };
        inner.tell(allowance).await;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Counts, keeps and decides until the node stops.
    pub async fn run(self, stopping: CancellationToken) {
        let inner = self.inner;
        let (mut looks, mut keeps, mut asks) = (interval(LOOK_EVERY), interval(KEEP_EVERY), interval(ASK_SYSTEM_EVERY));
        keeps.tick().await;
        loop {
            tokio::select! {
                () = stopping.cancelled() => break,
                () = inner.woken.notified() => {}
                _ = looks.tick() => {
                    inner.count();
                    if inner.lock().unkept_bytes() >= KEEP_BYTES {
                        inner.keep().await;
                    }
                }
                _ = keeps.tick() => inner.keep().await,
                _ = asks.tick() => {
                    let said = system::ask().await;
                    inner.lock().system = said;
                }
            }
            inner.apply().await;
        }
        inner.count();
        inner.keep().await;
    }

    /// What may go, now and whenever it changes.
    pub fn allowance(&self) -> watch::Receiver<Allowance> {
        self.inner.allowance.subscribe()
    }

    /// How things stand.
    pub async fn standing(&self) -> Result<Standing, BudgetError> {
        self.inner.count();
        self.inner.keep().await;
        let (today, month) = self
            .inner
            .replica
            .with_db(|db| -> rusqlite::Result<_> {
                let (day, _) = ledger::now(db)?;
                let month = ledger::month(db, &day)?;
                Ok((day, month))
            })
            .await??;
        let state = self.inner.lock();
        let opened_for = state.opened_until.and_then(|until| until.checked_duration_since(Instant::now()));
        Ok(Standing {
            settings: state.settings.clone(),
            allowance: state.allowance(self.inner.configured),
            opened_for,
            used: sum(&month),
            month,
            today,
        })
    }

    /// Chooses. It holds at once; whether QUIC is listened on and how often is published holds from the next start on, which is why the answer says whether the
    /// line counts as another one now.
    pub async fn choose(&self, settings: Settings) -> Result<Restart, BudgetError> {
        settings.check()?;
        let kept = serde_json::to_vec(&settings).unwrap_or_default();
        self.inner
            .replica
            .with_db(move |db| db.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)", params![SETTING, kept]))
            .await??;
        let restart = {
            let mut state = self.inner.lock();
            let cost = |mode: Option<Mode>| mode.map_or(self.inner.configured == Metered::Yes, |mode| mode != Mode::Free);
            let restart = if cost(state.settings.mode) == cost(settings.mode) { Restart::NotNeeded } else { Restart::Needed };
            state.settings = settings;
            restart
        };
        self.inner.apply().await;
        Ok(restart)
    }

    /// Somebody says "now": the line is open for a while, whatever the budget says.
    pub async fn open(&self) {
        self.inner.lock().opened_until = Some(Instant::now() + OPEN_BY_HAND);
        self.inner.apply().await;
    }

    /// And "that is enough".
    pub async fn close(&self) {
        self.inner.lock().opened_until = None;
        self.inner.apply().await;
    }
}

/// Whether what was chosen asks for the node to take itself apart and start again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restart {
    /// It does.
    Needed,
    /// It does not.
    NotNeeded,
}

impl Inner {
    /// Takes what was carried since the last look.
    fn count(&self) {
        let carried = self.network.carried();
        let mut state = self.lock();
        if !state.allowance(self.configured).counts {
            // Of free hours nothing is remembered: it costs nothing, and a picture of what was used shows what can be saved.
            return;
        }
        for Carried { peer, purpose, bytes } in carried {
            let sum = state.unkept.entry((node_id_of(&peer).map(NodeId), purpose)).or_default();
            sum.sent += bytes.sent;
            sum.received += bytes.received;
        }
    }

    /// Keeps what was counted, and looks at the clock. What could not be kept is kept later.
    async fn keep(&self) {
        let (sums, day) = {
            let mut state = self.lock();
            (std::mem::take(&mut state.unkept), state.day.clone())
        };
        let unkept = sums.clone();
        let kept = self
            .replica
            .with_db(move |db: &mut Connection| -> rusqlite::Result<_> {
                if !sums.is_empty() {
                    ledger::add(db, &day, &sums)?;
                }
                let now = ledger::now(db)?;
                let used = sum(&ledger::month(db, &now.0)?);
                Ok((now, used))
            })
            .await;
        let mut state = self.lock();
        match kept {
            Ok(Ok(((day, hour), used))) => (state.day, state.hour, state.kept_bytes) = (day, hour, used),
            Ok(Err(error)) => {
                tracing::warn!(%error, "what the line was used for could not be kept; it is tried again");
                for (key, bytes) in unkept {
                    let sum = state.unkept.entry(key).or_default();
                    sum.sent += bytes.sent;
                    sum.received += bytes.received;
                }
            }
            Err(ReplicaStopped) => {}
        }
    }

    /// Decides, and says so where that changes anything.
    async fn apply(&self) {
        let allowance = self.lock().allowance(self.configured);
        let changed = self.allowance.send_if_modified(|known| {
            let changed = *known != allowance;
            *known = allowance;
            changed
        });
        if changed {
            tracing::info!(mode = ?allowance.mode, held = ?allowance.held, "what may go over the line has changed");
            self.tell(allowance).await;
        }
    }

    async fn tell(&self, allowance: Allowance) {
        // Who has stopped needs to know nothing more.
        let _ = self.network.set_roads(allowance.roads).await;
        let _ = self.replica.tell(Request::LineHeld { held: allowance.held }).await;
    }

    /// A panic elsewhere leaves the state whole: every change to it is one step.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sum(month: &[Used]) -> u64 {
    month.iter().map(|used| used.bytes.sent + used.bytes.received).sum()
}
