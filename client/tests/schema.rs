//! The page walks the schema of every kind as data (new items, history, copies): the same tables that the node judges documents by.

use jeli_protocol::kinds::Kind;
use jeli_protocol::kinds::schema::{Field, Holds, fields};
use serde_json::{Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web/src/edit/kinds/schema.json");

fn table(fields: &[Field]) -> Value {
    fields.iter().map(row).collect()
}

fn row(field: &Field) -> Value {
    let mut row = match field.holds {
        Holds::Text => json!({ "holds": "text" }),
        Holds::Rich => json!({ "holds": "rich" }),
        Holds::OneOf(values) => json!({ "holds": "one_of", "values": values }),
        Holds::Date => json!({ "holds": "date" }),
        Holds::Time => json!({ "holds": "time" }),
        Holds::ItemOf(collection) => json!({ "holds": "item_of", "of": collection }),
        Holds::Set(collection) => json!({ "holds": "set", "of": collection }),
        Holds::Reference => json!({ "holds": "reference" }),
        Holds::Order => json!({ "holds": "order" }),
        Holds::Decimal => json!({ "holds": "decimal" }),
        Holds::Moment => json!({ "holds": "moment" }),
        Holds::Schema => json!({ "holds": "schema" }),
        Holds::Bool => json!({ "holds": "bool" }),
        Holds::Int { at_most } => json!({ "holds": "int", "at_most": at_most }),
        Holds::Map(inner) => json!({ "holds": "map", "fields": table(inner) }),
        Holds::Items(item) => json!({ "holds": "items", "fields": table(item) }),
    };
    row["name"] = field.name.into();
    row["since"] = field.since.into();
    row
}

#[test]
fn the_page_has_the_schema_of_every_kind() {
    let kinds: Value = Kind::ALL
        .into_iter()
        .map(|kind| (kind.name().to_owned(), json!({ "number": kind.number(), "schema": kind.schema(), "fields": table(fields(kind)) })))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let wanted = format!("{}\n", serde_json::to_string(&kinds).expect("JSON"));
    if std::env::var_os("JELI_WRITE").is_some() {
        std::fs::write(FILE, &wanted).expect("the file can be written");
    }
    let there = std::fs::read_to_string(FILE).unwrap_or_default();
    assert_eq!(there, wanted, "{FILE} is another; write it with: JELI_WRITE=1 cargo test -p jeli-client --test schema");
}
