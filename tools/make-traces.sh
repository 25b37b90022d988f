#!/bin/sh
# make-traces.sh - make the traces of a directory, and its README.md
#
#   tools/make-traces.sh [DIRECTORY]            (default: traces)
#   tools/make-traces.sh --large [DIRECTORY]    (default: build/traces-large)
#
# The large ones have 10^6 to 10^7 requests each and are not committed.
# Runs from the top of the tree; REP names another rep than ./rep.  The
# generated traces are the same on every machine; the recorded ones depend on
# the versions of the programs, which the README tells.  Traces of programs
# that this machine lacks are left as they are, and so is the README then.
set -eu

set_of_traces=small
default=traces
if [ "${1:-}" = --large ]; then
    set_of_traces=large
    default=build/traces-large
    shift
fi
out=$(mkdir -p "${1:-$default}" && cd "${1:-$default}" && pwd)
rep=$(cd "$(dirname "${REP:-./rep}")" && pwd)/$(basename "${REP:-./rep}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/here" # programs look around, so nothing else lies here
cp tools/workloads/* "$work/here"
cd "$work/here"
missing=
# Some programs sort by address: without randomization they do the same again.
fixed=$(command -v setarch >/dev/null && setarch -R true && echo setarch -R) ||
    fixed=

# one_line TEXT - without the line breaks that keep this file narrow
one_line() {
    printf '%s' "$1" | tr -s '\n ' '  '
}

# row NAME MADE-BY DOING WHY - a row of the table
row() {
    awk -v name="$1" -v made="$2" -v doing="$3" -v why="$(one_line "$4")" '
        NR == 1 { weight = $1 }
        NR == 2 { ids = $1 }
        NR == 3 { ops = $1 }
        NR == 4 {
            printf "| %s | %d | %d | %d | %d | %s | %s | %s |\n", name, ops,
                ids, $1, weight, made, doing, why
            exit
        }' "$out/$1.rep" >>../rows
}

# gen NAME WHY MODEL [OPTION]...
gen() {
    name=$1 why=$2
    shift 2
    "$rep" gen "$@" -o "$out/$name.rep"
    row "$name" "\`rep gen $*\`" 'synthetic' "$why"
}

# record NAME VERSION-COMMAND DOING WHY PROGRAM [ARGUMENT]...  In an
# environment of its own, so that the user's does not show in the trace; $more
# is what else belongs there.
more=
record() {
    name=$1 version=$2 doing=$3 why=$4
    shift 4
    if ! command -v "$1" >/dev/null; then
        echo "make-traces: $name.rep: expected the program $1," \
            "found none" >&2
        missing="$missing $name"
        return
    fi
    env -i PATH=/usr/bin:/bin HOME="$work/here" LC_ALL=C GIT_CONFIG_NOSYSTEM=1 \
        PERL_HASH_SEED=0 PYTHONHASHSEED=0 PYTHONMALLOC=malloc \
        PYTHONDONTWRITEBYTECODE=1 $more \
        $fixed "$rep" record -o ../new.rep -- "$@" </dev/null >../output \
        2>../errors
    if ! grep 'exited with status 0$' ../errors >&2; then
        cat ../errors >&2
        exit 1
    fi
    mv ../new.rep "$out/$name.rep"
    row "$name" "$(sh -c "$version" 2>&1 | head -n 1)" "$doing" "$why"
}

small_traces() {
gen binary-small \
    'Splinters: freed small blocks serve the request only if they were
     placed side by side.' \
    binary --pairs 3000 --small 24 --large 200 --request 48
gen binary-large \
    'Holes of 416 bytes between live small blocks, then requests of 480:
     whoever mixes sizes cannot use them again.' \
    binary --pairs 2000 --small 32 --large 416 --request 480 --free large
gen coalesce \
    'Whether both neighbours are merged at once, in either order.' \
    coalesce --rounds 120 --batch 12 --max 4096
gen random \
    'Small and large without any order; the classic torture.' \
    random --ops 12000 --live 1200 --max 32768 --seed 11
gen random-small \
    'Small blocks only, many live: headers and search dominate.' \
    random --ops 40000 --live 6000 --max 256 --seed 12
gen random-power \
    'Sizes and lifetimes as programs have them (many small and short,
     few large and long), with reallocs, but in random order.' \
    random --ops 40000 --live 3000 --min 16 --max 65535 --sizes power \
    --lives young --realloc 10 --seed 13
gen realloc \
    'Growth in place, when nothing is in the way.' \
    realloc --steps 4000 --seed 14
gen realloc-wall \
    'Growth with a small block behind: copy and reuse of the hole.' \
    realloc-wall --steps 3000 --growth 64 --keep 3 --seed 15

record cc1 'gcc --version' \
    'compiling 230 lines of C with -O1' \
    'Half of the blocks live for 12 requests or less; calloc, obstacks,
     tables grown by realloc up to 128 KB.' \
    "$(gcc -print-prog-name=cc1)" -quiet -O1 -frandom-seed=1 cc1.c -o cc1.s
record as 'as --version' \
    'assembling what cc1 made' \
    'Few requests; obstacks of 4 KB among blocks of 56 bytes, two thirds
     kept to the end.' \
    as cc1.s -o cc1.o
record bash 'bash --version' \
    'a script with arrays, tables, recursion and string cutting' \
    'Strings of 11 bytes (median) that live for 20 requests: the header
     is larger than the payload.' \
    bash bash.sh
record cmake 'cmake --version' \
    'a script of lists and regular expressions' \
    'C++ strings and vectors: no realloc, half gone within 12 requests,
     all freed in the end.' \
    cmake -P cmake.cmake
if command -v git >/dev/null; then sh git.sh; fi
record git 'git --version' \
    'git log -p --stat -M over 24 commits' \
    'Buffers of zlib and of whole files, up to 1 MB, among small
     objects.' \
    git -C repository log -p --stat -M
record gnuplot 'gnuplot --version' \
    'a fit and some plots' \
    'Tables of points that grow among tiny strings; half kept to the
     end; has memalign.' \
    gnuplot gnuplot.gp
record jq 'jq --version' \
    'records grouped, sorted, printed and parsed' \
    'Reference-counted values of 32 to 152 bytes; half live for 1000
     requests and more.' \
    jq -n -f jq.jq
record make 'make --version' \
    'make -n of 100 generated rules' \
    'Strings: half are gone within 6 requests, half are kept to the
     end.' \
    make -n -f makefile.mk
record perl 'perl -e "print qq{perl \$^V}"' \
    'an inverted index over generated text' \
    'One request in nine is a realloc, of strings and hashes; calloc;
     the median block has 32 bytes.' \
    perl perl.pl
record python '/usr/bin/python3 --version' \
    'JSON, dicts, heaps; PYTHONMALLOC=malloc' \
    'Objects of 56 to 184 bytes, short-lived ones among structures that
     stay.' \
    /usr/bin/python3 -s -S python.py
record sqlite3 'echo SQLite $(sqlite3 --version | cut -d" " -f1)' \
    'tables in memory, joins, an index, vacuum' \
    'Small short-lived blocks among those of 1 KB and tables up to 512
     KB; one request in ten is a realloc.' \
    sqlite3 -bail :memory: '.read sqlite.sql'
record troff 'troff --version' \
    'macros, a loop, a diversion' \
    'C++ nodes of 16 to 88 bytes, half of which are never freed.' \
    troff -Tutf8 troff.tr
record bc 'bc --version' \
    'pi, e, factorials and Fibonacci numbers of 40 digits' \
    'Numbers and their digits, of 16 bytes, that live for an instant: never
     more than 944 blocks at once.' \
    bc -q bc.bc
record bison 'bison --version' \
    'the grammar of a C-like language' \
    'Item sets and bit sets, half of them of 16 to 32 bytes, that stay until
     all is freed in the end.' \
    bison -o grammar.c grammar.y
awk -f graph.awk >graph.gv
record dot 'dot -V' \
    'laying out a graph of 60 nodes as SVG' \
    'Nodes, edges and strings of 16 to 40 bytes; one in ten is a realloc or
     of calloc; half are never freed.' \
    dot -Tsvg graph.gv -o graph.svg
record gawk 'gawk --version' \
    'words counted and joined, a sparse matrix' \
    'Strings of 2 to 8 bytes and calloc: payloads smaller than any header
     with its rounding.' \
    gawk -f gawk.awk
record git-pack 'git --version' \
    'git pack-objects --threads=2, two threads flattened into one' \
    'Buffers of 7 and 64 KB among blocks of 50 to 80 bytes, from two
     threads at once; comes out a little different each time.' \
    git -C repository pack-objects --threads=2 --all --stdout --window=50 \
    --no-reuse-delta
record gs 'echo Ghostscript $(gs --version)' \
    'a page of curves and text as a bitmap' \
    'From 16 bytes to 541 KB, a third of it freed last in, first out; calloc
     of one block in six.' \
    gs -q -dBATCH -dNOPAUSE -sDEVICE=pngmono -r72 -sOutputFile=page.png gs.ps
record lua 'lua5.4 -v' \
    'a trie, closures, strings joined and cut' \
    'Everything through realloc and free, collected in sweeps: blocks of
     a time die together, in the order of a list.' \
    lua5.4 lua.lua
record m4 'm4 --version' \
    'loops and recursion of macros' \
    'Obstacks of 4064 bytes and definitions of 8 to 30, pushed and popped:
     two thirds of the frees take the youngest block.' \
    m4 m4.m4
record nasm 'nasm --version' \
    '128 expansions of a macro' \
    'Tokens of 24, 40 and 128 bytes, one in three of calloc, that live until
     their line is done.' \
    nasm -f elf64 nasm.asm -o nasm.o
more=USE_ZEND_ALLOC=0
record php 'php -n --version' \
    'a tree of objects, regular expressions, JSON; USE_ZEND_ALLOC=0' \
    'Strings, objects and hash tables of 24 to 136 bytes, freed in quite
     another order than allocated.' \
    php -n php.php
more=
record povray 'povray --version 2>&1 | grep -m1 POV' \
    'a scene of 300 objects, rendered by two threads, flattened' \
    'C++ objects, a third of them of 40 bytes, among tables of up to 262 KB;
     comes out a little different each time.' \
    povray +Iscene.pov +W16 +H12 -D +Oscene.png +WT2
awk -f xml.awk >catalogue.xml
record xmllint 'xmllint --version' \
    'a document of 700 items, parsed and printed' \
    'A tree of nodes of 96 and 120 bytes with their strings, all built
     first and all freed in the end.' \
    xmllint --format catalogue.xml
awk -f z3.awk >z3.smt2
record z3 'z3 --version' \
    'a colouring with sums' \
    'C++ terms and clauses; vectors that grow; 20 MB of tables at the
     peak.' \
    z3 z3.smt2

printf '0\n5\n12\n4176\n' >"$out/short.rep"
cat >>"$out/short.rep" <<'REP'
a 0 2040
a 1 48
c 2 8 16
m 3 64 1000
f 1
a 4 48
r 0 3000
f -1
f 2
r 3 0
f 0
f 4
REP
row short 'by hand' 'every request letter once' \
    'To try an allocator out with; not scored.'
}

large_traces() {
gen binary-many \
    'The lab classic at a size where a list of free blocks hurts.' \
    binary --pairs 200000 --small 24 --large 200 --request 48
gen random-large \
    'A million live blocks of any size.' \
    random --ops 10000000 --live 1000000 --max 512 --seed 21
gen random-power-large \
    'Sizes and lifetimes as programs have them, in random order.' \
    random --ops 5000000 --live 100000 --min 16 --max 65535 --sizes power \
    --lives young --realloc 10 --seed 22

awk -f functions.awk >functions.c
record cc1-large 'gcc --version' \
    'compiling 300 functions with -O2' \
    'Seven million requests of a compiler.' \
    "$(gcc -print-prog-name=cc1)" -quiet -O2 -frandom-seed=1 functions.c \
    -o functions.s
record clang-large 'clang --version' \
    'compiling 300 functions with -O2' \
    'A large C++ program: six million requests.' \
    clang -O2 -c functions.c -o functions.o
record gawk-large 'gawk --version' \
    'words counted and joined, a sparse matrix' \
    'Strings and hash tables.' \
    gawk -v n=100000 -f gawk.awk
record nasm-large 'nasm --version' \
    '2400 expansions of a macro' \
    'Tokens.' \
    nasm -dN=300 -f elf64 nasm.asm -o nasm.o
record python-large '/usr/bin/python3 --version' \
    'the modules of its library parsed; PYTHONMALLOC=malloc' \
    'Syntax trees: seven million requests.' \
    /usr/bin/python3 -s -S stdlib.py
awk -v n=20000 -f xml.awk >catalogue.xml
record xmllint-large 'xmllint --version' \
    'a document of 20000 items, parsed and printed' \
    'A tree of half a million blocks.' \
    xmllint --format catalogue.xml
record yosys-large 'yosys -V' \
    'synthesis of a small processor' \
    'C++ dictionaries that are copied whole: three million requests.' \
    yosys -q -p 'read_verilog yosys.v; synth -top cpu'
}

"${set_of_traces}_traces"

if [ -n "$missing" ]; then
    echo "make-traces: README.md left as it is; missing:$missing" >&2
    exit 1
fi
cat - ../rows >"$out/README.md" <<'MD'
# The traces

`make traces` makes them again, with `tools/make-traces.sh`, which also writes
this table. The programs' inputs are in `tools/workloads`. Requests, ids and
peak payload (bytes live at once) are those of the header; the weight tells what
is scored (0 nothing, 1 all). Every synthetic trace frees in the end what it
allocated; a recorded one frees what the program freed.

| trace | requests | ids | peak payload | weight | made by | doing | why |
|---|---:|---:|---:|---:|---|---|---|
MD
