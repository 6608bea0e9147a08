//! Expressions that mean harm, or are wrong: each is refused before it is ever evaluated.

#[path = "../../../../tests/api/risks/hostile_conditions.rs"]
mod list;

use super::compile;
use std::time::Instant;

#[test]
fn hostile_expressions_are_refused_at_once() {
    let hostile = list::hostile();
    assert!(hostile.len() >= 40);
    for (what, source) in hostile {
        let begun = Instant::now();
        let outcome = compile(&source, &["a"]).err();
        assert!(outcome.is_some(), "{what}: accepted");
        // Not a benchmark: something is wrong if this takes a second.
        assert!(begun.elapsed().as_secs() < 1, "{what}: {:?}", begun.elapsed());
    }
}
