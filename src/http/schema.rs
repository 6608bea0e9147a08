//! The trade's closed lists as OpenAPI schemas, so that views and bodies can use the domain's own types.

use crate::domain::{
    access, credit, draws, imports, inspections, jobs, objects, personnel, plans, spot_check_items, tasks, users,
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
    users::UserStatus => "UserStatus" "账户状态",
    objects::RegistrationStatus => "RegistrationStatus" "登记状态",
    credit::LocalClass => "CreditClass" "本地信用类别",
    credit::Scheme => "CreditScheme" "分类体系",
    personnel::PersonnelStatus => "PersonnelStatus" "执法人员状态",
    personnel::CertificateStatus => "CertificateStatus" "执法证状态",
    spot_check_items::ItemStatus => "ItemStatus" "抽查事项状态",
    plans::ItemKind => "ItemKind" "抽查事项类别",
    plans::PlanKind => "PlanKind" "抽查计划类别",
    plans::PlanStatus => "PlanStatus" "抽查计划状态",
    plans::PlanAction => "PlanAction" "抽查计划操作",
    tasks::TaskStatus => "TaskStatus" "抽查任务状态",
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
    jobs::JobStatus => "JobStatus" "作业状态",
}
