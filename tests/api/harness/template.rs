//! Counties that are made once a run; each test works on a copy.

use super::World;
use super::database::Stored;
use std::collections::BTreeMap;
use tokio::sync::OnceCell;

pub struct Template {
    pub database: Stored,
    pub tokens: BTreeMap<String, String>,
    pub departments: BTreeMap<String, String>,
}

impl Template {
    pub async fn bare() -> &'static Self {
        static BARE: OnceCell<Template> = OnceCell::const_new();
        BARE.get_or_init(async || Self::of(World::make_bare().await)).await
    }

    pub async fn county() -> &'static Self {
        static COUNTY: OnceCell<Template> = OnceCell::const_new();
        COUNTY.get_or_init(async || Self::of(World::make_county().await)).await
    }

    fn of(world: World) -> Self {
        let World { database, server, tokens, departments, .. } = world;
        assert_eq!(server.stop(), Some(0));
        Self { database: database.store(), tokens, departments }
    }
}
