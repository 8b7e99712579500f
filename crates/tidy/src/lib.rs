//! Tests over the source tree.
