#!/usr/bin/env perl
# giant.t - blocks larger than the machine cost neither time nor memory
use strict;
use warnings;
use Time::HiRes 'time';
use lib 'tests';
use Check;

my $json = scratch('out.json');
my $two39 = 2 ** 39;
my $two33 = 2 ** 33;
my %traces = (
    malloc => trace('malloc', "a 0 $two39", "a 1 $two33", 'a 2 100', 'f 0',
        "a 3 $two33", 'f 1', 'f 2', 'f 3'),
    odd => trace('odd', 'a 0 1', 'a 1 ' . ($two33 + 1), 'a 2 '
        . ($two33 - 1), 'f 1', 'a 3 ' . ($two33 / 2 + 7), 'f 3', 'f 2', 'f 0'),
);

for my $allocator (qw(mm naive implicit tags)) {
    for my $name (sort keys %traces) {
        unlink($json);
        my $began = time;
        my ($status, $out, $err) = run("./mdriver -n -f $traces{$name} "
            . "-m $allocator --memory 64 --json $json");
        my $seconds = time - $began;
        my $r = report_of($json)->{results}[0];
        is("$status$err " . ($r->{valid} ? 'valid' : $r->{error}{message}),
            '0 valid', "$allocator: $name, in 64 MiB of memory");
        check($seconds < 2, "$allocator: $name, in less than 2 s",
            "it took $seconds s");
    }
}

# The far end of a giant block is looked at, too.
for (
    ['first_byte', 'byte 0, at 0x100800000030: expected'],
    ['last_byte', 'byte 8589934591, at 0x100a0000000f: expected'],
) {
    my ($fault, $expected) = @$_;
    my $trace = $fault eq 'first_byte'
        ? trace('first', 'a 0 16', "a 1 $two33", 'f 0', 'f 1')
        : trace('last', "a 0 $two33", 'a 1 16', 'f 1', 'f 0');
    my ($status, $out) = run("./mdriver -n -c $trace -m tests/faulty/$fault.c");
    check($status eq '1' && index($out, "\n  $expected") > 0,
        "$fault of a giant block is seen", "$status $out");
}

# A heap that cannot be so large: NULL is nobody's fault, and is told as that.
{
    my $trace = trace('beyond', 'a 0 ' . 2 ** 46, 'a 1 64', 'f 1', 'f 0');
    my ($status, $out, $err) = run("./mdriver -n -c $trace "
        . '-m tests/data/bump.c');
    is("$status$err", '0', 'a block larger than the heap may be refused');
}

done();
