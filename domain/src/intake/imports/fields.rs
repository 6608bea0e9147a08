//! Reading single fields: blanks, dates, amounts and codes as they come.

use super::Finding;
use crate::kernel::text::text;
use chrono::NaiveDate;

/// One row by heading, collecting findings as its fields are read.
pub struct Row<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    pub findings: Vec<Finding>,
}

impl<'a> Row<'a> {
    pub fn new(get: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { get, findings: Vec::new() }
    }

    /// The trimmed text of a field; `N/A` and blanks are absent; longer than `max` characters is an error.
    pub fn text(&mut self, field: &'static str, max: usize) -> Option<String> {
        let raw = (self.get)(field)?.replace('\0', "");
        let trimmed = raw.trim();
        if is_absent(trimmed) {
            return None;
        }
        let length = trimmed.chars().count();
        if length > max {
            self.findings.push(Finding::too_long(field, length, max, trimmed));
            return None;
        }

        if trimmed.starts_with(['=', '+', '-', '@']) {
            let message =
                text!("以公式符号开头，已按文本保存。", "It starts like a formula; it is kept as plain text.");
            self.findings.push(Finding::warning(field, "FORMULA_LIKE", trimmed, message));
        }

        Some(trimmed.to_owned())
    }

    pub fn required(&mut self, field: &'static str, max: usize) -> Option<String> {
        let before = self.findings.len();
        let value = self.text(field, max);
        if value.is_none() && self.findings.len() == before {
            self.findings.push(Finding::required(field));
        }
        value
    }

    /// A code: half-width, upper case, no inner blanks.
    pub fn code(&mut self, field: &'static str, max: usize) -> Option<String> {
        let text = self.text(field, max)?;
        Some(half_width(&text).split_whitespace().collect::<String>().to_ascii_uppercase())
    }

    /// A code that is personal data: its value never goes into a finding.
    pub fn secret_code(&mut self, field: &'static str, max: usize) -> Option<String> {
        let before = self.findings.len();
        let code = self.code(field, max);
        for finding in &mut self.findings[before..] {
            finding.value = None;
        }
        code
    }

    /// `2021-03-05`, `2021/3/5`, `2021年3月5日` or `20210305`; another text is a warning and absent.
    pub fn date(&mut self, field: &'static str) -> Option<NaiveDate> {
        let text = self.text(field, 40)?;
        let date = parse_date(&text);
        if date.is_none() {
            let message =
                text!("日期格式有误或日期不存在，未采用。", "This is not an existing date; it was not taken.");
            self.findings.push(Finding::warning(field, "DATE_INVALID", &text, message));
        }
        date
    }

    /// A date that may not lie after `today`.
    pub fn past_date(&mut self, field: &'static str, today: NaiveDate) -> Option<NaiveDate> {
        let date = self.date(field)?;
        if date > today {
            let message = text!("日期晚于今天，请核对。", "The date lies in the future; please check it.");
            self.findings.push(Finding::warning(field, "DATE_IN_FUTURE", &date.to_string(), message));
        }
        Some(date)
    }

    /// One of a national code table's codes; labels are taken too.
    pub fn choice(&mut self, field: &'static str, choices: &[(&str, &str)]) -> Option<String> {
        let text = self.text(field, 60)?;
        let hit = choices.iter().find(|(code, label)| *code == text || *label == text);
        if hit.is_none() {
            let known = choices.iter().map(|(code, label)| format!("{code}={label}")).collect::<Vec<_>>().join("、");
            let message = text!("不在值域范围内（{known}）。", "Not one of the known values ({known}).");
            self.findings.push(Finding::warning(field, "NOT_IN_CODE_TABLE", &text, message));
        }
        hit.map(|(code, _)| (*code).to_owned())
    }

    /// Parts joined by `;`, `；` or `、`.
    /// A part longer than 64 characters is left out with a finding.
    pub fn list(&mut self, field: &'static str, max: usize) -> Vec<String> {
        let text = self.text(field, max).unwrap_or_default();
        let mut parts: Vec<String> =
            text.split([';', '；', '、']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        if let Some(long) = parts.iter().find(|part| part.chars().count() > 64) {
            let message = text!(
                "其中一项超过 64 个字符，未采用。",
                "One of its parts has more than 64 characters; it was left out."
            );
            self.findings.push(Finding::warning(field, "PART_TOO_LONG", long, message));
        }

        parts.retain(|part| part.chars().count() <= 64);
        parts.sort();
        parts.dedup();

        parts
    }
}

fn is_absent(text: &str) -> bool {
    matches!(text, "" | "N/A" | "n/a" | "NA" | "NULL" | "null" | "-" | "—" | "/" | "\\N")
}

/// Full-width letters, digits and signs as half-width ones.
pub fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '\u{3000}' => ' ',
            other => other,
        })
        .collect()
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = half_width(text).replace(['年', '月', '/', '.'], "-").replace('日', "");
    let text = text.trim().trim_end_matches('-');
    let day = match text.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] if year.len() == 4 => {
            NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        }
        [_] if text.len() == 8 => NaiveDate::parse_from_str(text, "%Y%m%d").ok(),
        _ => None,
    };
    day.filter(|day| (1900..=2100).contains(&chrono::Datelike::year(day)))
}

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
    use proptest::prelude::*;

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

    #[test]
    fn dates_as_they_are_spelt() {
        let day = NaiveDate::from_ymd_opt(2021, 3, 5);
        for text in ["2021-03-05", "2021/3/5", "2021年3月5日", "20210305", "２０２１-03-05"] {
            assert_eq!(parse_date(text), day, "{text}");
        }
        assert_eq!(parse_date("2021-02-30"), None);
        assert_eq!(parse_date("21-3-5"), None);
        assert_eq!(parse_date("今年"), None);
    }

    proptest! {
        #[test]
        fn nothing_that_comes_panics(text in "\\PC{0,40}") {
            let _ = parse_date(&text);
            let _ = parse_capital(&text);
            let _ = crate::spot_checks::spot_check_items::parse_ratio(&text);
            let _ = crate::spot_checks::spot_check_items::parse_max_per_year(&text);
            let _ = crate::kernel::codes::uscc::Uscc::parse(&text);
            let _ = crate::kernel::codes::citizen_id::CitizenId::parse(&text);
        }
    }
}
