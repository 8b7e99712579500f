//! Every text of the interface, in every language, in one table.
//!
//! | part | where it is read |
//! |---|---|
//! | [`Common`] | everywhere |
//! | [`Home`] | `/` |
//! | [`Entry`], [`Devices`], [`Fixes`] | the entry page before the call |
//! | [`Waiting`], [`Ways`] | at the door, and when there is no way in or the call is over |
//! | [`Call`], [`Chat`], [`People`], [`Shortcuts`] | inside the call |
//! | [`Account`] | `/sign-in`, `/sign-up`, `/forgot`, `/reset/…`, `/verify/…`, `/account` |
//! | [`Notices`] | said once, in one place, and to screen readers |
//! | [`hosting`] | what hosts do in the call, and what the others see of it |
//! | [`contacts`] | `/people`, pages that ring, `/meet` |
//! | [`pay`] | what it costs to come in |
//! | [`door`] | the entry page of a room with rules, and invitations |
//! | [`desk`] | the pages where a host sets up a room |
//! | [`Errors`], [`Refusals`] | what the server refused, one text for each code |
//!
//! Rules: plain words, second person, no codes, no blame; say what happens next. A text with `{name}` or
//! `{count}` is filled by [`named`] and [`counted`]; both languages hold the same places, as a test proves.
//!
//! What mails say is in [`mails`], what pages about money say in [`papers`]. Not here: numbers and times,
//! which the browser writes in the reader's own manner.

mod de;
mod en;
pub mod mails;

pub use de::DE;
pub use en::EN;

/// Declares one part of the table, and a way for the tests to see every text of it.
macro_rules! part {
    ($(#[$doc:meta])* $part:ident { $($field:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $part {
            $(pub $field: &'static str,)*
        }

        impl $part {
            #[cfg(test)]
            pub(crate) fn texts(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((concat!(stringify!($part), ".", stringify!($field)), self.$field),)*]
            }
        }
    };
}

pub mod contacts;
pub mod desk;
pub mod door;
pub mod hosting;
pub mod operator;
pub mod papers;
pub mod pay;
pub mod payouts;
pub mod policies;
pub mod pricing;
pub mod programs;
pub mod strangers;

/// All the words of one language.
#[derive(Debug)]
pub struct Words {
    /// The language as HTML names it (BCP 47).
    pub lang: &'static str,
    pub common: Common,
    pub home: Home,
    pub entry: Entry,
    pub devices: Devices,
    pub fixes: Fixes,
    pub waiting: Waiting,
    pub ways: Ways,
    pub call: Call,
    pub chat: Chat,
    pub people: People,
    pub shortcuts: Shortcuts,
    pub account: Account,
    pub notices: Notices,
    pub deeds: hosting::Deeds,
    pub rules: hosting::Rules,
    pub barred: hosting::Barred,
    pub told: hosting::Told,
    pub settings: desk::Settings,
    pub plan: desk::Plan,
    pub members: desk::Members,
    pub invites: desk::Invites,
    pub mailing: desk::Mailing,
    pub history: desk::History,
    pub door: door::Door,
    pub shut: door::Shut,
    pub invitation: door::Invitation,
    pub pay: pay::Pay,
    pub price: pay::Price,
    pub contacts: contacts::Contacts,
    pub ringing: contacts::Ringing,
    pub meeting: contacts::Meeting,
    pub unreached: contacts::Unreached,
    pub errors: Errors,
    pub refusals: Refusals,
}

impl Words {
    /// The words for a language tag such as `de-CH`, or for a whole list of wishes as browsers send it
    /// (`Accept-Language`); English where nothing else is known.
    pub fn of(lang: &str) -> &'static Self {
        lang.split(',').find_map(Self::exactly).unwrap_or(&EN)
    }

    fn exactly(tag: &str) -> Option<&'static Self> {
        let primary = tag.trim().split(['-', '_', ';']).next().unwrap_or_default();
        [&EN, &DE].into_iter().find(|words| primary.eq_ignore_ascii_case(words.lang))
    }
}

/// Puts a name into a text.
pub fn named(text: &str, name: &str) -> String {
    text.replace("{name}", name)
}

/// Puts values into the places of a text.
pub fn filled(text: &str, places: &[(&str, &str)]) -> String {
    // Each place is looked for in the text alone, so that no value is taken for one.
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |so_far, part| match part.split_once('}') {
        Some((place, rest)) => {
            let value = places.iter().find(|(known, _)| *known == place).map_or("", |(_, value)| value);
            so_far + value + rest
        }
        None => so_far + "{" + part,
    })
}

/// Chooses the text for one or for several, and puts the number in.
pub fn counted(one: &str, several: &str, count: usize) -> String {
    let text = if count == 1 { one } else { several };
    text.replace("{count}", &count.to_string())
}

part! {
    /// Words that stand everywhere.
    Common {
        product, skip, close, retry, home, copy, copied, you, previous, next, dismiss,
    }
}

part! {
    /// The first page.
    Home {
        title, lead, new_heading, new_room, new_room_more, new_room_pending, room_name, room_name_hint,
        waiting_room, waiting_room_hint, join_heading, join_label, join_hint, join, join_bad, rooms_heading,
        rooms_empty, rooms_failed, rooms_loading, present_one, present_many, waiting_one, waiting_many,
        nobody, title_bar,
    }
}

part! {
    /// The entry page.
    Entry {
        why, why_short, use_devices, asking, asking_hint, name, name_hint, name_missing, name_long, join,
        knock, start, joining, open, knock_host_there, knock_host_away, hosting, inside, needs_script,
        self_view, camera_off, camera_starting, share_link, reconnecting,
    }
}

part! {
    /// Devices, on the entry page and in the call.
    Devices {
        microphone, camera, speaker, system_default, unnamed_microphone, unnamed_camera, unnamed_speaker,
        test_speaker, testing_speaker, test_hint, level, microphone_denied, microphone_missing,
        microphone_busy, microphone_ended, microphone_unsupported, camera_denied, not_allowed, camera_missing,
        camera_busy, camera_ended, camera_unsupported, screen_denied, screen_missing, screen_busy,
        screen_ended, screen_unsupported, insecure, without_microphone, without_camera, without_screen,
        retry_microphone, retry_camera, retry_screen,
    }
}

part! {
    /// How to help oneself when a device fails, where the browsers differ.
    Fixes {
        denied_chromium, denied_firefox, denied_safari, denied_other, missing, busy, ended, insecure,
        unsupported, screen_denied, screen_busy, screen_ended, screen_unsupported,
    }
}

part! {
    /// At the door.
    Waiting {
        title, host_knows, host_away, stay, leave, reconnecting, admitted, returning, reload,
        elsewhere, here,
    }
}

part! {
    /// Where the way in ends, or the call: what happened, and the way on.
    Ways {
        full_title, full_text, door_full_title, door_full_text, ended_title, ended_text, not_found_title,
        not_found_text, denied_title, denied_text, removed_title, removed_text, replaced_title, replaced_text,
        lost_title, lost_text, left_title, left_text, gone_title, gone_text, signed_out_title,
        signed_out_text, unreachable_title, unreachable_text, unsupported_title, unsupported_text,
        cookies_title, cookies_text, overloaded_title, overloaded_text, server_full_title,
        server_full_text, failed_title, failed_text, incomplete_title,
        incomplete_text, back, knock_again, use_here, look_again, new_room, after,
        you_ended_title, you_ended_text, expired_title, expired_text, ended_hosted_text,
    }
}

part! {
    /// Inside the call.
    Call {
        mute, unmute, stop_camera, start_camera, share, stop_sharing, starting, chat, chat_unread_one,
        chat_unread_many, people, people_waiting_one, people_waiting_many, more, full_screen,
        leave_full_screen, help, leave, controls, tiles, tile_you, tile_screen, tile_my_screen,
        tile_muted, tile_reconnecting, tile_paused, tile_undecodable, tile_crowded, page,
        alone_title, alone_text,
        leave_title, leave_text, leave_text_host, leave_confirm,
        end_confirm, stay, connecting, reconnecting, blocked,
        sound_blocked, sound_allow, copy_link, link_copied,
    }
}

part! {
    /// The chat panel.
    Chat {
        title, empty, empty_hint, label, placeholder, send, sending, failed, retry, too_long, left_one,
        left_many, log,
    }
}

part! {
    /// The people panel and the knock.
    People {
        title, waiting, admit, admit_all, deny, deny_all, admit_name, deny_name, muted, camera_off,
        sharing, reconnecting, in_call, alone, knocks_alone, knocks_more_one, knocks_more_many, show_all,
    }
}

part! {
    /// The sheet of keyboard shortcuts.
    Shortcuts {
        title, hint, microphone, camera, share, chat, people, leave, full_screen, help, close, talk, space,
        escape, enabled, rules,
    }
}

part! {
    /// Everything about one's own account.
    Account {
        sign_in, sign_out, account, menu, email, password, name, name_hint, password_hint, sign_in_title,
        sign_in_lead, other_than, other_than_nobody, other_sign_in, signing_in, forgot_link, sign_up_link,
        sign_up_title, sign_up_lead, sign_up,
        signing_up, sign_in_link, sent_title, sent_confirm, sent_reset, forgot_title, forgot_lead, forgot,
        forgot_pending, no_mail, reset_title, reset_lead, new_password, reset, saving, confirm_title,
        confirm_lead, confirm, confirming, link_gone_title, link_gone_text, done_reset, done_deleted,
        account_title, unverified, no_email, password_heading, current_password,
        change_password, set_password, password_changed, everywhere_heading, everywhere_text, everywhere,
        everywhere_done, delete_heading, delete_text, delete_password, delete, deleting,
        passkeys_heading, passkeys_text, passkey_add, passkey_adding, passkey_name, passkey_default,
        passkey_added, passkey_removed, passkey_remove, passkey_remove_name, passkey_sign_in,
        passkey_unsupported, provider_sign_in, provider_leaving, nameless, identities_heading,
        identities_text, identity_link, identity_linked, identity_unlink, identity_unlink_name,
        identity_unlinked,
    }
}

part! {
    /// What the server refused about an account, one text for each code.
    Refusals {
        bad_email, bad_name, password_too_short, password_too_long, password_too_common, email_taken,
        wrong_credentials, wrong_password, not_signed_in, link_expired, no_mail, not_fresh, passkey_refused,
        too_many_passkeys, last_way_in, provider_refused, provider_unreachable, provider_cancelled,
        provider_expired, identity_taken, link_first, too_many_identities,
    }
}

part! {
    /// What is said once.
    Notices {
        joined, left, removed, knocked, muted, unmuted, camera_started, camera_stopped, sharing,
        sharing_stopped, reconnecting, said,
    }
}

part! {
    /// What the server refused, one text for each code.
    Errors {
        room_not_found, room_ended, room_full, door_full, not_host, not_present, not_waiting,
        no_such_participant, not_removable, bad_request, bad_offer, foreign_origin, no_identity,
        too_many_requests, overloaded, elsewhere, unreachable, internal, timed_out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &Words) -> Vec<(&'static str, &'static str)> {
        [
            words.common.texts(),
            words.home.texts(),
            words.entry.texts(),
            words.devices.texts(),
            words.fixes.texts(),
            words.waiting.texts(),
            words.ways.texts(),
            words.call.texts(),
            words.chat.texts(),
            words.people.texts(),
            words.shortcuts.texts(),
            words.account.texts(),
            words.notices.texts(),
            words.deeds.texts(),
            words.rules.texts(),
            words.barred.texts(),
            words.told.texts(),
            words.settings.texts(),
            words.plan.texts(),
            words.members.texts(),
            words.invites.texts(),
            words.mailing.texts(),
            words.history.texts(),
            words.door.texts(),
            words.shut.texts(),
            words.invitation.texts(),
            words.pay.texts(),
            words.price.texts(),
            words.contacts.texts(),
            words.ringing.texts(),
            words.meeting.texts(),
            words.unreached.texts(),
            words.errors.texts(),
            words.refusals.texts(),
            papers::Papers::of(words.lang).texts(),
        ]
        .concat()
    }

    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(place, _)| place).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    #[test]
    fn no_text_is_empty_or_carries_stray_space() {
        for (field, text) in texts(&EN).into_iter().chain(texts(&DE)) {
            assert!(!text.is_empty(), "{field}");
            assert_eq!(text, text.trim(), "{field}");
            assert!(!text.contains("  "), "{field}: {text}");
        }
    }

    #[test]
    fn both_languages_hold_the_same_places() {
        for ((field, en), (_, de)) in texts(&EN).into_iter().zip(texts(&DE)) {
            // "One person" needs no number, in either language.
            if field.ends_with("_one") {
                continue;
            }
            assert_eq!(places(en), places(de), "{field}");
        }
    }

    #[test]
    fn only_known_places_are_used() {
        for (field, text) in texts(&EN).into_iter().chain(texts(&DE)) {
            for place in places(text) {
                let known = [
                    "name", "by", "count", "page", "pages", "limit", "time", "from", "until", "names",
                    "amount", "minutes", "price", "paid", "back", "kept", "room", "link", "address",
                ];
                assert!(known.contains(&place), "{field}: {place}");
            }
        }
    }

    #[test]
    fn a_sentence_is_translated() {
        for ((field, en), (_, de)) in texts(&EN).into_iter().zip(texts(&DE)) {
            // Single words may be the same in both languages: "Name", "Chat".
            if en.split_whitespace().count() > 2 {
                assert_ne!(en, de, "{field}");
            }
        }
    }

    #[test]
    fn nobody_is_shown_a_code_or_shouted_at() {
        for (field, text) in texts(&EN).into_iter().chain(texts(&DE)) {
            for word in ["error", "invalid", "WebRTC", "HTTP ", "Fehler", "ungültig", "!"] {
                assert!(!text.contains(word), "{field}: {text}");
            }
        }
    }

    #[test]
    fn a_language_is_found_in_what_browsers_send() {
        for (wish, lang) in [
            ("de", "de"),
            ("de-CH", "de"),
            ("DE_at", "de"),
            ("en-GB,en;q=0.9,de;q=0.8", "en"),
            ("fr-FR, de;q=0.7, en;q=0.3", "de"),
            ("fr", "en"),
            ("", "en"),
        ] {
            assert_eq!(Words::of(wish).lang, lang, "{wish}");
        }
    }

    #[test]
    fn a_number_chooses_its_text() {
        assert_eq!(counted(EN.home.present_one, EN.home.present_many, 1), "1 person inside");
        assert_eq!(counted(EN.home.present_one, EN.home.present_many, 3), "3 people inside");
    }
}
