#!/usr/bin/env perl
# conform.t - ./mdriver --conform: what it asks, and what it says of whom
use strict;
use warnings;
use lib 'tests';
use Check;

sub conform { return run("./mdriver --conform -n --quiet @_") }

# The names of what was failed, of one allocator.
sub failed {
    my ($status, $out, $err) = conform('-m', @_);
    return "$status $err" . join(' ', $out =~ /^FAIL  ([^:]+):/mg);
}

# ---- What it says ----

like((conform('-m tests/dialects/names.c'))[1],
    qr/^FAIL  malloc-size-max: line 2: malloc\(18446744073709551615\) for id 1 returned \S+, expected NULL: no heap holds so much$/m,
    'of a malloc no product is told');

# ---- Those that pass ----

my @asks = qw(malloc-one-byte malloc-zero malloc-several malloc-many
    alignment-every-size-1-to-4096 alignment-powers-of-two malloc-large
    malloc-over-4-gib malloc-too-large malloc-size-max free-null free-forward
    free-backward free-every-other free-then-larger free-last-then-larger
    merge-with-both reuse-after-free reuse-for-smaller large-then-small
    small-then-large realloc-null realloc-zero realloc-same-size
    realloc-grow-in-place-or-move realloc-grow-between realloc-grow-into-free
    realloc-grow-last realloc-shrink realloc-shrink-reuse realloc-many-steps
    realloc-frees-old realloc-too-large calloc-zero calloc-zero-reused
    calloc-nothing calloc-overflow memalign-powers memalign-small
    memalign-realloc usable-size walk-tiles-heap random-mix init-again);

{
    my ($status, $out, $err) = conform('-m implicit');
    my @lines = split(/\n/, $out);
    is("$status|$err|$lines[-1]", '0||implicit: ' . @asks . '/' . @asks,
        'implicit passes all');
    is(join(' ', map { /^pass  (\S+) +\S/ } @lines), "@asks",
        'each has its line');
    is("$lines[0]\n$lines[4]\n", <<'END', 'its name and what it asks');
pass  malloc-one-byte                 a block of one byte can be had and freed
pass  alignment-every-size-1-to-4096  payloads are aligned, whatever their size
END
}

# ---- What is not there is not asked ----

{
    my ($status, $out) = conform('-m libc');
    like($out, qr/^-     usable-size +not asked: it has none\n/m,
        'libc: mm_usable_size is not asked');
    like($out, qr{^libc: 42/42\n\z}m, 'libc passes the rest');
    is($status, 0, 'and that is well');
}

# ---- Those that fail ----

for (
    ['calloc_overflows', 'calloc-overflow'],
    ['not_zeroed', 'calloc-zero-reused'],
    ['memalign_ignores', 'memalign-powers'],
    ['second_init_fails', 'init-again'],
    ['walk_all_live', 'walk-tiles-heap'],
    ['forgets_to_copy', 'realloc-grow-in-place-or-move'],
) {
    my ($fault, $ask) = @$_;
    like(failed("tests/faulty/$fault.c"), qr/^1 .*\Q$ask\E/,
        "$fault fails $ask");
}

{
    my ($status, $out) = conform('-m tests/faulty/zero_twice.c');
    like($out, qr/^FAIL  malloc-zero: line 2: malloc\(0\) for id 1 returned 0x100800000010, which overlaps the payload of id 0\npass  malloc-several /m,
        'the first line of the explanation');
    like($out, qr{\n-v tells more of each failure, and the requests\.\n\z},
        'where there is more');
    (undef, $out) = conform('-v -m tests/faulty/zero_twice.c');
    like($out, qr/^FAIL  malloc-zero: line 2: .*\n      +id 1: .*\n      +id 0: .*\n(      .*\n)*?      the requests: a 0 0 \| a 1 0 \| a 2 16 \| f 0 \| a 3 0 \| f 1 \| f 3 \| f 2\npass/m,
        '-v shows the rest, and the requests');
}

# ---- Side by side ----

{
    my ($status, $out) =
        conform('-m naive -m implicit -m implicit-nocoalesce');
    like($out, qr/^FAIL  naive, reuse-after-free: the heap grew from 1016 to 2017016 bytes, expected free memory to be used again\n/m,
        'a heap that grows');
    $status .= "\n" . $out =~ s/^FAIL  \S+, \S+: line \d+: .*\n//gmr
        =~ s/^FAIL  (\S+, \S+): the heap grew .*/$1/gmr;
    is($status, <<'END', 'a table of several');
1
naive, reuse-after-free
naive, reuse-for-smaller
naive, large-then-small
naive, small-then-large
naive, realloc-zero
implicit-nocoalesce, small-then-large
implicit-nocoalesce, realloc-frees-old

  allocator            passed  failed
  naive                 39/44  reuse-after-free, reuse-for-smaller, large-then-small, small-then-large, realloc-zero
  implicit              44/44
  implicit-nocoalesce   42/44  small-then-large, realloc-frees-old
-v tells more of each failure, and the requests.
END
    (undef, $out) = conform('-m brk -m tests/faulty/init_fails.c');
    like($out, qr{ 0/39  malloc-one-byte, .* and 33 more\n}, 'many failures');
    ($status, $out) = conform('-m explicit -m tree -m mm');
    is("$status\n$out", <<'END', 'several that pass');
0
  allocator  passed  failed
  explicit    44/44
  tree        44/44
  mm          44/44
END
}

# ---- What cannot be used ----

{
    my $source = spew(scratch('broken.c'), "int mm_init(void) { return 0; }\n");
    my ($status, $out, $err) = conform("-m $source -m implicit");
    is($status, 1, 'a source that is no allocator has failed');
    like($err, qr/\Q$source\E: expected mm_malloc to be defined/, 'says why');
    like($out, qr{^implicit: 44/44\n\z}m, 'the others are examined');
    ($status, $out, $err) = conform('-m nosuch');
    is("$status|$out", '2|', 'a name that is none is bad usage');
}

{
    my ($status, undef, $err) = run('./mdriver --conform -n -m implicit '
        . '>/dev/full');
    is("$status|$err", "2|<stdout>: expected to write it, found: No space left on device\n",
        'a full disk');
}

done();
