//! Keys and signatures. Every signature is over a domain tag and the bytes, so that none can be passed off as another's kind.

use std::fmt;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::ids::{NodeId, SchoolId};

/// What a signature is for; part of what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An entry of a log.
    Entry,
    /// A node's certificate by its school.
    Certificate,
    /// A node's retirement by its school.
    Retirement,
    /// A receipt.
    Receipt,
    /// A request to join.
    Join,
    /// A pass, with which a person is the same one at another computer of the school.
    Pass,
    /// The outside of a bundle.
    Bundle,
}

impl Purpose {
    fn tag(self) -> &'static [u8] {
        match self {
            Self::Entry => b"jeli 2026 entry signature\0",
            Self::Certificate => b"jeli 2026 node certificate\0",
            Self::Retirement => b"jeli 2026 node retirement\0",
            Self::Receipt => b"jeli 2026 receipt\0",
            Self::Join => b"jeli 2026 join request\0",
            Self::Pass => b"jeli 2026 pass of a person\0",
            Self::Bundle => b"jeli 2026 bundle\0",
        }
    }

    fn message(self, bytes: &[u8]) -> Vec<u8> {
        [self.tag(), bytes].concat()
    }
}

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(…)")
    }
}

/// A signature that does not fit its key and bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit")]
pub struct BadSignature;

fn verify(key: &[u8; 32], purpose: Purpose, bytes: &[u8], signature: &Signature) -> Result<(), BadSignature> {
    let key = VerifyingKey::from_bytes(key).map_err(|_| BadSignature)?;
    // Strict: refuses keys of small order, under which one signature could fit many messages.
    key.verify_strict(&purpose.message(bytes), &ed25519_dalek::Signature::from_bytes(&signature.0)).map_err(|_| BadSignature)
}

impl NodeId {
    /// Checks a signature of this node.
    pub fn verify(&self, purpose: Purpose, bytes: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        verify(&self.0, purpose, bytes, signature)
    }
}

impl SchoolId {
    /// Checks a signature of this school's root key.
    pub fn verify(&self, purpose: Purpose, bytes: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        verify(&self.0, purpose, bytes, signature)
    }
}

/// The keys of a node: Ed25519 to sign, and an X25519 pair to which things are sealed.
#[derive(Clone)]
pub struct NodeKey {
    sign: SigningKey,
    seal: x25519_dalek::StaticSecret,
}

impl NodeKey {
    /// The keys that grow from 32 secret random bytes.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        let seal = Zeroizing::new(blake3::derive_key("jeli 2026 node seal key", secret));
        Self { sign: SigningKey::from_bytes(secret), seal: x25519_dalek::StaticSecret::from(*seal) }
    }

    /// The secret from which the keys grow; also the secret of the libp2p key pair.
    pub fn secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.sign.to_bytes())
    }

    /// The node's id.
    pub fn id(&self) -> NodeId {
        NodeId(self.sign.verifying_key().to_bytes())
    }

    /// The public key to which things are sealed for this node.
    pub fn seal_public(&self) -> [u8; 32] {
        x25519_dalek::PublicKey::from(&self.seal).to_bytes()
    }

    /// The secret key with which what is sealed for this node is opened.
    pub fn seal_secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.seal.to_bytes())
    }

    /// Signs bytes for a purpose.
    pub fn sign(&self, purpose: Purpose, bytes: &[u8]) -> Signature {
        Signature(self.sign.sign(&purpose.message(bytes)).to_bytes())
    }
}

impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeKey({})", self.id())
    }
}

/// A school's root key. Its secret lives on a printed sheet, never on a node's disk.
#[derive(Clone)]
pub struct SchoolKey(SigningKey);

impl SchoolKey {
    /// The key of 32 secret random bytes.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The secret, for the printed sheet.
    pub fn secret(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The school's id.
    pub fn id(&self) -> SchoolId {
        SchoolId(self.0.verifying_key().to_bytes())
    }

    /// Signs bytes for a purpose.
    pub fn sign(&self, purpose: Purpose, bytes: &[u8]) -> Signature {
        Signature(self.0.sign(&purpose.message(bytes)).to_bytes())
    }
}

impl fmt::Debug for SchoolKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SchoolKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_for_one_purpose_is_none_for_another() {
        let key = NodeKey::from_secret(&[3; 32]);
        let signature = key.sign(Purpose::Entry, b"words");
        assert_eq!(key.id().verify(Purpose::Entry, b"words", &signature), Ok(()));
        assert_eq!(key.id().verify(Purpose::Receipt, b"words", &signature), Err(BadSignature));
        assert_eq!(key.id().verify(Purpose::Entry, b"word", &signature), Err(BadSignature));
    }

    #[test]
    fn a_key_shows_no_secret_when_printed() {
        let key = NodeKey::from_secret(&[3; 32]);
        assert!(!format!("{key:?}").contains("0303"), "the debug form must not hold the secret");
    }
}
