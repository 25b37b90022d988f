#!/usr/bin/env perl
# grade_checker.t - ./mdriver --grade-checker: what mm_checkheap notices
use strict;
use warnings;
use lib 'tests';
use Check;
use Cwd 'getcwd';

sub grade { return run("./mdriver --grade-checker --quiet @_") }

my $base = getcwd() . '/tests/faulty/base.h';

# An allocator with a checker of this body.
sub own {
    my ($name, $body, $more) = @_;
    return spew(scratch("$name.c"), "#define OWN_CHECKHEAP\n"
        . "#include \"$base\"\n" . ($more // '')
        . "bool mm_checkheap(int line)\n{\n    (void)line;\n    $body\n}\n");
}

# Two free blocks among live ones; one moment, as there is one free that late.
my $few = trace('few', 'a 0 100', 'a 1 100', 'f 0', 'a 2 200', 'a 3 100',
    'a 4 50', 'a 5 60', 'f 3');

# {column}{place} of an allocator's table, and the rest of what was printed.
sub table {
    my ($out) = @_;
    my (%of, @heads);
    for (split(/\n/, $out)) {
        my ($place, @cells) = split(/ {2,}/, s/^  //r);
        if (!@heads && /^  place /) { @heads = @cells; next }
        last if !@heads || @cells != @heads || /^\S/;
        $of{$heads[$_]}{$place} = $cells[$_] for 0 .. $#cells;
    }
    return \%of;
}

sub sum {
    my ($table, $column) = @_;
    my $sum = 0;
    $sum += $_ for values %{$table->{$column} // {}};
    return $sum;
}

# ---- Grades ----

{
    my $path = own('blind', 'return true;');
    my ($status, $out, $err) = grade("-m $path -f $few");
    my $t = table($out);
    is("$status|$err", '0|', 'a low grade is no failure');
    is(join(' ', map { sum($t, $_) } qw(noticed crashed looped ended)),
        '0 0 0 0', 'one that always returns true notices nothing');
    my $missed = sum($t, 'missed');
    check($missed > 50, 'and misses much', $out);
    is(sum($t, 'damages'), $missed + sum($t, 'harmless') . '',
        'every damage is counted once');
    like($out, qr/^\Q$path\E: mm_checkheap noticed 0 of $missed harmful damages \(0\.0%\)$/m,
        'which is its grade');
    like($out, qr/^  missed: few, after 8 requests: bit \d+ of the word at \+\d+ of the object \(static data\); later [a-z]+\(.*\) (crashed: SIG\w+|returned .*|did not come back)$/m,
        'with an example of each place');
    my @examples = $out =~ /^  missed:/mg;
    my (undef, $all) = grade("-v -m $path -f $few");
    my @all = $all =~ /^  missed:/mg;
    is(scalar(@all), $missed, '-v lists all that was missed');
    check(@examples < 5, 'without it there is one of each place',
        scalar(@examples));
}

for my $name (qw(explicit implicit segregated buddy buddy-fibonacci slab)) {
    my ($status, $out, $err) = grade("-m $name");
    like("$status|$err|$out", qr/^0\|\|(?:  .*\n)+$name: mm_checkheap noticed (\d+) of \1 harmful damages \(100\.0%\)\n\z/,
        "$name notices all that does harm");
}

{
    my ($status, $out) = grade('-m explicit');
    my $t = table($out);
    is(join('|', sort keys %{$t->{damages}}),
        'free block, header|free block, inside|free block, last word|'
        . 'free block, links|heap outside of blocks|'
        . 'live block, footer or slack|live block, header|static data',
        'the places that mm_walk tells of');
    is($t->{noticed}{'free block, inside'}, 0, 'inside of free blocks');
    is($t->{harmless}{'free block, inside'},
        $t->{damages}{'free block, inside'}, 'nothing does harm');
    is($t->{noticed}{'live block, header'}, $t->{damages}{'live block, header'},
        'each bit of a header does');
    my ($again_status, $again) = grade('-m explicit');
    is($again, $out, 'two runs tell the same');
}

# ---- What becomes of a checker ----

# This word is a part of the static data: half of it, or so.
my $magic = "static volatile unsigned long magic[4] = {42, 42, 42, 42};\n"
    . "static bool is_damaged(void)\n{\n    return magic[0] != 42 || "
    . "magic[1] != 42 || magic[2] != 42 || magic[3] != 42;\n}\n";

for (['crashed', '*(volatile int *)8 = 1;', 'crashed: SIGSEGV'],
    ['ended', 'exit(3);', 'ended the process'],
    ['ended', 'abort();', 'crashed: SIGABRT']) {
    my ($column, $code, $words) = @$_;
    my $path = own("$column", "if (is_damaged()) { $code }\n    return true;",
        $magic);
    my ($status, $out) = grade("-m $path -f $few");
    my $t = table($out);
    my $n = $t->{$column}{'static data'} // 0;
    check($status == 0 && $n > 20 && $n == sum($t, $column),
        "one that does $code", $out);
    like($out, qr/^  $column: few, after 8 requests: bit \d+ of the word at \+\d+ of the object \(static data\); mm_checkheap $words$/m,
        'and what is told of it');
    like($out, $column eq 'ended' ? qr/%\), $n ends of the process$/m
        : qr/%\), $n crashes$/m, 'and summed up');
}

{
    my $path = own('loops', 'while (is_damaged()) ;' . "\n    return true;",
        $magic);
    my ($status, $out) = grade("-m $path -f $few");
    my $t = table($out);
    my $n = sum($t, 'looped'); # loops after the damage count for the limit
    check($status == 0 && $n >= 4 && $n <= 8, 'one that loops', $out);
    like($out, qr/%\), $n endless loops$/m, 'so often');
    like($out, qr/^\Q$path\E: [1-9]\d* damages were left out: the others took too long$/m,
        'and then no more is asked');
    like($out, qr/^  looped: .*; mm_checkheap did not come back$/m, 'example');
}

{
    my $path = own('notices', 'return !is_damaged();', $magic);
    my ($status, $out) = grade("-m $path -f $few");
    my $t = table($out);
    is("$status " . sum($t, 'noticed'),
        "0 " . ($t->{noticed}{'static data'} // 'none'), 'one that notices');
    check(sum($t, 'noticed') > 20 && sum($t, 'missed') > 20,
        'a part of it', $out);
    my $all = sum($t, 'noticed') + sum($t, 'missed');
    my $percent = sprintf('%.1f', 100 * sum($t, 'noticed') / $all);
    like($out, qr/ of $all harmful damages \($percent%\)$/m, 'has that grade');
}

# ---- What is wrong without damage ----

sub fails {
    my ($name, $path, $words, $arguments) = @_;
    my ($status, $out, $err) = grade("-s 0.3 @{[$arguments // '']} -m $path");
    is("$status|$err|$out", "1||$path: FAIL: $words\n", $name);
}

fails('false without damage', 'tests/faulty/checker_unhappy.c',
    'mixed: mm_checkheap returned false, and nothing was damaged');
fails('a crash without damage', 'tests/faulty/checker_crashes.c',
    'mixed: mm_checkheap crashed: SIGSEGV, and nothing was damaged');
fails('a loop without damage', 'tests/faulty/checker_loops.c',
    'mixed: mm_checkheap did not come back, and nothing was damaged');
fails('mm_init', 'tests/faulty/init_fails.c',
    'mixed: mm_init returned false, and nothing was damaged');
fails('mm_walk', 'tests/faulty/walk_crashes.c',
    'mixed: mm_walk crashed: SIGSEGV, and nothing was damaged');
fails('a wrong answer', 'tests/faulty/overlap.c',
    'few: malloc(200) returned a block that is in use, and nothing '
    . 'was damaged', "-f $few");

for (['writes', '((char *)mem_heap_lo())[0] ^= 1; return true;',
        'changed the heap'],
    ['prints', 'puts("all is well"); return true;',
        'printed something on an undamaged heap'],
    ['moody', 'return ++*count < 6;',
        'returned false at times on an undamaged heap',
        "static int *count;\n__attribute__((constructor)) static void "
        . "make_count(void)\n{\n    count = calloc(1, sizeof *count);\n}\n"]) {
    my ($name, $body, $words, $more) = @$_;
    my $path = own($name, $body, $more);
    my ($status, $out) = grade("-m $path -f $few");
    like("$status $out", qr/^1 (?:  .*\n)+\Q$path\E: FAIL: mm_checkheap $words\n\Q$path\E: mm_checkheap noticed /,
        "one that $words");
}

# ---- Memory that cannot be restored ----

{
    my $path = spew(scratch('private.c'), <<END);
#define OWN_FREE
#define OWN_MALLOC
#include "$base"
static struct note { void *p; struct note *next; } *notes;
void mm_free(void *p)
{
    struct note *n = malloc(sizeof *n);
    if (p && n) {
        *n = (struct note){p, notes};
        notes = n;
    }
}
void *mm_malloc(size_t size)
{
    struct note *n = notes;
    if (!n || block_of(n->p)->size < size)
        return base_malloc(size);
    void *p = n->p;
    notes = n->next;
    memset(n, 0, sizeof *n);
    free(n);
    return p;
}
END
    my ($status, $out) = grade("-m $path -f $few");
    like("$status $out", qr/^0 (?:  .*\n)+\Q$path\E: mm_checkheap noticed 0 of [1-9]\d* harmful damages \(0\.0%\)\n/,
        'an allocator with memory of its own');
    my $t = table($out);
    check(sum($t, 'harmless') > 50, 'is not blamed for all', $out);
}

# ---- Who is not asked, and several ----

is(join('|', grade("-m libc -m tests/dialects/void_checker.c -m tests/dialects/sbrk_garbage.c")),
    "0|libc: not asked: its memory is not mem_sbrk's\n"
    . "tests/dialects/void_checker.c: not asked: its mm_checkheap returns no bool\n"
    . "tests/dialects/sbrk_garbage.c: not asked: it has no mm_checkheap\n|",
    'who is not asked');

{
    my ($status, $out) = grade("-m implicit -m tests/faulty/checker_unhappy.c "
        . "-f $few");
    like("$status\n$out", qr/\A1
implicit: mm_checkheap noticed (\d+) of \1 harmful damages \(100\.0%\)
tests\/faulty\/checker_unhappy\.c: FAIL: few: mm_checkheap returned false, and nothing was damaged
  allocator  damages  noticed  missed  crashed  looped  ended  harmless  % noticed
  implicit +\d+ +\1 +0 +0 +0 +0 +\d+ +100\.0
\z/, 'several');
}

# ---- Input and output ----

{
    my @found = grade('--json x -m mm');
    is(join('|', @found), "2||--grade-checker: expected no other report, found "
        . "--json\n", 'another report');
    my $empty = trace('empty-heap', 'f -1', 'a 0 0');
    my ($status, $out, $err) = grade("-m explicit -f $empty");
    like("$status|$err|$out", qr/^0\|\|(?:  .*\n)*explicit: mm_checkheap noticed /,
        'a trace without a block');
    my $large = trace('large', 'a 0 30000000', 'a 1 90000000', 'a 2 100',
        'f 0', 'r 2 20000000', 'a 4 18446744073709551615');
    ($status, $out, $err) = grade("-m implicit -f $large");
    like("$status|$err|$out", qr/^0\|\|(?:  .*\n)*implicit: mm_checkheap noticed (\d+) of \1 /,
        'blocks as large as the heap, and larger');
    ($status, $out, $err) = grade("-m naive -f $few >/dev/full");
    is("$status|$err", "2|<stdout>: expected to write it, found: No space left "
        . "on device\n", 'a full disk');
}

done();
