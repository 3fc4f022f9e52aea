//! Bundles: the replica's part in making and opening them.

use std::collections::{BTreeMap, BTreeSet};

use jeli_protocol::ids::{NodeId, SpaceId};
use jeli_protocol::log::StoreError;
use jeli_protocol::replica::{BundleAsk, CarriedRefusal, Input, Token};

use crate::replica_handle::{BundlePlan, BundleRequest, BundleWanted, NoFrame, NotTaken, Reply, SchoolInfo, StoreFault};

use super::{Driver, Waiting};

impl Driver {
    pub(super) async fn bundle(&mut self, request: BundleRequest) {
        match request {
            BundleRequest::Plan { wanted, reply } => {
                let plan = self.plan_bundles(&wanted).await;
                drop(reply.send(plan));
            }
            BundleRequest::Tags { spaces, recipients, bundle, reply } => {
                drop(reply.send(spaces.iter().flat_map(|space| self.replica.bundle_tags(space, &recipients, &bundle)).collect()));
            }
            BundleRequest::Frame { mut frames, bytes, reply } => {
                let next = if self.replica.are_members(&frames) {
                    let next = self.replica.next_bundle_frame(&mut frames, bytes, &self.store);
                    next.map(|frame| (frame, frames)).map_err(|StoreError(error)| StoreFault::Failed(error).into())
                } else {
                    Err(NoFrame::MembersChanged)
                };
                drop(reply.send(next));
            }
            BundleRequest::Receipts { space, reply } => drop(reply.send(self.replica.receipts_for_bundle(&space))),
            BundleRequest::Recognise { cover, reply } => drop(reply.send(self.replica.recognised(&cover))),
            BundleRequest::Opened { maker, reply } => {
                self.brought(maker).await;
                let _ = reply.send(());
            }
            BundleRequest::Take { space, item, reply } => {
                let token = self.token(Waiting::Carried(reply));
                self.feed(Input::Carried { token, space, item }).await;
            }
        }
    }

    /// One bundle for each set of recipients: whoever has a part in some of the spaces only must not be able to read the others.
    async fn plan_bundles(&mut self, wanted: &BundleWanted) -> Result<Vec<BundlePlan>, StoreFault> {
        let chosen = |space: &SpaceId| wanted.spaces.as_ref().is_none_or(|spaces| spaces.contains(space));
        let spaces: Vec<SpaceId> = self.replica.spaces().map(|space| space.id).filter(chosen).collect();
        let mut by_recipients: BTreeMap<BTreeSet<NodeId>, Vec<SpaceId>> = BTreeMap::new();
        for space in spaces {
            let recipients = self.replica.bundle_recipients(&space, wanted.schools.as_ref());
            if !recipients.is_empty() {
                by_recipients.entry(recipients).or_default().push(space);
            }
        }
        for space in by_recipients.values().flatten() {
            self.feed(Input::Bundling { space: *space }).await;
        }
        // What the bundle speaks of is on the disk before it leaves.
        self.settle().await;
        let plans = by_recipients.into_iter().map(|(recipients, spaces)| {
            let ask = BundleAsk { recipients: recipients.clone(), since: wanted.since };
            let mut schools: BTreeMap<_, SchoolInfo> = BTreeMap::new();
            let mut seals = BTreeSet::new();
            for space in &spaces {
                seals.extend(self.replica.seal_keys(space, &recipients));
                let Some(membership) = self.replica.space(space).map(|space| space.membership) else { continue };
                for school in recipients.iter().filter_map(|node| membership.school_of(node)) {
                    schools.entry(school).or_insert_with(|| super::answers::school(membership, &school));
                }
            }
            let mut schools: Vec<SchoolInfo> = schools.into_values().collect();
            schools.sort_by(|one, other| one.name.cmp(&other.name));
            BundlePlan {
                series: self.replica.bundle_series(wanted.since, wanted.files, spaces.iter().map(|space| (space, &recipients))),
                schools,
                seals: seals.into_iter().collect(),
                spaces: spaces.iter().filter_map(|space| Some((*space, self.replica.bundle_frames(space, &ask, &self.store)?))).collect(),
                recipients,
            }
        });
        Ok(plans.collect())
    }

    pub(super) fn carried(&mut self, token: Token, result: Result<usize, CarriedRefusal>) {
        if let Some(Waiting::Carried(reply)) = self.waiting.remove(&token) {
            let reply: Reply<Result<usize, NotTaken>> = reply;
            let _ = reply.send(result.map_err(NotTaken::Refused));
        }
    }
}
