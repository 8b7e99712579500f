//! What a person reads while waiting: one short line per step, and the time it all took.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

/// Announces a step that may take a while.
pub fn step(sentence: &str) {
    began();
    eprintln!("· {sentence}…");
}

/// Says that the command has done its job, and in what time.
pub fn finished(sentence: &str) {
    eprintln!("✓ {sentence} ({})", in_words(began().elapsed()));
}

/// Runs one phase of a longer command between a headline and its time.
pub fn phase(name: &str, work: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    began();
    eprintln!("\n── {name}");
    let started = now();
    work().map_err(|error| error.context(format!("“{name}” failed")))?;
    eprintln!("── {name}: passed in {}", in_words(started.elapsed()));
    Ok(())
}

/// When the first word was said, near enough the start of the command.
fn began() -> Instant {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    *BEGAN.get_or_init(now)
}

fn now() -> Instant {
    Instant::now()
}

fn in_words(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_unit_a_person_would_use() {
        assert_eq!(in_words(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(in_words(Duration::from_secs(185)), "3 min 5 s");
    }
}
