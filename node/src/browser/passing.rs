//! Passing messages (cursors, selections) as they travel between schools: CBOR, small, and not to be believed.

use serde::{Deserialize, Serialize};

use super::wire::Bytes;
use crate::documents::Passing;
use crate::limits::{MAX_EPHEMERAL_BYTES, MAX_PEER_ID_BYTES};

#[derive(Serialize, Deserialize)]
struct Packed {
    s: String,
    i: String,
    c: u64,
    d: Bytes,
}

/// None where it would be larger than schools trade.
pub fn pack(passing: &Passing) -> Option<Vec<u8>> {
    let packed = Packed { s: passing.sender.clone(), i: passing.session.clone(), c: passing.count, d: Bytes(passing.data.clone()) };
    let mut bytes = Vec::new();
    ciborium::into_writer(&packed, &mut bytes).ok()?;
    (bytes.len() <= MAX_EPHEMERAL_BYTES).then_some(bytes)
}

/// None where it is not what [`pack`] makes.
pub fn unpack(bytes: &[u8]) -> Option<Passing> {
    if bytes.len() > MAX_EPHEMERAL_BYTES {
        return None;
    }
    let Packed { s, i, c, d } = ciborium::from_reader(bytes).ok()?;
    (s.len() <= MAX_PEER_ID_BYTES && i.len() <= MAX_PEER_ID_BYTES).then_some(Passing { sender: s, session: i, count: c, data: d.0 })
}
