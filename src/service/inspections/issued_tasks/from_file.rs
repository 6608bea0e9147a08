//! Tasks that come as a list in a file.

use super::{IssuedObjectBody, IssuedTask, IssuedTaskBody, check_count, receive_by, store, taken_over, told, update};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::tx::WriteTx;
use domain::inspections::issued_tasks::IssueChannel;
use std::collections::BTreeSet;

/// What became of a task that a file names: a change, where there was one, and its objects that were not known.
pub struct FromFile {
    pub change: Option<Change<IssuedTask>>,
    pub created: bool,
    pub new: BTreeSet<(String, Option<String>)>,
}

/// Takes a task over from a file: new, or with what the file has beside what was received and is not signed yet.
pub async fn from_file(app: &App, tx: &WriteTx, mut body: IssuedTaskBody) -> Result<FromFile> {
    let named = |objects: &[IssuedObjectBody]| {
        objects.iter().map(|object| (object.name.clone(), object.uscc.clone())).collect::<BTreeSet<_>>()
    };
    let Some(known) = store::by_code(tx.conn(), &body.code).await? else {
        let new = named(&body.objects);
        let change = receive_by(app, tx, body, IssueChannel::File).await?;
        return Ok(FromFile { change: Some(change), created: true, new });
    };

    let told = told(app, tx, &body, Some(known.received_at))?;
    let task = taken_over(&known, &told);
    let before = store::objects(tx.conn(), vec![known.id]).await?;
    let has = |object: &IssuedObjectBody| before.iter().any(|old| old.name == object.name && old.uscc == object.uscc);
    let added: Vec<_> = body.objects.iter().filter(|object| !has(object)).cloned().collect();
    let same_place = body.department_id.is_none_or(|department| department == known.department_id);
    if task == known && added.is_empty() && same_place {
        return Ok(FromFile { change: None, created: false, new: BTreeSet::new() });
    }
    let kept = before.iter().map(|old| IssuedObjectBody { name: old.name.clone(), uscc: old.uscc.clone() });
    body.objects = kept.chain(added.iter().cloned()).collect();
    check_count(&body.objects)?;
    let change = update(app, tx, known.id, known.version, body).await?;
    Ok(FromFile { change: Some(change), created: false, new: named(&added) })
}
