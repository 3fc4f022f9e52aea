//! Fills new nodes as people would: accounts, the space, invitations used, and each school's documents written on its own node.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use automerge::AutoCommit;
use jeli_client::samples::{self, Language};
use jeli_client::{Client, ClientError, Me, NewDocument, NewPerson, Session, WriteRule};
use jeli_protocol::kinds::Kind;
use jeli_protocol::kinds::read::items;

use crate::node::Running;
use crate::patience::until;
use crate::school::{NETWORK, SCHOOLS, School};

/// Joining: a connection, a question, an answer, and the space's first entries. Seconds on one machine.
const JOIN_TIME: Duration = Duration::from_secs(60);
/// Writing a plan of 40 actions to disk, on a machine that builds something beside.
const WRITE_TIME: Duration = Duration::from_secs(60);

/// A school's node with its director signed in.
pub(crate) struct Desk {
    pub(crate) school: &'static School,
    pub(crate) client: Client,
}

/// Makes the first accounts of new nodes.
pub(crate) async fn set_up(nodes: &[Running]) -> Result<Vec<Desk>> {
    let mut desks = Vec::with_capacity(nodes.len());
    for node in nodes {
        let (school, director) = (node.school, &node.school.director);
        let code = node.setup_code().context("a new node printed no code for its first account")?;
        let language = school.language.name();
        let client = node.client()?.set_up(code, director.name, director.login, director.password, language).await?;
        let deputy = &school.deputy;
        let person = NewPerson { name: deputy.name, login: deputy.login, password: deputy.password, role: "deputy", language, pass: None };
        client.add_person(&person).await?;
        desks.push(Desk { school, client });
    }
    Ok(desks)
}

/// Signs the directors in where the accounts are there.
pub(crate) async fn sign_in(nodes: &[Running]) -> Result<Vec<Desk>> {
    let mut desks = Vec::with_capacity(nodes.len());
    for node in nodes {
        let director = &node.school.director;
        desks.push(Desk { school: node.school, client: node.client()?.sign_in(director.login, director.password).await? });
    }
    Ok(desks)
}

/// The first school makes the space; each other is invited and joins. Returns the space's id.
pub(crate) async fn join_all(desks: &[Desk]) -> Result<String> {
    let (first, others) = desks.split_first().context("no school")?;
    let space = first.client.create_space(NETWORK).await?.id;
    for desk in others {
        let ticket = first.client.invite(&space, desk.school.role).await?.ticket;
        desk.client.join(&ticket).await?;
    }
    let everyone = SCHOOLS.len();
    for desk in desks {
        let what = format!("{} sees {everyone} schools in the space", desk.school.name);
        until(JOIN_TIME, &what, async || {
            let spaces = desk.client.spaces().await?;
            Ok(spaces.iter().any(|one| one.id == space && one.members.len() == everyone))
        })
        .await?;
    }
    Ok(space)
}

/// Every school makes its plan, which it alone writes, the meeting that it leads, which all write, and what else there is of its samples. Returns
/// how many documents the space has then.
pub(crate) async fn write_documents(desks: &[Desk], space: &str) -> Result<usize> {
    let mut made_in_space = 0;
    for desk in desks {
        let language = desk.school.language;
        let (me, session) = (desk.client.me().await?, desk.client.open_session().await?);
        let (plan, meeting) = (samples::plan(language)?, samples::meeting(language)?);
        let new = |kind, title, write_rule| NewDocument { space, kind, title, language: Language::name(language), write_rule, about: "" };

        let made = desk.client.create_document(&new("plan", &plan.title, WriteRule::Owner)).await?;
        write(&session, &me, &made.id, |doc| Ok(samples::write_plan(doc, &plan, &mut rand::random)?)).await?;
        write(&session, &me, &made.id, |doc| Ok(samples::write_cycle(doc, language, &mut rand::random)?)).await?;
        let made = desk.client.create_document(&new("meeting", &meeting.title, WriteRule::Everyone)).await?;
        write(&session, &me, &made.id, |doc| Ok(samples::write_meeting(doc, &meeting, &mut rand::random)?)).await?;
        made_in_space += 2;

        let spaces = desk.client.spaces().await?;
        let own = spaces.iter().find(|space| space.private).context("a school without a space of its own")?.id.as_str();
        for sample in samples::others(language)? {
            // What a person writes for themselves stays at home; the rest is everybody's.
            let (space, write_rule) = if sample.kind.is_personal() { (own, WriteRule::Owner) } else { (space, WriteRule::Everyone) };
            made_in_space += usize::from(!sample.kind.is_personal());
            let ask =
                NewDocument { space, kind: sample.kind.name(), title: &sample.title, language: Language::name(language), write_rule, about: "" };
            let made = desk.client.create_document(&ask).await?;
            write(&session, &me, &made.id, |doc| Ok(samples::write(doc, &sample, &mut rand::random)?)).await?;
            if sample.kind == Kind::Library {
                add_guides(desk, &session, &me, &made.id).await?;
            }
        }
    }
    Ok(made_in_space)
}

/// Puts the files of the samples at the first material of a library.
async fn add_guides(desk: &Desk, session: &Session, me: &Me, id: &str) -> Result<()> {
    let mut document = session.open_document(id, Some(&me.actor)).await?;
    let first = items(&document.doc, "materials").into_iter().next().context("a library without materials")?;
    let at = format!("materials/{}", first.id);
    for (name, content) in samples::GUIDES {
        let path = std::env::temp_dir().join(format!("jeli-demo-{:016x}.txt", rand::random::<u64>()));
        tokio::fs::write(&path, content).await?;
        let sent = desk.client.send_file(&path).await;
        tokio::fs::remove_file(&path).await?;
        document.name_file(&sent?, name, &at, &me.person.name, 0).await?;
    }
    document.wait_acked(WRITE_TIME).await.context("the node did not keep the files of a library")
}

/// Opens a document as a tab does, changes it, and waits until the node has it on disk.
pub(crate) async fn write(session: &Session, me: &Me, id: &str, edit: impl FnOnce(&mut AutoCommit) -> Result<()>) -> Result<()> {
    let mut document = session.open_document(id, Some(&me.actor)).await?;
    edit(&mut document.doc)?;
    // The edit may have made several changes of its own; this sends them.
    document.change(|_| Ok::<(), ClientError>(())).await?;
    let all_there = |doc: &mut AutoCommit, theirs: &[automerge::ChangeHash]| {
        let ours = doc.get_heads();
        ours.len() == theirs.len() && ours.iter().all(|head| theirs.contains(head))
    };
    document.wait_for(WRITE_TIME, all_there).await.with_context(|| format!("the node did not keep what was written in {id}"))?;
    ensure!(!document.read_only(), "the node does not let {} write in {id}", me.person.name);
    Ok(())
}
