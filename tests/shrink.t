#!/usr/bin/env perl
# shrink.t - rep shrink, and the driver's word that it is there
use strict;
use warnings;
use lib 'tests';
use Check;
use Cwd 'getcwd';

my $rep = './rep';
my $top = getcwd();

# compiled(SOURCE) - a shared object of it, for what is asked several times.
sub compiled {
    my ($source) = @_;
    my $so = scratch($source =~ s{.*/|\.c$}{}gr . '.so');
    my ($status, undef, $err) = run("cc -std=gnu11 -O2 -fPIC -shared "
        . "-nostartfiles -I. -o $so $source");
    check($status == 0, "$source is compiled", $err);
    return $so;
}

# shrink(TRACE, FAULT, OPTIONS...) - its status, what it printed, the requests
# of the witness.
sub shrink {
    my ($trace, $fault, @options) = @_;
    my $to = scratch('witness.rep');
    unlink($to);
    $fault = "tests/faulty/$fault.c" if $fault !~ m{/};
    my ($status, $out, $err) =
        run("$rep shrink $trace -m $fault -o $to @options");
    my @lines = -e $to ? split(/\n/, slurp($to)) : ();
    return ($status, $out, $err, @lines[4 .. $#lines]);
}

sub gen {
    my ($name, $options) = @_;
    my $path = scratch("$name.rep");
    my ($status, undef, $err) = run("$rep gen random $options -o $path");
    check($status == 0, "gen $name", $err);
    return $path;
}

# fails(ARGUMENTS, STDERR) - bad usage: one line, nothing on standard output.
sub fails {
    my ($args, $expected, $name) = @_;
    my ($status, $out, $err) = run("$rep shrink $args");
    is("$status|$out|$err", "2||$expected\n", $name // $args);
}

# ---- The command line ----

my ($status, $out, $err) = run("$rep shrink -h");
is("$status|$err", '0|', 'rep shrink -h');
like($out, qr/^usage: rep shrink FILE .*^Exit status: 0 a witness/ms, 'help');

my $small = trace('small', 'a 0 64', 'a 1 64', 'a 2 64', 'f 0');
fails('', 'rep: shrink: expected a trace, found none', 'no trace');
fails('a b', 'rep: shrink: expected one trace, found "b" as well');
fails('-s 0 a', 'rep: shrink: -s: expected a number of seconds above 0, '
    . 'found "0"');
fails('-s nan a', 'rep: shrink: -s: expected a number of seconds above 0, '
    . 'found "nan"');
fails('--seconds 1x a', 'rep: shrink: --seconds: expected a number of seconds '
    . 'above 0, found "1x"');
fails('-d 3 a', 'rep: shrink: -d: expected 0, 1 or 2, found "3"');
fails('--align 12 a', 'rep: shrink: --align: expected 8 or 16, found "12"');
fails('--memory 0 a', 'rep: shrink: --memory: expected a whole number of MiB '
    . 'above 0, found "0"');
fails("$small -m nonesuch", 'rep: nonesuch: expected a name that --list '
    . 'prints, a .c file or a .so file', 'no such allocator');
fails("$small -o build/nowhere/x", 'rep: build/nowhere/x: expected to write '
    . 'it, found: No such file or directory', 'no such directory');
fails('build/nowhere.rep', 'rep: build/nowhere.rep: cannot open: No such file '
    . 'or directory', 'no such trace');
my $garbage = spew(scratch('garbage.rep'), "1\n1\n1\n1\na 0 x\n");
($status, $out, $err) = run("$rep shrink $garbage");
is("$status|$out|" . ($err =~ tr/\n//), '2||1', 'a broken trace is one line');

# ---- Witnesses, to the byte ----

my $witness = scratch('witness.rep');
($status, $out, $err, my @requests) = shrink($small, 'overlap');
is("$status|$err|@requests", '0||a 0 16 a 1 17 a 2 16', 'overlap');
$out =~ s/, \d+ tries, [\d.]+ s$/, N tries, S s/m;
$out =~ s/^(  \D+\d+) +\d+$/$1 N/mg;
is($out, <<"EOF", 'what is printed');
  what is left           requests  tries
  up to the failure             3 N
  the latest blocks             3 N
  by block                      3 N
  by request                    3 N
  plainer requests              3 N
  one block for several         3 N
  smaller sizes                 3 N
  all of it again               3 N

$witness: 3 of 4 requests, N tries, S s

$witness:7: malloc(16) for id 2 returned 0x100800000040, which overlaps the payload of id 1
  id 2: [0x100800000040, 0x100800000050), 16 bytes, malloc on line 7
  id 1: [0x100800000030, 0x100800000041), 17 bytes, malloc on line 6
  map: start|[16]|id 0 ##|[16]|id 1 ###|[47]|end
  (# is 8 bytes, [n] n in no payload) ^^^^ returned
  ./mdriver -n -c $witness -m tests/faulty/overlap.c shows it again
EOF
is(slurp($witness), "4096\n3\n3\n1\na 0 16\na 1 17\na 2 16\n",
    'the header is of the dialect that was read');

# What a fault needs and nothing else, of a trace with everything in it.
my $overlap = compiled('tests/faulty/overlap.c');
my $mixed = trace('mixed', 'a 0 64', 'c 1 4 100', 'm 2 64 100', 'r 0 200',
    'f -1', 'f 1', 'c 3 2 300', 'a 4 0', 'r 4 100', 'f 2', 'r 3 0', 'a 5 3000',
    'f 0', 'r 6 40', 'f 4', 'f 5', 'f 6');
for (
    ['divides', 'a 0 16 f 0', 'a 0 16 r 0 16'],
    ['free_of_null', 'f -1'],
    ['forgets_to_copy', 'a 0 16 r 0 16'],
    ['rounds_down', 'a 0 17'],
    ['second_init_exits', 'a 0 16 f 0', 'a 0 16 r 0 16'],
) {
    my ($fault, @good) = @$_;
    ($status, $out, $err, @requests) = shrink($mixed, $fault);
    check($status == 0 && scalar(grep { "@requests" eq $_ } @good),
        "$fault is shrunk", "status $status, requests @requests\n$out$err");
}
like($out, qr/ -n -f \S+ -m \S+ shows it again$/m,
    'what fails in a timed pass is run with those');

# ---- Large traces, rare faults ----

my $big = gen('big', '--ops 8000 --seed 3');
for (
    ['unlinks_last', 'free\(id \d+\) crashed: SIGSEGV', 20],
    ['circles', 'was under way when the pass had used up 0\.1 s', 20, '-s 0.1'],
    ['footer_in_16_bits', 'crashed: SIGSEGV', 20],
    ['merges_lower', 'overlap', 20],
) {
    my ($name, $message, $most, @options) = @$_;
    my $fault = compiled("tests/faulty/$name.c");
    ($status, $out, $err, @requests) = shrink($big, $fault, @options);
    check($status == 0 && @requests && @requests <= $most,
        "$name: $most requests or fewer", "$out$err@requests");
    like($out, qr/^\S+:\d+: .*$message/m, "$name: it fails alike");
    my ($command) = $out =~ m{^  (\./mdriver .*) shows it again$}m;
    my ($again, $table) = run($command // 'false');
    check($again == 1 && $table =~ /$message/, "$name: the command shows it",
        $table);
}

# No request of a witness can go.
my @lines = split(/\n/, slurp($witness));
for my $i (4 .. $#lines) {
    my @fewer = @lines;
    splice(@fewer, $i, 1);
    my $path = spew(scratch('fewer.rep'), join("\n", @fewer, ''));
    my ($again, $table) =
        run("./mdriver -n --quiet -c $path -m " . scratch('merges_lower.so'));
    unlike($table, qr/overlaps the payload/, "not without line $i");
}

# ---- What else can happen ----

($status, $out, $err, @requests) = shrink($small, 'correct');
is("$status|$out|$err|@requests", "1|$small: tests/faulty/correct.c passes, "
    . "also in timed passes and with the heap at other addresses: nothing to "
    . "shrink\n||", 'an allocator that passes');

($status, $out, $err, @requests) = shrink($small, 'loop', '-s 0.2');
is("$status|@requests", '0|a 0 16 f 0', 'a time-out');
like($out, qr/ -s 0\.2 shows it again$/m, 'the limit is handed on');
($status, $out, $err, @requests) = shrink($small, 'checker_loops',
    '-s 0.2');
is("$status|@requests", '0|a 0 16', 'a checker that never ends');

($status, $out) = shrink($big, scratch('footer_in_16_bits.so'),
    '--seconds 0.001', '-q');
like($out, qr{^\S+: \d+ of 8000 requests, \d+ tries, [\d.]+ s; out of time },
    'out of time: what there is is written');
is($status, 0, 'out of time: status');

# Two failures of one kind: one message, or any.
my $slips = spew(scratch('slips.c'), <<"EOF");
#define OWN_FREE
#include "$top/tests/faulty/base.h"
void mm_free(void *p)
{
    if (calls > 2 && block_of(p)->size == 64)
        abort();
    if (calls > 2)
        *(volatile int *)8 = 1;
    base_free(p);
}
EOF
my $two = trace('two', 'a 0 64', 'a 1 64', 'a 2 64', 'f 0');
($status, $out) = shrink($two, $slips);
like($out, qr/SIGSEGV/, 'a crash is a crash');
($status, $out) = shrink($two, $slips, '--same-message');
like($out, qr/SIGABRT/, '--same-message');

# One that fails another way in every other run (it counts them in a file), and one that does not fail at
# the fixed address.
my $runs = scratch('runs');
unlink($runs);
my $fickle = spew(scratch('fickle.c'), <<"EOF");
#define OWN_FREE
#include <fcntl.h>
#include "$top/tests/faulty/base.h"
void mm_free(void *p)
{
    static off_t run, frees;
    if (frees++ == 0) {
        int fd = open("$top/$runs", O_CREAT | O_RDWR | O_APPEND, 0600);
        if (write(fd, "", 1) == 1)
            run = lseek(fd, 0, SEEK_END);
    }
    if (frees > run % 2)
        abort();
    base_free(p);
}
EOF
my $frees = trace('frees', map { ("a $_ 16", "f $_") } 1 .. 100);
($status, $out, $err, @requests) = shrink($frees, $fickle, '--unconfined');
is("$status|@requests", '0|a 0 16 f 0', 'one that fails at random');
like($out, qr/^\Q$fickle\E does not fail in every run alike: /m, 'is told');
my $placed = spew(scratch('placed.c'), <<"EOF");
#define OWN_FREE
#include "$top/tests/faulty/base.h"
void mm_free(void *p)
{
    if (mem_heap_lo() != (void *)0x100800000000)
        abort();
    base_free(p);
}
EOF
($status, $out, $err, @requests) = shrink($frees, $placed);
is("$status|@requests", '0|a 0 16 f 0', 'a failure at other addresses');

# Where the witness goes.
my $dir = scratch('here');
mkdir($dir);
unlink(glob("$dir/*"));
my $command = "cd $dir && $top/rep shrink $top/$small -m "
    . "$top/$overlap --quiet";
($status, $out) = run($command);
like($out, qr/^small\.min\.rep: 3 of 4 requests, \d+ tries, [\d.]+ s$/m,
    'NAME.min.rep');
($status, $out) = run($command);
like($out, qr/^small\.min\.rep: .* s; it replaces an older one$/m,
    'NAME.min.rep again');
is(join(' ', map { s{.*/}{}r } glob("$dir/*")), 'small.min.rep',
    'nothing else is left');
($status, $out, $err) =
    run("$rep shrink $small -m $overlap -o -");
is("$status|$out", "0|4096\n3\n3\n1\na 0 16\na 1 17\na 2 16\n", '-o -');
like($err, qr/^<stdout>: 3 of 4 requests.*^\Q$small\E:7: malloc/ms,
    '-o -: the report is on standard error');
($status, $out, $err) =
    run("$rep shrink - -m $overlap -o $witness <$small");
check($status == 0 && slurp($witness) =~ /^a 1 17$/m, 'from standard input',
    $err);
SKIP: {
    last SKIP if !-e '/dev/full';
    ($status, $out, $err) =
        run("$rep shrink $small -m $overlap >/dev/full");
    unlink('small.min.rep');
    is("$status|$err", "2|rep: standard output: No space left on device\n",
        'a full standard output');
}

# ---- No witness that may pass ----

# counted(NAME, WHEN) - an allocator whose mm_free fails when that holds of
# `run`, the number of the run from 1, and `frees`, that of the call.
sub counted {
    my ($name, $when) = @_;
    my $count = scratch("$name.runs");
    unlink($count);
    return compiled(spew(scratch("$name.c"), <<"EOF"));
#define OWN_FREE
#include <fcntl.h>
#include "$top/tests/faulty/base.h"
void mm_free(void *p)
{
    static off_t run, frees;
    if (frees++ == 0) {
        int fd = open("$top/$count", O_CREAT | O_RDWR | O_APPEND, 0600);
        if (write(fd, "", 1) == 1)
            run = lseek(fd, 0, SEEK_END);
    }
    if ($when)
        abort();
    base_free(p);
}
EOF
}

# shrink_over(ALLOCATOR) - where there is an older witness.
my $older = "an older witness\n";
sub shrink_over {
    my ($allocator) = @_;
    spew($witness, $older);
    return run("$rep shrink $frees -m $allocator -o $witness --unconfined");
}

my $stops = counted('stops', 'run < 4');
($status, $out, $err) = shrink_over($stops);
is("$status|$out|$err", "1|$frees: $stops does not fail reliably: the 2 "
    . "requests that were left passed in the last run; nothing is written\n|",
    'what passes in the last run is no witness');
is(slurp($witness), $older, 'and an older file stays');
my $later = counted('later', 'frees == 90 || (run > 3 && run < 6)');
($status, $out, $err) = shrink_over($later);
like($out, qr/^  up to the failure +180 +\d+\n\n\S+: 180 of 200 requests, /m,
    'then what failed before is written');
is("$status|$err|" . (slurp($witness) =~ tr/\n//), '0||184', 'all of it');

# ---- Slow with every request ----

# Each request takes 5 ms of CPU time, or more, on every machine.
my $burns = compiled(spew(scratch('burns.c'), <<"EOF"));
#define OWN_MALLOC
#include <time.h>
#include "$top/tests/faulty/base.h"
void *mm_malloc(size_t size)
{
    clock_t end = clock() + CLOCKS_PER_SEC / 200;
    while (clock() < end)
        ;
    return base_malloc(size);
}
EOF
my $mallocs = trace('mallocs', map { "a $_ 16" } 1 .. 20000);
for (['0.1', '-s 0.1', 60], ['0.5', '--seconds 0.5', 300]) {
    my ($limit, $options, $most) = @$_;
    ($status, $out, $err, @requests) = shrink($mallocs, $burns, $options);
    my $n = @requests;
    check($status == 0 && $n > 1 && $n <= $most, "$options: the beginning",
        "status $status, $n requests\n$out$err");
    like($out, qr/^\Q$witness\E: $n of 20000 requests, \d+ tries, [\d.]+ s$/m,
        "$options: how much of it");
    my $slow = "$burns is slow with every request, none of them hangs: ";
    like($out, qr/^\Q$slow\E\d+ of 20000 in \S+ s, \d+ a second$/m,
        "$options: how slow");
    my $used = "was under way when the pass had used up $limit s, ";
    like($out, qr/^\Q$witness\E:\d+: malloc\(16\) for id \d+ \Q$used\E/m,
        "$options: it fails");
    like($out, qr/ -s \Q$limit\E shows it again$/m, "$options: the command");
}
($status, $out, $err, @requests) =
    shrink($mallocs, $burns, '--seconds 0.6 -s 9');
$out =~ s/\d+ of 20000/N of 20000/;
is("$status|$out|$err|@requests", "1|$mallocs: $burns was not done within "
    . "--seconds 0.6: N of 20000 requests were served; a smaller -s takes "
    . "less\n||", 'a limit beyond --seconds');
my $few = trace('few', map { "a $_ 16" } 1 .. 20);
($status, $out, $err) = shrink($few, $burns, '--seconds 0.5');
is("$status|$out|$err", "1|$few: $burns passes, but --seconds 0.5 left no time "
    . "for timed passes and other addresses: nothing to shrink so far\n|",
    'no time for other passes');

# ---- Ctrl-C ----

# never_ends(NAME) - a loop without end, which leaves a file.
sub never_ends {
    my ($name) = @_;
    return "close(open(\"$top/" . scratch("$name.begun")
        . '", O_CREAT | O_WRONLY, 0600)); for (volatile int i = 1; i;) ;';
}

# With fewer frees than it takes to fail, the checker never ends.
my $slow = compiled(spew(scratch('slow.c'), <<"EOF"));
#define OWN_CHECKHEAP
#define OWN_FREE
#include <fcntl.h>
#include "$top/tests/faulty/base.h"
bool mm_checkheap(int line)
{
    @{[never_ends('slow')]}
    return line;
}
void mm_free(void *p)
{
    static int frees;
    if (++frees == 100)
        abort();
    base_free(p);
}
EOF
my $loop = compiled(spew(scratch('loop.c'), <<"EOF"));
#define OWN_FREE
#include <fcntl.h>
#include "$top/tests/faulty/base.h"
void mm_free(void *p)
{
    @{[never_ends('loop')]}
    base_free(p);
}
EOF

# interrupt(NAME, ALLOCATOR) - the signal it died of, what it printed, when it
# is interrupted in that loop.
sub interrupt {
    my ($name, $allocator) = @_;
    my $begun = scratch("$name.begun");
    unlink($witness, $begun);
    my $pid = fork() // die;
    if (!$pid) {
        $SIG{INT} = 'DEFAULT';
        open(STDOUT, '>', scratch('out'));
        open(STDERR, '>&', \*STDOUT);
        exec($rep, 'shrink', $frees, '-m', $allocator, '-o', $witness,
            '--quiet', '-s', 50);
    }
    for (my $i = 0; $i < 1000 && !-e $begun; $i++) {
        select(undef, undef, undef, 0.02);
    }
    kill('INT', $pid);
    waitpid($pid, 0);
    return ($? & 127, slurp(scratch('out')));
}

my ($signal, $said) = interrupt('slow', $slow);
is($signal, 2, 'an interrupt ends it');
like($said, qr/^\S+: \d+ of 200 requests, .*; interrupted, there may be a /,
    'and what was found is written');
check(-e $witness, 'to the file');
($signal, $said) = interrupt('loop', $loop);
is("$signal|$said", "2|rep: shrink: interrupted before it was known how "
    . "$frees fails\n", 'an interrupt at the beginning');
check(!-e $witness, 'leaves no file');

# ---- The driver's hint ----

my $odd = scratch("it's odd.rep");
spew($odd, slurp($big));
(undef, $out) = run("./mdriver -n -c \"$odd\" -m $overlap "
    . '-D --align 8 -s 7');
my $quoted = $odd =~ s/'/'\\''/r;
check(index($out, "\n  ./rep shrink '$quoted' -m $overlap -D "
    . '--align 8 -s 7  # finds the fewest requests that show it') > 0,
    'the hint is quoted and has the options', $out);
# Called from elsewhere: what is printed can be pasted there.
(undef, $out) = run("cd tests && ../mdriver -n -c $big -m faulty/overlap.c");
my ($advice) = $out =~ m{^  (\.\./rep shrink .*?)  # finds the fewest}m;
(undef, $out) = run('cd tests && ' . ($advice // 'false') . " -o $witness");
unlike($out, qr/finds the fewest/, 'shrink does not advise to shrink');
my ($shows) = $out =~ m{^  (\.\./mdriver -n -c .*) shows it again$}m;
($status, $out) = run('cd tests && ' . ($shows // 'false'));
check($status == 1 && $out =~ /overlaps the payload/,
    'commands begin with the directory that the program was called with', $out);
(undef, $out) = run("PATH=$top:\$PATH mdriver -n -c $big "
    . '-m tests/faulty/overlap.c');
like($out, qr/^  rep shrink /m, 'or are found where it was found');
(undef, $out) = run("./mdriver -n -c - -m tests/faulty/overlap.c <$big");
unlike($out, qr/rep shrink/, 'no hint where there is no file');
(undef, $out) = run("./mdriver -n -c $big -m tests/faulty/init_fails.c");
unlike($out, qr/rep shrink/, 'nor where no request was made');
(undef, $out) = run("./mdriver -n -c $small -m tests/faulty/overlap.c");
unlike($out, qr/rep shrink/, 'nor for a short trace');

done();
