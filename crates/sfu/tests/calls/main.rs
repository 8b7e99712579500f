//! Calls over an in-memory network in virtual time: real offers, real ICE, DTLS and SRTP, packets that
//! say whose they are.

mod client;
mod forwarding;
mod world;
