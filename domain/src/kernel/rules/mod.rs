//! The numbers of the trade. Each is configuration with its source; the defaults are the county's.

mod basis;

pub use basis::*;

use super::clocks::Term;
use serde::{Deserialize, Serialize};

/// The configurable numbers (`[rules]` in the configuration file, `MINGJIAN__RULES__…` in the environment).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Working days from the inspection to its publication (《企业公示信息抽查暂行办法》).
    pub publication_working_days: u32,
    /// Officers an object at least (《行政处罚法》第四十二条; also seen in every published result form).
    pub minimum_officers: u32,
    /// Ceiling of the ratio of general items, basis points of the pool (10 %: usual practice).
    pub general_item_ceiling_bp: u32,
    /// 专项计划 that a department may submit in a year (platform rule; 国办发〔2024〕54号 asks for few).
    pub special_plans_a_year: u32,
    /// Share of a township's enterprises that are inspected in a year, basis points: above it the township counts (row 6).
    pub township_coverage_bp: u32,
    /// Whether 个体工商户 count as enterprises of a township (row 6; off: 企业 only).
    pub coverage_counts_individuals: bool,
    /// Working days in which an approved plan is filed with the justice bureau (within 30 days of its issue).
    pub filing_working_days: u32,
    /// Month and day by which what a plan says is carried out (10-31: published plans).
    pub plan_due: (u32, u32),
    /// Working days from its receipt in which an issued task is signed (platform rule).
    pub issued_sign_working_days: u32,
    /// Working days from its receipt in which an issued task is given to departments (platform rule).
    pub issued_issue_working_days: u32,
    /// Working days before an issued task is due by which departments hand in their parts (platform rule).
    pub issued_part_working_days: u32,
    /// Whether who checks must be a confirmed and published inspecting body (国办发〔2024〕54号; off only while they are entered).
    pub inspecting_bodies_required: bool,
    /// Whether a result that was got on site needs a visit that was approved and entered (国办发〔2024〕54号; off only while they are entered).
    pub visits_required: bool,
    /// Days between the windows of two bodies' visits within which they are offered as one (platform rule).
    pub visit_merge_days: u32,
    /// Days that the window of a visit may last (platform rule).
    pub visit_window_days: u32,
    /// Working days in which an urgent entry is approved afterwards (platform rule).
    pub late_approval_working_days: u32,
    /// Calendar days in which an entry without a scan may be recorded afterwards (深府规〔2025〕6号).
    pub make_up_days: u32,
    /// Calendar days that an 离线作业包 is good for (platform rule; an entry code is valid for seven).
    pub offline_days: u32,
    /// Inspections in one 离线作业包, at most (platform rule).
    pub offline_inspections: u32,
    /// Ratings of a body in a month from which their mean is shown to it (platform rule: fewer might tell who rated).
    pub minimum_ratings: u32,
    /// Parties that must commit before a pool may be frozen (platform rule).
    pub minimum_parties: u32,
    /// Days a delegation may last (platform rule).
    pub delegation_maximum_days: u32,
    /// Hours in which a partner's old secret still works after a new one was made (platform rule).
    pub secret_overlap_hours: u32,
    /// Visits of one officer to one object within twelve months from which they are recused (platform rule).
    pub recusal_visits: u32,
    /// Months after handling a penalty or a complaint of an object in which an officer is recused (platform rule);
    /// until those are recorded, inspections that led to a case (移送办案) stand for them.
    pub recusal_months: u32,
    /// Years a certificate is valid (《四川省行政执法人员管理办法》 practice; seen on issued certificates).
    pub certificate_years: u32,
    /// Working days from its issue in which a document is served (《行政处罚法》第六十一条、第八十五条: seven working days).
    pub service_working_days: u32,
    /// Years that evidence is kept (platform rule; 行政执法全过程记录 practice of 10 years and more).
    pub evidence_years: u32,
    /// Years that the file of an inspection is kept after the year of its end; 0: for good (国家档案局令第8号).
    pub inspection_file_years: u32,
    /// The same of a risk clue.
    pub clue_file_years: u32,
    /// Years that a file stays here after the archive has received it (《电子档案移交与接收办法》 档发〔2012〕7号: five at least).
    pub hand_over_keep_years: u32,
    /// Files of one disposal list, at most; what is left over comes on the next (platform rule).
    pub disposal_list_files: u32,
    /// Days after which a legal hold is looked at again, at most (platform rule).
    pub hold_review_days: u32,
    /// Months after which the plan of a data set is looked at again (rules of the trade §23: once a year).
    pub data_set_review_months: u32,
    /// Pieces of evidence of one inspection, at most (platform rule).
    pub evidence_pieces: u32,
    /// Days from its registration in which the file of a piece of evidence may arrive (platform rule).
    pub evidence_upload_days: u32,
    /// Working days after a measure became overdue and its reviewer was told, until the justice bureau is (platform rule).
    pub follow_up_overdue_working_days: u32,
    /// Days by which the time of a measure may be extended, once and with a reason (platform rule).
    pub follow_up_extension_days: u32,
    /// Working days from its receipt in which a referral is filed as a case or declined (《市场监督管理行政处罚程序规定》第十八条).
    pub case_filing_working_days: u32,
    /// Days from the filing in which a case is decided (《行政处罚法》第六十条).
    pub case_decision_days: u32,
    /// Days for the answer to a document of supervision, where it says no other (国令第825号 leaves them to the document; platform rule).
    pub supervision_reply_days: u32,
    /// Days for that answer, at most, and of an extension of it (platform rule).
    pub supervision_longest_days: u32,
    /// Months in which the same alert again is a step further (platform rule).
    pub supervision_repeat_months: u32,
    /// Minutes between the freeze and the first secret, at least: time to note the terms (docs/verifiable-draw.md §3).
    pub reveal_wait_minutes: u32,
    /// Largest pool that may be frozen in one request.
    pub maximum_pool: u32,
    /// 名录库 that a department may have in use: each is looked up every day.
    pub libraries_a_department: u32,
    /// Days before a certificate or its annual examination ends when its department is told (platform rule).
    pub certificate_notice_days: u32,
    /// Working days a department has to claim or decline a published item (platform rule).
    pub claim_working_days: u32,
    /// Working days to complete a draft, an implementation list, or to confirm a mapping (platform rule).
    pub completion_working_days: u32,
    /// Working days a reviewer has (platform rule).
    pub review_working_days: u32,
    /// Working days to accept an upstream change or to object (platform rule).
    pub upstream_working_days: u32,
    /// Working days to decide on what has lost its legal basis (platform rule).
    pub basis_working_days: u32,
    /// Lowest and highest rate of a class in a strategy, basis points (seen in counties' plans; 国发〔2019〕5号).
    pub credit_rate_bounds_bp: RateBounds,
    /// Service levels of risk clues (rules of the trade §8, platform rule).
    pub clue_service_levels: ServiceLevels,
    /// Days around a clue within which another of the same object and domain is a likely duplicate (platform rule).
    pub clue_duplicate_days: u32,
    /// Working days by which a clue's time may be extended, once and with a reason (platform rule).
    pub clue_extension_working_days: u32,
    /// Working days from its receipt in which a 投诉 is accepted or refused, and told (《市场监督管理投诉举报处理办法》第十四条).
    pub complaint_accept_working_days: u32,
    /// From its acceptance until mediation ends (《市场监督管理投诉举报处理办法》第二十一条: 45 working days).
    pub complaint_mediation: Term,
    /// Working days from its receipt in which a 举报 is verified and filed or not (《市场监督管理投诉举报处理办法》第三十一条).
    pub report_verification_working_days: u32,
    /// Working days by which that may be extended, once, by whoever does not handle it (the same).
    pub report_extension_working_days: u32,
    /// Working days from the decision in which a 举报人 who gave a name is told (the same).
    pub report_tell_working_days: u32,
    /// Working days from the 派单 in which the 12345 hotline wants an answer (published rules of 12345 hotlines).
    pub hotline_working_days: HotlineDays,
    /// Working days from the day on which it happened in which a row of 监管行为 comes (监管数据更新).
    pub behaviour_working_days: u32,
    /// Runs in shadow that a risk model needs before it may raise clues (platform rule).
    pub shadow_runs: u32,
    /// Share of the published catalogue that one import may cancel by leaving it out, basis points (platform rule).
    pub catalogue_cancellation_ceiling_bp: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            publication_working_days: 20,
            minimum_officers: 2,
            general_item_ceiling_bp: 1_000,
            special_plans_a_year: 4,
            township_coverage_bp: 500,
            coverage_counts_individuals: false,
            filing_working_days: 20,
            plan_due: (10, 31),
            issued_sign_working_days: 1,
            issued_issue_working_days: 2,
            issued_part_working_days: 3,
            inspecting_bodies_required: true,
            visits_required: true,
            visit_merge_days: 30,
            visit_window_days: 31,
            late_approval_working_days: 1,
            make_up_days: 10,
            offline_days: 7,
            offline_inspections: 50,
            minimum_ratings: 5,
            minimum_parties: 2,
            delegation_maximum_days: 90,
            secret_overlap_hours: 24,
            recusal_visits: 3,
            recusal_months: 12,
            certificate_years: 6,
            service_working_days: 7,
            evidence_years: 10,
            inspection_file_years: 10,
            clue_file_years: 10,
            hand_over_keep_years: 5,
            disposal_list_files: 2_000,
            hold_review_days: 366,
            data_set_review_months: 12,
            evidence_pieces: 500,
            evidence_upload_days: 30,
            follow_up_overdue_working_days: 10,
            follow_up_extension_days: 30,
            case_filing_working_days: 15,
            case_decision_days: 90,
            supervision_reply_days: 15,
            supervision_longest_days: 60,
            supervision_repeat_months: 12,
            reveal_wait_minutes: 10,
            maximum_pool: 200_000,
            libraries_a_department: 100,
            certificate_notice_days: 60,
            claim_working_days: 10,
            completion_working_days: 20,
            review_working_days: 5,
            upstream_working_days: 10,
            basis_working_days: 5,
            credit_rate_bounds_bp: RateBounds::default(),
            clue_service_levels: ServiceLevels::default(),
            clue_duplicate_days: 30,
            clue_extension_working_days: 5,
            complaint_accept_working_days: 7,
            complaint_mediation: Term::working_days(45),
            report_verification_working_days: 15,
            report_extension_working_days: 15,
            report_tell_working_days: 5,
            hotline_working_days: HotlineDays::default(),
            behaviour_working_days: 5,
            shadow_runs: 1,
            catalogue_cancellation_ceiling_bp: 2_000,
        }
    }
}

/// Working days for each kind of 工单; each may be extended once by as many.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HotlineDays {
    pub enquiry: u32,
    pub help: u32,
    pub complaint: u32,
}

impl Default for HotlineDays {
    fn default() -> Self {
        Self { enquiry: 3, help: 7, complaint: 15 }
    }
}

/// Lowest and highest rate of each class, basis points.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateBounds {
    pub trustworthy: (u32, u32),
    pub general: (u32, u32),
    pub key: (u32, u32),
    pub dishonest: (u32, u32),
}

impl Default for RateBounds {
    fn default() -> Self {
        Self { trustworthy: (0, 500), general: (300, 2_000), key: (2_000, 6_000), dishonest: (3_500, 10_000) }
    }
}

impl RateBounds {
    /// No bounds.
    pub const WIDE: Self =
        Self { trustworthy: (0, 10_000), general: (0, 10_000), key: (0, 10_000), dishonest: (0, 10_000) };
}

/// How long signing, assigning and feeding back may take, by risk level.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceLevels {
    pub red: ServiceLevel,
    pub orange: ServiceLevel,
    pub yellow: ServiceLevel,
    pub blue: ServiceLevel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevel {
    /// 签收, from the receipt.
    pub sign: Term,
    /// 分派, from the receipt.
    pub assign: Term,
    /// 反馈, from the receipt.
    pub feed_back: Term,
}

impl Default for ServiceLevels {
    fn default() -> Self {
        let days = |sign, feed_back| ServiceLevel {
            sign: Term::working_days(sign),
            assign: Term::working_days(sign),
            feed_back: Term::working_days(feed_back),
        };
        Self {
            red: ServiceLevel { sign: Term::hours(4), assign: Term::working_days(0), feed_back: Term::working_days(5) },
            orange: days(1, 10),
            yellow: days(2, 15),
            blue: days(3, 30),
        }
    }
}
