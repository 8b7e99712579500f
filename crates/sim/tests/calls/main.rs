//! Calls over an in-memory network in virtual time: real offers, real ICE, DTLS and SRTP, packets that
//! say whose they are.
//!
//! | module | asks |
//! |---|---|
//! | [`forwarding`] | who receives what of whom |
//! | [`continuity`] | whether a slot is one stream to its decoder |
//! | [`codecs`] | what becomes of pictures in codecs that not everybody has |
//! | [`crowd`] | who is heard and seen when there are too many, and who speaks |
//! | [`lifecycle`] | what coming, coming again and going leave behind |
//! | [`hostile`] | what strangers and broken browsers can do |

mod codecs;
mod continuity;
mod crowd;
mod forwarding;
mod hostile;
mod lifecycle;
