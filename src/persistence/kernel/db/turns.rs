//! Whose turn it is on a thread's connections. Work that waits, as behind a lock on its table, holds its connection
//! meanwhile; so no noun and no kind of work may take them all, and one stays for who logs in.

use crate::kernel::seeded;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Nouns that nobody waits for: whoever cannot log in can do nothing.
const FIRST: [&str; 2] = ["auth", "oauth"];

tokio::task_local! {
    static NOUN: &'static str;
}

/// Does work at a noun, which has its share of the turns. What is done at none, as to find out who asks, may take any.
pub async fn working_at<T>(noun: &'static str, work: impl Future<Output = T>) -> T {
    NOUN.scope(noun, work).await
}

/// What a turn is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
}

/// The turns of a pool and the shares of them.
pub(super) struct Turns {
    all: Arc<Semaphore>,
    /// Those of nouns: one less than all.
    shared: Arc<Semaphore>,
    /// Those of nouns that write.
    writes: Arc<Semaphore>,
    nouns: Mutex<HashMap<&'static str, Noun>>,
    /// Turns that one noun may take, and of these to write.
    noun: (usize, usize),
}

/// The turns of a noun: all, and those that write.
#[derive(Clone)]
struct Noun {
    all: Arc<Semaphore>,
    writes: Arc<Semaphore>,
}

/// A turn, until it is dropped.
pub(super) struct Turn {
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Turns {
    /// Four turns are the least that can be shared out: three for nouns, of which one takes two, and one of these writes.
    pub(super) fn new(turns: usize) -> Self {
        let shared = turns.saturating_sub(1).max(2);
        let noun = shared.div_ceil(2).max(2);
        Self {
            all: Arc::new(Semaphore::new(turns)),
            shared: Arc::new(Semaphore::new(shared)),
            writes: Arc::new(Semaphore::new(shared - shared / 3)),
            nouns: Mutex::default(),
            // A transaction may read beside itself, so a noun's writers leave it a turn.
            noun: (noun, noun - 1),
        }
    }

    /// The next turn; `None` where it does not come in time.
    pub(super) async fn take(&self, purpose: Purpose, patience: Duration) -> Option<Turn> {
        let mut wanted = Vec::with_capacity(5);
        if let Some(noun) = NOUN.try_with(|noun| *noun).ok().filter(|noun| !FIRST.contains(noun)) {
            let noun = self.of_noun(noun)?;
            if purpose == Purpose::Write {
                wanted.extend([noun.writes, Arc::clone(&self.writes)]);
            }
            wanted.extend([noun.all, Arc::clone(&self.shared)]);
        }
        if seeded::bug("turns") {
            wanted.clear();
        }
        wanted.push(Arc::clone(&self.all));

        // From the narrowest to the widest, so that who waits for a share takes nothing from the others.
        let taking = async {
            let mut permits = Vec::with_capacity(wanted.len());
            for turns in wanted {
                permits.push(turns.acquire_owned().await.ok()?);
            }
            Some(Turn { _permits: permits })
        };
        tokio::time::timeout(patience, taking).await.ok().flatten()
    }

    fn of_noun(&self, noun: &'static str) -> Option<Noun> {
        let mut nouns = self.nouns.lock().ok()?;
        let (all, writes) = self.noun;
        let shares = || Noun { all: Arc::new(Semaphore::new(all)), writes: Arc::new(Semaphore::new(writes)) };
        Some(nouns.entry(noun).or_insert_with(shares).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    async fn take(turns: &Turns, noun: &'static str, purpose: Purpose) -> Option<Turn> {
        working_at(noun, turns.take(purpose, NOW)).await
    }

    /// As many turns as come at once.
    async fn all(turns: &Turns, noun: &'static str, purpose: Purpose) -> Vec<Turn> {
        let mut held = Vec::new();
        while let Some(turn) = take(turns, noun, purpose).await {
            held.push(turn);
        }
        held
    }

    /// With however few turns: nouns that wait, to read and to write, leave one to others and one to who logs in.
    #[tokio::test]
    async fn no_noun_takes_all_and_who_logs_in_finds_one() {
        for count in 4..=12 {
            let turns = Turns::new(count);
            let held = all(&turns, "objects", Purpose::Read).await;
            assert!(held.len() >= 2 && held.len() <= count / 2, "{count}: {}", held.len());
            let mut others = all(&turns, "plans", Purpose::Read).await;
            others.extend(all(&turns, "items", Purpose::Read).await);
            assert_eq!(held.len() + others.len(), count - 1);
            assert!(take(&turns, "tasks", Purpose::Read).await.is_none());

            let first = take(&turns, "auth", Purpose::Write).await;
            assert!(first.is_some(), "{count}");
            assert!(turns.take(Purpose::Read, NOW).await.is_none(), "one stays, and no more than one");
            others.pop();
            assert!(take(&turns, "tasks", Purpose::Read).await.is_some());
        }
    }

    #[tokio::test]
    async fn who_writes_a_noun_leaves_room_for_its_readers_and_for_other_writers() {
        for count in 4..=12 {
            let turns = Turns::new(count);
            // More wait than there are turns: they hold what they have.
            let waiting = (0..count).map(|_| working_at("objects", turns.take(Purpose::Write, Duration::from_mins(1))));
            let mut waiting: Vec<_> = waiting.map(Box::pin).collect();
            let mut held = Vec::new();
            for turn in &mut waiting {
                if let Ok(turn) = tokio::time::timeout(NOW, turn).await {
                    held.push(turn);
                }
            }
            assert!(!held.is_empty() && held.len() < count / 2, "{count}: {}", held.len());
            assert!(take(&turns, "objects", Purpose::Read).await.is_some(), "{count}: beside a transaction");
            assert!(take(&turns, "risk-clues", Purpose::Write).await.is_some(), "{count}: another noun");
            assert!(take(&turns, "risk-clues", Purpose::Read).await.is_some());
        }
    }

    #[tokio::test]
    async fn writes_leave_room_for_reads() {
        for count in 4..=12 {
            let turns = Turns::new(count);
            let mut held = Vec::new();
            for noun in ["objects", "tasks", "plans", "items"] {
                held.extend(all(&turns, noun, Purpose::Write).await);
            }
            assert!(take(&turns, "users", Purpose::Write).await.is_none());
            assert!(take(&turns, "users", Purpose::Read).await.is_some(), "{count}");
        }
    }
}
