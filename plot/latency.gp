# latency.gp - which share of the requests of a trace costs as much or more, a
# curve for each allocator, with its 99th and 99.9th percentile and its worst
#
# trace, requests, names[], files[]: in each two blocks, the distribution and,
# as QUANTILE COST_NS, what is marked.
eval canvas(1000, tall(560, |files|, 0.83))
set lmargin at screen 0.115
set rmargin at screen 0.665
set key at screen 0.72, graph 1 left top

array worst[|files|]
least = 1e300
most = 0
do for [i = 1:|files|] {
    stats files[i] index 0 using 1 nooutput
    least = STATS_min < least ? STATS_min : least
    stats files[i] index 1 using 2 nooutput
    worst[i] = STATS_max
    most = STATS_max > most ? STATS_max : most
}

# A mark at each power of ten; in the text of one, %% is a percent sign.
part(y) = y > 0.9 ? "all" : y > 0.009 ? percent(y)."%" : "1 in ".count(1 / y)
decades(f, from, to) = from > to ? "" : sprintf("'%s' 1e%d%s", \
    f eq "time" ? nanoseconds(10. ** from) : part(10. ** from), from, \
    from < to ? ", " : "").decades(f, from + 1, to)

first = floor(log10(least / 1.2))
last = ceil(log10(most * 1.2))
low = floor(log10(1. / requests) + 1e-9)
low = low > -2 ? -2 : low

set title "Cost of single requests on the trace ".trace
set logscale xy
set xrange [least / 1.2:10. ** last * 1.001]
set yrange [10. ** low / 1.5:1.5]
eval "set xtics (".decades("time", first, last).")"
eval "set ytics (".decades("part", low, 0).")"
set xlabel "cost of a request"
eval ylabel("share of requests that cost as much or more")

# Guide lines at the percentiles, named between the picture and the legend.
do for [i = 1:(low < -2 ? 2 : 1)] {
    set arrow i from graph 0, first 10. ** (-1 - i) to \
        graph 1, first 10. ** (-1 - i) nohead lc rgb grey lw 1 dt 3 back
    set label i word("99th 99.9th", i) at graph 1.01, \
        first 10. ** (-1 - i) left font ",9" tc rgb "#555555"
}

# Of fewer than a hundred requests only the worst costs as much.
atop(q) = q > 0.9999 ? 1. / requests : \
    q > 0.9 && (1 - q) * requests > 0.999 ? 1 - q : NaN
plot for [i = 1:|files|] files[i] index 0 using 1:2 with fsteps lw 2 \
    lc rgb color(i) dt dash(i), \
    for [i = 1:|files|] files[i] index 1 \
    using 2:(atop($1)) with points pt mark(i) ps 1.1 \
    lc rgb color(i), \
    for [i = 1:|files|] NaN with linespoints lw 2 lc rgb color(i) \
    dt dash(i) pt mark(i) ps 1.1 \
    title short(names[i])." (worst ".nanoseconds(worst[i]).")"
