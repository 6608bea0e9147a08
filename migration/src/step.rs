//! A migration that makes tables and indexes, and drops them in the other direction.

use crate::columns::{Column, IndexDef, create_table};
use sea_orm_migration::prelude::*;

#[derive(Clone, Copy)]
pub struct Step {
    pub name: &'static str,
    pub tables: &'static [(&'static str, &'static [Column])],
    pub indexes: &'static [IndexDef],
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for (name, columns) in self.tables {
            manager.create_table(create_table(name, columns, backend)).await?;
        }
        for index in self.indexes {
            manager.create_index(index.create()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in self.tables.iter().rev() {
            manager.drop_table(Table::drop().table(Alias::new(*name)).to_owned()).await?;
        }
        Ok(())
    }

    /// A half-made schema must not survive a crash, on SQLite either.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
