//! Bodies and views of accounts.

use crate::domain::access::Role;
use crate::domain::users::UserStatus;
use crate::http::reply::versioned;
use crate::http::view::view;
use crate::service::users::NewUser;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

view! {
    /// 账户
    pub struct UserView of entity::users::Model {
        id: Uuid,
        username: String,
        display_name: String,
        #[schema(value_type = Role)]
        role: String,
        department_id: Uuid,
        region_code: Option<String>,
        personnel_id: Option<Uuid>,
        #[schema(value_type = UserStatus)]
        status: String,
        locked_until: Option<DateTime<Utc>>,
        last_login_at: Option<DateTime<Utc>>,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

versioned!(UserView);

/// 新账户
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "username": "li.si", "display_name": "李四", "password": "correct horse battery", "role": "REVIEWER",
    "department_id": "01930000-0000-7000-8000-000000000001"
})))]
pub struct UserBody {
    #[schema(pattern = "^[a-z0-9][a-z0-9._-]{2,63}$")]
    pub username: String,
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub display_name: String,
    #[schema(min_length = 12, max_length = 200, format = Password, write_only)]
    pub password: String,
    pub role: Role,
    pub department_id: Uuid,
    /// 乡镇代码, for township staff.
    #[schema(pattern = "^[0-9]{9}$")]
    #[serde(default)]
    pub region_code: Option<String>,
    /// 对应的执法人员
    #[serde(default)]
    pub personnel_id: Option<Uuid>,
}

impl UserBody {
    pub fn into_new(self, password_hash: String) -> NewUser {
        NewUser {
            username: self.username,
            display_name: self.display_name,
            role: self.role,
            department_id: self.department_id,
            region_code: self.region_code,
            personnel_id: self.personnel_id,
            password_hash,
        }
    }
}
