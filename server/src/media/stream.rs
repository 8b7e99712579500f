//! One TCP connection of a browser: datagrams in both directions, framed by `sfu::framing`.
//!
//! Reading and writing never wait. What the kernel does not take stays in a queue of limited length, and
//! what the queue does not take is dropped, as a full socket drops datagrams: pictures first, whole
//! datagrams always, the newest ones, because those that wait were begun. Whoever reads slowly has gaps,
//! which congestion control notices; nobody else does.

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use sfu::framing::{FrameQueue, Frames};
use socket2::SockRef;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::SocketAddr;

/// What the kernel is asked to hold on the way out; what it holds is late, and cannot be dropped.
const KERNEL_BYTES: usize = 128 * 1024;

/// A non-blocking connection with what is under way on it.
pub(super) struct Stream {
    io: TcpStream,
    local: SocketAddr,
    frames: Frames,
    queue: FrameQueue,
    /// Whether the kernel took everything when it was last asked.
    open: bool,
}

/// What a read came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reading {
    /// There may be more.
    More,
    /// Nothing is there just now.
    Nothing,
    /// Nothing will come any more, or nothing that has a meaning.
    Over,
}

impl Stream {
    pub(super) fn new(mut io: TcpStream, registry: &Registry, token: Token) -> io::Result<Self> {
        let local = io.local_addr()?;
        io.set_nodelay(true)?;
        SockRef::from(&io).set_send_buffer_size(KERNEL_BYTES)?;
        registry.register(&mut io, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self { io, local, frames: Frames::default(), queue: FrameQueue::default(), open: true })
    }

    /// The address that the browser connected to.
    pub(super) const fn local(&self) -> SocketAddr {
        self.local
    }

    /// Reads once, and hands over what is complete.
    pub(super) fn read(&mut self, buffer: &mut [u8], each: impl FnMut(&[u8])) -> Reading {
        match self.io.read(buffer) {
            Ok(0) => Reading::Over,
            Ok(length) => match self.frames.take(&buffer[..length], each) {
                Ok(()) => Reading::More,
                Err(error) => {
                    tracing::debug!(%error, "a stream makes no sense");
                    Reading::Over
                }
            },
            Err(error) if error.kind() == ErrorKind::WouldBlock => Reading::Nothing,
            Err(error) if error.kind() == ErrorKind::Interrupted => Reading::More,
            Err(_) => Reading::Over,
        }
    }

    /// Puts a datagram on its way; answers false when it was dropped. [`Stream::flush`] must follow.
    pub(super) fn send(&mut self, datagram: &[u8]) -> io::Result<bool> {
        if self.queue.push(datagram) {
            return Ok(true);
        }
        self.flush()?;
        Ok(self.queue.push(datagram))
    }

    /// The kernel takes bytes again.
    pub(super) fn reopen(&mut self) -> io::Result<()> {
        self.open = true;
        self.flush()
    }

    /// Writes as much of what waits as the kernel takes.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while self.open && !self.queue.is_empty() {
            let (first, second) = self.queue.waiting();
            match self.io.write_vectored(&[IoSlice::new(first), IoSlice::new(second)]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => self.queue.consume(written),
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.open = false,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
