//! Leptos application.
