//! What a person has in hand before the door of a room: the room as they see it, their name, their
//! invite and what they typed for a passcode.
//!
//! | state of the room | looks again by itself after |
//! |---|---|
//! | early | 30 s, and at the moment when the door opens |
//! | full, inside or before the door; locked | 10 s |
//! | open, knock, passcode | 30 s |
//! | too late, members only | 60 s |
//! | ended, banned, a worthless invite | never |
//!
//! Only a page that somebody can see asks, and only one question at a time. The invite stays in the
//! address of the page, so that a reload shows it again; it goes nowhere but to the server functions.

use super::clock::Clock;
use crate::api::ApiError;
use crate::api::rooms::entry;
use crate::dom;
use call::Pass;
use leptos::html;
use leptos::prelude::*;
use model::{InviteId, InviteToken, Passcode, UnixMillis};
use protocol::{Barrier, EntryState, EntryView, ErrorCode};
use ui::PasscodeAsked;

/// At the moment when the door opens, the page asks so often until the server agrees.
const IMPATIENT_MS: i64 = 2_000;

/// The door of one room. A copy is the same door.
#[derive(Clone, Copy)]
pub struct Door {
    pub room: RwSignal<EntryView>,
    /// The name as it stands in the field.
    pub name: RwSignal<String>,
    pub passcode: PasscodeAsked,
    /// Why the room did not let the person in just now.
    pub refused: RwSignal<Option<&'static str>>,
    /// A question about the room's state is on its way.
    pub asking: RwSignal<bool>,
    /// The person asked whether the door is still shut.
    pub pressed: RwSignal<bool>,
    /// The person comes anew from this page, whatever else their browser has in the room.
    pub anew: RwSignal<bool>,
    pub invite: Option<InviteToken>,
}

impl Door {
    /// The door as the server described it with the page.
    pub fn new(room: EntryView, invite: Option<InviteToken>) -> Self {
        // As whom they were invited, until they or their browser know better.
        let name = room.invited_as.as_ref().map(ToString::to_string).unwrap_or_default();
        let room = RwSignal::new(room);
        let asked = Memo::new(move |_| room.with(|room| room.state == EntryState::Passcode));
        let passcode = PasscodeAsked {
            asked: asked.into(),
            value: RwSignal::new(String::new()),
            error: RwSignal::new(None),
            field: NodeRef::<html::Input>::new(),
        };
        Self {
            room,
            name: RwSignal::new(name),
            passcode,
            refused: RwSignal::new(None),
            asking: RwSignal::new(false),
            pressed: RwSignal::new(false),
            anew: RwSignal::new(false),
            invite,
        }
    }

    /// The address of the page, with the invite that it carries.
    pub fn address(self) -> String {
        let room = self.room.with_untracked(|room| format!("/r/{}", room.code));
        match self.invite {
            Some(invite) => format!("{room}?invite={}", String::from(invite)),
            None => room,
        }
    }

    /// What the person shows at the door.
    pub fn pass(self) -> Pass {
        let passcode = self.passcode.value.with_untracked(|typed| Passcode::parse(typed).ok());
        Pass { invite: self.invite, passcode }
    }

    /// Asks the server for the room's state; an answer that does not come changes nothing.
    pub fn ask(self, clock: Clock) {
        if self.asking.get_untracked() {
            return;
        }
        self.asking.set(true);
        let code = self.room.with_untracked(|room| room.code);
        leptos::task::spawn_local(async move {
            let answer = entry(code, self.invite).await;
            self.asking.try_set(false);
            match answer {
                Ok(room) => {
                    clock.set(room.now);
                    self.room.try_set(room);
                }
                // Whoever is told nothing of the room any more is told so.
                Err(ApiError { code: ErrorCode::Door(barrier), .. }) => {
                    self.room.try_update(|room| room.state = EntryState::Barred { barrier });
                }
                Err(_) => {}
            }
        });
    }

    /// Asks now and then, for as long as its owner lives and `idle` says that nothing else is going on.
    pub fn keep_asking(self, clock: Clock, idle: Signal<bool>) {
        let hidden = RwSignal::new(true);
        Effect::new(move |_| dom::watch_hidden(hidden));
        let last = StoredValue::new(self.room.with_untracked(|room| room.now));
        // A page that counts down must not do so by a clock that is late by its own loading.
        let first =
            RwSignal::new(self.room.with_untracked(|room| matches!(room.state, EntryState::Early { .. })));
        Effect::new(move |_| {
            let now = clock.now().get();
            if hidden.get() || !idle.get() {
                return;
            }
            let due = self.room.with_untracked(|room| is_due(&room.state, last.get_value(), now));
            if due || first.get_untracked() {
                first.set(false);
                last.set_value(now);
                self.ask(clock);
            }
        });
    }
}

/// The invite that an address carries. What cannot be one is taken for one that no room has, so that the
/// reader is told what is wrong with their link instead of being let down without a word.
pub fn invite(text: &str) -> InviteToken {
    text.parse().unwrap_or(InviteToken { id: InviteId::from_bits(0), tag: 0 })
}

/// After how long the page looks again by itself; never for what only a person can change.
pub const fn pause_ms(state: EntryState) -> Option<i64> {
    match state {
        EntryState::Full | EntryState::DoorFull | EntryState::Barred { barrier: Barrier::Locked } => {
            Some(10_000)
        }
        EntryState::Open
        | EntryState::Knock { .. }
        | EntryState::Passcode
        | EntryState::Early { .. }
        | EntryState::Barred { barrier: Barrier::TooEarly } => Some(30_000),
        // The processor's word may come after the payer has.
        EntryState::Barred { barrier: Barrier::Unpaid } => Some(5_000),
        EntryState::Barred { barrier: Barrier::TooLate | Barrier::MembersOnly } => Some(60_000),
        EntryState::Barred {
            barrier:
                Barrier::PasscodeMissing
                | Barrier::PasscodeWrong
                | Barrier::Banned
                | Barrier::InviteUnknown
                | Barrier::InviteExpired
                | Barrier::InviteUsedUp
                | Barrier::InviteRevoked
                | Barrier::InviteTaken,
        }
        | EntryState::Ended { .. } => None,
    }
}

fn is_due(state: &EntryState, last: UnixMillis, now: UnixMillis) -> bool {
    let opened = matches!(state, EntryState::Early { opens_at } if *opens_at <= now);
    let pause = if opened { Some(IMPATIENT_MS) } else { pause_ms(*state) };
    pause.is_some_and(|pause| now.since(last) >= pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_early_page_asks_when_the_door_opens_and_not_all_the_time() {
        let early = EntryState::Early { opens_at: UnixMillis(100_000) };
        for (last, now, due) in [
            (80_000, 90_000, false),
            (80_000, 100_000, true),
            (99_000, 100_000, false),
            (100_000, 102_000, true),
            (60_000, 90_000, true),
        ] {
            assert_eq!(is_due(&early, UnixMillis(last), UnixMillis(now)), due, "{last} {now}");
        }
    }

    #[test]
    fn what_stays_is_not_asked_again() {
        let banned = EntryState::Barred { barrier: Barrier::Banned };
        for state in [banned, EntryState::Ended { at: UnixMillis(0), expired: false }] {
            assert!(!is_due(&state, UnixMillis(0), UnixMillis(i64::MAX)), "{state:?}");
        }
    }

    #[test]
    fn a_link_that_was_cut_short_is_an_unknown_invite() {
        assert_eq!(invite("abc"), InviteToken { id: InviteId::from_bits(0), tag: 0 });
        let whole = format!("{}{}", "0".repeat(31) + "7", "0".repeat(31) + "9");
        assert_eq!(invite(&whole), InviteToken { id: InviteId::from_bits(7), tag: 9 });
    }
}
