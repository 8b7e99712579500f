//! What operators read of a room that they price. Server only, like [`papers`](super::papers).

part! {
    /// `/operator/rooms`, and what hosts read of it.
    Pricing {
        title, lead, find_label, find, no_code, no_room, code, owner, email, unconfirmed, no_account, ended,
        costs, nothing, kept, heading, form_lead, price, length, packs, save, saved, taken, wrong, refused,
        minutes_need_account, take_away, over,
        sells_nothing, needs_account, not_listed, needs_stripe, deed_set, deed_taken, runs,
    }
}
