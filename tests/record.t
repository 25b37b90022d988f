#!/usr/bin/env perl
# record.t - rep record, from the command line
#
# REP names another rep than ./rep, CC another compiler than cc.
use strict;
use warnings;
use lib 'tests';
use Check;
use Cwd 'abs_path';

alarm 300; # a pipe that nobody reads waits for ever
my $rep = abs_path($ENV{REP} // './rep');
my $cc  = $ENV{CC} // 'cc';
my $dir = abs_path(scratch('.'));
run("rm -rf '$dir'");
$dir = abs_path(scratch('.')) or die "no scratch directory\n";
$ENV{TMPDIR} = "$dir/tmp";
mkdir "$dir/tmp";

# fails ARGUMENTS, STDERR, NAME - it ends with 2 and says just that.
sub fails {
    my ($args, $expected, $name) = @_;
    my ($status, $out, $err) = run("$rep record $args");
    is("$status|$out|$err", "2||rep: $expected\n", $name);
}

# requests FILE - those of a trace that is well formed: no block is live twice,
# none is taken that is not live, and the header is right.
sub requests {
    my ($path, $classic) = @_;
    my ($w, $ids, $ops, $peak, @lines) = split /\n/, slurp($path);
    ($w, $ids, $ops, $peak) = ($peak, $ids, $ops, $w) if $classic;
    my (%size, $live, $most, $next, $wrong) = ();
    ($live, $most, $next) = (0, 0, 0);
    for (@lines) {
        next if $_ eq 'f -1';
        my ($letter, $id, $n, $size) = split;
        $wrong //= "$_: form"
            if !/^(?:[ar] \d+ \d+|[cm] \d+ \d+ \d+|f \d+)$/;
        $wrong //= "$_: is not live" if /^[fr]/ && !exists $size{$id};
        $wrong //= "$_: not the next id" if /^[acm]/ && $id != $next++;
        $live -= delete $size{$id} // 0 if /^[fr]/;
        next if /^f/ || /^r \d+ 0$/;
        $size{$id} = /^c/ ? $n * $size : /^m/ ? $size : $n;
        $live += $size{$id};
        $most = $live if $live > $most;
    }
    $wrong //= "ids $ids, not $next"       if $ids != $next;
    $wrong //= "ops $ops, not " . @lines   if $ops != @lines;
    $wrong //= "peak $peak, not $most"     if $peak != $most && !$classic;
    check(!$wrong, ($path =~ s{.*/}{}r =~ s/\d{3,}/PID/r) . ' is well formed',
        $wrong);
    return @lines;
}

# record MODE, OPTIONS - what the program does in this mode: its requests and
# the summary, without the name of the trace.
sub record {
    my ($mode, $options) = @_;
    $options //= '';
    my ($status, $out, $err) =
        run("$rep record $options -o $dir/$mode.rep -- $dir/prog $mode");
    is("$status|$out", '0|', "$mode: status");
    check($err =~ s/^rep: \Q$dir\E\/$mode\.rep: (.*; )\Q$dir\E\//$1/,
        "$mode: summary", $err);
    return ($err, requests("$dir/$mode.rep", $options =~ /classic/));
}

sub litter { return join(' ', glob("$dir/tmp/* $dir/tmp/.t*")) }

my ($status, $out, $err, $summary, @lines);
($status, $out, $err) =
    run("$cc -fno-builtin -w -pthread tests/data/recorded.c -o $dir/prog");
is("$status|$err", '0|', 'build the recorded program');

# ---- The command line ----

($status, $out, $err) = run("$rep record -h");
check($status == 0 && $out =~ /^usage: rep record / && $err eq '', '-h', $err);
fails('', 'record: expected a program to run, found none', 'no program');
fails('--weight 9 true', '--weight: expected 0 to 3, found "9"', 'weight');
fails("-o $dir/none.rep -- ./no-such-program",
    './no-such-program: No such file or directory', 'no such program');
is(join(' ', glob("$dir/none.rep*")), '', 'no such program leaves nothing');
fails("-o $dir/nowhere/x.rep touch $dir/ran", "$dir/nowhere/x.rep: expected to"
        . ' write it, found: No such file or directory', 'no such directory');
fails("--pid-pattern -o - touch $dir/ran", 'record: --pid-pattern: expected'
        . ' the name of a file, found "-"', '--pid-pattern to standard output');
($status, undef, $err) = run("$rep record -o - touch $dir/ran >&-");
is("$status|$err", "2|rep: <stdout>: expected to write it, found: Bad file"
        . " descriptor\n", 'closed standard output');
check(!-e "$dir/ran", 'bad outputs are found before the program runs');

# ---- What is recorded ----

($summary, @lines) = record('basic');
is(join(',', @lines),
    'a 0 100,c 1 3 7,r 0 100000,m 2 64 300,m 3 32 10,f 3,m 4 128 256,f 4,'
        . 'm 5 4096 5,f 5,m 6 4096 4096,f 6,a 7 0,a 8 9,f -1,f -1,r 8 0,'
        . 'a 9 16,r 9 32,f 9,f 7,f 1,f 0,f 2', 'basic requests');
is($summary, "30 events, 24 requests kept, 2 dropped (2 not met by libc), 10"
        . " ids, peak payload 104417 bytes; prog exited with status 0\n",
    'basic summary');
($summary, @lines) = record('basic', '--classic --weight 3');
is(join(',', @lines),
    'a 0 100,a 1 21,r 0 100000,a 2 300,a 3 10,f 3,a 4 256,f 4,'
        . 'a 5 5,f 5,a 6 4096,f 6,a 7 1,a 8 9,f 8,'
        . 'a 9 16,r 9 32,f 9,f 7,f 1,f 0,f 2', 'classic requests');
is((split /\n/, slurp("$dir/basic.rep"))[3], 3, 'weight');
like($summary, qr/4 dropped \(2 not met by libc, 2 free\(NULL\)\)/,
    'classic summary');
($summary, @lines) = record('errors');
like($summary, qr/; prog exited with status 0$/, 'failures are as ever');
is("@lines", 'a 0 33 f 0 m 1 4096 10 m 2 4096 4096 f 1 f 2',
    'failures are left out');
my @plain    = run("$dir/prog addresses");
my @recorded = run("$rep record -o $dir/x.rep $dir/prog addresses");
check($plain[1] =~ /\n.*\n/ && $plain[1] eq $recorded[1],
    'addresses and room of blocks are as ever');
for my $case (
    ['kill',        'was killed by signal 9', 'a 0 44 c 1 5 11'],
    ['seven',       'exited with status 7',   'a 0 77'],
    ['environment', 'exited with status 0',   'a 0 1'],
    ['fork',        'exited with status 0',   'a 0 11 f 0 a 1 33 f 1'],
    ['vfork',       'exited with status 0',   'a 0 11 f 0 a 1 22 f 1'],
    ['exec',        'exited with status 7',   'a 0 66'],
    ['term-parent', 'was killed by signal 15', 'a 0 44 c 1 5 11'],
) {
    my ($mode, $end, $requests) = @$case;
    ($summary, @lines) = record($mode);
    like($summary, qr/ 0 dropped, .*; prog $end\n$/, "$mode: end");
    is("@lines", $requests, "$mode: requests");
}

# ---- Threads ----

# complete NAME - everything that they allocated is there, and freed.
sub complete {
    my ($name) = @_;
    my %size;
    for (@lines) {
        my ($letter, $id, $size) = split;
        delete $size{$id} if $letter eq 'f';
        $size{$id} = $size if $letter =~ /[ar]/;
    }
    is(join(' ', grep { $_ >= 1000 && $_ < 2000 } values %size), '',
        "$name: all is freed");
    is(scalar(grep /^[ar] \d+ 1\d\d\d$/, @lines), 80000,
        "$name: every request is there");
    like($summary, qr/ 0 dropped, \d+ ids.* status 0$/, "$name: none dropped");
}

for my $round (1 .. 3) {
    ($summary, @lines) = record('threads');
    complete("threads, round $round");
    ($summary, @lines) = record('fork-thread');
    complete("children among threads, round $round");
}

# ---- The arena for the first requests ----

run("$cc -fno-builtin -w -fPIC -shared tests/data/early.c -o $dir/early.so -ldl");
# A program that brings a sanitizer wants to be first itself.
if ((run("LD_PRELOAD=$dir/early.so $rep -h"))[0] eq '0') {
    ($status, undef, $err) = run("LD_PRELOAD=$dir/early.so"
            . " $rep record -o $dir/x.rep $dir/prog seven");
    like("$status|$err", qr/^0\|.* 0 dropped, .* exited with status 7$/,
        'memory while symbols resolve');
    is(join(' ', requests("$dir/x.rep")), 'a 0 77 a 1 5000 f 1',
        'memory while symbols resolve, requests');
}
($out) = (run('nm -D --undefined-only ' . ($rep =~ s{[^/]*$}{}r)
        . 'build/record.so'))[1];
check($out =~ /\bdlsym\b/ && $out !~ /\b(\w*print\w*|fopen\w*|fwrite|puts)\b/,
    'no stdio in the recorder', $1);

# ---- Children ----

# family MODE, OPTIONS - record it with all its children: "NAME: requests, end"
# of each trace, in order of the summary.
sub family {
    my ($mode, $options, $input) = @_;
    run("rm -rf $dir/f; mkdir $dir/f");
    my ($status, $out, $err) = run("$rep record --pid-pattern "
            . ($options // '') . " -o $dir/f/x.y.rep -- $dir/prog $mode"
            . ($input // ''));
    is("$status|$out", '0|', "$mode with children: status");
    my (@found, %pid);
    for (split /\n/, $err) {
        my ($pid, $image, $rest, $end) =
            m{^rep: \Q$dir\E/f/x\.y\.(\d+)(\.\d+)?\.rep: (.*); (.*)$}
            or return $err;
        my $path = "$dir/f/x.y.$pid" . ($image // '') . '.rep';
        my $what = $rest =~ /not written/ ? 'nothing'
            : join(' ', requests($path));
        $what = 'too much' if length($what) > 600;
        $end =~ s/\Q$dir\E\///;
        my $number = 1 + keys %pid;
        $pid{$pid} //= $number;
        push @found, "P$pid{$pid}" . ($image // '') . ": $what; $end";
    }
    is(scalar(() = glob("$dir/f/*")), scalar(grep !/: nothing/, @found),
        "$mode with children: no other files");
    return join("\n", @found);
}

is(family('fork'), "P1: a 0 11 f 0 a 1 33 f 1; prog exited with status 0\n"
        . 'P2: a 0 22 f 0; prog ended', 'a forked child');
is(family('vfork'), 'P1: a 0 11 f 0 a 1 22 f 1; prog exited with status 0',
    'a child of vfork');
is(family('exec'), "P1: a 0 66; prog executed another program\n"
        . 'P1.2: a 0 77; prog exited with status 7', 'an executed program');
is(family('spawn'), "P1: a 0 55 f 0 a 1 56 f 1; prog exited with status 0\n"
        . "P2: a 0 77; prog ended\nP3: a 0 77; prog ended", 'spawned programs');
is(family('kill'), 'P1: a 0 44 c 1 5 11; prog was killed by signal 9',
    'a program that is killed');
my $found = family('fork-thread');
my $twenty = qr/(?:a \d+ \d+ r \d+ 9000 f \d+ ?){20}/;
is(scalar(() = $found =~ /^P\d+: $twenty; prog ended$/mg), 40,
    'children forked among threads');
like($found, qr/^P1: too much; prog exited with status 0$/m,
    'threads among which children are forked');
$found = family('thread-fork');
like($found, qr/^P2: too much; prog ended$/m,
    'a child whose first requests come from threads');

# Who lives on is recorded up to there, and is not disturbed.
run("mkfifo $dir/fifo");
open(my $feed, '+<', "$dir/fifo") or die "$dir/fifo: $!\n";
$found = family('outlived', '', " <$dir/fifo");
is($found, "P1: a 0 77; prog exited with status 0\n"
        . 'P2: a 0 88 f 0; prog still runs', 'a child that lives on');
close($feed);
is(litter(), '', 'nothing is left where the logs were');

# ---- Logs that are kept ----

my $imports = (run("$rep -h"))[1] =~ /^ +import /m;

# imported LOG - the requests that rep import finds in it.
sub imported {
    my ($log) = @_;
    my ($status, undef, $err) = run("$rep import -o $dir/i.rep $log");
    is($status, 0, 'import of the log') or print "    $err";
    return join(' ', requests("$dir/i.rep"));
}

record('seven', "--log $dir/seven.log");
is(substr(slurp("$dir/seven.log"), 0, 8), 'MDRCLOG2', 'log: magic');
is(-s "$dir/seven.log", 4096 + 16, 'log: no longer than what is in it');
is(imported("$dir/seven.log"), 'a 0 77', 'log: requests') if $imports;
run("$rep record --log $dir/killed.log -o $dir/killed.rep $dir/prog"
        . ' kill-parent & wait');
check(!-e "$dir/killed.rep", 'rep killed: no trace');
is(unpack('x64 Q', slurp("$dir/killed.log", 4096)), 3, 'rep killed: the log')
    if -s "$dir/killed.log" < 1 << 30;
is(imported("$dir/killed.log"), 'a 0 44 c 1 5 11', 'rep killed: requests')
    if $imports;
family('exec', "--log $dir/logs");
like(join(' ', map { s{.*/}{}r . ' ' . -s } glob("$dir/logs/*")),
    qr/^(\d+)\.1 4112 \1\.2 4112$/, 'log: a directory of them');
fails("--log $dir/none.log -o $dir/n.rep ./no-such-program",
    './no-such-program: No such file or directory', 'log: no such program');
check(!-e "$dir/none.log", 'log: no such program leaves none');
fails("--log /dev/null -o $dir/n.rep true",
    '/dev/null: expected a regular file for the log', 'log: a device');
fails("--log $dir -o $dir/n.rep true", "$dir: Is a directory",
    'log: a directory');
fails("--pid-pattern --log $dir -o $dir/n.rep true", "$dir: File exists",
    'log: a directory that is there');
check(-d $dir, 'log: a directory that is there stays');

# log_of COUNT, [KIND, ADDRESS, SIZE]... - a log, as a broken recorder or an
# enemy would have left it.
sub log_of {
    my ($count, @events) = @_;
    return spew("$dir/odd.log", pack('a8 QQQQ a24 QQ x4016', 'MDRCLOG2',
        1 << 40, 1, 0, 0, '', $count, 0)
        . join('', map { pack 'QQ', $_->[1] << 3 | $_->[0], $_->[2] } @events));
}

if ($imports) {
    my ($malloc, $free, $calloc, $memalign, $begin, $end, $arg) = 1 .. 7;
    is(imported(log_of(11, [$arg, 0, 5], [0, 0, 0], [$calloc, 0x100, 7],
                [$malloc, 0x200, 9], [$end, 0x300, 40], [$arg, 0, 1 << 60],
                [$begin, 0x300, 0], [$end, 0x400, 41], [$arg, 0, 6],
                [$free, 0x400, 0], [$memalign, 0x500, 1])),
        'a 0 9 a 1 40 r 1 41 f 1', 'a log with events cut short');
    my ($status, undef, $err) = run("$rep import -o $dir/i.rep $dir/odd.log");
    like($err, qr/ 8 events, 4 requests kept, 3 dropped \(3 cut short /,
        'a log with events cut short, summary');
    imported(log_of(1 << 62, [$malloc, 0x200, 9]));
    is(join(' ', requests("$dir/i.rep")), 'a 0 9', 'a log that lost its end');
}

# ---- Surroundings ----

($status, $out, $err) = run("cd $dir && TMPDIR=. $rep record ./prog seven");
check($status == 0 && -s "$dir/prog.rep", 'the trace is named by itself', $err);
($status, $out, $err) =
    run("cd $dir && TMPDIR=tmp $rep record --pid-pattern ./prog spawn");
is(scalar(() = glob("$dir/prog.[0-9]*.rep")), 3,
    'traces are named by themselves');
is(litter(), '', 'nothing is left');
for my $option ('', '--pid-pattern ') {
    ($status, $out, $err) = run("TMPDIR=$dir/nowhere $rep record $option"
            . "-o $dir/y.rep $dir/prog seven");
    like("$status|$err",
        qr{^2\|rep: $dir/nowhere/rep-record-\w+: No such file},
        "${option}without a place for the log");
}
is(join(' ', glob("$dir/y.*")), '', 'without a log there is no trace');
my $none = "$dir/prog: expected requests, found none: ";
fails("-o $dir/y.rep -- $dir/prog none",
    "${none}it does not use libc's allocator", 'no requests');
fails("--pid-pattern -o $dir/y.rep -- $dir/prog none", "${none}its processes do"
        . " not load the recorder, do not use libc's allocator or had no room"
        . ' for logs', '--pid-pattern no requests');
run("$cc -static -w -pthread tests/data/recorded.c -o $dir/static");
fails("-o $dir/y.rep $dir/static seven", "$dir/static: expected a program that"
        . ' loads the recorder, found one that is static, setuid or of another'
        . ' architecture', 'a static program') if -x "$dir/static";

# A limit of address space that rep itself can live with (not under ASan).
my $limit = 'ulimit -v 4000000;';
if ((run("$limit $rep -h"))[0] eq '0') {
    for my $option ('', '--pid-pattern ') {
        run("rm -f $dir/y.*; $limit $rep record $option-o $dir/y.rep"
                . " $dir/prog seven");
        is(join(' ', requests(glob("$dir/y.*"))), 'a 0 77',
            "${option}within a limit of address space");
    }
}
for my $option ('', '--pid-pattern ') {
    (undef, undef, $err) = run("rm -f $dir/y.*; ulimit -f 100;"
            . " $rep record $option-o $dir/y.rep $dir/prog threads");
    like($err, qr/[( ]\d{5,6} beyond the room of the log\).* status 0$/,
        "${option}beyond the room of the log");
    requests(glob("$dir/y.*"));
}

# A full disk, where a file system of our own can be mounted.
my $small = "unshare -rm sh -c 'mount -t tmpfs -o size=600k none $dir/tmp &&";
if ((run("$small true'"))[0] eq '0') {
    for my $mode (qw(threads fork-thread)) {
        (undef, undef, $err) = run("rm -f $dir/y.*; $small $rep record"
                . " --pid-pattern -o $dir/y.rep $dir/prog $mode'");
        like($err, qr/^.*[( ]\d{5,6} beyond the room of the log\).* status 0$/m,
            "$mode: a full disk");
        requests((glob("$dir/y.*"))[0]);
    }
}

# rep elsewhere: without the recorder, and where the loader splits the path.
my ($so) = grep { -e } map { ($rep =~ s{[^/]*$}{}r) . $_ } 'build/record.so',
    'record.so';
my $far = "$dir/a b:c";
run("mkdir -p '$far' && cp $rep '$far/rep'");
my $moved = "'$far/rep' record -o $dir/z.rep";
($status, $out, $err) = run("$moved $dir/prog seven");
is("$status|$err", "2|rep: expected $far/build/record.so, found none (make"
        . " builds it)\n", 'without the recorder');
run("cp $so '$far/record.so'");
run("$moved $dir/prog seven");
is(join(' ', requests("$dir/z.rep")), 'a 0 77', 'a path that is split');
run("$moved --pid-pattern $dir/prog spawn");
is(scalar(() = glob("$dir/z.[0-9]*.rep")), 3,
    'a path that is split, children');
($status, $out, $err) =
    run("TMPDIR='$far' $moved --pid-pattern $dir/prog seven");
like("$status|$err", qr{^2\|rep: $far/rep-record-\w+: expected a path without },
    'paths that are split');
is(join(' ', litter(), grep /rep-record/, glob("'$far/'*")), '',
    'nothing is left in the end');

done();
