//! Reading and putting the matrix.

use evenkeel_api::Grant;
use evenkeel_core::{id::PriorityMatrixId, priority::PriorityMatrix};
use evenkeel_store::{StoreError, Tx};

use crate::{
    Act,
    definition::{self, Put},
};

const KIND: &str = "priority_matrix";
const NAME: &str = "default";

/// Puts the tenant's matrix; the same matrix again makes no version.
pub async fn put(tx: &mut Tx, _grant: &Grant, act: &Act, matrix: &PriorityMatrix) -> Result<Put, StoreError> {
    definition::put(tx, act, KIND, PriorityMatrixId::named(NAME), NAME, matrix).await
}

/// The matrix in force and its version; puts the default at first use.
pub async fn in_force(tx: &mut Tx, act: &Act) -> Result<(PriorityMatrix, i64), StoreError> {
    if let Some(found) = current(tx, act).await? {
        return Ok(found);
    }
    let matrix = PriorityMatrix::default();
    match definition::put_first(tx, act, KIND, PriorityMatrixId::named(NAME), NAME, &matrix).await {
        Ok(put) => Ok((matrix, put.version)),
        // Someone else used it first at this very moment; theirs is in force.
        Err(StoreError::Conflict(lost)) => current(tx, act).await?.ok_or(StoreError::Conflict(lost)),
        Err(error) => Err(error),
    }
}

async fn current(tx: &mut Tx, act: &Act) -> Result<Option<(PriorityMatrix, i64)>, StoreError> {
    let found = definition::current(tx, act.tenant, KIND, PriorityMatrixId::named(NAME)).await?;
    Ok(found.map(|found| (found.body, found.version)))
}
