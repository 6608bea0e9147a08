//! Receiving a complaint: from the hotline and other platforms, from a file, from people.

use super::bodies::ComplaintBody;
use super::check::{Checked, check};
use super::{Complaint, complete_one, put_clock, reporter};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::complaints as store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::risks::risk_facts;
use crate::service::risks::risk_facts::New;
use chrono::{DateTime, Utc};
use domain::access::{Reach, Role};
use domain::complaints::{ComplaintChannel, ComplaintKind, ComplaintStatus};
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::refusal::Code;
use domain::kernel::stored::Stored;
use domain::kernel::text::text;
use domain::risks::risk_models::FactKind;
use entity::complaints::complaints::{Column, Entity, Model};
use entity::register::objects::Model as Object;
use uuid::Uuid;

pub async fn create(app: &App, tx: &WriteTx, body: ComplaintBody) -> Result<Change<Complaint>> {
    if let Some(number) = &body.source_no
        && store::by_number(tx.conn(), body.channel, number).await?.is_some()
    {
        let detail = text!("该来源编号的投诉举报已登记。", "A complaint of this number has come by this channel.");
        return Err(AppError::new(Code::Duplicate, detail));
    }
    receive(app, tx, body).await
}

/// What became of a row of a file.
pub enum FromFile {
    New(Vec<Event>),
    /// It came before; whether it said the same.
    Known(bool),
}

/// The same row again changes nothing: what was said stays as it was said first.
pub async fn from_file(app: &App, tx: &WriteTx, body: ComplaintBody) -> Result<FromFile> {
    let number = body.source_no.clone().unwrap_or_default();
    let Some(known) = store::by_number(tx.conn(), body.channel, &number).await? else {
        return Ok(FromFile::New(receive(app, tx, body).await?.into_events()));
    };
    let mut said = Model { title: body.title, content: body.content, ..known.clone() };
    if let Some(who) = &body.reporter {
        reporter::hide(&mut said, who);
    }
    let same = (&known.title, &known.content, known.kind) == (&said.title, &said.content, body.kind);
    Ok(FromFile::Known(same))
}

async fn receive(app: &App, tx: &WriteTx, body: ComplaintBody) -> Result<Change<Complaint>> {
    let Checked { object, id_number } = check(tx, &body).await?;
    let ctx = tx.ctx();
    let prefix = format!("TS{}{}", app.settings.county.code, ctx.today().format("%Y"));
    let code = serials::next::<Entity>(tx, Column::Code, &prefix, 6).await?;
    let own = (ctx.reach == Reach::Department).then_some(ctx.actor.department_id);

    let mut complaint = Model {
        department_id: body.department_id.or(own),
        received_at: body.received_at.unwrap_or(ctx.now),
        region_code: app.settings.county.code.clone(),
        kind: body.kind,
        channel: body.channel,
        ticket: body.ticket,
        source_no: body.source_no,
        sender_id: if ctx.actor.role == Role::Partner { ctx.actor.id } else { Uuid::nil() },
        title: body.title,
        content: body.content,
        problem_type: body.problem_type,
        item_id: body.item_id,
        township_code: body.township_code,
        incident_on: body.incident_on,
        incident_place: body.incident_place,
        is_anonymous: body.is_anonymous,
        object_name: body.object_name,
        uscc: body.uscc,
        ..blank(code, ctx.now)
    };
    if let Some(object) = object {
        put_object(&mut complaint, &object);
    }
    if let Some(who) = &body.reporter {
        reporter::hide(&mut complaint, who);
        reporter::seal(app, &mut complaint, who, id_number.as_ref()).await?;
    }
    put_clock(app, &mut complaint);

    // A number that came twice at once is counted anew, and then it is known.
    let saved = insert(tx, complaint).await.map_err(AppError::again)?;
    tell_models(tx, None, &saved).await?;
    let event = Event::created::<Entity>(&saved);
    Ok(Change::new(complete_one(tx.conn(), saved).await?, event))
}

/// One of which nothing is said yet.
fn blank(code: String, now: DateTime<Utc>) -> Model {
    Model {
        id: new_id(),
        code,
        kind: ComplaintKind::Enquiry,
        channel: ComplaintChannel::Web,
        ticket: None,
        source_no: None,
        sender_id: Uuid::nil(),
        title: String::new(),
        content: String::new(),
        problem_type: None,
        object_id: None,
        object_name: None,
        uscc: None,
        item_id: None,
        region_code: String::new(),
        township_code: None,
        incident_on: None,
        incident_place: None,
        is_anonymous: true,
        reporter_name: None,
        reporter_phone: None,
        reporter_id_number: None,
        reporter_digest: None,
        status: ComplaintStatus::Received,
        department_id: None,
        received_at: now,
        accepted_at: None,
        concluded_at: None,
        notified_at: None,
        ended_at: None,
        clock: None,
        due_on: None,
        waits: Stored::default(),
        stops: Stored::default(),
        terms: Stored::default(),
        extension: 0,
        extension_reason: None,
        materials: None,
        refusal_ground: None,
        outcome: None,
        result: None,
        case_no: None,
        inspection_id: None,
        told: None,
        clue_id: None,
        transferred_to: None,
        master_id: None,
        escalated_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// What the register says of whom it is about.
pub(super) fn put_object(complaint: &mut Model, object: &Object) {
    complaint.object_id = Some(object.id);
    complaint.object_name = Some(object.name.clone());
    complaint.uscc.clone_from(&object.uscc);
    complaint.region_code.clone_from(&object.region_code);
    complaint.township_code = object.township_code.clone().or_else(|| complaint.township_code.take());
}

/// Whose fact it is that somebody complained: one a matter; who asks something has not complained.
fn counted(complaint: &Model) -> Option<Uuid> {
    let counts = complaint.status != ComplaintStatus::Merged && complaint.kind != ComplaintKind::Enquiry;
    complaint.object_id.filter(|_| counts)
}

/// The fact for the models, of whichever object it is now.
pub(super) async fn tell_models(tx: &WriteTx, before: Option<&Model>, after: &Model) -> Result<()> {
    let (known, counted) = (before.and_then(counted), counted(after));
    if known == counted {
        return Ok(());
    }

    if let Some(object) = known {
        risk_facts::take_back(tx, object, after.id, Some(FactKind::Complaint)).await?;
    }
    if let Some(object) = counted {
        let fact = New::of(object, local_date(after.received_at), FactKind::Complaint, after.id);
        risk_facts::add(tx, vec![fact]).await?;
    }
    Ok(())
}
