//! What happened lately, kept to be read after a failure.

use std::collections::VecDeque;
use std::time::Duration;

use jeli_protocol::replica::Message;

/// Lines kept.
const LINES: usize = 120;

/// The last things that happened.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    lines: VecDeque<String>,
    /// Whether anything is noted: formatting costs time.
    pub on: bool,
}

impl Trace {
    /// Notes a line.
    pub(crate) fn note(&mut self, now: Duration, line: impl FnOnce() -> String) {
        if self.on {
            self.lines.push_back(format!("{:>10.3}  {}", now.as_secs_f64(), line()));
            if self.lines.len() > LINES {
                self.lines.pop_front();
            }
        }
    }

    /// All lines.
    pub(crate) fn text(&self) -> String {
        self.lines.iter().fold(String::new(), |text, line| text + line + "\n")
    }
}

/// A message in a few words.
pub(crate) fn describe(bytes: &[u8]) -> String {
    match Message::decode(bytes) {
        Ok(Message::Frame { space, bytes }) => format!("Frame of space {space}, {} bytes", bytes.len()),
        Ok(Message::Frontier { space, ask, base, delta }) => format!("Frontier of space {space}, {ask:?}, {base:?}, {} bytes", delta.len()),
        Ok(Message::Receipt { space, of, base, .. }) => format!("Receipt in space {space} of {of:?}, {base:?}"),
        Ok(Message::Digests { spaces }) => format!("Digests of {} spaces", spaces.len()),
        Ok(message) => format!("{message:?}").chars().take(90).collect(),
        Err(error) => format!("unreadable: {error}"),
    }
}
