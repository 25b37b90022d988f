package Html;
# Html - whether a page is well-formed HTML5, more strictly than a browser asks
#
# Every element is ended, but for void ones; every attribute is quoted; <, > and
# & stand as such in no text; ids are there once and links lead to one; the rows
# of a table are equally long; headings skip no level.
use strict;
use warnings;
use Encode;
use Exporter 'import';
our @EXPORT = qw(html_error);

my %void = map { $_ => 1 } qw(meta img br hr link input);
my %phrasing = map { $_ => 1 } qw(a b strong small code span time);
my %only_phrasing =
    map { $_ => 1 } qw(p h1 h2 h3 h4 h5 h6 summary dt title caption a span pre);
my $entity = qr/&(?:amp|lt|gt|quot|middot|#39);/;
my $attribute = qr/[a-z-]+(?:="[^"<>&]*(?:$entity[^"<>&]*)*")?/;

# html_error(BYTES) - what is wrong with the page; undef: nothing.
sub html_error {
    my ($bytes) = @_;
    my $page = { stack => [], ids => {}, links => [], level => 0 };
    my $text = eval { decode('UTF-8', $bytes, Encode::FB_CROAK) }
        // return 'not UTF-8';
    return sprintf('the character U+%04X', ord($1))
        if $text =~ /([\x00-\x08\x0b-\x1f\x7f-\x9f\x{fdd0}-\x{fdef}\x{fffe}])/;
    $text =~ s/\A<!DOCTYPE html>\n// or return 'no doctype';
    pos($text) = 0;
    while (pos($text) < length($text)) {
        my $wrong = step($page, \$text);
        return "$wrong at: " . encode('UTF-8', substr($text, pos($text), 200))
            if $wrong;
    }
    return "not ended: @{ $page->{stack} }" if @{ $page->{stack} };
    my @lost = grep { !$page->{ids}{$_} } @{ $page->{links} };
    return @lost ? "links to nothing: @lost" : undef;
}

# One tag, or text.
sub step {
    my ($page, $text) = @_;
    my $stack = $page->{stack};
    if (@$stack && $stack->[-1] eq 'style') {
        $$text =~ /\G[^<]*/gc;
    }
    if ($$text =~ m{\G<([a-z][a-z0-9]*)((?: $attribute)*)>}gc) {
        return begin($page, $1, $2);
    }
    if ($$text =~ m{\G</([a-z][a-z0-9]*)>}gc) {
        return end($page, $1);
    }
    return 'neither text nor a tag'
        unless $$text =~ /\G((?:[^<>&]+|$entity)+)/gc;
    return $1 =~ /\S/ && !@$stack ? 'text outside' : '';
}

sub begin {
    my ($page, $name, $words) = @_;
    my ($stack, %have) = ($page->{stack});
    while ($words =~ / ([a-z-]+)(?:="([^"]*)")?/g) {
        return "$1 twice" if exists $have{$1};
        $have{$1} = $2 // '';
    }
    return "a second id $have{id}"
        if defined $have{id} && $page->{ids}{ $have{id} }++;
    push(@{ $page->{links} }, $1) if ($have{href} // '') =~ /^#(.*)/;
    my $parent = $stack->[-1] // '';
    return "$name in $parent" if $only_phrasing{$parent} && !$phrasing{$name};
    return 'a heading that skips a level'
        if $name =~ /^h(\d)$/ && $1 > $page->{level} + 1;
    $page->{level} = $1 if $name =~ /^h(\d)$/;
    return 'a picture without words' if $name eq 'img' && !$have{alt};
    return 'a heading of nothing' if $name eq 'th' && !$have{scope};
    count_cells($page, $name, $have{colspan} // 1);
    push(@$stack, $name) unless $void{$name};
    return '';
}

sub count_cells {
    my ($page, $name, $wide) = @_;
    $page->{wide}  = undef  if $name eq 'table';
    $page->{cells} = 0      if $name eq 'tr';
    $page->{cells} += $wide if $name eq 'td' || $name eq 'th';
}

sub end {
    my ($page, $name) = @_;
    my $last = pop(@{ $page->{stack} }) // 'nothing';
    return "an end of $name in $last" if $name ne $last;
    return '' if $name ne 'tr';
    $page->{wide} //= $page->{cells};
    return $page->{wide} == $page->{cells} ? '' : 'a row of another length';
}

1;
