#!/bin/sh
# bench.sh - how fast the driver itself is, on traces generated for it
#
#   tests/bench.sh BUILD_DIRECTORY      (make bench)
set -e
build=$1
dir=$build/bench
bench="env MM=$build/allocators/mm.so $build/bench/bench"
mkdir -p "$dir"

big=$dir/big.rep
[ -f "$big" ] || ./rep gen random --ops 4000000 --live 1000 --sizes log \
    --max 4096 -o "$big"
$bench reader "$big"
$bench replay "$big"
for live in 1000 100000 1000000; do
    trace=$dir/live-$live.rep
    [ -f "$trace" ] || ./rep gen random --ops 4000000 --live $live --min 16 \
        --max 64 -o "$trace"
    $bench check "$trace"
done
echo "default run, wall time:"
time -p ./mdriver -t traces --quiet >/dev/null
