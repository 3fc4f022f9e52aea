//! What people speak of: a request for feedback, a thread and a companion name another document in their field `about`.
//!
//! Nothing stands beside what one person alone reads. Its title and the words that are quoted of it would be read by everybody in the space and go
//! to other computers. A published copy is a document like any other.

use automerge::{Automerge, ROOT};
use jeli_protocol::ids::DocumentId;
use jeli_protocol::kinds::{self, Kind};

use super::actor::{DocumentActor, DocumentFault};
use super::chunks::CheckedChange;
use super::loaded::{Loaded, guarded, refused};
use super::service::Documents;
use super::turn::{RefusalReason, Verdict};
use super::words::with_changes;
use crate::audience::Audience;
use crate::replica_handle::{ReplicaHandle, Request};

/// What stands where `about` leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A document that everybody here reads; or it leads nowhere.
    Open,
    /// A document for these alone.
    Personal(Audience),
    /// Nothing that this node knows.
    Unknown,
}

impl Documents {
    /// What stands where this leads: `<document>`, with `/<collection>/<item>` for a part of it.
    pub async fn subject(&self, about: &str) -> Result<Subject, DocumentFault> {
        subject(self.replica(), about).await
    }
}

async fn subject(replica: &ReplicaHandle, about: &str) -> Result<Subject, DocumentFault> {
    if about.is_empty() {
        return Ok(Subject::Open);
    }
    let (document, _part) = about.split_once('/').unwrap_or((about, ""));
    let Ok(document) = document.parse() else { return Ok(Subject::Unknown) };
    let found = replica.ask(|reply| Request::Document { document, reply }).await.map_err(|_| DocumentFault::Stopping)??;
    Ok(match found.map(|info| info.audience) {
        Some(Audience::School) => Subject::Open,
        Some(audience) => Subject::Personal(audience),
        None => Subject::Unknown,
    })
}

/// Where a talk of this kind leads. A companion says it by its title, too.
pub fn led_to<'a>(kind: Kind, about: &'a str, title: &'a str) -> &'a str {
    if about.is_empty() && kind == Kind::Companion && title.parse::<DocumentId>().is_ok() { title } else { about }
}

/// Where a document leads: nowhere unless it is a talk.
pub(super) fn led_by(doc: &Automerge, kind: &str) -> String {
    let Some(kind) = kind.parse::<Kind>().ok().filter(|kind| kind.is_talk()) else { return String::new() };
    let about = kinds::read::string_at(doc, &ROOT, "about").unwrap_or_default();
    led_to(kind, &about, &kinds::title(doc)).to_owned()
}

/// Where a talk leads once a message is in it.
pub(super) enum Lead {
    AsBefore(String),
    Elsewhere(String),
    /// It does not fit to what the document says.
    Unclear,
}

/// A talk as the messages of one turn will leave it.
pub(super) struct Talk {
    doc: Automerge,
    kind: String,
}

impl Talk {
    /// None: the document is no talk.
    pub(super) fn of(loaded: &Loaded) -> Option<Self> {
        loaded.kind.parse::<Kind>().ok().filter(|kind| kind.is_talk()).map(|_| Self { doc: loaded.doc.fork(), kind: loaded.kind.clone() })
    }

    /// Takes in the changes of one message and says where they lead. A talk is short: reading it twice costs little.
    pub(super) fn take(&mut self, changes: &[CheckedChange]) -> Lead {
        let took = guarded(|| {
            let before = led_by(&self.doc, &self.kind);
            let (with, heads) = with_changes(&self.doc, changes).map_err(refused)?;
            let after = led_by(&with, &self.kind);
            Ok((before, after, (heads == self.doc.get_heads()).then_some(with)))
        });
        let Ok((before, after, with)) = took else { return Lead::Unclear };
        if let Some(with) = with {
            self.doc = with;
        }
        if before == after { Lead::AsBefore(after) } else { Lead::Elsewhere(after) }
    }
}

impl DocumentActor {
    /// Whether a talk may say what it would lead to. What leads to nothing that is known here stays as it is: another school may know.
    pub(super) async fn judge_lead(&self, lead: &Lead) -> Result<(), Verdict> {
        let (Lead::AsBefore(about) | Lead::Elsewhere(about)) = lead else { return Err(Verdict::Refused(RefusalReason::Untrusted)) };
        match (subject(&self.shared.replica, about).await, lead) {
            (Ok(Subject::Open), _) | (Ok(Subject::Unknown), Lead::AsBefore(_)) => Ok(()),
            (Ok(_), _) => Err(Verdict::Refused(RefusalReason::PrivateSubject)),
            (Err(_), _) => Err(Verdict::NotNow),
        }
    }
}
