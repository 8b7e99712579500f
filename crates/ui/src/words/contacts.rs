//! The words of contacts and of direct calls between them.
//!
//! | part | where it is read |
//! |---|---|
//! | [`Contacts`] | `/people` |
//! | [`Ringing`] | wherever a page rings |
//! | [`Meeting`] | `/meet` |
//! | [`Unreached`] | what the server refused about either, one text for each code |

part! {
    /// The page of one's contacts.
    Contacts {
        title, lead, menu, heading, empty, online, in_call, offline, call, call_name, more_name, remove,
        remove_title, remove_text, remove_confirm, block, block_title, block_text, block_confirm,
        keep, asking_heading, accept, accept_name, decline, decline_name, asked_heading, asked_text,
        withdraw, withdraw_name, blocked_heading, unblock, unblock_name, missed_heading, missed_from,
        forget, link_heading, link_text, renew, renew_title, renew_text, renew_confirm, renewed, ask_title,
        ask_text, ask, ask_done, ask_asks_me, ask_contact, ask_blocked, ask_mine, line_down,
    }
}

part! {
    /// A direct call, before and after it is a room.
    Ringing {
        incoming, incoming_text, accept, decline, outgoing, outgoing_text, cancel, connected, go, declined,
        no_answer, busy, over, missed, flash,
    }
}

part! {
    /// Meeting a stranger.
    Meeting {
        title, lead, rules_heading, rule_age, rule_kind, rule_private, rule_leave, name, agree, agree_first,
        seek, seeking, seeking_text, stop, found, elsewhere, barred, sign_in_text, sign_in, report, alone,
    }
}

part! {
    /// What the server refused about contacts and direct calls.
    Unreached {
        link_unknown, yourself, blocked, too_many_contacts, too_many_requests, not_asking, not_contact,
        call_over, in_call, too_many_blocked,
    }
}
