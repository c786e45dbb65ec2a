//! Both cores: series do not meet before something sums or matches them, so a second thread reads and computes every other
//! batch. Rows come out in the order of the cursors, whatever the threads do, so that sums are the same each time.

use std::sync::mpsc::sync_channel;

use super::{Block, Evaluator, Row, Sink, label::emit};
use crate::{
    promql::{error::QueryError, functions::window::Points},
    source::{Cursor, Samples},
};

/// Series of a batch.
const BATCH: usize = 64;
/// From how many series on a second thread pays.
const SERIES_MIN: usize = 256;
/// Batches that may wait.
const WAITING_MAX: usize = 2;

/// Room that is used again for each series.
#[derive(Debug, Default)]
pub struct Scratch {
    /// What was read.
    pub samples: Samples,
    /// The same without staleness markers.
    pub points: Points,
}

type Cursors<'c> = [Box<dyn Cursor + 'c>];

impl Evaluator<'_> {
    /// Makes a row of each series and passes it on, if it has a sample.
    pub(super) fn each_series(
        &self,
        cursors: &mut Cursors<'_>,
        steps: usize,
        make: impl Fn(&mut dyn Cursor, &mut Scratch, &mut Row) -> Result<(), QueryError> + Sync,
        sink: &mut Sink<'_>,
    ) -> Result<(), QueryError> {
        if cursors.len() < SERIES_MIN || self.limits.threads < 2 {
            return self.each_in_turn(cursors, &mut Scratch::default(), &make, sink);
        }
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for (at, batch) in cursors.chunks_mut(BATCH).enumerate() {
            if at % 2 == 0 { ours.push(batch) } else { theirs.push(batch) }
        }
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel(WAITING_MAX);
            let make = &make;
            scope.spawn(move || {
                let mut scratch = Scratch::default();
                for batch in theirs {
                    let rows = self.rows(batch, steps, &mut scratch, make);
                    let failed = rows.is_err();
                    // Nobody listens any more when the other thread failed.
                    if sender.send(rows).is_err() || failed {
                        return;
                    }
                }
            });
            let mut scratch = Scratch::default();
            for batch in ours {
                self.each_in_turn(batch, &mut scratch, make, sink)?;
                // After the last batch of theirs the channel is closed.
                if let Ok(rows) = receiver.recv() {
                    emit(&rows?, sink)?;
                }
            }
            Ok(())
        })
    }

    fn each_in_turn(
        &self,
        cursors: &mut Cursors<'_>,
        scratch: &mut Scratch,
        make: &impl Fn(&mut dyn Cursor, &mut Scratch, &mut Row) -> Result<(), QueryError>,
        sink: &mut Sink<'_>,
    ) -> Result<(), QueryError> {
        let mut row = Row::default();
        for cursor in cursors {
            self.check()?;
            make(cursor.as_mut(), scratch, &mut row)?;
            if !row.is_empty() {
                sink(&mut row)?;
            }
        }
        Ok(())
    }

    /// The rows of a batch in one piece: that is cheaper to hand over than a row each.
    fn rows(
        &self,
        cursors: &mut Cursors<'_>,
        steps: usize,
        scratch: &mut Scratch,
        make: &impl Fn(&mut dyn Cursor, &mut Scratch, &mut Row) -> Result<(), QueryError>,
    ) -> Result<Block, QueryError> {
        let mut block = Block::new(steps);
        self.each_in_turn(cursors, scratch, make, &mut |row| {
            block.push(row);
            Ok(())
        })?;
        Ok(block)
    }
}
