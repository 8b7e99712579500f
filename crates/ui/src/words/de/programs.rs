//! German, for programs that publish and watch.

use crate::words::programs::Programs;

pub(super) const PROGRAMS: Programs = Programs {
    title: "Programme",
    lead: "Ein Programm braucht eine Adresse und ein Token, das eine Einladung dieses Raums ist. Erstelle sie in den Einstellungen und gib sie sonst niemandem; widerrufe sie dort, und sie ist für Neue nichts mehr wert. Ein Programm, das schon drinnen ist, entfernst du aus dem Gespräch.",
    places: "Raum",
    to_settings: "Einstellungen des Raums",
    publish: "Senden (WHIP)",
    publish_text: "GStreamer und andere senden ein Bild und einen Ton in den Raum, mit einer Einladung für Teilnehmende.",
    watch: "Zusehen (WHEP)",
    watch_text: "Ein Player zeigt, wer gerade spricht, mit einer Einladung für Zuschauende.",
    address: "Adresse",
    tokens: "Tokens",
    none: "Es gibt keine gültige Einladung für Teilnehmende oder Zuschauende.",
    invite: "Einladung",
    role: "Damit können Programme",
    token: "Bearer-Token",
    unlabelled: "Einladung ohne Notiz",
    participant: "senden",
    viewer: "zusehen",
    codecs: "Programme senden Opus und VP8, VP9, AV1 oder H.264 (Baseline). Ohne den Codec zeigt ein Browser kein Bild.",
};
