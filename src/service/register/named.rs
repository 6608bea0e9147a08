//! What is told from outside names whom it is about, which item, and whose it is: a clue as a complaint does.

use crate::kernel::error::{FieldError, Result};
use crate::persistence::items::items;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::{departments, objects};
use domain::access::Reach;
use domain::kernel::codes::uscc::Uscc;
use domain::kernel::text::text;
use entity::register::objects::Model as Object;
use uuid::Uuid;

/// 2000-01-01 in UTC: nothing that is told of was issued or received before.
pub const EARLIEST: i64 = 946_684_800;

/// What is named.
pub struct Named<'a> {
    pub object_id: Option<Uuid>,
    pub uscc: Option<&'a str>,
    pub object_name: Option<&'a str>,
    /// It is about somebody, who has to be named where the register has no such object.
    pub is_about_somebody: bool,
    pub item_id: Option<Uuid>,
    pub department_id: Option<Uuid>,
}

/// The object that the register has, and everything that is wrong with what is named.
pub async fn check(tx: &WriteTx, named: &Named<'_>) -> Result<(Option<Object>, Vec<FieldError>)> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, code, detail| errors.push(FieldError::new(pointer, code, detail));

    let object = find_object(tx, named.object_id, named.uscc).await?;
    if named.object_id.is_some() && object.is_none() {
        wrong("/object_id", "NO_SUCH_RECORD", text!("监管对象不存在。", "There is no such object."));
    }
    if named.uscc.is_some_and(|code| Uscc::parse(code).is_err()) {
        wrong("/uscc", "USCC_INVALID", text!("统一社会信用代码校验不通过。", "This is not a valid USCC."));
    }
    let is_unnamed = object.is_none() && named.object_id.is_none() && named.object_name.is_none();
    if named.is_about_somebody && is_unnamed {
        let detail = text!("登记库中没有该主体，应填写名称。", "The register has no such object: name it.");
        wrong("/object_name", "MISSING", detail);
    }

    if let Some(id) = named.item_id
        && items::by_ids(tx.conn(), vec![id]).await?.is_empty()
    {
        wrong("/item_id", "NO_SUCH_RECORD", text!("监管事项不存在。", "There is no such item."));
    }
    if let Some(id) = named.department_id {
        if departments::existing(tx.conn(), &[id]).await?.is_empty() {
            wrong("/department_id", "NO_SUCH_RECORD", text!("部门不存在。", "There is no such department."));
        } else if tx.ctx().reach == Reach::Department
            && let Err(error) = tx.ctx().check_own(id, "/department_id")
        {
            errors.extend(error.errors);
        }
    }

    Ok((object, errors))
}

/// Whom it is about, where the register has them.
pub async fn find_object(tx: &WriteTx, id: Option<Uuid>, uscc: Option<&str>) -> Result<Option<Object>> {
    match (id, uscc) {
        (Some(id), _) => Ok(objects::by_ids(tx.conn(), vec![id]).await?.remove(&id)),
        (None, Some(code)) => Ok(objects::by_uscc(tx.conn(), vec![code.to_owned()]).await?.remove(code)),
        (None, None) => Ok(None),
    }
}
