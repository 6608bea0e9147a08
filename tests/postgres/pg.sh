# shellcheck shell=bash
# Throwaway PostgreSQL servers for tests, on Debian; source this file. As root the server runs as `postgres`.
#
#   dir=$(mktemp -d); trap 'pg_stop "$dir"; rm -rf "$dir"' EXIT     # the trap first, so that nothing stays behind
#   pg_install && pg_start "$dir" && psql "$PG_URL" -c 'SELECT 1'
#
# pg_start prints one line and the other two nothing; failures go to stderr with a non-zero status. Each server
# has its own DIR, socket and port, so servers run side by side and beside Debian's own cluster on port 5432.
# Needs bash 5.1. Only a SIGKILL of the script leaves a server running; pg_stop DIR from anywhere ends it.

_pg_fail() {
  printf 'pg: %s\n' "$*" >&2
  return 1
}

# The newest installed server's programs. Debian keeps initdb, pg_ctl and postgres off PATH.
_pg_bin() {
  local bin newest=
  while read -r bin; do
    [[ -x $bin/initdb && -x $bin/pg_ctl && -x $bin/postgres ]] && newest=$bin
  done < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V)
  [[ -n $newest ]] && printf '%s\n' "$newest"
}

# Runs a command as the server's user, who may not be able to enter the caller's working directory.
# The environment is emptied so that PG* settings, locale and the like cannot leak into the server. In a session
# of its own, a signal to the script's process group (Ctrl-C, timeout) does not reach it: see _pg_shield.
_pg_as() (
  cd / || exit
  set -- env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$@"
  ((EUID)) || set -- runuser -u postgres -- "$@"
  exec setsid -w "$@"
)

# Runs a function to its end and only then lets a signal act that came meanwhile. Cut short, initdb would leave
# shared memory behind, and pg_ctl a server whose process id is not yet on record for pg_stop to find.
_pg_shield() {
  local traps signal='' status=0
  traps=$(trap -p INT TERM HUP)
  trap 'signal=INT' INT
  trap 'signal=TERM' TERM
  trap 'signal=HUP' HUP
  "$@" || status=$?
  trap - INT TERM HUP
  eval "$traps"
  [[ -z $signal ]] || kill -s "$signal" "$BASHPID"
  return "$status"
}

_pg_runs() {
  _pg_as "$1/pg_ctl" status -D "$2/data" >/dev/null 2>&1
}

pg_install() {
  _pg_bin >/dev/null && return
  ((EUID == 0)) || { _pg_fail 'no PostgreSQL server found; as root: apt-get install postgresql'; return; }
  # Debian's package would create and start a cluster on port 5432; only the programs are wanted.
  local conf=/etc/postgresql-common/createcluster.d/no-main-cluster.conf log status=0
  log=$(mktemp) && mkdir -p "${conf%/*}" && printf 'create_main_cluster = false\n' >"$conf" || return
  {
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends postgresql
  } >"$log" 2>&1 </dev/null || status=$?
  rm -f "$conf"
  ((status == 0)) || tail -n 20 "$log" >&2
  rm -f "$log"
  ((status == 0)) || _pg_fail 'could not install the package postgresql'
}

# pg_start DIR: starts a new server and exports PG_URL. DIR is made if missing; DIR/pg-server is the server's home.
pg_start() { _pg_shield _pg_start "$1"; }
_pg_start() {
  local bin dir home port try
  bin=$(_pg_bin) || { _pg_fail 'no PostgreSQL server found; call pg_install'; return; }
  mkdir -p -- "$1" && dir=$(cd -P -- "$1" && pwd) || return
  home=$dir/pg-server
  [[ ! -e $home && ! -L $home ]] || { _pg_fail "$home exists already; call pg_stop first"; return; }
  (umask 077 && mkdir -- "$home") || return
  ((EUID)) || chown postgres: "$home" || return
  # The server's user must be able to reach its home, a socket's path must stay under 108 bytes, and a plain path
  # needs no quoting in postgresql.conf. Otherwise the home is under /tmp, and DIR/pg-server a link to it for pg_stop.
  if ! [[ $home =~ ^[A-Za-z0-9/._-]{1,80}$ ]] || ! _pg_as test -w "$home"; then
    rmdir -- "$home" && home=$(_pg_as mktemp -d /tmp/pg-test.XXXXXX) && ln -s -- "$home" "$dir/pg-server" || return
  fi

  # Trust is for loopback only because the server listens nowhere else and the socket is in a 0700 directory.
  # A crash may lose this data, so nothing is flushed to disk.
  if ! _pg_as "$bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null; then
    _pg_stop "$dir"
    _pg_fail 'initdb failed'
    return
  fi
  _pg_as tee -a "$home/data/postgresql.conf" >/dev/null <<CONF || return
listen_addresses = '127.0.0.1'
unix_socket_directories = '$home'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
CONF

  # Asking for a free port and then using it is a race; the server's own bind is not. So: a random port below the
  # range the kernel hands to clients (32768 and up), and another one when it turns out to be taken.
  for ((try = 0; try < 20; try++)); do
    port=$((20000 + SRANDOM % 12768))
    _pg_as rm -f "$home/log"
    if _pg_as "$bin/pg_ctl" start -s -w -t 60 -D "$home/data" -l "$home/log" -o "-p $port" >/dev/null 2>&1; then
      export PG_URL=postgres://postgres@127.0.0.1:$port/postgres
      printf 'pg: PostgreSQL %s at %s\n' "$(<"$home/data/PG_VERSION")" "$PG_URL"
      return
    fi
    grep -qs 'Address already in use' "$home/log" || break
  done
  tail -n 20 "$home/log" >&2 || :
  _pg_stop "$dir"
  _pg_fail 'the server did not start'
}

# pg_stop DIR: stops DIR's server, if any, and removes its data. May be called again, or after a failed pg_start.
pg_stop() { _pg_shield _pg_stop "$1"; }
_pg_stop() {
  local bin dir link home
  dir=$(cd -P -- "$1" 2>/dev/null && pwd) || return 0
  link=$dir/pg-server
  [[ -e $link || -L $link ]] || return 0
  home=$(readlink -f -- "$link")
  # What is removed below must be a home that pg_start made.
  [[ $home == "$link" || $home =~ ^/tmp/pg-test\.[A-Za-z0-9]{6}$ ]] || { _pg_fail "$link leads to $home"; return; }
  # pg_ctl also fails on a server that has crashed, so what counts is whether it still runs.
  if bin=$(_pg_bin) && _pg_runs "$bin" "$home"; then
    _pg_as "$bin/pg_ctl" stop -s -m immediate -w -t 60 -D "$home/data" >/dev/null 2>&1 ||
      ! _pg_runs "$bin" "$home" || { _pg_fail "could not stop the server in $home"; return; }
  fi
  rm -rf -- "$home" "$link"
}
