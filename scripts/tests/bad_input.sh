#!/bin/bash
# Bad input: each case must end with the documented exit code and a message that names the place, and must leave good data alone.
# bad_input.sh SPILLSCOPE KERNEL_BUILD_DIRECTORY SOURCE_ROOT
set -u
spillscope=$(readlink -f "$1")
kernel=$(readlink -f "$2")
source_root=$(readlink -f "$3")
work=$(mktemp -d)
started=()
cleanup() {
    for pid in ${started[@]+"${started[@]}"}; do
        kill "$pid" 2>/dev/null
    done
    if mountpoint -q "$work/small" 2>/dev/null; then umount "$work/small"; fi
    rm -rf "$work"
}
trap cleanup EXIT
cd "$work" || exit 1
failures=0
expect() { # expect NAME CODE PATTERN COMMAND...
    local name=$1 code=$2 pattern=$3 output status
    shift 3
    output=$(timeout 60 "$@" 2>&1 </dev/null)
    status=$?
    if [ "$status" -eq "$code" ] && grep -qE -- "$pattern" <<<"$output"; then
        echo "ok   $name"
    else
        printf 'FAIL %s: exit %s, wanted %s with /%s/\n%s\n' "$name" "$status" "$code" "$pattern" "$(tail -n 5 <<<"$output" | sed 's/^/     /')"
        failures=$((failures + 1))
    fi
}
holds() { # holds NAME COMMAND...
    local name=$1
    shift
    if "$@" >/dev/null 2>&1; then echo "ok   $name"; else echo "FAIL $name"; failures=$((failures + 1)); fi
}
listen() { # listen PORT_FILE MODE: a TCP listener of our own: hang, close or garbage
    python3 - "$1" "$2" <<'PY' &
import socket, sys, time
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
with open(sys.argv[1], "w") as out:
    out.write(str(server.getsockname()[1]) + "\n")
server.settimeout(60)
client, _ = server.accept()
if sys.argv[2] == "close":
    client.recv(64)
    client.close()
elif sys.argv[2] == "garbage":
    client.recv(64)
    client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 100)
    time.sleep(30)
else:
    time.sleep(45)
PY
    started+=("$!")
    for _ in $(seq 100); do [ -s "$1" ] && return; sleep 0.05; done
}

# ---------------------------------------------------------------------------------------------------------------- source
mkdir empty project
expect 'no compile_commands.json' 2 'empty.*compile_commands.json' "$spillscope" analyze -p empty --db a.db
expect 'no such directory' 2 'nowhere' "$spillscope" analyze -p nowhere --db a.db
printf '[{"directory": "%s", "command": "cc -c x.c", "file": ' "$work" >truncated.json
expect 'malformed compile_commands.json' 2 'truncated.json' "$spillscope" analyze -p truncated.json --db a.db
cat >project/good.c <<'C'
int counter;
void bump(void) { counter++; }
C
printf 'int broken(void) { return 1 +; }\n' >project/bad.c
cat >project/compile_commands.json <<J
[{"directory": "$work/project", "command": "cc -c good.c", "file": "good.c"},
 {"directory": "$work/project", "command": "cc -c bad.c", "file": "bad.c"}]
J
expect 'a unit that does not parse' 3 'bad\.c' "$spillscope" analyze -p project --db a.db
expect 'the good unit is still there' 3 'counter' "$spillscope" whitelist --db a.db --transaction bump
expect 'incomplete is said in JSON' 3 '"complete": ?false' "$spillscope" whitelist --db a.db --json
expect 'PATH that matches nothing' 2 'no/such/folder' "$spillscope" analyze -p project --db b.db no/such/folder

# -------------------------------------------------------------------------------------------------------------- manifest
printf '[kernel]\nname = x\nsource_root = project\n[entity a]\npath = missing.c\n' >file.manifest
expect 'manifest names no such file' 2 'file.manifest:5.*missing.c' "$spillscope" analyze -p project --manifest file.manifest --db c.db
printf '[kernel]\nname = x\nsource_root = project\n[entity a]\npath = good.c\n[transactions]\nentry = no_such_function\n' >function.manifest
expect 'manifest names no such function' 2 'function.manifest:7.*no_such_function' \
    "$spillscope" analyze -p project --manifest function.manifest --db c.db project/good.c
printf '[kernal]\nname = x\n' >section.manifest
expect 'manifest with a misspelt section' 2 'section.manifest:1.*kernal' "$spillscope" analyze -p project --manifest section.manifest --db c.db
expect 'no such manifest' 2 'nothing.manifest' "$spillscope" analyze -p project --manifest nothing.manifest --db c.db

# -------------------------------------------------------------------------------------------------------------- database
expect 'no such database' 2 'none.db' "$spillscope" whitelist --db none.db
cp a.db newer.db && sqlite3 newer.db 'PRAGMA user_version = 99'
expect 'a newer schema' 2 'newer' "$spillscope" whitelist --db newer.db
before=$(sha256sum <newer.db)
expect 'a newer schema is not written' 2 'newer' "$spillscope" analyze -p project --db newer.db
holds 'and is left as it was' test "$before" = "$(sha256sum <newer.db)"
printf 'not a database at all, only a text that is long enough to be read as one by mistake, if nobody looks\n' >text.db
expect 'a text file as database' 2 'text.db' "$spillscope" whitelist --db text.db
exec 9>a.db-lock
flock 9
expect 'two writers' 2 'another spillscope' "$spillscope" analyze -p project --db a.db
flock -u 9
exec 9>&-
if mkdir small && mount -t tmpfs -o size=64k tmpfs small 2>/dev/null; then
    expect 'a full disk' 2 'full|space' "$spillscope" analyze -p project --db small/x.db
    umount small
else
    echo "skip a full disk: mounting a small tmpfs needs privileges that are missing here"
fi

# ------------------------------------------------------------------------------------------------------------ run time
elf=$kernel/spillful.elf
"$spillscope" analyze -p "$kernel/spillful" --manifest "$source_root/kernel/spillful.manifest" --db k.db >/dev/null 2>&1
qemu=(qemu-system-x86_64 -nographic -no-reboot -m 256M -device isa-debug-exit,iobase=0xf4,iosize=4)
objcopy --strip-debug "$elf" nodwarf.elf
expect 'ELF without DWARF' 2 'nodwarf.elf.*(DWARF|debug)' "$spillscope" probe --db k.db --elf nodwarf.elf -- "${qemu[@]}" -kernel nodwarf.elf
head -c 5000 "$elf" >cut.elf
expect 'truncated ELF' 2 'cut.elf' "$spillscope" probe --db k.db --elf cut.elf -- "${qemu[@]}" -kernel "$elf"
printf 'no ELF' >text.elf
expect 'not an ELF' 2 'text.elf' "$spillscope" probe --db k.db --elf text.elf -- "${qemu[@]}" -kernel "$elf"
expect 'ELF of another kernel' 3 'another kernel' "$spillscope" probe --db k.db --elf "$kernel/spillfree.elf" -- "${qemu[@]}" -kernel "$elf"
objcopy --dump-section .note.gnu.build-id=note "$elf" same.elf
printf '\0\0\0\0' | dd of=note bs=1 seek=$(($(stat -c %s note) - 4)) conv=notrunc status=none
objcopy --update-section .note.gnu.build-id=note "$elf" other.elf
expect 'ELF of another build' 3 'build-id|build id' "$spillscope" probe --db k.db --elf other.elf -- "${qemu[@]}" -kernel "$elf"
expect 'stub refuses' 2 'refused' "$spillscope" probe --db k.db --elf "$elf" --gdb 127.0.0.1:1
expect 'no such socket' 2 'nothing.sock' "$spillscope" probe --db k.db --elf "$elf" --gdb unix:nothing.sock
listen port.close close
expect 'stub closes midway' 2 'closed' "$spillscope" probe --db k.db --elf "$elf" --gdb "127.0.0.1:$(cat port.close)"
listen port.garbage garbage
expect 'stub sends garbage' 2 'garbage|HTTP|packet|protocol' "$spillscope" probe --db k.db --elf "$elf" --gdb "127.0.0.1:$(cat port.garbage)"
listen port.hang hang
expect 'stub hangs' 2 'answer|timed out|time' "$spillscope" probe --db k.db --elf "$elf" --timeout 3 --gdb "127.0.0.1:$(cat port.hang)"
expect 'QEMU is missing' 2 'qemu-system-nowhere' "$spillscope" probe --db k.db --elf "$elf" -- qemu-system-nowhere -kernel "$elf"
expect 'QEMU dies at once' 2 'no-such-device' "$spillscope" probe --db k.db --elf "$elf" -- "${qemu[@]}" -device no-such-device -kernel "$elf"
expect 'no such database for the probe' 2 'nothing.db' "$spillscope" probe --db nothing.db --elf "$elf" -- "${qemu[@]}" -kernel "$elf"
holds 'the database is sound after all this' test "$(sqlite3 k.db 'PRAGMA integrity_check')" = ok

printf '%s failed\n' "$failures"
[ "$failures" -eq 0 ]
