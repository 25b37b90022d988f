#!/usr/bin/env perl
# hygiene.t - allocators that depend on what they never wrote, and those that
# only look like it
use strict;
use warnings;
use lib 'tests';
use Check;

# A block is used again, one is the last of the heap when it is freed, calloc
# gets fresh memory.
my @requests = ('a 0 64', 'a 1 64', 'f 1', 'a 2 64', 'f 2', 'c 3 4 100',
    'f 0', 'a 4 48', 'r 4 600', 'f 3', 'a 5 16', 'f 4', 'a 6 700', 'f 6',
    'a 7 600');
my $trace = trace('requests', @requests);
my $json = scratch('out.json');

# examine(NAME, OPTIONS) - status, report, and the first result of the JSON.
sub examine {
    my ($allocator, @options) = @_;
    unlink($json);
    my ($status, $out, $err) = run("./mdriver --quiet -n @options -c $trace "
        . "-m $allocator --json $json");
    my $result = report_of($json)->{results}[0] // {};
    my $error = $result->{error};
    my $found = $error ? "$error->{kind} $error->{line}\n$error->{message}\n"
        : "valid\n";
    $found =~ s/^\Q$trace\E:/T:/mg;
    $found =~ s{\Q$trace\E}{T}g;
    # how a crash is drawn is the business of another test
    $found =~ s/^  (?!valgrind).*\n//mg if $error && $error->{kind} ne 'hygiene';
    my $known = $result->{deterministic};
    $known = defined $known ? ($known ? 'yes' : 'no') : 'unknown';
    return ("status $status\n$err${found}deterministic: $known\n", $out);
}

sub fault { return "tests/hygiene/$_[0].c" }

# What is planted, and what is said of it.
my ($fault, $expected) = ('', '');
my %table;
while (<DATA>) {
    $fault = $1, next if /^== (\w+)$/;
    $table{$fault} .= $_;
}

for my $name (sort keys %table) {
    my ($found, $out) = examine(fault($name), '--hygiene');
    is($found, $table{$name}, $name);
    my ($message) = $table{$name} =~ /^(T:.*\n)/m or next;
    $message =~ s/^T:/$trace:/;
    check(index($out, "\n$message") > 0, "$name: the report says so", $out);
}

# -D asks for all of it; nothing else does, and what is no fault is none.
for my $name ('fresh_zeros', 'freed_payload', 'reads_beyond') {
    my ($found) = examine(fault($name));
    is($found, "status 0\nvalid\ndeterministic: unknown\n",
        "$name: without --hygiene all is well");
    ($found) = examine(fault($name), '-D');
    is($found, $table{$name}, "$name: -D asks for hygiene");
}

# Which of its passes part is a matter of luck.
for my $try (1 .. 5) {
    my ($found) = examine(fault('coin'), '--hygiene');
    like($found, qr/\Astatus 0\nvalid\ndeterministic: (yes|no)\n\z/,
        "who tosses a coin is not accused, $try");
}

my (undef, $out) = examine(fault('clock'), '--hygiene', '-v');
like($out, qr/\n\Q$trace\E:5: answered differently in two runs that differ in /
    . qr/nothing: the allocator is not deterministic\n/, '-v says where');
(undef, $out) = examine(fault('clock'), '--hygiene');
unlike($out, qr/deterministic/, 'and nothing else does');

# The base of the heap and the patterns are random without -n.
my ($status) = run("./mdriver --quiet --hygiene -c $trace -m "
    . fault('fresh_garbage'));
is($status, 1, 'a random pattern shows it as well');

# libc's heap is none of ours; a classic source has its own place.
($status, $out, my $err) = run("./mdriver --quiet --hygiene -c $trace -m libc "
    . "--json $json");
is("$status $err", '0 ', 'libc is not asked');
check(!defined report_of($json)->{results}[0]{deterministic},
    'and nothing is known of it', slurp($json));

# What is found can be shrunk.
my $long = trace('long', (map { ("a $_ 100", "f $_") } 1 .. 30), 'a 0 64',
    'f 0', 'a 31 64');
my $short = scratch('short.rep');
($status, $out, $err) = run("./rep shrink -D $long -m "
    . fault('freed_payload') . " -o $short");
is($status, 0, 'a fault of hygiene is shrunk');
check(-s $short && -s $short < 60, 'to a few requests', slurp($short));

# All of the family is clean, with traces of every kind of request.
my @traces = map { "-c traces/$_.rep" } qw(short binary-small realloc bc
    coalesce);
my ($names, @all);
(undef, $names) = run('./mdriver --list');
for my $name (grep { $_ ne 'libc' } split(' ', $names)) {
    unlink($json);
    ($status, $out, $err) = run("./mdriver --quiet --hygiene @traces "
        . "-m $name --json $json");
    my @known = grep { $_->{deterministic} } @{report_of($json)->{results}};
    check($status eq '0' && @known == @traces, "$name is clean",
        "$status\n$err$out");
}
done();

__DATA__
== clock
status 0
valid
deterministic: no
== freed_payload
status 1
hygiene 8
T:8: malloc(64) for id 2 was answered differently in two runs that differ only in what memory held that the allocator had not written
  holding zeros: byte 96 of the heap
  holding a pattern: byte 176 of the heap
  valgrind ./mdriver -c T -m tests/hygiene/freed_payload.c  # names the instruction
deterministic: yes
== fresh_calloc
status 1
not-zeroed 10
T:10: in the second run: calloc(4, 100) for id 3 returned a block that is not all zero
deterministic: unknown
== fresh_garbage
status 1
hygiene 5
T:5: malloc(64) for id 0 was answered differently in two runs that differ only in what memory held that the allocator had not written
  holding zeros: byte 16 of the heap
  holding a pattern: byte 96 of the heap
  valgrind ./mdriver -c T -m tests/hygiene/fresh_garbage.c  # names the instruction
deterministic: yes
== fresh_link
status 1
crash 5
T:5: where fresh memory is not zero: malloc(64) for id 0 crashed: SIGSEGV, Segmentation fault, at an address that no program can have: the pointer is garbage
  valgrind ./mdriver -c T -m tests/hygiene/fresh_link.c  # names the instruction
deterministic: unknown
== fresh_zeros
status 1
hygiene 5
T:5: malloc(64) for id 0 was answered differently in two runs that differ only in what memory held that the allocator had not written
  holding zeros: byte 16 of the heap
  holding a pattern: byte 96 of the heap
  valgrind ./mdriver -c T -m tests/hygiene/fresh_zeros.c  # names the instruction
deterministic: yes
== heeds_all
status 0
valid
deterministic: yes
== page_begins
status 0
valid
deterministic: yes
== reads_beyond
status 1
crash 18
T:18: where the heap ends on the end of a page: free(id 6) crashed: SIGSEGV, Segmentation fault, at 0x100800001000, the first byte past the end of the heap
  valgrind ./mdriver -c T -m tests/hygiene/reads_beyond.c  # names the instruction
deterministic: yes
== trusts_beyond
status 1
hygiene 8
T:8: malloc(64) for id 2 was answered differently in two runs that differ only in what memory held that the allocator had not written
  holding zeros: byte 96 of the heap
  holding a pattern: byte 176 of the heap
  valgrind ./mdriver -c T -m tests/hygiene/trusts_beyond.c  # names the instruction
deterministic: yes
