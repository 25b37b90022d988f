#!/bin/sh
# bench.sh - how fast the driver itself is, on traces generated for it, and what
# the recorder costs a compiler
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

# 400,000 requests of the compiler proper.
source=$dir/source.c
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    cat <<C
struct s$i { struct s$i *next; int key, v[4]; char name[16]; };
static struct s$i *add$i(struct s$i *list, int k, const char *name)
{
    struct s$i *s = __builtin_malloc(sizeof *s);
    if (!s) return list;
    for (int j = 0; j < 4; j++)
        s->v[j] = k * j + (int)__builtin_strlen(name);
    __builtin_strncpy(s->name, name, sizeof s->name - 1);
    switch (k % 5) {
    case 0: s->key = k; break;
    case 1: s->key = -k; break;
    case 2: for (int q = 0; q < k; q++) s->key += s->v[q & 3] * q; break;
    default: s->key = k / 3;
    }
    s->next = list;
    return s;
}
int sum$i(int n)
{
    struct s$i *list = 0;
    int sum = 0;
    for (int j = 0; j < n; j++) list = add$i(list, j, "abc");
    while (list) {
        struct s$i *next = list->next;
        sum += list->key;
        __builtin_printf("%d %s\n", sum, list->name);
        __builtin_free(list);
        list = next;
    }
    return sum;
}
C
done >"$source"
cc1=$(gcc -print-prog-name=cc1)
if [ -x "$cc1" ]; then
    "$build/bench/bench_record" "$build/record.so" 20 \
        "$cc1" -quiet -O2 "$source" -o "$dir/source.s"
fi
