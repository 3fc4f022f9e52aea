//! Questionnaires by link: short questions of a plan, answered without an account. Totals only: no address and no time of an answer is kept or
//! logged.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use data_encoding::BASE64URL_NOPAD;
use jeli_protocol::ids::{DocumentId, NodeId};
use jeli_protocol::kinds::ItemId;
use jeli_protocol::kinds::questionnaire::{CountError, Questionnaire, Rating, count_answers};
use rusqlite::{Connection, OptionalExtension};
use subtle::ConstantTimeEq;
use tokio::sync::OnceCell;

use super::App;
use super::auth::Caller;
use super::body::JsonBody;
use super::documents::{document_id, find};
use super::error::{ApiResult, Code};
use super::page_address::{Scheme, page_address};
use super::rate::AddressRate;
use super::shapes::{AnswersAsk, QuestionView, QuestionnaireLinkView, QuestionnaireView};
use super::spaces::qr_svg;
use crate::accounts::AccountError;
use crate::audience::MACHINE;
use crate::clock::{Day, now_s};
use crate::documents::{DocumentFault, Loaded};
use crate::limits::{
    ANSWERS_PER_MINUTE, ANSWERS_PER_MINUTE_PER_ADDRESS, LOOKS_PER_MINUTE, LOOKS_PER_MINUTE_PER_ADDRESS, WRONG_LINKS_PER_MINUTE_PER_ADDRESS,
};

/// The table of this module, for the database's migrations.
pub const QUESTIONNAIRES_MIGRATION: &str = include_str!("questionnaires.sql");

#[utoipa::path(get, path = "/api/v1/documents/{id}/surveys/{survey}/link", params(("id" = String, Path), ("survey" = String, Path)),
    responses((status = 200, body = QuestionnaireLinkView)), tag = "questionnaires")]
pub(super) async fn link(
    State(app): State<App>,
    Extension(scheme): Extension<Scheme>,
    caller: Caller,
    headers: HeaderMap,
    Path((id, survey)): Path<(String, String)>,
) -> ApiResult<Json<QuestionnaireLinkView>> {
    let info = find(&app, caller.person.id, document_id(&id)?).await?;
    if !caller.person.role.may_write() || !info.can_write.is_yes() {
        return Err(Code::NotAllowed.into());
    }
    let survey: ItemId = survey.parse().map_err(|_| Code::UnknownQuestionnaire)?;
    let read = move |loaded: &Loaded| Questionnaire::read(&loaded.doc, survey);
    app.documents.read_as(caller.person.id, info.id, read).await?.ok_or(Code::UnknownQuestionnaire)?;
    let path = format!("/q/{}", Link { document: info.id, survey }.seal(app.links.secret(&app).await?));
    let address = page_address(scheme, &headers, &path).unwrap_or_default();
    Ok(Json(QuestionnaireLinkView { qr_svg: qr_svg(&address), path, address }))
}

#[utoipa::path(get, path = "/api/v1/questionnaires/{token}", params(("token" = String, Path)), responses((status = 200, body = QuestionnaireView)),
    tag = "questionnaires")]
pub(super) async fn show(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Path(token): Path<String>,
) -> ApiResult<Json<QuestionnaireView>> {
    let Link { document, survey } = app.links.open(&app, &token, address.ip(), &app.links.looks).await?;
    let read = move |loaded: &Loaded| Questionnaire::read(&loaded.doc, survey).map(|asked| (loaded.can_write, asked));
    let (can_write, asked) = app.documents.read_as(MACHINE, document, read).await.map_err(gone)?.ok_or(Code::UnknownQuestionnaire)?;
    let open = can_write.is_yes() && asked.takes_answers(today(&app).await?.date);
    Ok(Json(QuestionnaireView {
        title: asked.title,
        language: asked.language,
        audience: asked.audience,
        open,
        until: asked.until,
        questions: asked.questions.into_iter().map(|question| QuestionView { id: question.id.to_string(), text: question.text }).collect(),
    }))
}

#[utoipa::path(post, path = "/api/v1/questionnaires/{token}", params(("token" = String, Path)), request_body = AnswersAsk,
    responses((status = 204)), tag = "questionnaires")]
pub(super) async fn answer(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Path(token): Path<String>,
    JsonBody(ask): JsonBody<AnswersAsk>,
) -> ApiResult<StatusCode> {
    let Link { document, survey } = app.links.open(&app, &token, address.ip(), &app.links.answers).await?;
    let answers = read_answers(&ask.answers).ok_or(Code::BadRequest)?;
    let (node, Day { date, began_s }) = (app.replica.identity().node.id, today(&app).await?);
    let count = move |transaction: &mut automerge::transaction::Transaction<'_>| {
        count_answers(transaction, survey, &answers, date, |question| tally_of(&node, &document, &question))
    };
    // The day and no more: the change says no time at which somebody answered.
    let counted = app.documents.write(document, began_s, count).await.map_err(gone)?;
    counted.map_err(|error| match error {
        CountError::Gone => Code::UnknownQuestionnaire,
        CountError::Closed => Code::QuestionnaireClosed,
        CountError::Full => Code::QuestionnaireFull,
        CountError::OtherQuestions => Code::OtherQuestions,
        CountError::Write(error) => {
            tracing::warn!(%document, %error, "answers could not be counted");
            Code::QuestionnaireClosed
        }
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whoever has the link has no account, and is told of the questionnaire alone.
fn gone(fault: DocumentFault) -> super::ApiError {
    match fault {
        DocumentFault::NotFound | DocumentFault::Coming | DocumentFault::SetApart => Code::UnknownQuestionnaire.into(),
        DocumentFault::MayNotWrite => Code::QuestionnaireClosed.into(),
        fault => fault.into(),
    }
}

fn read_answers(asked: &BTreeMap<String, i64>) -> Option<Vec<(ItemId, Rating)>> {
    asked.iter().map(|(question, rating)| Some((question.parse().ok()?, Rating::new(*rating)?))).collect()
}

/// The item in which this node counts the answers to a question: found again without being kept anywhere, and no other node's.
fn tally_of(node: &NodeId, document: &DocumentId, question: &ItemId) -> ItemId {
    let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 tally of a node");
    hasher.update(&node.0).update(&document.0).update(question.as_bytes());
    let mut id = [0; 16];
    hasher.finalize_xof().fill(&mut id);
    ItemId::from_bytes(id)
}

/// What a link stands for: document and questionnaire, sealed by a secret of this node. Nothing is kept for it; who changes a byte has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Link {
    document: DocumentId,
    survey: ItemId,
}

const SEAL_BYTES: usize = 16;

impl Link {
    fn tag(&self, secret: &[u8; 32]) -> [u8; SEAL_BYTES] {
        let mut tag = [0; SEAL_BYTES];
        let mut hasher = blake3::Hasher::new_keyed(secret);
        hasher.update(&self.document.0).update(self.survey.as_bytes());
        hasher.finalize_xof().fill(&mut tag);
        tag
    }

    fn seal(&self, secret: &[u8; 32]) -> String {
        BASE64URL_NOPAD.encode(&[&self.document.0[..], self.survey.as_bytes(), &self.tag(secret)].concat())
    }

    fn open(secret: &[u8; 32], token: &str) -> Option<Self> {
        let bytes: [u8; 32 + SEAL_BYTES] = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?.try_into().ok()?;
        let (document, rest) = bytes.split_first_chunk::<16>()?;
        let (survey, tag) = rest.split_first_chunk::<16>()?;
        let link = Self { document: DocumentId(*document), survey: ItemId::from_bytes(*survey) };
        bool::from(tag.ct_eq(&link.tag(secret))).then_some(link)
    }
}

/// What opens links, and how often.
pub(super) struct Links {
    /// Read once: whether a link is one of ours is said without asking the database.
    secret: OnceCell<[u8; 32]>,
    /// Links that open nothing have turns of their own: whoever tries them uses up nobody's answers.
    wrong: AddressRate,
    looks: AddressRate,
    answers: AddressRate,
}

impl Default for Links {
    fn default() -> Self {
        Self {
            secret: OnceCell::new(),
            wrong: AddressRate::per_minute(WRONG_LINKS_PER_MINUTE_PER_ADDRESS),
            looks: AddressRate::per_minute(LOOKS_PER_MINUTE_PER_ADDRESS).in_all(LOOKS_PER_MINUTE),
            answers: AddressRate::per_minute(ANSWERS_PER_MINUTE_PER_ADDRESS).in_all(ANSWERS_PER_MINUTE),
        }
    }
}

impl Links {
    /// What a link stands for, for somebody at this address who has turns of this kind left.
    async fn open(&self, app: &App, token: &str, address: IpAddr, turns: &AddressRate) -> ApiResult<Link> {
        let link = Link::open(self.secret(app).await?, token);
        let counted = if link.is_some() { turns } else { &self.wrong };
        if !counted.allows(address) {
            return Err(Code::TooManyAttempts.into());
        }
        link.ok_or_else(|| Code::UnknownQuestionnaire.into())
    }

    /// This node's secret, made when it is first wanted.
    async fn secret(&self, app: &App) -> ApiResult<&[u8; 32]> {
        let read = || async { Ok(app.replica.with_db(|db| secret_in(db, rand::random())).await?.map_err(AccountError::from)?) };
        self.secret.get_or_try_init(read).await
    }
}

/// The day at the school, which decides whether a questionnaire's last one is over.
async fn today(app: &App) -> ApiResult<Day> {
    Ok(app.replica.with_db(|db| Day::of(db, now_s())).await?.map_err(AccountError::from)?)
}

fn secret_in(db: &Connection, fresh: [u8; 32]) -> Result<[u8; 32], rusqlite::Error> {
    let kept = || db.query_row("SELECT secret FROM questionnaire_secret", [], |row| row.get(0)).optional();
    if let Some(secret) = kept()? {
        return Ok(secret);
    }
    db.execute("INSERT OR IGNORE INTO questionnaire_secret (one, secret) VALUES (1, ?1)", [fresh])?;
    kept()?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_what_it_was_made_for_and_nothing_else() {
        let link = Link { document: DocumentId([1; 16]), survey: ItemId::from_bytes([2; 16]) };
        let token = link.seal(&[3; 32]);
        assert_eq!(Link::open(&[3; 32], &token), Some(link));
        assert_eq!(link.seal(&[3; 32]), token, "the same link every time");
        assert_eq!(Link::open(&[4; 32], &token), None, "another node's secret");
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')), "it stands in an address");
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(Link::open(&[3; 32], &BASE64URL_NOPAD.encode(&changed)), None, "byte {at}");
        }
        for wrong in ["", "x", &token[1..]] {
            assert_eq!(Link::open(&[3; 32], wrong), None);
        }
    }

    #[test]
    fn the_secret_is_made_once() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(QUESTIONNAIRES_MIGRATION).unwrap();
        assert_eq!(secret_in(&db, [1; 32]).unwrap(), [1; 32]);
        assert_eq!(secret_in(&db, [2; 32]).unwrap(), [1; 32]);
    }

    #[test]
    fn nodes_count_apart_and_each_finds_its_own_again() {
        let (document, question) = (DocumentId([1; 16]), ItemId::from_bytes([2; 16]));
        let one = tally_of(&NodeId([3; 32]), &document, &question);
        assert_eq!(tally_of(&NodeId([3; 32]), &document, &question), one);
        assert_ne!(tally_of(&NodeId([4; 32]), &document, &question), one);
        assert_ne!(tally_of(&NodeId([3; 32]), &document, &ItemId::from_bytes([5; 16])), one);
    }
}
