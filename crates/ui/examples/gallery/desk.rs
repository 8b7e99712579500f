//! The pages where a host sets up a room and reads its history.

use crate::{Sheet, sheet};
use leptos::prelude::*;
use model::policy::Minutes;
use model::schedule::Repeat;
use model::{InviteId, Notice, Passcode, Policy, Role, Schedule, UserId};
use ui::*;

pub fn sheets(words: &'static Words) -> Vec<Sheet> {
    vec![
        sheet("desk-settings", || settings(words, false)),
        sheet("desk-ended", || settings(words, true)),
        sheet("desk-history", || history(words)),
        sheet("desk-not-yours", || {
            view! { <PageFrame words><NotYours words room="/r/bcd-fghj-kmn".to_owned()><OtherAccount words name=Some("Bo".to_owned()) sign_in="/sign-in" /></NotYours></PageFrame> }
        }),
    ]
}

const LONG: &str = "Weekly planning of the editorial board of the journal of unreasonably long names";

fn plan() -> Option<Schedule> {
    Some(Schedule {
        starts: "2026-11-23T16:00".parse().ok()?,
        zone: "Europe/Berlin".parse().ok()?,
        length: Minutes::new(55).ok()?,
        repeat: Repeat::Weekly,
        until: "2027-03-01".parse().ok(),
    })
}

fn settings(words: &'static Words, ended: bool) -> impl IntoView {
    let draft = RwSignal::new(Policy {
        passcode: Passcode::parse("cello42").ok(),
        notice: Notice::parse("Bring your bow.").ok(),
        ..Policy::plain(true)
    });
    let plan_draft = PlanDraft::of(plan().as_ref());
    plan_draft.wrong.update(|wrong| wrong.zone = Some(words.settings.unknown_zone));
    let card = move |id, heading, hint, saving: Saving, fields: AnyView| {
        view! { <SettingsCard words id heading hint saving locked=ended on_save=|()| ()>{fields}</SettingsCard> }
    };
    let text = &words.settings;
    let passcode = RwSignal::new("cello42".to_owned());
    let door = view! {
        <DoorChoice words draft />
        <PasscodeField words value=passcode error=None on_make=|()| () />
        <TextArea id="notice" label=text.notice hint=text.notice_hint limit=300
            value=RwSignal::new("Bring your bow.".to_owned()) />
        <DoorManner words draft />
    };
    let fields = view! {
        <PlanNext words planned=true next="Monday, 23 November 2026 at 16:00 CET".to_owned() />
        <PlanFields words draft=plan_draft zones=vec!["Europe/Berlin".to_owned()] />
    };
    view! {
        <PageFrame words>
            <RoomDesk>
                <RoomHeading words name=LONG address="/r/bcd-fghj-kmn".to_owned() part=RoomPart::Settings ended />
                {card("plan", words.plan.heading, words.plan.hint, Saving::Rest, fields.into_any())}
                {people(words, ended)}
                {invites(words, ended)}
                {card("door", text.door_heading, text.door_hint, Saving::Done, door.into_any())}
                {card("call", text.call_heading, text.call_hint, Saving::Busy, view! { <CallRules words draft /> }.into_any())}
                {card("time", text.time_heading, text.time_hint,
                    Saving::Failed(words.errors.unreachable.to_owned()), view! { <TimeRules words draft /> }.into_any())}
            </RoomDesk>
        </PageFrame>
    }
}

fn people(words: &'static Words, ended: bool) -> impl IntoView {
    let roles = vec![Role::CoHost, Role::Participant, Role::Viewer, Role::Guest];
    let member = |user, name: &str, role, roles: &[Role]| Member {
        user: UserId::from_bits(user),
        name: (!name.is_empty()).then(|| name.to_owned()),
        mine: user == 1,
        role,
        roles: roles.to_vec(),
    };
    let members = vec![
        member(1, "Ana", Role::Owner, &[]),
        member(2, LONG, Role::CoHost, &roles),
        member(3, "", Role::Viewer, &roles),
    ];
    let banned = vec![member(4, "Zed", Role::Guest, &[])];
    view! {
        <MemberList words members banned saving=Saving::Done locked=ended on_appoint=|_| () on_pardon=|_| () />
    }
}

fn invites(words: &'static Words, ended: bool) -> impl IntoView {
    let invite = |id, label: &str, role, used, state| InviteEntry {
        id: InviteId::from_bits(id),
        label: (!label.is_empty()).then(|| label.to_owned()),
        role,
        personal: id == 2,
        uses: Some(5),
        used,
        until: (id == 1).then(|| "Monday, 30 November 2026 at 16:00 CET".to_owned()),
        state,
        mailed: (id == 2).then(|| format!("{} bo@example.org", words.mailing.heading)),
    };
    let invites = vec![
        invite(1, "The cellos", Role::Participant, 2, InviteState::Live),
        invite(2, LONG, Role::CoHost, 0, InviteState::Live),
        invite(3, "", Role::Viewer, 5, InviteState::Spent),
    ];
    let draft = InviteDraft::new();
    let links = vec![Choice::new("", words.invites.message_plain), Choice::new("1", "The cellos")];
    let invitation =
        InvitationText::write(words, LONG, "https://meet.example.org/r/bcd-fghj-kmn", Some("Monday, 16:00"));
    view! {
        <InviteList words invites copied=Some(InviteId::from_bits(2)) saving=Saving::Rest locked=ended
            on_copy=|_| () on_mail=|_| () on_revoke=|_| () />
        <SettingsCard words id="new-invite" heading=words.invites.new_heading saving=Saving::Rest locked=ended
            press=words.invites.make on_save=|()| ()>
            <InviteForm words draft may_appoint=true />
        </SettingsCard>
        <InvitationCard words links link=RwSignal::new(String::new()) invitation
            calendar=Some("/r/bcd-fghj-kmn/invitation.ics".to_owned()) copied=false on_copy=|_| () />
    }
}

fn history(words: &'static Words) -> impl IntoView {
    let line = |day: &str, time: &str, text: &str| JournalLine {
        moment: "2026-11-21T16:00Z".to_owned(),
        time: time.to_owned(),
        day: day.to_owned(),
        text: text.to_owned(),
    };
    let lines = vec![
        line("Saturday, 21 November 2026", "17:02", "Bo Lind left"),
        line("Saturday, 21 November 2026", "16:01", "Ana let Bo Lind in"),
        line("Friday, 20 November 2026", "09:30", LONG),
    ];
    let person = |name: &str, last: Option<&str>| AttendanceLine {
        name: name.to_owned(),
        role: words.members.guest,
        total: "1:02:03".to_owned(),
        visits: 2,
        first: "Saturday, 21 November 2026 at 16:01 CET".to_owned(),
        last: last.map(str::to_owned),
    };
    let people = vec![person("Ana", None), person(LONG, Some("Saturday, 21 November 2026 at 17:02 CET"))];
    let room = "/r/bcd-fghj-kmn".to_owned();
    view! {
        <PageFrame words>
            <RoomDesk>
                <RoomHeading words name="Cello lesson" address=room.clone() part=RoomPart::History ended=true />
                <AttendanceTable words lines=people />
                <JournalList words lines cut=true />
                <HistoryFiles words csv=format!("{room}/history.csv") json=format!("{room}/history.json") />
            </RoomDesk>
        </PageFrame>
    }
}
