"""What gdb does for the same: at entry and exit of each transaction it reads the table leaf by leaf, typed, and compares. Run by gdb -x."""
import os
import time

import gdb

TRANSACTIONS = int(os.environ["BENCH_TRANSACTIONS"])
TYPED = os.environ["BENCH_TYPED"] == "1"


def snapshot():
    """All leaves with their types, as gdb's own printer gives them: much faster than asking for each leaf from Python."""
    return gdb.parse_and_eval("table").format_string(max_elements=0, repeat_threshold=0).split(",") if TYPED else []


def main():
    gdb.execute("set pagination off")
    gdb.execute("set confirm off")
    gdb.execute("set max-value-size unlimited")
    gdb.execute("target remote " + os.environ["BENCH_STUB"])
    gdb.execute("hbreak workload_begin")
    gdb.execute("continue")
    gdb.execute("delete")
    gdb.execute("break *large_update")
    changes = 0
    count = 0
    begin = time.monotonic()
    while count < TRANSACTIONS:
        gdb.execute("continue", to_string=True)
        before = snapshot()
        gdb.execute("tbreak *%d" % int(gdb.parse_and_eval("*(unsigned long *)$rsp")), to_string=True)
        gdb.execute("continue", to_string=True)
        after = snapshot()
        changes += sum(one != other for one, other in zip(before, after))
        count += 1
    print("bench %d %d %d %.6f" % (count, len(before), changes, time.monotonic() - begin))
    gdb.execute("kill")


main()
