#!/usr/bin/env perl
# fuzz.t - the fuzz targets for a moment, and a short soak of every allocator
#
# The long ones are `make fuzz` and `make soak`.  FUZZ names a directory with
# other targets than build/fuzz, BIN one with other programs than here; SEED is
# another seed than 1.
use strict;
use warnings;
use lib 'tests';
use Check;
use Soak;

my $fuzz = $ENV{FUZZ} // 'build/fuzz';
my $bin = $ENV{BIN} // '.';
my $seed = $ENV{SEED} // 1;

# ---- The targets: their corpus, what once ended them, and mutations ----

my %mutations = (trace => 2000, import => 2000, report => 2000, words => 20000);

sub inputs {
    my ($target) = @_;
    return grep { -d } map { "tests/fuzz/$_/$target" } qw(corpus regress);
}

for my $target (sort keys %mutations) {
    my @dirs = inputs($target);
    my $files = () = map { glob("$_/*") } @dirs;
    my ($status, $out, $err) = run("$fuzz/$target --random $mutations{$target} "
        . "--seed $seed --last " . scratch("$target.last") . " @dirs");
    is("$status: $out$err",
        "0: $files inputs, $mutations{$target} mutations\n",
        "$target: $files inputs, $mutations{$target} mutations of seed $seed");
    check($files > 5, "$target: there is a corpus");
}

# ---- That they can fail ----

{
    my $last = scratch('last');
    my ($status, $out, $err) = run("$fuzz/trace --break --last $last "
        . 'tests/fuzz/corpus/trace');
    is($status, 128 + 6, 'a broken promise ends a target');
    like($err, qr/^broken promise: one was asked for$/m, 'which says so');
    check(-s $last, 'and leaves the input');
    ($status, $out, $err) = run("$fuzz/trace");
    is("$status|$out|$err", "2||expected inputs, found none\n", 'no inputs');
    ($status, $out, $err) = run("$fuzz/trace nowhere");
    is("$status|$out|$err", "2||nowhere: No such file or directory\n",
        'inputs that are not there');
}

# ---- The traces of the soak ----

is(soak_trace(5, 200), soak_trace(5, 200), 'a seed is a trace');
isnt_same(soak_trace(5, 200), soak_trace(6, 200), 'another is another');
{
    my $all = join('', map { soak_trace($_, 400) } 1 .. 60);
    like($all, qr/^$_/m, "the traces have $_") for 'a \d+ 0$', 'c ', 'm ',
        'f -1$', 'r \d+ 0$', 'a \d+ 18446744073709551615$';
    my $path = spew(scratch('some.rep'), soak_trace(9, 400));
    my ($status, $out, $err) = run("$bin/rep info --json $path");
    is("$status|$err", '0|', 'rep reads them without a warning');
}

sub isnt_same {
    my ($one, $other, $name) = @_;
    check($one ne $other, $name, 'they are the same');
}

# ---- The soak ----

sub soak {
    my $keep = scratch('soak');
    return run("tests/soak --bin $bin --keep $keep @_");
}

{
    my ($status, $out, $err) =
        soak("--requests 6000 --length 500 --seed $seed");
    my @rows = $out =~ /^\S+ +\d{4,} +\d+ +\d+ +[\d.]+$/mg;
    chomp(my @names = `$bin/mdriver --list`);
    is("$status|$err", '0|', 'every allocator passes');
    check(@rows == @names && @rows > 15, 'all of --list were asked', $out);
    print $out =~ s/^/# /mgr;
}

# A bug is found, made small, and told with all that is needed to see it again.
{
    my ($status, $out, $err) = soak('--requests 4000 --length 1000 --shrink 10 '
        . '-m tests/faulty/footer_in_16_bits.c -m tests/faulty/correct.c '
        . '-m tests/faulty/oom_garbage.c');
    is($status, 1, 'a bug is found');
    my ($requests, $trace, $again) =
        $out =~ m{^FAIL \S+footer_in_16_bits.c: seed \d+: .*
  (\d+) requests: (\S+)
  (.*)}m;
    check(defined $again && $requests < 30, 'and made small', $out);
    check(-s ($trace // '/'), 'and kept');
    my ($status_again) = run($again // 'false');
    is($status_again, 1, 'the command that is told shows it again');
    like($out, qr{^\S+footer_in_16_bits.c +\d+ .* FAIL$}m, 'it is summed up');
    like($out, qr{^\S+faulty/correct.c +4\d{3} +\d+ +\d+ +[\d.]+$}m,
        'the allocator beside it passes');
    like($out, qr{^FAIL \S+oom_garbage.c: seed \d+: --oom: }m,
        'what only fails when memory runs out is found');
    unlike($out, qr/not shrunk/, 'each was shrunk');
}

for (['-m no-such', qr/^soak: no-such: /], ['--requests 0',
        qr/^soak: --requests: expected a number above 0, found 0$/],
        ['x', qr/^soak: expected options alone, found "x"$/]) {
    my ($status, $out, $err) = soak($_->[0]);
    is($status, 2, "soak $_->[0]: status");
    like($err, $_->[1], "soak $_->[0]: message");
}

done;
