#!/usr/bin/env perl
# left_out.t - what tests/run makes of tests that cannot hold in a build, and
# what tests/sanitize/said makes of a sanitizer's reports
use strict;
use warnings;
use lib 'tests';
use Check;

my $program = spew(scratch('left_out_one.t'), "#!/bin/sh\n"
    . "echo 'ok good'\necho 'not ok slow: 3 s'\necho '    a detail'\nexit 1\n");
my $other = spew(scratch('left_out_two.t'), "#!/bin/sh\necho 'ok other'\n");
chmod(0755, $program, $other);

# sums_up(LIST) - status and output of tests/run with that list, without times
sub sums_up {
    my ($list) = @_;
    my $file = spew(scratch('list'), $list);
    my ($status, $out) = run("LEFT_OUT=$file tests/run $program $other");
    $out =~ s{\S*/|^ *not ok.*\n|^ +a detail\n}{}gm;
    return join('', "$status\n", sort map { "$_\n" }
        split /\n/, $out =~ s/ +\d+ s| +/ /gr);
}

is(sums_up("# slow\n"), <<'END', 'nothing is left out');
1
2 passed, 1 failed
left_out_one.t 1 ok 1 not ok 
left_out_two.t 1 ok 0 not ok 
END
is(sums_up("left_out_one.t | slow | time\n"), <<'END', 'one test');
0
2 passed, 0 failed, 1 left out
left_out_one.t 1 ok 0 not ok , 1 left out
left_out_two.t 1 ok 0 not ok 
END
is(sums_up("left_out_one.t | slo | time\n"), <<'END', 'its whole name counts');
1
2 passed, 1 failed
left_out_one.t 1 ok 1 not ok 
left_out_two.t 1 ok 0 not ok 
END
is(sums_up("left_out_one.t | slow |\n"), <<'END', 'without a reason: none');
1
2 passed, 1 failed
left_out_one.t 1 ok 1 not ok 
left_out_two.t 1 ok 0 not ok 
END
is(sums_up("left_out_one.t | | time\n"), <<'END', 'a whole program');
0
1 passed, 0 failed, 1 left out
left_out_one.t left out
left_out_two.t 1 ok 0 not ok 
END

# said(TEXT) - of one report with this text: status and last line
sub said {
    my ($text) = @_;
    my $dir = scratch('reports');
    mkdir($dir);
    spew("$dir/asan.1", $text);
    my ($status, $out) = run("tests/sanitize/said $dir");
    return "$status " . ($out =~ /([^\n]*)\n\z/)[0];
}

my $none = '0 reports, 0 of them about what is faulty on purpose';
is(said(''), "0 $none", 'an empty report is none');
is(said("==1==ERROR: AddressSanitizer: SEGV\n    #0 0x1 in f driver/x.c:1\n"),
    '1 1 reports, 0 of them about what is faulty on purpose', 'ours');
is(said("==1==ERROR: AddressSanitizer: SEGV\n    #0 0x1 in f "
    . "tests/faulty/overlap.c:1\n"),
    '0 1 reports, 1 of them about what is faulty on purpose', 'on purpose');

done();
