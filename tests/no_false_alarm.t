#!/usr/bin/env perl
# no_false_alarm.t - no allocator of the house is accused of anything
#
# All of --list, and the correct ones that faults are planted in, on all kinds
# of small traces, with every way of looking; the heap lies at a random place
# and payloads hold random bytes, half of them 128 or more.
use strict;
use warnings;
use lib 'tests';
use Check;

my $mdriver = $ENV{MDRIVER} // './mdriver';

# churn(SEED, REQUESTS) - requests of all kinds, on some 40 blocks.
sub churn {
    my ($seed, $count) = @_;
    srand($seed);
    my (%live, @requests);
    for (1 .. $count) {
        my ($id, $size) = (int(rand(40)), int(2 ** rand(13)));
        if (!$live{$id}) {
            push @requests, $size % 3 ? "a $id $size" : "c $id 3 $size";
            $live{$id} = 1;
        } elsif (rand() < 0.4) {
            push @requests, "r $id $size";
        } else {
            push @requests, "f $id";
            delete $live{$id};
        }
    }
    return @requests;
}

my @traces = (
    trace('kinds', 'a 0 64', 'a 1 64', 'a 2 64', 'f 0', 'r 1 200', 'c 3 4 16',
        'f 1', 'f 2', 'f 3', 'f -1'),
    trace('zero', 'a 0 0', 'a 1 0', 'a 2 64', 'f 0', 'r 2 0', 'c 3 0 7',
        'a 4 64', 'r 5 0', 'f 1', 'f 3'),
    trace('null', 'r 0 16', 'r 0 48', 'r 1 0', 'f 0', 'f -1'),
    trace('product', 'c 0 3 5', 'c 1 9223372036854775816 2', 'f 0'),
    trace('sizes', map({ ("a $_ $_", "a " . (5000 + $_) . " 1") } 1 .. 300),
        map { "f $_" } 1 .. 300),
    trace('powers', map({ my $k = $_; map { 'a ' . (3 * $k + $_) . ' '
        . (2 ** $k + $_) } -1 .. 1 } 2 .. 20), map { "f $_" } 6 .. 60),
    trace('merge', map({ "a $_ 100" } 0 .. 49), map({ 'f ' . 2 * $_ } 0 .. 24),
        map({ 'f ' . (2 * $_ + 1) } 0 .. 24), 'a 50 4000'),
    trace('grow', map { ("r 0 " . 50 * $_, "r 1 " . 70 * $_) } 1 .. 60),
    trace('churn', churn(1, 1500)),
    trace('churn_again', churn(2, 1500)),
);

my %seen;
for my $how ('-d 0', '', '-D', '--hygiene') {
    my $json = scratch('all.json');
    my ($status, $out, $err) = run("$mdriver --quiet $how --json $json -m all "
        . '-m tests/faulty/correct.c -m tests/faulty/tags_correct.c '
        . join(' ', map { "-c $_" } @traces));
    my @results = @{report_of($json)->{results}};
    my @accused = grep { !$_->{valid} } @results;
    my $name = $how || q(as usual);
    is(join('', map { "$_->{allocator}, $_->{trace}: $_->{error}{kind}: "
        . "$_->{error}{message}\n" } @accused), '', "$name: nobody is accused");
    is("$status|$err", '0|', "$name: all is well");
    $seen{$_->{allocator}} = 1 for @results;
    my $expected = keys(%seen) * @traces;
    check($expected > 200 && @results == $expected,
        "$name: each allocator on each trace", scalar(@results));
}

for ((run("$mdriver --list"))[1] =~ /(\S+)/g) {
    check($seen{$_}, "$_ was looked at");
}

done();
