//! One step of the schema: what it makes new, what it adds to what is there, and the way back. A step that has landed is
//! frozen (`tests/architecture`): what it got wrong, the next one mends.

use crate::columns::{Column, IndexDef, add_column, create_table, drop_column};
use sea_orm_migration::prelude::*;

/// What a step does, in this order; down in the other.
#[derive(Clone, Copy)]
pub struct Step {
    pub name: &'static str,
    pub tables: &'static [(&'static str, &'static [Column])],
    pub indexes: &'static [IndexDef],
}

/// A step that also changes tables of earlier steps.
#[derive(Clone, Copy)]
pub struct Alteration {
    pub step: Step,
    /// Columns that tables of earlier steps get: nullable, or beginning with a value.
    pub columns: &'static [(&'static str, Column)],
    /// Indexes of earlier steps that this one does without.
    pub without: &'static [IndexDef],
}

/// What a new column says of rows that are there already: what the row that they belong to says.
pub struct Fill {
    pub step: &'static str,
    pub table: &'static str,
    pub column: &'static str,
    /// The column by which they belong to a row of the parent, and that parent, which has a column of the same name.
    pub by: &'static str,
    pub parent: &'static str,
}

impl Fill {
    fn update(&self) -> UpdateStatement {
        let (table, parent) = (Alias::new(self.table), Alias::new(self.parent));
        let theirs = Query::select()
            .column((parent.clone(), Alias::new(self.column)))
            .from(parent.clone())
            .and_where(Expr::col((parent, Alias::new("id"))).equals((table.clone(), Alias::new(self.by))))
            .take();
        Query::update().table(table).value(Alias::new(self.column), Expr::from(theirs)).take()
    }
}

impl Alteration {
    /// A step that alters nothing.
    pub const fn none(step: Step) -> Self {
        Self { step, columns: &[], without: &[] }
    }
}

impl MigrationName for Alteration {
    fn name(&self) -> &str {
        self.step.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Alteration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for (name, columns) in self.step.tables {
            manager.create_table(create_table(name, columns, backend)).await?;
        }
        for (table, column) in self.columns {
            manager.alter_table(add_column(table, column, backend)).await?;
        }
        for fill in crate::FILLS.iter().filter(|fill| fill.step == self.step.name) {
            manager.execute(fill.update()).await?;
        }
        for index in self.without {
            manager.drop_index(index.drop()).await?;
        }
        for index in self.step.indexes {
            manager.create_index(index.create()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let own = |index: &&IndexDef| self.step.tables.iter().any(|(table, _)| *table == index.table());
        // The indexes of a new table go with it.
        for index in self.step.indexes.iter().rev().filter(|index| !own(index)) {
            manager.drop_index(index.drop()).await?;
        }
        for index in self.without {
            manager.create_index(index.create()).await?;
        }
        for (table, column) in self.columns.iter().rev() {
            manager.alter_table(drop_column(table, column)).await?;
        }
        for (name, _) in self.step.tables.iter().rev() {
            manager.drop_table(Table::drop().table(Alias::new(*name)).to_owned()).await?;
        }
        Ok(())
    }

    /// A half-made schema must not survive a crash, on SQLite either.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
