//! What the words of published lists say in numbers: shares, ceilings, frequencies. What is not understood stays words.

use crate::kernel::characters::half_width;

/// What could be read from a ratio such as `抽查比例不少于2‰`, `5%—10%` or `不超过总数的2%`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// 下限 in basis points.
    pub floor_bp: Option<u32>,
    /// 上限 in basis points.
    pub ceiling_bp: Option<u32>,
    /// 户数: an absolute number, as in `10%(20户)` or `1户`.
    pub count: Option<u32>,
}

/// How a share bounds what is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Floor,
    Ceiling,
    Exact,
}

const FLOORS: [&str; 15] = [
    "不少于",
    "不低于",
    "不小于",
    "最少",
    "最低",
    "下限",
    "大于",
    "高于",
    "多于",
    "超过",
    "超出",
    "达到",
    "≥",
    ">=",
    ">",
];
const CEILINGS: [&str; 14] =
    ["不超过", "不超出", "不高于", "不多于", "不大于", "最多", "最高", "上限", "小于", "低于", "少于", "≤", "<=", "<"];

/// A share and how it bounds; `None` where several shares do not make one ratio, as a list of classes with a rate each.
pub fn parse_ratio(text: &str) -> Ratio {
    let text = plain(text);
    let count = ["户", "家"].iter().find_map(|mark| number_before(&text, mark));
    let count = count.and_then(|value| u32::try_from(value / 100).ok());
    let (mut floors, mut ceilings, mut exact) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(share) = fraction(&text) {
        exact.push(share);
    }

    let mut from = 0;
    while let Some((at, length, per_mille)) = next_mark(&text, from) {
        let (start, share) = share_before(&text[..at], per_mille);
        let Some(share) = share else { return Ratio { count, ..Ratio::default() } };
        let before = &text[from.min(start)..start];
        let after = &text[at + length..];
        if let Some(lower) = range_before(before, per_mille) {
            floors.push(lower);
            ceilings.push(share);
        } else if let Some((upper, end)) = range_after(after, per_mille) {
            floors.push(share);
            ceilings.push(upper);
            from = at + length + end;
            continue;
        } else {
            match bound(before, after) {
                Bound::Floor => floors.push(share),
                Bound::Ceiling => ceilings.push(share),
                Bound::Exact => exact.push(share),
            }
        }
        from = at + length;
    }

    let (floor_bp, ceiling_bp) = match (&floors[..], &ceilings[..], &exact[..]) {
        ([], [], [share]) => (Some(*share), Some(*share)),
        ([floor], [], []) => (Some(*floor), None),
        ([], [ceiling], []) => (None, Some(*ceiling)),
        ([floor], [ceiling], []) if floor <= ceiling => (Some(*floor), Some(*ceiling)),
        _ => (None, None),
    };
    Ratio { floor_bp, ceiling_bp, count }
}

/// Whether a text is a bare fraction such as `0.05`, which a spreadsheet keeps for 5 %.
pub fn is_fraction(text: &str) -> bool {
    fraction(&plain(text)).is_some()
}

fn fraction(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0.").filter(|part| (1..=6).contains(&part.len()))?;
    let bare = digits.bytes().all(|byte| byte.is_ascii_digit());
    let share = bare.then(|| format!("{digits:0<4}")[..4].parse().ok()).flatten();
    share.filter(|share| *share > 0)
}

/// The next `%` or `‰`: where, how many bytes, and which.
fn next_mark(text: &str, from: usize) -> Option<(usize, usize, bool)> {
    let (at, mark) = text.get(from..)?.char_indices().find(|(_, c)| matches!(c, '%' | '‰'))?;
    Some((from + at, mark.len_utf8(), mark == '‰'))
}

/// The number in front of a mark: where it begins, and its basis points where it is a share.
fn share_before(head: &str, per_mille: bool) -> (usize, Option<u32>) {
    let digits = head.chars().rev().take_while(|c| c.is_ascii_digit() || *c == '.').count();
    let start = head.len() - digits;
    (start, basis_points(&head[start..], per_mille))
}

fn basis_points(number: &str, per_mille: bool) -> Option<u32> {
    let value = hundredths(number)?;
    let value = if per_mille { value / 10 } else { value };
    u32::try_from(value).ok().filter(|value| *value <= 10_000)
}

/// `5-` in front of `10%`.
fn range_before(before: &str, per_mille: bool) -> Option<u32> {
    let lower = before.strip_suffix(is_dash)?;
    let digits = lower.chars().rev().take_while(|c| c.is_ascii_digit() || *c == '.').count();
    basis_points(&lower[lower.len() - digits..], per_mille)
}

/// `—10%` behind `5%`: the upper share, and where its mark ends.
fn range_after(after: &str, per_mille: bool) -> Option<(u32, usize)> {
    let upper = after.strip_prefix(is_dash)?;
    let dash = after.len() - upper.len();
    let digits = upper.chars().take_while(|c| c.is_ascii_digit() || *c == '.').count();
    let mark = upper[digits..].chars().next().filter(|c| matches!(c, '%' | '‰'))?;
    let share = basis_points(&upper[..digits], per_mille)?;
    ((mark == '‰') == per_mille).then_some((share, dash + digits + mark.len_utf8()))
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '—' | '–' | '―' | '~' | '～' | '至' | '到')
}

/// The words nearest to a share say how it bounds: the last before it, or those right behind it.
fn bound(before: &str, after: &str) -> Bound {
    if ["以上", "及以上"].iter().any(|word| after.starts_with(word)) {
        return Bound::Floor;
    }
    if ["以下", "以内", "之内", "及以下"].iter().any(|word| after.starts_with(word)) {
        return Bound::Ceiling;
    }
    // 不超过 ends with 超过, and 不低于 with 低于: the longer word that ends at the same place says it.
    let last = |words: &[&str]| {
        words.iter().filter_map(|word| before.rfind(word).map(|at| (at + word.len(), word.len()))).max()
    };
    match (last(&FLOORS), last(&CEILINGS)) {
        (None, None) => Bound::Exact,
        (floor, ceiling) if floor > ceiling => Bound::Floor,
        _ => Bound::Ceiling,
    }
}

/// The yearly cap of a frequency such as `每年不超过2次`, `1次/年`, `每年一次`; `None` where it is a floor, of another period, or unclear.
pub fn parse_max_per_year(text: &str) -> Option<u32> {
    let text = plain(text);
    let other = ["月", "季", "周", "日", "天", "半年", "有效期", "届"].iter().any(|word| text.contains(word));
    let range = text.contains(is_dash);
    let years = number_before(&text, "年").unwrap_or(100);
    if is_floor(&text) || other || range || !text.contains('年') || years != 100 {
        return None;
    }
    u32::try_from(number_before(&text, "次")? / 100).ok()
}

/// Whether a frequency names a number of times that is not a yearly cap, so that only its words are kept.
pub fn is_other_frequency(text: &str) -> bool {
    parse_max_per_year(text).is_none() && !is_floor(&plain(text)) && number_before(&plain(text), "次").is_some()
}

fn is_floor(text: &str) -> bool {
    ["不少于", "不低于", "不小于", "最少", "以上"].iter().any(|word| text.contains(word))
}

/// Half-width, without blanks, with Chinese numbers as digits, and one spelling of each bound.
fn plain(text: &str) -> String {
    let text: String = half_width(text).chars().filter(|c| !c.is_whitespace()).collect();
    let text = in_digits(&text).replace("至多", "最多").replace("至少", "最少");
    let text = MUST_NOT.iter().fold(text, |text, word| negated(&text, word));
    ["百分之", "千分之"].iter().zip(['%', '‰']).fold(text, |text, (word, mark)| spelt_out(&text, word, mark))
}

const MUST_NOT: [&str; 9] = ["不应当", "不得", "不应", "不能", "不可", "不宜", "不要", "不准", "不许"];
const COMPARED: [&str; 9] = ["超过", "超出", "高于", "大于", "多于", "低于", "少于", "小于", "等于"];

/// `不得超过` as `不超过`.
fn negated(text: &str, word: &str) -> String {
    COMPARED
        .iter()
        .fold(text.to_owned(), |text, compared| text.replace(&format!("{word}{compared}"), &format!("不{compared}")))
}

/// `百分之5` as `5%`.
fn spelt_out(text: &str, word: &str, mark: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let number = &rest[at + word.len()..];
        let digits = number.chars().take_while(|c| c.is_ascii_digit() || *c == '.').count();
        out.push_str(&rest[..at]);
        out.push_str(&number[..digits]);
        out.push(mark);
        rest = &number[digits..];
    }
    out.push_str(rest);
    out
}

/// Numbers of 一 to 九, 两, 十, up to 99, as digits where they count something: 统一 and 一般 are words.
fn in_digits(text: &str) -> String {
    const COUNTED: [char; 16] =
        ['次', '户', '家', '年', '%', '‰', '月', '个', '季', '周', '日', '天', '届', '倍', '成', '人'];
    let signs: Vec<char> = text.chars().collect();
    let is_number = |at: usize| signs.get(at).is_some_and(|c| *c == '十' || digit(*c).is_some());
    let mut out = String::with_capacity(text.len());
    let mut at = 0;

    while at < signs.len() {
        let mut end = at;
        while is_number(end) {
            end += 1;
        }
        if end == at {
            out.push(signs[at]);
            at += 1;
            continue;
        }

        // 统一 ends with no number.
        if at > 0 && signs[at] == '一' && matches!(signs[at - 1], '统' | '同' | '唯' | '专' | '单' | '逐' | '万')
        {
            out.push('一');
            at += 1;
            continue;
        }
        let number: String = signs[at..end].iter().collect();
        let next = signs.get(end).copied();
        let counts = next.is_some_and(|next| COUNTED.contains(&next))
            || out.ends_with("分之")
            || (next.is_some_and(is_dash) && is_number(end + 1));
        let beside =
            out.ends_with(|c: char| c.is_ascii_digit() || c == '.') || next.is_some_and(|c| c.is_ascii_digit());
        match value(&number).filter(|_| counts && !beside) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&number),
        }
        at = end;
    }

    out
}

fn digit(c: char) -> Option<usize> {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    if c == '两' { Some(2) } else { DIGITS.iter().position(|digit| *digit == c) }
}

/// `十二` as 12, `二十` as 20, `二零二六` as 2026.
fn value(number: &str) -> Option<String> {
    let Some((tens, ones)) = number.split_once('十') else {
        return number.chars().map(|c| digit(c).map(|digit| digit.to_string())).collect();
    };
    let part = |text: &str, none: usize| {
        let mut signs = text.chars();
        match (signs.next(), signs.next()) {
            (None, _) => Some(none),
            (Some(c), None) => digit(c),
            _ => None,
        }
    };
    Some((part(tens, 1)? * 10 + part(ones, 0)?).to_string())
}

/// The number before a mark, in hundredths: `2.5%` → 250.
fn number_before(text: &str, mark: &str) -> Option<u64> {
    let head = &text[..text.find(mark)?];
    let digits = head.chars().rev().take_while(|c| c.is_ascii_digit() || *c == '.').count();
    hundredths(&head[head.len() - digits..])
}

fn hundredths(number: &str) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 2 {
        return None;
    }
    let fraction: u64 = format!("{fraction:0<2}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(fraction)
}

#[cfg(test)]
#[path = "wording_tests.rs"]
mod tests;
