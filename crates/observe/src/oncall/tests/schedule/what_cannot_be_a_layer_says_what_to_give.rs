use super::*;
use crate::oncall::{Rotation, Window};

#[test]
fn what_cannot_be_a_layer_says_what_to_give() {
    for every in ["", "month", "0 days", "-1 days", "400 days", "60 weeks", "12", "1 2 days", "200 hours"] {
        assert!(Rotation::parse(every, "monday 09:00").unwrap_err().contains("give day, week"), "{every}");
    }
    assert!(Rotation::parse("week", "09:00").unwrap_err().contains("monday 09:00"));
    assert!(Rotation::parse("day", "monday 09:00").unwrap_err().contains("09:00"));
    for (every, handover) in [("week", "sunday 07:05"), ("2 weeks", "monday 09:00"), ("day", "00:00"), ("12 hours", "08:30")] {
        let read = Rotation::parse(every, handover).unwrap();
        assert_eq!((read.every().as_str(), read.handover().as_str()), (every, handover));
    }
    assert!(Window::parse(&["someday".to_owned()], "09:00", "17:00").unwrap_err().contains("mon"));
    assert!(Window::parse(&[], "9", "17:00").is_err());
    let zone = definition("UTC", json!([{ "zone": "Asia/Peking", "every": "day", "handover": "09:00", "members": [] }]), &[]);
    assert!(zone.rota().unwrap_err().to_string().contains("Asia/Shanghai"));
}
