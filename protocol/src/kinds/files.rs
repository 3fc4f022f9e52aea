//! Files that stand in a document. The document says what a file is called, how large it is and what its content's hash is; the content itself travels on a
//! road of its own and may be here or not.

use automerge::{ObjId, ROOT, ReadDoc, ScalarValue, Value};

use super::limits::{FILES, SCALAR_BYTES, TITLE_CHARS};
use super::read::{items, string_at};
use crate::ids::{ActorId, BlobHash};

/// The collection at the root of a document that holds them.
pub const COLLECTION: &str = "files";

/// One file as a document names it. Nothing of it is believed but the hash: the content proves that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReference {
    /// Its key in the collection.
    pub id: String,
    /// What it stands at: `<collection>/<item id>`, or empty for the document as a whole.
    pub at: String,
    /// As people see it, on one line, at most [`TITLE_CHARS`] characters. No name to write a file under: see the local side for that.
    pub name: String,
    /// As whoever added it found out; shown, never trusted.
    pub media_type: String,
    /// Bytes of content, as said; 0 where nothing sound is said.
    pub size: u64,
    /// BLAKE3 of the content.
    pub hash: BlobHash,
    /// BLAKE3 of a small picture of it.
    pub thumbnail: Option<BlobHash>,
    /// Who added it, as they call themselves.
    pub by: String,
    /// When, milliseconds since 1970 by their clock.
    pub at_ms: i64,
    /// Whose change says that this is its content: what `by` says anybody may write, this the log has proved.
    pub actor: ActorId,
}

/// The files that a document names, in its order. Those without a readable hash are left out. At most [`FILES`].
pub fn files(doc: &impl ReadDoc) -> Vec<FileReference> {
    let named = items(doc, COLLECTION).into_iter();
    named.filter_map(|item| reference(doc, &item.object, item.id)).take(FILES).collect()
}

fn reference(doc: &impl ReadDoc, object: &ObjId, id: String) -> Option<FileReference> {
    let said = |key| string_at(doc, object, key).filter(|text| text.len() <= SCALAR_BYTES).unwrap_or_default();
    Some(FileReference {
        hash: said("hash").parse().ok()?,
        actor: writer(doc, object, "hash"),
        thumbnail: said("thumbnail").parse().ok(),
        size: u64::try_from(number(doc, object, "size")).unwrap_or(0),
        at_ms: number(doc, object, "at_ms"),
        at: said("at"),
        name: line(&said("name")),
        media_type: line(&said("media_type")),
        by: line(&said("by")),
        id,
    })
}

fn number(doc: &impl ReadDoc, object: &ObjId, key: &str) -> i64 {
    match doc.get(object, key) {
        Ok(Some((Value::Scalar(scalar), _))) => match scalar.as_ref() {
            ScalarValue::Int(number) => *number,
            ScalarValue::Uint(number) => i64::try_from(*number).unwrap_or(i64::MAX),
            _ => 0,
        },
        _ => 0,
    }
}

/// Who wrote the value that stands there.
fn writer(doc: &impl ReadDoc, object: &ObjId, key: &str) -> ActorId {
    match doc.get(object, key) {
        Ok(Some((_, ObjId::Id(_, actor, _)))) => ActorId::from(actor.to_bytes()),
        _ => ActorId::from(&[][..]),
    }
}

fn line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && *c != super::rich::BLOCK_CHAR).take(TITLE_CHARS).collect()
}

/// Whether the document has a place for files at all; one of an older schema grows first.
pub fn may_hold_files(doc: &impl ReadDoc) -> bool {
    super::read::object_at(doc, &ROOT, COLLECTION).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::write::add_item;
    use crate::kinds::{Input, ItemId, Kind, Place, start};
    use automerge::transaction::Transactable;
    use automerge::{ActorId, AutoCommit};

    fn plan() -> AutoCommit {
        start(Kind::Plan, ActorId::from(&[1; 16][..])).expect("a new plan")
    }

    fn add(doc: &mut AutoCommit, id: u8, values: &[(&str, Input<'_>)]) {
        add_item(doc, COLLECTION, ItemId::from_bytes([id; 16]), Place::Last, values).expect("a file");
    }

    #[test]
    fn a_document_says_which_files_stand_in_it() {
        let mut doc = plan();
        let (content, small) = (BlobHash([7; 32]), BlobHash([8; 32]));
        add(
            &mut doc,
            1,
            &[
                ("name", Input::Text("Сабақ.jpg")),
                ("hash", Input::Str(&content.to_string())),
                ("thumbnail", Input::Str(&small.to_string())),
                ("media_type", Input::Str("image/jpeg")),
                ("size", Input::Int(123_456)),
                ("at", Input::Str("judgements/00")),
                ("by", Input::Text("Айгүл")),
                ("at_ms", Input::Int(5)),
            ],
        );
        let read = files(&doc);
        assert_eq!(read.len(), 1);
        assert_eq!((read[0].hash, read[0].thumbnail, read[0].size, read[0].at_ms), (content, Some(small), 123_456, 5));
        assert_eq!((read[0].name.as_str(), read[0].media_type.as_str(), read[0].at.as_str()), ("Сабақ.jpg", "image/jpeg", "judgements/00"));
        assert_eq!(crate::kinds::check(&doc), []);
    }

    #[test]
    fn who_named_a_file_is_told_by_the_change_and_not_by_what_it_says() {
        let mut doc = plan();
        add(&mut doc, 1, &[("hash", Input::Str(&BlobHash([1; 32]).to_string())), ("by", Input::Text("Айгүл"))]);
        let mut theirs = doc.fork().with_actor(ActorId::from(&[2; 16][..]));
        add(&mut theirs, 2, &[("hash", Input::Str(&BlobHash([2; 32]).to_string())), ("by", Input::Text("Айгүл"))]);
        doc.merge(&mut theirs).expect("merged");
        let named: Vec<_> = files(&doc).into_iter().map(|file| (file.hash, file.actor.0)).collect();
        assert_eq!(named.len(), 2);
        for (hash, actor) in [(BlobHash([1; 32]), [1; 16]), (BlobHash([2; 32]), [2; 16])] {
            assert!(named.contains(&(hash, Box::from(&actor[..]))), "{named:?}");
        }
    }

    #[test]
    fn what_is_no_hash_names_no_file() {
        let mut doc = plan();
        let upper = BlobHash([0xAB; 32]).to_string().to_uppercase();
        let long = "a".repeat(65);
        for (id, hash) in ["", "zz", "00", upper.as_str(), long.as_str()].into_iter().enumerate() {
            add(&mut doc, id as u8, &[("hash", Input::Str(hash))]);
        }
        assert_eq!(files(&doc), []);
        add(&mut doc, 200, &[("hash", Input::Str(&BlobHash([1; 32]).to_string()))]);
        assert_eq!(files(&doc).len(), 1, "its neighbour with a hash does");
    }

    #[test]
    fn what_a_foreign_program_wrote_in_place_of_a_number_or_a_name_is_nothing() {
        let mut doc = plan();
        add(&mut doc, 1, &[("hash", Input::Str(&BlobHash([1; 32]).to_string()))]);
        let (_, collection) = crate::kinds::read::object_at(&doc, &ROOT, COLLECTION).expect("there");
        let (_, item) = crate::kinds::read::object_at(&doc, &collection, &ItemId::from_bytes([1; 16]).to_string()).expect("there");
        doc.put(&item, "size", -5).expect("put");
        doc.put(&item, "name", "a\u{0}b\nc").expect("put");
        doc.put(&item, "media_type", "x".repeat(5_000)).expect("put");
        let read = files(&doc);
        assert_eq!((read[0].size, read[0].name.as_str(), read[0].media_type.as_str()), (0, "abc", ""));
    }
}
