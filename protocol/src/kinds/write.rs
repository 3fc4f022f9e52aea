//! Writing fields and items, each checked against the schema before the first operation: a refused call leaves the document as it was.

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, AutomergeError, Change, LoadChangeError, ObjId, ObjType, ROOT, ScalarValue};
use thiserror::Error;

use super::date::{Date, DateError, TimeOfDay};
use super::limits::{MOMENT_MS, SCALAR_BYTES, TEXT_BYTES};
use super::order::{self, OrderError};
use super::read::{Item, items, kind_of, object_at, shown};
use super::rich::{self, Block};
use super::schema::{Field, Holds, holds_at};
use super::{Decimal, ItemId, Kind, UnknownKind, fixed_changes};

/// A value for a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Input<'a> {
    /// For a text field. Over existing text only the difference is written, so that it merges with what others type.
    Text(&'a str),
    /// For a rich text field: takes the place of all that is there.
    Rich(&'a [Block]),
    /// For scalar strings: dates, times, enumerations, references.
    Str(&'a str),
    /// For whole numbers.
    Int(i64),
    /// For yes or no.
    Bool(bool),
}

/// Where an item goes among its siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before all others.
    First,
    /// Behind all others.
    Last,
    /// Right before this one.
    Before(ItemId),
    /// Right behind this one.
    After(ItemId),
}

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The document's kind is not known.
    #[error(transparent)]
    Kind(#[from] UnknownKind),
    /// The kind has no such field.
    #[error("a {kind} has no field \"{path}\"")]
    NoSuchField {
        /// The document's kind.
        kind: Kind,
        /// The path that was asked for.
        path: String,
    },
    /// The field exists in the kind, but its item or map is not in this document.
    #[error("there is no \"{path}\" in this document; it may have been removed meanwhile")]
    NotThere {
        /// The path that was asked for.
        path: String,
    },
    /// The value is of another type than the field.
    #[error("\"{path}\" holds {expected}")]
    WrongType {
        /// The path that was asked for.
        path: String,
        /// What the field holds.
        expected: &'static str,
    },
    /// The value is of the right type, but not one of those that the field takes.
    #[error("\"{path}\" cannot be \"{value}\"")]
    BadValue {
        /// The path that was asked for.
        path: String,
        /// The beginning of the value.
        value: String,
    },
    /// Not a day or time.
    #[error("\"{path}\": {source}")]
    Date {
        /// The path that was asked for.
        path: String,
        /// What is wrong with it.
        source: DateError,
    },
    /// The value is larger than its bound.
    #[error("\"{path}\" takes at most {limit_bytes} bytes at once")]
    TooLong {
        /// The path that was asked for.
        path: String,
        /// The bound in bytes.
        limit_bytes: usize,
    },
    /// More blocks than one call may write.
    #[error("a rich text takes at most {limit} blocks at once")]
    TooManyBlocks {
        /// The bound.
        limit: usize,
    },
    /// The id is taken.
    #[error("there is already an item {0}")]
    Exists(ItemId),
    /// No order key for the place.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// A fixed change of the kind did not load: the program itself is damaged.
    #[error("a fixed change of the kind does not load")]
    FixedChange(#[from] LoadChangeError),
    /// Automerge refused.
    #[error("the document did not take the change")]
    Automerge(#[from] AutomergeError),
}

/// A new document of the kind: its fixed changes, and `actor` for all that is written next.
pub fn start(kind: Kind, actor: ActorId) -> Result<AutoCommit, WriteError> {
    let mut doc = AutoCommit::new().with_actor(actor);
    let fixed = fixed_changes(kind).iter().map(|fixed| Change::from_bytes(fixed.chunk.to_vec())).collect::<Result<Vec<_>, _>>()?;
    doc.apply_changes(fixed)?;
    Ok(doc)
}

/// Sets one field, named by its path: `["title"]`, `["period", "from"]`, `["goals", <id>, "title"]`.
pub fn set(doc: &mut impl Transactable, path: &[&str], input: Input<'_>) -> Result<(), WriteError> {
    let kind = kind_of(doc)?;
    let holds = holds_at(kind, path).ok_or_else(|| WriteError::NoSuchField { kind, path: path.join(".") })?;
    check_input(holds, &path.join("."), input)?;
    let Some((name, parents)) = path.split_last() else { return Err(WriteError::NoSuchField { kind, path: String::new() }) };
    let parent = object_behind(doc, parents)?;
    match (object_at(doc, &parent, name), input) {
        (Some((ObjType::Text, text)), Input::Text(words)) => doc.update_text(&text, words)?,
        (Some((ObjType::Text, text)), Input::Rich(blocks)) => rich::write(doc, &text, blocks)?,
        _ => put(doc, &parent, name, holds, Some(input))?,
    }
    Ok(())
}

/// Moves an item of a collection to another place: one small change that merges with edits inside the item.
pub fn move_item(doc: &mut impl Transactable, collection: &str, id: ItemId, place: Place) -> Result<(), WriteError> {
    item_fields(kind_of(doc)?, collection)?;
    let all = items(doc, collection);
    let name = id.to_string();
    let not_there = || WriteError::NotThere { path: format!("{collection}.{name}") };
    let object = all.iter().find(|item| item.id == name).map(|item| item.object.clone()).ok_or_else(not_there)?;
    let others: Vec<&Item> = all.iter().filter(|item| item.id != name).collect();
    let order = order_for(&others, collection, place)?;
    Ok(doc.put(&object, "order", order)?)
}

/// Removes an item. What others write into it at the same time goes with it; history keeps all.
pub fn remove_item(doc: &mut impl Transactable, collection: &str, id: ItemId) -> Result<(), WriteError> {
    item_fields(kind_of(doc)?, collection)?;
    let map = object_behind(doc, &[collection])?;
    let name = id.to_string();
    if object_at(doc, &map, &name).is_none() {
        return Err(WriteError::NotThere { path: format!("{collection}.{name}") });
    }
    Ok(doc.delete(&map, name)?)
}

/// Adds an item with all its fields; those not given hold their default. Fields inside a map are given as `map.field`.
pub fn add_item(doc: &mut impl Transactable, collection: &str, id: ItemId, place: Place, values: &[(&str, Input<'_>)]) -> Result<(), WriteError> {
    let kind = kind_of(doc)?;
    let fields = item_fields(kind, collection)?;
    for (name, input) in values {
        let path: Vec<&str> = [collection, ""].into_iter().chain(name.split('.')).collect();
        let shown_path = format!("{collection}.{name}");
        match holds_at(kind, &path) {
            None | Some(Holds::Order) => return Err(WriteError::NoSuchField { kind, path: shown_path }),
            Some(holds) => check_input(holds, &shown_path, *input)?,
        }
    }
    let map = object_behind(doc, &[collection])?;
    let name = id.to_string();
    if doc.get(&map, name.as_str())?.is_some() {
        return Err(WriteError::Exists(id));
    }
    let siblings = items(doc, collection);
    let order = order_for(&siblings.iter().collect::<Vec<_>>(), collection, place)?;
    let item = doc.put_object(&map, name, ObjType::Map)?;
    let given = |path: &str| match path {
        "order" => Some(Input::Str(&order)),
        _ => values.iter().find(|(name, _)| *name == path).map(|(_, input)| *input),
    };
    put_all(doc, &item, fields, "", &given)
}

/// Puts the fields at the root that a schema of the kind brought, in the order of its table: the content of its fixed change.
#[cfg(test)]
pub(super) fn put_growth(doc: &mut impl Transactable, kind: Kind, schema: i64) -> Result<(), WriteError> {
    let grown: Vec<Field> = super::schema::fields(kind).iter().copied().filter(|field| field.since == schema).collect();
    put_all(doc, &ROOT, &grown, "", &|path| (path == "schema").then_some(Input::Int(schema)))?;
    if schema > 1 {
        doc.put(&ROOT, "schema", schema)?;
    }
    Ok(())
}

/// Puts all fields of a map in the order of their table.
fn put_all<'a>(
    doc: &mut impl Transactable,
    map: &ObjId,
    fields: &[Field],
    prefix: &str,
    given: &dyn Fn(&str) -> Option<Input<'a>>,
) -> Result<(), WriteError> {
    for field in fields {
        let path = format!("{prefix}{}", field.name);
        match field.holds {
            Holds::Map(inner) => {
                let object = doc.put_object(map, field.name, ObjType::Map)?;
                put_all(doc, &object, inner, &format!("{path}."), given)?;
            }
            holds => put(doc, map, field.name, holds, given(&path))?,
        }
    }
    Ok(())
}

/// Puts one field anew, with its default if no value is given. The value has been checked.
fn put(doc: &mut impl Transactable, map: &ObjId, name: &str, holds: Holds, input: Option<Input<'_>>) -> Result<(), WriteError> {
    let scalar: ScalarValue = match (holds, input) {
        (Holds::Text | Holds::Rich, input) => {
            let text = doc.put_object(map, name, ObjType::Text)?;
            return match input {
                Some(Input::Text(words)) => Ok(doc.splice_text(&text, 0, 0, words)?),
                Some(Input::Rich(blocks)) => rich::write(doc, &text, blocks),
                _ => Ok(()),
            };
        }
        (Holds::Map(_) | Holds::Items(_) | Holds::Set(_), _) => {
            doc.put_object(map, name, ObjType::Map)?;
            return Ok(());
        }
        (_, Some(Input::Str(words))) => words.into(),
        (_, Some(Input::Int(number))) => number.into(),
        (_, Some(Input::Bool(yes))) => yes.into(),
        (Holds::Int { .. } | Holds::Moment, _) => 0_i64.into(),
        (Holds::Schema, _) => 1_i64.into(),
        (Holds::Bool, _) => false.into(),
        (Holds::OneOf(values), _) => values.first().copied().unwrap_or_default().into(),
        (Holds::Date | Holds::Time | Holds::ItemOf(_) | Holds::Reference | Holds::Decimal | Holds::Order, _) => "".into(),
    };
    Ok(doc.put(map, name, scalar)?)
}

/// Whether a field takes a value.
fn check_input(holds: Holds, path: &str, input: Input<'_>) -> Result<(), WriteError> {
    let path = || path.to_owned();
    let at_most = |length: usize, limit_bytes: usize| {
        if length <= limit_bytes { Ok(()) } else { Err(WriteError::TooLong { path: path(), limit_bytes }) }
    };
    let allowed = |is: bool, value: &str| if is { Ok(()) } else { Err(WriteError::BadValue { path: path(), value: shown(value) }) };
    match (holds, input) {
        (Holds::Text, Input::Text(words)) => at_most(words.len(), TEXT_BYTES),
        (Holds::Rich, Input::Rich(blocks)) => rich::check_size(blocks, &path()),
        (Holds::OneOf(values), Input::Str(word)) => allowed(values.contains(&word), word),
        (Holds::Date | Holds::Time | Holds::ItemOf(_) | Holds::Decimal, Input::Str("")) => Ok(()),
        (Holds::Date, Input::Str(day)) => day.parse::<Date>().map(drop).map_err(|source| WriteError::Date { path: path(), source }),
        (Holds::Time, Input::Str(time)) => time.parse::<TimeOfDay>().map(drop).map_err(|source| WriteError::Date { path: path(), source }),
        (Holds::ItemOf(_), Input::Str(id)) => allowed(id.parse::<ItemId>().is_ok(), id),
        (Holds::Decimal, Input::Str(number)) => allowed(number.parse::<Decimal>().is_ok(), number),
        (Holds::Moment, Input::Int(moment)) => allowed((0..=MOMENT_MS).contains(&moment), &moment.to_string()),
        (Holds::Reference, Input::Str(name)) => at_most(name.len(), SCALAR_BYTES),
        (Holds::Order, Input::Str(key)) => allowed(order::is_key(key), key),
        (Holds::Int { at_most }, Input::Int(number)) => allowed((0..=at_most).contains(&number), &number.to_string()),
        (Holds::Schema, Input::Int(number)) => allowed(number >= 1, &number.to_string()),
        (Holds::Bool, Input::Bool(_)) => Ok(()),
        _ => Err(WriteError::WrongType { path: path(), expected: holds.name() }),
    }
}

/// The fields of an item of a collection at the root.
fn item_fields(kind: Kind, collection: &str) -> Result<&'static [Field], WriteError> {
    match holds_at(kind, &[collection]) {
        Some(Holds::Items(fields)) => Ok(fields),
        _ => Err(WriteError::NoSuchField { kind, path: collection.to_owned() }),
    }
}

/// The map at a path; a collection or map of a later schema that this document lacks is not made here.
fn object_behind(doc: &impl Transactable, path: &[&str]) -> Result<ObjId, WriteError> {
    path.iter().try_fold(ROOT, |object, name| match object_at(doc, &object, name) {
        Some((ObjType::Map, inner)) => Ok(inner),
        _ => Err(WriteError::NotThere { path: path.join(".") }),
    })
}

fn order_for(siblings: &[&Item], collection: &str, place: Place) -> Result<String, WriteError> {
    let position = |id: ItemId| {
        let name = id.to_string();
        let found = siblings.iter().position(|item| item.id == name);
        found.ok_or_else(|| WriteError::NotThere { path: format!("{collection}.{name}") })
    };
    let index = match place {
        Place::First => 0,
        Place::Last => siblings.len(),
        Place::Before(id) => position(id)?,
        Place::After(id) => position(id)? + 1,
    };
    let keys: Vec<&str> = siblings.iter().map(|item| item.order.as_str()).collect();
    Ok(order::at(&keys, index)?)
}
