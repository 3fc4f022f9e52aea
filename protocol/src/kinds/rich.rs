//! Rich text as `@automerge/prosemirror` 0.2 reads and writes it (its basic schema), which follows Automerge's rich text schema.
//!
//! A rich text is a text object. A *block marker* is a map at one position of the text and begins a block that goes on to the next
//! marker:
//! ```text
//! { type: str, parents: [str], attrs: {..}, isEmbed: bool }      all strings are scalar
//! ```
//! `paragraph`, `heading` (with `attrs.level`, int 1 to 6), `unordered-list-item`, `ordered-list-item`, `blockquote`; a nested list item
//! names the items above it in `parents`. Words before the first marker are a paragraph. *Marks* are Automerge marks over ranges of the
//! text: `strong` and `em` with the value `true`, `link` with a JSON text; the first two grow at both ends.

use automerge::iter::Span;
use automerge::marks::{ExpandMark, Mark, MarkSet};
use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ReadDoc, ScalarValue, hydrate};

use super::limits::{BLOCKS, TEXT_BYTES};
use super::write::WriteError;

/// What Automerge puts for a block marker when a text is read as a plain string.
pub const BLOCK_CHAR: char = '\u{fffc}';

/// One block of a rich text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its words.
    pub runs: Vec<Run>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph.
    Paragraph,
    /// A heading.
    Heading(Level),
    /// A list item with a bullet.
    Bullet,
    /// A numbered list item.
    Numbered,
    /// A quotation.
    Quote,
}

/// The level of a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

impl Level {
    /// 1 (largest) to 6; what is beyond is taken as the nearest.
    pub fn new(level: u8) -> Level {
        Level(level.clamp(1, 6))
    }

    /// 1 to 6.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// Words with the same marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The words.
    pub text: String,
    /// How they are set.
    pub style: Style,
}

/// How words are set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
    /// As the rest.
    #[default]
    Plain,
    /// Strong (bold).
    Strong,
    /// Emphasised (italic).
    Em,
    /// Both.
    StrongEm,
}

impl Style {
    fn of(strong: bool, em: bool) -> Style {
        match (strong, em) {
            (false, false) => Style::Plain,
            (true, false) => Style::Strong,
            (false, true) => Style::Em,
            (true, true) => Style::StrongEm,
        }
    }

    /// The names of the marks.
    fn marks(self) -> &'static [&'static str] {
        match self {
            Style::Plain => &[],
            Style::Strong => &["strong"],
            Style::Em => &["em"],
            Style::StrongEm => &["strong", "em"],
        }
    }
}

impl Block {
    /// A block of words that are all set alike.
    pub fn plain(kind: BlockKind, text: &str) -> Block {
        Block { kind, runs: vec![Run { text: text.to_owned(), style: Style::Plain }] }
    }

    /// A block from words in which `**strong**` and `*emphasis*` are marked so; a lone asterisk stays one.
    pub fn marked(kind: BlockKind, text: &str) -> Block {
        let mut runs = Vec::new();
        let mut rest = text;
        let mut plain = String::new();
        while let Some(found) = rest.find('*') {
            let (before, from) = rest.split_at(found);
            plain.push_str(before);
            let (mark, style) = if from.starts_with("**") { ("**", Style::Strong) } else { ("*", Style::Em) };
            let inner = from.strip_prefix(mark).and_then(|inside| inside.split_once(mark)).filter(|(words, _)| !words.trim().is_empty());
            match inner {
                Some((words, behind)) => {
                    push(&mut runs, &std::mem::take(&mut plain), Style::Plain);
                    push(&mut runs, words, style);
                    rest = behind;
                }
                None => {
                    plain.push_str(mark);
                    rest = from.strip_prefix(mark).unwrap_or_default();
                }
            }
        }
        plain.push_str(rest);
        push(&mut runs, &plain, Style::Plain);
        Block { kind, runs }
    }

    /// Its words without marks.
    pub fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

/// Adds words to the last run if they are set alike.
fn push(runs: &mut Vec<Run>, text: &str, style: Style) {
    match runs.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.style == style => last.text.push_str(text),
        _ => runs.push(Run { text: text.to_owned(), style }),
    }
}

/// Refuses what is more than one call may write.
pub(super) fn check_size(blocks: &[Block], path: &str) -> Result<(), WriteError> {
    let bytes: usize = blocks.iter().flat_map(|block| &block.runs).map(|run| run.text.len()).sum();
    if blocks.len() > BLOCKS {
        return Err(WriteError::TooManyBlocks { limit: BLOCKS });
    }
    if bytes > TEXT_BYTES {
        return Err(WriteError::TooLong { path: path.to_owned(), limit_bytes: TEXT_BYTES });
    }
    Ok(())
}

/// Writes the blocks into a text object in place of all that is there. Marks come after all words, so that none grows into the next.
pub fn write(doc: &mut impl Transactable, text: &ObjId, blocks: &[Block]) -> Result<(), WriteError> {
    check_size(blocks, "rich text")?;
    let old = doc.length(text);
    if old > 0 {
        doc.splice_text(text, 0, old as isize, "")?;
    }
    let mut marks = Vec::new();
    for block in blocks {
        let at = doc.length(text);
        let marker = doc.split_block(text, at)?;
        fill_marker(doc, &marker, block.kind)?;
        for run in &block.runs {
            let start = doc.length(text);
            doc.splice_text(text, start, 0, &run.text)?;
            let end = doc.length(text);
            marks.extend(run.style.marks().iter().map(|name| (*name, start, end)));
        }
    }
    for (name, start, end) in marks {
        doc.mark(text, Mark::new(name.to_owned(), true, start, end), ExpandMark::Both)?;
    }
    Ok(())
}

fn fill_marker(doc: &mut impl Transactable, marker: &ObjId, kind: BlockKind) -> Result<(), WriteError> {
    let name = match kind {
        BlockKind::Paragraph => "paragraph",
        BlockKind::Heading(_) => "heading",
        BlockKind::Bullet => "unordered-list-item",
        BlockKind::Numbered => "ordered-list-item",
        BlockKind::Quote => "blockquote",
    };
    doc.put(marker, "type", name)?;
    doc.put_object(marker, "parents", ObjType::List)?;
    let attrs = doc.put_object(marker, "attrs", ObjType::Map)?;
    if let BlockKind::Heading(level) = kind {
        doc.put(&attrs, "level", i64::from(level.get()))?;
    }
    Ok(doc.put(marker, "isEmbed", false)?)
}

/// Reads a text object as blocks, at most [`BLOCKS`]; a block of an unknown type is read as a paragraph, nesting is not kept.
pub fn read(doc: &impl ReadDoc, text: &ObjId) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for span in doc.spans(text).into_iter().flatten() {
        match span {
            Span::Block(marker) => {
                if blocks.len() == BLOCKS {
                    break;
                }
                blocks.push(Block { kind: kind_of(&marker), runs: Vec::new() });
            }
            Span::Text { text, marks } => {
                let style = style_of(marks.as_deref());
                match blocks.last_mut() {
                    Some(block) => push(&mut block.runs, &text, style),
                    None => blocks.push(Block { kind: BlockKind::Paragraph, runs: vec![Run { text, style }] }),
                }
            }
        }
    }
    blocks
}

fn style_of(marks: Option<&MarkSet>) -> Style {
    let is_set = |wanted: &str| {
        let mut all = marks.iter().flat_map(|marks| marks.iter());
        all.any(|(name, value)| name == wanted && *value == ScalarValue::Boolean(true))
    };
    Style::of(is_set("strong"), is_set("em"))
}

fn kind_of(marker: &hydrate::Map) -> BlockKind {
    match marker.get("type") {
        Some(hydrate::Value::Scalar(ScalarValue::Str(name))) => match name.as_str() {
            "heading" => BlockKind::Heading(level_of(marker)),
            "unordered-list-item" => BlockKind::Bullet,
            "ordered-list-item" => BlockKind::Numbered,
            "blockquote" => BlockKind::Quote,
            _ => BlockKind::Paragraph,
        },
        _ => BlockKind::Paragraph,
    }
}

fn level_of(marker: &hydrate::Map) -> Level {
    let level = match marker.get("attrs") {
        Some(hydrate::Value::Map(attrs)) => match attrs.get("level") {
            Some(hydrate::Value::Scalar(ScalarValue::Int(level))) => u8::try_from(*level).ok(),
            Some(hydrate::Value::Scalar(ScalarValue::Uint(level))) => u8::try_from(*level).ok(),
            Some(hydrate::Value::Scalar(ScalarValue::F64(level))) => (1.0..=6.0).contains(level).then_some(*level as u8),
            _ => None,
        },
        _ => None,
    };
    Level::new(level.unwrap_or(1))
}

/// The words for a reader without rich text: blocks on lines of their own, headings after `#`, list items after `-` or their number,
/// strong words between `**`, emphasised ones between `*`. For reading, not for reading back.
pub fn to_plain(blocks: &[Block]) -> String {
    let mut lines = Vec::with_capacity(blocks.len());
    let mut number = 0_usize;
    for block in blocks {
        number = if block.kind == BlockKind::Numbered { number + 1 } else { 0 };
        let prefix = match block.kind {
            BlockKind::Paragraph => String::new(),
            BlockKind::Heading(level) => "#".repeat(level.get().into()) + " ",
            BlockKind::Bullet => "- ".to_owned(),
            BlockKind::Numbered => format!("{number}. "),
            BlockKind::Quote => "> ".to_owned(),
        };
        let words = block.runs.iter().map(|run| match run.style {
            Style::Plain => run.text.clone(),
            Style::Strong => format!("**{}**", run.text),
            Style::Em => format!("*{}*", run.text),
            Style::StrongEm => format!("***{}***", run.text),
        });
        lines.push(prefix + &words.collect::<String>());
    }
    lines.join("\n")
}
