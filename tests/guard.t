#!/usr/bin/env perl
# guard.t - what ASan and valgrind say of stores that the driver knows to be
# wrong: at the instruction, with its line
#
# An ASan build of everything takes a minute.  Here the files that talk to ASan
# are built with it, and linked with the others as they are.
use strict;
use warnings;
use lib 'tests';
use Check;

my $cc = $ENV{CC} // 'cc';
my $flags = '-std=gnu11 -O1 -g -I. -fno-omit-frame-pointer';
my @watched = ('memlib.c', 'memguard.c', 'driver/confine.c',
    'driver/replay_check.c', 'driver/replay.c');

my $basic = trace('basic', 'a 0 64', 'a 1 64', 'a 2 64', 'f 0', 'r 1 200',
    'c 3 4 16', 'r 2 8', 'f 1', 'f 2', 'a 4 5000', 'f 3', 'f -1');

sub must {
    my ($command) = @_;
    my ($status, $out, $err) = run($command);
    die "$command: $status\n$out$err" if $status ne 0;
}

# A driver with ASan in what matters, and fault FILE as a shared object.
my $asan = scratch('mdriver');
sub build_asan {
    my %watched = map { $_ => 1 } @watched;
    my @plain = grep { !$watched{$_} } ('mdriver.c', sort glob('driver/*.c'));
    my @objects = map { 'build/obj/' . s/\.c$/.o/r } @plain;
    must("$cc $flags -fsanitize=address -Wl,--export-dynamic-symbol='mem_*' "
        . "-o $asan @watched @objects -lm");
}

sub object {
    my ($name, $source, @more) = @_;
    my $object = scratch("$name.so");
    must("$cc $flags -fPIC -shared -nostartfiles -Wl,-Bsymbolic @more "
        . "-o $object $source");
    return $object;
}

# line_of(FILE, TEXT) - the number of the first line with that text.
sub line_of {
    my ($path, $text) = @_;
    my ($before) = slurp($path) =~ /\A(.*?)\Q$text\E/s
        or die "$path: no $text\n";
    return 1 + ($before =~ tr/\n//);
}

# What is planted: in which file, the text on the line, the function, what kind
# of access, and what ASan calls it.
my @faults = (
    ['first_byte', 'tests/faulty/first_byte.c', '^= 1', 'mm_free',
        'use-after-poison', 'read of size 1'],
    ['store_in_tail', 'tests/faulty/store_in_tail.c', '= 7;', 'mm_malloc',
        'use-after-poison', 'write of size 1'],
    ['reads_beyond', 'tests/hygiene/reads_beyond.c', 'above->size;', 'mm_free',
        'use-after-poison', 'read of size 8'],
);

sub check_asan {
    my ($name, $source, $text, $function, $kind) = @_;
    my $line = line_of($source, $text);
    my $object = object("$name-asan", $source, '-fsanitize=address');
    my ($status, $out) = run("$asan --quiet -n -c $basic -m $object");
    is($status, 1, "ASan: $name fails");
    like($out, qr{crashed:\ SIGABRT.*\n\ \ it\ printed:\ SUMMARY:
        \ AddressSanitizer:\ $kind\ \S*\Q$source\E:$line\ in\ $function\n}xs,
        "ASan: $name: file, line and function");
}

sub valgrind {
    my ($object, @options) = @_;
    return run("valgrind -q --error-exitcode=9 ./mdriver --quiet -n @options "
        . "-c $basic -m $object");
}

sub check_valgrind {
    my ($name, $source, $text, $function, undef, $access) = @_;
    my $line = line_of($source, $text);
    my $file = $source =~ s{.*/}{}r;
    my (undef, undef, $err) = valgrind(object($name, $source));
    like($err, qr{Invalid\ \Q$access\E\n==\d+==\ \ \ \ at\ \w+:\ $function
        \ \(\Q$file\E:$line\)}x, "valgrind: $name: file, line and function");
}

# What depends on fresh memory, and on a payload that was freed.
sub check_unwritten {
    my ($name, $source, $text, $function) = @_;
    my $line = line_of($source, $text);
    my $file = $source =~ s{.*/}{}r;
    my (undef, undef, $err) = valgrind(object($name, $source));
    like($err, qr{Conditional\ jump\ or\ move\ depends\ on\ uninitialised
        \ value\(s\)\n==\d+==\ \ \ \ at\ \w+:\ $function
        \ \(\Q$file\E:$line\)}x, "valgrind: $name: file, line and function");
}

sub check_clean {
    my ($name) = @_;
    my ($status, $out, $err) = valgrind($name, '-D');
    is("$status $err", '0 ', "valgrind has nothing to say of $name");
}

build_asan();
check_asan(@$_) for @faults;
my $correct = object('correct-asan', 'tests/faulty/correct.c',
    '-fsanitize=address');
my ($status, $out, $err) = run("$asan --quiet -D -c $basic -m $correct");
is("$status $err", '0 ', 'ASan has nothing to say of a correct allocator');
for my $source (glob('mm.c allocators/*.c')) {
    my $name = $source =~ s{.*/|\.c$}{}gr;
    my $object = object("$name-asan", $source, '-fsanitize=address');
    ($status, $out, $err) = run("$asan --quiet -D -c $basic "
        . "-c traces/short.rep -m $object");
    check($status eq 0 && $err eq '', "ASan has nothing to say of $name",
        "$status\n$err$out");
}

check_valgrind(@$_) for @faults;
check_unwritten('fresh_zeros', 'tests/hygiene/fresh_zeros.c', 'b->next ?',
    'mm_malloc');
check_unwritten('freed_payload', 'tests/hygiene/freed_payload.c', '% 2 == 0',
    'mm_free');
# What valgrind takes for itself is not the allocator's.
{
    my $json = scratch('out.json');
    valgrind('mm', "--json $json");
    is(report_of($json)->{results}[0]{private_bytes}, 0,
        'valgrind: its own memory is not charged');
}
# Not gc: to read what nobody has written is what a conservative collector does.
check_clean($_) for qw(mm implicit explicit segregated tree slab tlsf buddy brk
    naive tags);
done();
