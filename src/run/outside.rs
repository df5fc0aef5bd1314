//! The way out of a seal: a process that stayed outside connects to allowed hosts, and a socket file leads to it. Its
//! protocol is a line `HOST PORT`, the answer `ok` or why not, and then the bytes of both sides.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use crate::http::proxy::Allowed;

/// Maximum time to reach a host.
const REACH: Duration = Duration::from_secs(30);
/// Longest line.
const LINE: u64 = 512;

/// Connects whoever comes to the socket to allowed hosts.
///
/// # Errors
/// The socket fails.
pub async fn serve(listener: UnixListener, allowed: Vec<Allowed>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let allowed = allowed.clone();
        tokio::spawn(async move {
            if let Err(error) = lead(stream, &allowed).await {
                tracing::debug!(%error, "a way out ended early");
            }
        });
    }
}

async fn lead(mut stream: UnixStream, allowed: &[Allowed]) -> io::Result<()> {
    let mut line = String::new();
    // Byte by byte: what follows the line is not ours to read.
    while !line.ends_with('\n') && (line.len() as u64) < LINE {
        line.push(char::from(stream.read_u8().await?));
    }
    let (host, port) = line.trim().split_once(' ').ok_or(io::ErrorKind::InvalidData)?;
    let port: u16 = port.parse().map_err(|_| io::ErrorKind::InvalidData)?;
    if !allowed.iter().any(|rule| rule.has(host, port)) {
        return stream.write_all(b"it is not allowed\n").await;
    }
    let reached = tokio::time::timeout(REACH, TcpStream::connect((host, port))).await;
    match reached.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
        Ok(mut out) => {
            stream.write_all(b"ok\n").await?;
            copy_bidirectional(&mut stream, &mut out).await.map(|_| ())
        }
        Err(error) => stream.write_all(format!("{error}\n").as_bytes()).await,
    }
}

/// An address inside that leads to a host outside, at these ports.
///
/// # Errors
/// A port of this address is taken.
pub fn door(address: Ipv4Addr, ports: &[u16], host: &str, socket: &Path) -> io::Result<()> {
    for port in ports {
        let listener = std::net::TcpListener::bind((address, *port))?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        tokio::spawn(lead_out(listener, host.to_owned(), *port, socket.to_owned()));
    }
    Ok(())
}

async fn lead_out(listener: TcpListener, host: String, port: u16, socket: PathBuf) {
    while let Ok((mut inside, _)) = listener.accept().await {
        let (host, socket) = (host.clone(), socket.clone());
        tokio::spawn(async move {
            let mut out = BufReader::new(UnixStream::connect(socket).await?);
            out.write_all(format!("{host} {port}\n").as_bytes()).await?;
            let mut line = String::new();
            out.read_line(&mut line).await?;
            if line != "ok\n" {
                tracing::warn!(%host, port, why = line.trim(), "an allowed host cannot be reached");
                return Ok(());
            }
            copy_bidirectional(&mut inside, &mut out).await.map(|_| ())
        });
    }
}
