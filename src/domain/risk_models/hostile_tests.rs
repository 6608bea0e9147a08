//! Expressions that mean harm, or are wrong: each is refused before it is ever evaluated.

use super::compile;
use std::time::Instant;

/// What was tried, and the expression.
pub(crate) fn hostile() -> Vec<(&'static str, String)> {
    let many = |piece: &str, count: usize| piece.repeat(count);
    let list = |count: usize| format!("a in [{}]", vec!["1"; count].join(","));
    vec![
        ("parentheses 10,000 deep", format!("{}a > 0{}", many("(", 10_000), many(")", 10_000))),
        ("parentheses 17 deep", format!("{}a > 0{}", many("(", 17), many(")", 17))),
        ("brackets 50 deep", format!("a in {}1{}", many("[", 50), many("]", 50))),
        ("unbalanced parentheses", many("(", 300)),
        ("not, 390 times", format!("{}true", many("!", 390))),
        ("minus, 390 times", format!("{}a > 0", many("-", 390))),
        ("a chain of ternaries", format!("{}a > 0", many("a > 0 ? true : ", 24))),
        ("a long sum", format!("a{} > 0", many("+1", 190))),
        ("a very long sum", format!("a{} > 0", many("+1", 50_000))),
        ("a long disjunction", format!("{}a > 1", many("a > 0 || ", 43))),
        ("a list of 150", list(150)),
        ("a list of 100,000", list(100_000)),
        ("all over a list", "[1, 2, 3].all(x, x > 0)".to_owned()),
        ("exists over a list", "[1, 2, 3].exists(x, x > a)".to_owned()),
        ("map over a map over a list", "[1, 2].map(x, [1, 2].map(y, x * y)) == [[1]]".to_owned()),
        ("filter", "size([1, 2, 3].filter(x, x > 0)) > 0".to_owned()),
        ("exists_one", "[1].exists_one(x, x == 1)".to_owned()),
        ("has", "has(a.b)".to_owned()),
        ("a regular expression", "\"aaaaaaaaaaaaaaaaaaaaaaaa!\".matches(\"(a+)+$\")".to_owned()),
        ("a string twice over", "\"x\" + \"x\" == \"xx\"".to_owned()),
        ("a string in single quotes", "'x' == 'x'".to_owned()),
        ("a raw string", "r\"x\" == \"x\"".to_owned()),
        ("bytes", "b\"x\" == b\"x\"".to_owned()),
        ("starts with", "\"abc\".startsWith(\"a\")".to_owned()),
        ("a conversion", "string(a) == \"1\"".to_owned()),
        ("int()", "int(a) > 0".to_owned()),
        ("a double", "a > 1.5".to_owned()),
        ("an exponent", "a > 1e308".to_owned()),
        ("an unsigned number", "a > 1u".to_owned()),
        ("null", "null == null".to_owned()),
        ("a map", "{1: 2}[1] > 0".to_owned()),
        ("an index", "[1, 2][0] > 0".to_owned()),
        ("a field", "a.b > 0".to_owned()),
        ("a message", "google.protobuf.Timestamp{seconds: 1} == null".to_owned()),
        ("now", "timestamp(\"2026-01-01T00:00:00Z\") > timestamp(\"2025-01-01T00:00:00Z\")".to_owned()),
        ("an unknown name", "salary > 0".to_owned()),
        ("an unknown function", "system(1)".to_owned()),
        ("a dot at the front", ".a > 0".to_owned()),
        ("a number for a truth", "a && true".to_owned()),
        ("a truth for a number", "(a > 0) + 1 > 0".to_owned()),
        ("a truth compared", "(a > 0) == (a > 1)".to_owned()),
        ("two kinds of answer", "(a > 0 ? 1 : true) == 1".to_owned()),
        ("a number as the answer", "a + 1".to_owned()),
        ("a list as the answer", "[1, 2]".to_owned()),
        ("a list in a list", "a in [[1]]".to_owned()),
        ("in a number", "a in 1".to_owned()),
        ("nothing", String::new()),
        ("blanks", "   ".to_owned()),
        ("half a comparison", "a >".to_owned()),
        ("two expressions", "a > 0; a > 1".to_owned()),
        ("half a division", "a > 0 /".to_owned()),
        ("a number too large", "a > 99999999999999999999".to_owned()),
        ("a wide character", "ａ > 0".to_owned()),
        ("a zero byte", "a > 0\0".to_owned()),
        ("an escape", "a > 0 \\u0041".to_owned()),
    ]
}

#[test]
fn hostile_expressions_are_refused_at_once() {
    let hostile = hostile();
    assert!(hostile.len() >= 40);
    for (what, source) in hostile {
        let begun = Instant::now();
        let outcome = compile(&source, &["a"]).err();
        assert!(outcome.is_some(), "{what}: accepted");
        // Not a benchmark: something is wrong if this takes a second.
        assert!(begun.elapsed().as_secs() < 1, "{what}: {:?}", begun.elapsed());
    }
}
