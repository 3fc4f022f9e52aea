//! The same week with samod, over TCP as its own dialer does it.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use automerge::{Automerge, ChangeHash, ReadDoc as _};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jeli_line::{Access, Net};
use samod::{AcceptorHandle, BackoffConfig, DialError, Dialer, DialerHandle, DocHandle, Repo, Transport};
use tokio::time::{Instant, interval, timeout};

use super::{Document, Took};

const PORT: u16 = 7_000;
const LOOK: Duration = Duration::from_millis(50);

/// From the moment at which one dials the other until it has the week, or until patience ends.
pub(super) async fn run(documents: &[Document], access: Access, patience: Duration) -> Result<Took> {
    let net = Net::new(2, &[Access::IDEAL; 2])?;
    let (giver, taker) = (Repo::build_tokio().load().await, Repo::build_tokio().load().await);
    let acceptor = giver.make_acceptor("tcp://giver".parse()?)?;
    let address = SocketAddr::from((net.node(0).address(), PORT));
    let listener = net.node(0).inside(|| TcpListener::bind(address))??;

    // Before the week both have the documents; a connection with an ideal line brings them.
    let mut pairs = Vec::new();
    let first = dial(&net, &taker, address)?;
    accept(&listener, &acceptor)?;
    first.established().await?;
    for document in documents {
        let mut before = document.before.clone();
        let given = giver.create(Automerge::load(&before.save())?).await?;
        let taken = taker.find(given.document_id().clone()).await?.context("the document is known to the giver")?;
        until(&taken, &before.get_heads()).await;
        pairs.push((given, taken));
    }
    first.close();
    // The dialler goes on saying that it is connected; the other side knows better.
    let mut looks = interval(LOOK);
    while acceptor.connection_count() > 0 {
        looks.tick().await;
    }

    for ((given, _), document) in pairs.iter().zip(documents) {
        given.with_document(|doc| doc.apply_changes(document.week.clone()))?;
    }
    net.nodes().iter().for_each(|node| node.reshape(&access));
    let began = Instant::now();
    let second = dial(&net, &taker, address)?;
    accept(&listener, &acceptor)?;
    let all = async {
        for ((_, taken), document) in pairs.iter().zip(documents) {
            until(taken, &document.after()?.get_heads()).await;
        }
        anyhow::Ok(())
    };
    let took = match timeout(patience, all).await {
        Ok(all) => all.map(|()| Took::All(began.elapsed()))?,
        Err(_) => Took::MoreThan(began.elapsed()),
    };
    second.close();
    giver.stop().await;
    taker.stop().await;
    Ok(took)
}

async fn until(document: &DocHandle, heads: &[ChangeHash]) {
    let mut looks = interval(LOOK);
    while !document.with_document(|doc| doc.get_missing_deps(heads).is_empty() && !heads.is_empty() && has_all(doc, heads)) {
        looks.tick().await;
    }
}

fn has_all(doc: &Automerge, heads: &[ChangeHash]) -> bool {
    heads.iter().all(|head| doc.get_change_meta_by_hash(head).is_some())
}

fn dial(net: &Net, repo: &Repo, address: SocketAddr) -> Result<DialerHandle<Infallible>> {
    let stream = tokio::task::block_in_place(|| net.node(1).inside(|| TcpStream::connect(address)))??;
    Ok(repo.dial(BackoffConfig::default(), Arc::new(Once { address, stream: Mutex::new(Some(stream)) }))?)
}

fn accept(listener: &TcpListener, acceptor: &AcceptorHandle) -> Result<()> {
    let (stream, _) = tokio::task::block_in_place(|| listener.accept())?;
    acceptor.accept(Transport::from_tokio_io(into_tokio(stream)?))?;
    Ok(())
}

fn into_tokio(stream: TcpStream) -> io::Result<tokio::net::TcpStream> {
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)?;
    tokio::net::TcpStream::from_std(stream)
}

/// A connection that was made in the taker's network namespace.
struct Once {
    address: SocketAddr,
    stream: Mutex<Option<TcpStream>>,
}

impl Dialer for Once {
    type Error = Infallible;

    fn url(&self) -> url::Url {
        url::Url::parse(&format!("tcp://{}", self.address)).unwrap_or_else(|_| unreachable!("an address makes a URL"))
    }

    fn connect(&self) -> BoxFuture<'static, Result<Transport, DialError<Infallible>>> {
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            let stream = stream.ok_or_else(|| DialError::transient(io::Error::other("this connection is over")))?;
            Ok(Transport::from_tokio_io(into_tokio(stream).map_err(DialError::transient)?))
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use automerge::AutoCommit;
    use automerge::transaction::Transactable as _;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_written_meanwhile_comes_over() {
        let mut before = AutoCommit::new();
        before.put(automerge::ROOT, "week", 1).expect("written");
        before.commit();
        let mut after = before.fork();
        after.put(automerge::ROOT, "week", 2).expect("written");
        after.commit();
        let week = after.get_changes(&before.get_heads());
        let documents = [Document { id: String::new(), before, week }];
        match run(&documents, Access::IDEAL, Duration::from_secs(30)).await {
            Ok(took) => assert!(matches!(took, Took::All(_)), "{took:?}"),
            Err(error) if error.downcast_ref::<jeli_line::Error>().is_some_and(jeli_line::Error::is_forbidden) => {}
            Err(error) => panic!("{error:#}"),
        }
    }
}
