//! 执法监督预警: what the platform notices of how enforcement is done, and the justice bureau looks into.

use crate::kernel::code_list::code_list;

code_list! {
    /// More than one visit a day, two a week (Monday to Sunday), three a month at one enterprise; nobody scanned; nobody
    /// approved; a measure long overdue.
    EnforcementAlert "执法监督预警" {
        OverDaily "一日多次入企", OverWeekly "一周多次入企", OverMonthly "一月多次入企", NoScan "企业未扫入企码",
        UnapprovedEntry "紧急入企未获补办批准", FollowUpOverdue "后续处置严重超期",
        ReferralOverdue "移送案件逾期未处理"
    }
}

impl EnforcementAlert {
    /// Whether the same again is a step further: rectify, talk with the head, report to the government (深府规〔2025〕6号).
    pub const fn climbs(self) -> bool {
        match self {
            Self::NoScan => true,
            Self::OverDaily
            | Self::OverWeekly
            | Self::OverMonthly
            | Self::UnapprovedEntry
            | Self::FollowUpOverdue
            | Self::ReferralOverdue => false,
        }
    }
}
