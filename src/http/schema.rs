//! The trade's closed lists as OpenAPI schemas, so that views and bodies can use the domain's own types.

use crate::domain::{
    access, catalogue, clauses, clients, clocks, credit, draws, implementation_lists, imports, indicators, inspections,
    items, jobs, mappings, objects, personnel, plans, risk_clues, risk_models, spot_check_items, tasks, users,
    versions, worklist,
};
use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! code_schemas {
    ($($(#[$meta:meta])* $of:path => $name:literal $label:literal),+ $(,)?) => {
        $(
            impl PartialSchema for $of {
                fn schema() -> RefOr<Schema> {
                    let labels: Vec<_> = <$of>::ALL.iter().map(|value| format!("{} {}", value.code(), value.label())).collect();
                    ObjectBuilder::new()
                        .schema_type(Type::String)
                        .enum_values(Some(<$of>::CODES.iter().copied()))
                        .description(Some(format!("{}：{}", $label, labels.join("，"))))
                        .into()
                }
            }

            impl ToSchema for $of {
                fn name() -> Cow<'static, str> {
                    $name.into()
                }
            }
        )+
    };
}

code_schemas! {
    access::Role => "Role" "角色",
    clients::ClientStatus => "ClientStatus" "合作系统状态",
    clients::ClientAction => "ClientAction" "合作系统操作",
    clients::AuthMethod => "ClientAuthMethod" "合作系统认证方式",
    access::Reach => "Reach" "管理范围",
    users::UserStatus => "UserStatus" "账户状态",
    users::IdentityState => "IdentityState" "实名认证状态",
    objects::RegistrationStatus => "RegistrationStatus" "登记状态",
    credit::LocalClass => "CreditClass" "本地信用类别",
    credit::Scheme => "CreditScheme" "分类体系",
    credit::PolicyState => "PolicyState" "映射表和策略的状态",
    credit::PolicyAction => "PolicyAction" "映射表和策略的操作",
    credit::Visit => "Visit" "到户方式",
    clocks::Flag => "Flag" "时限预警",
    clocks::Unit => "TermUnit" "期限单位",
    risk_clues::RiskLevel => "RiskLevel" "风险等级",
    risk_clues::ClueSource => "ClueSource" "线索来源",
    risk_clues::ClueStatus => "ClueStatus" "线索状态",
    risk_clues::ClueAction => "ClueAction" "线索操作",
    risk_clues::ClockKind => "ClockKind" "时限",
    risk_clues::Verdict => "Verdict" "核查结论",
    risk_models::ModelState => "ModelState" "模型版本状态",
    risk_models::ModelAction => "ModelAction" "模型版本操作",
    risk_models::Measure => "Measure" "指标口径",
    risk_models::DataSource => "DataSource" "数据来源",
    personnel::RecusalKind => "RecusalKind" "回避的来由",
    personnel::TrainingKind => "TrainingKind" "培训类别",
    personnel::RollDifference => "RollDifferenceKind" "名册比对差异",
    personnel::PersonnelStatus => "PersonnelStatus" "执法人员状态",
    personnel::CertificateStatus => "CertificateStatus" "执法证状态",
    catalogue::CatalogueStatus => "CatalogueStatus" "目录事项状态",
    catalogue::VersionStatus => "CatalogueVersionStatus" "目录清单版本状态",
    catalogue::ChangeKind => "ChangeKind" "目录变化类别",
    items::ItemState => "ItemState" "监管事项状态",
    items::ItemOrigin => "ItemOrigin" "事项来源",
    items::ItemAction => "ItemAction" "监管事项操作",
    items::Upstream => "Upstream" "上级目录变化",
    items::BatchMode => "BatchMode" "批量方式",
    items::BatchAction => "BatchAction" "批量操作",
    versions::VersionState => "VersionState" "版本状态",
    implementation_lists::ListState => "ListState" "检查实施清单状态",
    implementation_lists::ListAction => "ListAction" "检查实施清单操作",
    clauses::ClauseAction => "ClauseAction" "法律条款操作",
    mappings::MappingState => "MappingState" "对应状态",
    mappings::MappingAction => "MappingAction" "对应操作",
    indicators::IndicatorCode => "IndicatorCode" "指标",
    worklist::Waiting => "Waiting" "待办类别",
    spot_check_items::ItemStatus => "SpotCheckItemStatus" "抽查事项状态",
    spot_check_items::ItemAction => "SpotCheckItemAction" "抽查事项操作",
    plans::ItemKind => "ItemKind" "抽查事项类别",
    plans::PlanKind => "PlanKind" "抽查计划类别",
    plans::PlanStatus => "PlanStatus" "抽查计划状态",
    plans::PlanAction => "PlanAction" "抽查计划操作",
    tasks::TaskStatus => "TaskStatus" "抽查任务状态",
    tasks::TaskKind => "TaskKind" "任务类别",
    tasks::TaskSource => "TaskSource" "任务来源",
    tasks::TaskAction => "TaskAction" "抽查任务操作",
    tasks::SpotType => "SpotType" "抽查方式",
    tasks::Duty => "Duty" "部门职责",
    draws::DrawStatus => "DrawStatus" "抽取状态",
    inspections::InspectionStatus => "InspectionStatus" "检查状态",
    inspections::InspectionAction => "InspectionAction" "检查操作",
    inspections::FollowUpStatus => "FollowUpStatus" "后续处置状态",
    imports::Dataset => "Dataset" "数据集",
    imports::Severity => "Severity" "问题级别",
    imports::Dimension => "Dimension" "数据质量维度",
    jobs::JobKind => "JobKind" "作业类别",
    jobs::JobStatus => "JobStatus" "作业状态",
}
