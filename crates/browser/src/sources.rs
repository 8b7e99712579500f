//! One value for each source, found without a map.

use model::Source;

/// Every source, in the order of its m-line.
pub const SOURCES: [Source; 3] = [Source::Microphone, Source::Camera, Source::Screen];

/// One value for each source.
#[derive(Default)]
pub struct PerSource<T> {
    microphone: T,
    camera: T,
    screen: T,
}

impl<T> PerSource<T> {
    /// One value for each source, named.
    pub const fn new(microphone: T, camera: T, screen: T) -> Self {
        Self { microphone, camera, screen }
    }

    /// The value of `source`.
    pub const fn of(&self, source: Source) -> &T {
        match source {
            Source::Microphone => &self.microphone,
            Source::Camera => &self.camera,
            Source::Screen => &self.screen,
        }
    }

    /// The value of `source`, to be changed.
    pub const fn of_mut(&mut self, source: Source) -> &mut T {
        match source {
            Source::Microphone => &mut self.microphone,
            Source::Camera => &mut self.camera,
            Source::Screen => &mut self.screen,
        }
    }
}
