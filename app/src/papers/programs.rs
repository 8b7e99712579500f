//! What a host gives to programs that publish and watch by WHIP and WHEP: two addresses, and the tokens.

use super::frame::page_among;
use super::html::{Html, table, text};
use model::{Role, UnixMillis};
use protocol::{InviteView, RoomSettings};
use ui::words::papers::Papers;

/// The page of a room; `origin` is what stands before every address of this server.
pub fn programs(preferred: &str, origin: &str, room: &RoomSettings, now: UnixMillis) -> String {
    let words = Papers::of(preferred);
    let said = &words.programs;
    let settings = format!("/r/{}/settings", room.code);
    let way = |heading: &str, about: &str, path: &str| {
        let address = format!("{origin}/{path}/{}", room.code);
        Html::new()
            .raw("<section>")
            .h2(heading)
            .p(about)
            .add(literal(said.address, &address))
            .raw("</section>")
    };
    let body = Html::new()
        .p(said.lead)
        .add(way(said.publish, said.publish_text, "whip"))
        .add(way(said.watch, said.watch_text, "whep"))
        .raw("<section>")
        .h2(said.tokens)
        .add(tokens(words, room, now))
        .p(said.codecs)
        .raw("</section>");
    page_among(words, said.title, (said.places, &[(&settings, said.to_settings)]), "", body)
}

/// Something to copy.
fn literal(name: &str, value: &str) -> Html {
    Html::new().raw("<p>").text(name).raw(": <code>").text(value).raw("</code></p>")
}

/// The invites that are worth something to a program.
fn tokens(words: &Papers, room: &RoomSettings, now: UnixMillis) -> Html {
    let said = &words.programs;
    let row = |invite: &InviteView| {
        let lets = match invite.role {
            Role::Participant => said.participant,
            Role::Viewer => said.viewer,
            Role::Owner | Role::CoHost | Role::Guest => return None,
        };
        let is_alive = !invite.revoked && invite.until.is_none_or(|until| now < until);
        let name = invite.label.as_ref().map_or(said.unlabelled, |label| label.as_str());
        let token = Html::new().raw("<code>").text(&invite.token).raw("</code>");
        is_alive.then(|| vec![text(name), text(lets), token])
    };
    let rows: Vec<Vec<Html>> = room.invites.iter().filter_map(row).collect();
    if rows.is_empty() {
        return Html::new().p(said.none);
    }
    table(said.tokens, &[(said.invite, false), (said.role, false), (said.token, false)], rows)
}
