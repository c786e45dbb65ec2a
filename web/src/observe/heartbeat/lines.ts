// What one pastes so that a job reports to an address. Pure.

export const WAYS = ["curl", "cron", "systemd", "powershell"] as const;
export type Way = (typeof WAYS)[number];

/** Words for a single-quoted shell string; an address of ours needs no more. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export function lines(way: Way, url: string, cron: string | null): string {
  const at = quoted(url);
  switch (way) {
    case "curl":
      return `curl -fsS -m 10 --retry 5 ${at}`;
    case "cron":
      // In a crontab a percent sign ends the command.
      return `${cron ?? "*/5 * * * *"} u=${at}; curl -fsS -m 10 --retry 5 "$u/start"; /path/to/job > /tmp/job.log 2>&1; c=$?; tail -c 10000 /tmp/job.log | curl -fsS -m 10 --retry 5 --data-binary @- "$u/$c"`;
    case "systemd":
      return `[Service]
ExecStartPre=-/usr/bin/curl -fsS -m 10 --retry 5 ${at.slice(0, -1)}/start'
ExecStart=/path/to/job
ExecStopPost=-/bin/sh -c 'curl -fsS -m 10 --retry 5 "${url}/$\${EXIT_STATUS:-255}"'`;
    case "powershell":
      return `$u = ${`'${url.replaceAll("'", "''")}'`}
Invoke-RestMethod "$u/start" -TimeoutSec 10
& C:\\path\\to\\job.exe *> job.log
$code = $LASTEXITCODE
Invoke-RestMethod "$u/$code" -Method Post -TimeoutSec 10 -Body ((Get-Content job.log -Tail 100) -join "\`n")`;
  }
}
