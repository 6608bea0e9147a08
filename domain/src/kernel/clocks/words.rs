//! A legal time limit in the words of the official who reads it.

use super::calendar::{Calendar, local_date};
use super::legal::{Clock, TermUnit};
use crate::kernel::text::{Text, text};

impl Clock {
    /// The deadline in words: 起算, what did not count, stops, extension, 顺延 and the end.
    pub fn explain(&self, calendar: &Calendar) -> Vec<Text> {
        let start = local_date(self.trigger);
        let (length, unit) = (self.term.length, self.term.unit);
        let mut lines = vec![match unit {
            TermUnit::Hour => text!(
                "自 {at} 起算，期限 {length} {u}。",
                "Runs from {at} for {length} hours.",
                at = self.trigger.format("%Y-%m-%dT%H:%M:%SZ"),
                u = unit.label()
            ),
            TermUnit::WorkingDay | TermUnit::Day | TermUnit::Month => text!(
                "自 {start} 起算，当日不计入；期限 {length} {u}。",
                "Runs from {start}, that day not counted, for {length} {c}.",
                u = unit.label(),
                c = unit.code()
            ),
        }];
        if self.extension > 0 {
            let (more, all) = (self.extension, self.length());
            lines.push(text!(
                "批准延长 {more} {u}，共 {all} {u}。",
                "Extended by {more}, {all} in all.",
                u = unit.label()
            ));
        }
        for stop in &self.stops {
            let (from, until) = (local_date(stop.from), stop.until.map(local_date));
            lines.push(match until {
                Some(until) => text!(
                    "{from} 停止计算，{until} 恢复；其间不计入。",
                    "Stood still from {from} to {until}; the time between is not counted."
                ),
                None => text!("{from} 起停止计算，尚未恢复。", "Stands still since {from}."),
            });
        }

        let Some(due) = self.due(calendar) else { return lines };
        if unit == TermUnit::WorkingDay {
            lines.extend(calendar.exceptions(start, due.on));
        }
        if matches!(unit, TermUnit::Day | TermUnit::Month) {
            let days = if unit == TermUnit::Month { self.month_days() } else { i64::from(self.length()) };
            if let Some(last) = self.nth(calendar, false, days).filter(|last| *last < due.on) {
                let why = calendar.day(last).reason;
                lines.push(text!(
                    "末日 {last} 为{zh}，顺延至 {on}。",
                    "The last day {last} is a {en}: moved on to {on}.",
                    zh = why.zh,
                    en = why.en,
                    on = due.on
                ));
            }
        }

        lines.push(match unit {
            TermUnit::Hour => text!("届满时刻 {at}。", "Ends at {at}.", at = due.at.format("%Y-%m-%dT%H:%M:%SZ")),
            TermUnit::WorkingDay | TermUnit::Day | TermUnit::Month => {
                text!("届满日 {on}（当日 24 时止）。", "Ends on {on}, at the end of that day.", on = due.on)
            }
        });
        if !due.certain {
            lines.push(text!(
                "部分年度的放假通知尚未收录，按周末推算。",
                "A year without a published notice was counted by weekdays alone."
            ));
        }

        lines
    }
}
