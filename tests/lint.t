#!/usr/bin/env perl
# lint.t - rep lint, from the command line
#
# Runs from the top of the tree; REP names another rep than ./rep.
use strict;
use warnings;
use lib 'tests';
use Check;

my $rep  = $ENV{REP} // './rep';
my $file = scratch('x.rep');

# finds TEXT, STATUS, FINDINGS, NAME - the file x.rep, which is not named, and
# what is said of it, without its path
sub finds {
    my ($text, $expected_status, $expected, $name) = @_;
    spew($file, $text);
    my ($status, $out, $err) = run("$rep lint $file");
    $out =~ s/^\Q$file\E:/:/mg;
    is($out, $expected, $name);
    is("$status|$err", "$expected_status|", "$name, status");
}

sub fails {
    my ($args, $expected, $name) = @_;
    my ($status, $out, $err) = run("$rep lint $args");
    is("$status|$out|$err", "2||rep: $expected\n", $name);
}

# ---- What is said ----

finds("1\n1\n2\n8\na 0 8\nf 0\n", 0, ": 0 errors, 0 warnings, 0 notes\n",
    'clean');
finds("1\n1\n2\n8\na 0 8\nz\nf 0\n", 1, <<'END', 'an error');
:6: error: expected a request (a, c, f, m or r), found `z`: the line is ignored
: 1 error, 0 warnings, 0 notes
END
finds("4096\n1\n2\n2\r\na 0 8\nf 0\n", 1, <<'END', 'a warning');
:4: warning: expected LF alone to end the line, found CR LF: the CR is ignored
: 0 errors, 1 warning, 0 notes
END
finds("1\n1\n1\n8\na 0 8\n", 0, <<'END', 'a note');
:5: note: live in the end: 1 block, 8 bytes; the oldest is allocated here
: 0 errors, 0 warnings, 1 note
END
finds("1\n5\n7\n99\n\na 0 8\na 0\nf 1\nf -2\nr 2 1\nf 2\nr 2 3\n# x\n", 1,
    <<'END', 'in order of the lines');
:2: warning: the header announces 5 ids, found 2: the true number is used
:3: warning: the header announces 7 requests, found 6: the true number is used
:4: warning: the header announces a peak payload of 99 bytes, found 19: the true number is used
:5: warning: expected a request, found a blank line: it is skipped
:6: note: live in the end: 3 blocks, 19 bytes; the oldest is allocated here
:7: warning: `a` of id 0: expected a size, found the end of the line: the previous size is taken
:7: warning: `a` of id 0, which is live (allocated on line 6): the old block leaks
:8: warning: `f` of id 1, which is not live (never allocated): it frees NULL
:9: error: expected an id from 0 to 18446744073709551615, found `-2`: the line is ignored
:10: note: `r` of a new id (realloc(NULL)), which the oldest drivers lack (2 requests)
:12: warning: `r` of id 2, which is not live (freed on line 11): it allocates anew
:13: warning: expected a request, found a comment: it is skipped
: 1 error, 9 warnings, 2 notes
END
finds("1\n0\n0\n0\nf -1\nc 0 2 0\nm 9 8 140737488355329\nr 0 0\nf -1\n", 1,
    <<'END', 'habits');
:2: warning: the header announces 0 ids, found 2: the true number is used
:3: warning: the header announces 0 requests, found 5: the true number is used
:5: note: `f -1` (free(NULL)), which the oldest drivers lack (2 requests)
:6: note: `c` (calloc), which the oldest drivers lack (1 request)
:6: note: a size of 0, for which old drivers take NULL as a failure (1 request)
:7: note: `m` (memalign), which other drivers lack (1 request)
:7: note: more bytes than any heap has: the right answer is NULL (1 request)
:7: note: id 9 is the highest of 2: old drivers make an array up to it
:8: note: `r` to size 0 (a free), whose NULL old drivers take for a failure (1 request)
: 0 errors, 2 warnings, 7 notes
END
finds("1\n1\n1\n1\na 3 8\nf 3\n", 1, <<'END', 'beyond and the older flag');
:2: warning: the header announces 1 ids, found id 3: the array of old drivers is too short
:4: note: expected a peak payload of 8 bytes, found the older flag 1: it is ignored
:5: note: live in the end: 1 block, 8 bytes; the oldest is allocated here
:5: note: id 3 is the highest of 1: old drivers make an array up to it
:6: warning: request 2, but the header announces 1: it is ignored
: 0 errors, 2 warnings, 3 notes
END
finds("8\n1\n1\n8\na 0 1\n", 1, <<'END', 'no weight');
:4: error: expected a weight (0 to 3) in the first or the fourth line of the header, found 8 and 8: the weight is 1
:4: warning: the header announces a peak payload of 8 bytes, found 1: the true number is used
:5: note: live in the end: 1 block, 1 byte; the oldest is allocated here
: 1 error, 1 warning, 1 note
END
finds("a 0 8\nf 0\n", 1, <<'END', 'no header');
:1: warning: expected 4 lines of header before the first request, found 0: the requests are counted and the weight is 1
: 0 errors, 1 warning, 0 notes
END
finds('', 1, <<'END', 'an empty file');
:1: error: expected a request, found the end of the file: there is no trace
: 1 error, 0 warnings, 0 notes
END
finds("\0\xff\n" . "\e" x 5000 . "\na 0 1\nf 0", 1, <<'END', 'binary');
:1: error: expected text, found the byte 0x00: the line is ignored
:2: error: expected text, found the byte 0x1b: the line is ignored
:3: warning: expected 4 lines of header before the first request, found 0: the requests are counted and the weight is 1
: 2 errors, 1 warning, 0 notes
END

# ---- How much is said ----

spew($file, "1\n1\n26\n8\n" . "z\n" x 2 . "a 0 8\nf 0\n" . "f 0\n" x 24);
my $late = "`f` of id 0, which is not live";
my ($status, $out) = run("$rep lint $file");
is(scalar(() = $out =~ /\Q$late\E/g), 20, '20 of a kind');
like($out, qr/^.*:28: [^\n]*\n\Q$file\E: \.\.\. and 4 more\n\Q$file\E: 2 errors, 24 warnings, 0 notes\n$/s,
    'and more');
(undef, $out) = run("$rep lint --max 1 $file");
is($out, "$file:5: error: expected a request (a, c, f, m or r), found `z`: "
    . "the line is ignored\n$file: ... and 1 more\n"
    . "$file:9: warning: $late (freed on line 8): it frees NULL\n"
    . "$file: ... and 23 more\n$file: 2 errors, 24 warnings, 0 notes\n",
    '--max 1');
for my $max (0, 24, 99) {
    (undef, $out) = run("$rep lint --max $max $file");
    is(scalar(() = $out =~ /\Q$late\E/g), 24, "--max $max");
    unlike($out, qr/more/, "--max $max, no more");
}
my $summary = "$file: 2 errors, 24 warnings, 0 notes\n";
($status, $out) = run("$rep lint --quiet $file");
is("$status|$out", "1|$summary", '--quiet');

# ---- Several files ----

my $clean = spew(scratch('clean.rep'), "1\n1\n2\n8\na 0 8\nf 0\n");
my $said = "$clean: 0 errors, 0 warnings, 0 notes\n";
my $err;
($status, $out) = run("$rep lint $clean $file -q $clean");
is("$status|$out", "1|$said$summary$said", 'several files');
($status, $out, $err) = run("$rep lint -q nowhere $file $clean tests");
is("$status|$out|$err", "2|$summary$said|rep: tests: expected traces (*.rep), "
    . "found none\nrep: nowhere: cannot open: No such file or directory\n",
    'files that cannot be read');
my $two = scratch('two');
mkdir($two);
spew("$two/$_.rep", slurp($clean)) for qw(b a);
my $each = $said =~ s/\Q$clean/$two\/a.rep/r . $said =~ s/\Q$clean/$two\/b.rep/r;
($status, $out) = run("$rep lint $two");
is("$status|$out", "0|$each", 'a directory: its traces by name');
($status, $out, $err) = run("$rep lint --fix $two -o $two/c");
is("$status|$out|$err",
    "2||rep: lint: expected one FILE with -o, found 2\n", 'one output for two');
($status, $out) = run("$rep lint - <$clean");
is("$status|$out", "0|<stdin>: 0 errors, 0 warnings, 0 notes\n",
    'standard input');
($status, $out) = run("$rep lint -q traces/*.rep*");
my @files = glob('traces/*.rep*');
is($status, 0, 'traces/');
is(scalar(() = $out =~ /: 0 errors, 0 warnings, \d+ notes?$/mg),
    scalar(@files), 'traces/, one line each');

# ---- Mending ----

my $before = slurp($file);
my $fixed = scratch('fixed.rep');
($status, $out) = run("$rep lint --fix -q -o $fixed $file");
is("$status|$out", '0|' . ($summary =~ s/$/; mended/r), '--fix -o');
is(slurp($fixed), "1\n1\n26\n8\na 0 8\nf 0\n" . "f -1\n" x 24, 'mended');
is(slurp($file), $before, '--fix -o leaves FILE alone');
(undef, $out, $err) = run("$rep lint --fix -q -o - - <$file");
is("$out|$err", slurp($fixed) . '|<stdin>: 2 errors, 24 warnings, 0 notes; '
    . "mended\n", '--fix -o -');
($status, $out) = run("$rep lint --fix -q $file");
is($out, $summary =~ s/$/; mended/r, '--fix');
is(slurp($file), slurp($fixed), '--fix in place');
my $inode = (stat $file)[1];
($status, $out) = run("$rep lint --fix -q $file");
is("$status|$out", "0|$file: 0 errors, 0 warnings, 1 note\n", '--fix again');
is((stat $file)[1], $inode, '--fix again writes nothing');
(undef, $out) = run("$rep lint --fix -q -o $fixed $clean");
is($out . slurp($fixed), $said . slurp($clean), '--fix -o of a clean one');

spew($file, "5000\n1\n1\n3\r\nm 7 8 9\r\n");
run("$rep lint --fix -q $file");
is(slurp($file), "4096\n8\n1\n3\nm 7 8 9\n", '--fix keeps dialect and weight');
spew($file, "z\n");
($status, $out) = run("$rep lint --fix -q $file");
is("$status|$out|" . slurp($file), "1|$file: 2 errors, 0 warnings, 0 notes\n"
    . "|z\n", '--fix of nothing');
spew($file, "a 0 8\n");
fails("--fix -q -o no/where $file", 'no/where: expected to write it, found: '
    . 'No such file or directory', '--fix to nowhere');
fails("--fix -q -o - $file >/dev/full", '<stdout>: expected to write it, '
    . 'found: No space left on device', '--fix to a full disk');
my $pipe = scratch('pipe');
unlink $pipe;
($status, $out, $err) = run("mkfifo $pipe; cat $file >$pipe & "
    . "$rep lint --fix -q $pipe");
is("$status|$out|$err", "2||rep: lint: $pipe: expected a regular file to mend "
    . "in place, or -o\n", '--fix of a pipe');
is(slurp($file), "a 0 8\n", 'it is as it was');

# At random, all that can be wrong: what --fix writes has nothing but notes, is
# not mended again, and means the same.
sub junk {
    my ($errors) = @_;
    my @lines = (int(rand 6), map { int(rand 300) } 1 .. 3);
    @lines = @lines[0 .. int(rand 4) - 1] if rand() < .2;
    push @lines, ('a 9 9', map {
        my $id = rand() < .1 ? int(rand 2**40) : int(rand 20);
        my $size = rand() < .1 ? 0 : rand() < .05 ? 1 << 50 : int(rand 500);
        my $n = int(rand 9);
        my $line = ("a $id $size", "a $id $size", "f $id", "f $id",
            "r $id $size", "c $id $n $size", 'm ' . $id . ' ' . 2**$n
            . " $size", 'f -1', "a $id")[int(rand 9)];
        $line = ("# $line", '', ' ', "$line\r")[int(rand 4)] if rand() < .05;
        $line = substr($line, 0, 3) . chr(rand 256) if $errors && rand() < .05;
        $line;
    } 1 .. 300);
    return join("\n", @lines, '');
}

srand(7);
my $compared = 0;
for my $round (1 .. 40) {
    my $errors = $round % 2;
    spew($file, junk($errors));
    my ($s, $o, $e) = run("$rep lint -q --fix -o $fixed $file");
    is("$s|$e", '0|', "junk $round");
    like($o, qr/; mended\n$/, "junk $round, mended");
    like((run("$rep lint $fixed"))[1], qr/^\Q$fixed\E: 0 errors, 0 warnings, /m,
        "junk $round, clean");
    my ($again) = (run("$rep lint -q --fix -o - $fixed"))[1];
    is($again, slurp($fixed), "junk $round, once is enough");
    next if $errors;
    my ($cs, $meant) = run("$rep convert -q --renumber --weight 1 $file");
    my ($means) = (run("$rep convert -q --renumber --weight 1 $fixed"))[1];
    next if $cs ne '0';
    is($means, $meant, "junk $round, means the same");
    $compared++;
}
check($compared > 5, 'some junk was read', "$compared");

# ---- The command line ----

fails('', 'lint: expected FILE, found none (rep lint -h)', 'no file');
fails("--max x $file", 'lint: --max: expected a number, found "x"', '--max x');
fails("--max -1 $file", 'lint: --max: expected a number, found "-1"',
    '--max -1');
fails("-o x $file", 'lint: expected --fix with -o', '-o without --fix');
fails("--fix -o x $file $file", 'lint: expected one FILE with -o, found 2',
    '-o with two files');
fails('--fix -', 'lint: expected -o with --fix of standard input',
    '--fix of standard input');
($status, $out, $err) = run("$rep lint --frob");
is("$status|$out|$err", "2||rep lint: unrecognized option '--frob'\n",
    '--frob');
($status, $out, $err) = run("$rep lint $file >/dev/full");
is("$status|$err", "2|rep: standard output: No space left on device\n",
    'full disk');
($status, $out, $err) = run("$rep lint -h");
like("$status|$err|$out", qr/^0\|\|usage: rep lint .*Exit status: /s, '-h');
is(join('', grep { length > 80 } split /\n/, $out), '', '-h in 80 columns');

done();
