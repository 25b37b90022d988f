#!/usr/bin/env perl
# tools.t - rep's generator and recorder, from the command line
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
        . " 100000000, found \"1\"\n", 'gen number too small');
fails('gen random --ops -5', "rep: gen: --ops: expected a number from 2 to"
        . " 100000000, found \"-5\"\n", 'gen negative number');
fails('gen random --ops 3x', "rep: gen: --ops: expected a number from 2 to"
        . " 100000000, found \"3x\"\n", 'gen not a number');
fails('gen random --seed 18446744073709551616', "rep: gen: --seed: expected a"
        . " number from 0 to 18446744073709551615, found"
        . " \"18446744073709551616\"\n", 'gen seed beyond 64 bits');
fails('gen random --sizes odd', "rep: gen: --sizes: expected"
        . " uniform|log|power, found \"odd\"\n", 'gen unknown word');
fails('gen random --min 9 --max 8', "rep: gen: --max: expected at least"
        . " --min, 9, found 8\n", 'gen min above max');
fails('gen random --pairs 3', "rep gen: unrecognized option '--pairs'\n",
    'gen option of another model');
fails('gen random 5', "rep: gen: expected options, found \"5\"\n",
    'gen surplus word');
fails('gen random --weight 4', "rep: --weight: expected 0 to 3, found"
        . " \"4\"\n", 'gen bad weight');
fails('record', "rep: record: expected a program to run, found none\n",
    'record without a program');
fails('record --weight 9 true', "rep: --weight: expected 0 to 3, found"
        . " \"9\"\n", 'record bad weight');
fails("record -o $dir/none.rep -- ./no-such-program", "rep: ./no-such-program:"
        . " No such file or directory\n", 'record no such program');
is(join(' ', glob("$dir/none.rep*")), '',
    'record no such program leaves nothing');
for my $args ("gen binary -o", "record -o") {
    my $rest = $args =~ /record/ ? 'true' : '';
    ($status, $out, $err) = run("$rep $args $dir/nowhere/x.rep $rest");
    is("$status|$out|$err", "2||rep: $dir/nowhere/x.rep: expected to write it,"
            . " found: No such file or directory\n", "$args: no such directory");
}
SKIP: {
    last SKIP if !-e '/dev/full';
    system("$rep gen binary >/dev/full 2>$dir/err");
    is(($? >> 8) . '|' . slurp("$dir/err"), "2|rep: <stdout>: expected to write"
            . " it, found: No space left on device\n", 'gen to a full device');
}
system("$rep gen binary >&- 2>$dir/err");
is(($? >> 8) . '|' . slurp("$dir/err"), "2|rep: <stdout>: expected to write it,"
        . " found: Bad file descriptor\n", 'gen to a closed standard output');
system("$rep record -o - touch $dir/ran >&- 2>$dir/err");
is(($? >> 8) . '|' . slurp("$dir/err") . '|' . (-e "$dir/ran" ? 'ran' : ''),
    "2|rep: <stdout>: expected to write it, found: Bad file descriptor\n|",
    'record finds that out before the program runs');

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

# ---- The recorder ----

my $source = <<'C';
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void basic(void)
{
    void *p = malloc(100), *q = calloc(3, 7), *none = NULL;
    p = realloc(p, 100000);
    posix_memalign(&none, 64, 300);
    free(memalign(32, 10));
    free(aligned_alloc(128, 256));
    free(valloc(5));
    free(pvalloc(5));
    void *z = malloc(0);
    void *n = realloc(NULL, 9);
    free(NULL);
    free(malloc(SIZE_MAX / 4));
    if (!realloc(n, SIZE_MAX / 4))
        n = realloc(n, 0);
    void *a = reallocarray(NULL, 2, 8);
    if (!reallocarray(a, SIZE_MAX / 2, 8))
        a = reallocarray(a, 4, 8);
    free(a);
    free(z);
    free(q);
    free(p);
    free(none);
}

static void forks(void)
{
    void *p = malloc(11);
    if (fork() == 0) {
        free(malloc(22));
        free(p);
        _exit(0);
    }
    wait(NULL);
    free(p);
    free(malloc(33));
}

static _Atomic(void *) ring[64];

static void *churn(void *seed)
{
    uint32_t x = (uintptr_t)seed;
    for (int i = 0; i < 20000; i++) {
        x = x * 1664525 + 1013904223;
        void *p = atomic_exchange(&ring[x >> 26], NULL);
        if (p && (x & 64))
            p = realloc(p, 1000 + (x >> 8) % 1000);
        else
            free(p), p = malloc(1000 + (x >> 8) % 1000);
        free(atomic_exchange(&ring[(x >> 20) & 63], p));
    }
    return NULL;
}

static void threads(void)
{
    pthread_t thread[4];
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, churn, (void *)(i + 1));
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < 64; i++)
        free(ring[i]);
}

int main(int argc, char **argv)
{
    char *mode = argv[argc - 1];
    if (!strcmp(mode, "basic"))
        basic();
    if (!strcmp(mode, "fork"))
        forks();
    if (!strcmp(mode, "threads"))
        threads();
    if (!strcmp(mode, "exec") && malloc(66))
        execl(argv[0], argv[0], "basic", NULL);
    if (!strcmp(mode, "kill") && malloc(44) && calloc(5, 11))
        kill(getpid(), SIGKILL);
    if (!strcmp(mode, "environment"))
        return getenv("MDRIVER_RECORD_FD") || getenv("LD_PRELOAD") ||
               !malloc(1);
    return !strcmp(mode, "seven") && malloc(77) ? 7 : 0;
}
C
open(my $c, '>', "$dir/prog.c") or die;
print $c $source;
close($c);
my $cc = $ENV{CC} // 'cc';
my ($built, undef, $diagnosis) =
    run("$cc -O0 -fno-builtin -w -pthread $dir/prog.c -o $dir/prog");
ok($built == 0, 'build the recorded program', $diagnosis);

# record MODE, OPTIONS - (trace, summary)
sub record {
    my ($mode, $options) = @_;
    $options //= '';
    my ($s, $o, $e) =
        run("$rep record $options -o $dir/$mode.rep -- $dir/prog $mode");
    is("$s|$o", '0|', "record $mode status");
    my $prefix = "rep: $dir/$mode.rep: ";
    $e =~ s/^\Q$prefix\E// or ok(0, "record $mode summary", $e);
    $e =~ s/\Q$dir\E\///;
    my $text = slurp("$dir/$mode.rep");
    return (good($text, "record $mode well formed", $options =~ /classic/), $e);
}

my ($t, $summary) = record('basic');
is(join(',', @{$t->{lines}}),
    'a 0 100,c 1 3 7,r 0 100000,m 2 64 300,m 3 32 10,f 3,m 4 128 256,f 4,'
        . 'm 5 4096 5,f 5,m 6 4096 4096,f 6,a 7 0,a 8 9,f -1,f -1,r 8 0,'
        . 'a 9 16,r 9 32,f 9,f 7,f 1,f 0,f 2', 'record basic requests')
    if -s "$dir/basic.rep";
is($summary, "30 events, 24 requests kept, 2 dropped (2 not met by libc), 10"
        . " ids, peak payload 104417 bytes; prog exited with status 0\n",
    'record basic summary');

($t, $summary) = record('basic', '--classic --weight 3');
is(join(',', @{$t->{lines}}),
    'a 0 100,a 1 21,r 0 100000,a 2 300,a 3 10,f 3,a 4 256,f 4,'
        . 'a 5 5,f 5,a 6 4096,f 6,a 7 1,a 8 9,f 8,'
        . 'a 9 16,r 9 32,f 9,f 7,f 1,f 0,f 2', 'record --classic requests');
is($t->{weight}, 3, 'record --weight');
ok($summary =~ /4 dropped \(2 not met by libc, 2 free\(NULL\)\)/,
    'record --classic summary', $summary);

($t) = record('fork');
is("@{$t->{lines}}", 'a 0 11 f 0 a 1 33 f 1', 'record leaves children out');
($t) = record('exec');
is("@{$t->{lines}}", 'a 0 66', 'record leaves executed programs out');
($t, $summary) = record('kill');
is("@{$t->{lines}}", 'a 0 44 c 1 5 11', 'record survives a kill');
ok($summary =~ /; prog was killed by signal 9$/, 'record tells of a kill',
    $summary);
(undef, $summary) = record('seven');
ok($summary =~ /; prog exited with status 7$/, 'record tells the status',
    $summary);
(undef, $summary) = record('environment');
ok($summary =~ /; prog exited with status 0$/, 'record hides from the program',
    $summary);

for my $round (1 .. 3) {
    ($t, $summary) = record('threads');
    my %size;
    for (@{$t->{lines}}) {
        my ($letter, $id, $size) = split;
        delete $size{$id} if $letter eq 'f';
        $size{$id} = $size if $letter =~ /[ar]/;
    }
    my @left = grep { $_ >= 1000 && $_ < 2000 } values %size;
    is("@left", '', "record threads frees everything, round $round");
    my $n = grep /^[ar] \d+ 1\d\d\d$/, @{$t->{lines}};
    is($n, 80000, "record threads sees every request, round $round");
    ok($summary =~ / 0 dropped, \d+ ids/, "record threads keeps all, $round",
        $summary);
}

($status, $out, $err) =
    run("cd $dir && TMPDIR=$dir " . (-x $rep && $rep !~ m{^/} ? "$ENV{PWD}/"
        : '') . "$rep record ./prog seven");
ok($status == 0 && -s "$dir/prog.rep", 'record names the trace itself', $err);
is(join(' ', grep /rep-record/, glob("$dir/*")), '', 'record leaves no log');
($status, $out, $err) = run("TMPDIR=$dir/nowhere $rep record -o $dir/y.rep"
        . " $dir/prog seven");
ok($status == 2 && $err =~ m{^rep: $dir/nowhere/rep-record-\w+: No such file},
    'record without a place for the log', $err);
ok(!-e "$dir/y.rep", 'record without a log leaves no trace');
($status, $out, $err) = run("$rep record -o $dir/y.rep -- $dir/prog none");
is("$status|$err", "2|rep: $dir/prog: expected requests, found none: it does"
        . " not use libc's allocator\n", 'record a program without requests');
run("$cc -static -w -pthread $dir/prog.c -o $dir/static");
if (-x "$dir/static") {
    ($status, $out, $err) = run("$rep record -o $dir/y.rep $dir/static seven");
    is("$status|$err", "2|rep: $dir/static: expected a program that loads the"
            . " recorder, found one that is static, setuid or of another"
            . " architecture\n", 'record a static program');
}
# A limit of address space that rep itself can live with (not under ASan).
my $limit = 'ulimit -v 4000000;';
if ((run("sh -c '$limit $rep -h'"))[0] eq '0') {
    ($status, $out, $err) =
        run("sh -c '$limit $rep record -o $dir/y.rep $dir/prog seven'");
    is($status, 0, 'record within a limit of address space');
    is((split /\n/, slurp("$dir/y.rep"))[4] // '', 'a 0 77',
        'record within a limit of address space, requests');
}
($status, $out, $err) =
    run("sh -c 'ulimit -f 100; $rep record -o $dir/y.rep $dir/prog threads'");
ok($status == 0 && $err =~ /\((\d+) beyond the room of the log\)/ && $1 > 70000,
    'record beyond the room of the log', $err);
good(slurp("$dir/y.rep"), 'record beyond the room of the log, well formed');

# rep elsewhere: without the recorder, and where the loader splits the path.
mkdir "$dir/a b:c";
(my $so = $rep) =~ s{[^/]*$}{};
($so) = grep { -e } "${so}build/record.so", "${so}record.so";
ok(defined $so, 'find record.so beside rep');
run("cp $rep '$dir/a b:c/rep'");
my $moved = "'$dir/a b:c/rep' record -o $dir/z.rep $dir/prog seven";
($status, $out, $err) = run($moved);
is("$status|$err", "2|rep: expected $dir/a b:c/build/record.so, found none"
        . " (make builds it)\n", 'record without the recorder');
run("cp $so '$dir/a b:c/record.so'");
($status, $out, $err) = run($moved);
is($status, 0, 'record with a blank and a colon in the path');
is((split /\n/, slurp("$dir/z.rep"))[4] // '', 'a 0 77',
    'record with a blank and a colon in the path, requests');

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
