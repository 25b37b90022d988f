#!/usr/bin/env perl
# explain.t - what a failure report says, to the last column; which request did
# it; and --break-at
#
# In the expected texts T is the path of the trace.  Set EXPLAIN_SHOW to print
# the reports as they are.
use strict;
use warnings;
use lib 'tests';
use Check;

# What the sanitizers are run with; a build with them does not advise that.
my $debug;

# report(FAULT, TRACE, OPTIONS) - the report of an allocator in tests/faulty but
# for the line about the sanitizers.
sub report {
    my ($fault, $path, $options) = @_;
    my $json = scratch('out.json');
    unlink($json);
    my ($status) = run("./mdriver -n --quiet " . ($options // '')
        . " -c $path -m tests/faulty/$fault.c --json $json");
    my $error = (report_of($json)->{results}[0] // {})->{error};
    my $text = $error ? $error->{message} : "valid, status $status";
    $text =~ s/\Q$path\E/T/g;
    $debug = $text =~ s/\n  make debug && (.*)//g ? $1 : '';
    return "$text\n";
}

# says(NAME, FAULT, OPTIONS, REQUESTS, EXPECTED)
my $count = 0;

sub says {
    my ($name, $fault, $options, $requests, $expected) = @_;
    my $path = trace('t' . $count++, @$requests);
    my $found = report($fault, $path, $options);
    print "## $name\n$found" if $ENV{EXPLAIN_SHOW};
    is($found, $expected, $name);
    my @wide = grep { length > 80 && /^  map:|^ *\^|^  0x/ }
        split(/\n/, $found);
    check(!@wide, "$name: pictures are 80 columns wide at most",
        join("\n", @wide));
    my $lines = () = $found =~ /\n/g;
    check($lines <= 15, "$name: short", "$lines lines");
}

my @basic = ('a 0 64', 'a 1 64', 'a 2 64', 'f 0', 'r 1 200', 'c 3 4 16',
    'f 1', 'f 2', 'f 3', 'f -1');

my $table = do { local $/; <DATA> };
my $text = qr/^== ([^\n]+)\n(\w+) *([^\n]*)\n(\w[^\n]*)\n\n(.*?\n)(?=\n==|\n*\z)/ms;
while ($table =~ /$text/g) {
    my ($name, $fault, $options, $requests, $expected) = ($1, $2, $3, $4, $5);
    my @requests = $requests eq 'basic' ? @basic : split(/, /, $requests);
    says($name, $fault, $options, \@requests, $expected);
}
check($count >= 15, 'every row of the table was read', $count);

# A time-out, however busy the machine is.
{
    my $found = report('loop', trace('loop', @basic), '-s 0.2');
    like($found, qr/^T:8: free\(id 0\) was (asleep|under way) when the pass had (taken 0\.8|used up 0\.2) s, after 3 of 10 requests\n  gdb -q -ex run --args \.\/mdriver -f T -m tests\/faulty\/loop\.c --break-at 8  # stops before that line\n\z/,
        'a time-out');
}

# Where loads and stores go astray the sanitizers see it.
if (slurp('mdriver') !~ /__asan_init/) {
    my $path = trace('debug', @basic);
    my %expected = map { $_ => "./build/debug/mdriver -f T -m "
        . "tests/faulty/$_.c  # with sanitizers" } qw(overwrites null_deref);
    for (qw(overwrites null_deref overlap returns_null)) {
        report($_, $path);
        is($debug, $expected{$_} // '', "$_: whether to try the sanitizers");
    }
    # A build with sanitizers has no filter: there it would fork indeed.
    my (undef, $out) = run("./mdriver --quiet -c $path -m tests/data/forks.c");
    like($out, qr/called fork or clone, which an allocator may not\n/, 'fork');
    unlike($out, qr/make debug/, 'fork: the sanitizers are not advised');
}

# ---- Which request did it ----

# An allocator that does not do the same each time: some failures are not seen
# again.
{
    my $path = trace('fickle', 'a 0 64', 'a 1 64', 'f 0', 'f 1');
    my ($unseen, $seen, $other) = (0, 0, '');
    for (1 .. 60) {
        my ($status, $out) =
            run("./mdriver --quiet -c $path -m tests/data/fickle.c");
        next if $status == 0;
        if ($out =~ /^  it happened during malloc\(64\) for id 1 on line 6$/m) {
            $seen++;
        } elsif ($out =~ /^  a second run did not show it: the allocator does not do the same each time$/m
            && $out =~ /^  \.\/mdriver -D -f \Q$path\E -m tests\/data\/fickle\.c  # tells after which request it is wrong$/m) {
            $unseen++;
        } else {
            $other = $out;
        }
        last if $unseen && $seen;
    }
    is($other, '', 'a fickle allocator: nothing else is said');
    check($unseen && $seen, 'a fickle allocator: seen again, and not',
        "$seen, $unseen");
}

# That the checker dies of the damage is no reason not to tell of it.
{
    my $path = trace('dies', 'a 0 64', 'a 1 64', 'f 0', 'f 1');
    my ($status, $out) =
        run("./mdriver --quiet -c $path -m tests/data/dying_checker.c");
    like($out, qr/; seen at free\(id 0\)\n  it happened during malloc\(64\) for id 1 on line 6\n/,
        'a checker that dies');
}

# The damage is found however many requests lie between.
{
    my $path = trace('far', 'a 0 64', 'a 1 64', 'f 0',
        (map { ("a $_ 16", "f $_") } 2 .. 5000), 'f 1');
    my $found = report('overwrites', $path, '');
    like($found, qr/^T:10006: .*seen at free\(id 1\)\n  it happened during free\(id 0\) on line 7\n/,
        'ten thousand requests later');
    like($found, qr/ --break-at 7  # stops before that line\n/,
        'the debugger is to stop before the guilty one');
    like($found, qr/\n  \.\/rep shrink T -m \S+  # finds the fewest requests that show it\n\z/,
        'a long trace is to be shrunk');
}

# With -D it is known, and nothing is run again.
{
    my $path = trace('known', @basic);
    my $found = report('overwrites', $path, '-D');
    like($found, qr/^T:8: .*seen after free\(id 0\)\n  id 1: /,
        '-D: told in the first line');
    unlike($found, qr/it happened/, '-D: and nowhere else');
}

# ---- --break-at ----

{
    my $path = trace('break', 'a 0 64', 'f 0');
    my $command = "./mdriver -f $path -m mm --break-at";
    my ($status, $out, $err) = run("$command 6");
    is("$status|$out|$err", "2||--break-at: expected a debugger, found none: "
        . "gdb -q -ex run --args $command 6\n", 'without a debugger');
    ($status, $out, $err) = run("$command 4");
    is("$status|$out|$err", "2||--break-at: expected a line of $path with a "
        . "request, 5 to 6, found 4\n", 'a line without a request');
    ($status, $out, $err) = run("$command 5 -m naive");
    is("$status|$out|$err", "2||--break-at: expected one allocator and one "
        . "trace, found 2 and 1\n", 'two allocators');
    ($status, $out, $err) = run("./mdriver -m mm --break-at 5");
    is("$status|$out|$err", "2||--break-at: expected one allocator and one "
        . "trace, found 1 and 0\n", 'no trace');
    for my $bad ('0', 'x', '-1', '99999999999') {
        ($status, $out, $err) = run("$command $bad");
        is("$status|$out|$err", "2||--break-at: expected the number of a line, "
            . "found $bad\n", "--break-at $bad");
    }
    ($status, $out, $err) = run("$command 5 --json -");
    is("$status|$out|$err", "2||--break-at: expected no other report, found "
        . "--json\n", 'no report besides');

    if (!grep { -x "$_/gdb" } split(/:/, $ENV{PATH})) {
        check(1, 'gdb is not installed: it is not tried');
    } else {
        $command =~ s/-m mm/-m tests\/faulty\/correct.c/;
        ($status, $out, $err) = run("gdb -nx -q -batch -ex run "
            . "-ex 'frame function watch_stop' -ex 'break mm_free' "
            . "-ex continue -ex 'info symbol \$pc' -ex delete -ex continue "
            . "--args $command 6");
        like($out, qr/received signal SIGTRAP.*watch_stop.*Breakpoint 1[.0-9]*, mm_free \(p=0x1008.*mm_free.*exited normally/s,
            'gdb stops before the request, and knows the allocator');
    }
}

done();

__DATA__

== header
overwrites
basic

T:9: the payload of id 1 was overwritten; seen at realloc(id 1, 200)
  it happened during free(id 0) on line 8
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6
  byte 0, at 0x100800000060: expected 0x5a, found 0x40; 8 bytes in a row are wrong
  0x100800000060  expected  5a a2 a9 e7 4a 22 14 e6 6f 1e f4 66 04 9c 4b 84
                  found     40 00 00 00 00 00 00 00 .. .. .. .. .. .. .. ..
  the word there, 0x40, may be a size: 64
  id 2: [0x1008000000b0, 0x1008000000f0), 64 bytes, malloc on line 7, the next block above
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5, which was freed then
  map: start|[96]|id 1 ########|[16]|id 2 ########|end
                       ^ damaged (# is 8 bytes, [n] n in no payload)
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/overwrites.c --break-at 8  # stops before that line

== header over a link
frees_before_copy
a 0 64, a 1 16, r 1 100, r 1 300, f 1, f 0

T:7: realloc(id 1, 100) did not keep the payload
  id 1: [0x100800000080, 0x1008000000e4), 100 bytes, realloc on line 7
  byte 0, at 0x100800000080: expected 0x5a, found 0x80; 8 bytes in a row are wrong
  0x100800000080  expected  5a a2 a9 e7 4a 22 14 e6 6f 1e f4 66 04 9c 4b 84
                  found     80 00 00 00 08 10 00 00 .. .. .. .. .. .. .. ..
  the word there, 0x100800000080, is a pointer into the heap: to the payload of id 1
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5, the next block below
  map: start|[16]|id 0 ########|[48]|id 1 #############|[12]|end
  (# is 8 bytes, [n] n in no payload)     ^ damaged
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/frees_before_copy.c --break-at 7  # stops before that line

== overrun
copies_too_many
a 0 200, a 1 16, a 2 16, f 1, r 0 16, f 2, f 0

T:10: the payload of id 2 was overwritten; seen at free(id 2)
  it happened during realloc(id 0, 16) on line 9
  id 2: [0x100800000110, 0x100800000120), 16 bytes, malloc on line 7
  byte 0, at 0x100800000110: expected 0x94, found 0x06; 16 bytes in a row are wrong
  0x100800000110  expected  94 5b 09 d1 e0 a8 99 f8 a9 d7 53 50 9a 22 d1 96
                  found     06 b1 4c 22 ea 3b 78 22 1b 2d 97 a1 a3 b5 af c0
  these are bytes of the payload of id 0, from its byte 32 on
  id 0: [0x1008000000f0, 0x100800000100), 16 bytes, realloc on line 9, the next block below
  id 0: [0x100800000010, 0x1008000000d8), 200 bytes, malloc on line 5, which was reallocated then
  map: start|[240]|id 0 ##|[16]|id 2 ##|end
                                     ^^ damaged
  the latest request next to it: free(id 1) on line 8
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/copies_too_many.c --break-at 9  # stops before that line

== in the middle of a large block
byte_3000
a 0 16, a 1 3000, a 2 5000, f 0, f 1, f 2

T:10: the payload of id 2 was overwritten; seen at free(id 2)
  it happened during free(id 1) on line 9
  id 2: [0x100800000c00, 0x100800001f88), 5000 bytes, malloc on line 7
  byte 3000, at 0x1008000017b8: expected 0x57, found 0x56
  id 1: [0x100800000030, 0x100800000be8), 3000 bytes, malloc on line 6, which was freed then
  map: start|[3072]|id 2 ########################################|[8]|end
  (# is 128 bytes, [n] n in no payload)          ^ damaged
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/byte_3000.c --break-at 9  # stops before that line

== overlap
overlap
basic

T:7: malloc(64) for id 2 returned 0x100800000070, which overlaps the payload of id 1
  id 2: [0x100800000070, 0x1008000000b0), 64 bytes, malloc on line 7
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6
  map: start|[16]|id 0 ########|[16]|id 1 ########|[80]|end
  (# is 8 bytes, [n] n in no payload)       ^^^^^^^^ returned
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/overlap.c --break-at 7  # stops before that line

== enclosing
enclosing
basic

T:7: malloc(64) for id 2 returned 0x100800000000, which overlaps the payload of id 0
  id 2: [0x100800000000, 0x100800000040), 64 bytes, malloc on line 7
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5
  map: start|[16]|id 0 ########|[16]|id 1 ########|[65536]|end
             ^^^^^^^^^^^^^^^^ returned (# is 8 bytes, [n] n in no payload)
  the latest request next to it: malloc(64) for id 1 on line 6
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/enclosing.c --break-at 7  # stops before that line

== overlap of a block of no bytes
zero_twice
a 0 0, a 1 0, f 0, f 1

T:6: malloc(0) for id 1 returned 0x100800000010, which overlaps the payload of id 0
  id 1: [0x100800000010, 0x100800000010), 0 bytes, malloc on line 6
  id 0: [0x100800000010, 0x100800000010), 0 bytes, malloc on line 5
  map: start|[16]|id 0 |[16]|end
                        ^ returned (# is 8 bytes, [n] n in no payload)
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/zero_twice.c --break-at 6  # stops before that line

== ids that leave no room
overlap
a 18446744073709551613 64, a 18446744073709551614 64, a 18446744073709551615 64

T:7: malloc(64) for id 18446744073709551615 returned 0x100800000070, which overlaps the payload of id 18446744073709551614
  id 18446744073709551615: [0x100800000070, 0x1008000000b0), 64 bytes, malloc on line 7
  id 18446744073709551614: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6
  map: ...|id 18446744073709551613 ##|[16]|id 18446744073709551614 ##|[80]|end
  (# is 32 bytes, [n] n in no payload)                             ^^^^ returned
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/overlap.c --break-at 7  # stops before that line

== misaligned
misaligned
basic

T:7: malloc(64) for id 2 returned 0x1008000000d8, expected a multiple of 16, found 8 more than one (the payload must be aligned, not the header)
  map: start|[16]|id 0 ########|[32]|id 1 ########|[112]|end
  (# is 8 bytes, [n] n in no payload)               ^^^^ returned
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/misaligned.c --break-at 7  # stops before that line

== past the end
past_break
basic

T:7: malloc(64) for id 2 returned 0x1008000000b0, but its 64 bytes end 1 byte past the end of the heap
  heap: [0x100800000000, 0x1008000000ef), 239 bytes
  map: start|[16]|id 0 ########|[16]|id 1 ########|[79]|end
  (# is 8 bytes, [n] n in no payload)              ^^^^^^ returned
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/past_break.c --break-at 7  # stops before that line

== crash in free
null_deref
basic

T:8: free(id 0) crashed: SIGSEGV, Segmentation fault, at 0x8, near NULL
  heap: [0x100800000000, 0x1008000000f0), 240 bytes
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5
  the words before it: 0x40, 0
  map: start|[16]|id 0 ########|[16]|id 1 ########|[16]|id 2 ########|end
                       ^^^^^^^^ this block (# is 8 bytes, [n] n in no payload)
  the latest request next to it: malloc(64) for id 1 on line 6
  ./mdriver -D -f T -m tests/faulty/null_deref.c  # tells whether something was wrong before
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/null_deref.c --break-at 8  # stops before that line

== crash over a header
footer_in_16_bits
a 0 65505, a 1 16, f 0, f 1

T:8: free(id 1) crashed: SIGSEGV, Segmentation fault, at an address that no program can have: the pointer is garbage
  heap: [0x100800000000, 0x100800010040), 65600 bytes
  id 1: [0x100800010020, 0x100800010030), 16 bytes, malloc on line 6
  the words before it: 0x10000, 0x21
  map: start|[65568]|id 1 ##|[16]|end
                          ^^ this block (# is 8 bytes, [n] n in no payload)
  the latest request next to it: free(id 0) on line 7
  ./mdriver -D -f T -m tests/faulty/footer_in_16_bits.c  # tells whether something was wrong before
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/footer_in_16_bits.c --break-at 8  # stops before that line

== realloc that does not copy
forgets_to_copy
basic

T:9: realloc(id 1, 200) did not keep the payload
  id 1: [0x100800000100, 0x1008000001c8), 200 bytes, realloc on line 9
  byte 0, at 0x100800000100: expected 0x5a, found 0x00; 64 or more bytes in a row are wrong
  0x100800000100  expected  5a a2 a9 e7 4a 22 14 e6 6f 1e f4 66 04 9c 4b 84
                  found     00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
  0x100800000110  expected  84 9a 3e e6 bd 15 83 22 99 16 89 65 77 8f ba c0
                  found     00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
  id 2: [0x1008000000b0, 0x1008000000f0), 64 bytes, malloc on line 7, the next block below
  map: start|[176]|id 2 ########|[16]|id 1 #########################|[8]|end
  (# is 8 bytes, [n] n in no payload)      ^^^^^^^^ damaged
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/forgets_to_copy.c --break-at 9  # stops before that line

== calloc that does not clear
not_zeroed
basic

T:10: calloc(4, 16) for id 3 returned a block that is not all zero
  id 3: [0x100800000060, 0x1008000000a0), 64 bytes, calloc on line 10
  byte 0, at 0x100800000060: expected 0x00, found 0x5a; 64 or more bytes in a row are wrong
  0x100800000060  found     5a a2 a9 e7 4a 22 14 e6 6f 1e f4 66 04 9c 4b 84
  0x100800000070  found     84 9a 3e e6 bd 15 83 22 99 16 89 65 77 8f ba c0
  these are bytes of the payload of id 1, from its byte 0 on
  map: start|[96]|id 3 ####|[16]|id 2 ####|[16]|id 1 #############|[8]|end
                       ^^^^ not zero (# is 16 bytes, [n] n in no payload)
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/not_zeroed.c --break-at 10  # stops before that line

== NULL
returns_null
basic

T:7: malloc(64) for id 2 returned NULL, expected a block; mem_sbrk had not refused to grow the heap
  heap: [0x100800000000, 0x1008000000a0), 160 bytes
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/returns_null.c --break-at 7  # stops before that line

== checker
checker_unhappy
basic

T:14: mm_checkheap returned false at the end of the trace
  it first did so after malloc(64) for id 0 on line 5
  it printed: mm_checkheap(14): the free list is lost
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/checker_unhappy.c --break-at 5  # stops before that line

== the options of the run are repeated
first_byte -D --align 8
basic

T:8: the payload of id 1 was overwritten; seen after free(id 0)
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6
  byte 0, at 0x100800000060: expected 0x5a, found 0x5b
  id 2: [0x1008000000b0, 0x1008000000f0), 64 bytes, malloc on line 7, the next block above
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5, which was freed then
  map: start|[96]|id 1 ########|[16]|id 2 ########|end
                       ^ damaged (# is 8 bytes, [n] n in no payload)
  gdb -q -ex run --args ./mdriver -f T -m tests/faulty/first_byte.c -D --align 8 --break-at 8  # stops before that line
