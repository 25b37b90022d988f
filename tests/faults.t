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
    reuse => trace('reuse', 'a 0 16', 'a 1 16', 'f 0', 'a 2 40', 'f 1'),
);

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
    my $found = "valid\n";
    $found = "$error->{kind} $error->{line}\n$error->{message}\n" if $error;
    $found =~ s/^\Q$path\E:/T:/mg;
    is("status $status\n$err$found",
        ($expected eq "valid\n" ? "status 0\n" : "status 1\n") . $expected,
        $header);
    check(!$error || index($out, "\n$error->{message}\n\n") > 0,
        "$header: the report says so", $out);
    printf "%-20s %-9s %-13s %s\n", $fault, $trace, split(/\n/, $found);
}

my $table = do { local $/; <DATA> };
my %seen;
for (split(/^== /m, $table)) {
    my ($header, $text) = /^(.+)\n(.*\n)\z/s or next;
    $seen{(split(' ', $header))[0]} = 1;
    row($header, $text);
}
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
valid
== byte_3000 large
valid
== calloc_overflows product
valid
== chatty basic
valid
== checker_crashes basic
valid
== checker_loops basic -s 0.2
valid
== checker_unhappy basic
valid
== checker_writes basic -D
valid
== closes basic
valid
== copies_too_few realloc
valid
== copies_too_many shrink
valid
== correct basic
valid
== correct basic -D
valid
== correct long
valid
== correct product
valid
== correct memalign
valid
== correct zero
valid
== count_in_16_bits ids
valid
== divides basic
valid
== enclosing basic
valid
== exits basic
valid
== first_byte basic
valid
== first_byte basic -D
valid
== forgets_to_copy basic
valid
== free_of_null basic
valid
== frees_before_copy realloc
valid
== garbage_pointer basic
valid
== hog basic --memory 100
valid
== init_crashes basic
valid
== init_fails basic
valid
== kills basic
valid
== last_byte below
valid
== late long
valid
== loop basic -s 0.2
valid
== loses_in_place realloc
valid
== memalign_ignores memalign
valid
== merges_live reuse
valid
== middle_byte basic
valid
== misaligned basic
valid
== not_zeroed basic
valid
== null_deref basic
valid
== outside basic
valid
== overlap basic
valid
== overwrites basic
valid
== own_handler basic
valid
== past_break basic
valid
== realloc_of_null null
valid
== recurses basic
valid
== returns_null basic
valid
== rounds_down odd
valid
== second_init_exits basic
valid
== second_init_fails basic
valid
== second_run basic
valid
== shrinks_heap basic
valid
== size_in_32_bits giant
valid
== sleeps basic -s 0.1
valid
== store_in_tail basic -D
valid
== store_past_break basic
valid
== twice basic
valid
== zero_twice zero
valid
