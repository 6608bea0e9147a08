//! The justice bureau's roll: kept as it came, then compared with the register, page by page.

use super::{Context, DataSet, Numbered, Outcome};
use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id, now};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::officers::rolls as store;
use crate::persistence::officers::rolls::Registered;
use crate::persistence::register::departments;
use domain::intake::imports::Parsed;
use domain::intake::imports::justice_roll::{self as roll_row, FieldDifference, Holder, RollRow, judge};
use domain::intake::imports::reading::fields::Cells;
use domain::officers::rolls::RollDifferenceKind;
use domain::oversight::audit::AuditAction;
use entity::intake::imports;
use entity::officers::{roll_differences, roll_entries, rolls};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) struct JusticeRoll;

impl DataSet for JusticeRoll {
    type Row = RollRow;

    fn parse(cells: &dyn Cells, _: &Context) -> Parsed<RollRow> {
        roll_row::parse(cells)
    }

    async fn apply(
        tx: &WriteTx,
        context: &Context,
        import: &imports::Model,
        mut outcome: Outcome,
        rows: &[Numbered<&RollRow>],
    ) -> Result<Outcome> {
        let mut entries = Vec::with_capacity(rows.len());
        for Numbered { row, .. } in rows {
            entries.push(roll_entries::Model {
                id: new_id(),
                import_id: import.id,
                certificate_no: row.certificate_no.clone(),
                name: row.name.clone(),
                department_name: row.department_name.clone(),
                department_code: row.department_code.clone(),
                id_number_digest: row.citizen_id.as_ref().map(|id| context.app.secrets.blind_index(id.reveal())),
                kind: row.certificate_kind.clone(),
                valid_until: row.valid_until,
            });
            outcome.created += 1;
        }

        store::add_entries(tx.conn(), entries).await?;
        Ok(outcome)
    }

    async fn finish(app: &App, ctx: &Ctx, import: &imports::Model) -> Result<()> {
        check_not_empty(import)?;
        compare(app, ctx, import).await
    }
}

fn on_roll(entry: &roll_entries::Model) -> Holder {
    Holder {
        name: entry.name.clone(),
        department: entry.department_code.clone(),
        id_number_digest: entry.id_number_digest.clone(),
        kind: entry.kind.clone(),
        valid_until: entry.valid_until,
    }
}

fn in_register((certificate, officer, department): &Registered) -> Holder {
    Holder {
        name: officer.name.clone(),
        department: department.clone(),
        id_number_digest: officer.id_number_digest.clone(),
        kind: Some(certificate.kind.clone()),
        valid_until: certificate.valid_until,
    }
}

/// The comparison while it grows.
struct Comparison {
    figures: rolls::Model,
    departments: BTreeMap<String, Uuid>,
}

impl Comparison {
    fn rows(
        &mut self,
        kind: RollDifferenceKind,
        fields: &[FieldDifference],
        entry: Option<&roll_entries::Model>,
        register: Option<&Registered>,
    ) -> Vec<roll_differences::Model> {
        let number = entry.map(|entry| entry.certificate_no.clone());
        let number = number.or_else(|| register.and_then(|(certificate, ..)| certificate.certificate_no.clone()));
        let name = entry.map(|entry| entry.name.clone());
        let name = name.or_else(|| register.map(|(_, officer, _)| officer.name.clone()));
        let of_roll = entry.and_then(|entry| self.departments.get(entry.department_code.as_ref()?).copied());
        let row = roll_differences::Model {
            id: new_id(),
            import_id: self.figures.import_id,
            kind,
            certificate_no: number.unwrap_or_default(),
            name: name.unwrap_or_default(),
            department_id: register.map(|(_, officer, _)| officer.department_id).or(of_roll),
            personnel_id: register.map(|(_, officer, _)| officer.id),
            field: None,
            roll_value: None,
            register_value: None,
        };

        match kind {
            RollDifferenceKind::Missing => self.figures.missing += 1,
            RollDifferenceKind::Extra => self.figures.extra += 1,
            RollDifferenceKind::Different => self.figures.different += 1,
        }
        if fields.is_empty() {
            return vec![row];
        }
        let of_field = |difference: &FieldDifference| roll_differences::Model {
            id: new_id(),
            field: Some(difference.field.to_owned()),
            roll_value: difference.roll.clone(),
            register_value: difference.register.clone(),
            ..row.clone()
        };

        fields.iter().map(of_field).collect()
    }
}

/// Compares the whole roll; what an attempt that was broken off found is found again.
async fn compare(app: &App, ctx: &Ctx, import: &imports::Model) -> Result<()> {
    let ctx = Ctx { now: now(), ..ctx.clone() };
    store::forget_differences(&app.db, import.id).await?;
    let figures = rolls::Model {
        import_id: import.id,
        on_roll: 0,
        registered: 0,
        equal: 0,
        missing: 0,
        extra: 0,
        different: 0,
        compared_at: ctx.now,
    };
    let mut comparison = Comparison { figures, departments: departments::ids_by_code(&app.db).await? };
    compare_roll(app, &mut comparison).await?;
    compare_register(app, &mut comparison).await?;
    let figures = comparison.figures;

    write(&app.db, &ctx, async |tx| {
        store::close(tx.conn(), figures.clone()).await?;
        let event = Event::new(AuditAction::Finished, "rolls", figures.import_id).after(&figures);
        Ok(Change::new((), event))
    })
    .await
}

async fn compare_roll(app: &App, comparison: &mut Comparison) -> Result<()> {
    let mut after = String::new();
    loop {
        let entries = store::entries_after(&app.db, comparison.figures.import_id, &after).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        last.certificate_no.clone_into(&mut after);
        let numbers = entries.iter().map(|entry| entry.certificate_no.clone()).collect();
        let registered = store::registered(&app.db, numbers).await?;
        let registered: BTreeMap<_, _> =
            registered.into_iter().map(|found| (found.0.certificate_no.clone().unwrap_or_default(), found)).collect();
        let mut rows = Vec::new();
        for entry in &entries {
            let register = registered.get(&entry.certificate_no);
            comparison.figures.on_roll += 1;
            comparison.figures.registered += i64::from(register.is_some());
            let holder = register.map(in_register);
            match judge(Some(&on_roll(entry)), holder.as_ref()) {
                None => comparison.figures.equal += 1,
                Some((kind, fields)) => rows.extend(comparison.rows(kind, &fields, Some(entry), register)),
            }
        }
        store::add_differences(&app.db, rows).await?;
    }
}

async fn compare_register(app: &App, comparison: &mut Comparison) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let extra = store::extra_after(&app.db, comparison.figures.import_id, after).await?;
        let Some((last, ..)) = extra.last() else { return Ok(()) };
        after = last.id;
        let rows = extra.iter().flat_map(|found| comparison.rows(RollDifferenceKind::Extra, &[], None, Some(found)));
        store::add_differences(&app.db, rows.collect()).await?;
    }
}

/// A roll of which no row was sound is none.
fn check_not_empty(import: &imports::Model) -> Result<()> {
    if import.rows_created > 0 {
        return Ok(());
    }
    let detail = domain::kernel::text::text!("名册中没有可用的行。", "The roll has no usable row.");
    Err(AppError::new(domain::kernel::refusal::Code::InvalidBody, detail))
}
