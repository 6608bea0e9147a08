//! 规则条件: a small, bounded part of CEL (Common Expression Language) over the model's own whole numbers.
//!
//! What is not needed is not there: no strings, no fields, no calls, no comprehensions. Every condition takes a bounded
//! number of steps, so no limit on time is needed; what does not type-check is refused when it is saved.

use crate::kernel::text::{Text, text};
use cel::common::ast::{Expr, LiteralValue, operators};
use cel::common::types::CelInt;
use cel::common::value::CowVal;
use cel::context::VariableResolver;
use cel::{Context, Env, IdedExpr, Value};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// Longest condition, characters.
pub const LONGEST: usize = 300;
/// Deepest nesting of brackets, and longest row of signs: the parser needs stack for each.
pub const DEEPEST: usize = 8;
/// Most steps (names, numbers and operators).
pub const MOST_STEPS: usize = 100;
/// Deepest tree: a sum is a level a term.
const DEEPEST_TREE: usize = 40;

/// No functions and no macros; operators are the language's own.
static LANGUAGE: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::default().with_optional_support(false)));

/// A condition that was accepted.
pub struct Condition {
    text: String,
    expression: IdedExpr,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Truth,
}

impl Kind {
    const fn label(self) -> &'static str {
        match self {
            Self::Number => "数值",
            Self::Truth => "真假值",
        }
    }
}

/// Accepts a condition over the named indicators, or says why not.
pub fn compile(source: &str, names: &[&str]) -> Result<Condition, Text> {
    // Before the parser sees it: nothing long, deep, or in characters that no condition needs.
    let length = source.chars().count();
    if length > LONGEST {
        return Err(text!(
            "条件过长：{length} 个字符，上限 {LONGEST}。",
            "The condition is too long: {length} characters, {LONGEST} at most."
        ));
    }

    if let Some(strange) = source.chars().find(|sign| !is_plain(*sign)) {
        return Err(text!(
            "条件中不允许字符“{strange}”：只能使用指标名、整数、比较、四则运算和逻辑运算。",
            "The character {strange:?} is not allowed: use indicator names, whole numbers, comparisons, arithmetic and logic."
        ));
    }

    check_brackets(source)?;
    let parser = LANGUAGE.parser().max_recursion_depth(24).error_recovery_limit(1);
    let expression = parser
        .parse(source)
        .map_err(|_| text!("条件不是有效的 CEL 表达式。", "The condition is not a valid CEL expression."))?;
    let mut walk = Walk { names, steps: 0, depth: 0 };

    match walk.kind(&expression)? {
        Kind::Truth => Ok(Condition { text: source.to_owned(), expression }),
        Kind::Number => Err(text!("条件应得出真假，而不是数值。", "A condition must be true or false, not a number.")),
    }
}

/// Brackets in pairs, and neither they nor signs too deep.
fn check_brackets(source: &str) -> Result<(), Text> {
    let (mut open, mut signs, mut minus) = (Vec::new(), 0, 0);
    for sign in source.chars() {
        match sign {
            '(' => open.push(')'),
            '[' => open.push(']'),
            ')' | ']' if open.pop() != Some(sign) => {
                return Err(text!("括号不配对。", "The brackets do not pair."));
            }
            _ => {}
        }
        signs = if matches!(sign, '!' | '-') { signs + 1 } else { 0 };
        minus += usize::from(sign == '-');
        if open.len().max(signs) > DEEPEST || minus > 2 * DEEPEST {
            return Err(text!(
                "括号或正负号过多，嵌套上限 {DEEPEST} 层。",
                "Too many brackets or signs: {DEEPEST} deep at most."
            ));
        }
    }

    if open.is_empty() { Ok(()) } else { Err(text!("括号不配对。", "The brackets do not pair.")) }
}

fn is_plain(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || " \t\n_+-*/%<>=!&|?:()[],".contains(sign)
}

/// A walk over the tree that refuses what is not in the part of CEL that conditions may use.
struct Walk<'a> {
    names: &'a [&'a str],
    steps: usize,
    depth: usize,
}

impl Walk<'_> {
    /// The kind of an expression.
    fn kind(&mut self, expression: &IdedExpr) -> Result<Kind, Text> {
        self.steps += 1;
        self.depth += 1;
        if self.steps > MOST_STEPS || self.depth > DEEPEST_TREE {
            return Err(text!(
                "条件过于复杂，上限 {MOST_STEPS} 步。",
                "The condition takes more than {MOST_STEPS} steps."
            ));
        }

        let kind = match &expression.expr {
            Expr::Ident(name) if self.names.contains(&name.as_str()) => Ok(Kind::Number),
            Expr::Ident(name) => Err(text!("没有名为 {name} 的指标。", "There is no indicator {name}.")),
            Expr::Literal(LiteralValue::Int(_)) => Ok(Kind::Number),
            Expr::Literal(LiteralValue::Boolean(_)) => Ok(Kind::Truth),
            Expr::Call(call) if call.target.is_none() => self.called(&call.func_name, &call.args),
            Expr::Call(_)
            | Expr::Literal(_)
            | Expr::Unspecified
            | Expr::Comprehension(_)
            | Expr::List(_)
            | Expr::Map(_)
            | Expr::Select(_)
            | Expr::Struct(_) => Err(text!(
                "条件只能使用指标、整数、比较、四则运算、逻辑运算、?: 和 in。",
                "A condition may use indicators, whole numbers, comparisons, arithmetic, logic, ?: and in only."
            )),
        };
        self.depth -= 1;

        kind
    }

    /// Whether all are of a kind.
    fn all(&mut self, wanted: Kind, args: &[IdedExpr]) -> Result<(), Text> {
        for arg in args {
            let found = self.kind(arg)?;
            if found != wanted {
                return Err(text!(
                    "类型不符：此处应为{w}，实为{f}。",
                    "Types do not fit: a number and a truth value cannot take each other's place.",
                    w = wanted.label(),
                    f = found.label()
                ));
            }
        }
        Ok(())
    }

    fn called(&mut self, name: &str, args: &[IdedExpr]) -> Result<Kind, Text> {
        match (name, args) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, _) => {
                self.all(Kind::Truth, args).map(|()| Kind::Truth)
            }
            (
                operators::ADD
                | operators::SUBSTRACT
                | operators::MULTIPLY
                | operators::DIVIDE
                | operators::MODULO
                | operators::NEGATE,
                _,
            ) => self.all(Kind::Number, args).map(|()| Kind::Number),
            (
                operators::EQUALS
                | operators::NOT_EQUALS
                | operators::GREATER
                | operators::GREATER_EQUALS
                | operators::LESS
                | operators::LESS_EQUALS,
                _,
            ) => self.all(Kind::Number, args).map(|()| Kind::Truth),
            (operators::CONDITIONAL, [condition, left, right]) => {
                self.all(Kind::Truth, std::slice::from_ref(condition))?;
                let (of_left, of_right) = (self.kind(left)?, self.kind(right)?);
                if of_left == of_right {
                    return Ok(of_left);
                }
                Err(text!("?: 的两个结果类型应相同。", "Both sides of ?: must be of one kind."))
            }
            (operators::IN, [needle, hay]) => {
                self.all(Kind::Number, std::slice::from_ref(needle))?;
                let Expr::List(list) = &hay.expr else {
                    return Err(text!("in 之后应为整数列表。", "After in there must be a list of whole numbers."));
                };
                self.all(Kind::Number, &list.elements).map(|()| Kind::Truth)
            }
            _ => Err(text!("条件中不能调用函数 {name}。", "A condition may not call {name}.")),
        }
    }
}

/// The values of a model's indicators, as conditions look them up.
pub struct Values<'a>(Vec<(&'a str, CelInt)>);

impl<'a> Values<'a> {
    pub fn new(values: &'a BTreeMap<String, i64>) -> Self {
        Self(values.iter().map(|(name, value)| (name.as_str(), CelInt::from(*value))).collect())
    }
}

impl VariableResolver for Values<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| CowVal::Borrowed(value))
    }
}

impl Condition {
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it holds for these values; an overflow or a division by zero is an error.
    pub fn holds(&self, values: &Values<'_>) -> Result<bool, String> {
        let mut context = Context::with_env(Arc::clone(&LANGUAGE));
        context.set_variable_resolver(values);
        match Value::resolve(&self.expression, &context) {
            Ok(Value::Bool(truth)) => Ok(truth),
            Ok(other) => Err(format!("gave {other:?}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn holds(source: &str, values: &[(&str, i64)]) -> Result<bool, String> {
        let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
        let condition = compile(source, &names).map_err(|text| text.en)?;
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        condition.holds(&Values::new(&values))
    }

    #[test]
    fn conditions_say_what_they_mean() {
        let values = [("failed", 2), ("visits", 5)];
        for (source, expected) in [
            ("failed >= 2 && visits > 3", true),
            ("failed * 10 > visits * 5", false),
            ("visits in [1, 5, 9]", true),
            ("visits > 0 ? failed * 100 / visits >= 40 : false", true),
            ("!(failed == 2) || -visits < 0", true),
            ("visits % 2 == 0", false),
            ("true", true),
        ] {
            assert_eq!(holds(source, &values), Ok(expected), "{source}");
        }
    }

    #[test]
    fn what_cannot_be_computed_is_an_error_and_no_panic() {
        for source in [
            "1 / (visits - visits) > 0",
            "1 % (visits - visits) > 0",
            "9223372036854775807 + visits > 0",
            "-9223372036854775807 - visits > 0",
            "9223372036854775807 * visits > 0",
            "(0 - 9223372036854775807 - 1) / (0 - 1) > visits",
            "(0 - 9223372036854775807 - 1) % (0 - 1) > visits",
            "-(0 - 9223372036854775807 - 1) > visits",
        ] {
            assert!(holds(source, &[("visits", 5)]).is_err(), "{source}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Whatever is sent is refused or holds within its bounds.
        #[test]
        fn nothing_that_is_sent_does_harm(source in "[a-z0-9 ()\\[\\]!&|<>=?:,.+*/%'-]{0,120}") {
            if let Ok(condition) = compile(&source, &["a", "b"]) {
                let values = [("a".to_owned(), i64::MAX), ("b".to_owned(), i64::MIN)].into();
                let _either = condition.holds(&Values::new(&values));
            }
        }
    }
}
