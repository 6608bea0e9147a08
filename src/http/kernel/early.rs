//! What is answered before there is a request: its head is broken, too large or never complete. The protocol's own answer
//! has no body; here it gets the one that every refusal has.

use super::problem::{Language, render, status};
use crate::kernel::ctx::new_id;
use crate::kernel::error::AppError;
use actix_web::http::StatusCode;
use actix_web::rt::net::TcpStream;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::runtime::Handle;

/// A connection on which such an answer is written out as a problem.
pub struct Answering {
    /// There until it is dropped.
    stream: Option<TcpStream>,
    /// What stands in the place of the protocol's answer, and how much of it is sent.
    own: Vec<u8>,
    sent: usize,
}

/// How much, and how long, is read and thrown away behind such an answer: a connection that is closed with something unread
/// takes the answer with it.
const LINGER: u64 = 4 << 20;
const PATIENCE: Duration = Duration::from_secs(1);

impl Answering {
    pub const fn new(stream: TcpStream) -> Self {
        Self { stream: Some(stream), own: Vec::new(), sent: 0 }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn poll_own(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.sent < self.own.len() {
            let Some(stream) = &mut self.stream else { break };
            let written = ready!(Pin::new(stream).poll_write(cx, &self.own[self.sent..]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += written;
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Answering {
    /// The rest of such an answer goes out, and the sender may end what it began to send.
    fn drop(&mut self) {
        let (Some(mut stream), Ok(runtime)) = (self.stream.take(), Handle::try_current()) else { return };
        if self.own.is_empty() {
            return;
        }
        let rest = self.own.split_off(self.sent);
        let closing = async move {
            stream.write_all(&rest).await?;
            stream.shutdown().await?;
            tokio::io::copy(&mut stream.take(LINGER), &mut tokio::io::sink()).await
        };
        runtime.spawn(tokio::time::timeout(PATIENCE, closing));
    }
}

impl AsyncRead for Answering {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_read(cx, buffer)
    }
}

impl AsyncWrite for Answering {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.own.is_empty()
            && let Some((before, status)) = early(bytes)
        {
            self.own = [before, &written_out(status)].concat();
            // It is the connection's last answer; what of it does not go out now goes out with the flush.
            let _begun = self.poll_own(cx)?;
            return Poll::Ready(Ok(bytes.len()));
        }
        ready!(self.poll_own(cx))?;
        self.stream()?.poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_own(cx))?;
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_own(cx))?;
        self.stream()?.poll_shutdown(cx)
    }
}

/// The protocol's own answer at the end of what is to be sent, which no handler has seen: what stands before it, and its
/// status. Every answer of ours carries a request id.
fn early(bytes: &[u8]) -> Option<(&[u8], StatusCode)> {
    if !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let at = bytes.windows(9).rposition(|window| window == b"HTTP/1.1 ")?;
    let (before, head) = bytes.split_at(at);
    let text = std::str::from_utf8(head).ok()?.to_ascii_lowercase();
    let status = StatusCode::from_bytes(head.get(9..12)?).ok().filter(StatusCode::is_client_error)?;
    let alone = text.matches("\r\n\r\n").count() == 1 && !text.contains("\r\nx-request-id:");
    (alone && text.contains("\r\ncontent-length: 0\r\n")).then_some((before, status))
}

fn problem(of: StatusCode) -> AppError {
    match of {
        StatusCode::REQUEST_TIMEOUT => AppError::new(
            Code::RequestTimeout,
            text!("请求头未在限时内到达。", "The request's head did not arrive in time."),
        ),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => AppError::new(
            Code::HeadersTooLarge,
            text!("请求行和请求头合计过大。", "The request line and the headers are too large."),
        ),
        _ => AppError::new(
            Code::MalformedRequest,
            text!("不是合法的 HTTP 请求，无法读取。", "This is no valid HTTP request and cannot be read."),
        ),
    }
}

fn written_out(of: StatusCode) -> Vec<u8> {
    let error = problem(of);
    let id = new_id().simple().to_string();
    let status = status(error.code);
    tracing::info!(request_id = id, status = status.as_u16(), "a request could not be read");
    // Nobody could say which language is wanted, nor what was asked for.
    let body = serde_json::to_string(&render(&error, Language::Zh, "/", &id)).unwrap_or_default();
    let reason = status.canonical_reason().unwrap_or_default();
    let head = [
        format!("HTTP/1.1 {} {reason}", status.as_u16()),
        "content-type: application/problem+json".to_owned(),
        "content-language: zh-CN".to_owned(),
        format!("content-length: {}", body.len()),
        "cache-control: no-store".to_owned(),
        "x-content-type-options: nosniff".to_owned(),
        format!("x-request-id: {id}"),
        "connection: close".to_owned(),
    ];

    format!("{}\r\n\r\n{body}", head.join("\r\n")).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_handler_answered_is_written_out() {
        let early_one =
            b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        assert_eq!(early(early_one), Some((&b""[..], StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)));
        let behind = [b"HTTP/1.1 204 No Content\r\nx-request-id: a\r\n\r\n".as_slice(), early_one].concat();
        assert_eq!(early(&behind).map(|(before, _)| before.len()), Some(behind.len() - early_one.len()));

        for ours in [
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nx-request-id: a\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 5\r\n\r\n",
            "text that ends with a blank line\r\n\r\n",
        ] {
            assert_eq!(early(ours.as_bytes()), None, "{ours}");
        }
    }
}
