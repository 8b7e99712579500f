//! What Anteroom looks like and what it says: presentational components, nothing else.
//!
//! | page | components |
//! |---|---|
//! | every page | [`PageFrame`], [`LiveRegion`], [`Button`], [`TextField`], [`Checkbox`], [`Icon`] |
//! | corner of every page | [`SignInLink`], [`AccountMenu`] |
//! | signing in, one's account | [`AccountCard`], [`AccountPage`], [`AccountSection`] |
//! | contacts and direct calls | [`PeoplePage`], [`ContactList`], [`KnownPeople`], [`RingCard`] |
//! | home | [`HomeIntro`], [`NewRoomFields`], [`JoinByCode`], [`HostedRooms`] |
//! | the room's pages for hosts | [`RoomHeading`], [`SettingsCard`], [`DoorChoice`], [`PlanFields`], [`MemberList`] |
//! | | [`InviteList`], [`InviteForm`], [`JournalList`], [`AttendanceTable`], [`NotYours`], [`OtherAccount`] |
//! | fields | [`SelectField`], [`TextArea`], [`MomentField`], [`ChoiceGroup`], [`PasscodeField`] |
//! | entry | [`EntryCard`], [`DeviceCheck`], [`DeviceProblemNote`], [`EntryForm`], [`RoomLink`] |
//! | entry, by its state | [`EntryFacts`], [`EarlyPanel`], [`Countdown`], [`HostNotice`] |
//! | inviting | [`InvitationActions`] |
//! | choice of devices | [`DeviceLists`], [`DevicePicker`], [`SpeakerTest`] |
//! | at the door | [`WaitingPanel`], [`PlacePanel`] |
//! | no way in, and after the call | [`OutcomePanel`] |
//! | call | [`CallFrame`], [`CallHeader`], [`TileGrid`], [`Tile`], [`AloneCard`], [`ControlBar`] |
//! | beside the call | [`ChatPanel`], [`PeoplePanel`], [`RoomRulesPanel`] |
//! | one at a time in the header | [`NoticeBar`], [`KnockToast`], [`SoundBlocked`] |
//! | over the call | [`LeaveDialog`], [`ConfirmDialog`], [`ShortcutSheet`], [`PersonMenu`] |
//!
//! State comes in as signals, what a person does goes out as callbacks, and every text comes from
//! [`Words`]. Each component lives in `foo_bar.rs` and is styled by `style/components/_foo_bar.css`; its
//! classes are `block__element`. [`arrange`] is the arithmetic of the grid.
//!
//! Not here: server functions, context, the call's state, devices, tracks and storage. The DOM is only
//! touched where HTML has no declarative way ([`Modal`], [`PersonMenu`]).

mod account_card;
mod account_menu;
mod account_page;
mod alone_card;
mod arrangement;
mod attendance_table;
mod avatar;
mod button;
mod call_frame;
mod call_header;
mod chat_line;
mod chat_panel;
mod checkbox;
mod choice_group;
mod confirm_dialog;
mod contact_list;
mod control_bar;
mod control_button;
mod countdown;
mod device_check;
mod device_lists;
mod device_picker;
mod device_problem_note;
mod device_state;
mod early_panel;
mod entry_card;
mod entry_facts;
mod entry_form;
mod home_intro;
mod host_notice;
mod hosted_rooms;
mod icons;
mod invitation_actions;
mod invitation_card;
mod invite_form;
mod invite_line;
mod invite_list;
mod join_by_code;
mod journal_list;
mod knock_toast;
mod known_people;
mod leave_dialog;
mod level_meter;
mod live_region;
mod mail_invite_form;
mod member_line;
mod member_list;
mod modal;
mod moment_field;
mod more_menu;
mod new_room_fields;
mod nobody_card;
mod not_yours;
mod notice_bar;
mod other_account;
mod outcome_panel;
mod page_frame;
mod passcode_field;
mod people_page;
mod people_panel;
mod person_line;
mod person_menu;
mod place_panel;
mod plan_fields;
mod policy_fields;
mod price_panel;
mod ring_card;
mod room_desk;
mod room_heading;
mod room_link;
mod room_rules;
mod select_field;
mod self_view;
mod settings_card;
mod shortcut_sheet;
mod side_panel;
mod sound_blocked;
mod speaker_test;
mod text_area;
mod text_field;
mod tile;
mod tile_grid;
mod time_left;
mod utc_moment;
mod waiting_line;
mod waiting_panel;
mod wordmark;
pub mod words;

pub use account_card::AccountCard;
pub use account_menu::{AccountMenu, SignInLink};
pub use account_page::{AccountPage, AccountSection};
pub use alone_card::AloneCard;
pub use arrangement::{Arrangement, Rect, arrange};
pub use attendance_table::{AttendanceLine, AttendanceTable};
pub use avatar::Avatar;
pub use button::{Button, ButtonKind};
pub use call_frame::CallFrame;
pub use call_header::CallHeader;
pub use chat_line::{ChatEntry, ChatLine, Delivery};
pub use chat_panel::ChatPanel;
pub use checkbox::Checkbox;
pub use choice_group::ChoiceGroup;
pub use confirm_dialog::ConfirmDialog;
pub use contact_list::{Contact, ContactList, ContactReach};
pub use control_bar::{BarredControls, ControlBar};
pub use control_button::{ControlButton, ControlTone};
pub use countdown::{Countdown, countdown_text};
pub use device_check::{CheckStage, DeviceCheck};
pub use device_lists::DeviceLists;
pub use device_picker::{DeviceOption, DevicePicker};
pub use device_problem_note::{BrowserFamily, DeviceProblem, DeviceProblemNote, fix, what};
pub use device_state::DeviceState;
pub use early_panel::EarlyPanel;
pub use entry_card::EntryCard;
pub use entry_facts::{EntryFacts, Fact};
pub use entry_form::{EntryForm, EntryWay, PasscodeAsked};
pub use home_intro::HomeIntro;
pub use host_notice::HostNotice;
pub use hosted_rooms::{HostedRoomLine, HostedRooms, RoomList};
pub use icons::{Glyph, Icon};
pub use invitation_actions::{InvitationActions, InvitationText};
pub use invitation_card::InvitationCard;
pub use invite_form::{InviteDraft, InviteForm};
pub use invite_line::{InviteEntry, InviteLine, InviteState};
pub use invite_list::InviteList;
pub use join_by_code::JoinByCode;
pub use journal_list::{JournalLine, JournalList};
pub use knock_toast::KnockToast;
pub use known_people::{KnownDeed, KnownPeople, KnownPerson};
pub use leave_dialog::LeaveDialog;
pub use level_meter::LevelMeter;
pub use live_region::{LiveRegion, Urgency};
pub use mail_invite_form::{MailDraft, MailInviteForm, MailInviteNote};
pub use member_line::{Member, MemberLine, role_name};
pub use member_list::MemberList;
pub use modal::Modal;
pub use moment_field::MomentField;
pub use more_menu::{MenuItem, MoreMenu};
pub use new_room_fields::NewRoomFields;
pub use nobody_card::NobodyCard;
pub use not_yours::NotYours;
pub use notice_bar::{NoticeBar, NoticeTone};
pub use other_account::OtherAccount;
pub use outcome_panel::{Outcome, OutcomePanel};
pub use page_frame::PageFrame;
pub use passcode_field::PasscodeField;
pub use people_page::{PeopleCard, PeopleFields, PeoplePage, PeopleRules};
pub use people_panel::PeoplePanel;
pub use person_line::{Person, PersonLine};
pub use person_menu::{PersonDeed, PersonMenu, deeds};
pub use place_panel::PlacePanel;
pub use plan_fields::{PlanDraft, PlanFields, PlanNext, PlanWrong, span};
pub use policy_fields::{CallRules, DoorChoice, DoorManner, TimeRules};
pub use price_panel::{PricePanel, PriceTerms};
pub use ring_card::{RingCard, RingStage, RingView};
pub use room_desk::{HistoryFiles, RoomDesk};
pub use room_heading::{RoomHeading, RoomPart};
pub use room_link::RoomLink;
pub use room_rules::{RoomRulesPanel, RuleChange, Rules};
pub use select_field::{Choice, SelectField};
pub use self_view::SelfView;
pub use settings_card::{Saving, SettingsCard};
pub use shortcut_sheet::ShortcutSheet;
pub use side_panel::SidePanel;
pub use sound_blocked::SoundBlocked;
pub use speaker_test::SpeakerTest;
pub use text_area::TextArea;
pub use text_field::TextField;
pub use tile::{Tile, TileKind};
pub use tile_grid::TileGrid;
pub use time_left::{TimeLeft, left_changes_in_ms, left_text};
pub use utc_moment::UtcMoment;
pub use waiting_line::{WaitingLine, WaitingPerson};
pub use waiting_panel::WaitingPanel;
pub use wordmark::Wordmark;
pub use words::Words;
