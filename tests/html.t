#!/usr/bin/env perl
# html.t - the report as a page: what stands in it, that it is well-formed and
# loads nothing, whatever names and output hold, and how it looks on a telephone
use strict;
use warnings;
use lib 'tests';
use Check;
use Encode 'encode';
use Html;

$ENV{SOURCE_DATE_EPOCH} = 951786245; # 29 February 2000
my $bump = 'tests/data/bump.c';
my $tiny = trace('tiny', 'a 0 100', 'a 1 28', 'f 0', 'f 1');
my $page = scratch('page.html');

# It hands out a block within the one before.
my $overlap = spew(scratch('overlap.c'), slurp($bump)
    =~ s{(return p == \(void \*\)-1)}{if (size == 28)
        return (char *)p - 16;
    $1}r);

# page(ARGUMENTS) - run mdriver for a page: status, the page, both streams.
sub page {
    my ($arguments, $before) = @_;
    unlink($page);
    my ($status, $out, $err) = run(($before // '')
        . " ./mdriver --quiet -n $arguments --html $page");
    return ($status, slurp($page), $out, $err);
}

# has(TEXT, PATTERN, NAME) - a match, in what is too long to be shown.
sub has {
    my ($text, $pattern, $name) = @_;
    check(scalar($text =~ $pattern), $name, "no match of $pattern");
}

# is_page(TEXT, NAME) - well-formed, and on its own.
sub is_page {
    my ($text, $name) = @_;
    my $wrong = html_error($text);
    check(!$wrong, "$name: well-formed", $wrong);
    my $style = $text =~ m{<style>(.*?)</style>}s ? $1 : 'none';
    unlike($style, qr/url\(|\@import|:\/\//, "$name: the style loads nothing");
    my @tags = $text =~ /<[a-z][^>]*>/g;
    my @odd = grep { /^<(?:script|link|iframe|object|embed|base|form)/
        || /\s(?:on\w+|srcset|style|background)=/
        || (/\ssrc="(.*?)"/s && $1 !~ m{^data:image/(?:svg\+xml|png);base64,})
        || (/\shref="(.*?)"/s && $1 !~ /^#/) } @tags;
    is(join(' ', @odd), '', "$name: the elements load nothing");
    has($text, qr/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">/,
        "$name: and are forbidden to");
}

# ---- What stands in it -------------------------------------------------------

my $expected = <<"END";
<body>
<header>
<h1>mdriver: $bump</h1>
<p>1 trace, <time datetime="2000-02-29T01:04:05Z">2000-02-29 01:04 UTC</time></p>
<nav><a href="#summary">Summary</a>
<a href="#set-0">$bump</a>
<a href="#made">How it was made</a>
<a href="#words">What the words mean</a></nav>
</header>
<main>
<section id="summary">
<h2>Summary</h2>
<div class="cards">
<article>
<h3><a href="#set-0">$bump</a></h3>
<p class="index"><b>-</b> performance index, of 100</p>
<dl>
<div><dt>traces passed</dt><dd>1 of 1</dd></div>
<div><dt>mean utilization</dt><dd>88.9%</dd></div>
<div><dt>times as fast as libc</dt><dd>-</dd></div>
</dl>
<p class="reason">No performance index: the speed of a trace is not known.
</p>
</article>
</div>
</section>
<section id="set-0">
<h2>Results for $bump</h2>
<div class="scroll" role="region" tabindex="0" aria-label="Trace by trace: $bump">
<table>
<caption>Trace by trace: $bump</caption>
<thead>
<tr><th scope="col">trace</th><th scope="col">valid</th><th scope="col">util</th><th scope="col">ops</th><th scope="col">secs</th><th scope="col">Kops</th><th scope="col">x libc</th></tr>
</thead>
<tbody>
<tr><th scope="row">tiny</th><td class="good">yes</td><td>88.9%</td><td>4</td><td>-</td><td>-</td><td>-</td></tr>
<tr><th scope="row">total</th><td>1/1</td><td>88.9%</td><td>4</td><td>-</td><td>-</td><td>-</td></tr>
</tbody>
</table>
</div>
<details>
<summary>All figures</summary>
<div class="scroll" role="region" tabindex="0" aria-label="All figures: $bump">
<table>
<caption>All figures: $bump</caption>
<thead>
<tr><th scope="col">trace</th><th scope="col">valid</th><th scope="col">util</th><th scope="col">heap</th><th scope="col">payload</th><th scope="col">H/P mean</th><th scope="col">H/P at max P</th><th scope="col">H/P at max H</th><th scope="col">max H/max P</th><th scope="col">ops</th><th scope="col">secs</th><th scope="col">Kops</th><th scope="col">ns/req</th><th scope="col">x libc</th><th scope="col">interval</th><th scope="col">init ns</th></tr>
</thead>
<tbody>
<tr><th scope="row">tiny</th><td class="good">yes</td><td>88.9%</td><td>144</td><td>128</td><td>2.463</td><td>1.125</td><td>1.125</td><td>1.125</td><td>4</td><td>-</td><td>-</td><td>-</td><td>-</td><td>-</td><td>-</td></tr>
<tr><th scope="row">total</th><td>1/1</td><td>88.9%</td><td></td><td></td><td></td><td></td><td></td><td></td><td>4</td><td>-</td><td>-</td><td>-</td><td>-</td><td>-</td><td></td></tr>
</tbody>
</table>
</div>
</details>
</section>
<section id="made">
<h2>How it was made</h2>
<h3>The run</h3>
<dl class="facts">
<div><dt>payload checks (-d)</dt><dd>1</dd></div>
<div><dt>seconds of CPU time for a pass (-s)</dt><dd>60</dd></div>
<div><dt>MiB that a run may touch (--memory)</dt><dd>256</dd></div>
<div><dt>alignment required (--align)</dt><dd>16</dd></div>
<div><dt>heap at a fixed address (-n)</dt><dd>yes</dd></div>
END

{   # 2.463: (112 / 100 + 144 / 128 + 144 / 28) / 3
    my ($status, $text, $out, $err) =
        page("-m $bump -c $tiny --memory 256 --align 16");
    is("$status$err", '0', 'a page: status');
    my ($body) = $text =~ m{(<body>.*)<div><dt>system calls}s;
    is($body // $text, $expected, 'a page');
    has($text, qr{<div><dt>processor</dt><dd>[^<]+</dd></div>\n<div><dt>cores</dt><dd>\d+</dd>},
        'the machine');
    has($text, qr{<dt>x libc</dt><dd>how many times as fast as libc&#39;s },
        'what the words mean');
    has($text, qr{<html lang="en">\n<head>\n<meta charset="utf-8">\n}, 'head');
    has($text, qr/<meta name="viewport" content="width=device-width, initial-scale=1">/,
        'as wide as the telephone');
    unlike($text, qr/id="(?:compared|pictures)"/,
        'no comparison of one, no pictures that nobody asked for');
    is_page($text, 'a page');
    my ($again, $streamed, $told) =
        run("./mdriver --quiet -n -m $bump -c $tiny --memory 256 --align 16 "
            . "--html -");
    is($streamed, $text, '--html -: the same page');
    is("$again$told", '0', '--html -: and nothing besides');
}

{   # A date that is none is not heeded.
    local $ENV{SOURCE_DATE_EPOCH} = 'yesterday';
    my ($status, $text) = page("-m $bump -c $tiny");
    my $year = (gmtime)[5] + 1900;
    has($text, qr/<time datetime="$year-\d\d-\d\dT\d\d:\d\d:\d\dZ">/,
        'the date of today');
}

{   # Several, one of which fails.
    my $short = trace('short', 'a 0 100', 'f 0');
    my ($status, $text) =
        page("-m $bump -m $overlap -c $tiny -c $short --bound "
            . '--compare');
    is($status, 1, 'two allocators: one fails');
    is_page($text, 'two allocators');
    has($text, qr{<a href="#compared">Compared</a>}, 'Compared: a link');
    my ($compared) = $text =~ m{<section id="compared">(.*?)</section>}s;
    has($compared // '', qr{<tbody>\n<tr><th scope="rowgroup" colspan="3"><span>utilization</span></th></tr>\n<tr><th scope="row">tiny</th><td class="good">\*88.9%</td><td class="bad">overlap</td></tr>\n},
        'Compared: a failure is a word');
    has($compared // '', qr{</tr>\n</tbody>\n<tbody>\n<tr><th scope="rowgroup" colspan="3"><span>above the bound</span>},
        'Compared: a group of rows each');
    has($text, qr{<article class="bad">\n<h3><a href="#set-1">\Q$overlap\E</a></h3>.*?<dd>1 of 2, <strong class="bad">1 failed</strong></dd>}s,
        'the card of one that failed');
    has($text, qr{<tr class="bad"><th scope="row">tiny</th><td>no</td><td>-</td>},
        'its table');
    has($text, qr{<h3>What failed, and why</h3>\n<details class="bad" open>\n<summary>tiny: overlap</summary>\n<p class="why">[^\n<]*/tiny.rep:6: [^\n<]*</p>\n<pre>  [^<]*</pre>\n</details>},
        'the explanation');
    has($text, qr{<div><dt>heap above the bound</dt><dd>0.0%</dd></div>},
        'above the bound');
}

{   # One that cannot be used has failed them all, for one reason.
    my $broken = spew(scratch('broken.c'), "int mm_init(void) { return <; }\n");
    my ($status, $text) = page("-m $broken -c $tiny -c traces/short.rep");
    is($status, 1, 'a source that does not compile: status');
    is_page($text, 'a source that does not compile');
    has($text, qr{<summary>every trace: init</summary>\n<p class="why">\Q$broken\E: expected },
        'a source that does not compile: why');
    my $times = () = $text =~ /<details class="bad"/g;
    is($times, 1, 'told once');
}
{   # Of many failures the first are unfolded.
    my @traces = map { trace("bad$_", 'a 0 100', 'a 1 28', 'f 0', 'f 1') }
        1 .. 7;
    my ($status, $text) =
        page("-m $overlap " . join(' ', map { "-c $_" } @traces));
    is(join('', map { $_ ? '+' : '-' } $text =~ /<details class="bad"( open)?>/g),
        '+++++--', 'five are unfolded');
}

# ---- Hostile names and output ------------------------------------------------

{
    my $name = "</title><script>alert(1)</script>&\"'=\xff\xe2\x80\xae\e[2J\n#";
    my $dir = scratch('odd');
    run("rm -rf $dir; mkdir $dir");
    (my $file = $name) =~ tr{/}{|};
    my ($loud, $odd) = ("$dir/$file.c", "$dir/$file.rep");
    spew($loud, slurp($bump) =~ s{(return true;)}
        {printf("<b>bold</b> &amp; \\033[31mred\\r\\xff\\001\\n<!--\\n"); $1}r
        =~ s{#include <string.h>}{#include <stdio.h>\n$&}r);
    spew($odd, slurp($tiny));
    (my $quoted = $file) =~ s/'/'\\''/g;
    run("cp $overlap '$dir/bad-$quoted.c'");
    my ($status, $text, $out, $err) = page("-m '$dir/$quoted.c' "
        . "-m '$dir/bad-$quoted.c' -c '$dir/$quoted.rep'");
    is($status, 1, 'hostile names: status');
    is_page($text, 'hostile names');
    my $shown = '&lt;|title&gt;&lt;script&gt;alert(1)&lt;|script&gt;&amp;'
        . "&quot;&#39;=\xef\xbf\xbd\xe2\x80\xae\xef\xbf\xbd[2J\n#";
    has($text, qr{<h2>Results for \Q$dir/$shown\E.c</h2>},
        'the allocator as it is called');
    has($text, qr{<summary>\Q$shown\E: overlap</summary>},
        'the trace as it is called');
    has($text, qr{<pre class="output">&lt;b&gt;bold&lt;/b&gt; &amp;amp; },
        'the output as it was printed');
    unlike($text, qr/<script|<b>bold|<!--/, 'none of it is HTML');
}

# ---- Files that cannot be written --------------------------------------------

{
    my ($status, $text, $out, $err) =
        (run("./mdriver --quiet -n -m $bump -c $tiny --html /dev/full"));
    is($text eq '' ? 'nothing' : $status, 2, 'a full disk: status');
    is($out, "/dev/full: expected to write it, found: No space left on "
        . "device\n", 'a full disk is told');
    my $nowhere = scratch('nowhere') . '/page.html';
    ($status, $out, $err) =
        run("./mdriver --quiet -n -m $bump -c $tiny --html $nowhere");
    is("$status|$out|$err", "2||$nowhere: expected to write it, found: No "
        . "such file or directory\n", 'no such directory: told before the run');
    ($status, $out, $err) = run("./mdriver -c $tiny --html - --json -");
    is("$status|$err", "2|--json -: standard output is taken by --html\n",
        'one standard output');
}

# ---- Pictures ------------------------------------------------------------------

my $plots = scratch('plots');
my $plot = "-m $bump -m mm -c $tiny --plot overhead --plot-dir $plots";

{
    my $empty = scratch('empty');
    run("mkdir -p $empty");
    my ($status, $text, $out, $err) =
        page("-m mm -c $tiny --plot overhead --plot-dir $plots", "PATH=$empty");
    is("$status$err", '0', 'without gnuplot: status');
    is_page($text, 'without gnuplot');
    has($text, qr{<h2>Pictures</h2>\n<p class="missing">1 picture was not drawn: there was no gnuplot. Data and scripts are in <code>\Q$plots\E</code>.</p>\n</section>},
        'without gnuplot: a line tells it');
}
{
    my $gnuplot = scratch('gnuplot');
    mkdir($gnuplot);
    spew("$gnuplot/gnuplot", <<'SH');
#!/bin/sh
for gp; do n=${gp%.gp}; done
printf '\211PNG IEND' >$n.png
printf '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>' >$n.svg
SH
    chmod(0755, "$gnuplot/gnuplot");
    my $named = scratch('a <b>&"c.rep');
    spew($named, slurp($tiny));
    my ($status, $text, $out, $err) = page($plot =~ s/\Q$tiny/'$named'/r, "PATH=\$PWD/$gnuplot:\$PATH");
    is("$status$err", '0', 'with a gnuplot: status');
    is_page($text, 'with a gnuplot');
    has($text, qr{<a href="#pictures">Pictures</a>}, 'Pictures: a link');
    has($text, qr{<details>\n<summary>a &lt;b&gt;&amp;&quot;c</summary>\n<h4>Overhead of the heap</h4>\n<p>[^<]+</p>\n<figure>\n<div class="scroll"><img alt="Overhead of the heap, a &lt;b&gt;&amp;&quot;c" decoding="async" src="data:image/svg\+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjxzY3JpcHQ\+MTwvc2NyaXB0Pjwvc3ZnPg=="></div>\n<figcaption>Overhead of the heap &middot; a &lt;b&gt;&amp;&quot;c</figcaption>\n</figure>\n</details>},
        'the picture is data, not part of the page');
}

# ---- On a telephone --------------------------------------------------------------

# measured(TEXT, NAME, WIDTH) - how wide the page wants to be in a frame of that
# width, as Chromium lays it out.  The copy has a script, and no policy.
sub measured {
    my ($text, $name, $width) = @_;
    $text =~ s/<meta http-equiv[^>]*>//;
    $text =~ s/<details>/<details open>/g;
    my $copy = spew(scratch("$name.html"), $text);
    my $probe = spew(scratch("$name-probe.html"), <<"END");
<!DOCTYPE html><title>probe</title><body style="margin:0">
<iframe id="f" src="$name.html" style="border:0;width:${width}px;height:800px">
</iframe><script>addEventListener('load', () => {
const d = document.getElementById('f').contentDocument;
document.title = 'measured ' + [d.documentElement.scrollWidth,
    d.images.length, d.querySelectorAll('table').length].join(' ');
})</script>
END
    my $home = scratch("chromium-$name");
    my (undef, $dom) = run("rm -rf $home; timeout 120 chromium --headless "
        . '--no-sandbox --disable-gpu --hide-scrollbars '
        . '--allow-file-access-from-files '
        . "--user-data-dir=$home --dump-dom \"file://\$PWD/$probe\"");
    run("rm -rf $home");
    return $dom =~ /<title>measured ([^<]*)</ ? $1 : "nothing in: $dom";
}

if (!grep { -x "$_/chromium" } split(/:/, $ENV{PATH})) {
    print "ok 360 pixels # no chromium\n";
} else {
    my $long = scratch('a/' . 'long-name' x 8);
    run("mkdir -p " . scratch('a') . "; cp $bump $long.c; cp $tiny $long.rep");
    my ($status, $text) = page("-m $long.c -m mm -m $overlap "
        . "-c $long.rep -c traces/short.rep --bound --plot overhead "
        . "--plot-dir $plots");
    is_page($text, 'long names');
    my $pictures = () = $text =~ /<img/g;
    is(measured($text, 'telephone', 360), "360 $pictures 7",
        'a page does not exceed 360 pixels, but within its boxes');
    my $wide = $text =~ s{<main>}{<main><div style="width:500px">.</div>}r;
    is(measured($wide, 'too-wide', 360), "516 $pictures 7",
        'one that does would be noticed');
}

done();
