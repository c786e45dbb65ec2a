// Real processes on free ports: the practice shop and Evenkeel, set up by the example that `make run` uses.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The binary under test: `EVENKEEL_BIN`, or the debug build of this workspace. */
export const BINARY = process.env.EVENKEEL_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug", "evenkeel");

const LOOK_MS = 50;
const WAIT_MS = 20_000;

/** Looks until `look` gives something, and gives that. */
export async function until(what, look, limit = WAIT_MS) {
  const end = performance.now() + limit;
  let last;
  while (performance.now() < end) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`waited ${limit / 1000} s for ${what}${last ? `: ${last.message}` : ""}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(socket.destroy() && true));
    socket.once("error", () => resolve(false));
  });

class Process {
  output = "";
  constructor(args, env = {}) {
    const { EVENKEEL_DATA: _, ...outer } = process.env;
    this.child = spawn(BINARY, args, { env: { ...outer, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    this.child.on("error", (error) => {
      this.output += `${error.message}\n`;
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        this.output += text;
      });
  }
  get runs() {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }
  async kill() {
    if (!this.runs) return;
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGKILL");
    await gone;
  }
}

/** Replaces what is there exactly `times` times, so that a changed example fails here and not in the story. */
function replaced(text, from, to, times = 1) {
  const parts = text.split(from);
  if (parts.length !== times + 1) throw new Error(`examples/practice.yaml: ${from} stands there ${parts.length - 1} times, not ${times}`);
  return parts.join(to);
}

/** The example with the ports of this run, a probe and a recovery quick enough for a test, and a board for changes. */
function configuration(shop, server) {
  let text = readFileSync(join(ROOT, "examples/practice.yaml"), "utf8");
  text = replaced(text, "127.0.0.1:7181", `127.0.0.1:${shop}`);
  text = replaced(text, "127.0.0.1:7180", `127.0.0.1:${server}`, 2);
  text = replaced(text, "interval_secs: 2\n", "interval_ms: 500\n");
  text = replaced(text, "timeout_secs: 1.5\n", "timeout_secs: 0.4\n");
  text = replaced(text, "verify_secs: 10\n", "verify_secs: 0\n");
  // Far from any day on which this is run.
  text = replaced(text, "from: 2026-12-24T00:00, to: 2027-01-02T00:00", "from: 2036-12-24T00:00, to: 2037-01-02T00:00");
  return `${text}\nsettings: { changes: { board: { team: platform, quorum: 1 } } }\n`;
}

/** Scraped often enough for a test. */
const scraping = (shop) => `global: { scrape_interval: 1s }
scrape_configs:
  - job_name: practice-shop
    static_configs: [ { targets: ["127.0.0.1:${shop}"] } ]
`;

/** The shop is reachable in each minute. It burns too fast when all of an hour is bad, which no story lasts: it has one incident. */
const OBJECTIVE = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: practice-shop-reachable
  displayName: The shop is reachable
  annotations: { evenkeel_display_zh: 商店可达 }
spec:
  description: Minutes in which every scrape of the shop had an answer.
  service: practice-shop
  indicator:
    spec:
      thresholdMetric:
        metricSource: { type: Prometheus, spec: { query: 'min_over_time(up{job="practice-shop"}[1m])' } }
  timeWindow: [ { duration: 1h, isRolling: true } ]
  budgetingMethod: Timeslices
  objectives: [ { op: gte, value: 1, target: 0.99, timeSliceWindow: 1m } ]
  alertPolicies:
    - kind: AlertPolicy
      metadata: { name: never }
      spec:
        conditions:
          - kind: AlertCondition
            metadata: { name: never }
            spec:
              severity: page
              condition: { kind: burnrate, op: gte, threshold: 100, lookbackWindow: 1h }
`;

/** Fires as soon as one scrape had no answer. */
const RULE = `groups:
  - name: shop
    interval: 1s
    rules:
      - alert: ShopUnreachable
        expr: up{job="practice-shop"} == 0
        labels: { service: practice-shop, severity: warning }
        annotations: { summary_zh: 抓取不到商店, summary_en: The shop cannot be scraped }
`;

export class Stage {
  /** A shop and a server of their own, both answering. */
  static async open() {
    const stage = new Stage();
    stage.folder = mkdtempSync(join(tmpdir(), "evenkeel-browser-"));
    stage.shopPort = await freePort();
    stage.port = await freePort();
    stage.url = `http://127.0.0.1:${stage.port}`;
    stage.config = join(stage.folder, "practice.yaml");
    writeFileSync(stage.config, configuration(stage.shopPort, stage.port));
    writeFileSync(join(stage.folder, "prometheus.yml"), scraping(stage.shopPort));
    writeFileSync(join(stage.folder, "slos.yaml"), OBJECTIVE);
    writeFileSync(join(stage.folder, "rules.yml"), "groups: []\n");
    await stage.startShop();
    await stage.startServer();
    return stage;
  }

  /** On the same port and data as before, when it ran before. */
  async startServer() {
    const file = (name) => join(this.folder, name);
    const watched = ["--prometheus-config", file("prometheus.yml"), "--slos", file("slos.yaml"), "--rules", file("rules.yml")];
    this.server = new Process(["serve", "--listen", `127.0.0.1:${this.port}`, "--config", this.config, ...watched], {
      EVENKEEL_DATA: file("data"),
    });
    try {
      await until("the server to be ready", async () => {
        if (!this.server.runs) return true;
        return (await fetch(`${this.url}/readyz`)).ok;
      });
      if (!this.server.runs) throw new Error("the server ended");
    } catch (error) {
      const said = this.server.output;
      await this.close();
      throw new Error(`${error.message}\n${said}`);
    }
  }

  /** A rule that watches the shop's scrapes comes into force. */
  watchShopByRule() {
    writeFileSync(join(this.folder, "rules.yml"), RULE);
    this.server.child.kill("SIGHUP");
  }

  async startShop() {
    this.shop = new Process(["practice", "--listen", `127.0.0.1:${this.shopPort}`, "--traffic", "0"]);
    await until("the practice shop to answer", () => answers(this.shopPort));
  }

  /** The one-time sign-in link that the first start prints. */
  async firstLink() {
    const path = await until("the one-time sign-in link", () => this.server.output.match(/\/sign-in\?token=\S+/)?.[0]);
    return this.url + path;
  }

  /** A one-time sign-in link for somebody, as an operator makes one. */
  signInLink(person) {
    const args = ["sign-in-link", "--person", person, "--public-url", this.url];
    const made = spawnSync(BINARY, args, { env: { ...process.env, EVENKEEL_DATA: join(this.folder, "data") }, encoding: "utf8" });
    const link = made.stdout.match(/https?:\/\/\S+\/sign-in\?token=\S+/)?.[0];
    if (!link) throw new Error(`no sign-in link: ${made.stdout}${made.stderr}`);
    return link;
  }

  /** The acknowledge link in the mail that was sent; without a mail server mails are kept as files. */
  async acknowledgeLink() {
    const folder = join(this.folder, "data", "mail");
    return until("the mail to the person on call", () => {
      for (const file of readdirSync(folder)) {
        const found = readable(readFileSync(join(folder, file), "utf8")).match(/https?:\/\/[^\s"<>]*\/ack\?token=[\w.~-]+/)?.[0];
        if (found) return found;
      }
      return null;
    });
  }

  async close() {
    await this.shop?.kill();
    await this.server?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A mail's text with its transfer encodings undone, as far as finding a link needs it. */
function readable(mail) {
  const plain = mail.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const blocks = mail.match(/^(?:[A-Za-z0-9+/]{40,}={0,2}\r?\n)+[A-Za-z0-9+/=]*/gm) ?? [];
  return [plain, ...blocks.map((block) => Buffer.from(block, "base64").toString("utf8"))].join("\n");
}

/** The text of a PDF without any blanks, as line breaks fall differently in each language. */
export function textOfPdf(file) {
  const out = spawnSync("pdftotext", [file, "-"], { encoding: "utf8" });
  if (out.error || out.status !== 0) throw new Error(`pdftotext: ${out.error?.message ?? out.stderr}`);
  return out.stdout.replace(/\s/g, "");
}
