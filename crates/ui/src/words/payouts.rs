//! What a host reads about the account at Stripe that takes their money. Server only, like
//! [`papers`](super::papers).

part! {
    /// `/earnings/payouts`.
    Payouts {
        title, lead, share, sign_in_first, state, none, unfinished, ready, restricted, pending, rejected,
        closed, word, number, connect, go_on, look, away, refused, cut_heading, cut_text, cut,
    }
}
