//! `admin create`: the first accounts, since there is no default password.

use super::{connect, explain, say};
use crate::config::Settings;
use crate::kernel::ctx::{Ctx, random};
use crate::persistence::kernel::tx::write;
use crate::persistence::register::departments as store;
use crate::service::access::{passwords, users};
use crate::service::register::departments;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use clap::{Args, Subcommand};
use domain::access::Role;
use domain::access::users::UserStatus;
use std::io::BufRead;

#[derive(Subcommand)]
pub enum AdminCommand {
    /// Make an account; its password is made at random and shown once, unless it comes from standard input.
    Create(CreateArgs),
}

#[derive(Args)]
pub struct CreateArgs {
    /// Name to log in with: lower-case letters, digits, dots
    #[arg(long)]
    username: String,
    #[arg(long, default_value = "平台管理员")]
    display_name: String,
    /// PLATFORM_ADMIN, AUDITOR, …: one of the roles of GET /api/v1/dictionaries/role
    #[arg(long, default_value = "PLATFORM_ADMIN")]
    role: String,
    /// Code of the department; made where it is missing
    #[arg(long, default_value = "51082102")]
    department: String,
    /// Name of the department, if it has to be made
    #[arg(long, default_value = "旺苍县行政审批局")]
    department_name: String,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

pub async fn run(settings: Settings, command: AdminCommand) -> Result<(), String> {
    let AdminCommand::Create(args) = command;
    let role =
        Role::of(&args.role).map_err(|_| format!("--role: {} is none of {}", args.role, Role::CODES.join(", ")))?;
    let password = if args.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(|error| error.to_string())?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    } else {
        BASE64.encode(random::<15>())
    };
    let policy = settings.security.policy();
    passwords::check(&policy, "/password", &args.username, &password).map_err(|error| {
        error.errors.first().map_or_else(|| explain(&error), |field| format!("password: {}", field.detail.en))
    })?;
    let app = connect(settings).await?;
    let hash = passwords::hash(&password).map_err(|error| explain(&error))?;
    let ctx = Ctx::console("admin");
    let county = app.settings.county.code.clone();
    let user = write(&app.db, &ctx, async |tx| {
        let known = store::by_code(tx.conn(), &args.department).await?;
        let (department, made) = if let Some(department) = known {
            (department.id, None)
        } else {
            let body = departments::DepartmentBody {
                code: args.department.clone(),
                name: args.department_name.clone(),
                short_name: args.department_name.clone(),
                kind: "APPROVAL_BUREAU".to_owned(),
                uscc: None,
                region_code: county.clone(),
                duty_code: None,
                document_word: None,
                parent_id: None,
            };
            let change = departments::create(&app, tx, body).await?;
            (change.value.id, Some(change))
        };
        let new = users::NewUser {
            username: args.username.clone(),
            display_name: args.display_name.clone(),
            binding: users::Binding { role, department_id: department, region_code: None, personnel_id: None },
            password_hash: hash.clone(),
            password_expires_at: users::password_end(&app, tx.ctx().now),
            status: UserStatus::Active,
        };
        let change = users::create(tx, new).await?;
        Ok(match made {
            Some(made) => change.with(made),
            None => change,
        })
    })
    .await
    .map_err(|error| explain(&error))?;
    say(&format!("created {} ({})", user.username, role.code()));
    if !args.password_stdin {
        say(&format!("password (shown once): {password}"));
    }

    Ok(())
}
