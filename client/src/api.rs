//! Typed calls.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{ClientError, Refusal};
use crate::session::Session;
use crate::shapes::{
    Content, Document, Invitation, Joined, Me, Named, NewDocument, NewPerson, NodeInfo, OpenSeat, Person, Present, Questionnaire, QuestionnaireLink,
    Seat, SetAside, Space,
};
use crate::status::{DocumentStatus, Journey, Status};

/// A call that takes longer has failed; joining over a slow line is the longest.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);
/// A piece of a file, or a whole one on its way out. The last piece of a large one is answered once the node has hashed all of it.
const FILE_TIMEOUT: Duration = Duration::from_secs(3600);
const COOKIE: &str = "jeli_session";

/// How the client proves who it is.
#[derive(Clone)]
pub enum Auth {
    /// Not at all.
    Nobody,
    /// The content of the node's `control.token`.
    Token(String),
    /// A session cookie, made by [`Client::sign_in`] or [`Client::set_up`].
    Session(String),
}

/// A client of one node. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    auth: Auth,
}

impl Client {
    /// A client of the node at `base`, like `http://127.0.0.1:8787`.
    pub fn new(base: &str, auth: Auth) -> Result<Self, ClientError> {
        // The node is called over plain HTTP. Built beside the node's libraries, reqwest wants a provider of cryptography all the same; a second call is none.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(CALL_TIMEOUT).no_proxy().build().map_err(|error| ClientError::BadAnswer(error.to_string()))?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), auth })
    }

    /// Where the node is.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// How this client proves who it is.
    pub fn auth(&self) -> &Auth {
        &self.auth
    }

    /// The node, as anybody may see it.
    pub async fn node(&self) -> Result<NodeInfo, ClientError> {
        self.get("/api/v1/node").await
    }

    /// Makes the first account and returns a client signed in with it.
    pub async fn set_up(&self, code: &str, name: &str, login: &str, password: &str, language: &str) -> Result<Self, ClientError> {
        self.begin("/api/v1/setup", &json!({ "code": code, "name": name, "login": login, "password": password, "language": language })).await
    }

    /// Signs in and returns a client with that session.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Self, ClientError> {
        self.begin("/api/v1/session", &json!({ "login": login, "password": password })).await
    }

    /// Ends the session.
    pub async fn sign_out(&self) -> Result<(), ClientError> {
        self.call(Method::DELETE, "/api/v1/session", None::<&()>).await.map(drop)
    }

    /// Who is signed in, with a fresh actor id.
    pub async fn me(&self) -> Result<Me, ClientError> {
        self.get("/api/v1/me").await
    }

    /// Changes one's own name or language.
    pub async fn change_me(&self, name: Option<&str>, language: Option<&str>) -> Result<Me, ClientError> {
        self.send(Method::PATCH, "/api/v1/me", &json!({ "name": name, "language": language })).await
    }

    /// The accounts of the school.
    pub async fn people(&self) -> Result<Vec<Person>, ClientError> {
        self.get("/api/v1/people").await
    }

    /// Whom documents may name as responsible, by the id they are named with.
    pub async fn people_names(&self) -> Result<Vec<Named>, ClientError> {
        self.get("/api/v1/people/names").await
    }

    /// Makes an account.
    pub async fn add_person(&self, person: &NewPerson<'_>) -> Result<Person, ClientError> {
        self.send(Method::POST, "/api/v1/people", person).await
    }

    /// Gives an account another password; its sessions end. For a director, and for whoever has the machine's token.
    pub async fn give_password(&self, person: &str, password: &str) -> Result<(), ClientError> {
        self.call(Method::PUT, &format!("/api/v1/people/{person}/password"), Some(&json!({ "password": password }))).await.map(drop)
    }

    /// Takes an account away; its sessions end. For a director, of somebody else.
    pub async fn remove_person(&self, person: &str) -> Result<(), ClientError> {
        self.call(Method::DELETE, &format!("/api/v1/people/{person}"), None::<&()>).await.map(drop)
    }

    /// Changes one's own password; other sessions of this account end.
    pub async fn change_password(&self, old: &str, new: &str) -> Result<(), ClientError> {
        self.call(Method::PUT, "/api/v1/me/password", Some(&json!({ "old": old, "new": new }))).await.map(drop)
    }

    /// What one takes to another computer of the school to be the same person there.
    pub async fn pass(&self, password: &str) -> Result<String, ClientError> {
        #[derive(serde::Deserialize)]
        struct Pass {
            pass: String,
        }
        let given: Pass = self.send(Method::POST, "/api/v1/me/pass", &json!({ "password": password })).await?;
        Ok(given.pass)
    }

    /// Serves the page to whoever is in the same network, or to this machine alone. The node is away for a moment then.
    pub async fn choose_doors(&self, open: bool) -> Result<(), ClientError> {
        self.call(Method::PUT, "/api/v1/doors", Some(&json!({ "open": open }))).await.map(drop)
    }

    /// The spaces of this node.
    pub async fn spaces(&self) -> Result<Vec<Space>, ClientError> {
        self.get("/api/v1/spaces").await
    }

    /// How far all of a space has travelled.
    pub async fn space_status(&self, id: &str) -> Result<Journey, ClientError> {
        self.get(&format!("/api/v1/spaces/{id}/status")).await
    }

    /// Makes a space.
    pub async fn create_space(&self, name: &str) -> Result<Space, ClientError> {
        self.send(Method::POST, "/api/v1/spaces", &json!({ "name": name })).await
    }

    /// A ticket into a space, for one school: `convenor`, `member` or `reader`.
    pub async fn invite(&self, space: &str, role: &str) -> Result<Invitation, ClientError> {
        self.send(Method::POST, &format!("/api/v1/spaces/{space}/invitations"), &json!({ "role": role })).await
    }

    /// Uses a ticket.
    pub async fn join(&self, ticket: &str) -> Result<Joined, ClientError> {
        self.send(Method::POST, "/api/v1/join", &json!({ "ticket": ticket })).await
    }

    /// The documents of one space or of all.
    pub async fn documents(&self, space: Option<&str>) -> Result<Vec<Document>, ClientError> {
        let query = space.map(|space| format!("?space={space}")).unwrap_or_default();
        self.get(&format!("/api/v1/documents{query}")).await
    }

    /// Makes a document.
    pub async fn create_document(&self, document: &NewDocument<'_>) -> Result<Document, ClientError> {
        self.send(Method::POST, "/api/v1/documents", document).await
    }

    /// One document, with its heads.
    pub async fn document(&self, id: &str) -> Result<Document, ClientError> {
        self.get(&format!("/api/v1/documents/{id}")).await
    }

    /// What a document says.
    pub async fn content(&self, id: &str) -> Result<Content, ClientError> {
        self.get(&format!("/api/v1/documents/{id}/content")).await
    }

    /// Who has the latest of a document.
    pub async fn document_status(&self, id: &str) -> Result<DocumentStatus, ClientError> {
        self.get(&format!("/api/v1/documents/{id}/status")).await
    }

    /// Who has a document open.
    pub async fn presence(&self, id: &str) -> Result<Vec<Present>, ClientError> {
        self.get(&format!("/api/v1/documents/{id}/presence")).await
    }

    /// Opens a code by which guests sit down at a meeting.
    pub async fn open_seat(&self, document: &str) -> Result<OpenSeat, ClientError> {
        read(self.call(Method::POST, &format!("/api/v1/documents/{document}/seats"), None::<&()>).await?).await
    }

    /// Who sits at a meeting as a guest.
    pub async fn seats(&self, document: &str) -> Result<Vec<Seat>, ClientError> {
        self.get(&format!("/api/v1/documents/{document}/seats")).await
    }

    /// Ends a guest's seat.
    pub async fn end_seat(&self, document: &str, seat: &str) -> Result<(), ClientError> {
        self.call(Method::DELETE, &format!("/api/v1/documents/{document}/seats/{seat}"), None::<&()>).await.map(drop)
    }

    /// Sits down at the meeting that has this code and returns a client with that seat.
    pub async fn sit_down(&self, code: &str, name: &str, school: &str, language: &str) -> Result<Self, ClientError> {
        self.begin("/api/v1/seat", &json!({ "code": code, "name": name, "school": school, "language": language })).await
    }

    /// The link to a questionnaire of a plan.
    pub async fn questionnaire_link(&self, document: &str, survey: &str) -> Result<QuestionnaireLink, ClientError> {
        self.get(&format!("/api/v1/documents/{document}/surveys/{survey}/link")).await
    }

    /// A questionnaire, by the token in its link.
    pub async fn questionnaire(&self, token: &str) -> Result<Questionnaire, ClientError> {
        self.get(&format!("/api/v1/questionnaires/{token}")).await
    }

    /// Answers a questionnaire: from 1 to 4 to each question.
    pub async fn answer(&self, token: &str, answers: &BTreeMap<String, i64>) -> Result<(), ClientError> {
        self.call(Method::POST, &format!("/api/v1/questionnaires/{token}"), Some(&json!({ "answers": answers }))).await.map(drop)
    }

    /// One's own words that could not be kept, of one document or of all.
    pub async fn set_aside(&self, document: Option<&str>) -> Result<Vec<SetAside>, ClientError> {
        let query = document.map(|document| format!("?document={document}")).unwrap_or_default();
        self.get(&format!("/api/v1/set-aside{query}")).await
    }

    /// Keeps set-aside words as a document of their own and returns its id.
    pub async fn copy_set_aside(&self, id: i64) -> Result<String, ClientError> {
        #[derive(Deserialize)]
        struct Done {
            document: String,
        }
        let done: Done = self.send(Method::POST, &format!("/api/v1/set-aside/{id}"), &json!({ "action": "copy" })).await?;
        Ok(done.document)
    }

    /// Lets go of set-aside words.
    pub async fn drop_set_aside(&self, id: i64) -> Result<(), ClientError> {
        self.call(Method::POST, &format!("/api/v1/set-aside/{id}"), Some(&json!({ "action": "drop" }))).await.map(drop)
    }

    /// The state of the node.
    pub async fn status(&self) -> Result<Status, ClientError> {
        self.get("/api/v1/status").await
    }

    /// Works alone from now on (`true`), or joins the line again.
    pub async fn cut_line(&self, cut: bool) -> Result<(), ClientError> {
        self.call(Method::POST, "/api/v1/line", Some(&json!({ "cut": cut }))).await.map(drop)
    }

    /// The API in machine-readable form.
    pub async fn openapi(&self) -> Result<serde_json::Value, ClientError> {
        self.get("/api/v1/openapi.json").await
    }

    /// Opens a connection for documents.
    pub async fn open_session(&self) -> Result<Session, ClientError> {
        Session::open(&self.base, &self.auth).await
    }

    async fn begin(&self, path: &str, body: &impl Serialize) -> Result<Self, ClientError> {
        let response = self.call(Method::POST, path, Some(body)).await?;
        let cookie = response
            .headers()
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find_map(|value| value.strip_prefix(COOKIE)?.strip_prefix('=')?.split(';').next())
            .ok_or_else(|| ClientError::BadAnswer("no session came with the answer".to_owned()))?;
        Ok(Self { auth: Auth::Session(cookie.to_owned()), ..self.clone() })
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        read(self.call(Method::GET, path, None::<&()>).await?).await
    }

    async fn send<T: DeserializeOwned>(&self, method: Method, path: &str, body: &impl Serialize) -> Result<T, ClientError> {
        read(self.call(method, path, Some(body)).await?).await
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&impl Serialize>) -> Result<reqwest::Response, ClientError> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.answer_to(request).await
    }

    /// A call with bytes and headers of its own, and time for large ones.
    pub(crate) async fn raw(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: impl Into<reqwest::Body>,
    ) -> Result<reqwest::Response, ClientError> {
        self.answer_to(self.request(method, path).headers(headers).timeout(FILE_TIMEOUT).body(body)).await
    }

    /// A call whose answer may take the node long.
    pub(crate) async fn slow_call(&self, method: Method, path: &str, body: &impl Serialize) -> Result<reqwest::Response, ClientError> {
        self.answer_to(self.request(method, path).timeout(FILE_TIMEOUT).json(body)).await
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.auth {
            Auth::Token(token) => request.bearer_auth(token.trim()),
            Auth::Session(cookie) => request.header("cookie", format!("{COOKIE}={cookie}")).header("origin", &self.base),
            Auth::Nobody => request.header("origin", &self.base),
        }
    }

    async fn answer_to(&self, request: reqwest::RequestBuilder) -> Result<reqwest::Response, ClientError> {
        let response = request.send().await.map_err(|source| ClientError::Unreachable { address: self.base.clone(), source: Box::new(source) })?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(refusal(response.status(), &response.bytes().await.unwrap_or_default()))
    }
}

fn refusal(status: StatusCode, body: &[u8]) -> ClientError {
    #[derive(Deserialize)]
    struct Answer {
        error: Refusal,
    }
    match serde_json::from_slice::<Answer>(body) {
        Ok(answer) => answer.error.into(),
        Err(_) => ClientError::BadAnswer(format!("status {status}")),
    }
}

async fn read<T: DeserializeOwned>(response: reqwest::Response) -> Result<T, ClientError> {
    response.json().await.map_err(|error| ClientError::BadAnswer(error.to_string()))
}
