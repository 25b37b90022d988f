#!/usr/bin/env perl
# no_memory.t - mdriver, and what of rep starts processes, run out of memory at
# their first request of libc, the second, third ...: either it does not matter
# at all, or they say so in a line, end with status 2, and leave no file
#
# Later requests are tried in growing steps; STEP=1 tries each.  The other verbs
# of rep are in rep_odd.t.
use strict;
use warnings;
use lib 'tests';
use Check;
use Cwd 'getcwd';

my $rep     = $ENV{REP} // './rep';
my $mdriver = $ENV{MDRIVER} // './mdriver';
my $cc      = $ENV{CC} // 'cc';

my $preload = getcwd() . '/' . scratch('no_memory.so');
my ($made, undef, $why) =
    run("$cc -O1 -fPIC -shared -o $preload tests/data/no_memory.c");
check($made eq '0', 'the preload is built', $why) or done();
my ($preloads) = run("LD_PRELOAD=$preload $rep -h");
if ($preloads ne '0') {
    print "ok a sanitizer is to be first itself: nothing else is tried\n";
    done();
}

my $trace = trace('t', 'a 0 16', 'm 1 64 100', 'c 2 3 50', 'r 0 40', 'f 1',
    'f -1', 'a 3 9000', 'f 0', 'f 2');
my $untidy = spew(scratch('untidy.rep'),
    "9\n9\n9\n9\na 0 16\na 1\nf 7\nr 8 20\na 0 16\nf 0\n");

# tries(COMMAND, FILE, STEP) - COMMAND with FILE, which it is to write, at each
# point
sub tries {
    my ($command, $file, $step) = @_;
    $step = $ENV{STEP} // $step // 1.25;
    my ($told, $points, @bad) = (scratch('told'), 0);
    my ($good) = answer(limited($command, 99999999, $told), $file);
    for (my $at = 1;; $at = int($at * $step) + 1) {
        unlink($told);
        my ($found, $err) = answer(limited($command, $at, $told), $file);
        last unless -e $told;
        $points++;
        push @bad, "request $at: $found: $err"
            unless $found eq $good || is_refusal($found, $err, $file);
        last if @bad > 2;
    }
    my $name = $command =~ s{build/\S+/}{}gr;
    check(scalar($good =~ /^[01]\n/), "$name: with memory", $good);
    check($points > 0 && !@bad, "$name: without, at each of its requests",
        join "\n", $points, @bad);
}

# With an environment as long each time: programs that are recorded copy it.
sub limited {
    my ($command, $at, $told) = @_;
    return sprintf('NO_MEMORY_AT=%08d NO_MEMORY_TOLD=%s LD_PRELOAD=%s %s', $at,
        $told, $preload, $command);
}

# What it does: its status, its output and the file.  And its errors.
sub answer {
    my ($command, $file) = @_;
    unlink(glob("$file*")) if $file;
    my ($status, $out, $err) = run($command);
    my $text = join("\n", $status, $out, $file ? slurp($file) : ());
    $text =~ s/"(?:started|seconds|\w*_ns)": *"?[^",}]*//g; # differ each time
    return ($text, $err);
}

# One line, status 2, no file.
sub is_refusal {
    my ($found, $err, $file) = @_;
    return $found =~ /^2\n/ && $err =~ /^[^\n]*memory[^\n]*\n\z/i
        && !($file && glob("$file*"));
}

my $file = scratch('out.rep');
tries("$rep lint $untidy");
run("gzip -c $trace >$trace.gz");
tries("$rep info $trace.gz");
tries("$rep balance $trace -o $file.gz", "$file.gz");
my $log = spew(scratch('log.mtrace'), "= Start\n\@ ./a:[0x1] + 0x1000 0x10\n"
    . "\@ ./a:[0x1] - 0x1000\n= End\n");
tries("$rep import $log -o $file", $file);
tries("$rep record -o $file -- sh -c :", $file);
tries("$rep shrink -q -s 5 -m tests/faulty/overlap.c -o $file $trace", $file,
    2);
tries("$mdriver --list");
my $run = "$mdriver -n --quiet -c $trace";
tries($run);
my $export = scratch('export');
$ENV{SOURCE_DATE_EPOCH} = 0; # a page has a date
tries("$run --$_ $export", $export)
    for 'json', 'csv', 'markdown', 'html', 'gradescope';
tries("$run --bound");
tries("$run --curve " . scratch('curves'));
tries("COLUMNS=40 $run --map --color always -m libc -m implicit");
tries("PATH=/nowhere $run --plot heapmap --plot-dir " . scratch('plots'));
tries("$mdriver --quiet -m implicit --conform", undef, 2);
tries("$mdriver -n --quiet --abuse", undef, 2);
tries("$mdriver -n --quiet --oom -f $trace", undef, 2);

{   # more than there is address space
    my $log = scratch('large.log');
    run("$rep record --log $log -o /dev/null -- sh -c :; truncate -s 1T $log");
    my ($status, undef, $err) = run("ulimit -v 4000000; $rep import $log");
    is("$status|$err", "2|rep: $log: cannot map: Cannot allocate memory\n",
        'a log that cannot be mapped');
    unlink($log);
}

done();
