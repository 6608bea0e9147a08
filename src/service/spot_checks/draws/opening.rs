//! Who was in the hat: the whole pool for the justice bureau, and for an enterprise the proof that it was in it.

use super::{algorithm, bytes, digest};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::kernel::secrets::hmac;
use crate::persistence::register::objects;
use crate::persistence::spot_checks::draws;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::spot_checks::draws::pool::{Faults, Inclusion, Leaf, faults, inclusion, pool_root};
use entity::spot_checks::draw_pool;
use entity::spot_checks::draws::Model;
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// A pool as it is stored, with what is wrong with it.
pub struct OpenPool {
    pub rows: Vec<draw_pool::Model>,
    pub faults: Faults,
    /// Whether the leaves still give the root that was published.
    pub root_holds: bool,
}

/// Opens a pool, and looks for leaves that are double or nobody's.
pub async fn open_pool(conn: &impl ConnectionTrait, draw: &Model) -> Result<OpenPool> {
    let rows = draws::pool_of(conn, draw.id).await?;
    let opened = rows.iter().map(|row| Ok((leaf(row)?, row.object_id, bytes(&row.salt)?)));
    let opened = opened.collect::<Result<Vec<_>>>()?;
    let known = objects::existing(conn, opened.iter().map(|one| one.1).collect()).await?;

    let faults = faults(algorithm(draw)?, &opened, |object| known.contains(object));
    let leaves: Vec<_> = opened.into_iter().map(|one| one.0).collect();
    let root_holds = hex::encode(pool_root(&leaves)) == draw.pool_root;
    Ok(OpenPool { rows, faults, root_holds })
}

fn leaf(row: &draw_pool::Model) -> Result<Leaf> {
    Ok(Leaf { object_ref: digest(&row.object_ref)?, stratum: row.stratum.clone() })
}

/// That an object was in a pool, with what it takes to check it against the public root.
pub struct Ticket {
    pub row: draw_pool::Model,
    pub proof: Inclusion,
    /// Whether it was drawn; `None` before the draw.
    pub drawn: Option<bool>,
    pub access_code: String,
}

/// The proof for one object of a pool.
pub async fn prove(app: &App, draw: &Model, object: Uuid) -> Result<Ticket> {
    let rows = draws::pool_of(&app.db, draw.id).await?;
    let leaves = rows.iter().map(leaf).collect::<Result<Vec<_>>>()?;
    let row = rows.into_iter().find(|row| row.object_id == object).ok_or_else(AppError::not_found)?;
    let proof = inclusion(&leaves, &digest(&row.object_ref)?);

    let proof = proof.ok_or_else(|| AppError::corrupt("a pool that is not in the order of its references"))?;
    let drawn = match draw.drawn_at {
        None => None,
        Some(_) => Some(draws::is_drawn(&app.db, draw.id, object).await?),
    };
    Ok(Ticket { row, proof, drawn, access_code: access_code(app, draw.id, object) })
}

/// 查询凭证: what the justice bureau hands to an enterprise, by which it asks for its own proof. Nothing is stored.
fn access_code(app: &App, draw: Uuid, object: Uuid) -> String {
    let code = hmac(&app.secrets.access_key, &[draw.as_bytes(), object.as_bytes()].map(|id| &id[..]).concat());
    hex::encode(&code[..16])
}

/// 企业自查
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "object_id": "01930000-0000-7000-8000-000000000002", "access_code": "2c26b46b68ffc68ff99b453c1d304134"
})))]
pub struct OwnBody {
    pub object_id: Uuid,
    /// 查询凭证, as the justice bureau gave it
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub access_code: String,
}

/// The same for whoever holds the object's code; without it nobody learns whether an object was in the pool.
pub async fn prove_own(app: &App, draw: &Model, body: &OwnBody) -> Result<Ticket> {
    let expected = access_code(app, draw.id, body.object_id);
    verify_slices_are_equal(expected.as_bytes(), body.access_code.as_bytes()).map_err(|_| AppError::not_found())?;
    prove(app, draw, body.object_id).await
}
