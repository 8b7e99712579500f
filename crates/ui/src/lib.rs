//! Presentational components.
