#!/usr/bin/env perl
# import.t - rep import of what real tools write about a program that always
# makes the same requests
#
# REP names another rep than ./rep, CC another compiler than cc.  Needs
# valgrind, ltrace, heaptrack and libc_malloc_debug.so.0.
use strict;
use warnings;
use lib 'tests';
use Check;

my $rep = $ENV{REP} // './rep';
my $cc  = $ENV{CC}  // 'cc';

# requests(TRACE) - the requests of a trace, without its header.
sub requests {
    my ($text) = @_;
    my @lines = split /\n/, $text;
    return @lines > 4 ? @lines[4 .. $#lines] : ();
}

# ---- A real program, seen by everybody ----

# rename_ids(REQUEST...) - ids in order of appearance.
sub rename_ids {
    my (%new, @out);
    for (@_) {
        my ($letter, $id, $rest) = /^(\w) (-?\d+)(.*)/;
        $id = $new{$id} //= keys %new if $id >= 0;
        push @out, "$letter $id$rest";
    }
    return @out;
}

# as_seen(WHAT, REQUEST...) - the requests as a tool sees them that cannot
# tell some of them apart.  WHAT: plain: all blocks come from malloc; null: no
# free(NULL); split: a realloc is a free and a malloc; hidden: the alignment
# whose blocks are seen when they are reallocated, not before.
sub as_seen {
    my ($what, @requests) = @_;
    my (%hidden, @out, $next);
    $next = 1000000;
    my %now;
    for (@requests) {
        my ($letter, $id, @n) = split;
        if ($letter eq 'm' && $n[0] == ($what->{hidden} // 0)) {
            $hidden{$id} = 1;
            next;
        }
        if ($hidden{$id}) {
            delete $hidden{$id};
            next if $letter eq 'f';
            $letter = 'a';
        }
        if ($what->{plain}) {
            @n = $letter eq 'c' ? $n[0] * $n[1] : $n[1]
                if $letter eq 'c' || $letter eq 'm';
            $letter = 'a' if $letter =~ /[cm]/;
            ($letter, @n) = ('f') if $letter eq 'r' && $n[0] == 0;
        }
        next if $what->{null} && $id == -1;
        my $name = $now{$id} // $id;
        if ($what->{split} && $letter eq 'r') {
            push @out, "f $name";
            $letter = 'a';
            $name = $now{$id} = $next++;
        }
        push @out, join ' ', $letter, $name, @n;
    }
    return rename_ids(@out);
}

# between_marks(REQUEST...) - what the program did.
sub between_marks {
    my (@out, $mark);
    for (@_) {
        $mark = $1 if /^a (\d+) 424243$/;
        push @out, $_ if defined $mark;
        last if defined $mark && $_ eq "f $mark";
    }
    return rename_ids(@out);
}

my $program = scratch('requests');
my ($built, undef, $why) = run("$cc -O0 -fno-builtin -w -o $program"
        . " tests/data/requests.c");
check($built eq '0', 'build the program', $why);

my $log = scratch('real');
my ($recorded, undef, $told) = run("$rep record -o $log.rep -- $program");
check($recorded eq '0', 'record the program', $told);
my @true = between_marks(requests(slurp("$log.rep")));
check(@true > 4000, 'the recorder sees the program', scalar(@true));

# sees(TOOL, COMMAND, LOG, WHAT) - the import of the log that the command
# writes agrees with the recorder.
sub sees {
    my ($tool, $command, $log, $what) = @_;
    unlink glob("$log*");
    my ($status, $out, $err) = run($command);
    check($status eq '0', "$tool runs", $err);
    if ($err =~ /Operation not permitted/) {
        is(slurp($log), '', "$tool may not look at programs here");
        return;
    }
    ($status, $out, $err) = run("$rep import $log");
    is($status, 0, "$tool: status");
    like($err, qr/^rep: \Q$log\E: \d+ events, \d+ requests kept, \d+ dropped/,
        "$tool: summary begins");
    like($err, qr/, \d+ ids, peak payload \d+ bytes; a log of $tool\n$/,
        "$tool: summary ends");
    unlike($err, qr/legible/, "$tool: all of it is legible");
    my $found    = join "\n", between_marks(requests($out));
    my $expected = join "\n", as_seen($what, @true);
    check($found eq $expected, "$tool agrees with the recorder",
        first_difference($found, $expected));
}

sub first_difference {
    my @found    = split /\n/, $_[0];
    my @expected = split /\n/, $_[1];
    for my $i (0 .. $#expected) {
        my $found = $found[$i] // 'the end';
        return "request $i: expected $expected[$i], found $found"
            if $found ne $expected[$i];
    }
    return 'more requests than expected';
}

sees('mtrace',
    "MALLOC_TRACE=$log.mtrace LD_PRELOAD=libc_malloc_debug.so.0 $program",
    "$log.mtrace", {plain => 1, null => 1});
sees('valgrind',
    "valgrind --trace-malloc=yes --log-file=$log.valgrind $program",
    "$log.valgrind", {});
sees('ltrace', "ltrace -o $log.ltrace $program", "$log.ltrace",
    {hidden => 128});
sees('ltrace',
    "ltrace -f -L -x malloc+free+calloc+realloc+memalign+aligned_alloc"
        . " -o $log.ltrace-x $program",
    "$log.ltrace-x", {hidden => 128});
sees('heaptrack', "heaptrack --raw -o $log.heaptrack $program",
    "$log.heaptrack.raw.zst",
    {plain => 1, null => 1, split => 1, hidden => 64});
sees('rep record', "$rep record --log $log.kept -o $log.rep -- $program",
    "$log.kept", {});

done();
