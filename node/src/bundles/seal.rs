//! Sealing to nodes: the `age` format, with the X25519 keys of their certificates.

use std::io::{self, BufRead, BufReader, Read, Write};

use age::x25519::{Identity, Recipient};
use age::{DecryptError, Decryptor, EncryptError, Encryptor};
use bech32::{Bech32, Hrp};
use jeli_protocol::keys::NodeKey;
use zeroize::Zeroizing;

use super::limits::MAX_SEAL_HEADER_BYTES;

/// Why a bundle cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// A certificate's key is none, or there is nobody for whom to seal.
    #[error("the bundle cannot be sealed for its recipients: {0}")]
    Recipients(String),
    /// It cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Why a seal does not open.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnsealError {
    /// It is for others.
    #[error("the bundle is not sealed for this computer")]
    NotForUs,
    /// It is damaged, or larger outside than any of ours.
    #[error("the seal of the bundle is damaged")]
    Damaged,
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes a body sealed for the holders of these keys. [`age::stream::StreamWriter::finish`] must be called at the end.
pub(super) fn seal<W: Write>(to: &[[u8; 32]], out: W) -> Result<age::stream::StreamWriter<W>, SealError> {
    let said = |error: &dyn std::fmt::Display| SealError::Recipients(error.to_string());
    let recipients: Vec<Recipient> = to.iter().map(recipient).collect::<Result<_, _>>()?;
    let sealing = Encryptor::with_recipients(recipients.iter().map(|recipient| recipient as &dyn age::Recipient));
    let sealing = sealing.map_err(|error: EncryptError| said(&error))?;
    Ok(sealing.wrap_output(out)?)
}

fn recipient(key: &[u8; 32]) -> Result<Recipient, SealError> {
    let said = |error: &dyn std::fmt::Display| SealError::Recipients(error.to_string());
    let text = bech32::encode::<Bech32>(Hrp::parse_unchecked("age"), key).map_err(|error| said(&error))?;
    text.parse().map_err(|error: &str| said(&error))
}

/// Opens a body that is sealed for this node.
pub(super) fn unseal<R: Read>(key: &NodeKey, from: R) -> Result<age::stream::StreamReader<impl BufRead>, UnsealError> {
    // The header is held in memory: one of any length could be made by whoever may seal for us.
    let mut from = BufReader::with_capacity(MAX_SEAL_HEADER_BYTES, from);
    let start = from.fill_buf()?;
    if start.len() > 4 && !start.windows(4).any(|window| window == b"\n---") && start.len() >= MAX_SEAL_HEADER_BYTES {
        return Err(UnsealError::Damaged);
    }
    let opening = Decryptor::new_buffered(from).map_err(refused)?;
    opening.decrypt(std::iter::once(&identity(key)? as &dyn age::Identity)).map_err(refused)
}

fn identity(key: &NodeKey) -> Result<Identity, UnsealError> {
    let secret = key.seal_secret();
    let encoded = bech32::encode_upper::<Bech32>(Hrp::parse_unchecked("AGE-SECRET-KEY-"), secret.as_slice()).map_err(|_| UnsealError::Damaged)?;
    let text = Zeroizing::new(encoded);
    text.parse().map_err(|_| UnsealError::Damaged)
}

fn refused(error: DecryptError) -> UnsealError {
    match error {
        DecryptError::NoMatchingKeys => UnsealError::NotForUs,
        DecryptError::Io(error) => UnsealError::Io(error),
        _ => UnsealError::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(to: &[&NodeKey], plain: &[u8]) -> Vec<u8> {
        let keys: Vec<[u8; 32]> = to.iter().map(|key| key.seal_public()).collect();
        let mut bytes = Vec::new();
        let mut writer = seal(&keys, &mut bytes).expect("it seals");
        writer.write_all(plain).expect("it writes");
        writer.finish().expect("it ends");
        bytes
    }

    fn opened(key: &NodeKey, bytes: &[u8]) -> Result<Vec<u8>, UnsealError> {
        let mut plain = Vec::new();
        unseal(key, bytes)?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn each_recipient_opens_it_and_nobody_else() {
        let keys: Vec<NodeKey> = (1..5).map(|byte| NodeKey::from_secret(&[byte; 32])).collect();
        let bytes = sealed(&[&keys[0], &keys[1], &keys[2]], b"words");
        for key in &keys[..3] {
            assert_eq!(opened(key, &bytes).expect("it is for it"), b"words");
        }
        assert!(matches!(opened(&keys[3], &bytes), Err(UnsealError::NotForUs)));
        assert!(bytes.len() < 100 * 3 + 512, "{} bytes for three", bytes.len());
    }

    #[test]
    fn what_is_cut_off_or_changed_does_not_pass_for_the_whole() {
        let key = NodeKey::from_secret(&[1; 32]);
        let plain = vec![7; 200_000];
        let bytes = sealed(&[&key], &plain);
        for end in (0..bytes.len()).step_by(9_973) {
            assert!(opened(&key, &bytes[..end]).is_err(), "cut off after {end} bytes");
        }
        for at in (0..bytes.len()).step_by(9_973) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(opened(&key, &changed).is_err(), "changed at {at}");
        }
        // Cut where a piece of the seal ends.
        let header = bytes.windows(4).position(|window| window == b"\n---").expect("a header");
        let body = bytes[header + 4..].iter().position(|byte| *byte == b'\n').expect("its end") + header + 5 + 16;
        assert!(opened(&key, &bytes[..body + 65_536 + 16]).is_err(), "a whole piece is not the whole");
    }

    #[test]
    fn a_header_without_an_end_is_refused() {
        let key = NodeKey::from_secret(&[1; 32]);
        let endless = [b"age-encryption.org/v1\n".to_vec(), b"-> X25519 aaaa\naaaa\n".repeat(100_000)].concat();
        assert!(matches!(opened(&key, &endless), Err(UnsealError::Damaged)));
    }
}
