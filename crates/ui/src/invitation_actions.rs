//! Ways to invite somebody: the plan for a calendar, a text to send, a mail that is already written.

use crate::button::{Button, ButtonKind};
use crate::icons::{Glyph, Icon};
use crate::words::{Words, filled};
use leptos::prelude::*;

/// The words of an invitation, ready to be sent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct InvitationText {
    pub subject: String,
    pub text: String,
}

impl InvitationText {
    /// Writes an invitation to a room by its link; `time` says when, if there is a plan.
    pub fn write(words: &Words, room: &str, link: &str, time: Option<&str>) -> Self {
        let invitation = &words.invitation;
        let (text, time) = match time {
            Some(time) => (invitation.text_planned, time),
            None => (invitation.text, ""),
        };
        Self {
            subject: filled(invitation.subject, &[("room", room)]),
            text: filled(text, &[("room", room), ("time", time), ("link", link)]),
        }
    }

    /// The address that opens a new mail with it (RFC 6068).
    pub fn mail_address(&self) -> String {
        // Mail ends its lines as no other text does.
        let body = self.text.replace('\n', "\r\n");
        format!("mailto:?subject={}&body={}", encoded(&self.subject), encoded(&body))
    }
}

/// Percent-encodes everything but what every part of an address may hold (RFC 3986, section 2.3).
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// The actions of an invitation in one row.
#[component]
pub fn InvitationActions(
    /// The words.
    words: &'static Words,
    /// What is sent or copied.
    #[prop(into)]
    invitation: Signal<InvitationText>,
    /// The address of the plan as a calendar file, if there is a plan.
    #[prop(optional, into)]
    calendar: Signal<Option<String>>,
    /// The text was copied a moment ago.
    #[prop(optional, into)]
    copied: Signal<bool>,
    /// Copies the text.
    #[prop(into)]
    on_copy: Callback<String>,
) -> impl IntoView {
    let text = &words.invitation;
    let glyph = Signal::derive(move || if copied.get() { Glyph::Check } else { Glyph::Copy });
    let press = move || if copied.get() { text.copied } else { text.copy };
    let file = move || {
        calendar.get().map(|address| {
            view! {
                <a class=ButtonKind::Secondary.class() href=address rel="external" download>
                    <Icon glyph=Glyph::Clock />
                    <span class="button__words">{text.add_to_calendar}</span>
                </a>
            }
        })
    };
    view! {
        <div class="invitation-actions" role="group" aria-label=text.heading>
            <Button glyph on_press=move |()| on_copy.run(invitation.get_untracked().text)>{press}</Button>
            <a
                class=ButtonKind::Secondary.class()
                href=move || invitation.get().mail_address()
                rel="external"
            >
                <span class="button__words">{text.mail}</span>
            </a>
            {file}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::EN;

    #[test]
    fn a_mail_carries_the_whole_invitation() {
        let link = "https://meet.example.org/r/bcd-fghj-kmn?invite=0a&b=c";
        let invitation = InvitationText::write(&EN, "Cello & {link}", link, Some("Monday, 16:00"));
        assert_eq!(invitation.subject, "Video call: Cello & {link}");
        assert!(invitation.text.contains("When: Monday, 16:00\n"), "{}", invitation.text);
        assert!(invitation.text.ends_with(link), "{}", invitation.text);
        let address = invitation.mail_address();
        assert!(
            address.starts_with("mailto:?subject=Video%20call%3A%20Cello%20%26%20%7Blink%7D&body="),
            "{address}"
        );
        assert!(address.ends_with("%3Finvite%3D0a%26b%3Dc"), "{address}");
        assert!(address.contains("%0D%0A"), "{address}");
        assert_eq!(address.matches('&').count(), 1, "{address}");
    }
}
