//! The words of the pages where a host sets up a room and reads its history.
//!
//! | part | where it is read |
//! |---|---|
//! | [`Settings`], [`Plan`] | `/r/{code}/settings`: the rules and the plan |
//! | [`Members`], [`Invites`], [`Mailing`] | the same page: people, links for them, and mails with such links |
//! | [`History`] | `/r/{code}/history` |

part! {
    /// The room's settings.
    Settings {
        title, nav, go_room, settings, history, programs, ended_note, save, saving, saved, not_yours_title,
        not_yours_text, not_yours_way, name_heading, name, name_hint, name_missing, name_long,
        door_heading, door_hint, door, door_open, door_open_hint, door_knock, door_knock_hint,
        door_members, door_members_hint, passcode, passcode_hint, passcode_short, passcode_long,
        passcode_make, passcode_remove, notice, notice_hint, notice_long, show_inside, show_inside_hint,
        early, early_hint, early_none, call_heading, call_hint, capacity, capacity_hint, people_count,
        speak, share, chat, record, circle_hosts, circle_participants, circle_everybody, hard_mute,
        hard_mute_hint, time_heading, time_hint,
        after, after_hint, after_wrong, reconnect, reconnect_hint, reconnect_resume,
        reconnect_rejoin, reconnect_fresh, favour, favour_hint, favour_quality, favour_continuity,
        longest, longest_hint, longest_none, ending, ending_hint, ending_run_on, ending_close, minutes,
        hour, hours, end_heading, end_hint, end, end_ask, end_confirm, end_keep, unknown_zone, plan_over,
        not_owner, not_appointable, too_many, not_allowed,
    }
}

part! {
    /// When the room is meant to be used.
    Plan {
        heading, hint, next, none, over, date, date_missing, time, time_missing, zone, zone_hint,
        zone_missing, length, repeat, once, daily, weekdays, weekly, fortnightly, monthly, until,
        until_hint, until_wrong, remove, save,
    }
}

part! {
    /// Who is what to the room.
    Members {
        heading, hint, empty, unnamed, unnamed_owner, yourself, owner, co_host, participant, guest,
        viewer, role_of, change, change_of, changed, banned_heading, banned_hint, pardon, pardon_of,
        pardoned,
    }
}

part! {
    /// Links that make people somebody to the room.
    Invites {
        heading, hint, empty, new_heading, label, label_hint, label_long, role, role_participant,
        role_co_host, role_viewer, personal, personal_hint, uses, uses_any, uses_one, uses_many, lasts,
        lasts_ever, lasts_hour, lasts_day, lasts_week, lasts_month, make, made, unlabelled, used_none,
        used_one, used_many, limit_one, limit_many, until, for_one, live, expired, spent, revoked,
        copy, copy_of, revoke, revoke_of, revoke_ask, revoke_confirm, revoke_keep, message,
        message_hint, message_link, message_plain, message_passcode,
    }
}

part! {
    /// Invites that are mailed.
    Mailing {
        heading, hint, no_server, needs_account, sign_in, to, to_hint, to_wrong, name, name_hint, send, done,
        waiting, sent, refused_line, failed_line, again, again_of, refused, failed,
    }
}

part! {
    /// What happened in the room.
    History {
        title, heading, hint, empty, attendance, attendance_hint, attendance_empty, person, role,
        total, visits, first, last, inside, somebody, a_host, export, export_csv, export_json,
        newest, knocked, admitted, denied, withdrew, withdrew_lost, lapsed, revoked, entered,
        dropped, returned, left, lost, removed, banned, pardoned, muted, camera_stopped,
        screen_stopped, let_speak, made_owner, made_co_host, made_participant, made_guest,
        made_viewer, handed_over, rules_set, renamed, planned, unplanned, invited, invite_used,
        invite_revoked, time_up, ended, expired, other,
    }
}
