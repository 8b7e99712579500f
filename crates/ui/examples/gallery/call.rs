//! The call, in the sizes that are looked at before landing.

use crate::{Sheet, sheet};
use leptos::prelude::*;
use model::policy::{Circle, Door};
use model::{MessageId, ParticipantId, Rights, Role};
use ui::*;

/// What stands beside or over the grid.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Beside {
    Nothing,
    Chat,
    ChatEmpty,
    ChatBarred,
    People,
    PeopleGuest,
    Rules,
}

/// A window, and the space that its grid has: the window without header, bar, edges and panel.
struct Window {
    name: &'static str,
    width: f64,
    height: f64,
}

static WINDOWS: [Window; 4] = [
    Window { name: "360", width: 360.0, height: 740.0 },
    Window { name: "768", width: 768.0, height: 1024.0 },
    Window { name: "1440", width: 1440.0, height: 900.0 },
    // 1440 by 900 at twice the text size.
    Window { name: "720", width: 720.0, height: 450.0 },
];

const NAMES: [&str; 10] = [
    "Ana Ferreira",
    "Bo Lind",
    "Chidi",
    "Prof. Dr. Dorothea Freifrau von Weizenbaum-Hohenstein zu Altmannsdorf",
    "李小龍",
    "Élodie Marchand",
    "فاطمة الزهراء",
    "Gus",
    "Hana Novák",
    "Ivo",
];

impl Window {
    fn space(&self, panel: bool, paged: bool) -> (f64, f64) {
        let edge = if self.width < 720.0 { 16.0 } else { 24.0 };
        let beside =
            if panel && self.width >= 720.0 { (self.width * 0.3).clamp(304.0, 368.0) + 12.0 } else { 0.0 };
        let pages = if paged { 48.0 } else { 0.0 };
        (self.width - edge - beside, self.height - 56.0 - 68.0 - 8.0 - pages)
    }
}

pub fn sheets(words: &'static Words) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    for window in &WINDOWS {
        let mut add = |name: &str, draw: &dyn Fn() -> AnyView| {
            sheets.push(sheet(format!("call-{name}-{}", window.name), draw));
        };
        for people in [1, 2, 3, 5, 9, 20] {
            add(&people.to_string(), &|| call(words, window, (0, people), Beside::Nothing, nothing));
        }
        add("screen-4", &|| call(words, window, (1, 4), Beside::Nothing, nothing));
        add("screen-20", &|| call(words, window, (1, 20), Beside::Nothing, nothing));
        add("chat", &|| call(words, window, (0, 5), Beside::Chat, nothing));
        add("chat-empty", &|| call(words, window, (0, 3), Beside::ChatEmpty, nothing));
        add("people", &|| call(words, window, (0, 5), Beside::People, knock_two));
        add("people-guest", &|| call(words, window, (0, 1), Beside::PeopleGuest, nothing));
        add("knock", &|| call(words, window, (0, 3), Beside::Nothing, knock));
        add("notice", &|| call(words, window, (0, 3), Beside::Nothing, reconnecting));
        add("sound", &|| call(words, window, (0, 3), Beside::Nothing, sound));
        add("leave", &|| call(words, window, (0, 3), Beside::Nothing, leaving));
        add("rules", &|| call(words, window, (0, 5), Beside::Rules, nothing));
        add("viewer", &|| call(words, window, (0, 4), Beside::ChatBarred, muted));
        add("ban", &|| call(words, window, (0, 3), Beside::Nothing, banning));
        add("nobody", &|| call(words, window, (0, 0), Beside::Nothing, nothing));
        add("help", &|| call(words, window, (0, 3), Beside::Nothing, helping));
    }
    sheets
}

fn nothing(_: &'static Words) -> AnyView {
    ().into_any()
}

fn knock(words: &'static Words) -> AnyView {
    view! {
        <KnockToast words=words name=NAMES[3] count=1_usize on_admit=|()| () on_admit_all=|()| () on_deny_all=|()| () on_deny=|()| () on_show=|()| () />
    }
    .into_any()
}

fn knock_two(words: &'static Words) -> AnyView {
    view! {
        <KnockToast words=words name=NAMES[1] count=3_usize on_admit=|()| () on_admit_all=|()| () on_deny_all=|()| () on_deny=|()| () on_show=|()| () />
    }
    .into_any()
}

fn reconnecting(words: &'static Words) -> AnyView {
    view! { <NoticeBar text=words.call.reconnecting tone=NoticeTone::Busy /> }.into_any()
}

fn sound(words: &'static Words) -> AnyView {
    view! { <SoundBlocked words=words on_allow=|()| () /> }.into_any()
}

fn leaving(words: &'static Words) -> AnyView {
    view! {
        <div class="gallery-modal">
            <LeaveDialog words=words open=true hosting=true on_leave=|()| () on_end=|()| () on_stay=|()| () />
        </div>
    }
    .into_any()
}

fn banning(words: &'static Words) -> AnyView {
    let said = &words.deeds;
    view! {
        <div class="gallery-modal">
            <ConfirmDialog
                id="ask-first"
                open=true
                title=words::named(said.ban_title, NAMES[3])
                text=words::named(said.ban_text, NAMES[3])
                confirm=said.ban_confirm
                keep=said.keep
                on_confirm=|()| ()
                on_keep=|()| ()
            />
        </div>
    }
    .into_any()
}

fn muted(words: &'static Words) -> AnyView {
    let text = words::named(words.told.held, NAMES[0]);
    view! { <NoticeBar text=text tone=NoticeTone::Warning /> }.into_any()
}

fn helping(words: &'static Words) -> AnyView {
    view! {
        <div class="gallery-modal">
            <ShortcutSheet words=words open=true enabled=true on_enabled=|_| () on_close=|()| () />
        </div>
    }
    .into_any()
}

fn call(
    words: &'static Words,
    window: &'static Window,
    (screens, people): (usize, usize),
    beside: Beside,
    notice: fn(&'static Words) -> AnyView,
) -> AnyView {
    let alone = people == 1;
    let panel = beside != Beside::Nothing;
    let shown = if alone { 2 } else { people };
    let viewer = beside == Beside::ChatBarred;
    let why = Signal::stored(viewer.then(|| words.barred.viewer.to_owned()));
    let mut arrangement = arrange(screens, shown, window.space(panel, false));
    if arrangement.pages() > 1 {
        arrangement = arrange(screens, shown, window.space(panel, true));
    }
    let tiles: Vec<AnyView> = arrangement
        .on_page(0)
        .into_iter()
        .map(|(index, place)| match index {
            0 if alone => alone_card(words, place),
            index => tile(words, (index, screens, shown), place),
        })
        .collect();
    view! {
        <CallFrame>
            <CallHeader
                words=words
                room_name="Cello lesson with Ana"
                locked=people == 5
                left_ms=(people == 5 || people == 9).then_some(if people == 5 { 287_000 } else { 1_500_000 })
            >
                {notice(words)}
            </CallHeader>
            <TileGrid words=words page=0_usize pages=arrangement.pages() on_page=|_| ()>
                {(people == 0).then(|| view! { <NobodyCard words=words /> })}
                {tiles}
            </TileGrid>
            {side(words, beside, people)}
            <ControlBar
                words=words
                microphone=DeviceState::On
                camera=if people == 3 { DeviceState::Off } else { DeviceState::On }
                screen=(people != 9).then_some(if screens > 0 { DeviceState::On } else { DeviceState::Off })
                chat_open=matches!(beside, Beside::Chat | Beside::ChatEmpty | Beside::ChatBarred)
                barred=BarredControls { microphone: why, camera: why, screen: why }
                rules_open=(!viewer).then_some(beside == Beside::Rules)
                unread=if people == 5 && !panel { 3_usize } else { 0 }
                people_open=matches!(beside, Beside::People | Beside::PeopleGuest)
                waiting=if people == 5 { 2_usize } else { 0 }
                full_screen=Some(false)
                on_microphone=|_| () on_camera=|_| () on_screen=|_| () on_chat=|()| () on_people=|()| ()
                on_rules=|()| () on_full_screen=|()| () on_copy_link=|()| () on_help=|()| () on_leave=|()| ()
            />
        </CallFrame>
    }
    .into_any()
}

fn alone_card(words: &'static Words, place: Rect) -> AnyView {
    view! {
        <AloneCard words=words place=Some(place) link="https://meet.example.org/r/bcd-fghj-kmn" on_copy=|()| () />
    }
    .into_any()
}

fn tile(words: &'static Words, (index, screens, people): (usize, usize, usize), place: Rect) -> AnyView {
    let screen = index < screens;
    let mine = index + 1 == screens + people;
    let kind = match (screen, mine) {
        (true, _) => TileKind::Screen,
        (false, true) => TileKind::Me,
        (false, false) => TileKind::Person,
    };
    let picture = screen || index % 4 != 3;
    let poster = if screen { crate::slide() } else { crate::camera(index as u16 * 47) };
    view! {
        <Tile
            words=words
            id=ParticipantId::from_bits(index as u128 + 1)
            kind=kind
            name=NAMES[index % NAMES.len()]
            place=Some(place)
            picture=picture
            muted=!screen && index % 3 == 1
            speaking=!screen && index == 0
            reconnecting=index == 4
        >
            <video poster=poster></video>
        </Tile>
    }
    .into_any()
}

fn side(words: &'static Words, beside: Beside, people: usize) -> AnyView {
    match beside {
        Beside::Nothing => ().into_any(),
        Beside::Chat => chat(words, entries()),
        Beside::ChatEmpty => chat(words, Vec::new()),
        Beside::ChatBarred => chat_barred(words),
        Beside::Rules => rules(words),
        Beside::People => people_panel(words, waiting(), present(people, true), rights(true)),
        Beside::PeopleGuest => people_panel(words, Vec::new(), present(people, false), rights(false)),
    }
}

fn chat(words: &'static Words, entries: Vec<ChatEntry>) -> AnyView {
    let draft = RwSignal::new(String::new());
    view! { <ChatPanel words=words entries=entries draft=draft on_send=|_| () on_retry=|_| () on_close=|()| () /> }.into_any()
}

fn entries() -> Vec<ChatEntry> {
    let says = |index: u128, from: usize, time: &str, text: &str, delivery: Delivery| ChatEntry {
        id: MessageId::from_bits(index),
        from: ParticipantId::from_bits(from as u128),
        name: NAMES[from].to_owned(),
        time: time.to_owned(),
        text: text.to_owned(),
        mine: from == 1,
        delivery,
    };
    vec![
        says(1, 0, "16:02", "Hello! Can everybody hear me?", Delivery::Sent),
        says(
            2,
            0,
            "16:02",
            "The score is here:\nhttps://example.org/scores/bach-suite-1-prelude-with-fingerings.pdf",
            Delivery::Sent,
        ),
        says(3, 1, "16:03", "Loud and clear.", Delivery::Sent),
        says(4, 3, "16:04", "Good afternoon, and sorry for being late.", Delivery::Sent),
        says(5, 6, "16:04", "مرحبا بالجميع", Delivery::Sent),
        says(6, 1, "16:05", "Shall we begin?", Delivery::Sending),
        says(7, 1, "16:06", "My network is slow today.", Delivery::Failed),
    ]
}

fn chat_barred(words: &'static Words) -> AnyView {
    let draft = RwSignal::new(String::new());
    let why = Some(words.barred.chat_hosts.to_owned());
    view! { <ChatPanel words=words entries=entries() draft=draft on_send=|_| () on_retry=|_| () on_close=|()| () barred=why /> }
        .into_any()
}

fn rules(words: &'static Words) -> AnyView {
    let rules = Rules {
        locked: true,
        door: Door::Knock,
        share: Circle::Hosts,
        speak: Circle::Everybody,
        chat: Circle::Participants,
        hard_mute: false,
    };
    view! { <RoomRulesPanel words=words rules=rules settings="/r/abc-defg-hjk/settings" on_change=|_| () on_close=|()| () /> }
        .into_any()
}

fn rights(hosting: bool) -> Rights {
    Rights { moderate: hosting, appoint: hosting, ..Rights::default() }
}

fn people_panel(
    words: &'static Words,
    waiting: Vec<WaitingPerson>,
    people: Vec<Person>,
    rights: Rights,
) -> AnyView {
    view! {
        <PeoplePanel words=words waiting=waiting people=people rights=rights on_admit=|_| () on_admit_all=|()| () on_deny_all=|()| () on_deny=|_| () on_deed=|_| () on_mute_all=|()| () on_close=|()| () />
    }
    .into_any()
}

fn waiting() -> Vec<WaitingPerson> {
    [(11, NAMES[3], false), (12, NAMES[8], true)]
        .map(|(bits, name, pending)| WaitingPerson {
            id: ParticipantId::from_bits(bits),
            name: name.to_owned(),
            pending,
        })
        .to_vec()
}

fn present(people: usize, hosting: bool) -> Vec<Person> {
    (0..people)
        .map(|index| Person {
            id: ParticipantId::from_bits(index as u128 + 1),
            name: NAMES[index].to_owned(),
            mine: index + 1 == people,
            role: [Role::CoHost, Role::Guest, Role::Participant, Role::Viewer, Role::Owner]
                [(index + usize::from(!hosting)) % 5],
            held: index == 1,
            muted: index % 3 == 1,
            camera: index % 4 != 3,
            screen: index == 2,
            reconnecting: index == 4,
            below: hosting && index + 1 != people,
        })
        .collect()
}
