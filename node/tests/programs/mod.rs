//! The `jeli` program run as a person runs it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

pub(crate) fn jeli(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jeli")).arg("--data").arg(data).args(arguments).stdin(Stdio::null()).output().expect("the program starts")
}

pub(crate) const RUN: [&str; 8] = ["run", "--listen", "127.0.0.1:0", "--peer-port", "0", "--peer-address", "127.0.0.1", "--no-mdns"];

/// A running node; stopped when dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Running {
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_at(data, RUN[2])
    }

    pub(crate) fn start_at(data: &Path, listen: &str) -> Self {
        let mut run = RUN;
        run[2] = listen;
        let mut child = Command::new(env!("CARGO_BIN_EXE_jeli"))
            .arg("--json")
            .arg("--data")
            .arg(data)
            .args(run)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says where it is");
        let started: serde_json::Value = serde_json::from_str(&line).expect("in JSON");
        Self { child, address: started["address"].as_str().expect("an address").to_owned() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn answer(data: &Path, arguments: &[&str]) -> serde_json::Value {
    let output = jeli(data, &[&["--json"], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(crate) fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !so() {
        assert!(std::time::Instant::now() < end, "not within 30 s: {what}");
        std::thread::yield_now();
    }
}
