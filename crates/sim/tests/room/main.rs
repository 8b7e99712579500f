//! A room of twenty: one speaks and is shown large, eleven others are small, and half of all ways are bad.
//!
//! | module | asks |
//! |---|---|
//! | [`story`] | what people see and hear while ways are bad, and when they heal |
//! | [`latecomer`] | when whoever comes late sees everybody, and what that costs those who send |
//! | [`memory`] | whether a call that goes on needs more and more of it |
//! | [`watch`] | what happened at each client, second by second |

mod latecomer;
mod memory;
mod story;
mod watch;

#[global_allocator]
static ALLOCATOR: tally::Counting = tally::Counting;
