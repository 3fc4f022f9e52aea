//! Whether all schools have the same documents.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use jeli_client::{Client, ClientError, Content};

use crate::patience::until;
use crate::seed::Desk;

/// For changes to reach everybody: publication waits up to 2 s, a node that was cut off redials with pauses that grow.
const AGREE_TIME: Duration = Duration::from_secs(60);

/// Everything in a space, by document id.
pub(crate) type Documents = BTreeMap<String, Content>;

/// What one school has. A document that it has heard of and whose first changes are still on their way is not there yet.
pub(crate) async fn documents(client: &Client, space: &str) -> Result<Documents> {
    let mut found = Documents::new();
    for document in client.documents(Some(space)).await? {
        match client.content(&document.id).await {
            Ok(mut content) => {
                content.heads.sort_unstable();
                found.insert(document.id, content);
            }
            Err(ClientError::Refused(refusal)) if refusal.code == "document_coming" => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// Waits until every school has the same heads and the same content of `count` documents, and returns them.
pub(crate) async fn wait(desks: &[Desk], space: &str, count: usize) -> Result<Documents> {
    let mut last = Vec::new();
    let what = format!("{} schools have the same {count} documents", desks.len());
    let waited = until(AGREE_TIME, &what, async || {
        last.clear();
        for desk in desks {
            last.push(documents(&desk.client, space).await?);
        }
        Ok(last.iter().all(|documents| documents.len() == count && *documents == last[0]))
    })
    .await;
    waited.with_context(|| differences(desks, &last))?;
    last.into_iter().next().context("no school")
}

/// For people: which document differs at which school.
fn differences(desks: &[Desk], all: &[Documents]) -> String {
    let mut lines = vec!["the schools do not agree".to_owned()];
    for (desk, documents) in desks.iter().zip(all) {
        lines.push(format!("  {}: {} documents", desk.school.name, documents.len()));
        for (id, content) in documents {
            let same = all.iter().all(|other| other.get(id) == Some(content));
            let heads = content.heads.iter().map(|head| head.chars().take(8).collect::<String>()).collect::<Vec<_>>().join(" ");
            lines.push(format!("    {id} {} heads {heads}", if same { "same     " } else { "differs  " }));
        }
    }
    lines.join("\n")
}

/// Waits until every school is told that every school has everything: the line of safety must not say less than is true.
pub(crate) async fn wait_told(desks: &[Desk], documents: &Documents) -> Result<()> {
    for desk in desks {
        for id in documents.keys() {
            let what = format!("{} is told that everybody has {id}", desk.school.name);
            until(AGREE_TIME, &what, async || {
                let status = desk.client.document_status(id).await?;
                Ok(status.published && usize::try_from(status.reached)? == desks.len() && status.reached == status.of)
            })
            .await?;
        }
    }
    Ok(())
}
