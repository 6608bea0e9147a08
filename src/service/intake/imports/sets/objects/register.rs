//! Which object a row means: by its code; else by its old number; else by name and place. Nobody is overwritten by a namesake.

use super::Numbered;
use crate::kernel::ctx::new_id;
use crate::kernel::error::Result;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use domain::intake::imports::Record;
use domain::intake::imports::objects::ObjectRow;
use domain::kernel::characters::name_form;
use domain::register::objects::spellings;
use entity::register::objects::Model;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Characters of an identity key.
const LONGEST_KEY: usize = 400;

/// The objects that the rows of a batch may mean: as they were stored, if they were, and as they will be.
pub struct Register {
    /// The county in which an object lies that names no place.
    home: String,
    objects: BTreeMap<Uuid, (Option<Model>, Model)>,
    by_key: HashMap<String, Uuid>,
    by_name: HashMap<String, Vec<Uuid>>,
}

/// What the register knows of a row's object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is this one.
    Same(Uuid),
    /// It is this one, which had no code until now.
    TakenOver(Uuid),
    /// It may be this one, or a namesake.
    Doubtful(Uuid),
    New,
}

impl Known {
    pub const fn object(self) -> Option<Uuid> {
        match self {
            Self::Same(id) | Self::TakenOver(id) => Some(id),
            Self::Doubtful(_) | Self::New => None,
        }
    }
}

impl Register {
    pub async fn load(tx: &WriteTx, home: &str, rows: &[Numbered<&ObjectRow>]) -> Result<Self> {
        let (objects, by_key, by_name) = (BTreeMap::new(), HashMap::new(), HashMap::new());
        let mut register = Self { home: home.to_owned(), objects, by_key, by_name };
        let keys = rows.iter().map(|row| row.row.identity_key.clone()).collect();
        for (_, object) in objects::by_identity(tx.conn(), keys).await? {
            register.remember(Some(object.clone()), object);
        }
        // Whom no number settles may stand there under the same name.
        let open =
            rows.iter().filter(|row| row.row.uscc.is_none() || !register.by_key.contains_key(&row.row.identity_key));
        let mut names: Vec<String> = open.flat_map(|row| spellings(&row.row.name)).collect();
        names.sort();
        names.dedup();
        for object in objects::by_names(tx.conn(), names).await? {
            if !register.objects.contains_key(&object.id) {
                register.remember(Some(object.clone()), object);
            }
        }

        Ok(register)
    }

    fn remember(&mut self, before: Option<Model>, after: Model) {
        self.by_key.insert(after.identity_key.clone(), after.id);
        let names = self.by_name.entry(name_form(&after.name)).or_default();
        if !names.contains(&after.id) {
            names.push(after.id);
        }
        self.objects.insert(after.id, (before, after));
    }

    pub fn object(&self, id: Uuid) -> Option<&Model> {
        self.objects.get(&id).map(|(_, after)| after)
    }

    /// An object as it will be.
    pub fn put(&mut self, after: Model) {
        let before = self.objects.remove(&after.id).and_then(|(before, was)| {
            self.by_key.remove(&was.identity_key);
            before
        });
        self.remember(before, after);
    }

    pub fn into_changes(self) -> impl Iterator<Item = (Option<Model>, Model)> {
        self.objects.into_values()
    }

    /// The object that a row means.
    pub fn find(&self, row: &ObjectRow) -> Known {
        let numbered = row.uscc.is_some() || row.registration_no.is_some();
        if let Some(id) = self.by_key.get(&row.identity_key).filter(|_| numbered) {
            return Known::Same(*id);
        }
        let namesakes = self.by_name.get(&name_form(&row.name)).into_iter().flatten().filter_map(|id| self.object(*id));
        let (mut near, mut doubtful) = (Vec::new(), None);
        // People are known by their certificates.
        for other in namesakes.filter(|other| other.cert_type.is_none()) {
            let contradicts = contradicts(row, other);
            let settled = !contradicts && (same_number(row, other) || same_address(row, other));
            match (&row.uscc, &other.uscc) {
                // Two codes are two enterprises.
                (Some(_), Some(_)) => {}
                (Some(_), None) if settled => return Known::TakenOver(other.id),
                (None, Some(_)) if settled => return Known::Same(other.id),
                (None, None) if settled => return Known::Same(other.id),
                (None, None) if !contradicts && self.may_lie_together(row, other) => near.push(other.id),
                _ => doubtful = doubtful.or(Some(other.id)),
            }
        }
        // One that nothing speaks against is the same; of several it may be any.
        match near[..] {
            [only] => Known::Same(only),
            _ => near.first().copied().or(doubtful).map_or(Known::New, Known::Doubtful),
        }
    }

    /// Whether the two places may be one: no two counties, townships or addresses.
    fn may_lie_together(&self, row: &ObjectRow, other: &Model) -> bool {
        let region = row.place.as_ref().map_or(&self.home, |place| &place.region_code);
        let township = row.place.as_ref().and_then(|place| place.township_code.as_ref());
        let addresses = row.registered_address.is_some() && other.registered_address.is_some();
        *region == other.region_code
            && (township.is_none() || other.township_code.is_none() || township == other.township_code.as_ref())
            && (!addresses || same_address(row, other))
    }

    /// The key of an object that is new: its own, or with its place where a namesake has that.
    pub fn free_key(&self, row: &ObjectRow) -> String {
        let address = row.registered_address.as_deref().unwrap_or_default();
        let by_address = format!("{}@{}", row.identity_key, name_form(address));
        let mut keys = [row.identity_key.clone(), row.key(), by_address].into_iter();
        let free = keys.find(|key| !self.by_key.contains_key(key) && key.chars().count() <= LONGEST_KEY);
        free.unwrap_or_else(|| format!("{}@{}", row.identity_key, new_id()))
    }
}

fn same_number(row: &ObjectRow, other: &Model) -> bool {
    row.registration_no.is_some() && row.registration_no == other.registration_no
}

/// Two old numbers are two enterprises.
fn contradicts(row: &ObjectRow, other: &Model) -> bool {
    row.registration_no.is_some() && other.registration_no.is_some() && row.registration_no != other.registration_no
}

fn same_address(row: &ObjectRow, other: &Model) -> bool {
    let [told, known] =
        [&row.registered_address, &other.registered_address].map(|address| address.as_deref().map(name_form));
    told.is_some() && told == known
}
