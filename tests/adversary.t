#!/usr/bin/env perl
# adversary.t - rep gen's adversaries: the heaps they take from ideal policies
# and from real allocators, their traces, and what goes wrong
#
# Runs from the top of the tree; REP and MDRIVER name other programs than ./rep
# and ./mdriver.
use strict;
use warnings;
use lib 'tests';
use Check;
use Digest::MD5 'md5_hex';

my $rep     = $ENV{REP} // './rep';
my $mdriver = $ENV{MDRIVER} // './mdriver';

# takes ARGS, REPORT, NAME - rep gen ARGS writes a trace and says just this
sub takes {
    my ($args, $report, $name) = @_;
    my ($status, $out, $err) = run("$rep gen $args --report yes -o /dev/null");
    is("$status|$out|$err", "0||rep: gen: $report\n", $name);
}

# fails ARGS, STATUS, MESSAGE, NAME - it says just that, and leaves no file
sub fails {
    my ($args, $expected, $message, $name) = @_;
    my $file = scratch('none.rep');
    my ($status, $out, $err) = run("$rep gen $args -o $file");
    is("$status|$out|$err", "$expected||rep: $message\n", $name);
    check(!glob("$file*"), "$name: no file");
}

# ---- Ideal policies ---------------------------------------------------------

# 65536 (log2(n) / 2 + 1) - n + 1 words, to the word
for (['16', '196593 words: 3.00 times; bound 3.00'],
     ['64', '262081 words: 4.00 times; bound 4.00'],
     ['256', '327425 words: 5.00 times; bound 5.00'],
     ['1024', '392193 words: 5.98 times; bound 5.98']) {
    my ($max, $heap) = @$_;
    for my $policy ('first-fit', 'best-fit', 'next-fit', 'lifo') {
        takes("robson --live 65536 --max $max --against $policy",
            "robson: live at most 65536 words, heap of $policy $heap",
            "robson, n = $max, $policy: exactly the bound");
    }
}
takes('robson --live 65536 --max 1024 --against buddy',
    'robson: live at most 65536 words, heap of buddy 393216 words: '
    . '6.00 times; bound 5.98', 'robson, buddies: no less');

takes('robson-first-fit', 'robson-first-fit: live at most 16384 words, '
    . 'heap of first-fit 124900 words: 7.62 times; bound 10.83',
    'robson-first-fit takes more than robson');
takes('robson-first-fit --live 262144 --max 16', 'robson-first-fit: live at '
    . 'most 262144 words, heap of first-fit 918021 words: 3.50 times; '
    . 'bound 4.88', 'robson-first-fit, small n');

# (M - 4n + 11)(n - 2) words, and one more
for (['6', '60', '189 words: 3.15 times; bound 3.13'],
     ['16', '160', '1499 words: 9.37 times; bound 9.36'],
     ['24', '96', '243 words: 2.53 times; bound 2.52'],
     ['32', '320', '6091 words: 19.03 times; bound 19.03']) {
    my ($max, $live, $heap) = @$_;
    takes("robson-best-fit --live $live --max $max", 'robson-best-fit: live '
        . "at most $live words, heap of best-fit $heap",
        "robson-best-fit, n = $max: the bound");
}
takes('robson-best-fit --against first-fit', 'robson-best-fit: live at most '
    . '224 words, heap of first-fit 290 words: 1.29 times; bound 13.65',
    'robson-best-fit does no harm to first fit');

takes('buddy-killer', 'buddy-killer: live at most 16384 words, heap of buddy '
    . '150528 words: 9.19 times; bound 12.00', 'buddy-killer');
takes('segregated-killer', 'segregated-killer: live at most 16384 words, heap '
    . 'of segregated 192000 words: 11.72 times; bound 16.00',
    'segregated-killer');
for my $policy ('lifo', 'next-fit') {
    takes("lifo-killer --against $policy", 'lifo-killer: live at most 4096 '
        . "words, heap of $policy 254080 words: 62.03 times; bound 64.00",
        "lifo-killer, $policy");
}
takes('lifo-killer --against first-fit', 'lifo-killer: live at most 4096 '
    . 'words, heap of first-fit 4215 words: 1.03 times; bound 64.00',
    'lifo-killer does no harm to first fit');

# ---- Traces -----------------------------------------------------------------

# figures_of TEXT - what is wrong with a trace, or its figures
sub figures_of {
    my ($weight, $ids, $ops, $peak, @requests) = split /\n/, $_[0];
    my ($live, $most, $largest, %size) = (0, 0, 0);
    for (@requests) {
        my ($letter, $id, $bytes) = split;
        return "\"$_\"" if ($letter eq 'a') == exists $size{$id};
        $live += $letter eq 'a' ? $size{$id} = $bytes : -delete $size{$id};
        $most    = $live if $live > $most;
        $largest = $bytes if $letter eq 'a' && $bytes > $largest;
    }
    return 'left over: ' . keys %size if %size;
    return "header: $ops, $peak" if $ops != @requests || $peak != $most;
    return "weight $weight, requests $ops, peak $peak, largest $largest";
}

my %traces = (
    'robson' => ['weight 2, requests 49136, peak 523520, largest 32760',
        'f568316078875077352c1a46827aab06'],
    'robson-first-fit' => [
        'weight 2, requests 54032, peak 522488, largest 30904',
        'e119e8f25bb01378c3508a41a6d48998'],
    'robson-best-fit' => ['weight 2, requests 93930, peak 6992, largest 760',
        '1f24e2140dd8ec6582ba9b926c4f1540'],
    'buddy-killer' => ['weight 2, requests 28870, peak 518312, largest 16408',
        'b409c19e01f4d78df4f12d6e07b17407'],
    'segregated-killer' => [
        'weight 2, requests 94424, peak 511184, largest 1016',
        '19998affc6323a7a05b471955cf2bdf0'],
    'lifo-killer' => ['weight 2, requests 23820, peak 99304, largest 2040',
        'aeeefa3530c7fd3aa53156ed40c7ff8a'],
);
for my $model (sort keys %traces) {
    my ($figures, $md5) = @{$traces{$model}};
    my ($status, $text) = run("$rep gen $model");
    is($status, 0, "$model: status");
    is(figures_of($text), $figures, "$model: figures");
    is(md5_hex($text), $md5, "$model: the same bytes everywhere");
    my (undef, $again) = run("$rep gen $model --reuse-ids | grep '^a' | "
        . "cut -d' ' -f3");
    my $sizes = join('', map { /^a \d+ (\d+)/ ? "$1\n" : () }
        split /\n/, $text);
    check($again eq $sizes, "$model: the same sizes where ids are reused");
    my ($helped, $help) = run("$rep gen $model -h");
    is($helped, 0, "$model -h: status");
    like($help, qr/Bound: .*default/s, "$model -h: the bound");
}

my (undef, $scaled) = run("$rep gen robson --live 2 --max 2 --unit 100 "
    . "--header 1");
is($scaled, "2\n2\n4\n198\na 0 99\na 1 99\nf 1\nf 0\n", 'unit and header');

# ---- Real allocators --------------------------------------------------------

# meets MODEL, OPTIONS, ALLOCATOR, TIMES, NAME - played against the allocator it
# takes from the lower to the upper of TIMES what is live; returns the trace
sub meets {
    my ($model, $args, $allocator, $range, $name) = @_;
    my $file = scratch("$model.rep");
    my $header = $allocator eq 'mm' ? 0 : 16;
    my ($status, undef, $err) = run("$rep gen $model $args --against "
        . "$allocator --header $header --report yes -o $file");
    $err =~ /heap of \S+ \d+ words: (\S+) times/ or $status = "no report: $err";
    my $times = $1 // 0;
    is($status, 0, "$name: status");
    check($times >= $range->[0] && $times <= $range->[1], "$name: times",
        "expected @$range, found $times");
    return $file;
}

# wastes MODEL, OPTIONS, ALLOCATOR, TIMES, UTIL - it meets the allocator, whose
# utilization on that trace is then at most UTIL
sub wastes {
    my ($model, $args, $allocator, $range, $most) = @_;
    my $name = "$model against $allocator";
    my $file = meets($model, $args, $allocator, $range, $name);
    my $json = scratch('util.json');
    run("$mdriver --quiet -n -m $allocator --json $json -f $file");
    my $result = report_of($json)->{results}[0];
    check($result && $result->{valid} && $result->{util} <= $most,
        "$name: utilization", 'expected at most ' . $most . ', found '
        . ($result && $result->{util} // 'none'));
}

# M (log2(n) / 2 + 1) - n + 1: 3.97 times.
wastes('robson', '--live 2048 --max 64', $_, [3.97, 4.1], 0.25)
    for 'mm', 'implicit', 'tests/data/lifo.c';
# Against these the choice of the offset costs something: else 5.44 times.
wastes('robson', '--live 2048 --max 64', 'tests/data/pages.c', [4.7, 4.8], 0.2);
wastes('robson-best-fit', '--live 128 --max 16', 'explicit-best', [8.2, 8.3],
    0.12);
wastes('robson-first-fit', '--live 2048 --max 64', 'implicit', [4.8, 4.9], 0.2);
wastes('lifo-killer', '--live 1024', 'tests/data/lifo.c', [56, 56.2], 0.011);
wastes('segregated-killer', '--live 2048 --max 16', 'tests/data/pages.c',
    [10.5, 10.7], 0.09);

my ($libc, undef, $told) = run("$rep gen robson --live 2048 --max 64 --against "
    . "libc --report yes -o /dev/null");
my $heap = qr/\d+ words: [4-7]\.\d\d times|not known/;
like("$libc|$told", qr/^0\|rep: gen: robson: .* heap of libc ($heap); bound/,
    'robson against libc');

my @bytes = map {
    (run("$rep gen robson --against implicit --max 64 --live 1024"))[1] } 1, 2;
check($bytes[0] eq $bytes[1], 'the same allocator makes the same trace');

# ---- What goes wrong --------------------------------------------------------

fails('robson --header 32', 2, 'gen: --header: expected less than --unit, 32, '
    . 'found 32', 'a header as large as a word');
fails('robson-best-fit --live 20', 2, 'gen: --live: expected at least 96, 4 '
    . 'times --max, found 20', 'too few words live');
fails('robson-best-fit --max 5', 2, 'gen: --max: expected a number from 6 to '
    . '1048576, found "5"', 'a comb without room');
fails('robson --against nobody', 2, 'nobody: expected a name that --list '
    . 'prints, a .c file or a .so file', 'no such allocator');
fails('robson --report maybe', 2, 'gen: --report: expected no|yes, found '
    . '"maybe"', 'no such report');

my (undef, $whole, $said) = run("$rep gen robson --live 1 --max 1; "
    . "ulimit -v 400000; $rep gen robson --live 1 --max 1");
is("$whole$said", "2\n1\n2\n24\na 0 24\nf 0\n" x 2,
    'little address space: the same trace');

my $bad = 'tests/faulty';
for (['aborts',       'died in request 16385: Aborted'],
     ['exits',        'exited in request 16385'],
     ['init_fails',   'could not be loaded, or mm_init failed'],
     ['returns_null', 'returned NULL in request 3']) {
    my ($file, $message) = @$_;
    fails("robson --against $bad/$file.c", 1, "gen: $bad/$file.c: $message",
        $file);
}

my $left = scratch('interrupted.rep');
my ($signal) = run("timeout --preserve-status -s INT 1 $rep gen "
    . "robson-best-fit --live 1000 --max 6 --against $bad/chatty.c -o $left");
is($signal, 130, 'an interrupt ends the game');
check(!glob("$left*"), 'an interrupt: no file');

done;
