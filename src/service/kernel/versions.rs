//! 版本 of items and implementation lists: drafted, submitted, approved from a day on, or discarded.

use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::legal_clauses;
use crate::persistence::kernel::noun::Noun;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::versions as store;
use chrono::NaiveDate;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::kernel::versions::{VersionState, check_effective_on, end, switch};
use entity::kernel::versions::Model;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A record's versions while it is being changed.
pub struct History<E: Noun> {
    versions: Vec<Model>,
    id: Uuid,
    noun: std::marker::PhantomData<E>,
}

/// What a version says.
pub fn content<C: DeserializeOwned + Default>(version: Option<&Model>) -> Result<C> {
    version.map_or_else(|| Ok(C::default()), |version| Ok(serde_json::from_value(version.content.clone())?))
}

impl<E: Noun> History<E> {
    pub async fn load(tx: &WriteTx, id: Uuid) -> Result<Self> {
        let versions = store::of_record::<E>(tx.conn(), id).await?;
        Ok(Self { versions, id, noun: std::marker::PhantomData })
    }

    /// The draft, or what lies with the reviewer.
    pub fn open(&self) -> Option<&Model> {
        let open = [VersionState::Draft, VersionState::Submitted];
        self.versions.iter().find(|version| open.contains(&version.state))
    }

    fn opened(&self) -> Result<Model> {
        self.open().cloned().ok_or_else(|| AppError::internal("no open version"))
    }

    /// The last approved version.
    pub fn approved(&self) -> Option<&Model> {
        self.versions.iter().find(|version| version.state == VersionState::Approved)
    }

    /// Opens a draft, numbered after every version there was.
    pub async fn draft(&self, tx: &WriteTx, content: &impl Serialize, cited: Vec<(Uuid, String)>) -> Result<Model> {
        let number = self.versions.first().map_or(0, |newest| newest.number) + 1;
        let version = draft::<E>(tx, self.id, number, content)?;
        store::insert_all(tx, vec![version.clone()]).await?;
        legal_clauses::cite(tx, &version, cited).await?;
        Ok(version)
    }

    /// Rewrites the draft.
    pub async fn rewrite(&self, tx: &WriteTx, content: &impl Serialize, cited: Vec<(Uuid, String)>) -> Result<Model> {
        let version = Model { content: serde_json::to_value(content)?, ..self.opened()? };
        let saved = store::save(tx, version).await?;
        legal_clauses::cite(tx, &saved, cited).await?;
        Ok(saved)
    }

    pub async fn submit(&self, tx: &WriteTx) -> Result<Model> {
        let version = Model {
            state: VersionState::Submitted,
            submitted_by: Some(tx.ctx().actor.id),
            submitted_at: Some(tx.ctx().now),
            ..self.opened()?
        };
        store::save(tx, version).await
    }

    /// Sends the draft back to its author.
    pub async fn send_back(&self, tx: &WriteTx, reason: Option<String>) -> Result<Model> {
        let version = Model { reason, ..self.decided(tx, VersionState::Draft)? };
        store::save(tx, version).await
    }

    pub async fn discard(&self, tx: &WriteTx) -> Result<()> {
        if self.open().is_some() {
            store::save(tx, self.decided(tx, VersionState::Discarded)?).await?;
        }
        Ok(())
    }

    fn decided(&self, tx: &WriteTx, state: VersionState) -> Result<Model> {
        Ok(Model { state, decided_by: Some(tx.ctx().actor.id), decided_at: Some(tx.ctx().now), ..self.opened()? })
    }

    /// Puts the submitted version in force from a day on, and ends the others.
    pub async fn approve(&self, tx: &WriteTx, from: NaiveDate) -> Result<Model> {
        check_effective_on(tx.ctx().today(), from)?;
        let open = self.decided(tx, VersionState::Approved)?;
        let mut spans = store::spans(&self.versions);
        switch(&mut spans, open.number, from);
        self.write_spans(tx, &spans).await?;
        store::save(tx, Model { effective_from: Some(from), effective_to: None, ..open }).await
    }

    /// Ends what is in force from a day on.
    pub async fn end(&self, tx: &WriteTx, day: NaiveDate) -> Result<()> {
        check_effective_on(tx.ctx().today(), day)?;
        let mut spans = store::spans(&self.versions);
        end(&mut spans, day);
        self.write_spans(tx, &spans).await
    }

    async fn write_spans(&self, tx: &WriteTx, spans: &[domain::kernel::versions::Span]) -> Result<()> {
        for span in spans {
            let known = self.versions.iter().find(|version| version.number == span.number);
            if let Some(version) =
                known.filter(|version| version.effective_from.is_some() && version.effective_to != span.to)
            {
                store::save_span(tx, version, span.to).await?;
            }
        }
        Ok(())
    }
}

/// A new draft's row.
pub fn draft<E: Noun>(tx: &WriteTx, id: Uuid, number: i32, content: &impl Serialize) -> Result<Model> {
    let now = tx.ctx().now;
    Ok(Model {
        id: new_id(),
        resource: E::NAME.to_owned(),
        resource_id: id,
        number,
        state: VersionState::Draft,
        content: serde_json::to_value(content)?,
        effective_from: None,
        effective_to: None,
        submitted_by: None,
        submitted_at: None,
        decided_by: None,
        decided_at: None,
        reason: None,
        created_by: tx.ctx().actor.id,
        created_at: now,
        updated_at: now,
    })
}

/// Refuses a document whose elements are not complete, naming each by its pointer.
pub fn require_complete(check: &domain::kernel::elements::Check) -> Result<()> {
    if check.is_complete() {
        return Ok(());
    }
    let errors = check.problems().map(|problem| {
        crate::kernel::error::FieldError::new(problem.pointer.clone(), problem.rule, problem.message.clone())
    });
    let refusal = Refusal::new(
        Code::ElementsIncomplete,
        text!(
            "要素不完整，不能提交：必填 {r} 项，已填 {f} 项。",
            "The elements are not complete: {f} of {r}.",
            r = check.required(),
            f = check.filled()
        ),
    )
    .under(domain::kernel::rules::COMPLETE_LISTS);

    Err(AppError::from(refusal).with_errors(errors.collect()))
}
