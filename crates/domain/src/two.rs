//! What a room for two says of the two: the whole truth each time it is asked.

/// Who of the two is and was inside.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Two {
    /// Who is inside.
    pub inside: [bool; 2],
    /// Both have been inside at once. The attendance says so, so that nobody has to look at that moment.
    pub met: bool,
    /// The room goes on.
    pub is_open: bool,
}
