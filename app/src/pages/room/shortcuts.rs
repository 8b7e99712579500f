//! Keyboard shortcuts: single letters, off while somebody writes, and switchable (WCAG 2.1.4).

use super::call_scene::{Desk, Panel};
use crate::dom::{self, Key};
use crate::room::RoomCall;
use call::Action;
use leptos::prelude::*;
use model::Source;

/// What a shortcut does; the buttons of the bar do the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shortcut {
    Microphone,
    Camera,
    Share,
    Chat,
    People,
    Rules,
    FullScreen,
    Help,
    Leave,
    Close,
}

/// Hears the keys of the page while the call is on it.
pub fn listen(call: RoomCall, desk: Desk) {
    let talking = StoredValue::new(false);
    Effect::new(move |_| dom::on_key(move |key| handle(&key, call, desk, talking)));
}

fn handle(key: &Key, call: RoomCall, desk: Desk, talking: StoredValue<bool>) -> bool {
    if key.key == " " && !key.down && talking.get_value() {
        talking.set_value(false);
        call.act(Action::Switch { source: Source::Microphone, on: false });
        return true;
    }
    let letters = desk.shortcuts.get_untracked() && !key.writing;
    if key.taken || (!letters && key.key != "Escape") {
        return false;
    }
    if key.key == " " {
        return push_to_talk(key, call, talking);
    }
    match shortcut(&key.key) {
        Some(shortcut) if key.down && !key.repeat => {
            run(shortcut, call, desk);
            true
        }
        Some(_) | None => false,
    }
}

/// While muted, Space held speaks.
fn push_to_talk(key: &Key, call: RoomCall, talking: StoredValue<bool>) -> bool {
    let muted = !call.view().with_untracked(|view| view.publishing.microphone);
    if key.on_button || !key.down || key.repeat || !muted {
        return talking.get_value();
    }
    talking.set_value(true);
    call.act(Action::Switch { source: Source::Microphone, on: true });
    true
}

fn shortcut(key: &str) -> Option<Shortcut> {
    Some(match key {
        "m" | "M" => Shortcut::Microphone,
        "v" | "V" => Shortcut::Camera,
        "s" | "S" => Shortcut::Share,
        "c" | "C" => Shortcut::Chat,
        "p" | "P" => Shortcut::People,
        "r" | "R" => Shortcut::Rules,
        "f" | "F" => Shortcut::FullScreen,
        "l" | "L" => Shortcut::Leave,
        "?" => Shortcut::Help,
        "Escape" => Shortcut::Close,
        _ => return None,
    })
}

/// Does what a key or a button stands for.
pub fn run(shortcut: Shortcut, call: RoomCall, desk: Desk) {
    match shortcut {
        Shortcut::Microphone => flip(call, Source::Microphone),
        Shortcut::Camera => flip(call, Source::Camera),
        Shortcut::Share => flip(call, Source::Screen),
        Shortcut::Chat => desk.toggle(Panel::Chat),
        Shortcut::People => desk.toggle(Panel::People),
        Shortcut::Rules => {
            if call.view().with_untracked(|view| view.hosting) {
                desk.toggle(Panel::Rules);
            }
        }
        Shortcut::FullScreen => dom::toggle_full_screen(),
        Shortcut::Help => desk.help.update(|open| *open = !*open),
        Shortcut::Leave => desk.leaving.set(true),
        Shortcut::Close => desk.panel.set(Panel::None),
    }
}

fn flip(call: RoomCall, source: Source) {
    let on = !call.view().with_untracked(|view| view.publishing.has(source));
    call.act(Action::Switch { source, on });
}
