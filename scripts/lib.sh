# Shared by the scripts beside it; sourced, not run.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "cityvoice: $*"; }
stop() { printf '%s\n' "cityvoice: $*" >&2; exit 1; }

# Install Debian or Ubuntu packages, or say which ones are missing and why.
install_packages() {
    why=$1; shift
    command -v apt-get >/dev/null 2>&1 || stop "$why: install $* with your package manager and try again"
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || stop "$why: as an administrator run: apt-get install $*"
        as_root="sudo"
    fi
    say "$why: installing $*"
    log=$(mktemp)
    for step in "update" "install -y --no-install-recommends $*"; do
        # shellcheck disable=SC2086 (the packages are words)
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get $step > "$log" 2>&1 && continue
        tail -n 5 "$log" >&2
        stop "$why: apt-get $step failed; its last lines stand above"
    done
    rm -f "$log"
}
