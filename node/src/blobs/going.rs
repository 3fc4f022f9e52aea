//! What goes: what a school lets go of, and what nobody needs any more. And what stays, whoever lets go.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use futures::{StreamExt as _, stream};
use jeli_protocol::ids::BlobHash;
use tokio::time::{Instant, timeout_at};

use super::fetch::Asked;
use super::limits::{ASK_AROUND, ASKED_AT_ONCE, UNNAMED_LIFE};
use super::pins::Pin;
use super::{Blobs, Inner, Result, damage, lock, tables};
use crate::clock::now_ms;
use crate::replica_handle::Request;

impl Blobs {
    /// Whether no other computer says now that it has all of it. What one that is not reached had when it was last heard of does not count: it may have let
    /// go of it since, and its people may be about to count on ours.
    pub async fn is_last_copy(&self, hash: &BlobHash) -> Result<bool> {
        let hash = *hash;
        let providers = self.inner.replica.ask(|reply| Request::Providers { hash, reply }).await??;
        let fetcher = &self.inner.fetcher;
        let mut answers = stream::iter(providers).map(async |node| (node, fetcher.ask(node, &hash).await)).buffer_unordered(ASKED_AT_ONCE);
        // Whoever says nothing in time counts as one who is not reached.
        let end = Instant::now() + ASK_AROUND;
        while let Ok(Some((node, asked))) = timeout_at(end, answers.next()).await {
            match asked {
                Asked::Has(_, have) if have.is_whole() => return Ok(false),
                Asked::Has(..) | Asked::NotReached => {}
                Asked::Nothing => fetcher.holders.has_none(&hash, &node).await,
            }
        }
        Ok(true)
    }

    /// Lets go of a content here. It stays named, and comes again when somebody wants it and somebody has it.
    pub async fn let_go(&self, hash: &BlobHash) -> Result<()> {
        let gone = *hash;
        self.inner
            .db(move |db| {
                tables::forget_blob(db, &gone)?;
                tables::let_go(db, &gone)
            })
            .await?;
        self.inner.halt(hash);
        self.sweep().await
    }

    /// Clears away what nobody needs any more.
    pub async fn sweep(&self) -> Result<()> {
        self.inner.kept.sweep().await?;
        // In this order: what comes in between is no loss. What is being taken in anew is known to be here, and is not in the store yet.
        let known = if damage::is_aside(&self.inner.folder) { Vec::new() } else { self.kept().await? };
        let here: BTreeSet<BlobHash> = self.inner.kept.list().await?.into_iter().collect();
        let gone: Vec<BlobHash> = known.into_iter().map(|blob| blob.hash).filter(|hash| !here.contains(hash)).collect();
        let forgotten = gone.clone();
        self.inner.db(move |db| forgotten.iter().try_for_each(|hash| tables::forget_blob(db, hash))).await?;
        gone.iter().for_each(|hash| self.inner.news.content(hash));
        // There is room now that there was not.
        self.inner.look_at_all().await;
        Ok(())
    }
}

impl Inner {
    /// All contents that must stay: what documents name, also in their histories; what is pinned, on its way, or was added a short while ago.
    pub(super) async fn needed(&self) -> Result<Vec<BlobHash>> {
        let (needed, doubtful) = self.needed_now().await?;
        // Named between two looks at a document, and removed again: its changes say so.
        let in_history = self.named_in_history(doubtful.into_iter().filter(|hash| !needed.contains(hash)).collect()).await?;
        // That may have taken a while, in which people went on.
        let (mut needed, _) = self.needed_now().await?;
        needed.extend(in_history);
        Ok(needed.into_iter().collect())
    }

    /// What the tables know to be needed; and what is here and was not let go of.
    async fn needed_now(&self) -> Result<(BTreeSet<BlobHash>, Vec<BlobHash>)> {
        let gone: BTreeSet<BlobHash> = self.db(tables::was_let_go).await?.into_iter().collect();
        let named = self.named().await?;
        let fresh = now_ms().saturating_sub(i64::try_from(UNNAMED_LIFE.as_millis()).unwrap_or(i64::MAX));
        let (kept, wants, pins) = self.db(|db| Ok((tables::kept(db)?, tables::wants(db)?, tables::pins(db)?))).await?;
        let mut needed: BTreeSet<BlobHash> = named.iter().map(|file| file.hash).filter(|hash| !gone.contains(hash)).collect();
        needed.extend(wants.iter().map(|want| want.hash));
        needed.extend(pins.iter().filter_map(|(what, key)| match Pin::of_row(what, key) {
            Some(Pin::Blob(hash)) => Some(hash),
            // Documents name theirs.
            _ => None,
        }));
        needed.extend(kept.iter().filter(|blob| blob.added_ms > fresh).map(|blob| blob.hash));
        needed.extend(lock(&self.running).keys().copied());
        let stays = kept.iter().map(|blob| blob.hash).filter(|hash| !gone.contains(hash)).collect();
        Ok((needed, stays))
    }

    /// Those of these contents that any change names which is kept here.
    async fn named_in_history(&self, of: HashSet<BlobHash>) -> Result<Vec<BlobHash>> {
        let (of, mut named) = (Arc::new(of), Vec::new());
        let mut next = (!of.is_empty()).then_some(0);
        while let Some(after) = next {
            let found = self.replica.ask(|reply| Request::HistoryNames { of: of.clone(), after, reply }).await??;
            named.extend(found.hashes);
            next = found.next;
        }
        Ok(named)
    }
}
