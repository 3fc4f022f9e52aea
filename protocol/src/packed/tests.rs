use proptest::prelude::*;

use super::writers::{steps, write};
use super::*;
use crate::scan::chunk::frame;

fn back(documents: &[Vec<Vec<u8>>], sidecar: &[u8]) -> Vec<u8> {
    let borrowed: Vec<Vec<&[u8]>> = documents.iter().map(|chunks| chunks.iter().map(Vec::as_slice).collect()).collect();
    let packed = pack(&borrowed, sidecar, 3).unwrap();
    assert_eq!(packed, pack(&borrowed, sidecar, 3).unwrap(), "the same input makes the same bytes");
    let unpacked = unpack(&packed, &UnpackLimits::default()).unwrap();
    assert_eq!(unpacked.documents, documents, "every chunk comes back byte for byte");
    assert_eq!(unpacked.sidecar, sidecar, "the sidecar comes back");
    packed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_several_people_write_comes_back_byte_for_byte(
        one in steps(), other in steps(), authors in 1usize..5, from in 0usize..40, sidecar: Vec<u8>,
    ) {
        let one = write(authors, one);
        let other = write(2, other);
        // A frame starts anywhere, so its first changes depend on some outside it.
        let tail = one[from.min(one.len())..].to_vec();
        let packed = back(&[one, tail, Vec::new(), other], &sidecar);
        prop_assert_eq!(packed[0], PLAIN, "nothing that Automerge writes needs to travel as its own bytes");
    }

    #[test]
    fn changes_in_any_order_come_back(steps in steps(), seed: u64) {
        let mut changes = write(3, steps);
        let mut state = seed | 1;
        for last in (1..changes.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            changes.swap(last, (state >> 33) as usize % (last + 1));
        }
        back(&[changes], b"");
    }

    #[test]
    fn chunks_that_are_not_changes_come_back(chunks in proptest::collection::vec(any::<Vec<u8>>(), 0..10)) {
        back(&[chunks], b"x");
    }

    #[test]
    fn damaged_bytes_are_refused_or_give_chunks_with_sound_hashes(
        steps in steps(), flips in proptest::collection::vec((any::<u16>(), 0u8..8), 1..4), cut: Option<u16>,
    ) {
        let changes = write(2, steps);
        let mut packed = pack(&[changes.iter().map(Vec::as_slice).collect()], b"side", 3).unwrap();
        for (at, bit) in flips {
            let at = usize::from(at) % packed.len();
            packed[at] ^= 1 << bit;
        }
        if let Some(cut) = cut {
            packed.truncate(usize::from(cut) % (packed.len() + 1));
        }
        if let Ok(unpacked) = unpack(&packed, &UnpackLimits::default()) && packed[0] == PLAIN {
            // A chunk that travels as its own bytes can be anything; without such a section it can only be empty.
            for chunk in unpacked.documents.iter().flatten() {
                prop_assert!(chunk.is_empty() || Chunk::parse(chunk).is_ok_and(|chunk| chunk.checksum_holds));
            }
        }
    }

    #[test]
    fn noise_is_refused_or_bounded(mut noise in proptest::collection::vec(any::<u8>(), 0..300), form in 1u8..3) {
        if let Some(first) = noise.first_mut() {
            *first = form;
        }
        let limits = UnpackLimits { raw_bytes: 1 << 20, ..UnpackLimits::default() };
        if let Ok(unpacked) = unpack(&noise, &limits) {
            prop_assert!(unpacked.documents.iter().flatten().map(Vec::len).sum::<usize>() <= 1 << 20);
        }
    }
}

#[test]
fn an_odd_chunk_travels_as_its_own_bytes_beside_ordinary_ones() {
    let mut changes = write(2, vec![(0, super::writers::Step::Type { at: 0, text: "жоспар".to_owned() })]);
    let chunk = Chunk::parse(&changes[1]).unwrap();
    // The same change with its last column's specification unknown to us.
    let header = changes[1].len() - 4;
    let mut body = changes[1][10..].to_vec();
    body.extend_from_slice(&[1, 2, 3]);
    assert!(header > 0 && chunk.checksum_holds);
    changes.push(frame(&body[..body.len() - 3]).0);
    let mut longer = changes[1].clone();
    longer.push(0);
    changes.push(longer);
    let packed = back(&[changes], b"");
    assert_eq!(packed[0], WITH_BULK);
}

#[test]
fn limits_are_held_before_anything_is_expanded() {
    let changes = write(1, vec![(0, super::writers::Step::Type { at: 0, text: "text".to_owned() })]);
    let packed = pack(&[changes.iter().map(Vec::as_slice).collect()], b"sidecar", 3).unwrap();
    assert!(unpack(&packed, &UnpackLimits::default()).is_ok());
    for limits in [
        UnpackLimits { packed_bytes: packed.len() - 1, ..UnpackLimits::default() },
        UnpackLimits { documents: 0, ..UnpackLimits::default() },
        UnpackLimits { changes: changes.len() - 1, ..UnpackLimits::default() },
        UnpackLimits { raw_bytes: changes.iter().map(Vec::len).sum::<usize>() + 6, ..UnpackLimits::default() },
    ] {
        assert!(unpack(&packed, &limits).is_err(), "{limits:?}");
    }
    let bomb = vec![0u8; MAX_FRAME_RAW_BYTES + 1];
    let mut bytes = vec![WITH_BULK];
    leb::write_unsigned(&mut bytes, 100);
    let compressed = zstd::bulk::compress(&bomb, 3).unwrap();
    leb::write_unsigned(&mut bytes, compressed.len() as u64);
    bytes.extend_from_slice(&compressed);
    assert!(unpack(&bytes, &UnpackLimits::default()).is_err(), "a section longer than it says");
}

#[test]
fn a_run_of_more_than_a_receiver_goes_through_travels_as_it_is() {
    let mut document = automerge::AutoCommit::new();
    let text = automerge::transaction::Transactable::put_object(&mut document, automerge::ROOT, "text", automerge::ObjType::Text).unwrap();
    automerge::transaction::Transactable::splice_text(&mut document, &text, 0, 0, &"ақ қар ".repeat(20_000)).unwrap();
    let changes: Vec<Vec<u8>> = document.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect();
    let packed = back(&[changes], &[7; 300_000]);
    assert_eq!(packed[0], WITH_BULK);
}

#[test]
fn bytes_that_claim_endless_certain_decisions_are_refused_in_bounded_work() {
    // All zeros say yes to every guess, at next to no cost a guess.
    for form in [vec![0u8; 64], vec![0xff; 64], [vec![0u8; 3], vec![0xff; 4_000]].concat(), [vec![0xff; 3], vec![0; 4_000]].concat()] {
        let bytes = [vec![PLAIN], form].concat();
        if let Ok(unpacked) = unpack(&bytes, &UnpackLimits::default()) {
            assert!(unpacked.documents.iter().flatten().map(Vec::len).sum::<usize>() <= MAX_FRAME_RAW_BYTES);
        }
    }
}
