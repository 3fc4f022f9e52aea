//! The outside of a bundle: who made it, how large it is, and tags by which its recipients know it.

use crate::certificate::{CertificateError, NodeCertificate};
use crate::ids::{BundleId, NodeId};
use crate::keys::{BadSignature, NodeKey, Purpose, Signature};
use crate::limits::WIRE_VERSION;
use crate::wire::{Reader, WireError, Writer};

use super::BundleTag;
use super::limits::{MAX_COVER_BYTES, MAX_PARTS, MAX_RECIPIENTS};

/// How a bundle begins. A program that takes it for text changes the line end, and one that takes off the eighth bit the first byte.
pub const MARK: [u8; 8] = *b"\x89jeli\r\n\x1a";

/// Which bundles replace each other: those of one maker for the same recipients and spaces bear the same, and of two the one with the higher
/// number replaces the other. Drawn from secrets, so that it says nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series(pub [u8; 8]);

/// Which piece of an export a bundle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// From 1.
    pub number: u64,
    /// How many there are.
    pub of: u64,
}

impl Part {
    /// An export in one piece.
    pub const WHOLE: Self = Self { number: 1, of: 1 };
}

/// What the maker says on the outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Drawn at random, so that no two bundles bear the same tags.
    pub id: BundleId,
    /// Which bundles it replaces.
    pub series: Series,
    /// Larger is newer; all parts of an export bear the same.
    pub number: u64,
    /// Which part of an export it is.
    pub part: Part,
    /// When it was made by the maker's clock, milliseconds since 1970. Shown, and nothing depends on it.
    pub made_ms: u64,
    /// One for each recipient and space in which they meet, in order.
    pub tags: Vec<BundleTag>,
    /// Bytes of the body.
    pub body_bytes: u64,
    /// BLAKE3 of the body.
    pub body_hash: [u8; 32],
}

/// The outside of a bundle. One that was read is signed by its maker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    maker: NodeCertificate,
    draft: Draft,
    signature: Signature,
}

/// Why a cover is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoverError {
    /// The file is not a bundle.
    #[error("the file is not a bundle of jeli")]
    NotABundle,
    /// It was made by a newer program.
    #[error("the bundle was made by a newer version of jeli")]
    Newer,
    /// The file ends within the cover.
    #[error("the file ends before the bundle's cover does")]
    Truncated,
    /// The cover is damaged.
    #[error("the bundle's cover is damaged: {0}")]
    Wire(WireError),
    /// The certificate on it is none.
    #[error("{0}")]
    Certificate(CertificateError),
    /// Its maker did not sign it.
    #[error("the bundle's cover is damaged, or was changed on the way")]
    Signature(#[from] BadSignature),
}

impl From<WireError> for CoverError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Truncated => Self::Truncated,
            other => Self::Wire(other),
        }
    }
}

impl Cover {
    /// Signs a cover. Tags are put in order, and more than [`MAX_RECIPIENTS`] are left out.
    pub fn sign(mut draft: Draft, maker: &NodeCertificate, key: &NodeKey) -> Self {
        draft.tags.sort_unstable();
        draft.tags.dedup();
        draft.tags.truncate(MAX_RECIPIENTS);
        let signature = key.sign(Purpose::Bundle, &said(maker, &draft));
        Self { maker: maker.clone(), draft, signature }
    }

    /// The node that made the bundle, vouched for by its school. Whether either is known here is another question.
    pub fn maker(&self) -> &NodeCertificate {
        &self.maker
    }

    /// The name of the bundle: BLAKE3 of its signed outside. The id within may be put on a cover by anybody; this one nobody makes a second time.
    pub fn name(&self) -> BundleId {
        let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 name of a bundle");
        hasher.update(&self.write());
        let mut name = [0; 16];
        hasher.finalize_xof().fill(&mut name);
        BundleId(name)
    }

    /// What it says.
    pub fn said(&self) -> &Draft {
        &self.draft
    }

    /// Whether the bundle is for a node that computes this tag.
    pub fn bears(&self, tag: &BundleTag) -> bool {
        self.draft.tags.binary_search(tag).is_ok()
    }

    /// Whether this bundle makes `other` needless: newer, of the same maker for the same recipients.
    pub fn replaces(&self, other: &Self) -> bool {
        self.node() == other.node() && self.draft.series == other.draft.series && self.draft.number > other.draft.number
    }

    fn node(&self) -> NodeId {
        self.maker.node
    }

    /// What stands before the body in a file.
    pub fn write(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let cover = [said(&self.maker, &self.draft), self.signature.0.to_vec()].concat();
        writer.fixed(&MARK).u8(WIRE_VERSION).bytes(&cover);
        writer.finish()
    }

    /// Reads the beginning of a file. Returns the cover and where the body begins.
    pub fn read(start: &[u8]) -> Result<(Self, usize), CoverError> {
        let mut reader = Reader::new(start);
        if !start.starts_with(&MARK) {
            // A file that ends within the mark may have been cut off.
            return Err(if !start.is_empty() && MARK.starts_with(start) { CoverError::Truncated } else { CoverError::NotABundle });
        }
        reader.fixed(MARK.len())?;
        reader.version(WIRE_VERSION).map_err(|error| match error {
            WireError::UnknownVersion(_) => CoverError::Newer,
            other => other.into(),
        })?;
        let cover = reader.bytes(MAX_COVER_BYTES)?;
        let body_at = start.len() - reader.left();
        // From here on all is said to be there: what is missing is damage.
        let damaged = |error| CoverError::Wire(error);
        let mut reader = Reader::new(cover);
        let maker = NodeCertificate::read(&mut reader).map_err(CoverError::Certificate)?;
        let draft = Draft {
            id: BundleId(reader.array().map_err(damaged)?),
            series: Series(reader.array().map_err(damaged)?),
            number: reader.number().map_err(damaged)?,
            part: Part { number: reader.number().map_err(damaged)?, of: reader.number().map_err(damaged)? },
            made_ms: reader.number().map_err(damaged)?,
            tags: read_tags(&mut reader).map_err(damaged)?,
            body_bytes: reader.number().map_err(damaged)?,
            body_hash: reader.array().map_err(damaged)?,
        };
        let signature = Signature(reader.array().map_err(damaged)?);
        reader.end().map_err(damaged)?;
        if draft.part.number == 0 || draft.part.number > draft.part.of || draft.part.of > MAX_PARTS {
            return Err(CoverError::Wire(WireError::NoSuchValue("a part of a bundle")));
        }
        maker.node.verify(Purpose::Bundle, &said(&maker, &draft), &signature)?;
        Ok((Self { maker, draft, signature }, body_at))
    }
}

fn read_tags(reader: &mut Reader<'_>) -> Result<Vec<BundleTag>, WireError> {
    let mut tags: Vec<BundleTag> = Vec::new();
    for _ in 0..reader.count(MAX_RECIPIENTS)? {
        let tag = BundleTag(reader.array()?);
        if tags.last().is_some_and(|before| *before >= tag) {
            return Err(WireError::NotCanonical);
        }
        tags.push(tag);
    }
    Ok(tags)
}

fn said(maker: &NodeCertificate, draft: &Draft) -> Vec<u8> {
    let mut writer = Writer::new();
    maker.write(&mut writer);
    writer.fixed(&draft.id.0).fixed(&draft.series.0).number(draft.number).number(draft.part.number).number(draft.part.of).number(draft.made_ms);
    writer.number(draft.tags.len() as u64);
    for tag in &draft.tags {
        writer.fixed(&tag.0);
    }
    writer.number(draft.body_bytes).fixed(&draft.body_hash);
    writer.finish()
}
