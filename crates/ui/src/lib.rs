//! What Anteroom looks like and what it says: presentational components, nothing else.
//!
//! | page | components |
//! |---|---|
//! | every page | [`PageFrame`], [`LiveRegion`], [`Button`], [`TextField`], [`Checkbox`], [`Icon`] |
//! | corner of every page | [`SignInLink`], [`AccountMenu`] |
//! | signing in, one's account | [`AccountCard`], [`AccountPage`], [`AccountSection`] |
//! | home | [`HomeIntro`], [`NewRoomFields`], [`JoinByCode`], [`HostedRooms`] |
//! | entry | [`EntryCard`], [`DeviceCheck`], [`DeviceProblemNote`], [`EntryForm`], [`RoomLink`] |
//! | choice of devices | [`DeviceLists`], [`DevicePicker`], [`SpeakerTest`] |
//! | at the door | [`WaitingPanel`] |
//! | no way in, and after the call | [`OutcomePanel`] |
//! | call | [`CallFrame`], [`CallHeader`], [`TileGrid`], [`Tile`], [`AloneCard`], [`ControlBar`] |
//! | beside the call | [`ChatPanel`], [`PeoplePanel`] |
//! | one at a time in the header | [`NoticeBar`], [`KnockToast`], [`SoundBlocked`] |
//! | over the call | [`LeaveDialog`], [`ShortcutSheet`] |
//!
//! State comes in as signals, what a person does goes out as callbacks, and every text comes from
//! [`Words`]. Each component lives in `foo_bar.rs` and is styled by `style/components/_foo_bar.css`; its
//! classes are `block__element`. [`arrange`] is the arithmetic of the grid.
//!
//! Not here: server functions, context, the call's state, devices, tracks and storage. The DOM is only
//! touched where HTML has no declarative way ([`Modal`]).

mod account_card;
mod account_menu;
mod account_page;
mod alone_card;
mod arrangement;
mod avatar;
mod button;
mod call_frame;
mod call_header;
mod chat_line;
mod chat_panel;
mod checkbox;
mod control_bar;
mod control_button;
mod device_check;
mod device_lists;
mod device_picker;
mod device_problem_note;
mod device_state;
mod entry_card;
mod entry_form;
mod home_intro;
mod hosted_rooms;
mod icons;
mod join_by_code;
mod knock_toast;
mod leave_dialog;
mod level_meter;
mod live_region;
mod modal;
mod more_menu;
mod new_room_fields;
mod notice_bar;
mod outcome_panel;
mod page_frame;
mod people_panel;
mod person_line;
mod room_link;
mod self_view;
mod shortcut_sheet;
mod side_panel;
mod sound_blocked;
mod speaker_test;
mod text_field;
mod tile;
mod tile_grid;
mod waiting_line;
mod waiting_panel;
mod wordmark;
pub mod words;

pub use account_card::AccountCard;
pub use account_menu::{AccountMenu, SignInLink};
pub use account_page::{AccountPage, AccountSection};
pub use alone_card::AloneCard;
pub use arrangement::{Arrangement, Rect, arrange};
pub use avatar::Avatar;
pub use button::{Button, ButtonKind};
pub use call_frame::CallFrame;
pub use call_header::CallHeader;
pub use chat_line::{ChatEntry, ChatLine, Delivery};
pub use chat_panel::ChatPanel;
pub use checkbox::Checkbox;
pub use control_bar::ControlBar;
pub use control_button::{ControlButton, ControlTone};
pub use device_check::{CheckStage, DeviceCheck};
pub use device_lists::DeviceLists;
pub use device_picker::{DeviceOption, DevicePicker};
pub use device_problem_note::{BrowserFamily, DeviceProblem, DeviceProblemNote, fix, what};
pub use device_state::DeviceState;
pub use entry_card::EntryCard;
pub use entry_form::{EntryForm, EntryWay};
pub use home_intro::HomeIntro;
pub use hosted_rooms::{HostedRoomLine, HostedRooms, RoomList};
pub use icons::{Glyph, Icon};
pub use join_by_code::JoinByCode;
pub use knock_toast::KnockToast;
pub use leave_dialog::LeaveDialog;
pub use level_meter::LevelMeter;
pub use live_region::{LiveRegion, Urgency};
pub use modal::Modal;
pub use more_menu::{MenuItem, MoreMenu};
pub use new_room_fields::NewRoomFields;
pub use notice_bar::{NoticeBar, NoticeTone};
pub use outcome_panel::{Outcome, OutcomePanel};
pub use page_frame::PageFrame;
pub use people_panel::PeoplePanel;
pub use person_line::{Person, PersonLine};
pub use room_link::RoomLink;
pub use self_view::SelfView;
pub use shortcut_sheet::ShortcutSheet;
pub use side_panel::SidePanel;
pub use sound_blocked::SoundBlocked;
pub use speaker_test::SpeakerTest;
pub use text_field::TextField;
pub use tile::{Tile, TileKind};
pub use tile_grid::TileGrid;
pub use waiting_line::{WaitingLine, WaitingPerson};
pub use waiting_panel::WaitingPanel;
pub use wordmark::Wordmark;
pub use words::Words;
