#!/usr/bin/env perl
# gc.t - allocators that collect garbage: what mm_roots is told, and gc
use strict;
use warnings;
use lib 'tests';
use Check;

# ---- What mm_roots is told ---------------------------------------------------

# An allocator that keeps books of its own of what is live, and aborts when the
# table is not as mm.h says.  It has no memory for more than 1000 bytes.
my $bookkeeper = <<'C';
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "memlib.h"
#include "mm.h"
static void *live[64], *const *table;
static size_t lives, count, told;
void mm_roots(void *const *t, size_t n) { table = t; count = n; told = 1; }
static void fail(const char *why) { fprintf(stderr, "%s\n", why); abort(); }
static size_t times(const void *p)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += table[i] == p;
    return n;
}
static void compare(size_t less)
{
    for (size_t i = 0; i < lives; i++)
        if (times(live[i]) != 1)
            fail("a live block has not one root");
    if (count - times(NULL) != lives - less)
        fail("a root is not live");
}
bool mm_init(void)
{
    if (!told || times(NULL) != count)
        fail("roots before the first request");
    lives = told = 0;
    return true;
}
static void *give(size_t n)
{
    if (n == 0 || n > 1000)
        return NULL;
    return live[lives++] = mem_sbrk((n + 15) & -16L);
}
static void take(void *p)
{
    size_t i = 0;
    while (i < lives && live[i] != p)
        i++;
    if (i == lives)
        fail("not live");
    live[i] = live[--lives];
}
void *mm_malloc(size_t n) { compare(0); return give(n); }
void *mm_calloc(size_t m, size_t n)
{
    void *p = mm_malloc(m * n);
    return p ? memset(p, 0, m * n) : NULL;
}
void *mm_memalign(size_t a, size_t n) { return a > 16 ? NULL : mm_malloc(n); }
void mm_free(void *p)
{
    if (p)
        take(p);
    compare(0);
}
void *mm_realloc(void *p, size_t n)
{
    compare(0);
    void *q = give(n);
    if (p && (q || n == 0)) {
        if (q)
            memcpy(q, p, 16);
        take(p);
    }
    return q;
}
bool mm_checkheap(int line) { (void)line; compare(0); return true; }
C

my $books = spew(scratch('books.c'), $bookkeeper);
my $huge = 1 << 48;
my $told = trace('told', 'a 0 16', 'a 1 16', 'f 0', 'f -1', 'c 0 4 4',
    'r 1 32', 'r 2 32', "r 0 $huge", 'f 0', "a 0 $huge", 'm 3 16 8', 'a 4 8',
    'r 4 0', 'a 4 0', 'f 4', "r 1 $huge", 'a 1 8', 'f 2', 'f 3', 'f 1');
for my $how ("-c $told", "-D -c $told", "-f $told") {
    my ($status, $out, $err) = run("./mdriver --quiet -m $books $how");
    is($status, '0', "the roots are all that is live: " . substr($how, 0, 2))
        or print "$out$err";
}

# Without the hook the same allocator is told nothing, and says so.
my $deaf = spew(scratch('deaf.c'), $bookkeeper =~ s/mm_roots/my_roots/r);
my ($status, $out, $err) = run("./mdriver --quiet -m $deaf -c $told");
is($status, '1', 'who does not define mm_roots is told none');
like($out . $err, qr/roots before the first request/, 'and could tell');

# ---- A collector that is wrong -----------------------------------------------

# Here every block that is not at the start of the table is garbage.
my $hasty = spew(scratch('hasty.c'), <<'C');
#include "memlib.h"
#include "mm.h"
static char *spare;
static void *const *table;
void mm_roots(void *const *t, size_t n) { (void)n; table = t; }
bool mm_init(void) { spare = 0; return true; }
void *mm_malloc(size_t n)
{
    char *p = spare && *table != spare ? spare : mem_sbrk(64);
    spare = p;
    return n > 64 ? 0 : p;
}
void mm_free(void *p) { (void)p; }
void *mm_realloc(void *p, size_t n) { return p && n <= 64 ? p : mm_malloc(n); }
C
my $two = trace('two', 'a 0 16', 'a 1 16', 'a 2 16', 'f 0', 'f 1', 'f 2');
($status, $out, $err) = run("./mdriver --quiet -m $hasty -c $two");
is($status, '1', 'a live block that is collected is found out');
like($out . $err, qr/overlap/, 'as an overlap');

# ---- gc ----------------------------------------------------------------------

# heap(ALLOCATOR, TRACE, OPTIONS) - bytes of heap that it took.
sub heap {
    my ($allocator, $trace, $options) = @_;
    my $json = scratch('heap.json');
    my ($s, $o, $e) =
        run("./mdriver --quiet $options -m $allocator -f $trace --json $json");
    is($s, '0', "$allocator passes " . ($trace =~ s{.*/}{}r) . " $options")
        or print "$o$e";
    return report_of($json)->{results}[0]{heap_bytes} // 0;
}

# 40 live blocks of 1000 bytes at a time, of 4000.
my $churn = trace('churn', map {
        my $id = $_ % 40;
        ($_ < 40 ? () : "f $id", "a $id 1000")
    } 0 .. 3999);
my ($gc, $naive) = (heap('gc', $churn, ''), heap('naive', $churn, ''));
check($gc < 2 * 40 * 1008, 'gc uses garbage again', "$gc bytes of heap");
check($naive > 4000 * 1000, 'which naive does not', "$naive bytes of heap");
is(heap('gc', $churn, '-D'), $gc, 'as it does when all is checked');

# Where the heap can hold four of them, twenty blocks of 2^38 bytes are served
# one after the other; nobody reads the one that stays.
my $quarter = 1 << 38;
heap('gc', trace('giants', "a 9 $quarter",
        map { ("a 2 $quarter", 'a 3 100', 'f 2', 'f 3') } 1 .. 20), '');

done();
