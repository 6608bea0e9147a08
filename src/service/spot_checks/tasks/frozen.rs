//! What a freeze makes of the register: objects and officers under references that tell nothing without their salts.

use super::pool::Candidate;
use crate::app::App;
use crate::kernel::ctx::random;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::draws;
use crate::service::officers::personnel::recusals::all_of;
use domain::spot_checks::draws::pool::{Leaf, Officer, Recusal, RosterEntry, object_ref, officer_ref};
use domain::spot_checks::draws::{Algorithm, Digest};
use domain::spot_checks::tasks::stratum_label;
use entity::spot_checks::tasks::Model;
use entity::spot_checks::{draw_pool, draw_recusals, draw_roster};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A leaf of the pool with the object behind it and its salt.
pub(super) type PoolLeaf = (Leaf, Uuid, [u8; 16]);
/// An entry of the roster with the officer behind it and their salt.
pub(super) type RosterLine = (RosterEntry, Uuid, [u8; 16]);

pub(super) const V3: Algorithm = Algorithm::NEWEST;

/// Everything that a draw is made of, under the references by which it is public.
pub(super) struct Frozen {
    pub pool: Vec<PoolLeaf>,
    roster: Vec<RosterLine>,
    recusals: Vec<(Recusal, Uuid)>,
}

impl Frozen {
    pub fn leaves(&self) -> Vec<Leaf> {
        self.pool.iter().map(|(leaf, ..)| leaf.clone()).collect()
    }

    pub fn roster(&self) -> Vec<RosterEntry> {
        self.roster.iter().map(|(entry, ..)| entry.clone()).collect()
    }

    pub fn recusals(&self) -> Vec<Recusal> {
        self.recusals.iter().map(|(pair, _)| pair.clone()).collect()
    }
}

/// Salted references for objects and officers, and the pairs of them that must not meet.
pub(super) async fn references(
    app: &App,
    tx: &WriteTx,
    task: &Model,
    objects: &[Candidate],
    staff: &[(Uuid, Uuid)],
) -> Result<Frozen> {
    let rules = &task.strata.0;
    let mut pool = Vec::with_capacity(objects.len());
    let mut refs: BTreeMap<Uuid, Digest> = BTreeMap::new();
    for Candidate { id: object, class, .. } in objects {
        let salt = random::<16>();
        let stratum = stratum_label(rules, *class).ok_or_else(|| AppError::internal("class without stratum"))?;
        let reference = object_ref(V3, *object, &salt);
        refs.insert(*object, reference);
        pool.push((Leaf { object_ref: reference, stratum }, *object, salt));
    }
    pool.sort_by_key(|leaf| leaf.0.object_ref);

    let mut roster = Vec::with_capacity(staff.len());
    let mut names: BTreeMap<Uuid, Officer> = BTreeMap::new();
    for (department, person) in staff {
        let salt = random::<16>();
        let officer = officer_ref(*person, &salt);
        names.insert(*person, officer);
        roster.push((RosterEntry { department: *department, officer }, *person, salt));
    }
    roster.sort_by_key(|line| (line.0.department, line.0.officer));

    let pairs = all_of(app, tx.conn(), names.keys().copied().collect(), tx.ctx().today()).await?;
    let pair = |(person, object, _)| {
        let (officer, object_ref) = (*names.get(&person)?, *refs.get(&object)?);
        Some((Recusal { officer, object_ref }, person))
    };
    let mut recusals: Vec<_> = pairs.into_iter().filter_map(pair).collect();
    recusals.sort_by_key(|(pair, _)| (pair.officer, pair.object_ref));
    recusals.dedup();

    Ok(Frozen { pool, roster, recusals })
}

pub(super) async fn save(tx: &WriteTx, draw_id: Uuid, frozen: Frozen) -> Result<()> {
    let Frozen { pool, roster, recusals } = frozen;
    let pool = pool.into_iter().enumerate().map(|(at, (leaf, object_id, salt))| draw_pool::Model {
        draw_id,
        position: i32::try_from(at).unwrap_or(i32::MAX),
        object_id,
        object_ref: hex::encode(leaf.object_ref),
        stratum: leaf.stratum,
        salt: hex::encode(salt),
    });
    draws::insert_all::<draw_pool::Entity>(tx.conn(), pool.collect()).await?;
    let roster = roster.into_iter().map(|(entry, personnel_id, salt)| draw_roster::Model {
        draw_id,
        department_id: entry.department,
        personnel_id,
        unavailable_reason: None,
        officer_ref: Some(entry.officer.to_string()),
        salt: Some(hex::encode(salt)),
    });
    draws::insert_all::<draw_roster::Entity>(tx.conn(), roster.collect()).await?;
    let recusals = recusals.into_iter().map(|(pair, personnel_id)| draw_recusals::Model {
        draw_id,
        personnel_id,
        object_ref: hex::encode(pair.object_ref),
    });

    draws::insert_all::<draw_recusals::Entity>(tx.conn(), recusals.collect()).await
}
