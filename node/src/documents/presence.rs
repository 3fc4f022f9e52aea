//! Who has which document open at this school; told to the pages, and to the other schools through the replica.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jeli_protocol::ids::DocumentId;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::seat::{Tab, TabId};
use crate::audience::Audience;
use crate::events::{Event, Events};
use crate::replica_handle::{ReplicaHandle, Request};

/// Tabs that come and go within this time are told as one change: a page that is loaded anew does not flicker at the other schools.
const GATHER: Duration = Duration::from_millis(200);

#[derive(Clone)]
pub(super) struct Presence {
    open: Arc<Mutex<Open>>,
    changed: Arc<Notify>,
}

#[derive(Default)]
struct Open {
    tabs: HashMap<DocumentId, Attended>,
    changed: HashMap<DocumentId, Audience>,
}

/// A document that somebody has open.
struct Attended {
    audience: Audience,
    tabs: BTreeMap<TabId, Attendee>,
}

/// Somebody who has a document open here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attendee {
    pub name: String,
    /// Of a guest: the school, as they said it.
    pub guest_of: Option<String>,
}

impl Presence {
    pub(super) fn start(replica: ReplicaHandle, events: Events, stopping: CancellationToken) -> Self {
        let presence = Self { open: Arc::default(), changed: Arc::new(Notify::new()) };
        tokio::spawn(stopping.run_until_cancelled_owned(tell(presence.clone(), replica, events)));
        presence
    }

    pub(super) fn came(&self, document: DocumentId, audience: Audience, tab: &Tab) {
        self.with(|open| {
            let attended = open.tabs.entry(document).or_insert(Attended { audience, tabs: BTreeMap::new() });
            attended.audience = audience;
            attended.tabs.insert(tab.id, Attendee { name: tab.name.clone(), guest_of: tab.guest_of.clone() });
            open.changed.insert(document, audience);
        });
        self.changed.notify_one();
    }

    pub(super) fn left(&self, document: DocumentId, tab: TabId) {
        self.with(|open| {
            if let Some(attended) = open.tabs.get_mut(&document) {
                attended.tabs.remove(&tab);
                open.changed.insert(document, attended.audience);
                if attended.tabs.is_empty() {
                    open.tabs.remove(&document);
                }
            }
        });
        self.changed.notify_one();
    }

    /// Each once, in order.
    pub(super) fn attendees(&self, document: DocumentId) -> Vec<Attendee> {
        let each = |attended: &Attended| attended.tabs.values().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        self.with(|open| open.tabs.get(&document).filter(|attended| attended.audience != Audience::Nobody).map(each).unwrap_or_default())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Open) -> T) -> T {
        work(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Attended {
    /// Who has it open, for other nodes. That somebody sits over their own notebook is nobody's business.
    fn told_elsewhere(&self) -> Vec<String> {
        if self.audience == Audience::School { names_of(&self.tabs) } else { Vec::new() }
    }
}

/// Other nodes hear names alone: a guest's says the school, too.
fn names_of(tabs: &BTreeMap<TabId, Attendee>) -> Vec<String> {
    let named = |attendee: &Attendee| match &attendee.guest_of {
        Some(school) => format!("{} ({school})", attendee.name),
        None => attendee.name.clone(),
    };
    tabs.values().map(named).collect::<BTreeSet<_>>().into_iter().collect()
}

async fn tell(presence: Presence, replica: ReplicaHandle, events: Events) {
    loop {
        presence.changed.notified().await;
        tokio::time::sleep(GATHER).await;
        let (changed, open) = presence.with(|open| {
            let now: Vec<_> = open.tabs.iter().map(|(document, attended)| (*document, attended.told_elsewhere())).collect();
            (std::mem::take(&mut open.changed), now)
        });
        if changed.is_empty() {
            continue;
        }
        if replica.tell(Request::SetOpenDocuments { open }).await.is_err() {
            return;
        }
        for (document, audience) in changed {
            events.tell(Event::Presence { document, audience });
        }
    }
}
