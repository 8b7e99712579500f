//! Datagrams on a stream of bytes (RFC 4571, as RFC 6544 wants it of ICE over TCP).
//!
//! ```text
//! 0        16                 16 + 8 · length
//! │ length │ one datagram     │ length │ the next one …
//! ```
//!
//! [`Frames`] takes a stream apart, in whatever pieces it comes. A frame that came whole is handed on where
//! it lies; only one that is cut by the end of a read is put together in a buffer, which is kept.
//!
//! [`FrameQueue`] holds what a stream has no room for yet, up to a limit, and drops whole datagrams beyond
//! it: a frame that was begun must be finished, so nothing that is in the queue can be taken out again.
//!
//! Not here: sockets, and who may connect (both in `server::media`).

use crate::config::DATAGRAM_BYTES;
use std::collections::VecDeque;

/// How many bytes say the length of a frame.
const HEAD: usize = 2;
/// What may wait on a stream, in bytes: at 2.5 Mbit/s a fifth of a second. What waits longer is of no use.
pub const QUEUE_BYTES: usize = 64 * 1024;
/// What may wait beyond that of small datagrams: sound, feedback and the answers to checks, by which the
/// other side knows that the connection lives.
pub const QUEUE_SMALL_BYTES: usize = 16 * 1024;
/// The longest datagram that is small.
pub const SMALL: usize = 400;

/// The other side announced a frame that no browser sends. What follows on the stream means nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a frame of {length} bytes is longer than {DATAGRAM_BYTES}")]
pub struct FrameTooLong {
    pub length: usize,
}

/// The receiving end of one stream.
#[derive(Debug, Default)]
pub struct Frames {
    /// The frame that was cut, with its length; shorter than one whole frame between two calls.
    cut: Vec<u8>,
}

impl Frames {
    /// Takes in what was read, and hands over each datagram that is complete. Empty frames are keep-alives
    /// and stand for nothing. After an error the stream is of no more use.
    pub fn take(&mut self, mut bytes: &[u8], mut each: impl FnMut(&[u8])) -> Result<(), FrameTooLong> {
        while !bytes.is_empty() {
            if self.cut.is_empty() {
                let frame = announced(bytes)?.and_then(|length| bytes.get(..HEAD + length));
                let Some(frame) = frame else {
                    self.cut.extend_from_slice(bytes);
                    return Ok(());
                };
                hand_over(frame, &mut each);
                bytes = &bytes[frame.len()..];
            } else {
                bytes = self.mend(bytes, &mut each)?;
            }
        }
        Ok(())
    }

    /// Adds to the frame that was cut what is missing of it, and answers what is left.
    fn mend<'a>(&mut self, bytes: &'a [u8], each: &mut impl FnMut(&[u8])) -> Result<&'a [u8], FrameTooLong> {
        let whole = announced(&self.cut)?.map_or(HEAD, |length| HEAD + length);
        let (missing, rest) = bytes.split_at(bytes.len().min(whole - self.cut.len()));
        self.cut.extend_from_slice(missing);
        if announced(&self.cut)?.is_some_and(|length| self.cut.len() == HEAD + length) {
            hand_over(&self.cut, each);
            self.cut.clear();
        }
        Ok(rest)
    }
}

/// The length that stands at the beginning of a frame, once all of it is there.
fn announced(frame: &[u8]) -> Result<Option<usize>, FrameTooLong> {
    let [high, low, ..] = frame else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if length > DATAGRAM_BYTES { Err(FrameTooLong { length }) } else { Ok(Some(length)) }
}

fn hand_over(frame: &[u8], each: &mut impl FnMut(&[u8])) {
    if frame.len() > HEAD {
        each(&frame[HEAD..]);
    }
}

/// What waits to be written to one stream.
#[derive(Debug, Default)]
pub struct FrameQueue {
    bytes: VecDeque<u8>,
}

impl FrameQueue {
    /// Puts a datagram behind what waits; answers false if there is no room for it, and it is dropped.
    pub fn push(&mut self, datagram: &[u8]) -> bool {
        let Ok(length) = u16::try_from(datagram.len()) else { return false };
        let room = if datagram.len() <= SMALL { QUEUE_BYTES + QUEUE_SMALL_BYTES } else { QUEUE_BYTES };
        if self.bytes.len() + HEAD + datagram.len() > room {
            return false;
        }
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend(datagram);
        true
    }

    /// What is to be written next, in two parts, because the queue is a ring.
    pub fn waiting(&self) -> (&[u8], &[u8]) {
        self.bytes.as_slices()
    }

    /// So many bytes were written.
    pub fn consume(&mut self, written: usize) {
        self.bytes.drain(..written.min(self.bytes.len()));
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Everything that comes out of a stream that is read in pieces of these lengths, over and over.
    fn read(stream: &[u8], pieces: &[usize]) -> Result<Vec<Vec<u8>>, FrameTooLong> {
        let (mut frames, mut out, mut rest) = (Frames::default(), Vec::new(), stream);
        for piece in pieces.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at(rest.len().min((*piece).max(1)));
            frames.take(now, |datagram| out.push(datagram.to_vec()))?;
            assert!(frames.cut.len() < HEAD + DATAGRAM_BYTES, "less than a frame waits");
            rest = later;
        }
        Ok(out)
    }

    fn framed(datagrams: &[Vec<u8>]) -> Vec<u8> {
        let mut stream = Vec::new();
        for datagram in datagrams {
            stream.extend((datagram.len() as u16).to_be_bytes());
            stream.extend(datagram);
        }
        stream
    }

    fn datagrams() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let length = prop_oneof![0..4_usize, 0..300_usize, DATAGRAM_BYTES - 2..=DATAGRAM_BYTES];
        let datagram = (length, any::<u8>()).prop_map(|(length, fill)| vec![fill; length]);
        proptest::collection::vec(datagram, 0..20)
    }

    proptest! {
        #[test]
        fn however_a_stream_is_cut_the_same_comes_out(
            datagrams in datagrams(),
            pieces in proptest::collection::vec(1..2_000_usize, 1..20),
        ) {
            let said: Vec<_> = datagrams.iter().filter(|datagram| !datagram.is_empty()).cloned().collect();
            let stream = framed(&datagrams);
            prop_assert_eq!(read(&stream, &pieces), Ok(said.clone()));
            prop_assert_eq!(read(&stream, &[1]), Ok(said.clone()));
            prop_assert_eq!(read(&stream, &[usize::MAX]), Ok(said));
        }

        #[test]
        fn any_bytes_are_frames_or_an_error_wherever_they_are_cut(
            bytes in proptest::collection::vec(prop_oneof![0..8_u8, any::<u8>()], 0..4_000),
            pieces in proptest::collection::vec(1..2_000_usize, 1..20),
        ) {
            prop_assert_eq!(read(&bytes, &pieces), read(&bytes, &[usize::MAX]));
        }

        #[test]
        fn what_the_queue_takes_arrives_whole_and_in_order(
            datagrams in datagrams(),
            writes in proptest::collection::vec(0..3_000_usize, 1..40),
        ) {
            let (mut queue, mut stream, mut taken) = (FrameQueue::default(), Vec::new(), Vec::new());
            let mut drain = |queue: &mut FrameQueue, most: usize| {
                let (first, second) = queue.waiting();
                let waiting = [first, second].concat();
                let written = most.min(waiting.len());
                stream.extend_from_slice(&waiting[..written]);
                queue.consume(written);
            };
            for (datagram, write) in datagrams.iter().cycle().zip(&writes) {
                if queue.push(datagram) && !datagram.is_empty() {
                    taken.push(datagram.clone());
                }
                drain(&mut queue, *write);
            }
            drain(&mut queue, usize::MAX);
            prop_assert!(queue.is_empty());
            prop_assert_eq!(read(&stream, &[7, 1_000]), Ok(taken));
        }
    }

    #[test]
    fn a_frame_that_is_too_long_is_refused_at_once() {
        let length = DATAGRAM_BYTES + 1;
        let head = (length as u16).to_be_bytes();
        assert_eq!(Frames::default().take(&head, |_| ()), Err(FrameTooLong { length }));
        let mut cut = Frames::default();
        assert_eq!(cut.take(&head[..1], |_| ()), Ok(()));
        assert_eq!(cut.take(&head[1..], |_| ()), Err(FrameTooLong { length }));
    }

    #[test]
    fn pictures_give_way_to_small_datagrams_and_nothing_grows_without_end() {
        let mut queue = FrameQueue::default();
        let (picture, sound) = (vec![1; 1_200], vec![2; 120]);
        let pictures = (0..1_000).filter(|_| queue.push(&picture)).count();
        assert_eq!(pictures, QUEUE_BYTES / (HEAD + picture.len()));
        let sounds = (0..1_000).filter(|_| queue.push(&sound)).count();
        assert!(sounds >= QUEUE_SMALL_BYTES / (HEAD + sound.len()));
        let (first, second) = queue.waiting();
        assert!(first.len() + second.len() <= QUEUE_BYTES + QUEUE_SMALL_BYTES);
        assert!(!queue.push(&vec![0; 70_000]), "no frame is that long");
    }
}
