//! What is no value: words for “none”, numbers still to come, what a spreadsheet shows instead of a number.

use crate::kernel::characters::half_width;

/// The parts of a list, in whichever way it is separated.
pub fn separated(text: &str) -> Vec<String> {
    let parts = text.split([',', '，', ';', '；', '、', '/', '\n', '|']);
    parts.map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// A number that a certificate may bear.
pub fn is_certificate_no(number: &str) -> bool {
    const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    let bare = number.strip_prefix(|c| PROVINCES.contains(c)).unwrap_or(number);
    let signs =
        bare.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && bare.contains(|c: char| c.is_ascii_digit());
    let repeated = bare.chars().all(|c| bare.starts_with(c));
    signs && !repeated && bare.len() >= 4
}

/// Words and signs that stand for “none”.
pub fn is_none(text: &str) -> bool {
    const WORDS: [&str; 20] = [
        "N/A",
        "#N/A",
        "NA",
        "NULL",
        "NONE",
        "NIL",
        "NAN",
        "\\N",
        "(NULL)",
        "无",
        "暂无",
        "没有",
        "(无)",
        "空",
        "未填",
        "未填写",
        "无。",
        "不适用",
        "（空白）",
        "(空白)",
    ];
    let text = half_width(text);
    let signs = text
        .chars()
        .all(|c| matches!(c, '-' | '—' | '–' | '―' | '－' | '/' | '\\' | '_' | ' ' | '、' | '.' | '…' | '?'));
    signs || WORDS.iter().any(|word| word.eq_ignore_ascii_case(text.trim()))
}

/// Words in place of a number that is still to come.
pub fn is_to_come(code: &str) -> bool {
    const WORDS: [&str; 26] = [
        "待办",
        "待定",
        "待补",
        "待补充",
        "待核实",
        "待发",
        "待领",
        "待取",
        "待录入",
        "办理中",
        "正在办理",
        "在办",
        "申办中",
        "申领中",
        "申请中",
        "未办",
        "未办理",
        "未办证",
        "未领",
        "未领取",
        "未取得",
        "未知",
        "不详",
        "无证",
        "暂缺",
        "缺",
    ];
    let bare = code.trim_matches(['(', ')']);
    WORDS.contains(&bare) || is_none(bare)
}

/// `9.15108E+17`: how a spreadsheet shows a long number, and saves it as text.
pub fn is_scientific(code: &str) -> bool {
    let Some((mantissa, exponent)) = code.split_once('E') else { return false };
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number =
        mantissa.split_once('.').is_some_and(|(whole, part)| whole.len() == 1 && digits(whole) && digits(part));
    number && digits(exponent)
}

/// What a formula shows that failed.
pub fn is_cell_error(text: &str) -> bool {
    matches!(text, "#REF!" | "#VALUE!" | "#NAME?" | "#DIV/0!" | "#NUM!" | "#NULL!" | "#GETTING_DATA" | "#SPILL!")
}
