//! The server from outside: real HTTP, real sockets, real media, through the application that `main`
//! builds, on free ports, with a clock and dice of the tests' own.
//!
//! | module | asks |
//! |---|---|
//! | [`health`], [`pages`], [`files`] | is it there, and does it say what it should about itself? |
//! | [`gate`] | what is refused before anybody looks at it? |
//! | [`throttled`] | what becomes of somebody who comes too often, and of everybody else? |
//! | [`accounts`] | who gets into an account, and what becomes of what a browser hosted? |
//! | [`typed`] | is anything lost that was typed where no script runs? |
//! | [`mails`] | does what is mailed work once, for the right person, and for long enough? |
//! | [`invites_by_mail`] | who is invited by mail, and do they hear of every change? |
//! | [`links`] | what is a link worth that a host took back, and what becomes of whoever came by it? |
//! | [`passkeys`] | does a passkey open its own account, and nothing else? |
//! | [`paid`], [`bills`], [`stripe`] | who comes into a room that costs something, and is anything paid twice? |
//! | [`holds`] | is what is kept ready taken as far as it is owed, and never lost? |
//! | [`sellers`] | who may ask for money on somebody else's account? |
//! | [`connect`] | who takes the money where hosts do, and do the books say what Stripe has, to the cent? |
//! | [`connected`] | what if an account of a host is shut, tells something late, or its host is gone? |
//! | [`doubted`] | what if an account of a host tells what is not so, or has another currency? |
//! | [`returning`] | is money that goes back said to have gone before it has, and does it go once? |
//! | [`unheard`] | is what accounts of hosts told while nobody listened read to its end? |
//! | [`currencies`] | does money without decimals, or with three, come and go whole? |
//! | [`second_opinion`] | does somebody else's Stripe understand us, and we it? |
//! | [`wording`] | does everybody read what they agree to in their language, and the words that are kept? |
//! | [`people`] | does anybody become a contact, see presence or ring without the other's yes? |
//! | [`ringing`] | do two who call each other meet, and nobody else with them? |
//! | [`openid`] | whom does a provider's word let in, and what if it lies? |
//! | [`logins`] | who is a browser, and what if its cookie lies? |
//! | [`signed_out`] | what becomes of a call when the login ends by which somebody came? |
//! | [`sockets`] | who gets a call socket, and when is it taken away? |
//! | [`guesses`] | who is stopped that guesses passcodes, and who still comes in? |
//! | [`strangers`] | does anybody learn anything of a room that they were not let into? |
//! | [`doors`] | what does a page say of its room, and has a host any power over another? |
//! | [`refused`] | what does somebody read who does not come in, and what do they learn? |
//! | [`roles`] | may everybody do what the table of permissions says, in every state of a room, and no more? |
//! | [`calls`] | do people meet, through HTTP, socket and media at once? |
//! | [`streams`] | does a program with a token publish and watch by WHIP and WHEP, and end like anybody else? |
//! | [`history`] | who may read what happened, and what do they read? |
//! | [`policies`] | who sets what holds if somebody is late or does not come, and do payers read it? |
//! | [`pricing`] | does whoever runs the server price a room, by what rules, and who hears of it? |
//! | [`packs`] | are minutes bought once, used once, and taken back once? |
//! | [`papers`] | what do payers and hosts read about their money, and does it go back once? |
//! | [`keeping`] | what is left of a room that has been over for long? |
//! | [`names`] | how is somebody called who never came in? |
//! | [`invitation`] | what does a calendar learn of a plan? |
//! | [`aftermath`] | what is left of a server that was killed, and does anybody notice what was changed? |
//! | [`rivals`] | what if two servers want the same room, and what if the one that has it is killed? |
//! | [`bearing`] | what if more people come than the server bears? |
//! | [`running`] | starting, refusing to start, HTTPS, stopping |

mod accounts;
mod aftermath;
mod bearing;
mod bills;
mod browser;
mod calls;
mod cancelling;
mod cast;
mod connect;
mod connected;
mod currencies;
mod disputes;
mod doors;
mod doubted;
mod effects;
mod files;
mod gate;
mod guesses;
mod guest;
mod harness;
mod health;
mod history;
mod holds;
mod invitation;
mod invites_by_mail;
mod keeping;
mod links;
mod logins;
mod logs;
mod mails;
mod meet;
mod names;
mod openid;
mod operator;
mod packs;
mod pages;
mod paid;
mod papers;
mod passkeys;
mod peer;
mod people;
mod platform;
mod policies;
mod post;
mod pricing;
mod processor;
mod provider;
mod receipts_by_mail;
mod refused;
mod refused_words;
mod returning;
mod ringing;
mod rivals;
mod roles;
mod running;
mod second_opinion;
mod sellers;
mod signed_out;
mod sockets;
mod strangers;
mod streams;
mod stripe;
mod throttled;
mod typed;
mod unheard;
mod wording;
