//! What is sent to register officers, certificates and recusals.

use crate::kernel::input::{nullable, rule};
use chrono::NaiveDate;
use domain::officers::personnel::PersonnelStatus;
use entity::officers::personnel::Model;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 新执法人员
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "李示例", "department_id": "01930000-0000-7000-8000-000000000001", "sex": "1", "staff_type": "01",
    "political_status": "01", "nation": "01", "position": "科员", "qualifications": ["食品"], "is_supervisor": false
})))]
pub struct PersonnelBody {
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub name: String,
    pub department_id: Uuid,
    /// 身份证号: kept sealed, shown masked.
    #[schema(pattern = "^[0-9]{17}[0-9Xx]$", write_only)]
    #[serde(default)]
    pub id_number: Option<String>,
    /// 单位
    #[schema(max_length = 200)]
    #[serde(default)]
    pub unit: Option<String>,
    /// 联系电话: kept sealed, shown masked.
    #[schema(pattern = "^[0-9+ -]{5,20}$", write_only)]
    #[serde(default)]
    pub phone: Option<String>,
    /// 住址: kept sealed, shown only to who reads it for a purpose.
    #[schema(max_length = 300, min_length = 4, write_only)]
    #[serde(default)]
    pub address: Option<String>,
    /// 性别 (dictionary sex)
    #[schema(pattern = "^[0129]$")]
    #[serde(default)]
    pub sex: Option<String>,
    /// 人员性质 (dictionary law-staff-type)
    #[schema(pattern = "^0[1-5]$")]
    #[serde(default)]
    pub staff_type: Option<String>,
    /// 政治面貌 (dictionary political-status)
    #[schema(pattern = "^[0-9]{2}$")]
    #[serde(default)]
    pub political_status: Option<String>,
    /// 职级 (dictionary rank)
    #[schema(pattern = "^[0-9]{1,3}$")]
    #[serde(default)]
    pub rank: Option<String>,
    /// 民族 (dictionary nation)
    #[schema(pattern = "^[0-9]{2}$")]
    #[serde(default)]
    pub nation: Option<String>,
    /// 最高学历 (dictionary highest-education)
    #[schema(pattern = "^[0-9]{2}$")]
    #[serde(default)]
    pub highest_education: Option<String>,
    /// 学历专业
    #[schema(max_length = 100)]
    #[serde(default)]
    pub academic_qualifications: Option<String>,
    /// 担任职务
    #[schema(max_length = 100)]
    #[serde(default)]
    pub position: Option<String>,
    /// 是否具有法律职业资格
    #[serde(default)]
    pub has_legal_qualification: bool,
    /// 是否属于专家
    #[serde(default)]
    pub is_expert: bool,
    /// 专业资格
    #[schema(max_items = 20, max_length = 64, min_length = 1)]
    #[serde(default)]
    pub qualifications: Vec<String>,
    /// 执法事项清单范围: codes of spot-check items.
    #[schema(max_items = 200, max_length = 32, min_length = 1)]
    #[serde(default)]
    pub spot_check_item_codes: Vec<String>,
    /// 是否执法监督人员; supervisors are not drawn.
    #[serde(default)]
    pub is_supervisor: bool,
}

/// 执法人员的修改
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"position": "副科长"})))]
pub struct PersonnelPatch {
    #[schema(min_length = 1, max_length = 100, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub name: Option<String>,
    #[schema(pattern = "^[0-9]{17}[0-9Xx]$", write_only, nullable = false)]
    #[serde(default)]
    pub id_number: Option<String>,
    /// 单位
    #[schema(value_type = Option<String>, max_length = 200)]
    #[serde(default, deserialize_with = "nullable")]
    pub unit: Option<Option<String>>,
    /// 联系电话: kept sealed, shown masked.
    #[schema(value_type = Option<String>, pattern = "^[0-9+ -]{5,20}$", write_only)]
    #[serde(default, deserialize_with = "nullable")]
    pub phone: Option<Option<String>>,
    /// 住址: kept sealed, shown only to who reads it for a purpose.
    #[schema(value_type = Option<String>, max_length = 300, min_length = 4, write_only)]
    #[serde(default, deserialize_with = "nullable")]
    pub address: Option<Option<String>>,
    /// 性别 (dictionary sex)
    #[schema(value_type = Option<String>, pattern = "^[0129]$")]
    #[serde(default, deserialize_with = "nullable")]
    pub sex: Option<Option<String>>,
    /// 人员性质 (dictionary law-staff-type)
    #[schema(value_type = Option<String>, pattern = "^0[1-5]$")]
    #[serde(default, deserialize_with = "nullable")]
    pub staff_type: Option<Option<String>>,
    /// 政治面貌 (dictionary political-status)
    #[schema(value_type = Option<String>, pattern = "^[0-9]{2}$")]
    #[serde(default, deserialize_with = "nullable")]
    pub political_status: Option<Option<String>>,
    /// 职级 (dictionary rank)
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,3}$")]
    #[serde(default, deserialize_with = "nullable")]
    pub rank: Option<Option<String>>,
    /// 民族 (dictionary nation)
    #[schema(value_type = Option<String>, pattern = "^[0-9]{2}$")]
    #[serde(default, deserialize_with = "nullable")]
    pub nation: Option<Option<String>>,
    /// 最高学历 (dictionary highest-education)
    #[schema(value_type = Option<String>, pattern = "^[0-9]{2}$")]
    #[serde(default, deserialize_with = "nullable")]
    pub highest_education: Option<Option<String>>,
    /// 学历专业
    #[schema(value_type = Option<String>, max_length = 100)]
    #[serde(default, deserialize_with = "nullable")]
    pub academic_qualifications: Option<Option<String>>,
    /// 担任职务
    #[schema(value_type = Option<String>, max_length = 100)]
    #[serde(default, deserialize_with = "nullable")]
    pub position: Option<Option<String>>,
    #[schema(nullable = false)]
    #[serde(default)]
    pub has_legal_qualification: Option<bool>,
    #[schema(nullable = false)]
    #[serde(default)]
    pub is_expert: Option<bool>,
    #[schema(max_items = 20, max_length = 64, min_length = 1, nullable = false)]
    #[serde(default)]
    pub qualifications: Option<Vec<String>>,
    #[schema(max_items = 200, max_length = 32, min_length = 1, nullable = false)]
    #[serde(default)]
    pub spot_check_item_codes: Option<Vec<String>>,
    #[schema(nullable = false)]
    #[serde(default)]
    pub status: Option<PersonnelStatus>,
}

impl PersonnelPatch {
    /// Takes over everything that is not sealed.
    pub fn merge(&self, officer: &mut Model) {
        fn keep<T: Clone>(field: &mut T, change: Option<&T>) {
            if let Some(change) = change {
                *field = change.clone();
            }
        }
        keep(&mut officer.name, self.name.as_ref());
        keep(&mut officer.unit, self.unit.as_ref());
        keep(&mut officer.sex, self.sex.as_ref());
        keep(&mut officer.staff_type, self.staff_type.as_ref());
        keep(&mut officer.political_status, self.political_status.as_ref());
        keep(&mut officer.rank, self.rank.as_ref());
        keep(&mut officer.nation, self.nation.as_ref());
        keep(&mut officer.highest_education, self.highest_education.as_ref());
        keep(&mut officer.academic_qualifications, self.academic_qualifications.as_ref());
        keep(&mut officer.position, self.position.as_ref());
        keep(&mut officer.has_legal_qualification, self.has_legal_qualification.as_ref());
        keep(&mut officer.is_expert, self.is_expert.as_ref());
        keep(&mut officer.qualifications, self.qualifications.clone().map(Into::into).as_ref());
        keep(&mut officer.spot_check_item_codes, self.spot_check_item_codes.clone().map(Into::into).as_ref());

        keep(&mut officer.status, self.status.as_ref());
    }
}

/// 执法证: registered by the justice bureau it is in force, by a department it is an application.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_dates))]
#[schema(examples(json!({
    "certificate_no": "510821990001", "kind": "2", "issuing_authority": "四川省人民政府", "enforcement_area": "旺苍县",
    "issued_on": "2024-03-01", "valid_until": "2030-02-28", "annual_exam_due_on": "2027-03-31"
})))]
pub struct CertificateBody {
    /// 执法证号; an application has none yet.
    #[schema(min_length = 4, max_length = 100, pattern = "^[0-9A-Za-z-]+$")]
    #[serde(default)]
    pub certificate_no: Option<String>,
    /// 证件种类 (dictionary certificate-kind)
    #[schema(pattern = "^[1-4]$")]
    pub kind: String,
    #[schema(max_length = 100)]
    #[serde(default)]
    pub issuing_authority: Option<String>,
    /// 执法区域
    #[schema(max_length = 100)]
    #[serde(default)]
    pub enforcement_area: Option<String>,
    /// 执法类别
    #[schema(max_length = 200)]
    #[serde(default)]
    pub enforcement_type: Option<String>,
    #[serde(default)]
    pub issued_on: Option<NaiveDate>,
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// 年审截止: the last day on which the annual examination may still be missing.
    #[serde(default)]
    pub annual_exam_due_on: Option<NaiveDate>,
}

fn check_dates(body: &CertificateBody) -> Result<(), ValidationError> {
    reversed(body.issued_on, body.valid_until)
}

fn reversed(issued: Option<NaiveDate>, until: Option<NaiveDate>) -> Result<(), ValidationError> {
    if issued.zip(until).is_some_and(|(issued, until)| issued > until) {
        return Err(rule("/valid_until", "有效期至早于发证日期。", "The certificate ends before it was issued."));
    }
    Ok(())
}

/// 核发或补发
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_issue_dates))]
#[schema(examples(json!({"certificate_no": "510821990002", "issued_on": "2026-11-24"})))]
pub struct IssueBody {
    #[schema(min_length = 4, max_length = 100, pattern = "^[0-9A-Za-z-]+$")]
    pub certificate_no: String,
    pub issued_on: NaiveDate,
    /// By default the day before the sixth anniversary.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// By default the first anniversary.
    #[serde(default)]
    pub annual_exam_due_on: Option<NaiveDate>,
}

fn check_issue_dates(body: &IssueBody) -> Result<(), ValidationError> {
    reversed(Some(body.issued_on), body.valid_until)
}

/// 暂扣
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"reason": "未按规定着装执法", "until": "2026-12-31"})))]
pub struct SuspendBody {
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub reason: String,
    /// The last day; without it the suspension lasts until it is lifted.
    #[serde(default)]
    pub until: Option<NaiveDate>,
}

/// 年审
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"passed": true, "examined_on": "2026-11-20", "remark": "年度考核合格"})))]
pub struct ExaminationBody {
    /// Failing withdraws the certificate.
    pub passed: bool,
    pub examined_on: NaiveDate,
    /// By default a year after the examination.
    #[serde(default)]
    pub next_due_on: Option<NaiveDate>,
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub remark: String,
}

/// 回避
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"object_id": "01930000-0000-7000-8000-000000000002", "reason": "近亲属在该企业任职"})))]
pub struct RecusalBody {
    pub object_id: Uuid,
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub reason: String,
}
