//! Schools that no line joins: words by stick, receipts back, and whatever befalls a stick on its way.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjType, ROOT, ReadDoc};
use jeli_client::{BundleAsk, ClientError, DocSession, OpenedBundle};
use jeli_tests::school::{PATIENCE, School, eventually};

fn title(doc: &AutoCommit) -> String {
    match doc.get(ROOT, "title") {
        Ok(Some((automerge::Value::Object(ObjType::Text), text))) => doc.text(text).unwrap_or_default(),
        _ => String::new(),
    }
}

async fn write(session: &mut DocSession, words: &str) -> Result<()> {
    let bad = |error: automerge::AutomergeError| ClientError::BadAnswer(error.to_string());
    session
        .change(|doc| {
            let (_, text) = doc.get(ROOT, "title").map_err(bad)?.expect("every kind has a title");
            let end = doc.length(&text);
            doc.splice_text(&text, end, 0, words).map_err(bad)
        })
        .await?;
    Ok(session.wait_acked(PATIENCE).await?)
}

/// Schools in one network that have met once; from then on none has a line.
async fn apart<const N: usize>(names: [&str; N]) -> Result<(Vec<School>, String, String)> {
    let mut schools = Vec::new();
    for name in names {
        schools.push(School::start(name).await?);
    }
    let space = schools[0].client()?.create_space("Алты мектеп желісі").await?.id;
    for other in &schools[1..] {
        schools[0].invites(other, &space).await?;
    }
    let document = schools[0].makes(&space, "meeting", "Күн тәртібі").await?.id;
    for school in &schools {
        school.opens(&document).await?;
        eventually("all to have it", async || Ok(school.client()?.document_status(&document).await?.reached as usize == N)).await?;
    }
    for school in &schools {
        school.client()?.cut_line(true).await?;
    }
    Ok((schools, space, document))
}

/// What a school gives along for all, saved on a stick.
async fn give(school: &School, stick: &Path, ask: BundleAsk) -> Result<Vec<PathBuf>> {
    let client = school.client()?;
    let mut saved = Vec::new();
    for made in client.make_bundles(&ask).await? {
        for part in made.parts {
            saved.push(client.save_bundle(&part, stick).await?);
        }
    }
    Ok(saved)
}

fn for_all() -> BundleAsk {
    BundleAsk::default()
}

async fn take(school: &School, file: &Path) -> Result<OpenedBundle, ClientError> {
    school.client().map_err(|error| ClientError::BadAnswer(error.to_string()))?.open_bundle(file).await
}

fn code<T: std::fmt::Debug>(result: Result<T, ClientError>) -> String {
    match result {
        Err(ClientError::Refused(refusal)) => refusal.code,
        other => format!("{other:?}"),
    }
}

async fn reached(school: &School, document: &str) -> Result<u32> {
    Ok(school.client()?.document_status(document).await?.reached)
}

#[tokio::test(flavor = "multi_thread")]
async fn three_schools_without_a_line_agree_by_stick_and_know_that_they_do() -> Result<()> {
    let (schools, _, document) = apart(["A", "B", "C"]).await?;
    let stick = tempfile::tempdir()?;
    let (mut at_a, mut at_b, mut at_c) = (schools[0].opens(&document).await?, schools[1].opens(&document).await?, schools[2].opens(&document).await?);
    write(&mut at_a, " бір").await?;
    write(&mut at_b, " два").await?;
    assert_eq!(reached(&schools[0], &document).await?, 1, "nobody else has it");

    // A stick goes from A to B to C and back.
    let from_a = give(&schools[0], stick.path(), for_all()).await?;
    let taken = take(&schools[1], &from_a[0]).await?;
    assert_eq!((taken.fate.as_str(), taken.school.name.as_str()), ("taken", "A"));
    assert!(taken.new_entries() > 0);
    at_b.wait_for(PATIENCE, |doc, _| title(doc).contains("бір")).await?;
    assert_eq!(reached(&schools[0], &document).await?, 1, "what has left the school on a stick has not arrived yet");
    let from_b = give(&schools[1], stick.path(), for_all()).await?;
    for file in from_a.iter().chain(&from_b) {
        assert_eq!(take(&schools[2], file).await?.fate, "taken");
    }
    at_c.wait_for(PATIENCE, |doc, _| title(doc).contains("бір") && title(doc).contains("два")).await?;
    let from_c = give(&schools[2], stick.path(), for_all()).await?;
    for file in from_b.iter().chain(&from_c) {
        assert_eq!(take(&schools[0], file).await?.fate, "taken");
    }
    at_a.wait_for(PATIENCE, |doc, _| title(doc).contains("бір") && title(doc).contains("два")).await?;
    assert_eq!(title(&at_a.doc), title(&at_c.doc));
    assert_eq!(title(&at_a.doc), title(&at_b.doc));
    assert_eq!(reached(&schools[0], &document).await?, 3, "the receipts of both came back on the stick");
    assert_eq!(reached(&schools[2], &document).await?, 2, "C has heard nothing of A since A lacked the words of B");
    assert_eq!(reached(&schools[1], &document).await?, 1, "to B nobody has come since");
    assert_eq!(take(&schools[1], &from_c[0]).await?.new_entries(), 0);
    assert_eq!(reached(&schools[1], &document).await?, 2);

    // Now that all have confirmed it to A, there is nothing to give but that.
    let made = schools[0].client()?.make_bundles(&for_all()).await?;
    assert!(made.len() == 1 && !made[0].news && made[0].parts[0].bytes < 3_000, "{made:?}");
    let back = schools[0].client()?.save_bundle(&made[0].parts[0], stick.path()).await?;
    for other in &schools[1..] {
        assert_eq!(take(other, &back).await?.new_entries(), 0);
        assert_eq!(reached(other, &document).await?, 3, "now {} knows it too", other.name);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_befalls_a_stick_has_a_sentence_and_loses_nothing() -> Result<()> {
    let (schools, _, document) = apart(["A", "B"]).await?;
    let (stick, other_stick) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let (mut at_a, mut at_b) = (schools[0].opens(&document).await?, schools[1].opens(&document).await?);
    write(&mut at_a, " бір").await?;
    let file = give(&schools[0], stick.path(), for_all()).await?.remove(0);
    let whole = std::fs::read(&file)?;
    let broken = other_stick.path().join("broken.jeli");
    let given = async |bytes: &[u8]| {
        std::fs::write(&broken, bytes)?;
        anyhow::Ok(code(take(&schools[1], &broken).await))
    };
    // Pulled out while it was written.
    for end in [1, 7, 60, 400, whole.len() / 2, whole.len() - 1] {
        assert_eq!(given(&whole[..end]).await?, "bundle_truncated", "after {end} of {} bytes", whole.len());
    }
    assert_eq!(given(b"").await?, "not_a_bundle");
    assert_eq!(given(b"%PDF-1.7").await?, "not_a_bundle");
    let changed = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    for at in [30, 200, whole.len() - 30, whole.len() - 1] {
        assert_eq!(given(&changed(at)).await?, "bundle_damaged", "changed at {at}");
    }
    let mut newer = whole.clone();
    newer[8] += 1;
    assert_eq!(given(&newer).await?, "newer_bundle");
    assert_eq!(given(&[whole.as_slice(), b"more"].concat()).await?, "bundle_damaged");
    assert!(!title(&at_b.doc).contains("бір"), "nothing of that was taken");

    assert_eq!(take(&schools[0], &file).await?.fate, "own", "carried the wrong way");
    assert_eq!(take(&schools[1], &file).await?.fate, "taken");
    at_b.wait_for(PATIENCE, |doc, _| title(doc).contains("бір")).await?;
    assert_eq!(take(&schools[1], &file).await?.fate, "before");
    assert!(schools[1].client()?.bundles().await?.is_empty(), "nothing lies about");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_for_others_is_carried_and_only_they_read_it() -> Result<()> {
    let (schools, space, document) = apart(["A", "B", "C"]).await?;
    let stranger = School::start("Бөтен").await?;
    let stick = tempfile::tempdir()?;
    let (mut at_a, at_b) = (schools[0].opens(&document).await?, schools[1].opens(&document).await?);
    write(&mut at_a, " бір").await?;
    let c = schools[2].client()?.node().await?.school.id;
    let for_c = || BundleAsk { schools: Some(vec![c.clone()]), spaces: Some(vec![space.clone()]), ..for_all() };
    let file = give(&schools[0], stick.path(), for_c()).await?.remove(0);
    assert_eq!(take(&schools[1], &file).await?.fate, "carried", "a member for whom it is not");
    assert_eq!(take(&stranger, &file).await?.fate, "carried", "and somebody who is no member at all");
    assert!(!title(&at_b.doc).contains("бір"));

    // A newer one takes its place; the old one is not wanted any more.
    write(&mut at_a, " екі").await?;
    let newer = give(&schools[0], stick.path(), for_c()).await?.remove(0);
    assert_eq!(take(&stranger, &newer).await?.fate, "carried");
    assert_eq!(take(&stranger, &file).await?.fate, "old");
    let carried = stranger.client()?.bundles().await?;
    assert_eq!(carried.len(), 1, "one of a maker for the same recipients");
    assert_eq!((carried[0].place.as_str(), carried[0].school.name.as_str()), ("carried", "A"));

    let onward = tempfile::tempdir()?;
    let handed_on = stranger.client()?.save_bundle(&carried[0], onward.path()).await?;
    assert_eq!(std::fs::read(&handed_on)?, std::fs::read(&newer)?, "it is handed on as it came");
    assert_eq!(take(&schools[2], &handed_on).await?.fate, "taken");
    let mut at_c = schools[2].opens(&document).await?;
    at_c.wait_for(PATIENCE, |doc, _| title(doc).contains("екі")).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_a_size_come_in_any_order() -> Result<()> {
    let (schools, _, document) = apart(["A", "B"]).await?;
    let stick = tempfile::tempdir()?;
    let mut at_a = schools[0].opens(&document).await?;
    // What does not pack: chance, in many changes.
    for _ in 0..12 {
        let noise: String = (0..40_000).map(|_| char::from(rand::random_range(33..127_u8))).collect();
        write(&mut at_a, &noise).await?;
        // Each is published on its own.
        schools[0].client()?.make_bundles(&for_all()).await?;
    }
    let parts = give(&schools[0], stick.path(), BundleAsk { max_bytes: Some(262_144), ..for_all() }).await?;
    assert!(parts.len() > 1, "{} parts", parts.len());
    for part in &parts {
        assert!(std::fs::metadata(part)?.len() <= 262_144);
    }
    let mut fates = Vec::new();
    for part in parts.iter().rev() {
        fates.push(take(&schools[1], part).await?.fate);
    }
    assert!(fates[..fates.len() - 1].iter().all(|fate| fate == "waits"), "{fates:?}");
    assert_eq!(fates.last().context("there are parts")?, "taken");
    let mut at_b = schools[1].opens(&document).await?;
    at_b.wait_for(PATIENCE, |doc, _| title(doc) == title(&at_a.doc)).await?;
    assert!(schools[1].client()?.bundles().await?.is_empty(), "what waited is taken in, and gone");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_along_where_that_is_wanted() -> Result<()> {
    let (schools, _, document) = apart(["A", "B"]).await?;
    let stick = tempfile::tempdir()?;
    let photo = stick.path().join("photo.bin");
    let content: Vec<u8> = (0..200_000).map(|_| rand::random()).collect();
    std::fs::write(&photo, &content)?;
    let mut at_a = schools[0].opens(&document).await?;
    let sent = schools[0].client()?.send_file(&photo).await?;
    at_a.name_file(&sent, "photo.bin", "", "Айгүл", 0).await?;
    at_a.wait_acked(PATIENCE).await?;
    let hash = sent.hash.context("it is whole")?;
    let client = schools[0].client()?;
    eventually("the file to be named", async || Ok(client.files(&document).await?.iter().any(|file| file.hash == hash))).await?;

    let words = give(&schools[0], stick.path(), for_all()).await?.remove(0);
    assert!(std::fs::metadata(&words)?.len() < 10_000, "without being asked no file goes along");
    let small = client.make_bundles(&BundleAsk { files: true, max_bytes: Some(1), ..for_all() }).await?;
    assert_eq!((small[0].files, small[0].files_left_out), (0, 1), "what does not fit the size is not passed over in silence");
    let file = give(&schools[0], stick.path(), BundleAsk { files: true, ..for_all() }).await?.remove(0);
    let taken = take(&schools[1], &file).await?;
    assert_eq!((taken.fate.as_str(), taken.files), ("taken", 1));
    let other = schools[1].client()?;
    eventually("the file to be there", async || Ok(other.files(&document).await?.iter().any(|file| file.hash == hash && file.state == "here")))
        .await?;
    let saved = stick.path().join("saved.bin");
    other.save_file(&document, &hash, &saved).await?;
    assert_eq!(std::fs::read(&saved)?, content);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stick_that_is_pulled_out_while_it_is_written_is_gone_on_with() -> Result<()> {
    let (schools, _, document) = apart(["A", "B"]).await?;
    let stick = tempfile::tempdir()?;
    let mut at_a = schools[0].opens(&document).await?;
    write(&mut at_a, " бір").await?;
    let client = schools[0].client()?;
    let bundle = client.make_bundles(&for_all()).await?.remove(0).parts.remove(0);
    let whole = client.save_bundle(&bundle, stick.path()).await?;
    let bytes = std::fs::read(&whole)?;
    std::fs::remove_file(&whole)?;
    for here in [0, 1, bytes.len() / 2, bytes.len() - 1, bytes.len()] {
        std::fs::write(stick.path().join(format!(".{}.half", bundle.id)), &bytes[..here])?;
        let saved = client.save_bundle(&bundle, stick.path()).await?;
        assert_eq!(std::fs::read(&saved)?, bytes, "gone on with after {here} bytes");
        std::fs::remove_file(&saved)?;
    }
    assert_eq!(take(&schools[1], &client.save_bundle(&bundle, stick.path()).await?).await?.fate, "taken");
    Ok(())
}
