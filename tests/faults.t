#!/usr/bin/env perl
# faults.t - every allocator in tests/faulty is found out, and what is said then
#
# tests/faulty/table.txt has an entry for each fault, trace and choice of
# options:
#
#   == FAULT TRACE OPTIONS
#   planted LINE[; why it is reported later]
#   KIND LINE
#   what is said, where T is the path of the trace
#
# The planted line is that of the request during which the allocator first does
# wrong.  It is not believed: the fault is run once more in a build that tells
# it (tests/faulty/tell.h).  What is reported later has to say why.
#
#   perl tests/faults.t --write   puts what is said into the table, and prints
#                                 what is not as it was: for explanations that
#                                 were worded anew; read what it prints
#   perl tests/faults.t --table   prints the summary alone
use strict;
use warnings;
use lib 'tests';
use Check;

my $mdriver = $ENV{MDRIVER} // './mdriver';
my $table = 'tests/faulty/table.txt';
my $objects = 'build/tests/faulty';
my $doing = $ARGV[0] // ''; # --write, --table

my @basic = ('a 0 64', 'a 1 64', 'a 2 64', 'f 0', 'r 1 200', 'c 3 4 16',
    'f 1', 'f 2', 'f 3', 'f -1');

my %traces = (
    basic => trace('basic', @basic),
    below => trace('below', 'a 0 64', 'a 1 64', 'f 1', 'f 0'),
    large => trace('large', 'a 0 16', 'a 1 3000', 'a 2 5000', 'f 0', 'f 1',
        'f 2'),
    long => trace('long', (map { ("a $_ 16", "f $_") } 1 .. 99999),
        'a 0 32', 'a 1 32', 'a 2 32', 'f 0', 'f 1'),
    ids => trace('ids', map { "a $_ 16" } 0 .. 65537),
    giant => trace('giant', 'a 0 4294967295', 'a 1 4294967296', 'f 0', 'f 1'),
    odd => trace('odd', 'a 0 16', 'a 1 33', 'a 2 16', 'f 1'),
    realloc => trace('realloc', 'a 0 64', 'a 1 16', 'r 1 100', 'r 1 300',
        'f 1', 'f 0'),
    shrink => trace('shrink', 'a 0 200', 'a 1 16', 'a 2 16', 'f 1', 'r 0 16',
        'f 2', 'f 0'),
    null => trace('null', 'r 0 16', 'f 0'),
    product => trace('product', 'c 0 3 5', 'c 1 9223372036854775816 2',
        'f 0'),
    memalign => trace('memalign', 'a 0 16', 'm 1 64 100', 'f 1'),
    zero => trace('zero', 'a 0 0', 'a 1 0', 'f 0', 'f 1'),
    zero_next => trace('zero_next', 'a 0 64', 'a 1 0', 'a 2 64', 'f 0'),
    footer => trace('footer', 'a 0 65505', 'a 1 16', 'f 0', 'f 1'),
    last => trace('last', 'a 0 16', 'a 1 16', 'a 2 3000', 'f 2', 'f 0',
        'f 1'),
    circle => trace('circle', 'a 0 100', 'a 1 100', 'a 2 100', 'a 3 16', 'f 2',
        'f 0', 'f 1', 'a 4 721'),
    lower => trace('lower', 'a 0 2032', 'a 1 16', 'a 2 16', 'a 3 16', 'f 2',
        'f 1', 'a 4 64'),
    reuse => trace('reuse', 'a 0 16', 'a 1 16', 'f 0', 'a 2 40', 'f 1'),
    between => trace('between', 'a 0 64', 'a 1 64', 'a 2 64', 'f 1', 'a 3 96',
        'f 2'),
    around => trace('around', 'a 0 64', 'a 1 64', 'a 2 300', 'f 0'),
    enclosed => trace('enclosed', 'a 0 16', 'a 1 3000', 'a 2 64', 'f 1'),
    split => trace('split', 'a 0 200', 'a 1 16', 'f 0', 'a 2 16', 'a 3 16',
        'f 1'),
    exact => trace('exact', 'a 0 200', 'a 1 16', 'f 0', 'a 2 16', 'a 3 176',
        'a 4 16', 'f 1'),
    edge => trace('edge', 'a 0 64', 'f 0', 'a 1 80', 'f 1'),
    resized => trace('resized', 'a 0 64', 'r 0 0', 'a 1 64', 'a 2 64', 'f 1'),
    fresh => trace('fresh', 'a 0 64', 'a 1 64', 'f 0', 'a 2 64', 'f 2'),
    single => trace('single', 'a 0 16'),
    few => trace('few', 'a 0 100', 'a 1 100', 'a 2 100', 'f 1', 'a 3 50',
        'r 0 200', 'c 4 10 10', 'f 0', 'f 2', 'f 3', 'f 4'),
);

# ---- The allocators ----------------------------------------------------

my @faults = map { m{([^/]+)\.c$} } glob('tests/faulty/*.c');
my $cc = ($ENV{CC} // 'cc') . ' -std=gnu11 -g -fPIC -shared -nostartfiles '
    . '-fno-semantic-interposition -Wl,-Bsymbolic -w -I.';

sub object { "$objects/$_[0].so" }
sub telling { "$objects/$_[0].tell.so" }

# compile_commands(FAULT) - for the shell, for what is not up to date.
sub compile_commands {
    my ($fault) = @_;
    my $source = "tests/faulty/$fault.c";
    my $newest = (sort { $b <=> $a } map { (stat)[9] } $0, $source, 'mm.h',
        'memlib.h', glob('tests/faulty/*.h'))[0];
    my $fresh = sub { -e $_[0] && (stat(_))[9] > $newest };
    my @commands;
    push @commands, "$cc -O2 -o " . object($fault) . " $source"
        if !$fresh->(object($fault));
    push @commands, "$cc -O1 -include tests/faulty/tell.h -o "
        . telling($fault) . " $source" if !$fresh->(telling($fault));
    return @commands;
}

# One compiler at a time for each of two processors.
sub compile_all {
    mkdir($objects);
    my @commands = map { compile_commands($_) } @faults;
    for my $half (0, 1) {
        my $script = join("\n", 'set -e',
            @commands[grep { $_ % 2 == $half } 0 .. $#commands], '');
        spew(scratch("compile$half.sh"), $script);
    }
    my ($status, $out, $err) = run(join(' ', map {
        'sh ' . scratch("compile$_.sh") . " & p$_=\$!;" } 0, 1)
        . ' wait $p0 && wait $p1');
    die "tests/faulty does not compile: $err\n" if $status ne '0';
}

# ---- Running one -------------------------------------------------------

# tidy(TEXT, ENTRY) - without what depends on the tree, on the compiler (how it
# names a function in an assertion), on where libraries are mapped, and on what
# else the machine has to do: a loop may be ended by the clock on the wall.
sub tidy {
    my ($text, $e) = @_;
    my $path = $e->{path};
    $text =~ s/ was (under way|asleep) when the pass had .* s,/ did not end,/
        if $e->{fault} ne 'sleeps';
    $text =~ s{\Q$objects\E/(\w+)\.so\b}{tests/faulty/$1.c}g;
    $text =~ s/^\Q$path\E:/T:/mg;
    $text =~ s{(-f|-c|shrink) \Q$path\E}{$1 TRACE}g;
    $text =~ s{-m tests/faulty/\w+\.c}{-m FAULT}g;
    $text =~ s{\n  make .*  # with sanitizers}{}g; # depends on the build
    $text =~ s{\S*/(mdriver|rep) }{./$1 }g;
    $text =~ s{ \S*/(tests/faulty/)}{ $1}g;
    $text =~ s/void (mm_\w+)\(void \*\)/$1/g;
    $text =~ s/0x7[0-9a-f]{11}\b/LIBRARY/g;
    return $text;
}

# An examination has no JSON.  Its kinds, by what it says:
my @kinds = (
    [crash => qr/ crashed: /], [overlap => qr/ overlaps /],
    [null => qr/ returned NULL/], [payload => qr/ was overwritten| keep the /],
    ['outside-heap' => qr/ past the end of the heap/],
    [timeout => qr/ was under way /], [grows => qr/ the heap grew /],
);

# examined(TEXT) - what an examination told: the kind and line of the first
# failure, and all lines that are about failures.
sub examined {
    my ($text) = @_;
    my @lines = grep { /FAIL|^ {6}/ } split(/\n/, $text);
    return 'valid' if !@lines;
    my ($kind) = map { $_->[0] } grep { $lines[0] =~ $_->[1] } @kinds;
    my ($line) = $lines[0] =~ /line (\d+):/;
    return join("\n", ($kind // 'unknown') . ' ' . ($line // '-'), @lines);
}

# under_valgrind(OBJECT, PATH) - its first complaint: what, and where.
sub under_valgrind {
    my ($object, $path) = @_;
    my ($status, undef, $err) =
        run("valgrind -q $mdriver -n --quiet -c $path -m $object");
    my @lines = map { s/^==\d+== *//r } grep { /^==\d/ } split(/\n/, $err);
    return ($status, '', 'valid') if !@lines;
    $lines[1] =~ s/0x[0-9A-F]+: //;
    my $said = "valgrind -\n$lines[0]\n  $lines[1]";
    return ($status, '', $said);
}

# ran(OBJECT, PATH, OPTIONS) - an allocator on a trace: exit status, standard
# error, what is said of it, what it printed, and the report, if it is one.
sub ran {
    my ($object, $path, $options) = @_;
    return under_valgrind($object, $path) if $options eq 'valgrind';
    my $json = scratch('out.json');
    unlink($json);
    my $examines = $options =~ /--(oom|conform)\b/;
    $path = '' if $options =~ /--conform/;
    my ($status, $out, $err) = run("$mdriver -n -s 5 $options "
        . ($path ? "-f $path " : '') . "-m $object "
        . ($examines ? '--quiet -v' : "--json $json"));
    return ($status, $err, examined($out), $out) if $examines;
    my $result = report_of($json)->{results}[0] // {};
    my $error = $result->{error};
    return ($status, $err, $error ?
        "$error->{kind} $error->{line}\n$error->{message}" : 'valid',
        $result->{output} // '', $out);
}

# planted_line(FAULT, PATH, OPTIONS) - where the fault itself says it begins to
# do wrong.  The questions of --conform have other lines, so the trace is asked.
sub planted_line {
    my ($fault, $path, $options) = @_;
    $options =~ s/--conform|valgrind//;
    $options =~ s/-s \S+/-s 0.2/; # it is told long before
    my $output = (ran(telling($fault), $path, $options))[3];
    my ($request) = $output =~ /planted: request (\d+)/;
    return '-' if !defined $request;
    return $request + 4;
}

# ---- The table ---------------------------------------------------------

my (@summary, $rewritten);

sub found_by {
    my ($options) = @_;
    return $1 if $options =~ /(--oom|--conform|--hygiene|-D|valgrind)\b/;
    return 'default';
}

# tell_change(HEADER, WAS, IS) - what --write does to an entry.
sub tell_change {
    my ($header, $was, $is) = @_;
    return if $was eq $is;
    my ($before, $after) = map { [split(/\n/, $_)] } $was, $is;
    my %stays = map { my $line = $_;
        grep({ $_ eq $line } @$after) ? ($line => 1) : () } @$before;
    print "== $header\n";
    print map { "- $_\n" } grep { !$stays{$_} } @$before;
    print map { "+ $_\n" } grep { !$stays{$_} } @$after;
}

# check_planted(ENTRY, LINE, MESSAGE) - the line is the one that the fault
# tells, and what is reported later has a reason.  Where the message says when
# it happened, it is right.  Returns that line, or "".
sub check_planted {
    my ($e, $reported, $message) = @_;
    my ($named) = $message =~ /^  it happened during .* on line (\d+)/m;
    my $told = planted_line($e->{fault}, $e->{path}, $e->{options});
    is($told, $e->{planted}, "$e->{header}: where it was planted");
    check(($reported eq $told) != ($e->{why} ne ''),
        "$e->{header}: reported at once, or there is a reason",
        "planted on line $told, reported on line $reported"
        . ($e->{why} && ", because $e->{why}"));
    return '' if !defined $named;
    is($named, $told, "$e->{header}: the report names the guilty request");
    return $named;
}

# hold(ENTRY) - one entry of the table, run and held against what it should be.
sub hold {
    my ($e) = @_;
    my ($status, $err, $said, undef, $out) =
        ran(object($e->{fault}), $e->{path}, $e->{options});
    my $found = tidy($err . $said, $e) . "\n";
    my ($kind, $line) = $said =~ /\A(\S+)(?: (\S+)\n)?/;
    $rewritten .= "\n== $e->{header}\n$e->{plant}$found";
    return tell_change($e->{header}, $e->{text}, $found)
        if $doing eq '--write';
    my $passes = $e->{text} =~ /^(valid|valgrind -)$/m;
    is("status $status\n$found", 'status ' . ($passes ? 0 : 1) . "\n$e->{text}",
        $e->{header});
    return if $kind eq 'valid';
    my $message = $said =~ s/\A.*\n//r;
    check(index($out, $message) >= 0, "$e->{header}: the report says so", $out)
        if defined $out;
    push @summary, [$e->{fault}, found_by($e->{options}), $kind, $e->{planted},
        $line, check_planted($e, $line, $message), $e->{why}];
}

sub entries {
    my @entries;
    for (split(/^== /m, slurp($table))) {
        my ($header, $plant, $planted, $why, $text) =
            /^([^\n]+)\n(planted (\S+?)(?:; ([^\n]+))?\n)?(.*?\n)\n*\z/s
            or next;
        my ($fault, $trace, $options) = split(' ', $header, 3);
        my $path = $traces{$trace} or die "no trace $trace\n";
        push @entries, {header => $header, plant => $plant // '',
            planted => $planted // '-', why => $why // '', text => $text,
            fault => $fault, path => $path, options => $options // ''};
    }
    return @entries;
}

sub print_summary {
    my @rows = (['fault', 'found by', 'kind', 'planted', 'reported', 'names',
        'reported later because'], sort { $a->[0] cmp $b->[0] } @summary);
    print map { sprintf("%-23s %-10s %-13s %8s %8s %6s  %s", @$_) =~ s/ +$//r
        . "\n" } @rows;
}

compile_all();
my @entries = entries();
@entries = grep { $_->{options} ne 'valgrind' } @entries
    if $doing ne '--write' && system('valgrind --version >/dev/null 2>&1') != 0;
open(my $stdout, '>&', \*STDOUT) or die;
open(STDOUT, '>', '/dev/null') or die if $doing eq '--table';
hold($_) for @entries;
open(STDOUT, '>&', $stdout) or die;
if ($doing eq '--write') {
    spew($table, $rewritten =~ s/\A\n//r);
    exit(0);
}
print_summary();
done() if $doing eq '--table';

for my $fault (@faults) {
    check(scalar(grep { $_->{fault} eq $fault } @entries),
        "$fault is in the table");
}

# ---- Nobody else is accused --------------------------------------------

# all_valid(NAME, TRACES, OPTIONS) - every allocator on every trace.
sub all_valid {
    my ($name, $names, $options) = @_;
    my $json = scratch('valid.json');
    my ($status, $out, $err) = run("$mdriver --quiet $options --json $json "
        . join(' ', map { '-m ' . object($_) } qw(correct tags_correct
            walk_correct)) . join('', map { " -c $traces{$_}" } @$names));
    my @bad = grep { !$_->{valid} } @{report_of($json)->{results}};
    is("$status " . join("\n", map { "$_->{allocator}: "
        . "$_->{error}{message}" } @bad), '0 ', $name);
}

my @long = qw(giant ids long);
my @short = grep { my $name = $_; !grep { $_ eq $name } @long } sort keys
    %traces;
all_valid('what faults are planted in is correct', \@long, '');
all_valid('the family is correct', \@short, '-m all');
all_valid('and under -D', \@short, '-m all -D');

# ---- A failure is nobody else's ----------------------------------------

# kinds(FILE) - of the results in a JSON file, in order.
sub kinds {
    my ($json) = @_;
    return join(' ', map { $_->{valid} ? 'valid' : $_->{error}{kind} }
        @{report_of($json)->{results}});
}

# The traces after a failed one are run, be it a crash or a time-out.
for (['overlap', 'valid overlap valid overlap valid'],
    ['null_deref', 'crash crash valid crash crash'],
    ['frees_into_circle', 'valid timeout valid timeout valid']) {
    my ($fault, $expected) = @$_;
    my $json = scratch('several.json');
    my $failing = $fault eq 'frees_into_circle' ? $traces{circle}
        : $traces{basic};
    my $path = $fault eq 'null_deref' ? object($fault)
        : "tests/faulty/$fault.c";
    my ($status) = run("$mdriver -n -s 0.5 -m $path "
        . "-f $traces{below} -f $failing -f $traces{single} "
        . "-f $failing -f $traces{below} --json $json");
    is("$status " . kinds($json), "1 $expected",
        "$fault: the traces after a failed one are run");
}

# Several allocators: the faulty one does no harm to the others.
{
    my $json = scratch('side.json');
    my ($status) = run("$mdriver -n -m " . object('correct') . ' -m '
        . object('null_deref') . ' -m tests/faulty/correct.c '
        . "-f $traces{basic} --json $json");
    is("$status " . kinds($json), '1 valid crash valid',
        'the allocators after a failed one are run');
}

done();
