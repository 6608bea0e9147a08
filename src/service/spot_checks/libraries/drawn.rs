//! What a task draws from: the libraries that it names, as they would be now, and as they are when its pool is frozen.

use super::members::{refresh, wanted};
use super::store;
use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::{library_members, objects};
use crate::persistence::spot_checks::tasks::Parts;
use crate::service::spot_checks::draws;
use crate::service::spot_checks::tasks::TaskBody;
use chrono::NaiveDate;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::spot_checks::draws::transcript::NamedLibrary;
use domain::spot_checks::libraries::{LibraryKind, LibraryStatus};
use domain::spot_checks::tasks::SpotType;
use entity::register::objects::Column as ObjectColumn;
use entity::spot_checks::libraries::{Entity, Model};
use entity::spot_checks::tasks::Model as Task;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What limits a pool and a roster beside the task's own filter: nothing, where no library is named.
#[derive(Default)]
pub struct Within {
    pub objects: Option<Condition>,
    /// Officers who may be sent, of departments that name a library.
    pub officers: BTreeMap<Uuid, BTreeSet<Uuid>>,
}

impl Within {
    /// Whether an officer of a department may be sent.
    pub fn has(&self, department: Uuid, officer: Uuid) -> bool {
        self.officers.get(&department).is_none_or(|officers| officers.contains(&officer))
    }
}

/// The libraries that a task names: that of its objects, and those of its departments' officers.
fn named(task: &Task, parts: &Parts) -> Vec<Uuid> {
    let officers = parts.departments.iter().filter_map(|part| part.officer_library_id);
    task.object_library_id.into_iter().chain(officers).collect()
}

/// A task's libraries as they would be if they were looked up now.
pub async fn now(
    conn: &impl ConnectionTrait,
    app: &App,
    task: &Task,
    parts: &Parts,
    today: NaiveDate,
) -> Result<Within> {
    let found = store::by_ids(conn, named(task, parts)).await?;
    let mut within = Within::default();
    if let Some(library) = task.object_library_id.and_then(|id| found.get(&id)) {
        within.objects = Some(objects::matching(&library.pool_filter, &library.tag_rules));
    }

    for part in &parts.departments {
        let Some(library) = part.officer_library_id.and_then(|id| found.get(&id)) else { continue };
        let (officers, _) = wanted(conn, library, app.settings.rules.maximum_pool, today).await?;
        within.officers.insert(part.department_id, officers.into_iter().collect());
    }
    Ok(within)
}

/// Looks up a task's libraries for the freeze of its pool, and names their editions; the lines of the trail of those that changed.
pub async fn for_draw(
    app: &App,
    tx: &WriteTx,
    task: &Task,
    parts: &Parts,
) -> Result<(Within, Option<Vec<NamedLibrary>>, Vec<Event>)> {
    let ids = named(task, parts);
    lock_rows::<Entity>(tx.conn(), ids.iter().copied()).await?;
    let mut found = store::by_ids(tx.conn(), ids).await?;
    let mut within = Within::default();
    let (mut names, mut events) = (Vec::new(), Vec::new());
    if let Some(library) = task.object_library_id.and_then(|id| found.get(&id)) {
        // Its filter may have changed since the task was written.
        check_spot_type(library, task.spot_type)?;
    }

    for library in std::mem::take(&mut found).into_values() {
        let (library, event) = refresh(app, tx, library).await?;
        check_good(&library)?;
        events.extend(event);
        names.push(name(tx, &library).await?);
        found.insert(library.id, library);
    }
    if let Some(library) = task.object_library_id {
        let members = library_members::members_now(library);
        within.objects = Some(Condition::all().add(ObjectColumn::Id.in_subquery(members)));
    }
    for part in &parts.departments {
        let Some(library) = part.officer_library_id else { continue };
        let officers = library_members::now(tx.conn(), library).await?;
        within.officers.insert(part.department_id, officers.into_iter().collect());
    }

    names.sort_by(|one, other| one.code.cmp(&other.code));
    Ok((within, (!names.is_empty()).then_some(names), events))
}

async fn name(tx: &WriteTx, library: &Model) -> Result<NamedLibrary> {
    let edition = store::edition(tx.conn(), library.id, library.edition).await?;
    Ok(NamedLibrary {
        code: library.code.clone(),
        digest: draws::digest(&edition.digest)?,
        edition: u32::try_from(edition.edition).map_err(AppError::internal)?,
        kind: library.kind,
        members: u32::try_from(edition.members).map_err(AppError::internal)?,
        name: library.name.clone(),
    })
}

/// A pool comes from a library that is in use, and that is in order.
fn check_good(library: &Model) -> Result<()> {
    let name = &library.name;
    let detail = match (library.status, library.problem) {
        (LibraryStatus::Active, None) => return Ok(()),
        (LibraryStatus::Retired, _) => text!(
            "名录库“{name}”已停用，请恢复使用，或修改任务。",
            "The library {name} is retired; restore it, or change the task."
        ),
        (LibraryStatus::Active, Some(problem)) => {
            let (label, code) = (problem.label(), problem.code());
            text!(
                "名录库“{name}”{label}，请先修正其筛选条件，或修改任务。",
                "The library {name} cannot be drawn from ({code}): mend its filter, or change the task."
            )
        }
    };

    Err(Refusal::new(Code::StateConflict, detail).into())
}

/// Nothing stands against a task's libraries when its first party commits: afterwards the task is not changed any more.
pub async fn check_ready(tx: &WriteTx, app: &App, task: &Task, parts: &Parts) -> Result<()> {
    // Nobody changes one between this look and the commitment.
    lock_rows::<Entity>(tx.conn(), named(task, parts)).await?;
    for mut library in store::by_ids(tx.conn(), named(task, parts)).await?.into_values() {
        let maximum = app.settings.rules.maximum_pool;
        library.problem = wanted(tx.conn(), &library, maximum, tx.ctx().today()).await?.1;
        check_good(&library)?;
        if Some(library.id) == task.object_library_id {
            check_spot_type(&library, task.spot_type)?;
        }
    }
    Ok(())
}

fn check_spot_type(library: &Model, spot_type: SpotType) -> Result<()> {
    check_objects(Some(library), spot_type).map_or(Ok(()), |error| Err(AppError::invalid(vec![error])))
}

/// The libraries that a task's body names are there, in use, of the right kind, and the departments'.
pub async fn check_named(tx: &WriteTx, body: &TaskBody) -> Result<()> {
    let officers = body.departments.iter().filter_map(|part| part.officer_library_id);
    let ids: Vec<_> = body.object_library_id.into_iter().chain(officers).collect();
    // Nobody retires one while a task comes to name it.
    lock_rows::<Entity>(tx.conn(), ids.iter().copied()).await?;
    let found = store::by_ids(tx.conn(), ids).await?;
    let mut errors = Vec::new();
    if let Some(id) = body.object_library_id {
        errors.extend(check_objects(found.get(&id), body.spot_type));
    }
    for (at, part) in body.departments.iter().enumerate() {
        let Some(id) = part.officer_library_id else { continue };
        let pointer = format!("/departments/{at}/officer_library_id");
        errors.extend(check_officers(found.get(&id), part.department_id, pointer));
    }

    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}

fn check_objects(library: Option<&Model>, spot_type: SpotType) -> Option<FieldError> {
    let pointer = "/object_library_id".to_owned();
    let library = match usable(library, LibraryKind::Objects, pointer.clone()) {
        Ok(library) => library,
        Err(error) => return Some(error),
    };

    let narrow = spot_type == SpotType::Untargeted && !library.pool_filter.is_untargeted();
    narrow.then(|| {
        let detail = text!(
            "不定向抽查的名录库只能按区域和对象类型筛选。",
            "The library of an untargeted task filters by region and type only."
        );
        FieldError::new(pointer, "TARGETED", detail)
    })
}

fn check_officers(library: Option<&Model>, department: Uuid, pointer: String) -> Option<FieldError> {
    let library = match usable(library, LibraryKind::Officers, pointer.clone()) {
        Ok(library) => library,
        Err(error) => return Some(error),
    };
    (library.department_id != department).then(|| {
        let detail = text!("该名录库是其他部门的。", "The library is another department's.");
        FieldError::new(pointer, "NOT_OF_DEPARTMENT", detail)
    })
}

fn usable(library: Option<&Model>, kind: LibraryKind, pointer: String) -> std::result::Result<&Model, FieldError> {
    let Some(library) = library.filter(|library| library.kind == kind) else {
        let label = kind.label();
        let detail = text!("没有这个{label}。", "There is no such library of that kind.");
        return Err(FieldError::new(pointer, "NO_SUCH_RECORD", detail));
    };
    if library.status == LibraryStatus::Active {
        return Ok(library);
    }
    let detail = text!("该名录库已停用。", "The library is retired.");
    Err(FieldError::new(pointer, "NOT_ACTIVE", detail))
}
