//! The automerge-repo WebSocket protocol as its client side speaks it.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// What we send.
#[derive(Serialize)]
#[serde(tag = "type")]
pub(crate) enum ToNode<'a> {
    #[serde(rename = "join")]
    Join {
        #[serde(rename = "senderId")]
        sender: &'a str,
        #[serde(rename = "peerMetadata")]
        metadata: Metadata,
        #[serde(rename = "supportedProtocolVersions")]
        versions: [&'a str; 1],
    },
    #[serde(rename = "request")]
    Request {
        #[serde(rename = "documentId")]
        document: &'a str,
        #[serde(rename = "senderId")]
        sender: &'a str,
        #[serde(rename = "targetId")]
        target: &'a str,
        data: Bytes,
    },
    #[serde(rename = "sync")]
    Sync {
        #[serde(rename = "documentId")]
        document: &'a str,
        #[serde(rename = "senderId")]
        sender: &'a str,
        #[serde(rename = "targetId")]
        target: &'a str,
        data: Bytes,
    },
}

#[derive(Serialize)]
pub(crate) struct Metadata {
    #[serde(rename = "isEphemeral")]
    pub(crate) is_ephemeral: bool,
}

impl ToNode<'_> {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory does not fail, and no field can refuse to be written.
        if ciborium::into_writer(self, &mut bytes).is_err() {
            bytes.clear();
        }
        bytes
    }
}

/// What we read of a message; what a type does not have is empty.
#[derive(Deserialize)]
pub(crate) struct FromNode {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(rename = "senderId", default)]
    pub(crate) sender: String,
    #[serde(rename = "documentId", default)]
    pub(crate) document: String,
    #[serde(default)]
    pub(crate) message: String,
    #[serde(default)]
    pub(crate) data: Bytes,
}

/// A CBOR byte string.
#[derive(Default)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

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
