#!/usr/bin/env perl
# options.t - every flag of ./mdriver, its output and its exit status
use strict;
use warnings;
use JSON::PP;
use lib 'tests';
use Check;

my $bump = 'tests/data/bump.c';
my $tiny = trace('tiny', 'a 0 100', 'a 1 28', 'f 0', 'a 2 56', 'f 1', 'f 2');
my $other = trace('other', 'a 7 48', 'r 7 80', 'f 7');
my $bad   = 'tests/faulty/overlap.c';
my $three = trace('three', 'a 0 64', 'a 1 64', 'a 2 64', 'f 0');
my $json  = scratch('out.json');

# ran(ARGUMENTS, STATUS, STDOUT, STDERR, NAME) - all of what it did.
sub ran {
    my ($arguments, $status, $out, $err, $name) = @_;
    my @found = run("./mdriver $arguments");
    is("status $found[0]\n$found[1]--\n$found[2]",
        "status $status\n$out--\n$err", $name // "mdriver $arguments");
}

sub ok_json {
    my ($text, $name) = @_;
    check(eval { decode_json($text); 1 }, $name, "$@$text");
}

# ---- Questions --------------------------------------------------------------

my $help = <<'END';
usage: mdriver [options] [FILE.rep | DIR]...

Replays request traces on an allocator, checks every answer, and reports
memory utilization and throughput.  Without arguments: mm.c on the traces
in traces/, here or else where mdriver is or was installed.

What to run:
  -t DIR              every trace of DIR; may be repeated
  -f FILE             this trace; may be repeated; - is standard input
  -c FILE             check this trace for correctness only, once
  -m NAME             the allocator: a name of --list, a FILE.c, a FILE.so, or a
                      library with malloc (libjemalloc.so.2); all is every name
                      of --list; may be repeated: side by side (default: mm)
  -l                  run libc's malloc as well
  --strict            what is untidy in a trace is an error, not a warning

How to check:
  -d N                0: no payload checks; 1: at free and realloc (default);
                      2: all payloads and mm_checkheap after every request
  -D                  the same as -d 2, and --hygiene
  --hygiene           more passes: fresh memory and freed payloads hold a pattern;
                      the end of the heap faults
  -s SECONDS          CPU time that a pass over a trace may take (default: 60)
  --memory MIB        memory that a run may touch (default: 6144; at most 3/4 of
                      the machine's)
  --unconfined        let the allocator call the kernel as it likes: files, threads
                      (default: only what an allocator needs)
  --align N           alignment required, 8 or 16 (default: 16; for the classic
                      dialect 8)
  -n                  heap at a fixed address (default: a random one)

What else to find out, in place of the report:
  --conform           whether an allocator does what mm.h says: some forty
                      questions, each a tiny trace; -v shows those it fails
  --oom               how it takes it when memory runs out: mem_sbrk fails at
                      its first, second, third ... call, once and for ever, on
                      the traces named, or else on small ones of its own
  --abuse             what becomes of a double free, a write past a block ...
  --break-at LINE     under gdb: run the trace in this process, heap at a fixed
                      address, and stop before the request on that line; failure
                      reports name the line
  --grade-checker     how much mm_checkheap notices of a heap damaged on purpose,
                      bit by bit, on the traces named, or else on small ones of
                      its own; -v shows what it missed

What to show:
  -v [N]              more figures for each trace; N is how much, 1 or 2
  -V                  and diagnostics as each trace runs, with what it printed
  -g                  end with a line for autograders, each after its name where
                      there are several allocators; on standard error where an
                      export has standard output
  -A                  end with a line of JSON for Autolab, of the first allocator;
                      likewise
  -T                  a tab-separated table
  --json FILE         every figure, every sample and the machine, as JSON; - is
                      standard output, in place of the table, for one of these
  --csv FILE          the same, as comma-separated values
  --markdown FILE     the table, as Markdown
  --html FILE         one page with the tables, what failed and why, and the
                      pictures of --plot; nothing is loaded from elsewhere
  --gradescope FILE   Gradescope's results.json, of the first allocator
  --bound             how far the heap is above the smallest that one finds who
                      knows the whole trace (see rep bound)
  --compare           one table with a column for each allocator, the best of
                      each row marked; two are timed against each other as well
  --curve DIR         request by request, payload and heap: a file for each
                      allocator and trace, DIR/mm-x.dat; where two have one name
                      DIR/mm-x.2.dat is the second
  --plot WHAT         draw, with gnuplot if it is there: overhead, latency (of each
                      trace), heapmap, fragmentation (and each allocator),
                      utilization, pareto, scaling (of all), or all; may be
                      repeated; runs are timed only where one, or an export, asks
                      for it; see docs/pictures.md
  --plot-dir DIR      where pictures go, with data and scripts (default:
                      build/plots)
  --map               draw the heap, request by request, in the terminal; runs are
                      timed only if an export needs it
  --color WHEN        auto (default), always or never; NO_COLOR is heeded
  --quiet             no progress, no warnings

Other:
  --list              the names of allocators
  --version           the version
  -h, --help          this text
  -a                  nothing: the team check of labs of old

Exit status: 0 every allocator passed every trace; 1 one failed; 2 bad usage
or input.
END
ran('-h', 0, $help, '');
ran('--help', 0, $help, '');
ran("-c $tiny -h -m nonsense", 0, $help, '', '-h wins over what there is to do');

my ($version) = slurp('config.h') =~ /MDRIVER_VERSION "(.*)"/;
ran('--version', 0, "mdriver $version\n", '');

my $names = join('', map { s{.*/|\.c$}{}gr . "\n" }
    sort { $a cmp $b } map { s{.*/}{}r } 'mm.c', glob('allocators/*.c'),
    map { "$_.c" } slurp('Makefile') =~ /^variant_(\S+) :=/mg);
ran('--list', 0, "${names}libc\n", '');
for my $name (split(/\n/, $names), 'libc') {
    ran("-n -c $tiny -m $name --json /dev/null --quiet -T | grep -c '^$name\t'",
        0, "1\n", '', "-m $name, of --list, runs");
}

# ---- Bad usage --------------------------------------------------------------

for (
    ['--nope', '--nope: no such option (-h lists them)'],
    ['--oom=3', '--oom=3: expected no value, found one'],
    ['--conform', "--conform: expected no trace, found $tiny"],
    ['--abuse', "--abuse: expected no trace, found $tiny"],
    ['--oom --json x', '--oom: expected no other report, found --json'],
    ['--oom -T', '--oom: expected no other report, found -T'],
    ['--oom --compare', '--oom: expected no other report, found --compare'],
    ['--oom --bound', '--oom: expected no other report, found --bound'],
    ['--oom --curve x', '--oom: expected no other report, found --curve'],
    ['--oom -g', '--oom: expected no other report, found -g'],
    ['--oom -A', '--oom: expected no other report, found -A'],
    ['-x', '-x: no such option (-h lists them)'],
    ['-gx', '-x: no such option (-h lists them)'],
    ['--json - --csv -', '--csv -: standard output is taken by --json'],
    ['--json - --json -', '--json -: standard output is taken by --json'],
    ['-T --markdown -', '--markdown -: standard output is taken by -T'],
    ['--gradescope - -T', '-T: standard output is taken by --gradescope'],
    ['-t', '-t: expected DIR, found nothing'],
    ['-f', '-f: expected FILE, found nothing'],
    ['-c', '-c: expected FILE, found nothing'],
    ['-m', '-m: expected NAME, found nothing'],
    ['-d', '-d: expected N, found nothing'],
    ['-s', '-s: expected SECONDS, found nothing'],
    ['--align', '--align: expected N, found nothing'],
    ['--memory', '--memory: expected MIB, found nothing'],
    ['--json', '--json: expected FILE, found nothing'],
    ['--csv', '--csv: expected FILE, found nothing'],
    ['--markdown', '--markdown: expected FILE, found nothing'],
    ['--gradescope', '--gradescope: expected FILE, found nothing'],
    ['--curve', '--curve: expected DIR, found nothing'],
    ['--color', '--color: expected WHEN, found nothing'],
    ['--list=3', '--list=3: expected no value, found one'],
    ['-v 10', '-v: expected a number from 0 to 9, found 10'],
    ['-d 3', '-d: expected 0, 1 or 2, found 3'],
    ['-d -1', '-d: expected 0, 1 or 2, found -1'],
    ['-d two', '-d: expected 0, 1 or 2, found two'],
    ["-d ''", '-d: expected 0, 1 or 2, found nothing'],
    ['-d 1x', '-d: expected 0, 1 or 2, found 1x'],
    ['-s 0', '-s: expected a number of seconds above 0, found 0'],
    ['-s -1', '-s: expected a number of seconds above 0, found -1'],
    ['-s nan', '-s: expected a number of seconds above 0, found nan'],
    ['-s inf', '-s: expected a number of seconds above 0, found inf'],
    ['-s 1s', '-s: expected a number of seconds above 0, found 1s'],
    ['--align 4', '--align: expected 8 or 16, found 4'],
    ['--align 32', '--align: expected 8 or 16, found 32'],
    ['--memory 0', '--memory: expected a whole number of MiB above 0, found 0'],
    ['--memory 9999999999999', '--memory: expected a whole number of MiB '
        . 'above 0, found 9999999999999'],
    ['--color blue', '--color: expected auto, always or never, found blue'],
    ['-m nosuch', 'nosuch: expected a name that --list prints, a .c file or '
        . 'a .so file'],
    ['-m ../allocators/mm', '../allocators/mm: expected a name that --list '
        . 'prints, a .c file or a .so file'],
) {
    my ($arguments, $error) = @$_;
    ran("$tiny $arguments", 2, '', "$error\n", "mdriver $arguments");
}

# ---- What to run ------------------------------------------------------------

my $head  = "Results for $bump:\n  trace  valid   util  ops  secs  Kops"
    . "  x libc\n";
my $tail  = "\nNo performance index: the speed of a trace is not known.\n";
my $row   = "  tiny     yes  61.5%    6     -     -       -\n";
my $total = "  total    1/1  61.5%    6     -     -       -\n";
my $table = $head . $row . $total . $tail;

ran("-m $bump -c $tiny", 0, $table, '', '-c');
ran("-m $bump -c $tiny -c $tiny", 0, $head . $row . $row
    . "  total    2/2  61.5%   12     -     -       -\n" . $tail, '',
    '-c, repeated');

# The names of the traces that were run, in order.
sub traces_of {
    my ($arguments) = @_;
    unlink($json);
    my ($status, $out, $err) = run("./mdriver -m $bump --json $json $arguments");
    return "$status $err" . join(' ', map {
        "$_->{trace}" . (@{$_->{samples_ns}} ? '' : '/c')
    } @{report_of($json)->{results}});
}

my $dir = scratch('dir');
my $dir2 = scratch('dir2');
mkdir($dir);
mkdir($dir2);
spew("$dir/b.rep", slurp($tiny));
spew("$dir/a.rep", slurp($other));
spew("$dir/.hidden.rep", slurp($other));
spew("$dir/notes.txt", 'no trace');
spew("$dir2/z.rep", slurp($other));

is(traces_of("-t $dir"), '0 a b', '-t');
is(traces_of("-t $dir2 -t $dir"), '0 z a b', '-t, repeated');
is(traces_of("-f $tiny -f $other"), '0 tiny other', '-f, repeated');
is(traces_of("-c $tiny -f $other"), '0 tiny/c other', '-c and -f');
is(traces_of("$other $dir2 $tiny"), '0 other z tiny', 'plain arguments');
is(traces_of("$tiny -a"), '0 tiny', '-a changes nothing');
is(traces_of("-a -- $tiny"), '0 tiny', '-- ends the options');
is(traces_of("-f - <$tiny"), '0 <stdin>', '-f - from a file');
{
    my ($status, $out) = run("cat $tiny | ./mdriver -m $bump -c -");
    is("$status\n$out", "0\n" . $table =~ s/  trace /  trace   /r
        =~ s/  tiny  /  <stdin> /r =~ s/  total /  total   /r, '-c - from a pipe');
}
for (['gz', 'gzip -c'], ['xz', 'xz -c'], ['zst', 'zstd -qc']) {
    my ($ending, $command) = @$_;
    my $tool = (split(' ', $command))[0];
    my $packed = scratch("packed.rep.$ending");
    if (system("command -v $tool >/dev/null 2>&1") != 0) {
        print "# no $tool here: .$ending is not tested\n";
        next;
    }
    run("$command <$tiny >$packed");
    is(traces_of("-f $packed"), '0 packed', ".rep.$ending");
}

unlink($json);
run("./mdriver -n -c $tiny -m $bump -m $bad -l --json $json");
is(join(' ', map { $_->{allocator} } @{report_of($json)->{results}}),
    "$bump $bad libc", '-m repeated, and -l');

ran("-c $three -m libc --quiet -T | cut -f1-3,16", 0,
    "allocator\ttrace\tvalid\terror_line\nlibc\tthree\ttrue\t\n", '',
    '-m libc');

# ---- How to check -----------------------------------------------------------

# The kind and the line of the error, or "valid".
sub verdict {
    my ($arguments) = @_;
    unlink($json);
    my ($status) = run("./mdriver -n --json $json $arguments");
    my $error = report_of($json)->{results}[0]{error};
    return "$status " . ($error ? "$error->{kind} $error->{line}" : 'valid');
}

my $free = trace('free', 'a 0 64', 'a 1 64', 'f 0', 'a 2 1', 'f 1');
my $m = '-m tests/faulty/first_byte.c';
is(verdict("$m -c $free"), '1 payload 9', '-d 1 is the default');
is(verdict("$m -c $free -d 1"), '1 payload 9', '-d 1');
is(verdict("$m -c $free -d 2"), '1 payload 7', '-d 2');
is(verdict("$m -c $free -D"), '1 payload 7', '-D');
is(verdict("$m -c $free -d 0"), '0 valid', '-d 0');
is(verdict("-m tests/faulty/checker_unhappy.c -c $free"), '1 checkheap 9',
    'without -D mm_checkheap is called in the end');
is(verdict("-m tests/faulty/checker_unhappy.c -c $free -D"), '1 checkheap 5',
    'with -D mm_checkheap is called after every request');
is(verdict("-m tests/faulty/misaligned.c -c $three"), '1 misaligned 7',
    'alignment of 16 is the default');
is(verdict("-m tests/faulty/misaligned.c -c $three --align 8"), '0 valid',
    '--align 8');
is(verdict("-m tests/faulty/loop.c -c $three -s 0.1"), '1 timeout 8', '-s');
is(verdict("-m tests/faulty/hog.c -c $three --memory 64"), '1 oom 8',
    '--memory');

my $untidy = spew(scratch('untidy.rep'), "20000\n1\n3\n1\na 0 64\nf 0\nf 1\n");
ran("-m $bump -c $untidy --strict", 2, '', "$untidy:7: `f` of id 1, "
    . "which is not live (never allocated)\n", '--strict');
my @untidy = run("./mdriver -m $bump -c $untidy");
is("$untidy[0] $untidy[2]", "0 warning: $untidy:7: `f` of id 1, which is "
    . "not live (never allocated): it frees NULL\n",
    'without --strict it is a warning');
@untidy = run("./mdriver -m $bump -c $untidy --quiet");
is("$untidy[0] $untidy[2]", '0 ', '--quiet leaves out warnings');

{
    my $at = "$three:7: malloc(64) for id 2 returned 0x";
    my @fixed = map { (run("./mdriver -n -c $three -m $bad"))[1] } 1 .. 2;
    is($fixed[0], $fixed[1], 'with -n two runs are the same');
    check(index($fixed[0], "${at}100800000070,") >= 0,
        '-n puts the heap at 0x100800000000', $fixed[0]);
    my @random = map { (run("./mdriver -c $three -m $bad"))[1] } 1 .. 2;
    check($random[0] ne $random[1], 'without -n they are not');
}

{
    my $m = trace('memalign', 'm 0 64 100', 'm 1 32 8', 'f 0');
    my ($status, $out, $err) = run("./mdriver -c $m -m $bump -m tests/faulty/overlap.c "
        . '-l');
    is("$status $err", "0 warning: $bump, tests/faulty/overlap.c: no mm_memalign: "
        . "mm_malloc is given the 2 memalign requests\n", 'one warning for all without memalign');
}

# ---- Traces where none is named ---------------------------------------------

# installed(NAME, TRACES) - a program of its own with one trace in TRACES.
sub installed {
    my ($name, $at) = @_;
    my $root = scratch($name);
    run("rm -rf $root; mkdir -p $root/bin $root/lib/mdriver "
        . "$root/bin/build $root/$at; cp mdriver $root/bin/; "
        . "cp -r build/allocators $root/lib/mdriver/; cp $other $root/$at/");
    return $root;
}
for (['beside', 'bin/traces'], ['prefix', 'share/mdriver/traces'],
    ['floors', 'traces']) {
    my ($name, $at) = @$_;
    my $root = installed($name, $at);
    my $program = $name eq 'floors' ? 'bin/debug/mdriver' : 'bin/mdriver';
    run("mkdir -p $root/bin/debug; cp mdriver $root/bin/debug/; "
        . "mkdir -p $root/bin/lib; cp -r $root/lib/mdriver $root/bin/lib/");
    my ($status, $out, $err) = run("mkdir -p $root/empty && cd $root/empty && "
        . "../$program -m naive -T | cut -f1-3");
    is("$out$err", "allocator\ttrace\tvalid\nnaive\tother\ttrue\n",
        "without arguments: the traces in $at");
}
{
    my $root = installed('bare', 'none');
    ran("-h >/dev/null; cd $root && bin/mdriver -m naive", 2, '',
        "traces: expected a directory of traces: No such file or directory\n",
        'without arguments, and no traces anywhere');
}

# ---- What to show -----------------------------------------------------------

ran("-n -m $bump -c $tiny -v", 0, <<"END" . $tail, '', '-v');
Results for $bump:
  trace  valid   util  heap  payload  ops  secs  Kops  ns/req  x libc   interval  init ns
  tiny     yes  61.5%   208      128    6     -     -       -       -          -        -
      heap over live: 2.716 on average, 1.125 at the peak of live, 2.476 at the peak of the heap, 1.625 peak over peak
  total    1/1  61.5%                   6     -     -       -       -          -
END
is((run("./mdriver -n -m $bump -c $tiny -v 1"))[1],
    (run("./mdriver -n -m $bump -c $tiny -v"))[1], '-v 1 is -v');
is((run("./mdriver -n -m $bump -c $tiny -v 0"))[1], $table, '-v 0 is nothing');
for my $how ('-V', '-v 2', '-v -v', '-vv') {
    my ($status, $out) = run("./mdriver -n -m $bump -c $tiny $how");
    is((split(/\n/, $out))[0], "$bump: $tiny: 6 requests, peak payload 128 "
        . 'bytes, heap 208 bytes: valid', $how);
}
{
    my ($status, $out) = run('./mdriver -n -V -m tests/faulty/checker_unhappy.c'
        . " -c $tiny");
    is(join("\n", (split(/\n/, $out))[0, 1]), 'tests/faulty/checker_unhappy.c: '
        . "$tiny: 6 requests, peak payload 128 bytes: checkheap\n"
        . '    | mm_checkheap(10): the free list is lost',
        '-V shows what the allocator printed');
    is($out =~ tr/|//, 1, 'once');
    my $talks = spew(scratch('talks.c'), "#include <stdio.h>\n" . slurp($bump)
        =~ s/(bool mm_init.*?\{)/$1 puts("hello");/sr);
    ($status, $out) = run("./mdriver -n -V -m $talks -c $tiny");
    is($out, "$talks: $tiny: 6 requests, peak payload 128 bytes, heap 208 bytes: "
        . "valid\n    | hello\n" . (run("./mdriver -n -v -m $bump -c $tiny"))[1]
        =~ s/\Q$bump/$talks/r, '-V: nor is it repeated when the trace passed');
}

ran("-n -m $bump -c $tiny -g", 0,
    $table . "correct:1/1 perfidx:0 util:61.5 ratio:-\n", '', '-g');
ran("-n -m $bump -c $tiny -A", 0, $table
    . "{\"scores\": {\"correctness\": 100.0, \"performance\": 0.0}}\n", '', '-A');
{
    my ($status, $out) = run("./mdriver -n -m $bump -f $tiny -g -A");
    like($out, qr/\ncorrect:1\/1\ perfidx:\d+\ util:61\.5\ ratio:\d+\.\d\d\n
        \{"scores":\ \{"correctness":\ 100\.0,\ "performance":\ \d+\.\d\}\}\n\z/x,
        '-g and -A, timed');
    ($status, $out) = run("./mdriver -n -m $bad -f $three -f $other -g -A");
    like($out, qr/\ncorrect:1\/2\ perfidx:0\ util:.*\n
        \{"scores":\ \{"correctness":\ 50\.0,\ "performance":\ 0\.0\}\}\n\z/x,
        '-g and -A of an allocator that failed');
}

ran("-n -m $bump -c $tiny -T", 0, join("\t", qw(allocator trace valid util ops
    secs kops libc_ratio libc_ratio_lo libc_ratio_hi ns_per_op heap_bytes
    peak_payload init_ns error_kind error_line bound_bytes above_bound)) . "\n"
    . join("\t", $bump, 'tiny', 'true', '0.6153846154', 6, '', '', '', '', '',
    '', 208, 128, '', '', '', '', '') . "\n", '', '-T');

ran("-n -m $bump -c $tiny -T -T -g -A | cut -f1-3", 0,
    "allocator\ttrace\tvalid\n$bump\ttiny\ttrue\n",
    "correct:1/1 perfidx:0 util:61.5 ratio:-\n"
    . "{\"scores\": {\"correctness\": 100.0, \"performance\": 0.0}}\n",
    '-g and -A make way for what has standard output');
{
    my ($status, $out, $err) = run("./mdriver -n -m $bump -c $tiny --json - -g");
    ok_json($out, '--json - with -g');
    is("$status $err", "0 correct:1/1 perfidx:0 util:61.5 ratio:-\n",
        '--json - with -g: the line');
}
{
    my ($status, $out, $err) = run('./mdriver -c traces/as.rep -m libc -g -A '
        . '--gradescope /dev/null --markdown /dev/null -V');
    like("$status $err$out", qr/\A0\ libc:\ traces\/as\.rep:.*:\ valid\n
        Results\ for\ libc:\n.*\n
        No\ performance\ index:\ the\ speed\ of\ a\ trace\ is\ not\ known\.\n
        r:\ .*\n\ \ \ .*\n
        correct:1\/1\ perfidx:0\ util:[\d.]+\ ratio:-\n
        \{"scores":\ \{"correctness":\ 100\.0,\ "performance":\ 0\.0\}\}\n\z/sx,
        '-m libc alone is graded like any other');
}

ran("-n -m $bump -c $tiny --color always", 0,
    $table =~ s/yes/\e[32myes\e[0m/r, '', '--color always');
ran("-n -m $bump -c $tiny --color never", 0, $table, '', '--color never');
ran("-n -m $bump -c $tiny --color auto", 0, $table, '',
    '--color auto, not on a terminal');
# script(1) gives it a terminal.
if (system('command -v script >/dev/null 2>&1') == 0) {
    for (['', 1], ['NO_COLOR=1', 0], ['NO_COLOR=', 1], ['', 0, '--color never'],
        ['NO_COLOR=1', 1, '--color always']) {
        my ($environment, $expected, $option) = (@$_, '');
        my ($status, $out) = run("$environment script -qec './mdriver --quiet "
            . "-n -m $bump -c $tiny $option' /dev/null");
        is($out =~ /\e\[32myes\e\[0m/ ? 1 : 0, $expected,
            "on a terminal: $environment $option");
    }
    my ($status, $out) = run("script -qec './mdriver -n -m $bump -c $tiny' "
        . '/dev/null');
    like($out, qr/\[1\/1\] \Q$bump\E: tiny/, 'on a terminal: progress');
    ($status, $out) = run("script -qec './mdriver --quiet -n -m $bump "
        . "-c $tiny' /dev/null");
    unlike($out, qr/\[1\/1\]/, 'on a terminal: no progress with --quiet');
} else {
    print "# no script(1) here: terminals are not tested\n";
}

# ---- Exporters --------------------------------------------------------------

# keys_of(TEXT, KEY) - the keys of the first object behind "KEY", in order.
sub keys_of {
    my ($text, $key) = @_;
    my ($object) = $text =~ /"$key": \[?\s*\{(.*)\}/ or return '';
    1 while $object =~ s/: (?:"(?:[^"\\]|\\.)*"|\[[^][]*\]|\{[^{}]*\})/: 0/;
    return join(' ', $object =~ /"(\w+)": /g);
}

my $contract = 'allocator trace path weight ops ids valid error peak_payload '
    . 'heap_bytes static_bytes util overhead ns_per_op kops libc_ratio '
    . 'libc_ratio_lo libc_ratio_hi instructions_per_op init_ns samples_ns';
{
    my ($status, $text, $err) = run("./mdriver -n -m $bump -f $tiny --json -");
    is("$status$err", '0', '--json -: status and stderr');
    my $r = eval { decode_json($text) } // {};
    is($@, '', '--json -: JSON and nothing else');
    is(join(' ', $text =~ /^  "(\w+)": /mg),
        'mdriver machine config results summary', '--json: keys');
    is(keys_of($text, 'machine'), 'cpu cores kernel compiler libc',
        '--json: keys of machine');
    is(keys_of($text, 'config'), 'util_weight util_min util_max ratio_min '
        . 'ratio_max detail time_limit memory_mib alignment fixed_base '
        . 'confined',
        '--json: keys of config, each once');
    is(keys_of($text, 'results'), "$contract secs floor_ns_per_op "
        . 'heap_over_live_mean heap_over_live_at_live heap_over_live_at_heap '
        . 'heap_max_over_live_max output alignment bound_bytes above_bound '
        . 'resident private_bytes deterministic latency_median_ns '
        . 'latency_p99_ns latency_p999_ns latency_worst_ns',
        '--json: keys of a result');
    is(keys_of($text, 'summary'), 'allocator traces valid util kops libc_ratio '
        . 'perf_index libc_ratio_lo libc_ratio_hi floor_ns_per_op above_bound',
        '--json: keys of a summary');
    check(exists $r->{config}{alignment} && !defined $r->{config}{alignment},
        '--json: no alignment was asked for', $text);
    my $row = $r->{results}[0];
    is(join(' ', map { $row->{$_} // 'null' } qw(allocator trace path weight
        ops ids valid error peak_payload heap_bytes static_bytes util overhead)),
        "$bump tiny $tiny 1 6 3 1 null 128 208 0 0.6153846154 0.625",
        '--json: what can be told by hand');
    is(join(' ', map { sprintf('%.6f', $row->{$_}) } qw(heap_over_live_mean
        heap_over_live_at_live heap_over_live_at_heap heap_max_over_live_max)),
        '2.715667 1.125000 2.476190 1.625000',
        '--json: the measures of Johnstone and Wilson');
    my @s = sort { $a <=> $b } @{$row->{samples_ns}};
    my $median = @s % 2 ? $s[$#s / 2] : ($s[@s / 2 - 1] + $s[@s / 2]) / 2;
    is(sprintf('%.4f', $row->{ns_per_op}), sprintf('%.4f', $median / 6),
        '--json: ns_per_op is the median sample over the requests');
    is(sprintf('%.3f', $row->{kops}), sprintf('%.3f', 1e6 / $row->{ns_per_op}),
        '--json: kops is its inverse');
    check($row->{libc_ratio_lo} <= $row->{libc_ratio}
        && $row->{libc_ratio} <= $row->{libc_ratio_hi},
        '--json: the ratio lies in its interval');
}
{
    my ($status, $out, $err) = run("./mdriver -n -m $bad -c $three --json "
        . "$json --align 16 -d 2 -s 7 --memory 321");
    my $r = report_of($json);
    check($out =~ /\AResults for / && $err eq '' && $status == 1,
        '--json FILE: the table is printed as well', "$status $out $err");
    my $error = $r->{results}[0]{error};
    is(join('|', map { "$_=$error->{$_}" } sort keys %$error),
        'kind=overlap|line=7|message=' . "$three:7: malloc(64) for id 2 "
        . 'returned 0x100800000070, which overlaps the payload of id 1' . "\n"
        . '  id 2: [0x100800000070, 0x1008000000b0), 64 bytes, malloc on '
        . "line 7\n  id 1: [0x100800000060, 0x1008000000a0), 64 bytes, malloc "
        . "on line 6\n  map: start|[16]|id 0 ########|[16]|id 1 ########|[80]|end"
        . "\n  (# is 8 bytes, [n] n in no payload)       ^^^^^^^^ returned\n"
        . "  gdb -q -ex run --args ./mdriver -f $three -m $bad -D --break-at 7  "
        . '# stops before that line|op=3', '--json: an error');
    is(join(' ', map { $r->{config}{$_} } qw(detail time_limit memory_mib
        alignment fixed_base)), '2 7 321 16 1', '--json: config tells options');
    check(!-e "$json.tmp", '--json FILE leaves no other file');
}
{
    my ($status, $out) = run("./mdriver -n -m $bump -c $tiny --csv -");
    my ($names, $values, @more) = split(/\n/, $out);
    is("$status $names", '0 ' . join(',', split(' ', $contract
        =~ s/error/error_kind error_line error_op error_message/r), qw(secs
        floor_ns_per_op heap_over_live_mean heap_over_live_at_live
        heap_over_live_at_heap heap_max_over_live_max output alignment
        bound_bytes above_bound resident private_bytes deterministic
        latency_median_ns latency_p99_ns latency_p999_ns latency_worst_ns
        cpu cores kernel compiler libc)), '--csv: the header');
    is(@more + 0, 0, '--csv: a line for each result');
    like($values, qr{^\Q$bump\E,tiny,\Q$tiny\E,1,6,3,true,,,,,128,208,0,
        0\.6153846154,0\.625,,,,,,,,,,,2\.7156666\d*,1\.125,2\.476190476,1\.625,
        ,}x, '--csv: the values');
    my ($bad_status, $text) = run("./mdriver -n -m $bad -c $three --csv -");
    like($text, qr/,false,overlap,7,3,"[^"]*returned 0x100800000070, which[^"]*
  id 2: [^"]*",/, '--csv: an error is quoted');
}
{
    my ($status, $out) = run("./mdriver -n -m $bump -c $tiny --markdown -");
    is("$status " . join("\n", (split(/\n/, $out))[0 .. 7]), "0 ## Results for "
        . "$bump\n\n| trace | valid | util | ops | secs | Kops | x libc |\n"
        . "|:--|--:|--:|--:|--:|--:|--:|\n| tiny | yes | 61.5% | 6 | - | - | - "
        . "|\n| total | 1/1 | 61.5% | 6 | - | - | - |\n\nNo performance index: "
        . 'the speed of a trace is not known.', '--markdown');
    ($status, $out) = run("./mdriver -n -m $bump -c $tiny --gradescope -");
    is("$status $out", <<'END', '--gradescope');
0 {
  "score": 0.0,
  "output": "Traces passed: 1 of 1.\nNo performance index: the speed of a trace is not known.\n",
  "tests": [
    {"name": "tiny", "score": 1, "max_score": 1, "status": "passed", "visibility": "visible", "output": "utilization 61.5%\n"}
  ]
}
END
}
{
    my @files = map { scratch("all.$_") } qw(json csv md gs);
    my ($status, $out, $err) = run("./mdriver -n -m $bump -c $tiny --json "
        . "$files[0] --csv $files[1] --markdown $files[2] --gradescope "
        . "$files[3] --curve " . scratch('curve'));
    is("$status $out$err", "0 $table", 'all exporters at once');
    check(-s $_, "$_ is written") for @files;
}

# ---- Curves -----------------------------------------------------------------

{
    my $curves = scratch('curves');
    run("rm -rf $curves");
    my ($status, $out, $err) = run("./mdriver -n -m $bump -m $bad -c $tiny "
        . "-c $three --curve $curves");
    is("$status $err", '1 ', '--curve: status');
    is(join(' ', map { s{.*/}{}r } sort(glob("$curves/* $curves/.??*"))),
        'tests.data.bump.c-three.dat tests.data.bump.c-tiny.dat',
        '--curve: a file for each allocator and trace that passed');
    is(slurp("$curves/tests.data.bump.c-tiny.dat"), <<"END", '--curve: values');
# request\tlive_bytes\tpeak_live_bytes\theap_bytes\toverhead
1\t100\t100\t112\t0.12
2\t128\t128\t144\t0.125
3\t28\t128\t144\t0.125
4\t84\t128\t208\t0.625
5\t56\t128\t208\t0.625
6\t0\t128\t208\t0.625
END
    my $same = scratch('again');
    mkdir($same);
    spew("$same/tiny.rep", slurp($other));
    run("rm -rf $curves; ./mdriver -n -m $bump -m $bump -c $tiny -c $same/tiny.rep "
        . "--curve $curves");
    is(join(' ', map { s{.*/}{}r . '=' . ((slurp($_) =~ tr/\n//) - 1) }
        sort(glob("$curves/*"))), join(' ', map { "tests.data.bump.c-tiny.$_" }
        '2.dat=3', '3.dat=6', '4.dat=3', 'dat=6'),
        '--curve: two traces of one name have a file each');
    my $late = trace('late', 'f -1', 'a 0 50', 'r 0 70', 'f 0');
    run("./mdriver -n -m $bump -c $late --curve $curves");
    is(slurp("$curves/tests.data.bump.c-late.dat"), <<"END",
# request\tlive_bytes\tpeak_live_bytes\theap_bytes\toverhead
1\t0\t0\t0\tNaN
2\t50\t50\t64\t0.28
3\t70\t70\t144\t1.05714
4\t0\t70\t144\t1.05714
END
        '--curve: nothing is divided by zero');
}

done();
