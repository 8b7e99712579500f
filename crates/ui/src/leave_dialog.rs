//! The question before leaving.

use crate::button::{Button, ButtonKind};
use crate::modal::Modal;
use crate::words::Words;
use leptos::prelude::*;

/// Asks whether to leave; a host may end the call for everybody instead.
#[component]
pub fn LeaveDialog(
    /// The words.
    words: &'static Words,
    /// Whether the question is asked.
    #[prop(into)]
    open: Signal<bool>,
    /// Whether the reader may end the call.
    #[prop(into)]
    hosting: Signal<bool>,
    /// Leaves the call.
    #[prop(into)]
    on_leave: Callback<()>,
    /// Ends the call for everybody.
    #[prop(into)]
    on_end: Callback<()>,
    /// Stays.
    #[prop(into)]
    on_stay: Callback<()>,
) -> impl IntoView {
    let call = &words.call;
    view! {
        <Modal id="leave-title" title=call.leave_title open=open on_close=on_stay>
            <div class="leave-dialog">
                <p class="leave-dialog__text">
                    {move || if hosting.get() { call.leave_text_host } else { call.leave_text }}
                </p>
                <div class="leave-dialog__ways">
                    <Button kind=ButtonKind::Primary first=true on_press=on_leave>
                        {call.leave_confirm}
                    </Button>
                    <Show when=move || hosting.get()>
                        <Button kind=ButtonKind::Danger on_press=on_end>{call.end_confirm}</Button>
                    </Show>
                    <Button kind=ButtonKind::Quiet on_press=on_stay>{call.stay}</Button>
                </div>
            </div>
        </Modal>
    }
}
