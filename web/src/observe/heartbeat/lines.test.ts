import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { lines, WAYS } from "./lines";

const URL = "http://127.0.0.1:7180/api/v1/heartbeats/ping/0123";

/** Runs a line in a shell in which curl notes what it is asked and what it is given. */
function asked(line: string): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), "lines-"));
  const log = path.join(folder, "log");
  const stub =
    '#!/bin/sh\nfor last; do :; done\necho "$last" >> "$LOG"\ncase "$*" in *--data-binary*) cat >> "$LOG";; esac\n';
  writeFileSync(path.join(folder, "curl"), stub);
  chmodSync(path.join(folder, "curl"), 0o755);
  execFileSync("/bin/sh", ["-c", line], { env: { PATH: `${folder}:${process.env.PATH}`, LOG: log } });
  return readFileSync(log, "utf8").trim().split("\n");
}

describe("what one pastes", () => {
  it("names the address in every way", () => {
    for (const way of WAYS) expect(lines(way, URL, null)).toContain(URL);
  });

  it("reports with curl", () => {
    expect(asked(lines("curl", URL, null))).toEqual([URL]);
  });

  it("reports beginning, exit code and the end of the log from cron", () => {
    const line = lines("cron", URL, "30 2 * * *");
    expect(line.startsWith("30 2 * * * ")).toBe(true);
    expect(line).not.toContain("%");
    const job = "sh -c 'echo last words; exit 3'";
    const told = asked(
      line.slice("30 2 * * * ".length).replace("/path/to/job", job).replaceAll("/tmp/job.log", "$LOG.job"),
    );
    expect(told).toEqual([`${URL}/start`, `${URL}/3`, "last words"]);
  });
});
