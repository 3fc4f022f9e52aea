//! Messages of the automerge-repo WebSocket protocol, version 1, as CBOR.
//!
//! Source: `packages/automerge-repo-network-websocket/README.md` of automerge-repo and its TypeScript, where the two differ the
//! TypeScript (the metadata is called `peerMetadata`). Decoding keeps nothing that it does not need: an unknown field costs no memory,
//! whatever its size or depth.

use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::limits::MAX_PEER_ID_BYTES;

/// The only version there is.
pub const PROTOCOL_VERSION: &str = "1";

/// A message from a tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromTab {
    Join { sender: String, versions: Versions },
    Leave,
    /// `first` tells a `request` (which wants to hear "unavailable") from a `sync`.
    Sync { first: FirstAsk, document: String, data: Vec<u8> },
    Unavailable { document: String },
    Ephemeral { document: String, session: String, count: u64, data: Vec<u8> },
    Error { message: String },
    /// Remote heads: understood and not needed, the node reports its own heads by itself.
    RemoteHeads,
    /// A type of a later version; skipped.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstAsk {
    Request,
    Sync,
}

/// Why bytes from a tab are no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("not a CBOR message of this protocol")]
    NotCbor,
    #[error("the message has no field `{0}`")]
    Missing(&'static str),
    #[error("the field `{0}` is too long")]
    TooLong(&'static str),
}

impl FromTab {
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let raw: RawMessage = ciborium::from_reader(bytes).map_err(|_| WireError::NotCbor)?;
        let document = |id: Option<String>| named("documentId", id);
        Ok(match raw.kind.as_str() {
            "join" => Self::Join { sender: named("senderId", raw.sender_id)?, versions: raw.versions.unwrap_or(Versions::Unsaid) },
            "leave" => Self::Leave,
            "request" | "sync" => Self::Sync {
                first: if raw.kind == "request" { FirstAsk::Request } else { FirstAsk::Sync },
                document: document(raw.document_id)?,
                data: raw.data.ok_or(WireError::Missing("data"))?.0,
            },
            "doc-unavailable" => Self::Unavailable { document: document(raw.document_id)? },
            "ephemeral" => Self::Ephemeral {
                document: document(raw.document_id)?,
                session: named("sessionId", raw.session_id)?,
                count: raw.count.ok_or(WireError::Missing("count"))?.0,
                data: raw.data.ok_or(WireError::Missing("data"))?.0,
            },
            "error" => Self::Error { message: raw.message.unwrap_or_default().chars().take(200).collect() },
            "remote-subscription-change" | "remote-heads-changed" => Self::RemoteHeads,
            _ => Self::Unknown,
        })
    }
}

fn named(field: &'static str, value: Option<String>) -> Result<String, WireError> {
    let value = value.ok_or(WireError::Missing(field))?;
    if value.len() > MAX_PEER_ID_BYTES {
        return Err(WireError::TooLong(field));
    }
    Ok(value)
}

/// What the tab says it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// Version 1 is among them.
    WithOurs,
    /// It is not.
    Others,
    /// The oldest clients say nothing and mean version 1.
    Unsaid,
}

/// A message to a tab, in the field order of the official encoder.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type")]
pub enum ToTab<'a> {
    #[serde(rename = "peer")]
    Peer {
        #[serde(rename = "senderId")]
        sender: &'a str,
        #[serde(rename = "peerMetadata")]
        metadata: PeerMetadata<'a>,
        #[serde(rename = "selectedProtocolVersion")]
        version: &'a str,
        #[serde(rename = "targetId")]
        target: &'a str,
    },
    #[serde(rename = "error")]
    Error {
        #[serde(rename = "senderId")]
        sender: &'a str,
        message: &'a str,
        #[serde(rename = "targetId")]
        target: &'a str,
    },
    #[serde(rename = "sync")]
    Sync {
        #[serde(rename = "targetId")]
        target: &'a str,
        data: Bytes,
        #[serde(rename = "documentId")]
        document: String,
        #[serde(rename = "senderId")]
        sender: &'a str,
    },
    #[serde(rename = "doc-unavailable")]
    Unavailable {
        #[serde(rename = "documentId")]
        document: String,
        #[serde(rename = "targetId")]
        target: &'a str,
        #[serde(rename = "senderId")]
        sender: &'a str,
    },
    #[serde(rename = "ephemeral")]
    Ephemeral {
        #[serde(rename = "targetId")]
        target: &'a str,
        #[serde(rename = "documentId")]
        document: String,
        data: Bytes,
        count: u64,
        #[serde(rename = "sessionId")]
        session: &'a str,
        #[serde(rename = "senderId")]
        sender: &'a str,
    },
}

#[derive(Debug, Clone, Serialize)]
pub struct PeerMetadata<'a> {
    /// Names the node's store: heads that the sync protocol reports for it are on disk.
    #[serde(rename = "storageId")]
    pub storage: &'a str,
    #[serde(rename = "isEphemeral")]
    pub is_ephemeral: bool,
}

impl ToTab<'_> {
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory does not fail, and none of the fields can refuse to be written.
        if ciborium::into_writer(self, &mut bytes).is_err() {
            bytes.clear();
        }
        bytes
    }
}

#[derive(Deserialize)]
struct RawMessage {
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "senderId", default)]
    sender_id: Option<String>,
    #[serde(rename = "documentId", default)]
    document_id: Option<String>,
    #[serde(rename = "sessionId", default)]
    session_id: Option<String>,
    #[serde(default)]
    count: Option<Count>,
    #[serde(default)]
    message: Option<String>,
    #[serde(rename = "supportedProtocolVersions", default)]
    versions: Option<Versions>,
    #[serde(default)]
    data: Option<Bytes>,
}

/// A CBOR byte string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByteVisitor;
        impl Visitor<'_> for ByteVisitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a byte string")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_byte_buf(ByteVisitor)
    }
}

/// A whole number; JavaScript writes large ones as floats.
struct Count(u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CountVisitor;
        impl Visitor<'_> for CountVisitor {
            type Value = Count;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }
            fn visit_u64<E: de::Error>(self, count: u64) -> Result<Count, E> {
                Ok(Count(count))
            }
            fn visit_f64<E: de::Error>(self, count: f64) -> Result<Count, E> {
                const EXACT: f64 = (1_u64 << 53) as f64;
                if count.fract() != 0.0 || !(0.0..=EXACT).contains(&count) {
                    return Err(E::custom("not a whole number"));
                }
                Ok(Count(count as u64))
            }
        }
        deserializer.deserialize_any(CountVisitor)
    }
}

impl<'de> Deserialize<'de> for Versions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct VersionsVisitor;
        impl<'de> Visitor<'de> for VersionsVisitor {
            type Value = Versions;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of versions")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Versions, A::Error> {
                let mut found = Versions::Others;
                while let Some(version) = seq.next_element::<VersionText>()? {
                    if version == VersionText::Ours {
                        found = Versions::WithOurs;
                    }
                }
                Ok(found)
            }
        }
        deserializer.deserialize_seq(VersionsVisitor)
    }
}

#[derive(PartialEq)]
enum VersionText {
    Ours,
    Other,
}

impl<'de> Deserialize<'de> for VersionText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = VersionText;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a version")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<VersionText, E> {
                Ok(if text == PROTOCOL_VERSION { VersionText::Ours } else { VersionText::Other })
            }
            fn visit_u64<E: de::Error>(self, _: u64) -> Result<VersionText, E> {
                Ok(VersionText::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<VersionText, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(VersionText::Other)
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}
