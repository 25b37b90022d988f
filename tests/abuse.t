#!/usr/bin/env perl
# abuse.t - ./mdriver --abuse: what becomes of the mistakes that programs make
use strict;
use warnings;
use lib 'tests';
use Check;
use Cwd 'getcwd';

my @acts = qw(double-free late-double-free free-interior free-outside
    free-stack past-1 past-8 past-16 before-8 realloc-freed);

sub abuse { return run("./mdriver --abuse -n --quiet @_") }

# An allocator's table, without what depends on where libraries are.
sub table {
    my ($name) = @_;
    my ($status, $out, $err) = abuse("-m $name");
    my ($table) = split(/\n\n/, $out);
    return "$status $err\n" . $table =~ s/0x[57][0-9a-f]{11}/LIBRARY/gr . "\n";
}

is(table('brk'), <<'END', 'brk refuses, and says so');
0 
  double-free       refused    mm_free(0x1008000000a0): refused: it is free already
  late-double-free  refused    mm_free(0x1008000000a0): refused: it is free already
  free-interior     refused    mm_free(0x1008000000b0): refused: no block begins there
  free-outside      refused    mm_free(LIBRARY): refused: it is outside the heap
  free-stack        refused    mm_free(LIBRARY): refused: it is outside the heap
  past-1            corrupted  mm_checkheap returned false
  past-8            corrupted  mm_checkheap returned false
  past-16           corrupted  mm_checkheap returned false
  before-8          corrupted  mm_checkheap returned false
  realloc-freed     refused    mm_realloc(0x1008000000a0): refused: it is free already
END

is(table('naive'), <<'END', 'naive does not notice');
0 
  double-free       ignored
  late-double-free  ignored
  free-interior     corrupted  a payload was overwritten
  free-outside      corrupted  memory outside the heap was overwritten
  free-stack        corrupted  memory outside the heap was overwritten
  past-1            corrupted  mm_checkheap returned false
  past-8            corrupted  mm_checkheap returned false
  past-16           corrupted  a payload was overwritten
  before-8          corrupted  mm_checkheap returned false
  realloc-freed     unnoticed
END

my $base = getcwd() . '/tests/faulty/base.h';

# An allocator that does one thing about each mistake.
sub own {
    my ($name, $code) = @_;
    return spew(scratch("$name.c"), <<END);
#define OWN_FREE
#include "$base"
static void *freed[64];
static unsigned count;
static bool is_freed(void *p)
{
    for (unsigned i = 0; i < count; i++)
        if (freed[i] == p)
            return true;
    return false;
}
void mm_free(void *p)
{
    if (is_freed(p)) {
        $code
    }
    if (count < 64)
        freed[count++] = p;
}
END
}

sub outcome {
    my ($name, $code) = @_;
    my $path = own($name, $code);
    my (undef, $out, $err) = abuse("-s 0.3 -m $path");
    my ($line) = $out =~ /^  double-free +(.*)$/m;
    return $err . ($line // "<$out>");
}

is(outcome('aborts', 'fprintf(stderr, "double free\n"); abort();'),
    'aborted    double free', 'the message of one that aborts');
is(outcome('exits', 'exit(3);'), 'aborted', 'one that exits');
is(outcome('crashes', '*(volatile int *)8 = 1;'), 'crashed    SIGSEGV',
    'one that crashes');
is(outcome('hangs', 'for (;;) ;'), 'hangs', 'one that hangs');
is(outcome('ignores', 'return;'), 'ignored', 'one that does nothing');
is(outcome('says', 'puts("it is free"); return;'), 'refused    it is free',
    'one that says so');
is(outcome('grows', 'mem_sbrk(16); return;'), 'unnoticed',
    'one that does something harmless');

# ---- Side by side ----

{
    my ($status, $out) = abuse('-m naive -m brk -m tests/faulty/overlap.c');
    is("$status\n$out", <<'END', 'several');
1
  allocator               double-free  late-double-free  free-interior  free-outside  free-stack     past-1     past-8    past-16   before-8  realloc-freed
  naive                       ignored           ignored      corrupted     corrupted   corrupted  corrupted  corrupted  corrupted  corrupted      unnoticed
  brk                         refused           refused        refused       refused     refused  corrupted  corrupted  corrupted  corrupted        refused
  tests/faulty/overlap.c            -                 -              -             -           -          -          -          -          -              -
tests/faulty/overlap.c: cannot be judged: it goes wrong without any of this (--conform tells how)

double-free       free(p), free(p)
late-double-free  free(p), free(q), free(p)
free-interior     free(p + 16)
free-outside      free of an address outside the heap
free-stack        free of a variable on the stack
past-1            1 byte is written past p, then free(p)
past-8            8 bytes past it
past-16           16 bytes past it
before-8          8 bytes before it
realloc-freed     free(p), realloc(p, n)

refused           it said so and went on, and all was well
ignored           it changed nothing and said nothing
unnoticed         it did something, and no harm was seen
aborted           it ended the program itself
crashed           the call was killed
hangs             it did not come back
corrupted         it went on, and later something was wrong
END
    (undef, $out) = abuse('-v -m naive -m brk');
    like($out, qr/^brk, double-free: refused: mm_free\(0x1008000000a0\): refused: it is free already\n/m,
        '-v has the details');
    like($out, qr/^naive, free-interior: corrupted: a payload was overwritten\n/m,
        'of all');
}

{
    my ($status, $out) = abuse('-m libc');
    my ($table) = split(/\n\n/, $out);
    is("$status " . join(' ', $table =~ /^  (\S+)/mg), "0 @acts",
        'libc, as it is here');
}

# A crash at the start is no finding about a mistake.
{
    my ($status, $out) = abuse('-m tests/faulty/init_crashes.c');
    is($status, 1, 'it cannot begin');
    like($out, qr/^tests\/faulty\/init_crashes\.c: cannot be judged/, 'and it is said');
}

done();
