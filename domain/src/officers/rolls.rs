//! 名册比对: the justice bureau's roll against the register.

use crate::kernel::code_list::code_list;

code_list! {
    RollDifferenceKind "名册比对差异" { Missing "名册有、未登记", Extra "已登记、名册无", Different "字段不一致" }
}
