//! Against gRPC's own implementation (python3-grpcio, which is its C core).

use std::process::Command;

use super::{
    real::{Daemon, certificate, folder},
    server::{http, response},
    *,
};
use crate::probe::model::GrpcCheck;

const SERVER: &str = r"
import sys
from concurrent import futures
import grpc
states = {'': 1, 'shop': 1, 'stock': 2, 'odd': 0}
def check(request, context):
    name = request[2:].decode() if request else ''
    if name not in states:
        context.abort(grpc.StatusCode.NOT_FOUND, 'unknown service')
    return bytes([8, states[name]]) if states[name] else b''
server = grpc.server(futures.ThreadPoolExecutor(2))
if 'health' in sys.argv:
    method = grpc.unary_unary_rpc_method_handler(check)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler('grpc.health.v1.Health', {'Check': method}),))
if len(sys.argv) > 3:
    pair = (open(sys.argv[3], 'rb').read(), open(sys.argv[2], 'rb').read())
    port = server.add_secure_port('127.0.0.1:0', grpc.ssl_server_credentials([pair]))
else:
    port = server.add_insecure_port('127.0.0.1:0')
server.start()
print(port, flush=True)
server.wait_for_termination()
";

fn server(args: &[&str]) -> Option<Daemon> {
    // Debian's own Python: another one may not have the package.
    let has = Command::new("/usr/bin/python3").args(["-c", "import grpc"]).output().is_ok_and(|done| done.status.success());
    if !has {
        eprintln!("not told: there is no python3-grpcio; scripts/ensure.sh installs it");
        return None;
    }
    Some(Daemon::telling(Command::new("/usr/bin/python3").args(["-c", SERVER]).args(args), folder()))
}

fn check(fields: serde_json::Value) -> GrpcCheck {
    serde_json::from_value(fields).unwrap()
}

#[tokio::test]
async fn serving_not_serving_unknown_and_without_a_health_service_are_told_apart() {
    let Some(server) = server(&["health"]) else { return };
    for (service, code) in [
        (None, Code::Ok),
        (Some("shop"), Code::Ok),
        (Some("stock"), Code::NotServing),
        (Some("odd"), Code::NotServing),
        (Some("nowhere"), Code::UnknownService),
    ] {
        let seen = look(Check::Grpc(&check(serde_json::json!({ "address": server.address(), "service": service }))), LONG).await;
        assert_eq!(seen.code, code, "{service:?}: {}", seen.detail);
        assert_eq!(value(&seen, "probe_grpc_status_code"), Some(if code == Code::UnknownService { 5.0 } else { 0.0 }));
        if code != Code::UnknownService {
            let serving = labelled(&seen, "probe_grpc_healthcheck_response", "SERVING");
            assert_eq!(serving, Some(f64::from(u8::from(code == Code::Ok))));
        }
    }
    let Some(bare) = self::server(&[]) else { return };
    let seen = look(Check::Grpc(&check(serde_json::json!({ "address": bare.address() }))), LONG).await;
    assert_code(&seen, Code::Unimplemented);
    // TLS is asked of one that does not speak it.
    let seen = look(Check::Grpc(&check(serde_json::json!({ "address": bare.address(), "tls": {} }))), LONG).await;
    assert!(matches!(seen.code, Code::Tls | Code::ConnectionClosed), "{:?} {}", seen.code, seen.detail);
}

#[tokio::test]
async fn under_tls_the_certificate_counts() {
    let files = folder();
    let (certificate, key, roots) = certificate(files.path(), "shop.example");
    let Some(server) = server(&["health", &certificate.display().to_string(), &key.display().to_string()]) else { return };
    let prober = trusting(roots, Arc::new(ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap())));
    let ask = |tls: serde_json::Value| check(serde_json::json!({ "address": server.address(), "tls": tls }));
    let seen = prober.look(Check::Grpc(&ask(serde_json::json!({ "server_name": "shop.example" }))), IpRule::default(), LONG).await;
    assert_code(&seen, Code::Ok);
    assert_eq!(value(&seen, "probe_grpc_ssl"), Some(1.0));
    let seen = prober.look(Check::Grpc(&ask(serde_json::json!({ "server_name": "bank.example" }))), IpRule::default(), LONG).await;
    assert_code(&seen, Code::Certificate);
    let soon = serde_json::json!({ "server_name": "shop.example", "min_days": 1_000_000 });
    assert_code(&prober.look(Check::Grpc(&ask(soon)), IpRule::default(), LONG).await, Code::CertificateExpiring);
}

#[tokio::test]
async fn what_does_not_speak_grpc_says_so() {
    let address = http(|_| response(200, "hello")).await;
    let seen = look(Check::Grpc(&check(serde_json::json!({ "address": address }))), LONG).await;
    assert_code(&seen, Code::Protocol);
}
