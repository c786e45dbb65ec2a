//! Rows of approvals.

use std::collections::HashMap;

use evenkeel_core::id::{RequestId, TenantId};
use evenkeel_store::{Sql, StoreError, Tx, params, places};

use crate::request::{
    model::{Answered, Approval, Asked, Request},
    table::size,
};

/// The steps of approving these requests with who was asked, in order.
pub(in crate::request) async fn approvals(
    sql: &mut dyn Sql,
    tenant: TenantId,
    requests: &[RequestId],
) -> Result<Vec<(RequestId, Approval)>, StoreError> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = params![tenant];
    let marks = places(&mut values, requests);
    let rows = sql
        .rows(
            &format!(
                "SELECT approval_id, person_id, for_id, past, approved, answered_at, text FROM request_approver \
                 WHERE tenant_id = $1 AND request_id IN ({marks}) ORDER BY approval_id, place"
            ),
            values.clone(),
        )
        .await?;
    let mut asked = HashMap::<String, Vec<Asked>>::new();
    for row in &rows {
        let answer = match (row.opt_int("approved")?, row.opt_at("answered_at")?) {
            (Some(approved), Some(at)) => Some(Answered { approved: approved == 1, at, text: row.opt_text("text")? }),
            _ => None,
        };
        asked.entry(row.text("approval_id")?).or_default().push(Asked {
            person_id: row.id("person_id")?,
            for_id: row.opt_id("for_id")?,
            past: row.flag("past")?,
            answer,
        });
    }
    let columns = "request_id, id, step, place, level, state, quorum, until";
    sql.rows(
        &format!("SELECT {columns} FROM request_approval WHERE tenant_id = $1 AND request_id IN ({marks}) ORDER BY request_id, step"),
        values,
    )
    .await?
    .iter()
    .map(|row| {
        let approval = Approval {
            id: row.id("id")?,
            step: row.int("step")?,
            place: size(row, "place")?,
            level: size(row, "level")?,
            state: row.word("state")?,
            quorum: row.int("quorum")?,
            until: row.opt_at("until")?,
            asked: asked.remove(&row.text("id")?).unwrap_or_default(),
        };
        Ok((row.id("request_id")?, approval))
    })
    .collect()
}

/// Writes a step of approving with who was asked.
pub(in crate::request) async fn put_approval(tx: &mut Tx, request: &Request, approval: &Approval) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO request_approval (tenant_id, id, request_id, step, place, level, state, quorum, until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (tenant_id, id) DO UPDATE SET level = excluded.level, state = excluded.state, quorum = excluded.quorum,
            until = excluded.until",
        params![
            request.tenant,
            approval.id,
            request.id,
            approval.step,
            approval.place,
            approval.level,
            approval.state,
            approval.quorum,
            approval.until
        ],
    )
    .await?;
    for (place, asked) in approval.asked.iter().enumerate() {
        let answer = asked.answer.as_ref();
        tx.execute(
            "INSERT INTO request_approver (tenant_id, approval_id, person_id, request_id, place, for_id, past, approved, answered_at, text)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (tenant_id, approval_id, person_id) DO UPDATE SET past = excluded.past, approved = excluded.approved,
                answered_at = excluded.answered_at, text = excluded.text",
            params![
                request.tenant,
                approval.id,
                asked.person_id,
                request.id,
                place,
                asked.for_id,
                asked.past,
                answer.map(|answer| i64::from(answer.approved)),
                answer.map(|answer| answer.at),
                answer.and_then(|answer| answer.text.clone())
            ],
        )
        .await?;
    }
    Ok(())
}
