//! Keeping refused words as a document of one's own.

use jeli_protocol::ids::DocumentId;

use super::App;
use super::documents::{find, may_speak_of, owner};
use super::error::{ApiResult, Code};
use crate::accounts::Person;
use crate::audience::is_personal;
use crate::clock;
use crate::documents::create::{copy_with, fresh_actor};
use crate::documents::{Loaded, set_aside};
use crate::replica_handle::{Request, SpaceReach, WriteRule};

/// A new document in the school's private space: the refused words in their place, among what the document says now.
pub(super) async fn keep_as_copy(app: &App, person: &Person, id: i64) -> ApiResult<DocumentId> {
    if !person.role.may_write() {
        return Err(Code::NotAllowed.into());
    }
    let author = person.id;
    let (piece, changes) = app.replica.with_db(move |db| set_aside::find(db, author, id)).await??.ok_or(Code::UnknownSetAside)?;
    let info = find(app, author, piece.document).await?;
    let actor = fresh_actor(&app.replica.identity().node.id);
    let owner = is_personal(&info.kind, SpaceReach::Private).then(|| owner(app, person));
    let copied = move |loaded: &Loaded| copy_with(&loaded.doc, &changes, owner.as_ref(), &actor, clock::now_s());
    let copied = app.documents.read_as(author, piece.document, copied).await?.map_err(|refusal| {
        tracing::warn!(%refusal, "refused words could not be copied");
        Code::ContentRefused
    })?;
    may_speak_of(app, author, &copied.about).await?;
    let initial_changes = copied.changes;
    let spaces = app.replica.ask(|reply| Request::Spaces { reply }).await??;
    let private = spaces.iter().find(|space| space.reach == SpaceReach::Private).ok_or(Code::UnknownSpace)?;
    let space = private.id;
    let request =
        |reply| Request::CreateDocument { space, kind: info.kind, write_rule: WriteRule::Owner, initial_changes, author: Some(author), reply };
    let info = app.replica.ask(request).await??;
    app.documents.describe_later([info.id]);
    Ok(info.id)
}
