//! 监管对象: kept by hand beside the imports.

use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::AppError;
use crate::kernel::error::Result;
use crate::kernel::input::{nullable, rule};
use crate::kernel::vault::Place;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, insert_last, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::service::kernel::sealed;
use crate::service::officers::personnel::address_digest;
use chrono::NaiveDate;
use domain::access::Reach;
use domain::credit::CreditClass;
use domain::kernel::codes::citizen_id::CitizenId;
use domain::kernel::codes::uscc::Uscc;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::register::objects::{RegistrationStatus, identity_key};
use entity::register::objects::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 新监管对象
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_identity))]
#[schema(examples(json!({
    "name": "旺苍县示例食品有限责任公司", "object_type": "1", "uscc": "91510821MA6000016U", "region_code": "510821",
    "township_code": "510821100", "registered_address": "旺苍县东河镇新华街1号", "industry_code": "H6210",
    "registered_capital_fen": 50000000, "established_on": "2019-05-20", "tags": ["餐饮服务"]
})))]
pub struct ObjectBody {
    #[schema(min_length = 1, max_length = 300, pattern = "\\S")]
    pub name: String,
    /// 监管对象类型 (dictionary supervise-object-type)
    #[schema(pattern = "^([1-9]|1[01])$")]
    pub object_type: String,
    /// 统一社会信用代码; one whose check character fails is kept and marked.
    #[schema(pattern = "^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$")]
    #[serde(default)]
    pub uscc: Option<String>,
    /// 证件类型（国家代码）; numbers of personal certificates are kept sealed and shown masked.
    #[schema(pattern = "^[0-9]{3}$")]
    #[serde(default)]
    pub cert_type: Option<String>,
    #[schema(min_length = 1, max_length = 64, pattern = "\\S")]
    #[serde(default)]
    pub cert_no: Option<String>,
    #[schema(pattern = "^[0-9]{6}$")]
    pub region_code: String,
    #[schema(pattern = "^[0-9]{9}$")]
    #[serde(default)]
    pub township_code: Option<String>,
    #[schema(max_length = 600)]
    #[serde(default)]
    pub registered_address: Option<String>,
    /// GB/T 4754
    #[schema(pattern = "^[A-T][0-9]{0,4}$")]
    #[serde(default)]
    pub industry_code: Option<String>,
    #[schema(max_length = 100)]
    #[serde(default)]
    pub enterprise_type: Option<String>,
    #[schema(max_length = 100)]
    #[serde(default)]
    pub legal_representative: Option<String>,
    /// 注册资本, fen
    #[schema(minimum = 0, maximum = 9007199254740991i64)]
    #[serde(default)]
    pub registered_capital_fen: Option<i64>,
    #[serde(default)]
    pub established_on: Option<NaiveDate>,
    #[schema(max_length = 3000)]
    #[serde(default)]
    pub business_scope: Option<String>,
    #[schema(max_items = 50, max_length = 64, min_length = 1, pattern = "\\S")]
    #[serde(default)]
    pub tags: Vec<String>,
}

/// 监管对象的修改; what identifies the object does not change.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"registered_address": "旺苍县东河镇新华街2号", "tags": ["餐饮服务", "食品经营"]})))]
pub struct ObjectPatch {
    #[schema(min_length = 1, max_length = 300, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub name: Option<String>,
    #[schema(pattern = "^[0-9]{6}$", nullable = false)]
    #[serde(default)]
    pub region_code: Option<String>,
    #[schema(value_type = Option<String>, pattern = "^[0-9]{9}$")]
    #[serde(default, deserialize_with = "nullable")]
    pub township_code: Option<Option<String>>,
    #[schema(value_type = Option<String>, max_length = 600)]
    #[serde(default, deserialize_with = "nullable")]
    pub registered_address: Option<Option<String>>,
    #[schema(value_type = Option<String>, pattern = "^[A-T][0-9]{0,4}$")]
    #[serde(default, deserialize_with = "nullable")]
    pub industry_code: Option<Option<String>>,
    #[schema(value_type = Option<String>, max_length = 3000)]
    #[serde(default, deserialize_with = "nullable")]
    pub business_scope: Option<Option<String>>,
    #[schema(nullable = false)]
    #[serde(default)]
    pub registration_status: Option<RegistrationStatus>,
    #[schema(max_items = 50, max_length = 64, min_length = 1, pattern = "\\S", nullable = false)]
    #[serde(default)]
    pub tags: Option<Vec<String>>,
}

fn check_identity(body: &ObjectBody) -> std::result::Result<(), ValidationError> {
    let personal = |code: &String| Uscc::parse(code).is_err() && CitizenId::parse(code).is_ok();
    if body.uscc.as_ref().is_some_and(personal) {
        return Err(rule(
            "/uscc",
            "这是身份证号；请填写证件类型和证件号码。",
            "This is a person's ID number: send it as certificate type and number.",
        ));
    }
    if body.cert_type.is_some() != body.cert_no.is_some() {
        return Err(rule("/cert_no", "证件类型与证件号码应同时填写。", "Certificate type and number go together."));
    }
    Ok(())
}

pub async fn create(app: &App, tx: &WriteTx, mut body: ObjectBody) -> Result<Change<Model>> {
    check_place(tx.ctx(), &body.region_code, body.township_code.as_deref())?;
    let id = new_id();
    let personal = personal_data(app, id, &mut body).await?;
    let identity_no = personal.identity_no;
    let certificate = body.cert_type.as_deref().zip(identity_no.as_deref());
    let tags = unique(body.tags);
    let now = tx.ctx().now;
    let address_digest = body.registered_address.as_deref().and_then(|address| address_digest(app, address));
    let model = Model {
        id,
        cert_number: personal.cert_number,
        cert_digest: personal.cert_digest,
        personal_address: personal.address,
        address_digest,
        identity_key: identity_key(body.uscc.as_deref(), &body.object_type, certificate, &body.name),
        uscc_valid: body.uscc.as_deref().is_some_and(|code| Uscc::parse(code).is_ok()),
        uscc: body.uscc,
        name: body.name,
        object_type: body.object_type,
        cert_type: body.cert_type,
        cert_no: body.cert_no,
        region_code: body.region_code,
        township_code: body.township_code,
        registered_address: body.registered_address,
        industry_code: body.industry_code,
        enterprise_type: body.enterprise_type,
        legal_representative: body.legal_representative,
        registered_capital_fen: body.registered_capital_fen,
        registered_capital_text: None,
        established_on: body.established_on,
        business_scope: body.business_scope,
        registration_status: RegistrationStatus::Active,
        local_class: CreditClass::Unclassified,
        local_class_batch: None,
        local_class_batch_id: None,
        tags: tags.clone().into(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let object = if tags.is_empty() {
        insert_last(tx, model)?
    } else {
        let object = insert(tx, model).await?;
        objects::add_tags(tx.conn(), tags.into_iter().map(|tag| (object.id, tag)).collect()).await?;
        object
    };
    let event = Event::new(AuditAction::Created, "objects", object.id).after(&object);

    Ok(Change::new(object, event))
}

pub async fn update(app: &App, tx: &WriteTx, id: Uuid, version: i32, change: ObjectPatch) -> Result<Change<Model>> {
    let before = objects::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let mut after = before.clone();
    after.name = change.name.unwrap_or(after.name);
    after.region_code = change.region_code.unwrap_or(after.region_code);
    after.township_code = change.township_code.unwrap_or(after.township_code);
    if let Some(address) = change.registered_address {
        put_address(app, &mut after, address).await?;
    }
    after.industry_code = change.industry_code.unwrap_or(after.industry_code);
    after.business_scope = change.business_scope.unwrap_or(after.business_scope);
    if let Some(status) = change.registration_status {
        after.registration_status = status;
    }
    let tags = change.tags.map(unique);
    if let Some(tags) = &tags {
        after.tags = tags.clone().into();
    }
    check_place(tx.ctx(), &after.region_code, after.township_code.as_deref())?;
    let object = replace::<Entity>(tx, &before, after).await?;
    if let Some(tags) = tags.filter(|_| object.tags != before.tags) {
        objects::set_tags(tx.conn(), id, &tags).await?;
    }
    let event = Event::new(AuditAction::Updated, "objects", id).before(&before).after(&object);

    Ok(Change::new(object, event))
}

/// A township lies in its county, and both in what the caller may write.
fn check_place(ctx: &Ctx, region: &str, township: Option<&str>) -> Result<()> {
    if township.is_some_and(|township| !township.starts_with(region)) {
        let detail = text!("乡镇不属于该县区。", "The township is not of this county.");
        return Err(AppError::invalid_field("/township_code", "NOT_OF_THE_REGION", detail));
    }
    if ctx.reach == Reach::Region && !ctx.actor.covers_region(township.unwrap_or(region)) {
        let detail = text!("不得登记其他区域的对象。", "This object is outside your region.");
        return Err(AppError::invalid_field("/region_code", "FOREIGN_REGION", detail));
    }
    Ok(())
}

/// An organisation's address is public, a person's is sealed.
async fn put_address(app: &App, object: &mut Model, address: Option<String>) -> Result<()> {
    if object.cert_number.is_some() {
        object.personal_address =
            sealed::seal_some(app, place("personal_address", object.id), address.as_deref()).await?;
    } else {
        object.address_digest = address.as_deref().and_then(|address| address_digest(app, address));
        object.registered_address = address;
    }
    Ok(())
}

/// What is sealed of an object that is a person.
struct Personal {
    /// What identifies: the number itself for organisations, a keyed digest for people.
    identity_no: Option<String>,
    cert_digest: Option<String>,
    cert_number: Option<String>,
    address: Option<String>,
}

/// Where an object's personal data lives.
pub const fn place(column: &'static str, id: Uuid) -> Place {
    Place { table: "objects", column, id }
}

/// Takes a person's number and address out of the body: they are sealed, and the number is shown masked.
async fn personal_data(app: &App, id: Uuid, body: &mut ObjectBody) -> Result<Personal> {
    let Some(number) = body.cert_no.clone() else {
        return Ok(Personal { identity_no: None, cert_digest: None, cert_number: None, address: None });
    };
    if matches!(body.cert_type.as_deref(), Some("001" | "099")) {
        return Ok(Personal { identity_no: Some(number), cert_digest: None, cert_number: None, address: None });
    }
    let number = number.to_ascii_uppercase();
    let tail: String = number.chars().skip(number.chars().count().saturating_sub(2)).collect();
    body.cert_no = Some(format!("****{tail}"));
    let address = body.registered_address.take();
    let digest = app.secrets.blind_index(&number);

    Ok(Personal {
        cert_digest: Some(digest.clone()),
        identity_no: Some(digest),
        cert_number: Some(sealed::seal(app, place("cert_number", id), &number).await?),
        address: sealed::seal_some(app, place("personal_address", id), address.as_deref()).await?,
    })
}

fn unique(mut tags: Vec<String>) -> Vec<String> {
    tags.sort();
    tags.dedup();
    tags
}
