#!/bin/bash
# Runs the probe against stubs, guests, processes and disks that fail, and looks at what it says and keeps.
# endurance.sh stub|guest|disk BUILD_DIRECTORY GUEST_BUILD_DIRECTORY SOURCE_DIRECTORY
set -u
part=$1
build=$(readlink -f "$2")
guest=$(readlink -f "$3")
source=$(readlink -f "$4")
spillscope=$build/bin/spillscope
elf=$guest/endings.elf
work=$(mktemp -d)
started=()
# shellcheck disable=SC2329
cleanup() {
    for pid in ${started[@]+"${started[@]}"}; do kill -9 "$pid" 2>/dev/null; done
    if mountpoint -q "$work/small" 2>/dev/null; then umount "$work/small"; fi
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work" || exit 1
failures=0
fail() { printf 'FAIL %s\n' "$*"; failures=$((failures + 1)); }
ask() { sqlite3 "$1" "$2"; }

"$spillscope" analyze -p "$guest" --manifest "$source/guest.manifest" --db fresh.db >analyze.txt 2>&1 || { cat analyze.txt; exit 1; }
qemu() { # qemu ENDING: sets `machine`
    machine=(qemu-system-x86_64 -kernel "$elf" -nographic -m 64M -net none -device isa-debug-exit,iobase=0xf4,iosize=4
        -device "loader,addr=0x3000000,data=$1,data-len=4")
}
readonly WANTED=50 PANIC=1 REBOOT=2 HANG=3 EXIT=4 FOREVER=5

# What a database must be after anything: sound, and no complete observation without its changes: every ledger_add of an amount changes the total.
sound() { # sound NAME DATABASE
    [ "$(ask "$2" 'PRAGMA integrity_check')" = ok ] || fail "$1: the database is damaged"
    [ "$(ask "$2" 'SELECT count(*) FROM pragma_foreign_key_check')" = 0 ] || fail "$1: rows refer to nothing"
    local bare
    bare=$(ask "$2" "SELECT count(*) FROM observation o JOIN txn t ON t.id = o.txn_id WHERE t.name = 'ledger_add' AND o.status = 'complete' AND o.result > 0
        AND NOT EXISTS (SELECT 1 FROM change c JOIN state s ON s.id = c.state_id WHERE c.observation_id = o.id AND s.key = 'ledger.total')")
    [ "$bare" = 0 ] || fail "$1: $bare complete observations lack their change"
}
complete() { ask "$1" "SELECT count(*) FROM observation WHERE status = 'complete'"; }
run() { # run NAME CODE PATTERN SECONDS COMMAND...: exit code, message, and that it ended by itself
    local name=$1 code=$2 pattern=$3 seconds=$4 status
    shift 4
    timeout -s KILL "$seconds" "$@" >output.txt 2>&1 </dev/null
    status=$?
    if [ "$status" -ne "$code" ] || ! grep -qE -- "$pattern" output.txt; then
        fail "$name: exit $status, wanted $code with /$pattern/"
        tail -n 5 output.txt | sed 's/^/     /'
        return 1
    fi
    printf 'ok   %s: %s\n' "$name" "$(grep -aE -m1 -- "$pattern" output.txt | tr -d '\r' | cut -c1-160)"
}
await() { # await DATABASE COUNT: until so many observations are complete
    for _ in $(seq 600); do
        [ "$(ask "$1" "SELECT count(*) FROM observation WHERE status = 'complete'" 2>/dev/null || echo 0)" -ge "$2" ] && return 0
        sleep 0.05
    done
    fail "nothing was stored in $1"
    return 1
}
# The same database serves on: another run, and (where it was cut) the same run to its end.
goes_on() { # goes_on NAME DATABASE MODE
    local before after
    before=$(complete "$2")
    if [ "$(ask "$2" "SELECT count(*) FROM run WHERE status <> 'complete'")" -ge 1 ]; then
        qemu 0
        run "$1: resumed" 0 "after $before in earlier parts|^run 1" 100 "$spillscope" probe --db "$2" --elf "$elf" --mode "$3" --resume --log guest.log -- "${machine[@]}"
        [ "$(ask "$2" 'SELECT count(*) || max(status) || (max(ended) IS NOT NULL) FROM run')" = 1complete1 ] || fail "$1: the resumed run is not one that is complete"
        [ "$(ask "$2" 'SELECT count(*) = count(DISTINCT sequence) FROM observation')" = 1 ] || fail "$1: sequence numbers come twice"
    else
        qemu 0
        run "$1: next run" 0 '^run' 100 "$spillscope" probe --db "$2" --elf "$elf" --mode "$3" --log guest.log -- "${machine[@]}"
    fi
    after=$(complete "$2")
    [ "$after" -eq $((before + 121)) ] || fail "$1: $before observations before, $after after a whole workload of 121"
    sound "$1: went on" "$2"
}

# ------------------------------------------------------------------------------------------------------------------ stub
rogue() { # rogue DEED N [MS]: starts QEMU with a stub and the rogue before it; sets `port`
    qemu "$FOREVER"
    rm -f gdb.sock port
    "${machine[@]}" -S -gdb unix:gdb.sock,server=on,wait=off >guest.txt 2>&1 </dev/null &
    qemu_pid=$!
    started+=("$qemu_pid")
    "$build/tests/rogue_stub" gdb.sock "$@" >port 2>rogue.txt </dev/null &
    started+=("$!")
    for _ in $(seq 200); do [ -s port ] && break; sleep 0.05; done
    port=$(cat port)
}
deed() { # deed DEED N CODE PATTERN [MS]
    local name="stub: $1 at packet $2" least=0 limit=60
    case $1 in silence | stuck | stops | output | acks | always-late) limit=6 ;; esac
    cp fresh.db stub.db
    rogue "$1" "$2" ${5+"$5"}
    run "$name" "$3" "$4" 90 "$spillscope" probe --db stub.db --elf "$elf" --gdb "127.0.0.1:$port" --timeout "$limit" --transactions "$WANTED"
    kill -9 "$qemu_pid" 2>/dev/null
    wait "$qemu_pid" 2>/dev/null
    sound "$name" stub.db
    if [ "$2" -ge 300 ] && [ "$limit" -eq 60 ]; then least=5; fi
    [ "$(complete stub.db)" -ge "$least" ] || fail "$name: only $(complete stub.db) observations were kept"
    [ "$3" -ne 0 ] || [ "$(complete stub.db)" -eq "$WANTED" ] || fail "$name: not all of the $WANTED transactions were seen"
    [ "$3" -eq 0 ] || [ "$(ask stub.db "SELECT count(*) FROM run WHERE status = 'complete'")" = 0 ] || fail "$name: the run says that it is complete"
    rm -f stub.db*
}
test_stub() {
    local at
    for deed in silence garbage stuck huge stops acks; do # no stub at all behind it
        "$build/tests/rogue_stub" none "$deed" 0 >port </dev/null &
        started+=("$!")
        for _ in $(seq 100); do [ -s port ] && break; sleep 0.05; done
        cp fresh.db stub.db
        run "stub: $deed from the beginning" 2 'hung|garbage|1 MiB' 30 "$spillscope" probe --db stub.db --elf "$elf" --gdb "127.0.0.1:$(cat port)" --timeout 2
        rm -f port stub.db*
    done
    for at in 3 40 300; do # in the handshake, while points are set, within transactions
        deed close "$at" 2 'closed the connection'
        deed reset "$at" 2 'closed the connection'
        deed part "$at" 2 'closed the connection'
        deed stuck "$at" 2 'hung|time was over|no end within'
        deed silence "$at" 2 'hung|time was over|no end within'
        deed garbage "$at" 2 'garbage|hung|time was over'
        deed huge "$at" 2 '1 MiB'
        deed nothing "$at" 2 'not support|stub|unexpected|nothing'
        deed long "$at" 2 'unexpected|garbage|stub'
    done
    for at in 60 301; do
        deed noise "$at" 0 '^run'
        deed notify "$at" 0 '^run'
        deed late "$at" 0 '^run' 700
        deed drip "$at" 0 '^run'
        deed stops "$at" 2 'hung|time was over|no end within|stub'
        deed output "$at" 2 'unexpected|no end within|stub'
        deed acks "$at" 2 'hung|time was over|no end within'
        deed always-checksum "$at" 2 'checksum|rejects'
        deed always-late "$at" 2 'time was over|no end within|hung' 400
    done
    # One packet of a kind that hits a request or a stop, as it comes: the run ends, whole or with what it says.
    for at in 299 300 301 302; do
        for deed in checksum stop twice exited killed refuse odd; do
            cp fresh.db stub.db
            rogue "$deed" "$at"
            timeout -s KILL 90 "$spillscope" probe --db stub.db --elf "$elf" --gdb "127.0.0.1:$port" --timeout 6 --transactions "$WANTED" >output.txt 2>&1 </dev/null
            status=$?
            kill -9 "$qemu_pid" 2>/dev/null
            wait "$qemu_pid" 2>/dev/null
            sound "stub: $deed at packet $at" stub.db
            [ "$status" -eq 0 ] || { [ "$status" -eq 2 ] && grep -qE '^spillscope probe: ' output.txt; } || fail "stub: $deed at packet $at: exit $status, $(tail -n 1 output.txt)"
            [ "$status" -ne 0 ] || [ "$(complete stub.db)" -eq "$WANTED" ] || fail "stub: $deed at packet $at: complete with $(complete stub.db) of $WANTED observations"
            printf 'ok   stub: %s at packet %s: exit %s, %s kept: %s\n' "$deed" "$at" "$status" "$(complete stub.db)" "$(tail -n 1 output.txt | cut -c1-130)"
            rm -f stub.db*
        done
    done
}

# ----------------------------------------------------------------------------------------------------------------- guest
ending() { # ending MODE NAME NUMBER CODE PATTERN [WORDS OF THE GUEST]
    local limit=90
    [ "$3" -ne "$HANG" ] || limit=20
    cp fresh.db guest.db
    qemu "$3"
    run "$1: guest $2" "$4" "$5" 120 "$spillscope" probe --db guest.db --elf "$elf" --mode "$1" --timeout "$limit" --log guest.log -- "${machine[@]}"
    [ -z "${6-}" ] || grep -qa "$6" output.txt || fail "$1: guest $2: its last words are not told"
    sound "$1: guest $2" guest.db
    [ "$(complete guest.db)" -eq 62 ] || fail "$1: guest $2: $(complete guest.db) observations, not the 62 before"
    [ "$(ask guest.db "SELECT count(*) FROM run WHERE status = 'failed' AND message IS NOT NULL AND ended IS NOT NULL")" = 1 ] || fail "$1: guest $2: the run does not say why it failed"
    goes_on "$1: guest $2" guest.db "$1"
    rm -f guest.db*
}
killing() { # killing MODE VICTIM SIGNAL: of QEMU or of the probe, in mid-run
    local name="$1: $2 is sent $3" pid victim seen status
    cp fresh.db kill.db
    qemu "$FOREVER"
    "$spillscope" probe --db kill.db --elf "$elf" --mode "$1" --timeout 60 --log guest.log -- "${machine[@]}" >output.txt 2>&1 </dev/null &
    pid=$!
    started+=("$pid")
    await kill.db 30 || return
    victim=$pid
    qemu_pid=$(pgrep -P "$pid" qemu-system) # the probe's own child, by its parent
    started+=("$qemu_pid")
    [ "$2" = probe ] || victim=$qemu_pid
    seen=$(complete kill.db)
    kill "-$3" "$victim"
    for _ in $(seq 1200); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
    kill -0 "$pid" 2>/dev/null && fail "$name: the probe did not end"
    wait "$pid"
    status=$?
    for _ in $(seq 100); do kill -0 "$qemu_pid" 2>/dev/null || break; sleep 0.05; done
    kill -0 "$qemu_pid" 2>/dev/null && fail "$name: QEMU was left behind"
    sound "$name" kill.db
    [ "$(complete kill.db)" -ge "$seen" ] || fail "$name: $seen observations were seen, $(complete kill.db) were kept"
    case $2-$3 in
    probe-KILL) [ "$status" -eq 137 ] && [ "$(ask kill.db 'SELECT status FROM run')" = running ] || fail "$name: exit $status" ;;
    probe-*) [ "$status" -eq 2 ] && grep -q 'interrupted; what was seen' output.txt && [ "$(ask kill.db 'SELECT status FROM run')" = interrupted ] ||
        fail "$name: exit $status, $(tail -n 1 output.txt)" ;;
    *) [ "$status" -eq 2 ] && grep -qE 'ended by signal 9|QEMU' output.txt && [ "$(ask kill.db 'SELECT status FROM run')" = failed ] ||
        fail "$name: exit $status, $(tail -n 1 output.txt)" ;;
    esac
    printf 'ok   %s: exit %s, %s kept: %s\n' "$name" "$status" "$(complete kill.db)" "$(grep -aE '^spillscope' output.txt | head -n 1 | cut -c1-130)"
    goes_on "$name" kill.db "$1"
    rm -f kill.db*
}
test_guest() {
    local mode
    for mode in stub ram recorder; do
        ending "$mode" panics "$PANIC" 2 'workload_end was never reached.*QEMU ended with status 255' 'panic: the ledger is lost'
        ending "$mode" reboots "$REBOOT" 2 'workload_end was never reached.*QEMU ended with status 0' rebooting
        ending "$mode" 'leaves early' "$EXIT" 2 'workload_end was never reached.*QEMU ended with status 1' 'leaving early'
        killing "$mode" qemu KILL
        killing "$mode" probe KILL
        killing "$mode" probe INT
    done
    for mode in stub recorder; do
        ending "$mode" hangs "$HANG" 2 'no end within 20 s'
    done
    killing ram probe TERM
    # A guest that reboots under somebody else's QEMU, which goes on.
    cp fresh.db reboot.db
    qemu "$REBOOT"
    "${machine[@]}" -S -gdb unix:reboot.sock,server=on,wait=off >guest.txt 2>&1 </dev/null &
    started+=("$!")
    run 'guest reboots under another QEMU' 2 'the guest has rebooted: workload_begin' 60 "$spillscope" probe --db reboot.db --elf "$elf" --timeout 20 --gdb unix:reboot.sock
    sound 'guest reboots under another QEMU' reboot.db
    # What cannot be resumed says so.
    qemu 0
    cp fresh.db done.db
    run 'a complete run' 0 '^run 1' 60 "$spillscope" probe --db done.db --elf "$elf" --log guest.log -- "${machine[@]}"
    run 'a complete run is not resumed' 2 'run 1 is complete' 60 "$spillscope" probe --db done.db --elf "$elf" --resume -- "${machine[@]}"
    run 'nothing to resume' 2 'no run of the probe' 60 "$spillscope" probe --db fresh.db --elf "$elf" --resume -- "${machine[@]}"
    ask done.db "UPDATE run SET status = 'interrupted'"
    run 'resumed in another mode' 2 'run 1 was made in mode ram' 60 "$spillscope" probe --db done.db --elf "$elf" --mode stub --resume -- "${machine[@]}"
    run 'resumed on more CPUs' 2 'had 1 CPUs, this guest has 2' 60 "$spillscope" probe --db done.db --elf "$elf" --resume -- "${machine[@]}" -smp 2
    run 'resumed with enough already' 2 'has 121 transactions already' 60 "$spillscope" probe --db done.db --elf "$elf" --resume --transactions 100 -- "${machine[@]}"
    run 'resumed and judged' 2 'judges one run of one guest' 60 "$spillscope" probe --db done.db --elf "$elf" --resume --oracle -- "${machine[@]}"
    ask done.db "UPDATE run SET build_id = '00'"
    run 'resumed with another kernel' 3 'was of another kernel' 60 "$spillscope" probe --db done.db --elf "$elf" --resume -- "${machine[@]}"
    [ "$(complete done.db)" = 121 ] || fail 'a refused resumption stored something'
    ask done.db "UPDATE run SET build_id = NULL"
    run 'resumed up to a number' 0 '29 transactions.*after 121 in earlier parts' 60 "$spillscope" probe --db done.db --elf "$elf" --resume --transactions 150 --log guest.log -- "${machine[@]}"
}

# ------------------------------------------------------------------------------------------------------------------ disk
test_disk() {
    local mode file
    for mode in stub recorder; do # RLIMIT_FSIZE stands for a full disk; guest RAM is a file too, and larger
        cp fresh.db limit.db
        qemu "$FOREVER"
        local kilobytes=$(($(stat -c %s fresh.db) / 1024 + 300))
        [ "$mode" = stub ] || { echo "skip limit on file sizes, $mode: guest RAM is a file beyond it"; continue; }
        run "$mode: no file may grow" 2 'full|too large|disk I/O' 60 bash -c "ulimit -f $kilobytes; trap '' XFSZ; exec \"\$@\"" - \
            "$spillscope" probe --db limit.db --elf "$elf" --mode "$mode" --timeout 40 -- "${machine[@]}"
        sound "$mode: no file may grow" limit.db
        [ "$(complete limit.db)" -ge 20 ] || fail "$mode: only $(complete limit.db) observations were kept"
        goes_on "$mode: no file may grow" limit.db "$mode"
    done
    if ! mkdir small || ! mount -t tmpfs -o size=3m tmpfs small 2>/dev/null; then
        echo "skip full disks: mounting a small tmpfs needs privileges that are missing here"
        return
    fi
    for mode in stub ram recorder; do
        cp fresh.db small/full.db
        qemu "$FOREVER"
        run "$mode: the database's disk is full" 2 'full|space' 100 "$spillscope" probe --db small/full.db --elf "$elf" --mode "$mode" --timeout 90 --log guest.log -- "${machine[@]}"
        sound "$mode: the database's disk is full" small/full.db
        [ "$(complete small/full.db)" -ge 20 ] || fail "$mode: only $(complete small/full.db) observations were kept"
        for file in small/full.db*; do cp "$file" "roomy.db${file#small/full.db}"; done # to a larger disk, with its log
        rm -f small/full.db*
        goes_on "$mode: the database's disk was full" roomy.db "$mode"
        rm -f roomy.db*
    done
    for mode in ram recorder; do
        cp fresh.db log.db
        head -c 3145728 /dev/zero >small/filler 2>/dev/null
        qemu 0
        run "$mode: the log's disk is full" 2 "small/guest.log: the end of the guest's output is lost: No space" 100 \
            "$spillscope" probe --db log.db --elf "$elf" --mode "$mode" --log small/guest.log -- "${machine[@]}"
        sound "$mode: the log's disk is full" log.db
        [ "$(complete log.db)" -eq 121 ] && [ "$(ask log.db 'SELECT status FROM run')" = complete ] || fail "$mode: a full log costs observations"
        rm -f small/* log.db*
    done
    umount small
}

"test_$part"
printf '%s failed\n' "$failures"
[ "$failures" -eq 0 ]
