//! What the system says of the line: NetworkManager knows which connections cost money (a phone's hotspot says so itself), and tells it over D-Bus.
//!
//! It is asked through `busctl`, which is on every system that has it: a library for D-Bus would be 40 crates for one number.

use std::process::Stdio;

use tokio::process::Command;
use tokio::time::timeout;

use super::limits::SYSTEM_ANSWER;

/// Whether a line costs money by the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metered {
    /// It does.
    Yes,
    /// It does not.
    No,
}

const QUESTION: [&str; 6] =
    ["--system", "get-property", "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", "Metered"];

/// Asks; none where the system does not know, or is another one.
pub(super) async fn ask() -> Option<Metered> {
    let mut command = Command::new("busctl");
    command.args(QUESTION).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = timeout(SYSTEM_ANSWER, command.output()).await.ok()?.ok()?;
    if !output.status.success() {
        return None;
    }
    understood(&String::from_utf8_lossy(&output.stdout))
}

/// `u 1`: by `NMMetered`, 1 yes, 2 no, 3 and 4 the same as a guess, 0 not known.
fn understood(answer: &str) -> Option<Metered> {
    match answer.trim().strip_prefix("u ")?.trim() {
        "1" | "3" => Some(Metered::Yes),
        "2" | "4" => Some(Metered::No),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_network_manager_says_is_understood() {
        assert_eq!(understood("u 1\n"), Some(Metered::Yes));
        assert_eq!(understood("u 3\n"), Some(Metered::Yes), "guessed");
        assert_eq!(understood("u 2\n"), Some(Metered::No));
        assert_eq!(understood("u 4"), Some(Metered::No));
        for other in ["u 0\n", "", "s yes", "u 12"] {
            assert_eq!(understood(other), None, "{other}");
        }
    }
}
