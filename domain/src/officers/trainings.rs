//! 培训.

use crate::kernel::code_list::code_list;

code_list! {
    TrainingKind "培训类别" { Induction "岗前培训", Annual "年度培训", Special "专题培训" }
}
