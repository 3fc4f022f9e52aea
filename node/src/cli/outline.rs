//! A document as a person reads it at a terminal: its fields in the order of its kind, items under what they belong to, nothing that is empty.

use jeli_protocol::kinds::Kind;
use jeli_protocol::kinds::schema::{self, Field, Holds};
use serde_json::{Map, Value};

use super::messages::plain;

const INDENT: &str = "  ";

/// The outline of a document's content as [`jeli_protocol::kinds::to_json`] renders it. A kind that this program does not know is shown as JSON.
pub(super) fn outline(content: &Value) -> String {
    let kind = content["kind"].as_str().and_then(|name| name.parse::<Kind>().ok());
    let (Some(root), Some(kind)) = (content.as_object(), kind) else { return plain_lines(&format!("{content:#}")).join("\n") };
    let mut outline = Outline { root, collections: collections(kind), lines: Vec::new() };
    outline.fields(schema::fields(kind), root, None, 0);
    outline.lines.join("\n")
}

/// A collection of items at the root.
struct Collection {
    name: &'static str,
    fields: &'static [Field],
    /// The field that says to what an item belongs, and the collection of that.
    belongs: Option<(&'static str, &'static str)>,
}

fn collections(kind: Kind) -> Vec<Collection> {
    let items = |field: &Field| match field.holds {
        Holds::Items(fields) => {
            let belongs = fields.iter().find_map(|inner| match inner.holds {
                Holds::ItemOf(of) => Some((inner.name, of)),
                _ => None,
            });
            Some(Collection { name: field.name, fields, belongs })
        }
        _ => None,
    };
    schema::fields(kind).iter().filter_map(items).collect()
}

struct Outline<'a> {
    root: &'a Map<String, Value>,
    collections: Vec<Collection>,
    lines: Vec<String>,
}

impl Outline<'_> {
    /// The fields of a map; if it is an item, what belongs to it too.
    fn fields(&mut self, fields: &[Field], map: &Map<String, Value>, item: Option<(&str, &str)>, depth: usize) {
        for field in fields {
            match (field.holds, map.get(field.name)) {
                (Holds::Order | Holds::Schema | Holds::ItemOf(_), _) | (_, None) => {}
                (Holds::Items(_), Some(_)) => self.items(field.name, None, depth),
                (Holds::Map(inner), Some(Value::Object(value))) => {
                    let before = self.lines.len();
                    self.line(depth, &format!("{}:", field.name));
                    self.fields(inner, value, None, depth + 1);
                    if self.lines.len() == before + 1 {
                        self.lines.pop();
                    }
                }
                (_, Some(value)) => self.scalar(field.name, value, depth),
            }
        }
        if let Some((of, _)) = item {
            let belonging: Vec<&str> =
                self.collections.iter().filter(|each| each.belongs.is_some_and(|(_, owner)| owner == of)).map(|each| each.name).collect();
            for name in belonging {
                self.items(name, item, depth);
            }
        }
    }

    /// The items of a collection that belong to `owner`; for `None` those that belong to nothing that is there.
    fn items(&mut self, name: &str, owner: Option<(&str, &str)>, depth: usize) {
        let Some(collection) = self.collections.iter().find(|each| each.name == name) else { return };
        let (fields, belongs) = (collection.fields, collection.belongs);
        let owner_of = |item: &Value| {
            let (field, of) = belongs?;
            let id = item[field].as_str()?;
            self.root.get(of)?.get(id).map(|_| id.to_owned())
        };
        let all = self.root.get(name).and_then(Value::as_object).into_iter().flatten();
        let mut items: Vec<(&String, &Value)> = all.filter(|(_, item)| owner_of(item).as_deref() == owner.map(|(_, id)| id)).collect();
        items.sort_by_key(|(id, item)| (item["order"].as_str().unwrap_or_default().to_owned(), (*id).clone()));
        let items: Vec<(String, Map<String, Value>)> =
            items.into_iter().filter_map(|(id, item)| Some((id.clone(), item.as_object()?.clone()))).collect();
        if items.is_empty() {
            return;
        }
        self.line(depth, &format!("{name}:"));
        for (number, (id, item)) in (1..).zip(&items) {
            self.line(depth + 1, &format!("{number}."));
            self.fields(fields, item, Some((name, id)), depth + 2);
        }
    }

    fn scalar(&mut self, name: &str, value: &Value, depth: usize) {
        let text = match value {
            Value::String(text) => text.trim_end().to_owned(),
            Value::Bool(true) => "yes".to_owned(),
            Value::Null | Value::Bool(false) => return,
            other => other.to_string(),
        };
        match plain_lines(&text).as_slice() {
            [] => {}
            [line] => self.line(depth, &format!("{name}: {line}")),
            lines => {
                self.line(depth, &format!("{name}:"));
                for line in lines {
                    self.line(depth + 1, line);
                }
            }
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        self.lines.push(format!("{}{text}", INDENT.repeat(depth)));
    }
}

fn plain_lines(text: &str) -> Vec<String> {
    text.lines().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plan_is_read_from_the_top_with_each_item_under_its_own() {
        let plan = json!({
            "kind": "plan", "schema": 1, "title": "Даму жоспары", "language": "", "mission": "one\ntwo\u{1b}[2J", "period": {"from": "", "to": ""},
            "priorities": {"p1": {"order": "b", "title": "Second"}, "p2": {"order": "a", "title": "First"}},
            "goals": {
                "g1": {"order": "a", "priority": "p1", "title": "Reading", "practices": {"learning": true, "community": false}},
                "g2": {"order": "a", "priority": "gone", "title": "Stray"},
            },
            "actions": {"a1": {"order": "a", "goal": "g1", "what": "Buy books", "status": "planned"}},
        });
        let expected = "kind: plan
title: Даму жоспары
mission:
  one
  two\u{FFFD}[2J
priorities:
  1.
    title: First
  2.
    title: Second
    goals:
      1.
        title: Reading
        practices:
          learning: yes
        actions:
          1.
            what: Buy books
            status: planned
goals:
  1.
    title: Stray";
        assert_eq!(outline(&plan), expected);
    }

    #[test]
    fn a_kind_of_a_newer_program_is_shown_all_the_same() {
        assert_eq!(outline(&json!({"kind": "timetable", "rows": 3})), "{\n  \"kind\": \"timetable\",\n  \"rows\": 3\n}");
    }
}
