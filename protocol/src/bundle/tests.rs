//! Whatever is done to a bundle on its way, its reader says so.

use std::io::Read as _;

use proptest::prelude::*;

use crate::certificate::NodeCertificate;
use crate::entry::{Chain, ChainId};
use crate::frontier::{Frontier, Tip};
use crate::ids::{BlobHash, BundleId, EntryHash, SpaceId};
use crate::keys::{NodeKey, SchoolKey};
use crate::receipt::Receipt;
use crate::wire::WireError;

use super::*;

fn key() -> NodeKey {
    NodeKey::from_secret(&[2; 32])
}

fn cover(number: u64, tags: Vec<BundleTag>) -> Cover {
    let certificate = NodeCertificate::issue(&SchoolKey::from_secret(&[1; 32]), "Бірлік", &key(), "кеңсе");
    let draft = Draft {
        id: BundleId([3; 16]),
        series: Series([4; 8]),
        number,
        part: Part { number: 2, of: 3 },
        made_ms: 1_700_000_000_000,
        tags,
        body_bytes: 1_000,
        body_hash: [5; 32],
    };
    Cover::sign(draft, &certificate, &key())
}

#[test]
fn a_cover_reads_back_and_says_where_the_body_begins() {
    let cover = cover(1, vec![BundleTag([9; 16]), BundleTag([1; 16]), BundleTag([9; 16])]);
    let mut file = cover.write();
    let length = file.len();
    file.extend_from_slice(b"body");
    assert_eq!(Cover::read(&file), Ok((cover.clone(), length)));
    assert_eq!(cover.said().tags, [BundleTag([1; 16]), BundleTag([9; 16])], "in order, so that they say nothing of who is who");
    assert!(cover.bears(&BundleTag([9; 16])) && !cover.bears(&BundleTag([2; 16])));
}

#[test]
fn a_cover_that_is_cut_off_or_changed_in_any_place_is_refused() {
    let file = cover(1, vec![BundleTag([9; 16])]).write();
    for end in 1..file.len() {
        assert_eq!(Cover::read(&file[..end]), Err(CoverError::Truncated), "cut off after {end} bytes");
    }
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x10;
        assert!(Cover::read(&changed).is_err(), "changed at {at}");
    }
    assert_eq!(Cover::read(b""), Err(CoverError::NotABundle));
    assert_eq!(Cover::read(b"PK\x03\x04"), Err(CoverError::NotABundle));
    // As a program leaves it that takes it for text.
    let as_text: Vec<u8> = String::from_utf8_lossy(&file).replace("\r\n", "\n").into_bytes();
    assert_eq!(Cover::read(&as_text), Err(CoverError::NotABundle));
    let mut newer = file.clone();
    newer[MARK.len()] += 1;
    assert_eq!(Cover::read(&newer), Err(CoverError::Newer));
}

#[test]
fn a_newer_bundle_for_the_same_replaces_an_older_one_and_no_other() {
    let (older, newer) = (cover(1, Vec::new()), cover(2, Vec::new()));
    assert!(newer.replaces(&older) && !older.replaces(&newer) && !newer.replaces(&newer), "parts of one export stand beside each other");
    let stranger = NodeKey::from_secret(&[8; 32]);
    let certificate = NodeCertificate::issue(&SchoolKey::from_secret(&[7; 32]), "Басқа", &stranger, "кеңсе");
    assert!(!Cover::sign(newer.said().clone(), &certificate, &stranger).replaces(&older), "nobody replaces what another has made");
}

fn receipt(seq: u64) -> Receipt {
    let mut frontier = Frontier::default();
    for node in 0..3u8 {
        frontier.set(ChainId { node: NodeKey::from_secret(&[node + 1; 32]).id(), chain: Chain::Content }, Tip { seq, hash: EntryHash([node; 32]) });
    }
    Receipt::sign(&SpaceId([1; 32]), &key(), seq, frontier)
}

fn written(records: &[(Record, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    Records::<&[u8]>::begin(&mut bytes).unwrap();
    let mut maker = Frontier::default();
    for (record, file) in records {
        if let Record::Space(_) = record {
            maker = Frontier::default();
        }
        write_record(record, &maker, &mut bytes).unwrap();
        bytes.extend_from_slice(file);
        if let Record::Receipt(receipt) = record
            && maker.is_empty()
        {
            maker = receipt.frontier.clone();
        }
    }
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<(Record, Vec<u8>)>, RecordError> {
    let (mut records, mut all) = (Records::new(bytes), Vec::new());
    while let Some(record) = records.next_record()? {
        let mut file = Vec::new();
        if let Record::File { bytes, .. } = record {
            records.file(bytes).read_to_end(&mut file)?;
        }
        all.push((record, file));
    }
    Ok(all)
}

fn sample() -> Vec<(Record, Vec<u8>)> {
    let file = b"a photo".to_vec();
    vec![
        (Record::Space(SpaceId([1; 32])), vec![]),
        (Record::Receipt(receipt(5)), vec![]),
        (Record::Receipt(receipt(7)), vec![]),
        (Record::Frame(vec![7; 300]), vec![]),
        (Record::File { hash: BlobHash([8; 32]), bytes: file.len() as u64 }, file),
        (Record::Space(SpaceId([2; 32])), vec![]),
        (Record::Receipt(receipt(9)), vec![]),
        (Record::End, vec![]),
    ]
}

#[test]
fn records_read_back_and_a_second_receipt_costs_little() {
    let bytes = written(&sample());
    assert_eq!(read(&bytes).unwrap(), sample());
    let of = |records: &[(Record, Vec<u8>)]| written(records).len();
    let second = of(&sample()[..3]) - of(&sample()[..2]);
    assert!(second < of(&sample()[..2]), "{second} bytes");
}

#[test]
fn what_ends_too_early_is_never_taken_for_the_end() {
    let bytes = written(&sample());
    for end in 0..bytes.len() {
        let Err(error) = read(&bytes[..end]) else { panic!("cut off after {end} bytes it reads as if it were whole") };
        assert!(matches!(error, RecordError::Wire(WireError::Truncated)), "cut off after {end} bytes: {error}");
    }
    let longer = [bytes.as_slice(), b"x"].concat();
    assert!(read(&longer).is_err(), "and nothing may follow the end");
    let outside = written(&sample()[1..]);
    assert!(read(&outside).is_err(), "what is of no space is refused");
}

proptest! {
    #[test]
    fn no_bytes_bring_the_reader_down(bytes in proptest::collection::vec(any::<u8>(), 0..600), at in 0usize..1_000, with in any::<u8>()) {
        let _ = Cover::read(&bytes);
        let _ = read(&bytes);
        let mut damaged = written(&sample());
        let at = at % damaged.len();
        damaged[at] = with;
        let _ = read(&damaged);
    }
}
