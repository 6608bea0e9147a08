//! 个人信息: exporting and erasing one person's data; reading it stands beside the nouns that hold it.

use crate::http::kernel::extract::{Json, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Reply, View};
use crate::kernel::error::Result;
use crate::service::officers::personal_data;
use crate::service::officers::personal_data::{Erased, Revealed};
use domain::access::permit::PersonalDataManage;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

pub fn routes(api: &mut Api) {
    let mut group = api.group("personal-data", "个人信息");
    group.post(
        "/api/v1/personal-data/export",
        "export_personal_data",
        "导出一人的个人信息",
        "以身份证号查找其在平台上的全部个人信息，交给本人；记入审计。",
        export_personal_data,
    );

    group.post(
        "/api/v1/personal-data/erase",
        "erase_personal_data",
        "删除一人的个人信息",
        "删除不再需要保存的加密信息；依法须保存的列明理由。",
        erase_personal_data,
    );
}

/// 目的
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"purpose": "核对年审人员身份"})))]
pub struct PurposeBody {
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub purpose: String,
}

/// 一人
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"id_number": "510821199001010013", "purpose": "本人申请查阅"})))]
pub struct PersonBody {
    #[schema(pattern = "^[0-9]{17}[0-9Xx]$", write_only)]
    pub id_number: String,
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub purpose: String,
}

/// 完整的个人信息
#[derive(Serialize, ToSchema)]
pub struct PersonalDataView {
    #[schema(example = "personnel")]
    pub resource: &'static str,
    pub id: Uuid,
    pub name: String,
    #[schema(required)]
    pub id_number: Option<String>,
    #[schema(required)]
    pub phone: Option<String>,
    #[schema(required)]
    pub address: Option<String>,
}

impl View for PersonalDataView {
    const REPLAYABLE: bool = false;
}

impl From<Revealed> for PersonalDataView {
    fn from(revealed: Revealed) -> Self {
        let Revealed { resource, id, name, id_number, phone, address } = revealed;
        Self { resource, id, name, id_number, phone, address }
    }
}

/// 一人的全部个人信息
#[derive(Serialize, ToSchema)]
pub struct PersonalDataExportView {
    pub items: Vec<PersonalDataView>,
}

impl View for PersonalDataExportView {
    const REPLAYABLE: bool = false;
}

/// 已删除的记录
#[derive(Serialize, ToSchema)]
pub struct ErasedRecordView {
    pub resource: &'static str,
    pub id: Uuid,
}

/// 须保存的记录
#[derive(Serialize, ToSchema)]
pub struct KeptRecordView {
    pub resource: &'static str,
    pub id: Uuid,
    pub reason: &'static str,
}

/// 删除结果
#[derive(Serialize, ToSchema)]
pub struct ErasureView {
    pub erased: Vec<ErasedRecordView>,
    pub kept: Vec<KeptRecordView>,
}

impl View for ErasureView {}

impl From<Erased> for ErasureView {
    fn from(outcome: Erased) -> Self {
        let erased = outcome.erased.into_iter().map(|(resource, id)| ErasedRecordView { resource, id });
        let kept = outcome.kept.into_iter().map(|(resource, id, reason)| KeptRecordView { resource, id, reason });
        Self { erased: erased.collect(), kept: kept.collect() }
    }
}

async fn export_personal_data(
    write: Write<PersonalDataManage>,
    body: Json<PersonBody>,
) -> Result<Reply<PersonalDataExportView>> {
    let app = &write.app;
    let PersonBody { id_number, purpose } = body.0;
    write
        .run(async |tx| {
            let change = personal_data::export(app, tx, &id_number, &purpose).await?;
            Ok(change.map(|all| PersonalDataExportView { items: all.into_iter().map(Into::into).collect() }))
        })
        .await
}

async fn erase_personal_data(write: Write<PersonalDataManage>, body: Json<PersonBody>) -> Result<Reply<ErasureView>> {
    let app = &write.app;
    let PersonBody { id_number, purpose } = body.0;
    write.run(async |tx| Ok(personal_data::erase(app, tx, &id_number, &purpose).await?.map(Into::into))).await
}
