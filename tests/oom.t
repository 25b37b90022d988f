#!/usr/bin/env perl
# oom.t - ./mdriver --oom: mem_sbrk fails at each of its calls
use strict;
use warnings;
use lib 'tests';
use Check;

sub oom { return run("./mdriver --oom -n --quiet @_") }

my $few = trace('few', 'a 0 100', 'a 1 100', 'a 2 100', 'f 1', 'a 3 50',
    'r 0 200', 'c 4 10 10', 'f 0', 'f 2', 'f 3', 'f 4');

sub ran {
    my ($arguments, $status, $out, $name) = @_;
    my @found = oom($arguments);
    is("status $found[0]\n$found[1]--\n$found[2]", "status $status\n$out--\n",
        $name);
}

# ---- Those that pass ----

for my $name (qw(naive implicit explicit tree mm tests/faulty/correct.c)) {
    my ($status, $out, $err) = oom("-m $name");
    $out =~ s/\b[1-9]\d* failing/N failing/g;
    is("$status|$err|$out", "0||$name: growing: ok, N failing calls tried\n"
        . "$name: mixed: ok, N failing calls tried\n"
        . "$name: reallocs: ok, N failing calls tried\n",
        "$name, on the traces of --oom's own");
}

ran("-m naive $few", 0, "naive: few: ok, 7 failing calls tried\n",
    'a call for each request that takes memory, and one for mm_init');
ran("-m naive -m implicit -f $few", 0,
    "naive: few: ok, 7 failing calls tried\n"
    . "implicit: few: ok, 5 failing calls tried\n", 'several');
{
    my $one = trace('one', 'a 0 0');
    ran("-m tests/faulty/correct.c $one", 0,
        "tests/faulty/correct.c: one: ok, 0 failing calls tried\n",
        'no call at all');
    ran("-m implicit $one", 0, "implicit: one: ok, 1 failing call tried\n",
        'one call');
    my $many = trace('many', map { "a $_ 16" } 1 .. 300);
    my ($status, $out) = oom("-m naive $many");
    like($out, qr/^naive: many: ok, (\d+) failing calls tried: the first 64, then each a quarter further on, up to call \d+\n\z/,
        'many calls are sampled');
    my ($tried) = $out =~ /ok, (\d+)/;
    check(defined $tried && $tried > 64 && $tried < 80, 'not all of 301');
}
ran('-m libc -m naive ' . $few, 0,
    "libc: not asked: its memory is not mem_sbrk's\n"
    . "naive: few: ok, 7 failing calls tried\n", 'libc is not asked');

# ---- Those that fail ----

sub fault {
    my ($name, $expected) = @_;
    my $path = "tests/faulty/$name.c";
    ran("-m $path $few", 1, "$path: few: FAIL $expected\n", $name);
}

fault('oom_garbage', 'when call 1 of mem_sbrk fails: line 5: malloc(100) for '
    . 'id 0 crashed: SIGSEGV, Segmentation fault, at 0xffffffffffffffff, near '
    . 'NULL');
fault('oom_gives_up', 'when call 1 of mem_sbrk fails: line 6: malloc(100) for '
    . 'id 1 returned NULL, expected a block; mem_sbrk had not refused to grow '
    . 'the heap');
fault('oom_leaves_header', 'when call 2 of mem_sbrk fails: line 6: the payload '
    . 'of id 0 was overwritten; seen after malloc(100) for id 1');
fault('oom_realloc_frees', 'when call 2 of mem_sbrk fails and all after it: line '
    . '11: calloc(10, 10) for id 4 returned 0x100800000010, which overlaps '
    . 'the payload of id 0');
fault('overlap', 'when none fails: line 7: malloc(100) for id 2 returned '
    . '0x1008000000a0, which overlaps the payload of id 1');

{
    my ($status, $out) = oom("-v -m tests/faulty/oom_garbage.c $few");
    like($out, qr/^tests.*\n      .*heap: \[.*\n      .*it printed: mem_sbrk\(128\): made to fail\n\z/,
        '-v shows the rest');
}

# ---- Output ----

for my $how ('--oom', '--conform', '--oom --conform --abuse') {
    my ($status, $out, $err) =
        run("./mdriver $how --quiet -m naive >/dev/full");
    is("$status|$err", "2|<stdout>: expected to write it, found: No space left "
        . "on device\n", "$how: a full disk is told once, with its reason");
}

# ---- Input ----

{
    my $bad = spew(scratch('bad.rep'), "1\n1\n1\n1\nx 0\n");
    my ($status, $out, $err) = oom("-m naive $bad");
    is("$status|$out", '2|', 'a trace that is none');
}

done();
