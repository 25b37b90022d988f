# fragmentation.gp - what the heap of an allocator is used for, over the
# requests of a trace
#
# trace, requests, names[1], files[1]: of columns as in
# fragmentation-TRACE-ALLOCATOR.dat.  NaN where it is not known.
eval canvas(900, 420)
file = files[1]
known(column) = strcol(column) eq "NaN" ? 0 : 1

stats file using (told = strcol(7), 1) name "rows" nooutput
stats file using (known(6)) name "heap" nooutput
stats file using (known(6) ? $6 : $2) name "top" nooutput
stats file using 2 name "live" nooutput
walked = told eq "mm_walk"
asked = walked || told eq "mm_usable_size"
top = top_max > 0 ? top_max : 1

# Of what is drawn the figures where most payload lives.
stats file every ::live_index_max::live_index_max using \
    (internal = strcol(3), external = strcol(4), static = real(strcol(5)), \
    heap = strcol(6), 1) name "peak" nooutput
share(x) = sprintf("%.1f%%", 100 * real(x) / real(heap))
note = asked && real(heap) > 0 ? "when most is live:\n" \
    ."internal ".share(internal)." of the heap\n" \
    ."external ".share(external) : ""
note = note.(asked && !walked ? "\n\nheaders are not known:\n" \
    ."they count as external" : "")
note = note.(asked ? "" : heap_sum > 0 ? "only the total is known" : \
    "only the payload is known")

set title "Use of the heap of ".short(names[1])." on the trace ".trace
set lmargin at screen 0.115
set rmargin at screen 0.77
set tmargin at screen 0.91
set bmargin at screen 0.165
set key at screen 0.785, graph 1 left top
set label 1 note at screen 0.79, graph 0.45 left font ",9" tc rgb "#555555"
set xrange [0:requests]
set yrange [0:top * 1.03]
set xlabel "requests served"
set label 2 "bytes" at screen 0.016, graph 0.5 center rotate
eval tics("x", "count", requests)
eval tics("y", "bytes", top * 1.03)

# Static data is drawn where it would be wider than a line.
static = heap_sum > 0 && static > 0.005 * top

# Each area is drawn from 0, and those that lie below over it.
set style fill solid 1 noborder
rest = asked ? (walked ? "external" : "external, headers") : "all but payload"
plot for [i = 1:static] file using 1:6 \
    with filledcurves x1 lc rgb "#666666" title "static data", \
    for [i = 1:heap_sum > 0] file using 1:($6 - $5) \
    with filledcurves x1 lc rgb pale title rest, \
    for [i = 1:asked] file using 1:($2 + $3) \
    with filledcurves x1 lc rgb color(6) title "internal", \
    file using 1:2 with filledcurves x1 lc rgb color(1) title "payload", \
    for [i = 1:heap_sum > 0] file using 1:6 with lines lw 1.8 \
    lc rgb "#000000" title "heap"
