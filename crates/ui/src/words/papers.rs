//! What payers and hosts read about their money. Apart from [`Words`](super::Words), so that the page's
//! program does not carry it.
//!
//! | part | where it is read |
//! |---|---|
//! | [`Frame`] | around every such page |
//! | [`Receipt`], [`Course`], [`Money`] | `/sessions/…/receipt`, and the evidence |
//! | [`States`], [`Endings`] | one word for each status of a session, and one sentence for each ending |
//! | [`Refund`] | giving money back by hand |
//! | [`Bill`] | paying what is due after the call, and letting it go |
//! | [`Cancel`] | calling a call off before it begins |
//! | [`Mailed`] | an address to which the receipt goes |
//! | [`Lists`] | `/payments`, `/earnings` |
//! | [`Packs`] | prepaid minutes: buying them, `/balance`, `/purchases/…`, `/earnings/packs` |
//! | [`Evidence`] | the file that a host takes along |

use super::operator::Operator;
use super::payouts::Payouts;
use super::policies::Policies;
use super::pricing::Pricing;
use super::programs::Programs;
use super::strangers::Strangers;

part! {
    /// Around every page about money.
    Frame {
        skip, product, places, payments, balance, earnings, test, unknown_title, unknown_text, failed_title,
        failed_text, home, again,
    }
}

part! {
    /// What a session is, and what was agreed to.
    Receipt {
        title, title_now, title_bill, room, host, payer, somebody, nameless_room, number, status,
        agreed_at, planned, began, ended, ending, as_of, agreed_heading, agreed_lead, digest, to_room,
        refunded, print, said_otherwise,
    }
}

part! {
    /// Who was inside, and when.
    Course {
        heading, who, host, payer, from, until, how, inside, nobody, dropped, left, over, outage, together,
        together_so_far, hours, minutes, seconds,
    }
}

part! {
    /// Payments, and what it came to.
    Money {
        sums, price, paid, kept, fee, back, held, disputed, lost, due, free, minutes_reserved, minutes_used,
        minutes_unused, minutes_returned,
        payments, none, purpose, amount, state, asked_at, came_at, entry, extension, bill, asked, void,
        let_go, ready, taken, promised, sent_back, frozen, dispute_open, dispute_won, dispute_lost, returns,
        ready_note, why, by_host, by_operator, closing, not_needed, dispute, when, on_its_way, not_gone,
    }
}

part! {
    /// One word for where a session is.
    States {
        offered, awaiting_payment, confirmed, lobby, live, grace, closed, settled, expired, cancelled,
        no_show_host, no_show_payer, no_show_both, aborted, refunded, disputed, dispute_won, dispute_lost,
    }
}

part! {
    /// How a session came to its end.
    Endings {
        expired, cancelled_host, cancelled_payer, cancelled_operator, no_show_host, no_show_payer,
        no_show_both, completed, aborted_host, aborted_payer, aborted_outage,
    }
}

part! {
    /// Giving money back by hand.
    Refund {
        heading, lead, how_much, all, part, amount, amount_hint, go_on, minutes_lead, confirm_title,
        confirm_text, confirm_minutes, from_host, from_fee, deferred, slow, no_undo, confirm, stay, too_much,
        nothing_left, wrong_amount, too_many, not_over, refused, done_before,
    }
}

part! {
    /// Paying what is due, and letting it go.
    Bill {
        heading, lead, pay, pending, waive_heading, waive_lead, waive_go_on, waive_title, waive_text,
        waive_late, waive, keep, waived,
    }
}

part! {
    /// Calling a call off.
    Cancel {
        heading, nothing_paid, bill, takes, all_back, part_back, nothing_back, minutes_back, go_on, no_undo,
        confirm, stay,
    }
}

part! {
    /// Having the receipt sent by mail.
    Mailed {
        heading, lead, to, address, send, send_elsewhere, sent, noted, refused, away, too_many, wrong,
        withdraw, withdrawn, nowhere, stop_title, stop_lead, stop, stopped,
    }
}

part! {
    /// Lists of sessions.
    Lists {
        payments_title, payments_lead, payments_empty, earnings_title, earnings_lead, earnings_empty,
        month_empty, month, show, whole, sums, currency, table, date, room, payer, status, paid, back,
        earned, fee, held, number, receipt, csv, pages, newer, older, disputed, count,
    }
}

part! {
    /// Packs of prepaid minutes.
    Packs {
        shop_title, shop_lead, packs, have, have_none, waiting, offered, sign_in_first, buy, agree, changed,
        to_room, balance_title, balance_lead, balance_empty, balance_guest, hosts, host, left, held,
        withheld, again, purchases, uses, bought_at, pack, back, purchase, used, returned, sold_title,
        sold_lead, sold_empty, buyer, seller, purchase_title, on_sale_in, left_now, number, sell_back,
        sell_back_lead, nothing_left, confirm_title, confirm_text, from_whom, confirm, sold_back,
        bank_has_it, status_sold_back,
    }
}

part! {
    /// The file that proves what happened.
    Evidence {
        heading, lead, html, json, title, written, entitled, not_entitled, policy, events, at, event,
        orders, order, attempts, done_at, not_done, chain, chain_lead, position, millis, title_pack,
        lead_pack, uses, uses_lead, uses_none, uses_more,
    }
}

/// All of it in one language.
#[derive(Debug)]
pub struct Papers {
    /// The language as HTML names it (BCP 47).
    pub lang: &'static str,
    pub frame: Frame,
    pub receipt: Receipt,
    pub course: Course,
    pub money: Money,
    pub states: States,
    pub endings: Endings,
    pub refund: Refund,
    pub cancel: Cancel,
    pub mailed: Mailed,
    pub bill: Bill,
    pub lists: Lists,
    pub packs: Packs,
    pub payouts: Payouts,
    pub evidence: Evidence,
    pub operator: Operator,
    pub policies: Policies,
    pub pricing: Pricing,
    pub programs: Programs,
    pub strangers: Strangers,
}

impl Papers {
    /// The words in the language that a browser prefers (`Accept-Language`).
    pub fn of(preferred: &str) -> &'static Self {
        if super::Words::of(preferred).lang == super::de::papers::PAPERS.lang {
            &super::de::papers::PAPERS
        } else {
            &super::en::papers::PAPERS
        }
    }

    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<(&'static str, &'static str)> {
        [
            self.frame.texts(),
            self.receipt.texts(),
            self.course.texts(),
            self.money.texts(),
            self.states.texts(),
            self.endings.texts(),
            self.refund.texts(),
            self.cancel.texts(),
            self.mailed.texts(),
            self.bill.texts(),
            self.lists.texts(),
            self.packs.texts(),
            self.payouts.texts(),
            self.evidence.texts(),
            self.operator.texts(),
            self.policies.texts(),
            self.pricing.texts(),
            self.programs.texts(),
            self.strangers.texts(),
        ]
        .concat()
    }
}
