//! What is read about strangers who were met: reporting them, and what operators decide. Server only, like
//! [`papers`](super::papers).

part! {
    /// `/meet/report`, and `/operator/reports`.
    Strangers {
        title, lead, nobody, reason, sexual, abuse, minor, spam, other, complaint, complaint_hint, send,
        avoid_heading, avoid_lead, avoid, reported, avoided, back, choose, too_long, failed,
        reports, reports_lead, empty, empty_bars, person, reporters, says, barred_until, bar, dismiss, bars,
        lift, decided, gone, off,
    }
}
