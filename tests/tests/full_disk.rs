//! A disk that is full at some byte of a file that comes: nothing half stored, words go on, and it comes by itself when there is room.
//!
//! The disks are small ones in memory, in a namespace of mounts that this program makes for itself. A machine that lends none skips this, and says so.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use jeli_client::{ClientError, DocSession};
use jeli_node::blobs::limits::{RESERVE_BYTES, UPLOAD_IDLE};
use jeli_node::blobs::{BlobError, Blobs, KeepError, Obstacle, Sender, State, UploadError, Urgency};
use jeli_protocol::ids::{BlobHash, PersonId};
use jeli_protocol::kinds::files::COLLECTION;
use jeli_protocol::kinds::write::add_item;
use jeli_protocol::kinds::{Input, ItemId, Place};
use jeli_tests::school::{PATIENCE, School, eventually};

/// Set where the disks may be mounted: the folder for them.
const DISKS: &str = "JELI_SMALL_DISKS";
/// Bytes of each file.
const FILE_BYTES: usize = 700_001;
/// Kilobytes that are free when a file begins to come.
const FREE_KB: [u64; 4] = [4, 36, 300, 640];

/// Runs a test of this file in a namespace of its own.
fn in_a_namespace(test: &str) -> Result<()> {
    const NAMESPACE: [&str; 3] = ["--user", "--map-root-user", "--mount"];
    let lent = Command::new("unshare").args(NAMESPACE).args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    if !lent.is_ok_and(|output| output.status.success()) {
        println!("skipped: this machine lends no namespace of mounts");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut command = Command::new("unshare");
    command.args(NAMESPACE).arg(std::env::current_exe()?).args(["--exact", test, "--ignored", "--nocapture"]).env(DISKS, folder.path());
    let output = command.output()?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success() && said.contains("1 passed"), "{said}");
    Ok(())
}

/// A disk of which part is used.
struct Disk(PathBuf);

impl Disk {
    fn mount(name: &str, size_mb: u64) -> Result<Self> {
        let place = PathBuf::from(std::env::var_os(DISKS).context("run by the test that makes the namespace")?).join(name);
        std::fs::create_dir(&place)?;
        let disk = Self(place);
        disk.run(&["-t", "tmpfs", "-o", &format!("size={size_mb}m"), "tmpfs"])?;
        Ok(disk)
    }

    /// From now on so much is free.
    fn leave(&self, free_kb: u64) -> Result<()> {
        self.run(&["-o", &format!("remount,size={}k", self.used_kb()? + free_kb)])
    }

    fn run(&self, arguments: &[&str]) -> Result<()> {
        let output = Command::new("mount").args(arguments).arg(&self.0).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }

    fn used_kb(&self) -> Result<u64> {
        let mut used = 0;
        for entry in std::fs::read_dir(&self.0)? {
            used += std::os::unix::fs::MetadataExt::blocks(&entry?.metadata()?).div_ceil(2);
        }
        Ok(used)
    }

    /// In the place of a folder of a school whose node does not run.
    fn replaces(&self, folder: &Path) -> Result<()> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        Ok(std::os::unix::fs::symlink(&self.0, folder)?)
    }
}

fn blobs(school: &School) -> Result<&Blobs> {
    Ok(school.node().context("it runs")?.blobs())
}

fn content() -> Vec<u8> {
    use rand::RngExt as _;
    let mut content = vec![0; FILE_BYTES];
    rand::rng().fill(&mut content[..]);
    content
}

/// Names a file, or says a word: either is a change of the document that is kept.
async fn say(session: &mut DocSession, hash: Option<BlobHash>) -> Result<()> {
    session
        .change(|doc| {
            let hash = hash.map(|hash| hash.to_string()).unwrap_or_default();
            let values = [("name", Input::Text("Сабақ.jpg")), ("hash", Input::Str(&hash)), ("size", Input::Int(5_000_000))];
            add_item(doc, COLLECTION, ItemId::from_bytes(rand::random()), Place::Last, &values)
                .map_err(|error| ClientError::BadAnswer(error.to_string()))
        })
        .await?;
    Ok(session.wait_acked(PATIENCE).await?)
}

#[test]
fn a_file_that_comes_from_another_school_waits_for_room_and_holds_up_no_words() -> Result<()> {
    in_a_namespace("coming_onto_a_full_disk")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in a namespace that the test above makes"]
async fn coming_onto_a_full_disk() -> Result<()> {
    let (a, mut b) = (School::start("A").await?, School::start("B").await?);
    let space = a.client()?.create_space("network").await?;
    a.invites(&b, &space.id).await?;
    let plan = a.makes(&space.id, "plan", "Plan").await?.id;
    b.opens(&plan).await?;
    b.stop().await;
    let disk = Disk::mount("data", 64)?;
    disk.replaces(&b.folder().join("files/data"))?;
    b.run().await?;
    let (mut at_a, mut at_b) = (a.opens(&plan).await?, b.opens(&plan).await?);
    for free_kb in FREE_KB {
        let bytes = content();
        let path = a.folder().join("to-add");
        tokio::fs::write(&path, &bytes).await?;
        let (hash, _) = blobs(&a)?.add_file(&path).await?;
        say(&mut at_a, Some(hash)).await?;
        for school in [&a, &b] {
            eventually("the name to be known", async || Ok(blobs(school)?.named(None).await?.iter().any(|file| file.hash == hash))).await?;
        }
        disk.leave(free_kb)?;
        blobs(&b)?.want(&hash, Urgency::Wanted).await?;
        eventually("it to be said", async || Ok(blobs(&b)?.obstacle(&hash) == Some(Obstacle::NoRoom)))
            .await
            .with_context(|| format!("{free_kb} kB"))?;
        ensure!(!matches!(blobs(&b)?.state(&hash).await?, State::Complete { .. }), "{free_kb} kB: it is not whole");
        say(&mut at_b, None).await.context("words go on")?;
        disk.leave(8_000)?;
        let whole = async || Ok(matches!(blobs(&b)?.state(&hash).await?, State::Complete { .. }));
        eventually("it to come by itself", whole).await.with_context(|| format!("{free_kb} kB"))?;
        let copy = b.folder().join("copy");
        blobs(&b)?.export(&hash, copy.clone()).await?;
        ensure!(tokio::fs::read(&copy).await? == bytes, "{free_kb} kB: other bytes than were sent");
        tokio::fs::remove_file(&copy).await?;
    }
    Ok(())
}

#[test]
fn a_file_that_is_sent_in_goes_on_where_the_disk_was_full() -> Result<()> {
    in_a_namespace("sent_onto_a_full_disk")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in a namespace that the test above makes"]
async fn sent_onto_a_full_disk() -> Result<()> {
    let mut a = School::start("A").await?;
    a.stop().await;
    let disk = Disk::mount("uploads", 64)?;
    disk.replaces(&a.folder().join("files/uploads"))?;
    a.run().await?;
    let uploads = blobs(&a)?.uploads();
    let person = PersonId([5; 16]);
    let piece =
        |bytes: &[u8]| futures::stream::iter(bytes.chunks(60_000).map(|part| Ok::<_, std::io::Error>(part.to_vec().into())).collect::<Vec<_>>());
    for free_kb in FREE_KB {
        let bytes = content();
        let begun = uploads.begin(Sender { person, is_guest: false }, FILE_BYTES as u64).await?;
        disk.leave(free_kb)?;
        let full = uploads.write(person, begun.id, 0, piece(&bytes)).await;
        ensure!(matches!(full, Err(UploadError::Blob(BlobError::Keep(KeepError::DiskFull)))), "{free_kb} kB: {full:?}");
        let here = uploads.state(person, begun.id).await?;
        ensure!(here.hash.is_none() && here.offset < FILE_BYTES as u64, "{free_kb} kB: {here:?}");
        disk.leave(8_000)?;
        let sent = uploads.write(person, begun.id, here.offset, piece(&bytes[here.offset as usize..])).await?;
        ensure!(sent.hash == Some(BlobHash(*blake3::hash(&bytes).as_bytes())), "{free_kb} kB: other bytes than were sent");
    }
    Ok(())
}

#[test]
fn what_comes_at_once_leaves_words_their_part_of_the_disk() -> Result<()> {
    in_a_namespace("coming_at_once")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in a namespace that the test above makes"]
async fn coming_at_once() -> Result<()> {
    const FILES: usize = 4;
    const BYTES: usize = 60_000_000;
    /// What may come while nobody looks at the disk.
    const BETWEEN_LOOKS: u64 = 40_000_000;
    let (a, mut b) = (School::start("A").await?, School::start("B").await?);
    let space = a.client()?.create_space("network").await?;
    a.invites(&b, &space.id).await?;
    let plan = a.makes(&space.id, "plan", "Plan").await?.id;
    b.opens(&plan).await?;
    b.stop().await;
    // There is room for any one of them.
    let room = (BYTES as u64 + 20_000_000) >> 20;
    let disk = Disk::mount("files", (RESERVE_BYTES >> 20) + room)?;
    disk.replaces(&b.folder().join("files"))?;
    b.run().await?;
    let mut at_a = a.opens(&plan).await?;
    let mut hashes = Vec::new();
    for number in 0..FILES {
        let path = a.folder().join("to-add");
        tokio::fs::write(&path, vec![number as u8; BYTES]).await?;
        let (hash, _) = blobs(&a)?.add_file(&path).await?;
        say(&mut at_a, Some(hash)).await?;
        hashes.push(hash);
    }
    eventually("the names to be known", async || Ok(blobs(&b)?.named(None).await?.len() == FILES)).await?;
    for hash in &hashes {
        blobs(&b)?.want(hash, Urgency::Wanted).await?;
    }
    let ended = async |hash: &BlobHash| {
        let is_here = matches!(blobs(&b)?.state(hash).await?, State::Complete { .. });
        Ok::<_, anyhow::Error>(is_here || blobs(&b)?.obstacle(hash) == Some(Obstacle::NoRoom))
    };
    eventually("each to be here, or to have no room", async || {
        for hash in &hashes {
            if !ended(hash).await? {
                return Ok(false);
            }
        }
        Ok(true)
    })
    .await?;
    let free = blobs(&b)?.room().await?.disk_free;
    ensure!(free + BETWEEN_LOOKS * FILES as u64 >= RESERVE_BYTES, "{free} bytes are free of {RESERVE_BYTES}");
    let mut refused = 0;
    for hash in &hashes {
        refused += usize::from(!matches!(blobs(&b)?.state(hash).await?, State::Complete { .. }));
    }
    ensure!(refused > 0, "not all of them fit");
    Ok(())
}

#[test]
fn what_is_sent_in_at_once_leaves_words_their_part_of_the_disk() -> Result<()> {
    in_a_namespace("sent_at_once")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in a namespace that the test above makes"]
async fn sent_at_once() -> Result<()> {
    const BYTES: usize = 60_000_000;
    let mut a = School::start("A").await?;
    a.stop().await;
    // For one of them twice, as each was told; not for both and a copy of either.
    let disk = Disk::mount("files", (RESERVE_BYTES >> 20) + 125)?;
    disk.replaces(&a.folder().join("files"))?;
    a.run().await?;
    let uploads = blobs(&a)?.uploads();
    let people = [PersonId([5; 16]), PersonId([6; 16])];
    let piece =
        |byte: u8, bytes: usize| futures::stream::iter((0..bytes / 1_000_000).map(move |_| Ok::<_, std::io::Error>(vec![byte; 1_000_000].into())));
    let mut sent = Vec::new();
    let begin = async |person| Ok::<_, UploadError>(uploads.begin(Sender { person, is_guest: false }, BYTES as u64).await?.id);
    sent.push(begin(people[0]).await?);
    let refused = begin(people[1]).await;
    ensure!(matches!(refused, Err(UploadError::Blob(BlobError::NoRoom { .. }))), "the room is the first one's: {refused:?}");
    // Who has gone to lunch, and comes back while the second one sends.
    let growing = a.folder().join("files/uploads").join(sent[0].to_string());
    std::fs::File::options().write(true).open(growing)?.set_modified(SystemTime::now() - UPLOAD_IDLE)?;
    sent.push(begin(people[1]).await?);
    for ((person, id), byte) in people.into_iter().zip(&sent).zip(1..) {
        let full = uploads.write(person, *id, 0, piece(byte, BYTES)).await;
        let free = blobs(&a)?.room().await?.disk_free;
        ensure!(free >= RESERVE_BYTES, "{free} bytes are free of {RESERVE_BYTES}");
        // The first may be kept before the second has come.
        ensure!(full.is_ok() || matches!(full, Err(UploadError::Blob(BlobError::Keep(KeepError::DiskFull) | BlobError::NoRoom { .. }))), "{full:?}");
    }
    let halves = std::fs::read_dir(disk.0.join("temp")).map_or(0, |entries| entries.count());
    ensure!(halves == 0, "{halves} halves of copies are left");
    let state = uploads.state(people[1], sent[1]).await?;
    ensure!(state.hash.is_none(), "there was no room for both");
    // One of them makes room, and the other goes on where it was.
    uploads.end(people[0], sent[0]).await?;
    let first = BlobHash(*blake3::hash(&vec![1; BYTES]).as_bytes());
    if matches!(blobs(&a)?.state(&first).await?, State::Complete { .. }) {
        blobs(&a)?.let_go(&first).await?;
    }
    let here = uploads.write(people[1], sent[1], state.offset, piece(2, BYTES - state.offset as usize)).await?;
    ensure!(here.hash == Some(BlobHash(*blake3::hash(&vec![2; BYTES]).as_bytes())), "{here:?}");
    Ok(())
}
