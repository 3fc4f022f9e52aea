//! Whoever takes the namespaces away again, however we end.
//!
//! A namespace outlives the process that made it. So a small process of its own waits until its standard input ends, which the system sees to
//! when we drop it, return, panic, or are killed by whatever signal; then it ends what still runs in our namespaces and removes them. Only where
//! that process is killed, too, something stays behind: the next network that is made anywhere sweeps it up.

use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use std::os::unix::process::CommandExt as _;

/// What our namespaces' names begin with; the process comes next.
const PREFIX: &str = "jeli-";
/// Ends whatever runs in the namespaces that it is given, and removes them. One that is not there is no matter.
const TIDY: &str = r#"for name in "$@"; do
    for process in $(ip netns pids "$name"); do kill -KILL "$process"; done
    ip netns delete "$name"
done"#;

/// Removes namespaces when it is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct Guard {
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Guard {
    /// Watches over namespaces that may not be there yet.
    pub(crate) fn over(names: &[String]) -> io::Result<Self> {
        let mut command = tidy(&format!("cat >/dev/null; {TIDY}"), names);
        // A group of its own: Ctrl+C in a terminal ends us and not the guard.
        let mut child = command.stdin(Stdio::piped()).process_group(0).spawn()?;
        let stdin = child.stdin.take();
        Ok(Self { child, stdin })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.stdin.take());
        if let Err(error) = self.child.wait() {
            eprintln!("the namespaces may not have been removed: {error}");
        }
    }
}

/// Names for the namespaces of a network: they tell whose they are, and cannot be guessed, so that nobody leans on them.
pub(crate) fn names(count: usize) -> Vec<String> {
    // The only chance in the standard library: each `RandomState` is another.
    let chance = RandomState::new().build_hasher().finish() >> 40;
    (0..count).map(|node| format!("{PREFIX}{}-{chance:06x}-{node}", std::process::id())).collect()
}

/// Removes what processes left behind that are no more.
pub(crate) fn sweep() -> io::Result<()> {
    let left = match fs::read_dir(folder()) {
        Ok(left) => left,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let left = left.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let left: Vec<String> = left.filter(|name| maker(name).is_some_and(|process| !is_there(process))).collect();
    if !left.is_empty() {
        tidy(TIDY, &left).stdin(Stdio::null()).status()?;
    }
    Ok(())
}

/// Where the system keeps namespaces that have a name.
pub(crate) fn folder() -> &'static Path {
    Path::new("/var/run/netns")
}

fn tidy(script: &str, names: &[String]) -> Command {
    let mut command = Command::new("sh");
    // Nobody who reads our output waits for the guard.
    command.args(["-c", script, "jeli-line"]).args(names).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The process that made a namespace of ours.
fn maker(name: &str) -> Option<u32> {
    name.strip_prefix(PREFIX)?.split('-').next()?.parse().ok()
}

fn is_there(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_who_made_it_and_no_name_comes_twice() {
        let (one, other) = (names(2), names(2));
        assert!(one.iter().chain(&other).all(|name| maker(name) == Some(std::process::id())));
        assert_ne!(one, other);
        assert!(is_there(std::process::id()));
    }

    #[test]
    fn namespaces_of_others_are_nobody_of_ours() {
        assert_eq!(maker("school"), None);
        assert_eq!(maker("jeli-school-1"), None);
        assert_eq!(maker("jeli-12-abcdef-0"), Some(12));
    }
}
