//! 质量统计: sums of rows by department, data set, township and month of their arrival, each booked to the month in which a
//! change of it was made.

use domain::intake::behaviours::BehaviourSet;
use domain::intake::behaviours::figures::Sums;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "behaviour_figures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub department_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: BehaviourSet,
    /// Empty where it is not known.
    #[sea_orm(primary_key, auto_increment = false)]
    pub township_code: String,
    /// The first day of the month in which the rows came.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: Date,
    /// The first day of the month in which this was added.
    #[sea_orm(primary_key, auto_increment = false)]
    pub booked: Date,
    pub rows: i64,
    pub errors: i64,
    pub first_errors: i64,
    pub timed: i64,
    pub in_time: i64,
    pub dated: i64,
    pub days: i64,
}

impl Model {
    pub const fn sums(&self) -> Sums {
        Sums {
            rows: self.rows,
            errors: self.errors,
            first_errors: self.first_errors,
            timed: self.timed,
            in_time: self.in_time,
            dated: self.dated,
            days: self.days,
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
