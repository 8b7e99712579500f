//! One device of one's own, as a switch shows it.

/// Whether a microphone, a camera or a screen is being captured.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum DeviceState {
    /// Not captured: nobody asked, or it was switched off.
    #[default]
    Off,
    /// The browser asks, or the device starts.
    Starting,
    On,
    /// It cannot be had just now; a note says why.
    Failed,
}
