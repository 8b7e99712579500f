//! How much memory a thread asks for: the system's allocator, counted.
//!
//! A test or benchmark that says
//! ```text
//! #[global_allocator]
//! static ALLOCATOR: tally::Counting = tally::Counting;
//! ```
//! reads with [`mine`] what its thread has asked for so far. Other threads do not disturb it, so tests that
//! run beside each other can each hold their own limit. Programs for people do not use this crate.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What a thread has asked for since it began.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// How often it asked, for new memory or for more.
    pub calls: u64,
    /// How many bytes it holds more than it gave back; below 0 if it gave back what others asked for.
    pub bytes: i64,
}

thread_local! {
    static MINE: Cell<Tally> = const { Cell::new(Tally { calls: 0, bytes: 0 }) };
}

/// What this thread has asked for so far; nothing if the program has another allocator.
pub fn mine() -> Tally {
    MINE.get()
}

/// The system's allocator, counted for each thread.
#[derive(Clone, Copy, Debug)]
pub struct Counting;

fn note(calls: u64, bytes: i64) {
    // Threads that end still free what their locals held.
    let _ = MINE.try_with(|mine| {
        let before = mine.get();
        mine.set(Tally { calls: before.calls + calls, bytes: before.bytes + bytes });
    });
}

#[expect(unsafe_code, reason = "what the trait asks for is passed on as it is")]
// SAFETY: the system's allocator keeps the contract; beside it only numbers of this thread are changed.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(1, layout.size() as i64);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(1, layout.size() as i64);
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        note(0, -(layout.size() as i64));
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(1, size as i64 - layout.size() as i64);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(block, layout, size) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counting, mine};

    #[global_allocator]
    static ALLOCATOR: Counting = Counting;

    #[test]
    fn what_is_held_and_what_is_given_back_is_counted() {
        let before = mine();
        let held = vec![0_u8; 10_000];
        let holding = mine();
        assert_eq!((holding.calls - before.calls, holding.bytes - before.bytes), (1, 10_000));
        drop(held);
        assert_eq!(mine().bytes, before.bytes);
    }

    #[test]
    fn other_threads_do_not_count() {
        let before = mine().bytes;
        let held =
            std::thread::scope(|scope| scope.spawn(|| vec![0_u8; 1_000_000]).join().expect("no panic"));
        assert!(mine().bytes - before < 100_000);
        assert_eq!(held.len(), 1_000_000);
    }
}
