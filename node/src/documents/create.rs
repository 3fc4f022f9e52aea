//! The first changes of a new document: the fixed one of its kind, then its title and language.

use automerge::marks::UpdateSpansConfig;
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, Value};
use jeli_protocol::ids::{self, NodeId};
use jeli_protocol::kinds::{self, Facts, Input, Kind, UnknownKind, WriteError};

use super::chunks::{self, ChunkError};
use super::subject::led_by;
use super::words::with_changes;

/// What a new document begins with.
pub struct Beginning {
    /// Plain change chunks, in causal order.
    pub changes: Vec<Vec<u8>>,
    /// What the list shows of it.
    pub facts: Facts,
}

/// Whose a new document is that is for one person.
pub struct Owner {
    /// `<school>/<person>`.
    pub reference: String,
    pub name: String,
}

/// What a new document says of itself.
pub struct Opening<'a> {
    pub title: &'a str,
    pub language: &'a str,
    /// Of a talk: the document, or the part of one, that it is about; or empty.
    pub about: &'a str,
    /// If it is for one person alone.
    pub owner: Option<&'a Owner>,
}

/// A new document of this kind. `now_s`: when it is made, Unix seconds.
pub fn beginning(kind: Kind, opening: &Opening<'_>, actor: &ids::ActorId, now_s: i64) -> Result<Beginning, WriteError> {
    let mut doc = kinds::start(kind, ActorId::from(&*actor.0))?;
    kinds::set(&mut doc, &["title"], Input::Text(opening.title))?;
    kinds::set(&mut doc, &["language"], Input::Str(opening.language))?;
    if !opening.about.is_empty() {
        kinds::set(&mut doc, &["about"], Input::Str(opening.about))?;
    }
    sign(&mut doc, opening.owner)?;
    doc.commit_with(CommitOptions::default().with_time(now_s));
    let changes = doc.get_changes(&[]).into_iter().map(|change| change.raw_bytes().to_vec()).collect();
    Ok(Beginning { changes, facts: kinds::facts(&doc) })
}

fn sign(doc: &mut AutoCommit, owner: Option<&Owner>) -> Result<(), WriteError> {
    let Some(Owner { reference, name }) = owner else { return Ok(()) };
    kinds::set(doc, &["person"], Input::Str(reference))?;
    kinds::set(doc, &["author"], Input::Text(name))
}

/// Words that were refused, as a document of their own.
pub struct Copied {
    /// Plain change chunks, in causal order.
    pub changes: Vec<Vec<u8>>,
    /// Of a talk: what it is about.
    pub about: String,
}

/// The changes of a new document that says what `doc` says with these (refused) changes in it, of this person if it is for one alone: one
/// change, by a new author, after the fixed changes of the kind. `now_s`: when the copy is made, Unix seconds.
pub fn copy_with(doc: &Automerge, changes: &[u8], owner: Option<&Owner>, actor: &ids::ActorId, now_s: i64) -> Result<Copied, CopyError> {
    let changes = chunks::check_all(std::iter::once(changes))?;
    let (with, _) = with_changes(doc, &changes)?;
    let kind = kinds::kind_of(&with)?;
    let mut copy = kinds::start(kind, ActorId::from(&*actor.0))?;
    copy_map(&with, &ROOT, &mut copy, &ROOT, 0)?;
    sign(&mut copy, owner)?;
    copy.commit_with(CommitOptions::default().with_time(now_s));
    let changes = copy.get_changes(&[]).into_iter().map(|change| change.raw_bytes().to_vec()).collect();
    Ok(Copied { changes, about: led_by(copy.document(), kind.name()) })
}

/// Why words could not be copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("the document is nested deeper than any kind")]
    TooDeep,
    #[error(transparent)]
    Chunks(#[from] ChunkError),
    #[error(transparent)]
    Kind(#[from] UnknownKind),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Automerge(#[from] AutomergeError),
}

fn copy_map(from: &Automerge, source: &ObjId, into: &mut AutoCommit, target: &ObjId, depth: usize) -> Result<(), CopyError> {
    if depth > MAX_COPY_DEPTH {
        return Err(CopyError::TooDeep);
    }
    for key in from.keys(source) {
        let Some((value, child)) = from.get(source, key.as_str())? else { continue };
        match value {
            Value::Scalar(scalar) => {
                // What the skeleton says already is not said again.
                if into.get(target, key.as_str())?.is_none_or(|(there, _)| there.as_scalar() != Some(scalar.as_ref())) {
                    into.put(target, key.as_str(), scalar.into_owned())?;
                }
            }
            Value::Object(kind) => {
                let place = match into.get(target, key.as_str())? {
                    Some((Value::Object(there), place)) if there == kind => place,
                    _ => into.put_object(target, key.as_str(), kind)?,
                };
                copy_object(from, &child, kind, into, &place, depth)?;
            }
        }
    }
    Ok(())
}

fn copy_object(from: &Automerge, source: &ObjId, kind: ObjType, into: &mut AutoCommit, target: &ObjId, depth: usize) -> Result<(), CopyError> {
    match kind {
        ObjType::Map | ObjType::Table => copy_map(from, source, into, target, depth + 1),
        // Marks and blocks with the text.
        ObjType::Text => Ok(into.update_spans(target, UpdateSpansConfig::default(), from.spans(source)?)?),
        ObjType::List => {
            if depth > MAX_COPY_DEPTH {
                return Err(CopyError::TooDeep);
            }
            for index in 0..from.length(source) {
                match from.get(source, index)? {
                    Some((Value::Scalar(scalar), _)) => into.insert(target, index, scalar.into_owned())?,
                    Some((Value::Object(kind), child)) => {
                        let place = into.insert_object(target, index, kind)?;
                        copy_object(from, &child, kind, into, &place, depth + 1)?;
                    }
                    None => {}
                }
            }
            Ok(())
        }
    }
}

/// Objects inside objects: the deepest kind has six, and each is a call on the stack.
const MAX_COPY_DEPTH: usize = 32;

/// An actor id that nobody has used, with this node's prefix.
pub fn fresh_actor(node: &NodeId) -> ids::ActorId {
    ids::ActorId::of_node(node, rand::random())
}
