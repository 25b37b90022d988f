#!/usr/bin/env perl
# private.t - memory that is charged once, and not where there is none
use strict;
use warnings;
use lib 'tests';
use Check;

my $trace = trace('private', map { ("a $_ 100", "r $_ 300") } 0 .. 99);
my $json = scratch('private.json');

# figures(NAME, SOURCE) - bytes of static and of private data.
sub figures {
    my ($name, $source) = @_;
    my $path = spew(scratch("$name.c"), $source);
    my ($status, undef, $err) =
        run("./mdriver --quiet -m $path -c $trace --json $json");
    is("$status$err", '0', "$name: it runs");
    return @{report_of($json)->{results}[0] // {}}
        {qw(static_bytes private_bytes)};
}

my ($plain, $none) = figures('plain', qq{#include "mm.c"\n});
if (!report_of($json)->{config}{confined}) {
    print "ok what a tool takes besides cannot be told apart\n";
    done();
}
is($none, 0, 'an allocator on its heap has nothing besides');

# once(BYTES) - an mm.c that has, and uses, so many bytes for each thread.
sub once {
    my ($bytes) = @_;
    return <<END;
#define mm_init own_init
#include "mm.c"
#undef mm_init
bool mm_init(void);
static __thread volatile char of_thread[$bytes];
bool mm_init(void)
{
    of_thread[$bytes / 2]++;
    return own_init();
}
END
}

for my $bytes (2048, 40000) {
    my ($static, $private) = figures("thread$bytes", once($bytes));
    check($static >= $plain + $bytes && $static < $plain + $bytes + 64,
        "$bytes bytes of a thread are static data", "$plain, $static");
    is($private, 0, "$bytes bytes of a thread are charged once");
}

my ($static, $private) = figures('taken', <<'END');
#define mm_init own_init
#include "mm.c"
#undef mm_init
#include <stdlib.h>
bool mm_init(void);
bool mm_init(void)
{
    char *volatile p = malloc(5000);
    return p && own_init();
}
END
check($private >= 5000 && $private < 5100, "libc's malloc is charged",
    "$private bytes");
done();
