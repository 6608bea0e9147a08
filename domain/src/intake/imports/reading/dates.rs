//! Days as systems and people write them.

use crate::kernel::characters::half_width;
use crate::kernel::clocks::calendar::start_of;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, SubsecRound, Utc};

/// A day as it stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    On(NaiveDate),
    /// A spreadsheet's serial number, which somebody saved as text.
    Serial(NaiveDate),
    /// The day does not exist, as 30 February.
    NoSuchDay,
    /// A year that no register means: before 1900 or after 2100.
    OutOfRange,
    /// A month or a year without its day.
    NotADay,
    /// Words, such as 长期 or 待定.
    Words,
}

/// Spreadsheet serials that are taken for days: 1954-10-04 to 2119-01-11.
const SERIALS: std::ops::RangeInclusive<u64> = 20_001..=79_999;

/// `2021-03-05`, `2021/3/5`, `2021.3.5`, `2021年3月5日`, `20210305`, each with or without a time behind it.
pub fn read(text: &str) -> Day {
    let text = half_width(text);
    let text: String = text.trim().replace(['年', '月', '/', '.'], "-").replace(['日', '号'], " ");
    if let Ok(serial) = text.trim().trim_end_matches("-0").parse::<u64>()
        && SERIALS.contains(&serial)
    {
        let day = NaiveDate::from_ymd_opt(1899, 12, 30).and_then(|zero| zero.checked_add_days(Days::new(serial)));
        return day.map_or(Day::Words, Day::Serial);
    }

    // Blanks between the parts of a day are none.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("- ", "-").replace(" -", "-");
    let (day, time) = match text.split_once([' ', 'T', 't']) {
        Some((day, time)) => (day, time),
        None => (text.as_str(), ""),
    };
    if !is_time(time) {
        return Day::Words;
    }
    let parts: Vec<&str> = day.trim_end_matches('-').split('-').collect();
    let digits = |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());

    match parts[..] {
        [whole] if whole.len() == 8 && whole.bytes().all(|byte| byte.is_ascii_digit()) => {
            on(&whole[..4], &whole[4..6], &whole[6..])
        }
        [year, month, day] if parts.iter().all(digits) && year.len() == 4 => on(year, month, day),
        [year] | [year, _] if parts.iter().all(digits) && year.len() == 4 => Day::NotADay,
        _ => Day::Words,
    }
}

/// A moment as systems write it: with its zone, or as a clock in the county shows it; a day alone is its beginning.
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = half_width(text);
    if let Ok(moment) = DateTime::parse_from_rfc3339(text.trim()) {
        return Some(moment.to_utc().trunc_subsecs(3));
    }
    let clock = ["%H:%M:%S%.f", "%H:%M"];
    let (day, time) = text.trim().split_once([' ', 'T']).unwrap_or((text.trim(), "00:00"));
    let time = clock.iter().find_map(|form| NaiveTime::parse_from_str(time.trim(), form).ok())?;
    let Day::On(day) = read(day) else { return None };
    Some((start_of(day) + (time - NaiveTime::MIN)).trunc_subsecs(3))
}

fn on(year: &str, month: &str, day: &str) -> Day {
    let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else { return Day::Words };
    match NaiveDate::from_ymd_opt(year, month, day) {
        None => Day::NoSuchDay,
        Some(day) if (1900..=2100).contains(&day.year()) => Day::On(day),
        Some(_) => Day::OutOfRange,
    }
}

/// `0:00`, `00:00:00.000`, `00:00:00+08:00`, `0时0分`, or nothing.
fn is_time(text: &str) -> bool {
    let says_time = text.trim().is_empty() || text.contains([':', '时']);
    says_time
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z' | 'z' | ' ' | '时' | '分' | '秒'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_they_are_spelt() {
        let day = NaiveDate::from_ymd_opt(2021, 9, 3).map(Day::On);
        for text in [
            "2021-09-03",
            "2021/9/3",
            "2021.9.3",
            "2021年9月3日",
            "2021 年 9 月 3 日",
            "2021年9月3号",
            "20210903",
            "２０２１-09-03",
            "2021-09-03 00:00:00",
            "2021/9/3 0:00",
            "2021-09-03T00:00:00+08:00",
            "2021-09-03T00:00:00.000Z",
            "2021年9月3日 0时0分",
        ] {
            assert_eq!(Some(read(text)), day, "{text}");
        }
        assert_eq!(Some(read("44442")), NaiveDate::from_ymd_opt(2021, 9, 3).map(Day::Serial));
        assert_eq!(Some(read("44442.0")), NaiveDate::from_ymd_opt(2021, 9, 3).map(Day::Serial));
    }

    #[test]
    fn moments_are_read_by_the_countys_clock() {
        for text in ["2026-10-13T02:00:00Z", "2026-10-13 10:00", "2026/10/13 10:00:00", "2026-10-13T10:00:00+08:00"] {
            assert_eq!(moment(text).map(|at| at.to_rfc3339()), Some("2026-10-13T02:00:00+00:00".to_owned()), "{text}");
        }
        assert_eq!(moment("2026-10-13"), NaiveDate::from_ymd_opt(2026, 10, 13).map(start_of));
        let precise = moment("2026-10-13 10:00:00.1234567").map(|at| at.to_rfc3339());
        assert_eq!(precise, Some("2026-10-13T02:00:00.123+00:00".to_owned()), "as precise as the interface is");
        for text in ["上周", "2026-02-30 10:00", "2026-10-13 25:00", "10:00"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_day_says_why() {
        for (text, why) in [
            ("2021-02-30", Day::NoSuchDay),
            ("1890-01-01", Day::OutOfRange),
            ("2199年1月1日", Day::OutOfRange),
            ("2021年9月", Day::NotADay),
            ("2021", Day::NotADay),
            ("21-3-5", Day::Words),
            ("长期", Day::Words),
            ("12", Day::Words),
            ("2021-09-03至2022-09-02", Day::Words),
            ("2021-09-03 2022-09-02", Day::Words),
            ("2021-09-03\n2022-09-02", Day::Words),
        ] {
            assert_eq!(read(text), why, "{text}");
        }
    }
}
