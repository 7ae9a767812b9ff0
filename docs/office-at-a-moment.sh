#!/bin/sh
# One office as it was at a moment, opened beside the running one. See docs/point-in-time.md.
#
#   docs/office-at-a-moment.sh london "2026-11-21 14:30:00+00" london_before
#
# Needs the settings of the installation (MIKHAK_…), BASE_BACKUP (a folder that pg_basebackup made
# before that moment), WAL_ARCHIVE (the folder of archive_command), PostgreSQL's programs in PATH.
# Run it as the user of the database server: PostgreSQL refuses root.
set -eu
[ $# -eq 3 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
office=$1 moment=$2 as=$3
: "${BASE_BACKUP:?where is the base backup?}" "${WAL_ARCHIVE:?where is the WAL archive?}"
: "${MIKHAK_DATABASE_URL:?}" "${MIKHAK_OWNER_DATABASE_URL:?}"

place=$(mktemp -d "${TMPDIR:-/tmp}/moment.XXXXXX")
finish() {
  pg_ctl -D "$place/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$place"
}
trap finish EXIT INT TERM

echo "Copying the base backup"
cp -R "$BASE_BACKUP" "$place/data"
chmod 700 "$place/data"
rm -f "$place/data/postmaster.pid"
touch "$place/data/recovery.signal"
cat >> "$place/data/postgresql.auto.conf" <<EOF
restore_command = 'cp "$WAL_ARCHIVE/%f" "%p"'
recovery_target_time = '$moment'
recovery_target_action = 'promote'
archive_mode = off
listen_addresses = ''
unix_socket_directories = '$place'
EOF
# As large as on the server that wrote the log, or the log can't be replayed.
pg_controldata "$place/data" | sed -n \
  -e 's/^\(max_connections\|max_worker_processes\|max_wal_senders\) setting: */\1 = /p' \
  -e 's/^max_prepared_xacts setting: */max_prepared_transactions = /p' \
  -e 's/^max_locks_per_xact setting: */max_locks_per_transaction = /p' \
  >> "$place/data/postgresql.auto.conf"
# Some distributions keep these two outside of the data folder.
[ -f "$place/data/postgresql.conf" ] || : > "$place/data/postgresql.conf"
[ -f "$place/data/pg_hba.conf" ] || echo "local all all scram-sha-256" > "$place/data/pg_hba.conf"

echo "Replaying until $moment"
pg_ctl -D "$place/data" -l "$place/log" -t 86400 -w start >/dev/null || { tail -5 "$place/log" >&2; exit 1; }

# The same logins and passwords, at the copy's socket.
at_the_copy() {
  python3 - "$1" "$place" <<'EOF'
import sys
from urllib.parse import quote, urlsplit
url = urlsplit(sys.argv[1])
login = url.netloc.rpartition("@")[0]
print(f"{url.scheme}://{login}@{url.path}?host={quote(sys.argv[2], safe='')}")
EOF
}
app=$(at_the_copy "$MIKHAK_DATABASE_URL") owner=$(at_the_copy "$MIKHAK_OWNER_DATABASE_URL")
until [ "$(psql -Atq -d "$owner" -c 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; do
  pg_ctl -D "$place/data" status >/dev/null || { tail -5 "$place/log" >&2; exit 1; }
  sleep 1
done

echo "Taking $office out of it"
MIKHAK_DATABASE_URL=$app MIKHAK_OWNER_DATABASE_URL=$owner mikhak offices migrate
MIKHAK_DATABASE_URL=$app MIKHAK_OWNER_DATABASE_URL=$owner \
  mikhak offices export "$office" --to "$place/office" --skip-missing

echo "Opening it as $as"
mikhak offices restore "$place/office" --as "$as"
