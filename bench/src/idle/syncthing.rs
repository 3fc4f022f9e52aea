//! Two nodes of Syncthing with one folder, told of each other's address, with all else that it does on networks turned off: discovery, relays, holes in
//! routers, and reports to its makers.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jeli_line::{Access, Net, Node};
use jeli_tests::school::eventually_within;
use tempfile::TempDir;
use tokio::process::{Child, Command};

const PORT: u16 = 22_000;
const FILE: &str = "plan.txt";
/// Until the folder is the same at both.
const PATIENCE: Duration = Duration::from_secs(300);

pub(super) struct Pair {
    // The programs end before their network does.
    _programs: Vec<Child>,
    net: Net,
    _place: TempDir,
}

impl Pair {
    /// Two that are connected and have nothing more to tell each other. None where there is no such program.
    pub(super) async fn new(access: Access) -> Result<Option<Self>> {
        match Command::new("syncthing").arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).status().await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            asked => ensure!(asked?.success(), "`syncthing --version` fails"),
        }
        let net = Net::new(1, &[access; 2])?;
        let place = tempfile::tempdir()?;
        let homes = ["a", "b"].map(|name| place.path().join(name));
        let mut devices = Vec::new();
        for (home, line) in homes.iter().zip(net.nodes()) {
            devices.push((made(home).await?, line));
        }
        let mut programs = Vec::new();
        for (home, line) in homes.iter().zip(net.nodes()) {
            fs::create_dir(home.join("shared"))?;
            fs::write(home.join("config.xml"), config(home, line, &devices))?;
            programs.push(started(home, line)?);
        }
        fs::write(homes[0].join("shared").join(FILE), "Our plan\n")?;
        let arrived = homes[1].join("shared").join(FILE);
        eventually_within("Syncthing's folder to be the same at both", PATIENCE, async || Ok(arrived.exists())).await?;
        Ok(Some(Self { _programs: programs, net, _place: place }))
    }

    pub(super) fn net(&self) -> &Net {
        &self.net
    }
}

/// Makes a node's key, and says its id.
async fn made(home: &Path) -> Result<String> {
    said(home, &["generate", "--no-default-folder", "--skip-port-probing"]).await?;
    Ok(said(home, &["serve", "--device-id"]).await?.trim().to_owned())
}

async fn said(home: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new("syncthing").args(arguments).arg("--home").arg(home).env("HOME", home).stdin(Stdio::null()).output().await?;
    ensure!(output.status.success(), "`syncthing {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stdout).trim());
    String::from_utf8(output.stdout).context("what syncthing says is no text")
}

fn started(home: &Path, line: &Node) -> Result<Child> {
    let mut command = Command::from(line.command("syncthing"));
    command.args(["serve", "--no-browser", "--no-restart", "--no-upgrade", "--logfile=-", "--home"]).arg(home).env("HOME", home);
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?)
}

fn config(home: &Path, line: &Node, devices: &[(String, &Node)]) -> String {
    let shared: String = devices.iter().map(|(id, _)| format!("<device id=\"{id}\"/>")).collect();
    // The second dials the first: where both dial at once, from the ports on which they listen, their connections meet in one that neither takes.
    let dialled = devices.first().map(|(_, line)| line.address()).filter(|first| *first != line.address());
    let known: String = devices
        .iter()
        .map(|(id, line)| {
            let address = if Some(line.address()) == dialled { format!("tcp://{}:{PORT}", line.address()) } else { "dynamic".to_owned() };
            format!("<device id=\"{id}\" name=\"{id}\"><address>{address}</address></device>\n")
        })
        .collect();
    format!(
        "<configuration version=\"35\">
<folder id=\"shared\" path=\"{folder}\" type=\"sendreceive\" rescanIntervalS=\"3600\" fsWatcherEnabled=\"true\">{shared}</folder>
{known}<gui enabled=\"true\"><address>127.0.0.1:8384</address></gui>
<options>
<listenAddress>tcp://{address}:{PORT}</listenAddress>
<globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled>
<relaysEnabled>false</relaysEnabled>
<natEnabled>false</natEnabled>
<crashReportingEnabled>false</crashReportingEnabled>
<urAccepted>-1</urAccepted>
<autoUpgradeIntervalH>0</autoUpgradeIntervalH>
<startBrowser>false</startBrowser>
<announceLANAddresses>false</announceLANAddresses>
</options>
</configuration>
",
        folder = home.join("shared").display(),
        address = line.address(),
    )
}
