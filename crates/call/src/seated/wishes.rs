//! What a seated person wants: each wish is one server function or one message on the socket.

use super::{Seated, Standing, Step};
use crate::effect::{ApiCall, Effect, RequestId};
use crate::input::Action;
use crate::view::{Delivery, Notice};
use protocol::{ClientMessage, Deed, ErrorCode, Publishing};

impl Seated {
    pub(super) fn handle_wish(&mut self, action: Action, step: &mut Step<'_>) {
        let Standing::Inside(roster) = &mut self.standing else { return };
        let seat = self.seat;
        match action {
            Action::Do(deed) => {
                let ends = deed == Deed::End;
                let request = step.call_api(ApiCall::Act { seat, deed });
                self.ending = if ends { Some(request) } else { self.ending };
            }
            Action::Say { id, text } => {
                let request = step.call_api(ApiCall::Say { seat, id, text: text.clone() });
                roster.send(id, text, request);
            }
            Action::Show(wanted) => self.show(wanted, step.effects),
            Action::OpenChat(open) => {
                self.chat_open = open;
                self.unread = 0;
            }
            Action::CheckDevices
            | Action::Switch { .. }
            | Action::ChooseDevice { .. }
            | Action::Join { .. }
            | Action::Leave
            | Action::DismissNotice
            | Action::AllowPlayback => {}
        }
    }

    /// Tells the server what is sent now, if it changed.
    pub(crate) fn publish(&mut self, publishing: Publishing, effects: &mut Vec<Effect>) {
        if self.published == publishing {
            return;
        }
        // While a join is under way or the socket is down nothing is lost: a greeting repeats it all.
        let Some(connection) = self.signal.writable() else { return };
        if matches!(self.standing, Standing::Inside(_)) {
            self.published = publishing;
            effects.push(Effect::SendMessage { connection, message: ClientMessage::Publish(publishing) });
        }
    }

    /// A server function has answered a wish.
    pub(super) fn wish_answered(
        &mut self,
        request: RequestId,
        refusal: Option<ErrorCode>,
        step: &mut Step<'_>,
    ) {
        if refusal.is_some() && self.ending == Some(request) {
            self.ending = None;
        }
        let Standing::Inside(roster) = &mut self.standing else { return };
        let is_chat = roster.outbox.iter().any(|mine| mine.request == request);
        match (is_chat, refusal) {
            (true, None) => roster.delivered(request, Delivery::Sent),
            (true, Some(code)) => roster.delivered(request, Delivery::Failed(code)),
            // Somebody else was quicker, or the guest went away: there is nothing left to do.
            (false, None | Some(ErrorCode::NotWaiting | ErrorCode::NoSuchParticipant)) => {}
            (false, Some(code)) => step.notice = Some(Notice::ActionFailed(code)),
        }
    }
}
