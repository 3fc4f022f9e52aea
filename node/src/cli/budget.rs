//! The data budget on the command line.

use clap::ValueEnum;
use jeli_client::Budget;
use serde_json::json;

use super::Output;
use super::ask::ask;
use crate::config::DataFolder;

/// What is said to it.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Word {
    /// Words go now, for a quarter of an hour.
    Open,
    /// That is enough.
    Close,
}

pub(super) fn run(folder: &DataFolder, word: Option<Word>, output: Output) -> anyhow::Result<()> {
    if let Some(word) = word {
        let open = matches!(word, Word::Open);
        ask(folder, async |client| client.open_budget(open).await)?;
        output.give(&json!({ "open": open }), || {
            if open { "words go now, for a quarter of an hour" } else { "as the data budget says again" }.to_owned()
        });
        return Ok(());
    }
    let budget = ask(folder, async |client| client.budget().await)?;
    output.give(&serde_json::to_value(&budget)?, || told(&budget));
    Ok(())
}

fn told(budget: &Budget) -> String {
    let mode = match budget.now.mode.as_str() {
        "free" => "the line is free",
        "careful" => "the line costs money: words go soon, files when somebody asks for them",
        _ => "nothing goes over the line by itself; to send now: jeli budget open",
    };
    let limit = budget.chosen.monthly_limit.map(|limit| format!(" of {}", megabytes(limit))).unwrap_or_default();
    let held = if budget.now.held.as_deref() == Some("used_up") {
        "; the limit is reached, and words wait. To send all the same: jeli budget open"
    } else {
        ""
    };
    let money = match (budget.cost, &budget.chosen.tariff) {
        (Some(cost), Some(tariff)) => format!(", about {cost:.2} {}", tariff.currency),
        _ => String::new(),
    };
    let by_school = budget.schools.iter().map(|school| {
        let name = school.school.as_ref().map_or("others", |school| school.name.as_str());
        let used = school.used;
        format!("\n  {name}: words {}, files {}, finding each other {}", megabytes(used.words), megabytes(used.files), megabytes(used.contact))
    });
    format!("{mode}{held}\nthis month: {}{limit}{money}{}", megabytes(budget.used), by_school.collect::<String>())
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / crate::budget::MEGABYTE)
}
