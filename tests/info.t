#!/usr/bin/env perl
# info.t - rep info: every figure against one computed by hand, every format,
# and what it does with bad input and output
#
# REP names another rep than ./rep.
use strict;
use warnings;
use JSON::PP;
use lib 'tests';
use Check;

my $rep = $ENV{REP} // './rep';
$ENV{LC_ALL} = 'C';

# written(NAME, REQUEST...) - a trace whose header is right but for its peak.
sub written {
    my ($name, @requests) = @_;
    my %ids = map { /^\w (\d+)/ ? ($1 => 1) : () } @requests;
    return spew(scratch("$name.rep"), join("\n",
        1, scalar(keys %ids), scalar(@requests), 0, @requests, ''));
}

# info(ARGUMENTS) - the traces that --json shows.
sub info {
    my ($status, $out, $err) = run("$rep info --json @_");
    is("$status $err", '0 ', "status of info --json @_");
    return @{(eval { decode_json($out) } // {traces => []})->{traces}};
}

# fails(ARGUMENTS, LINE) - status 2, that line, and nothing printed.
sub fails {
    my ($arguments, $line, $name) = @_;
    my ($status, $out, $err) = run("$rep info $arguments");
    is("$status|$out|$err", "2||rep: $line\n", $name // "info $arguments");
}

# ---- By hand ----------------------------------------------------------------

# All that may happen to a block: 1 grows by 3 and is freed, 2 keeps its size,
# 3 shrinks and is lost, 4 comes from realloc(NULL) and goes by realloc to 0,
# 5 is malloc(0) and grows.  Two requests and a realloc cannot be met.
my $hand = written('hand', 'a 0 10', 'c 1 3 5', 'm 2 64 100', 'r 0 30',
    'r 9 8', 'f -1', 'r 1 15', 'r 2 40', 'f 0', 'a 3 0', 'r 9 0',
    'a 4 140737488355329', 'c 5 4294967296 4294967296', 'f 4',
    'r 2 140737488355329', 'f 2', 'r 3 24');
{
    my ($status, $out, $err) = run("$rep info $hand");
    is("$status $err", '0 ', 'by hand: status');
    is($out, <<"END", 'by hand: text');
hand: 17 requests, 7 ids, weight 1 ($hand)

  requests    number  share
  malloc           3  17.6%  ##############
  free             1   5.9%  #####
  realloc          7  41.2%  ################################
  calloc           2  11.8%  #########
  memalign         1   5.9%  #####
  free(NULL)       3  17.6%  ##############
  3 are too large to be met, and make no block

  live         blocks  bytes  after request
  most bytes        4    153              5
  most blocks       4    153              5
  in the end        3     79             17
  on average      3.1   81.9
  5 blocks allocated; 242 bytes requested, 1.58 times the peak

  sizes   requests  share                bytes  share
  0              1  11.1%  ###               0   0.0%
  1-16           4  44.4%  ############     48  19.8%  ######
  17-32          2  22.2%  ######           54  22.3%  ######
  33-48          1  11.1%  ###              40  16.5%  #####
  97-112         1  11.1%  ###             100  41.3%  ############
  mean 26.9, median 15, 90% up to 100, largest 100

  top sizes  requests  share                bytes  share
  15                2  22.2%  ############     30  12.4%  ####
  0                 1  11.1%  ######            0   0.0%
  8                 1  11.1%  ######            8   3.3%  #
  10                1  11.1%  ######           10   4.1%  #
  24                1  11.1%  ######           24   9.9%  ###
  30                1  11.1%  ######           30  12.4%  ####
  40                1  11.1%  ######           40  16.5%  #####
  100               1  11.1%  ######          100  41.3%  ############
  distinct sizes: 8

  lifetimes    blocks  share
  4-7               1  20.0%  ###########
  8-15              1  20.0%  ###########
  never freed       3  60.0%  ################################
  in requests; frees of the youngest live block 0.0%, of the oldest 100.0%

  reallocs        number  share
  grow to x4           1  14.3%  ################################
  grow beyond x4       1  14.3%  ################################
  same size            1  14.3%  ################################
  shrink               1  14.3%  ################################
  of NULL              1  14.3%  ################################
  to 0                 1  14.3%  ################################
  too large            1  14.3%  ################################
  28.6% grow, to x3.00 on average; 10 bytes copied if each has to move
  0.80 reallocs a block, at most 1; 80.0% of the blocks have any

  losses         all  share  at peak  share  own peak  U at most
  rounded to 8    14   5.8%        7   4.6%       160      0.956
  rounded to 16   46  19.0%       23  15.0%       176      0.869
  8-byte header  126  52.1%       71  46.4%       224      0.683
END
}

my $hand_json = <<"END";
{"name": "hand", "path": "$hand", "weight": 1, "requests": 17, "ids": 7,
"malloc": 3, "free": 4, "realloc": 7, "calloc": 2, "memalign": 1,
"free_null": 3, "unmet": 3, "blocks": 5, "freed": 2, "bytes": 242,
"turnover": 1.581699346, "peak_bytes": 153, "peak_bytes_blocks": 4,
"peak_bytes_request": 5, "peak_blocks": 4, "peak_blocks_bytes": 153,
"peak_blocks_request": 5, "mean_live_bytes": 81.88235294,
"mean_live_blocks": 3.117647059, "end_bytes": 79, "end_blocks": 3, "met": 9,
"sizes_distinct": 8, "size_mean": 26.88888889, "size_median": 15,
"size_p90": 100, "size_max": 100, "top10_share": 1, "free_youngest": 0,
"free_oldest": 1, "realloc_grow": 2, "realloc_same": 1, "realloc_shrink": 1,
"realloc_null": 1, "realloc_to_0": 1, "realloc_unmet": 1, "realloc_growth": 3,
"realloc_copied": 10, "realloc_blocks": 4, "realloc_most": 1,
"round8_lost": 14, "round8_peak_lost": 7, "round8_peak": 160,
"round8_util": 0.95625, "round16_lost": 46, "round16_peak_lost": 23,
"round16_peak": 176, "round16_util": 0.8693181818, "header8_lost": 126,
"header8_peak_lost": 71, "header8_peak": 224, "header8_util": 0.6830357143,
"sizes": [{"from": 0, "to": 0, "requests": 1, "bytes": 0},
{"from": 1, "to": 16, "requests": 4, "bytes": 48},
{"from": 17, "to": 32, "requests": 2, "bytes": 54},
{"from": 33, "to": 48, "requests": 1, "bytes": 40},
{"from": 97, "to": 112, "requests": 1, "bytes": 100}],
"top_sizes": [{"size": 15, "requests": 2}, {"size": 0, "requests": 1}],
"lifetimes": [{"from": 4, "to": 7, "blocks": 1},
{"from": 8, "to": 15, "blocks": 1}],
"growth": [{"to": 4, "reallocs": 1}, {"to": null, "reallocs": 1}],
"warnings": []}
END
{
    my ($status, $out, $err) = run("$rep info --json --top 2 $hand");
    my ($version) = (run("$rep --version"))[1] =~ /^rep (\S+)$/;
    my $expected = qq({\n  "rep": "$version",\n  "traces": [\n    )
        . ($hand_json =~ s/\n(?!\z)/ /gr) . "  ]\n}\n";
    is("$status $err", '0 ', 'by hand: status of --json');
    is($out, $expected, 'by hand: --json');
    check(eval { decode_json($out) }, '--json is JSON', $@);

    ($status, $out, $err) = run("$rep info --csv $hand");
    my @figures = $hand_json =~ /"(\w+)": ("[^"]*"|[\d.]+),/g;
    splice(@figures, 2 * 57); # what follows are lists
    my (@names, @values);
    while (my ($name, $value) = splice(@figures, 0, 2)) {
        push @names,  $name;
        push @values, $value =~ tr/"//dr;
    }
    is("$status $out$err", '0 ' . join(',', @names) . "\n"
        . join(',', @values) . "\n", 'by hand: --csv');

    ($status, $out, $err) = run("$rep info --summary $hand traces/short.rep");
    is("$status $out$err", <<'END', 'by hand: --summary');
0   trace  requests  sizes  median  bytes   peak  realloc  LIFO  U max
  hand         17      8      15    242    153      41%    0%  0.683
  short        12      5     128  6.12K  4.08K      17%   50%  0.989
END
}

# ---- Data for plots ---------------------------------------------------------

my $dat = scratch('dat');
run("rm -rf $dat");
{
    my ($status, $out, $err) = run("$rep info --summary --dat $dat $hand");
    is("$status $err", '0 ', '--dat: status');
    like($out, qr/^  hand /m, '--dat: the report is printed, too');
    is(slurp("$dat/hand.sizes.dat"), <<"END", '--dat: sizes');
# from_bytes\tto_bytes\trequests\tbytes
0\t0\t1\t0
1\t16\t4\t48
17\t32\t2\t54
33\t48\t1\t40
97\t112\t1\t100
END
    is(slurp("$dat/hand.cdf.dat"), <<"END", '--dat: cdf');
# size_bytes\trequests\tshare_of_requests\tshare_of_bytes
0\t1\t0.111111\t0
8\t1\t0.222222\t0.0330579
10\t1\t0.333333\t0.0743802
15\t2\t0.555556\t0.198347
24\t1\t0.666667\t0.297521
30\t1\t0.777778\t0.421488
40\t1\t0.888889\t0.586777
100\t1\t1\t1
END
    is(slurp("$dat/hand.lifetimes.dat"), <<"END", '--dat: lifetimes');
# from_requests\tto_requests\tblocks
1\t1\t0
2\t3\t0
4\t7\t1
8\t15\t1
# never freed: 3
END
    my @live = ([1, 10], [2, 25], [3, 125], [3, 145], [4, 153], [4, 153],
        [4, 153], [4, 93], [3, 63], [4, 63], ([3, 55]) x 6, [3, 79]);
    is(slurp("$dat/hand.live.dat"), join("\n",
        "# request\tlive_blocks\tlive_bytes",
        (map { join("\t", $_ + 1, @{$live[$_]}) } 0 .. $#live), ''),
        '--dat: live');
}

# 2048 requests and more are thinned out: 1500 blocks of 1 byte, then their
# frees, in spans of 3 of which the least and the most remain.
{
    my $many = written('many', map({ "a $_ 1" } 0 .. 1499),
        map({ "f $_" } 0 .. 1499));
    run("$rep info --csv --dat $dat $many");
    my @rows = split /\n/, slurp("$dat/many.live.dat");
    is(scalar(@rows), 2001, '--dat: live, thinned out');
    is(join('|', @rows[1, 2, 3, 1000, 1001, 2000]),
        "1\t1\t1|3\t3\t3|4\t4\t4|1500\t1500\t1500|1501\t1499\t1499|"
        . "3000\t0\t0", '--dat: live, the extremes remain');
}

# Names that clash: given twice, and one that looks like the second of them.
{
    my $second = written('hand.2', 'a 0 1');
    my $third  = scratch('x');
    mkdir($third);
    run("cp $hand $third/hand.rep");
    run("rm -rf $dat");
    my ($status) = run("$rep info --dat $dat $hand $second $third");
    is($status, 0, '--dat: names that clash, status');
    is(join(' ', map { s{.*/}{}r } glob("$dat/*.sizes.dat")),
        'hand.2.sizes.dat hand.3.sizes.dat hand.sizes.dat',
        '--dat: names that clash');
    run("rm -rf $dat/two; $rep info --dat $dat/two $hand $hand");
    is(join(' ', map { s{.*/}{}r } glob("$dat/two/*.cdf.dat")),
        'hand.2.cdf.dat hand.cdf.dat', '--dat: a trace given twice');
    is(slurp("$dat/hand.2.lifetimes.dat") =~ /never freed: (\d+)/ && $1, 1,
        '--dat: each in its own');
}

# ---- Bars -------------------------------------------------------------------

{
    my $path = written('bars', ('a 0 1', 'f 0') x 99, 'c 1 1 1');
    my ($status, $out) = run("$rep info $path");
    like($out, qr/^  calloc +1   0\.5%  \.$/m, 'a bar too small is a dot');
    ($status, $out) = run("LC_ALL=C.UTF-8 $rep info $path");
    like($out, qr/^  malloc +99  49\.7%  (?:\xe2\x96\x88){32}$/m,
        'UTF-8: a full bar');
    like($out, qr/^  calloc +1   0\.5%  \xe2\x96\x8d$/m,
        'UTF-8: three eighths of a block');
}

# ---- Sizes ------------------------------------------------------------------

# The limits of the classes; those above 65536 are named by powers of 1024.
{
    my @sizes = (128, 129, 256, 257, 65535, 65536, 65537, 131072, 1048577,
        549755813888, 140737488355328);
    my $path = written('limits', map { "a $_ $sizes[$_]" } 0 .. $#sizes);
    my ($status, $out) = run("$rep info $path");
    my @found = $out =~ /^  (\d+[KMGT]?-\d+[KMGT]?) +(\d+) .*%  /mg;
    is("@found", '113-128 1 129-256 2 257-512 1 32769-65536 2 64K-128K 2 '
        . '1M-2M 1 256G-512G 1 64T-128T 1', 'limits of the classes');
    like($out, qr/^  64T-128T .* 128T  99\.6%/m, 'sizes in short');
    my ($t) = info($path);
    is(join(' ', map { "$_->{from}-$_->{to}" } @{$t->{sizes}}[0, 1, -1]),
        '113-128 129-256 70368744177665-140737488355328',
        'limits of the classes in --json');
}

# Bytes in short: at most four digits, rounded.
for ([1023, '1023'], [1024, '1.00K'], [10234, '9.99K'], [10236, '10.0K'],
    [102348, '99.9K'], [102349, '100K'], [1048063, '1023K'], [1048064, '1.00M'])
{
    my ($size, $short) = @$_;
    my ($status, $out) = run("$rep info " . written('short', "a 0 $size"));
    like($out, qr/^  \S+ +1  100\.0%  #{12}  +\Q$short\E  100/m,
        "$size bytes in short");
}

# Sums of more than 64 bits: 140000 * 2^47.
{
    my $path = written('wide', map { "a $_ 140737488355328" } 0 .. 139999);
    my ($status, $out, $err) = run("$rep info --json $path");
    my @found = $out =~ /"(?:bytes|peak_bytes|end_bytes|round16_peak)": (\d+)/g;
    is("@found", join(' ', ('19703248369745920000') x 5), 'sums above 2^64');
    like($out, qr/"turnover": 1,/, 'ratio of sums above 2^64');
    ($status, $out, $err) = run("$rep info $path");
    like($out, qr/^  64T-128T +140000 .*  17\.1E  100/m,
        'sums above 2^64 in short');
    is(join("\n", grep { length > 80 && !/^\S/ } split /\n/, $out), '',
        '80 columns are enough for giant blocks');
}

# Steps of growth, and their limits; the average is geometric.
{
    my @steps = ([8, 9], [100, 125], [2, 3], [5, 10], [1, 4], [1, 5],
        [1000, 1126]);
    my $path = written('growth',
        map { ("a $_ $steps[$_][0]", "r $_ $steps[$_][1]") } 0 .. $#steps);
    my ($t) = info($path);
    is(join(' ', map { ($_->{to} // 'inf') . ":$_->{reallocs}" }
        @{$t->{growth}}), '1.125:1 1.25:2 1.5:1 2:1 4:1 inf:1',
        'classes of growth');
    my $product = 1;
    $product *= $_->[1] / $_->[0] for @steps;
    check(abs($t->{realloc_growth} - $product ** (1 / @steps)) < 1e-6,
        'the geometric mean of growth', $t->{realloc_growth});
}

# ---- Little input -----------------------------------------------------------

{
    my ($t) = info(written('nothing', 'f -1'));
    is(join(' ', map { $t->{$_} // 'null' } qw(requests blocks bytes turnover
        size_mean free_youngest realloc_growth round8_util top10_share)),
        '1 0 0 null null null null null null', 'one free(NULL)');
    my ($status, $out, $err) = run("$rep info " . scratch('nothing.rep'));
    is("$status $err", '0 ', 'one free(NULL): status');
    unlike($out, qr/\b(?:nan|inf)\b/i, 'one free(NULL): no NaN');
    like($out, qr/^  0 blocks allocated; 0 bytes requested$/m,
        'one free(NULL): text');
    ($status, $out) = run("$rep info --csv " . scratch('nothing.rep'));
    unlike($out, qr/\b(?:nan|inf)\b/i, 'one free(NULL): --csv');
    ($status, $out) = run("$rep info --dat $dat " . scratch('nothing.rep'));
    is(slurp("$dat/nothing.lifetimes.dat"),
        "# from_requests\tto_requests\tblocks\n# never freed: 0\n",
        'one free(NULL): --dat');

    ($status, $out) = run("$rep info --csv " . written('zeros', 'a 0 0', 'f 0')
        . " | tail -n 1 | tr , ' '");
    unlike($out, qr/\b(?:nan|inf)\b/i, 'blocks of 0 bytes');
    ($status, $out, $err) = run("$rep info --top 0 $hand");
    unlike($out, qr/top sizes/, '--top 0');
}

# Standard input, directories, compression, and a name of our choice.
{
    my ($status, $out, $err) = run("$rep info --csv - <$hand");
    like("$status $out$err", qr/^0 .*\n.*,<stdin>,1,17,7,/, 'standard input');
    my $odd = scratch("o\"d,d\e[1m");
    run("cp $hand '$odd.rep'");
    my ($t) = info("'$odd.rep'");
    is($t->{name}, "o\"d,d\e[1m", '--json: a strange name');
    ($status, $out) = run("$rep info '$odd.rep'");
    unlike($out, qr/\e/, 'a name does not control the terminal');
    ($status, $out) = run("$rep info --csv '$odd.rep'");
    like($out, qr/\n"o""d,d/, '--csv: a strange name');
    is(join(' ', map { $_->{name} } info(scratch('x'), $hand)), 'hand hand',
        'a directory');
}

# ---- Bad usage, input and output --------------------------------------------

{
    my ($status, $out, $err) = run("$rep info traces");
    is(join("\n", grep { length > 80 } split /\n/, $out), '',
        '80 columns are enough for traces');
    ($status, $out, $err) = run("$rep info -h");
    is(join("\n", grep { length > 80 } split /\n/, $out), '',
        '80 columns are enough for the help');
    like("$status $out$err", qr/^0 usage: rep info \[options\] FILE/, '-h');
    ($status, $out, $err) = run("$rep info --frobnicate");
    is("$status $out$err", "2 rep info: unrecognized option '--frobnicate'\n",
        'an unknown option');
    ($status, $out, $err) = run("$rep -h");
    like($out, qr/^    info +show /m, 'rep -h lists it');
}
fails('', 'info: expected a trace, found none');
fails("--json --csv $hand", 'info: --csv: expected one format, found --json '
    . 'too');
for my $bad ('-1', '', '1000001', '3x', '99999999999999999999') {
    fails("--top '$bad' $hand", 'info: --top: expected a number from 0 to '
        . "1000000, found \"$bad\"");
}
my $missing = scratch('missing.rep');
fails($missing, "$missing: cannot open: No such file or directory");
fails("--json $missing", "$missing: cannot open: No such file or directory");
fails('/dev/null', '/dev/null:1: expected a request, found the end of the '
    . 'file');
fails($rep, "$rep:1: expected text, found the byte 0x7f", 'a program');
{
    my $path = spew(scratch('cut.rep'), "1\n1\n2\n16\na 0 16\nf");
    fails($path, "$path:6: expected an id from 0 to 18446744073709551615, "
        . 'found the end of the line', 'a truncated trace');
    my $none = scratch('none');
    mkdir($none);
    fails($none, "$none: expected traces (*.rep), found none",
        'a directory without traces');

    my ($status, $out, $err) = run("$rep info --json $missing $hand");
    is("$status $err", "2 rep: $missing: cannot open: No such file or "
        . "directory\n", 'a bad trace beside a good one: status');
    is(scalar(@{decode_json($out)->{traces}}), 1,
        'a bad trace beside a good one: the good one is shown');

    $path = written('untidy', 'a 0 16', 'a 0 16');
    ($status, $out, $err) = run("$rep info --json $path");
    my $warning = "$path:6: `a` of id 0, which is live (allocated on line 5): "
        . 'the old block leaks';
    is("$status $err", "0 rep: warning: $warning\n", 'an untidy trace');
    is(decode_json($out)->{traces}[0]{warnings}[0], $warning,
        'an untidy trace: --json');
}

fails("--dat $hand $hand", "$hand/hand.sizes.dat: expected to write it, "
    . 'found: Not a directory', '--dat to a file');
fails("--dat $missing/x $hand", "$missing/x: expected a directory to write "
    . 'to, found: No such file or directory', '--dat below what is not there');
{
    my $taken = scratch('taken');
    run("mkdir -p $taken/hand.cdf.dat");
    fails("--dat $taken $hand", "$taken/hand.cdf.dat: expected to write "
        . 'it, found: Is a directory', '--dat where a directory is in the way');
    for (['--json'], ['--csv'], [''], ['--summary']) {
        my ($format) = @$_;
        my ($status, $out, $err) =
            run("$rep info $format $hand >/dev/full");
        is("$status $err", "2 rep: standard output: No space left on "
            . "device\n", "a full disk: info $format");
    }
    my ($status, $out, $err) = run("(ulimit -f 1; exec $rep info --csv --dat "
        . "$dat/small " . scratch('many.rep') . ')');
    is("$status $out$err", "2 rep: $dat/small/many.live.dat: expected to write "
        . "it, found: File too large\n", '--dat: no room');
    check(!-e "$dat/small/many.live.dat", '--dat: no room, no file');
    is(join(' ', glob("$dat/small/.* $dat/small/*live*")),
        "$dat/small/. $dat/small/..", '--dat: no room, nothing left over');
}

# A pipe whose reader is gone, as seen by a program that ignores SIGPIPE and by
# one that does not.
{
    local $^F = 9; # the shell inherits it
    pipe(my $reader, my $writer) or die "pipe: $!\n";
    close($reader);
    my $command = "$rep info $hand >&" . fileno($writer);
    my ($status, $out, $err) = run("trap '' PIPE; $command");
    is("$status $err", "2 rep: standard output: Broken pipe\n",
        'a closed pipe, SIGPIPE ignored');
    ($status, $out, $err) = run($command);
    is("$status $err", '141 ', 'a closed pipe');
}

# as_nobody - the words that take root's rights away; undef: they cannot be.
sub as_nobody {
    return '' if $> != 0;
    my $nobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
    my ($status) = run("$nobody $rep --version");
    return $status eq '0' ? $nobody : undef;
}

if (defined(my $nobody = as_nobody())) {
    my $locked = scratch('locked');
    mkdir($locked);
    chmod(0555, $locked);
    my $name = "$locked/short.sizes.dat";
    my ($status, $out, $err) =
        run("$nobody $rep info --dat $locked traces/short.rep");
    is("$status|$out|$err", "2||rep: $name: expected to write it, found: "
        . "Permission denied\n", '--dat into a locked directory');
    ($status, $out, $err) =
        run("$nobody $rep info --dat $locked/x traces/short.rep");
    is("$status|$out|$err", "2||rep: $locked/x: expected a directory to write "
        . "to, found: Permission denied\n", '--dat below a locked directory');
} else {
    print "# root, and no way to be nobody: permissions are not tested\n";
}

# Memory that runs out at the first request for it, at the second, and so on.
my $oom = scratch('oom.so');
{
    my $cc = $ENV{CC} // 'cc';
    run("$cc -O1 -shared -fPIC -o $oom tests/data/no_memory.c");
    my ($status, $out, $err) = run("LD_PRELOAD=$oom $rep --version");
    my $works = "$status $err" eq '0 ';
    print "# no other malloc can be loaded: not tested short of memory\n"
        if !$works;
    my ($failed, @bad) = (0);
    for my $at ($works ? 1 .. 120 : ()) {
        ($status, $out, $err) = run("NO_MEMORY_ONCE=1 NO_MEMORY_AT=$at "
            . "LD_PRELOAD=$oom $rep info --json --dat $dat traces/short.rep");
        my $good = $status eq '0' && eval { decode_json($out) } && $err eq '';
        my $told = $status eq '2' && $out eq ''
            && $err =~ /^rep: .*Cannot allocate memory\n\z/;
        $failed += $told;
        push @bad, "$at: status $status, $out$err" if !$good && !$told;
    }
    is(join("\n", @bad), '', 'short of memory');
    check(!$works || $failed > 20, 'short of memory: it was', $failed);
}

done();
