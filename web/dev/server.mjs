// A stand-in for the server while working on the console: `npm run dev:fixtures`, then `npm run dev`. Never shipped.
import { readFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import * as d from "./data.mjs";

const PORT = Number(process.env.PORT ?? 4310);
const DIST = path.resolve(import.meta.dirname, "../dist");
let signedIn = process.env.SIGNED_OUT !== "1";
const streams = new Set();
const OPEN = ["new", "assigned", "in_progress", "on_hold", "reopened"];
const problem = (status, code, extra = {}) => ({
  status,
  body: { type: `/problems/${code}`, title: code, status, code, request_id: "req-7f3a91", ...extra },
});
const ok = (body) => ({ status: 200, body });
const page = (items) => ok({ items, next: null });
const one = (list, id) => {
  const found = list.find((x) => x.id === id);
  return found ? ok(found) : problem(404, "not_found", { detail: "there is no such thing" });
};

function list(query) {
  let rows = [...d.incidents];
  const state = query.get("state");
  if (state) rows = rows.filter((i) => (state === "open" ? OPEN.includes(i.state) : i.state === state));
  const assignee = query.get("assignee");
  if (assignee === "none") rows = rows.filter((i) => !i.assignee);
  else if (assignee) rows = rows.filter((i) => i.assignee?.id === (assignee === "me" ? d.session.person.id : assignee));
  if (query.get("team")) rows = rows.filter((i) => i.team?.id === query.get("team"));
  if (query.get("service")) rows = rows.filter((i) => i.service.id === query.get("service"));
  if (query.get("priority")) rows = rows.filter((i) => i.priority === Number(query.get("priority")));
  const q = query.get("q")?.toLowerCase();
  if (q) rows = rows.filter((i) => i.title.toLowerCase().includes(q) || String(i.number).includes(q));
  if (query.get("sort") === "priority") rows.sort((a, b) => a.priority - b.priority);
  const limit = Number(query.get("limit") ?? 50);
  const from = Number(query.get("after") ?? 0);
  return ok({ items: rows.slice(from, from + limit), next: from + limit < rows.length ? String(from + limit) : null });
}

function act(id, name, body) {
  const i = d.incidents.find((x) => x.id === id);
  if (!i) return problem(404, "not_found");
  if (name === "cancel")
    return problem(409, "state_refused", {
      allowed: ["assign", "resolve"],
      detail: "an incident that is new cannot take the step cancel",
    });
  const now = new Date().toISOString();
  const change = {
    acknowledge: {
      acknowledged_at: now,
      assignee: { id: d.people[0].id, display: d.people[0].display },
      state: i.state === "new" ? "assigned" : i.state,
    },
    start: { state: "in_progress" },
    resume: { state: "in_progress", hold: null },
    hold: { state: "on_hold", hold: body.reason },
    resolve: { state: "resolved", resolved_at: now },
    close: { state: "closed" },
    reopen: { state: "reopened" },
    restore: { restored_at: now },
    assign: {
      assignee:
        d.people.filter((p) => p.id === body.person_id).map((p) => ({ id: p.id, display: p.display }))[0] ?? i.assignee,
      state: i.state === "new" ? "assigned" : i.state,
    },
    priority: { impact: body.impact, urgency: body.urgency, priority: body.impact + body.urgency - 1 },
  }[name];
  Object.assign(i, change ?? {}, { version: i.version + 1 });
  tell("incident", id);
  return ok(i);
}
function tell(kind, id) {
  for (const s of streams)
    s.write(
      `event: change\ndata: ${JSON.stringify({ seq: Date.now(), kind: `${kind}.changed`, subject: { kind, id } })}\n\n`,
    );
}

function answer(method, p, query, body) {
  const parts = p.split("/").slice(3);
  const [a, b, c, e] = parts;
  if (a === "session") {
    if (method === "GET") return signedIn ? ok(d.session) : problem(401, "unauthenticated");
    if (method === "DELETE") signedIn = false;
    else if (b === "password" && method === "POST" && body.password !== "right-horse")
      return problem(401, "unauthenticated", { detail: "wrong name or password" });
    else signedIn = true;
    return ok(d.session);
  }
  if (a === "acknowledgements")
    return body.token === "used"
      ? problem(410, "token_used")
      : ok({ incident_number: 1042, title: d.incidents[0].title, person: "陈默" });
  if (!signedIn) return problem(401, "unauthenticated");
  const from = query.get("from");
  const to = query.get("to");
  const points = Number(query.get("points") ?? 240);
  switch (a) {
    case "services":
      return !b ? page(d.services) : c === "sli" ? ok(d.history(b, from, to)) : one(d.services, b);
    case "sli":
      return ok(d.states);
    case "probes": {
      if (!b) return page(d.probes);
      const probe = d.probes.find((x) => x.id === b);
      if (c === "series") return ok({ metric: query.get("metric"), points: d.series(from, to, points, 0.04, 0.03) });
      if (c === "run")
        return ok({
          ...probe.last,
          at: new Date().toISOString(),
          duration_ms: 38.1,
          code: "ok",
          detail: "HTTP 200, 18.2 KiB",
          phases: d.phases,
        });
      if (c) probe.paused = c === "pause";
      return one(d.probes, b);
    }
    case "host":
      if (b) {
        const m = query.get("metric");
        const [base, swing] =
          m === "cpu_ratio"
            ? [0.2, 0.3]
            : m === "memory_used_bytes"
              ? [9e9, 1e9]
              : m === "load1"
                ? [0.8, 0.7]
                : [2e6, 3e6];
        return ok({ metric: m, points: d.series(from, to, points, base, swing) });
      }
      return ok({
        cpu_ratio: 0.31,
        load1: 1.12,
        memory_used_bytes: 9.6e9,
        memory_total_bytes: 24e9,
        disks: [
          { mount: "/", used_bytes: 61e9, total_bytes: 100e9 },
          { mount: "/data", used_bytes: 430e9, total_bytes: 500e9 },
        ],
        network: [{ device: "eth0", receive_bytes_per_sec: 2.4e6, transmit_bytes_per_sec: 8.1e5 }],
        at: d.at(2),
      });
    case "incidents": {
      if (method === "POST" && !b) return ok(d.incidents[5]);
      if (!b) return list(query);
      const i = d.incidents.find((x) => x.id === b);
      if (!i) return problem(404, "not_found");
      if (!c) return ok(i);
      if (c === "timeline") return ok(d.timeline(i));
      if (c === "pages") return ok([]);
      if (c === "fault") return ok(d.fault(i));
      if (c === "clocks") return ok(d.explain());
      return act(b, c, body);
    }
    case "clocks":
      return ok(d.clocksOf((query.get("incidents") ?? "").split(",")));
    case "on-call":
      if (!b) return ok(d.onCall());
      if (c === "shifts") return ok(b === d.teams[0].id ? d.shifts(from, to) : []);
      return ok({ id: d.id(99, 9) });
    case "reports": {
      if (method === "POST" && !b) return ok(d.report(d.reportHeads[0]));
      if (!b) return page(d.reportHeads);
      const head = d.reportHeads.find((x) => x.id === b) ?? d.reportHeads[0];
      if (c === "figures") return ok(d.evidence(e));
      const next = { submit: "in_review", approve: "approved", rework: "rework", publish: "published" }[c];
      if (next) head.state = next;
      return ok(d.report(head));
    }
    case "figures":
      return ok(d.evidence(c));
    case "home":
      return ok(d.home());
    case "events":
      return ok({
        seq: Number(b),
        id: d.id(1, 20),
        occurred_at: d.at(1400),
        recorded_at: d.at(1400),
        actor: { kind: "person", id: d.people[1].id, display: "陈默" },
        source: "api",
        subject: { kind: "incident", id: d.incidents[0].id },
        kind: "incident.located",
        version: 1,
        payload: '{"basis":"decision_to_act","text":"3a7bd3e2"}',
        evidence: null,
        seal: { number: 218, root: "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9", hash: "…" },
        text: { text: "决定回滚 10:30 的索引变更并重启 orders-2。" },
      });
    case "people":
      return page(d.people);
    case "teams":
      return page(d.teams);
    case "organisations":
      return page(d.organisations);
    case "agreements":
      return page(d.agreements);
    case "calendars":
      return page(d.calendars);
    case "duties":
      return page([{ kind: "service", id: d.services[5].id, name: "report-export", owner: null, why: "inactive" }]);
    case "tokens":
      return method === "POST" ? ok({ ...d.tokens[0], secret: "ek_7Fh2_9sKqLw3nVbXz8mRtYpD4cQaGjU" }) : page(d.tokens);
    case "definitions":
      return body.files?.[0]?.text.includes("bad")
        ? problem(422, "invalid", {
            at: "pasted.yaml:7",
            detail: "unknown key `criticallity`; did you mean `criticality`?",
          })
        : ok({
            changes: [
              { kind: "service", name: "shop", action: "update", diff: " criticality: high\n-rto: 1h\n+rto: 30m" },
              { kind: "probe", name: "shop-cart", action: "create", diff: "+interval: 5s\n+failures: 2" },
            ],
          });
    case "outbox":
      return page(query.get("state") === "dead" ? d.outbox : []);
    case "health":
      return ok(d.health());
  }
  return problem(404, "not_found");
}

http
  .createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    if (url.pathname === "/api/v1/stream") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write(": hello\n\n");
      streams.add(response);
      request.on("close", () => streams.delete(response));
      return;
    }
    if (url.pathname.startsWith("/api/")) {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      let body = {};
      try {
        body = JSON.parse(Buffer.concat(chunks).toString() || "{}");
      } catch {}
      if (request.method !== "GET" && request.headers["x-evenkeel-request"] !== "1") {
        response.writeHead(403).end("{}");
        return;
      }
      const { status, body: out } = answer(request.method, url.pathname, url.searchParams, body);
      setTimeout(
        () => {
          response.writeHead(status, {
            "content-type": status >= 400 ? "application/problem+json" : "application/json",
          });
          response.end(JSON.stringify(out));
        },
        Number(process.env.SLOW ?? 15),
      );
      return;
    }
    // The built console, for a look at what is shipped.
    const file = path.join(DIST, url.pathname.includes(".") ? url.pathname : "index.html");
    try {
      const text = await readFile(file);
      const type =
        {
          ".html": "text/html",
          ".js": "text/javascript",
          ".css": "text/css",
          ".svg": "image/svg+xml",
          ".woff2": "font/woff2",
        }[path.extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type });
      response.end(text);
    } catch {
      response.writeHead(404).end();
    }
  })
  .listen(PORT, "127.0.0.1", () => console.log(`fixtures on http://127.0.0.1:${PORT}`));
