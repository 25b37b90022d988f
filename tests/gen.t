#!/usr/bin/env perl
# gen.t - the models of rep gen: what they draw, what they are fitted to, and
# that a seed means the same everywhere
use strict;
use warnings;
use Digest::MD5 'md5_hex';
use lib 'tests';
use Check;

my $rep     = $ENV{REP}     // './rep';
my $mdriver = $ENV{MDRIVER} // './mdriver';

# gen(OPTIONS) - the trace, of a run that must go well.
sub gen {
    my ($args) = @_;
    my ($status, $out, $err) = run("$rep gen $args");
    is("$status$err", '0', "gen $args");
    return $out;
}

# lines_of(OPTIONS) - its requests.
sub lines_of {
    my @lines = split /\n/, gen($_[0]);
    return @lines[4 .. $#lines];
}

# fails(OPTIONS, WHAT IS SAID) - and no file is left, nor an old one changed.
sub fails {
    my ($args, $said) = @_;
    my $old = spew(scratch('old.rep'), 'old');
    my ($status, $out, $err) = run("$rep gen $args -o $old");
    is("$status|$out|$err|" . slurp($old), "2||rep: $said\n|old",
        "gen $args fails");
    is(join(' ', glob("$old?*")), '', "gen $args leaves nothing");
}

for my $args ('random --min 0 --max 4 --realloc 60',
    'random --min 0 --max 4 --realloc 60 --lives uniform --reuse-ids') {
    my ($status, $out, $err) = run("$rep gen $args | grep -c '^r [0-9]* 0\$'");
    is("$status|$out|$err", "1|0\n|", "gen $args: no realloc frees");
    ($status, $out, $err) = run("$rep gen $args | grep -c '^a [0-9]* 0\$'");
    like($out, qr/^[1-9]/, "gen $args: malloc of 0 bytes");
}

# ---- Help ----

my (undef, $help) = run("$rep gen -h");
my @models = $help =~ /^  ([a-z][a-z-]*) +\S/mg;
for my $name (qw(binary coalesce random phases cdf markov giant)) {
    check((grep { $_ eq $name } @models) == 1, "gen -h lists $name");
}
for my $name (@models) {
    my ($status, $out, $err) = run("$rep gen $name -h");
    like($out, qr/^usage: rep gen $name \[options\]\n\n/, "gen $name -h");
    is("$status$err", '0', "gen $name -h status");
    is(join("\n", grep { length > 80 } split /\n/, $out), '',
        "gen $name -h fits a terminal");
}
is(join("\n", grep { length > 80 } split /\n/, $help), '',
    'gen -h fits a terminal');
like((run("$rep gen giant -h"))[1], qr/--weight N .*\(default 2\)/,
    'gen giant -h tells its weight');

# ---- Options and files that are not as they should be ----

fails('cdf', 'gen: --like: expected a trace, found none');
fails('markov --like no/such.rep',
    'no/such.rep: cannot open: No such file or directory');
{
    my $path = spew(scratch('binary.rep'), "\x7fELF");
    fails("cdf --like $path", "$path:1: expected text, found the byte 0x7f");
    $path = spew(scratch('null.rep'), "1\n0\n1\n0\nf -1\n");
    fails("cdf --like $path", "$path: expected a block to fit to, found none");
}
fails('cdf --like traces/short.rep --phases 0',
    'gen: --phases: expected a number from 1 to 1000000, found "0"');
fails('random --sizes table', 'gen: expected --table FILE, found none');
fails('random --lives table', 'gen: expected --life-table FILE, found none');
fails('random --life-min 9 --life-max 8',
    'gen: --life-max: expected at least --life-min, 9, found 8');
fails('random --sizes exponential --min 300',
    'gen: --mean: expected more than --min, 300, found 256');
fails('random --lives exponential --life-min 5 --life-mean 5',
    'gen: --life-mean: expected more than --life-min, 5, found 5');
fails('random --ratio 100',
    'gen: --ratio: expected a number from 1 to 99, found "100"');
fails('giant --total 5',
    'gen: --total: expected at least --max, 549755813888, found 5');
fails('phases --shape x',
    'gen: --shape: expected peak|ramp|plateau|all, found "x"');
fails('random --ops 1000000001',
    'gen: --ops: expected a number from 2 to 1000000000, found "1000000001"');

my $numbers = 'expected a number up to 1099511627776 and a weight up to '
    . '4294967296, found';
my @tables = (
    ["16 1\n17\n", ":2: $numbers \"17\""],
    ["16 1 1\n", ":1: $numbers \"16 1 1\""],
    ["16 -1\n", ":1: $numbers \"16 -1\""],
    ["1.5 1\n", ":1: $numbers \"1.5 1\""],
    ["16 4294967297\n", ":1: $numbers \"16 4294967297\""],
    ["1099511627777 1\n", ":1: $numbers \"1099511627777 1\""],
    ["\n\x1b[31m 1\n", ":2: $numbers \"?[31m 1\""],
    ["16 1\n\0 16 1\n", ":2: $numbers \"\""],
    [' ' x 255 . "16 1\n", ":1: $numbers \"" . ' ' x 40 . '"'],
    ["", ': expected a line with a weight above 0, found none'],
    ["# 16 1\n16 0\n", ': expected a line with a weight above 0, found none'],
);
for (@tables) {
    my ($text, $said) = @$_;
    my $path = spew(scratch('table'), $text);
    fails("random --sizes table --table $path", $path . $said);
}
fails('random --sizes table --table tests', 'tests: Is a directory');
{
    my ($status, undef, $err) =
        run("printf '16 x\\n' | $rep gen random --sizes table --table -");
    is("$status$err", "2rep: <stdin>:1: $numbers \"16 x\"\n",
        'a table from standard input');
    ($status, undef, $err) = run("ulimit -v 300000; $rep gen binary "
        . '--pairs 1000000000');
    is("$status$err", "2rep: gen: out of memory\n", 'gen without memory');
}

# ---- The same on every machine ----

my $table = spew(scratch('table'), "16 3\n# none\n\n64 1 # rare\r\n1000 0\n");
my $like  = scratch('program.rep');
gen("phases --seed 5 --kinds 0 -o $like");
my @sums = (
    'phases',
    'phases --shape plateau --death lifo --kinds 0 --sizes exponential',
    'phases --shape ramp --sizes log --churn 330',
    'phases --shape peak --death fifo --survive 50',
    'giant',
    'giant --realloc 50 --calloc 50 --live 3',
    'random --lives exponential --sizes exponential --realloc 9',
    'random --lives power --life-ratio 71 --sizes power --ratio 35',
    'random --lives log --sizes log --min 0',
    "random --lives table --life-table $table --sizes table --table $table",
    'random --lives uniform --reuse-ids',
    'random --reuse-ids --lives young --realloc 9',
    "cdf --like $like",
    "cdf --like $like --phases 1",
    "markov --like $like",
    "markov --like $like --phases 300",
);
my %expected = map { chomp; reverse split / /, $_, 2 } <DATA>;
for my $args (@sums) {
    my $name = $args;
    $name =~ s/\Q$table\E/TABLE/g;
    $name =~ s/\Q$like\E/PROGRAM/g;
    my $text = gen("$args --seed 7");
    is(md5_hex($text), $expected{$name} // 'none', "sum of gen $name");
    check(gen("$args --seed 8") ne $text, "another seed: gen $name");
}

# What the committed traces were made with still makes them.
my $rows = 0;
for (split /\n/, slurp('traces/README.md')) {
    my ($name, $args) = /^\| (\S+) .*\| `rep gen ([^`]*)` \|/ or next;
    check(gen($args) eq slurp("traces/$name.rep"), "traces/$name.rep");
    $rows++;
}
check($rows >= 8, 'the generated traces were found', "$rows rows");

# ---- Ids that are used again ----

# by_birth(REQUEST...) - the same with ids in order of birth, none twice.
sub by_birth {
    my (%now, @out);
    my $next = 0;
    for (@_) {
        my ($letter, $id, @rest) = split;
        $now{$id} = $next++ if $letter =~ /[acm]/;
        push @out, "$letter $now{$id} @rest";
        delete $now{$id} if $letter eq 'f';
    }
    return join("\n", @out);
}

for my $args (
    'random --ops 30000 --live 50 --realloc 10 --lives young',
    'random --ops 30000 --lives power --realloc 10',
    'phases', 'giant', 'coalesce', 'cdf --like traces/jq.rep',
) {
    my @reused = lines_of("$args --reuse-ids");
    check(by_birth(@reused) eq by_birth(lines_of($args)),
        "the same requests with --reuse-ids: $args");
    my ($live, $peak, $max) = (0, 0, 0);
    for (@reused) {
        my ($letter, $id) = split;
        $live += $letter eq 'f' ? -1 : $letter eq 'r' ? 0 : 1;
        $peak = $live if $live > $peak;
        $max = $id + 1 if $id >= $max;
    }
    is("$live $max", "0 $peak", "no more ids than blocks at once: $args");
}

# ---- Distributions ----

sub sizes_of { return map { /^a \d+ (\d+)/ ? $1 : () } lines_of($_[0]) }

# near(FOUND, EXPECTED, NAME) - within three percent.
sub near {
    my ($found, $expected, $name) = @_;
    check(abs($found / $expected - 1) < 0.03, $name,
        "expected about $expected, found $found");
}

sub mean { my $sum = 0; $sum += $_ for @_; return $sum / @_ }

{
    my @sizes = sizes_of('random --ops 80000 --sizes exponential --min 100 '
            . '--mean 600 --max 1000000');
    near(mean(@sizes), 600, 'exponential: the mean');
    near(grep({ $_ < 100 + 500 * log(2) } @sizes) / @sizes, 0.5,
        'exponential: the median');
    near(grep({ $_ < 100 + 500 * log(20) } @sizes) / @sizes, 0.95,
        'exponential: the last twentieth');
    is((sort { $a <=> $b } @sizes)[0] >= 100, 1, 'exponential: the least');

    @sizes = sizes_of('random --ops 80000 --sizes exponential --min 0 '
            . '--mean 600 --max 600');
    is(scalar(grep { $_ > 600 } @sizes), 0, 'exponential: cut');
    near(grep({ $_ <= 300 } @sizes) / @sizes,
        (1 - exp(-0.5)) / (1 - exp(-1)), 'exponential: shape when cut');

    @sizes = sizes_of('random --ops 80000 --sizes power --ratio 25 --min 16 '
            . '--max 1000000');
    near(grep({ $_ >= 32 } @sizes) / @sizes, 0.25, 'power: second octave');
    near(grep({ $_ >= 64 } @sizes) / @sizes * 16, 1, 'power: third octave');

    @sizes = sizes_of('random --ops 80000 --sizes log --min 0 --max 1023');
    near(grep({ $_ < 2 } @sizes) / @sizes, 0.1, 'log: first octave from 0');
    near(grep({ $_ >= 512 } @sizes) / @sizes, 0.1, 'log: last octave');

    @sizes = sizes_of("random --ops 80000 --sizes table --table $table");
    near(grep({ $_ == 16 } @sizes) / @sizes, 0.75, 'table: weights');
    is(scalar(grep { $_ != 16 && $_ != 64 } @sizes), 0, 'table: no other');
}

# lifetimes(OPTIONS) - of each block, in allocations made meanwhile, those that
# were cut short by the end left out.
sub lifetimes {
    my (%born, @lives);
    my $made = 0;
    for (lines_of($_[0])) {
        my ($letter, $id) = split;
        $born{$id} = ++$made if $letter eq 'a';
        push @lives, [$born{$id}, $made - $born{$id}] if $letter eq 'f';
    }
    return map { $_->[1] } grep { $_->[0] <= 0.9 * $made } @lives;
}

is(join(' ', lines_of('random --ops 10 --lives uniform --life-min 1 '
    . '--life-max 1 --min 5 --max 5')),
    'a 0 5 a 1 5 f 0 a 2 5 f 1 a 3 5 f 2 a 4 5 f 3 f 4', 'lifetimes of 1');
is(join(' ', lines_of('random --ops 6 --lives uniform --life-min 0 '
    . '--life-max 0 --min 5 --max 5')),
    'a 0 5 f 0 a 1 5 f 1 a 2 5 f 2', 'lifetimes of 0');
near(mean(lifetimes('random --ops 90000 --lives exponential --life-mean 90')),
    90, 'exponential lifetimes: the mean');
{
    my @lives = lifetimes('random --ops 90000 --lives power --life-ratio 35 '
            . '--life-min 8');
    near(grep({ $_ >= 16 } @lives) / @lives, 0.35, 'power lifetimes');
    @lives = lifetimes('random --ops 90000 --lives table --life-table '
            . $table);
    near(grep({ $_ == 64 } @lives) / @lives, 0.25, 'lifetimes of a table');
}

# ---- Phases ----

my $small = '--height 3 --min 8 --max 8 --hold 1 --survive 0';
is(join(' ', lines_of("phases --phases 1 --shape peak --death fifo --churn 0 "
    . $small)), 'a 0 8 a 1 8 a 2 8 f 0 f 1 f 2', 'a peak');
is(join(' ', lines_of("phases --phases 2 --shape peak --death lifo --churn 0 "
    . $small)),
    'a 0 8 a 1 8 a 2 8 f 2 f 1 f 0 a 3 8 a 4 8 a 5 8 f 5 f 4 f 3',
    'two peaks');
is(join(' ', lines_of("phases --phases 2 --shape ramp --death fifo --churn 0 "
    . $small)),
    'a 0 8 a 1 8 a 2 8 a 3 8 a 4 8 a 5 8 f 0 f 1 f 2 f 3 f 4 f 5',
    'a ramp stays');
is(join(' ', lines_of("phases --phases 1 --shape peak --death fifo "
    . "--churn 150 $small")),
    'a 0 8 a 1 8 f 0 a 2 8 f 2 a 3 8 a 4 8 f 3 a 5 8 a 6 8 f 5 f 1 f 4 f 6',
    'temporary blocks');
like(join(' ', lines_of("phases --phases 1 --shape plateau --death fifo "
    . "--churn 0 $small")),
    qr/^a 0 8 a 1 8 a 2 8 f ([012]) a 3 8( f [0123]){3}$/, 'a plateau');
{
    my @requests = lines_of('phases --phases 3 --shape peak --survive 100 '
            . '--churn 0 --height 4 --death random');
    is(join('', map { substr($_, 0, 1) } @requests), 'a' x 12 . 'f' x 12,
        'all survive');
    my @sizes = map { /^a \d+ (\d+)/ ? $1 : () }
        lines_of('phases --phases 1 --kinds 5 --sizes uniform --churn 0');
    my %kinds = map { $_ => 1 } @sizes;
    is(scalar(keys %kinds), 5, 'the sizes of a phase');
}

# ---- Giants ----

{
    my (%size, %touched);
    my ($live, $peak, $blocks, $most) = (0, 0, 0, 0);
    my @requests = lines_of('giant --ops 20000 --realloc 30 --calloc 30');
    my %kinds;
    for (@requests) {
        my ($letter, $id, $n, $m) = split;
        $kinds{$letter}++;
        $live -= delete $size{$id} if $letter =~ /[fr]/;
        if ($letter ne 'f') {
            $size{$id} = $letter eq 'c' ? $n * $m : $n;
            $live += $size{$id};
            $touched{$size{$id}} = 1 if $letter =~ /[cr]/;
        }
        $peak = $live if $live > $peak;
        $blocks = keys %size;
        $most = $blocks if $blocks > $most;
    }
    is("$live $most", '0 12', 'giant: blocks live at once');
    check($peak <= 2 ** 39 && $peak > 2 ** 38, 'giant: bytes live at once',
        $peak);
    is(scalar(grep { $_ > 65536 } keys %touched), 0,
        'giant: none is cleared or copied');
    check($kinds{r} > 1000 && $kinds{c} > 2000, 'giant: reallocs and callocs',
        join(' ', %kinds));
    check(@requests >= 20000 && @requests < 20040, 'giant: requests',
        scalar(@requests));
    my $path = scratch('giant.rep');
    gen("giant --ops 500 -o $path");
    my ($status, undef, $err) =
        run("$mdriver -n -c $path -m mm --memory 128");
    is("$status$err", '0', 'giant: a heap of 2^40 holds it');
}

# ---- Models of an existing trace ----

# With a phase for each request, the model is the trace.
{
    my $path = scratch('like.rep');
    gen("random --ops 4000 --live 200 --realloc 20 --seed 3 -o $path");
    for my $model (qw(cdf markov)) {
        check(gen("$model --like $path --phases 4000") eq slurp($path),
            "$model with a phase for each request");
        check(gen("$model --like $path") ne slurp($path),
            "$model with sixteen phases");
        my ($status, $out) = run("$rep gen $model --like - <$path");
        is($out, gen("$model --like $path"), "$model from standard input");
    }
    ($path, my $odd) = (scratch('leaks.rep'), 1 << 50);
    spew($path, "1\n4\n6\n0\nc 0 3 7\na 1 $odd\nm 2 64 5\nf 0\na 3 0\n"
            . "r 3 9\n");
    is(join(' ', lines_of("cdf --like $path --phases 6")),
        'a 0 21 a 1 5 f 0 a 2 0 r 2 9 f 1 f 2',
        'what cannot be met is left out, what is left over is freed');
    $path = spew(scratch('untidy.rep'), "1\n1\n3\n0\na 0 8\nf 0\nf 0\n");
    my ($status, undef, $err) = run("$rep gen cdf --like $path");
    like("$status$err", qr/^0rep: warning: \Q$path\E:7: [^\n]*\n$/,
        'what is untidy in the trace is told');
}

# tally(TRACE) - allocations, reallocs, and allocations by size.
sub tally {
    my (%sizes, %kinds);
    for (@_) {
        my ($letter, undef, $size) = split;
        $letter = 'a' if $letter =~ /[cm]/;
        $kinds{$letter}++;
        $sizes{$size}++ if $letter eq 'a';
    }
    return (\%kinds, \%sizes);
}

# follows(REQUEST...) - how often 24 bytes come after 200.
sub follows {
    my @sizes = map { /^a \d+ (\d+)/ ? $1 : () } @_;
    my $n = grep { $sizes[$_ - 1] == 200 && $sizes[$_] == 24 } 1 .. $#sizes;
    return $n / @sizes;
}

# A trace in which after 200 bytes there is always 24, and 200 bytes live long.
{
    my (@requests, @old);
    for my $i (0 .. 2999) {
        push @requests, 'a ' . 2 * $i . ' 200', 'a ' . (2 * $i + 1) . ' 24',
            'f ' . (2 * $i + 1);
        push @old, 2 * $i;
        push @requests, 'f ' . shift @old if @old > 40;
    }
    my $path = trace('order', @requests);
    near(follows(lines_of("markov --like $path --phases 1")), 0.5,
        'markov: sizes follow each other');
    near(follows(lines_of("cdf --like $path --phases 1")), 0.25,
        'cdf: they do not');
    for my $model (qw(cdf markov)) {
        my @made = lines_of("$model --like $path --phases 1");
        my ($kinds, $sizes) = tally(@made);
        is($kinds->{a}, 6000, "$model: as many allocations");
        near($sizes->{24}, 3000, "$model: as many of a size");
        my (%size, %life);
        for (0 .. $#made) {
            my ($letter, $id, $size) = split ' ', $made[$_];
            $size{$id} = [$size, $_] if $letter eq 'a';
            $life{$size{$id}[0]}{$_ - $size{$id}[1] > 10}++ if $letter eq 'f';
        }
        my $long = ($life{24}{1} // 0) / 3000;
        check($model eq 'cdf' ? $long > 0.4 : $long < 0.05,
            "$model: lifetimes " . ($model eq 'cdf' ? 'of any' : 'of a size'),
            "$long of the small blocks live long");
    }
}

# util(TRACE) - of an allocator that has headers and a list.
sub util {
    my $csv = scratch('util.csv');
    unlink($csv);
    run("$mdriver -n -c $_[0] -m implicit --csv $csv");
    my ($names, $row) = map { [split(/,/, $_)] } split(/\n/, slurp($csv));
    my %field;
    @field{@$names} = @$row;
    return 100 * $field{util};
}

for my $name (qw(perl xmllint jq)) {
    my $path = scratch("$name.rep");
    gen("markov --like traces/$name.rep --phases 16 -o $path");
    my ($real, $model) = (util("traces/$name.rep"), util($path));
    check(abs($real - $model) < 3, "markov uses the heap as $name does",
        "$real%, and the model $model%");
}

done();
__DATA__
a1ada2dcd9c0da469566f634dc9f25fe phases
6bfef64f8c3695fab01090a3c3d3150c phases --shape plateau --death lifo --kinds 0 --sizes exponential
d05d734d454f311d12f7b606d8cd4a7e phases --shape ramp --sizes log --churn 330
df37ee66fecbf5e1e4d4e9b7b8742073 phases --shape peak --death fifo --survive 50
68bafbe5d0f011a060c18b5591cae010 giant
9559ee543e070f3cebd6ca863bec2b31 giant --realloc 50 --calloc 50 --live 3
82718522f02c99a854b25d1875e7f086 random --lives exponential --sizes exponential --realloc 9
2f1a7496e48063282356095e86e32a6c random --lives power --life-ratio 71 --sizes power --ratio 35
faedc344bc716f3bcb196f061ac47b97 random --lives log --sizes log --min 0
d54de92436b6ae927435d1d0dfdb6918 random --lives table --life-table TABLE --sizes table --table TABLE
7a82918d815cd345dfcc9124173bb960 random --lives uniform --reuse-ids
19672035961773a753be06c74655faac random --reuse-ids --lives young --realloc 9
a03b682569cd1c11b780368348db1167 cdf --like PROGRAM
9951e7ae286e61334314febeca3ffb0d cdf --like PROGRAM --phases 1
1072a7a0bb70d8fc3bb98817c743ab28 markov --like PROGRAM
788fb401af6f79e575f8168bad95f93a markov --like PROGRAM --phases 300
