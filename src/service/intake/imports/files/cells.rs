//! Cells of a workbook as a person sees them.

use calamine::{Data, DataRef};

/// A cell that is held, as one that is streamed.
pub fn as_ref(cell: &Data) -> DataRef<'_> {
    match cell {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(at) => DataRef::DateTime(*at),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// A cell as its reader sees it, and whether it has lost digits.
pub struct Shown {
    pub text: String,
    pub lost: bool,
}

/// Whole numbers without a point, days as days, percentages as percentages.
pub fn shown(value: &DataRef<'_>, percent: Option<usize>) -> Shown {
    let text = match value {
        DataRef::Float(number) if percent.is_some() => percentage(*number, percent.unwrap_or(0)),
        DataRef::Int(number) if percent.is_some() => percentage(whole(*number), percent.unwrap_or(0)),
        DataRef::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let day = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) { day } else { format!("{day} {hour:02}:{minute:02}:{second:02}") }
        }
        DataRef::Empty => String::new(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
    };
    // A spreadsheet keeps fifteen digits of a number.
    let lost = match value {
        DataRef::Float(number) => number.fract() == 0.0 && number.abs() >= 1e15,
        DataRef::Int(number) => number.unsigned_abs() >= 1_000_000_000_000_000,
        DataRef::String(_)
        | DataRef::SharedString(_)
        | DataRef::Bool(_)
        | DataRef::DateTime(_)
        | DataRef::DateTimeIso(_)
        | DataRef::DurationIso(_)
        | DataRef::Error(_)
        | DataRef::Empty => false,
    };
    Shown { text, lost }
}

#[expect(clippy::cast_precision_loss, reason = "percentages are small")]
const fn whole(number: i64) -> f64 {
    number as f64
}

/// `0.025` as `2.5%`: with as many decimals as the format shows, or as the number has where it shows fewer.
fn percentage(number: f64, decimals: usize) -> String {
    let mut text = format!("{:.*}", decimals.max(4), number * 100.0);
    while text.contains('.') && text.ends_with(['0', '.']) {
        let point = text.ends_with('.');
        text.pop();
        if point {
            break;
        }
    }
    text + "%"
}

/// How many decimals a number format shows in front of its percent sign.
pub fn decimals_of_percent(format: &str) -> Option<usize> {
    let head = format.split(';').next()?.split_once('%')?.0;
    Some(head.split_once('.').map_or(0, |(_, part)| part.chars().filter(|c| matches!(c, '0' | '#' | '?')).count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_as_people_see_them() {
        for (number, format, shown) in [
            (0.05, "0%", "5%"),
            (0.025, "0.0%", "2.5%"),
            (1.0, "0%", "100%"),
            (0.0005, "0.00%", "0.05%"),
            (0.07, "0%", "7%"),
        ] {
            assert_eq!(
                decimals_of_percent(format).map(|decimals| percentage(number, decimals)).as_deref(),
                Some(shown)
            );
        }
        assert_eq!(decimals_of_percent("yyyy-mm-dd"), None);
    }
}
