#!/usr/bin/env perl
# map.t - the map of the heap in characters, to the last column, and the data of
# the one that gnuplot draws
use strict;
use warnings;
use lib 'tests';
use Check;
use Encode 'decode';

# Blocks one behind the other and never used again: 16 bytes before the payload,
# which is rounded up to 16.
my $source = <<'END';
#include "mm.h"
#include "memlib.h"
#include <string.h>
struct block { size_t size, live; };
bool mm_init(void) { return true; }
void *mm_malloc(size_t n)
{
    size_t size = 16 + (n + 15) / 16 * 16;
    struct block *b = mem_sbrk((intptr_t)size);
    if (b == (void *)-1)
        return NULL;
    *b = (struct block){size, 1};
    return b + 1;
}
void mm_free(void *p) { if (p) ((struct block *)p)[-1].live = 0; }
void *mm_realloc(void *p, size_t n)
{
    void *q = n ? mm_malloc(n) : NULL;
    size_t old = p ? ((struct block *)p)[-1].size - 16 : 0;
    if (q && p)
        memcpy(q, p, n < old ? n : old);
    mm_free(p);
    return q;
}
void *mm_calloc(size_t n, size_t m)
{
    void *p = mm_malloc(n * m);
    return p ? memset(p, 0, n * m) : p;
}
bool mm_checkheap(int line) { (void)line; return true; }
END
my $walk = <<'END';
void mm_walk(mm_visitor *visit)
{
    char *p = mem_heap_lo(), *end = (char *)mem_heap_hi() + 1;
    while (p < end) {
        struct block *b = (struct block *)p;
        visit(b, b->size, b->live);
        p += b->size;
    }
}
END
my $usable = <<'END';
size_t mm_usable_size(void *p) { return ((struct block *)p)[-1].size - 16; }
END
my $bump = spew(scratch('bump.c'), $source . $walk);
my $quiet = spew(scratch('quiet.c'), $source);
my $rounds = spew(scratch('rounds.c'), $source . $usable);

my $small = trace('small', 'a 0 48', 'a 1 40', 'f 0', 'a 2 100', 'r 1 8',
    'f 2', 'a 3 200', 'f 1');

# map(ENVIRONMENT, OPTIONS) - what stands before the table.
sub map_of {
    my ($environment, $options) = @_;
    my ($status, $out, $err) =
        run("unset COLUMNS NO_COLOR LC_CTYPE LANG; $environment ./mdriver "
            . "--quiet --map -n $options");
    check($status eq '0' && $err eq '', "$environment $options: runs",
        "status $status, $err");
    my ($map) = $out =~ /^(.*?)^Results /ms;
    return $map // $out;
}

my ($ascii, $utf8) = ('LC_ALL=C', 'LC_ALL=C.UTF-8');

is(map_of("$ascii COLUMNS=33", "-m $bump -f $small"), <<"END", 'ASCII');
Heap map of build/tests/scratch/map.t/bump.c on small:
        |                  \@\@\@\@\@\@
        |                  \@\@\@\@\@\@
        |                  \@\@\@\@\@\@
   384 B|                  \@\@\@\@\@\@
        |                  \@\@\@\@\@\@
        |                  \@\@\@\@\@\@
        |                  \@\@\@\@\@\@
   256 B|            \@\@\@\@\@\@\@\@\@...
        |         \@\@\@\@\@\@.........
        |         \@\@\@\@\@\@.........
        |         \@\@\@\@\@\@.........
   128 B|         \@\@\@\@\@\@.........
        |   \@\@\@\@\@\@\@\@\@............
        |   \@\@\@\@\@\@\@\@\@............
        |\@\@\@\@\@\@..................
        |\@\@\@\@\@\@..................
     0 B+------------------------
         1             8 requests
:-=+*#%\@ ever more in live blocks
. free  blank: beyond the break

END

is(map_of("$utf8 COLUMNS=33", "-m $bump -f $small"), <<"END", 'half blocks');
Heap map of build/tests/scratch/map.t/bump.c on small:
        │                  ██████
        │                  ██████
        │                  ██████
   384 B│                  ██████
        │                  ██████
        │                  ██████
        │                  ██████
   256 B│            █████████░░░
        │         ██████░░░░░░░░░
        │         ██████░░░░░░░░░
        │         ██████░░░░░░░░░
   128 B│         ██████░░░░░░░░░
        │   █████████░░░░░░░░░░░░
        │   █████████░░░░░░░░░░░░
        │██████░░░░░░░░░░░░░░░░░░
        │██████░░░░░░░░░░░░░░░░░░
     0 B└────────────────────────
         1             8 requests
█ live blocks  ░ free
blank: beyond the break

END

is(map_of("$utf8 COLUMNS=33", "-m $quiet -f $small"), <<"END",
Heap map of build/tests/scratch/map.t/quiet.c on small:
        │                  ██████
        │                  ██████
        │                  ██████
   384 B│                  ██████
        │                  ██████
        │                  ██████
        │                  ▀▀▀▀▀▀
   256 B│            ▀▀▀▀▀▀▀▀▀░░░
        │         ▄▄▄▄▄▄░░░░░░░░░
        │         ██████░░░░░░░░░
        │         ██████░░░░░░░░░
   128 B│         ▀▀▀▀▀▀░░░░░░░░░
        │   █████████░░░░░░░░░░░░
        │   ▀▀▀▀▀▀▀▀▀░░░░░░░░░░░░
        │██████░░░░░░░░░░░░░░░░░░
        │▀▀▀▀▀▀░░░░░░░░░░░░░░░░░░
     0 B└────────────────────────
         1             8 requests
█ payload  ░ free or overhead
blank: beyond the break

END
    'an allocator that tells nothing of its blocks');

is(map_of("$ascii COLUMNS=33", "-m $quiet -f $small"), <<"END",
Heap map of build/tests/scratch/map.t/quiet.c on small:
        |                  ######
        |                  \@\@\@\@\@\@
        |                  \@\@\@\@\@\@
   384 B|                  \@\@\@\@\@\@
        |                  \@\@\@\@\@\@
        |                  \@\@\@\@\@\@
        |                  ++++++
   256 B|            ---------...
        |         ******.........
        |         \@\@\@\@\@\@.........
        |         \@\@\@\@\@\@.........
   128 B|         ++++++.........
        |   #########............
        |   +++++++++............
        |\@\@\@\@\@\@..................
        |++++++..................
     0 B+------------------------
         1             8 requests
:-=+*#%\@ ever more payload
. free or overhead
blank: beyond the break

END
    'nor in ASCII');

# In colour: <p> stands for the escape sequence that makes payload's.
sub dyed {
    my ($text) = @_;
    my %name = (25 => 'payload', 214 => 'overhead', 250 => 'free');
    $text =~ s{\e\[0((?:;[34]8;5;\d+)*)m}{
        my @parts = $1 =~ /;([34])8;5;(\d+)/g;
        my $names = '';
        while (my ($where, $color) = splice(@parts, 0, 2)) {
            $names .= ($where == 4 ? ' on ' : '') . ($name{$color} // $color);
        }
        "<$names>"}ge;
    return $text;
}

is(dyed(map_of("$utf8 COLUMNS=25", "-m $bump -f $small --color always")),
    <<"END", 'half blocks in colour');
Heap map of build/tests/scratch/map.t/bump.c on small:
        │            <payload>████<>
        │            <payload>████<>
        │            <payload>████<>
   384 B│            <payload>████<>
        │            <payload>████<>
        │            <payload>████<>
        │            <payload on overhead>▀▀▀▀<>
   256 B│        <payload on overhead>▀▀▀▀▀▀<free>██<>
        │      <overhead on payload>▀▀▀▀<free>██████<>
        │      <payload>████<free>██████<>
        │      <payload>████<free>██████<>
   128 B│      <payload on overhead>▀▀▀▀<free>██████<>
        │  <payload>██████<free>████████<>
        │  <payload on overhead>▀▀▀▀▀▀<free>████████<>
        │<payload>████<free>████████████<>
        │<payload on overhead>▀▀▀▀<free>████████████<>
     0 B└────────────────
         1     8 requests
<payload>█<> payload
<overhead>█<> overhead in blocks
<free>█<> free
blank: beyond the break

END

is(dyed(map_of("$ascii COLUMNS=25", "-m $bump -f $small --color always")),
    <<"END", 'ASCII in colour');
Heap map of build/tests/scratch/map.t/bump.c on small:
        |            <payload>\@\@\@\@<>
        |            <payload>\@\@\@\@<>
        |            <payload>\@\@\@\@<>
   384 B|            <payload>\@\@\@\@<>
        |            <payload>\@\@\@\@<>
        |            <payload>\@\@\@\@<>
        |            <payload>\@\@\@\@<>
   256 B|        <overhead>\@\@\@\@\@\@<free>..<>
        |      <payload>\@\@\@\@<free>......<>
        |      <payload>\@\@\@\@<free>......<>
        |      <payload>\@\@\@\@<free>......<>
   128 B|      <payload>\@\@\@\@<free>......<>
        |  <payload>\@\@\@\@\@\@<free>........<>
        |  <payload>\@\@\@\@\@\@<free>........<>
        |<payload>\@\@\@\@<free>............<>
        |<payload>\@\@\@\@<free>............<>
     0 B+----------------
         1     8 requests
:-=+*#%\@ ever fuller
<payload>\@<> payload
<overhead>\@<> overhead in blocks
<free>.<> free
blank: beyond the break

END

# ---- Widths ----------------------------------------------------------------

sub fits {
    my ($text, $width, $name) = @_;
    my @lines = split(/\n/, decode('UTF-8', $text));
    shift @lines; # the heading
    my @wide = grep { s/\e\[[0-9;]*m//gr =~ /.{${\($width + 1)}}/ } @lines;
    check(@lines > 8, "$name: is drawn", scalar(@lines));
    check(!@wide, "$name: no wider than the terminal", join("\n", @wide));
    unlike($text, qr/[ \t](\e\[[0-9;]*m)?\n/, "$name: no blanks at ends");
    unlike($text, qr/\e(?!\[[0-9;]*m)|[^\x0a\x1b -~\x80-\xff]/,
        "$name: nothing else for the terminal");
}

for my $width (1, 9, 20, 37, 80, 500) {
    for my $locale ($ascii, $utf8) {
        for my $color ('never', 'always') {
            fits(map_of("$locale COLUMNS=$width",
                "-m mm --color $color -f traces/coalesce.rep"), $width,
                "$width columns, $locale, color $color");
        }
    }
}

my $piped = map_of($utf8, '-m mm -f traces/short.rep');
fits($piped, 80, 'into a pipe');
like(decode('UTF-8', $piped), qr/^.{80}$/m, 'into a pipe: all of 80 columns');
unlike($piped, qr/\e/, 'into a pipe: no colour');

# ---- Heaps of all kinds ----------------------------------------------------

like(map_of("$ascii COLUMNS=60", '-m mm -f ' . trace('one', 'a 0 24')),
    qr/^ {51}1 request$/m, 'one request');
is(map_of("$ascii COLUMNS=40", "-m $bump -f " . trace('none', 'f -1')),
    <<"END", 'an empty heap');
Heap map of build/tests/scratch/map.t/bump.c on none:
        |
     0 B+-------------------------------
                               1 request
:-=+*#%\@ ever more in live blocks
. free  blank: beyond the break

END

is(map_of($ascii, '-m libc -f traces/short.rep'), <<'END', 'libc');
Heap map of libc on short: none: its memory is not the simulated heap

END

my ($status, $out) = run("./mdriver --quiet --map -m tests/faulty/overlap.c "
    . "-m $bump -f $small -f traces/short.rep");
is($status, 1, 'a trace that fails: status');
is(join(', ', $out =~ /^Heap map of (?:.*\/)?(.*):$/mg),
    'bump.c on small, bump.c on short', 'a trace that fails has no map');
unlike($out, qr/Kops.*\n.*\d\.\d+ +\d+ +\d/, 'runs are not timed');

# ---- Data for gnuplot ------------------------------------------------------

# data(SOURCE, TRACE) - the cells of the map.
sub data {
    my ($allocator, $path) = @_;
    my $dir = scratch('plots');
    run("rm -rf $dir");
    my ($done, undef, $err) = run("./mdriver --quiet -n -m $allocator -c $path "
        . "--plot heapmap --plot-dir $dir");
    check($done eq '0' && $err eq '', "$allocator $path: drawn, if gnuplot is "
        . 'there', "status $done, $err");
    my ($file) = glob("$dir/heapmap-*.dat");
    return $file ? slurp($file) : '';
}

my $tiny = trace('tiny', 'a 0 8', 'a 1 16', 'f 0');
is(data($bump, $tiny), <<"END", 'cells');
# columns	rows	row_bytes	heap_bytes	blocks_known_from
3	4	16	64	mm_walk


# from_request	from_byte	payload_permille	overhead_permille	free_permille	beyond_permille
1	0	0	1000	0	0
1	16	500	500	0	0
1	32	0	0	0	1000
1	48	0	0	0	1000
2	0	0	1000	0	0
2	16	500	500	0	0
2	32	0	1000	0	0
2	48	1000	0	0	0
3	0	0	0	1000	0
3	16	0	0	1000	0
3	32	0	1000	0	0
3	48	1000	0	0	0
END
like(data($quiet, $tiny),
    qr/^3\t4\t16\t64\tnothing\n.*^1\t16\t500\t0\t500\t0$/ms,
    'cells where nothing is told');
like(data($rounds, $tiny),
    qr/\n3\t4\t16\t64\tmm_usable_size\n.*\n1\t0\t0\t0\t1000\t0\n1\t16\t500\t500\t/s,
    'cells where headers are not known');
like(data('mm', trace('one', 'a 0 24')),
    qr/^1\t\d+\t16\t\d+\tmm_walk\n.*^1\t0\t1000\t0\t0\t0\n1\t16\t500\t500\t/ms,
    'one column of cells');
like(data($bump, trace('none', 'f -1')),
    qr/^1\t1\t16\t0\tmm_walk\n.*\n1\t0\t0\t0\t0\t1000\n\z/ms,
    'one cell, beyond the break');
my %sums;
for (split(/\n/, data('mm', 'traces/lua.rep') =~ s/.*\n\n\n//sr)) {
    my @cell = split;
    $sums{ $cell[2] + $cell[3] + $cell[4] + $cell[5] }++ if /^\d/;
}
is(join(', ', map { "$_: $sums{$_}" } keys %sums), '1000: 144000',
    'a large map: cells, each in thousandths');

{   # no screen is so wide
    my ($status, $out) = run("COLUMNS=99999999999999999999 LC_ALL=C ./mdriver "
        . "-n --quiet -c $small -m $bump --map");
    my ($longest) = sort { $b <=> $a } map { length } split(/\n/, $out);
    is("$status $longest", '0 10000', 'COLUMNS that no screen has');
}

done();
