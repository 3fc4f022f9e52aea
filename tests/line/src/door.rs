//! A way into a node's namespace that does not go over its line, for whoever drives the node: a port of ours that leads to a port of the node.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use tokio::net::{TcpListener as AsyncListener, TcpStream};
use tokio::sync::oneshot;

use crate::namespace::Namespace;

/// A port on our loopback that leads to a port on the node's loopback, at the machine's full speed. When this is dropped, its connections end.
///
/// Where nothing listens in the namespace, a connection is taken and closed again.
#[derive(Debug)]
pub struct Door {
    address: SocketAddr,
    close: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Door {
    /// Opens a door to a port of loopback in the namespace.
    pub(crate) fn open(namespace: Namespace, port: u16) -> io::Result<Self> {
        // The listener is made out here and stays here; the thread that answers goes inside, and what it connects to is there.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (close, closed) = oneshot::channel();
        // A plain one: whoever opens a door may be asynchronous.
        let (ready, is_ready) = mpsc::sync_channel(1);
        let thread = thread::Builder::new().name("line-door".to_owned()).spawn(move || {
            let prepared = namespace.enter().and_then(|()| tokio::runtime::Builder::new_current_thread().enable_io().build());
            let runtime = match prepared {
                Ok(runtime) => runtime,
                Err(error) => return drop(ready.send(Err(error))),
            };
            let _ = ready.send(Ok(()));
            // Its connections end with the runtime.
            runtime.block_on(async {
                tokio::select! {
                    _ = closed => {}
                    ended = answer(listener, port) => if let Err(error) = ended { eprintln!("a door into a namespace closed: {error}") },
                }
            });
        })?;
        is_ready.recv().unwrap_or_else(|_| Err(io::Error::other("the door's thread ended")))?;
        Ok(Self { address, close: Some(close), thread: Some(thread) })
    }

    /// Where to connect to: an address of 127.0.0.1.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        drop(self.close.take());
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            eprintln!("a door into a namespace broke");
        }
    }
}

async fn answer(listener: TcpListener, port: u16) -> io::Result<()> {
    let listener = AsyncListener::from_std(listener)?;
    loop {
        let (mut outside, _) = listener.accept().await?;
        tokio::spawn(async move {
            if let Ok(mut inside) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
                // Two machines on one desk: no waiting for larger packets.
                let _ = (outside.set_nodelay(true), inside.set_nodelay(true));
                // Either side may break off; the other hears of it when both are dropped.
                let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
            }
        });
    }
}
