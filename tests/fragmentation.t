#!/usr/bin/env perl
# fragmentation.t - what the heap is used for, request by request: the measures
# of Johnstone & Wilson on the trace of docs/measures.md, and --plot
# fragmentation against figures told by hand
use strict;
use warnings;
use File::Path 'remove_tree';
use lib 'tests';
use Check;

my $dir    = scratch('plots');
# object(NAME, SOURCE) - compiled by plain words: a sanitizer adds static data.
sub object {
    my ($name, $source) = @_;
    my $object = scratch("$name.so");
    my ($status, $out, $err) = run(($ENV{CC} // 'cc') . ' -std=gnu11 -O2 -fPIC '
        . "-shared -nostartfiles -Wl,-Bsymbolic -I. -o $object $source");
    die "$source: $err\n" if $status ne '0';
    return $object;
}

my $header   = object('header', 'tests/data/header.c');
my $bump     = object('bump', 'tests/data/bump.c');
my $implicit = object('implicit', 'allocators/implicit.c');
my $title  = "# request\tpayload_bytes\tinternal_bytes\texternal_bytes"
    . "\tstatic_bytes\theap_bytes\tinternal_told_by\n";

# rows(ROW...) - the text of a file of these rows, their fields apart by spaces.
sub rows { return join('', $title, map { tr/ /\t/r . "\n" } @_) }

# data_of(ALLOCATOR, TRACE, OPTION...) - the file that a run leaves.
sub data_of {
    my ($allocator, $trace, @options) = @_;
    remove_tree($dir);
    my ($status, $out, $err) = run("./mdriver --quiet -m $allocator -f $trace "
        . "--plot fragmentation --plot-dir $dir @options");
    is("$status $err", '0 ', "$allocator on $trace: status and stderr");
    my ($file) = glob("$dir/fragmentation-*.dat");
    return $file ? slurp($file) : "<no file>\n$out";
}

sub pictures { return map { slurp($_) } glob("$dir/fragmentation-*.svg") }

# ---- The measures ----------------------------------------------------------

my $doc = slurp('docs/measures.md');
my @table = $doc =~ /^\| `(\w [\d ]+)` \| (\d+) \| (\d+) \| ([\d.]+) \|$/mg;
is(scalar(@table), 16, 'docs/measures.md works a trace of four requests');
my @by_hand;
push @by_hand, [splice(@table, 0, 4)] while @table;
my $worked = trace('worked', map { $_->[0] } @by_hand);
{
    my $json = scratch('worked.json');
    my ($status, $out, $err) = run("./mdriver --quiet -v -m $header "
        . "-c $worked --json $json");
    is("$status $err", '0 ', 'the trace worked by hand');
    my $ratios = '3.208 on average, 1.500 at the peak of live, 4.000 at the '
        . 'peak of the heap, 2.000 peak over peak';
    like($out, qr/^      heap over live: $ratios$/m, '-v: the four measures');
    like($out, qr/^  worked +yes  50\.0%   128       64    4 /m,
        '-v: utilization, heap and payload');
    my $r = report_of($json)->{results}[0];
    is(join(' ', map { "$_=" . sprintf('%.6f', $r->{$_} // -1) } grep {
            /^heap_|^util$/ } sort keys %$r),
        'heap_bytes=128.000000 heap_max_over_live_max=2.000000 '
        . 'heap_over_live_at_heap=4.000000 heap_over_live_at_live=1.500000 '
        . 'heap_over_live_mean=3.208333 util=0.500000', '--json: the same');
    my ($mean) = $doc =~ m{#1 is \([^)]*\) / 4 = ([\d.]+);};
    is($mean, '3.21', 'docs/measures.md: the first');
    like($doc,
        qr{#2 is 96 /\s64 = 1.5; #3 is 128 / 32 = 4; #4 is 128 / 64 = 2\.},
        'docs/measures.md: the others');
}

# ---- What allocators tell --------------------------------------------------

{
    my $found = data_of($header, $worked);
    my @rows = map { join(' ', (split)[1, 5]) }
        grep { /^\d/ } split(/\n/, $found);
    is("@rows", join(' ', '0 0', map { "$_->[1] $_->[2]" } @by_hand),
        'payload and heap are those of docs/measures.md');
}

# The header is 16 bytes, payloads are rounded up to 16; the driver hears of
# the latter only.
my $odd = trace('odd', 'a 0 50', 'a 1 10', 'f 0', 'r 1 33', 'f -1', 'f 1');
is(data_of($header, $odd), rows('0 0 0 0 0 0 mm_usable_size',
    '1 50 14 16 0 80 mm_usable_size',
    '2 60 20 32 0 112 mm_usable_size', '3 10 6 96 0 112 mm_usable_size',
    '4 33 15 128 0 176 mm_usable_size', '5 33 15 128 0 176 mm_usable_size',
    '6 0 0 176 0 176 mm_usable_size'), 'mm_usable_size alone');
my $drawn = pictures() > 0;
if ($drawn) {
    like((pictures())[0], qr/headers are not known:.*they count as external/s,
        'the picture says that headers are not known');
    like((pictures())[0], qr/>external, headers</, 'and so does its legend');
} else {
    print "# no gnuplot here: pictures are not tested\n";
}

# 8 bytes of header and of footer, rounded up to 16; 8 bytes at either end of
# the heap.  The third payload takes all 80 bytes of the first block, as there
# is no block of 16.
is(data_of($implicit, $odd), rows('0 0 0 16 0 16 mm_walk',
    '1 50 30 16 0 96 mm_walk',
    '2 60 52 16 0 128 mm_walk', '3 10 22 96 0 128 mm_walk',
    '4 33 47 48 0 128 mm_walk', '5 33 47 48 0 128 mm_walk',
    '6 0 0 128 0 128 mm_walk'), 'mm_walk: headers and footers are known');
unlike((pictures())[0], qr/headers/, 'nothing is said of headers then')
    if $drawn;
like((pictures())[0], qr/when most is live:.*internal 40\.6%.*external 12\.5%/s,
    'the picture has the shares where most is live') if $drawn;

is(data_of($bump, $odd), rows('0 0 NaN NaN 0 0 nothing',
    '1 50 NaN NaN 0 64 nothing',
    '2 60 NaN NaN 0 80 nothing', '3 10 NaN NaN 0 80 nothing',
    '4 33 NaN NaN 0 128 nothing', '5 33 NaN NaN 0 128 nothing',
    '6 0 NaN NaN 0 128 nothing'), 'neither');
like((pictures())[0], qr/>only the total is known</,
    'the picture says that the total is all that is known') if $drawn;

{
    my $found = data_of('libc', $odd);
    my @rows = grep { /^\d+\t\d+\tNaN\tNaN\t0\t\d+\tnothing$/ }
        split(/\n/, $found);
    is(scalar(@rows), 7, 'libc: only payload and total are known');
}

# What is live to a collector and dead to the program is no block of a payload.
{
    my $garbage = trace('garbage', 'a 0 1000', 'f 0', 'a 1 16', 'a 2 16');
    my ($last) = data_of('gc', $garbage) =~ /^4\t(\d+\t\d+)\t/m;
    is($last // '', "32\t32", 'garbage is not internal');
}

# An own figure for static data.
{
    my $object = object('static', spew(scratch('static.c'),
        "static char data[40] = {1};\nchar *mm_data(void) { return data; }\n"
        . slurp('tests/data/header.c')));
    my ($row) = data_of($object, $odd) =~ /^(2\t.*)$/m;
    my ($bytes) = $row =~ /\t(\d+)\t\d+\tmm_usable_size$/;
    check($bytes >= 40 && $bytes < 80, 'static data is known', $row);
    is($row, join("\t", 2, 60, 20, 32, $bytes, 112 + $bytes, 'mm_usable_size'),
        'and counted with the heap');
}

# ---- Small traces ----------------------------------------------------------

is(data_of($bump, trace('single', 'a 0 16')), rows('0 0 NaN NaN 0 0 nothing',
    '1 16 NaN NaN 0 16 nothing'), 'one request');
is(data_of($header, trace('nothing', 'f -1')), rows(map {
    "$_ 0 0 0 0 0 mm_usable_size" } 0, 1), 'no heap at all');

# ---- Large traces ----------------------------------------------------------

{
    my $large = scratch('large.rep');
    run("./rep gen random --ops 30000 --live 300 -o $large");
    my ($most) = (run("./rep info $large"))[1] =~ /^  most bytes +\d+ +(\d+)/m;
    my $found = data_of('explicit', $large);
    my @rows = map { [split] } grep { /^\d/ } split(/\n/, $found);
    check(@rows > 1000 && @rows <= 2001, 'two rows a column', scalar(@rows));
    my ($wrong) = grep { $_->[1] + $_->[2] + $_->[3] + $_->[4] != $_->[5]
        || $_->[2] < 0 || $_->[3] < 0 } @rows;
    check(!$wrong, 'each adds up to the heap', "@{$wrong // []}");
    my ($back) = grep { $rows[$_][0] <= $rows[$_ - 1][0] } 1 .. $#rows;
    check(!$back, 'requests go up', $back);
    my ($peak) = sort { $b <=> $a } map { $_->[1] } @rows;
    is($peak, $most // 'unknown', 'the peak of payload is among them');
    is(data_of('explicit', $large), $found, 'a second run tells the same');
    is(data_of('explicit', $odd, '-D'), data_of('explicit', $odd),
        'and so does one that looks at everything');
}

# ---- Allocators that tell nonsense -----------------------------------------

my $basic = trace('basic', 'a 0 64', 'a 1 64', 'a 2 64', 'f 0', 'r 1 200',
    'c 3 4 16', 'f 1', 'f 2', 'f 3', 'f -1');

# refused(SOURCE, LINE, WHAT, OPTION...) - a run with it fails at that line, is
# told so, and leaves no data.
sub refused {
    my ($source, $line, $what, @options) = @_;
    my $name = $source =~ s{.*/}{}r;
    remove_tree($dir);
    my ($status, $out, $err) = run("./mdriver --quiet -n -m $source -c $basic "
        . "--plot fragmentation --plot-dir $dir @options");
    is("$status $err", '1 ', "$name: exit status");
    like($out, qr/^\Q$basic:$line: \E$what/m, "$name: what is said");
    is(join(' ', glob("$dir/*.dat")), '', "$name: no data");
}

# told(WHAT) - of a block that mm_walk told of.
sub told {
    return qr/mm_walk after \S+ for id \d+ told of a block at 0x\w+, $_[0]$/m;
}

refused('tests/faulty/walk_outside.c', 5,
    told('32 bytes: it lies outside the heap'));
refused('tests/faulty/walk_loops.c', 5,
    told('80 bytes: it begins 80 bytes below the end of the block before'));
refused('tests/faulty/walk_overlaps.c', 6,
    told('80 bytes: it begins 8 bytes below the end of the block before'));
refused('tests/faulty/walk_too_large.c', 6,
    told('96 bytes: it is empty, or ends beyond the heap'));
refused('tests/faulty/walk_merges.c', 6,
    told('160 bytes: it holds more than one live payload'));
refused('tests/faulty/walk_nothing.c', 5,
    qr/mm_walk after .* told of no block that holds a live payload$/m);
refused('tests/faulty/walk_crashes.c', 5,
    qr/mm_walk after .* crashed: SIGSEGV/);
refused('tests/faulty/usable_small.c', 5,
    qr/mm_usable_size after .* is 48, expected no less than the payload$/m);
refused(spew(scratch('endless.c'), slurp('tests/data/bump.c')
    . "void mm_walk(mm_visitor *visit)\n{\n    for (;;)\n"
    . "        __asm__ volatile(\"\" : : \"r\"(visit));\n}\n"), 5,
    qr/mm_walk after malloc\(64\) for id 0 was /, '-s 1');

# More than there is room for is not believed.
{
    my $source = spew(scratch('boaster.c'), slurp('tests/data/bump.c')
        . "size_t mm_usable_size(void *p)\n{\n    (void)p;\n"
        . "    return (size_t)-1;\n}\n");
    my $found = data_of($source, $odd);
    is($found, rows('0 0 0 0 0 0 mm_usable_size',
        '1 50 14 0 0 64 mm_usable_size',
        '2 60 20 0 0 80 mm_usable_size', '3 10 6 64 0 80 mm_usable_size',
        '4 33 15 80 0 128 mm_usable_size', '5 33 15 80 0 128 mm_usable_size',
        '6 0 0 128 0 128 mm_usable_size'), 'SIZE_MAX bytes are usable');
}

# Nothing is asked where no picture wants to know.
{
    my ($status, $out, $err) = run("./mdriver --quiet -c $basic "
        . '-m tests/faulty/walk_crashes.c --curve ' . scratch('curves'));
    is("$status $err", '0 ', 'mm_walk is not called without need');
}

done();
