//! What a host reads about what holds when a paid call goes otherwise than planned. Server only, like
//! [`papers`](super::papers).

part! {
    /// `/r/…/policies`.
    Policies {
        title, lead, places, to_settings, free, saved, wrong, start, planned, both_in, no_show, wait,
        host_share, payer_share, both_share, share_hint, minutes_hint, overrun, close, run_on, free_minutes,
        extension, cancelling, cancelling_hint, hours, back, step, save, preview, wait_wrong, share_wrong,
        free_wrong, step_wrong, order_wrong, paid_after,
    }
}
