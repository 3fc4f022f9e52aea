//! Sealing: secrets for one node (HPKE, RFC 9180) and announcements for a space (XChaCha20-Poly1305).

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;

use crate::keys::NodeKey;

const INFO: &[u8] = b"jeli 2026 sealed for a node";

/// What could not be opened: not for us, or damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not sealed for us, or it is damaged")]
pub struct NotForUs;

/// A secret sealed for one node: 32 bytes of encapsulated key, then the ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

/// Bytes that sealing adds for a node: encapsulated key and authentication tag.
pub const SEAL_OVERHEAD_BYTES: usize = 32 + 16;

/// Seals `secret` for the holder of the X25519 key `public`; `context` must be named again to open it.
pub fn seal_for_node(public: &[u8; 32], context: &[u8], secret: &[u8], rng: &mut impl CryptoRng) -> Result<Sealed, NotForUs> {
    let public = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public).map_err(|_| NotForUs)?;
    let (key, body) =
        hpke::single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(&OpModeS::Base, &public, INFO, secret, context, rng)
            .map_err(|_| NotForUs)?;
    Ok(Sealed([key.to_bytes().as_slice(), &body].concat()))
}

/// Opens what was sealed for this node under the same `context`.
pub fn open_for_node(node: &NodeKey, context: &[u8], sealed: &Sealed) -> Result<Vec<u8>, NotForUs> {
    let (key, body) = sealed.0.split_first_chunk::<32>().ok_or(NotForUs)?;
    let key = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(key).map_err(|_| NotForUs)?;
    let secret = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(node.seal_secret().as_slice()).map_err(|_| NotForUs)?;
    hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(&OpModeR::Base, &secret, &key, INFO, body, context).map_err(|_| NotForUs)
}

/// Bytes that sealing adds for a space: nonce and authentication tag.
pub const SPACE_SEAL_OVERHEAD_BYTES: usize = 24 + 16;

/// Seals `plain` under a space's epoch key. `nonce` must never repeat under one key: 24 random bytes do.
pub fn seal_for_space(key: &[u8; 32], nonce: [u8; 24], context: &[u8], plain: &[u8]) -> Result<Vec<u8>, NotForUs> {
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let body = cipher.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: context }).map_err(|_| NotForUs)?;
    Ok([nonce.as_slice(), &body].concat())
}

/// Opens what a member sealed under the space's epoch key.
pub fn open_for_space(key: &[u8; 32], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotForUs> {
    let (nonce, body) = sealed.split_first_chunk::<24>().ok_or(NotForUs)?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: context }).map_err(|_| NotForUs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn a_secret_opens_for_its_node_under_its_context_only() {
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let (node, other) = (NodeKey::from_secret(&[1; 32]), NodeKey::from_secret(&[2; 32]));
        let sealed = seal_for_node(&node.seal_public(), b"space", b"key", &mut rng).unwrap();
        assert_eq!(open_for_node(&node, b"space", &sealed).unwrap(), b"key");
        assert_eq!(sealed.0.len(), 3 + SEAL_OVERHEAD_BYTES);
        assert!(open_for_node(&other, b"space", &sealed).is_err());
        assert!(open_for_node(&node, b"another", &sealed).is_err());
    }

    #[test]
    fn an_announcement_with_one_bit_changed_does_not_open() {
        let sealed = seal_for_space(&[1; 32], [2; 24], b"topic", b"words").unwrap();
        assert_eq!(open_for_space(&[1; 32], b"topic", &sealed).unwrap(), b"words");
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(open_for_space(&[1; 32], b"topic", &damaged).is_err());
        }
    }
}
