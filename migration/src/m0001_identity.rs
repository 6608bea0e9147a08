//! Step 1: regions, departments, users and their sessions.

use crate::columns::*;
use crate::step::Step;

pub const STEP: Step = Step {
    name: "m0001_identity",
    tables: &[
        (
            "regions",
            &[string("code", 9).key(), string("name", 100), string("level", 16), string("parent_code", 9).null()],
        ),
        (
            "departments",
            &[
                uuid("id").key(),
                sorted("code", 16).unique(),
                sorted("name", 200),
                string("short_name", 60),
                string("kind", 32),
                string("uscc", 18).null(),
                string("region_code", 9),
                string("duty_code", 2).null(),
                uuid("parent_id").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        ),
        (
            "users",
            &[
                uuid("id").key(),
                sorted("username", 64).unique(),
                string("display_name", 100),
                string("role", 32),
                uuid("department_id").of("departments"),
                string("region_code", 9).null(),
                uuid("personnel_id").null(),
                string("password_hash", 255),
                string("status", 16),
                int("failed_attempts"),
                time("locked_until").null(),
                time("last_login_at").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        ),
        (
            "refresh_tokens",
            &[
                uuid("id").key(),
                uuid("user_id").of("users"),
                uuid("family_id"),
                string("token_digest", 64).unique(),
                time("expires_at"),
                time("used_at").null(),
                time("revoked_at").null(),
                time("created_at"),
            ],
        ),
    ],
    indexes: &[
        index("refresh_tokens", &["family_id"]),
        index("users", &["created_at", "id"]),
        index("users", &["department_id"]),
        index("departments", &["parent_id"]),
        index("refresh_tokens", &["user_id"]),
    ],
};
