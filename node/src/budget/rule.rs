//! What may go over the line now. Pure: settings, what was used, and the hour come in.

use super::limits::FOR_WORDS_PERCENT;
use super::settings::{Mode, Settings};
use super::system::Metered;
use crate::network::Roads;

/// Whether what nobody waits for may come over the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unasked {
    /// It may.
    Comes,
    /// It comes over the local network alone.
    Waits,
}

/// Where the mode comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A director chose it.
    Chosen,
    /// The system says what the line is.
    System,
    /// `metered` in jeli.toml says it, or nothing says anything.
    Configured,
    /// It is one of the hours in which the line costs nothing.
    FreeHours,
}

/// Why nothing goes over the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Somebody has to say when.
    ByHand,
    /// The month's limit is reached.
    UsedUp,
}

/// What is known.
#[derive(Debug, Clone)]
pub(super) struct Facts<'a> {
    /// What was chosen.
    pub settings: &'a Settings,
    /// What jeli.toml says of the line.
    pub configured: Metered,
    /// What the system says, where it says anything.
    pub system: Option<Metered>,
    /// Bytes of this month that count.
    pub used: u64,
    /// 0 to 23, by this computer's clock.
    pub hour: u8,
    /// Somebody has said "now" a short while ago.
    pub opened: bool,
}

/// What may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How the line is treated.
    pub mode: Mode,
    /// Why so.
    pub reason: Reason,
    /// Why nothing goes over it, where that is so.
    pub held: Option<Held>,
    /// What a node may take now.
    pub roads: Roads,
    /// Whether files come by themselves.
    pub unasked: Unasked,
    /// Whether what goes now counts towards the limit.
    pub counts: bool,
}

/// The rule.
pub(super) fn allowance(facts: &Facts<'_>) -> Allowance {
    let settings = facts.settings;
    let (mode, reason) = match (settings.mode, facts.system) {
        (Some(mode), _) => (mode, Reason::Chosen),
        (None, Some(Metered::Yes)) => (Mode::Careful, Reason::System),
        // A line that the configuration calls dear stays so: the system may know the Wi-Fi alone, and not what is behind it.
        (None, _) if facts.configured == Metered::Yes => (Mode::Careful, Reason::Configured),
        (None, Some(Metered::No)) => (Mode::Free, Reason::System),
        (None, None) => (Mode::Free, Reason::Configured),
    };
    let is_free_hour = mode != Mode::Free && settings.free_hours.is_some_and(|hours| hours.contains(facts.hour));
    if is_free_hour {
        return Allowance { mode: Mode::Free, reason: Reason::FreeHours, held: None, roads: Roads::All, unasked: Unasked::Comes, counts: false };
    }
    let reached = |percent: u64| settings.monthly_limit.is_some_and(|limit| facts.used >= limit / 100 * percent);
    let held = if reached(100) {
        Some(Held::UsedUp)
    } else if mode == Mode::ByHand {
        Some(Held::ByHand)
    } else {
        None
    };
    let held = held.filter(|_| !facts.opened);
    Allowance {
        mode,
        reason,
        held,
        roads: if held.is_some() { Roads::LanOnly } else { Roads::All },
        unasked: if mode == Mode::Free && !reached(100 - FOR_WORDS_PERCENT) { Unasked::Comes } else { Unasked::Waits },
        counts: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::settings::FreeHours;

    const NOON: u8 = 12;

    fn with(settings: Settings, used: u64, hour: u8, opened: bool) -> Allowance {
        allowance(&Facts { settings: &settings, configured: Metered::No, system: None, used, hour, opened })
    }

    #[test]
    fn words_go_until_the_limit_and_files_stop_before() {
        let settings = Settings { monthly_limit: Some(1_000_000), ..Settings::default() };
        let at = |used| with(settings.clone(), used, NOON, false);
        assert_eq!((at(0).roads, at(0).unasked), (Roads::All, Unasked::Comes));
        assert_eq!((at(800_000).roads, at(800_000).unasked), (Roads::All, Unasked::Waits), "the last fifth is for words");
        assert_eq!((at(1_000_000).roads, at(1_000_000).held), (Roads::LanOnly, Some(Held::UsedUp)));
        let opened = with(settings, 1_000_000, NOON, true);
        assert_eq!((opened.roads, opened.held, opened.unasked), (Roads::All, None, Unasked::Waits), "somebody said now, for words");
    }

    #[test]
    fn by_hand_nothing_goes_until_somebody_says_so_and_the_local_network_always() {
        let settings = Settings { mode: Some(Mode::ByHand), ..Settings::default() };
        assert_eq!(with(settings.clone(), 0, NOON, false).roads, Roads::LanOnly);
        assert_eq!(with(settings.clone(), 0, NOON, true).roads, Roads::All);
        let at_night = Settings { free_hours: Some(FreeHours { from: 0, until: 6 }), ..settings };
        let night = with(at_night.clone(), u64::MAX, 3, false);
        assert_eq!((night.roads, night.unasked, night.counts), (Roads::All, Unasked::Comes, false), "in free hours all goes, and does not count");
        assert_eq!(with(at_night, 0, NOON, false).roads, Roads::LanOnly, "and at noon it does not");
    }

    #[test]
    fn without_a_choice_the_line_is_what_is_said_of_it_and_dear_wins() {
        let settings = Settings::default();
        let of = |configured, system| {
            let allowed = allowance(&Facts { settings: &settings, configured, system, used: 0, hour: NOON, opened: false });
            (allowed.mode, allowed.reason)
        };
        assert_eq!(of(Metered::No, None), (Mode::Free, Reason::Configured));
        assert_eq!(of(Metered::No, Some(Metered::Yes)), (Mode::Careful, Reason::System), "a phone's hotspot");
        assert_eq!(of(Metered::Yes, Some(Metered::No)), (Mode::Careful, Reason::Configured));
        assert_eq!(of(Metered::No, Some(Metered::No)), (Mode::Free, Reason::System));
        let chosen = Settings { mode: Some(Mode::Free), ..Settings::default() };
        let facts = Facts { settings: &chosen, configured: Metered::Yes, system: Some(Metered::Yes), used: 0, hour: NOON, opened: false };
        assert_eq!(allowance(&facts).mode, Mode::Free, "what a director chose holds");
    }
}
