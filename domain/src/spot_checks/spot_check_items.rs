//! 随机抽查事项: the list of what may be spot-checked, and what its free text says in numbers.

use crate::access::Permission;
use crate::access::{Actor, Decide};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::Refusal;
use uuid::Uuid;

code_list! {
    SpotCheckItemStatus "抽查事项状态" { Draft "未公布", Published "已公布", Retired "失效" }
}

code_list! {
    /// What can be done to a spot-check item.
    SpotCheckItemAction "抽查事项操作" { Update "修改", Publish "公布", Retire "失效" }
}

impl SpotCheckItemAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update | Self::Publish | Self::Retire => Permission::SpotCheckItemsWrite,
        }
    }
}

/// The life of a spot-check item, whole.
pub const fn next(status: SpotCheckItemStatus, action: SpotCheckItemAction) -> Option<SpotCheckItemStatus> {
    use SpotCheckItemAction as A;
    use SpotCheckItemStatus as S;
    match (status, action) {
        (S::Draft | S::Published, A::Update) => Some(status),
        (S::Draft | S::Retired, A::Publish) => Some(S::Published),
        (S::Draft | S::Published, A::Retire) => Some(S::Retired),
        (S::Published, A::Publish) | (S::Retired, A::Update | A::Retire) => None,
    }
}

pub fn apply(status: SpotCheckItemStatus, action: SpotCheckItemAction) -> Result<SpotCheckItemStatus, Refusal> {
    next(status, action).ok_or_else(|| Refusal::state(status, action))
}

/// A share between two bounds as lists publish it: `3%`, `3%—10%`.
pub fn ratio_text(floor_bp: u32, ceiling_bp: u32) -> String {
    use super::plans::percent;
    if floor_bp == ceiling_bp {
        return format!("{}%", percent(floor_bp));
    }
    format!("{}%—{}%", percent(floor_bp), percent(ceiling_bp))
}

/// What could be read from a ratio such as `抽查比例不少于2‰` or `不超过总数的2%`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio {
    /// 下限 in basis points.
    pub floor_bp: Option<u32>,
    /// 上限 in basis points.
    pub ceiling_bp: Option<u32>,
    /// 户数: an absolute number, as in `10%(20户)` or `1户`.
    pub count: Option<u32>,
}

/// Reads the first percentage or per mille of a text and whether it is a floor, a ceiling or exact (both).
pub fn parse_ratio(text: &str) -> Ratio {
    let text = to_half_width(text);
    let count = number_before(&text, "户").and_then(|value| u32::try_from(value / 100).ok());
    let share = match (number_before(&text, "%"), number_before(&text, "‰")) {
        (Some(percent), None) => Some(percent),
        (None, Some(mille)) => Some(mille / 10),
        (Some(percent), Some(mille)) => Some(if text.find('%') < text.find('‰') { percent } else { mille / 10 }),
        (None, None) => None,
    };
    let share = share.and_then(|value| u32::try_from(value).ok()).filter(|value| *value <= 10_000);
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let floor = has(&["不少于", "不低于", "至少", "以上"]);
    let ceiling = has(&["不超过", "不高于", "至多", "以内"]);
    Ratio { floor_bp: share.filter(|_| floor || !ceiling), ceiling_bp: share.filter(|_| ceiling || !floor), count }
}

/// The yearly cap of a frequency such as `每年不超过2次`, `1次/年`, `每年1次`; `None` where it is a floor or unclear.
pub fn parse_max_per_year(text: &str) -> Option<u32> {
    let text = to_half_width(text);
    let floor = ["不少于", "不低于", "至少"].iter().any(|word| text.contains(word));
    let yearly = text.contains('年') && !text.contains("2年") && !text.contains("有效期");
    let number = number_before(&text, "次").or_else(|| text.contains("一次").then_some(100))?;
    if floor || !yearly || text.contains('-') || text.contains('—') || text.contains('月') {
        return None;
    }
    u32::try_from(number / 100).ok()
}

/// The national codes (spot_check_way) that a free text such as `现场检查或书面检查` names.
pub fn parse_modes(text: &str) -> Vec<String> {
    const WORDS: [(&str, &[&str]); 6] = [
        ("1", &["现场", "实地"]),
        ("2", &["书式", "书面", "文件", "档案"]),
        ("3", &["检验", "检测", "抽样", "样品"]),
        ("4", &["依据行政"]),
        ("5", &["审计", "验资", "评估"]),
        ("6", &["网络"]),
    ];
    WORDS
        .iter()
        .filter(|(_, words)| words.iter().any(|word| text.contains(word)))
        .map(|(code, _)| (*code).to_owned())
        .collect()
}

/// 检查人员要求: an item needs a qualification unless its text says 无需.
pub fn needs_qualification(text: &str) -> bool {
    text.contains('需') && !text.contains("无需")
}

fn to_half_width(text: &str) -> String {
    text.chars().map(|c| if c == '％' { '%' } else { c }).filter(|c| !c.is_whitespace()).collect()
}

/// The number before a mark, in hundredths: `2.5%` → 250.
fn number_before(text: &str, mark: &str) -> Option<u64> {
    let end = text.find(mark)?;
    let head = &text[..end];
    let start = head
        .rfind(|c: char| !c.is_ascii_digit() && c != '.')
        .map_or(0, |at| at + head[at..].chars().next().map_or(1, char::len_utf8));
    hundredths(&head[start..])
}

fn hundredths(number: &str) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 2 {
        return None;
    }
    let fraction: u64 = format!("{fraction:0<2}").parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(fraction)
}

/// A spot-check item, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct SpotCheckItemFacts {
    pub status: SpotCheckItemStatus,
    /// Imported ones are no department's until they are linked.
    pub department_id: Option<Uuid>,
}

impl Decide for SpotCheckItemFacts {
    type Action = SpotCheckItemAction;
    type Next = SpotCheckItemStatus;

    fn is_granted(&self, actor: &Actor, action: SpotCheckItemAction) -> bool {
        actor.may(action.permission(), self.department_id.unwrap_or_default(), false)
    }

    fn judge(&self, _: &Actor, action: SpotCheckItemAction) -> Result<SpotCheckItemStatus, Refusal> {
        apply(self.status, action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(floor_bp: Option<u32>, ceiling_bp: Option<u32>, count: Option<u32>) -> Ratio {
        Ratio { floor_bp, ceiling_bp, count }
    }

    #[test]
    fn the_table_of_a_spot_check_items_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            SpotCheckItemStatus::ALL,
            SpotCheckItemAction::ALL,
            |status, action| next(*status, *action).map(SpotCheckItemStatus::code),
            |status| status.code(),
            |action| action.code()
        ));
    }

    #[test]
    fn ratios_as_published() {
        assert_eq!(parse_ratio("抽查比例不少于2‰"), ratio(Some(20), None, None));
        assert_eq!(parse_ratio("不超过总数的2%"), ratio(None, Some(200), None));
        assert_eq!(parse_ratio("根据实际需要，一般不超过 10%/年。"), ratio(None, Some(1_000), None));
        assert_eq!(parse_ratio("5%"), ratio(Some(500), Some(500), None));
        assert_eq!(parse_ratio("不低于3%或按专项计划确定"), ratio(Some(300), None, None));
        assert_eq!(parse_ratio("10%(20户)"), ratio(Some(1_000), Some(1_000), Some(20)));
        assert_eq!(parse_ratio("1户"), ratio(None, None, Some(1)));
        assert_eq!(parse_ratio("根据实际情况确定"), Ratio::default());
        assert_eq!(parse_ratio("2.5％"), ratio(Some(250), Some(250), None));
        assert_eq!(parse_ratio("500%"), Ratio::default());
    }

    #[test]
    fn frequencies_as_published() {
        assert_eq!(parse_max_per_year("1次/年"), Some(1));
        assert_eq!(parse_max_per_year("每年不超过2次"), Some(2));
        assert_eq!(parse_max_per_year("每年一次"), Some(1));
        assert_eq!(parse_max_per_year("每年不少于1次"), None);
        assert_eq!(parse_max_per_year("对同一单位每2年抽查不超过1次"), None);
        assert_eq!(parse_max_per_year("1—2次/年"), None);
        assert_eq!(parse_max_per_year("根据实际情况确定"), None);
    }

    #[test]
    fn modes_as_published() {
        assert_eq!(parse_modes("现场检查与网络系统、档案书式检查相结合"), ["1", "2", "6"]);
        assert_eq!(parse_modes("根据不同的产品分别抽取样品"), ["3"]);
        assert!(needs_qualification("需专业岗位资格") && !needs_qualification("无需专业岗位资格"));
    }
}
