//! The three schools of the demo: who they are, who works there, and on which ports their nodes listen.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result};
use jeli_client::samples::Language;
use serde::{Deserialize, Serialize};

/// The network of schools that the sample documents speak of.
pub(crate) const NETWORK: &str = "Дала көпірі";

/// A school and its people.
pub(crate) struct School {
    pub(crate) language: Language,
    /// The school's name in its own language.
    pub(crate) name: &'static str,
    /// The folder of its node, and what its logs are called.
    pub(crate) folder: &'static str,
    pub(crate) director: Account,
    /// A colleague, so that a second person can sign in at the same school.
    pub(crate) deputy: Account,
    /// Its role in the network's space.
    pub(crate) role: &'static str,
}

/// Somebody who signs in.
pub(crate) struct Account {
    pub(crate) name: &'static str,
    pub(crate) login: &'static str,
    /// Printed by the demo; its nodes listen on this machine alone.
    pub(crate) password: &'static str,
}

/// The first makes the space and invites the others.
pub(crate) const SCHOOLS: [School; 3] = [
    School {
        language: Language::Kk,
        name: "«Бірлік» орта мектебі",
        folder: "birlik",
        director: Account { name: "Айгүл Сәрсенова", login: "aigul", password: "birlik-2026" },
        deputy: Account { name: "Болат Иманғалиев", login: "bolat", password: "birlik-2026" },
        role: "convenor",
    },
    School {
        language: Language::Ru,
        name: "Школа-лицей «Родник»",
        folder: "rodnik",
        director: Account { name: "Ольга Викторовна Мельник", login: "olga", password: "rodnik-2026" },
        deputy: Account { name: "Тимур Рашидович Галиев", login: "timur", password: "rodnik-2026" },
        role: "convenor",
    },
    School {
        language: Language::En,
        name: "Tulpar International School",
        folder: "tulpar",
        director: Account { name: "Marat Ospanov", login: "marat", password: "tulpar-2026" },
        deputy: Account { name: "Helen Whitcombe", login: "helen", password: "tulpar-2026" },
        role: "member",
    },
];

/// Where a node listens, on 127.0.0.1. Kept between runs: the others know the node by its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ports {
    /// For browsers.
    pub(crate) page: u16,
    /// For other nodes, TCP and UDP.
    pub(crate) peers: u16,
}

/// How ports are chosen for new nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The demo's own, where they are free: the addresses stay the same from one demo to the next.
    Usual,
    /// Any that are free: several may run at once.
    Free,
}

/// The pages of the demo are at 4781, 4782 and 4783, its nodes talk at 4791, 4792 and 4793.
const USUAL_PAGE: u16 = 4781;
const USUAL_PEERS: u16 = 4791;

/// Ports for the three schools.
pub(crate) fn choose_ports(choice: Choice) -> Result<[Ports; SCHOOLS.len()]> {
    // Held until all are chosen, so that none is given twice.
    let mut held = Vec::new();
    let mut chosen = [Ports { page: 0, peers: 0 }; SCHOOLS.len()];
    for (number, ports) in (0..).zip(&mut chosen) {
        let (page, peers) = match choice {
            Choice::Usual => (USUAL_PAGE + number, USUAL_PEERS + number),
            Choice::Free => (0, 0),
        };
        *ports = Ports { page: hold(page, &mut held)?, peers: hold(peers, &mut held)? };
    }
    Ok(chosen)
}

fn hold(wanted: u16, held: &mut Vec<TcpListener>) -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
    let listener = listener.context("no port is free on 127.0.0.1")?;
    let port = listener.local_addr()?.port();
    held.push(listener);
    Ok(port)
}

#[cfg(test)]
mod tests {
    use jeli_client::samples;

    use super::*;

    #[test]
    fn each_school_is_the_one_that_its_sample_documents_speak_of() {
        for school in &SCHOOLS {
            let plan = samples::plan(school.language).expect("the sample reads");
            let meeting = samples::meeting(school.language).expect("the sample reads");
            assert_eq!(plan.school, school.name);
            assert_eq!(meeting.host, school.name);
            assert!(meeting.attendance.iter().any(|person| person.name == school.director.name), "{} was at the meeting", school.director.name);
        }
    }

    #[test]
    fn no_port_is_given_twice() {
        let ports = choose_ports(Choice::Free).expect("six free ports");
        let mut all: Vec<u16> = ports.iter().flat_map(|ports| [ports.page, ports.peers]).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 6);
    }
}
