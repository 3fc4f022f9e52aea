//! Reads a document against the schema of its kind and says what is missing or of the wrong type.
//!
//! A finding refuses nothing: a foreign client may have written the document, and its words stay. Programs use findings to show a field
//! as empty rather than fail, and to tell people. Fields that the schema does not know are left alone; a newer schema may have them.

use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use super::date::{Date, TimeOfDay};
use super::limits::{FINDINGS, ITEMS, MOMENT_MS, SCALAR_BYTES};
use super::read::{kind_of, name_of, object_at, shown};
use super::schema::{Field, Holds, fields};
use super::{Decimal, ItemId, UnknownKind, order};

/// Something in a document that the schema of its kind does not expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where: the path with dots, such as `goals.<id>.title`; empty for the document as a whole.
    pub path: String,
    /// What.
    pub problem: Problem,
}

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The document says no kind, or one that is not known; nothing else was looked at.
    #[error(transparent)]
    Kind(#[from] UnknownKind),
    /// The field is not there.
    #[error("is missing")]
    Missing,
    /// The field holds something else.
    #[error("is {found} and should be {expected}")]
    WrongType {
        /// What the schema says.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// The type is right and the value is none that the field may have.
    #[error("cannot be \"{0}\"")]
    BadValue(String),
    /// It names an item that is not there (any more): two people worked at the same time, one of them removing.
    #[error("names an item of {collection} that is not there")]
    Dangling {
        /// The collection that should have it.
        collection: &'static str,
    },
    /// The key of an item is no item id.
    #[error("is no item id")]
    NotAnItemId,
    /// More items than are looked at.
    #[error("has more than {ITEMS} items; the rest was not looked at")]
    TooManyItems,
    /// More findings than are reported.
    #[error("there are more than {FINDINGS} findings")]
    TooManyFindings,
}

/// All findings, at most one more than [`FINDINGS`]; none for a document that follows the schema.
pub fn check(doc: &impl ReadDoc) -> Vec<Finding> {
    match kind_of(doc) {
        Err(unknown) => vec![Finding { path: String::new(), problem: Problem::Kind(unknown) }],
        Ok(kind) => {
            let mut checker = Checker { doc, findings: Vec::new() };
            checker.map(&ROOT, fields(kind), "");
            checker.findings
        }
    }
}

struct Checker<'a, D> {
    doc: &'a D,
    findings: Vec<Finding>,
}

impl<D: ReadDoc> Checker<'_, D> {
    fn map(&mut self, map: &ObjId, fields: &[Field], prefix: &str) {
        for field in fields {
            if self.is_full() {
                return;
            }
            let path = format!("{prefix}{}", field.name);
            match self.doc.get(map, field.name) {
                Ok(Some((value, id))) => self.field(field.holds, path, &value, &id),
                // From before the schema grew: read as empty.
                Ok(None) if field.since > 1 => {}
                Ok(None) | Err(_) => self.report(path, Problem::Missing),
            }
        }
    }

    fn field(&mut self, holds: Holds, path: String, value: &Value<'_>, id: &ObjId) {
        match (holds, value) {
            (Holds::Text | Holds::Rich, Value::Object(ObjType::Text)) => {}
            (Holds::Map(inner), Value::Object(ObjType::Map)) => self.map(id, inner, &format!("{path}.")),
            (Holds::Items(item), Value::Object(ObjType::Map)) => self.items(id, item, &path),
            (Holds::Set(collection), Value::Object(ObjType::Map)) => self.set(id, collection, &path),
            (_, Value::Scalar(scalar)) => match self.scalar(holds, scalar.as_ref()) {
                Some(Problem::WrongType { expected, .. }) => self.report(path, Problem::WrongType { expected, found: name_of(value) }),
                Some(problem) => self.report(path, problem),
                None => {}
            },
            _ => self.report(path, Problem::WrongType { expected: holds.name(), found: name_of(value) }),
        }
    }

    fn items(&mut self, map: &ObjId, item: &[Field], path: &str) {
        let doc = self.doc;
        for (index, id) in doc.keys(map).enumerate() {
            if self.is_full() {
                return;
            }
            if index == ITEMS {
                return self.report(path.to_owned(), Problem::TooManyItems);
            }
            let item_path = format!("{path}.{}", shown(&id));
            if id.parse::<ItemId>().is_err() {
                self.report(item_path.clone(), Problem::NotAnItemId);
            }
            match doc.get(map, id.as_str()) {
                Ok(Some((Value::Object(ObjType::Map), object))) => self.map(&object, item, &format!("{item_path}.")),
                Ok(Some((other, _))) => self.report(item_path, Problem::WrongType { expected: "map", found: name_of(&other) }),
                Ok(None) | Err(_) => self.report(item_path, Problem::Missing),
            }
        }
    }

    fn set(&mut self, map: &ObjId, collection: &'static str, path: &str) {
        let doc = self.doc;
        for id in doc.keys(map).take(ITEMS) {
            if self.is_full() {
                return;
            }
            if let Some(problem) = self.dangling(collection, &id) {
                self.report(format!("{path}.{}", shown(&id)), problem);
            }
        }
    }

    fn scalar(&self, holds: Holds, scalar: &ScalarValue) -> Option<Problem> {
        let wrong_type = Some(Problem::WrongType { expected: holds.name(), found: "" });
        let number = match scalar {
            ScalarValue::Int(number) => Some(*number),
            ScalarValue::Uint(number) => i64::try_from(*number).ok(),
            _ => None,
        };
        let is_right = match (holds, scalar) {
            (Holds::Bool, ScalarValue::Boolean(_)) => true,
            (Holds::Int { at_most }, ScalarValue::Int(_) | ScalarValue::Uint(_)) => number.is_some_and(|number| (0..=at_most).contains(&number)),
            (Holds::Moment, ScalarValue::Int(_) | ScalarValue::Uint(_)) => number.is_some_and(|number| (0..=MOMENT_MS).contains(&number)),
            (Holds::Decimal, ScalarValue::Str(number)) => number.is_empty() || number.parse::<Decimal>().is_ok(),
            (Holds::Schema, ScalarValue::Int(_) | ScalarValue::Uint(_)) => number.is_some_and(|number| number >= 1),
            (Holds::OneOf(values), ScalarValue::Str(word)) => values.contains(&word.as_str()),
            (Holds::Date, ScalarValue::Str(day)) => day.is_empty() || day.parse::<Date>().is_ok(),
            (Holds::Time, ScalarValue::Str(time)) => time.is_empty() || time.parse::<TimeOfDay>().is_ok(),
            (Holds::Order, ScalarValue::Str(key)) => order::is_key(key),
            (Holds::Reference, ScalarValue::Str(name)) => name.len() <= SCALAR_BYTES,
            (Holds::ItemOf(collection), ScalarValue::Str(id)) if !id.is_empty() => return self.dangling(collection, id),
            (Holds::ItemOf(_), ScalarValue::Str(_)) => true,
            _ => return wrong_type,
        };
        let said = || match (scalar, number) {
            (ScalarValue::Str(text), _) => shown(text),
            (_, Some(number)) => number.to_string(),
            _ => name_of(&Value::Scalar(std::borrow::Cow::Borrowed(scalar))).to_owned(),
        };
        if is_right { None } else { Some(Problem::BadValue(said())) }
    }

    fn dangling(&self, collection: &'static str, id: &str) -> Option<Problem> {
        if id.parse::<ItemId>().is_err() {
            return Some(Problem::BadValue(shown(id)));
        }
        let there = object_at(self.doc, &ROOT, collection).and_then(|(_, map)| object_at(self.doc, &map, id));
        if there.is_some() { None } else { Some(Problem::Dangling { collection }) }
    }

    fn is_full(&self) -> bool {
        self.findings.len() > FINDINGS
    }

    fn report(&mut self, path: String, problem: Problem) {
        match self.findings.len() {
            count if count < FINDINGS => self.findings.push(Finding { path, problem }),
            FINDINGS => self.findings.push(Finding { path: String::new(), problem: Problem::TooManyFindings }),
            _ => {}
        }
    }
}
