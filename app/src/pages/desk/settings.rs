//! `/r/{code}/settings`: everything that a host sets without being inside.

use super::bench::Bench;
use super::invites::Invites;
use super::people::People;
use super::plan_card::PlanCard;
use super::price_card::PriceCard;
use super::rule_cards::{CallCard, DoorCard, EndCard, NameCard, TimeCard};
use super::{NoEntry, room_in_address};
use crate::api::rooms::settings;
use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use crate::pages::not_found::NotFound;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use model::RoomCode;
use protocol::RoomSettings;
use ui::words::named;
use ui::{RoomDesk, RoomHeading, RoomPart};

/// The page of a room's settings.
#[component]
pub fn RoomSettingsPage() -> impl IntoView {
    match room_in_address() {
        Some(code) => Either::Left(view! { <KnownAddress code /> }),
        None => Either::Right(view! { <NotFound /> }),
    }
}

/// An address that could be a room's.
#[component]
fn KnownAddress(
    /// The room's code.
    code: RoomCode,
) -> impl IntoView {
    let asked = Resource::new_blocking(|| (), move |()| settings(code));
    Effect::new(move |_| dom::wake());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match asked.await {
                    Ok(settings) => Either::Left(view! { <Cards settings /> }),
                    Err(error) => Either::Right(view! { <NoEntry error code /> }),
                }
            })}
        </Suspense>
    }
}

/// The settings of a room that the reader runs.
#[component]
fn Cards(
    /// The settings.
    settings: RoomSettings,
) -> impl IntoView {
    let words = words();
    let title = named(words.settings.title, settings.name.as_str());
    let bench = Bench::new(settings);
    let name = Signal::derive(move || bench.known.with(|known| known.name.to_string()));
    let ended = Signal::derive(move || bench.known.with(|known| known.ended.is_some()));
    view! {
        <Title text=title />
        <Frame>
            <RoomDesk>
                <RoomHeading words name address=format!("/r/{}", bench.code) part=RoomPart::Settings ended />
                <NameCard bench />
                <PlanCard bench />
                <Invites bench />
                <People bench />
                <DoorCard bench />
                <CallCard bench />
                <TimeCard bench />
                <PriceCard bench />
                <EndCard bench />
            </RoomDesk>
        </Frame>
    }
}
