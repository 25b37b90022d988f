# scaling.gp - above what a request costs in the mean, below what the worst one
# does, as more and more blocks are live: a curve for each allocator, a point
# for each trace
#
# data: a block for each allocator, of columns as its first line says; names[];
# single: whether costs of single requests are known.
eval canvas(900, single ? tall(760, |names| + 1, 0.40) : \
    tall(440, |names| + 1, 0.76))
set multiplot
set lmargin at screen 0.115
set rmargin at screen 0.77
set key at screen 0.785, graph 1 left top

stats data using 1 name "live" nooutput
stats data using 3 name "lo" nooutput
stats data using 4 name "hi" nooutput
stats data using 5 name "floor" nooutput
if (single) { stats data using 8 name "worst" nooutput }

# A mark at each power of ten.
decades(f, from, to) = from > to ? "" : sprintf("'%s' 1e%d%s", \
    f eq "time" ? nanoseconds(10. ** from) : \
    f eq "count" ? count(10. ** from) : "", from, \
    from < to ? ", " : "").decades(f, from + 1, to)
down(x) = floor(log10(x / 1.15))
up(x) = ceil(log10(x * 1.15))

set logscale xy
set xrange [live_min / 1.4:live_max * 1.4]
xmarks(f) = "set xtics (".decades(f, down(live_min), up(live_max)).")"
ymarks(lo, hi) = sprintf("set yrange [0.999e%d:1.001e%d]; set ytics (%s)", \
    lo, hi, decades("time", lo, hi))

set title "Cost of a request as more blocks live"
set tmargin at screen (single ? 0.95 : 0.91)
set bmargin at screen (single ? 0.54 : 0.15)
set label 98 "CPU time per request, mean" at screen 0.018, graph 0.5 center \
    rotate by 90
least = floor_min > 0 && floor_min < lo_min ? floor_min : lo_min
eval ymarks(down(least), up(hi_max))
eval xmarks(single ? "blank" : "count")
if (!single) { set xlabel "live blocks at most" }
plot for [i = 1:|names|] data index i - 1 using 1:2:3:4 with yerrorbars \
    lc rgb color(i) lw 1.2 pt 0, \
    for [i = 1:|names|] data index i - 1 using 1:2 with linespoints lw 2 \
    lc rgb color(i) dt dash(i) pt mark(i) ps 1.1 title short(names[i]), \
    data index 0 using 1:5 with lines lw 1.5 lc rgb grey dt 2 \
    title "the driver alone"

if (single) {
    unset title
    set tmargin at screen 0.49
    set bmargin at screen 0.09
    set label 98 "worst single request"
    set xlabel "live blocks at most"
    eval ymarks(down(worst_min), up(worst_max))
    eval xmarks("count")
    plot for [i = 1:|names|] data index i - 1 using 1:8 with linespoints lw 2 \
        lc rgb color(i) dt dash(i) pt mark(i) ps 1.1 title short(names[i])
}
unset multiplot
