//! The socket of a connection: a fault can reset it, a client that does not read is dropped, and work can ask
//! whether the client is still there.

use std::future::Future;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::kernel::abandon::Requester;

/// Most bytes of one read.
const READ: usize = 16 * 1024;

/// The socket of a connection.
pub(super) struct Wire {
    stream: Arc<TcpStream>,
    /// Whether the next write resets the connection.
    pub(super) cut: Arc<AtomicBool>,
    /// Maximum time for the client to take something.
    patience: Duration,
    /// Ends when the client has taken nothing for that long.
    stalled: Option<Pin<Box<Sleep>>>,
    /// What was read from the socket and has to be read again.
    unread: Bytes,
}

impl Wire {
    pub(super) fn new(stream: TcpStream, patience: Duration) -> Self {
        Self {
            stream: Arc::new(stream),
            cut: Arc::default(),
            patience,
            stalled: None,
            unread: Bytes::new(),
        }
    }

    /// Gives back what was read from the socket, to be read first.
    pub(super) fn put_back(&mut self, bytes: Bytes) {
        self.unread = bytes;
    }

    /// The first byte that comes, which stays to be read; `None` at the end.
    pub(super) async fn first_byte(&self) -> io::Result<Option<u8>> {
        if let Some(first) = self.unread.first() {
            return Ok(Some(*first));
        }
        let mut first = [0];
        let length = self.stream.peek(&mut first).await?;
        Ok((length > 0).then_some(first[0]))
    }

    /// The client, who is gone when the connection is closed, or their side of it. The socket itself is asked,
    /// because the task of the connection may be the one that works.
    pub(super) fn client(&self) -> Arc<Requester> {
        let stream = Arc::downgrade(&self.stream);
        Requester::with_sign(move || is_closed(&stream))
    }

    fn check(&self) -> io::Result<()> {
        if self.cut.load(Ordering::Relaxed) {
            // Closing now resets the connection: unsent bytes are discarded.
            let _ = self.stream.set_zero_linger();
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }

    /// Writes with `write` when the socket takes something. Fails when the client has not read for too long.
    fn poll(
        &mut self,
        context: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        while self.stream.poll_write_ready(context)?.is_ready() {
            match write(&self.stream) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => {
                    self.stalled = None;
                    return Poll::Ready(written);
                }
            }
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        stalled.as_mut().poll(context).map(|()| {
            let _ = self.stream.set_zero_linger();
            Err(io::ErrorKind::TimedOut.into())
        })
    }
}

/// Whether the other side has closed.
fn is_closed(stream: &Weak<TcpStream>) -> bool {
    let Some(stream) = stream.upgrade() else { return true };
    // A farewell of TLS, or a request that was sent ahead, may stand before the end.
    #[cfg(target_os = "linux")]
    {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let ends = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
        let mut asked = [PollFd::new(&*stream, PollFlags::RDHUP)];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        if poll(&mut asked, Some(&at_once)).is_ok() {
            return asked[0].revents().intersects(ends);
        }
    }
    // Elsewhere, what was sent before and nobody has read yet hides the end.
    match SockRef::from(&*stream).peek(&mut [MaybeUninit::uninit()]) {
        Ok(length) => length == 0,
        Err(error) => {
            !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let most = bytes.remaining().min(READ);
        if !self.unread.is_empty() {
            let length = most.min(self.unread.len());
            bytes.put_slice(&self.get_mut().unread.split_to(length));
            return Poll::Ready(Ok(()));
        }
        loop {
            ready!(self.stream.poll_read_ready(context))?;
            match self.stream.try_read(bytes.initialize_unfilled_to(most)) {
                Ok(length) => {
                    bytes.advance(length);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll(context, |stream| stream.try_write(bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll(context, |stream| stream.try_write_vectored(bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A socket has no buffer of its own.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Poll::Ready(SockRef::from(&*self.stream).shutdown(std::net::Shutdown::Write))
    }
}
