//! Which documents name which files: what decides who may fetch one, and what must be kept.

use std::collections::BTreeMap;

use jeli_protocol::ids::{BlobHash, DocumentId};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedFile {
    pub document: DocumentId,
    pub hash: BlobHash,
    pub part: FilePart,
    pub naming: Naming,
    /// Bytes as the document says; 0 if it says nothing.
    pub size: u64,
}

impl Store {
    /// Notes which files the document names now. What it named before stays noted as named once. Whether anything is new is the answer.
    pub fn name_files(&mut self, document: &DocumentId, files: &[FileReference]) -> Result<bool, StoreFault> {
        let mut now: BTreeMap<BlobHash, (FilePart, u64)> = BTreeMap::new();
        for file in files {
            if let Some(thumbnail) = file.thumbnail {
                now.entry(thumbnail).or_insert((FilePart::Thumbnail, 0));
            }
        }
        // What is named as content anywhere is one.
        now.extend(files.iter().map(|file| (file.hash, (FilePart::Content, file.size))));
        let Some(number) = ids::document(&self.db, document)? else { return Ok(false) };
        if named_now(&self.db, number)? == now {
            return Ok(false);
        }
        self.alone(|db| {
            db.prepare_cached("UPDATE file_reference SET named = 0 WHERE document = ?1")?.execute([number])?;
            let mut keep = db.prepare_cached(
                "INSERT INTO file_reference (document, hash, part, named, size) VALUES (?1, ?2, ?3, 1, ?4)
                 ON CONFLICT (document, hash) DO UPDATE SET part = ?3, named = 1, size = ?4",
            )?;
            for (hash, (part, size)) in &now {
                keep.execute(params![number, &hash.0, i64::from(*part == FilePart::Thumbnail), signed(*size)])?;
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
            "SELECT d.id, f.hash, f.part, f.named, f.size FROM file_reference f JOIN document d ON d.number = f.document
             WHERE ?1 IS NULL OR d.id = ?1 ORDER BY f.document, f.hash",
        )?;
        let rows = statement.query_map([document.map(|document| &document.0[..])], |row| {
            Ok(NamedFile {
                document: DocumentId(row.get(0)?),
                hash: BlobHash(row.get(1)?),
                part: if row.get(2)? { FilePart::Thumbnail } else { FilePart::Content },
                naming: if row.get(3)? { Naming::Now } else { Naming::Once },
                size: unsigned(row.get(4)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether any change that is kept here, of any document and whether or not it is part of it, names this hash. Reads every change: for the few
    /// contents that nothing else names.
    pub fn history_names(&self, hash: &BlobHash) -> Result<bool, StoreFault> {
        // A reference is a scalar string, whose bytes stand in the chunk as they are.
        let mut statement = self.db.prepare_cached("SELECT 1 FROM change WHERE instr(chunk, ?1) > 0 LIMIT 1")?;
        Ok(statement.exists([hash.to_string().as_bytes()])?)
    }
}

fn named_now(db: &Connection, document: i64) -> Result<BTreeMap<BlobHash, (FilePart, u64)>, StoreFault> {
    let mut statement = db.prepare_cached("SELECT hash, part, size FROM file_reference WHERE document = ?1 AND named = 1")?;
    let rows = statement.query_map([document], |row| {
        let part = if row.get(1)? { FilePart::Thumbnail } else { FilePart::Content };
        Ok((BlobHash(row.get(0)?), (part, unsigned(row.get(2)?))))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
