//! The words of the door: what a room looks like from outside, and why it may stay shut.
//!
//! | part | where it is read |
//! |---|---|
//! | [`Door`] | the entry page: when it opens, who is inside, the passcode |
//! | [`Shut`] | why somebody does not come in, as a title and a sentence |
//! | [`Invitation`] | what people put in a calendar or send to each other |

part! {
    /// What a room looks like from outside.
    Door {
        opens_in, opens, day_one, day_many, early_title, early_next, now_open, host, planned, planned_value,
        since, since_one, since_many, inside, inside_more, nobody, notice, passcode, passcode_hint,
        passcode_missing, passcode_wrong, passcode_shape, passcode_wait, passcode_note, asks_again,
        without_invite, ended_at, its_history,
    }
}

part! {
    /// Why somebody does not come in, or not any more.
    Shut {
        locked_title, locked_text, not_open_title, not_open_text, too_late_title, too_late_text,
        members_only_title, members_only_text, banned_title, banned_text, time_up_title, time_up_text,
        invite_unknown_title, invite_unknown_text, invite_expired_title, invite_expired_text,
        invite_used_up_title, invite_used_up_text, invite_revoked_title, invite_revoked_text,
        invite_taken_title, invite_taken_text,
    }
}

part! {
    /// What people put in a calendar or send to each other.
    Invitation {
        heading, add_to_calendar, copy, copied, mail, subject, text, text_planned,
    }
}
