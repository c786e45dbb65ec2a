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
    let id = PriorityMatrixId::named(NAME);
    if let Some(found) = definition::current::<PriorityMatrix>(tx, act.tenant, KIND, id).await? {
        return Ok((found.body, found.version));
    }
    let matrix = PriorityMatrix::default();
    let put = definition::put(tx, act, KIND, id, NAME, &matrix).await?;
    Ok((matrix, put.version))
}
