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
    nouns: Mutex<HashMap<&'static str, Arc<Semaphore>>>,
    /// Turns that one noun may take, and that all writes may.
    share: usize,
    /// How long a statement waits for its turn before the service says that it is busy.
    patience: Duration,
}

/// A turn, until it is dropped.
pub(super) struct Turn {
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Turns {
    pub(super) fn new(turns: usize, patience: Duration) -> Self {
        // A transaction may read beside itself: two turns are the least.
        let shared = turns.saturating_sub(1).max(2);
        let share = shared.div_ceil(2).max(2);
        Self {
            all: Arc::new(Semaphore::new(turns)),
            shared: Arc::new(Semaphore::new(shared)),
            writes: Arc::new(Semaphore::new(share)),
            nouns: Mutex::default(),
            share,
            patience,
        }
    }

    /// The next turn; `None` where it does not come in time.
    pub(super) async fn take(&self, purpose: Purpose) -> Option<Turn> {
        let mut wanted = Vec::with_capacity(4);
        if let Some(noun) = NOUN.try_with(|noun| *noun).ok().filter(|noun| !FIRST.contains(noun)) {
            wanted.push(self.of_noun(noun)?);
            if purpose == Purpose::Write {
                wanted.push(Arc::clone(&self.writes));
            }
            wanted.push(Arc::clone(&self.shared));
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
        tokio::time::timeout(self.patience, taking).await.ok().flatten()
    }

    fn of_noun(&self, noun: &'static str) -> Option<Arc<Semaphore>> {
        let mut nouns = self.nouns.lock().ok()?;
        Some(Arc::clone(nouns.entry(noun).or_insert_with(|| Arc::new(Semaphore::new(self.share)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_noun_takes_all_and_who_logs_in_finds_one() {
        let turns = Turns::new(8, Duration::ZERO);
        let (mut held, read) = (Vec::new(), Purpose::Read);
        let take = async |noun, purpose| working_at(noun, turns.take(purpose)).await;
        while let Some(turn) = take("objects", read).await {
            held.push(turn);
        }
        assert_eq!(held.len(), 4, "half of what nouns share");
        while let Some(turn) = take("tasks", Purpose::Write).await {
            held.push(turn);
        }
        assert_eq!(held.len(), 7);
        assert!(take("plans", read).await.is_none());

        let first = take("auth", Purpose::Write).await;
        assert!(first.is_some() && turns.take(read).await.is_none(), "one stays, and no more than one");
        held.pop();
        assert!(take("plans", read).await.is_some());
    }

    #[tokio::test]
    async fn writes_leave_room_for_reads() {
        let turns = Turns::new(8, Duration::ZERO);
        let mut held = Vec::new();
        for noun in ["objects", "tasks", "plans", "items"] {
            held.push(working_at(noun, turns.take(Purpose::Write)).await);
        }
        assert!(working_at("users", turns.take(Purpose::Write)).await.is_none());
        assert!(working_at("users", turns.take(Purpose::Read)).await.is_some());
    }
}
