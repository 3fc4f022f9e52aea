//! One circuit: two streams, and what comes on one goes out on the other.

use std::{
    io,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{
    budget::{Budget, For},
    wire::Limit,
};
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
pub(crate) async fn carry<A, B>(one: A, other: B, whose: For, limit: Limit, budget: &Budget) -> CircuitEnd
where
    A: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    let carried = AtomicU64::new(0);
    let count = |bytes: usize| {
        let carried = carried.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        if !budget.carry(whose, bytes as u64) {
            Some(CircuitEnd::Budget)
        } else if carried >= limit.bytes {
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
    tokio::time::timeout(limit.lasts.min(LONGEST), both).await.unwrap_or(CircuitEnd::Time)
}

/// A timer holds no longer time.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3_600);

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

    const LIMIT: Limit = Limit { lasts: Duration::from_secs(100), bytes: 1_000 };

    /// The two ends, and the circuit between them.
    fn circuit(limit: Limit, budget: &Budget) -> (DuplexStream, DuplexStream, tokio::task::JoinHandle<CircuitEnd>) {
        let ((one, near), (other, far)) = (tokio::io::duplex(65_536), tokio::io::duplex(65_536));
        let budget = budget.clone();
        let local = tokio::task::spawn_local(async move { carry(near.compat(), far.compat(), For::Member, limit, &budget).await });
        (one, other, local)
    }

    async fn local<T>(test: impl Future<Output = T>) -> T {
        tokio::task::LocalSet::new().run_until(test).await
    }

    #[tokio::test(start_paused = true)]
    async fn what_one_says_the_other_hears_and_all_of_it_is_counted() {
        local(async {
            let budget = Budget::new(1_000_000);
            let (mut one, mut other, ended) = circuit(LIMIT, &budget);
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
    async fn a_circuit_ends_with_its_bytes_its_time_or_the_month() {
        local(async {
            for (month, write, expected) in
                [(1_000_000, 1_001, CircuitEnd::Bytes), (1_000_000, 999, CircuitEnd::Time), (500, 501, CircuitEnd::Budget)]
            {
                let budget = Budget::new(month);
                let (mut one, mut other, ended) = circuit(LIMIT, &budget);
                one.write_all(&vec![1; write]).await.expect("room");
                let mut heard = vec![0; 400];
                other.read_exact(&mut heard).await.expect("what goes before comes");
                assert_eq!(ended.await.expect("it ran"), expected);
                assert_eq!(budget.this_month(), write as u64);
            }
        })
        .await;
    }
}
