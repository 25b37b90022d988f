# pareto.gp - mean utilization against speed, a point for each allocator, and
# the front: those whom none beats in both
#
# data: a row per allocator (see its first line; kind 0: another beats it, 1: on
# the front, 2: failed a trace, 3: measured otherwise), then the front's corners;
# labels[]; area_wide, area_high (pixels that the places of the labels were found
# for), the ends of the axes, how many are of each kind, full_ratio and full_util
# (from there on the performance index is 100), certain (all intervals are of
# 95%), absent (names of those without figures).
left = 80.
above = 60.
below = 160.
wide = left + area_wide + 40
high = above + area_high + below
eval canvas(wide, high)

set datafile separator tab
set lmargin at screen left / wide
set rmargin at screen (left + area_wide) / wide
set tmargin at screen 1 - above / high
set bmargin at screen below / high
set title "Memory against speed" offset 0, 0.8
set xlabel "times as fast as libc's malloc (geometric mean; the more the better)"
set ylabel "mean utilization (the more the better)"
set xrange [ratio_from:ratio_to]
set yrange [100 * util_from:100 * util_to]
set ytics 10 format "%.0f%%"
if (ratio_log) {
    set logscale x
    set xtics (1)
    do for [power = -6:6] {
        do for [i in "1 2 5"] {
            set xtics add (sprintf("%g", i * 10. ** power) i * 10. ** power)
        }
    }
}
set arrow 1 from 1, graph 0 to 1, graph 1 nohead back lc rgb grey lw 1 dt 2
set label 1 "libc" at 1, graph 1 offset 0, 0.6 center textcolor rgb "#555555"
set object 1 rectangle from full_ratio, 100 * full_util to graph 1, graph 1 \
    back fillstyle pattern 5 noborder fillcolor rgb "#bbddbb"

set key default
set key left top Left reverse noautotitle samplen 2 maxrows 4 \
    at screen left / wide, screen (below - 68) / high
big = ending eq "png" ? 1 : 0.7 # marks of svg are larger
kind(i, y) = column(8) == i ? 100 * y : NaN
if (strlen(absent)) {
    set label 2 "without figures, not shown: ".absent \
        at screen left / wide, screen 12 / high
}
plot data index 1 using 1:(100 * $2) with filledcurves y1=100 * util_from \
        fillcolor rgb "#dce9f2" fillstyle solid noborder \
        title front ? "beaten by one on the front" : "", \
    data index 1 using 1:(100 * $2) with lines lw 2 lc rgb color(1) \
        title front ? "the front" : "", \
    data index 0 using 2:(100 * $5):3:4 with xerrorbars pt 0 lw 1.2 \
        lc rgb "#333333" title certain ? \
        "95% interval of the speed; utilization is exact" : \
        "interval (some below 95%); utilization is exact", \
    data index 0 using 2:(100 * $5):($11 - $2):(100 * ($12 - $5)) \
        with vectors nohead lw 0.7 lc rgb grey, \
    data index 0 using 2:(kind(0, $5)) with points pt 6 ps 1.3 * big lw 2 \
        lc rgb color(2) title beaten ? "beaten" : "", \
    data index 0 using 2:(kind(1, $5)) with points pt 7 ps 1.5 * big \
        lc rgb color(1) title front ? "on the front" : "", \
    data index 0 using 2:(kind(2, $5)) with points pt 2 ps 1.3 * big lw 2 \
        lc rgb "black" title failed ? \
        "failed some traces, not compared" : "", \
    data index 0 using 2:(kind(3, $5)) with points pt 8 ps 1.5 * big lw 2 \
        lc rgb color(3) title otherwise ? \
        "(r): resident memory, not compared" : "", \
    NaN with boxes fillstyle pattern 5 noborder fillcolor rgb "#bbddbb" \
        title "full marks of the performance index", \
    data index 0 using 9:(100 * $10):(labels[int($0) + 1]) with labels \
        textcolor rgb "black"
