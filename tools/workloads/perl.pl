# perl.pl - text: an inverted index, a bit of statistics, records sorted
use strict;
use warnings;

my @nouns = qw(block heap list tree page word header footer bin arena);
my @verbs = qw(splits joins frees finds keeps moves fills);
my $seed  = 42;

sub pick {
    $seed = ($seed * 1103515245 + 12345) % 2147483648;
    return $_[int($seed / 65536) % @_];
}

my (%index, @lines);
for my $n (0 .. 700) {
    my $line = join ' ', 'the', pick(@nouns), pick(@verbs), 'the',
        pick(@nouns) . $n % 97, 'of', pick(@nouns);
    push @lines, $line;
    push @{$index{$_}}, $n for split ' ', $line;
}

my @common = sort { @{$index{$b}} <=> @{$index{$a}} || $a cmp $b } keys %index;
my %pairs;
for my $line (@lines) {
    while ($line =~ /(?=\b(\w+) (\w+)\b)/g) {
        $pairs{$1}{$2}++;
    }
}

my @records;
for my $word (@common) {
    my %record = (word => $word, lines => [@{$index{$word}}]);
    $record{after} = join ',', sort keys %{$pairs{$word} || {}};
    ($record{stem} = $word) =~ s/\d+$//;
    push @records, \%record;
}
my $text = join "\n", map { sprintf '%-10s %4d %s', $_->{word},
    scalar @{$_->{lines}}, substr($_->{after}, 0, 40) } @records;
$text =~ s/the/THE/g;
my @blocks = map { uc } grep { /block/ } split /\n/, $text;
print scalar(@blocks), " ", length($text), "\n";
