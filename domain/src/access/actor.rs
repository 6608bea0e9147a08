//! Who acts: role, departments, region, and on whose behalf.

use super::{Permission, Reach, Role, reach};
use uuid::Uuid;

/// The person (or the system) behind a request.
#[derive(Clone, Debug)]
pub struct Actor {
    pub id: Uuid,
    pub username: String,
    pub display_name: String,
    pub role: Role,
    pub department_id: Uuid,
    /// The own department and every department below it.
    pub departments: Vec<Uuid>,
    /// The own region: a township for its staff, the region of the grant for a partner system.
    pub region_code: Option<String>,
    /// The officer this account belongs to.
    pub personnel_id: Option<Uuid>,
    /// What a partner system's token asked for and was granted; people have what their role has.
    pub scopes: Option<Vec<Permission>>,
    /// The account for which this one acts by delegation; role, department and region are that account's.
    pub acts_for: Option<Uuid>,
    /// Accounts that act for this one at present.
    pub delegates: Vec<Uuid>,
    pub session_id: Option<Uuid>,
    /// The role demands a second factor that this session has not proved.
    pub second_factor_due: bool,
    /// The quota of a partner system.
    pub requests_per_minute: Option<u32>,
}

impl Actor {
    /// Somebody of a role and a department, and nothing besides.
    pub fn of(id: Uuid, username: &str, role: Role, department_id: Uuid) -> Self {
        Self {
            id,
            username: username.to_owned(),
            display_name: username.to_owned(),
            role,
            department_id,
            departments: vec![department_id],
            region_code: None,
            personnel_id: None,
            scopes: None,
            acts_for: None,
            delegates: Vec::new(),
            session_id: None,
            second_factor_due: false,
            requests_per_minute: None,
        }
    }

    /// How far a permission reaches for this caller.
    pub fn reach(&self, permission: Permission) -> Option<Reach> {
        let granted = self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&permission));
        reach(self.role, permission).filter(|_| granted)
    }

    /// Background work and the command line: nobody's request, so no permission is asked for.
    pub fn is_system(&self) -> bool {
        self.id.is_nil()
    }

    /// Whether the actor holds a permission over a department's records; `assigned` is whether the record is the actor's own.
    pub fn may(&self, permission: Permission, department: Uuid, assigned: bool) -> bool {
        match self.reach(permission) {
            None | Some(Reach::Region) => false,
            Some(Reach::All) => true,
            Some(Reach::Department) => self.departments.contains(&department),
            Some(Reach::Assigned) => assigned,
        }
    }

    /// 信用类别 is for those who hold `credit:read`.
    pub fn sees_class(&self) -> bool {
        self.reach(Permission::CreditRead).is_some()
    }

    /// Everybody whose deeds count as this caller's own when submitter and reviewer must differ.
    pub fn persons(&self) -> Vec<Uuid> {
        let mut persons = vec![self.id];
        persons.extend(self.acts_for);
        persons.extend(&self.delegates);
        persons
    }

    /// Whether a region lies in the own one.
    pub fn covers_region(&self, code: &str) -> bool {
        self.region_code.as_ref().is_some_and(|own| code.starts_with(own.as_str()))
    }
}
