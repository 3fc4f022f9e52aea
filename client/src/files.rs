//! Files of documents: sent by the tus protocol, wanted, fetched, kept.

use std::io::SeekFrom;
use std::path::Path;
use std::time::{Duration, SystemTime};

use futures::StreamExt as _;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use crate::api::Client;
use crate::error::ClientError;
use crate::shapes::{FileUse, NamedFile, Room, SentFile};

/// Bytes of a file that go out in one piece: what a broken line takes with it at most.
const PIECE_BYTES: u64 = 4 << 20;

/// How often a piece is sent again where the line broke, before it is given up.
const TRIES: u32 = 5;

/// Before the first of these; twice as long before each further one.
const AGAIN: Duration = Duration::from_millis(500);

/// A file as it was when it was first looked at.
#[derive(PartialEq, Eq)]
struct Look {
    length: u64,
    changed: Option<SystemTime>,
}

impl Look {
    async fn at(path: &Path) -> Result<Self, ClientError> {
        let file = tokio::fs::metadata(path).await.map_err(|source| ClientError::File { path: path.to_owned(), source })?;
        Ok(Self { length: file.len(), changed: file.modified().ok() })
    }
}

impl Client {
    /// Sends a file to the node, which copies, hashes and keeps it. A file that changes meanwhile is an error, and nothing of it stays.
    pub async fn send_file(&self, path: &Path) -> Result<SentFile, ClientError> {
        let failed = |source| ClientError::File { path: path.to_owned(), source };
        let look = Look::at(path).await?;
        let mut file = tokio::fs::File::open(path).await.map_err(failed)?;
        let mut headers = HeaderMap::new();
        headers.insert("upload-length", look.length.into());
        let begun = self.raw(Method::POST, "/api/v1/uploads", headers, Vec::new()).await?;
        let place = begun.headers().get("location").and_then(|place| place.to_str().ok()).unwrap_or_default().to_owned();
        let sent = self.send_all(&mut file, &place, &look, path).await;
        if sent.is_err() {
            // The node would keep a place for it for days. Where it is away, it does.
            let _ = self.raw(Method::DELETE, &place, HeaderMap::new(), Vec::new()).await;
        }
        sent
    }

    async fn send_all(&self, file: &mut tokio::fs::File, place: &str, look: &Look, path: &Path) -> Result<SentFile, ClientError> {
        let mut offset = 0;
        while offset < look.length {
            offset = self.send_piece(file, place, offset, look.length, path).await?;
        }
        if Look::at(path).await? != *look {
            return Err(ClientError::FileChanged(path.to_owned()));
        }
        self.get(place).await
    }

    async fn send_piece(&self, file: &mut tokio::fs::File, place: &str, offset: u64, length: u64, path: &Path) -> Result<u64, ClientError> {
        let failed = |source| ClientError::File { path: path.to_owned(), source };
        let mut from = offset;
        let mut tried = 0;
        loop {
            file.seek(SeekFrom::Start(from)).await.map_err(failed)?;
            let mut piece = Vec::new();
            file.take(PIECE_BYTES.min(length - from)).read_to_end(&mut piece).await.map_err(failed)?;
            if piece.is_empty() {
                return Err(ClientError::FileChanged(path.to_owned()));
            }
            let sent = piece.len() as u64;
            let mut headers = HeaderMap::new();
            headers.insert("upload-offset", from.into());
            headers.insert("content-type", reqwest::header::HeaderValue::from_static("application/offset+octet-stream"));
            match self.raw(Method::PATCH, place, headers, piece).await {
                Ok(_) => return Ok(from + sent),
                Err(error) if is_passing(&error) => {
                    from = self.came(place, &mut tried).await.ok_or(error)?;
                    if from >= length {
                        return Ok(from);
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// How far an upload came, which its node knows; none where the node does not answer in time either. It may just be starting anew.
    async fn came(&self, place: &str, tried: &mut u32) -> Option<u64> {
        while *tried < TRIES {
            tokio::time::sleep(AGAIN * 2_u32.pow(*tried)).await;
            *tried += 1;
            if let Ok(sent) = self.get::<SentFile>(place).await {
                return Some(sent.offset);
            }
        }
        None
    }

    /// The files that a document names, and where each is.
    pub async fn files(&self, document: &str) -> Result<Vec<NamedFile>, ClientError> {
        self.get(&format!("/api/v1/documents/{document}/files")).await
    }

    /// In which other documents the files of a document stand too.
    pub async fn file_uses(&self, document: &str) -> Result<Vec<FileUse>, ClientError> {
        self.get(&format!("/api/v1/documents/{document}/uses")).await
    }

    /// Wants a file of a document, pauses or cancels its coming, or lets go of it: `want`, `pause`, `cancel`, `let_go`.
    pub async fn file_act(&self, document: &str, hash: &str, action: &str) -> Result<(), ClientError> {
        self.call(Method::POST, &format!("/api/v1/documents/{document}/files/{hash}"), Some(&json!({ "action": action }))).await.map(drop)
    }

    /// Writes the content of a file that is here into a new file. Where it cannot be written whole, nothing of it stays.
    pub async fn save_file(&self, document: &str, hash: &str, to: &Path) -> Result<u64, ClientError> {
        let failed = |source| ClientError::File { path: to.to_owned(), source };
        let answer = self.raw(Method::GET, &format!("/api/v1/documents/{document}/files/{hash}"), HeaderMap::new(), Vec::new()).await?;
        let file = tokio::fs::OpenOptions::new().write(true).create_new(true).open(to).await.map_err(failed)?;
        let written = write_all(answer, file).await.map_err(|error| match error {
            Unwritten::Answer(error) => ClientError::BadAnswer(error.to_string()),
            Unwritten::File(source) => failed(source),
        });
        if written.is_err() {
            let _ = tokio::fs::remove_file(to).await;
        }
        written
    }

    /// The room that files take at this node, and what is kept.
    pub async fn room(&self) -> Result<Room, ClientError> {
        self.get("/api/v1/files").await
    }

    /// Keeps all files of a document at this school, or one of them (`hash`), or no longer.
    pub async fn pin(&self, document: &str, hash: Option<&str>, keep: bool) -> Result<(), ClientError> {
        self.set_pin(&json!({ "document": document, "blob": hash }), keep).await
    }

    /// The same of all documents of a kind, those that come too.
    pub async fn pin_kind(&self, kind: &str, keep: bool) -> Result<(), ClientError> {
        self.set_pin(&json!({ "kind": kind }), keep).await
    }

    async fn set_pin(&self, what: &serde_json::Value, keep: bool) -> Result<(), ClientError> {
        let method = if keep { Method::PUT } else { Method::DELETE };
        self.call(method, "/api/v1/pins", Some(what)).await.map(drop)
    }

    /// Clears away what nobody needs.
    pub async fn sweep_files(&self) -> Result<(), ClientError> {
        self.call(Method::POST, "/api/v1/files/sweep", None::<&()>).await.map(drop)
    }
}

/// Whether a piece that was refused so may go through in a while: the line broke, and the node may still hold what came on it for the newest.
fn is_passing(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable { .. } => true,
        ClientError::Refused(refusal) => ["upload_busy", "upload_elsewhere", "upload_broke_off"].contains(&refusal.code.as_str()),
        _ => false,
    }
}

/// Why an answer was not written whole.
enum Unwritten {
    Answer(reqwest::Error),
    File(std::io::Error),
}

async fn write_all(answer: reqwest::Response, mut file: tokio::fs::File) -> Result<u64, Unwritten> {
    let mut written = 0;
    let mut parts = answer.bytes_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(Unwritten::Answer)?;
        file.write_all(&part).await.map_err(Unwritten::File)?;
        written += part.len() as u64;
    }
    file.sync_all().await.map_err(Unwritten::File)?;
    Ok(written)
}
