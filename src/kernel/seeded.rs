//! Bugs planted on purpose: they prove that the race and kill tests can fail. See `tests/faults.sh`.

/// Whether this process has the bug: only a build with debug assertions, and so no release, can, where `SEEDED_BUG` names it.
pub fn bug(name: &str) -> bool {
    cfg!(debug_assertions) && std::env::var("SEEDED_BUG").is_ok_and(|seeded| seeded == name)
}
