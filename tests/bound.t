#!/usr/bin/env perl
# bound.t - rep bound and ./mdriver --bound, from the command line
#
# Runs from the top of the tree; REP and MDRIVER name other programs.
use strict;
use warnings;
use lib 'tests';
use Check;
use JSON::PP;

my $rep     = $ENV{REP}     // './rep';
my $mdriver = $ENV{MDRIVER} // './mdriver';

# did ARGS, STATUS, OUT, ERR - rep bound does just that
sub did {
    my ($args, $status, $out, $err, $name) = @_;
    my @found = run("$rep bound $args");
    is(join('|', @found), "$status|$out|$err", $name // $args);
}

# ---- The table --------------------------------------------------------------

my $chain = trace('chain', 'a 0 100', 'a 1 200', 'f 0', 'a 2 50', 'f 1', 'f 2');
my $out_of_reach = trace('out-of-reach', 'a 0 48', 'a 1 48', 'f 0', 'a 2 32',
    'a 3 16', 'f 1', 'a 4 16', 'f 2', 'a 5 48', 'f 3', 'f 4', 'a 6 48');
my $nothing = trace('nothing', 'a 0 0', 'f 0');

did($chain, 0, <<'END', '', 'one trace: no mean');
  trace  requests  payload  bound  bound+8  placed  U_opt
  chain         6      300    320      320     320  0.938
END
did("$chain $out_of_reach $nothing", 0, <<'END', '', 'several traces');
  trace         requests  payload  bound  bound+8  placed  U_opt
  chain                6      300    320      320     320  0.938
  out-of-reach        12       96     96      144     112  0.857
  nothing              2        0      0        0       0      -
  mean                                                     0.897
END
did("--json $chain $nothing", 0, <<"END", '', '--json');
{
  "rep": "@{[slurp('config.h') =~ /MDRIVER_VERSION "(.*)"/]}",
  "traces": [
    {"name": "chain", "path": "$chain", "requests": 6, "peak_payload": 300, "lower_bound": 320, "lower_bound_headers": 320, "best_placement": 320, "u_opt": 0.9375, "tries": 1},
    {"name": "nothing", "path": "$nothing", "requests": 2, "peak_payload": 0, "lower_bound": 0, "lower_bound_headers": 0, "best_placement": 0, "u_opt": null, "tries": 0}
  ],
  "mean_u_opt": 0.9375
}
END
did("--csv $chain $nothing", 0, <<"END", '', '--csv');
name,path,requests,peak_payload,lower_bound,lower_bound_headers,best_placement,u_opt,tries
chain,$chain,6,300,320,320,320,0.9375,1
nothing,$nothing,2,0,0,0,0,,0
END
did("--tries 7 --csv $out_of_reach", 0, <<"END", '', '--tries');
name,path,requests,peak_payload,lower_bound,lower_bound_headers,best_placement,u_opt,tries
out-of-reach,$out_of_reach,12,96,96,144,112,0.8571428571,7
END

# ---- Inputs -----------------------------------------------------------------

{
    my ($status, $out, $err) = run("$rep bound - <$chain");
    is("$status$err", 0, '-: status and stderr');
    like($out, qr/^  <stdin>  +6  +300  +320  +320  +320  0\.938$/m, '-');
}
{
    my $dir = scratch('dir');
    mkdir $dir;
    spew("$dir/$_.rep", slurp($chain)) for qw(b a .hidden);
    my ($status, $out, $err) = run("$rep bound $dir");
    is(join(' ', $status, $err, $out =~ /^  (\w+)/mg), '0  trace a b mean',
        'a directory: its traces by name');
    mkdir scratch('empty');
    did(scratch('empty'), 2, '', 'rep: ' . scratch('empty')
        . ": expected traces (*.rep), found none\n", 'an empty directory');
}
{
    my $bad = spew(scratch('bad.rep'), "a 0 10\nq 1\n");
    my ($status, $out, $err) = run("$rep bound $bad $chain");
    is($status, 2, 'a bad trace: status');
    like($out, qr/^  chain .* 0\.938$/m, 'a bad trace: the other is shown');
    like($err, qr/^rep: \Q$bad\E:2: expected .*\n\z/, 'a bad trace: one line');
    my $untidy = spew(scratch('untidy.rep'), "a 0 10\nf 1\nf 0\n");
    ($status, $out, $err) = run("$rep bound $untidy");
    is($status, 0, 'an untidy trace: status');
    like($err, qr/^(?:rep: warning: \Q$untidy\E:\d+: .*\n)+\z/,
        'an untidy trace: warnings');
}
did(scratch('none.rep'), 2, '', 'rep: ' . scratch('none.rep')
    . ": cannot open: No such file or directory\n", 'no such file');
spew(scratch('blank.rep'), '');
{
    my ($status, $out, $err) = run("$rep bound " . scratch('blank.rep'));
    is("$status$out", '2', 'an empty file: status');
    like($err, qr/\Arep: .*blank\.rep:.*\n\z/, 'an empty file: one line');
}

# ---- Bad usage --------------------------------------------------------------

did('', 2, '', "rep: bound: expected a trace, found none\n", 'no trace');
for my $n (qw(0 -1 x 1000001 99999999999999999999), '""') {
    did("--tries $n $chain", 2, '', 'rep: bound: --tries: expected a number '
        . 'from 1 to 1000000, found "' . ($n eq '""' ? '' : $n) . "\"\n");
}
did("--json --csv $chain", 2, '',
    "rep: bound: --csv: expected one format, found --json too\n");
did("--nonsense $chain", 2, '', "rep bound: unrecognized option '--nonsense'\n");
{
    my ($status, $out, $err) = run("$rep bound -h");
    is("$status$err", 0, '-h: status');
    like($out, qr/\Ausage: rep bound /, '-h');
    is(scalar(grep { length > 79 } split /\n/, $out), 0, '-h: 79 columns');
    like((run("$rep -h"))[1], qr/^ +bound  +\w/m, 'rep -h lists it');
}

# ---- The placement ----------------------------------------------------------

my $placement = <<'END';
# born died address size
1 3 0 112
2 5 112 208
4 6 0 64
END
{
    my $file = scratch('placement');
    unlink $file;
    did("--placement $file --csv $chain", 0, <<"END", '', '--placement');
name,path,requests,peak_payload,lower_bound,lower_bound_headers,best_placement,u_opt,tries
chain,$chain,6,300,320,320,320,0.9375,1
END
    is(slurp($file), $placement, '--placement: the file');
    spew($file, 'as it was');
    did("--placement $file $chain $nothing", 2, '',
        "rep: bound: --placement: expected one trace, found 2\n");
    is(slurp($file), 'as it was', '--placement of two: the file');
    did("--placement $file " . scratch('none.rep'), 2, '', 'rep: '
        . scratch('none.rep') . ": cannot open: No such file or directory\n",
        '--placement of nothing');
    is(slurp($file), 'as it was', '--placement of nothing: the file');
    did("--placement - $chain", 0, $placement, '', '--placement -');
    did("--placement $file $nothing", 0,
        (run("$rep bound $nothing"))[1], '', '--placement of no block');
    is(slurp($file), "# born died address size\n",
        '--placement of no block: the file');
}
did("--placement /dev/full $chain", 2, '', 'rep: /dev/full: expected to write '
    . "it, found: No space left on device\n", 'a full disk');
{
    my $giants = trace('giants', map { "a $_ 140737488355328" } 0 .. 32768);
    did("--placement - $giants", 2, '', "rep: $giants: --placement: expected a "
        . "heap that can be placed, found one beyond 2^62 bytes\n",
        'a heap that cannot be placed');
    like((run("$rep bound $giants"))[1],
        qr/^  giants +32769( +46118\d{14}){3} +-      -$/m,
        'a heap that cannot be placed: the table');
    my ($traces) = @{decode_json((run("$rep bound --json $giants"))[1])->{traces}};
    check(exists $traces->{best_placement} && !defined $traces->{best_placement},
        'a heap that cannot be placed: null', 'it is not');
}
{
    my ($status, $out, $err) = run("$rep bound $chain >/dev/full");
    is("$status$err", '2rep: standard output: No space left on device' . "\n",
        'a table for a full disk');
}

# overlaps(PLACEMENT) - what is wrong with it, a sweep over time; it is not
# what the program does: two that live at once are compared one by one.
sub overlaps {
    my (@blocks) = map { [split] } grep { !/^#/ } split /\n/, $_[0];
    my @live;
    for my $b (@blocks) {
        @live = grep { $_->[1] > $b->[0] } @live;
        for my $l (@live) {
            return "@$b and @$l" if $b->[2] < $l->[2] + $l->[3]
                && $l->[2] < $b->[2] + $b->[3];
        }
        push @live, $b;
    }
    return '';
}

# ---- The traces that are ours ------------------------------------------------

is(overlaps("1 4 0 32\n2 3 16 16\n"), '2 3 16 16 and 1 4 0 32',
    'an overlap is seen');
is(overlaps((run("$rep bound --placement - traces/$_.rep"))[1]), '',
    "$_: the placement is one") for qw(as gnuplot coalesce);

# Where the bound is not reached, what is found comes near.
{
    my %above = map { $_ => 1 } qw(git random random-power random-small);
    my ($status, $out, $err) = run("$rep bound --csv --tries 60 traces");
    my (undef, @rows) = split /\n/, $out;
    is("$status$err", '0', 'traces: status and stderr');
    check(@rows > 15, 'traces: there are some', scalar(@rows));
    for (@rows) {
        my ($name, undef, undef, undef, $bound, undef, $placed) = split /,/;
        if ($above{$name}) {
            check($placed >= $bound && $placed < 1.01 * $bound,
                "$name: within 1% of the bound", $_);
        } else {
            is($placed, $bound, "$name: the bound is reached");
        }
    }
}

# ---- ./mdriver --bound ------------------------------------------------------

{
    my $file = scratch('report.json');
    my $go = "$mdriver -n --quiet -m naive -f $chain -f $out_of_reach";
    my ($status, $out, $err) = run("$go --bound --json $file");
    is("$status$err", '0', '--bound: status and stderr');
    like($out, qr/^  trace  +valid  +util  +above  +ops /m, '--bound: heading');
    my $report = report_of($file);
    my @rows = @{$report->{results}};
    is(join(' ', map { $_->{bound_bytes} // 'null' } @rows), '320 112',
        '--bound: bound_bytes');
    my @above = map { ($_->{heap_bytes} + $_->{static_bytes})
            / $_->{bound_bytes} - 1 } @rows;
    is(join(' ', map { sprintf('%.6f', $_->{above_bound}) } @rows),
        join(' ', map { sprintf('%.6f', $_) } @above), '--bound: above_bound');
    is(sprintf('%.6f', $report->{summary}[0]{above_bound}),
        sprintf('%.6f', ($above[0] + $above[1]) / 2), '--bound: the mean');
    like($out, qr/^  chain  +yes  +[\d.]+%  +\Q@{[sprintf('%.1f%%',
        100 * $above[0])]}\E  +6 /m, '--bound: the cell of a trace');
    like($out, qr/^  total  +2\/2  +[\d.]+%  +\Q@{[sprintf('%.1f%%',
        50 * ($above[0] + $above[1]))]}\E  +18 /m, '--bound: the total');
    ($status, $out) = run("$go -v --bound");
    like($out, qr/^  chain  .*  300  +320  +6 /m, '-v --bound: the bound');
    ($status, $out) = run("$go -m implicit --bound");
    like($out, qr/^  trace( +util +above +x libc){2}$/m,
        '--bound: side by side');
    ($status, $out) = run("$go --json $file");
    unlike($out, qr/above/, 'without --bound: no column');
    is(join(' ', map { defined $_->{$_[0] // 'bound_bytes'} ? 1 : 0 }
        @{report_of($file)->{results}}), '0 0', 'without --bound: null');
}

done();
