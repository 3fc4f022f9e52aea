//! The schools: ten that write, and some that were away.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use automerge::{ActorId, Change};
use futures::future::try_join_all;
use jeli_client::{Client, DocSession, NewDocument, WriteRule};
use jeli_line::{Access, Net, Profile};
use jeli_tests::joined::joined;
use jeli_tests::process::NodeProcess;
use jeli_tests::school::eventually_within;
use tempfile::TempDir;
use tokio::time::{Instant, interval, sleep};

use super::week::{DOCUMENTS, Piece};
use super::{DOWN, Document, UP};
use crate::moved::{self, Moved};

/// Schools that write.
const WRITERS: usize = 10;
/// Schools that come back, one for each measurement.
const AWAY: usize = 3;
/// The school that the others reach in any case.
const HUB: usize = 0;
/// Days of a week.
const DAYS: usize = 5;
/// Keystrokes that a page hands to its node at a time.
const LOT: usize = 200;
const FIELD: &str = "mission";
const PATIENCE: Duration = Duration::from_secs(900);
const LOOK: Duration = Duration::from_millis(50);

/// Whom a school reaches that comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// One school that has everything; the others' addresses are dead.
    One,
    /// All of them.
    All,
    /// One, on a line that drops again and again.
    OneThatDrops,
}

/// What a return came to.
pub(super) struct Came {
    pub(super) took: Duration,
    /// At the school that came back, with all headers.
    pub(super) bytes: u64,
    /// Of sessions, both ways, as its node counts them.
    pub(super) moved: u64,
}

pub(super) struct Schools {
    // The nodes end before their network does.
    nodes: Vec<NodeProcess>,
    net: Net,
    _place: TempDir,
    space: String,
    floor: Access,
    entries_before: u64,
    entries_after: u64,
    /// Who comes back next.
    next: usize,
}

impl Schools {
    /// All of them in one space, on lines that hold nothing up for now.
    pub(super) async fn new(jeli: &Path, profile: &Profile) -> Result<Self> {
        let net = Net::new(1, &[Access::IDEAL; WRITERS + AWAY])?;
        let place = tempfile::tempdir()?;
        // Those who write do it on lines of their own, and publish as often as people do there.
        let (nodes, space) = joined(jeli, place.path(), &net, |school| profile.metered && school >= WRITERS).await?;
        Ok(Self { nodes, net, _place: place, space, floor: profile.access(), entries_before: 0, entries_after: 0, next: WRITERS })
    }

    /// The documents of earlier weeks come to all; then some are away, and the others write.
    pub(super) async fn write_a_week(&mut self, pieces: Vec<Piece>) -> Result<Vec<Document>> {
        ensure!(pieces.len() == DOCUMENTS, "a piece for each document");
        let mut seats = Vec::new();
        for (number, piece) in pieces.iter().enumerate() {
            let client = self.client(number % WRITERS)?;
            let title = format!("Plan {number}");
            let new = NewDocument { space: &self.space, kind: "plan", title: &title, language: "kk", write_rule: WriteRule::Everyone, about: "" };
            let mut seat = self.opens(number % WRITERS, &client.create_document(&new).await?.id).await?;
            let earlier = piece.earlier(&seat.doc, FIELD)?;
            seat.apply(earlier).await?;
            seat.wait_acked(PATIENCE).await?;
            seats.push(seat);
        }
        self.entries_before = self.agree(WRITERS + AWAY).await?;
        for school in WRITERS..WRITERS + AWAY {
            self.client(school)?.cut_line(true).await?;
        }

        let mut documents = Vec::new();
        let mut lots = Vec::new();
        for (number, (piece, seat)) in pieces.iter().zip(&seats).enumerate() {
            // Two people of one school, each at a page of their own.
            let second = ActorId::try_from(self.client(number % WRITERS)?.me().await?.actor.as_str())?;
            let week = piece.week(&seat.doc, FIELD, [seat.doc.get_actor().clone(), second])?;
            lots.push(week.clone());
            documents.push(Document { id: seat.id().to_owned(), before: seat.doc.clone(), week });
        }
        for day in 0..DAYS {
            for school in 0..WRITERS {
                self.client(school)?.cut_line(true).await?;
            }
            // All schools at once, and in each one document after the other.
            let mut desks: Vec<Vec<(&mut DocSession, &[Change])>> = (0..WRITERS).map(|_| Vec::new()).collect();
            for (number, (seat, week)) in seats.iter_mut().zip(&lots).enumerate() {
                let todays = week.chunks(week.len().div_ceil(DAYS)).nth(day).unwrap_or_default();
                desks[number % WRITERS].push((seat, todays));
            }
            try_join_all(desks.into_iter().map(async |desk| {
                for (seat, todays) in desk {
                    for lot in todays.chunks(LOT) {
                        seat.apply(lot.to_vec()).await?;
                        seat.wait_acked(PATIENCE).await?;
                    }
                }
                anyhow::Ok(())
            }))
            .await?;
            for school in 0..WRITERS {
                self.client(school)?.cut_line(false).await?;
            }
            self.entries_after = self.agree(WRITERS).await?;
        }
        drop(seats);
        Ok(documents)
    }

    pub(super) fn entries_of_the_week(&self) -> u64 {
        self.entries_after - self.entries_before
    }

    /// The next school that was away looks for the others.
    pub(super) async fn come_back(&mut self, reach: Reach, documents: &[Document]) -> Result<Came> {
        let school = self.next;
        ensure!(school < self.nodes.len(), "one school for each return");
        self.next += 1;
        for node in self.net.nodes() {
            node.reshape(&self.floor);
        }
        if reach != Reach::All {
            (0..WRITERS).filter(|other| *other != HUB).for_each(|other| self.net.part(school, other));
        }
        let client = self.client(school)?;
        let before = self.net.counts_to(school).arrived.bytes;
        let moved_before = Moved::of(&client.status().await?).bytes;
        let began = Instant::now();
        client.cut_line(false).await?;
        let all_here = self.has(&client, self.entries_after);
        if reach == Reach::OneThatDrops {
            tokio::select! {
                here = all_here => here?,
                () = self.drops(school) => {}
            }
        } else {
            all_here.await?;
        }
        let took = began.elapsed();
        let bytes = self.net.counts_to(school).arrived.bytes - before;
        let moved = Moved::of(&client.status().await?).bytes - moved_before;
        self.net.node(school).join();
        for node in self.net.nodes() {
            node.reshape(&Access::IDEAL);
        }
        for document in documents {
            let mut heads: Vec<String> = document.after()?.get_heads().iter().map(ToString::to_string).collect();
            heads.sort_unstable();
            let mut here = client.content(&document.id).await?.heads;
            here.sort_unstable();
            ensure!(here == heads, "the school that came back does not hold the week of {}", document.id);
        }
        client.cut_line(true).await?;
        Ok(Came { took, bytes, moved })
    }

    /// The line gives up again and again, for as long as somebody waits for this.
    async fn drops(&self, school: usize) {
        loop {
            sleep(UP).await;
            self.net.node(school).cut();
            sleep(DOWN).await;
            self.net.node(school).join();
        }
    }

    async fn has(&self, client: &Client, entries: u64) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            let here = moved::entries(client, &self.space).await?;
            if here == Some(entries) {
                return Ok(());
            }
            ensure!(Instant::now() < end, "{here:?} of {entries} entries are there after {PATIENCE:?}");
        }
    }

    /// Waits until the first so many schools hold the same, all of it published. How many entries that is.
    async fn agree(&self, schools: usize) -> Result<u64> {
        let clients = (0..schools).map(|school| self.client(school)).collect::<Result<Vec<_>>>()?;
        eventually_within("the schools to hold the same", PATIENCE, async || {
            let mut held = Vec::new();
            for client in &clients {
                let documents = client.documents(Some(&self.space)).await?;
                for document in documents {
                    if !client.document_status(&document.id).await.is_ok_and(|status| status.published) {
                        return Ok(false);
                    }
                }
                held.push(moved::entries(client, &self.space).await?);
            }
            Ok(held[0].is_some() && held.iter().all(|entries| *entries == held[0]))
        })
        .await?;
        moved::entries(&clients[0], &self.space).await?.context("nothing waits at the first school")
    }

    fn client(&self, school: usize) -> Result<Client> {
        self.nodes[school].client()
    }

    async fn opens(&self, school: usize, document: &str) -> Result<DocSession> {
        let client = self.client(school)?;
        Ok(client.open_session().await?.open_document(document, Some(&client.me().await?.actor)).await?)
    }

    pub(super) async fn stop(mut self) -> Result<()> {
        for node in &mut self.nodes {
            node.stop().await?;
        }
        Ok(())
    }
}
