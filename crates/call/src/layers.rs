//! In which sizes a camera is sent at the same time (simulcast).
//!
//! Chromium sends three sizes of a picture from 960 × 540 pixels on, two from 480 × 270 on, and one of a
//! smaller one; it keeps the first encodings and drops the last, which is the largest. So of a small camera
//! the first encodings must be the large ones, or it would never be seen in full.

/// By how much each encoding of a camera divides width and height, smallest picture first; `None` is one
/// that is not sent.
pub const fn camera_layers(width: u32, height: u32) -> [Option<u32>; 3] {
    match width.saturating_mul(height) {
        518_400.. => [Some(4), Some(2), Some(1)],
        129_600.. => [Some(2), Some(1), None],
        _ => [Some(1), None, None],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_camera_is_sent_in_full_by_its_last_encoding() {
        for (width, height, layers) in [
            (1_920, 1_080, [Some(4), Some(2), Some(1)]),
            (720, 1_280, [Some(4), Some(2), Some(1)]),
            (960, 540, [Some(4), Some(2), Some(1)]),
            (640, 480, [Some(2), Some(1), None]),
            (640, 360, [Some(2), Some(1), None]),
            (320, 240, [Some(1), None, None]),
        ] {
            assert_eq!(camera_layers(width, height), layers, "{width} × {height}");
        }
    }
}
