//! The few kinds of column the schema uses, as constants that build the same table on both databases.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(Clone, Copy)]
enum Kind {
    Uuid,
    String(u32),
    Sorted(u32),
    Text,
    Int,
    Big,
    Bool,
    Date,
    Time,
    Json,
}

/// A column; NOT NULL unless said otherwise.
#[derive(Clone, Copy)]
pub struct Column {
    name: &'static str,
    kind: Kind,
    nullable: bool,
    key: bool,
    unique: bool,
    parent: Option<&'static str>,
    /// What rows that are there already begin with, as SQL.
    begins: Option<&'static str>,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false, key: false, unique: false, parent: None, begins: None }
}

pub const fn uuid(name: &'static str) -> Column {
    column(name, Kind::Uuid)
}

pub const fn string(name: &'static str, length: u32) -> Column {
    column(name, Kind::String(length))
}

/// A string that lists may sort by: its order is that of its bytes on both databases.
pub const fn sorted(name: &'static str, length: u32) -> Column {
    column(name, Kind::Sorted(length))
}

pub const fn text(name: &'static str) -> Column {
    column(name, Kind::Text)
}

pub const fn int(name: &'static str) -> Column {
    column(name, Kind::Int)
}

pub const fn big(name: &'static str) -> Column {
    column(name, Kind::Big)
}

pub const fn boolean(name: &'static str) -> Column {
    column(name, Kind::Bool)
}

pub const fn date(name: &'static str) -> Column {
    column(name, Kind::Date)
}

pub const fn time(name: &'static str) -> Column {
    column(name, Kind::Time)
}

pub const fn json(name: &'static str) -> Column {
    column(name, Kind::Json)
}

impl Column {
    pub const fn null(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Part of the primary key.
    pub const fn key(mut self) -> Self {
        self.key = true;
        self
    }

    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Refers to the `id` of another table.
    pub const fn of(mut self, parent: &'static str) -> Self {
        self.parent = Some(parent);
        self
    }

    /// What rows that are there already begin with (a constant, as SQL): for a column that is added NOT NULL.
    pub const fn begins(mut self, value: &'static str) -> Self {
        self.begins = Some(value);
        self
    }

    pub const fn name(&self) -> &'static str {
        self.name
    }

    fn definition(&self, backend: DbBackend) -> ColumnDef {
        let mut def = ColumnDef::new(Alias::new(self.name));
        match self.kind {
            Kind::Uuid => def.uuid(),
            Kind::String(n) => def.string_len(n),
            Kind::Sorted(n) => {
                def.string_len(n);
                if backend == DbBackend::Postgres {
                    def.extra("COLLATE \"C\"");
                }
                &mut def
            }
            Kind::Text => def.text(),
            Kind::Int => def.integer(),
            Kind::Big => def.big_integer(),
            Kind::Bool => def.boolean(),
            Kind::Date => def.date(),
            Kind::Time => def.timestamp_with_time_zone(),
            Kind::Json => def.json_binary(),
        };
        if !self.nullable {
            def.not_null();
        }
        if self.unique {
            def.unique_key();
        }
        if let Some(value) = self.begins {
            def.default(Expr::cust(value));
        }
        def
    }
}

/// `CREATE TABLE` for the columns, with its primary key and its references.
pub fn create_table(name: &str, columns: &[Column], backend: DbBackend) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(Alias::new(name));
    let mut key = Index::create();
    key.name(format!("pk_{name}"));
    for column in columns {
        table.col(column.definition(backend));
        if column.key {
            key.col(Alias::new(column.name));
        }
        if let Some(parent) = column.parent {
            let mut reference = ForeignKey::create();
            reference
                .name(format!("fk_{name}_{}", column.name))
                .from(Alias::new(name), Alias::new(column.name))
                .to(Alias::new(parent), Alias::new("id"));
            table.foreign_key(&mut reference);
        }
    }
    table.primary_key(&mut key);
    table.clone()
}

/// `ALTER TABLE … ADD COLUMN`: one that may be empty, or that begins with a value, since rows are there already.
pub fn add_column(table: &str, column: &Column, backend: DbBackend) -> TableAlterStatement {
    Table::alter().table(Alias::new(table)).add_column(column.definition(backend)).to_owned()
}

/// `ALTER TABLE … DROP COLUMN`.
pub fn drop_column(table: &str, column: &Column) -> TableAlterStatement {
    Table::alter().table(Alias::new(table)).drop_column(Alias::new(column.name)).to_owned()
}

/// An index to be made after its table.
#[derive(Clone, Copy)]
pub struct IndexDef {
    table: &'static str,
    columns: &'static [&'static str],
    unique: bool,
}

pub const fn index(table: &'static str, columns: &'static [&'static str]) -> IndexDef {
    IndexDef { table, columns, unique: false }
}

pub const fn unique_index(table: &'static str, columns: &'static [&'static str]) -> IndexDef {
    IndexDef { table, columns, unique: true }
}

impl IndexDef {
    pub const fn table(&self) -> &'static str {
        self.table
    }

    /// What the database calls it.
    pub fn name(&self) -> String {
        let prefix = if self.unique { "uq" } else { "ix" };
        format!("{prefix}_{}_{}", self.table, self.columns.join("_"))
    }

    pub fn drop(&self) -> IndexDropStatement {
        Index::drop().name(self.name()).table(Alias::new(self.table)).to_owned()
    }

    pub fn create(&self) -> IndexCreateStatement {
        let mut index = Index::create();
        index.name(self.name()).table(Alias::new(self.table));
        for column in self.columns {
            index.col(Alias::new(*column));
        }
        if self.unique {
            index.unique();
        }
        index.clone()
    }
}
