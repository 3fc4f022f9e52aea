//! Reading fields without believing that they are there or of their type.

use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use super::limits::{ITEMS, SHOWN_VALUE_CHARS, TITLE_CHARS};
use super::{Kind, UnknownKind};

/// The kind that the document itself says it is.
pub fn kind_of(doc: &impl ReadDoc) -> Result<Kind, UnknownKind> {
    string_at(doc, &ROOT, "kind").unwrap_or_default().parse()
}

/// The title on one line, at most [`TITLE_CHARS`] characters; empty if there is none.
pub fn title(doc: &impl ReadDoc) -> String {
    let title = string_at(doc, &ROOT, "title").unwrap_or_default();
    let words: Vec<&str> = title.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control() && *c != super::rich::BLOCK_CHAR).take(TITLE_CHARS).collect()
}

/// An item of a collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its key, as it stands in the map (a foreign program may have written something that is no [`super::ItemId`]).
    pub id: String,
    /// Its order key, as it stands; empty if it has none.
    pub order: String,
    /// Where its fields are.
    pub object: ObjId,
}

/// The items of a collection at the root in the order in which they are shown: by order key bytewise, ties by id. At most [`ITEMS`].
pub fn items(doc: &impl ReadDoc, collection: &str) -> Vec<Item> {
    let Some((ObjType::Map, map)) = object_at(doc, &ROOT, collection) else { return Vec::new() };
    let mut items: Vec<Item> = doc
        .keys(&map)
        .take(ITEMS)
        .filter_map(|id| {
            let (ObjType::Map, object) = object_at(doc, &map, &id)? else { return None };
            let order = string_at(doc, &object, "order").unwrap_or_default();
            Some(Item { id, order, object })
        })
        .collect();
    items.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
    items
}

/// The text at a key, whether a text object or a scalar string: a JavaScript client easily makes the one for the other.
pub fn string_at(doc: &impl ReadDoc, object: &ObjId, key: &str) -> Option<String> {
    match doc.get(object, key).ok()?? {
        (Value::Object(ObjType::Text), text) => doc.text(&text).ok(),
        (Value::Scalar(scalar), _) => match scalar.as_ref() {
            ScalarValue::Str(text) => Some(text.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// The object at a key, with its type.
pub(super) fn object_at(doc: &impl ReadDoc, object: &ObjId, key: &str) -> Option<(ObjType, ObjId)> {
    match doc.get(object, key).ok()?? {
        (Value::Object(kind), id) => Some((kind, id)),
        _ => None,
    }
}

/// What a value is, in the words of the contract, for messages.
pub(super) fn name_of(value: &Value<'_>) -> &'static str {
    match value {
        Value::Object(ObjType::Map | ObjType::Table) => "map",
        Value::Object(ObjType::List) => "list",
        Value::Object(ObjType::Text) => "text",
        Value::Scalar(scalar) => match scalar.as_ref() {
            ScalarValue::Str(_) => "str",
            ScalarValue::Int(_) | ScalarValue::Uint(_) => "int",
            ScalarValue::F64(_) => "float",
            ScalarValue::Boolean(_) => "bool",
            ScalarValue::Counter(_) => "counter",
            ScalarValue::Timestamp(_) => "timestamp",
            ScalarValue::Bytes(_) => "bytes",
            ScalarValue::Null => "null",
            ScalarValue::Unknown { .. } => "a value of a newer Automerge",
        },
    }
}

/// The beginning of a foreign value, for messages.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(SHOWN_VALUE_CHARS).collect()
}
