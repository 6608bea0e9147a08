//! Each step of an issued task by its day (row 5): what was done late, and what is late and not done.

use crate::kernel::code_list::code_list;
use chrono::NaiveDate;

code_list! {
    /// Steps with a day of their own.
    Step "下发任务环节" { Sign "签收", Issue "下发", Part "部门提交", Report "上报" }
}

/// When steps were due and done, in days of Asia/Shanghai.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepTimes {
    pub sign_due: NaiveDate,
    pub signed: Option<NaiveDate>,
    pub issue_due: NaiveDate,
    pub issued: Option<NaiveDate>,
    /// Of each department: when it was due, and when it was handed in first.
    pub parts: Vec<(NaiveDate, Option<NaiveDate>)>,
    pub report_due: NaiveDate,
    /// When it was reported first.
    pub reported: Option<NaiveDate>,
}

/// The steps that were not, or are not yet, done in time.
pub fn late_steps(times: &StepTimes, today: NaiveDate) -> Vec<Step> {
    let late = |due: NaiveDate, done: Option<NaiveDate>| done.unwrap_or(today) > due;
    let steps = [
        (Step::Sign, late(times.sign_due, times.signed)),
        (Step::Issue, late(times.issue_due, times.issued)),
        (Step::Part, times.parts.iter().any(|(due, done)| late(*due, *done))),
        (Step::Report, late(times.report_due, times.reported)),
    ];
    steps.into_iter().filter(|(_, late)| *late).map(|(step, _)| step).collect()
}
