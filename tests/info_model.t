#!/usr/bin/env perl
# info_model.t - rep info against a model that shares nothing with it: random
# traces in which all happens, and ours
#
# REP names another rep than ./rep.
use strict;
use warnings;
use JSON::PP;
use lib 'tests';
use Check;

my $rep = $ENV{REP} // './rep';
$ENV{LC_ALL} = 'C';

# written(NAME, REQUEST...) - a trace whose header is right but for its peak.
sub written {
    my ($name, @requests) = @_;
    my %ids = map { /^\w (\d+)/ ? ($1 => 1) : () } @requests;
    return spew(scratch("$name.rep"), join("\n",
        1, scalar(keys %ids), scalar(@requests), 0, @requests, ''));
}

# info(ARGUMENTS) - the traces that --json shows.
sub info {
    my ($status, $out, $err) = run("$rep info --json @_");
    is("$status $err", '0 ', "status of info --json @_");
    return @{(eval { decode_json($out) } // {traces => []})->{traces}};
}

# model(FILE) - the figures again, from the text, by id.
sub model {
    my ($path, $with_order) = (@_, 0);
    my @lines = split /\n/, slurp($path);
    my (%live, %sizes, %lifetime, @order) = ();
    my %f = map { $_ => 0 } qw(bytes peak_bytes peak_bytes_request blocks freed
        realloc_grow realloc_shrink realloc_same end_bytes end_blocks met
        header8 header8_peak round16 round16_peak round16_lost peak_blocks
        realloc_most youngest oldest freed_by_free free_null);
    my ($now, $request) = (0, 0);
    my $header = sub {
        my $n = ($_[0] + 23) & ~15;
        return !$_[0] ? 0 : $n < 32 ? 32 : $n;
    };
    my $lose = sub {
        my ($b) = @_;
        $now -= $b->{size};
        $f{header8} -= $header->($b->{size});
        $f{round16} -= ($b->{size} + 15) & ~15;
        @order = grep { $_ != $b->{stamp} } @order if $with_order;
    };
    my $gain = sub {
        my ($id, $size, $b) = @_;
        $live{$id} = {%$b, size => $size, stamp => $request};
        push @order, $request if $with_order;
        $now += $size;
        $f{header8} += $header->($size);
        $f{round16} += ($size + 15) & ~15;
        $f{round16_lost} += -$size & 15;
        $f{bytes} += $size;
        $f{met}++;
        $sizes{$size}++;
    };
    my $end = sub {
        my ($b) = @_;
        my $log = 0;
        $log++ while $request - $b->{born} >= 2 << $log;
        $lifetime{1 << $log}++;
        $f{freed}++;
    };
    for (@lines[4 .. $#lines]) {
        my ($kind, $id, $n, $m) = split ' ';
        $request++;
        my $size = $kind eq 'c' ? $n * $m : $kind eq 'm' ? $m : $n;
        if ($kind eq 'f') {
            my $b = delete $live{$id};
            $f{free_null}++ if !$b;
            if ($b) {
                $f{youngest} += $with_order && $order[-1] == $b->{stamp};
                $f{oldest}   += $with_order && $order[0] == $b->{stamp};
                $lose->($b);
                $end->($b);
            }
        } elsif ($kind eq 'r' && $live{$id}) {
            my $b = delete $live{$id};
            $lose->($b);
            if ($size == 0) { $end->($b) }
            else {
                my $way = $size <=> $b->{size};
                $f{(qw(realloc_same realloc_grow realloc_shrink))[$way]}++;
                my $times = $b->{times} + 1;
                $f{realloc_most} = $times if $times > $f{realloc_most};
                $gain->($id, $size, {born => $b->{born}, times => $times});
            }
        } else {
            $f{blocks}++;
            $gain->($id, $size, {born => $request, times => 0});
        }
        @f{qw(peak_bytes peak_bytes_request)} = ($now, $request)
            if $now > $f{peak_bytes};
        for ('header8', 'round16') {
            $f{"${_}_peak"} = $f{$_} if $f{$_} > $f{"${_}_peak"};
        }
        my $blocks = keys %live;
        $f{peak_blocks} = $blocks if $blocks > $f{peak_blocks};
    }
    delete @f{qw(header8 round16 freed_by_free)};
    delete @f{qw(youngest oldest)} if !$with_order;
    $f{requests} = $request;
    $f{end_bytes} = $now;
    $f{end_blocks} = keys %live;
    $f{sizes_distinct} = keys %sizes;
    my @top = sort { $sizes{$b} <=> $sizes{$a} || $a <=> $b } keys %sizes;
    $f{top} = join(' ', map { "$_:$sizes{$_}" } grep { defined } @top[0 .. 9]);
    $f{lifetimes} = join(' ', map { "$_:$lifetime{$_}" }
        sort { $a <=> $b } keys %lifetime);
    return \%f;
}

# compare(TRACE OF --json, WHAT model FOUND) - as one line of text each.
sub compare {
    my ($t, $f, $name) = @_;
    $t->{top} = join(' ', map { "$_->{size}:$_->{requests}" }
        @{$t->{top_sizes}});
    $t->{lifetimes} = join(' ', map { "$_->{from}:$_->{blocks}" }
        @{$t->{lifetimes}});
    my $frees = $t->{free} - $t->{free_null};
    $t->{youngest} = sprintf('%.0f', ($t->{free_youngest} // 0) * $frees);
    $t->{oldest} = sprintf('%.0f', ($t->{free_oldest} // 0) * $frees);
    is(join("\n", map { "$_ " . ($t->{$_} // 'none') } sort keys %$f),
        join("\n", map { "$_ $f->{$_}" } sort keys %$f), $name);
}

# Random traces of few ids, in which all happens.
{
    my $seed = 12345;
    my $random = sub {
        $seed = ($seed * 1103515245 + 12345) % 2147483648;
        return ($seed >> 8) % $_[0];
    };
    my @paths;
    for my $number (1 .. 12) {
        my (%live, @requests);
        while (@requests < 300) {
            my $id = $random->(3 * $number);
            my $size = $random->(4) ? $random->(300) : 65000 + $random->(1200);
            if ($live{$id}) {
                my $way = $random->(3);
                push @requests, $way ? "f $id" : "r $id " . $size;
                delete $live{$id} if $way || $size == 0;
            } else {
                my $way = $random->(6);
                push @requests, $way == 0 ? "c $id 3 $size"
                    : $way == 1 ? "m $id 64 $size"
                    : $way == 2 ? 'r ' . (1000 + @requests) . " $size"
                    : $way == 3 ? 'f -1' : "a $id $size";
                $live{$id} = 1 if $way != 2 && $way != 3;
            }
        }
        push @paths, written("random$number", @requests);
    }
    my @found = info(@paths);
    compare($found[$_], model($paths[$_], 1), "random trace $_")
        for 0 .. $#paths;
}

# Ours; the largest ones are left out for their time.
{
    my @paths = grep { -s $_ < 250_000 } glob('traces/*.rep');
    my @found = info(@paths);
    compare($found[$_], model($paths[$_]), $paths[$_]) for 0 .. $#paths;
}

done();
