#!/usr/bin/env perl
# edit.t - rep cut, filter, balance, convert, from the command line
#
# Runs from the top of the tree; REP names another rep than ./rep.
use strict;
use warnings;
use lib 'tests';
use Check;

my $rep = $ENV{REP} // './rep';

# Ten requests; what is live before the fifth: 0, grown, and 2.
my @requests = ('a 0 100', 'c 1 2 30', 'r 0 150', 'm 2 64 40', 'f 1', 'f -1',
    'r 0 70', 'a 1 5', 'f 2', 'r 3 9');
my $file = spew(scratch('t.rep'), join("\n", 2, 4, 10, 250, @requests, ''));

# edits ARGS, REQUESTS, STDERR, NAME - this trace comes out, weight 2
sub edits {
    my ($args, $expected, $said, $name) = @_;
    my ($status, $out, $err) = run("$rep $args");
    my ($w, $ids, $ops, $peak, @found) = split /\n/, $out;
    is(join('; ', @found), $expected, $name);
    is("$status|$err", "0|$said", "$name, said");
    is(join(' ', $w // '', $ops // ''), '2 ' . @found, "$name, header");
    my (undef, $lint) = run("printf '%s' '$out' | $rep lint -q -");
    like($lint, qr/^<stdin>: 0 errors, 0 warnings, /, "$name, lint");
}

sub fails {
    my ($args, $expected, $name) = @_;
    my ($status, $out, $err) = run("$rep $args");
    is("$status|$out|$err", "2||$expected", $name);
}

# ---- cut ----

sub kept { "rep: $file: $_[0] of 10 requests kept" . ($_[1] // '') . "\n" }

edits("cut 5:9 $file", 'f -1; a 0 70; a 1 5', kept(3), 'cut');
edits("cut 1:10 $file", join('; ', @requests), kept(10), 'cut all');
edits("cut : $file", join('; ', @requests), kept(10), 'cut nothing off');
edits("cut 8:99 $file", 'a 1 5; r 3 9', kept(2), 'cut beyond the end');
edits("cut :2 $file", 'a 0 100; c 1 2 30', kept(2), 'cut without FROM');
edits("cut 10: $file", 'r 3 9', kept(1), 'cut without TO');
edits("cut --live 5:7 $file", 'c 1 2 30; a 0 150; m 2 64 40; f 1; f -1; r 0 70',
    kept(6), 'cut --live');
edits("cut --live 5: $file --balance", 'c 1 2 30; a 0 150; m 2 64 40; f 1; '
    . 'f -1; r 0 70; a 1 5; f 2; r 3 9; f 0; f 1; f 3',
    kept(9, ', 3 frees added'), 'cut --live --balance');
edits("cut 8:8 --renumber --balance $file", 'a 0 5; f 0',
    kept(1, ', 1 free added'), 'cut --renumber');
edits("cut -q 8: $file", 'a 1 5; r 3 9', '', 'cut -q');
edits("cut 2:2 - <$file", 'c 1 2 30',
    "rep: <stdin>: 1 of 10 requests kept\n", 'cut of standard input');

# What --live allocates first is what is live then.
sub left { (run("$_[0] | $rep lint -"))[1] =~ /in the end: (.*? bytes)/ ? $1 : '' }
for my $from (2, 777, 20000, 45854) {
    my $perl = 'traces/perl.rep';
    my $live = left("$rep cut -q :" . ($from - 1) . " $perl");
    my ($blocks) = $live =~ /^(\d+)/;
    is(left("$rep cut -q --live $from: $perl | $rep cut -q :$blocks -"), $live,
        "cut --live, $from");
    check($blocks, "something lives at $from", $live);
}

my $cut = 'rep: cut: expected FROM:TO with FROM from 1 to TO, found';
fails("cut 5 $file", "$cut \"5\"\n", 'cut one number');
fails("cut 0:5 $file", "$cut \"0:5\"\n", 'cut from 0');
fails("cut 6:5 $file", "$cut \"6:5\"\n", 'cut backwards');
fails("cut 1:2:3 $file", "$cut \"1:2:3\"\n", 'cut three numbers');
fails("cut -- -1:2 $file", "$cut \"-1:2\"\n", 'cut negative');
fails("cut 1:99999999999999999999 $file",
    "$cut \"1:99999999999999999999\"\n", 'cut beyond 64 bits');
fails("cut 1:0000000000000000000000000002 $file",
    "$cut \"1:0000000000000000000000000002\"\n", 'cut many digits');
fails("cut 11: $file", "rep: cut: $file: expected FROM from 1 to 10, "
    . "found 11\n", 'cut behind the end');
fails("cut 5:5 $file", "rep: $file: expected a request that is kept, found "
    . "none\n", 'cut to nothing');
fails("cut $file", "rep: cut: expected 2 arguments, found 1 (rep cut -h)\n",
    'cut without a file');

# ---- filter ----

edits("filter --min-size 60 $file",
    'a 0 100; c 1 2 30; r 0 150; f 1; r 0 70', kept(5), 'filter --min-size');
edits("filter --max-size 59 $file", 'm 2 64 40; a 1 5; f 2; r 3 9', kept(4),
    'filter --max-size');
edits("filter --min-size 61 --max-size 150 $file", 'a 0 100; r 0 150; r 0 70',
    kept(3), 'filter a range of sizes');
edits("filter --max-life 3 $file", 'c 1 2 30; f 1; a 1 5; r 3 9', kept(4),
    'filter --max-life');
edits("filter --min-life 5 $file", 'a 0 100; r 0 150; m 2 64 40; r 0 70; f 2',
    kept(5), 'filter --min-life');
edits("filter --min-life 10 $file", 'a 0 100; r 0 150; r 0 70', kept(3),
    'filter lives to the end');
edits("filter --kind calloc,realloc $file", 'c 1 2 30; f 1; r 3 9', kept(3),
    'filter --kind');
edits("filter --kind malloc --kind memalign $file", 'a 0 100; r 0 150; '
    . 'm 2 64 40; r 0 70; a 1 5; f 2', kept(6), 'filter --kind twice');
edits("filter --id 3,1 $file", 'c 1 2 30; f 1; a 1 5; r 3 9', kept(4),
    'filter --id');
edits("filter --id 1,3 --invert $file",
    'a 0 100; r 0 150; m 2 64 40; r 0 70; f 2', kept(5), 'filter --invert');
edits("filter --id 1 --kind malloc --balance $file", 'a 1 5; f 1',
    kept(1, ', 1 free added'), 'filter two criteria');

fails("filter $file", 'rep: filter: expected a criterion, found none '
    . "(rep filter -h)\n", 'filter without a criterion');
fails("filter --invert $file", 'rep: filter: expected a criterion, found none '
    . "(rep filter -h)\n", 'filter --invert alone');
fails("filter --kind free $file", 'rep: filter: --kind: expected malloc, '
    . "calloc, memalign or realloc, found \"free\"\n", 'filter --kind free');
fails("filter --kind malloc, $file", 'rep: filter: --kind: expected malloc, '
    . "calloc, memalign or realloc, found \"\"\n", 'filter --kind nothing');
fails("filter --id 1,x $file", 'rep: filter: --id: expected ids, found "x"'
    . "\n", 'filter --id word');
fails("filter --id , $file", "rep: filter: --id: expected ids, found none\n",
    'filter --id nothing');
fails("filter --min-size 1k $file", 'rep: filter: --min-size: expected a '
    . "number from 0 to 18446744073709551615, found \"1k\"\n",
    'filter --min-size word');
fails("filter --id 99 $file", "rep: $file: expected a request that is kept, "
    . "found none\n", 'filter to nothing');

# ---- balance and convert ----

edits("balance $file", join('; ', @requests, 'f 0', 'f 1', 'f 3'),
    kept(10, ', 3 frees added'), 'balance');
edits("convert $file", join('; ', @requests), kept(10), 'convert');
edits("convert --renumber $file", 'a 0 100; c 1 2 30; r 0 150; m 2 64 40; '
    . 'f 1; f -1; r 0 70; a 3 5; f 2; r 4 9', kept(10), 'convert --renumber');

my ($status, $out, $err) = run("$rep convert --classic --weight 3 $file");
is($out, join("\n", 4096, 4, 9, 3, 'a 0 100', 'a 1 60', 'r 0 150', 'a 2 40',
        'f 1', 'r 0 70', 'a 1 5', 'f 2', 'a 3 9', ''), 'convert --classic');
is("$status|$err", '0|' . kept(9), 'convert --classic, said');
my $classic = spew(scratch('classic.rep'), $out);
($status, $out) = run("$rep convert -q $classic");
is((split /\n/, $out)[0], 3, 'convert keeps the weight');
is((split /\n/, $out)[3], 250, 'convert tells the peak');

# A realloc of NULL to 0 is a block where there is no such request.
my $null = spew(scratch('null.rep'), "1\n1\n3\n8\nr 0 0\na 0 8\nf 0\n");
($status, $out) = run("$rep convert --classic --balance -q $null");
is("$status|$out", "0|4096\n2\n4\n1\na 0 1\na 1 8\nf 1\nf 0\n",
    'convert --classic of realloc(NULL, 0)');

my $untidy = spew(scratch('untidy.rep'), "1\n1\n3\n8\na 0 8\nf 0\nf 0\n");
($status, $out, $err) = run("$rep convert $untidy");
is("$status|$out|$err", "0|1\n1\n3\n8\na 0 8\nf 0\nf -1\n|rep: warning: "
    . "$untidy:7: `f` of id 0, which is not live (freed on line 6): it frees "
    . "NULL\nrep: $untidy: 3 of 3 requests kept\n", 'untidy input');
(undef, undef, $err) = run("$rep convert -q $untidy");
is($err, '', 'untidy input -q');

# ---- Input and output ----

my $out_file = scratch('out.rep');
for my $suffix ('gz', 'xz', 'zst') {
    my $program = {gz => 'gzip', xz => 'xz', zst => 'zstd'}->{$suffix};
    next if (run("command -v $program"))[0] ne '0';
    run("$rep convert -o $out_file.$suffix $file");
    my ($unpacked) = (run("$program -dc $out_file.$suffix"))[1];
    is($unpacked, slurp($file), "convert to .$suffix");
    my ($again) = (run("$rep cut : -q $out_file.$suffix"))[1];
    is($again, slurp($file), "cut of .$suffix");
}
run("cp $file $out_file; $rep cut 1:2 -o $out_file $out_file");
is(slurp($out_file), "2\n2\n2\n160\na 0 100\nc 1 2 30\n", 'over itself');

my $before = slurp($out_file);
my $broken = spew(scratch('broken.rep'), "1\n1\n1\n1\na 0 8\nz\n");
for my $verb ('cut :', 'filter --min-size 1', 'balance', 'convert') {
    my ($name) = split / /, $verb;
    fails("$verb -o $out_file $broken", "rep: $broken:6: expected a request "
        . "(a, c, f, m or r), found `z`\n", "$name of a broken file");
    is(slurp($out_file), $before, "$name leaves the output alone");
    fails("$verb nowhere", 'rep: nowhere: cannot open: No such file or '
        . "directory\n", "$name of no file");
    fails("$verb tests", 'rep: tests: expected a trace, found a directory'
        . "\n", "$name of a directory");
    fails("$verb -o no/where $file", 'rep: no/where: expected to write it, '
        . "found: No such file or directory\n", "$name to nowhere");
    fails("$verb $file >/dev/full", 'rep: <stdout>: expected to write it, '
        . "found: No space left on device\n", "$name to a full disk");
    fails("$verb $file >&-", 'rep: <stdout>: expected to write it, '
        . "found: Bad file descriptor\n", "$name to a closed output");
    fails("$verb --weight 4 $file", 'rep: --weight: expected 0 to 3, found '
        . "\"4\"\n", "$name --weight 4");
    fails("$verb --frob $file", "rep $name: unrecognized option '--frob'\n",
        "$name --frob");
    ($status, $out, $err) = run("$rep $name -h");
    like("$status|$err|$out", qr/^0\|\|usage: rep $name .*--renumber.*-h, /s,
        "$name -h");
    my @long = grep { length > 80 } split /\n/, $out;
    is("@long", '', "$name -h in 80 columns");
}
fails('balance', "rep: balance: expected 1 argument, found 0 (rep balance -h)"
    . "\n", 'balance without a file');
fails("convert $file $file", 'rep: convert: expected 1 argument, found 2 (rep '
    . "convert -h)\n", 'convert two files');
is((run("$rep convert -q $file | head -c 1 >/dev/null"))[2], '',
    'closed pipe');

# Without memory: one line, and nothing left behind.  (Sanitizers need more
# room than there is.)
my $big = scratch('big.rep');
my $limited = scratch('limited.rep');
my %ends;
run("$rep gen random --ops 200000 -o $big");
my ($roomy) = run("ulimit -v 1000000; $rep -h");
for my $kib ($roomy eq '0' ? map { 1000 * $_ } 2 .. 32 : ()) {
    my ($s, undef, $e) = run("ulimit -v $kib; $rep filter --min-size 1 "
        . "--balance -o $limited $big");
    my $expected = $s eq '0' ? qr/^rep: \Q$big\E: \d+ of \d+ requests kept\n$/
        : $s eq '2' ? qr/^rep: [^\n]*Cannot allocate memory\n$/
        : $s eq '127' ? qr/error while loading/ : qr/never/;
    $ends{$s}++;
    check(scalar($e =~ $expected), "memory $kib", "status $s: $e");
    check($s eq '0' || !-e $limited, "memory $kib leaves nothing", $e);
    unlink $limited;
}
check($roomy ne '0' || $ends{0} && $ends{2}, 'too little memory and enough',
    join ' ', %ends);

done();
