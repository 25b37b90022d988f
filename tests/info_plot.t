#!/usr/bin/env perl
# info_plot.t - rep info --plot: the data, what gnuplot says of the scripts, and
# errors
#
# REP names another rep than ./rep.
use strict;
use warnings;
use Cwd 'abs_path';
use File::Path qw(make_path remove_tree);
use lib 'tests';
use Check;

my $rep = $ENV{REP} // './rep';
my $dir = scratch('plots');
$ENV{LC_ALL} = 'C';

# requests(NAME, REQUEST...) - a trace whose header is right but for its peak.
sub requests {
    my ($name, @requests) = @_;
    my %ids = map { /^\w (\d+)/ ? ($1 => 1) : () } @requests;
    return spew(scratch("$name.rep"), join("\n",
        1, scalar(keys %ids), scalar(@requests), 0, @requests, ''));
}

# info(ARGUMENTS) - a run without gnuplot, into an empty directory.
sub info {
    my ($arguments) = @_;
    my $bin = scratch('bin');
    remove_tree($dir, $bin);
    make_path($bin);
    my ($shell) = grep { -x "$_/sh" } split(/:/, $ENV{PATH});
    symlink("$shell/sh", "$bin/sh");
    return run('PATH=' . abs_path($bin)
        . " $rep info --plot-dir $dir $arguments");
}

# fails(ARGUMENTS, LINE) - status 2 and that line.
sub fails {
    my ($arguments, $line, $name) = @_;
    my ($status, undef, $err) = run("$rep info $arguments");
    is("$status|$err", "2|rep: $line\n", $name // "info $arguments");
}

sub files {
    return join(' ', map { s{.*/}{}r } sort(glob("$dir/*")));
}

sub command {
    return join('', map {
        "no gnuplot here; where there is one: cd $dir && gnuplot $_.gp\n"
    } @_);
}

my $hand = requests('hand', 'a 0 10', 'c 1 3 5', 'a 2 100', 'r 0 30', 'f 1',
    'a 3 0', 'r 2 300', 'f 0', 'f 3', 'a 1 10');

# ---- By hand ----------------------------------------------------------------

{
    my ($status, $out, $err) = info("--summary --plot all $hand");
    is("$status $err", '0 ', 'no gnuplot: nothing has failed');
    my $command = command('sizes-hand', 'lifetimes-hand');
    like($out, qr/^  hand  .*\n\Q$command\E\z/m,
        'the report, and how to draw');
    is(files(), 'lifetimes-hand.dat lifetimes-hand.gp lifetimes.gp '
        . 'sizes-hand.dat sizes-hand.gp sizes.gp style.gp', 'the files');
    is(slurp("$dir/sizes-hand.dat"), <<"END", 'sizes: the data');
# from_bytes\tto_bytes\trequests\tbytes
0\t0\t1\t0
1\t16\t3\t35
17\t32\t1\t30
97\t112\t1\t100
257\t512\t1\t300


# size_bytes\trequests\tshare_of_requests\tshare_of_bytes
0\t0\t0\t0
0\t1\t0.142857\t0
10\t2\t0.428571\t0.0430108
15\t1\t0.571429\t0.0752688
30\t1\t0.714286\t0.139785
100\t1\t0.857143\t0.354839
300\t1\t1\t1
END
    is(slurp("$dir/sizes-hand.gp"), <<"END", 'sizes: the script');
output_name = 'sizes-hand'
script = 'sizes'
data = output_name.'.dat'
trace = 'hand'
all_requests = 7
all_bytes = 465
load 'style.gp'
END
    is(slurp("$dir/lifetimes-hand.dat"), <<"END", 'lifetimes: the data');
# from_requests\tto_requests\tblocks
1\t1\t0
2\t3\t2
4\t7\t1
# never freed: 2
END
    is(slurp("$dir/lifetimes-hand.gp"), <<"END", 'lifetimes: the script');
output_name = 'lifetimes-hand'
script = 'lifetimes'
data = output_name.'.dat'
trace = 'hand'
all_blocks = 5
never_freed = 2
load 'style.gp'
END
    is(slurp("$dir/$_"), slurp("plot/$_"), "$_ is a copy")
        for qw(style.gp sizes.gp lifetimes.gp);
}
{
    info("--plot sizes $hand");
    is(files(), 'sizes-hand.dat sizes-hand.gp sizes.gp style.gp', 'sizes alone');
    info("--plot lifetimes $hand");
    is(files(), 'lifetimes-hand.dat lifetimes-hand.gp lifetimes.gp style.gp',
        'lifetimes alone');
    info("--plot lifetimes --plot sizes --plot sizes $hand");
    is(files(), 'lifetimes-hand.dat lifetimes-hand.gp lifetimes.gp '
        . 'sizes-hand.dat sizes-hand.gp sizes.gp style.gp', 'both, one by one');
}

# ---- Where the lines go -----------------------------------------------------

for my $format (qw(--json --csv)) {
    my ($status, $out, $err) = info("$format --plot sizes $hand");
    my (undef, $alone) = run("$rep info $format $hand");
    is($status, 0, "$format: status");
    is($out, $alone, "$format: standard output is as ever");
    is($err, command('sizes-hand'), "$format: pictures are told elsewhere");
}
{
    my $second = scratch('second');
    make_path($second);
    spew("$second/hand.rep", slurp($hand));
    my ($status, $out) = info("--summary --plot sizes $hand $second/hand.rep");
    is($status, 0, 'two of one name: status');
    like($out, qr/\Q${\command('sizes-hand', 'sizes-hand.2')}\E\z/,
        'two of one name: both are drawn');
    is(slurp("$dir/sizes-hand.2.dat"), slurp("$dir/sizes-hand.dat"),
        'two of one name: each has its data');
}

# ---- Many sizes -------------------------------------------------------------

# All small sizes, and of large ones so many that there are several a column.
{
    my @sizes = (1 .. 128, map { 100000 + $_ } 1 .. 5000);
    my $many = requests('many', map { "a $_ $sizes[$_]" } 0 .. $#sizes);
    my ($status) = info("--summary --plot sizes $many");
    is($status, 0, 'many sizes: status');
    my ($cdf) = slurp("$dir/sizes-many.dat") =~ /\n\n\n#[^\n]*\n(.*)/s;
    my @rows = map { [split /\t/] } split(/\n/, $cdf);
    is(join(' ', map { $_->[0] } @rows[0 .. 128]), join(' ', 0 .. 128),
        'many sizes: each small one is there');
    check(@rows < 129 + 10, 'many sizes: large ones are thinned out',
        scalar(@rows) . ' rows');
    is("@{$rows[-1]}", '105000 1 1 1', 'many sizes: the last one remains');
    my @wrong = grep { abs($_->[2] - ($_->[0] - 100000 + 128) / 5128) > 1e-6 }
        grep { $_->[0] > 100000 } @rows;
    is(scalar(@wrong), 0, 'many sizes: those that remain are exact');
}

# ---- gnuplot ----------------------------------------------------------------

my @odd = (
    $hand,
    requests('nought', 'a 0 0'),
    requests('one', 'a 0 17', 'f 0'),
    requests('huge', 'a 0 140737488355328', 'a 1 1'),
    requests('kept', map { "a $_ 4000" } 0 .. 40),
    requests('long', 'a 0 1', (map { ("a 1 48", "f 1") } 1 .. 40000), 'f 0'),
);
if (grep { -x "$_/gnuplot" } split(/:/, $ENV{PATH})) {
    remove_tree($dir);
    my ($status, $out, $err) =
        run("$rep info --summary --plot all --plot-dir $dir @odd");
    is("$status|$err", '0|', 'odd ones: drawn without a word');
    for my $name (map { m{.*/(\w+)} } @odd) {
        for my $picture ("sizes-$name", "lifetimes-$name") {
            like($out, qr{^drew \Q$dir/$picture\E\.png and \.svg$}m,
                "$picture is told");
            like(slurp("$dir/$picture.png"), qr/^\x89PNG.*IEND/s,
                "$picture as PNG");
            like(slurp("$dir/$picture.svg"), qr{<svg.*</svg>\s*\z}s,
                "$picture as SVG");
        }
    }
}

# ---- What cannot be drawn ---------------------------------------------------

{
    my $nothing = requests('nothing', 'f -1');
    my ($status, $out) = info("--summary --plot all $nothing");
    is($status, 0, 'no block: status');
    like($out, qr/^nothing: no block, no picture of sizes
nothing: no block, no picture of lifetimes\n\z/m, 'no block: it is told');
    is(files(), '', 'no block: nothing is written');
}
my $plot = 'info: --plot: expected sizes, lifetimes or all, found';
fails("--plot x $hand", "$plot \"x\"");
fails("--plot '' $hand", "$plot \"\"");
fails("--plot siz $hand", "$plot \"siz\"");
fails("--summary --plot all --plot-dir $hand $hand", "$hand: expected a "
    . 'directory to write to, found: File exists', 'a file for a directory');
{
    remove_tree($dir);
    make_path("$dir/sizes-hand.dat");
    fails("--summary --plot all --plot-dir $dir $hand", "$dir/sizes-hand.dat: "
        . 'expected to write it, found: Is a directory',
        'a directory for a file');
    check(!-e "$dir/sizes-hand.gp", 'and no script is left behind');
}
{   # a gnuplot that the user stops, and us with it
    my $bin = scratch('bin');
    remove_tree($dir, $bin);
    make_path($bin);
    my ($shell) = grep { -x "$_/sh" } split(/:/, $ENV{PATH});
    symlink("$shell/sh", "$bin/sh");
    spew("$bin/gnuplot", "#!/bin/sh\necho half >\${2%.gp}.png\n"
        . "kill -INT \$PPID\nkill -INT \$\$\n");
    chmod(0755, "$bin/gnuplot");
    my ($status, $out, $err) = run('PATH=' . abs_path($bin)
        . " exec $rep info --summary --plot all --plot-dir $dir $hand");
    is("$status|$err", 'signal 2|', 'interrupted: by that signal');
    is(files(), 'sizes-hand.dat sizes-hand.gp sizes.gp style.gp',
        'interrupted: no half picture, and no second one');
}
{
    my ($status, $out) = run("$rep info -h");
    like($out, qr/^    --plot WHAT /m, '-h: --plot');
    like($out, qr/^    --plot-dir DIR /m, '-h: --plot-dir');
    check(!(grep { length > 80 } split(/\n/, $out)), '-h: within 80 columns');
}

done();
