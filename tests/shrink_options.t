#!/usr/bin/env perl
# shrink_options.t - options of rep shrink that say how the allocator is run:
# what fails only with them is found only with them
use strict;
use warnings;
use lib 'tests';
use Check;
use Cwd 'getcwd';

my $rep = $ENV{REP} // './rep';
my $trace = trace('t', 'a 0 16', 'a 1 24', 'a 2 100', 'f 1', 'r 0 200', 'f 0',
    'f 2');
my $out = scratch('witness.rep');

# shrinks ARGS - its status, and whether there is a witness
sub shrinks {
    my ($args) = @_;
    unlink($out);
    my ($status, undef, $err) = run("$rep shrink -q -s 5 -o $out $args $trace");
    return ($status . (-e $out ? ' written' : ' none'), $err);
}

sub refuses {
    my ($args, $expected, $found) = @_;
    my ($end, $err) = shrinks($args);
    my ($option) = $args =~ /^(\S+)/;
    is("$end|$err", "2 none|rep: shrink: $option: expected $expected, found "
        . "\"$found\"\n", "$args is refused");
}

# Its checker is content in the end; but not with two live blocks.
my $base = getcwd() . '/tests/faulty/base.h';
my $two = spew(scratch('two.c'), <<"C");
#define OWN_MALLOC
#define OWN_FREE
#define OWN_CHECKHEAP
#include "$base"
static int live;
void *mm_malloc(size_t size)
{
    live++;
    return base_malloc(size);
}
void mm_free(void *p)
{
    live -= p != NULL;
    base_free(p);
}
bool mm_checkheap(int line)
{
    return (void)line, live != 2;
}
C
for ('-d 0', '-d 1') {
    is((shrinks("-m $two $_"))[0], '1 none', "$_: no checker is asked");
}
for ('-d 2', '-D') {
    is((shrinks("-m $two $_"))[0], '0 written', "$_: it is asked");
}

# Blocks at odd multiples of 8.
my $odd = spew(scratch('odd.c'), <<'C');
#include "mm.h"
#include "memlib.h"
#include <string.h>
bool mm_init(void) { return mem_sbrk(8) != (void *)-1; }
void *mm_malloc(size_t n)
{
    void *p = mem_sbrk((intptr_t)((n + 15) & -16ul));
    return p == (void *)-1 ? NULL : p;
}
void mm_free(void *p) { (void)p; }
void *mm_realloc(void *p, size_t n)
{
    void *q = mm_malloc(n);
    if (p && q)
        memcpy(q, p, 16);
    return q;
}
void *mm_calloc(size_t n, size_t m)
{
    void *p = mm_malloc(n * m);
    return p ? memset(p, 0, n * m) : p;
}
bool mm_checkheap(int line) { (void)line; return true; }
C
is((shrinks("-m $odd --align 16"))[0], '0 written', '--align 16: it fails');
is((shrinks("-m $odd --align 8"))[0], '1 none', '--align 8: it does not');
is((shrinks("-m $odd --align 8 --memory 64"))[0], '1 none', '--memory: enough');
is((shrinks('--memory 20 -m tests/faulty/hog.c'))[0], '0 written',
    '--memory: it takes more, and that is found');

refuses('--align 12', '8 or 16', '12');
refuses('--memory 0', 'a whole number of MiB above 0', '0');
refuses('-d 3', '0, 1 or 2', '3');

done();
