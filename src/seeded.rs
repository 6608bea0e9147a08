//! Bugs planted on purpose: they prove that the race tests can fail. See `tests/faults.sh`.

/// Whether this process has the bug: only a build with the feature `seeded-bugs` can, where `SEEDED_BUG` names it.
pub fn bug(name: &str) -> bool {
    cfg!(feature = "seeded-bugs") && std::env::var("SEEDED_BUG").is_ok_and(|seeded| seeded == name)
}
