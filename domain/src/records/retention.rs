//! 档案保管期限: which records are kept for how long, from when, and on what ground. What is kept for good is named as well: nothing
//! is without a class.

use crate::kernel::clocks::calendar::{local_date, start_of};
use crate::kernel::code_list::code_list;
use crate::kernel::rules::Rules;
use chrono::{DateTime, Datelike, NaiveDate, Utc};

code_list! {
    RecordClass "档案门类" {
        Inspection "检查案卷", RiskClue "风险线索案卷", Visit "入企检查记录", Complaint "投诉举报登记", Behaviour "监管行为数据", Supervision "执法监督案卷", Draw "计划、任务和随机抽取档案",
        Register "监管对象、信用分类和执法人员登记", Item "监管事项和检查实施清单", Model "风险模型及其命中", Intake "导入文件记录", Trail "审计记录和存证日志",
        Disposal "鉴定清册和销毁记录"
    }
}

code_list! {
    /// Files that come to an end: they are on the yearly lists when their time is over.
    FileClass "案卷类别" { Inspection "检查案卷", RiskClue "风险线索案卷" }
}

impl FileClass {
    pub const fn period(self, rules: &Rules) -> Period {
        match self {
            Self::Inspection => RecordClass::Inspection.period(rules),
            Self::RiskClue => RecordClass::RiskClue.period(rules),
        }
    }
}

/// 保管期限.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Permanent,
    /// Whole years, from 1 January of the year after the file was closed.
    Years(u32),
}

impl RecordClass {
    /// How long a file of the class is kept; zero years in the configuration are for good.
    pub const fn period(self, rules: &Rules) -> Period {
        let years = match self {
            Self::Inspection => rules.inspection_file_years,
            Self::RiskClue => rules.clue_file_years,
            Self::Visit
            | Self::Complaint
            | Self::Behaviour
            | Self::Supervision
            | Self::Draw
            | Self::Register
            | Self::Item
            | Self::Model
            | Self::Intake
            | Self::Trail
            | Self::Disposal => 0,
        };
        if years == 0 { Period::Permanent } else { Period::Years(years) }
    }

    /// What a file of the class is made of.
    pub const fn scope(self) -> &'static str {
        match self {
            Self::Inspection => "检查及其结果、证据、执法文书、后续处置、案件移送、离线记录",
            Self::RiskClue => "线索及其核查、处置和反馈",
            Self::Visit => "入企申请、批准、通知、进入和离开，企业评价",
            Self::Complaint => "投诉举报的登记、受理、办理和告知；投诉举报人的信息另行加密",
            Self::Behaviour => "检查、处罚、强制和其他监管行为及其各版本、质量问题",
            Self::Supervision => "监督案件、监督文书和回复",
            Self::Draw => "抽查计划、任务、名录、封存值、随机数、抽取结果和公开记录；所抽检查的结果随检查案卷",
            Self::Register => "监管对象、信用分类、执法人员、行政执法证及其历史",
            Self::Item => "目录、事项、检查实施清单及其各版本",
            Self::Model => "风险模型各版本、回测、运行和命中；由检查得出的事实随检查案卷",
            Self::Intake => "导入批次、发现的问题和原始文件摘要",
            Self::Trail => "审计记录、检查点、见证签名；已销毁档案的内容以摘要代替",
            Self::Disposal => "鉴定清册、移交接收和销毁记录",
        }
    }

    pub const fn basis(self) -> &'static str {
        match self {
            Self::Inspection | Self::RiskClue => {
                "《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第8号）：永久、30年、10年，由平台配置"
            }
            Self::Supervision | Self::Disposal => {
                "《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第8号）：永久"
            }
            Self::Draw => "国办发〔2015〕58号：随机抽查全程留痕、责任可追溯（平台规则：永久）",
            Self::Register | Self::Item => "监管事项全覆盖、监管数据可共享（平台规则：永久）",
            Self::Visit | Self::Complaint | Self::Behaviour | Self::Model | Self::Intake | Self::Trail => {
                "监管过程全记录、监管结果可追溯（平台规则：永久）"
            }
        }
    }
}

/// The day on which a file that was closed at a moment need not be kept any more.
pub fn due_on(closed_at: DateTime<Utc>, years: u32) -> NaiveDate {
    new_year(local_date(closed_at).year().saturating_add(1).saturating_add_unsigned(years))
}

/// The moment before which a file was closed that is due on 1 January of a year.
pub fn closed_before(year: i32, years: u32) -> DateTime<Utc> {
    start_of(new_year(year.saturating_sub_unsigned(years)))
}

fn new_year(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn years_are_counted_from_the_next_first_of_january() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap_or_default();
        let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        // Midnight in Beijing is 16:00 UTC.
        assert_eq!(due_on(at("2016-12-31T15:59:59Z"), 10), day(2027));
        assert_eq!(due_on(at("2016-12-31T16:00:00Z"), 10), day(2028));
        assert_eq!(due_on(at("2016-01-01T00:00:00Z"), 10), day(2027));
        assert_eq!(RecordClass::Supervision.period(&Rules::default()), Period::Permanent);
        assert_eq!(RecordClass::Inspection.period(&Rules::default()), Period::Years(10));
        assert_eq!(
            RecordClass::Inspection.period(&Rules { inspection_file_years: 0, ..Rules::default() }),
            Period::Permanent
        );
    }

    proptest! {
        /// What a list is drawn up by and what each line says are one rule.
        #[test]
        fn a_file_is_listed_from_the_year_in_which_it_is_due(seconds in 0i64..4_000_000_000, years in 1u32..60, year in 1971i32..2200) {
            let closed = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
            prop_assert_eq!(closed < closed_before(year, years), due_on(closed, years) <= new_year(year));
        }
    }
}
