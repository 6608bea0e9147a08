//! 公开随机数值: what a task says of the value that its draw waits for, and what the parties say was published.

use super::bodies::{ChanceBody, TaskBody};
use super::{Task, decision_facts, with_parts};
use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::tasks;
use crate::service::oversight::log::sign;
use crate::service::spot_checks::draws::{acts, receipted, time};
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::kernel::clocks::calendar::{local_date, local_time};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::TWO_PARTIES;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::chance::{Chance, ChancePlan, ChanceSaid, ChanceSource, ChanceWitness};
use domain::spot_checks::tasks::TaskAction;
use entity::spot_checks::draws::Model as Draw;
use entity::spot_checks::tasks::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 公开数值: as it was published. Numbers in groups with one space between, or the 96 digits of a beacon's `signature`.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"value": "03 07 12 25 28 31 09"})))]
pub struct ChanceValueBody {
    #[schema(pattern = "^[0-9a-f]+( [0-9a-f]+)*$", max_length = 200)]
    pub value: String,
}

/// What a task names: a value that nobody knows yet, and that is known before the task ends.
pub(super) fn plan(app: &App, now: DateTime<Utc>, body: &TaskBody) -> Result<Option<ChancePlan>> {
    let Some(ChanceBody { source, name, form, at }) = &body.chance else { return Ok(None) };
    let beacon = &app.settings.transparency.beacon;
    let mut errors = Vec::new();
    if *at <= now || local_date(*at) > body.ends_on {
        let detail = text!(
            "公开数值的揭晓时刻应在此刻之后、任务结束日期之内。",
            "The public value must be one of a later moment, before the task ends."
        );
        errors.push(FieldError::new("/chance/at", "OUT_OF_RANGE", detail));
    }
    let name = match (source, name) {
        (ChanceSource::Beacon, None) => beacon.name.clone(),
        (ChanceSource::Lottery, Some(name)) => name.clone(),
        (ChanceSource::Beacon, Some(_)) => {
            let detail =
                text!("随机信标的名称由系统给出，请勿填写。", "A beacon's name is not given: the service has it.");
            errors.push(FieldError::new("/chance/name", "NOT_ALLOWED", detail));
            String::new()
        }
        (ChanceSource::Lottery, None) => {
            let detail =
                text!("请写明所公布的号码及期数，如“双色球第2026136期”。", "Name what is published, with its number.");
            errors.push(FieldError::new("/chance/name", "REQUIRED", detail));
            String::new()
        }
    };
    if form.is_some() != (*source == ChanceSource::Lottery) {
        let detail = text!(
            "公布的号码须约定格式（如 dd dd dd），随机信标不填。",
            "Numbers that are published have a form such as dd dd dd; a beacon has none."
        );
        errors.push(FieldError::new("/chance/form", "REQUIRED", detail));
    }
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }

    Ok(Some(ChancePlan { source: *source, name, form: form.clone(), at: *at, settled: false }))
}

/// The value as the terms of a freeze name it: of a moment after secrets are taken.
pub(super) fn named(app: &App, task: &Model, reveal_from: DateTime<Utc>) -> Result<Option<Chance>> {
    let Some(plan) = &task.chance else { return Ok(None) };
    if plan.at > reveal_from {
        return Ok(Some(plan.named(&app.settings.transparency.beacon)));
    }

    let (at, from) = (local_time(plan.at), local_time(reveal_from));
    let (at_utc, from_utc) = (time(plan.at), time(reveal_from));
    Err(Refusal::new(
        Code::ChanceKnown,
        text!(
            "现在冻结，{from} 起才可启封，而约定的公开数值 {at} 就揭晓；请取消后另约更晚的时刻。",
            "Secrets would be taken from {from_utc} on, but the public value is known at {at_utc}: make the task anew with a later one."
        ),
    )
    .under(TWO_PARTIES)
    .into())
}

/// A party says what was published. Of a beacon its signature vouches; else two parties have to say the same, and whoever was wrong
/// says it anew.
pub async fn enter_chance(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: ChanceValueBody,
) -> Result<Change<Task>> {
    let before = tasks::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;
    let (party, person) = (tx.ctx().actor.department_id, tx.ctx().actor.id);

    let facts = decision_facts(app, tx.ctx().now, &before, &parts);
    facts.decide(&tx.ctx().actor, TaskAction::EnterChance)?;
    let draw = parts.draw.ok_or_else(|| AppError::internal("frozen task without draw"))?;
    check_value(&draw, &body.value)?;
    let mut by = draw.chance.as_ref().map(|said| said.by.clone()).unwrap_or_default();
    by.retain(|said| said.party != party);
    by.push(ChanceWitness { party, person, value: body.value.clone(), at: tx.ctx().now });
    let value = facts.settled(&by).map(str::to_owned);
    let signature = value.as_ref().map(|value| signed(app, &draw, value)).transpose()?;
    let settled = value.is_some();
    let said = ChanceSaid { value, by, signature };
    let public = acts::chance_entered(&draw, party, &body.value);
    let after = Draw { chance: Some(said.into()), ..draw.clone() };
    let after = replace::<entity::spot_checks::draws::Entity>(tx, &draw, after).await?;

    // The task's representation changes with it, and so its version.
    let chance = before.chance.clone().map(|plan| ChancePlan { settled, ..plan.0 }.into());
    let task = replace::<Entity>(tx, &before, Model { chance, ..before.clone() }).await?;
    let task = with_parts(tx, task).await?;
    let event = Event::new(AuditAction::ChanceEntered, "tasks", id).department(party).before(&before).after(&task.task);
    let of_draw =
        Event::new(AuditAction::ChanceEntered, "draws", draw.id).department(party).before(&draw).after(&after);
    Ok(Change::new(task, event).and(of_draw).and(public))
}

fn signed(app: &App, draw: &Draw, value: &str) -> Result<String> {
    let frozen_at = time(draw.frozen_at);
    let (_, signature) = sign(app, &receipted(draw, &frozen_at)?.message_of_chance(value))?;
    Ok(hex::encode(signature))
}

/// What is entered is what the terms name, as far as it shows by itself.
fn check_value(draw: &Draw, value: &str) -> Result<()> {
    let named = draw.conditions.as_ref().and_then(|conditions| conditions.chance.as_ref());
    let named = named.ok_or_else(|| AppError::internal("decided without a value that the terms name"))?;
    if named.vouches_for(value) {
        return Ok(());
    }

    let (name, round) = (&named.name, named.round.unwrap_or_default());
    let detail = if let Some(form) = &named.form {
        let shown = form.replace('d', "0");
        text!(
            "公开数值应按约定的格式填写，如“{shown}”（位数、空格均须一致）。",
            "Spell the public value as the task says, such as {shown}: the same digits and spaces."
        )
    } else {
        text!(
            "这不是 {name} 第 {round} 轮的签名；请填该轮的 signature（96 位十六进制）。",
            "This is not the signature of round {round} of {name}; enter that round's signature, 96 hexadecimal digits."
        )
    };
    Err(AppError::invalid_field("/value", "NOT_PUBLISHED", detail))
}
