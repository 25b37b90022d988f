#!/bin/sh
# scaling.sh - what requests cost as 10^2 to 10^6 blocks are live: makes the
# traces and draws the picture
#
#   plot/scaling.sh [ALLOCATOR | OPTION]...
#
# BIN is where mdriver and rep are, PLOTS where pictures and traces go, LIVE the
# numbers of live blocks, SECONDS_EACH the CPU time of a pass, after which an
# allocator that searches all of the heap is given up: its curve ends there.
set -eu
BIN=${BIN:-.}
PLOTS=${PLOTS:-build/plots}
LIVE=${LIVE:-100 1000 10000 100000 1000000}
SECONDS_EACH=${SECONDS_EACH:-4}
[ $# -gt 0 ] || set -- mm implicit explicit buddy tlsf libc

# By 3 * N requests most of N blocks have come to live, and the last N free
# them; what is between is as long in all traces.
mkdir -p "$PLOTS/traces"
for n in $LIVE; do
    trace=$PLOTS/traces/live-$n.rep
    [ -s "$trace" ] ||
        "$BIN/rep" gen random --live "$n" --ops $((100000 + 4 * n)) \
            --sizes log --min 8 --max 512 -o "$trace"
    set -- "$@" "$trace"
done

# Allocators and then traces are options in turn.
for word; do
    shift
    case $word in
    *.rep) set -- "$@" -f "$word" ;;
    -*) set -- "$@" "$word" ;;
    *) set -- "$@" -m "$word" ;;
    esac
done

# That some failed, by their time, is no reason to stop.
status=0
"$BIN/mdriver" -s "$SECONDS_EACH" --plot scaling --plot-dir "$PLOTS" "$@" ||
    status=$?
[ $status -le 1 ]
