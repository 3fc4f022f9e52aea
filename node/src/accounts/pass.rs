//! Passes: one person is the same at every computer of the school.
//!
//! Accounts are those of one computer. A pass, signed by the computer where somebody has an account, says who they are; an account made with it at
//! another computer of the school has the same id. So documents that name the person name them there too, and what is for them alone is theirs there.
//! It opens nothing by itself: whoever makes an account with it needs what anybody needs who makes one, the code of the first start or a director.

use data_encoding::BASE64URL_NOPAD;
use jeli_protocol::certificate::NodeCertificate;
use jeli_protocol::ids::PersonId;
use jeli_protocol::keys::{NodeKey, Purpose, Signature};
use jeli_protocol::wire::{Reader, Writer};

use super::sessions::millis;
use crate::limits::{MAX_PASS_CHARS, PASS_LASTS};

/// The form of a pass, its first byte.
const VERSION: u8 = 1;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    #[error("this is no pass, or a part of it is missing or was changed")]
    Unreadable,
    #[error("the pass is of another school: {school}")]
    OtherSchool { school: String },
    #[error("the pass was good for a week, which is over; take a new one")]
    Expired,
}

/// Writes and reads the passes of one school.
pub struct Passes {
    key: NodeKey,
    certificate: NodeCertificate,
}

impl Passes {
    /// Of the node with this key and its certificate.
    pub fn new(key: NodeKey, certificate: NodeCertificate) -> Self {
        Self { key, certificate }
    }

    /// The pass of a person who has an account here, as text, and when it ends (unix ms).
    pub fn issue(&self, person: PersonId, now_ms: i64) -> (String, i64) {
        let until_ms = now_ms.saturating_add(millis(PASS_LASTS));
        let mut writer = Writer::new();
        writer.u8(VERSION).fixed(&person.0).number(u64::try_from(until_ms).unwrap_or(0));
        self.certificate.write(&mut writer);
        let mut bytes = writer.finish();
        let signature = self.key.sign(Purpose::Pass, &bytes);
        bytes.extend_from_slice(&signature.0);
        (BASE64URL_NOPAD.encode(&bytes), until_ms)
    }

    /// Whose pass this is: signed by a computer of this school, and good now.
    pub fn read(&self, text: &str, now_ms: i64) -> Result<PersonId, PassError> {
        if text.len() > MAX_PASS_CHARS {
            return Err(PassError::Unreadable);
        }
        let bytes = BASE64URL_NOPAD.decode(text.trim().as_bytes()).map_err(|_| PassError::Unreadable)?;
        let (signed, signature) = bytes.split_last_chunk::<64>().ok_or(PassError::Unreadable)?;
        let (person, until_ms, certificate) = Self::said(signed).ok_or(PassError::Unreadable)?;
        certificate.node.verify(Purpose::Pass, signed, &Signature(*signature)).map_err(|_| PassError::Unreadable)?;
        if certificate.school != self.certificate.school {
            return Err(PassError::OtherSchool { school: certificate.school_name });
        }
        if u64::try_from(now_ms).unwrap_or(0) >= until_ms {
            return Err(PassError::Expired);
        }
        Ok(person)
    }

    fn said(signed: &[u8]) -> Option<(PersonId, u64, NodeCertificate)> {
        let mut reader = Reader::new(signed);
        if reader.u8().ok()? != VERSION {
            return None;
        }
        let said = (PersonId(reader.array().ok()?), reader.number().ok()?, NodeCertificate::read(&mut reader).ok()?);
        reader.end().ok()?;
        Some(said)
    }
}

#[cfg(test)]
mod tests {
    use jeli_protocol::keys::SchoolKey;

    use super::*;

    const PERSON: PersonId = PersonId([9; 16]);
    const WEEK_MS: i64 = 7 * 24 * 3_600_000;

    fn computer(school: u8, node: u8) -> Passes {
        let (school, key) = (SchoolKey::from_secret(&[school; 32]), NodeKey::from_secret(&[node; 32]));
        let certificate = NodeCertificate::issue(&school, "№12 мектеп", &key, "ноутбук");
        Passes::new(key, certificate)
    }

    #[test]
    fn another_computer_of_the_school_takes_it_for_a_week_and_another_school_does_not() {
        let (pass, until) = computer(1, 2).issue(PERSON, 1_000);
        assert_eq!(until, 1_000 + WEEK_MS);
        assert_eq!(computer(1, 3).read(&format!(" {pass}\n"), until - 1), Ok(PERSON));
        assert_eq!(computer(1, 3).read(&pass, until), Err(PassError::Expired));
        assert_eq!(computer(4, 5).read(&pass, 1_000), Err(PassError::OtherSchool { school: "№12 мектеп".to_owned() }));
    }

    #[test]
    fn a_pass_that_was_changed_anywhere_is_none() {
        let (pass, _) = computer(1, 2).issue(PERSON, 0);
        let bytes = BASE64URL_NOPAD.decode(pass.as_bytes()).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(computer(1, 3).read(&BASE64URL_NOPAD.encode(&changed), 1), Err(PassError::Unreadable), "byte {at}");
        }
        for cut in 0..bytes.len() {
            assert_eq!(computer(1, 3).read(&BASE64URL_NOPAD.encode(&bytes[..cut]), 1), Err(PassError::Unreadable));
        }
        for wrong in ["", "жоқ", "{}", &"A".repeat(MAX_PASS_CHARS + 1)] {
            assert_eq!(computer(1, 3).read(wrong, 1), Err(PassError::Unreadable));
        }
    }

    #[test]
    fn nobody_writes_a_pass_with_the_certificate_of_a_computer_that_is_not_theirs() {
        let honest = computer(1, 2);
        let forger = Passes::new(NodeKey::from_secret(&[7; 32]), honest.certificate.clone());
        assert_eq!(computer(1, 3).read(&forger.issue(PERSON, 0).0, 1), Err(PassError::Unreadable));
    }
}
