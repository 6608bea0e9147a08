//! Opened pools and proofs of having been in one.

use crate::http::kernel::extract::{Param, ParamKind, ParamValue, Params};
use crate::http::kernel::reply::View;
use crate::service::spot_checks::draws::{OpenPool, Ticket};
use entity::spot_checks::draws::Model;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Whose place is asked for.
#[derive(Default)]
pub struct OfObject {
    pub object: Uuid,
}

impl Params for OfObject {
    const PARAMS: &'static [Param] =
        &[Param { name: "object_id", doc: "监管对象的标识", kind: ParamKind::Record }];

    const MAY_MISS: bool = true;

    fn set(&mut self, _: &str, value: ParamValue) {
        if let ParamValue::Id(id) = value {
            self.object = id;
        }
    }
}

/// 开启的对象库
#[derive(Serialize, ToSchema)]
pub struct OpenPoolView {
    pub draw_id: Uuid,
    pub pool_root: String,
    /// 现存的叶是否仍得出公布的根
    pub root_holds: bool,
    /// 有多于一片叶的对象
    pub doubles: Vec<Uuid>,
    /// 没有对象的叶：登记中查无此对象，或对象与随机数得不出该代号
    pub phantoms: Vec<String>,
    pub leaves: Vec<OpenLeafView>,
}

impl View for OpenPoolView {}

/// 一片叶及其对象
#[derive(Serialize, ToSchema)]
pub struct OpenLeafView {
    pub object_id: Uuid,
    #[serde(rename = "ref")]
    pub object_ref: String,
    pub salt: String,
    pub stratum: String,
}

impl OpenPoolView {
    pub fn of(draw: Model, pool: OpenPool) -> Self {
        let OpenPool { rows, faults, root_holds } = pool;
        let phantoms = faults.phantoms.iter().filter_map(|place| rows.get(*place)).map(|row| row.object_ref.clone());
        Self {
            draw_id: draw.id,
            pool_root: draw.pool_root,
            root_holds,
            doubles: faults.doubles.into_iter().collect(),
            phantoms: phantoms.collect(),
            leaves: rows
                .into_iter()
                .map(|row| OpenLeafView {
                    object_id: row.object_id,
                    object_ref: row.object_ref,
                    salt: row.salt,
                    stratum: row.stratum,
                })
                .collect(),
        }
    }
}

/// 入库证明: that an object was in the pool. `ref = H[object](object ‖ salt)`, the leaf of it and its stratum, and the path to the public
/// root (docs/verifiable-draw.md §3).
#[derive(Serialize, ToSchema)]
pub struct PoolProofView {
    pub draw_id: Uuid,
    pub pool_root: String,
    pub object_id: Uuid,
    #[serde(rename = "ref")]
    pub object_ref: String,
    pub salt: String,
    pub stratum: String,
    pub leaf: String,
    /// 位置，自 0 起
    pub place: u64,
    /// 对象库的户数
    pub size: u64,
    pub path: Vec<String>,
    /// 是否抽中; null before the draw
    #[schema(required)]
    pub drawn: Option<bool>,
}

impl View for PoolProofView {}

impl PoolProofView {
    pub fn of(draw: &Model, ticket: Ticket) -> Self {
        let Ticket { row, proof, drawn, .. } = ticket;
        Self {
            draw_id: draw.id,
            pool_root: draw.pool_root.clone(),
            object_id: row.object_id,
            object_ref: row.object_ref,
            salt: row.salt,
            stratum: row.stratum,
            leaf: hex::encode(proof.leaf),
            place: proof.place,
            size: proof.size,
            path: proof.path.iter().map(hex::encode).collect(),
            drawn,
        }
    }
}

/// 入库证明及查询凭证
#[derive(Serialize, ToSchema)]
pub struct PoolTicketView {
    #[serde(flatten)]
    pub proof: PoolProofView,
    /// 查询凭证: by it the enterprise asks for this proof itself
    pub access_code: String,
}

impl View for PoolTicketView {}
