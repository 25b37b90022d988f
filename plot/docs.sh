#!/bin/sh
# docs.sh - the pictures of docs/pictures.md (make docs-pictures)
#
# BIN is where mdriver and rep are, PLOTS where all is drawn, LIVE as in
# scaling.sh; what the page shows is copied to docs/pictures.
set -eu
BIN=${BIN:-.}
PLOTS=${PLOTS:-build/docs}

# draw PICTURE,... TRACE,... ALLOCATOR...
draw() {
    pictures=$(echo ",$1" | sed 's/,/ --plot /g')
    traces=$(echo ",$2" | sed 's/,\([^,]*\)/ -f traces\/\1.rep/g')
    shift 2
    # shellcheck disable=SC2086 # lists of words
    "$BIN/mdriver" --quiet --plot-dir "$PLOTS" $pictures $traces \
        $(printf ' -m %s' "$@")
}

# show NAME AS - of what was drawn, in the page.
show() {
    cp "$PLOTS/$1.png" "docs/pictures/$2.png"
}

mkdir -p docs/pictures
draw overhead,heapmap,fragmentation lua mm implicit buddy
draw heapmap realloc-wall implicit
draw fragmentation realloc buddy
draw latency cc1 mm implicit explicit buddy tlsf libc
draw pareto lua,cc1,git,jq,xmllint,bison mm tags tree tlsf slab segregated \
    explicit explicit-best buddy buddy-fibonacci naive libc
"$BIN/mdriver" --quiet --plot-dir "$PLOTS" --plot utilization -t traces \
    -m mm -m implicit -m segregated -m buddy -l
"$BIN/rep" info --summary --plot-dir "$PLOTS" --plot all traces/lua.rep
BIN=$BIN PLOTS=$PLOTS plot/scaling.sh mm implicit explicit buddy tlsf libc

show overhead-lua overhead
show heapmap-lua-mm heapmap
show heapmap-realloc-wall-implicit heapmap-stair
show fragmentation-lua-implicit fragmentation
show fragmentation-realloc-buddy fragmentation-saw
show utilization-all utilization
show pareto-all pareto
show latency-cc1 latency
show scaling-all scaling
show sizes-lua sizes
show lifetimes-lua lifetimes
