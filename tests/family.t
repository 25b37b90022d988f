#!/usr/bin/env perl
# family.t - the allocators of the house behave as the literature says
#
# Claims about memory, each with its source, on traces that are the same
# everywhere.  What is said of time is measured by make bench.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Check;

my @policies = qw(naive implicit-nocoalesce implicit implicit-next
    implicit-best explicit explicit-address explicit-best tree);

# heaps(TRACE, ALLOCATOR...) - the bytes of heap that each takes for it.
sub heaps {
    my ($trace, @allocators) = @_;
    my $json = scratch('heaps.json');
    my ($status, undef, $err) = run("./mdriver -n --quiet -c $trace --json "
        . "$json " . join(' ', map { "-m $_" } @allocators));
    check($status eq '0', "$trace is valid", "status $status: $err");
    return map { $_->{allocator} => $_->{heap_bytes} // 1e18 }
        @{report_of($json)->{results}};
}

# less(HEAPS, A, B, WHY) - A takes less memory than B.
sub less {
    my ($heaps, $less, $more, $why) = @_;
    check($heaps->{$less} < $heaps->{$more}, $why,
        "$less takes $heaps->{$less} bytes, $more $heaps->{$more}");
}

# near(FOUND, EXPECTED, WITHIN, NAME) - they differ by that part at most.
sub near {
    my ($found, $expected, $within, $name) = @_;
    check(abs($found / $expected - 1) <= $within, $name,
        sprintf('expected %.4g within %.3g, found %.4g', $expected, $within,
            $found));
}

# Knuth, TAOCP 1, 2.5; Wilson et al. 1995, 3.6; Johnstone and Wilson 1998.
my %churn = heaps('traces/random.rep', @policies);
less(\%churn, 'implicit-nocoalesce', 'naive', 'free lists against none');
less(\%churn, 'implicit', 'implicit-nocoalesce', 'coalescing against none');
less(\%churn, 'implicit-best', 'implicit', 'best fit against first fit');
less(\%churn, 'implicit', 'implicit-next', 'first fit against next fit');
less(\%churn, 'explicit-address', 'explicit', 'address order against LIFO');
less(\%churn, 'explicit-best', 'explicit-address', 'best fit in a list');
near($churn{tree}, $churn{'explicit-best'}, 0.01, 'best fit by tree or by list');
is($churn{'explicit-address'}, $churn{implicit},
    'a list by address is the heap walked');

my %pairs = heaps('traces/coalesce.rep', qw(implicit implicit-nocoalesce));
check($pairs{'implicit-nocoalesce'} > 10 * $pairs{implicit},
    'pairs that never merge', join(' ', %pairs));

# Johnstone and Wilson 1998: on real programs best fit and first fit by address
# are within about one per cent of each other.
my %program = heaps('traces/perl.rep', qw(explicit-best explicit-address));
near($program{'explicit-best'}, $program{'explicit-address'}, 0.01,
    'best fit and first fit by address on a program');

done();
