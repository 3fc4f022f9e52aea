//! Joining: an invitation (ticket), a request, a welcome. Each is bytes, so that they travel by stream, by file or as a QR alike.

use crate::announce::EpochKey;
use crate::certificate::{CertificateError, NodeCertificate};
use crate::entry::SealedKey;
use crate::ids::{NodeId, SpaceId};
use crate::keys::{BadSignature, NodeKey, Purpose, Signature};
use crate::limits::{MAX_INVITATION_BYTES, MAX_NAME_BYTES, WIRE_VERSION};
use crate::seal::{self, NotForUs, Sealed};
use crate::wire::{Reader, WireError, Writer};

/// What a ticket begins with, in text.
pub const TICKET_PREFIX: &str = "jeli1";

/// Addresses that a ticket or welcome carries; more would not fit a QR.
const MAX_ADDRESSES: usize = 8;

/// Bytes of one address in text.
const MAX_ADDRESS_BYTES: usize = 256;

/// Characters of a ticket in text: names, addresses and keys with room.
const MAX_TICKET_CHARS: usize = 8 * 1024;

/// An invitation as its giver remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct InvitationId(pub [u8; 16]);

/// An invitation for one school to one space. Whoever holds it can join once.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The space.
    pub space: SpaceId,
    /// Its name, to show before joining.
    pub space_name: String,
    /// The node that invites.
    pub inviter: NodeId,
    /// Where that node was reached last: multiaddresses.
    pub addresses: Vec<String>,
    /// The 16 secret bytes that make this invitation its own.
    pub secret: [u8; 16],
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ticket({:?} by {:?})", self.space, self.inviter)
    }
}

/// Why a text is not a ticket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// It does not begin as one.
    #[error("an invitation begins with {TICKET_PREFIX}")]
    NotATicket,
    /// It is mistyped or cut: the checksum does not fit.
    #[error("the invitation is mistyped or incomplete")]
    Damaged,
    /// It was made by a newer program.
    #[error("the invitation was made by a newer version of jeli")]
    Newer,
}

fn secret_id(secret: &[u8; 16]) -> InvitationId {
    let mut id = [0; 16];
    blake3::Hasher::new_derive_key("jeli 2026 invitation id").update(secret).finalize_xof().fill(&mut id);
    InvitationId(id)
}

impl Ticket {
    /// The id under which the giver keeps it; does not reveal the secret.
    pub fn id(&self) -> InvitationId {
        secret_id(&self.secret)
    }

    /// The ticket as text: [`TICKET_PREFIX`], then base32 in lower case; fits a QR in alphanumeric mode when written in capitals.
    pub fn to_text(&self) -> String {
        let mut writer = Writer::new();
        writer.u8(WIRE_VERSION).fixed(&self.space.0).fixed(&self.inviter.0).fixed(&self.secret).text(&self.space_name);
        write_addresses(&self.addresses, &mut writer);
        let mut bytes = writer.finish();
        let check = blake3::hash(&bytes);
        bytes.extend_from_slice(&check.as_bytes()[..4]);
        format!("{TICKET_PREFIX}{}", data_encoding::BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())
    }

    /// Reads a ticket from text; spaces and line breaks, which messengers put in, do not matter, nor do capitals.
    pub fn from_text(text: &str) -> Result<Self, TicketError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).take(MAX_TICKET_CHARS).collect::<String>().to_ascii_lowercase();
        let body = text.strip_prefix(TICKET_PREFIX).ok_or(TicketError::NotATicket)?;
        let bytes = data_encoding::BASE32_NOPAD.decode(body.to_ascii_uppercase().as_bytes()).map_err(|_| TicketError::Damaged)?;
        let (bytes, check) = bytes.split_last_chunk::<4>().ok_or(TicketError::Damaged)?;
        if blake3::hash(bytes).as_bytes()[..4] != check[..] {
            return Err(TicketError::Damaged);
        }
        Self::read(bytes).map_err(|error| match error {
            WireError::UnknownVersion(_) => TicketError::Newer,
            _ => TicketError::Damaged,
        })
    }

    fn read(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        reader.version(WIRE_VERSION)?;
        let ticket = Self {
            space: SpaceId(reader.array()?),
            inviter: NodeId(reader.array()?),
            secret: reader.array()?,
            space_name: reader.text(MAX_NAME_BYTES)?.to_owned(),
            addresses: read_addresses(&mut reader)?,
        };
        reader.end()?;
        Ok(ticket)
    }
}

fn write_addresses(addresses: &[String], writer: &mut Writer) {
    let addresses: Vec<_> = addresses.iter().filter(|address| address.len() <= MAX_ADDRESS_BYTES).take(MAX_ADDRESSES).collect();
    writer.number(addresses.len() as u64);
    for address in addresses {
        writer.text(address);
    }
}

fn read_addresses(reader: &mut Reader<'_>) -> Result<Vec<String>, WireError> {
    let mut addresses = Vec::new();
    for _ in 0..reader.count(MAX_ADDRESSES)? {
        addresses.push(reader.text(MAX_ADDRESS_BYTES)?.to_owned());
    }
    Ok(addresses)
}

/// A school's request to join with a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// The space that it means to join.
    pub space: SpaceId,
    /// The invitation that it holds.
    pub invitation: InvitationId,
    /// The node that joins, vouched for by its school.
    pub certificate: NodeCertificate,
    mac: [u8; 32],
    signature: Signature,
}

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It cannot be read.
    #[error("the request cannot be read: {0}")]
    Wire(#[from] WireError),
    /// Its certificate is refused.
    #[error("{0}")]
    Certificate(#[from] CertificateError),
    /// The node did not sign it.
    #[error("the node that asks did not sign the request")]
    Signature(#[from] BadSignature),
}

impl JoinRequest {
    /// Makes the request of the node that `certificate` names.
    pub fn new(ticket: &Ticket, certificate: NodeCertificate, key: &NodeKey) -> Self {
        let mut request = Self { space: ticket.space, invitation: ticket.id(), certificate, mac: [0; 32], signature: Signature([0; 64]) };
        request.mac = invitation_mac(&ticket.secret, &request.asked_bytes());
        request.signature = key.sign(Purpose::Join, &[request.asked_bytes(), request.mac.to_vec()].concat());
        request
    }

    fn asked_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(WIRE_VERSION).fixed(&self.space.0).fixed(&self.invitation.0);
        self.certificate.write(&mut writer);
        writer.finish()
    }

    /// Canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        [self.asked_bytes(), self.mac.to_vec(), self.signature.0.to_vec()].concat()
    }

    /// Reads a request; one that is returned is signed by the node that asks, which its school vouches for.
    pub fn decode(bytes: &[u8]) -> Result<Self, RequestError> {
        let mut reader = Reader::new(bytes);
        reader.version(WIRE_VERSION)?;
        let request = Self {
            space: SpaceId(reader.array()?),
            invitation: InvitationId(reader.array()?),
            certificate: NodeCertificate::read(&mut reader)?,
            mac: reader.array()?,
            signature: Signature(reader.array()?),
        };
        reader.end()?;
        let signed = [request.asked_bytes(), request.mac.to_vec()].concat();
        request.certificate.node.verify(Purpose::Join, &signed, &request.signature)?;
        Ok(request)
    }

    /// Whether the asker holds the secret of the ticket.
    pub fn proves(&self, secret: &[u8; 16]) -> bool {
        // blake3::Hash compares in constant time.
        secret_id(secret) == self.invitation && blake3::Hash::from(self.mac) == blake3::Hash::from(invitation_mac(secret, &self.asked_bytes()))
    }
}

fn invitation_mac(secret: &[u8; 16], bytes: &[u8]) -> [u8; 32] {
    *blake3::keyed_hash(&blake3::derive_key("jeli 2026 invitation proof", secret), bytes).as_bytes()
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinAnswer {
    /// Welcome: the epoch key, sealed for the node that asked.
    Welcome(SealedKey),
    /// No invitation with this id was given here, or the proof does not fit.
    UnknownInvitation,
    /// Somebody else has joined with it.
    Spent,
    /// The invitation is for another space.
    AnotherSpace,
    /// This node may not take schools in (any more).
    NotAConvenor,
    /// The space is another school's own; only computers of that school join it.
    AnotherSchoolsOwn,
}

impl JoinAnswer {
    /// Canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(WIRE_VERSION);
        match self {
            Self::Welcome(key) => {
                writer.u8(0).fixed(&key.node.0).bytes(&key.sealed.0);
            }
            Self::UnknownInvitation => {
                writer.u8(1);
            }
            Self::Spent => {
                writer.u8(2);
            }
            Self::AnotherSpace => {
                writer.u8(3);
            }
            Self::NotAConvenor => {
                writer.u8(4);
            }
            Self::AnotherSchoolsOwn => {
                writer.u8(5);
            }
        }
        writer.finish()
    }

    /// Reads an answer.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        reader.version(WIRE_VERSION)?;
        let answer = match reader.u8()? {
            0 => Self::Welcome(SealedKey { node: NodeId(reader.array()?), sealed: Sealed(reader.bytes(MAX_INVITATION_BYTES)?.to_vec()) }),
            1 => Self::UnknownInvitation,
            2 => Self::Spent,
            3 => Self::AnotherSpace,
            4 => Self::NotAConvenor,
            5 => Self::AnotherSchoolsOwn,
            _ => return Err(WireError::NoSuchValue("an answer to a request")),
        };
        reader.end()?;
        Ok(answer)
    }
}

/// Opens a sealed epoch key of a space.
pub fn open_epoch_key(node: &NodeKey, space: &SpaceId, key: &SealedKey) -> Result<EpochKey, NotForUs> {
    let secret = seal::open_for_node(node, &space.0, &key.sealed)?;
    <[u8; 32]>::try_from(secret.as_slice()).map(EpochKey::new).map_err(|_| NotForUs)
}

/// Seals a space's epoch key for a node.
pub fn seal_epoch_key(
    key: &EpochKey,
    space_context: &[u8],
    node: NodeId,
    seal_public: &[u8; 32],
    rng: &mut impl rand_core::CryptoRng,
) -> Result<SealedKey, NotForUs> {
    Ok(SealedKey { node, sealed: seal::seal_for_node(seal_public, space_context, key.secret(), rng)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SchoolKey;

    fn ticket() -> Ticket {
        Ticket {
            space: SpaceId([1; 32]),
            space_name: "Алты мектеп желісі".into(),
            inviter: NodeKey::from_secret(&[2; 32]).id(),
            addresses: vec!["/ip4/127.0.0.1/tcp/4001".into()],
            secret: [3; 16],
        }
    }

    #[test]
    fn a_ticket_survives_a_messenger_and_a_mistyped_one_is_told_apart() {
        let text = ticket().to_text();
        assert_eq!(Ticket::from_text(&text), Ok(ticket()));
        let broken_lines: String =
            text.to_uppercase().chars().enumerate().flat_map(|(i, c)| if i % 40 == 39 { vec!['\n', c] } else { vec![c] }).collect();
        assert_eq!(Ticket::from_text(&broken_lines), Ok(ticket()));
        assert_eq!(Ticket::from_text(&text[..text.len() - 3]), Err(TicketError::Damaged));
        assert_eq!(Ticket::from_text("https://example.kz"), Err(TicketError::NotATicket));
    }

    #[test]
    fn a_request_proves_its_ticket_and_no_other() {
        let key = NodeKey::from_secret(&[5; 32]);
        let certificate = NodeCertificate::issue(&SchoolKey::from_secret(&[4; 32]), "Бірлік", &key, "кеңсе");
        let request = JoinRequest::new(&ticket(), certificate, &key);
        let read = JoinRequest::decode(&request.encode()).unwrap();
        assert!(read.proves(&[3; 16]));
        assert!(!read.proves(&[9; 16]));
        let mut bytes = request.encode();
        bytes[40] ^= 1;
        assert!(JoinRequest::decode(&bytes).is_err());
    }
}
