package Soak;
# Soak - random traces for tests/soak: each seed is a trace, and a way of
# drawing one, so that many seeds are many kinds of programs
use strict;
use warnings;
use Exporter 'import';
use List::Util qw(max min sum0);
our @EXPORT = qw(soak_trace soak_command);

# Bytes live at once, about, at least and at most: -D looks at each of them
# after every request.  And what a block grows to: some allocators never use
# memory again, and have to do with that of the machine.
my ($LIVE_LEAST, $LIVE_DOUBLINGS, $GROWN) = (1 << 13, 5, 1 << 17);

sub whole { return int(rand(shift)) }
sub one_of { return $_[whole(scalar @_)] }

# ---- Sizes ----

# Each makes a function from how much of the trace is over (0 to 1) to a size.
my %sizes = (
    tiny => sub { sub { whole(65) } },
    log => sub { my $most = 4 + rand(12); sub { int(2**rand($most)) } },
    edges => sub {
        my $most = 3 + whole(11);
        sub { max(0, (8 << whole($most)) + whole(69) - 34) }
    },
    classes => sub {
        my @classes = map { int(2**rand(13)) } 0 .. whole(8);
        sub { one_of(@classes) }
    },
    pages => sub { sub { 4096 * (1 + whole(4)) + whole(129) - 64 } },
    mixed => sub { sub { whole(20) ? whole(200) : int(2**(8 + rand(10))) } },
    rising => sub { my $step = 1 + whole(3000);
        sub { int($step * $_[0]) + whole(32) } },
    large => sub { sub { int(2**(whole(20) ? rand(12) : 12 + rand(11))) } },
);

sub draw_size {
    my ($trace) = @_;
    return $trace->{size}->(@{$trace->{requests}} / $trace->{length});
}

# ---- How a trace is drawn ----

sub blocks_at_most {
    my ($size) = @_;
    my $mean = sum0(map { $size->($_ / 64) } 1 .. 64) / 64;
    my $bytes = $LIVE_LEAST << whole($LIVE_DOUBLINGS);
    return max(2, min(int(2**rand(8)), int($bytes / (1 + $mean))));
}

sub new_trace {
    my ($length) = @_;
    my $size = $sizes{one_of(sort keys %sizes)}->();
    my $most = blocks_at_most($size);
    return {
        length => $length,
        size => $size,
        most => $most,
        target => $most,
        kinds => one_of('a', 'a', 'aaaac', 'aaaam', 'c', 'm', 'acm'),
        realloc => one_of(0, 0, 5, 25, 80),
        order => one_of(qw(any any last first)),
        odd => one_of(0, 2, 10),
        reuse => !whole(4),
        next => 0,
        free => [],
        live => [],
        bytes => {},
        requests => [],
    };
}

# ---- Requests ----

sub put {
    my ($trace, $request) = @_;
    push @{$trace->{requests}}, $request;
}

sub new_id {
    my ($trace) = @_;
    my $id = $trace->{reuse} ? shift @{$trace->{free}} : undef;
    return $id // $trace->{next}++;
}

sub lives {
    my ($trace, $id, $size) = @_;
    push @{$trace->{live}}, $id;
    $trace->{bytes}{$id} = $size;
}

sub allocate {
    my ($trace) = @_;
    my ($id, $size) = (new_id($trace), draw_size($trace));
    my $kind = substr($trace->{kinds}, whole(length $trace->{kinds}), 1);
    if ($kind eq 'c') {
        my $count = 1 + whole(16);
        put($trace, "c $id $count " . int($size / $count));
    } elsif ($kind eq 'm') {
        put($trace, "m $id " . (1 << whole(13)) . " $size");
    } else {
        put($trace, "a $id $size");
    }
    lives($trace, $id, $size);
}

# One of those that live, which does so no longer.
sub take {
    my ($trace) = @_;
    my $live = $trace->{live};
    return pop @$live if $trace->{order} eq 'last';
    return shift @$live if $trace->{order} eq 'first';
    my $i = whole(scalar @$live);
    @$live[$i, -1] = @$live[-1, $i];
    return pop @$live;
}

sub release {
    my ($trace, $request) = @_;
    my $id = take($trace);
    put($trace, sprintf($request // 'f %d', $id));
    push @{$trace->{free}}, $id;
}

sub resize {
    my ($trace) = @_;
    my $id = one_of(@{$trace->{live}});
    my $old = $trace->{bytes}{$id};
    my $size = one_of(draw_size($trace), $old + whole(33),
        max(1, $old - whole(33)), min(2 * $old + 1, $GROWN),
        1 + int($old / 2));
    put($trace, "r $id " . max(1, $size));
    $trace->{bytes}{$id} = max(1, $size);
}

# What programs seldom do; the first five cannot be met, or do nothing.
sub oddity {
    my ($trace) = @_;
    my $which = whole(@{$trace->{live}} ? 8 : 6);
    my $id = $which && $which < 6 ? new_id($trace) : undef;
    if ($which == 0) { put($trace, 'f -1') }
    elsif ($which == 1) { put($trace, "a $id 18446744073709551615") }
    elsif ($which == 2) { put($trace, "c $id 4294967296 4294967297") }
    elsif ($which == 3) { put($trace, "m $id 64 18446744073709551600") }
    elsif ($which == 4) { put($trace, "a $id 0"); lives($trace, $id, 0) }
    elsif ($which == 5) { put($trace, "r $id 40"); lives($trace, $id, 40) }
    elsif ($which == 6) { put($trace, 'r ' . one_of(@{$trace->{live}})
        . ' 18446744073709551000') }
    else { release($trace, 'r %d 0') }
}

sub step {
    my ($trace) = @_;
    my $live = @{$trace->{live}};
    $trace->{target} = one_of(0, $trace->{most}, whole($trace->{most} + 1))
        if !whole(150);
    return oddity($trace) if rand(100) < $trace->{odd};
    return resize($trace) if $live && rand(100) < $trace->{realloc};
    return allocate($trace)
        if !$live || whole(10) < ($live < $trace->{target} ? 8 : 2);
    return release($trace);
}

# soak_trace(SEED, LENGTH) - the text of a trace of so many requests.
sub soak_trace {
    my ($seed, $length) = @_;
    srand($seed);
    my $trace = new_trace($length);
    step($trace) while @{$trace->{requests}} < $length;
    return join("\n", 1, $trace->{next}, $length, 0, @{$trace->{requests}}, '');
}

# ---- Models of rep gen ----

# Each with options that make it short.
my @models = (
    sub { 'binary --pairs 100 --small ' . (1 + whole(300)) . ' --large '
        . (1 + whole(900)) . ' --request ' . (1 + whole(1200)) },
    sub { 'coalesce --rounds 5 --batch ' . (1 + whole(40)) . ' --max '
        . (16 + whole(3000)) },
    sub { 'realloc-wall --steps 300 --start ' . (1 + whole(600))
        . ' --growth ' . (1 + whole(200)) . ' --keep ' . whole(9) },
    sub { 'phases --phases 3 --height 60 --hold 60 --survive ' . whole(40)
        . ' --death ' . one_of(qw(fifo lifo random)) },
    sub { 'giant --ops 300 --live 6 --total 16777216 --max 4194304' },
    sub { one_of(qw(robson robson-first-fit buddy-killer segregated-killer
        lifo-killer)) . ' --live 256 --max ' . (8 << whole(3)) . ' --unit '
        . (16 << whole(4)) },
);

# soak_command(SEED) - "MODEL --option ...", for rep gen.
sub soak_command {
    my ($seed) = @_;
    srand($seed);
    return one_of(@models)->() . " --seed $seed";
}

1;
