//! What a person may see of a call: plain values, derived from its state and comparable, so that only
//! what changed is drawn again.

use crate::effect::DeviceId;
use crate::input::{Device, DeviceProblem};
use model::{Mid, MonoMillis, ParticipantId, Rights, Role, RoomName, Source};
use protocol::{
    ChatMessage, ErrorCode, ExtensionView, Farewell, PaidTime, Publishing, RoomRules, WaitingGuest,
};

/// The whole picture.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub stage: Stage,
    pub devices: DevicesView,
    /// What this browser sends, or would send once inside.
    pub publishing: Publishing,
    /// Empty before the first snapshot.
    pub room_name: Option<RoomName>,
    pub me: Option<ParticipantId>,
    pub hosting: bool,
    /// What the viewer may do; everything before they are inside, where nothing is refused yet.
    pub rights: Rights,
    /// The rules of the room, once inside.
    pub rules: Option<RoomRules>,
    /// When the call must be over, by the shell's own clock.
    pub ends_at: Option<MonoMillis>,
    /// How it stands with time that somebody paid for.
    pub paid: Option<PaidTime>,
    /// More time that the viewer may buy.
    pub extension: Option<ExtensionView>,
    /// In order: shared screens, then everybody by arrival, the reader last. Viewers have no tile: they
    /// never send a picture, and an audience must not take the space of those who are watched.
    pub tiles: Vec<TileView>,
    pub people: Vec<PersonView>,
    /// Who waits at the door; empty unless the viewer is a host.
    pub waiting: Vec<WaitingGuest>,
    pub chat: Vec<ChatLine>,
    pub unread: usize,
    pub notice: Option<Notice>,
    /// Remote sound waits for a click.
    pub playback_blocked: bool,
}

/// What a call shows before anything happened.
impl Default for View {
    fn default() -> Self {
        Self {
            stage: Stage::Preview { problem: None },
            devices: DevicesView::default(),
            publishing: Publishing::default(),
            room_name: None,
            me: None,
            hosting: false,
            rights: Rights { speak: true, show: true, share: true, chat: true, ..Rights::default() },
            rules: None,
            ends_at: None,
            paid: None,
            extension: None,
            tiles: Vec::new(),
            people: Vec::new(),
            waiting: Vec::new(),
            chat: Vec::new(),
            unread: 0,
            notice: None,
            playback_blocked: false,
        }
    }
}

/// Where the person is on the way through a call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stage {
    /// On the entry page. `problem` is why the last attempt to come in failed.
    Preview { problem: Option<JoinProblem> },
    /// Asked to come in, no answer yet.
    Joining,
    /// At the door.
    Waiting { host_present: bool, reconnecting: bool, notice: Option<model::Notice> },
    /// Inside.
    InCall { link: LinkView },
    /// Not any more.
    Left { reason: LeftReason },
}

/// Why a person could not come in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JoinProblem {
    Refused(ErrorCode),
    /// The browser cannot make calls at all.
    Unsupported,
    /// The server did not answer in time.
    TimedOut,
}

/// Whether the call works.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LinkView {
    Connecting,
    Connected,
    Reconnecting,
    /// Signalling works, but no media has come through after several attempts.
    Blocked,
}

/// Why the call is over for this person.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LeftReason {
    /// They hung up, or stopped waiting.
    ByChoice,
    /// They ended the call for everybody.
    Ended,
    Told(Farewell),
    /// The way back in was refused.
    Refused(ErrorCode),
}

/// The devices as the entry page and the settings show them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DevicesView {
    pub microphone: DeviceView,
    pub camera: DeviceView,
    pub screen: DeviceView,
    pub devices: Vec<Device>,
}

/// One source on this side.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum DeviceView {
    /// Not open: nobody asked for it yet, or it was switched off.
    #[default]
    Off,
    /// The browser asks the person, or opens the device.
    Asking,
    On {
        device: DeviceId,
    },
    Failed(DeviceProblem),
}

/// One tile of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct TileView {
    pub participant: ParticipantId,
    pub source: TileSource,
    pub name: String,
    pub mine: bool,
    pub muted: bool,
    pub speaking: bool,
    pub reconnecting: bool,
    /// Why there is no picture, though the person sends one.
    pub missing: Option<Missing>,
    /// What to draw; without it the tile shows an avatar.
    pub picture: Option<Picture>,
}

/// Why a picture that is sent is not shown.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Missing {
    /// There is no room for it on the way to this browser.
    Network,
    /// This browser cannot decode it.
    Codec,
    /// Every slot carries the picture of somebody else.
    Slot,
}

/// What a tile is about.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum TileSource {
    Person,
    Screen,
}

/// Where a picture comes from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Picture {
    /// A captured track of this browser.
    Local(Source),
    /// A slot of the peer connection.
    Slot(Mid),
}

/// One line of the people panel.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PersonView {
    pub participant: ParticipantId,
    pub name: String,
    pub mine: bool,
    pub role: Role,
    /// A host muted them for good.
    pub held: bool,
    pub muted: bool,
    pub camera: bool,
    pub screen: bool,
    pub reconnecting: bool,
    /// Whether the viewer may mute, remove or ban this person.
    pub below: bool,
}

/// One line of the chat panel.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatLine {
    pub message: ChatMessage,
    pub mine: bool,
    pub delivery: Delivery,
}

/// What became of a chat message of one's own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Delivery {
    Sending,
    Sent,
    /// It can be sent again by [`Action::Say`](crate::Action::Say) with the same id.
    Failed(ErrorCode),
}

/// One thing worth saying, in one place, one at a time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Notice {
    Joined {
        name: String,
    },
    Left {
        name: String,
    },
    Removed {
        name: String,
    },
    Knocked {
        name: String,
    },
    Device {
        source: Source,
        problem: DeviceProblem,
    },
    /// A host stopped what this browser sent; `held` if only a host can let it start again.
    Stopped {
        source: Source,
        by: Option<String>,
        held: bool,
    },
    /// A host lets this person speak again.
    MaySpeak,
    /// A host gave this person another role.
    Appointed {
        role: Role,
    },
    /// The room does not let this browser send that.
    MayNotSend {
        source: Source,
    },
    /// The call must be over in so many minutes.
    EndsSoon {
        minutes: u64,
    },
    ActionFailed(ErrorCode),
}
