#!/usr/bin/env perl
# surroundings.t - what whoever starts the programs may have set up for them
use strict;
use warnings;
use lib 'tests';
use Check;

my $trace = spew(scratch('t.rep'),
    "1\n2\n4\n48\na 0 16\na 1 32\nf 0\nf 1\n");
my $run = "./mdriver -n --quiet -f $trace";

# ignoring(SIGNAL, COMMAND) - the command, started with the signal ignored.
sub ignoring {
    my ($signal, $command) = @_;
    return "perl -e '\$SIG{$signal} = q(IGNORE); exec \@ARGV' $command";
}

{   # children are waited for, even if somebody ignores SIGCHLD
    my ($status, $out) = run(ignoring('CHLD',
        "$run -m tests/faulty/null_deref.c -s 5"));
    is($status, 1, 'SIGCHLD ignored: a crash is a failure');
    like($out, qr/^\Q$trace\E:7: free\(id 0\) crashed: SIGSEGV/m,
        'and told as one');
    ($status) = run(ignoring('CHLD', './rep record -o ' . scratch('r.rep')
        . ' -- sh -c :'));
    is($status, 0, 'SIGCHLD ignored: rep records');
}

{   # nohup
    my $slow = spew(scratch('slow.c'), <<'C');
#define OWN_FREE
#include "../../../../tests/faulty/base.h"
void mm_free(void *p)
{
    base_free(p);
    usleep(20000);
}
C
    my ($status, $out) = run(ignoring('HUP', "$run -m $slow") . ' & pid=$!; '
        . 'sleep 0.3; kill -HUP $pid; wait $pid');
    is($status, 0, 'SIGHUP ignored: the run goes on');
    like($out, qr{^  total +1/1}m, 'to its end');
}

{   # files may not grow
    my $json = scratch('big.json');
    unlink($json);
    my $command = "(ulimit -f 0; $run --json $json >/dev/null)";
    my ($status, $out, $err) = run($command);
    is($status, 2, 'no file may grow: the status tells');
    ($status, $out) = run("$command 2>&1 | cat"); # our files may not either
    like($out, qr/^\Q$json\E: expected to write it, found: File too large$/m,
        'and the message');
    check(!-e $json && !glob("$json.tmp*"), 'nothing is left behind');
    my $rep = scratch('big.rep');
    ($status, $out, $err) = run("ulimit -f 8; ./rep gen random -o $rep");
    is($status, 2, 'no trace may grow: the status tells');
    is($err, "rep: $rep: expected to write it, found: File too large\n",
        'and the message');
    check(!-e $rep && !glob("$rep.tmp*"), 'nothing is left behind');
}

{   # another malloc in the place of libc's
    my $source = spew(scratch('other.c'), <<'C');
#include <string.h>
#include <sys/mman.h>
static char *at;
void *malloc(size_t size)
{
    if (!at)
        at = mmap(0, 1L << 32, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    size_t *p = (size_t *)at;
    at += (size + 31) & ~15L;
    *p = size;
    return p + 2;
}
void free(void *p) { (void)p; }
void *calloc(size_t n, size_t size) { return malloc(n * size); }
void *realloc(void *p, size_t size)
{
    void *q = malloc(size);
    size_t old = p ? ((size_t *)p)[-2] : 0;
    return memcpy(q, p ? p : q, old < size ? old : size);
}
C
    my $object = scratch('other.so');
    my ($status) = run("cc -O1 -w -shared -fPIC -fno-builtin "
        . "-o $object $source");
    is($status, 0, 'another malloc compiles');
    ($status, my $out) = run("LD_PRELOAD=$object timeout 20 $run -l "
        . '-c traces/as.rep');
    is($status, 0, 'another malloc preloaded: the run ends');
    like($out, qr/^Results for libc malloc:\n.*\n  as +yes +\d+\.\d%r  /sm,
        'and what it took is measured as of any malloc');
}

{   # an interrupt while a trace is read from a pipe
    my $fifo = scratch('fifo');
    unlink($fifo);
    system('mkfifo', $fifo);
    my ($status) = run("sleep 20 > $fifo & writer=\$!; ./mdriver -f - < $fifo "
        . '& pid=$!; sleep 0.3; kill -TERM $pid; wait $pid; status=$?; '
        . 'kill $writer; exit $status');
    is($status, 128 + 15, 'TERM while reading ends the driver');
}

{   # an output that cannot be written is told before the long work
    my $nowhere = scratch('none') . '/x.json';
    my ($status, $out, $err) = run("$run -m tests/faulty/sleeps.c "
        . "--json $nowhere");
    is($status, 2, 'an output that cannot be: the status tells');
    is($err, "$nowhere: expected to write it, found: No such file or "
        . "directory\n", 'and the message');
    is($out, '', 'and nothing was run');
}

{   # a directory of the name of standard input
    my $dir = scratch('here');
    mkdir($dir);
    mkdir("$dir/-");
    my $top = `pwd`;
    chomp($top);
    my ($status, $out) = run("cd $dir && $top/mdriver -f - --quiet "
        . "< $top/$trace");
    is($status, 0, '- is standard input, whatever else is called so');
}

{   # an allocator above the directory makes no hidden files
    my $dir = scratch('curves');
    run("rm -rf $dir; $run -m tests/../tests/faulty/correct.c "
        . "-m ./tests/faulty/correct.c --curve $dir");
    is(join(' ', map { s{.*/}{}r } sort glob("$dir/* $dir/.*.dat")),
        'tests....tests.faulty.correct.c-t.dat tests.faulty.correct.c-t.dat',
        'no curve is hidden');
}

{   # no shell, hence no compiler: the source is not to blame
    my $dir = scratch('empty');
    run("rm -rf $dir; mkdir $dir");
    my ($status, $out, $err) =
        run("PATH=$dir ./mdriver -c $trace -m tests/faulty/correct.c");
    is("$status $out$err", '2 tests/faulty/correct.c: no process for the '
        . "compiler: No such file or directory\n", 'no shell');
}

{   # several allocators, a line each
    my ($status, $out) = run("$run -c $trace -m naive -m implicit -g");
    like($out, qr/^naive correct:2\/2 perfidx:\d+ .*\nimplicit correct:2\/2 /m,
        '-g names the allocators when there are several');
}

done();
