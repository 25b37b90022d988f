#!/usr/bin/env perl
# rep_odd.t - what all verbs of rep have in common when things go wrong: no
# memory, closed and full standard streams
#
# REP names another rep than ./rep, CC another compiler than cc.
use strict;
use warnings;
use lib 'tests';
use Check;
use JSON::PP;

my $rep = $ENV{REP} // './rep';
my $cc  = $ENV{CC}  // 'cc';

# fails(COMMAND, MESSAGE, NAME) - it ends with status 2 and says just that.
sub fails {
    my ($command, $message, $name) = @_;
    my ($status, $out, $err) = run($command);
    is("$status|$out|$err", "2||rep: $message\n", $name);
}

my $trace = trace('t', 'a 0 16', 'm 1 64 100', 'c 2 3 50', 'r 0 40', 'f 1',
    'f -1', 'f 0', 'f 2');

# ---- Standard streams ----

for my $args ('-h', '--version', 'info -h', "info $trace", "lint $trace",
    "bound $trace") {
    fails("$rep $args >/dev/full",
        'standard output: No space left on device', "rep $args, disk full");
    fails("$rep $args >&-", 'standard output: Bad file descriptor',
        "rep $args, standard output closed");
}

{   # what is said does not go into a file that took the place of stderr
    my $file = scratch('closed.rep');
    my $args = "gen robson --live 8 --max 4 --report yes -o $file";
    run("$rep $args");
    my $good = slurp($file);
    unlink($file);
    my ($status) = run("$rep $args 2>&-");
    is($status, 0, 'standard error closed');
    is(slurp($file), $good, 'and nothing of it in the trace');
    ($status) = run("$rep convert - -o $file <&-");
    is($status, 2, 'standard input closed');
    my $recorded = scratch('recorded');
    run("$rep record -o $recorded.rep -- sh -c '"
        . "if (: >&2); then echo open; else echo closed; fi >$recorded' 2>&-");
    is(slurp($recorded), "closed\n", 'a recorded program finds it closed, too');
    fails("$rep convert $trace 1</dev/null",
        '<stdout>: expected to write it, found: Bad file descriptor',
        'standard output that is for reading');
}

# ---- Names that would move the cursor ----

{
    my $name = scratch("esc\e[31m\r");
    my $seen = scratch('esc?[31m?');
    fails("$rep info '$name.none'",
        "$seen.none: cannot open: No such file or directory",
        'a name with control characters, in a message');
    spew("$name.rep", "1\n2\n2\n16\na 0 16\nf 0\n");
    my (undef, $out) = run("$rep lint '$name.rep'");
    is($out, "$seen.rep:2: warning: the header announces 2 ids, found 1: the"
            . " true number is used\n"
            . "$seen.rep: 0 errors, 1 warning, 0 notes\n", 'and from lint');
    my (undef, undef, $err) = run("$rep balance -o /dev/null '$name.rep'");
    is($err, "rep: warning: $seen.rep:2: the header announces 2 ids, found 1:"
            . " the true number is used\n"
            . "rep: $seen.rep: 2 of 2 requests kept\n", 'and in a summary');
}

# ---- Figures that two verbs have ----

{
    my $zeros = trace('zeros', 'a 0 0', 'a 1 24', 'c 2 0 9', 'a 3 25', 'r 1 0',
        'm 4 64 0', 'a 5 1', 'r 0 100', 'a 6 140737488355329');
    my (undef, $info)  = run("$rep info --json $zeros");
    my (undef, $bound) = run("$rep bound --json $zeros");
    my ($i, $b) = map { decode_json($_)->{traces}[0] } $info, $bound;
    is(join(' ', @$i{qw(peak_bytes round16_peak header8_peak)}),
        '126 160 192', 'info of blocks of no size');
    is(join(' ', @$b{qw(peak_payload lower_bound lower_bound_headers)}),
        '126 160 192', 'bound of the same');
}

# ---- One file for two ends ----

{
    my $file = scratch('both');
    unlink($file);
    fails("$rep record --log $file -o $file -- ls",
        "record: expected different files for --log and -o, found \"$file\"",
        'record: the trace in place of its log');
    check(!-e $file, 'and it writes neither');
}

# ---- No memory ----

my $library = scratch('no_memory.so');
my ($built, undef, $why) = run("$cc -O1 -shared -fPIC -o $library"
        . " tests/data/no_memory.c");
check($built eq '0', 'build a libc without memory', $why);
my (undef, undef, $complaint) = run("LD_PRELOAD=$library $rep --version");
if ($complaint) {
    print "# no other malloc can be loaded: not tested short of memory\n";
    done();
}

# endures(ARGUMENTS) - fail the first request for memory and all after it, then
# the second, ... until the verb comes to its end: each time it says so in one
# line, and leaves no file behind.
sub endures {
    my ($args) = @_;
    my $file = scratch('endured');
    my ($status, $out, $err, $n) = (2, '', '', 0);
    while ($status eq '2' && ++$n < 200) {
        unlink($file);
        ($status, $out, $err) = run("LD_PRELOAD=$library NO_MEMORY_AT=$n"
            . " $rep $args" . ($args =~ /-o$/ ? " $file" : ''));
        next if $status eq '0';
        my $line = $err =~
            /\Arep: .*(?:Cannot allocate memory|out of memory).*\n\z/;
        next if $status eq '2' && $line && !-e $file;
        return check(0, "rep $args: no memory at request $n",
            "$status $err" . (-e $file ? ', a file is left' : ''));
    }
    check($n > 5 && $n < 200, "rep $args: no memory", "$n requests, $status");
}

endures($_) for "info $trace", "info --json $trace", "lint $trace",
    "bound $trace", "cut --live 3: -q $trace -o", "filter -q --id 1 $trace -o",
    "balance -q $trace -o", "convert -q --renumber $trace -o",
    'gen random --ops 20 -o', "gen cdf --phases 2 --like $trace -o",
    'gen robson --live 8 --max 4 -o';

{   # what cannot be told is no success: a file whose checksum is wrong
    my $bad = scratch('bad.rep.gz');
    my $n   = 0;
    my $tidy = spew(scratch('tidy.rep'), "1\n1\n2\n16\na 0 16\nf 0\n");
    run("gzip -c $tidy >$bad");
    spew($bad, substr(slurp($bad), 0, -8) . "\xff" x 8);
    my $status = 2;
    while ($status eq '2' && ++$n < 60) {
        ($status) = run("LD_PRELOAD=$library NO_MEMORY_ONCE=1 NO_MEMORY_AT=$n"
                . " $rep lint -q $bad");
    }
    is($status, 2, 'a damaged file without memory');
}

done();
