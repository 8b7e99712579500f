//! English, for programs that publish and watch.

use crate::words::programs::Programs;

pub(super) const PROGRAMS: Programs = Programs {
    title: "Programs",
    lead: "A program needs an address and a token, which is an invite of this room. Make one in the settings, and give it to nobody else; revoke it there, and it is worth nothing to newcomers. To put out a program that is inside, remove it from the call.",
    places: "Room",
    to_settings: "Settings of the room",
    publish: "Publish (WHIP)",
    publish_text: "GStreamer and others send one picture and one sound into the room, with an invite for participants.",
    watch: "Watch (WHEP)",
    watch_text: "A player shows whoever speaks, with an invite for viewers.",
    address: "Address",
    tokens: "Tokens",
    none: "There is no invite for participants or viewers that is worth something.",
    invite: "Invite",
    role: "Lets programs",
    token: "Bearer token",
    unlabelled: "Invite without a note",
    participant: "publish",
    viewer: "watch",
    codecs: "Programs send Opus, and VP8, VP9, AV1 or baseline H.264. A browser that lacks the codec shows no picture.",
};
