package Tour;
# Tour - every command once, on small inputs: for programs that are built or
# run in some other way, by sanitize.t and under valgrind
use strict;
use warnings;
use Check;
use Exporter 'import';
use JSON::PP;
our @EXPORT = 'tour';

my ($bin, $reports);

# A command ends with this status, and nothing is reported of it; or it may be,
# where an allocator is faulty on purpose.
sub goes {
    my ($status, $command, $may_be) = @_;
    unlink(glob("$reports*"));
    my ($found, $out, $err) = run("$bin/$command");
    my @said = map { slurp($_) } grep { -s } glob("$reports*");
    my $name = $command =~ s{build/tests/scratch/[^/]*/}{}gr;
    check($found eq $status && ($may_be || !@said), $name,
        "status $found, not $status\n" . join("\n", $err, @said));
    return $out;
}

sub gives_json {
    my ($status, $command) = @_;
    my $out = goes($status, $command);
    my $good = eval { decode_json($out); 1 };
    check($good, "and its output is JSON", "$@\n$out");
}

# Requests of each kind, and more that are not quite as they should be.
my @REQUESTS = ('a 0 16', 'm 1 64 100', 'c 2 3 50', 'r 0 40', 'f 1', 'f -1',
    'a 3 9000', 'f 0', 'f 2', 'a 4 0', 'r 3 10000', 'a 5 24', 'f 5');

# Not traces, or hardly.
my %BROKEN = (
    empty    => '',
    word     => "1\n2\n3\n4\na 0 many\n",
    letter   => "1\n2\n3\n4\nz 0 1\n",
    short    => "1\n2\n3\n4\na 0 16\nf",
    binary   => "\0\1\2\377" x 100,
    huge     => "1\n2\n3\n4\na 0 99999999999999999999\n",
    negative => "1\n2\n3\n4\na 0 -5\n",
    header   => "1\n2\n3\n4\n",
    id       => "1\n2\n3\n4\na 18446744073709551616 1\n",
    gzip     => "\x1f\x8b\10\0",
);

sub of_rep {
    my ($trace, $untidy, $out) = @_;
    gives_json(0, "rep info --json $trace");
    gives_json(0, "rep bound --json $trace");
    goes(0, "rep info --dat $out-dat $trace");
    goes(0, "rep lint $trace");
    goes(1, "rep lint $untidy");
    goes(0, "rep $_ $trace -o $out.rep")
        for 'cut 2:9', 'filter --max-size 200', 'balance', 'convert --renumber';
    goes(0, "rep gen $_ -o $out.rep")
        for 'binary --pairs 20', 'coalesce', 'realloc', 'realloc-wall',
            'random --ops 200', 'phases', 'giant --ops 50',
            "cdf --like $trace", "markov --like $trace",
            'robson --live 64 --max 8 --against best-fit',
            'robson-first-fit --live 64 --max 8 --against mm';
    my $log = spew("$out.mtrace", "= Start\n\@ ./a:[0x1] + 0x1000 0x10\n"
        . "\@ ./a:[0x1] - 0x1000\n= End\n");
    goes(0, "rep import $log -o $out.rep");
    goes(0, "rep record -o $out.rep -- sh -c :");
    goes(0, "rep shrink -q -s 2 -m tests/faulty/overlap.c -o $out.rep $trace",
        'may be');
}

sub of_mdriver {
    my ($trace, $untidy, $out) = @_;
    my $check = "mdriver -n --quiet -s 100 -c";
    gives_json(0, "$check $trace --json -");
    goes(0, "$check $trace -D -V --bound -m mm -m implicit --$_ $out")
        for 'csv', 'markdown', 'gradescope';
    goes(0, "$check $trace -D --curve $out.curves -m all");
    goes(0, "$check $untidy");
    goes(2, "$check $untidy --strict");
    my $run = 'mdriver --quiet -s 100 -m implicit';
    my $help = goes(0, 'mdriver -h');
    goes(0, "$run --conform");
    goes(0, "$run --oom -f $trace");
    goes(0, "$run --abuse");
    goes(0, "$run --hygiene -c $trace") if $help =~ /--hygiene/;
    goes(0, "$run --grade-checker -c $trace") if $help =~ /--grade-checker/;
    goes(1, "$check $trace -m tests/faulty/$_.c", 'may be')
        for 'overlap', 'null_deref', 'returns_null', 'exits', 'last_byte';
}

# tour(BIN, REPORTS) - the mdriver and rep of the directory BIN.  What is said
# of them by a sanitizer goes to files whose names begin with REPORTS.
sub tour {
    ($bin, $reports) = @_;
    my $trace  = trace('t', @REQUESTS);
    my $untidy = spew(scratch('untidy.rep'),
        "1\n9\n9\n16\na 0 16\na 1\nf 7\nr 8 20\na 0 16\nf 0\n");
    my $out = scratch('out');
    of_rep($trace, $untidy, $out);
    of_mdriver($trace, $untidy, $out);
    for my $what (sort keys %BROKEN) {
        my $broken = spew(scratch("$what.rep"), $BROKEN{$what});
        goes($what eq 'gzip' ? 2 : 1, "rep lint $broken");
        goes(2, "rep info $broken");
        goes(2, "mdriver --quiet -c $broken");
    }
}

1;
