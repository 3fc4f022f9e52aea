//! What makes a machine a node of a school: a certificate signed by the school's root key.

use crate::ids::{NodeId, SchoolId};
use crate::keys::{BadSignature, NodeKey, Purpose, SchoolKey, Signature};
use crate::limits::MAX_NAME_BYTES;
use crate::wire::{Reader, WireError, Writer};

/// A node's certificate: says which school it is of and with which key things are sealed for it. Signed by the school's root, and by the node:
/// a school can claim no node that is not its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeCertificate {
    /// The school that vouches.
    pub school: SchoolId,
    /// The school's name, as the school writes it.
    pub school_name: String,
    /// The node's Ed25519 key.
    pub node: NodeId,
    /// The node's X25519 key.
    pub seal: [u8; 32],
    /// The node's name ("office PC").
    pub node_name: String,
    signature: Signature,
    consent: Signature,
}

/// Why a certificate is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Its bytes are not a certificate.
    #[error("the certificate cannot be read: {0}")]
    Wire(#[from] WireError),
    /// The school's key or the node's did not sign it.
    #[error("the certificate is not signed by the school and the node that it names")]
    Signature(#[from] BadSignature),
}

impl NodeCertificate {
    /// Signs a certificate for `node` with the school's key. Names longer than [`MAX_NAME_BYTES`] are cut at a character.
    pub fn issue(school: &SchoolKey, school_name: &str, node: &NodeKey, node_name: &str) -> Self {
        let mut certificate = Self {
            school: school.id(),
            school_name: clip(school_name),
            node: node.id(),
            seal: node.seal_public(),
            node_name: clip(node_name),
            signature: Signature([0; 64]),
            consent: Signature([0; 64]),
        };
        let bytes = certificate.signed_bytes();
        certificate.signature = school.sign(Purpose::Certificate, &bytes);
        certificate.consent = node.sign(Purpose::Certificate, &bytes);
        certificate
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.fixed(&self.school.0).fixed(&self.node.0).fixed(&self.seal).text(&self.school_name).text(&self.node_name);
        writer.finish()
    }

    /// Canonical bytes.
    pub fn write(&self, writer: &mut Writer) {
        writer.fixed(&self.signed_bytes()).fixed(&self.signature.0).fixed(&self.consent.0);
    }

    /// Reads and checks a certificate: one that is returned is signed by the school and by the node that it names.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, CertificateError> {
        let certificate = Self {
            school: SchoolId(reader.array()?),
            node: NodeId(reader.array()?),
            seal: reader.array()?,
            school_name: reader.text(MAX_NAME_BYTES)?.to_owned(),
            node_name: reader.text(MAX_NAME_BYTES)?.to_owned(),
            signature: Signature(reader.array()?),
            consent: Signature(reader.array()?),
        };
        let bytes = certificate.signed_bytes();
        certificate.school.verify(Purpose::Certificate, &bytes, &certificate.signature)?;
        certificate.node.verify(Purpose::Certificate, &bytes, &certificate.consent)?;
        Ok(certificate)
    }
}

/// Cuts a name at a character boundary so that it fits [`MAX_NAME_BYTES`].
pub fn clip(name: &str) -> String {
    let mut end = name.len().min(MAX_NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_of_another_school_is_refused() {
        let (school, other) = (SchoolKey::from_secret(&[1; 32]), SchoolKey::from_secret(&[2; 32]));
        let certificate = NodeCertificate::issue(&school, "«Бірлік» мектебі", &NodeKey::from_secret(&[3; 32]), "кеңсе");
        let mut writer = Writer::new();
        certificate.write(&mut writer);
        let bytes = writer.finish();
        assert_eq!(NodeCertificate::read(&mut Reader::new(&bytes)), Ok(certificate.clone()));

        let mut forged = certificate.clone();
        forged.school = other.id();
        assert!(reads_back(&forged).is_err(), "the other school did not sign it");
        forged.signature = other.sign(Purpose::Certificate, &forged.signed_bytes());
        assert!(reads_back(&forged).is_err(), "the node did not say that it is of the other school");
    }

    fn reads_back(certificate: &NodeCertificate) -> Result<NodeCertificate, CertificateError> {
        let mut writer = Writer::new();
        certificate.write(&mut writer);
        NodeCertificate::read(&mut Reader::new(&writer.finish()))
    }

    #[test]
    fn a_long_name_is_cut_at_a_character() {
        let name = "ә".repeat(MAX_NAME_BYTES);
        assert!(clip(&name).len() <= MAX_NAME_BYTES);
    }
}
