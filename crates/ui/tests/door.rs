//! What the components of the door say to whoever reads or hears them.

use leptos::prelude::*;
use ui::words::{DE, EN};
use ui::*;

fn drawn<V: IntoView>(draw: impl FnOnce() -> V) -> String {
    Owner::new().with(|| draw().into_view().to_html())
}

/// The words without tags, in order.
fn words_of(html: &str) -> String {
    let parts = html.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
    parts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" | ")
}

#[test]
fn every_outcome_says_what_happened_and_offers_a_way_on() {
    for outcome in [
        Outcome::Locked,
        Outcome::NotOpen,
        Outcome::TooLate,
        Outcome::MembersOnly,
        Outcome::Banned,
        Outcome::TimeUp,
        Outcome::InviteUnknown,
        Outcome::InviteExpired,
        Outcome::InviteUsedUp,
        Outcome::InviteRevoked,
        Outcome::InviteTaken,
    ] {
        let html = drawn(|| view! { <OutcomePanel words=&EN outcome room="/r/bcd-fghj-kmn" /> });
        assert!(html.contains("outcome-panel__title") && html.contains("href=\"/\""), "{outcome:?}: {html}");
    }
}

#[test]
fn a_worthless_invite_leads_to_the_door_that_everybody_has() {
    let html = drawn(|| {
        view! { <OutcomePanel words=&EN outcome=Outcome::InviteRevoked room="/r/bcd-fghj-kmn" /> }
    });
    assert!(html.contains("href=\"/r/bcd-fghj-kmn\""), "{html}");
    assert!(html.contains("rel=\"external\""), "the page must be asked for anew: {html}");
    assert!(words_of(&html).contains("Ask to join without the invite"), "{html}");
}

#[test]
fn a_countdown_is_a_timer_that_is_not_read_out_each_second() {
    let html = drawn(|| {
        view! { <EarlyPanel words=&DE left_ms=61_000_i64 calendar="/r/bcd-fghj-kmn/invitation.ics" /> }
    });
    assert!(html.contains("role=\"timer\""), "{html}");
    assert!(!html.contains("aria-live"), "{html}");
    assert!(words_of(&html).contains("Die Tür öffnet in | 0:01:01"), "{html}");
    assert!(html.contains("href=\"/r/bcd-fghj-kmn/invitation.ics\""), "{html}");
}

#[test]
fn a_place_is_this_pages_or_another_tabs() {
    let drawn = |host_present, is_elsewhere: bool| {
        let address = "/r/bcd-fghj-kmn";
        drawn(|| {
            // Made in here, where something owns it.
            let on_here = is_elsewhere.then(|| Callback::new(|()| ()));
            view! { <PlacePanel words=&EN room_name="Cello" host_present notice=None address on_here /> }
        })
    };
    let waiting = drawn(Some(false), false);
    assert!(words_of(&waiting).contains("Cello | You are in the waiting room | The host is not here yet."));
    assert!(waiting.contains("href=\"/r/bcd-fghj-kmn\" rel=\"external\""), "{waiting}");
    assert!(words_of(&drawn(None, false)).contains("Taking you back to your call… | "));
    let elsewhere = words_of(&drawn(Some(true), true));
    assert!(elsewhere.contains("in another tab of this browser"), "{elsewhere}");
    assert!(elsewhere.contains("Ask to join here | Back to the home page"), "{elsewhere}");
}

#[test]
fn a_wrong_passcode_is_explained_at_its_field() {
    let html = drawn(|| {
        let passcode = PasscodeAsked {
            asked: Signal::stored(true),
            value: RwSignal::new("1234".to_owned()),
            error: RwSignal::new(Some(EN.door.passcode_wrong.to_owned())),
            field: NodeRef::new(),
        };
        view! {
            <EntryForm
                words=&EN
                name=RwSignal::new(String::new())
                way=EntryWay::Join
                on_enter=|()| ()
                passcode
            />
        }
    });
    assert!(html.contains("aria-describedby=\"entry-passcode-below\""), "{html}");
    assert!(words_of(&html).contains(EN.door.passcode_wrong), "{html}");
}

#[test]
fn what_a_host_wrote_stays_text() {
    let html = drawn(|| {
        view! { <HostNotice words=&EN notice=Some("<b>Bring</b> your cello".to_owned()) /> }
    });
    assert!(html.contains("&lt;b&gt;Bring&lt;/b&gt; your cello"), "{html}");
    assert!(html.contains("dir=\"auto\""), "{html}");
}

#[test]
fn a_room_that_tells_nothing_shows_no_empty_list() {
    let html = drawn(|| view! { <EntryFacts words=&EN facts=Vec::new() /> });
    assert!(!html.contains("<dl"), "{html}");
    let facts = vec![Fact::since(&EN, "16:02", 12), Fact::inside(&EN, &["Ana".to_owned()])];
    let html = drawn(|| view! { <EntryFacts words=&EN facts /> });
    assert_eq!(words_of(&html), "Running since | 16:02, for 12 minutes | Inside | Ana");
}
