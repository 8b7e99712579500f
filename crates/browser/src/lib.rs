//! Owns a Call and carries out its effects with web-sys.
