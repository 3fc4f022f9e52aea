//! Commands that ask the running node.

use jeli_client::{Auth, Client, ClientError};
use serde_json::json;

use super::failure::Met;
use super::{Output, journey, messages, outline};
use crate::clock::now_ms;
use crate::config::DataFolder;

/// Runs a question against the node of this folder.
pub(super) fn ask<T>(folder: &DataFolder, question: impl AsyncFnOnce(Client) -> Result<T, ClientError>) -> anyhow::Result<T> {
    folder.require_node()?;
    let client = Client::new(&folder.address()?, Auth::Token(folder.control_token()?))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(question(client))?)
}

pub(super) fn create_space(folder: &DataFolder, name: &str, output: Output) -> anyhow::Result<()> {
    let space = ask(folder, async |client| client.create_space(name).await)?;
    output.give(&json!({ "id": space.id, "name": space.name }), || messages::space_created(&space));
    Ok(())
}

pub(super) fn spaces(folder: &DataFolder, output: Output) -> anyhow::Result<()> {
    let spaces = ask(folder, async |client| client.spaces().await)?;
    let listed: Vec<_> = spaces
        .iter()
        .map(|space| json!({ "id": space.id, "name": space.name, "private": space.private, "role": space.role, "standing": space.standing, "schools": space.members.len() }))
        .collect();
    output.give(&json!(listed), || messages::spaces(&spaces));
    Ok(())
}

pub(super) fn invite(folder: &DataFolder, space: &str, role: &str, output: Output) -> anyhow::Result<()> {
    let (invitation, spaces) = ask(folder, async |client| Ok((client.invite(space, role).await?, client.spaces().await?)))?;
    let own = spaces.iter().any(|each| each.id == space && each.private);
    output.give(&json!({ "ticket": invitation.ticket }), || messages::invited(&invitation.ticket, own));
    Ok(())
}

pub(super) fn join(folder: &DataFolder, ticket: &str, output: Output) -> anyhow::Result<()> {
    let joined = ask(folder, async |client| client.join(ticket).await)?;
    output.give(&json!({ "space": joined.space, "state": joined.state }), || messages::joined(&joined.state).to_owned());
    Ok(())
}

pub(super) fn documents(folder: &DataFolder, space: Option<&str>, output: Output) -> anyhow::Result<()> {
    let (documents, spaces) = ask(folder, async |client| Ok((client.documents(space).await?, client.spaces().await?)))?;
    let listed: Vec<_> = documents
        .iter()
        .map(|one| json!({ "id": one.id, "space": one.space, "state": one.state, "kind": one.kind, "title": one.title, "reached": one.reached, "of": one.of }))
        .collect();
    output.give(&json!(listed), || messages::documents(&documents, &spaces));
    Ok(())
}

pub(super) fn show(folder: &DataFolder, id: &str, output: Output) -> anyhow::Result<()> {
    let content = ask(folder, async |client| client.content(id).await)?;
    output.give(&json!({ "heads": content.heads, "content": content.content }), || outline::outline(&content.content));
    Ok(())
}

pub(super) fn password(folder: &DataFolder, login: &str, output: Output) -> anyhow::Result<()> {
    let login = login.trim().to_lowercase();
    let password = first_password();
    let given = ask(folder, async |client| {
        let Some(person) = client.people().await?.into_iter().find(|person| person.login == login) else { return Ok(false) };
        client.give_password(&person.id, &password).await?;
        Ok(true)
    })?;
    anyhow::ensure!(given, Met::UnknownLogin { login });
    output.give(&json!({ "login": login, "password": password }), || messages::password_given(&login, &password));
    Ok(())
}

/// Ten random bytes, in groups that can be read out and typed.
fn first_password() -> String {
    let random: [u8; 10] = rand::random();
    let letters = data_encoding::BASE32_NOPAD.encode(&random).to_lowercase();
    letters.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

pub(super) fn status(folder: &DataFolder, output: Output) -> anyhow::Result<()> {
    let (status, journeys) = ask(folder, async |client| {
        let status = client.status().await?;
        let mut journeys = Vec::new();
        for space in client.spaces().await?.into_iter().filter(|space| !space.private) {
            let journey = client.space_status(&space.id).await?;
            journeys.push((space, journey));
        }
        Ok((status, journeys))
    })?;
    let peers: Vec<_> = status
        .peers
        .iter()
        .map(|peer| json!({ "node": peer.node, "name": peer.name, "school": peer.school.name, "road": peer.road, "via": peer.via, "connected": peer.connected, "last_contact": peer.last_contact, "last_road": peer.last_road, "clock_ahead": peer.clock_ahead }))
        .collect();
    let schools = |id: &str| {
        let journey = journeys.iter().find(|(space, _)| space.id == id).map(|(_, journey)| journey);
        let said = |school: &jeli_client::SchoolStatus| json!({ "id": school.id, "name": school.name, "state": school.state, "waiting_changes": school.waiting_changes, "waiting_bytes": school.waiting_bytes, "waiting_since": school.waiting_since, "last_contact": school.last_contact, "last_road": school.last_road, "road": school.road.as_ref().map(|road| &road.kind), "blocker": school.blocker.as_ref().map(|blocker| &blocker.kind), "todo": school.todo });
        journey.into_iter().flat_map(|journey| &journey.schools).map(said).collect::<Vec<_>>()
    };
    let spaces: Vec<_> =
        status.spaces.iter().map(|space| json!({ "id": space.id, "entries": space.entries, "waiting": space.waiting, "void": space.void, "refused_frames": space.refused_frames, "schools": schools(&space.id) })).collect();
    let json = json!({ "node": status.node.name, "school": status.school.name, "line": status.line, "addresses": status.addresses, "peers": peers, "relay": status.relay, "spaces": spaces });
    output.give(&json, || journey::status(&status, &journeys, now_ms()));
    Ok(())
}

pub(super) fn line(folder: &DataFolder, cut: bool, output: Output) -> anyhow::Result<()> {
    ask(folder, async |client| client.cut_line(cut).await)?;
    output.give(&json!({ "line": if cut { "cut" } else { "open" } }), || messages::line(cut).to_owned());
    Ok(())
}
