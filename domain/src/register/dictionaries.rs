//! 代码表: the national code tables in use, and the platform's own lists, with labels in both languages.

use crate::access::{clients, users};
use crate::inspections::{case_referrals, follow_ups, grounds, inspections};
use crate::intake::{behaviours, jobs};
use crate::items::{implementation_lists, items, mappings};
use crate::kernel::{clocks, versions};
use crate::officers::{certificates, personnel, recusals, rolls, trainings};
use crate::oversight::{alerts, supervision_cases, worklist};
use crate::records::{disposal, documents, evidence, holds, retention};
use crate::register::objects;
use crate::risks::{risk_clues, risk_models};
use crate::spot_checks::{draws, plans, spot_check_items, tasks};
use crate::{access, complaints, credit, visits};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A code table as it is served.
#[derive(Clone, Debug, Serialize)]
pub struct CodeTable {
    pub name: String,
    pub name_zh: String,
    /// 国家代码 or 平台代码: whether the codes are the national exchange codes.
    pub national: bool,
    pub values: Vec<CodeValue>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CodeValue {
    pub code: String,
    pub label_zh: String,
    pub label_en: String,
}

#[derive(Deserialize)]
struct Shipped {
    name_zh: String,
    values: Vec<CodeValue>,
}

/// All tables by name.
pub fn all() -> Result<BTreeMap<String, CodeTable>, serde_json::Error> {
    let shipped: BTreeMap<String, Shipped> = serde_json::from_str(include_str!("../../../data/code_tables.json"))?;
    let mut tables: BTreeMap<_, _> = shipped
        .into_iter()
        .map(|(name, table)| {
            (name.clone(), CodeTable { name, name_zh: table.name_zh, national: true, values: table.values })
        })
        .collect();
    macro_rules! own {
        ($($name:literal $zh:literal $of:path),+ $(,)?) => {
            $({
                use $of as Codes;
                let values = Codes::ALL.iter().map(|value| own_value(value.code(), value.label())).collect();
                tables.insert($name.to_owned(), CodeTable { name: $name.to_owned(), name_zh: $zh.to_owned(), national: false, values });
            })+
        };
    }
    own! {
        "behaviour-set" "监管行为数据集" behaviours::BehaviourSet,
        "behaviour-origin" "监管行为来源" behaviours::BehaviourOrigin,
        "behaviour-status" "监管行为状态" behaviours::BehaviourStatus,
        "complaint-channel" "投诉举报来源渠道" complaints::ComplaintChannel,
        "complaint-clock" "投诉举报时限" complaints::ComplaintClock,
        "complaint-kind" "投诉举报类别" complaints::ComplaintKind,
        "complaint-outcome" "投诉举报处理结论" complaints::ComplaintOutcome,
        "complaint-refusal-ground" "不予受理情形" complaints::RefusalGround,
        "complaint-status" "投诉举报状态" complaints::ComplaintStatus,
        "hotline-ticket" "热线工单类别" complaints::HotlineTicket,
        "client-status" "合作系统状态" clients::ClientStatus,
        "client-auth-method" "合作系统认证方式" clients::ClientAuthMethod,
        "certificate-status" "行政执法证状态" certificates::CertificateStatus,
        "credit-class" "本地信用类别" credit::CreditClass,
        "credit-policy-state" "映射表和策略的状态" credit::PolicyState,
        "visit" "到户方式" credit::Visit,
        "deadline-flag" "时限预警" clocks::Flag,
        "document-kind" "执法文书种类" documents::DocumentKind,
        "document-status" "执法文书状态" documents::DocumentStatus,
        "document-service-way" "送达方式" documents::ServiceWay,
        "record-class" "档案门类" retention::RecordClass,
        "file-class" "案卷类别" retention::FileClass,
        "hold-subject" "保全对象" holds::HoldSubject,
        "hold-status" "保全状态" holds::HoldStatus,
        "disposal-status" "鉴定清册状态" disposal::DisposalStatus,
        "disposal-decision" "鉴定意见" disposal::DisposalDecision,
        "disposal-outcome" "处置结果" disposal::DisposalOutcome,
        "disposal-obstacle" "不予销毁原因" disposal::Obstacle,
        "evidence-fault" "证据拒收原因" evidence::EvidenceFault,
        "evidence-kind" "证据种类" evidence::EvidenceKind,
        "evidence-status" "证据状态" evidence::EvidenceStatus,
        "risk-level" "风险等级" risk_clues::RiskLevel,
        "clue-source" "线索来源" risk_clues::ClueSource,
        "clue-status" "线索状态" risk_clues::ClueStatus,
        "clue-verdict" "核查结论" risk_clues::Verdict,
        "risk-model-state" "模型版本状态" risk_models::ModelState,
        "risk-measure" "指标口径" risk_models::Measure,
        "risk-data-source" "风险模型数据来源" risk_models::DataSource,
        "risk-fact-kind" "风险事实类别" risk_models::FactKind,
        "draw-status" "抽取状态" draws::DrawStatus,
        "case-referral-status" "案件移送状态" case_referrals::ReferralStatus,
        "enforcement-alert" "执法监督预警" alerts::EnforcementAlert,
        "supervision-measure" "监督措施" supervision_cases::SupervisionMeasure,
        "supervision-paper" "监督文书种类" supervision_cases::SupervisionPaper,
        "supervision-source" "监督案件来源" supervision_cases::SupervisionSource,
        "supervision-status" "监督案件状态" supervision_cases::SupervisionStatus,
        "visit-kind" "入企检查类别" visits::VisitKind,
        "visit-status" "入企检查状态" visits::VisitStatus,
        "exempt-ground" "不计入年度上限的情形" grounds::ExemptGround,
        "follow-up-status" "后续处置状态" follow_ups::FollowUpStatus,
        "inspection-status" "检查状态" inspections::InspectionStatus,
        "item-kind" "抽查事项类别" plans::ItemKind,
        "supervision-item-state" "监管事项状态" items::ItemState,
        "item-origin" "事项来源" items::ItemOrigin,
        "upstream-change" "上级目录变化" items::Upstream,
        "implementation-list-state" "检查实施清单状态" implementation_lists::ListState,
        "version-state" "版本状态" versions::VersionState,
        "mapping-state" "事项对应状态" mappings::MappingState,
        "waiting" "待办类别" worklist::Waiting,
        "spot-check-item-status" "抽查事项状态" spot_check_items::SpotCheckItemStatus,
        "job-kind" "作业类别" jobs::JobKind,
        "job-status" "作业状态" jobs::JobStatus,
        "recusal-kind" "回避的来由" recusals::RecusalKind,
        "training-kind" "培训类别" trainings::TrainingKind,
        "roll-difference" "名册比对差异" rolls::RollDifferenceKind,
        "personnel-status" "执法人员状态" personnel::PersonnelStatus,
        "plan-kind" "抽查计划类别" plans::PlanKind,
        "plan-status" "抽查计划状态" plans::PlanStatus,
        "registration-status" "登记状态" objects::RegistrationStatus,
        "role" "角色" access::Role,
        "spot-type" "抽查方式" tasks::SpotType,
        "task-kind" "任务类别" tasks::TaskKind,
        "task-source" "任务来源" tasks::TaskSource,
        "task-status" "抽查任务状态" tasks::TaskStatus,
        "user-status" "账户状态" users::UserStatus,
        "identity-state" "实名认证状态" users::IdentityState,
        "reach" "管理范围" access::Reach,
    }

    Ok(tables)
}

/// The English label of an own code is the code in plain words.
fn own_value(code: &str, label_zh: &str) -> CodeValue {
    CodeValue { code: code.to_owned(), label_zh: label_zh.to_owned(), label_en: code.to_lowercase().replace('_', " ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_unique_codes_and_both_labels() {
        let tables = all().unwrap_or_default();
        assert!(tables.len() >= 25, "{}", tables.len());
        for table in tables.values() {
            let mut seen = std::collections::BTreeSet::new();
            for value in &table.values {
                assert!(seen.insert(&value.code), "{} {}", table.name, value.code);
                assert!(!value.label_zh.is_empty() && !value.label_en.is_empty(), "{} {}", table.name, value.code);
            }
        }
    }
}
