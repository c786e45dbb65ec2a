// A push service as a browser's vendor runs one (RFC 8030), with the browser behind it: what comes is opened with http_ece,
// which is not ours, and its VAPID signature is checked by Node. It keeps what it took and answers what it is told to.
//
// As a program: prints its address, then a line of JSON for each request; a line of JSON on its input says what to answer next:
// {"status": 429, "headers": {"retry-after": "7"}, "times": 1}. {} = 201 again.
import { createECDH, createPublicKey, randomBytes, verify } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const ece = createRequire(new URL("../../web/package.json", import.meta.url))("http_ece");
/** What every push service takes (RFC 8030, 7.2). */
const BODY_BYTES_MAX = 4096;

/** One browser's keys and what it hands over when it subscribes. */
class Browser {
  constructor(endpoint) {
    this.ecdh = createECDH("prime256v1");
    this.ecdh.generateKeys();
    this.auth = randomBytes(16);
    this.subscription = {
      endpoint,
      p256dh: this.ecdh.getPublicKey().toString("base64url"),
      auth: this.auth.toString("base64url"),
    };
  }
  open(body) {
    return ece.decrypt(body, { version: "aes128gcm", privateKey: this.ecdh, authSecret: this.auth }).toString("utf8");
  }
}

/** The claims of a VAPID header, once its signature holds (RFC 8292). */
function claims(authorization, origin) {
  const [, token, key] = authorization?.match(/^vapid t=([\w.-]+), k=([\w-]+)$/) ?? [];
  if (!token) throw new Error(`no VAPID: ${authorization}`);
  const [head, body, signature] = token.split(".");
  const json = (part) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  if (json(head).alg !== "ES256") throw new Error(`another signature: ${head}`);
  const point = Buffer.from(key, "base64url");
  const coordinate = (at) => point.subarray(at, at + 32).toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", x: coordinate(1), y: coordinate(33) };
  const holds = verify(
    "sha256",
    Buffer.from(`${head}.${body}`),
    { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  const said = json(body);
  const left = said.exp - Date.now() / 1000;
  if (!holds) throw new Error("the signature does not hold");
  if (said.aud !== origin) throw new Error(`for ${said.aud}, not for ${origin}`);
  if (!(left > 0 && left <= 24 * 3600)) throw new Error(`good for ${left} s`);
  if (!/^(mailto|https):/.test(said.sub)) throw new Error(`by ${said.sub}`);
  return { ...said, key };
}

export class PushService {
  taken = [];
  next = {};
  onTaken = () => {};

  static async start() {
    const service = new PushService();
    service.server = createServer((request, response) => void service.take(request, response));
    await new Promise((resolve) => service.server.listen(0, "127.0.0.1", resolve));
    service.origin = `http://127.0.0.1:${service.server.address().port}`;
    service.browser = new Browser(`${service.origin}/push/one`);
    return service;
  }

  async take(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { headers } = request;
    const { status = 201, headers: also = {} } = this.next;
    if (this.next.times !== undefined && --this.next.times < 1) this.next = {};
    const entry = { at: Date.now(), status, bytes: body.length, ttl: headers.ttl, urgency: headers.urgency, topic: headers.topic };
    try {
      if (request.method !== "POST" || headers["content-encoding"] !== "aes128gcm") throw new Error("not a push");
      if (body.length > BODY_BYTES_MAX) throw new Error(`${body.length} bytes`);
      if (!/^[\w-]{1,32}$/.test(headers.topic)) throw new Error(`the topic ${headers.topic}`);
      if (!/^\d+$/.test(headers.ttl)) throw new Error(`the time to live ${headers.ttl}`);
      entry.vapid = claims(headers.authorization, this.origin);
      entry.note = JSON.parse(this.browser.open(body));
    } catch (error) {
      entry.wrong = error.message;
    }
    this.taken.push(entry);
    this.onTaken(entry);
    response.writeHead(entry.wrong ? 400 : status, { ...also, location: `${this.origin}/message/${this.taken.length}` }).end();
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const service = await PushService.start();
  service.onTaken = (entry) => console.log(JSON.stringify(entry));
  console.log(JSON.stringify(service.browser.subscription));
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      service.next = JSON.parse(line);
    })
    .on("close", () => service.close());
}
