#!/usr/bin/env bash
# What the tests need besides Rust and Node: installed by apt when root, else said exactly.
set -u
want=()
has() { command -v "$1" >/dev/null 2>&1; }
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || has initdb || want+=(postgresql)
has chromium || has chromium-browser || has google-chrome || want+=(chromium)
fc-list :lang=zh 2>/dev/null | grep -q . || ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || want+=(fonts-noto-cjk)
has pdftotext || want+=(poppler-utils)
has setpriv || want+=(util-linux)
has ping || want+=(iputils-ping)
{ has prometheus && has promtool; } || want+=(prometheus)
has amtool || want+=(prometheus-alertmanager)
has vmagent || want+=(victoria-metrics)
has prometheus-node-exporter || want+=(prometheus-node-exporter)
# What probes look at in their tests: mail, databases, gRPC; and the modules that are imported.
has redis-server || want+=(redis-server)
has mariadbd || want+=(mariadb-server-core)
has dovecot || want+=(dovecot-imapd dovecot-pop3d dovecot-submissiond)
# The desk's mail goes in and out through it; the tests start one of their own, so that nothing is asked and no service is set up.
{ has postfix || [ -x /usr/sbin/postfix ]; } || want+=(postfix)
/usr/bin/python3 -c "import grpc" >/dev/null 2>&1 || want+=(python3-grpcio)
has prometheus-blackbox-exporter || want+=(prometheus-blackbox-exporter)
if [ "${1:-}" = bench ]; then
  python3 -c 'import venv' 2>/dev/null || want+=(python3-venv)
  has rt-setup-database-5 || want+=(request-tracker5 rt5-db-postgresql starman)
fi
[ ${#want[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && has apt-get; then
  echo "installing: ${want[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "${want[@]}" >/dev/null && exit 0
  echo "apt-get could not install: ${want[*]}" >&2; exit 1
fi
echo "the tests also need: ${want[*]}" >&2
echo "  Debian/Ubuntu: sudo apt-get install --no-install-recommends ${want[*]}" >&2
exit 1
