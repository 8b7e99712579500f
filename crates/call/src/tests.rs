//! Transcripts of calls: what happened goes in, what must be done comes out, as text.

mod properties;
mod rules;
mod script;
mod transcripts;
