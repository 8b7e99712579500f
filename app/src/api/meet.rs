//! Server functions about meeting strangers; the caller needs no account, where the operator allows it.

use super::ApiError;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
#[cfg(feature = "ssr")]
use protocol::Approach;
use protocol::{MeetView, SeekOutcome};

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// What the page of it shows.
#[server(name = ViewMeet, prefix = "/api", endpoint = "meet/view", input = Json, output = Json)]
pub async fn view() -> Result<MeetView, ApiError> {
    let services = crate::caller::services()?;
    let visitor = Caller::known().await?.map(|caller| caller.identity());
    Ok(services.people.meet_view(visitor).await?)
}

/// Looks for somebody, in the name of an adult who keeps to the rules.
#[server(name = SeekStranger, prefix = "/api", endpoint = "meet/seek", input = Json, output = Json)]
pub async fn seek() -> Result<SeekOutcome, ApiError> {
    if let Some(caller) = Caller::known().await? {
        return Ok(caller.services.people.seek(caller.identity()).await?);
    }
    match crate::caller::services()?.people.meet_view(None).await?.approach {
        Approach::Open => {
            // At once, without holding the question: a browser that is not known yet could not stop it.
            Caller::known_or_new().await?;
            Ok(SeekOutcome::Greeted)
        }
        approach => Ok(SeekOutcome::Refused(approach)),
    }
}

/// Looks no more.
#[server(name = StopSeeking, prefix = "/api", endpoint = "meet/stop", input = Json, output = Json)]
pub async fn stop() -> Result<(), ApiError> {
    let caller = Caller::required().await?;
    Ok(caller.services.people.stop_seeking(caller.user).await?)
}
