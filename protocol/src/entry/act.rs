//! A control entry's body: an act of membership or rules, and the heads of the control graph that its author knew.
//!
//! Numbers 6 and up are kept for acts that come later (set rule, remove, demote, re-key, epoch key, checkpoint, fork evidence). Their bytes
//! are framed from version 1, so that this program stores what it does not know, stops folding there, and asks for an upgrade.

use crate::certificate::{CertificateError, NodeCertificate};
use crate::ids::{DocumentId, EntryHash, NodeId, SchoolId};
use crate::keys::{BadSignature, Purpose, SchoolKey, Signature};
use crate::limits::{MAX_CHAINS, MAX_CONTROL_BODY_BYTES, MAX_CONTROL_HEADS, MAX_NAME_BYTES, MAX_SCHOOLS};
use crate::seal::Sealed;
use crate::wire::{Reader, WireError, Writer};

use super::{Chain, ChainId, Position};

/// What a school may do in a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Reader,
    /// Reads, writes, makes documents.
    Member,
    /// All of that, and keeps the membership.
    Convenor,
}

impl Role {
    fn number(self) -> u8 {
        match self {
            Self::Reader => 0,
            Self::Member => 1,
            Self::Convenor => 2,
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        match reader.u8()? {
            0 => Ok(Self::Reader),
            1 => Ok(Self::Member),
            2 => Ok(Self::Convenor),
            _ => Err(WireError::NoSuchValue("a role")),
        }
    }

    /// Canonical byte.
    pub fn write(self, writer: &mut Writer) {
        writer.u8(self.number());
    }

    /// Reads the canonical byte.
    pub fn read_from(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Self::read(reader)
    }
}

/// Which schools may write a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteRule {
    /// The school that made it.
    Owner,
    /// Every member and convenor.
    Everyone,
    /// The owner and these schools, in order of id.
    Schools(Vec<SchoolId>),
}

/// The space's epoch key, sealed for one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// For whom.
    pub node: NodeId,
    /// The sealed key.
    pub sealed: Sealed,
}

/// The last entry of a chain that a narrowing act accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The last accepted position.
    pub position: Position,
    /// The entry that stands there.
    pub hash: EntryHash,
}

/// A school's word that a node of it is retired; entries of the node past the cuts do not count. A chain without a cut is cut at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retirement {
    /// The school whose root signed.
    pub school: SchoolId,
    /// The node.
    pub node: NodeId,
    /// The last accepted entry per chain.
    pub cuts: Vec<Cut>,
    signature: Signature,
}

/// The making of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentAct {
    /// Its id: [`DocumentId::of`] the space, the author of the act, and the nonce.
    pub document: DocumentId,
    /// Makes the id its own.
    pub nonce: [u8; 8],
    /// The number of its kind; unknown kinds are kept and synced all the same.
    pub kind: u64,
    /// The school that owns it.
    pub owner: SchoolId,
    /// Who may write.
    pub write_rule: WriteRule,
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Begins a space. The creator's school is its first convenor. `nonce` makes the space's id its own.
    CreateSpace {
        /// 32 random bytes.
        nonce: [u8; 32],
        /// The space's name.
        name: String,
        /// Whether it is one school's own.
        private: bool,
        /// The creator.
        certificate: NodeCertificate,
        /// The first epoch key, sealed for the creator.
        key: SealedKey,
    },
    /// Takes a school in, with its first node.
    AddSchool {
        /// What it may do.
        role: Role,
        /// Its first node.
        certificate: NodeCertificate,
        /// The epoch key for that node.
        key: SealedKey,
    },
    /// Takes in one more node of a member school.
    AddNode {
        /// The node.
        certificate: NodeCertificate,
        /// The epoch key for it.
        key: SealedKey,
    },
    /// Retires a node.
    RetireNode(Retirement),
    /// Makes a document.
    CreateDocument(DocumentAct),
    /// An act of a newer version: kept, not understood.
    Unknown {
        /// Its number.
        number: u64,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// Why a control entry's body is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// Its bytes are not an act.
    #[error("the act cannot be read: {0}")]
    Wire(#[from] WireError),
    /// A certificate in it is refused.
    #[error("{0}")]
    Certificate(#[from] CertificateError),
    /// A school's signature in it is refused.
    #[error("the school it names did not sign it")]
    Signature(#[from] BadSignature),
}

/// What a control entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlBody {
    /// Heads of the control graph as the author knew it, in order of hash; its own previous entry needs no naming.
    pub parents: Vec<EntryHash>,
    /// The act.
    pub act: Act,
}

impl Retirement {
    /// Signs a retirement with the school's key.
    pub fn issue(school: &SchoolKey, node: NodeId, cuts: Vec<Cut>) -> Self {
        let mut retirement = Self { school: school.id(), node, cuts, signature: Signature([0; 64]) };
        retirement.signature = school.sign(Purpose::Retirement, &retirement.signed_bytes());
        retirement
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.fixed(&self.school.0).fixed(&self.node.0).number(self.cuts.len() as u64);
        for cut in &self.cuts {
            writer.fixed(&cut.position.chain.node.0).u8(cut.position.chain.chain.number()).number(cut.position.seq).fixed(&cut.hash.0);
        }
        writer.finish()
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, ActError> {
        let (school, node) = (SchoolId(reader.array()?), NodeId(reader.array()?));
        let mut cuts = Vec::new();
        for _ in 0..reader.count(MAX_CHAINS)? {
            let node = NodeId(reader.array()?);
            let chain = Chain::from_number(reader.u8()?).ok_or(WireError::NoSuchValue("a chain"))?;
            let position = Position { chain: ChainId { node, chain }, seq: reader.number()? };
            cuts.push(Cut { position, hash: EntryHash(reader.array()?) });
        }
        let retirement = Self { school, node, cuts, signature: Signature(reader.array()?) };
        retirement.school.verify(Purpose::Retirement, &retirement.signed_bytes(), &retirement.signature)?;
        Ok(retirement)
    }
}

impl SealedKey {
    fn write(&self, writer: &mut Writer) {
        writer.fixed(&self.node.0).bytes(&self.sealed.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        // An epoch key of 32 bytes and what sealing adds.
        const BOUND: usize = 32 + crate::seal::SEAL_OVERHEAD_BYTES;
        Ok(Self { node: NodeId(reader.array()?), sealed: Sealed(reader.bytes(BOUND)?.to_vec()) })
    }
}

impl DocumentAct {
    fn write(&self, writer: &mut Writer) {
        writer.fixed(&self.document.0).fixed(&self.nonce).number(self.kind).fixed(&self.owner.0);
        match &self.write_rule {
            WriteRule::Owner => writer.u8(0),
            WriteRule::Everyone => writer.u8(1),
            WriteRule::Schools(schools) => {
                writer.u8(2).number(schools.len() as u64);
                for school in schools {
                    writer.fixed(&school.0);
                }
                writer
            }
        };
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let (document, nonce) = (DocumentId(reader.array()?), reader.array()?);
        let (kind, owner) = (reader.number()?, SchoolId(reader.array()?));
        let write_rule = match reader.u8()? {
            0 => WriteRule::Owner,
            1 => WriteRule::Everyone,
            2 => {
                let mut schools = Vec::new();
                for _ in 0..reader.count(MAX_SCHOOLS)? {
                    schools.push(SchoolId(reader.array()?));
                }
                if !schools.is_sorted() {
                    return Err(WireError::NotCanonical);
                }
                WriteRule::Schools(schools)
            }
            _ => return Err(WireError::NoSuchValue("a write rule")),
        };
        Ok(Self { document, nonce, kind, owner, write_rule })
    }
}

impl Act {
    fn number(&self) -> u64 {
        match self {
            Self::CreateSpace { .. } => 1,
            Self::AddSchool { .. } => 2,
            Self::AddNode { .. } => 3,
            Self::RetireNode(_) => 4,
            Self::CreateDocument(_) => 5,
            Self::Unknown { number, .. } => *number,
        }
    }

    fn payload(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        match self {
            Self::CreateSpace { nonce, name, private, certificate, key } => {
                writer.fixed(nonce).text(name).u8(u8::from(*private));
                certificate.write(&mut writer);
                key.write(&mut writer);
            }
            Self::AddSchool { role, certificate, key } => {
                role.write(&mut writer);
                certificate.write(&mut writer);
                key.write(&mut writer);
            }
            Self::AddNode { certificate, key } => {
                certificate.write(&mut writer);
                key.write(&mut writer);
            }
            Self::RetireNode(retirement) => {
                writer.fixed(&retirement.signed_bytes()).fixed(&retirement.signature.0);
            }
            Self::CreateDocument(act) => act.write(&mut writer),
            Self::Unknown { bytes, .. } => {
                writer.fixed(bytes);
            }
        }
        writer.finish()
    }

    fn read(number: u64, payload: &[u8]) -> Result<Self, ActError> {
        let mut reader = Reader::new(payload);
        let act = match number {
            1 => Self::CreateSpace {
                nonce: reader.array()?,
                name: reader.text(MAX_NAME_BYTES)?.to_owned(),
                private: match reader.u8()? {
                    0 => false,
                    1 => true,
                    _ => return Err(WireError::NoSuchValue("a yes or no").into()),
                },
                certificate: NodeCertificate::read(&mut reader)?,
                key: SealedKey::read(&mut reader)?,
            },
            2 => Self::AddSchool {
                role: Role::read(&mut reader)?,
                certificate: NodeCertificate::read(&mut reader)?,
                key: SealedKey::read(&mut reader)?,
            },
            3 => Self::AddNode { certificate: NodeCertificate::read(&mut reader)?, key: SealedKey::read(&mut reader)? },
            4 => Self::RetireNode(Retirement::read(&mut reader)?),
            5 => Self::CreateDocument(DocumentAct::read(&mut reader)?),
            number => Self::Unknown { number, bytes: reader.rest().to_vec() },
        };
        reader.end()?;
        Ok(act)
    }
}

impl ControlBody {
    /// How many parents a body with this act may name, so that it is no longer than a body may be; `None`: the act alone is too long.
    pub fn room_for_parents(act: &Act) -> Option<usize> {
        // Version, two numbers of at most three bytes for parents and length, and the act's number.
        let envelope = 1 + 3 + 3 + 10;
        let left = MAX_CONTROL_BODY_BYTES.checked_sub(act.payload().len() + envelope)?;
        Some((left / 32).min(MAX_CONTROL_HEADS))
    }

    /// Canonical bytes: what the entry's hash is computed over.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(1).number(self.parents.len() as u64);
        for parent in &self.parents {
            writer.fixed(&parent.0);
        }
        writer.number(self.act.number()).bytes(&self.act.payload());
        writer.finish()
    }

    /// Reads canonical bytes; every certificate and school's signature in a body that is returned has been checked.
    pub fn decode(bytes: &[u8]) -> Result<Self, ActError> {
        if bytes.len() > MAX_CONTROL_BODY_BYTES {
            return Err(WireError::TooLong { length: bytes.len() as u64, bound: MAX_CONTROL_BODY_BYTES }.into());
        }
        let mut reader = Reader::new(bytes);
        reader.version(1)?;
        let mut parents = Vec::new();
        for _ in 0..reader.count(MAX_CONTROL_HEADS)? {
            parents.push(EntryHash(reader.array()?));
        }
        if !parents.is_sorted() {
            return Err(WireError::NotCanonical.into());
        }
        let number = reader.number()?;
        let act = Act::read(number, reader.bytes(MAX_CONTROL_BODY_BYTES)?)?;
        reader.end()?;
        Ok(Self { parents, act })
    }
}
