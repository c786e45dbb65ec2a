use super::*;
use crate::probe::model::IcmpCheck;

fn check(host: &str) -> IcmpCheck {
    IcmpCheck { host: host.into(), ..IcmpCheck::default() }
}

#[tokio::test]
async fn loopback_replies_or_the_system_says_that_it_does_not_let_us() {
    let look = look(Check::Icmp(&check("127.0.0.1")), LONG).await;
    if look.code == Code::NotPermitted {
        assert!(look.detail.contains("ping_group_range"), "{}", look.detail);
        assert_eq!(look.code.outcome(), crate::probe::look::Outcome::Unsure);
    } else {
        assert_code(&look, Code::Ok);
        assert!(labelled(&look, "probe_icmp_duration_seconds", "rtt").is_some());
    }
}

#[tokio::test]
async fn many_at_once_do_not_take_each_others_replies() {
    let prober = prober();
    let check = check("127.0.0.1");
    let looks = futures::future::join_all((0..50).map(|_| prober.look(Check::Icmp(&check), IpRule::default(), LONG))).await;
    for look in looks {
        assert!(matches!(look.code, Code::Ok | Code::NotPermitted), "{:?} {}", look.code, look.detail);
    }
}

#[tokio::test]
async fn multicast_is_not_pinged() {
    assert_code(&look(Check::Icmp(&check("224.0.0.1")), LONG).await, Code::AddressRefused);
}
