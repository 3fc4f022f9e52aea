//! Which documents name which files: what decides who may fetch one, and what must be kept.

use std::collections::{BTreeMap, HashSet};

use jeli_protocol::ids::{ActorId, BlobHash, DocumentId};
use jeli_protocol::kinds::FileReference;
use rusqlite::{Connection, params};

use super::ids::{self, signed, unsigned};
use super::{Store, StoreFault};

/// Whether a document names a file, or a version in its history does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// Only a version in its history.
    Once,
    /// The document as it is.
    Now,
}

/// What of a file a document names by a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FilePart {
    /// Its content.
    Content,
    /// A small picture of it.
    Thumbnail,
}

/// A hash that a document names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    pub document: DocumentId,
    pub hash: BlobHash,
    pub part: FilePart,
    pub naming: Naming,
    /// What the document says of it.
    pub said: SaidOfFile,
}

/// What a document says of a file. Of a small picture it says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidOfFile {
    /// Bytes; 0 if it says nothing.
    pub size: u64,
    /// What people call it.
    pub name: String,
    /// As whoever added it found out; shown, never trusted.
    pub media_type: String,
    /// Whose change named it; empty where that was not noted.
    pub actor: ActorId,
}

/// What some of the changes name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct NamedInHistory {
    pub hashes: Vec<BlobHash>,
    /// After which change the next look begins; none where there are no more.
    pub next: Option<i64>,
}

impl From<&FileReference> for SaidOfFile {
    fn from(file: &FileReference) -> Self {
        Self { size: file.size, name: file.name.clone(), media_type: file.media_type.clone(), actor: file.actor.clone() }
    }
}

impl Store {
    /// Notes which files the document names now. What it named before stays noted as named once. Whether anything is new is the answer.
    pub fn name_files(&mut self, document: &DocumentId, files: &[FileReference]) -> Result<bool, StoreFault> {
        let mut now: BTreeMap<BlobHash, (FilePart, SaidOfFile)> = BTreeMap::new();
        for file in files {
            if let Some(thumbnail) = file.thumbnail {
                let said = SaidOfFile { size: 0, name: String::new(), media_type: String::new(), actor: file.actor.clone() };
                now.entry(thumbnail).or_insert((FilePart::Thumbnail, said));
            }
        }
        // What is named as content anywhere is one.
        now.extend(files.iter().map(|file| (file.hash, (FilePart::Content, file.into()))));
        let Some(number) = ids::document(&self.db, document)? else { return Ok(false) };
        if named_now(&self.db, number)? == now {
            return Ok(false);
        }
        self.alone(|db| {
            db.prepare_cached("UPDATE file_reference SET named = 0 WHERE document = ?1")?.execute([number])?;
            let mut keep = db.prepare_cached(
                "INSERT INTO file_reference (document, hash, part, named, size, name, media_type, actor) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7)
                 ON CONFLICT (document, hash) DO UPDATE SET part = ?3, named = 1, size = ?4, name = ?5, media_type = ?6, actor = ?7",
            )?;
            for (hash, (part, said)) in &now {
                let part = i64::from(*part == FilePart::Thumbnail);
                keep.execute(params![number, &hash.0, part, signed(said.size), said.name, said.media_type, said.actor.0])?;
            }
            Ok(true)
        })
    }

    /// The documents that name this hash, now or in their history.
    pub fn documents_naming(&self, hash: &BlobHash) -> Result<Vec<DocumentId>, StoreFault> {
        let mut statement = self.db.prepare_cached("SELECT d.id FROM file_reference f JOIN document d ON d.number = f.document WHERE f.hash = ?1")?;
        let rows = statement.query_map([&hash.0], |row| row.get(0).map(DocumentId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All that documents name, or what one of them does.
    pub fn named_files(&self, document: Option<&DocumentId>) -> Result<Vec<NamedFile>, StoreFault> {
        let mut statement = self.db.prepare_cached(
            "SELECT d.id, f.hash, f.part, f.named, f.size, f.name, f.media_type, f.actor FROM file_reference f JOIN document d ON d.number = f.document
             WHERE ?1 IS NULL OR d.id = ?1 ORDER BY f.document, f.hash",
        )?;
        let rows = statement.query_map([document.map(|document| &document.0[..])], |row| {
            Ok(NamedFile {
                document: DocumentId(row.get(0)?),
                hash: BlobHash(row.get(1)?),
                part: if row.get(2)? { FilePart::Thumbnail } else { FilePart::Content },
                naming: if row.get(3)? { Naming::Now } else { Naming::Once },
                said: SaidOfFile { size: unsigned(row.get(4)?), name: row.get(5)?, media_type: row.get(6)?, actor: ActorId(row.get(7)?) },
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Which of these hashes the changes name that are kept here after number `after`, of any document and whether or not they are part of it. Reads about
    /// `most` bytes of changes and says where to go on: so nobody waits long, however much was written here.
    pub fn history_names(&self, of: &HashSet<BlobHash>, after: i64, most: usize) -> Result<NamedInHistory, StoreFault> {
        let mut found = NamedInHistory::default();
        let mut statement = self.db.prepare_cached("SELECT number, chunk FROM change WHERE number > ?1 ORDER BY number")?;
        let mut rows = statement.query([after])?;
        let mut read = 0;
        while let Some(row) = rows.next()? {
            let chunk = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            found.hashes.extend(hashes_in(chunk).filter(|hash| of.contains(hash)));
            read += chunk.len();
            if read >= most {
                found.next = Some(row.get(0)?);
                break;
            }
        }
        Ok(found)
    }
}

/// All that may be a hash as documents write it: a reference is a scalar string, whose bytes stand in a change's chunk as they are.
fn hashes_in(chunk: &[u8]) -> impl Iterator<Item = BlobHash> + '_ {
    const DIGITS: usize = 64;
    let mut run = 0;
    chunk.iter().enumerate().filter_map(move |(at, byte)| {
        run = if matches!(byte, b'0'..=b'9' | b'a'..=b'f') { run + 1 } else { 0 };
        // What stands beside it may be digits, too.
        if run < DIGITS { None } else { std::str::from_utf8(&chunk[at + 1 - DIGITS..=at]).ok()?.parse().ok() }
    })
}

fn named_now(db: &Connection, document: i64) -> Result<BTreeMap<BlobHash, (FilePart, SaidOfFile)>, StoreFault> {
    let mut statement =
        db.prepare_cached("SELECT hash, part, size, name, media_type, actor FROM file_reference WHERE document = ?1 AND named = 1")?;
    let rows = statement.query_map([document], |row| {
        let part = if row.get(1)? { FilePart::Thumbnail } else { FilePart::Content };
        let said = SaidOfFile { size: unsigned(row.get(2)?), name: row.get(3)?, media_type: row.get(4)?, actor: ActorId(row.get(5)?) };
        Ok((BlobHash(row.get(0)?), (part, said)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
