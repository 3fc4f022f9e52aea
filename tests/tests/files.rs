//! Files between real nodes in one process: named in documents, fetched, cut off, refused.

use anyhow::{Context as _, Result};
use jeli_client::{ClientError, DocSession};
use jeli_node::blobs::{Blobs, State, Urgency};
use jeli_protocol::ids::BlobHash;
use jeli_protocol::kinds::files::COLLECTION;
use jeli_protocol::kinds::write::add_item;
use jeli_protocol::kinds::{Input, ItemId, Place};
use jeli_tests::school::{PATIENCE, School, eventually};
use rand::RngExt as _;

/// Bytes that nothing makes smaller, the same for the same seed.
fn content(bytes: usize) -> Vec<u8> {
    let mut content = vec![0; bytes];
    rand::rng().fill(&mut content[..]);
    content
}

/// Adds a file at a school, in no document yet.
async fn add(school: &School, bytes: &[u8]) -> Result<(BlobHash, u64)> {
    let path = school.folder().join("to-add");
    tokio::fs::write(&path, bytes).await?;
    let added = blobs(school)?.add_file(&path).await?;
    tokio::fs::remove_file(&path).await?;
    Ok(added)
}

fn blobs(school: &School) -> Result<&Blobs> {
    Ok(school.node().context("it runs")?.blobs())
}

/// Names a file in a document.
async fn name(session: &mut DocSession, hash: BlobHash, size: u64, thumbnail: Option<BlobHash>) -> Result<()> {
    let thumbnail = thumbnail.map(|hash| hash.to_string()).unwrap_or_default();
    session
        .change(|doc| {
            let values = [
                ("name", Input::Text("Сабақ.jpg")),
                ("hash", Input::Str(&hash.to_string())),
                ("thumbnail", Input::Str(&thumbnail)),
                ("size", Input::Int(size as i64)),
            ];
            add_item(doc, COLLECTION, ItemId::from_bytes(rand::random()), Place::Last, &values)
                .map_err(|error| ClientError::BadAnswer(error.to_string()))
        })
        .await?;
    session.wait_acked(PATIENCE).await?;
    Ok(())
}

async fn whole(school: &School, hash: BlobHash) -> Result<()> {
    eventually("the file to be here", async || Ok(matches!(blobs(school)?.state(&hash).await?, State::Complete { .. }))).await
}

async fn bytes_of(school: &School, hash: BlobHash) -> Result<Vec<u8>> {
    let path = school.folder().join("exported");
    blobs(school)?.export(&hash, path.clone()).await?;
    let bytes = tokio::fs::read(&path).await?;
    tokio::fs::remove_file(&path).await?;
    Ok(bytes)
}

/// Two schools in one network with a plan that both write.
async fn two() -> Result<(School, School, String)> {
    let (a, b) = (School::start("A").await?, School::start("B").await?);
    let space = a.client()?.create_space("network").await?;
    a.invites(&b, &space.id).await?;
    let plan = a.makes(&space.id, "plan", "Plan").await?;
    b.opens(&plan.id).await?;
    Ok((a, b, plan.id))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_file_comes_by_itself_and_a_large_one_when_it_is_wanted() -> Result<()> {
    let (a, b, plan) = two().await?;
    let (small, large) = (content(40_000), content(5_000_000));
    let ((small_hash, small_size), (large_hash, large_size)) = (add(&a, &small).await?, add(&a, &large).await?);
    let mut at_a = a.opens(&plan).await?;
    name(&mut at_a, large_hash, large_size, Some(small_hash)).await?;
    whole(&b, small_hash).await?;
    assert_eq!(bytes_of(&b, small_hash).await?, small);
    assert_eq!(small_size, 40_000);
    assert_eq!(blobs(&b)?.state(&large_hash).await?, State::Absent, "nobody asked for it");

    blobs(&b)?.want(&large_hash, Urgency::Wanted).await?;
    whole(&b, large_hash).await?;
    assert_eq!(bytes_of(&b, large_hash).await?, large);
    eventually("nothing to be wanted any more", async || Ok(blobs(&b)?.wants().await?.is_empty())).await
}
