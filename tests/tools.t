#!/usr/bin/env perl
# tools.t - rep and its generator, from the command line, and the traces
#
# Prints one line "ok NAME" or "not ok NAME: why" a test.  Runs from the top of
# the tree; REP names another rep than ./rep, CC another compiler than cc.
use strict;
use warnings;
use Digest::MD5 'md5_hex';
use File::Temp 'tempdir';

my $rep  = $ENV{REP} // './rep';
my $dir  = tempdir(CLEANUP => 1);
my $bad  = 0;

sub ok {
    my ($good, $name, $why) = @_;
    print $good ? "ok $name\n" : "not ok $name: " . ($why // '') . "\n";
    $bad = 1 if !$good;
    return $good;
}

sub is {
    my ($found, $expected, $name) = @_;
    s/\n/\\n/g for $found, $expected;
    ok($found eq $expected, $name, "expected \"$expected\", found \"$found\"");
}

sub slurp {
    open(my $in, '<', $_[0]) or return '';
    local $/;
    return <$in> // '';
}

# run COMMAND - (exit status, stdout, stderr)
sub run {
    my ($command) = @_;
    system("$command >$dir/out 2>$dir/err </dev/null");
    my $status = $? & 127 ? "signal " . ($? & 127) : $? >> 8;
    return ($status, slurp("$dir/out"), slurp("$dir/err"));
}

# fails COMMAND, STDERR - it ends with 2, says just that, and prints nothing
sub fails {
    my ($args, $expected, $name) = @_;
    my ($status, $out, $err) = run("$rep $args");
    is("$status|$out|$err", "2||$expected", $name);
}

# inspect TEXT - read a trace the strict way: an error, or its figures
sub inspect {
    my ($text, $classic) = @_;
    my @lines = split /\n/, $text;
    my @head  = splice(@lines, 0, 4);
    my (%size, %seen, $live, $peak, $max_id) = ();
    ($live, $peak, $max_id) = (0, 0, -1);
    for my $i (0 .. $#lines) {
        local $_ = $lines[$i];
        my $where = "line " . ($i + 5) . " \"$_\"";
        next if $_ eq 'f -1';
        /^(?:[ar] \d+ \d+|[cm] \d+ \d+ \d+|f \d+)$/ or return "$where: form";
        my ($letter, $id, $n, $size) = split;
        return "$where: not live" if $letter =~ /[fr]/ && !exists $size{$id};
        return "$where: live" if $letter =~ /[acm]/ && exists $size{$id};
        $live -= delete $size{$id} if $letter =~ /[fr]/;
        next if $letter eq 'f' || $letter eq 'r' && $n == 0;
        $size{$id} = $letter eq 'c' ? $n * $size : $letter eq 'm' ? $size : $n;
        $live += $size{$id};
        $peak   = $live if $live > $peak;
        $max_id = $id if $id > $max_id;
    }
    my ($w, $p) = $classic ? @head[3, 0] : @head[0, 3];
    return "ids: $head[1], not " . ($max_id + 1) if $head[1] != $max_id + 1;
    return "ops: $head[2], not " . @lines if $head[2] != @lines;
    return "peak: $p, not $peak" if $classic ? $p < $peak : $p != $peak;
    return {weight => $w, lines => \@lines, left => scalar(keys %size),
            peak => $peak};
}

# good TRACE, NAME - its figures when it is well formed
sub good {
    my ($text, $name, $classic) = @_;
    my $study = inspect($text, $classic);
    ok(ref $study, $name, $study);
    return ref $study ? $study : {weight => '', lines => [], left => -1};
}

# ---- The command line ----

my ($status, $out, $err) = run("$rep -h");
is($status, 0, 'rep -h status');
ok($out =~ /^usage: rep VERB.*^    record .*^    gen /ms, 'rep -h', $out);
ok($err eq '', 'rep -h stderr', $err);
my $usage = $out;
($status, $out, $err) = run($rep);
is("$status|$out|$err", "2||$usage", 'rep alone');
fails('frobnicate', "rep: expected a verb, found \"frobnicate\""
        . " (rep -h lists them)\n", 'unknown verb');
for my $verb ('record', 'gen') {
    ($status, $out, $err) = run("$rep $verb -h");
    ok($status == 0 && $out =~ /^usage: rep $verb / && $err eq '',
        "rep $verb -h", "status $status, $out$err");
}
fails('gen', "rep: gen: expected a model, found none (rep gen -h lists"
        . " them)\n", 'gen without a model');
fails('gen foo', "rep: gen: expected a model, found \"foo\" (rep gen -h"
        . " lists them)\n", 'gen unknown model');
fails('gen random --ops 1', "rep: gen: --ops: expected a number from 2 to"
        . " 1000000000, found \"1\"\n", 'gen number too small');
fails('gen random --ops -5', "rep: gen: --ops: expected a number from 2 to"
        . " 1000000000, found \"-5\"\n", 'gen negative number');
fails('gen random --ops 3x', "rep: gen: --ops: expected a number from 2 to"
        . " 1000000000, found \"3x\"\n", 'gen not a number');
fails('gen random --seed 18446744073709551616', "rep: gen: --seed: expected a"
        . " number from 0 to 18446744073709551615, found"
        . " \"18446744073709551616\"\n", 'gen seed beyond 64 bits');
fails('gen random --sizes odd', "rep: gen: --sizes: expected"
        . " uniform|log|power|exponential|table, found \"odd\"\n",
    'gen unknown word');
fails('gen random --min 9 --max 8', "rep: gen: --max: expected at least"
        . " --min, 9, found 8\n", 'gen min above max');
fails('gen random --pairs 3', "rep gen: unrecognized option '--pairs'\n",
    'gen option of another model');
fails('gen random 5', "rep: gen: expected options, found \"5\"\n",
    'gen surplus word');
fails('gen random --weight 4', "rep: --weight: expected 0 to 3, found"
        . " \"4\"\n", 'gen bad weight');
($status, $out, $err) = run("$rep gen binary -o $dir/nowhere/x.rep");
is("$status|$out|$err", "2||rep: $dir/nowhere/x.rep: expected to write it,"
        . " found: No such file or directory\n", 'gen: no such directory');
SKIP: {
    last SKIP if !-e '/dev/full';
    system("$rep gen binary >/dev/full 2>$dir/err");
    is(($? >> 8) . '|' . slurp("$dir/err"), "2|rep: <stdout>: expected to write"
            . " it, found: No space left on device\n", 'gen to a full device');
}
system("$rep gen binary >&- 2>$dir/err");
is(($? >> 8) . '|' . slurp("$dir/err"), "2|rep: <stdout>: expected to write it,"
        . " found: Bad file descriptor\n", 'gen to a closed standard output');

# ---- The generator ----

for my $model (qw(binary coalesce random realloc realloc-wall)) {
    my ($s, $first) = run("$rep gen $model --seed 7");
    my (undef, $again) = run("$rep gen $model --seed 7");
    my (undef, $other) = run("$rep gen $model --seed 8");
    my $study = good($first, "$model well formed");
    is($s, 0, "$model status");
    is($study->{left}, 0, "$model frees everything");
    is($study->{weight}, 1, "$model weight");
    ok($first eq $again, "$model same seed");
    ok($first ne $other, "$model other seed");
    run("$rep gen $model --seed 7 -o $dir/x.rep");
    ok(slurp("$dir/x.rep") eq $first, "$model to a file");
    my (undef, $classic) = run("$rep gen $model --seed 7 --classic --weight 2");
    is(good($classic, "$model classic well formed", 1)->{weight}, 2,
        "$model classic weight");
    is(join("\n", (split /\n/, $classic)[4 .. 9]),
        join("\n", (split /\n/, $first)[4 .. 9]), "$model classic requests");
}

# The same on every machine: what seed 7 made when this was written.
my %sums = (
    binary         => '2864d9f22c8b5258f147a4556bdea113',
    coalesce       => 'bc86632df4d50b9fd71721563b8cfb64',
    random         => '1761126db4ca27aa505f7d10f8c32446',
    realloc        => 'ca310475f2225699e53b6ad76c9d1f32',
    'realloc-wall' => '042af6e184627ac9ab080311afd0d505',
);
for my $model (sort keys %sums) {
    (undef, my $text) = run("$rep gen $model --seed 7");
    is(md5_hex($text), $sums{$model}, "$model checksum");
}
(undef, my $mixed) = run("$rep gen random --seed 7 --realloc 20 --sizes power"
        . " --lives young");
is(md5_hex($mixed), 'f43c0d3a5a757a0c762257b03486a573',
    'random checksum with all options');

sub requests {
    my ($args) = @_;
    my (undef, $text) = run("$rep gen $args");
    my $study = good($text, "$args well formed");
    is($study->{left}, 0, "$args frees everything");
    return @{$study->{lines}};
}

my @r = requests('binary --pairs 2 --small 1 --large 2 --request 3');
is("@r[0 .. 7]", 'a 0 1 a 1 2 a 2 1 a 3 2 f 0 f 2 a 4 3 a 5 3',
    'binary frees the small half');
@r = requests('binary --pairs 2 --small 1 --large 2 --request 3 --free large');
is("@r[0 .. 7]", 'a 0 1 a 1 2 a 2 1 a 3 2 f 1 f 3 a 4 3 a 5 3',
    'binary frees the large half');
@r = requests('coalesce --rounds 1 --batch 1 --min 8 --max 8');
ok("@r" =~ /^a 0 8 a 1 8 (f 0 f 1|f 1 f 0) a 2 16 f 2$/, 'coalesce doubles',
    "@r");
@r = requests('realloc --steps 2 --start 5 --growth 1 --small 1');
is("@r", 'a 0 5 a 1 1 f 1 r 0 6 a 2 1 f 2 r 0 7 f 0', 'realloc requests');
@r = requests('realloc-wall --steps 3 --start 5 --growth 1 --small 1');
is("@r", 'a 0 5 a 1 1 r 0 6 a 2 1 f 1 r 0 7 a 3 1 f 2 r 0 8 f 3 f 0',
    'realloc-wall requests');
@r = requests('realloc-wall --steps 2 --keep 5');
@r = requests('random --ops 2');
is(scalar(@r), 2, 'random smallest');
@r = requests('random --ops 20001 --realloc 20 --min 5 --max 6');
my $reallocs = grep /^r/, @r;
ok($reallocs > 3500 && $reallocs < 4500, 'random --realloc', $reallocs);
ok(!(grep /^[ar] \d+ (\d+)/ && $1 != 5 && $1 != 6, @r), 'random sizes');
my @octaves;
for (requests('random --ops 40000 --sizes power --min 16 --max 255')) {
    $octaves[$1 < 32 ? 0 : $1 < 64 ? 1 : $1 < 128 ? 2 : 3]++ if /^a \d+ (\d+)/;
}
ok($octaves[0] > 1.8 * $octaves[1] && $octaves[1] > 1.7 * $octaves[2],
    'random --sizes power', "@octaves");
requests('random --ops 5000 --sizes log --min 3 --max 3');
requests('random --ops 5000 --lives young --live 1');

# ---- The traces ----

my %rows;
for (split /\n/, slurp('traces/README.md')) {
    my ($name, @figures) =
        /^\| ([\w-]+) \| (\d+) \| (\d+) \| (\d+) \| (\d) \|(?: .+? \|){3}$/
        or next;
    $rows{$name} = \@figures;
}
for my $path (sort glob('traces/*.rep')) {
    my ($name) = $path =~ m{([^/]+)\.rep$};
    my $text = slurp($path);
    good($text, "traces/$name well formed");
    my ($weight, $ids, $ops, $peak) = split /\n/, $text;
    is(join(' ', @{delete $rows{$name} // ['no row']}),
        "$ops $ids $peak $weight", "traces/README.md: $name");
}
is(join(' ', sort keys %rows), '', 'traces/README.md: no row too many');

exit($bad);
