//! Node ids and libp2p peer ids name the same Ed25519 key; this is the only place that turns one into the other.

use libp2p::PeerId;

/// Bytes before the key in an Ed25519 peer id: identity multihash (0x00) of 36 bytes (0x24), which are the libp2p public-key message
/// (`08 01` = key type Ed25519, `12 20` = 32 bytes of key). The key itself is in the id, so the way back exists.
const ED25519_PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// Length of an Ed25519 public key, bytes.
const KEY_BYTES: usize = 32;

/// The peer id of a node. Whether the bytes are a point of the curve is not asked: nobody can prove to own such an id, so a connection
/// to it never comes up.
#[must_use]
pub fn peer_id_of(node: &[u8; KEY_BYTES]) -> PeerId {
    let mut bytes = [0_u8; ED25519_PREFIX.len() + KEY_BYTES];
    bytes[..ED25519_PREFIX.len()].copy_from_slice(&ED25519_PREFIX);
    bytes[ED25519_PREFIX.len()..].copy_from_slice(node);
    PeerId::from_bytes(&bytes).expect("an identity multihash of 36 bytes is a peer id whatever the key")
}

/// The node behind a peer id, or `None` for a peer that is not named by an Ed25519 key and so cannot be a node.
#[must_use]
pub fn node_id_of(peer: &PeerId) -> Option<[u8; KEY_BYTES]> {
    let bytes = peer.to_bytes();
    bytes.strip_prefix(&ED25519_PREFIX)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use libp2p::identity::Keypair;

    use super::*;

    #[test]
    fn a_node_id_survives_the_way_to_a_peer_id_and_back() {
        let pair = Keypair::generate_ed25519();
        let key = pair.clone().try_into_ed25519().expect("an Ed25519 pair").public().to_bytes();
        assert_eq!(peer_id_of(&key), pair.public().to_peer_id(), "the same id that libp2p gives the key");
        assert_eq!(node_id_of(&peer_id_of(&key)), Some(key));
    }

    #[test]
    fn peer_ids_sort_as_their_keys_do() {
        assert!(peer_id_of(&[1; 32]) < peer_id_of(&[2; 32]), "both ends decide who opens by this order");
    }

    #[test]
    fn a_peer_without_an_ed25519_key_is_no_node() {
        assert_eq!(node_id_of(&PeerId::random()), None, "a hashed peer id names no key");
    }
}
