#!/usr/bin/env perl
# latency.t - the cost of single requests, and pictures of it
use strict;
use warnings;
use lib 'tests';
use Check;

my $mdriver = $ENV{MDRIVER} // './mdriver';
my $plots = scratch('plots');
system('rm', '-rf', $plots);

# Where there is no gnuplot, pictures are data and scripts.
sub without_gnuplot { "PATH=" . scratch('none') . " $_[0]" }

# draw(OPTIONS) - as run, with the pictures' data in $plots.
sub draw {
    my ($options) = @_;
    return run(without_gnuplot("$mdriver --quiet --plot-dir $plots $options"));
}

# blocks_of(NAME) - of a .dat: blocks of rows of fields, without comments.
sub blocks_of {
    my ($name) = @_;
    my @blocks = split(/\n\n\n/, slurp("$plots/$name"));
    return map { [map { [split(/\t/)] } grep { !/^#/ } split(/\n/)] } @blocks;
}

# compiled(NAME, FLAG) - an allocator of tests/data.
my $cc = ($ENV{CC} // 'cc') . ' -std=gnu11 -O2 -fPIC -shared -nostartfiles '
    . '-fno-semantic-interposition -Wl,-Bsymbolic -I.';

sub compiled {
    my ($name, $flag) = (@_, '');
    my $object = scratch("$name$flag.so");
    system("$cc $flag -o $object tests/data/$name.c") == 0 or die "$name.c\n";
    return $object;
}

# ---- What is measured ------------------------------------------------------
# Every 100th request takes a million steps; no other can take a tenth of it.
{
    my $slow = compiled('hundredth');
    my $path = trace('slow', map { ("a $_ 16", "f $_") } 1 .. 1000);
    my $json = scratch('slow.json');
    my ($status, $out) = draw("-f $path -m $slow --plot latency --json $json");
    is($status, 0, 'a slow allocator is measured');
    my $how = "cd $plots && gnuplot latency-slow.gp";
    like($out, qr/^no gnuplot here; where there is one: \Q$how\E$/m,
        'without gnuplot it is told how to draw it');
    my ($name) = map { s{.*/}{}r } glob("$plots/latency-slow-*.dat");
    my ($rows, $quantiles, $worst) = blocks_of($name);
    my ($share) = map { $_->[1] } grep { $_->[0] > 1e5 } @$rows;
    is($share, 0.01, 'one request of a hundred costs more than 100 us');
    is($rows->[0][1], 1, 'all cost the least');
    is(join(' ', map { $_->[0] } @$quantiles), '0.500 0.990 0.999 1.000',
        'the quantiles');
    is($quantiles->[3][1], $rows->[-1][0], 'the worst ends the distribution');
    is(scalar(@$worst), 20, 'the worst requests are named');
    is(join(' ', sort { $a <=> $b } map { $_->[0] } @$worst),
        join(' ', map { 4 + 100 * $_ } 1 .. 20), 'by their lines');
    is(join(' ', map { $_->[2] } @$worst), join(' ', ('free') x 20),
        'and by what they are');
    my $result = report_of($json)->{results}[0];
    my @figures = map { sprintf('%.1f', $result->{"latency_${_}_ns"}) }
        qw(median p99 p999 worst);
    is("@figures", join(' ', map { $_->[1] } @$quantiles),
        '--json has the quantiles');
    my $first = "# cost_ns\tshare_that_costs_as_much_or_more\n"
        . '# requests 2000, passes ';
    like(slurp("$plots/$name"), qr/\A\Q$first\E\d+, clock step [\d.]+ ns\n/,
        'the first lines say what is what');
}

# On a busy machine others have the processor for longer than that.
{
    my $path = trace('sleeps', map { "a $_ 16" } 1 .. 300);
    my ($status) = draw("-f $path -m " . compiled('hundredth', '-DSLEEPS')
        . ' --plot latency');
    my ($rows) = blocks_of((map { s{.*/}{}r } glob("$plots/*-sleeps-*"))[0]);
    check($status == 0 && $rows->[-1][0] < 1e7,
        'a request does not pay for what others do', "$rows->[-1][0] ns");
}

# ---- Kinds of allocators and traces ----------------------------------------
{
    my $path = trace('kinds', 'a 0 100', 'r 0 200', 'r 1 50', 'c 2 3 5',
        'm 3 64 100', 'r 1 0', 'f 0', 'f -1', 'f 2', 'f 3');
    my $json = scratch('kinds.json');
    my ($status) = draw("-f $path -m mm -m libc -m gc --plot latency "
        . "--json $json");
    is($status, 0, 'every kind of request');
    for my $name (qw(mm libc gc)) {
        my ($rows, undef, $worst) = blocks_of("latency-kinds-$name.dat");
        is(scalar(@$worst), 10, "$name: each request has a cost");
        is(join(' ', sort { $a <=> $b } map { $_->[0] } @$worst),
            join(' ', 5 .. 14), "$name: once");
    }
    my @unknown = grep { !($_->{latency_worst_ns} > 0) }
        @{report_of($json)->{results}};
    is(scalar(@unknown), 0, 'all are known');
}
{
    my ($status) = draw('-f ' . trace('one', 'a 0 16') . ' --plot latency');
    my ($rows, $quantiles) = blocks_of('latency-one-mm.dat');
    is("$status " . scalar(@$rows), '0 1', 'a trace of one request');
    is(join(' ', map { $_->[1] } @$quantiles), join(' ', ($rows->[0][0]) x 4),
        'which is the worst, too');
}

# ---- Failures --------------------------------------------------------------
{
    my $path = trace('trusting', 'a 0 64', 'f 0');
    my ($status, $out) = draw('-f ' . $path . ' -m ' . compiled('trusting')
        . ' --plot latency');
    is($status, 1, 'a latency pass that crashes is a failure');
    my $said = "$path:5: in a timed pass: malloc(64) for id 0 crashed: SIG";
    like($out, qr/^\Q$said\E/m, 'and is explained');
    like($out, qr/^  the check pass went well; this is a later one, /m,
        'as one that was to be timed');
    is(join(' ', glob("$plots/*trusting*")), '', 'it leaves no file');
}
{
    my $json = scratch('none.json');
    my $path = trace('none', 'a 0 16', 'f 0');
    my ($status) = draw("-c $path --json $json");
    my $result = report_of($json)->{results}[0];
    check($status == 0 && exists $result->{latency_worst_ns}
            && !defined $result->{latency_worst_ns},
        'nobody asks, nothing is known', slurp($json));
}

# ---- Scaling ---------------------------------------------------------------
# NAME has so many blocks live at once.
sub live {
    my ($name, $n) = @_;
    return trace($name, (map { "a $_ 16" } 1 .. $n), map { "f $_" } 1 .. $n);
}
{
    my ($few, $many) = (live('few', 3), live('many', 30));
    my $dies = compiled('hundredth'); # has no realloc
    my $more = trace('more', (map { "a $_ 16" } 1 .. 60), 'r 1 99',
        map { "f $_" } 1 .. 60);
    my ($status, $out) = draw("-f $many -f $few -f $more -m mm -m $dies "
        . '--plot scaling');
    is($status, 1, 'one fails on one of the traces');
    my ($picture) = $out =~ /gnuplot (scaling\S*)\.gp$/m;
    like($picture // '', qr/^scaling/, 'there is a picture');
    my ($mm, $other) = blocks_of(($picture // 'no') . '.dat');
    is(join(' ', map { $_->[0] } @{$mm // []}), '3 30 60',
        'points in the order of live blocks');
    is(join(' ', map { $_->[0] } @{$other // []}), '3 30',
        'a trace that failed is left out');
    my @odd = grep {
        !($_->[2] <= $_->[1] && $_->[1] <= $_->[3] && $_->[4] > 0
            && $_->[5] <= $_->[6] && $_->[6] <= $_->[7] && $_->[5] > 0)
    } @{$mm // []};
    is(scalar(@odd), 0, 'quartiles are about the median; single requests');
    like(slurp("$plots/$picture.gp"), qr/^single = 1$/m, 'two panels');
    my ($alone, $text) = draw("-f $few -f $few --plot scaling");
    unlike($text, qr/gnuplot/, 'no curve without two numbers of live blocks');
}
{
    my $dir = scratch('script');
    system('rm', '-rf', $dir);
    my $bin = $mdriver =~ s{/[^/]*$}{}r;
    my ($status, $out, $err) = run("BIN=$bin PLOTS=$dir LIVE='4 40' "
        . 'plot/scaling.sh mm ' . compiled('trusting') . ' --quiet');
    is("$status $err", '0 ', 'plot/scaling.sh goes on where one fails');
    like($out, qr/^(drew|no gnuplot).*scaling/m, 'and draws');
    my @traces = map { slurp("$dir/traces/live-$_.rep") =~ tr/\n// } 4, 40;
    is("@traces", (4 + 100016) . ' ' . (4 + 100160),
        'traces differ in what it takes to have the blocks');
}
done();
