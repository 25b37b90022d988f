#!/usr/bin/env perl
# hostile_input.t - input that is broken, output that cannot be written, and
# users who lose patience: one clear line, the right status, nothing left over
use strict;
use warnings;
use Cwd 'getcwd';
use POSIX ();
use Time::HiRes 'sleep';
use lib 'tests';
use Check;

my $bump  = 'tests/data/bump.c';
my $naive = 'build/allocators/naive.so';
my $tiny  = trace('tiny', 'a 0 100', 'a 1 28', 'f 0', 'a 2 56', 'f 1', 'f 2');
my $tmp   = getcwd() . '/' . scratch('tmp');
run("rm -rf $tmp; mkdir $tmp");
$ENV{TMPDIR} = $tmp;

sub leftovers {
    opendir(my $d, $tmp) or return 'no directory';
    return join(' ', grep { !/^\.\.?$/ } readdir($d));
}

# ran(COMMAND, STATUS, STDERR, NAME) - that, nothing on standard output, and
# nothing left in TMPDIR.
sub ran {
    my ($command, $status, $err, $name) = @_;
    my @found = run($command);
    is("status $found[0]\n$found[1]--\n$found[2]--\n" . leftovers(),
        "status $status\n--\n$err--\n", $name // $command);
}

# fails(ARGUMENTS, MESSAGE) - mdriver does, with 2.
sub fails {
    my ($arguments, $message, $name) = @_;
    ran("./mdriver $arguments", 2, "$message\n", $name);
}

# ---- Traces -----------------------------------------------------------------

sub file {
    my ($name, $content) = @_;
    return spew(scratch($name), $content);
}

my $head = "20000\n1\n2\n1\n";
for (
    ['empty', '', 1, 'a request, found the end of the file'],
    ['header', $head, 5, 'a request, found the end of the file'],
    ['comments', "# 1\n\n# 2\n", 4, 'a request, found the end of the file'],
    ['truncated', "${head}a 0 100\nf", 6,
        'an id from 0 to 18446744073709551615, found the end of the line'],
    ['nul', "${head}a 0 100\nf 0\n\0\0", 7, 'text, found the byte 0x00'],
    ['control', "${head}a 0 100\nf 0\x1b[2J\n", 6,
        'text, found the byte 0x1b'],
    ['elf', slurp('mdriver'), 1, 'text, found the byte 0x7f'],
    ['letter', "${head}x 0 100\n", 5,
        'a request (a, c, f, m or r), found `x`'],
    ['word', "${head}a 0 12a\n", 5,
        'a size from 0 to 18446744073709551615, found `12a`'],
    ['negative', "${head}a 0 -12\n", 5,
        'a size from 0 to 18446744073709551615, found `-12`'],
    ['huge', "${head}a 0 18446744073709551616\n", 5,
        'a size from 0 to 18446744073709551615, found `18446744073709551616`'],
    ['trailing', "${head}a 0 12 13\n", 5, 'the end of the line, found `13`'],
    ['prose', "This is a letter to my aunt.\n", 1,
        'a request (a, c, f, m or r), found `This`'],
) {
    my ($name, $content, $line, $found) = @$_;
    my $path = file("$name.rep", $content);
    fails("-m naive -f $path", "$path:$line: expected $found", "trace: $name");
}

my $cut = file('cut.rep.gz', '');
run("gzip -c $tiny | head -c 40 >$cut");
fails("-m naive -f $cut", "$cut: expected whole .gz data, found them damaged "
    . 'or cut short (gzip -dc ended with status 1)', 'trace: a cut .gz');

my $no_traces = scratch('no_traces');
mkdir($no_traces);
fails("-m naive -f $no_traces",
    "$no_traces: expected traces (*.rep), found none", 'a directory as -f');
fails("-m naive -t $no_traces",
    "$no_traces: expected traces (*.rep), found none", 'an empty directory');
my $missing = scratch('missing.rep');
fails("-m naive -f $missing",
    "$missing: cannot open: No such file or directory", 'a missing trace');
fails("-m naive -t $tiny",
    "$tiny: expected a directory of traces: Not a directory", 'a file as -t');
fails('-m naive -f - <&-', '<stdin>: cannot read: Bad file descriptor',
    'closed standard input as -f -');
fails('-m naive -f /dev/null', '/dev/null:1: expected a request, found the '
    . 'end of the file', '/dev/null as -f');

# The good traces among the bad ones are run, and the status tells.
{
    my ($status, $out, $err) = run("./mdriver -m naive -T -f $missing -c $tiny "
        . "| cut -f1-3");
    is("$out$err", "allocator\ttrace\tvalid\nnaive\ttiny\ttrue\n$missing: "
        . "cannot open: No such file or directory\n",
        'a bad trace does not keep a good one from being run');
    ($status) = run("./mdriver -m naive -f $missing -c $tiny");
    is($status, 2, 'a bad trace among good ones: status');
    ($status) = run("./mdriver -m tests/faulty/exits.c -f $missing -c $tiny");
    is($status, 2, 'a bad trace and a failure: status');
}

# as_nobody(COMMAND) - without root's rights; undef where that cannot be.
sub as_nobody {
    my ($command) = @_;
    return $command if $> != 0;
    my $nobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
    my ($status) = run("$nobody ./mdriver --version");
    return $status eq '0' ? "$nobody $command" : undef;
}

{
    my $path = file('unreadable.rep', slurp($tiny));
    my $locked = scratch('locked');
    mkdir($locked);
    chmod(0, $path);
    chmod(0555, $locked);
    if (my $command = as_nobody('./mdriver')) {
        ran("$command -m naive -f $path", 2,
            "$path: cannot open: Permission denied\n", 'an unreadable trace');
        ran("TMPDIR=$locked $command -c $tiny -m $bump", 2,
            "$bump: no directory to compile in: Permission denied\n",
            'TMPDIR that cannot be written');
        my ($status, $out, $err) = run("$command -T -c $tiny -m naive "
            . "--json $locked/x.json");
        is("$status $err", "2 $locked/x.json: expected to write it, found: "
            . "Permission denied\n", '--json into a locked directory');
        check($out =~ /^naive\ttiny\ttrue\t/m, 'the table is printed all the '
            . 'same', $out);
    } else {
        print "# root, and no way to be nobody: permissions are not tested\n";
    }
    chmod(0644, $path);
}

# ---- Output -----------------------------------------------------------------

my $to = 'expected to write it, found:';
ran("./mdriver -m naive -c $tiny >/dev/full", 2,
    "<stdout>: $to No space left on device\n", 'standard output is full');
for my $export ('-T', '--json -') {
    ran("./mdriver -m naive -c $tiny $export >/dev/full", 2,
        "<stdout>: $to No space left on device\n",
        "standard output is full: $export");
}
ran('./mdriver -h >/dev/full', 2, "<stdout>: $to No space left on device\n",
    '-h, and standard output is full');
ran("./mdriver -m naive -c $tiny >&-", 2,
    "<stdout>: $to Bad file descriptor\n", 'standard output is closed');
{
    my $json = scratch('closed.json');
    unlink($json);
    my ($status) = run("./mdriver -m $bump -c $tiny --json $json <&- >&- 2>&-");
    check($status eq '2' && report_of($json)->{results}[0]{valid},
        'with no descriptor open, --json FILE is whole', slurp($json));
    my $table = '-T >/dev/null';
    ran("./mdriver -m naive -c $tiny --json /dev/full $table", 2,
        "/dev/full: $to No space left on device\n", '--json /dev/full');
    my $nowhere = scratch('nowhere');
    ran("./mdriver -m naive -c $tiny --json $nowhere/x.json $table", 2,
        "$nowhere/x.json: $to No such file or directory\n",
        '--json into a missing directory');
    ran("./mdriver -m naive -c $tiny --csv $no_traces $table", 2,
        "$no_traces: $to Is a directory\n", '--csv onto a directory');
    ran("./mdriver -m naive -c $tiny --curve $tiny/x $table", 2,
        "$tiny/x: expected a directory to write to, found: Not a directory\n",
        '--curve into a file');
}
{
    # The reader is gone before the first line.
    my $code = scratch('code');
    run("{ ./mdriver -m $bump -c $tiny; echo \$? >$code; } 2>$code.err | true");
    is(slurp($code) . slurp("$code.err") . leftovers(),
        "2\n<stdout>: $to Broken pipe\n", 'a pipe that nobody reads');
    my ($status, $out, $err) = run("./mdriver -m $bump -c $tiny | head -1");
    is("$out$err" . leftovers(), "Results for $bump:\n", '| head -1');
}

# ---- Allocators -------------------------------------------------------------

my $none = scratch('none.c');
fails("-c $tiny -m $none", "$none: No such file or directory",
    'a missing source');
my $folder = scratch('folder.c');
mkdir($folder);
fails("-c $tiny -m $folder", "$folder: Is a directory", 'a directory as source');
my $so = scratch('none.so');
fails("-c $tiny -m $so", "$so: No such file or directory", 'a missing object');

# broken(SOURCE-OR-OBJECT, MESSAGE, NAME, COMMAND) - each trace has failed with
# MESSAGE, and nothing is left in TMPDIR.
sub broken {
    my ($file, $message, $name, $command) = @_;
    my $js = scratch('broken.json');
    unlink($js);
    my ($status, $out, $err) = run(($command // './mdriver')
        . " -m $file -c $tiny -c $tiny --json $js");
    is("$status $err" . leftovers() . join('', map { "$_->{error}{kind} "
        . "$_->{error}{message}\n" } @{report_of($js)->{results}}),
        "1 init $message\ninit " . $message =~ s/;.*//sr . "\n", $name);
    like($out, qr/\n\n\Q$message\E\n\nNo\ performance\ index:\ 2\ of\ 2\ traces\ failed\.
        \n\z/x, "$name: told once");
}

my $syntax = file('syntax.c', "#include \"mm.h\"\nint mm_init(void) { return }\n");
{
    my ($status, $out, $err) = run("./mdriver -c $tiny -m $syntax");
    my @lines = split(/\n/, $out);
    is("$status $err" . join("\n", @lines[0 .. 4]), <<"END" =~ s/\n\z//r,
1 Results for $syntax:
  trace  valid  util  ops  secs  Kops  x libc
  tiny      no     -    6     -     -       -
  total    0/1     -    0     -     -       -

END
        'a source that does not compile');
    is($lines[5], "$syntax: expected a source that compiles; the compiler says:",
        'a source that does not compile: why');
    like($out, qr/syntax\.c:2:/, 'the compiler is quoted');
    check(@lines <= 20, 'but not at length', $out);
    is($lines[-1], 'No performance index: 1 of 1 trace failed.',
        'a source that does not compile: no index');
    is(leftovers(), '', 'a source that does not compile: nothing is left');
}
{
    # The others run, and all that grades is written.
    my ($js, $gs) = (scratch('broken.json'), scratch('broken.gs'));
    unlink($js, $gs);
    my ($status, $out, $err) = run("./mdriver -n -c $tiny -c $tiny -m $syntax "
        . "-m $bump -g -A --json $js --gradescope $gs");
    is("$status $err", '1 ', 'a broken source beside a good one: status');
    is(($out =~ s/^.*?(?=^Failed with)//msr) =~ s/ says:\n.*?\n(?=\S+ correct)/ says:\n/sr,
        "Failed with $syntax:\n\n$syntax: expected a source that compiles; the "
        . "compiler says:\n$syntax correct:0/2 perfidx:0 util:- ratio:-\n"
        . "$bump correct:2/2 perfidx:0 util:61.5 ratio:-\n"
        . "{\"scores\": {\"correctness\": 0.0, \"performance\": 0.0}}\n",
        'a broken source beside a good one: told once, and graded');
    my @results = @{report_of($js)->{results}};
    is(join('|', map { $_->{valid} ? 'valid' : "$_->{error}{kind} "
        . ($_->{error}{line} // 'null') . ' '
        . $_->{error}{message} =~ s/;.*//sr } @results), join('|',
        ("init null $syntax: expected a source that compiles") x 2, 'valid',
        'valid'), 'a broken source beside a good one: JSON');
    check($results[0]{error}{message} =~ /syntax\.c:2:/
        && $results[1]{error}{message} !~ /\n/,
        'the compiler is quoted once', $results[1]{error}{message});
    is(join(' ', map { $_->{status} } @{report_of($gs)->{tests}}),
        'failed failed', 'a broken source beside a good one: Gradescope');
    like(slurp($gs), qr/"score": 0\.0,\n  "output": "Traces passed: 0 of 2\./,
        'and its score');
}
my $part = file('part.c', "#include <stddef.h>\nint mm_init(void) { return 0; }"
    . "\nvoid *mm_malloc(size_t n) { return NULL; }\n");
broken("$part", "$part: expected mm_free to be defined, found "
    . 'nothing of that name', 'a source without mm_free');
my $blank = file('blank.c', "int x;\n");
broken("$blank", "$blank: expected mm_init to be defined, found "
    . 'nothing of that name', 'a source without any function');

my $undefined = file('undefined.c', slurp($bump)
    =~ s/(bool mm_init.*?\{)/void nowhere(void);\n$1 nowhere();/sr);
{
    my ($status, $out, $err) = run("./mdriver -c $tiny -m $undefined");
    is("$status $err", '1 ', 'a source that calls what does not exist: status');
    like($out, qr/^\Q$tiny\E:5: the allocator cannot be loaded\n  it printed: \S+: undefined symbol: nowhere$/m,
        'a source that calls what does not exist: explanation');
    is(leftovers(), '', 'nothing is left of it');
}

my $elf  = slurp($naive);
my $kind = 'expected a shared object for this machine, found another kind of '
    . 'file';
my $none_in = 'expected mm_init to be defined, found nothing of that name';
srand(1);
for (
    ['empty', '', $kind],
    ['text', "hello\n", $kind],
    ['random', join('', map { chr(int(rand(256))) } 1 .. 5000), $kind],
    ['magic', "\x7fELF", $kind],
    ['short header', substr($elf, 0, 63), $kind],
    ['header', substr($elf, 0, 64), $none_in],
    ['cut in two', substr($elf, 0, length($elf) / 2), $none_in],
    ['32 bit', substr($elf, 0, 4) . "\1" . substr($elf, 5), $kind],
    ['big endian', substr($elf, 0, 5) . "\2" . substr($elf, 6), $kind],
    ['another machine', substr($elf, 0, 18) . pack('v', 8) . substr($elf, 20),
        $kind],
    ['a program', slurp('rep'), undef],
    ['sections out of the file', substr($elf, 0, 40) . pack('Q', 1 << 62)
        . substr($elf, 48), $none_in],
    ['65535 sections', substr($elf, 0, 60) . "\xff\xff" . substr($elf, 62),
        undef],
) {
    my ($name, $content, $message) = @$_;
    my $path = file('broken.so', $content);
    if (defined $message) {
        broken($path, "$path: $message", "object: $name");
    } else {
        my ($status) = run("./mdriver -m $path -c $tiny");
        check($status =~ /^[012]$/, "object: $name does no harm", $status);
    }
}
{
    my $fifo = scratch('fifo.so');
    run("rm -f $fifo; mkfifo $fifo");
    ran("timeout 10 ./mdriver -m $fifo -c $tiny", 2,
        "$fifo: expected a shared object for this machine, found another kind "
        . "of file\n", 'a FIFO is not waited for');
}
# Bytes of a good object changed at random: whatever comes of it is told.
{
    my @harm;
    for my $round (1 .. 60) {
        my $bytes = $elf;
        substr($bytes, int(rand(length($bytes))), 1) = chr(int(rand(256)))
            for 1 .. 20;
        my $path = file("changed.so", $bytes);
        my ($status, $out, $err) = run("./mdriver -s 1 -m $path -c $tiny");
        next if $status =~ /^[01]$/ && $err eq '';
        push @harm, "round $round: $status $err";
        rename($path, scratch("changed-$round.so"));
    }
    check(!@harm, '60 objects with bytes changed do no harm',
        join("\n", @harm));
}

{
    my $dir = scratch(q{a dir'with "quotes" $HOME `x`});
    mkdir($dir);
    my $name = "$dir/it's \$(my) mm.c";
    spew($name, slurp($bump));
    my $quoted = "'" . ($name =~ s/'/'\\''/gr) . "'";
    my ($status, $out, $err) = run("./mdriver -c $tiny -m $quoted -T | cut -f3");
    is("$status$out$err" . leftovers(), "0valid\ntrue\n",
        'a path with spaces, quotes and dollars');
    my $json = scratch('quoted.json');
    run("./mdriver -c $tiny -m $quoted --json $json");
    is(report_of($json)->{results}[0]{allocator} // '', $name,
        'and so it stands in the JSON');
}

my $fail = 'expected a source that compiles; the compiler says:';
broken($bump, "$bump: $fail nothing, but it failed", 'CC=false',
    'CC=false ./mdriver');
{
    my ($status, $out) = run("CC=no-such-cc ./mdriver -c $tiny -m $bump");
    like("$status $out", qr/^1 .*\n\n\Q$bump: $fail\E\n.*no-such-cc.*\n\nNo perf/s,
        'CC that does not exist');
}
broken($bump, "$bump: expected mm_init to be defined, found nothing of that "
    . 'name', 'CC with arguments', "CC='cc -O0 -Dmm_init=other' ./mdriver");
{
    my ($status) = run("CC=clang ./mdriver -c $tiny -m $bump");
    is($status, 0, 'CC=clang') if !system('command -v clang >/dev/null 2>&1');
}
ran("TMPDIR=/nonexistent ./mdriver -c $tiny -m $bump", 2,
    "$bump: no directory to compile in: No such file or directory\n",
    'TMPDIR that does not exist');

# ---- Memory -----------------------------------------------------------------

# A long command line under ever higher limits: as long as there is too little
# memory, that is said, and in the end the command line is read to its end.
for my $flag ('-fx', '-mx', '--json=x') {
    my %seen;
    last if system('command -v prlimit >/dev/null 2>&1') != 0;
    for (my $limit = 2000; $limit < 100000 && !$seen{read}; $limit += 250) {
        my ($status, $out, $err) = run("prlimit --as=\$(($limit << 10)) "
            . "./mdriver \$(yes -- $flag | head -60000) --nope");
        $seen{$err eq "mdriver: out of memory\n" && $status eq '2' ? 'memory'
            : $err eq "--nope: no such option (-h lists them)\n"
                && $status eq '2' ? 'read'
            : $status =~ /^(127|1[34]\d|signal \d+)$/ ? 'not loaded'
            : "$status $out$err"} = 1;
    }
    is(join('|', sort keys %seen), 'memory|not loaded|read',
        "$flag 60,000 times, and little memory");
}

# ---- Interrupts -------------------------------------------------------------

# marked(MARK) - the processes that have MARK in their environment.
sub marked {
    my ($mark) = @_;
    my @found;
    for my $path (glob('/proc/[0-9]*/environ')) {
        open(my $in, '<', $path) or next;
        local $/;
        my $text = <$in> // '';
        push @found, $path =~ m{(\d+)} if index($text, "MARK=$mark\0") >= 0;
    }
    return @found;
}

# interrupt(SIGNAL, NAME, COMMAND, READY) - once READY->(MARK) holds, send the
# signal; returns how the command ended and what it said.
sub interrupt {
    my ($signal, $name, $command, $ready, $where, @under_way) = @_;
    my $before = join(' was under way when you interrupted it, after ',
        @under_way) . (@under_way ? " requests\n" : '');
    my $mark = "$$-$name" =~ s/\W/-/gr;
    my $err  = scratch('interrupted.err');
    unlink(scratch('interrupted.out'));
    my $pid  = fork() // die "fork: $!\n";
    if (!$pid) {
        $ENV{MARK} = $mark;
        setpgrp(0, 0);
        open(STDIN,  '<', '/dev/null');
        open(STDOUT, '>', scratch('interrupted.out'));
        open(STDERR, '>', $err);
        exec("sh", "-c", "exec $command") or POSIX::_exit(127);
    }
    for (1 .. 1000) {
        last if $ready->($mark);
        sleep(0.01);
    }
    sleep(0.2);
    kill($signal, -$pid);
    waitpid($pid, 0);
    my $status = $?;
    my @left;
    for (1 .. 100) { # the kernel may take a moment to bury them
        last if !(@left = marked($mark));
        sleep(0.01);
    }
    my $told = slurp($err) # how far the timing came is not for a test to say
        =~ s/^\S+long\.rep:\d+: .*(?= was )(.*after )\d+/long.rep: ...$1.../r;
    is(($status & 127) . " ${told}left: @left; " . leftovers()
        . join(' ', glob(scratch('*.tmp'))), POSIX->can("SIG$signal")->()
        . " ${before}mdriver: interrupted$where\nleft: ; ",
        "$name: SIG$signal");
}

my $json   = scratch('interrupted.json');
my $curves = scratch('interrupted.curves');
# The compiler was there and has gone, and the driver has a child.
my $built = sub {
    my ($mark) = @_;
    return 0 if !glob("$tmp/mdriver-*/probe.c");
    my @names = map { slurp("/proc/$_/comm") } marked($mark);
    return @names > 1 && !grep { $_ !~ /^mdriver/ } @names;
};
unlink($json);
for my $signal (qw(INT TERM HUP)) {
    interrupt($signal, 'an endless request', './mdriver -m tests/faulty/loop.c '
        . "-f $tiny --json $json --curve $curves", $built,
        ' at tiny with tests/faulty/loop.c; no trace is complete',
        "$tiny:7: free(id 0)", '2 of 6');
    is(slurp(scratch('interrupted.out')), '', 'nothing complete: no report');
}
check(!-e $json, 'an interrupted run leaves no JSON');
is(join(' ', glob("$curves/*")), '', 'an interrupted run leaves no curve');
spew($json, "old\n");
# A pass takes a tenth of a second, all of them some seconds.
my $long = trace('long', map { ("a $_ 16", "f $_") } 1 .. 30000);
my $lazy = file('lazy.c', slurp($bump) =~ s/(void \*mm_malloc\(size_t.*?\{)/
    "$1 for (volatile int i = 0; i < 3000; i++) ;"/sre);
interrupt('INT', 'timing', "./mdriver -m $lazy -f $long --json $json",
    $built, " at long with $lazy; no trace is complete",
    'long.rep: ...', '... of 60000');
is(slurp($json), "old\n", 'a run of which nothing is complete leaves the JSON '
    . 'of the last one');
interrupt('INT', 'sleep', "./mdriver -m tests/faulty/sleeps.c -f $tiny",
    $built, ' at tiny with tests/faulty/sleeps.c; no trace is complete',
    "$tiny:7: free(id 0)", '2 of 6');

# The compiler gets the signal too, and its complaint is of no interest.
my $slow = file('slow-cc', "#!/bin/sh\necho >\"\$TMPDIR/cc1.s\"\n"
        . "echo >$tmp-compiling\nexec sleep 30\n");
chmod(0755, $slow);
unlink("$tmp-compiling");
interrupt('INT', 'compiling', "env CC=$slow ./mdriver -m $bump -f $tiny",
    sub { -e "$tmp-compiling" }, '');

# What is complete is reported and written, and says of itself that it is not
# all.  This one loops in the second of three traces.
my $stuck = file('stuck.c', slurp($bump) =~ s/(void \*mm_malloc\(size_t.*?\{)/
    "$1 while (size == 4242) ;"/sre);
my $loops = trace('loops', 'a 0 4242');
my $gs    = scratch('interrupted.gs');
my $began = sub {
    return slurp(scratch('interrupted.out')) =~ /^\Q$stuck\E: \Q$tiny\E/m;
};
unlink($json, $gs);
my @few = ($tiny, $loops, $tiny);
my $few = join(' ', map { "-c $_" } @few);
interrupt('INT', 'what is complete', "./mdriver -n -V -m $stuck $few -g -A "
    . "--json $json --gradescope $gs", $began,
    " at loops with $stuck; what is above is not complete",
    "$loops:5: malloc(4242) for id 0", '0 of 1');
like(slurp(scratch('interrupted.out')), qr/\nResults\ for\ \Q$stuck\E:\n
    .*\n\ \ tiny\ .*\n.*\n\ \ total\ +1\/3\ .*
    \nNo\ performance\ index:\ 2\ of\ 3\ traces\ were\ not\ run\.\n
    correct:1\/3\ perfidx:0\ util:61\.5\ ratio:-\n
    \{"scores":\ \{"correctness":\ 33\.3,\ "performance":\ 0\.0\}\}\n\z/sx,
    'what is complete is reported');
is(join(' ', map { "$_->{trace} $_->{valid}" } @{report_of($json)->{results}}),
    'tiny 1', 'what is complete is written');
like(slurp($gs), qr/Traces passed: 1 of 3\./, 'and graded as what it is');

unlink($json);
interrupt('TERM', 'side by side', "./mdriver -n -V -m $bump -m $stuck -m $bump "
    . "$few --json $json", $began,
    " at loops with $stuck; what is above is not complete",
    "$loops:5: malloc(4242) for id 0", '0 of 1');
like(slurp(scratch('interrupted.out')) =~ s/.*\nResults side by side:\n//sr =~ s/ +/ /gr,
    qr/\A\ \Q$bump\E\ \Q$stuck\E\n
    \ trace\ util\ x\ libc\ util\ x\ libc\n
    \ tiny\ 61\.5%\ -\ 61\.5%\ -\n
    \ loops\ \S+%\ -\ -\ -\n
    \ tiny\ 61\.5%\ -\ -\ -\n
    \ mean\ \S+%\ -\ 61\.5%\ -\n
    \ valid\ 3\/3\ 1\/3\n
    \ perf\ index\ -\ -\n\z/x, 'side by side, what was not run is left out');
is(join(' ', map { $_->{allocator} =~ s{.*/}{}r . ' ' . $_->{trace} }
    @{report_of($json)->{results}}),
    'bump.c tiny bump.c loops bump.c tiny stuck.c tiny',
    'and so is an allocator of which nothing was run');

done();
