//! Writes a sample of any kind by the schema: a JSON object with the fields of the document as keys. A list of objects is a collection in
//! its order, a rich text is a list of [`BlockSample`]s, an object under a collection's name gives more fields to items that are there.
//! Items may bear a label (`"id": "i1"`), by which others name them.

use std::collections::BTreeMap;

use automerge::AutoCommit;
use jeli_protocol::kinds::read::items;
use jeli_protocol::kinds::rich::Block;
use jeli_protocol::kinds::schema::{Holds, fields, holds_at};
use jeli_protocol::kinds::write::add_item;
use jeli_protocol::kinds::{Input, ItemId, Kind, Place, set};
use serde_json::{Map, Value};

use super::shape::{BlockSample, blocks};
use super::write::SampleError;

/// The items that a sample names, by their labels.
pub(super) type Labels = BTreeMap<String, ItemId>;

/// Writes the fields of a sample into a document of the kind, a change for each field and item; `ids` gives an item id at each call.
pub(super) fn fill(
    doc: &mut AutoCommit,
    kind: Kind,
    sample: &Map<String, Value>,
    labels: &mut Labels,
    ids: &mut impl FnMut() -> [u8; 16],
) -> Result<(), SampleError> {
    if let Some(unknown) = sample.keys().find(|name| holds_at(kind, &[name]).is_none()) {
        return Err(SampleError::Word(unknown.clone()));
    }
    // In the order of the schema, which puts what is named before what names it; more fields of items that are there come last.
    let named_fields = fields(kind).iter().filter_map(|field| Some((field, sample.get(field.name)?)));
    let (more, first): (Vec<_>, Vec<_>) = named_fields.partition(|(field, value)| matches!(field.holds, Holds::Items(_)) && value.is_object());
    for (field, value) in first.into_iter().chain(more) {
        match (field.holds, value) {
            (Holds::Items(_), Value::Array(list)) => {
                for item in list {
                    add(doc, kind, field.name, object(item)?, labels, ids)?;
                    doc.commit();
                }
            }
            (Holds::Items(_), Value::Object(items)) => {
                for (label, fields) in items {
                    let id = named(labels, label)?.to_string();
                    put_each(doc, kind, &[field.name, &id], object(fields)?, labels)?;
                }
            }
            (Holds::Map(_), Value::Object(fields)) => put_each(doc, kind, &[field.name], fields, labels)?,
            _ => put(doc, kind, &[field.name], value, labels)?,
        }
    }
    Ok(())
}

/// The priorities and goals of a plan by their numbers, as its page counts them: `2`, `2.1`.
pub(super) fn numbers_of_plan(doc: &AutoCommit) -> Labels {
    let text = |object, key| jeli_protocol::kinds::read::string_at(doc, object, key).unwrap_or_default();
    let goals = items(doc, "goals");
    let mut labels = Labels::new();
    for (number, priority) in (1..).zip(items(doc, "priorities")) {
        labels.extend(priority.id.parse().ok().map(|id| (number.to_string(), id)));
        let below = goals.iter().filter(|goal| text(&goal.object, "priority") == priority.id);
        labels.extend((1..).zip(below).filter_map(|(place, goal)| Some((format!("{number}.{place}"), goal.id.parse().ok()?))));
    }
    labels
}

fn add(
    doc: &mut AutoCommit,
    kind: Kind,
    collection: &str,
    item: &Map<String, Value>,
    labels: &mut Labels,
    ids: &mut impl FnMut() -> [u8; 16],
) -> Result<(), SampleError> {
    let id = ItemId::from_bytes(ids());
    let fields: Vec<(&String, Said)> = item
        .iter()
        .filter(|(name, _)| *name != "id")
        .map(|(name, value)| Ok((name, say(kind, &[collection, "", name], value, labels)?)))
        .collect::<Result<_, SampleError>>()?;
    let values: Vec<(&str, Input<'_>)> = fields.iter().map(|(name, said)| (name.as_str(), said.input())).collect();
    add_item(doc, collection, id, Place::Last, &values)?;
    if let Some(label) = item.get("id").and_then(Value::as_str) {
        labels.insert(label.to_owned(), id);
    }
    Ok(())
}

fn put_each(doc: &mut AutoCommit, kind: Kind, above: &[&str], fields: &Map<String, Value>, labels: &Labels) -> Result<(), SampleError> {
    for (name, value) in fields {
        put(doc, kind, &[above, &[name]].concat(), value, labels)?;
    }
    Ok(())
}

fn put(doc: &mut AutoCommit, kind: Kind, path: &[&str], value: &Value, labels: &Labels) -> Result<(), SampleError> {
    match (holds_at(kind, path), value) {
        (Some(Holds::Set(_)), Value::Array(members)) => {
            for member in members {
                let id = named(labels, member.as_str().unwrap_or_default())?.to_string();
                set(doc, &[path, &[&id]].concat(), Input::Bool(true))?;
            }
        }
        _ => set(doc, path, say(kind, path, value, labels)?.input())?,
    }
    doc.commit();
    Ok(())
}

/// A value as the document takes it.
enum Said {
    Text(String),
    Word(String),
    Number(i64),
    Yes(bool),
    Rich(Vec<Block>),
}

impl Said {
    fn input(&self) -> Input<'_> {
        match self {
            Self::Text(words) => Input::Text(words),
            Self::Word(word) => Input::Str(word),
            Self::Number(number) => Input::Int(*number),
            Self::Yes(yes) => Input::Bool(*yes),
            Self::Rich(blocks) => Input::Rich(blocks),
        }
    }
}

fn say(kind: Kind, path: &[&str], value: &Value, labels: &Labels) -> Result<Said, SampleError> {
    match (holds_at(kind, path), value) {
        (Some(Holds::Text), Value::String(words)) => Ok(Said::Text(words.clone())),
        (Some(Holds::Rich), Value::Array(_)) => Ok(Said::Rich(blocks(&serde_json::from_value::<Vec<BlockSample>>(value.clone())?))),
        (Some(Holds::ItemOf(_)), Value::String(label)) => Ok(Said::Word(named(labels, label)?.to_string())),
        (Some(_), Value::String(word)) => Ok(Said::Word(word.clone())),
        (Some(_), Value::Bool(yes)) => Ok(Said::Yes(*yes)),
        (Some(_), Value::Number(number)) => Ok(Said::Number(number.as_i64().ok_or_else(|| SampleError::Word(number.to_string()))?)),
        _ => Err(SampleError::Word(path.join("."))),
    }
}

fn named(labels: &Labels, label: &str) -> Result<ItemId, SampleError> {
    labels.get(label).copied().ok_or_else(|| SampleError::Word(label.to_owned()))
}

fn object(value: &Value) -> Result<&Map<String, Value>, SampleError> {
    value.as_object().ok_or_else(|| SampleError::Word(value.to_string()))
}
