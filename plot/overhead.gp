# overhead.gp - above the overhead O_k = H_k / max P_i - 1 after each request,
# a curve for each allocator on one trace; below live payload and heap
#
# trace, requests, names[], files[]: of columns as in curve-TRACE-ALLOCATOR.dat,
# each row the least and the most of its requests.
eval canvas(900, tall(640, |files| + 2, 0.39))
set multiplot
set lmargin at screen 0.115
set rmargin at screen 0.80
set key at screen 0.815, graph 1 left top

# In the first requests any heap is many times its payload: the axis ends above
# what comes after the first twentieth of them.
known(column) = strcol(column) eq "NaN" ? 0 : column(column)
worst = 0
shown = 0.01
top = 1
any = 0
legend(i) = has[i] ? short(names[i]) : ""
array has[|files|] # whether its heap is known; else it is left out
style = requests > 1 ? "lines" : "linespoints" # one point is no line
do for [i = 1:|files|] {
    stats files[i] using (strcol(8) ne "NaN") name "told" nooutput
    stats files[i] using (known(8)) name "all" nooutput
    stats files[i] using ($1 > 0.05 * requests || $2 == requests ? \
        known(8) : 0) name "late" nooutput
    stats files[i] using (known(6)) name "heap" nooutput
    stats files[i] using 4 name "live" nooutput
    has[i] = heap_max > 0
    any = any || told_max > 0
    worst = all_max > worst ? all_max : worst
    shown = 1.1 * late_max > shown ? 1.1 * late_max : shown
    top = heap_max > top ? heap_max : top
    top = live_max > top ? live_max : top
}

set title "Overhead of the heap on the trace ".trace
set xrange [0:requests]
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
if (!any) {
    set label 1 "not known: no heap, or no payload" at graph 0.5, 0.5 center
}
plot for [i = 1:|files|] files[i] using 2:7:8 with filledcurves \
    lc rgb color(i) fs transparent solid 0.35 noborder, \
    for [i = 1:|files|] files[i] using 2:8 with @style lw 2 \
    lc rgb color(i) dt dash(i) title legend(i)

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
plot for [i = 1:|files|] files[i] using 2:(has[i] ? $4 : NaN):6 \
    with filledcurves lc rgb color(i) fs transparent solid 0.15 noborder, \
    for [i = 1:|files|] files[i] using 2:6 with @style lw 2 \
    lc rgb color(i) dt dash(i) title legend(i), \
    files[1] using 2:3:4 with filledcurves lc rgb "#000000" \
    fs solid 0.5 noborder, \
    files[1] using 2:4 with @style lw 1.4 lc rgb "#000000" dt 1 \
    title "live payload"
unset multiplot
