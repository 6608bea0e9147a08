//! 待办: what waits for somebody, who that is, and by when.

use crate::access::Permission;
use crate::items::implementation_lists::ListState;
use crate::items::items::{ItemLife, ItemState};
use crate::items::mappings::MappingState;
use crate::kernel::code_list::code_list;
use crate::kernel::rules::Rules;

code_list! {
    Waiting "待办类别" {
        ToClaim "待认领", ToComplete "待完善", Returned "被退回", ToReview "待审核", UpstreamChanged "上级目录变化待处理",
        BasisLost "依据失效待处理", ToConfirm "待确认对应",
        ClueToDispatch "线索待交办", ClueToSign "线索待签收", ClueToAssign "线索待分派", ClueToVerify "线索待核查", ClueToDispose "线索待处置",
        ClueToFeedBack "线索待反馈", ClueToReview "线索反馈待审核", ClueToClose "线索待办结",
        ClueReturnToDecide "线索退回待决定", ClueEscalated "线索超期督办",
        ComplaintToDispatch "投诉举报待分办", ComplaintToDecide "投诉举报待受理", ComplaintToSupply "投诉待补正材料", ComplaintToHandle "投诉举报待办理",
        ComplaintToResume "投诉举报计时中止待恢复", ComplaintToTell "投诉举报结论待告知", ComplaintToClose "投诉举报待办结", ComplaintOverdue "投诉举报超期待督促",
        LibraryToMend "名录库待修正",
        PlanToComplete "计划待编制", PlanToReview "计划待审核", PlanToFile "计划待备案", PlanToPublish "计划待公示", PlanToFinish "计划待完成",
        ExcessToApprove "超比例抽查待批准", DrawToCommit "待封存随机数", TaskToFreeze "待冻结对象库", DrawToReveal "待启封随机数", ChanceToEnter "待录入公开数值", TaskToDraw "待抽取",
        TaskToMatch "待匹配人员", TaskVoidToDecide "申请作废待见证方决定", TaskToFinish "任务待完成",
        BodyToSubmit "检查主体待提交", BodyToConfirm "检查主体待确认", BodyToPublish "检查主体待公布",
        IssuedToSign "下发任务待签收", IssuedToIssue "下发任务待下发", IssuedToCheck "下发任务待核对", IssuedToReport "下发任务待上报",
        IssuedToReopen "下发任务被退回", IssuedPartToSign "部门任务待签收", IssuedPartToSubmit "部门任务待提交",
        VisitToRequest "入企检查待申请", VisitToApprove "入企检查待批准", VisitToNotify "检查通知待送达", VisitToEnter "入企检查待实施",
        VisitToApproveLate "紧急入企待补办批准", VisitToLeave "入企检查待离开登记", OfflineToSettle "离线记录待处理", VisitComplaint "企业投诉待处理",
        InspectionToStart "检查待开始", InspectionToRecord "检查结果待录入", InspectionToReview "检查结果待审核",
        InspectionToPublish "检查结果待公示", InspectionVoidToAgree "检查作废待另一人同意", FollowUpDue "后续处置待完结",
        FollowUpOverdue "后续处置超期待督促", CaseToFile "移送案件待立案审查", CaseToClose "已立案件待结案",
        SupervisionToBegin "监督案件待核查", SupervisionToDecide "监督案件待处理", SupervisionToReply "监督文书待回复",
        SupervisionToVerify "监督回复待核验", SupervisionToClose "监督案件待办结", SupervisionOverdue "监督文书逾期未回复",
        EvidenceToUpload "证据待上传", EvidenceToExplain "证据被拒收待说明", DocumentToIssue "文书待制发", DocumentToServe "文书待送达",
        CertificateToApprove "行政执法证申领待审批", CertificateToIssue "行政执法证待核发", CertificateToReissue "行政执法证待补发",
        CertificateEnding "行政执法证到期或年审临近", SpotItemToPublish "抽查事项待公布", ImportToCorrect "导入有误待更正", BehavioursToCorrect "监管行为有误待更正",
        DataSetToDescribe "数据集汇集方案待编制", DataSetToApprove "数据集汇集方案待批准", DataSetToSign "数据集汇集方案待签认", DataSetToReview "数据集待年度复核",
        DataSetToUpdate "数据集待更新", DataSetToPursue "数据集超期未更新待督促",
        DisposalToAppraise "到期档案待鉴定", DisposalToApprove "鉴定清册待批准", DisposalToCarryOut "到期档案待监销", HoldToReview "档案保全待复核"
    }
}

impl Waiting {
    /// Who may do it: the permission of the action that ends the waiting.
    pub const fn permission(self) -> Permission {
        match self {
            Self::ToClaim | Self::ToComplete | Self::Returned | Self::UpstreamChanged | Self::ToConfirm => {
                Permission::ItemsWrite
            }
            Self::ToReview | Self::BasisLost => Permission::ItemsReview,
            Self::ClueToSign | Self::ClueToAssign => Permission::CluesAssign,
            Self::ClueToVerify | Self::ClueToDispose | Self::ClueToFeedBack => Permission::CluesHandle,
            Self::ClueToReview => Permission::CluesReview,
            Self::ClueToDispatch => Permission::CluesDispatch,
            Self::ClueToClose | Self::ClueReturnToDecide | Self::ClueEscalated => Permission::CluesSupervise,
            Self::ComplaintToDispatch | Self::ComplaintOverdue => Permission::ComplaintsDispatch,
            Self::ComplaintToDecide
            | Self::ComplaintToSupply
            | Self::ComplaintToHandle
            | Self::ComplaintToResume
            | Self::ComplaintToTell
            | Self::ComplaintToClose => Permission::ComplaintsHandle,
            Self::LibraryToMend => Permission::LibrariesWrite,
            Self::PlanToComplete | Self::PlanToFinish => Permission::PlansWrite,
            Self::PlanToFile => Permission::PlansFile,
            Self::PlanToReview | Self::ExcessToApprove => Permission::PlansReview,
            Self::PlanToPublish => Permission::PlansPublish,
            Self::DrawToCommit | Self::DrawToReveal | Self::ChanceToEnter | Self::TaskVoidToDecide => {
                Permission::DrawsCommit
            }
            Self::TaskToFreeze | Self::TaskToDraw | Self::TaskToMatch | Self::TaskToFinish => Permission::TasksWrite,
            Self::InspectionToStart | Self::InspectionToRecord | Self::FollowUpDue | Self::OfflineToSettle => {
                Permission::InspectionsRecord
            }
            Self::EvidenceToUpload | Self::EvidenceToExplain => Permission::EvidenceWrite,
            Self::DocumentToIssue | Self::DocumentToServe => Permission::DocumentsWrite,
            Self::InspectionToReview | Self::InspectionVoidToAgree | Self::FollowUpOverdue => {
                Permission::InspectionsReview
            }
            Self::CaseToFile | Self::CaseToClose => Permission::CaseReferralsHandle,
            Self::SupervisionToReply => Permission::SupervisionReply,
            Self::SupervisionToBegin
            | Self::SupervisionToDecide
            | Self::SupervisionToVerify
            | Self::SupervisionToClose
            | Self::SupervisionOverdue => Permission::SupervisionHandle,
            Self::VisitToRequest | Self::VisitToNotify | Self::VisitToEnter | Self::VisitToLeave => {
                Permission::VisitsRequest
            }
            Self::IssuedToSign
            | Self::IssuedToIssue
            | Self::IssuedToCheck
            | Self::IssuedToReport
            | Self::IssuedToReopen => Permission::IssuedTasksManage,
            Self::IssuedPartToSign | Self::IssuedPartToSubmit => Permission::IssuedTasksHandle,
            Self::VisitToApprove | Self::VisitToApproveLate => Permission::VisitsApprove,
            Self::VisitComplaint => Permission::VisitFeedbackHandle,
            Self::BodyToSubmit => Permission::BodiesWrite,
            Self::BodyToConfirm | Self::BodyToPublish => Permission::BodiesConfirm,
            Self::InspectionToPublish => Permission::InspectionsPublish,
            Self::CertificateToApprove | Self::CertificateToIssue | Self::CertificateToReissue => {
                Permission::CertificatesApprove
            }
            Self::CertificateEnding => Permission::PersonnelReport,
            Self::SpotItemToPublish => Permission::SpotCheckItemsWrite,
            Self::ImportToCorrect => Permission::ImportsWrite,
            Self::BehavioursToCorrect => Permission::BehavioursWrite,
            Self::DataSetToDescribe | Self::DataSetToReview | Self::DataSetToPursue => Permission::DataSetsWrite,
            Self::DataSetToApprove => Permission::DataSetsApprove,
            Self::DataSetToSign | Self::DataSetToUpdate => Permission::DataSetsSign,
            Self::DisposalToAppraise => Permission::ArchivesAppraise,
            Self::DisposalToApprove => Permission::ArchivesApprove,
            Self::DisposalToCarryOut => Permission::ArchivesSupervise,
            Self::HoldToReview => Permission::LegalHoldsManage,
        }
    }

    /// Working days until it is due (platform rules, configuration).
    pub const fn working_days(self, rules: &Rules) -> u32 {
        match self {
            Self::ToClaim => rules.claim_working_days,
            Self::ToComplete
            | Self::Returned
            | Self::ToConfirm
            | Self::PlanToComplete
            | Self::PlanToFinish
            | Self::TaskToFreeze
            | Self::TaskToFinish
            | Self::BodyToSubmit
            | Self::VisitToRequest
            | Self::VisitToEnter
            | Self::InspectionToStart
            | Self::InspectionToRecord
            | Self::FollowUpDue
            | Self::CertificateEnding
            | Self::CaseToClose
            | Self::SupervisionToDecide
            | Self::DisposalToAppraise
            | Self::DataSetToDescribe
            | Self::DataSetToReview
            | Self::ComplaintToSupply
            | Self::ComplaintToHandle
            | Self::ComplaintToResume
            | Self::SpotItemToPublish => rules.completion_working_days,
            Self::ToReview
            | Self::ClueToReview
            | Self::ClueToClose
            | Self::ClueReturnToDecide
            | Self::PlanToReview
            | Self::ExcessToApprove
            | Self::PlanToPublish
            | Self::DrawToCommit
            | Self::DrawToReveal
            | Self::ChanceToEnter
            | Self::TaskToDraw
            | Self::TaskToMatch
            | Self::VisitToApprove
            | Self::VisitToNotify
            | Self::VisitComplaint
            | Self::BodyToConfirm
            | Self::BodyToPublish
            | Self::TaskVoidToDecide
            | Self::InspectionVoidToAgree
            | Self::InspectionToReview
            | Self::CertificateToApprove
            | Self::CertificateToIssue
            | Self::CertificateToReissue
            | Self::LibraryToMend
            | Self::EvidenceToUpload
            | Self::EvidenceToExplain
            | Self::DocumentToIssue
            | Self::OfflineToSettle
            | Self::SupervisionToBegin
            | Self::SupervisionToReply
            | Self::SupervisionToVerify
            | Self::SupervisionToClose
            | Self::SupervisionOverdue
            | Self::DisposalToApprove
            | Self::DisposalToCarryOut
            | Self::HoldToReview
            | Self::ComplaintToDispatch
            | Self::ComplaintToClose
            | Self::ComplaintOverdue
            | Self::ImportToCorrect
            | Self::DataSetToApprove
            | Self::DataSetToSign
            | Self::DataSetToUpdate
            | Self::DataSetToPursue
            | Self::BehavioursToCorrect => rules.review_working_days,
            Self::ComplaintToDecide => rules.complaint_accept_working_days,
            Self::ComplaintToTell => rules.report_tell_working_days,
            Self::FollowUpOverdue => rules.follow_up_overdue_working_days,
            Self::CaseToFile => rules.case_filing_working_days,
            Self::PlanToFile => rules.filing_working_days,
            Self::DocumentToServe => rules.service_working_days,
            Self::VisitToApproveLate | Self::VisitToLeave => rules.late_approval_working_days,
            Self::InspectionToPublish => rules.publication_working_days,
            // Each step of an issued task has a day of its own, which the record says and which comes first.
            Self::IssuedToSign
            | Self::IssuedToIssue
            | Self::IssuedToCheck
            | Self::IssuedToReport
            | Self::IssuedToReopen
            | Self::IssuedPartToSign
            | Self::IssuedPartToSubmit => rules.issued_sign_working_days,
            // A clue's own clock says when; this is for what is late already.
            Self::ClueToDispatch
            | Self::ClueToSign
            | Self::ClueToAssign
            | Self::ClueToVerify
            | Self::ClueToDispose
            | Self::ClueToFeedBack
            | Self::ClueEscalated => 1,
            Self::UpstreamChanged => rules.upstream_working_days,
            Self::BasisLost => rules.basis_working_days,
        }
    }
}

/// What an item waits for; `returned`: it came back from the reviewer.
pub fn of_item(life: ItemLife, returned: bool) -> Vec<Waiting> {
    use ItemState as S;
    let mut waiting = Vec::new();
    match life.state {
        S::ToClaim => waiting.push(Waiting::ToClaim),
        S::ClaimedDraft | S::LocalDraft | S::ChangeDraft => {
            waiting.push(if returned { Waiting::Returned } else { Waiting::ToComplete });
        }
        S::Submitted | S::ChangeSubmitted | S::CancelPending | S::WriteOffPending => waiting.push(Waiting::ToReview),
        S::Effective | S::Cancelled | S::WrittenOff => {}
    }

    let free = matches!(life.state, S::ClaimedDraft | S::ChangeDraft | S::Effective);
    if free && life.upstream.is_open() {
        waiting.push(Waiting::UpstreamChanged);
    }
    if life.state.is_claimed() && life.basis_lost {
        waiting.push(Waiting::BasisLost);
    }

    waiting
}

/// What an implementation list waits for.
pub fn of_list(state: ListState, basis_lost: bool, returned: bool) -> Vec<Waiting> {
    use ListState as S;
    let mut waiting = Vec::new();
    match state {
        S::Missing => waiting.push(Waiting::ToComplete),
        S::Draft | S::ChangeDraft => waiting.push(if returned { Waiting::Returned } else { Waiting::ToComplete }),
        S::Submitted | S::ChangeSubmitted => waiting.push(Waiting::ToReview),
        S::NotRequired | S::Effective | S::Retired => {}
    }
    if state.is_approved() && basis_lost {
        waiting.push(Waiting::BasisLost);
    }
    waiting
}

/// What a mapping waits for.
pub fn of_mapping(state: MappingState) -> Vec<Waiting> {
    match state {
        MappingState::Unmatched | MappingState::Suggested => vec![Waiting::ToConfirm],
        MappingState::Confirmed | MappingState::Rejected => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::items::{ItemOrigin, Upstream};

    #[test]
    fn every_state_waits_for_somebody_or_for_nobody() {
        let lines = ItemState::ALL.iter().flat_map(|state| {
            [(Upstream::None, false), (Upstream::Changed, true)].map(|(upstream, basis_lost)| {
                let life = ItemLife { origin: ItemOrigin::Upstream, state: *state, upstream, basis_lost };
                let codes: Vec<_> = of_item(life, false).into_iter().map(Waiting::code).collect();
                format!("{:16} {:8} -> {}", state.code(), upstream.code(), codes.join(" "))
            })
        });
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    }
}
