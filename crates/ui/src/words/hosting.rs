//! The words of what hosts do in the call, and of what the others see of it.
//!
//! | part | where it is read |
//! |---|---|
//! | [`Deeds`] | the menu of each person, and the questions before what cannot be taken back |
//! | [`Rules`] | the panel of the room's rules, and the marks in the header |
//! | [`Barred`] | why a control is at rest |
//! | [`Told`] | what a person is told that a host did |

part! {
    /// What a host does to a person.
    Deeds {
        more, menu, mute, stop_camera, stop_sharing, let_speak, make_co_host, take_back, make_participant,
        make_guest, make_viewer, let_take_part, hand_over, remove, ban, mute_all, remove_title, remove_text,
        remove_confirm, ban_title, ban_text, ban_confirm, hand_over_title, hand_over_text,
        hand_over_confirm, keep, held,
    }
}

part! {
    /// The room's rules in the call.
    Rules {
        title, open, lock, lock_hint, door, share, speak, chat, hard_mute, hard_mute_hint, settings,
        settings_hint, locked_mark, left_minutes_one, left_minutes_many, left_clock,
    }
}

part! {
    /// Why a control is at rest.
    Barred {
        held, viewer, speak_hosts, speak_participants, share_hosts, share_participants, chat_hosts,
        chat_participants, nobody_shown_title, nobody_shown_text,
    }
}

part! {
    /// What a person is told that a host did.
    Told {
        muted, muted_host, held, held_host, camera, camera_host, screen, screen_host, may_speak,
        is_owner, is_co_host, is_participant, is_guest, is_viewer, ends_one, ends_many, locked, unlocked,
        door_open, door_knock, door_members, speak_hosts, speak_participants, speak_everybody,
        share_hosts, share_participants, share_everybody, chat_hosts, chat_participants, chat_everybody,
        hard_mute_on, hard_mute_off,
    }
}
