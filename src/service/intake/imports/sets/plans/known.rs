//! Which department and which item of the county a table means by its words.

use super::Known;
use crate::service::spot_checks::plans::CooperatingBody;
use domain::intake::imports::plans::{PlanRow, body_form};
use domain::intake::imports::{Dimension, Finding};
use domain::kernel::characters::name_form;
use domain::kernel::text::text;
use domain::spot_checks::plans::lines::Cooperating;
use domain::spot_checks::spot_check_items::SpotCheckItemStatus;
use entity::register::departments::Model as Department;
use entity::spot_checks::plan_lines::Model as Line;
use entity::spot_checks::spot_check_items::Model as Item;
use uuid::Uuid;

impl Known<'_> {
    /// Whose line it is: by its code, by its name, or the sender's own. A sender of a department writes for it only.
    pub(super) fn department(&self, row: &PlanRow) -> std::result::Result<(&Department, Option<Finding>), Finding> {
        let sender = self.tx.ctx().actor.department_id;
        let own = || self.departments.iter().find(|department| department.id == sender);
        let (field, told, found) = match (&row.department_code, &row.body) {
            (Some(code), _) => ("部门编码", code.as_str(), self.departments.iter().find(|found| found.code == *code)),
            (None, Some(body)) => ("检查主体", body.as_str(), self.named(body)),
            (None, None) => ("检查主体", "", own()),
        };

        let mut finding = None;
        let department = match found {
            Some(department) => department,
            None if field == "检查主体" && own().is_some() => {
                let message = text!(
                    "没有这个部门，列入导入人所在部门的计划，请核对。",
                    "There is no such department; the line goes into the plan of the sender's own, please check it."
                );
                finding = Some(Finding::warning(field, "UNKNOWN_DEPARTMENT", told, message).of(Dimension::Linkage));
                own().ok_or_else(|| Finding::required(field))?
            }
            None if told.is_empty() => return Err(Finding::required(field)),
            None => {
                let message = text!("没有这个部门。", "There is no such department.");
                return Err(Finding::error(field, "UNKNOWN_DEPARTMENT", told, message).of(Dimension::Linkage));
            }
        };

        if self.context.allowed.as_ref().is_some_and(|allowed| !allowed.contains(&department.id)) {
            let message = text!(
                "不是导入人所在部门或其下级的计划。",
                "The plan is neither of the sender's own department nor of one below it."
            );
            return Err(Finding::error(field, "NOT_OWN_DEPARTMENT", told, message).of(Dimension::Linkage));
        }
        Ok((department, finding))
    }

    /// 执行股室 where the table has none: whoever leads the line.
    pub(super) fn unit(department: &Department, row: &PlanRow) -> String {
        row.lead.clone().unwrap_or_else(|| department.name.clone())
    }

    /// 参与部门 with the departments that they are; what a line has of them already stays.
    pub(super) fn cooperating(&self, row: &PlanRow, stored: Option<&Line>) -> Vec<CooperatingBody> {
        let before = stored.map(|line| &line.cooperating.0[..]).unwrap_or_default();
        let as_before = |part: &Cooperating| CooperatingBody {
            name: Some(part.name.clone()),
            department_id: part.department_id,
            spot_check_item_id: part.spot_check_item_id,
        };
        if row.cooperating.is_empty() {
            return before.iter().map(as_before).collect();
        }

        let parts = row.cooperating.iter().map(|name| match before.iter().find(|part| part.name == *name) {
            Some(part) if part.department_id.is_some() => as_before(part),
            _ => {
                let department_id = self.named(name).map(|department| department.id);
                CooperatingBody { name: Some(name.clone()), department_id, spot_check_item_id: None }
            }
        });
        parts.collect()
    }

    pub(super) fn named(&self, body: &str) -> Option<&Department> {
        let names = [name_form(body), body_form(body)];
        let is_named = |department: &&Department| {
            [&department.name, &department.short_name].iter().any(|name| names.contains(&name_form(name)))
        };
        let mut found = self.departments.iter().filter(is_named);
        found.next().filter(|_| found.next().is_none())
    }

    /// The item of the county's list that a line names: by its words and its department, where only one is so named.
    pub(super) fn item(&self, department: Uuid, name: &str) -> Option<&Item> {
        let form = name_form(name);
        let is_named = |item: &&Item| {
            let names = [Some(item.name.as_str()), item.sub_item.as_deref()];
            item.status != SpotCheckItemStatus::Retired
                && names.into_iter().flatten().any(|name| name_form(name) == form)
        };
        let named: Vec<_> = self.items.iter().filter(is_named).collect();
        let own: Vec<_> = named.iter().filter(|item| item.department_id == Some(department)).copied().collect();
        match (&own[..], &named[..]) {
            ([item], _) | ([], [item]) => Some(item),
            _ => None,
        }
    }
}
