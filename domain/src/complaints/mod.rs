//! 投诉举报: what somebody tells a department about an enterprise. A 投诉 is a dispute of their own: it is accepted or refused, and
//! mediated. A 举报 tells of an offence: it is verified, and filed as a case or not. A 咨询求助 is answered. Each has its clocks.

mod clocks;
mod life;

pub use clocks::{ComplaintClock, ComplaintClocks, EndedTerm};
pub use life::{ComplaintAction, ComplaintFacts, ComplaintStatus, is_over, next};

use crate::kernel::code_list::code_list;

code_list! {
    ComplaintKind "投诉举报类别" { Complaint "投诉", Report "举报", Enquiry "咨询求助" }
}

code_list! {
    ComplaintChannel "投诉举报来源渠道" {
        Platform "省“互联网+监管”平台", Hotline "12345热线", Market "12315平台", Letter "来信", Visit "来访", Superior "上级交办",
        Department "部门移送", Web "网上"
    }
}

code_list! {
    /// How soon the hotline wants an answer.
    HotlineTicket "热线工单类别" { Enquiry "咨询", Help "求助", Complaint "投诉举报" }
}

code_list! {
    /// Why a 投诉 is not accepted (《市场监督管理投诉举报处理办法》第十五条).
    RefusalGround "不予受理情形" {
        NotOurs "不属于本部门职责或者没有处理权限",
        HandledElsewhere "法院、仲裁机构、其他行政机关或者调解组织已经受理或者处理过",
        NotForLiving "不是为生活消费需要，或者不能证明存在消费者权益争议",
        TooLate "知道或者应当知道权益受侵害之日起超过三年",
        NoMaterials "未提供规定的材料",
        Abuse "虚构事实、牟取不当利益的恶意投诉",
        OtherwiseExcluded "法律、法规、规章规定不予受理的其他情形"
    }
}

code_list! {
    /// What came of it.
    ComplaintOutcome "投诉举报处理结论" {
        Agreed "达成调解协议", NotAgreed "终止调解", Withdrawn "投诉人撤回", CaseFiled "立案查处", CaseNotFiled "不予立案", Answered "已答复"
    }
}

impl ComplaintOutcome {
    /// What a kind can end with.
    pub const fn fits(self, kind: ComplaintKind) -> bool {
        match kind {
            ComplaintKind::Complaint => matches!(self, Self::Agreed | Self::NotAgreed | Self::Withdrawn),
            ComplaintKind::Report => matches!(self, Self::CaseFiled | Self::CaseNotFiled),
            ComplaintKind::Enquiry => matches!(self, Self::Answered | Self::Withdrawn),
        }
    }
}

#[cfg(test)]
mod tests;
