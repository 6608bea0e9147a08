//! Expressions that mean harm, or are wrong: each is refused before it is ever evaluated.

#[path = "../../../../tests/api/risks/hostile_conditions.rs"]
mod list;

use super::compile;

#[test]
fn hostile_expressions_are_refused() {
    let hostile = list::hostile();
    assert!(hostile.len() >= 40);
    for (what, source) in hostile {
        assert!(compile(&source, &["a"]).is_err(), "{what}: accepted");
    }
}
