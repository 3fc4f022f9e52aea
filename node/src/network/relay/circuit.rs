//! One circuit: two streams, and what comes on one goes out on the other.

use std::{
    io,
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
};

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::{Terms, budget::Budget};
use crate::network::limits::CIRCUIT_BUFFER_BYTES;

/// Why a circuit ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CircuitEnd {
    /// Both sides said all they had.
    Finished,
    /// One of them broke it.
    Broken,
    /// It has carried as much as one may.
    Bytes,
    /// It has lasted as long as one may.
    Time,
    /// The month is used up.
    Budget,
}

/// Carries until the end. Both ends are closed then.
pub(crate) async fn carry<A, B>(one: A, other: B, terms: &Terms, budget: &Budget) -> CircuitEnd
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    let carried = AtomicU64::new(0);
    let count = |bytes: usize| {
        let carried = carried.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        if !budget.carry(terms.whose(), bytes as u64) {
            Some(CircuitEnd::Budget)
        } else if carried >= terms.limit().bytes {
            Some(CircuitEnd::Bytes)
        } else {
            None
        }
    };
    let ((one_in, one_out), (other_in, other_out)) = (one.split(), other.split());
    let both = async {
        match futures::try_join!(copy(one_in, other_out, &count), copy(other_in, one_out, &count)) {
            Ok(_) => CircuitEnd::Finished,
            Err(end) => end,
        }
    };
    let (began, mut both) = (Instant::now(), pin!(both));
    loop {
        let until = began + terms.limit().lasts;
        match timeout_at(until, &mut both).await {
            Ok(end) => return end,
            // The terms may be others by now.
            Err(_) if began + terms.limit().lasts > until => {}
            Err(_) => return CircuitEnd::Time,
        }
    }
}

async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    count: &impl Fn(usize) -> Option<CircuitEnd>,
) -> Result<(), CircuitEnd> {
    let broken = |_: io::Error| CircuitEnd::Broken;
    let mut buffer = vec![0; CIRCUIT_BUFFER_BYTES];
    loop {
        let read = from.read(&mut buffer).await.map_err(broken)?;
        if read == 0 {
            return to.close().await.map_err(broken);
        }
        to.write_all(&buffer[..read]).await.map_err(broken)?;
        to.flush().await.map_err(broken)?;
        if let Some(end) = count(read) {
            return Err(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
    use tokio_util::compat::TokioAsyncReadCompatExt as _;

    use super::*;
    use crate::network::{limits::STRANGER_CIRCUIT, relay::For};

    const SMALL: usize = 30_000;

    /// The two ends, and the circuit between them.
    fn circuit(terms: &Terms, budget: &Budget) -> (DuplexStream, DuplexStream, tokio::task::JoinHandle<CircuitEnd>) {
        let ((one, near), (other, far)) = (tokio::io::duplex(65_536), tokio::io::duplex(65_536));
        let (terms, budget) = (terms.clone(), budget.clone());
        let local = tokio::task::spawn_local(async move { carry(near.compat(), far.compat(), &terms, &budget).await });
        (one, other, local)
    }

    async fn local<T>(test: impl Future<Output = T>) -> T {
        tokio::task::LocalSet::new().run_until(test).await
    }

    #[tokio::test(start_paused = true)]
    async fn what_one_says_the_other_hears_and_all_of_it_is_counted() {
        local(async {
            let budget = Budget::new(1_000_000);
            let (mut one, mut other, ended) = circuit(&Terms::of(For::Member), &budget);
            one.write_all(&[1; 300]).await.expect("room");
            other.write_all(&[2; 200]).await.expect("room");
            other.shutdown().await.expect("it ends in order");
            let mut heard = vec![0; 300];
            other.read_exact(&mut heard).await.expect("it comes");
            assert_eq!(heard, [1; 300], "also after the other has said its last");
            let mut heard = Vec::new();
            one.read_to_end(&mut heard).await.expect("it comes");
            assert_eq!(heard, [2; 200]);
            drop(one);
            assert_eq!(ended.await.expect("it ran"), CircuitEnd::Finished);
            assert_eq!(budget.this_month(), 500);
        })
        .await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_strangers_circuit_ends_with_its_bytes_or_its_time_and_anybodys_with_the_month() {
        local(async {
            let all = usize::try_from(STRANGER_CIRCUIT.bytes).expect("small");
            for (month, write, expected) in
                [(u64::MAX, all, CircuitEnd::Bytes), (u64::MAX, SMALL, CircuitEnd::Time), (200_000, SMALL, CircuitEnd::Budget)]
            {
                let budget = Budget::new(month);
                let (mut one, mut other, ended) = circuit(&Terms::of(For::Stranger), &budget);
                let writing = tokio::task::spawn_local(async move {
                    let _ = one.write_all(&vec![1; write]).await;
                    one
                });
                let mut heard = vec![0; 16_384];
                other.read_exact(&mut heard).await.expect("what goes before comes");
                let reading = tokio::task::spawn_local(async move { tokio::io::copy(&mut other, &mut tokio::io::sink()).await });
                assert_eq!(ended.await.expect("it ran"), expected);
                drop((writing.await, reading.await));
            }
        })
        .await;
    }

    #[tokio::test(start_paused = true)]
    async fn who_becomes_a_member_meanwhile_goes_on_as_one() {
        local(async {
            let (terms, budget) = (Terms::of(For::Stranger), Budget::new(u64::MAX));
            let (mut one, mut other, ended) = circuit(&terms, &budget);
            tokio::time::advance(STRANGER_CIRCUIT.lasts / 2).await;
            terms.member();
            tokio::time::advance(STRANGER_CIRCUIT.lasts).await;
            one.write_all(&[1; 10]).await.expect("it stands");
            let mut heard = [0; 10];
            other.read_exact(&mut heard).await.expect("it comes");
            drop((one, other));
            assert_ne!(ended.await.expect("it ran"), CircuitEnd::Time);
        })
        .await;
    }
}
