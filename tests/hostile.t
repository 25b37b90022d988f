#!/usr/bin/env perl
# hostile.t - what becomes of each attack in tests/hostile
#
# Each runs beside a harmless trace and an honest allocator.  Whatever it does:
# the driver ends by itself with the right status, the others' results are as
# if it had not been there, what is printed is the driver's, a utilization is
# no higher than the addresses allow, a time not shorter than the work, and
# nothing is left behind, neither process nor file.  The table at the end says
# what is to become of each, and is printed with what did.
use strict;
use warnings;
use lib 'tests';
use Check;
use File::Path 'remove_tree';
use POSIX ':sys_wait_h';

my $cc = $ENV{CC} // 'cc';
my $flags = '-std=gnu11 -O2 -fPIC -shared -nostartfiles -w '
    . '-fno-semantic-interposition -Wl,-Bsymbolic -I.';
my $dir = scratch('zoo');
remove_tree($dir);
mkdir($dir);
mkdir("$dir/tmp");
$ENV{LC_ALL} = 'C';
$ENV{TMPDIR} = "$dir/tmp";
$ENV{HOSTILE_ZOO} = my $marker = "zoo-$$";

# ---- Traces ----------------------------------------------------------------

my $seed = 7;

sub draw {
    my ($below) = @_;
    $seed = ($seed * 1103515245 + 12345) % 2147483648;
    return int($seed / 65536) % $below;
}

# mixed(REQUESTS, LARGEST) - blocks that come, move and go.
sub mixed {
    my ($count, $largest) = @_;
    my (@live, @requests);
    my $id = 0;
    while (@requests < $count) {
        my $what = @live < 20 ? 0 : draw(20);
        my $bytes = 16 + draw($largest);
        my $i = draw(@live || 1);
        if ($what < 9)     { push @requests, "a $id $bytes" }
        elsif ($what < 11) { push @requests, "c $id 4 " . int($bytes / 4) }
        elsif ($what < 13) { push @requests, "r $live[$i] $bytes" }
        else { push @requests, 'f ' . splice(@live, $i, 1) }
        push @live, $id++ if $what < 11;
    }
    return (@requests, map { "f $_" } @live);
}

my @victim = mixed(600, 400);
my %traces = (
    v => trace('v', @victim),
    h => trace('h', 'a 0 100', 'a 1 100', 'a 2 100', 'f 0', 'f 1', 'f 2'),
    l => trace('l', mixed(8000, 400)),
    known => trace('known', 'a 0 16', 'a 1 48', 'a 2 32',
        map { ("a $_ 1024", "f $_") } 3 .. 900),
);

# peak(REQUEST...) - the most bytes that are live.
sub peak {
    my ($live, $peak, %size) = (0, 0);
    for (@_) {
        my ($kind, $id, $n, $m) = split;
        my $bytes = $kind eq 'f' ? 0 : $kind eq 'c' ? $n * $m : $n;
        $live += $bytes - ($size{$id} // 0);
        $size{$id} = $bytes;
        $peak = $live if $live > $peak;
    }
    return $peak;
}

# first_fit(HEADER, REQUEST...) - where the highest payload ends when blocks of
# whole 16 bytes behind a header are placed as honest.h and books.h do.
sub first_fit {
    my ($header, @requests) = @_;
    my ($top, @free, %block) = (0);
    my $take = sub {
        my $size = ($_[0] + 15) & ~15;
        my @order = $header ? (0 .. $#free)
            : sort { $free[$a][0] <=> $free[$b][0] } 0 .. $#free;
        for (@order) {
            return splice(@free, $_, 1) if $free[$_][1] >= $size;
        }
        $top += $header + $size;
        return [$top - $size, $size];
    };
    for (@requests) {
        my ($kind, $id, $n, $m) = split;
        my $new = $kind eq 'f' ? undef : $take->($kind eq 'c' ? $n * $m : $n);
        unshift @free, $block{$id} if $block{$id};
        $block{$id} = $new;
    }
    return $top;
}

# What addresses allow; the second without headers, the third if the books of
# 160,000 bytes counted.
my $peak = peak(@victim);
my %allowed = (
    honest => $peak / first_fit(16, @victim),
    headless => $peak / first_fit(0, @victim),
    books => $peak / (first_fit(0, @victim) + 160000),
    all => 1,
    any => 1,
);

# ---- Runs ------------------------------------------------------------------

# at_once(JOB...) - run shell commands, two at a time.
sub at_once {
    my @jobs = @_;
    my $running = 0;
    while (@jobs || $running) {
        if (@jobs && $running < 2) {
            my $job = shift @jobs;
            defined(my $pid = fork()) or die "fork: $!\n";
            if (!$pid) {
                exec('sh', '-c', "{ $job\n} </dev/null") or POSIX::_exit(127);
            }
            $running++;
        } else {
            $running-- if waitpid(-1, 0) > 0;
        }
    }
}

sub compile {
    my ($name) = @_;
    return "$cc $flags -o $dir/$name.so tests/hostile/$name.c "
        . "2>$dir/$name.err || echo '$name does not compile' >&2";
}

# command(NAME, MODE) - the run of an attack.  MODE c: checked only; f: timed
# as well; l: timed on a longer trace; k: on the one that is known; s: timed on
# the harmless one too, which is short.
sub command {
    my ($name, $mode, @options) = @_;
    my $trace = {l => 'l', k => 'known'}->{$mode} // 'v';
    my $how = $mode =~ /[ck]/ ? '-c' : '-f';
    my $how_h = $mode eq 's' ? '-f' : '-c';
    my $out = "$dir/$name" . (@options ? '.u' : '');
    return "timeout -s KILL 100 ./mdriver --quiet -A -s 0.3 --memory 96 "
        . "@options -m $dir/$name.so -m $dir/honest.so $how $traces{$trace} "
        . "$how_h $traces{h} --json $out.json >$out.out 2>$out.err; "
        . "echo \$? >$out.status";
}

sub result_of {
    my ($out) = @_;
    my $found = report_of("$out.json")->{results};
    return {
        status => slurp("$out.status") =~ s/\s+$//r,
        out => slurp("$out.out"),
        err => slurp("$out.err"),
        results => [map { $_ // {} } @{$found}[0 .. 3]],
    };
}

# ---- What must hold --------------------------------------------------------

sub kind_of {
    my ($r) = @_;
    return 'nothing' if !defined $r->{valid};
    return $r->{valid} ? 'valid' : $r->{error}{kind};
}

# What a result says, but for times.
sub untimed {
    my ($r) = @_;
    return join(' ', map { "$_=" . ($r->{$_} // '-') }
        qw(allocator trace peak_payload heap_bytes static_bytes
           private_bytes util)) . ' ' . kind_of($r);
}

my %honest; # by mode and trace: what the honest one's results are alone

sub check_others {
    my ($row, $r) = @_;
    for (2, 3) {
        my $alone = $honest{$row->{mode}}[$_];
        is(untimed($r->{results}[$_]), untimed($alone),
            "$row->{name}: the honest one's result $_ is its own");
    }
}

# A line that an attack printed is shown as what it printed, or not at all, and
# the last line is the driver's.
sub check_output {
    my ($row, $r) = @_;
    my @forged = grep { /forged/ && !/^  (?:it printed: |\| )/ }
        split(/\n/, $r->{out} . $r->{err});
    is("@forged", '', "$row->{name}: no forged line");
    unlike($r->{out} . $r->{err}, qr/[^\n\t -~]/,
        "$row->{name}: no control character");
    my $last = (split(/\n/, $r->{out}))[-1] // '';
    like($last, qr/^\{"scores": ?\{.*\}\}$/, "$row->{name}: the last line");
}

# Times: a cheat would gain a factor of a hundred; four is what a busy machine
# may do.  On the harmless trace all is less than what the kernel's books can
# tell, and it only cannot be faster than doing nothing.
sub check_figures {
    my ($row, $r) = @_;
    my ($v, $h, $v_honest, $h_honest) = @{$r->{results}};
    check($v->{util} <= $allowed{$row->{util}} + 1e-3,
        "$row->{name}: the utilization is what addresses allow",
        "$v->{util}, allowed: $allowed{$row->{util}}")
        if kind_of($v) eq 'valid';
    check($h->{ns_per_op} > 0.7 * $h->{floor_ns_per_op},
        "$row->{name}: no faster on h than who does nothing",
        "$h->{ns_per_op} ns, the floor: $h->{floor_ns_per_op}")
        if defined($h->{ns_per_op});
    for ([$v, $v_honest]) {
        my ($its, $theirs) = map { $_->{ns_per_op} } @$_;
        next if !defined($its) || !$theirs || $row->{util} eq 'all';
        my $on = "$row->{name}: no time is gained on $_->[0]{trace}";
        check($its * 4 > $theirs, $on, "$its ns, the honest one: $theirs");
        my ($ratio, $other) = map { $_->{libc_ratio} // 'none' } @$_;
        check($ratio ne 'none' && $ratio < 4 * $other, "$on, against libc",
            "$ratio, the honest one: $other");
    }
}

my @summary;

sub check_row {
    my ($row, $suffix) = @_;
    my $r = result_of("$dir/$row->{name}$suffix");
    my ($v, $h) = @{$r->{results}};
    my $found = kind_of($v) . ' ' . kind_of($h);
    my $valid = $found eq 'valid valid';
    is($r->{status}, $valid ? 0 : 1, "$row->{name}: the exit status");
    like($found, qr/^(?:$row->{kinds})$/, "$row->{name}: what becomes of it");
    my $said = $v->{error} ? $v->{error}{message} : '';
    check(index($said, $row->{text}) >= 0, "$row->{name}: why", $said);
    check_others($row, $r);
    check_output($row, $r);
    check_figures($row, $r);
    my ($util, $other) = map { $_->{util}
        ? sprintf('%5.1f%%', 100 * $_->{util}) : '-' } @{$r->{results}}[0, 2];
    push @summary, sprintf("%-24s %-26s %6s %6s\n", $row->{name} . $suffix,
        $found, $v->{valid} ? $util : '-', $other);
}

# ---- All of them -----------------------------------------------------------

my (@rows, @unconfined);
while (<DATA>) {
    my ($name, $mode, $kinds, $util, $text) = split(' ', $_, 5) or next;
    $kinds =~ tr{/}{ };
    chomp($text //= '');
    my $row = {name => $name, mode => $mode, kinds => $kinds, util => $util,
        text => $text};
    push @{$mode =~ s/^u// ? \@unconfined : \@rows}, $row;
    $row->{mode} = $mode;
}

my @names = map { m{([^/]+)\.c$} } glob('tests/hostile/*.c');
my %known = map { $_->{name} => 1 } @rows;
check($known{$_}, "$_ is in the table") for grep { $_ ne 'honest' } @names;
check(@names >= 36, 'the zoo is large enough', scalar(@names) . ' attacks');

at_once(map { compile($_) } @names);
at_once(command('honest', 'c'));
if (!report_of("$dir/honest.json")->{config}{confined}) {
    print "ok the filter is off in this build or on this machine\n";
    done();
}
{
    my %modes = map { $_->{mode} => 1 } @rows;
    for my $mode (sort keys %modes) {
        at_once(command('honest', $mode));
        $honest{$mode} = result_of("$dir/honest")->{results};
        is(join(' ', map { kind_of($_) } @{$honest{$mode}}),
            'valid valid valid valid', "honest, $mode");
    }
}
at_once(map { command($_->{name}, $_->{mode}) } @rows);
check_row($_, '') for @rows;
at_once(map { command($_->{name}, $_->{mode}, '--unconfined') } @unconfined);
check_row($_, '.u') for @unconfined;

# ---- Sources that attack the compiler --------------------------------------

my %compiled = (
    doubles => qr/\nIn file included from .*\n/,
    embeds_zeros => qr/\n.*Assembler messages:\n.*Error: unable to include/,
    explodes => qr/\n.*(out of memory|terminated)/,
    reads_zeros => qr/\n.*(out of memory|terminated)/,
    shouts => qr/\n.*#error \?\[2J\?\[H/,
    writes_much => qr/\n.*(out of memory|terminated)/,
);
at_once(map { "ulimit -t 1; timeout -s KILL 100 ./mdriver --quiet -m "
    . "tests/hostile/compile/$_.c -m $dir/honest.so -c $traces{h} "
    . "--json $dir/$_.json >$dir/$_.out 2>$dir/$_.err; echo \$? "
    . ">$dir/$_.status" } sort keys %compiled);
for (sort keys %compiled) {
    my $r = result_of("$dir/$_");
    is($r->{status}, 1, "$_: the exit status");
    like($r->{out}, qr{^\Qtests/hostile/compile/$_.c: expected a \E}m
        . qr{source that compiles; the compiler says:$compiled{$_}}, "$_: why");
    unlike($r->{out}, qr/[^\n\t -~]/, "$_: no control character");
    check(length($r->{out}) < 8000, "$_: not much of it",
        length($r->{out}) . ' bytes');
    is(kind_of($r->{results}[1]), 'valid', "$_: the honest one runs");
    push @summary, sprintf("%-24s %-26s %6s %6s\n", $_, 'is not compiled',
        '-', '-');
}

# ---- What is left behind ---------------------------------------------------

my @left;
for my $try (1 .. 50) {
    @left = grep { !m{^/proc/$$/} && slurp($_) =~ /\0?HOSTILE_ZOO=$marker\0/ }
        glob('/proc/[0-9]*/environ');
    last if !@left;
    select(undef, undef, undef, 0.1);
}
is("@left", '', 'no process is left behind');
is(join(' ', glob("$dir/tmp/* /tmp/hostile-zoo* /dev/shm/hostile-zoo*")), '',
    'no file is left behind');

printf "%-24s %-26s %6s %6s\n", 'attack', 'trace v, trace h', 'util', 'honest';
print @summary;
done();

# An attack, the mode (see command; u: without the filter), what is to become of
# it on its two traces, what its utilization is held against, and what is said.
__DATA__
aborts                c crash/valid            honest SIGABRT, Aborted
books_at_load         c valid/valid            books
books_given_back      c valid/valid            books
books_in_beyond_break c valid/valid            books
books_in_brk          c valid/valid            books
books_in_code         c init/init              books
books_in_constants    c init/init              books
books_in_driver       c valid/init             headless
books_in_heap         c valid/valid            books
books_in_libc         c valid/valid            books
books_in_memfd        c crash/crash            books  called memfd_create
books_in_memfd_early  c crash/crash            books  called memfd_create
books_in_mmap         c valid/valid            books
books_in_replaced     c valid/valid            books
books_in_section      c valid/valid            books
books_in_shared       c valid/valid            books
books_in_shared_late  c init/init              books
books_in_signal_stack c init/init              headless
books_in_stack        c valid/valid            books
books_in_static       c valid/valid            books
books_in_thread       c valid/valid            books
books_in_trace        c valid/valid            headless
borrows_payload       f payload/valid          honest in a timed pass
breaks_stdio          c valid/valid            honest
clairvoyant           f valid/valid            all
closes                c valid/valid            honest
commands_terminal     c exit/valid             honest it printed: ?[2J?[H?]0;owned??  total  1/1? 2J??
connects              c exit/valid             honest exit(3) was called
counts_inits          l valid/valid            honest
eats_disk             c valid/valid            honest
eats_heap             c oom/valid              honest
eats_memfd            c crash/valid            honest called memfd_create
eats_mmap             c oom/valid              honest
eats_shared           c oom/oom                honest
eats_unmapped         c oom/valid              honest
executes              c crash/valid            honest called execve
exits                 c exit/valid             honest exit(0) was called
exits_at_load         c exit/exit              honest exit(0) was called
exits_in_init         c exit/exit              honest exit(0) was called
fixed_block           f overlap/valid          honest in the second run
fixed_when_timed      f overlap/valid          honest in a timed pass
floods                c exit/valid             honest exit(1) was called
forges_and_exits      c exit/valid             honest exit(0) was called
forges_answers        c valid/valid            all
forges_at_exit        c valid/valid            honest
forges_in_free        f valid/valid            honest
forks                 c crash/valid            honest called fork
forks_quietly         c valid/valid            honest
handles_faults        c valid/valid            honest
heap_from_libc        c outside-heap/outside-heap honest far from the heap
heap_from_mmap        c outside-heap/outside-heap honest far from the heap
heap_from_static      c outside-heap/outside-heap honest far from the heap
kills_itself          c killed/valid           honest killed by SIGKILL
kills_others          c valid/valid            honest
knows_trace           k valid/valid            all
lifts_limits          c exit/valid             honest exit(3) was called
loops                 c timeout/valid          honest
loops_at_load         c timeout/timeout        honest loading the allocator
loops_in_checker      c timeout/timeout        honest mm_checkheap
loops_in_init         c timeout/timeout        honest mm_init
meddles               f valid/valid            honest
lowers_break          c overlap/valid|outside-heap/valid          all
outlives_pass         f valid/valid            honest
patches_clock         l valid/valid            honest
raises_break          c outside-heap/outside-heap honest
reads_parent          c exit/valid             honest exit(3) was called
reads_trace           c exit/valid             honest exit(3) was called
recurses_at_load      c crash/crash            honest the stack of 8 MiB is used up
remembers             f valid/valid            honest
replays_answers       f overlap/valid          honest
reports_early         f null/null              honest
resets_break          c outside-heap/outside-heap honest
returns_past          c crash/valid            honest
scribbles_answers     c outside-heap/valid     honest
scribbles_data        c crash/valid            honest
scribbles_log         l valid/valid            honest
sets_alarms           l valid/valid            honest
shaves_clock          l valid/valid            honest
skips_copy            f payload/valid          honest
skips_unwatched       f valid/valid            honest
skips_zero            f not-zeroed/valid       honest
sleeps                c timeout/valid          honest was asleep
stops_itself          c timeout/valid          honest was asleep
traces_parent         c crash/valid            honest called ptrace
unmaps_driver         c timeout/timeout        honest
works_in_threads      f valid/valid            honest
wraps_growth          c valid/valid            honest
writes_parent         c valid/valid            honest
exits                 uc exit/valid            honest exit(0) was called
closes                uc valid/valid           honest
executes              uc exit/valid            honest
forges_and_exits      uc exit/valid            honest exit(0) was called
forks                 uc timeout/valid         honest
scribbles_log         ul valid/valid           honest
works_in_threads      uf valid/valid           honest
kills_itself          uc killed/valid          honest killed by SIGKILL
