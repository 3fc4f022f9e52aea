//! How a dead line is noticed over TCP: by the system, in packets that carry nothing.
//!
//! Left alone, a system goes on for a quarter of an hour with words that nobody confirms, and asks a silent line after two hours. Here whoever has sent something is
//! told within two minutes when no confirmation comes; whatever moves on the line counts as one, so that a slow line is not called dead. Beside that the one who
//! dialled asks after some more than a minute's silence, which also keeps the routers on the way from forgetting the connection. The other one does not ask: a question does
//! not count as life with the one who is asked, so that two who ask cost twice; and it is the one who dialled who can dial again. QUIC does all this itself.

use std::time::Duration;

use libp2p::core::{ConnectedPoint, Endpoint};
use socket2::{SockRef, TcpKeepalive};

use super::{config::Timing, limits::SILENCE_ASKED_EVERY};

/// After what time a line counts as dead, and when it is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    silence: Duration,
    unanswered: Duration,
}

impl Watch {
    pub(crate) fn new(timing: &Timing) -> Self {
        Self { silence: timing.tcp_silence, unanswered: timing.tcp_unanswered }
    }

    /// Tells the system. One that does not take it has its own times, and pings go end to end besides.
    pub(crate) fn over(self, socket: &tokio::net::TcpStream, point: &ConnectedPoint) {
        let socket = SockRef::from(socket);
        let confirmed = self.confirmed(&socket);
        // Where both dialled and met in the middle, one has the part of the other.
        let asks = matches!(point, ConnectedPoint::Dialer { role_override: Endpoint::Dialer, .. });
        let asked = if asks { socket.set_tcp_keepalive(&self.keepalive()) } else { Ok(()) };
        if let Err(error) = confirmed.and(asked) {
            tracing::debug!(%error, "a dead line will be noticed late");
        }
    }

    fn keepalive(self) -> TcpKeepalive {
        // Where the time for an answer cannot be set, questions are counted.
        let questions = self.unanswered.saturating_sub(self.silence).as_secs() / SILENCE_ASKED_EVERY.as_secs();
        TcpKeepalive::new().with_time(self.silence).with_interval(SILENCE_ASKED_EVERY).with_retries(u32::try_from(questions).unwrap_or(u32::MAX))
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn confirmed(self, socket: &SockRef<'_>) -> std::io::Result<()> {
        socket.set_tcp_user_timeout(Some(self.unanswered))?;
        // Few packets at a time, as words are, go out six times at even intervals before these begin to double. Doubled from the first they would be tried eight
        // or nine times until then, and a line that loses a quarter each way called dead for it once in a thousand words.
        socket.set_tcp_thin_linear_timeouts(true)
    }

    /// Windows gives up by itself after five attempts, within a minute on most lines.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn confirmed(self, _: &SockRef<'_>) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use libp2p::core::transport::PortUse;
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::network::LineCost;

    #[tokio::test]
    async fn the_system_watches_both_ends_and_asks_from_the_one_that_dialled() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let dialled = TcpStream::connect(listener.local_addr().expect("bound")).await.expect("it listens");
        let (accepted, _) = listener.accept().await.expect("somebody came");
        let address: libp2p::Multiaddr = "/ip4/127.0.0.1/tcp/1".parse().expect("an address");
        let here = ConnectedPoint::Dialer { address: address.clone(), role_override: Endpoint::Dialer, port_use: PortUse::New };
        let there = ConnectedPoint::Listener { local_addr: address.clone(), send_back_addr: address };
        let timing = Timing::of(LineCost::Metered);
        let watch = Watch::new(&timing);
        watch.over(&dialled, &here);
        watch.over(&accepted, &there);
        for stream in [&dialled, &accepted] {
            assert_eq!(SockRef::from(stream).tcp_user_timeout().expect("Linux knows it"), Some(timing.tcp_unanswered));
            assert!(SockRef::from(stream).tcp_thin_linear_timeouts().expect("Linux knows it"), "not doubled from the first");
        }
        let (dialled, accepted) = (SockRef::from(&dialled), SockRef::from(&accepted));
        assert!(dialled.keepalive().expect("known"));
        assert_eq!(dialled.tcp_keepalive_time().expect("known"), timing.tcp_silence);
        assert_eq!(dialled.tcp_keepalive_interval().expect("known"), SILENCE_ASKED_EVERY);
        assert!(!accepted.keepalive().expect("known"), "a second one that asks would cost twice");
    }

    /// Where a quarter is lost each way, a question and its answer come through nine times of sixteen.
    #[test]
    fn the_worst_line_is_not_called_dead_for_what_it_loses() {
        const UNANSWERED: f64 = 7.0 / 16.0;
        for cost in [LineCost::Free, LineCost::Metered] {
            let questions = Watch::new(&Timing::of(cost)).unanswered_questions();
            let silences_a_day = 24.0 * 3_600.0 / Timing::of(cost).tcp_silence.as_secs_f64();
            let wrongly_a_day = UNANSWERED.powi(questions) * silences_a_day;
            assert!(wrongly_a_day < 0.1, "{questions} questions without an answer, {wrongly_a_day} times a day");
        }
    }

    impl Watch {
        fn unanswered_questions(self) -> i32 {
            i32::try_from((self.unanswered - self.silence).as_secs().div_ceil(SILENCE_ASKED_EVERY.as_secs())).expect("a few")
        }
    }
}
