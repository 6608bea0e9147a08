//! Registered capital as registers write it.

use crate::kernel::characters::half_width;

/// Registered capital in fen: `354.4500(万元人民币)`, `618(万)`, `10,000(万元人民币)`, `50万人民币元`, `30000元`.
/// Other currencies and words are not guessed.
pub fn parse_capital(text: &str) -> Option<i64> {
    let text = half_width(text).replace([',', ' '], "");
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.replace(['(', ')'], "");
    let scale: i64 = match unit.as_str() {
        "万元人民币" | "万" | "万人民币" | "万人民币元" | "万元" => 1_000_000,
        "元" | "元人民币" | "人民币元" => 100,
        "亿元" | "亿元人民币" => 10_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || fraction.len() > 10 {
        return None;
    }
    let whole = whole.parse::<i64>().ok()?.checked_mul(scale)?;
    let fraction_value = if fraction.is_empty() { 0 } else { fraction.parse::<i64>().ok()? };
    let divisor = 10_i64.pow(u32::try_from(fraction.len()).ok()?);
    let fraction_fen = i128::from(fraction_value) * i128::from(scale);
    let fraction_fen = i64::try_from(fraction_fen / i128::from(divisor)).ok()?;

    whole.checked_add(fraction_fen).filter(|fen| *fen <= 9_007_199_254_740_991)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_as_it_is_spelt() {
        for (text, fen) in [
            ("354.4500(万元人民币)", Some(354_450_000)),
            ("618(万)", Some(618_000_000)),
            ("10,000(万元人民币)", Some(10_000_000_000)),
            ("30万人民币", Some(30_000_000)),
            ("50万人民币元", Some(50_000_000)),
            ("20万元人民币", Some(20_000_000)),
            ("３万元", Some(3_000_000)),
            ("约伍拾万左右", None),
            ("100万美元", None),
            ("(万)", None),
            ("", None),
        ] {
            assert_eq!(parse_capital(text), fen, "{text}");
        }
    }
}
