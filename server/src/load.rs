//! How much the server bears, measured while it runs.
//!
//! | sign | how it is measured |
//! |---|---|
//! | lag | how late a timer of the event loop is |
//! | busy | how much processor time the busiest media thread has |
//! | memory | what the operating system says that the process holds |
//!
//! Each is what people would feel next: late answers, late packets, or the end of the process. Not here: what
//! follows from it; that is `domain::load`'s and the turnstile's.

use crate::ambient::Uptime;
use crate::media::MediaThreads;
use service::load::{Cause, Gauge, Strain};
use std::sync::Arc;
use std::time::Duration;

const TICK: Duration = Duration::from_secs(1);
/// A timer that is later than this is felt as a page that hangs.
pub const LAG_MS: u32 = 500;
/// A thread that works more than this has nothing left for the next packet burst.
pub const BUSY_PERMILLE: u32 = 900;

/// The marks of every server.
pub const fn marks(memory_mib: u32) -> Strain {
    Strain { lag_ms: LAG_MS, busy_permille: BUSY_PERMILLE, memory_mib }
}

/// Measures again and again, and tells what is too much, if anything is.
pub async fn watch(marks: Strain, media: Arc<MediaThreads>, mut tell: impl FnMut(Option<Cause>)) {
    let uptime = Uptime::start();
    let mut gauge = Gauge::new(marks);
    let mut worked = media.worked_us();
    let mut before = None;
    loop {
        let asleep = uptime.now().0;
        tokio::time::sleep(TICK).await;
        let now = uptime.now();
        let slept_ms = now.0.saturating_sub(asleep);
        let lag_ms = slept_ms.saturating_sub(TICK.as_millis().try_into().unwrap_or(u64::MAX));
        let newly = media.worked_us();
        let measured = Strain {
            lag_ms: lag_ms.try_into().unwrap_or(u32::MAX),
            busy_permille: busiest(&worked, &newly, slept_ms),
            memory_mib: held_mib().unwrap_or(0),
        };
        worked = newly;
        let strain = gauge.take(&measured, now);
        if strain != before {
            let cause = strain.map(Cause::word);
            tracing::warn!(cause, ?measured, "What the server bears has changed.");
        }
        before = strain;
        tell(strain);
    }
}

/// The busiest thread's share of the time, in thousandths.
fn busiest(before: &[u64], after: &[u64], elapsed_ms: u64) -> u32 {
    let worked_us = before.iter().zip(after).map(|(before, after)| after.saturating_sub(*before));
    let share = worked_us.max().unwrap_or(0).checked_div(elapsed_ms).unwrap_or(0);
    share.try_into().unwrap_or(u32::MAX)
}

/// What the process holds in memory, where the operating system tells.
pub fn held_mib() -> Option<u32> {
    parse_held(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn parse_held(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    u32::try_from(kib / 1_024).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{CameraCodec, TcpPort};
    use crate::media::MediaConfig;
    use std::net::{IpAddr, Ipv4Addr, UdpSocket};
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn the_busiest_thread_counts() {
        assert_eq!(busiest(&[0, 1_000], &[100_000, 951_000], 1_000), 950);
        assert_eq!(busiest(&[5], &[5], 0), 0);
    }

    fn media(port: u16) -> Arc<MediaThreads> {
        let addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
        let config = MediaConfig {
            addresses,
            port,
            tcp_port: TcpPort::Off,
            shards: 1,
            camera_codec: CameraCodec::Vp8,
            seed: 1,
        };
        MediaThreads::start(config).expect("the thread starts").0
    }

    fn free_port() -> u16 {
        let socket = UdpSocket::bind("0.0.0.0:0").expect("a port");
        socket.local_addr().expect("an address").port()
    }

    /// What is told first that is not ease.
    async fn first_cause(marks: Strain, media: Arc<MediaThreads>) -> Cause {
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        let watching = tokio::spawn(watch(marks, media, move |cause| {
            let _ = tell.send(cause);
        }));
        let first = async {
            loop {
                if let Some(cause) = told.recv().await.expect("somebody watches") {
                    return cause;
                }
            }
        };
        let cause = tokio::time::timeout(Duration::from_secs(60), first).await.expect("it is noticed");
        watching.abort();
        cause
    }

    #[tokio::test]
    async fn an_event_loop_that_is_held_up_is_noticed() {
        let holding = tokio::spawn(async {
            loop {
                std::thread::sleep(Duration::from_millis(300));
                tokio::task::yield_now().await;
            }
        });
        let media = media(0);
        let marks = Strain { lag_ms: 20, ..Strain::default() };
        assert_eq!(first_cause(marks, media.clone()).await, Cause::Lag);
        holding.abort();
        media.stop();
    }

    #[tokio::test]
    async fn a_media_thread_that_works_much_is_noticed() {
        let port = free_port();
        let media = media(port);
        let flooding = Arc::new(AtomicBool::new(true));
        let goes_on = flooding.clone();
        let flood = std::thread::spawn(move || {
            let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
            while goes_on.load(Ordering::Relaxed) {
                // A full queue on the other side is no news.
                let _ = socket.send_to(&[0; 1_200], ("127.0.0.1", port));
            }
        });
        let marks = Strain { busy_permille: 20, ..Strain::default() };
        assert_eq!(first_cause(marks, media.clone()).await, Cause::Media);
        flooding.store(false, Ordering::Relaxed);
        flood.join().expect("it ends");
        media.stop();
    }

    #[test]
    fn the_operating_system_tells_what_is_held() {
        assert_eq!(parse_held("Name:\tanteroom\nVmRSS:\t  204800 kB\nThreads:\t4\n"), Some(200));
        assert_eq!(parse_held("Name:\tanteroom\n"), None);
        assert!(held_mib().is_some_and(|held| held > 0), "this machine tells as well");
    }
}
