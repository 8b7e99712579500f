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
        packs, packs_lead, all_packs, empty_packs, words, words_new, words_lead, empty_words, why,
        amount, first_at, last_at, times, seen, see, is_seen, was_seen, word_paid, word_held,
        word_declined, word_ended, word_dispute_opened, word_dispute_won, word_dispute_lost, word_dispute,
        word_refund_failed, word_silence, word_unreadable, why_other_currency, why_other_account,
        why_account_closed, why_other_amount, why_too_much, why_too_many, why_unreadable, why_does_not_fit,
    }
}
