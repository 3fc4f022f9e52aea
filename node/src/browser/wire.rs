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
    Join {
        sender: String,
        versions: Versions,
    },
    Leave,
    /// `first` tells a `request` (which wants to hear "unavailable") from a `sync`.
    Sync {
        first: FirstAsk,
        document: String,
        data: Vec<u8>,
    },
    Unavailable {
        document: String,
    },
    Ephemeral {
        document: String,
        session: String,
        count: u64,
        data: Vec<u8>,
    },
    Error {
        message: String,
    },
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// What the official encoder made (`tests/interop/make-fixtures.mjs`).
    fn official(name: &str) -> Vec<u8> {
        #[derive(Deserialize)]
        struct Fixtures {
            messages: BTreeMap<String, String>,
        }
        let fixtures: Fixtures = serde_json::from_str(include_str!("fixtures.json")).unwrap();
        let hex = fixtures.messages[name].replace("<07*70000>", &"07".repeat(70_000));
        data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()
    }

    const DOCUMENT: &str = "4NMNnkMhL8jXrdJ9jamS58PAVdXu";
    const DATA: [u8; 8] = [0x42, 0, 0, 0, 0, 2, 2, 0x80];

    #[test]
    fn every_message_of_the_official_encoder_reads_as_what_it_is() {
        let join = |versions| FromTab::Join { sender: "tab".into(), versions };
        let ephemeral = |count| FromTab::Ephemeral { document: DOCUMENT.into(), session: "s".into(), count, data: vec![0xa0] };
        let sync = |first, data| FromTab::Sync { first, document: DOCUMENT.into(), data };
        for (name, expected) in [
            ("join", join(Versions::WithOurs)),
            ("join_with_storage", join(Versions::WithOurs)),
            ("join_of_others", join(Versions::Others)),
            ("join_unsaid", join(Versions::Unsaid)),
            ("leave", FromTab::Leave),
            ("request", sync(FirstAsk::Request, DATA.to_vec())),
            ("sync", sync(FirstAsk::Sync, DATA.to_vec())),
            ("sync_large", sync(FirstAsk::Sync, vec![7; 70_000])),
            ("unavailable", FromTab::Unavailable { document: DOCUMENT.into() }),
            ("ephemeral", ephemeral(3)),
            ("ephemeral_large_count", ephemeral(1 << 40)),
            ("error", FromTab::Error { message: "no".into() }),
            ("remote_subscription", FromTab::RemoteHeads),
            ("remote_heads", FromTab::RemoteHeads),
            ("later_version", FromTab::Unknown),
        ] {
            assert_eq!(FromTab::decode(&official(name)), Ok(expected), "{name}");
        }
    }

    #[test]
    fn what_we_write_holds_the_same_fields_as_what_the_official_encoder_writes() {
        let read = |bytes: &[u8]| -> BTreeMap<String, String> {
            let ciborium::Value::Map(map) = ciborium::from_reader(bytes).unwrap() else { panic!("a message is a map") };
            map.into_iter().map(|(key, value)| (key.into_text().unwrap(), format!("{value:?}"))).collect()
        };
        let sync = ToTab::Sync { target: "node", data: Bytes(DATA.to_vec()), document: DOCUMENT.into(), sender: "tab" };
        assert_eq!(read(&sync.encode()), read(&official("sync")));
        let unavailable = ToTab::Unavailable { document: DOCUMENT.into(), target: "node", sender: "tab" };
        assert_eq!(read(&unavailable.encode()), read(&official("unavailable")));
        let ephemeral =
            ToTab::Ephemeral { target: "node", document: DOCUMENT.into(), data: Bytes(vec![0xa0]), count: 3, session: "s", sender: "tab" };
        assert_eq!(read(&ephemeral.encode()), read(&official("ephemeral")));
        let error = ToTab::Error { sender: "tab", message: "no", target: "node" };
        assert_eq!(read(&error.encode()), read(&official("error")));
    }

    #[test]
    fn a_message_cut_anywhere_is_refused_without_a_panic() {
        for name in ["join", "sync", "ephemeral", "remote_heads"] {
            let whole = official(name);
            for end in 0..whole.len() {
                assert!(FromTab::decode(&whole[..end]).is_err(), "{name} cut at {end}");
            }
        }
    }

    #[test]
    fn names_longer_than_the_bound_and_missing_fields_are_refused() {
        let long = "x".repeat(MAX_PEER_ID_BYTES + 1);
        let mut bytes = Vec::new();
        ciborium::into_writer(&BTreeMap::from([("type", "join"), ("senderId", long.as_str())]), &mut bytes).unwrap();
        assert_eq!(FromTab::decode(&bytes), Err(WireError::TooLong("senderId")));
        let mut bytes = Vec::new();
        ciborium::into_writer(&BTreeMap::from([("type", "sync"), ("documentId", "x")]), &mut bytes).unwrap();
        assert_eq!(FromTab::decode(&bytes), Err(WireError::Missing("data")));
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            let _ = FromTab::decode(&bytes);
            let _ = super::super::sync_guard::check(&bytes);
        }
    }
}
