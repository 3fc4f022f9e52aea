//! Runs programs with an end: each has its time, and none outlives us.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGINT, SIGTERM};

/// How often a running program is looked at. Short beside what programs take, long beside what looking costs.
const LOOK: Duration = Duration::from_millis(50);
/// A step that runs longer says that it still does, so that nobody takes it for stuck.
const SIGN_OF_LIFE: Duration = Duration::from_secs(60);
/// Time for a program to end in order once it has been asked to; after that it is killed.
const GRACE: Duration = Duration::from_secs(8);

static STOPPED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From now on Ctrl+C and SIGTERM end what runs below us, and then us.
pub(crate) fn listen_for_stop() -> Result<()> {
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, STOPPED.clone()).context("cannot listen for Ctrl+C")?;
    }
    Ok(())
}

/// An error once we have been asked to stop.
pub(crate) fn check_stopped() -> Result<()> {
    if STOPPED.load(Ordering::Relaxed) { bail!("stopped") } else { Ok(()) }
}

/// How a program came to its end.
pub(crate) enum End {
    /// By itself.
    Exited(ExitStatus),
    /// It took longer than its time and was stopped.
    OutOfTime,
}

/// Runs a program to its end, its output going to the file `log`.
pub(crate) fn run_logged(command: &mut Command, log: &Path, limit: Duration) -> Result<End> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    wait(command, limit)
}

/// Runs a program to its end, its output on our terminal.
pub(crate) fn run_shown(command: &mut Command, limit: Duration) -> Result<()> {
    let name = name(command);
    match wait(command.stdin(Stdio::null()), limit)? {
        End::Exited(status) if status.success() => Ok(()),
        End::Exited(status) => bail!("`{name}` failed ({status}); what it said stands above"),
        End::OutOfTime => bail!("`{name}` did not end within {} minutes and was stopped", limit.as_secs() / 60),
    }
}

fn wait(command: &mut Command, limit: Duration) -> Result<End> {
    let mut child = in_own_group(command).spawn().with_context(|| format!("`{}` cannot be started", name(command)))?;
    let start = Instant::now();
    let mut told = start;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(End::Exited(status));
        }
        if let Err(stopped) = check_stopped() {
            end(&mut child);
            return Err(stopped);
        }
        if start.elapsed() > limit {
            end(&mut child);
            return Ok(End::OutOfTime);
        }
        if told.elapsed() > SIGN_OF_LIFE {
            told = Instant::now();
            println!("    … {} min, still running", start.elapsed().as_secs() / 60);
        }
        thread::sleep(LOOK);
    }
}

/// Becomes another program: it has our terminal and our signals, and its exit code is ours.
pub(crate) fn become_program(command: &mut Command) -> Result<std::process::ExitCode> {
    let name = name(command);
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        Err(command.exec()).with_context(|| format!("`{name}` cannot be started"))
    }
    #[cfg(not(unix))]
    {
        let status = command.status().with_context(|| format!("`{name}` cannot be started"))?;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1).into())
    }
}

/// What a program prints, where it is there and succeeds.
pub(crate) fn answer(command: &mut Command) -> Result<Option<String>> {
    match command.stdin(Stdio::null()).stderr(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("`{}` cannot be started", name(command))),
    }
}

fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args().take(3));
    words.map(|word| word.to_string_lossy().rsplit('/').next().unwrap_or_default().to_owned()).collect::<Vec<_>>().join(" ")
}

/// In a group of its own a program can be ended with everything that it has started.
#[cfg(unix)]
fn in_own_group(command: &mut Command) -> &mut Command {
    std::os::unix::process::CommandExt::process_group(command, 0)
}

#[cfg(not(unix))]
fn in_own_group(command: &mut Command) -> &mut Command {
    command
}

fn end(child: &mut Child) {
    signal_group(child, "-TERM");
    let asked = Instant::now();
    while asked.elapsed() < GRACE {
        if matches!(child.try_wait(), Ok(Some(_))) {
            break;
        }
        thread::sleep(LOOK);
    }
    // What it has started may be there still.
    signal_group(child, "-KILL");
    let _ = child.kill();
    let _ = child.wait();
}

fn signal_group(child: &Child, signal: &str) {
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args([signal, "--", &group]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}
