package Check;
# Check - tests of programs: run one, hold what it did against what it should
use strict;
use warnings;
use Exporter 'import';
use File::Path 'make_path';
use JSON::PP;
our @EXPORT =
    qw(run check is like unlike spew slurp scratch trace report_of done);

my $failures = 0;
$| = 1;

# check(GOOD, NAME, WHY) - one test.
sub check {
    my ($good, $name, $why) = @_;
    if ($good) { print "ok $name\n"; return 1 }
    $why //= 'it does not hold';
    $why =~ s/\n/\n    /g;
    print "not ok $name: $why\n";
    $failures++;
    return 0;
}

sub is {
    my ($found, $expected, $name) = @_;
    check($found eq $expected, $name,
        "expected\n<<$expected>>\nfound\n<<$found>>");
}

sub like {
    my ($found, $pattern, $name) = @_;
    check(scalar($found =~ $pattern), $name,
        "expected a match of $pattern, found\n<<$found>>");
}

sub unlike {
    my ($found, $pattern, $name) = @_;
    check(scalar($found !~ $pattern), $name,
        "expected no match of $pattern, found\n<<$found>>");
}

# scratch(NAME) - a path under build/tests/scratch that is this test's own.
sub scratch {
    my ($name) = @_;
    my $dir = 'build/tests/scratch/' . ($0 =~ s{.*/}{}r);
    make_path($dir);
    return "$dir/$name";
}

sub spew {
    my ($path, $text) = @_;
    open(my $out, '>:raw', $path) or die "$path: $!\n";
    print $out $text;
    close($out) or die "$path: $!\n";
    return $path;
}

sub slurp {
    my ($path) = @_;
    open(my $in, '<:raw', $path) or return "<no file $path>";
    local $/;
    return scalar(<$in>) // '';
}

# trace(NAME, REQUEST...) - the path of a trace of these requests, one a line
# from line 5, with a header of the classic dialect.
sub trace {
    my ($name, @requests) = @_;
    my %ids = map { /^\w (\d+)/ ? ($1 => 1) : () } @requests;
    return spew(scratch("$name.rep"), join("\n",
        20000, scalar(keys %ids), scalar(@requests), 1, @requests, ''));
}

# report_of(FILE) - what --json wrote there.
sub report_of {
    my ($path) = @_;
    return eval { decode_json(slurp($path)) }
        // {results => [], broken => "$path: $@"};
}

# run(COMMAND) - a shell command: its exit status (or "signal N"), its standard
# output, its standard error.
sub run {
    my ($command) = @_;
    my ($out, $err) = (scratch('stdout'), scratch('stderr'));
    my $status = system('sh', '-c', "{ $command\n} >$out 2>$err </dev/null");
    $status = $status & 127 ? 'signal ' . ($status & 127) : $status >> 8;
    return ($status, slurp($out), slurp($err));
}

sub done { exit($failures ? 1 : 0) }

1;
