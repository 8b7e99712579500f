//! How far money is that goes back: the books say what is owed to the payer, and the orders whether it went.

use super::html::Html;
use model::Money;
use service::rooms::papers::{Instruction, OrderLine};
use ui::words::filled;
use ui::words::papers::Papers;

/// A sentence about what has not gone yet, and one about what did not arrive; nothing, if all of it went.
pub(super) fn how_far(words: &Papers, orders: &[OrderLine]) -> Html {
    let said = &words.money;
    let refunds = || {
        orders.iter().filter(|order| order.done_at.is_none()).filter_map(|order| match order.instruction {
            Instruction::Refund { amount, .. } => Some((order.is_dead, amount)),
            _ => None,
        })
    };
    let sentence = |is_dead, words| {
        let amounts = refunds().filter(|(dead, _)| *dead == is_dead).map(|(_, amount)| amount);
        let sum: Option<Money> = amounts.reduce(|one, other| one.plus(other).unwrap_or(one));
        sum.map(|sum| Html::new().p(&filled(words, &[("amount", &sum.to_string())])))
    };
    Html::new().all(sentence(false, said.on_its_way)).all(sentence(true, said.not_gone))
}
