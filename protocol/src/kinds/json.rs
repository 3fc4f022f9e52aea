//! A document as plain JSON, for `jeli doc show --json`, the API and tests that compare documents.
//!
//! Maps, lists and scalars are themselves, in the order of their keys; text objects are strings (a rich text as
//! [`super::rich::to_plain`] writes it); times are milliseconds, counters numbers, bytes hex. Where two people set one field at the same
//! time, the value is the one that Automerge chose for everybody. Equal heads give equal JSON.

use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value as Stored};
use serde_json::{Map, Value};
use thiserror::Error;

use super::limits::{DEPTH, RENDERED_BYTES, VALUES};
use super::rich;

/// Why a document is not rendered. Its content is untouched; only this way of showing it is closed.
#[derive(Debug, Error)]
pub enum RenderError {
    /// Nested deeper than any kind.
    #[error("the document is nested deeper than {DEPTH} levels")]
    TooDeep,
    /// More values than any real document has.
    #[error("the document has more than {VALUES} values")]
    TooMany,
    /// More text than is shown at once.
    #[error("the document has more than {RENDERED_BYTES} bytes of text")]
    TooLong,
    /// Automerge could not read it.
    #[error("the document could not be read")]
    Automerge(#[from] automerge::AutomergeError),
}

/// Renders the whole document.
pub fn to_json(doc: &impl ReadDoc) -> Result<Value, RenderError> {
    Renderer { doc, values: 0, bytes: 0 }.map(&ROOT, 0)
}

struct Renderer<'a, D> {
    doc: &'a D,
    values: usize,
    bytes: usize,
}

impl<D: ReadDoc> Renderer<'_, D> {
    fn map(&mut self, object: &ObjId, depth: usize) -> Result<Value, RenderError> {
        let mut map = Map::new();
        for key in self.doc.keys(object) {
            self.count_text(key.len())?;
            if let Some((value, id)) = self.doc.get(object, key.as_str())? {
                let shown = self.value(value, &id, depth)?;
                map.insert(key, shown);
            }
        }
        Ok(Value::Object(map))
    }

    fn list(&mut self, object: &ObjId, depth: usize) -> Result<Value, RenderError> {
        let mut list = Vec::new();
        for index in 0..self.doc.length(object) {
            if let Some((value, id)) = self.doc.get(object, index)? {
                list.push(self.value(value, &id, depth)?);
            }
        }
        Ok(Value::Array(list))
    }

    fn value(&mut self, value: Stored<'_>, id: &ObjId, depth: usize) -> Result<Value, RenderError> {
        self.values += 1;
        if self.values > VALUES {
            return Err(RenderError::TooMany);
        }
        match value {
            Stored::Object(_) if depth == DEPTH => Err(RenderError::TooDeep),
            Stored::Object(ObjType::Map | ObjType::Table) => self.map(id, depth + 1),
            Stored::Object(ObjType::List) => self.list(id, depth + 1),
            Stored::Object(ObjType::Text) => {
                if self.doc.length(id) > RENDERED_BYTES - self.bytes {
                    return Err(RenderError::TooLong);
                }
                let text = rich::to_plain(&rich::read(self.doc, id));
                self.count_text(text.len())?;
                Ok(Value::String(text))
            }
            Stored::Scalar(scalar) => self.scalar(scalar.as_ref()),
        }
    }

    fn scalar(&mut self, scalar: &ScalarValue) -> Result<Value, RenderError> {
        Ok(match scalar {
            ScalarValue::Str(text) => {
                self.count_text(text.len())?;
                Value::from(text.as_str())
            }
            ScalarValue::Int(number) | ScalarValue::Timestamp(number) => Value::from(*number),
            ScalarValue::Uint(number) => Value::from(*number),
            ScalarValue::F64(number) => Value::from(*number),
            ScalarValue::Counter(counter) => Value::from(i64::from(counter)),
            ScalarValue::Boolean(yes) => Value::from(*yes),
            ScalarValue::Null => Value::Null,
            ScalarValue::Bytes(bytes) | ScalarValue::Unknown { bytes, .. } => {
                self.count_text(bytes.len() * 2)?;
                Value::from(data_encoding::HEXLOWER.encode(bytes))
            }
        })
    }

    fn count_text(&mut self, bytes: usize) -> Result<(), RenderError> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > RENDERED_BYTES { Err(RenderError::TooLong) } else { Ok(()) }
    }
}
