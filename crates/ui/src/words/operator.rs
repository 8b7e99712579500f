//! What operators read of sessions, orders and the ledger. Server only, like [`papers`](super::papers).

part! {
    /// The pages below `/operator`.
    Operator {
        title, places, overview, sessions, orders, ledger, books, sound, unsound, unchecked, unread, checking,
        check_now, now, waiting, dead, dead_note, off, all, open, disputes, kind, accounts, debit, credit,
        account, holder, cause, transaction, session, at, entries, back_to_ledger, empty_sessions,
        empty_orders, empty_ledger, orders_lead, tries, problem, next, given_up, again, by_hand,
        by_hand_lead, confirm, by_hand_button, retried, settled, gone, send_back, share_back, end_checkout,
        take, let_go, write, unreadable, sessions_lead, ledger_lead, kinds, room,
        packs, packs_lead, all_packs, empty_packs,
    }
}
