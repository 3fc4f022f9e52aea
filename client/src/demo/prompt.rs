//! What a person can type while the demo runs.

use anyhow::Result;

use crate::school::SCHOOLS;
use crate::seed::Desk;

pub(crate) const HELP: &str = "Type: `cut 2` (school 2 works alone), `join 2` (it is back), `status`, `stop`. A school's program may also be killed, as by a power cut;\n`start 2` starts it again.";

/// A line of input, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// A school works alone; counted from 0.
    Cut(usize),
    /// It joins the line again.
    Join(usize),
    /// Its node, which has ended, is started again.
    Start(usize),
    Status,
    Stop,
    Nothing,
    NotUnderstood,
}

impl Order {
    pub(crate) fn read(line: &str) -> Self {
        let line = line.to_lowercase();
        let mut words = line.split_whitespace();
        let order = match (words.next(), words.next()) {
            (None, _) => Self::Nothing,
            (Some("status"), None) => Self::Status,
            (Some("stop" | "quit" | "exit"), None) => Self::Stop,
            (Some(word @ ("cut" | "join" | "start")), Some(number)) => match (school(number), word) {
                (Some(school), "cut") => Self::Cut(school),
                (Some(school), "join") => Self::Join(school),
                (Some(school), _) => Self::Start(school),
                (None, _) => Self::NotUnderstood,
            },
            _ => Self::NotUnderstood,
        };
        if words.next().is_some() { Self::NotUnderstood } else { order }
    }
}

fn school(number: &str) -> Option<usize> {
    number.parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < SCHOOLS.len())
}

/// Does what was asked and says how it went; nothing that goes wrong here ends the demo.
pub(crate) async fn obey(order: Order, desks: &[Desk]) -> String {
    let said = match order {
        Order::Cut(school) => cut(desks, school).await,
        Order::Join(school) => join(desks, school).await,
        Order::Status => status(desks).await,
        Order::NotUnderstood => Ok(HELP.to_owned()),
        Order::Nothing | Order::Start(_) | Order::Stop => Ok(String::new()),
    };
    said.unwrap_or_else(|error| format!("That did not work: {error:#}"))
}

async fn cut(desks: &[Desk], index: usize) -> Result<String> {
    let Some(desk) = desks.get(index) else { return Ok(HELP.to_owned()) };
    desk.client.cut_line(true).await?;
    Ok(format!("{} works alone now. Write there and elsewhere, then type `join {}`.", desk.school.name, index + 1))
}

async fn join(desks: &[Desk], index: usize) -> Result<String> {
    let Some(desk) = desks.get(index) else { return Ok(HELP.to_owned()) };
    desk.client.cut_line(false).await?;
    Ok(format!("{} is back on the line; what was written meanwhile is on its way.", desk.school.name))
}

async fn status(desks: &[Desk]) -> Result<String> {
    let mut lines = Vec::with_capacity(desks.len());
    for (index, desk) in desks.iter().enumerate() {
        let status = desk.client.status().await?;
        let connected = status.peers.iter().filter(|peer| peer.connected).count();
        let documents = desk.client.documents(None).await?;
        let here = documents.iter().filter(|document| document.reached == document.of).count();
        lines.push(format!(
            "{}  {:<28} line {}, connected to {connected} of {} nodes, {here} of {} documents are at every school",
            index + 1,
            desk.school.name,
            status.line,
            status.peers.len(),
            documents.len()
        ));
    }
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_understood_and_the_rest_is_answered_with_help() {
        assert_eq!(Order::read(" cut 2 "), Order::Cut(1));
        assert_eq!(Order::read("join 3"), Order::Join(2));
        assert_eq!(Order::read("start 1"), Order::Start(0));
        assert_eq!(Order::read("CUT 2"), Order::Cut(1), "capitals say the same");
        assert_eq!(Order::read("status"), Order::Status);
        assert_eq!(Order::read("stop"), Order::Stop);
        assert_eq!(Order::read(""), Order::Nothing);
        for line in ["cut", "cut 0", "cut 4", "cut two", "join 2 3", "status 1", "help", "cut -1"] {
            assert_eq!(Order::read(line), Order::NotUnderstood, "{line}");
        }
    }
}
