//! English, for accounts of hosts at Stripe.

use crate::words::payouts::Payouts;

pub(super) const PAYOUTS: Payouts = Payouts {
    title: "Your account at Stripe",
    lead: "What somebody pays for your rooms and packs goes to an account at Stripe that is yours. You are the seller: Stripe's fees, refunds, disputes and taxes are yours as well, and Stripe pays you out.",
    share: "The share of whoever runs this server is taken off by itself, and goes back with a refund. When you lose a dispute about money that you had earned, the share stays with them.",
    sign_in_first: "Only somebody with an account here can connect one at Stripe. Please sign in first.",
    state: "How it stands",
    none: "You have connected no account, so that nothing can be paid in your rooms.",
    unfinished: "You have not told Stripe all it has to know, so that it takes no payments for you yet.",
    ready: "Your account takes payments. Whatever is paid from now on goes there.",
    restricted: "Stripe takes no payments for your account just now. It says there what it needs from you.",
    pending: "Stripe is checking what you told it, and takes no payments for you until it is done. There is nothing to do for you.",
    rejected: "Stripe has refused your account and takes no payments for it. Stripe can tell you why. You can disconnect it below and connect another.",
    closed: "This server cannot reach your account any more: the connection was cut at Stripe, or the account was closed there. Nothing can be paid to it, and nothing that was paid to it can be given back from here. Disconnect it below; then you can connect one again.",
    word: "In Stripe's words",
    number: "Number of the account",
    connect: "Connect an account at Stripe",
    go_on: "Go on at Stripe",
    look: "See what Stripe needs",
    away: "Stripe could not be asked just now. Please try again in a moment.",
    refused: "Stripe has refused that, and would refuse it again. Whoever runs this server can look up why.",
    cut_heading: "Disconnect it",
    cut_text: "Whoever is about to pay is stopped, and nothing new can be paid in your rooms until you connect an account again. What was paid to this one stays there, and what has to go back goes back from there: do not close it at Stripe, nor cut the connection there, before your last call is settled.",
    cut: "Disconnect this account",
};
