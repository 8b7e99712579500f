//! The question before something that somebody else will feel.

use crate::button::{Button, ButtonKind};
use crate::modal::Modal;
use leptos::prelude::*;

/// Says what will happen and asks once more. The focus begins on the way back.
#[component]
pub fn ConfirmDialog(
    /// The id of the heading.
    id: &'static str,
    /// Whether the question is asked.
    #[prop(into)]
    open: Signal<bool>,
    /// The question; it names whom it is about.
    #[prop(into)]
    title: Signal<String>,
    /// What will happen.
    #[prop(into)]
    text: Signal<String>,
    /// What the button says that does it.
    #[prop(into)]
    confirm: Signal<String>,
    /// What the other button says.
    keep: &'static str,
    /// Does it.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// Lets it be.
    #[prop(into)]
    on_keep: Callback<()>,
) -> impl IntoView {
    view! {
        <Modal id=id title=title open=open on_close=on_keep>
            <div class="confirm-dialog">
                <p class="confirm-dialog__text">{move || text.get()}</p>
                <div class="confirm-dialog__ways">
                    <Button first=true on_press=on_keep>{keep}</Button>
                    <Button kind=ButtonKind::Danger on_press=on_confirm>{move || confirm.get()}</Button>
                </div>
            </div>
        </Modal>
    }
}
