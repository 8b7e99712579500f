//! The server's half: nothing rings here.

use call::line::Reach;
use protocol::LineMessage;

pub fn open(_on_message: impl Fn(LineMessage) + 'static, _on_reach: impl Fn(Reach) + 'static) {}

/// There is no bell on the server.
#[derive(Clone, Copy)]
pub struct RingBell;

impl RingBell {
    pub fn new() -> Self {
        Self
    }

    pub fn set(self, _rings: bool) {}
}
