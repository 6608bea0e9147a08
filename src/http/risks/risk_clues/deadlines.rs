//! 线索时限: what the clocks of a clue say, and why.

use crate::http::kernel::reply::View;
use crate::service::risks::risk_clues::Deadline;
use chrono::{DateTime, NaiveDate, Utc};
use domain::kernel::clocks::{Flag, TermUnit};
use domain::kernel::text::Text;
use domain::risks::risk_clues::ClockKind;
use serde::Serialize;
use utoipa::ToSchema;

/// 线索时限
#[derive(Serialize, ToSchema)]
pub struct DeadlinesView {
    pub items: Vec<DeadlineView>,
}

impl View for DeadlinesView {}

/// 一项时限及其算法
#[derive(Serialize, ToSchema)]
pub struct DeadlineView {
    pub clock: ClockKind,
    pub length: u32,
    pub unit: TermUnit,
    pub extension: u32,
    /// 起算时刻
    pub trigger_at: DateTime<Utc>,
    /// The first moment that is too late; null while the clock stands still
    #[schema(required)]
    pub due_at: Option<DateTime<Utc>>,
    /// 届满日
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// False where a year without a notice was counted by weekdays alone
    pub certain: bool,
    /// 正在计时
    pub runs: bool,
    pub flag: Flag,
    /// 起算、停止、恢复、延长、顺延与届满
    pub explanation_zh: Vec<String>,
    pub explanation_en: Vec<String>,
}

impl DeadlinesView {
    pub fn of(deadlines: Vec<Deadline>, explain: impl Fn(&Deadline) -> Vec<Text>) -> Self {
        let items = deadlines.into_iter().map(|deadline| {
            let (explanation_zh, explanation_en) =
                explain(&deadline).into_iter().map(|line| (line.zh, line.en)).unzip();
            DeadlineView {
                clock: deadline.kind,
                length: deadline.clock.term.length,
                unit: deadline.clock.term.unit,
                extension: deadline.clock.extension,
                trigger_at: deadline.clock.trigger,
                due_at: deadline.due.map(|due| due.at),
                due_on: deadline.due.map(|due| due.on),
                certain: deadline.due.is_some_and(|due| due.certain),
                runs: deadline.runs,
                flag: deadline.flag,
                explanation_zh,
                explanation_en,
            }
        });
        Self { items: items.collect() }
    }
}
