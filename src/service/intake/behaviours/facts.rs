//! What the platform knows of the rows of a batch: a statement each for items, checks, certificates, enterprises and codes.

use super::incoming::Incoming;
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::intake::behaviours as store;
use crate::persistence::intake::behaviours::{Key, key_of};
use crate::persistence::items::items;
use crate::persistence::officers::personnel;
use crate::persistence::register::objects;
use chrono::NaiveDate;
use domain::intake::behaviours::BehaviourSet;
use domain::intake::behaviours::quality::Facts;
use domain::officers::certificates::CertificateStatus;
use entity::intake::behaviours::Model;
use entity::officers::certificates;
use entity::register::objects::Model as Object;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};

/// What is known, for all rows of a batch; what the batch itself brings is added as it comes.
pub(super) struct Knowledge {
    area: String,
    today: NaiveDate,
    items: BTreeSet<String>,
    /// Each code of its own, and whose it is.
    coded: BTreeMap<(BehaviourSet, String), BTreeSet<Key>>,
    certificates: BTreeMap<String, certificates::Model>,
    objects: BTreeMap<String, Object>,
}

pub(super) async fn gather(
    app: &App,
    conn: &impl ConnectionTrait,
    today: NaiveDate,
    rows: &[Incoming],
) -> Result<Knowledge> {
    let all = |name: fn(&Incoming) -> Vec<String>| rows.iter().flat_map(name).collect::<BTreeSet<_>>();
    let items = items::of_codes(conn, all(Incoming::items).into_iter().collect()).await?;
    let claimed = items.into_iter().filter(|item| item.state.is_claimed()).map(|item| item.code);
    let numbers = all(|row| row.list("check_personnel_code"));
    let certificates = personnel::by_certificate_no(conn, numbers.into_iter().collect()).await?;
    let subjects = all(|row| row.filled("administrative_cp_ui_code"));
    let codes = all(Incoming::codes);

    let mut knowledge = Knowledge {
        area: app.settings.county.code.clone(),
        today,
        items: claimed.collect(),
        coded: BTreeMap::new(),
        certificates: certificates.into_iter().map(|(number, (certificate, _))| (number, certificate)).collect(),
        objects: objects::by_uscc(conn, subjects.into_iter().collect()).await?,
    };
    for row in store::coded(conn, codes.into_iter().collect()).await? {
        knowledge.learn(&row);
    }
    Ok(knowledge)
}

impl Knowledge {
    /// A record that is there has its code.
    pub fn learn(&mut self, row: &Model) {
        if let Some(code) = &row.code {
            self.coded.entry((row.kind, code.clone())).or_default().insert(key_of(row));
        }
    }

    /// A record that is gone has it no more.
    pub fn forget(&mut self, row: &Model) {
        if let Some(owners) = row.code.clone().and_then(|code| self.coded.get_mut(&(row.kind, code))) {
            owners.remove(&key_of(row));
        }
    }

    pub fn object(&self, row: &Incoming) -> Option<&Object> {
        row.get("administrative_cp_ui_code").and_then(|number| self.objects.get(number))
    }

    /// What is asked about one row.
    pub fn of(&self, row: &Incoming) -> Facts {
        let on = row.happened_on();
        let certified = |number: &String| {
            let certificate = self.certificates.get(number);
            certificate.is_some_and(|certificate| on.is_none_or(|day| was_valid(certificate, day)))
        };
        let is_check = |code: &String| {
            let owners = self.coded.get(&(BehaviourSet::Check, code.clone()));
            owners.is_some_and(|owners| !owners.is_empty())
        };
        let own = row.code().and_then(|code| self.coded.get(&(row.key.0, code.to_owned())));

        Facts {
            today: self.today,
            area: self.area.clone(),
            items: row.items().into_iter().filter(|code| self.items.contains(code)).collect(),
            checks: row.codes().into_iter().filter(is_check).collect(),
            certificates: row.list("check_personnel_code").into_iter().filter(certified).collect(),
            has_object: self.object(row).is_some(),
            code_taken: own.is_some_and(|owners| owners.iter().any(|owner| *owner != row.key)),
        }
    }
}

/// 持证上岗 on the day of the check, whatever became of the certificate since.
fn was_valid(certificate: &certificates::Model, day: NaiveDate) -> bool {
    let was_issued = !matches!(certificate.status, CertificateStatus::Applied | CertificateStatus::Approved);
    was_issued
        && certificate.issued_on.is_none_or(|from| from <= day)
        && certificate.valid_until.is_none_or(|until| day <= until)
}
