#!/usr/bin/env perl
# import_odd.t - rep import of odd, damaged and hostile logs
#
# The excerpts have the form of real ones.  REP names another rep than ./rep.
use strict;
use warnings;
use lib 'tests';
use Check;

my $rep = $ENV{REP} // './rep';

# requests(TRACE) - the requests of a trace, without its header.
sub requests {
    my ($text) = @_;
    my @lines = split /\n/, $text;
    return @lines > 4 ? @lines[4 .. $#lines] : ();
}

# imports(NAME, LOG, REQUESTS, SUMMARY, OPTIONS) - the log gives the requests
# and the summary "rep: FILE: SUMMARY".
sub imports {
    my ($name, $log, $expected, $summary, $options) = @_;
    my $path = spew(scratch("$name.log"), $log);
    my ($status, $out, $err) = run("$rep import " . ($options // '')
            . " $path");
    is($status, 0, "$name: status");
    is(join(',', requests($out)), $expected, "$name: requests");
    is($err, "rep: $path: $summary\n", "$name: summary");
    my ($events, $kept, $dropped) =
        $err =~ /(\d+) events, (\d+) requests kept, (\d+) dropped/ or return;
    my $added = $err =~ /(\d+) frees added/ ? $1 : 0;
    is($kept + $dropped - $added, $events, "$name: every event is accounted");
}

# fails(NAME, LOG, MESSAGE, OPTIONS) - with "rep: FILEMESSAGE" and no trace.
sub fails {
    my ($name, $log, $message, $options) = @_;
    my $path = spew(scratch("$name.log"), $log);
    my $out  = scratch("$name.rep");
    unlink $out;
    my ($status, $text, $err) = run("$rep import " . ($options // '')
            . " -o $out $path");
    is("$status|$text|$err", "2||rep: $path$message\n", $name);
    check(!-e $out, "$name: leaves no trace");
}

# ---- mtrace ----

imports('mtrace', <<'LOG',
= Start
@ ./a b] c:(main+0x1f)[0x13e9] + 0x7ff010 0x67
@ ./a:[0x12b3] + 0x8000 0x8

@ [0x12b3] - 0x8000
+ 0x8000 0x9
@ ./a:[0x12b3] < 0x8000
@ ./a:[0x12b3] > 0x9000 0x10
@ ./a:[0x12b3] ! 0x9000 0x4000000000000000
@ ./a:[0x12b3] + (nil) 0xffffffffffffffff
@ ./a:[0x12b3] - 0x1234
@ ./a:[0x12b3] < 0x5678
@ ./a:[0x12b3] > 0x5680 0x11
@ ./a:[0x12b3] + 0x9000 0
= End
LOG
    'a 0 103,a 1 8,f 1,a 2 9,r 2 16,a 3 17,f 2,a 4 0',
    '10 events, 8 requests kept, 3 dropped (1 of blocks older than the '
        . 'recording, 2 not met by libc), 1 reallocs of older blocks kept as '
        . 'malloc, 1 frees added that nobody saw, 5 ids, peak payload 136 '
        . 'bytes; a log of mtrace');

imports('mtrace-odd', <<'LOG',
some text of a program
= Start
@ ./a:[0x1] + 0x10000000000000000 0x8
@ ./a:[0x1] + 0x10 0x10000000000000000
@ ./a:[0x1] + 0x10
@ ./a:[0x1] - 0x10 0x8
@ ./a:[0x1] > 0x10 0x8
@ ./a:[0x1] * 0x10 0x8
@ ./a:[0x1]
@ 
@ ./a:[0x1] +
@ ./a:[0x1] + 0x20 0xffffffffffffffff
@ ./a:[0x1] < (nil)
@ ./a:[0x1] < 0x20
@ ./a:[0x1] < 0x20
@ ./a:[0x1] + 0x30 0x8x
@ ./a:[0x1] - 0xffffffffffffffff
LOG
    'a 0 18446744073709551615',
    '15 events, 1 requests kept, 14 dropped (1 of blocks older than the '
        . 'recording, 2 cut short by the end of the program, 11 not legible, '
        . 'the first on line 3), 1 ids, peak payload 0 bytes; a log of '
        . 'mtrace');

# ---- valgrind ----

imports('valgrind', <<'LOG',
==7== Memcheck, a memory error detector
==7== 
--7-- Reading syms from /tmp/malloc(10)
--7-- malloc(72704) = 0x4D62040
--7-- _Znwm(4) = 0x4D73C80
--7-- _Znam(40) = 0x4D73CD0
--7-- _ZnwmSt11align_val_t(size 128, al 64) = 0x4D73D80
--7-- _ZnamRKSt9nothrow_t(28) = 0x4D740C0
--7-- malloc_usable_size(0x4D73C80) = 4
no newline--7-- malloc(10) = 0x4D75160
--7-- realloc(0x4D75160,0)free(0x4D75160)
--7--  = 0
--7-- realloc(0x0,20)malloc(20) = 0x4D751B0
--7-- realloc(0x4D751B0,1152921504606846976) = 0x0
--7-- malloc(18446744073709551615)Argument 'size' of function malloc has a fishy value: -1
==7==    at 0x48417B4: malloc (in /usr/libexec/valgrind/x.so)
--7--  = 0x0
--7-- free(0x0)
--7-- memalign(al 48, size 100) = 0x4D75580
--7-- calloc(1099511627776,1073741824)free(0x0)
--7-- calloc(2,3) = 0x4D75800
--7-- realloc(0x4D751B0,30) = 0x4D75900
--9-- malloc(77) = 0x4D75820
--9-- malloc(78)Argument
--9--  = 0x0
--7-- _ZdlPvm(0x4D73C80)
--7-- _ZdaPv(0x4D73CD0)
--7-- _ZdlPvmSt11align_val_t(0x4D73D80)
==7== HEAP SUMMARY:
LOG
    'a 0 72704,a 1 4,a 2 40,m 3 64 128,a 4 28,a 5 10,r 5 0,a 6 20,f -1,'
        . 'm 7 64 100,f -1,c 8 2 3,r 6 30,f 1,f 2,f 3',
    '21 events, 16 requests kept, 5 dropped (3 not met by libc, 2 of another '
        . 'process), 9 ids, peak payload 73040 bytes; a log of valgrind');

my $two = "--00:00:00:00.383 7-- malloc(1) = 0x10\n"
    . "--00:00:00:00.384 9-- malloc(2) = 0x20\n--00:00:00:00.384 9-- free(0x20)"
    . "\n";
imports('valgrind-first', $two, 'a 0 1',
    '3 events, 1 requests kept, 2 dropped (2 of another process), 1 ids, '
        . 'peak payload 1 bytes; a log of valgrind');
imports('valgrind-pid', $two, 'a 0 2,f 0',
    '3 events, 2 requests kept, 1 dropped (1 of another process), 1 ids, '
        . 'peak payload 2 bytes; a log of valgrind', '--pid 9');

imports('valgrind-odd', <<'LOG',
--7-- malloc(99999999999999999999) = 0x10
--7-- malloc() = 0x10
--7-- malloc(5 = 0x10
--7-- calloc(5) = 0x10
--7-- malloc(5) = 0x11223344556677889
--7-- malloc(6) = 0x10garbage
--7-- malloc(7)malloc(8) = 0x20
--7--  = 0x30
--7-- realloc(0x20,9)malloc(9) = 0x40
--7-- malloc(
--99999999999999999999-- malloc(5) = 0x10
--7- malloc(5) = 0x10
--7-- notmalloc(5) = 0x10
--7-- malloc(10)
LOG
    'a 0 8,a 1 9',
    '12 events, 2 requests kept, 10 dropped (1 cut short by the end of the '
        . 'program, 9 not legible, the first on line 1), 2 ids, peak payload '
        . '17 bytes; a log of valgrind');

# ---- ltrace ----

imports('ltrace', <<'LOG',
printf("malloc(10) = 0x1234")                    = 19
malloc(10)                                       = 0x1000
cxx->malloc(11)                                  = 0x2000
malloc@libc.so.6(12)                             = 0x3000
12:10:45.992687 [0x55b1dfff52c9] libfoo.so.6->calloc(2, 7) = 0x4000 <0.000123>
  0.000343 SYS_brk(0)                            = 0x55f6ce8b5000
no newlinecxx->malloc(13)                        = 0x5000
realloc(0, 14)                                   = 0x6000
realloc(0x6000, 15)                              = 0x6000
realloc(0x6000, 0)                               = 0
realloc(0x5000, 1152921504606846976)             = 0
reallocarray(0x5000, 2, 8)                       = 0x5000
reallocarray(0x5000, 4611686018427387904, 8)     = 0
memalign(64, 495, 0x55b850409004, 472)           = 0x7000
aligned_alloc(32, 64, 3, 11)                     = 0x8000
valloc(10, 0x1000000000100000, 0, 0)             = 0x9000
pvalloc(10, 1, 0x55bcbdf02, 0)                   = 0xa000
posix_memalign(0x7ffe49554ae0, 64, 200, 0)       = 0
posix_memalign(0x7ffe49554ae0, 3, 200, 11)       = 22
free(0)                                          = <void>
free(nil)                                        = <void>
free(0xbbb0)                                     = <void>
_Znwm(4, 0x7ffe49554c58, 0x7ffe49554c68)         = 0xb000
_ZnwmSt11align_val_t(128, 64, 0)                 = 0xc000
operator new(unsigned long)(5, 0x7ffd, 0x7ffe)   = 0xd000
operator new[](unsigned long, std::align_val_t)(6, 32, 0, 5) = 0xe000
Foo::operator new(unsigned long)(7, 0x7ffd)      = 0xf000
_ZN3FoonwEm(7, 0x7ffd)                           = 0xf100
_ZdlPvm(0xb000, 4, 0, 0)                         = 0
operator delete(void*, unsigned long)(0xd000, 4) = 0
--- SIGCHLD (Child exited) ---
exit(0 <no return ...>
+++ exited (status 0) +++
LOG
    'a 0 10,a 1 11,a 2 12,c 3 2 7,a 4 13,a 5 14,r 5 15,r 5 0,r 4 16,'
        . 'm 6 64 495,m 7 32 64,m 8 4096 10,m 9 4096 4096,f -1,f -1,a 10 4,'
        . 'm 11 64 128,a 12 5,m 13 32 6,f 10,f 12',
    '26 events, 21 requests kept, 5 dropped (1 of blocks older than the '
        . 'recording, 3 not met by libc, 1 whose block is not shown), 14 ids, '
        . 'peak payload 4871 bytes; a log of ltrace');

imports('ltrace-threads', <<'LOG',
[pid 10] malloc(1 <unfinished ...>
[pid 11] malloc(2 <unfinished ...>
[pid 10] <... malloc resumed> )                  = 0x1000
[pid 12] strdup("x" <unfinished ...>
[pid 12] malloc@libc.so.6(3)                     = 0x3000
[pid 12] <... strdup resumed> )                  = 0x3000
[pid 10] realloc(0x1000, 4 <unfinished ...>
[pid 12] malloc(5)                               = 0x1000
[pid 11] <... malloc resumed> )                  = 0x2000
[pid 10] <... realloc resumed> )                 = 0x4000
[pid 11] realloc(0, 6 <unfinished ...>
[pid 11] malloc@libc.so.6(6 <unfinished ...>
[pid 11] <... malloc resumed> )                  = 0x5000
[pid 11] <... realloc resumed> )                 = 0x5000
[pid 12] free(0x1000 <unfinished ...>
[pid 11] malloc(7)                               = 0x1000
[pid 12] <... free resumed> )                    = <void>
[pid 10] fork()                                  = 13
[pid 13] <... fork resumed> )                    = 0
[pid 13] malloc(8 <unfinished ...>
[pid 13] <... malloc resumed> )                  = 0x6000
[pid 13] +++ exited (status 0) +++
[pid 14] --- Called exec() ---
[pid 14] malloc(9)                               = 0x7000
[pid 11] realloc(0x1000, 10 <unfinished ...>
[pid 12] malloc(11 <unfinished ...>
[pid 15] <... malloc resumed> )                  = 0x8000
[pid 12] +++ killed by SIGKILL +++
LOG
    'a 0 1,a 1 3,a 2 5,a 3 2,r 0 4,a 4 6,f 2,a 5 7',
    '14 events, 8 requests kept, 6 dropped (2 cut short by the end of the '
        . 'program, 1 inside other requests, 2 of another process, 1 not '
        . 'legible, the first on line 27), 6 ids, peak payload 22 bytes; '
        . 'a log of ltrace');

imports('ltrace-thread', "7 malloc(1) = 0x10\n8 malloc(2) = 0x20\n", 'a 0 2',
    '2 events, 1 requests kept, 1 dropped (1 of another process), 1 ids, '
        . 'peak payload 2 bytes; a log of ltrace', '--pid 8');

imports('ltrace-odd', <<'LOG',
malloc(99999999999999999999)                     = 0x10
malloc(5)                                        = 0x11223344556677889
malloc(5)                                        = 
malloc(5
malloc(-1)                                       = 0x10
malloc                                           = 0x10
<... malloc resumed> )                           = 0x20
<... resumed> )                                  = 0x20
<... 
malloc(6)                                        = 0x20
calloc(5)                                        = 0x10
realloc(0x20, 7 <unfinished ...>
<... realloc resumed> )                          = 
realloc(0x99, 8 <unfinished ...>
<... realloc resumed> )                          = 
free(0x10 <unfinished ...>
<... free resumed> )                             = <void>
realloc(0x99, 9 <unfinished ...>
LOG
    'a 0 18446744073709551615,a 1 6,f 0',
    '12 events, 3 requests kept, 9 dropped (2 cut short by the end of the '
        . 'program, 7 not legible, the first on line 1), 2 ids, peak payload '
        . '6 bytes; a log of ltrace');

# A line that comes in pieces is read where it begins, and only there.
my $long = 'puts("' . 'x' x 5000000 . "malloc(9) = 0x99\") = 1\n";
imports('ltrace-long', "malloc(1) = 0x10\n${long}free(0x10) = <void>\n?(\n",
    'a 0 1,f 0',
    '2 events, 2 requests kept, 0 dropped, 1 ids, peak payload 1 bytes; '
        . 'a log of ltrace');
my $pieces = 'puts("' . ' malloc(9) = 0x99' x 300000 . "\") = 1\n";
imports('ltrace-pieces', "malloc(1) = 0x10\n${pieces}malloc(\n", 'a 0 1',
    '2 events, 1 requests kept, 1 dropped (1 not legible, the first on line '
        . '3), 1 ids, peak payload 1 bytes; a log of ltrace');

# ---- heaptrack ----

imports('heaptrack', <<'LOG',
v 10400 3
x 11 /usr/bin/requests
m 1 x 56011871b000 0 790 1000 4d1
t 7fea560e0b9f 0
+ 67933 8 7fea55277010
+ a 8 560149673440
- 7fea55277010
+ 0 b 560149673750
c 1
R 400
- 560149673440
- 99
+ 1 b 560149673750
A
# a comment
LOG
    'a 0 424243,a 1 10,f 0,a 2 0,f 1,f 2,a 3 1',
    '7 events, 7 requests kept, 1 dropped (1 of blocks older than the '
        . 'recording), 1 frees added that nobody saw, 4 ids, peak payload '
        . '424253 bytes; a log of heaptrack');

imports('heaptrack-odd', <<'LOG',
v 10400 3
+ 10000000000000000 8 10
+ 10 8 10000000000000000
+ 10 8
+ 10  8 20
+ 10 8 20 30
+ 0x10 8 20
+ g 8 20
- 
- 20 20
-
z 1
+ ffffffffffffffff 8 ffffffffffffffff
LOG
    'a 0 18446744073709551615',
    '11 events, 1 requests kept, 10 dropped (10 not legible, the first on '
        . 'line 2), 1 ids, peak payload 0 bytes; a log of heaptrack');

fails('heaptrack-interpreted', "v 10400 3\ns 3 abc\na 10 1\n+ 0\n- 0\n",
    ':4: expected "+ SIZE TRACE ADDRESS" as heaptrack --raw writes it, found '
        . "one number, of a log without addresses");

# ---- The recorder's own ----

# recorded(SLOTS, EVENT...) - a log whose header tells of so many slots.
sub recorded {
    my ($slots, @events) = @_;
    my $header = pack('a8 Q4 a16 x8 Q2', 'MDRCLOG2', $slots, 1, 0, 7, 'name',
        $slots, 0);
    return $header . "\0" x (4096 - length $header) . join '',
        map { pack('Q2', $_->[0] | $_->[1] << 3, $_->[2]) } @events;
}

my @events = ([1, 0x1000, 100], [2, 0x1000, 0], [3, 0x2000, 7], [7, 0, 3],
    [5, 0x2000, 0], [6, 0x3000, 9], [7, 0, 4]);
imports('log', recorded(4, @events), 'a 0 100,f 0,c 1 3 7',
    '3 events, 3 requests kept, 0 dropped, 2 ids, peak payload 100 bytes; '
        . 'a log of rep record');
my $path = spew(scratch('hostile.log'), recorded(~0, @events));
my ($status, $out, $err) = run("$rep import $path");
is("$status|" . join(',', requests($out)), '0|a 0 100,f 0,c 1 3 7,r 1 9',
    'log: a count beyond the file');
like($err, qr/\d+ beyond the room of the log/,
    'log: what is not there is lost');
fails('log-short', substr(recorded(4, @events), 0, 4095),
    ": expected a log of at least 4096 bytes, found 4095");
fails('log-empty', recorded(0),
    ": expected requests in this log of rep record, found none");
fails('log-pid', recorded(4, @events),
    ": --pid: expected a log of valgrind or ltrace, found one of rep record",
    '--pid 7');
for my $reader ("cat $path |", "gzip -c $path |") {
    is(join('|', run("$reader $rep import -")),
        '2||rep: <stdin>: expected the log of rep record as a plain file, found'
            . " it compressed or in a pipe\n", "log: $reader");
}
($status, $out, $err) = run("$rep import - <$path");
is($status, 0, 'log: as standard input');

# ---- No log ----

my $expected = ': expected a log of mtrace, valgrind, ltrace, heaptrack or rep'
    . ' record, found ';
fails('empty', '', "${expected}nothing");
fails('trace', "1\n1\n1\n1\na 0 1\n", "$expected\"1\"");
fails('binary', "\0\1\2\"\x{ff}abc\n" x 100, "$expected\"...\".abc\"");
fails('long-binary', "\x{80}" x 3000000, "$expected\"" . '.' x 40 . "\"");
fails('late', "text\n" x 1000 . "= Start\n+ 0x1 0x1\n", "$expected\"text\"");
imports('first-lines', "text\n" x 999 . "= Start\n+ 0x1 0x1\n", 'a 0 1',
    '1 events, 1 requests kept, 0 dropped, 1 ids, peak payload 1 bytes; '
        . 'a log of mtrace');
fails('none', "==7== Memcheck\n",
    ": expected requests in this log of valgrind, found none");
fails('from', "- 0x10\n",
    ": expected requests in this log of mtrace, found none", '--from mtrace');
imports('no-newline', "= Start\n+ 0x1 0x1", 'a 0 1',
    '1 events, 1 requests kept, 0 dropped, 1 ids, peak payload 1 bytes; '
        . 'a log of mtrace');
imports('crlf', "= Start\r\n+ 0x1 0x1\r\n- 0x1\r\n", 'a 0 1,f 0',
    '2 events, 2 requests kept, 0 dropped, 1 ids, peak payload 1 bytes; '
        . 'a log of mtrace');
fails('pid', "= Start\n+ 0x1 0x1\n",
    ": --pid: expected a log of valgrind or ltrace, found one of mtrace",
    '--pid 7');

# A prefix of a good log, wherever it ends, and bytes that went wrong.
my $sample = "--7-- malloc(10) = 0x10\n--7-- realloc(0x10,0)free(0x10)\n"
    . "--7--  = 0\n[pid 7] malloc(5 <unfinished ...>\n<... malloc resumed> ) ="
    . " 0x5\n@ a:[0x1] + 0x20 0x8\n+ 5 1 77\n- 77\n< 0x20\n> 0x20 0x4\n";
my %ends;
for my $from ('mtrace', 'valgrind', 'heaptrack', 'ltrace') {
    for my $n (1 .. length($sample) / 3) {
        spew(scratch('cut.log'), substr($sample, 0, 3 * $n + 2));
        my ($end) = run("$rep import --from $from " . scratch('cut.log'));
        $ends{$end}++;
    }
}
is(join(',', sort keys %ends), '0,2', 'cut short: no crash');

# ---- Files and options ----

my $good = "= Start\n+ 0x1 0x10\n+ 0x2 0\n- 0\n- 0x1\n";
my $file = spew(scratch('good.log'), $good);
for my $packer ('gzip', 'xz', 'zstd -q') {
    my ($s, $o) = run("$packer -c $file | $rep import -");
    is("$s|" . join(',', requests($o)), '0|a 0 16,a 1 0,f -1,f 0', $packer);
}
($status, $out, $err) = run("{ echo '= Start'; sleep 0.1; printf '+ 0x1'; "
        . "sleep 0.1; echo ' 0x10'; } | $rep import -");
is("$status|" . join(',', requests($out)), '0|a 0 16', 'a slow pipe');
($status, $out, $err) = run("mkfifo $file.fifo; cat $file >$file.fifo & "
        . "$rep import $file.fifo; rm $file.fifo");
is("$status|" . join(',', requests($out)), '0|a 0 16,a 1 0,f -1,f 0', 'a fifo');
($status, $out, $err) = run("$rep import --classic --weight 2 $file");
is($out, "32\n2\n3\n2\na 0 16\na 1 1\nf 0\n" =~ s/^32/(split m{\n}, $out)[0]/er,
    '--classic');
like($err, qr/4 events, 3 requests kept, 1 dropped \(1 free\(NULL\)\)/,
    '--classic: summary');
is(join('|', run("$rep import -o " . scratch('to.rep') . " $file")),
    "0||rep: $file: 4 events, 4 requests kept, 0 dropped, 2 ids, peak payload"
        . " 16 bytes; a log of mtrace\n", '-o');
is(join(',', requests(slurp(scratch('to.rep')))), 'a 0 16,a 1 0,f -1,f 0',
    '-o: the trace');
is(join('|', run("$rep import $file >/dev/full")), '2||rep: <stdout>: expected'
        . " to write it, found: No space left on device\n", 'a full disk');

# Too little memory, where rep itself can live with it (not under ASan).
my $limit = 'ulimit -v 14000;';
if ((run("$limit $rep -h"))[0] eq '0') {
    my $many = join '', map { sprintf "+ 0x%x 0x10\n", $_ * 16 } 1 .. 400000;
    spew(scratch('many.log'), "= Start\n$many");
    ($status, $out, $err) = run("$limit $rep import -o " . scratch('many.rep')
            . ' ' . scratch('many.log'));
    is($status, 2, 'too little memory');
    like($err, qr/^rep: \S+: .*Cannot allocate memory\n$/,
        'too little memory: message');
    check(!-e scratch('many.rep'), 'too little memory: no trace');
    unlink scratch('many.log');
}

for (['', 'expected one log, found 0'], ['a b', 'expected one log, found 2'],
    ['--from x a', '--from: expected mtrace, valgrind, ltrace or heaptrack,'
        . ' found "x"'],
    ['--pid 0 a', '--pid: expected a number from 1 to 4294967295, found "0"'],
    ['--pid x a', '--pid: expected a number from 1 to 4294967295, found "x"']) {
    is(join('|', run("$rep import $_->[0]")), "2||rep: import: $_->[1]\n",
        "import $_->[0]");
}
is(join('|', run("$rep import tests/nowhere")), '2||rep: tests/nowhere: cannot'
        . " open: No such file or directory\n", 'import of nothing');
is(join('|', run("$rep import tests")),
    "2||rep: tests: expected a log, found a directory\n",
    'import of a directory');
($status, $out, $err) = run("$rep import -h");
is("$status|$err", '0|', 'import -h');
like($out, qr/^    $_ /m, "import -h: $_")
    for 'mtrace', 'valgrind', 'heaptrack', 'ltrace', 'rep record';

done();
