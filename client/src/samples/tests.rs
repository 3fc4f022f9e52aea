use automerge::{ActorId, AutoCommit};
use jeli_protocol::kinds::schema::{Field, Holds, fields};
use jeli_protocol::kinds::{self, Date, Kind, check, kind_of, read, to_json};

use super::*;

/// Item ids that count.
fn counting() -> impl FnMut() -> [u8; 16] {
    let mut next = 0_u128;
    move || {
        next += 1;
        next.to_be_bytes()
    }
}

fn written_plan(language: Language) -> AutoCommit {
    let mut doc = kinds::start(Kind::Plan, ActorId::from(&[1; 16][..])).expect("a new plan");
    write_plan(&mut doc, &plan(language).expect("the sample reads"), &mut counting()).expect("the sample fits");
    doc
}

fn written_meeting(language: Language) -> AutoCommit {
    let mut doc = kinds::start(Kind::Meeting, ActorId::from(&[1; 16][..])).expect("a new meeting");
    write_meeting(&mut doc, &meeting(language).expect("the sample reads"), &mut counting()).expect("the sample fits");
    doc
}

/// Calls with every string in a JSON value and the key it stands under.
fn each_string(key: &str, value: &serde_json::Value, look: &mut impl FnMut(&str, &str)) {
    match value {
        serde_json::Value::String(text) => look(key, text),
        serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| each_string(key, value, look)),
        serde_json::Value::Array(list) => list.iter().for_each(|value| each_string(key, value, look)),
        _ => {}
    }
}

#[test]
fn every_school_has_a_plan_of_4_priorities_12_goals_and_40_actions() {
    for language in Language::ALL {
        let doc = written_plan(language);
        let count = |collection| read::items(&doc, collection).len();
        assert_eq!((count("priorities"), count("goals"), count("actions")), (4, 12, 40), "{language:?}");
    }
}

#[test]
fn every_meeting_has_8_agenda_items_and_what_came_of_them() {
    for language in Language::ALL {
        let doc = written_meeting(language);
        let count = |collection| read::items(&doc, collection).len();
        assert_eq!(count("agenda"), 8, "{language:?}");
        assert!(count("attendance") >= 6 && count("decisions") >= 3 && count("tasks") >= 4, "{language:?} has people, decisions and tasks");
        let purposes: std::collections::BTreeSet<String> = meeting(language).expect("reads").agenda.into_iter().map(|item| item.purpose).collect();
        assert_eq!(purposes.len(), 3, "{language:?} informs, discusses and decides");
    }
}

#[test]
fn the_samples_follow_the_schema() {
    for language in Language::ALL {
        assert_eq!(check(&written_plan(language)), [], "plan {language:?}");
        assert_eq!(check(&written_meeting(language)), [], "meeting {language:?}");
    }
}

#[test]
fn every_goal_has_its_priority_and_every_action_its_goal() {
    for language in Language::ALL {
        let content = to_json(&written_plan(language)).expect("it renders");
        for (items, field, targets) in [("goals", "priority", "priorities"), ("actions", "goal", "goals")] {
            for (id, item) in content[items].as_object().expect("a map") {
                let target = item[field].as_str().expect("an id");
                assert!(content[targets].get(target).is_some(), "{language:?}: {items} {id} refers to an item of {targets}");
            }
        }
    }
}

#[test]
fn every_action_lies_in_its_plans_period_and_begins_before_it_is_due() {
    for language in Language::ALL {
        let plan = plan(language).expect("reads");
        let day = |text: &str| text.parse::<Date>().unwrap_or_else(|_| panic!("{text} is a date"));
        let actions = plan.priorities.iter().flat_map(|priority| &priority.goals).flat_map(|goal| &goal.actions);
        let mut statuses = std::collections::BTreeSet::new();
        for action in actions {
            let (start, due) = (day(&action.start), day(&action.due));
            assert!(day(&plan.from) <= start && start <= due && due <= day(&plan.to), "{language:?}: {}", action.what);
            statuses.insert(action.status.clone());
        }
        assert_eq!(statuses.len(), 3, "{language:?} has actions in every state");
    }
}

/// The fields that came with a later schema, which a sample of the first need not fill.
fn later_fields(fields: &[Field], into: &mut Vec<&'static str>) {
    for field in fields {
        match field.holds {
            Holds::Map(inner) if field.since > 1 => into.extend(inner.iter().map(|field| field.name)),
            _ if field.since > 1 => into.push(field.name),
            Holds::Map(inner) | Holds::Items(inner) => later_fields(inner, into),
            _ => {}
        }
    }
}

#[test]
fn no_text_of_a_sample_is_empty() {
    for language in Language::ALL {
        for doc in [written_plan(language), written_meeting(language)] {
            let mut later = Vec::new();
            later_fields(fields(kind_of(&doc).expect("a kind")), &mut later);
            each_string("", &to_json(&doc).expect("it renders"), &mut |key, text| {
                let linked_later = key == "plan_action" || later.contains(&key);
                assert!(linked_later || !text.trim().is_empty(), "{language:?}: {key} says something");
            });
        }
    }
}

/// Of the letters, how many are in the set, in percent.
fn share(text: &str, set: impl Fn(char) -> bool) -> usize {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count().max(1);
    text.chars().filter(|c| set(*c)).count() * 100 / letters
}

#[test]
fn each_sample_is_in_its_language() {
    let kazakh = |c: char| "әғқңөұүһіӘҒҚҢӨҰҮҺІ".contains(c);
    let cyrillic = |c: char| ('а'..='я').contains(&c) || ('А'..='Я').contains(&c) || "ёЁ".contains(c);
    for language in Language::ALL {
        for doc in [written_plan(language), written_meeting(language)] {
            let mut words = String::new();
            each_string("", &to_json(&doc).expect("it renders"), &mut |key, text| {
                let is_prose =
                    ["what", "reason", "title", "success", "mission", "values", "vision", "narrative", "notes", "text", "reflection"].contains(&key);
                if is_prose {
                    words.push_str(text);
                }
                if is_prose && key != "title" && language == Language::Kk {
                    assert!(text.contains(kazakh), "«{text}» has Kazakh letters");
                }
            });
            let (kk, ru) = (share(&words, kazakh), share(&words, cyrillic));
            match language {
                Language::Kk => assert!(kk >= 15 && kk + ru >= 95, "Kazakh: {kk} % Kazakh letters, {ru} % common Cyrillic"),
                Language::Ru => assert!(kk <= 2 && ru >= 95, "Russian: {ru} % Cyrillic, {kk} % Kazakh letters"),
                Language::En => assert!(kk + ru <= 2, "English: {ru} % Cyrillic"),
            }
        }
    }
}

#[test]
fn no_change_of_a_sample_is_larger_than_a_person_would_paste() {
    for language in Language::ALL {
        for mut doc in [written_plan(language), written_meeting(language)] {
            let largest = doc.get_changes(&[]).iter().map(automerge::Change::len).max();
            assert!(largest <= Some(10_000), "{language:?}: a change of {largest:?} operations");
        }
    }
}
