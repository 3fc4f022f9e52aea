//! The demo without a person: edits everywhere, a cut line, edits on both sides, the line joined, and the same documents at every school.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use automerge::{AutoCommit, ROOT};
use jeli_protocol::kinds::meeting::{self, AgendaItem};
use jeli_protocol::kinds::plan::{self, Action};
use jeli_protocol::kinds::{Input, ItemId, Kind, Place, kind_of, read, set};

use crate::agree::{self, Documents};
use crate::node::Running;
use crate::patience::until;
use crate::seed::{self, Desk};

/// The school that is cut off.
const ALONE: usize = 1;
/// For edits to reach the schools that are on the line.
const REACH_TIME: Duration = Duration::from_secs(30);

/// Says how each step went and how long it took.
pub(crate) struct Steps {
    since: Instant,
}

impl Steps {
    pub(crate) fn begin() -> Self {
        Self { since: Instant::now() }
    }

    pub(crate) fn done(&mut self, what: &str) {
        println!("{:>6.2} s  {what}", self.since.elapsed().as_secs_f64());
        self.since = Instant::now();
    }
}

/// What was written, by document: all of it must be everywhere in the end.
type Marks = BTreeMap<String, Vec<String>>;

/// Runs the check on new nodes.
pub(crate) async fn run(nodes: &[Running], steps: &mut Steps) -> Result<()> {
    let desks = seed::set_up(nodes).await?;
    steps.done("the first accounts are made, with the codes that the nodes printed");
    let space = seed::join_all(&desks).await?;
    steps.done("one school made the space, two came in with invitations");
    let count = seed::write_documents(&desks, &space).await?;
    steps.done("every school wrote its documents");
    agree::wait(&desks, &space, count).await?;
    steps.done(&format!("all schools have the same {count} documents"));

    let mut marks = Marks::new();
    let all: Vec<usize> = (0..desks.len()).collect();
    edit(&desks, &all, &space, "together", &mut marks).await?;
    steps.done("every school wrote in every plan and meeting that it may write");
    ensure_holds(&agree::wait(&desks, &space, count).await?, &marks)?;
    steps.done("all schools have all of it");

    desks[ALONE].client.cut_line(true).await?;
    steps.done(&format!("{} is cut off", desks[ALONE].school.name));
    while_cut(&desks, &space, &mut marks).await?;
    steps.done("both sides wrote; the others have theirs, the school alone has its own, and neither has the other's");
    desks[ALONE].client.cut_line(false).await?;
    let documents = agree::wait(&desks, &space, count).await?;
    ensure_holds(&documents, &marks)?;
    steps.done("the line is joined, and all schools have all that either side wrote");
    agree::wait_told(&desks, &documents).await?;
    steps.done("every school is told that all have everything");
    Ok(())
}

async fn while_cut(desks: &[Desk], space: &str, marks: &mut Marks) -> Result<()> {
    let others: Vec<usize> = (0..desks.len()).filter(|index| *index != ALONE).collect();
    let (mut of_others, mut of_one) = (Marks::new(), Marks::new());
    edit(desks, &others, space, "with the line", &mut of_others).await?;
    edit(desks, &[ALONE], space, "alone", &mut of_one).await?;
    for index in others {
        let desk = &desks[index];
        let what = format!("{} has what the schools on the line wrote", desk.school.name);
        until(REACH_TIME, &what, async || Ok(missing(&agree::documents(&desk.client, space).await?, &of_others).is_none())).await?;
        ensure_none(&agree::documents(&desk.client, space).await?, &of_one).context("the cut school's words came through")?;
    }
    let alone = agree::documents(&desks[ALONE].client, space).await?;
    ensure_holds(&alone, &of_one)?;
    ensure_none(&alone, &of_others).context("the others' words came to the cut school")?;
    for (id, written) in of_others.into_iter().chain(of_one) {
        marks.entry(id).or_default().extend(written);
    }
    Ok(())
}

/// These schools write a mark of their own into every document that they may write.
async fn edit(desks: &[Desk], who: &[usize], space: &str, when: &str, marks: &mut Marks) -> Result<()> {
    for index in who {
        let desk = &desks[*index];
        let (me, session) = (desk.client.me().await?, desk.client.open_session().await?);
        for document in desk.client.documents(Some(space)).await?.into_iter().filter(|document| document.can_write && is_marked(&document.kind)) {
            let mark = format!("[{} {when}]", desk.school.folder);
            seed::write(&session, &me, &document.id, |doc| write_mark(doc, &mark)).await?;
            marks.entry(document.id).or_default().push(mark);
        }
    }
    Ok(())
}

/// Whether the check writes into documents of this kind.
fn is_marked(kind: &str) -> bool {
    [Kind::Plan, Kind::Meeting].iter().any(|marked| marked.name() == kind)
}

/// One mark at the end of a text that all write at once, one as a new item.
fn write_mark(doc: &mut AutoCommit, mark: &str) -> Result<()> {
    let id = ItemId::from_bytes(rand::random());
    let field = match kind_of(doc)? {
        Kind::Plan => {
            plan::add_action(doc, id, Place::Last, &Action { what: mark, ..Action::default() })?;
            "mission"
        }
        Kind::Meeting => {
            meeting::add_agenda_item(doc, id, Place::First, &AgendaItem { title: mark, minutes: 5, ..AgendaItem::default() })?;
            "place"
        }
        other => anyhow::bail!("the check writes in plans and meetings, and here is a document of kind {other}"),
    };
    let before = read::string_at(doc, &ROOT, field).unwrap_or_default();
    set(doc, &[field], Input::Text(&format!("{before} {mark}")))?;
    Ok(())
}

/// A mark that is not there twice: in its text and as its item.
fn missing<'a>(documents: &Documents, marks: &'a Marks) -> Option<(&'a str, &'a str)> {
    marks.iter().find_map(|(id, written)| {
        let text = documents.get(id).map(|document| document.content.to_string()).unwrap_or_default();
        written.iter().find(|mark| text.matches(mark.as_str()).count() != 2).map(|mark| (id.as_str(), mark.as_str()))
    })
}

fn ensure_holds(documents: &Documents, marks: &Marks) -> Result<()> {
    ensure!(!marks.is_empty(), "nothing was written, so nothing was checked");
    match missing(documents, marks) {
        None => Ok(()),
        Some((id, mark)) => anyhow::bail!("the document {id} does not hold {mark} as it was written"),
    }
}

fn ensure_none(documents: &Documents, marks: &Marks) -> Result<()> {
    ensure!(!marks.is_empty(), "nothing was written, so nothing was checked");
    for (id, written) in marks {
        let text = documents.get(id).map(|document| document.content.to_string()).unwrap_or_default();
        for mark in written {
            ensure!(!text.contains(mark.as_str()), "the document {id} holds {mark}, which was written beyond the cut");
        }
    }
    Ok(())
}
