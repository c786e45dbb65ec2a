// Made-up data in the API's shapes, for working on the console without a server. Never shipped.
let seed = 7;
export const rnd = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
};
export const pick = (list) => list[Math.floor(rnd() * list.length)];
export const id = (n, kind = 0) =>
  `018f${kind.toString(16).padStart(4, "0")}-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
export const at = (secs_ago) => new Date(Date.now() - secs_ago * 1000).toISOString();
const words = (zh, en) => ({ zh, en });
const H = 3600;
const D = 86400;

export const organisations = [
  { id: id(1, 1), name: "evenkeel", display: words("启明运维", "Qiming Operations"), kind: "provider" },
  { id: id(2, 1), name: "huarong", display: words("华融零售集团", "Huarong Retail Group"), kind: "customer" },
  { id: id(3, 1), name: "yunlian", display: words("云联网络", "Yunlian Networks"), kind: "vendor" },
];
const person = (n, name, display, roles, org = 0) => ({
  id: id(n, 2),
  name,
  display,
  organisation: organisations[org],
  email: n === 6 ? null : `${name}@example.com`,
  webhook: n < 3,
  locale: "zh",
  active: n !== 7,
  roles,
});
export const people = [
  person(1, "lin", "林晓舟", ["admin", "service_manager"]),
  person(2, "chen", "陈默", ["engineer"]),
  person(3, "wang", "王海涛", ["engineer"]),
  person(4, "zhao", "赵一鸣", ["desk"]),
  person(5, "sun", "孙雨晴", ["engineer"]),
  person(6, "li", "李慧", ["customer"], 1),
  person(7, "zhou", "周宁", ["vendor"], 2),
];
const ref = (x) => ({ id: x.id, display: x.display });
export const teams = [
  {
    id: id(1, 3),
    name: "operations",
    display: words("平台运维", "Platform operations"),
    organisation: organisations[0],
    members: people.slice(0, 3).map(ref),
  },
  {
    id: id(2, 3),
    name: "network",
    display: words("网络与接入", "Network and access"),
    organisation: organisations[0],
    members: [people[4], people[1]].map(ref),
  },
];
const service = (n, name, zh, en, criticality, team, owner, rto, customer = organisations[1]) => ({
  id: id(n, 4),
  name,
  version: 2,
  display: words(zh, en),
  customer: customer && ref(customer),
  team: ref(teams[team]),
  owner: owner === null ? null : ref(people[owner]),
  criticality,
  hours: null,
  rto_secs: rto,
  verify_secs: 30,
  auto_resolve: true,
  open_incidents: 0,
});
export const services = [
  service(1, "shop", "在线商城", "Online shop", "critical", 0, 0, 1800),
  service(2, "orders", "订单服务", "Order service", "critical", 0, 1, 1800),
  service(3, "payment", "支付网关", "Payment gateway", "high", 0, 2, 3600),
  service(4, "member", "会员中心", "Member centre", "medium", 0, 1, 14400),
  service(5, "store-network", "门店专线", "Store network", "high", 1, 4, 7200),
  service(6, "report-export", "报表导出", "Report export", "low", 0, 3, null, null),
];
export const states = services.map((s, n) => ({
  service_id: s.id,
  state: n === 1 ? "bad" : n === 5 ? "unknown" : "good",
  since: at(n === 1 ? 1480 : (n + 1) * 31 * H),
}));

export function history(serviceId, from, to) {
  const n = services.findIndex((s) => s.id === serviceId);
  const start = Date.parse(from);
  const end = Date.parse(to);
  const intervals = [];
  const days = [];
  const first = Math.floor(start / 864e5);
  for (let day = first; day * 864e5 < end; day += 1) {
    const a = Math.max(start, day * 864e5);
    const b = Math.min(end, (day + 1) * 864e5);
    const whole = (b - a) / 1000;
    const age = (end - day * 864e5) / 864e5;
    const noise = Math.abs(Math.sin(day * 12.9898 + n * 78.233) * 43758.5453) % 1;
    let bad = noise > 0.9 - n * 0.01 ? Math.round(noise * 2400 * (n === 4 ? 3 : 1)) : 0;
    let unknown = noise < 0.06 ? Math.round(noise * 90000) : 0;
    if (n === 5 && age < 12) unknown = whole;
    if (age > 74 + n * 2) {
      unknown = whole;
      bad = 0;
    }
    if (n === 1 && b === end) bad = 1480 + 620;
    bad = Math.min(bad, whole);
    unknown = Math.min(unknown, whole - bad);
    days.push({
      date: new Date(day * 864e5).toISOString().slice(0, 10),
      good_secs: whole - bad - unknown,
      bad_secs: bad,
      unknown_secs: unknown,
    });
    const mid = a + (b - a) * 0.42;
    const parts = [];
    if (unknown >= whole) parts.push(["unknown", a, b]);
    else if (n === 1 && b === end) {
      parts.push(
        ["good", a, end - 15200e3],
        ["bad", end - 15200e3, end - 14580e3],
        ["good", end - 14580e3, end - 9000e3],
        ["unknown", end - 9000e3, end - 8300e3],
        ["good", end - 8300e3, end - 1480e3],
        ["bad", end - 1480e3, b],
      );
    } else {
      parts.push(["good", a, mid]);
      if (bad) parts.push(["bad", mid, mid + bad * 1000]);
      if (unknown) parts.push(["unknown", mid + bad * 1000, mid + (bad + unknown) * 1000]);
      parts.push(["good", mid + (bad + unknown) * 1000, b]);
    }
    for (const [state, x, y] of parts)
      if (y > x)
        intervals.push({
          state,
          from: new Date(x).toISOString(),
          to: new Date(y).toISOString(),
          seq: 400 + intervals.length,
        });
  }
  return { service_id: serviceId, from, to, intervals, days };
}

const probe = (n, name, s, kind, target, interval, verdict = "up") => ({
  id: id(n, 5),
  name,
  service_id: services[s].id,
  kind,
  target,
  interval_secs: interval,
  timeout_secs: Math.min(interval, 5),
  failures: 2,
  successes: 2,
  severity: s < 3 ? "critical" : "warning",
  paused: n === 8,
  verdict,
  since: at(verdict === "down" ? 1470 : 31 * H * n),
  last: {
    at: at(2),
    duration_ms: verdict === "down" ? 5000 : 12 + n * 7.3,
    code: verdict === "down" ? "timeout" : verdict === "up" ? "ok" : "uplink_lost",
    detail: verdict === "down" ? "no answer within 5 s" : "HTTP 200, 18.2 KiB",
  },
  next_at: at(-3),
});
export const probes = [
  probe(1, "shop-home", 0, "http", "https://shop.example.com/", 5),
  probe(2, "orders-api", 1, "http", "https://orders.example.com/api/health", 5, "down"),
  probe(3, "payment-tls", 2, "tls", "pay.example.com:443", 60),
  probe(4, "payment-api", 2, "http", "https://pay.example.com/ping", 10),
  probe(5, "member-dns", 3, "dns", "member.example.com A", 30),
  probe(6, "store-gateway", 4, "icmp", "10.20.0.1", 5),
  probe(7, "export-port", 5, "tcp", "10.20.3.14:8443", 30, "inconclusive"),
  probe(8, "store-backup-line", 4, "tcp", "10.21.0.1:179", 30),
];
export const phases = [
  { name: "resolve", ms: 1.8 },
  { name: "connect", ms: 3.1 },
  { name: "tls", ms: 9.6 },
  { name: "processing", ms: 21.4 },
  { name: "transfer", ms: 2.2 },
];
export function series(from, to, points, base, swing) {
  const a = Date.parse(from);
  const step = (Date.parse(to) - a) / points;
  return Array.from({ length: points }, (_, k) => {
    const t = a + k * step;
    const wave = Math.sin(t / 4e5) * 0.5 + Math.sin(t / 9e4) * 0.25 + rnd() * 0.5;
    const gap = k > points * 0.55 && k < points * 0.58;
    return [Math.round(t), gap ? null : Math.max(0, base + swing * wave)];
  });
}

const TITLES = [
  ["订单接口超时，下单失败", 1],
  ["支付回调延迟超过 30 秒", 2],
  ["会员积分查询返回空白", 3],
  ["华东三店专线抖动，收银慢", 4],
  ["首页图片加载缓慢", 0],
  ["报表导出任务卡在 80%", 5],
  ["优惠券叠加计算错误", 1],
  ["短信验证码未送达（部分号段）", 3],
  ["搜索无结果：新品未建索引", 0],
  ["对账文件缺失两条记录", 2],
  ["Checkout page shows “busy” to some users", 0],
  ["TLS certificate of pay.example.com expires in 9 days", 2],
];
const STATE_CYCLE = [
  "new",
  "in_progress",
  "assigned",
  "on_hold",
  "in_progress",
  "assigned",
  "reopened",
  "in_progress",
  "new",
  "assigned",
];
export const incidents = Array.from({ length: 46 }, (_, k) => {
  const [title, s] = TITLES[k % TITLES.length];
  const open = k < 27;
  const state = open
    ? STATE_CYCLE[k % STATE_CYCLE.length]
    : k % 7 === 0
      ? "cancelled"
      : k % 3 === 0
        ? "closed"
        : "resolved";
  const priority = k === 0 ? 1 : (k % 5) + 1 > 4 ? 2 : (k % 4) + 1;
  const opened = k === 0 ? 1440 : k * k * 190 + k * 900 + 600;
  const assigned = state !== "new";
  return {
    id: id(1042 - k, 6),
    number: 1042 - k,
    title: k < TITLES.length ? title : `${title}（${1042 - k}）`,
    state,
    priority,
    impact: Math.min(3, priority),
    urgency: Math.max(1, priority - 1),
    hold: state === "on_hold" ? pick(["customer", "vendor", "third_party", "change"]) : null,
    service: ref(services[s]),
    customer: services[s].customer,
    team: services[s].team,
    assignee: assigned && k % 9 !== 5 ? ref(people[k % 5]) : null,
    owner: services[s].owner,
    origin: k % 3 === 1 ? "person" : "alert",
    opened_at: at(opened),
    started_at: at(opened + 12),
    acknowledged_at: assigned ? at(opened - 90) : null,
    restored_at: open ? null : at(opened - 3000),
    resolved_at: open ? null : at(opened - 3600),
    firing: k === 0 || (open && k % 6 === 0) ? 1 : 0,
    merged_into: null,
    version: 3 + (k % 4),
    allowed: [],
    links:
      k === 0
        ? [
            {
              other: id(1040, 6),
              number: 1040,
              title: TITLES[2][0],
              state: "assigned",
              relation: "related",
              inverse: false,
            },
          ]
        : [],
  };
});
for (const s of services)
  s.open_incidents = incidents.filter(
    (i) => i.service.id === s.id && ["new", "assigned", "in_progress", "on_hold", "reopened"].includes(i.state),
  ).length;

export const agreements = [
  {
    id: id(1, 7),
    name: "huarong-gold",
    version: 3,
    in_force_at: at(90 * D),
    display: words("华融金牌服务协议", "Huarong gold SLA"),
    layer: "sla",
    customer: ref(organisations[1]),
    services: services.slice(0, 5).map(ref),
    calendar_id: id(1, 8),
    goals: [1, 2, 3, 4].flatMap((p) => [
      { priority: p, goal: "response", target_secs: [900, 1800, 7200, 14400][p - 1] },
      { priority: p, goal: "restore", target_secs: [7200, 14400, 28800, 86400][p - 1] },
      { priority: p, goal: "resolve", target_secs: [14400, 28800, 86400, 259200][p - 1] },
    ]),
    pauses: [
      { hold: "customer", owner: "customer" },
      { hold: "third_party", owner: "third_party" },
    ],
    retarget: "from_origin_keep_pauses",
    reopen_within_days: 7,
    availability_target: 99.9,
    attainment_target: 95,
  },
  {
    id: id(2, 7),
    name: "network-ola",
    version: 1,
    in_force_at: at(200 * D),
    display: words("网络组内部协议", "Network OLA"),
    layer: "ola",
    customer: null,
    services: [ref(services[4])],
    calendar_id: id(2, 8),
    goals: [
      { priority: 1, goal: "response", target_secs: 600 },
      { priority: 2, goal: "response", target_secs: 1200 },
    ],
    pauses: [],
    retarget: "strictest",
    reopen_within_days: 7,
    availability_target: null,
    attainment_target: 90,
  },
];
export const calendars = [
  {
    id: id(1, 8),
    name: "cn-business",
    version: 4,
    in_force_at: at(300 * D),
    body: {
      zone: "Asia/Shanghai",
      weekly: {
        mon: ["09:00-12:00", "13:00-18:00"],
        tue: ["09:00-12:00", "13:00-18:00"],
        wed: ["09:00-12:00", "13:00-18:00"],
        thu: ["09:00-12:00", "13:00-18:00"],
        fri: ["09:00-12:00", "13:00-18:00"],
      },
      holidays: "CN",
      exceptions: [{ date: "2026-02-14", open: ["09:00-17:00"] }],
    },
  },
  { id: id(2, 8), name: "always", version: 1, in_force_at: at(300 * D), body: { zone: "UTC", weekly: "always" } },
];

export function clocksOf(ids) {
  return ids.flatMap((incidentId) => {
    const k = incidents.findIndex((i) => i.id === incidentId);
    const i = incidents[k];
    if (!i || k % 11 === 9) return [];
    const a = { id: agreements[0].id, name: agreements[0].name, display: agreements[0].display, version: 3 };
    const open = ["new", "assigned", "in_progress", "on_hold", "reopened"].includes(i.state);
    const clock = (goal, target, elapsed, state, extra = {}) => ({
      incident_id: incidentId,
      goal,
      agreement: a,
      target_secs: target,
      elapsed_secs: elapsed,
      remaining_secs: target - elapsed,
      due_at:
        state === "running" || state === "breached"
          ? new Date(Date.now() + (target - elapsed) * 1000).toISOString()
          : null,
      state,
      breached_at: null,
      paused_by: null,
      open_now: true,
      next_change_at: null,
      as_of: new Date().toISOString(),
      ...extra,
    });
    if (!open)
      return [
        clock("response", 900, 310, "met"),
        clock(
          "restore",
          7200,
          3000,
          k % 5 === 0 ? "breached" : "met",
          k % 5 === 0 ? { breached_at: at(4000), open_now: false, elapsed_secs: 9000, remaining_secs: -1800 } : {},
        ),
      ];
    if (i.state === "on_hold" && i.hold === "customer")
      return [
        clock("response", 1800, 420, "met"),
        clock("restore", 14400, 5100, "paused", { paused_by: "customer", open_now: false }),
      ];
    const target = [7200, 14400, 28800, 86400][Math.min(3, i.priority - 1)];
    const elapsed =
      k === 0 ? 1440 : k % 7 === 3 ? target + 1240 : k % 5 === 2 ? target * 0.84 : (target * ((k * 37) % 60)) / 100;
    const late = elapsed > target;
    return [
      i.acknowledged_at ? clock("response", 900, 512, "met") : clock("response", 1800, k === 0 ? 1440 : 700, "running"),
      clock(
        "restore",
        target,
        Math.round(elapsed),
        late ? "breached" : "running",
        late ? { breached_at: at(1240) } : k % 8 === 6 ? { open_now: false, next_change_at: at(-5 * H) } : {},
      ),
      clock("resolve", target * 2, Math.round(elapsed * 0.9), "running"),
    ];
  });
}
export const explain = () => {
  const day = 864e5;
  const t0 = Math.floor(Date.now() / day) * day - 2 * day + 1 * H * 1000;
  const rows = [];
  let t = t0 + 5.4 * H * 1000;
  const push = (kind, hours, code, seq = null, detail = null) => {
    rows.push({
      from: new Date(t).toISOString(),
      to: new Date(t + hours * H * 1000).toISOString(),
      kind,
      secs: Math.round(hours * H),
      cause: { code, event_seq: seq, detail },
    });
    t += hours * H * 1000;
  };
  push("counted", 1.6, "opened", 612);
  push("paused", 2, "hold_customer", 640);
  push("counted", 1, "running", 655);
  push("closed", 15, "closed_hours");
  push("counted", 3, "open_hours");
  push("closed", 1, "closed_hours");
  push("counted", 0.6, "open_hours");
  return {
    calendar: { name: "cn-business", zone: "Asia/Shanghai", version: 4, holidays: "CN 2026" },
    target_secs: 28800,
    elapsed_secs: 22320,
    due_at: new Date(t + 6480e3).toISOString(),
    intervals: rows,
    owners: [
      { owner: "us", secs: 22320 },
      { owner: "customer", secs: 7200 },
    ],
  };
};
export function fault(i) {
  const base = Date.parse(i.opened_at) - 12e3;
  const iso = (s) => new Date(base + s * 1000).toISOString();
  const done = i.restored_at !== null;
  const k = incidents.indexOf(i);
  const located = done || k % 3 !== 0 || k === 0;
  const m = (moment, s, basis, seq) => ({
    moment,
    at: s === null ? null : iso(s),
    basis: s === null ? null : basis,
    event_seq: s === null ? null : seq,
  });
  return {
    moments: [
      m("t0", 0, "telemetry", 601),
      m("t1", 11, "telemetry", 602),
      m("t2", located ? 640 : null, "decision_to_act", 633),
      m("t3", done ? 2710 : null, "telemetry", 671),
    ],
    durations: [
      { name: "detect", secs: 11 },
      { name: "locate", secs: located ? 629 : null },
      { name: "restore", secs: done ? 2070 : null },
    ],
    total_secs: done ? 2710 : null,
    others: [],
    actions: [
      { action: "detect", done: true, at: iso(11), owner: null, event_seq: 602 },
      { action: "notify", done: true, at: iso(13), owner: null, event_seq: 605 },
      {
        action: "diagnose",
        done: located,
        at: located ? iso(640) : null,
        owner: located ? ref(people[1]) : null,
        event_seq: 633,
      },
      { action: "recover", done, at: done ? iso(2710) : null, owner: done ? ref(people[1]) : null, event_seq: 671 },
      { action: "review", done: false, at: null, owner: null, event_seq: null },
    ],
  };
}
export function timeline(i) {
  const base = Date.parse(i.opened_at) - 12e3;
  let seq = 600;
  const following = () => {
    seq += 1;
    return seq;
  };
  const sys = (part) => ({ kind: "system", id: part, display: null });
  const by = (p) => ({ kind: "person", id: p.id, display: p.display });
  const e = (s, kind, actor, data = {}, text = null) => ({
    seq: following(),
    at: new Date(base + s * 1000).toISOString(),
    recorded_at: new Date(base + s * 1000 + 40).toISOString(),
    kind,
    actor,
    data,
    text,
  });
  const p2 = people[1];
  const p3 = people[2];
  const list = [
    e(11, "alert.fired", sys("probe"), {
      probe: "orders-api",
      cause: "probe:orders-api",
      look: { detail: "no answer within 5 s", duration_ms: 5000 },
    }),
    e(12, "incident.opened", sys("incident"), { origin: { type: "alert" }, priority: i.priority, number: i.number }),
    e(13, "page.queued", sys("page"), { person_id: p2.id, channel: "mail", step: 1, reason: "firing" }),
    e(13, "page.queued", sys("page"), { person_id: p2.id, channel: "webhook", step: 1, reason: "firing" }),
    e(14, "page.delivered", sys("outbox"), {
      person_id: p2.id,
      channel: "mail",
      attempts: 1,
      receipt: "250 2.0.0 Ok: queued as 4F1C2",
    }),
    e(14, "page.delivered", sys("outbox"), { person_id: p2.id, channel: "webhook", attempts: 1, receipt: "HTTP 202" }),
    e(313, "page.queued", sys("timer"), { person_id: p3.id, channel: "mail", step: 2, reason: "firing" }),
    e(316, "page.failed", sys("outbox"), {
      person_id: p3.id,
      channel: "mail",
      attempts: 4,
      error: "451 4.7.1 Greylisted, try again later",
    }),
    e(340, "page.acknowledged", by(p2), { person_id: p2.id, via: "link" }),
    e(340, "incident.acknowledged", by(p2), { person_id: p2.id, via: "link" }),
    e(340, "incident.assigned", by(p2), { person_id: p2.id, team_id: teams[0].id }),
    e(341, "incident.transitioned", by(p2), { from: "assigned", to: "in_progress" }),
    e(
      455,
      "incident.noted",
      by(p2),
      { visibility: "internal", medium: "note" },
      "连接池打满，orders-2 的慢查询从 14:02 开始堆积。先摘流量到 orders-1，再看索引。",
    ),
    e(640, "incident.located", by(p2), { basis: "decision_to_act" }, "决定回滚 10:30 的索引变更并重启 orders-2。"),
    e(
      720,
      "incident.noted",
      by(p2),
      { visibility: "public", medium: "note" },
      "我们已定位到原因，正在恢复下单接口，预计 20 分钟内完成；期间已下的订单不受影响。下次更新：15 分钟后。",
    ),
  ];
  if (i.restored_at) {
    list.push(
      e(2710, "incident.alert_cleared", sys("incident"), { firing: 0, reason: "recovered" }),
      e(2710, "incident.restored", sys("incident"), { basis: "telemetry" }),
      e(2741, "incident.transitioned", sys("rule"), { from: "in_progress", to: "resolved", reason: "recovered" }),
      e(2742, "page.queued", sys("page"), { person_id: p2.id, channel: "mail", step: 1, reason: "resolved" }),
    );
  }
  return list;
}
export function shifts(from, to) {
  const out = [];
  const monday = (t) => {
    const d = new Date(t);
    d.setHours(9, 0, 0, 0);
    d.setDate(d.getDate() - ((d.getDay() + 6) % 7));
    return d.getTime();
  };
  for (let t = monday(Date.parse(from)) - 7 * 864e5; t < Date.parse(to); t += 7 * 864e5) {
    const k = Math.round(t / (7 * 864e5));
    const who = ref(people[((k % 3) + 3) % 3]);
    const end = t + 7 * 864e5;
    if (k % 4 === 1) {
      out.push({
        person: who,
        from: new Date(t).toISOString(),
        to: new Date(t + 2.4 * 864e5).toISOString(),
        override_id: null,
      });
      out.push({
        person: ref(people[4]),
        from: new Date(t + 2.4 * 864e5).toISOString(),
        to: new Date(t + 4 * 864e5).toISOString(),
        override_id: id(k, 9),
      });
      out.push({
        person: who,
        from: new Date(t + 4 * 864e5).toISOString(),
        to: new Date(end).toISOString(),
        override_id: null,
      });
    } else
      out.push({ person: who, from: new Date(t).toISOString(), to: new Date(end).toISOString(), override_id: null });
  }
  return out.filter((s) => Date.parse(s.to) > Date.parse(from));
}
export function onCall() {
  return teams.map((team, n) => {
    const list = n === 0 ? shifts(at(8 * D), at(-30 * D)) : [];
    const now = list.find((s) => Date.parse(s.from) <= Date.now() && Date.parse(s.to) > Date.now());
    const next = list.find((s) => Date.parse(s.from) > Date.now());
    return {
      team: ref(team),
      rota: {
        id: id(n, 10),
        name: team.name,
        version: 1,
        zone: "Asia/Shanghai",
        handover: "monday 09:00",
        members: team.members,
        ack_limit_secs: 300,
        rounds: 2,
      },
      now: now ? { person: now.person, since: now.from, until: now.to, override: Boolean(now.override_id) } : null,
      next: next ? { person: next.person, from: next.from } : null,
      gaps: n === 1 ? [{ from: at(0), to: at(-3 * D) }] : [],
    };
  });
}

const figure = (fid, definition, zh, en, unit, value, target, better, n, unknown, extra = {}) => ({
  id: fid,
  definition,
  version: 1,
  name: words(zh, en),
  formula: words("（承诺时间 − 停机时间）÷ 承诺时间", "(committed − downtime) ÷ committed"),
  population: words(
    "周期内恢复的非计划故障，合并的只算一次",
    "Unplanned faults restored within the period, merged ones once",
  ),
  about: null,
  unit,
  value,
  low: value === null ? null : value,
  high: value === null ? null : value,
  target,
  met: value === null || target === null ? null : better === "up" ? value >= target : value <= target,
  n,
  unknown,
  by: [],
  from: at(30 * D),
  to: at(0),
  position: 4812,
  input_hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  ...extra,
});
export const FIG = {
  availability: figure(
    "availability",
    "availability",
    "服务可用性",
    "Availability",
    "percent",
    99.962,
    99.9,
    "up",
    2592000,
    5400,
    {
      low: 99.75,
      high: 99.962,
      by: services
        .slice(0, 4)
        .map((s, n) => ({ key: s.id, label: s.display, value: [99.99, 99.87, 99.96, 100][n], n: 2592000 })),
    },
  ),
  outages: figure("outages", "outages", "中断次数", "Outages", "count", 7, null, "down", 7, 0),
  mtrs: figure("mtrs", "mtrs", "平均恢复服务用时", "Mean time to restore service", "secs", 1840, 3600, "down", 7, 0),
  found: figure(
    "found",
    "continuity_1",
    "监控发现的故障占比",
    "Faults found by monitoring",
    "percent",
    85.714,
    95,
    "up",
    7,
    1,
  ),
  delay: figure("delay", "continuity_2", "监控发现用时", "Monitoring delay", "secs", 11, 60, "down", 6, 0),
  restore: figure("restore", "fault_restore", "恢复用时", "Time to restore", "secs", 2070, 1800, "down", 7, 0),
  resolved: figure(
    "resolved",
    "incidents_resolved",
    "已解决事件",
    "Incidents resolved",
    "count",
    19,
    null,
    "up",
    19,
    0,
  ),
  probe: figure(
    "probe_success",
    "probe_success",
    "拨测成功率",
    "Probe success",
    "percent",
    99.981,
    99.9,
    "up",
    518400,
    320,
    { low: 99.92, high: 99.982 },
  ),
  respond: figure(
    "attainment_response",
    "attainment_response",
    "首次响应达成率",
    "Response attainment",
    "percent",
    96.3,
    95,
    "up",
    27,
    0,
    {
      by: [1, 2, 3, 4].map((p, n) => ({
        key: `p${p}`,
        label: words(`P${p}`, `P${p}`),
        value: [100, 100, 92.3, 100][n],
        n: [2, 6, 13, 6][n],
      })),
    },
  ),
  attain: figure(
    "attainment_restore",
    "attainment_restore",
    "恢复时限达成率",
    "Restore attainment",
    "percent",
    88.889,
    95,
    "up",
    27,
    0,
  ),
  satisfaction: figure("satisfaction", "satisfaction", "客户满意度", "Satisfaction", "percent", null, 90, "up", 0, 0),
  opened: figure(
    "incidents_opened",
    "incidents_opened",
    "新开事件",
    "Incidents opened",
    "count",
    27,
    null,
    "down",
    27,
    0,
  ),
};
export const home = () => ({
  needs_you: [
    {
      kind: "incident_unacknowledged",
      incident_id: incidents[0].id,
      report_id: null,
      number: 1042,
      title: incidents[0].title,
      since: at(1440),
    },
    {
      kind: "clock_due",
      incident_id: incidents[2].id,
      report_id: null,
      number: 1040,
      title: incidents[2].title,
      since: at(2100),
    },
    {
      kind: "report_review",
      incident_id: null,
      report_id: id(2, 11),
      number: 12,
      title: "华融零售集团 · 2026 年 10 月服务报告",
      since: at(26 * H),
    },
  ],
  boards: [
    { board: "continuity", figures: [FIG.availability, FIG.mtrs, FIG.found, FIG.delay], lever: { code: "coverage" } },
    { board: "delivery", figures: [FIG.restore, FIG.resolved], lever: { code: "recovery" } },
    { board: "experience", figures: [FIG.probe, FIG.satisfaction], lever: { code: "feedback" } },
    { board: "quality", figures: [FIG.respond, FIG.attain, FIG.opened], lever: { code: "attainment" } },
  ],
});
export function evidence(fid) {
  const f = Object.values(FIG).find((x) => x.id === fid) ?? FIG.availability;
  const row = (n, secs) => ({
    id: `r${n}`,
    label: `INC-${1042 - n}`,
    value: secs,
    unit: "secs",
    incident_id: incidents[n].id,
    service_id: null,
    event_seqs: [600 + n * 3, 671 + n],
    calendar: "cn-business v4",
    detail: `p${incidents[n].priority} restore ${n % 3 === 0 ? "missed" : "met"}`,
  });
  return {
    figure: f,
    definition: {
      id: f.definition,
      version: 1,
      name: f.name,
      unit: f.unit,
      formula: f.formula,
      population: f.population,
    },
    worked: words("（2,592,000 − 985）÷ 2,592,000 = 99.962%", "(2,592,000 − 985) ÷ 2,592,000 = 99.962 %"),
    numerator: [0, 1, 2, 3, 4].map((n) => row(n + 28, 600 + n * 210)),
    denominator: Array.from({ length: 9 }, (_, n) => row(n + 28, 600 + n * 210)),
    unknown: f.unknown ? [row(40, null)] : [],
    more: 0,
  };
}
export const reportHeads = [
  {
    number: 13,
    state: "draft",
    version: 1,
    title: words("华融零售集团 · 2026 年 11 月服务报告", "Huarong Retail Group · service report, November 2026"),
    from: "2026-10-31T16:00:00Z",
    to: "2026-11-21T16:00:00Z",
    created_at: at(2 * H),
  },
  {
    number: 12,
    state: "in_review",
    version: 1,
    title: words("华融零售集团 · 2026 年 10 月服务报告", "Huarong Retail Group · service report, October 2026"),
    from: "2026-09-30T16:00:00Z",
    to: "2026-10-31T16:00:00Z",
    created_at: at(26 * H),
  },
  {
    number: 11,
    state: "published",
    version: 2,
    title: words("华融零售集团 · 2026 年 9 月服务报告", "Huarong Retail Group · service report, September 2026"),
    from: "2026-08-31T16:00:00Z",
    to: "2026-09-30T16:00:00Z",
    created_at: at(30 * D),
    published_at: at(28 * D),
    restates: id(4, 11),
  },
].map((r, n) => ({
  id: id(n + 1, 11),
  service_ids: services.slice(0, 4).map((s) => s.id),
  customer: ref(organisations[1]),
  zone: "Asia/Shanghai",
  published_at: null,
  figures_hash: "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
  restates: null,
  ...r,
}));
export function report(head) {
  const cats = ["W1", "W2", "W3", "W4"].map((w) => words(w, w));
  const strip = history(services[1].id, head.from, head.to).intervals.map(({ state, from, to }) => ({
    state,
    from,
    to,
  }));
  return {
    ...head,
    services: services.slice(0, 4).map((s) => ({ id: s.id, name: s.display })),
    position: 4812,
    document_hash:
      head.state === "published" ? "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" : null,
    texts: { d1: incidents[28].title, d2: incidents[30].title },
    comments: [
      {
        id: "c1",
        section: "availability",
        person: ref(people[5]),
        at: at(5 * H),
        text: "10 月 14 日的中断请补充对门店的影响。",
      },
    ],
    sections: [
      {
        id: "overview",
        title: words("概述", "Overview"),
        text: {
          zh: "本月四项服务整体平稳，可用性达到承诺。发生七次中断，六次由监控先于用户发现。\n\n订单服务 14 日的中断最长，原因是索引变更；已回滚，并在变更流程中加入慢查询检查。",
          en: "The four services ran steadily and availability met the promise. Of seven interruptions, six were found by monitoring before users noticed.\n\nThe longest, on the 14th in the order service, came from an index change; it was rolled back and a slow-query check was added to the change process.",
        },
        blocks: [{ type: "figures", figures: [FIG.availability, FIG.outages, FIG.mtrs, FIG.respond] }],
      },
      {
        id: "availability",
        title: words("可用性", "Availability"),
        text: null,
        blocks: [
          {
            type: "chart",
            id: "a1",
            kind: "line",
            title: words("每周可用性", "Availability by week"),
            unit: "percent",
            categories: cats,
            series: services.slice(0, 3).map((s, n) => ({
              key: s.id,
              label: s.display,
              values: [99.99 - n * 0.03, 99.91 + n * 0.02, n === 1 ? null : 99.96, 99.98 - n * 0.02],
            })),
            target: 99.9,
            strips: [],
          },
          {
            type: "chart",
            id: "a2",
            kind: "strip",
            title: words("状态", "States"),
            unit: "secs",
            categories: [],
            series: [],
            target: null,
            strips: services
              .slice(0, 3)
              .map((s) => ({
                label: s.display,
                spans: history(s.id, head.from, head.to).intervals.map(({ state, from, to }) => ({ state, from, to })),
              }))
              .concat([{ label: services[3].display, spans: strip }]),
          },
        ],
      },
      {
        id: "targets",
        title: words("时限达成", "Targets against actuals"),
        text: {
          zh: "恢复时限达成率低于承诺，三次超时均在夜间；已调整第二值班人的升级时限。",
          en: "Restore attainment is below the promise; all three misses were at night. The escalation limit of the second on-call has been shortened.",
        },
        blocks: [
          { type: "figures", figures: [FIG.attain, FIG.opened, FIG.found] },
          {
            type: "chart",
            id: "t1",
            kind: "bars",
            title: words("按优先级的事件数", "Incidents by priority"),
            unit: "count",
            categories: ["P1", "P2", "P3", "P4"].map((w) => words(w, w)),
            series: [
              { key: "opened", label: words("新开", "Opened"), values: [2, 6, 13, 6] },
              { key: "resolved", label: words("解决", "Resolved"), values: [2, 5, 12, 6] },
            ],
            target: null,
            strips: [],
          },
          {
            type: "table",
            id: "tb",
            title: words("未达成", "Breaches"),
            columns: [
              { key: "i", title: words("事件", "Incident"), align: "left" },
              { key: "s", title: words("服务", "Service"), align: "left" },
              { key: "d", title: words("到期", "Due"), align: "left" },
              { key: "u", title: words("用时", "Took"), align: "right" },
              { key: "m", title: words("结果", "Result"), align: "left" },
            ],
            rows: [0, 1, 2].map((n) => [
              {
                type: "incident",
                id: incidents[28 + n].id,
                number: incidents[28 + n].number,
                title: n === 1 ? null : "d1",
              },
              { type: "words", ...services[n + 1].display },
              { type: "instant", at: at((12 + n) * D) },
              { type: "number", value: 9000 + n * 3100, unit: "secs" },
              { type: "met", met: false },
            ]),
            more: 0,
          },
        ],
      },
      {
        id: "faults",
        title: words("故障时间线", "Fault timelines"),
        text: null,
        blocks: [
          {
            type: "timeline345",
            incident_id: incidents[28].id,
            number: incidents[28].number,
            title: "d1",
            priority: 2,
            service: services[1].display,
            ...fault(incidents[28]),
          },
        ],
      },
      { id: "improvement", title: words("改进计划", "Improvement plan"), text: null, blocks: [] },
    ],
  };
}
export const health = () => ({
  version: "0.1.0",
  database: "sqlite",
  ledger: { position: 4812, sealed_to: 4809 },
  outbox: { queued: 2, dead: 1 },
  timers: { due: 0, late_secs: 0.2 },
  consumers: ["manage.incident", "observe.page", "analyze.clock", "api.changes"].map((name, n) => ({
    name,
    lag: n === 2 ? 64 : 0,
  })),
  probes: { count: 8, late_ms_p99: 6.4 },
});
export const outbox = [
  {
    id: id(1, 12),
    channel: "mail",
    subject_kind: "incident",
    subject_id: incidents[0].id,
    attempts: 8,
    state: "dead",
    error: "451 4.7.1 Greylisted, try again later",
    queued_at: at(1100),
  },
];
export const tokens = [
  {
    id: id(1, 13),
    name: "grafana",
    permissions: ["incident.read", "service.read"],
    created_at: at(40 * D),
    last_used_at: at(300),
    expires_at: at(-50 * D),
  },
];
export const PERMISSIONS = [
  "incident.read",
  "incident.open",
  "incident.write",
  "incident.note",
  "incident.note_internal",
  "service.read",
  "agreement.read",
  "calendar.read",
  "party.read",
  "party.write",
  "duty.read",
  "probe.read",
  "probe.write",
  "host.read",
  "on_call.read",
  "on_call.write",
  "page.read",
  "outbox.read",
  "outbox.write",
  "clock.read",
  "figure.read",
  "report.read",
  "report.write",
  "report.comment",
  "report.approve",
  "report.publish",
  "event.read",
  "definition.write",
  "token.write",
  "import.write",
  "health.read",
];
export const session = {
  person: { id: people[0].id, name: "lin", display: people[0].display, locale: "zh" },
  roles: ["admin", "service_manager"],
  permissions: PERMISSIONS,
  organisation: { id: organisations[0].id, name: "evenkeel", display: organisations[0].display },
  tenant: "main",
};
