//! The sentence for each kind of line in a room's journal.

use protocol::HappeningView;
use ui::Words;
use ui::words::filled;

/// What happened, as a sentence. A name that is not known, or was erased, is somebody; whoever did
/// something that only hosts may do, a host.
pub fn sentence(words: &'static Words, happening: &HappeningView) -> String {
    let text = template(words, happening);
    let known = |name: &Option<String>, unknown: &str| match name.as_deref() {
        None | Some("") => unknown.to_owned(),
        Some(name) => name.to_owned(),
    };
    let by = known(&happening.by, words.history.a_host);
    filled(text, &[("by", &by), ("name", &known(&happening.who, words.history.somebody))])
}

fn template(words: &'static Words, happening: &HappeningView) -> &'static str {
    let history = &words.history;
    match happening.what.as_str() {
        "knocked" => history.knocked,
        "admitted" => history.admitted,
        "denied" => history.denied,
        "withdrew" => history.withdrew,
        "withdrew_lost" => history.withdrew_lost,
        "lapsed" => history.lapsed,
        "revoked" => history.revoked,
        "entered" => history.entered,
        "dropped" => history.dropped,
        "returned" => history.returned,
        "left" => history.left,
        "lost" => history.lost,
        "time_up" => history.time_up,
        "removed" => history.removed,
        "expired" => history.expired,
        "ended" => history.ended,
        other => about_rules(words, other),
    }
}

/// The same for lines about what holds in the room.
fn about_rules(words: &'static Words, what: &str) -> &'static str {
    let history = &words.history;
    match what {
        "banned" => history.banned,
        "pardoned" => history.pardoned,
        "muted" => history.muted,
        "camera_stopped" => history.camera_stopped,
        "screen_stopped" => history.screen_stopped,
        "let_speak" => history.let_speak,
        "made_owner" => history.made_owner,
        "made_co_host" => history.made_co_host,
        "made_participant" => history.made_participant,
        "made_guest" => history.made_guest,
        "made_viewer" => history.made_viewer,
        "handed_over" => history.handed_over,
        "rules_set" => history.rules_set,
        "renamed" => history.renamed,
        "planned" => history.planned,
        "unplanned" => history.unplanned,
        "invited" => history.invited,
        "invite_used" => history.invite_used,
        "invite_revoked" => history.invite_revoked,
        _ => history.other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::UnixMillis;
    use ui::words::EN;

    fn said(what: &str, who: Option<&str>, by: Option<&str>) -> String {
        let (who, by) = (who.map(str::to_owned), by.map(str::to_owned));
        sentence(&EN, &HappeningView { at: UnixMillis(0), what: what.to_owned(), who, by })
    }

    #[test]
    fn a_line_names_who_did_what_to_whom() {
        assert_eq!(said("admitted", Some("Bo"), Some("Ana")), "Ana let Bo in");
        assert_eq!(said("ended", None, Some("Ana")), "Ana ended the room");
        assert_eq!(said("ended", None, None), "A host ended the room");
    }

    #[test]
    fn an_erased_name_is_somebody() {
        assert_eq!(said("left", None, None), "Somebody left");
        assert_eq!(said("left", Some(""), None), "Somebody left");
    }

    #[test]
    fn a_name_that_looks_like_a_place_stays_a_name() {
        assert_eq!(said("admitted", Some("{by}"), Some("{name}")), "{name} let {by} in");
    }

    #[test]
    fn an_unknown_word_is_told_in_general() {
        assert_eq!(said("sealed", Some("Bo"), None), "Something was changed");
    }
}
