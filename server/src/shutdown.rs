//! Coming to an end in good order.
//!
//! ```text
//! signal ─▶ stop accepting ─▶ rooms save and stop ─▶ sockets close (1012) ─▶ done, 10 s at most
//! ```

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How long open requests and sockets may take to end.
pub const DRAIN: Duration = Duration::from_secs(10);

/// Whether the server is coming to its end, and who must end first. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stopping {
    asked: Arc<watch::Sender<bool>>,
    open: Arc<watch::Sender<usize>>,
}

/// Something open that the server waits for before it ends.
#[derive(Debug)]
pub struct Open(Arc<watch::Sender<usize>>);

impl Default for Stopping {
    fn default() -> Self {
        Self { asked: Arc::new(watch::Sender::new(false)), open: Arc::new(watch::Sender::new(0)) }
    }
}

impl Stopping {
    /// Says that the server comes to its end.
    pub fn stop(&self) {
        self.asked.send_replace(true);
    }

    /// Whether the server comes to its end.
    pub fn is_stopping(&self) -> bool {
        *self.asked.borrow()
    }

    /// Counts something as open for as long as the answer lives.
    pub fn open(&self) -> Open {
        self.open.send_modify(|count| *count += 1);
        Open(self.open.clone())
    }

    /// Waits until nothing is open.
    pub async fn drained(&self) {
        // The sender is ours, so the wait cannot fail.
        let _ = self.open.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// Waits for what ends a server: SIGTERM from a supervisor, SIGINT from a keyboard.
pub fn asked() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_end_waits_for_whatever_is_open() {
        let stopping = Stopping::default();
        stopping.drained().await;
        let (first, second) = (stopping.open(), stopping.open());
        drop(first);
        tokio::select! {
            biased;
            () = stopping.drained() => panic!("one is still open"),
            () = tokio::task::yield_now() => {}
        }
        drop(second);
        stopping.drained().await;
    }
}
