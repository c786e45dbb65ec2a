//! The shop fires within a minute of the database, every time.

use super::kit::{DISK, Kind, Past, at};
use crate::noise::suggest::Change;

#[test]
fn what_always_comes_together_is_one_trouble() {
    let database = Kind { name: "db-up", service: "database", ..DISK };
    let shop = Kind { name: "shop-up", service: "shop", ..DISK };
    let mut past = Past::default();
    for day in 2..7 {
        let cause = past.fires(database, at(day, 9, 0), Some(7200), 1);
        past.works(cause, at(day, 9, 5));
        past.fires(shop, at(day, 9, 1), Some(7200), 2);
    }
    past.suggested(|found| {
        let together: Vec<_> = found.iter().filter(|one| matches!(one.change, Change::DependOn { .. })).collect();
        assert_eq!(together.len(), 1, "the shop on the database, and not the other way round");
        assert_eq!((together[0].source.name.as_str(), together[0].backtest.pages_avoided), ("shop-up", 10));
        assert!(matches!(&together[0].change, Change::DependOn { name, .. } if name == "db-up"));
    });
}
