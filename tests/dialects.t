#!/usr/bin/env perl
# dialects.t - sources of every dialect of the lab, run as they are
use strict;
use warnings;
use lib 'tests';
use Check;

my $trace = trace('all', 'a 0 20', 'a 1 100', 'a 2 8', 'f 0', 'r 1 200',
    'c 3 5 10', 'a 4 40', 'f 2', 'r 4 10', 'f 3', 'f 1', 'f 4');
my $odd = trace('odd', 'a 0 8', 'a 1 16', 'a 2 24', 'f 1', 'f 0', 'f 2');
my $json = scratch('out.json');

# result(ARGUMENTS) - the exit status and the first result, by --json.
sub result {
    my ($arguments) = @_;
    unlink($json);
    my ($status, $out, $err) = run("./mdriver $arguments --json $json");
    my $r = report_of($json)->{results}[0] // {error => {message => $out . $err}};
    return ($status, $r);
}

# valid(SOURCE, ALL, ODD, OPTIONS) - it runs, checked to the last and timed, and
# its heap has that many bytes after either trace; the sizes of headers and the
# rounding in the source tell how many.
sub valid {
    my ($name, $all, $odd_bytes, $options) = (@_, '');
    for (["-f $trace", $all], ["-D -c $trace", $all], ["-n -c $odd", $odd_bytes]) {
        my ($how, $bytes) = @$_;
        my ($status, $r) = result("$options $how -m tests/dialects/$name");
        is("$status " . ($r->{error} ? $r->{error}{message} : 'valid') . ' '
            . ($r->{heap_bytes} // 0), "0 valid $bytes",
            "$name $options $how" =~ s{build\S+/}{}r);
    }
}

valid('modern.c', 608, 112);
valid('classic_own/mm.c', 512, 80);
valid('classic_alone.c', 424, 80);
valid('int_init_one.c', 608, 112);
valid('sbrk_garbage.c', 608, 112);
valid('void_checker.c', 608, 112);
valid('names.c', 608, 112);
valid('common_header/mm.c', 608, 112);
valid('align8.c', 504, 72, '--align 8');

# failure(SOURCE, OPTIONS, KIND, FIRST_LINE)
sub failure {
    my ($source, $options, $kind, $message) = @_;
    my ($status, $r) = result("-n $options -m tests/dialects/$source");
    my $said = ($r->{error}{message} // '') =~ s/\n.*//sr;
    is("$status " . ($r->{error}{kind} // 'none') . " $said",
        "1 $kind $message", "$source $options" =~ s{build\S+/}{}gr);
}

failure('int_init_fails.c', "-c $trace", 'init',
    "$trace:5: mm_init reported failure");
failure('bool_init_fails.c', "-c $trace", 'init',
    "$trace:5: mm_init reported failure");
failure('align8.c', "-c $trace", 'misaligned', "$trace:5: malloc(20) for id 0 "
    . 'returned 0x100800000008, expected a multiple of 16, found 8 more than '
    . 'one (the payload must be aligned, not the header)');
failure('classic_own/mm.c', "-c $odd --align 16", 'misaligned', "$odd:7: "
    . 'malloc(24) for id 2 returned 0x10000038, expected a multiple of 16, '
    . 'found 8 more than one (the payload must be aligned, not the header)');

# Pointers kept in 32 bits are good wherever the heap comes to lie.
for (1 .. 5) {
    my ($status, $r) = result("-c $trace -m tests/dialects/classic_alone.c");
    is("$status " . ($r->{valid} ? 'valid' : $r->{error}{message}), '0 valid',
        'pointers in 32 bits, at a random base');
}

# What an allocator prints is kept, and does not mix with the report.
{
    my ($status, $out, $err) = run("./mdriver -n -c $odd "
        . '-m tests/dialects/common_header/mm.c');
    unlike("$out$err", qr/block 1 of/, 'what it prints is not in the table');
    ($status, $out, $err) = run("./mdriver -V -n -c $odd "
        . '-m tests/dialects/common_header/mm.c');
    is(join("\n", grep { /^    \|/ } split(/\n/, $out)), '    | mm_init
    | block 1 of 8
    | block 2 of 16
    | block 3 of 24', 'with -V it is shown');
}

# All of them side by side: their names do not meet.
{
    my @sources = map { "tests/dialects/$_" } qw(names.c modern.c
        classic_own/mm.c names.c classic_alone.c common_header/mm.c);
    run("./mdriver -l -f $odd --json $json -m " . join(' -m ', @sources));
    is(join(' ', map { $_->{valid} ? 'valid' : $_->{error}{message} }
        @{report_of($json)->{results}}), join(' ', ('valid') x 7),
        'all side by side, and libc');
}

# As shared objects, made in the ordinary way, without the driver's help.
{
    my $classic = scratch('classic.so');
    my $modern  = scratch('modern.so');
    my $cc = $ENV{CC} // 'cc';
    run("$cc -w -shared -fPIC -o $classic tests/dialects/classic_own/mm.c");
    run("$cc -w -shared -fPIC -DDRIVER -I. -o $modern tests/dialects/modern.c");
    my ($status, $r) = result("-f $trace -m $modern");
    is("$status " . ($r->{heap_bytes} // 0), '0 608', 'a modern shared object');
    ($status, $r) = result("-n -c $odd -m $classic");
    is("$status " . ($r->{heap_bytes} // $r->{error}{message}), '0 80',
        'a classic shared object, aligned to 8');
}

done();
