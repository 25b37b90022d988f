#!/usr/bin/env perl
# compare.t - --compare, -m all, and peers: libraries with a malloc of their own
use strict;
use warnings;
use lib 'tests';
use Check;

my $tiny = trace('tiny', map { "a $_ 100" } 0 .. 9);

# library(NAME, FLAGS, SOURCE) - the path of a shared object made of C.
sub library {
    my ($name, $flags, $source) = @_;
    my $object = scratch("$name.so");
    my ($status, undef, $err) = run("cc -O1 -w -shared -fPIC -fno-builtin "
        . "$flags -o $object " . spew(scratch("$name.c"), $source));
    is("$status$err", '0', "$name compiles");
    return $object;
}

# resident(ALLOCATOR, TRACE) - KiB that it is said to have taken.
sub resident {
    my ($allocator, $trace) = @_;
    my $json = scratch('resident.json');
    my ($status, $out, $err) =
        run("./mdriver --quiet -m $allocator -c $trace --json $json");
    my $row = report_of($json)->{results}[0];
    check($status eq '0' && $row->{valid} && $row->{resident},
        "$allocator passes " . ($trace =~ s{.*/}{}r), "$status $out$err");
    return ($row->{heap_bytes} // 0) / 1024;
}

# between(FOUND, LEAST, MOST, NAME)
sub between {
    my ($found, $least, $most, $name) = @_;
    check($least <= $found && $found <= $most, $name,
        "expected $least to $most, found $found");
}

# ---- Peers ------------------------------------------------------------------

# Every block on pages of its own, given back when it is freed.  Its calloc and
# realloc call malloc by name; variables of a thread, as many have them.
my $pages = <<'C';
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>
static __thread __attribute__((tls_model("initial-exec"))) char room[ROOM];
static size_t whole(size_t n) { return (n + 16 + 4095) & -4096L; }
void *malloc(size_t n)
{
    size_t *p = n > 1L << 47 ? MAP_FAILED : mmap(0, whole(n),
        PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return 0;
    room[n % ROOM] = 1;
    *p = n;
    return p + 2;
}
void free(void *p)
{
    if (p)
        munmap((size_t *)p - 2, whole(((size_t *)p)[-2]));
}
void *calloc(size_t n, size_t m)
{
    return malloc(n * m);
}
void *realloc(void *p, size_t n)
{
    void *q = n ? malloc(n) : 0;
    size_t old = p ? ((size_t *)p)[-2] : 0;
    if (p && q)
        memcpy(q, p, old < n ? old : n);
    free(p);
    return q;
}
C
my $peer = library('pages', '-DROOM=64', $pages);
my $roomy = library('roomy', '-DROOM=8192', $pages);

between(resident($peer, $tiny), 40, 48, 'ten pages are ten pages');
between(resident($roomy, $tiny), 40, 56, 'and with many variables of a thread');
between(resident($peer, trace('large', 'a 0 10000000', 'f 0', 'a 1 16')),
    9766, 9790, 'every page of a payload is touched, and the peak counts');
between(resident($peer, trace('freed', map { ("a $_ 5000", "f $_") } 0 .. 99)),
    8, 24, 'what was given back does not');
between(resident($peer, trace('moved', 'c 0 1 300', 'r 0 9000', 'r 0 100',
    'a 1 0', 'f 0', 'f 1')), 12, 28, 'calloc finds its own malloc');
my $pile = trace('pile', map { "a $_ 1000" } 0 .. 999);
between(resident('libc.so.6', $pile), 850, 1050, 'libc by its name');
between(resident('libc', $pile), 950, 1050, 'libc is measured alike');
between(resident('libjemalloc.so.2', $tiny), 4, 4096,
    'libjemalloc.so.2 is found, and runs');
for my $trace (qw(as realloc)) {
    my ($status, $out, $err) = run("./mdriver --quiet -m libjemalloc.so.2 "
        . "-c traces/$trace.rep");
    like("$status $out$err", qr/^0 .*\n  \Q$trace\E +yes +\d+\.\d%r /s,
        "libjemalloc.so.2 on $trace");
}
{
    my ($status, $out, $err) = run("./mdriver --quiet -m $peer -f $tiny");
    like("$status $out$err", qr/\A0\ Results\ for\ \Q$peer\E:\n
        \ \ trace\ .*\n\ \ tiny\ +yes\ +\d+\.\d%r\ .*\ \d+\.\d+[\ ~]*\n
        .*^r:\ not\ a\ simulated\ heap,\ .*\n\ \ \ .*\n\z/smx,
        'a peer is timed, and its measure is marked');
}

for (
    ['-m libnone.so.7', 'libnone.so.7: expected a library that can be loaded, '
        . 'found: cannot open shared object file: No such file or directory'],
    ['-m libm.so.6', 'libm.so.6: expected malloc to be defined, found nothing '
        . 'of that name'],
    ['-m /no/lib.so.7', '/no/lib.so.7: No such file or directory'],
) {
    my ($arguments, $error) = @$_;
    my ($status, $out, $err) = run("./mdriver -c $tiny $arguments");
    is("$status $out$err", "2 $error\n", $arguments);
}
{
    my $half = library('half', '', 'void *malloc(unsigned long n) { return 0; }'
        . 'void free(void *p) {}');
    my ($status, undef, $err) = run("./mdriver --quiet -c $tiny -m $half");
    is($status, 1, 'an object that lacks a function has failed');
    my $exits = library('exits', '', $pages =~ s/ROOM/64/gr . 'void exit(int);'
        . '__attribute__((constructor)) static void no(void) { exit(3); }');
    ($status, my $out) = run("./mdriver --quiet -c $tiny -m $exits");
    like("$status $out", qr/^1 .*\n  tiny +no /s, 'one that exits when loaded');
    my $crashes = library('crashes', '', $pages =~ s/ROOM/64/gr
        =~ s/\*p = n;/*p = n; static int k; if (++k == 5) __builtin_trap();/r);
    ($status, $out) = run("./mdriver --quiet -c $tiny -m $crashes");
    like("$status $out", qr/^1 .*\n  tiny +no +- .*^\Q$tiny\E:9: /sm,
        'one that crashes: the request is told');
}

# ---- -m all -----------------------------------------------------------------

my (undef, $list) = run('./mdriver --list');
{
    my ($status, $out, $err) = run("./mdriver --quiet -c $tiny -m all -T "
        . '| cut -f1 | uniq');
    is($out, "allocator\n$list", '-m all: every name of --list');
    (undef, $out) = run("./mdriver --quiet -c $tiny -l -m all -m all -T "
        . '| cut -f1 | uniq');
    is($out, "allocator\n$list", '-m all: each once');
    ($status, $out) = run("COLUMNS=72 ./mdriver --quiet -c $tiny -m all "
        . '--compare');
    is($status, 0, '-m all --compare: the status');
    my @long = grep { length > 72 } split(/\n/, $out =~ s/^r:.*//smr);
    is("@long", '', 'no line is longer than the screen is wide');
    is(scalar(() = $out =~ m{ 1/1}g), scalar(split(/\n/, $list)),
        'and no column is missing');
    (undef, my $wide) = run("./mdriver --quiet -c $tiny -m all --compare");
    is(scalar(() = $wide =~ /^  trace /mg), 1, 'in a file it is one piece');
}

# ---- Two, timed in turns ----------------------------------------------------

# pair(ALLOCATORS, RATIO, NAME) - with random.rep, the ratio as told.
sub pair {
    my ($allocators, $name) = @_;
    my $json = scratch('pair.json');
    my ($status, $out, $err) = run("./mdriver --quiet --compare $allocators "
        . "-f traces/as.rep -c $tiny --json $json");
    like("$status $out$err", qr/\A0\ Results\ compared,\ .*
        ^Speed\ of\ \S+\ against\ \S+,\ timed\ in\ turns:\n
        \ \ trace\ +x\ \S+\ +interval\n
        \ \ as\ +[\d.]+~?\ +[\d.]+-[\d.]+\n
        \ \ tiny\ +-\ +-\n
        \ \ geometric\ mean\ +[\d.]+~?\ +[\d.]+-[\d.]+\n/smx,
        "$name, timed in turns");
    return report_of($json)->{pairs}[0]{ratio} // 0;
}

between(pair('-m naive -m naive', 'an allocator with itself'), .5, 2,
    'is as fast as itself');
# Its free list of thousands against none: not a matter of the machine.
between(pair('-m implicit -m naive', 'implicit against naive'), 0, .9,
    'the slower one comes first: below 1');
between(pair('-m naive -m tests/dialects/classic_alone.c',
    'two dialects on one heap'), .01, 100, 'the dialects have a ratio');
between(pair("-m naive -m $peer", 'a heap and a peer'), 2, 1e6,
    'a peer that asks the kernel each time is slower');
{
    my ($status, $out) = run("./mdriver --quiet --compare -m naive "
        . "-m implicit -m brk -c $tiny");
    unlike($out, qr/in turns/, 'three are not timed against each other');
    ($status, $out) = run("./mdriver --quiet --compare -m naive "
        . "-m tests/faulty/overlap.c -f $tiny");
    like("$status $out", qr/^1 .* tiny +-\ +-\n.*^Failed with /sm,
        'nor those of which one failed');
}

done();
