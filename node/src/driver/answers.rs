//! Answers to what people ask, from the replica and the store.

use jeli_protocol::entry::{Role, WriteRule};
use jeli_protocol::ids::{DocumentId, NodeId, SchoolId, SpaceId};
use jeli_protocol::kinds::Kind;
use jeli_protocol::membership::{Membership, Node};

use crate::audience::{Audience, is_personal};
use crate::network;
use crate::replica_handle::{
    self, CanWrite, ContentState, Described, DocumentInfo, NodeInfo, NodeStatus, PeerStatus, SchoolInfo, SchoolPresence, SpaceInfo, SpaceMember,
    SpaceReach, SpaceRole, SpaceStatus, StoreFault,
};

use super::Driver;
use super::reach::told_road;
use super::requests::store_fault;

/// The name of a kind; one that this program does not know has its number.
pub(super) fn kind_name(number: u64) -> String {
    let known = u16::try_from(number).ok().and_then(|number| Kind::from_number(number).ok());
    known.map_or_else(|| format!("kind-{number}"), |kind| kind.name().to_owned())
}

pub(super) fn can_write(may: bool) -> CanWrite {
    if may { CanWrite::Yes } else { CanWrite::No }
}

fn role(role: Role) -> SpaceRole {
    match role {
        Role::Convenor => SpaceRole::Convenor,
        Role::Member => SpaceRole::Member,
        Role::Reader => SpaceRole::Reader,
    }
}

pub(super) fn reach(membership: &Membership) -> SpaceReach {
    if membership.private() { SpaceReach::Private } else { SpaceReach::Shared }
}

pub(super) fn school(membership: &Membership, id: &SchoolId) -> SchoolInfo {
    let name = membership.schools().find(|(known, _)| *known == id).map(|(_, school)| school.name.clone());
    SchoolInfo { id: *id, name: name.unwrap_or_default() }
}

impl Driver {
    pub(super) fn space_info(&self, id: &SpaceId) -> Option<SpaceInfo> {
        let space = self.replica.space(id)?;
        let membership = space.membership;
        let own = membership.role(&self.certificate.school).unwrap_or(Role::Reader);
        let members = membership.schools().filter_map(|(id, school)| {
            let (former, nodes) = membership.nodes().filter(|(_, node)| node.certificate.school == *id).partition(|(_, node)| node.retired);
            let named = |nodes: Vec<(&NodeId, &Node)>| {
                nodes.iter().map(|(id, node)| NodeInfo { id: **id, name: node.certificate.node_name.clone() }).collect()
            };
            Some(SpaceMember {
                school: SchoolInfo { id: *id, name: school.name.clone() },
                role: role(membership.role(id)?),
                nodes: named(nodes),
                former: named(former),
            })
        });
        Some(SpaceInfo {
            id: *id,
            name: membership.name().to_owned(),
            reach: reach(membership),
            part: space.part,
            role: role(own),
            members: members.collect(),
        })
    }

    pub(super) fn document_infos(&self, space: Option<&SpaceId>) -> Result<Vec<DocumentInfo>, StoreFault> {
        let mut infos = Vec::new();
        let spaces: Vec<_> = self.replica.spaces().filter(|view| space.is_none_or(|space| *space == view.id)).collect();
        for view in spaces {
            for (document, _) in view.membership.documents() {
                infos.extend(self.document_info(document)?);
            }
        }
        Ok(infos)
    }

    pub(super) fn document_info(&self, document: &DocumentId) -> Result<Option<DocumentInfo>, StoreFault> {
        let Some(space) = self.replica.space_of(document) else { return Ok(None) };
        let Some(membership) = self.replica.space(&space).map(|space| space.membership) else { return Ok(None) };
        let Some(made) = membership.document(document) else { return Ok(None) };
        let description = self.store.document(document).map_err(|fault| store_fault(&fault))?;
        let facts = description.as_ref().map(|description| description.facts.clone()).unwrap_or_default();
        let audience = Audience::of(&kind_name(made.act.kind), reach(membership), &facts.person, &self.certificate.school);
        let (reached, of) = self.replica.reached(document).unwrap_or((0, 0));
        let waiting = if reached < of { self.waiting_changes(document)? } else { 0 };
        Ok(Some(DocumentInfo {
            id: *document,
            space,
            state: description.as_ref().map_or(ContentState::Coming, |description| description.state),
            kind: kind_name(made.act.kind),
            described: description.as_ref().map_or(Described::Stale, |description| description.described),
            owner: school(membership, &made.act.owner),
            write_rule: match &made.act.write_rule {
                WriteRule::Owner => replica_handle::WriteRule::Owner,
                WriteRule::Everyone => replica_handle::WriteRule::Everyone,
                WriteRule::Schools(schools) => replica_handle::WriteRule::Schools(schools.clone()),
            },
            can_write: can_write(self.replica.may_write(document)),
            changed_at_ms: description.as_ref().and_then(|description| description.changed_at_ms),
            title: description.as_ref().map(|description| description.title.clone()).unwrap_or_default(),
            facts,
            audience,
            // Ours has what it has.
            reached: count(reached + 1),
            of: count(of + 1),
            waiting,
        }))
    }

    /// For whom a document is. One that cannot be looked up is for nobody.
    pub(super) fn audience(&self, document: &DocumentId) -> Audience {
        let membership = self.replica.space_of(document).and_then(|space| self.replica.space(&space)).map(|space| space.membership);
        let Some((membership, made)) = membership.and_then(|membership| Some((membership, membership.document(document)?))) else {
            return Audience::Nobody;
        };
        let (kind, reach) = (kind_name(made.act.kind), reach(membership));
        // Read only where it decides something: most documents are the school's.
        let person = match is_personal(&kind, reach).then(|| self.store.document(document)) {
            Some(Ok(Some(described))) => described.facts.person,
            _ => String::new(),
        };
        Audience::of(&kind, reach, &person, &self.certificate.school)
    }

    fn waiting_changes(&self, document: &DocumentId) -> Result<u64, StoreFault> {
        let reach = self.replica.reach(document, &self.store).map_err(|error| StoreFault::Failed(error.to_string()))?;
        Ok(reach.into_iter().flat_map(|reach| reach.schools).map(|school| school.lacks.news).max().unwrap_or(0))
    }

    pub(super) fn presence(&self, document: &DocumentId) -> Vec<SchoolPresence> {
        let Some(membership) = self.replica.space_of(document).and_then(|space| self.replica.space(&space)).map(|space| space.membership) else {
            return Vec::new();
        };
        let here = self.replica.presence(document, self.now()).into_iter();
        here.filter_map(|view| Some(SchoolPresence { school: school(membership, &membership.school_of(&view.node)?), names: view.names })).collect()
    }

    pub(super) fn node_status(&self) -> NodeStatus {
        let mut peers: Vec<PeerStatus> = Vec::new();
        for space in self.replica.spaces() {
            for (id, node) in space.membership.nodes().filter(|(id, node)| **id != self.key.id() && !node.retired) {
                if peers.iter().any(|peer| peer.node == *id) {
                    continue;
                }
                peers.push(PeerStatus {
                    node: *id,
                    school: school(space.membership, &node.certificate.school),
                    name: node.certificate.node_name.clone(),
                    road: self.connections.get(id).map(|connection| told_road(connection.road)),
                    last_contact: self.contacts.of(id),
                    traffic: self.network.traffic(&network::peer_id_of(&id.0)),
                });
            }
        }
        NodeStatus {
            line: self.line,
            addresses: self.listening.iter().cloned().collect(),
            peers,
            relay: self.relay_view(),
            spaces: self
                .replica
                .spaces()
                .map(|space| SpaceStatus {
                    id: space.id,
                    entries: space.entries,
                    waiting: space.waiting,
                    void: space.void,
                    refused_frames: space.refused_frames,
                })
                .collect(),
        }
    }
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
