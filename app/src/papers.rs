//! What payers and hosts read about their money: documents made by the server, without scripts. Server only.
//!
//! | module | page |
//! |---|---|
//! | [`receipt`] | one session, for its payer and its host |
//! | [`bill`] | paying what is due after the call, and letting it go |
//! | [`refund`] | giving money back by hand: what will happen, before it does |
//! | [`mailed`] | an address to which the payer has the receipt sent |
//! | [`lists`] | everything that somebody paid, or earned |
//! | [`packs`] | prepaid minutes: what a room sells, what somebody has, one purchase |
//! | [`payouts`] | the account at Stripe that a host connects |
//! | [`operator`] | all sessions, orders in trouble and the ledger, for whoever runs this server |
//! | [`refused`] | what the processor said and was not taken, for whoever runs this server |
//! | [`strangers`] | reporting whom one met, and what operators decide about it |
//! | [`policies`] | what holds when a paid call goes otherwise than planned |
//! | [`pricing`] | one room and its price, for whoever runs this server |
//! | [`programs`] | what a host gives to programs that publish and watch |
//! | [`evidence`] | the file about one session that its host takes along |
//! | [`proof`] | the same about one pack of minutes |
//! | `going` | how far money is that goes back |
//! | `html`, `frame`, `said` | text that cannot become a tag; what is around every page; words for states and times |
//!
//! Invariant: what others wrote comes into a page as text only; [`html::Html`] has no other way.
//! Not here: who may read what, which is `service`'s, and the addresses, which are `server`'s to serve.

pub mod bill;
pub mod cancel;
pub mod evidence;
mod frame;
mod going;
mod html;
pub mod lists;
pub mod mailed;
pub mod operator;
pub mod packs;
pub mod payouts;
pub mod policies;
pub mod pricing;
pub mod programs;
pub mod proof;
pub mod receipt;
pub mod refund;
pub mod refused;
mod said;
pub mod strangers;

pub use frame::{STYLE, STYLE_PATH, failed, unknown};
pub(crate) use said::plain;

pub use protocol::addresses::{
    BALANCE, CAME_TO, EARNINGS, MINUTES, PAY_BILL, PAYMENTS, PAYOUTS, RECEIPT, of_session as of,
};

/// Where a host comes back from Stripe.
pub const PAYOUTS_BACK: &str = "/earnings/payouts/back";
/// Where a host disconnects their account.
pub const PAYOUTS_CUT: &str = "/earnings/payouts/disconnect";
/// What somebody earned as a table for spreadsheets.
pub const EARNINGS_CSV: &str = "/earnings.csv";
/// The packs that somebody sold, as a table.
pub const SOLD_PACKS_CSV: &str = "/earnings/packs.csv";
/// Where a host gives money of it back.
pub const REFUND: &str = "/sessions/{session}/refund";
/// Where a host lets its bill go.
pub const WAIVE: &str = "/sessions/{session}/waive";
/// Where a payer calls it off.
pub const CANCEL: &str = "/sessions/{session}/cancel";
/// Where a payer leaves an address for the receipt.
pub const ADDRESS: &str = "/sessions/{session}/address";
/// Where they withdraw it.
pub const WITHDRAW: &str = "/sessions/{session}/address/withdraw";
/// The packs of prepaid minutes that somebody sold.
pub const SOLD_PACKS: &str = "/earnings/packs";
/// One purchase of a pack, as buyer and seller read it.
pub const PURCHASE: &str = "/purchases/{purchase}";
/// Where a seller takes back what is not used of it.
pub const PURCHASE_REFUND: &str = "/purchases/{purchase}/refund";
/// Everything about it in one file, as a page.
pub const PURCHASE_EVIDENCE: &str = "/purchases/{purchase}/evidence";
/// The same for programs.
pub const PURCHASE_EVIDENCE_JSON: &str = "/purchases/{purchase}/evidence.json";
/// Everything about a session in one file, as a page.
pub const EVIDENCE: &str = "/sessions/{session}/evidence";
/// The same for programs.
pub const EVIDENCE_JSON: &str = "/sessions/{session}/evidence.json";
