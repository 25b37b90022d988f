# overhead.gp - above the overhead O_k = H_k / max P_i - 1 after each request,
# a curve for each allocator on one trace; below live payload and heap
#
# trace, requests, names[], files[]: of columns as in curve-TRACE-ALLOCATOR.dat,
# each row the least and the most of its requests.
eval canvas(900, 640)
set multiplot
set lmargin at screen 0.115
set rmargin at screen 0.80
set xrange [0:requests]
set key at screen 0.815, graph 1 left top

# In the first requests any heap is many times its payload: the axis ends above
# what comes after the first twentieth of them.
worst = 0
shown = 0.01
top = 1
do for [i = 1:|files|] {
    stats files[i] using 8 name "all" nooutput
    stats files[i] using ($1 > 0.05 * requests || $2 == requests ? $8 : NaN) \
        name "late" nooutput
    stats files[i] using 6 name "heap" nooutput
    worst = all_max > worst ? all_max : worst
    shown = 1.1 * late_max > shown ? 1.1 * late_max : shown
    top = heap_max > top ? heap_max : top
}

set title "Overhead of the heap on the trace ".trace
set tmargin at screen 0.94
set bmargin at screen 0.54
eval ylabel("heap / peak payload − 1")
set yrange [0:shown]
eval tics("y", "percent", shown)
eval tics("x", "blank", requests)
if (worst > shown) {
    set label 1 "higher in the first requests: up to ".percent(worst) \
        at graph 0.01, graph 1.03 left font ",8" tc rgb "#555555"
}
plot for [i = 1:|files|] files[i] using 2:7:8 with filledcurves \
    lc rgb color(i) fs transparent solid 0.35 noborder, \
    for [i = 1:|files|] files[i] using 2:8 with lines lw 2 lc rgb color(i) \
    dt dash(i) title short(names[i])

unset title
unset label 1
set tmargin at screen 0.49
set bmargin at screen 0.10
eval ylabel("bytes")
set key title "heap of" left
set xlabel "requests served"
set yrange [0:top * 1.03]
eval tics("y", "bytes", top * 1.03)
eval tics("x", "count", requests)
plot for [i = 1:|files|] files[i] using 2:4:6 with filledcurves \
    lc rgb color(i) fs transparent solid 0.15 noborder, \
    for [i = 1:|files|] files[i] using 2:6 with lines lw 2 lc rgb color(i) \
    dt dash(i) title short(names[i]), \
    files[1] using 2:3:4 with filledcurves lc rgb "#000000" \
    fs solid 0.5 noborder, \
    files[1] using 2:4 with lines lw 1.4 lc rgb "#000000" dt 1 \
    title "live payload"
unset multiplot
