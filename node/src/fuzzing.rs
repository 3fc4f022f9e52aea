//! Everything here that reads what a stranger says of files, each as a function of bytes that panics where something is wrong: `cargo xtask fuzz` tries them for
//! as long as there is time, guided by what they run through; the tests below for a moment, from seeds.

use std::io;

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ROOT, ReadDoc, ScalarValue};
use jeli_protocol::bundle::{BundleTag, Cover, Draft, Part, Record, Records, Series, write_record};
use jeli_protocol::certificate::NodeCertificate;
use jeli_protocol::frontier::Frontier;
use jeli_protocol::ids::{BlobHash, BundleId, SpaceId};
use jeli_protocol::keys::{NodeKey, SchoolKey};
use jeli_protocol::kinds::files::{COLLECTION, files};
use jeli_protocol::kinds::limits::{FILES, TITLE_CHARS};
use jeli_protocol::kinds::{Input, ItemId, Kind, Place, start, write::add_item};
use jeli_protocol::receipt::Receipt;

use crate::blobs::media::try_media;
use crate::blobs::try_upload;
use crate::blobs::trying::{said_in_honesty, try_asker, try_provider};
use crate::names::try_file_name;

/// What is tried.
pub type Target = fn(&[u8]);

/// All that is tried, by its name.
pub const TARGETS: [(&str, Target); 8] = [
    ("media", try_media),
    ("name", try_file_name),
    ("range", crate::api::try_part),
    ("upload", try_upload),
    ("asker", try_asker),
    ("provider", try_provider),
    ("references", try_references),
    ("bundle", try_bundle),
];

/// What each begins with.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let [asker, provider] = said_in_honesty();
    match target {
        "asker" => vec![asker],
        "provider" => vec![provider],
        "range" => {
            ["bytes=0-99", "bytes=900-", "bytes=-5", "bytes=0-1,5-6"].map(|range| [&1_000_u64.to_be_bytes(), range.as_bytes()].concat()).to_vec()
        }
        "upload" => vec![br#"{"length":5,"person":"x","hash":null}"#.to_vec(), b"0123456789abcdef0123456789abcdef".to_vec(), b"42".to_vec()],
        "references" => vec![(0..=255).collect()],
        "bundle" => bundles_in_honesty(),
        _ => Vec::new(),
    }
}

/// A stick's file, from both sides of its seal.
fn try_bundle(bytes: &[u8]) {
    if let Ok((cover, body_at)) = Cover::read(bytes) {
        assert_eq!(cover.write(), bytes[..body_at], "a cover has one form");
    }
    let mut records = Records::new(bytes);
    let mut held = 0;
    while let Ok(Some(record)) = records.next_record() {
        held += match record {
            Record::Frame(frame) => frame.len(),
            Record::File { bytes, .. } => io::copy(&mut records.file(bytes), &mut io::sink()).map_or(0, |count| usize::try_from(count).unwrap_or(0)),
            _ => 0,
        };
        assert!(held <= bytes.len(), "nothing is read that is not there");
    }
}

fn bundles_in_honesty() -> Vec<Vec<u8>> {
    let key = NodeKey::from_secret(&[2; 32]);
    let certificate = NodeCertificate::issue(&SchoolKey::from_secret(&[1; 32]), "Бірлік", &key, "кеңсе");
    let tags = vec![BundleTag([1; 16]), BundleTag([2; 16])];
    let draft =
        Draft { id: BundleId([3; 16]), series: Series([4; 8]), number: 5, part: Part::WHOLE, made_ms: 6, tags, body_bytes: 7, body_hash: [8; 32] };
    let (mut inside, nothing) = (Vec::new(), Frontier::default());
    let receipt = Receipt::sign(&SpaceId([1; 32]), &key, 1, nothing.clone());
    let records = [
        Record::Space(SpaceId([1; 32])),
        Record::Frame(vec![1; 40]),
        Record::Receipt(receipt),
        Record::File { hash: BlobHash([1; 32]), bytes: 0 },
        Record::End,
    ];
    let _ = Records::<&[u8]>::begin(&mut inside);
    for record in &records {
        let _ = write_record(record, &nothing, &mut inside);
    }
    vec![Cover::sign(draft, &certificate, &key).write(), inside]
}

/// Values that a foreign program puts where a file's name, hash and so on should be: two bytes say where and what, a third how much.
fn try_references(bytes: &[u8]) {
    const KEYS: [&str; 8] = ["hash", "thumbnail", "name", "media_type", "size", "at", "by", "at_ms"];
    let mut doc: AutoCommit = start(Kind::Plan, ActorId::from(&[1; 16][..])).expect("a new plan");
    let hash = blake3::hash(bytes).to_string();
    for number in 0..4 {
        let values = [("hash", Input::Str(&hash)), ("name", Input::Text("a"))];
        add_item(&mut doc, COLLECTION, ItemId::from_bytes([number; 16]), Place::Last, &values).expect("a file");
    }
    let Ok(Some((_, collection))) = doc.get(ROOT, COLLECTION) else { return };
    for step in bytes.chunks_exact(3).take(200) {
        let id = ItemId::from_bytes([step[0] % 4; 16]).to_string();
        let Ok(Some((_, item))) = doc.get(&collection, &id) else { continue };
        let key = KEYS[usize::from(step[0] >> 2) % KEYS.len()];
        let much = usize::from(step[2]);
        let value: ScalarValue = match step[1] % 10 {
            0 => i64::MIN.into(),
            1 => u64::MAX.into(),
            2 => f64::NAN.into(),
            3 => true.into(),
            4 => ScalarValue::Null,
            5 => ScalarValue::Bytes(vec![step[2]; much]),
            6 => char::from_u32(u32::from(step[2]) * 257).unwrap_or('\0').to_string().repeat(much * 20).into(),
            7 => "\u{202E}\u{0}\n\u{FFFC}".repeat(much).into(),
            8 => hash[..much.min(64)].into(),
            _ => hash.to_uppercase().into(),
        };
        // What was replaced by a bare value is an item no more, and takes nothing.
        let _ = match step[1] / 64 {
            0 => doc.put_object(&item, key, automerge::ObjType::Map).map(drop),
            1 => doc.put(&collection, id.as_str(), value),
            _ => doc.put(&item, key, value),
        };
    }
    let named = files(&doc);
    assert!(named.len() <= FILES);
    for file in named {
        for line in [&file.name, &file.media_type, &file.by] {
            assert!(line.chars().count() <= TITLE_CHARS && !line.chars().any(char::is_control), "{line:?}");
        }
        assert!(file.size <= i64::MAX as u64);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// Tries of each target: a second or so.
    const TRIES: u64 = 1_500;

    fn corpus() -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/hostile/files");
        let mut paths: Vec<_> = fs::read_dir(folder).expect("the hostile files").map(|entry| entry.expect("a file").path()).collect();
        paths.sort();
        assert!(paths.len() > 100);
        paths.iter().map(|path| fs::read(path).expect("a file")).collect()
    }

    fn changed(mut bytes: Vec<u8>, other: &[u8], chance: &mut StdRng) -> Vec<u8> {
        for _ in 0..chance.random_range(1..6) {
            let at = chance.random_range(0..=bytes.len());
            let value = [0, 1, 0x7F, 0x80, 0xFF, chance.random()][chance.random_range(0..6)];
            match chance.random_range(0..5) {
                0 => bytes.truncate(at),
                1 => bytes.splice(at..at, std::iter::repeat_n(value, chance.random_range(1..12))).for_each(drop),
                2 => bytes.splice(at..bytes.len().min(at + 9), []).for_each(drop),
                3 => bytes.extend_from_slice(&other[chance.random_range(0..=other.len())..]),
                _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = value),
            }
            bytes.truncate(70_000);
        }
        bytes
    }

    #[test]
    fn nothing_that_is_said_of_files_is_too_strange() {
        let files = corpus();
        for (name, target) in TARGETS {
            let mut begins = seeds(name);
            if begins.is_empty() {
                begins = files.clone();
            }
            begins.iter().for_each(|bytes| target(bytes));
            for seed in 0..TRIES {
                let mut chance = StdRng::seed_from_u64(seed);
                let from = begins[chance.random_range(0..begins.len())].clone();
                let other = &begins[chance.random_range(0..begins.len())];
                let bytes = changed(from, other, &mut chance);
                let tried = std::panic::catch_unwind(|| target(&bytes));
                assert!(tried.is_ok(), "{name}, seed {seed}: {bytes:?}");
            }
        }
    }

    #[test]
    fn no_hostile_file_is_shown_as_what_it_only_says_it_is() {
        for bytes in corpus() {
            for length in (0..bytes.len().min(400)).chain([bytes.len()]) {
                try_media(&bytes[..length]);
            }
        }
    }
}
