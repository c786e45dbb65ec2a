//! A push service with a browser behind it: tests/push/service.mjs, which opens what it takes with a library that is not ours.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

/// The running service; ends when dropped.
pub struct PushService {
    child: Child,
    control: ChildStdin,
    /// What a browser hands over when it subscribes.
    pub subscription: Value,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl PushService {
    /// Starts it; needs Node and the console's packages (`scripts/web.sh ready`).
    pub fn start() -> Self {
        let script = "push/service.mjs";
        let mut child = Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let control = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.next().expect("the push service did not start; its packages come by scripts/web.sh ready");
        let taken: Arc<Mutex<Vec<Value>>> = Arc::default();
        let kept = Arc::clone(&taken);
        std::thread::spawn(move || {
            for line in lines {
                kept.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, control, subscription: serde_json::from_str(&first).unwrap(), taken }
    }

    /// From now on it answers `status`, so often, with this `Retry-After`.
    pub fn answers(&mut self, status: u16, times: u32, retry_after: Option<u32>) {
        let headers = retry_after.map_or(json!({}), |secs| json!({ "retry-after": secs.to_string() }));
        writeln!(self.control, "{}", json!({ "status": status, "times": times, "headers": headers })).unwrap();
    }

    /// Everything that was asked of it, oldest first; panics when something could not be opened or was not signed as it must be.
    pub fn taken(&self) -> Vec<Value> {
        let taken = self.taken.lock().unwrap().clone();
        for entry in &taken {
            assert!(entry["wrong"].is_null(), "{entry}");
        }
        taken
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
