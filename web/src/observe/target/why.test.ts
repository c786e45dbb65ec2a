import { expect, it } from "vitest";
import { isNever, whyOf } from "./why";

it("why a target is down has words for what scrapers say", () => {
  for (const [said, why] of [
    ["context deadline exceeded", "timeout"],
    ["dial tcp 127.0.0.1:9100: connect: connection refused", "refused"],
    ["lookup db.example: no such host", "name"],
    ["x509: certificate signed by unknown authority", "tls"],
    ["server returned HTTP status 401 Unauthorized", "denied"],
    ["server returned HTTP status 404 Not Found", "path"],
    ["server returned HTTP status 503 Service Unavailable", "status"],
    ["sample_limit exceeded", "limit"],
    ["expected label name, got EOF in line 3", "format"],
    ["connection reset by peer", "network"],
    ["something new", "other"],
  ] as const)
    expect(whyOf(said), said).toBe(why);
});

it("a target that was never asked says so", () => {
  expect(isNever("0001-01-01T00:00:00Z")).toBe(true);
  expect(isNever("2026-11-28T00:00:00Z")).toBe(false);
});
