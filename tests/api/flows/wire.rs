//! The way to a PostgreSQL server, which may lose the answers to what it carried there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Carries connections to a server, until its words are lost.
pub struct Wire {
    pub port: u16,
    losing: Arc<AtomicBool>,
    lost: Arc<AtomicU32>,
}

impl Wire {
    /// A wire to `port` of this machine. Once it loses answers, a statement that names one of `words` arrives and is carried
    /// out, and the connection breaks before the answer comes back.
    pub async fn to(port: u16, words: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Self { port: listener.local_addr().unwrap().port(), losing: Arc::default(), lost: Arc::default() };
        let (losing, lost) = (Arc::clone(&wire.losing), Arc::clone(&wire.lost));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
                tokio::spawn(carry(client, server, words, Arc::clone(&losing), Arc::clone(&lost)));
            }
        });
        wire
    }

    pub fn lose(&self, losing: bool) {
        self.losing.store(losing, Ordering::Relaxed);
    }

    /// How many answers were lost.
    pub fn lost(&self) -> u32 {
        self.lost.load(Ordering::Relaxed)
    }
}

async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    words: &[&str],
    losing: Arc<AtomicBool>,
    lost: Arc<AtomicU32>,
) {
    let (mut asked, mut said) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    // A statement is prepared under its words first, and carried out by a message that follows.
    let mut prepared = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => match read {
                Ok(count) if count > 0 => {
                    if server.write_all(&asked[..count]).await.is_err() {
                        return;
                    }
                    let names = |word: &&str| asked[..count].windows(word.len()).any(|part| part == word.as_bytes());
                    let named = losing.load(Ordering::Relaxed) && words.iter().any(names);
                    if (named && asked[0] == b'Q') || (prepared && asked[0] == b'B') {
                        // The server does what it was asked.
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        lost.fetch_add(1, Ordering::Relaxed);
                        return;
                    }
                    prepared |= named;
                }
                _ => return,
            },
            read = server.read(&mut said) => match read {
                Ok(count) if count > 0 => {
                    if client.write_all(&said[..count]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}
