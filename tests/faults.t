#!/usr/bin/env perl
# faults.t - what is said of each allocator in tests/faulty
#
# The table stands at the end: a fault, the trace and the options it is run
# with, the kind and the line of the error, and the whole explanation, in which
# T is the path of the trace.
use strict;
use warnings;
use lib 'tests';
use Check;

my @basic = ('a 0 64', 'a 1 64', 'a 2 64', 'f 0', 'r 1 200', 'c 3 4 16',
    'f 1', 'f 2', 'f 3', 'f -1');

my %traces = (
    basic => trace('basic', @basic),
    below => trace('below', 'a 0 64', 'a 1 64', 'f 1', 'f 0'),
    large => trace('large', 'a 0 16', 'a 1 3000', 'a 2 5000', 'f 0', 'f 1',
        'f 2'),
    long => trace('long', (map { ("a $_ 16", "f $_") } 1 .. 99999),
        'a 0 32', 'a 1 32', 'a 2 32', 'f 0', 'f 1'),
    ids => trace('ids', map { "a $_ 16" } 0 .. 65537),
    giant => trace('giant', 'a 0 4294967295', 'a 1 4294967296', 'f 0', 'f 1'),
    odd => trace('odd', 'a 0 16', 'a 1 33', 'a 2 16', 'f 1'),
    realloc => trace('realloc', 'a 0 64', 'a 1 16', 'r 1 100', 'r 1 300',
        'f 1', 'f 0'),
    shrink => trace('shrink', 'a 0 200', 'a 1 16', 'a 2 16', 'f 1', 'r 0 16',
        'f 2', 'f 0'),
    null => trace('null', 'r 0 16', 'f 0'),
    product => trace('product', 'c 0 3 5', 'c 1 9223372036854775816 2',
        'f 0'),
    memalign => trace('memalign', 'a 0 16', 'm 1 64 100', 'f 1'),
    zero => trace('zero', 'a 0 0', 'a 1 0', 'f 0', 'f 1'),
    footer => trace('footer', 'a 0 65505', 'a 1 16', 'f 0', 'f 1'),
    last => trace('last', 'a 0 16', 'a 1 16', 'a 2 3000', 'f 2', 'f 0',
        'f 1'),
    circle => trace('circle', 'a 0 100', 'a 1 100', 'a 2 100', 'a 3 16', 'f 2',
        'f 0', 'f 1', 'a 4 721'),
    lower => trace('lower', 'a 0 2032', 'a 1 16', 'a 2 16', 'a 3 16', 'f 2',
        'f 1', 'a 4 64'),
    reuse => trace('reuse', 'a 0 16', 'a 1 16', 'f 0', 'a 2 40', 'f 1'),
);

my @summary; # a line for each row
my $good = 1;

# tidy(TEXT, PATH) - without what depends on the tree, on the compiler (how it
# names a function in an assertion) and on where libraries are mapped.
sub tidy {
    my ($text, $path) = @_;
    $text =~ s/^\Q$path\E:/T:/mg;
    $text =~ s{-D -f \S+ -m \S+}{-D -f TRACE -m FAULT};
    $text =~ s{shrink \S+ -m \S+}{shrink TRACE -m FAULT};
    $text =~ s{ \S*/(tests/faulty/)}{ $1}g;
    $text =~ s/void (mm_\w+)\(void \*\)/$1/g;
    $text =~ s/0x7[0-9a-f]{11}\b/LIBRARY/g;
    return $text;
}

# row(HEADER, TEXT) - one entry of the table, run and held against TEXT.
sub row {
    my ($header, $expected) = @_;
    my ($fault, $trace, @options) = split(' ', $header);
    my $path = $traces{$trace} or die "no trace $trace\n";
    my $json = scratch('out.json');
    unlink($json);
    my ($status, $out, $err) = run("./mdriver -n -s 5 @options -f $path "
        . "-m tests/faulty/$fault.c --json $json");
    my $error = (report_of($json)->{results}[0] // {})->{error};
    my $found = 'valid';
    $found = "$error->{kind} $error->{line}\n$error->{message}" if $error;
    $found = tidy($found, $path) . "\n";
    $good &= is("status $status\n$err$found",
        ($expected =~ /^valid$/m ? "status 0\n" : "status 1\n") . $expected,
        $header);
    $good &= check(!$error || index($out, "\n$error->{message}\n\n") > 0,
        "$header: the report says so", $out);
    push @summary, sprintf("%-20s %-9s %-16s %s\n", $fault, $trace,
        (split(/\n/, $found), '')[0, 1]);
}

my $table = do { local $/; <DATA> };
my %seen;
for (split(/^== /m, $table)) {
    my ($header, $text) = /^([^\n]+)\n(.*?\n)\n*\z/s or next;
    $seen{(split(' ', $header))[0]} = 1;
    row($header, $text);
}
print sort(@summary) if $good; # else it would only hide what failed
for (glob('tests/faulty/*.c')) {
    my ($fault) = m{([^/]+)\.c$};
    check($seen{$fault}, "$fault is in the table");
}

# One failure does not keep the other traces from being run.
{
    my $json = scratch('several.json');
    my ($status) = run('./mdriver -n -m tests/faulty/overlap.c '
        . "-f $traces{below} -f $traces{basic} -f $traces{null} "
        . "-f $traces{basic} -f $traces{below} --json $json");
    is("$status " . join(' ', map { $_->{valid} ? 'valid' : $_->{error}{kind} }
        @{report_of($json)->{results}}), '1 valid overlap valid overlap valid',
        'the traces after a failed one are run');
}

# Several allocators: the faulty one does no harm to the others.
{
    my $json = scratch('side.json');
    my ($status) = run('./mdriver -n -m tests/faulty/correct.c '
        . '-m tests/faulty/null_deref.c -m tests/faulty/correct.c '
        . "-f $traces{basic} --json $json");
    is("$status " . join(' ', map { $_->{valid} ? 'valid' : $_->{error}{kind} }
        @{report_of($json)->{results}}), '1 valid crash valid',
        'the allocators after a failed one are run');
}

done();

__DATA__

== aborts basic
crash 8
T:8: free(id 0) crashed: SIGABRT, Aborted
  it printed: mdriver: tests/faulty/aborts.c:8: mm_free: Assertion `p == NULL && "free of a block"' failed.

== asked_checker basic
overlap 7
T:7: malloc(64) for id 2 returned 0x100800000070, which overlaps the payload of id 1
  id 2: [0x100800000070, 0x1008000000b0), 64 bytes, malloc on line 7
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6
  it printed: mm_checkheap(7): two blocks overlap

== asked_checker_crashes basic
overlap 7
T:7: malloc(64) for id 2 returned 0x100800000070, which overlaps the payload of id 1
  id 2: [0x100800000070, 0x1008000000b0), 64 bytes, malloc on line 7
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6

== asked_checker_loops basic
overlap 7
T:7: malloc(64) for id 2 returned 0x100800000070, which overlaps the payload of id 1
  id 2: [0x100800000070, 0x1008000000b0), 64 bytes, malloc on line 7
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6

== before_heap basic
outside-heap 7
T:7: malloc(64) for id 2 returned 0x1007fffff000, 4096 bytes before the start of the heap
  heap: [0x100800000000, 0x1008000000a0), 160 bytes

== byte_3000 large
payload 10
T:10: the payload of id 2 was overwritten; seen at free(id 2)
  id 2: [0x100800000c00, 0x100800001f88), 5000 bytes, malloc on line 7
  byte 3000, at 0x1008000017b8: expected 0x57, found 0x56
  ./mdriver -D -f TRACE -m FAULT tells after which request it is wrong

== calloc_overflows product
outside-heap 6
T:6: calloc(9223372036854775816, 2) for id 1 returned 0x100800000030, expected NULL: the product overflows
  heap: [0x100800000000, 0x100800000040), 64 bytes

== chatty basic
valid

== checker_crashes basic
crash 14
T:14: mm_checkheap after free(NULL) crashed: SIGSEGV, Segmentation fault, at 0x18, near NULL
  heap: [0x100800000000, 0x1008000001d0), 464 bytes

== checker_loops basic -s 0.2
timeout 14
T:14: mm_checkheap after free(NULL) was under way when the pass had used up 0.2 s, after 9 of 10 requests

== checker_unhappy basic
checkheap 14
T:14: mm_checkheap returned false at the end of the trace
  it printed: mm_checkheap(14): the free list is lost
  ./mdriver -D -f TRACE -m FAULT tells after which request it is wrong

== checker_writes basic -D
payload 6
T:6: the payload of id 0 was overwritten; seen after malloc(64) for id 1
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5
  byte 0, at 0x100800000010: expected 0xb2, found 0x05
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6, the next block above

== closes basic
valid

== copies_too_few realloc
payload 7
T:7: realloc(id 1, 100) did not keep the payload
  id 1: [0x100800000080, 0x1008000000e4), 100 bytes, realloc on line 7
  byte 8, at 0x100800000088: expected 0x6f, found 0x00; 8 bytes in a row are wrong
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5, the next block below

== copies_too_many shrink
payload 10
T:10: the payload of id 2 was overwritten; seen at free(id 2)
  id 2: [0x100800000110, 0x100800000120), 16 bytes, malloc on line 7
  byte 0, at 0x100800000110: expected 0x94, found 0x06; 16 bytes in a row are wrong
  id 0: [0x1008000000f0, 0x100800000100), 16 bytes, realloc on line 9, the next block below
  ./mdriver -D -f TRACE -m FAULT tells after which request it is wrong

== correct basic
valid

== correct basic -D
valid

== correct long
valid

== correct product
valid

== correct memalign
warning: tests/faulty/correct.c: no mm_memalign: mm_malloc is given the 1 memalign request
valid

== correct zero
valid

== count_in_16_bits ids
overlap 65541
T:65541: malloc(16) for id 65536 returned 0x100800000010, which overlaps the payload of id 0
  id 65536: [0x100800000010, 0x100800000020), 16 bytes, malloc on line 65541
  id 0: [0x100800000010, 0x100800000020), 16 bytes, malloc on line 5
  ./rep shrink TRACE -m FAULT -s 5 finds the fewest requests that show it

== divides basic
crash 8
T:8: free(id 0) crashed: SIGFPE, Floating point exception

== enclosing basic
overlap 7
T:7: malloc(64) for id 2 returned 0x100800000000, which overlaps the payload of id 0
  id 2: [0x100800000000, 0x100800000040), 64 bytes, malloc on line 7
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5

== exits basic
exit 8
T:8: free(id 0) ended the process: exit(0) was called

== first_byte basic
payload 9
T:9: the payload of id 1 was overwritten; seen at realloc(id 1, 200)
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6
  byte 0, at 0x100800000060: expected 0x5a, found 0x5b
  id 2: [0x1008000000b0, 0x1008000000f0), 64 bytes, malloc on line 7, the next block above
  ./mdriver -D -f TRACE -m FAULT tells after which request it is wrong

== first_byte basic -D
payload 8
T:8: the payload of id 1 was overwritten; seen after free(id 0)
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6
  byte 0, at 0x100800000060: expected 0x5a, found 0x5b
  id 2: [0x1008000000b0, 0x1008000000f0), 64 bytes, malloc on line 7, the next block above

== forgets_to_copy basic
payload 9
T:9: realloc(id 1, 200) did not keep the payload
  id 1: [0x100800000100, 0x1008000001c8), 200 bytes, realloc on line 9
  byte 0, at 0x100800000100: expected 0x5a, found 0x00; 64 or more bytes in a row are wrong
  id 2: [0x1008000000b0, 0x1008000000f0), 64 bytes, malloc on line 7, the next block below

== free_of_null basic
crash 14
T:14: free(NULL) crashed: SIGSEGV, Segmentation fault, at 0xfffffffffffffff0, near NULL
  heap: [0x100800000000, 0x1008000001d0), 464 bytes

== frees_before_copy realloc
payload 7
T:7: realloc(id 1, 100) did not keep the payload
  id 1: [0x100800000080, 0x1008000000e4), 100 bytes, realloc on line 7
  byte 0, at 0x100800000080: expected 0x5a, found 0x80; 8 bytes in a row are wrong
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5, the next block below

== garbage_pointer basic
crash 8
T:8: free(id 0) crashed: SIGSEGV, Segmentation fault, at an address that no program can have: the pointer is garbage
  heap: [0x100800000000, 0x1008000000f0), 240 bytes

== hog basic --memory 100
oom 8
T:8: free(id 0) was under way when the run had used up 100 MiB of memory, after 3 of 10 requests

== init_crashes basic
crash 5
T:5: mm_init crashed: SIGSEGV, Segmentation fault, at 0x10, near NULL
  heap: [0x100800000000, 0x100800000000), 0 bytes

== init_fails basic
init 5
T:5: mm_init reported failure

== kills basic
killed 8
T:8: free(id 0) ended the process: killed by SIGKILL

== last_byte below
payload 8
T:8: the payload of id 0 was overwritten; seen at free(id 0)
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5
  byte 63, at 0x10080000004f: expected 0xfd, found 0xfc
  ./mdriver -D -f TRACE -m FAULT tells after which request it is wrong

== late long
overlap 200004
T:200004: malloc(32) for id 1 returned 0x100800000030, which overlaps the payload of id 0
  id 1: [0x100800000030, 0x100800000050), 32 bytes, malloc on line 200004
  id 0: [0x100800000030, 0x100800000050), 32 bytes, malloc on line 200003
  ./rep shrink TRACE -m FAULT -s 5 finds the fewest requests that show it

== loop basic -s 0.2
timeout 8
T:8: free(id 0) was under way when the pass had used up 0.2 s, after 3 of 10 requests

== loses_in_place realloc
payload 7
T:7: realloc(id 1, 100) did not keep the payload
  id 1: [0x100800000060, 0x1008000000c4), 100 bytes, realloc on line 7
  byte 8, at 0x100800000068: expected 0x6f, found 0x10; 8 bytes in a row are wrong
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5, the next block below

== memalign_ignores memalign
misaligned 6
T:6: memalign(64, 100) for id 1 returned 0x100800000030, expected a multiple of 64, found 48 more than one (the payload must be aligned, not the header)

== merges_live reuse
overlap 8
T:8: malloc(40) for id 2 returned 0x100800000010, which overlaps the payload of id 1
  id 2: [0x100800000010, 0x100800000038), 40 bytes, malloc on line 8
  id 1: [0x100800000030, 0x100800000040), 16 bytes, malloc on line 6

== middle_byte basic
payload 9
T:9: the payload of id 1 was overwritten; seen at realloc(id 1, 200)
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6
  byte 32, at 0x100800000080: expected 0xae, found 0xaf
  id 2: [0x1008000000b0, 0x1008000000f0), 64 bytes, malloc on line 7, the next block above
  ./mdriver -D -f TRACE -m FAULT tells after which request it is wrong

== misaligned basic
misaligned 7
T:7: malloc(64) for id 2 returned 0x1008000000d8, expected a multiple of 16, found 8 more than one (the payload must be aligned, not the header)

== not_zeroed basic
not-zeroed 10
T:10: calloc(4, 16) for id 3 returned a block that is not all zero
  id 3: [0x100800000060, 0x1008000000a0), 64 bytes, calloc on line 10
  byte 0, at 0x100800000060: expected 0x00, found 0x5a; 64 or more bytes in a row are wrong

== null_deref basic
crash 8
T:8: free(id 0) crashed: SIGSEGV, Segmentation fault, at 0x8, near NULL
  heap: [0x100800000000, 0x1008000000f0), 240 bytes

== oom_garbage basic
valid

== oom_gives_up basic
valid

== oom_leaves_header basic
valid

== oom_realloc_frees basic
valid

== outside basic
outside-heap 7
T:7: malloc(64) for id 2 returned LIBRARY, far from the heap
  heap: [0x100800000000, 0x1008000000a0), 160 bytes

== overlap basic
overlap 7
T:7: malloc(64) for id 2 returned 0x100800000070, which overlaps the payload of id 1
  id 2: [0x100800000070, 0x1008000000b0), 64 bytes, malloc on line 7
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6

== overwrites basic
payload 9
T:9: the payload of id 1 was overwritten; seen at realloc(id 1, 200)
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6
  byte 0, at 0x100800000060: expected 0x5a, found 0x40; 8 bytes in a row are wrong
  id 2: [0x1008000000b0, 0x1008000000f0), 64 bytes, malloc on line 7, the next block above
  ./mdriver -D -f TRACE -m FAULT tells after which request it is wrong

== own_handler basic
crash 8
T:8: free(id 0) crashed: SIGSEGV, Segmentation fault, at an unknown address
  heap: [0x100800000000, 0x1008000000f0), 240 bytes

== past_break basic
outside-heap 7
T:7: malloc(64) for id 2 returned 0x1008000000b0, but its 64 bytes end 1 byte past the end of the heap
  heap: [0x100800000000, 0x1008000000ef), 239 bytes

== realloc_of_null null
null 5
T:5: realloc(NULL, 16) for id 0 returned NULL, expected a block; mem_sbrk had not refused to grow the heap
  heap: [0x100800000000, 0x100800000000), 0 bytes

== recurses basic
crash 8
T:8: free(id 0) crashed: SIGSEGV, Segmentation fault: the stack of 8 MiB is used up, as by endless recursion
  heap: [0x100800000000, 0x1008000000f0), 240 bytes

== returns_null basic
null 7
T:7: malloc(64) for id 2 returned NULL, expected a block; mem_sbrk had not refused to grow the heap
  heap: [0x100800000000, 0x1008000000a0), 160 bytes

== rounds_down odd
outside-heap 6
T:6: malloc(33) for id 1 returned 0x100800000030, but its 33 bytes end 1 byte past the end of the heap
  heap: [0x100800000000, 0x100800000050), 80 bytes

== second_init_exits basic
exit 8
T:8: in a timed pass: free(id 0) ended the process: exit(3) was called
  the check pass went well, and this is a later one, after mm_init on an emptied heap: is there a variable that mm_init does not reset?

== second_init_fails basic
init 5
T:5: in a timed pass: mm_init reported failure
  the check pass went well, and this is a later one, after mm_init on an emptied heap: is there a variable that mm_init does not reset?

== second_run basic
outside-heap 6
T:6: in a timed pass: malloc(64) for id 1 returned 0x1008000000b0, but its 64 bytes end 16 bytes past the end of the heap
  heap: [0x100800000000, 0x1008000000e0), 224 bytes
  the check pass went well, and this is a later one, after mm_init on an emptied heap: is there a variable that mm_init does not reset?

== shrinks_heap basic
null 7
T:7: malloc(64) for id 2 returned NULL, expected a block; mem_sbrk had refused to grow the heap
  heap: [0x100800000000, 0x1008000000a0), 160 bytes
  it printed: mem_sbrk(-16): the heap only grows

== size_in_32_bits giant
outside-heap 6
T:6: malloc(4294967296) for id 1 returned 0x100900000020, but its 4294967296 bytes end 4294967280 bytes past the end of the heap
  heap: [0x100800000000, 0x100900000030), 4294967344 bytes

== sleeps basic -s 0.1
timeout 8
T:8: free(id 0) was asleep when the pass had taken 0.4 s, after 3 of 10 requests

== store_in_tail basic -D
payload 7
T:7: after malloc(64) for id 2 byte 4 past the end of the heap is 0x07: something was stored beyond the break
  heap: [0x100800000000, 0x1008000000f0), 240 bytes

== store_past_break basic
crash 7
T:7: malloc(64) for id 2 crashed: SIGSEGV, Segmentation fault, at 0x1008000010f0, 4096 bytes past the end of the heap
  heap: [0x100800000000, 0x1008000000f0), 240 bytes

== twice basic
overlap 7
T:7: malloc(64) for id 2 returned 0x100800000060, which overlaps the payload of id 1
  id 2: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 7
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6

== usable_small basic -D
checkheap 5
T:5: mm_usable_size after malloc(64) for id 0 is 48, expected no less than the payload
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5
  heap: [0x100800000000, 0x100800000050), 80 bytes

== walk_all_live basic -D
checkheap 8
T:8: mm_walk after free(id 0) told of a block at 0x100800000000, 80 bytes: it is live, but holds no live payload
  heap: [0x100800000000, 0x1008000000f0), 240 bytes

== walk_correct basic -D
valid

== walk_crashes basic -D
crash 5
T:5: mm_walk after malloc(64) for id 0 crashed: SIGSEGV, Segmentation fault, at 0x100800001050, 4096 bytes past the end of the heap
  heap: [0x100800000000, 0x100800000050), 80 bytes

== walk_gap basic -D
checkheap 7
T:7: mm_walk after malloc(64) for id 2 told of a block at 0x1008000000a0, 80 bytes: it leaves a gap of 80 bytes above the end of the block before
  heap: [0x100800000000, 0x1008000000f0), 240 bytes

== walk_loops basic -D
checkheap 5
T:5: mm_walk after malloc(64) for id 0 told of a block at 0x100800000000, 80 bytes: it begins 80 bytes below the end of the block before
  heap: [0x100800000000, 0x100800000050), 80 bytes

== walk_merges basic -D
checkheap 6
T:6: mm_walk after malloc(64) for id 1 told of a block at 0x100800000000, 160 bytes: it holds more than one live payload
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5
  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc on line 6
  heap: [0x100800000000, 0x1008000000a0), 160 bytes

== walk_nothing basic -D
checkheap 5
T:5: mm_walk after malloc(64) for id 0 told of no block that holds a live payload
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5
  heap: [0x100800000000, 0x100800000050), 80 bytes

== walk_outside basic -D
checkheap 5
T:5: mm_walk after malloc(64) for id 0 told of a block at 0x1007ffffffe0, 32 bytes: it lies outside the heap
  heap: [0x100800000000, 0x100800000050), 80 bytes

== walk_overlaps basic -D
checkheap 6
T:6: mm_walk after malloc(64) for id 1 told of a block at 0x100800000050, 80 bytes: it begins 8 bytes below the end of the block before
  heap: [0x100800000000, 0x1008000000a0), 160 bytes

== walk_payloads basic -D
checkheap 5
T:5: mm_walk after malloc(64) for id 0 told of a block at 0x100800000000, 64 bytes: a payload begins in it and ends beyond it
  id 0: [0x100800000010, 0x100800000050), 64 bytes, malloc on line 5
  heap: [0x100800000000, 0x100800000050), 80 bytes

== walk_stops basic -D
checkheap 11
T:11: mm_walk after free(id 1) ended at 0x1008000000f0, 224 bytes below the top of the heap, expected at most 16
  heap: [0x100800000000, 0x1008000001d0), 464 bytes

== walk_third_free basic -D
checkheap 7
T:7: mm_walk after malloc(64) for id 2 told of a block at 0x1008000000a0, 80 bytes: it is free, but holds a live payload
  id 2: [0x1008000000b0, 0x1008000000f0), 64 bytes, malloc on line 7
  heap: [0x100800000000, 0x1008000000f0), 240 bytes

== walk_too_large basic -D
checkheap 6
T:6: mm_walk after malloc(64) for id 1 told of a block at 0x100800000050, 96 bytes: it is empty, or ends beyond the heap
  heap: [0x100800000000, 0x1008000000a0), 160 bytes

== zero_twice zero
overlap 6
T:6: malloc(0) for id 1 returned 0x100800000010, which overlaps the payload of id 0
  id 1: [0x100800000010, 0x100800000010), 0 bytes, malloc on line 6
  id 0: [0x100800000010, 0x100800000010), 0 bytes, malloc on line 5

== circles circle -s 0.2
timeout 12
T:12: malloc(721) for id 4 was under way when the pass had used up 0.2 s, after 7 of 8 requests

== footer_in_16_bits footer
crash 8
T:8: free(id 1) crashed: SIGSEGV, Segmentation fault, at an address that no program can have: the pointer is garbage
  heap: [0x100800000000, 0x100800010040), 65600 bytes

== merges_lower lower
overlap 11
T:11: malloc(64) for id 4 returned 0x100800000020, which overlaps the payload of id 0
  id 4: [0x100800000020, 0x100800000060), 64 bytes, malloc on line 11
  id 0: [0x100800000020, 0x100800000810), 2032 bytes, malloc on line 5

== unlinks_last last
crash 10
T:10: free(id 1) crashed: SIGSEGV, Segmentation fault, at 0x10, near NULL
  heap: [0x100800000000, 0x100800000c30), 3120 bytes

== tags_correct circle
valid

== tags_correct footer
valid

== tags_correct last
valid

== tags_correct lower
valid
