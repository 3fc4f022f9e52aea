//! Tells the pages that something about the files of a document has moved.

use crate::blobs::Blobs;
use crate::events::{Event, Events};
use crate::limits::FILES_TOLD_EVERY;
use crate::replica_handle::{ReplicaHandle, Request};

/// Tells until the replica has stopped: at once after a quiet while, and then at most every [`FILES_TOLD_EVERY`].
pub(super) async fn tell(replica: ReplicaHandle, blobs: Blobs, events: Events) {
    loop {
        let moved = blobs.moved().await;
        let (hashes, documents) = (moved.hashes.into_iter().collect(), moved.documents.into_iter().collect());
        match replica.ask(|reply| Request::NamingDocuments { hashes, documents, reply }).await {
            // More of them than a stream holds: it is told to ask for everything.
            Ok(Ok(named)) => named.into_iter().for_each(|(document, audience)| events.tell(Event::Files { document, audience })),
            Ok(Err(error)) => tracing::debug!(%error, "which documents name what has moved could not be read"),
            Err(_) => return,
        }
        tokio::time::sleep(FILES_TOLD_EVERY).await;
    }
}
