//! `jeli status`: which school has what, why somebody has not, and the one thing to do.

use jeli_client::{Journey, SchoolStatus, Space, Status};

use super::messages::{bytes, counted, plain};

/// The status of the node, and of each network with its name. `now_ms`: this computer's clock.
pub(super) fn status(status: &Status, journeys: &[(Space, Journey)], now_ms: i64) -> String {
    let mut lines = vec![format!("{} of {}, line {}", plain(&status.node.name), plain(&status.school.name), status.line)];
    for (space, journey) in journeys {
        lines.push(format!("{}: {}", plain(&space.name), who_lacks(journey)));
        lines.extend(journey.schools.iter().map(|school| format!("  {}", school_line(school, now_ms))));
        if is_passed_on(journey) {
            lines.push("  Schools that have it already pass it on when they meet the others.".to_owned());
        }
    }
    for peer in &status.peers {
        if let Some(ahead) = peer.clock_ahead {
            let (far, side) = (span(ahead.saturating_abs()), if ahead > 0 { "ahead of" } else { "behind" });
            lines.push(format!("  The clock of {} ({}) is {far} {side} this one's.", plain(&peer.name), plain(&peer.school.name)));
        }
    }
    if status.relay.state == "ready" || status.relay.state == "used_up" {
        let (carried, most) = (status.relay.month_carried_bytes as f64 / 1e6, status.relay.month_bytes as f64 / 1e6);
        lines.push(format!("  Carried for members who cannot reach each other: {carried:.1} MB of {most:.0} MB this month."));
    }
    lines.join("\n")
}

/// One sentence that names who is missing.
fn who_lacks(journey: &Journey) -> String {
    let missing: Vec<String> = journey.schools.iter().filter(|school| !school.has_latest).map(|school| plain(&school.name)).collect();
    match missing.as_slice() {
        [] if journey.schools.is_empty() => "no other school is in it yet".to_owned(),
        [] => "every school has the latest".to_owned(),
        [one] => format!("all but {one} have the latest"),
        [rest @ .., last] => {
            format!("{} of {} have the latest; not yet: {} and {last}", journey.reached, counted(journey.of, "school"), rest.join(", "))
        }
    }
}

/// Whether schools that have it will pass it on to some that are not reached from here.
fn is_passed_on(journey: &Journey) -> bool {
    let waits_there = |school: &SchoolStatus| {
        let kind = school.blocker.as_ref().map(|blocker| blocker.kind.as_str());
        !school.has_latest && matches!(kind, Some("no_address" | "resting" | "unreachable"))
    };
    journey.schools.iter().any(|school| school.has_latest) && journey.schools.iter().any(waits_there)
}

fn school_line(school: &SchoolStatus, now_ms: i64) -> String {
    let name = plain(&school.name);
    if school.has_latest {
        return match connection(school) {
            Some(road) => format!("{name}: has the latest; connected {road}"),
            None => format!("{name}: has the latest{}", last_here(school, now_ms)),
        };
    }
    let waited = school.waiting_since.map(|since| now_ms.saturating_sub(since)).filter(|waited| *waited >= MINUTE_MS);
    let since = waited.map(|waited| format!(", the oldest for {}", span(waited))).unwrap_or_default();
    let waits = if school.waiting_changes == 1 { "waits" } else { "wait" };
    let mut text = format!("{name}: {} {waits}{since}, about {}", counted(school.waiting_changes, "change"), bytes(school.waiting_bytes));
    if let Some(road) = connection(school) {
        text.push_str(&format!("; going now, {road}"));
    } else {
        text.push_str(&last_here(school, now_ms));
    }
    let way = [blocker(school, now_ms), todo(school).map(str::to_owned)].into_iter().flatten();
    way.for_each(|sentence| text.push_str(&format!(". {sentence}")));
    text
}

fn connection(school: &SchoolStatus) -> Option<String> {
    let road = school.road.as_ref()?;
    match (road.kind.as_str(), &road.via) {
        ("lan", _) => Some("in the local network".to_owned()),
        ("direct", _) => Some("over the internet".to_owned()),
        ("relay", Some(via)) => Some(format!("by way of {}", plain(&via.name))),
        ("relay", None) => Some("through another computer".to_owned()),
        _ => None,
    }
}

fn last_here(school: &SchoolStatus, now_ms: i64) -> String {
    let Some(last) = school.last_contact else { return "; it has not been met from here yet".to_owned() };
    let how = match school.last_road.as_deref() {
        Some("lan") => ", in the local network",
        Some("direct") => ", over the internet",
        Some("relay") => ", through another computer",
        Some("parcel") => ", by a bundle that somebody brought",
        _ => "",
    };
    format!("; last met {}{how}", ago(last, now_ms))
}

fn blocker(school: &SchoolStatus, now_ms: i64) -> Option<String> {
    let blocker = school.blocker.as_ref()?;
    let tried_again = school.road.as_ref().and_then(|road| road.next_attempt).map(|next| format!("; tried again {}", ahead(next, now_ms)));
    Some(match blocker.kind.as_str() {
        "own_stopped" | "own_retired" | "own_out" => "This computer sends nothing in this network any more".to_owned(),
        "disk_full" => "This computer's disk is full".to_owned(),
        "line_cut" => "Our line is cut".to_owned(),
        "by_hand" => "Nothing goes over the line by itself, as our school chose".to_owned(),
        "used_up" => "This month's limit for the line is used up".to_owned(),
        "no_network" => "This computer is in no network".to_owned(),
        "no_computers" => "The school has retired all its computers".to_owned(),
        "no_address" => "It is not known yet where its computers are to be found".to_owned(),
        "resting" => "A misunderstanding between the programs is left alone for a while".to_owned(),
        "unreachable" => format!("It does not answer now{}", tried_again.unwrap_or_default()),
        _ => return None,
    })
}

fn todo(school: &SchoolStatus) -> Option<&'static str> {
    Some(match school.todo.as_deref()? {
        "see_standing" => "Add this computer to the school anew, or ask for a new invitation",
        "free_disk" => "Free some space; it goes on by itself",
        "open_line" => "To connect again: jeli line join",
        "send_now" => "To send now: jeli budget open",
        "raise_limit" => "To send all the same: jeli budget open; a higher limit is chosen on the page",
        "join_network" => "Plug the cable in or join the Wi-Fi; or give a bundle to somebody who goes there: jeli bundle make",
        "check_line" => "Nobody is reached from here: see whether our internet works",
        "carry" => "Give a bundle to somebody who goes there: jeli bundle make",
        "call" => "If it is urgent, call and ask to have their computer switched on; or give a bundle to somebody who goes there: jeli bundle make",
        "add_computer" => "They add a computer with their recovery sheet",
        "wait" => "It goes by itself when they are online",
        _ => return None,
    })
}

fn ago(then_ms: i64, now_ms: i64) -> String {
    let gone = now_ms.saturating_sub(then_ms);
    if gone < MINUTE_MS { "a moment ago".to_owned() } else { format!("{} ago", span(gone)) }
}

fn ahead(then_ms: i64, now_ms: i64) -> String {
    let left = then_ms.saturating_sub(now_ms);
    if left < MINUTE_MS { "in a moment".to_owned() } else { format!("in {}", span(left)) }
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A length of time as people say it.
fn span(ms: i64) -> String {
    let (number, one) = match ms {
        ..HOUR_MS => (ms / MINUTE_MS, "minute"),
        HOUR_MS..DAY_MS => (ms / HOUR_MS, "hour"),
        _ => (ms / DAY_MS, "day"),
    };
    counted(number.max(0).unsigned_abs(), one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW_MS: i64 = 1_796_929_200_000;

    fn school(rest: serde_json::Value) -> SchoolStatus {
        let mut value = json!({
            "id": "a", "name": "School 12", "state": "waiting", "has_latest": false, "waiting_changes": 5, "waiting_bytes": 2_100,
            "waiting_since": NOW_MS - 3 * DAY_MS, "last_contact": NOW_MS - 4 * DAY_MS, "last_road": "direct", "connected": false,
            "road": { "kind": "trying", "next_attempt": NOW_MS + 2 * MINUTE_MS }, "blocker": { "kind": "unreachable", "since": null, "until": null },
            "todo": "call", "clock_ahead": null,
        });
        for (key, given) in rest.as_object().expect("an object") {
            value[key] = given.clone();
        }
        serde_json::from_value(value).expect("a school")
    }

    #[test]
    fn a_line_says_what_waits_since_when_why_and_what_helps() {
        assert_eq!(
            school_line(&school(json!({})), NOW_MS),
            "School 12: 5 changes wait, the oldest for 3 days, about 2.1 kB; last met 4 days ago, over the internet. It does not answer now; tried again in \
             2 minutes. If it is urgent, call and ask to have their computer switched on; or give a bundle to somebody who goes there: jeli bundle make"
        );
        let going = school(json!({ "waiting_changes": 1, "road": { "kind": "lan", "next_attempt": null }, "blocker": null, "todo": null }));
        assert_eq!(school_line(&going, NOW_MS), "School 12: 1 change waits, the oldest for 3 days, about 2.1 kB; going now, in the local network");
        let relayed = school(
            json!({ "road": { "kind": "relay", "next_attempt": null, "via": { "id": "b", "name": "School 3" } }, "blocker": null, "todo": null }),
        );
        assert!(school_line(&relayed, NOW_MS).ends_with("; going now, by way of School 3"), "{}", school_line(&relayed, NOW_MS));
        let done = school(json!({ "has_latest": true, "last_road": "parcel", "blocker": null, "todo": null }));
        assert_eq!(school_line(&done, NOW_MS), "School 12: has the latest; last met 4 days ago, by a bundle that somebody brought");
    }

    #[test]
    fn one_sentence_names_who_is_missing() {
        let journey = |schools: Vec<SchoolStatus>| Journey { published: true, reached: 2, of: schools.len() as u32 + 1, schools };
        let done = || school(json!({ "has_latest": true }));
        let called = |name: &str| school(json!({ "name": name }));
        assert_eq!(who_lacks(&journey(vec![])), "no other school is in it yet");
        assert_eq!(who_lacks(&journey(vec![done()])), "every school has the latest");
        assert!(
            is_passed_on(&journey(vec![done(), called("School 7")])) && !is_passed_on(&journey(vec![called("School 7")])),
            "only who has it can pass it on"
        );
        assert_eq!(who_lacks(&journey(vec![done(), called("School 7")])), "all but School 7 have the latest");
        assert_eq!(who_lacks(&journey(vec![done(), called("A"), called("B")])), "2 of 4 schools have the latest; not yet: A and B");
    }
}
