//! What a host reads about programs that publish and watch. Server only, like [`papers`](super::papers).

part! {
    /// `/r/…/programs`.
    Programs {
        title, lead, places, to_settings, publish, publish_text, watch, watch_text, address, tokens, none,
        invite, role, token, unlabelled, participant, viewer, codecs,
    }
}
