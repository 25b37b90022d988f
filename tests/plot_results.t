#!/usr/bin/env perl
# plot_results.t - --plot utilization and --plot pareto: the data that they draw
# against the JSON of the same run, and gnuplot's opinion of the scripts
use strict;
use warnings;
use Cwd 'abs_path';
use File::Path 'remove_tree';
use List::Util qw(min max);
use lib 'tests';
use Check;

my $dir  = scratch('plots');
my $json = scratch('results.json');
my $bump = 'tests/data/bump.c';
my $tiny  = trace('tiny', 'a 0 100', 'a 1 28', 'f 0', 'r 1 56', 'f 1');
my $seven = trace('seven', 'a 0 16', 'a 1 77', 'f 0', 'f 1');

# An allocator that has no block of 77 bytes.
my $picky = spew(scratch('picky.c'), slurp($bump)
    =~ s/size > \(size_t\)1 << 62/size == 77/r);

my $short = '…' . substr($picky, -23); # in labels

my $gnuplot = grep { -x "$_/gnuplot" } split(/:/, $ENV{PATH});

# A PATH of a shell and a compiler alone.
sub without_gnuplot {
    my $bin = scratch('bin');
    remove_tree($bin);
    mkdir($bin) or die "$bin: $!\n";
    for my $program (qw(sh cc gcc ld as collect2)) {
        my ($found) = grep { -x "$_/$program" } split(/:/, $ENV{PATH});
        symlink("$found/$program", "$bin/$program") if $found;
    }
    return 'PATH=' . abs_path($bin);
}

# plot(ARGUMENTS) - status, standard output and error of a run that draws
# nothing, and the lines that set variables.
sub plot {
    my ($arguments) = @_;
    remove_tree($dir);
    return run(without_gnuplot() . " ./mdriver --quiet -n $arguments "
        . "--plot-dir $dir --json $json");
}

# table(FILE, BLOCK) - the rows of a block of data, columns by name.
sub table {
    my ($file, $block) = @_;
    my ($heading, @rows) =
        split(/\n/, (split /\n\n\n/, slurp("$dir/$file"))[$block // 0]);
    my @names = split(/\t/, $heading =~ s/^# //r);
    return map { my %row; @row{@names} = split(/\t/); \%row } @rows;
}

# setting(PICTURE, VARIABLE) - what the script of a picture says.
sub setting {
    my ($picture, $variable) = @_;
    return slurp("$dir/$picture.gp") =~ /^\Q$variable\E(?:\[\d+\])? = (.*)$/m
        ? $1 : '<none>';
}

# ---- Utilization ------------------------------------------------------------

{
    my ($status, $out, $err) =
        plot("-m $bump -m $picky -f $tiny -f $seven --plot utilization");
    is("$status $err", '1 ', 'utilization: one allocator failed');
    is((split /\n/, $out)[-1], "no gnuplot here; where there is one: "
        . "cd $dir && gnuplot utilization-all.gp", 'how to draw it is told');
    is(slurp("$dir/utilization-all.dat"), <<"END", 'utilization: the data');
# trace\tbound_share\t${bump}_share\t${picky}_share
tiny\t0.888889\t0.615385\t0.615385
seven\t0.968750\t0.968750\tNaN
END
    is(slurp("$dir/utilization-all.gp"), <<"END", 'utilization: the script');
output_name = 'utilization-all'
script = 'utilization'
data = output_name.'.dat'
array traces[2] = ['tiny', 'seven']
most = 1
failed = 1
resident = 0
bound_label = 'offline bound  92.9%'
array labels[2] = ['$bump  79.2%', '$short  61.5% (1 of 2)']
load 'style.gp'
END
    for my $r (@{ report_of($json)->{results} }) {
        my ($row) = grep { $_->{trace} eq $r->{trace} }
            table('utilization-all.dat');
        my $share = $row->{"$r->{allocator}_share"};
        is($share, $r->{valid} ? sprintf('%.6f', $r->{util}) : 'NaN',
            "utilization: $r->{trace}, $r->{allocator}: as in JSON");
        is($row->{bound_share},
            sprintf('%.6f', $r->{peak_payload} / $r->{bound_bytes}),
            "utilization: $r->{trace}: the bound of JSON") if $r->{valid};
    }
}
{
    my ($status) = plot("-m $bump -f $tiny --plot utilization");
    is($status, 0, 'one allocator, one trace: status');
    is(slurp("$dir/utilization-all.dat"),
        "# trace\tbound_share\t${bump}_share\ntiny\t0.888889\t0.615385\n",
        'one allocator, one trace: the data');
    is(setting('utilization-all', 'array labels'), "['$bump  61.5%']",
        'one allocator, one trace: the mean');
}
{   # speed alone is scored: there is no mean
    my $speed = spew(scratch('speed.rep'), slurp($tiny) =~ s/^1$/3/mr);
    plot("-m $bump -f $speed --plot utilization");
    is(setting('utilization-all', 'array labels'), "['$bump']",
        'utilization is not scored: no mean');
    is(setting('utilization-all', 'bound_label'), "'offline bound'",
        'nor one of the bound');
}
{   # names that are special to somebody
    my $odd = scratch("it's \"# \t.rep");
    spew($odd, slurp($tiny));
    my ($status) = plot("-m $bump -f '" . ($odd =~ s/'/'\\''/r)
        . "' --plot utilization");
    is($status, 0, 'an odd name: status');
    like(slurp("$dir/utilization-all.dat"),
        qr/\nit's \?\? \?\t0\.888889\t0\.615385\n\z/, 'an odd name: the data');
}
{
    my ($status, $out) = plot("-m $picky -f $seven --plot utilization");
    is($status, 1, 'all failed: status');
    check(!-e "$dir/utilization-all.gp", 'all failed: no picture');
    unlike($out, qr/gnuplot/, 'all failed: none is told');
}

# ---- Memory against speed ---------------------------------------------------

my %kinds = (beaten => 0, front => 1, failed => 2, otherwise => 3);

# expected_kind(SUMMARY, OTHERS...) - from the figures of JSON alone.
sub expected_kind {
    my ($of, @others) = @_;
    return $kinds{otherwise} if $of->{allocator} eq 'libc';
    return $kinds{failed} if $of->{valid} < $of->{traces};
    for my $o (@others) {
        next if $o->{allocator} eq 'libc' || $o->{valid} < $o->{traces};
        return $kinds{beaten}
            if $o->{util} >= $of->{util} && $o->{libc_ratio} >= $of->{libc_ratio}
            && ($o->{util} > $of->{util}
                || $o->{libc_ratio} > $of->{libc_ratio});
    }
    return $kinds{front};
}

{
    my ($status, $out, $err) = plot("-m $bump -m implicit -m $picky -l "
        . "-f $tiny -f $seven --plot pareto");
    is("$status $err", '1 ', 'pareto: one allocator failed');
    like((split /\n/, $out)[-1], qr/ && gnuplot pareto-all\.gp$/,
        'pareto: how to draw it is told');
    my @summary = @{ report_of($json)->{summary} };
    my @rows = table('pareto-all.dat');
    is(join(' ', map { $_->{allocator} } @rows), "$bump implicit $picky libc",
        'pareto: a row for each allocator');
    for my $i (0 .. $#rows) {
        my ($row, $of) = ($rows[$i], $summary[$i]);
        my $name = "pareto: $row->{allocator}";
        is($row->{util_share}, sprintf('%.6f', $of->{util}),
            "$name: utilization of JSON");
        is($row->{ratio}, sprintf('%.6g', $of->{libc_ratio} // 1),
            "$name: ratio of JSON");
        is("$row->{valid_traces} $row->{all_traces}",
            "$of->{valid} $of->{traces}", "$name: traces of JSON");
        check($row->{ratio_lo} <= $row->{ratio}
            && $row->{ratio} <= $row->{ratio_hi}, "$name: the interval",
            "$row->{ratio_lo} $row->{ratio} $row->{ratio_hi}");
        is($row->{kind}, expected_kind($of, @summary), "$name: kind");
    }
    is("$rows[3]{ratio_lo} $rows[3]{ratio_hi}", '1 1',
        'pareto: libc is as fast as itself');
    my @front = sort { $a->{ratio} <=> $b->{ratio} }
        grep { $_->{kind} == $kinds{front} } @rows;
    my @corners = table('pareto-all.dat', 1);
    is(scalar(@corners), 2 * @front + 1, 'front: two corners a point, and one');
    is("$corners[0]{util_share} $corners[1]{ratio}",
        "$front[0]{util_share} $front[0]{ratio}", 'front: where it begins');
    is("$corners[-1]{ratio} $corners[-1]{util_share}",
        "$front[-1]{ratio} " . sprintf('%.6f', setting('pareto-all',
            'util_from')), 'front: where it ends');
    is(setting('pareto-all', 'array labels'), "['$bump', 'implicit', "
        . "'$short (1 of 2)', 'libc (r)']", 'pareto: labels');
    my ($from, $to) = map { setting('pareto-all', "ratio_$_") } qw(from to);
    check($from < min(1, map { $_->{ratio_lo} } @rows)
        && $to > max(1, map { $_->{ratio_hi} } @rows),
        'pareto: the axis holds every interval and 1', "$from to $to");
    is(setting('pareto-all', 'absent'), "''", 'pareto: nobody is absent');
    if ($gnuplot) {
        is(join('|', run("cd $dir && gnuplot -d pareto-all.gp")), '0||',
            'pareto: gnuplot has nothing to say');
        like(slurp("$dir/pareto-all.png"), qr/^\x89PNG.*IEND/s,
            'pareto: as PNG');
        like(slurp("$dir/pareto-all.svg"), qr{<svg.*</svg>\s*\z}s,
            'pareto: as SVG');
    }
}
{
    plot("-m $bump -m $picky -f $seven --plot pareto");
    is(setting('pareto-all', 'absent'), "'$short'",
        'pareto: who has no figures is named');
    is(scalar(table('pareto-all.dat')), 1, 'and has no point');
}
if ($gnuplot) {   # nobody is on the front
    remove_tree($dir);
    my ($status, undef, $err) = run("./mdriver --quiet -m $picky -f $tiny "
        . "-f $seven --plot pareto --plot-dir $dir");
    is("$status|$err", '1|', 'pareto: no front, drawn without a word');
    is(setting('pareto-all', 'front'), 0, 'pareto: no front');
    like(slurp("$dir/pareto-all.svg"), qr{<svg.*</svg>\s*\z}s,
        'pareto: no front: as SVG');
}
{
    my ($status) = plot("-m $picky -f $seven --plot pareto");
    is($status, 1, 'pareto: all failed: status');
    check(!-e "$dir/pareto-all.gp", 'pareto: all failed: no picture');
}

# ---- gnuplot ----------------------------------------------------------------

my $percent = scratch('5% @x "y" `z` \\n {2^3}_4.rep');
spew($percent, slurp($tiny));

# drawn(NAME, ARGUMENTS) - gnuplot has nothing to say, and both files are there.
sub drawn {
    my ($name, $arguments) = @_;
    remove_tree($dir);
    my ($status, $out, $err) = run("./mdriver --quiet $arguments -c $tiny "
        . "-c $seven -c '$percent' --plot utilization --plot-dir $dir");
    check($err eq '' && $status < 2, "$name: drawn without a word",
        "$status $err");
    like(slurp("$dir/utilization-all.png"), qr/^\x89PNG.*IEND/s,
        "$name: as PNG");
    like(slurp("$dir/utilization-all.svg"), qr{<svg.*</svg>\s*\z}s,
        "$name: as SVG");
}

if ($gnuplot) {
    drawn('one', "-m $bump");
    drawn('one that failed', "-m $bump -m $picky");
    drawn('all', "-m all -l -m $picky");
}

done();
