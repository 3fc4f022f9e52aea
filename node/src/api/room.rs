//! The room that files take: what is kept, for which documents, and who else has it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jeli_protocol::ids::{BlobHash, DocumentId, NodeId, SchoolId};

use super::App;
use super::auth::{Caller, Director};
use super::body::JsonBody;
use super::error::{ApiError, ApiResult};
use super::files::{pinned, schools};
use super::shapes::{HolderView, KeptFileView, KeptForView, Named, PinView, RoomAsk, RoomView, SchoolRoomView};
use crate::blobs::{Choice, Holder, KeptBlob, Pin, Pins};
use crate::replica_handle::{DocumentInfo, Request, SchoolInfo};
use crate::store::{FilePart, NamedFile, Naming};

#[utoipa::path(get, path = "/api/v1/files", responses((status = 200, body = RoomView)), tag = "files")]
pub(super) async fn room(State(app): State<App>, caller: Caller) -> ApiResult<Json<RoomView>> {
    let room = app.blobs.room().await?;
    let listed = app.replica.ask(|reply| Request::Documents { space: None, reply }).await??;
    let readable: HashMap<DocumentId, &DocumentInfo> =
        listed.iter().filter(|info| info.audience.admits(caller.person.id)).map(|info| (info.id, info)).collect();
    // What stands in nothing that this person reads they see the size of, and no more.
    let mut named = app.blobs.named(None).await?;
    named.retain(|file| readable.contains_key(&file.document));
    let mut standing: HashMap<BlobHash, Vec<&NamedFile>> = HashMap::new();
    for file in &named {
        standing.entry(file.hash).or_default().push(file);
    }
    let (pins, holders) = (app.blobs.pins().await?, app.blobs.all_holders().await?);
    let look = Look { own: app.replica.identity().school_id(), schools: schools(&app).await?, readable, standing, pins, holders };
    let files = app.blobs.kept().await?.iter().enumerate().map(|(number, kept)| look.kept(number, kept)).collect();
    Ok(Json(RoomView {
        used: room.used,
        unfinished: room.unfinished,
        limit: room.limit,
        left: room.left(),
        disk_free: room.disk_free,
        reserve: room.reserve,
        small: room.small,
        portion_percent: room.portion_percent,
        portion: room.portion(),
        schools: look.by_school(app.blobs.by_school().await?),
        files,
        pins: look.pins.all().iter().filter_map(|pin| look.pin(pin)).collect(),
    }))
}

/// What one person may see of what is kept.
struct Look<'a> {
    own: SchoolId,
    /// Of which school each computer is.
    schools: HashMap<NodeId, SchoolInfo>,
    readable: HashMap<DocumentId, &'a DocumentInfo>,
    /// Where each content stands, of what they read.
    standing: HashMap<BlobHash, Vec<&'a NamedFile>>,
    pins: Pins,
    holders: HashMap<BlobHash, Vec<Holder>>,
}

impl Look<'_> {
    /// `number`: its place in the list. Whoever knows a hash can name it and so read the content: of what stands in nothing that they read no hash is told.
    fn kept(&self, number: usize, kept: &KeptBlob) -> KeptFileView {
        let standing = self.standing.get(&kept.hash).map_or(&[][..], Vec::as_slice);
        // Computers that are of no school any more count for nobody.
        let is_known = |holder: &&Holder| holder.whole && self.schools.contains_key(&holder.node);
        let whole: Vec<&Holder> = self.holders.get(&kept.hash).into_iter().flatten().filter(is_known).collect();
        let elsewhere: BTreeSet<SchoolId> =
            whole.iter().filter_map(|holder| self.schools.get(&holder.node)).map(|school| school.id).filter(|school| *school != self.own).collect();
        KeptFileView {
            hash: if standing.is_empty() { format!("#{number}") } else { kept.hash.to_string() },
            size: kept.size,
            added_at: kept.added_ms,
            used_at: kept.used_ms,
            documents: standing.iter().filter_map(|file| self.stands_in(file)).collect(),
            schools: elsewhere.len(),
            holders: if standing.is_empty() { Vec::new() } else { self.by_holder(&whole) },
            last: whole.is_empty(),
            pinned: pinned(&self.pins, standing.iter().copied()),
        }
    }

    fn stands_in(&self, file: &NamedFile) -> Option<KeptForView> {
        let info = self.readable.get(&file.document)?;
        Some(KeptForView {
            id: info.id.to_string(),
            title: info.title.clone(),
            kind: info.kind.clone(),
            part: if file.part == FilePart::Thumbnail { "thumbnail" } else { "content" },
            named: file.naming == Naming::Now,
            name: file.said.name.clone(),
            media_type: file.said.media_type.clone(),
        })
    }

    /// Each school once, as it was heard of last.
    fn by_holder(&self, holders: &[&Holder]) -> Vec<HolderView> {
        let mut seen = BTreeSet::new();
        let known = holders.iter().filter_map(|holder| Some((self.schools.get(&holder.node)?, holder)));
        known.filter(|(school, _)| seen.insert(school.id)).map(|(school, holder)| HolderView::new(school, holder)).collect()
    }

    fn by_school(&self, taken: Vec<(Option<SchoolId>, u64)>) -> Vec<SchoolRoomView> {
        let names: BTreeMap<SchoolId, &SchoolInfo> = self.schools.values().map(|school| (school.id, school)).collect();
        let view = |(school, used): (Option<SchoolId>, u64)| SchoolRoomView {
            school: school.and_then(|id| names.get(&id).map(|school| Named::from(*school))),
            used,
        };
        taken.into_iter().map(view).collect()
    }

    /// A pin of something that they read, with what people call that.
    fn pin(&self, pin: &Pin) -> Option<PinView> {
        let mut view = PinView::default();
        match pin {
            Pin::Kind(kind) => view.kind = Some(kind.clone()),
            Pin::Document(id) => {
                let info = self.readable.get(id)?;
                view.document = Some(info.id.to_string());
                view.name = info.title.clone();
            }
            Pin::Blob(hash) => {
                let file = self.standing.get(hash)?.iter().max_by_key(|file| file.naming)?;
                view.blob = Some(hash.to_string());
                view.document = Some(file.document.to_string());
                view.name = file.said.name.clone();
            }
        }
        Some(view)
    }
}

#[utoipa::path(put, path = "/api/v1/files", request_body = RoomAsk, responses((status = 204)), tag = "files")]
pub(super) async fn choose(State(app): State<App>, _: Director, JsonBody(ask): JsonBody<RoomAsk>) -> ApiResult<StatusCode> {
    if ask.portion_percent.is_some_and(|percent| percent > 100) {
        return Err(ApiError::field("portion_percent"));
    }
    app.blobs.choose(Choice { room: ask.limit, small: ask.small, portion_percent: ask.portion_percent }).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/api/v1/files/sweep", responses((status = 204)), tag = "files")]
pub(super) async fn sweep(State(app): State<App>, _: Director) -> ApiResult<StatusCode> {
    app.uploads.sweep().await;
    app.blobs.sweep().await?;
    Ok(StatusCode::NO_CONTENT)
}
