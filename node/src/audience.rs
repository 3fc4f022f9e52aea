//! For whom of this school a document is.
//!
//! A notebook or a portfolio in the school's own space is for the one person whom its field `person` names: nobody else of the school gets it,
//! whatever their role, and to everybody else it is as if there were none. In a wider space it is a copy that somebody published, and like any
//! other document.

use jeli_protocol::ids::{PersonId, SchoolId};
use jeli_protocol::kinds::Kind;

use crate::replica_handle::SpaceReach;

/// Under this id whoever has the machine's token writes. No account has it, and no document is for it.
pub const MACHINE: PersonId = PersonId([0; 16]);

/// For whom a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Whoever is signed in.
    School,
    /// This person alone.
    Person(PersonId),
    /// It is for one person, and not known for whom: nothing of it is here or was read yet, or it names nobody of this school.
    Nobody,
}

impl Audience {
    /// For whom a document is. `kind` is that of its making, `person` what it says of itself.
    pub fn of(kind: &str, reach: SpaceReach, person: &str, school: &SchoolId) -> Self {
        if !is_personal(kind, reach) {
            return Self::School;
        }
        let named = person.split_once('/').filter(|(at, _)| at.parse() == Ok(*school)).and_then(|(_, person)| person.parse().ok());
        named.filter(|person| *person != MACHINE).map_or(Self::Nobody, Self::Person)
    }

    /// Whether this person gets it.
    pub fn admits(self, reader: PersonId) -> bool {
        match self {
            Self::School => true,
            Self::Person(person) => person == reader,
            Self::Nobody => false,
        }
    }
}

/// Whether a document of this kind in a space of this reach is for one person.
pub fn is_personal(kind: &str, reach: SpaceReach) -> bool {
    reach == SpaceReach::Private && kind.parse::<Kind>().is_ok_and(Kind::is_personal)
}

/// How documents name a person: `<school>/<person>`.
pub fn reference(school: &SchoolId, person: &PersonId) -> String {
    format!("{school}/{person}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notebook_of_the_school_is_for_its_person_and_a_published_copy_is_for_all() {
        let (school, other) = (SchoolId([1; 32]), SchoolId([2; 32]));
        let (owner, director) = (PersonId([3; 16]), PersonId([4; 16]));
        let named = reference(&school, &owner);
        for kind in ["notebook", "portfolio"] {
            let audience = Audience::of(kind, SpaceReach::Private, &named, &school);
            assert!(audience.admits(owner) && !audience.admits(director) && !audience.admits(MACHINE), "{kind}");
            assert_eq!(Audience::of(kind, SpaceReach::Shared, &named, &school), Audience::School, "a published {kind}");
        }
        assert_eq!(Audience::of("plan", SpaceReach::Private, &named, &school), Audience::School, "the plan is the school's");
        let nobodys = [String::new(), owner.to_string(), reference(&other, &owner), reference(&school, &MACHINE), format!("{named}0")];
        for person in nobodys {
            assert_eq!(Audience::of("notebook", SpaceReach::Private, &person, &school), Audience::Nobody, "{person:?}");
        }
    }
}
