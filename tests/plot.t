#!/usr/bin/env perl
# plot.t - --plot: data, scripts, and what becomes of them with gnuplot, without
# it, and with one that fails
use strict;
use warnings;
use File::Path 'remove_tree';
use Cwd 'abs_path';
use lib 'tests';
use Check;

my $dir  = scratch('plots');
my $bump = 'tests/data/bump.c';
my $tiny = trace('tiny', 'a 0 100', 'a 1 28', 'f 0', 'r 1 56', 'f 1');
my $none = scratch('bin'); # a PATH without gnuplot
my $path = $ENV{PATH};

# with_programs(NAME => TEXT...) - a PATH of our shell, compiler and those
# scripts alone.
sub with_programs {
    my (%scripts) = @_;
    remove_tree($none);
    mkdir($none) or die "$none: $!\n";
    for my $program (qw(sh cc gcc ld as collect2 sed cat rm)) {
        my ($found) = grep { -x "$_/$program" } split(/:/, $path);
        symlink("$found/$program", "$none/$program") if $found;
    }
    for my $name (keys %scripts) {
        spew("$none/$name", $scripts{$name});
        chmod(0755, "$none/$name");
    }
    return "PATH=" . abs_path($none);
}

sub files {
    return join(' ', map { s{.*/}{}r } sort(glob("$dir/*")));
}

# ---- Without gnuplot --------------------------------------------------------

{
    my $alone = with_programs();
    remove_tree($dir);
    my ($status, $out, $err) = run("$alone ./mdriver --quiet -n -m $bump "
        . "-f $tiny --plot overhead --plot-dir $dir");
    is("$status $err", '0 ', 'no gnuplot: nothing has failed');
    like($out, qr/^  tiny     yes  61\.5%    5     -     -       -$/m,
        'the report, without times');
    is((split /\n/, $out)[-1], "no gnuplot here; where there is one: "
        . "cd $dir && gnuplot overhead-tiny.gp", 'how to draw it is told');
    is(files(), 'curve-tiny-tests.data.bump.c.dat overhead-tiny.gp overhead.gp '
        . 'style.gp', 'data and scripts are there');
    is(slurp("$dir/overhead-tiny.gp"), <<"END", 'the script');
output_name = 'overhead-tiny'
script = 'overhead'
trace = 'tiny'
requests = 5
array names[1] = ['tests/data/bump.c']
array files[1] = ['curve-tiny-tests.data.bump.c.dat']
load 'style.gp'
END
    is(slurp("$dir/$_"), slurp("plot/$_"), "$_ is a copy")
        for qw(style.gp overhead.gp);
    my $columns = join("\t", qw(from_request to_request live_least_bytes
        live_most_bytes heap_least_bytes heap_most_bytes overhead_least
        overhead_most));
    is(slurp("$dir/curve-tiny-tests.data.bump.c.dat"), <<"END", 'the data');
# $columns
1\t1\t100\t100\t112\t112\t0.12\t0.12
2\t2\t128\t128\t144\t144\t0.125\t0.125
3\t3\t28\t28\t144\t144\t0.125\t0.125
4\t4\t56\t56\t208\t208\t0.625\t0.625
5\t5\t0\t0\t208\t208\t0.625\t0.625
END
}
{   # a directory that is to be made, with a name for the shell
    my $deep = scratch("a b/it's");
    remove_tree(scratch('a b'));
    my (undef, $out) = run(with_programs() . " ./mdriver --quiet -n -m $bump "
        . "-f $tiny --plot overhead --plot-dir \"$deep\"");
    my $quoted = $deep =~ s/'/'\\''/r;
    is((split /\n/, $out)[-1], "no gnuplot here; where there is one: "
        . "cd '$quoted' && gnuplot overhead-tiny.gp", 'the directory is quoted');
}
{   # JSON has standard output
    my (undef, $out, $err) = run(with_programs() . " ./mdriver --quiet -n "
        . "-m $bump -c $tiny --plot overhead --plot-dir $dir --json -");
    like($out, qr/\A\{\n  "mdriver":.*\}\n\z/s, 'standard output is JSON alone');
    is($err, "no gnuplot here; where there is one: cd $dir && "
        . "gnuplot overhead-tiny.gp\n", 'and pictures are told elsewhere');
}

# ---- With one that does as we say ---------------------------------------------

sub with_gnuplot {
    my ($script) = @_;
    return with_programs(gnuplot => "#!/bin/sh\n$script\n")
        . " ./mdriver --quiet -n -m $bump -c $tiny --plot overhead "
        . "--plot-dir $dir -T";
}

my $drawing = 'n=${2%.gp}; echo "PNG IEND" >$n.png; echo "</svg>" >$n.svg';
{
    my ($status, $out, $err) =
        run(with_gnuplot('echo noise; echo "$@ $(pwd)" >args; ' . $drawing));
    is($status, 0, 'gnuplot draws');
    is($err, "drew $dir/overhead-tiny.png and .svg\n", 'which is told');
    is(slurp("$dir/args"), "-d overhead-tiny.gp "
        . `cd $dir && pwd -P`, 'without settings of the user, in the directory');
    unlike($out, qr/noise/, 'what it prints is not in our table');
}
for (['exit 3', 'exit status 3'], ['kill -9 $$', 'signal 9'],
    ["$drawing; echo >\${2%.gp}.svg", 'a picture that is not whole'],
    ["$drawing; rm \${2%.gp}.png", 'a picture that is not whole']) {
    my ($script, $found) = @$_;
    my ($status, undef, $err) = run(with_gnuplot("$drawing; $script"));
    is("$status $err", "2 $dir/overhead-tiny.gp: expected gnuplot to draw it, "
        . "found: $found\n", "gnuplot fails: $script");
    is(join(' ', grep { /png|svg/ } split(/ /, files())), '',
        'and leaves no picture');
}
{
    run(with_gnuplot($drawing));
    my ($status) = run(with_programs() . " ./mdriver --quiet -n -m $bump "
        . "-c $tiny --plot overhead --plot-dir $dir");
    is(join(' ', $status, grep { /png|svg/ } split(/ /, files())), 0,
        'pictures of other data do not stay beside the new');
}

# ---- What is drawn ------------------------------------------------------------

{
    my $same = scratch('again');
    mkdir($same);
    spew("$same/tiny.rep", slurp($tiny));
    remove_tree($dir);
    my ($status, undef, $err) = run(with_programs(gnuplot => "#!/bin/sh\n$drawing")
        . " ./mdriver --quiet -n -m $bump -m tests/faulty/null_deref.c -m $bump "
        . "-f $tiny -f $same/tiny.rep --plot overhead --plot-dir $dir -T");
    is($status, 1, 'an allocator that fails');
    is($err, join('', map { "drew $dir/overhead-tiny$_.png and .svg\n" }
        '', '.2'), 'does not keep others from being drawn');
    like(slurp("$dir/overhead-tiny.gp"), qr/^array\ files\[2\]\ =\ \[
        'curve-tiny-tests\.data\.bump\.c\.dat',\ 
        'curve-tiny-tests\.data\.bump\.c\.3\.dat'\]$/mx,
        'two traces, and two allocators, of one name');
}
{   # one request of 5000 that is above all others
    my @requests = map { ("a $_ 16", "f $_") } 0 .. 2499;
    splice(@requests, 3000, 0, 'a 9999 1000000', 'f 9999');
    my $spike = trace('spike', @requests);
    run(with_programs() . " ./mdriver --quiet -n -m $bump -c $spike "
        . "--plot overhead --plot-dir $dir");
    my @rows = map { [split] } grep { !/^#/ }
        split(/\n/, slurp("$dir/curve-spike-tests.data.bump.c.dat"));
    is(scalar(@rows), 1000, 'a thousand columns at most');
    is(join(' ', map { "@$_[0, 1, 2, 3]" } grep { $_->[3] > 16 } @rows),
        '2997 3001 0 1000000', 'the least and the most of a column are kept');
    is($rows[-1][1], 5002, 'the last request is in the last column');
}

# ---- With gnuplot itself ------------------------------------------------------

{
    remove_tree($dir);
    my $odd = scratch("it's a%b_c\$.c");
    spew($odd, slurp($bump));
    my ($status, $out, $err) = run("./mdriver --quiet -n -m mm -m \"$odd\" -l "
        . "-f $tiny -f traces/realloc.rep --plot overhead --plot-dir $dir -T"
        =~ s/\$/\\\$/r);
    is("$status $err", '0 ' . join('', map { "drew $dir/overhead-$_.png and "
        . ".svg\n" } qw(tiny realloc)), 'gnuplot draws, and has no complaint');
    for my $name (qw(tiny realloc)) {
        my $svg = slurp("$dir/overhead-$name.svg");
        like($svg, qr/>Overhead of the heap on the trace $name</, 'the title');
        like($svg, qr/>$_</, "$_ is in the legend")
            for 'mm', 'libc', 'live payload';
        like(slurp("$dir/overhead-$name.png"), qr/\A\x89PNG/, 'a PNG');
    }
}

{   # of no payload there is no overhead, and of one request no line
    remove_tree($dir);
    my $none = trace('nothing', 'f -1');
    my $one = trace('single', 'a 0 100');
    my ($status, undef, $err) = run("./mdriver --quiet -n -m $bump -f $none "
        . "-f $one -c $tiny --plot overhead --plot heapmap --plot-dir $dir -T");
    is("$status $err", '0 ' . join('', map { "drew $dir/$_.png and .svg\n" }
        map({ "overhead-$_" } qw(nothing single tiny)),
        map({ "heapmap-$_-tests.data.bump.c" } qw(nothing single tiny))),
        'traces of one request');
    my $svg = slurp("$dir/overhead-nothing.svg");
    like($svg, qr/>not known: no heap, or no payload</, 'no empty panel');
    like(slurp("$dir/heapmap-nothing-tests.data.bump.c.svg"),
        qr/>not known: no payload</, 'nor in the map');
    $svg = slurp("$dir/overhead-single.svg");
    like($svg, qr/<use xlink:href='#gpPt\d+' transform='translate/, 'one request is a point');
    unlike(slurp("$dir/overhead-$_.svg"), qr/<use xlink:href='#gpPt\d+' transform='translate/,
        'several are a line') for 'tiny';
    unlike($svg, qr/>0\.\d+</, 'requests are counted in whole numbers');
}
{   # names that are none for a file, a script or a terminal
    remove_tree($dir);
    my $odd = scratch("\e[1m\xff\n" . 'long' x 50 . '.rep');
    spew($odd, slurp($tiny));
    my ($status, undef, $err) = run("./mdriver --quiet -n -m $bump -f '$odd' "
        . "--plot overhead --plot-dir $dir -T");
    my $name = substr('overhead-_[1m__' . 'long' x 50, 0, 100)
        . substr('long' x 50, -100);
    is("$status $err", "0 drew $dir/$name.png and .svg\n", 'odd names');
    unlink($odd);
}
{   # the legend of many is whole
    remove_tree($dir);
    my $all = join(' ', map { ('-m mm', "-m $bump") } 1 .. 9);
    run("./mdriver --quiet -n $all -f $tiny --plot overhead --plot-dir $dir");
    my $svg = slurp("$dir/overhead-tiny.svg");
    my @at = $svg =~
        /translate\(([\d.]+),[\d.]+\)"[^>]*>\s*<text>mm</g;
    is(scalar(@at), 18, 'both panels name all nine');
    is(join(' ', grep { $_ != $at[0] } @at), '', 'in one column');
}
{   # where nothing can be drawn it is told
    my ($status, $out) = run(with_programs() . " ./mdriver --quiet -n "
        . "-m tests/faulty/null_deref.c -f $tiny --plot scaling --plot overhead "
        . "--plot-dir $dir");
    is($status, 1, 'all have failed');
    is(join('', map { "$_\n" } grep { /^no picture/ } split(/\n/, $out)), <<'END',
no picture of overhead, which takes an allocator that passes a trace
no picture of scaling, which takes an allocator that passes two traces with different numbers of live blocks
END
        'and so there is no picture');
}

# ---- Interrupts -----------------------------------------------------------------

{   # of the driver alone, while gnuplot hangs
    remove_tree($dir);
    my ($status, undef, $err) = run(with_programs(gnuplot =>
        "#!/bin/sh\necho half >\${2%.gp}.png\necho \$\$ >pid\nkill -TERM \$PPID\n"
        . "while :; do :; done\n") . " ./mdriver --quiet -n -m $bump -c $tiny "
        . "--plot overhead --plot-dir $dir");
    like("$status $err", qr/^143 mdriver: interrupted$/m,
        'the signal does its work');
    is(kill(0, slurp("$dir/pid") + 0), 0, 'gnuplot is gone');
    is(join(' ', grep { /png/ } split(/ /, files())), '',
        'and so is what it drew');
}

# ---- Mistakes -----------------------------------------------------------------

my $dangling = scratch('dangling');
unlink($dangling);
symlink('nowhere', $dangling) or die "$dangling: $!\n";
for (["--plot overhead --plot-dir $dangling",
        "$dangling: expected a directory to write to, found: File exists"],
    ["--plot x", '--plot: expected one of those that -h names, or all, found x'],
    ['--plot', '--plot: expected WHAT, found nothing'],
    ['--plot-dir ""', '--plot-dir: expected a directory, found nothing'],
    ["--plot overhead --plot-dir $tiny",
        "$tiny: expected a directory to write to, found: File exists"],
    ["--plot overhead --plot-dir $tiny/x",
        "$tiny/x: expected a directory to write to, found: Not a directory"],
    ['--plot overhead --oom', '--oom: expected no other report, found --plot'],
    ['--map --conform', '--conform: expected no other report, found --map'])
{
    my ($options, $said) = @$_;
    my $input = $options =~ /conform/ ? '' : "-c $tiny";
    my ($status, undef, $err) = run("./mdriver -m $bump $input $options");
    is("$status $err", "2 $said\n", $options);
}

done();
