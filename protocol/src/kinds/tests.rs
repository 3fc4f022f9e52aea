//! Documents written, read, judged and rendered as a whole.

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ObjType, ROOT, ReadDoc};
use proptest::prelude::*;
use serde_json::json;

use super::meeting::{AgendaItem, Purpose, Task, add_agenda_item, add_task};
use super::plan::{Action, Goal, Practice, Priority, Status, add_action, add_goal, add_priority};
use super::rich::{self, Block, BlockKind, Level};
use super::*;

fn new(kind: Kind) -> AutoCommit {
    start(kind, ActorId::from(&[7; 16][..])).expect("the first change loads")
}

fn id(number: u8) -> ItemId {
    ItemId::from_bytes([number; 16])
}

fn ids(doc: &AutoCommit, collection: &str) -> Vec<ItemId> {
    read::items(doc, collection).iter().map(|item| item.id.parse().expect("an id")).collect()
}

#[test]
fn a_new_document_of_every_kind_has_no_findings() {
    for kind in Kind::ALL {
        let doc = new(kind);
        assert_eq!(check(&doc), [], "{kind}");
        assert_eq!(kind_of(&doc), Ok(kind));
        assert_eq!(title(&doc), "");
    }
}

#[test]
fn what_was_written_into_a_plan_is_read_back_as_json() {
    let mut doc = new(Kind::Plan);
    set(&mut doc, &["title"], Input::Text("Даму жоспары")).unwrap();
    set(&mut doc, &["period", "from"], Input::Str("2026-09-01")).unwrap();
    set(&mut doc, &["vision"], Input::Rich(&[Block::marked(BlockKind::Paragraph, "Біз **бірге** оқимыз")])).unwrap();
    add_priority(&mut doc, id(1), Place::Last, &Priority { title: "Оқыту", reason: "Дерек" }).unwrap();
    let goal = Goal { priority: Some(id(1)), title: "Мақсат", success: "", practices: &[Practice::Learning] };
    add_goal(&mut doc, id(2), Place::Last, &goal).unwrap();
    let due = "2026-12-25".parse().ok();
    add_action(&mut doc, id(3), Place::Last, &Action { goal: Some(id(2)), what: "Сабақ", due, status: Status::InProgress, ..Action::default() })
        .unwrap();

    assert_eq!(check(&doc), []);
    assert_eq!(title(&doc), "Даму жоспары");
    let shown = to_json(&doc).unwrap();
    assert_eq!(shown["vision"], "Біз **бірге** оқимыз");
    assert_eq!(shown["period"], json!({ "from": "2026-09-01", "to": "" }));
    assert_eq!(
        shown["goals"],
        json!({ id(2).to_string(): {
            "order": "a0", "priority": id(1).to_string(), "title": "Мақсат", "success": "",
            "practices": { "learning": true, "self_and_others": false, "improvement": false, "community": false },
        } })
    );
    assert_eq!(
        shown["actions"][id(3).to_string()],
        json!({
            "order": "a0", "goal": id(2).to_string(), "what": "Сабақ", "responsible": "", "partners": "", "resources": "",
            "start": "", "due": "2026-12-25", "status": "in_progress", "person": "", "money": "", "time_budget": "",
            "answer": "", "offered_due": "", "answer_note": "",
        })
    );
}

#[test]
fn items_stand_where_they_were_put_and_moved() {
    let mut doc = new(Kind::Meeting);
    let item = AgendaItem { title: "x", minutes: 10, purpose: Purpose::Decide, ..AgendaItem::default() };
    add_agenda_item(&mut doc, id(1), Place::Last, &item).unwrap();
    add_agenda_item(&mut doc, id(2), Place::Last, &item).unwrap();
    add_agenda_item(&mut doc, id(3), Place::First, &item).unwrap();
    add_agenda_item(&mut doc, id(4), Place::After(id(1)), &item).unwrap();
    assert_eq!(ids(&doc, "agenda"), [id(3), id(1), id(4), id(2)]);
    move_item(&mut doc, "agenda", id(2), Place::Before(id(3))).unwrap();
    assert_eq!(ids(&doc, "agenda"), [id(2), id(3), id(1), id(4)]);
    remove_item(&mut doc, "agenda", id(3)).unwrap();
    assert_eq!(ids(&doc, "agenda"), [id(2), id(1), id(4)]);
    assert!(matches!(remove_item(&mut doc, "agenda", id(3)), Err(WriteError::NotThere { .. })), "it is gone");
    assert_eq!(check(&doc), []);
}

#[test]
fn a_move_and_an_edit_of_one_item_at_the_same_time_both_count() {
    let mut left = new(Kind::Meeting);
    add_task(&mut left, id(1), Place::Last, &Task { what: "хат жазу", ..Task::default() }).unwrap();
    add_task(&mut left, id(2), Place::Last, &Task::default()).unwrap();
    let mut right = left.fork().with_actor(ActorId::from(&[8; 16][..]));
    move_item(&mut left, "tasks", id(1), Place::Last).unwrap();
    set(&mut right, &["tasks", &id(1).to_string(), "what"], Input::Text("қысқа хат жазу")).unwrap();
    left.merge(&mut right).unwrap();
    assert_eq!(ids(&left, "tasks"), [id(2), id(1)]);
    assert_eq!(to_json(&left).unwrap()["tasks"][id(1).to_string()]["what"], "қысқа хат жазу");
}

#[test]
fn a_refused_write_leaves_the_document_as_it_was() {
    let mut doc = new(Kind::Plan);
    add_goal(&mut doc, id(1), Place::Last, &Goal::default()).unwrap();
    doc.commit();
    let goal = id(1).to_string();
    let refused: [(&[&str], Input<'_>); 9] = [
        (&["nothing"], Input::Text("x")),
        (&[], Input::Text("x")),
        (&["goals"], Input::Bool(true)),
        (&["title"], Input::Str("x")),
        (&["language"], Input::Str("de")),
        (&["period", "from"], Input::Str("2027-02-29")),
        (&["goals", &goal, "order"], Input::Str("a00")),
        (&["goals", &goal, "priority"], Input::Str("first")),
        (&["goals", "ffffffffffffffffffffffffffffffff", "title"], Input::Text("x")),
    ];
    for (path, input) in refused {
        assert!(set(&mut doc, path, input).is_err(), "{path:?} {input:?} is refused");
    }
    let again = add_goal(&mut doc, id(1), Place::Last, &Goal::default());
    assert!(matches!(again, Err(WriteError::Exists(_))), "the id is taken");
    let nowhere = add_goal(&mut doc, id(2), Place::After(id(9)), &Goal::default());
    assert!(matches!(nowhere, Err(WriteError::NotThere { .. })), "there is no such neighbour");
    assert_eq!(doc.pending_ops(), 0, "nothing was written");
    set(&mut doc, &["language"], Input::Str("kk")).expect("but a right value is taken");
    assert!(doc.pending_ops() > 0);
}

#[test]
fn rich_text_keeps_its_blocks_and_marks_in_every_text_encoding() {
    let blocks = [
        Block::plain(BlockKind::Heading(Level::new(2)), "Біздің көзқарас 🎓"),
        Block::marked(BlockKind::Paragraph, "Әр мұғалім **көшбасшы** бола алады, *бірақ* 2 * 2 = 4."),
        Block::plain(BlockKind::Bullet, "бірінші"),
        Block::marked(BlockKind::Numbered, "**екінші**"),
        Block::plain(BlockKind::Quote, "Үшінші"),
        Block { kind: BlockKind::Paragraph, runs: Vec::new() },
    ];
    for encoding in [automerge::TextEncoding::UnicodeCodePoint, automerge::TextEncoding::Utf16CodeUnit, automerge::TextEncoding::Utf8CodeUnit] {
        let mut doc = AutoCommit::new_with_encoding(encoding);
        for fixed in fixed_changes(Kind::Plan) {
            doc.load_incremental(fixed.chunk).unwrap();
        }
        set(&mut doc, &["vision"], Input::Rich(&[Block::plain(BlockKind::Paragraph, "бұрынғы сөз")])).unwrap();
        set(&mut doc, &["vision"], Input::Rich(&blocks)).unwrap();
        let (_, text) = doc.get(ROOT, "vision").unwrap().unwrap();
        assert_eq!(rich::read(&doc, &text), blocks, "{encoding:?}");
        assert_eq!(
            to_json(&doc).unwrap()["vision"],
            "## Біздің көзқарас 🎓\nӘр мұғалім **көшбасшы** бола алады, *бірақ* 2 * 2 = 4.\n- бірінші\n1. **екінші**\n> Үшінші\n"
        );
    }
}

#[test]
fn text_typed_behind_strong_words_by_another_is_in_the_next_block_not_strong() {
    let mut doc = new(Kind::Plan);
    let blocks = [Block::marked(BlockKind::Paragraph, "**бірінші**"), Block::plain(BlockKind::Paragraph, "екінші")];
    set(&mut doc, &["vision"], Input::Rich(&blocks)).unwrap();
    let (_, text) = doc.get(ROOT, "vision").unwrap().unwrap();
    let end = doc.length(&text);
    doc.splice_text(&text, end, 0, "!").unwrap();
    assert_eq!(rich::to_plain(&rich::read(&doc, &text)), "**бірінші**\nекінші!");
}

#[test]
fn a_document_by_a_foreign_client_gets_findings_and_is_still_read() {
    let mut doc = new(Kind::Plan);
    add_action(&mut doc, id(1), Place::Last, &Action { goal: Some(id(5)), ..Action::default() }).unwrap();
    let (_, actions) = doc.get(ROOT, "actions").unwrap().unwrap();
    let (_, action) = doc.get(&actions, id(1).to_string()).unwrap().unwrap();
    doc.put(&action, "start", "soon").unwrap();
    doc.put(&action, "order", 5).unwrap();
    let status = doc.put_object(&action, "status", ObjType::Text).unwrap();
    doc.splice_text(&status, 0, 0, "done").unwrap();
    doc.put(&actions, "my-action", true).unwrap();
    doc.delete(ROOT, "mission").unwrap();
    doc.put(ROOT, "title", "a scalar title").unwrap();
    doc.put(ROOT, "colour", "blue").unwrap();

    let found: Vec<(String, String)> = check(&doc).into_iter().map(|f| (f.path, f.problem.to_string())).collect();
    let at = |field: &str| format!("actions.{}.{field}", id(1));
    let expected = [
        ("title".to_owned(), "is str and should be text"),
        ("mission".to_owned(), "is missing"),
        (at("order"), "is int and should be order key"),
        (at("goal"), "names an item of goals that is not there"),
        (at("start"), "cannot be \"soon\""),
        (at("status"), "is text and should be str"),
        ("actions.my-action".to_owned(), "is no item id"),
        ("actions.my-action".to_owned(), "is bool and should be map"),
    ];
    assert_eq!(found, expected.map(|(path, problem)| (path, problem.to_owned())), "and the unknown field `colour` is nobody's business");
    assert_eq!(title(&doc), "a scalar title", "the words are shown all the same");
    assert_eq!(to_json(&doc).unwrap()["actions"][id(1).to_string()]["status"], "done");
    add_action(&mut doc, id(2), Place::Last, &Action::default()).expect("and one can go on writing");
}

#[test]
fn a_document_of_no_known_kind_is_one_finding() {
    let doc = AutoCommit::new();
    assert_eq!(check(&doc), [Finding { path: String::new(), problem: Problem::Kind(UnknownKind::Name(String::new())) }]);
    assert_eq!(title(&doc), "");
    assert_eq!(to_json(&doc).unwrap(), json!({}));
}

#[test]
fn findings_and_rendering_stop_at_their_bounds() {
    let mut doc = new(Kind::Plan);
    let (_, goals) = doc.get(ROOT, "goals").unwrap().unwrap();
    for number in 0..300 {
        doc.put(&goals, format!("{number}"), true).unwrap();
    }
    let findings = check(&doc);
    assert_eq!(findings.len(), limits::FINDINGS + 1);
    assert_eq!(findings.last().map(|finding| finding.problem.clone()), Some(Problem::TooManyFindings));

    let mut inner = doc.put_object(ROOT, "deep", ObjType::Map).unwrap();
    assert!(to_json(&doc).is_ok());
    for _ in 0..limits::DEPTH {
        inner = doc.put_object(&inner, "deep", ObjType::List).and_then(|list| doc.insert_object(&list, 0, ObjType::Map)).unwrap();
    }
    assert!(matches!(to_json(&doc), Err(json::RenderError::TooDeep)));
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    let write = || {
        let mut doc = new(Kind::Plan);
        add_priority(&mut doc, id(1), Place::Last, &Priority { title: "а", reason: "б" }).unwrap();
        set(&mut doc, &["vision"], Input::Rich(&[Block::marked(BlockKind::Heading(Level::new(3)), "в **г**")])).unwrap();
        doc.save()
    };
    assert_eq!(write(), write());
}

#[test]
fn a_kind_keeps_its_number_and_its_name() {
    assert_eq!((Kind::Plan.number(), Kind::Plan.name()), (1, "plan"));
    assert_eq!((Kind::Meeting.number(), Kind::Meeting.name()), (2, "meeting"));
    for kind in Kind::ALL {
        assert_eq!(Kind::try_from(kind.number()), Ok(kind), "the number leads back to the kind");
        assert_eq!(kind.name().parse(), Ok(kind), "the name leads back to the kind");
    }
}

#[test]
fn an_unknown_kind_is_an_error_that_names_it() {
    assert_eq!(Kind::try_from(0), Err(UnknownKind::Number(0)));
    assert_eq!(Kind::try_from(77), Err(UnknownKind::Number(77)));
    assert_eq!("diary".parse::<Kind>(), Err(UnknownKind::Name("diary".to_owned())));
}

/// A document of arbitrary shape under the names that the schema uses.
fn hostile() -> impl Strategy<Value = AutoCommit> {
    let names = prop::sample::select(vec![
        "title",
        "kind",
        "language",
        "period",
        "from",
        "vision",
        "narrative",
        "priorities",
        "goals",
        "actions",
        "order",
        "goal",
        "agenda",
        "status",
        "practices",
        "01010101010101010101010101010101",
        "schema",
        "minutes",
    ]);
    let step = (any::<prop::sample::Index>(), names, 0_u8..10, ".{0,12}");
    (prop::sample::select(vec![Kind::Plan, Kind::Meeting]), prop::collection::vec(step, 0..40)).prop_map(|(kind, steps)| {
        let mut doc = new(kind);
        let mut objects = vec![(ROOT, ObjType::Map)];
        for collection in ["goals", "agenda", "vision", "narrative"] {
            if let Some((kind, object)) = read::object_at(&doc, &ROOT, collection) {
                objects.push((object, kind));
            }
        }
        for (object, name, what, text) in steps {
            let (object, kind) = objects[object.index(objects.len())].clone();
            let made = match (kind, what) {
                (ObjType::Text, 0..=4) => doc.splice_text(&object, 0, 0, &text).ok().and(None),
                (ObjType::Text, _) => doc.split_block(&object, 0).ok().map(|block| (block, ObjType::Map)),
                (ObjType::List, _) => doc.insert(&object, 0, text).ok().and(None),
                (_, 0) => doc.put_object(&object, name, ObjType::Map).ok().map(|made| (made, ObjType::Map)),
                (_, 1) => doc.put_object(&object, name, ObjType::List).ok().map(|made| (made, ObjType::List)),
                (_, 2) => doc.put_object(&object, name, ObjType::Text).ok().map(|made| (made, ObjType::Text)),
                (_, 3) => doc.put(&object, name, text).ok().and(None),
                (_, 4) => doc.put(&object, name, i64::MIN).ok().and(None),
                (_, 5) => doc.put(&object, name, f64::NAN).ok().and(None),
                (_, 6) => doc.put(&object, name, u64::MAX).ok().and(None),
                (_, 7) => doc.delete(&object, name).ok().and(None),
                (_, 8) => doc.put(&object, name, vec![0_u8, 255]).ok().and(None),
                _ => doc.put(&object, name, ()).ok().and(None),
            };
            objects.extend(made);
        }
        doc
    })
}

proptest! {
    #[test]
    fn no_document_makes_reading_or_writing_panic(mut doc in hostile(), path in prop::collection::vec("[a-z_]{0,10}|01010101010101010101010101010101", 0..5)) {
        let _ = (check(&doc), title(&doc), to_json(&doc), kind_of(&doc));
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let _ = set(&mut doc, &path, Input::Text("x"));
        let _ = set(&mut doc, &["vision"], Input::Rich(&[Block::marked(BlockKind::Bullet, "**x**")]));
        let _ = add_goal(&mut doc, id(2), Place::Last, &Goal::default());
        let _ = add_goal(&mut doc, id(3), Place::After(id(1)), &Goal::default());
        let _ = move_item(&mut doc, "goals", id(2), Place::First);
        let _ = (check(&doc), to_json(&doc));
    }

    #[test]
    fn marked_words_lose_no_letter(text in ".{0,60}") {
        let block = Block::marked(BlockKind::Paragraph, &text);
        prop_assert_eq!(block.text().replace('*', ""), text.replace('*', ""));
        prop_assert!(block.runs.windows(2).all(|pair| pair[0].style != pair[1].style), "neighbours differ");
    }
}
