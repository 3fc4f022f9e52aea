//! Bundles: made, saved onto a stick, opened.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use futures::StreamExt as _;
use jeli_protocol::bundle::Cover;
use jeli_protocol::bundle::limits::MAX_OUTSIDE_BYTES;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue, RANGE};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use crate::api::Client;
use crate::error::ClientError;
use crate::shapes::Named;

/// What bundles are to be made. What is left out is not narrowed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct BundleAsk {
    /// For these schools, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schools: Option<Vec<String>>,
    /// Of these spaces, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spaces: Option<Vec<String>>,
    /// Everything, and not only what the recipients have not confirmed.
    pub everything: bool,
    /// Whether files go along.
    pub files: bool,
    /// Bytes of one bundle at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
}

/// A bundle that lies at a node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Bundle {
    /// Its id.
    pub id: String,
    /// The name under which it is saved.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Which part of an export it is, from 1.
    pub part: u64,
    /// How many parts there are.
    pub parts: u64,
    /// By its maker's clock. Unix milliseconds.
    pub made_at: u64,
    /// The school that made it.
    pub school: Named,
    /// Its computer.
    pub node: Named,
    /// `made`, `carried` or `waiting`.
    pub place: String,
}

/// One export, for one set of recipients.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MadeBundles {
    /// For whom it is.
    pub schools: Vec<Named>,
    /// Its parts.
    pub parts: Vec<Bundle>,
    /// Whether there is anything in it but confirmations of what has come.
    pub news: bool,
    /// Files that go along.
    pub files: usize,
    /// Files that are larger than the size that was set.
    pub files_left_out: usize,
}

/// What came of opening a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OpenedBundle {
    /// `taken`, `before`, `waits`, `carried`, `old`, `too_large_to_carry` or `own`, as `docs/api.md` says.
    pub fate: String,
    /// The school that made it.
    pub school: Named,
    /// Its computer.
    pub node: Named,
    /// By its maker's clock. Unix milliseconds.
    pub made_at: u64,
    /// Which part of an export it is, from 1.
    pub part: u64,
    /// How many parts there are.
    pub parts: u64,
    /// What it brought.
    pub spaces: Vec<OpenedSpace>,
    /// Files that it brought.
    pub files: usize,
    /// Files for which there was no room.
    pub files_left: usize,
    /// Some of it was not taken: a computer of the space has written two histories.
    pub forked: bool,
    /// Some of it is of a space in which the node has no part (yet).
    pub unknown: bool,
}

impl OpenedBundle {
    /// How many entries were new.
    pub fn new_entries(&self) -> u64 {
        self.spaces.iter().map(|space| space.new_entries).sum()
    }
}

/// What a bundle brought to a space.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OpenedSpace {
    /// The space.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Entries that were new.
    pub new_entries: u64,
}

impl Client {
    /// The bundles that lie at the node.
    pub async fn bundles(&self) -> Result<Vec<Bundle>, ClientError> {
        self.get("/api/v1/bundles").await
    }

    /// Makes bundles; they lie at the node afterwards.
    pub async fn make_bundles(&self, ask: &BundleAsk) -> Result<Vec<MadeBundles>, ClientError> {
        let answer = self.slow_call(Method::POST, "/api/v1/bundles", ask).await?;
        answer.json().await.map_err(|error| ClientError::BadAnswer(error.to_string()))
    }

    /// Takes a bundle away from the node.
    pub async fn remove_bundle(&self, id: &str) -> Result<(), ClientError> {
        self.call(Method::DELETE, &format!("/api/v1/bundles/{id}"), None::<&()>).await.map(drop)
    }

    /// Gives the node a bundle that lies in a file.
    pub async fn open_bundle(&self, path: &Path) -> Result<OpenedBundle, ClientError> {
        let file = tokio::fs::File::open(path).await.map_err(|source| ClientError::File { path: path.to_owned(), source })?;
        let answer = self.raw(Method::POST, "/api/v1/bundles/opened", HeaderMap::new(), file).await?;
        answer.json().await.map_err(|error| ClientError::BadAnswer(error.to_string()))
    }

    /// Saves a bundle into a folder, as on a stick. What was cut off is gone on with; the file bears its name only once it is whole.
    pub async fn save_bundle(&self, bundle: &Bundle, folder: &Path) -> Result<PathBuf, ClientError> {
        let (mut target, half) = (folder.join(&bundle.name), folder.join(format!(".{}.half", bundle.id)));
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| ClientError::File { path, source }
        };
        // What a stick that was pulled out has left may have its length and be none of it.
        if is_whole(target.clone(), &bundle.id).await {
            return Ok(target);
        }
        if tokio::fs::try_exists(&target).await.unwrap_or(false) {
            // Something else of that name: it is left as it is.
            target = folder.join(format!("{}.jeli", bundle.id));
        }
        let mut file = tokio::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&half).await.map_err(failed(&half))?;
        let mut here = file.metadata().await.map_err(failed(&half))?.len();
        if here >= bundle.bytes && !is_whole(half.clone(), &bundle.id).await {
            file.set_len(0).await.map_err(failed(&half))?;
            here = 0;
        }
        if here < bundle.bytes {
            file.seek(SeekFrom::Start(here)).await.map_err(failed(&half))?;
            let mut headers = HeaderMap::new();
            headers.insert(RANGE, HeaderValue::from_str(&format!("bytes={here}-")).map_err(|error| ClientError::BadAnswer(error.to_string()))?);
            let answer = self.raw(Method::GET, &format!("/api/v1/bundles/{}", bundle.id), headers, Vec::new()).await?;
            let mut parts = answer.bytes_stream();
            while let Some(part) = parts.next().await {
                let part = part.map_err(|error| ClientError::BadAnswer(error.to_string()))?;
                file.write_all(&part).await.map_err(failed(&half))?;
            }
            file.flush().await.map_err(failed(&half))?;
        }
        // A stick is pulled out as soon as it says that it is done.
        file.sync_all().await.map_err(failed(&half))?;
        drop(file);
        if !is_whole(half.clone(), &bundle.id).await {
            // Begun anew with the next try.
            let _ = tokio::fs::remove_file(&half).await;
            return Err(ClientError::BadAnswer("the bundle was not saved as the node has it; try again".to_owned()));
        }
        tokio::fs::rename(&half, &target).await.map_err(failed(&target))?;
        // The name holds once its folder is on the stick. Not every system lets a folder be synced.
        if let Ok(folder) = tokio::fs::File::open(folder).await {
            let _ = folder.sync_all().await;
        }
        Ok(target)
    }
}

/// Whether a file is this bundle to its last byte.
async fn is_whole(path: PathBuf, id: &str) -> bool {
    let id = id.to_owned();
    let look = move || -> std::io::Result<bool> {
        let mut file = std::fs::File::open(path)?;
        let mut start = Vec::new();
        (&mut file).take(MAX_OUTSIDE_BYTES as u64).read_to_end(&mut start)?;
        let Ok((cover, body_at)) = Cover::read(&start) else { return Ok(false) };
        let mut hasher = blake3::Hasher::new();
        file.seek(SeekFrom::Start(body_at as u64))?;
        let bytes = std::io::copy(&mut file, &mut hasher)?;
        Ok(cover.name().to_string() == id && bytes == cover.said().body_bytes && *hasher.finalize().as_bytes() == cover.said().body_hash)
    };
    tokio::task::spawn_blocking(look).await.is_ok_and(|whole| whole.unwrap_or(false))
}
