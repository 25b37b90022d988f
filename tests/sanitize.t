#!/usr/bin/env perl
# sanitize.t - every command once, built with ASan and UBSan: the short version
# of `make test-sanitize`
#
# The programs are those of `make debug`, which are built if need be; with
# VALGRIND set, those that are here: tests/sanitize/run has wrapped them.
use strict;
use warnings;
use lib 'tests';
use Check;
use Cwd 'getcwd';
use Tour;

if ($ENV{VALGRIND}) {
    tour('.', getcwd() . '/' . scratch('none'));
    done();
}
delete @ENV{ 'MAKEFLAGS', 'MAKEOVERRIDES', 'MAKELEVEL' }; # of another build

my ($status, $out, $err) = run('make -s debug');
check($status eq '0', 'make debug', "$out$err") or done();

my $reports = getcwd() . '/' . scratch('report');
$ENV{ASAN_OPTIONS} = "allocator_may_return_null=1:log_path=$reports";
$ENV{UBSAN_OPTIONS} = "print_stacktrace=1:log_path=$reports";
tour('build/debug', $reports);

done();
