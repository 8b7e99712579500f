//! The server's half: there are no passkeys here.

use model::DisplayName;
use protocol::account::{PasskeyAsserted, PasskeyCreated, PasskeyCreation};

pub fn are_there() -> bool {
    false
}

pub async fn make(_creation: PasskeyCreation, _name: DisplayName) -> Option<PasskeyCreated> {
    None
}

pub async fn ask(_challenge: String) -> Option<PasskeyAsserted> {
    None
}
