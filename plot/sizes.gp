# sizes.gp - how often each size was requested, and the bytes that it makes up
#
# trace; data: the classes (from, to, requests, bytes), then the sizes (size,
# requests, shares of requests and bytes up to it); all_requests, all_bytes.
# The axis has a place for each class: every 16 bytes up to 128, then each
# doubling.  On it the cumulative curves are exact for every size.
place(size) = size <= 128 ? size / 16. : 8 + log(size / 128.) / log(2)
edge(i) = i <= 8 ? 16. * i : 128 * 2. ** (i - 8)

eval canvas(900, 640)
set datafile separator tab
stats data index 0 using (ceil(place($2) - 0.001)) name "class" nooutput
first = class_min - 1
last = class_max
if (last - first < 8) { # a few classes alone would look like a wall
    first = first > 2 ? first - 2 : -1
    last = first + 8
}
set multiplot
set lmargin at screen 0.10
set rmargin at screen 0.76
set key default
set xrange [first:last]
set yrange [0:100]
set ytics 20 format "%.0f%%"
set xtics rotate by 45 right ("" first)
every_nth = ceil((last - first) / 22.) # so many labels have room
label(i) = i < 1 || int(last - i) % every_nth ? "" : \
    edge(i) < 1024 ? sprintf("%g", edge(i)) : bytes(edge(i))
counted(n, thing) = count(n)." ".thing.(n == 1 ? "" : "s")

set title "Sizes requested on the trace ".short(trace)
set tmargin at screen 0.93
set bmargin at screen 0.56
set ylabel "share of ".counted(all_requests, "request")
do for [i = int(first):int(last)] { set xtics add ("" i) }
set key left top Left reverse noautotitle samplen 2.5 at graph 1.03, graph 1 \
    title "requests" left
plot data index 0 using (place($2) - 0.5):(100 * $3 / all_requests): \
        (0.86) with boxes fillstyle solid border lc rgb "#404040" \
        fillcolor rgb color(1) lw 0.7 title "of each class of sizes", \
    data index 1 using (place($1)):(100 * $3) with steps lw 2 \
        lc rgb "black" title "up to that size"

unset title
set tmargin at screen 0.49
set bmargin at screen 0.14
if (first < 0) { set xtics add ("0" -0.5) }
do for [i = int(first):int(last)] { set xtics add (label(i) i) }
if (all_bytes == 0) { set label 1 "none has a byte" at graph 0.5, 0.5 center }
set xlabel "size requested, bytes"
set ylabel "share of ".bytes(all_bytes)
set key left top Left reverse noautotitle samplen 2.5 at graph 1.03, graph 1 \
    title "bytes" left
plot data index 0 using (place($2) - 0.5): \
        (all_bytes > 0 ? 100 * $4 / all_bytes : 0): \
        (0.86) with boxes fillstyle pattern 4 border lc rgb "#404040" \
        fillcolor rgb color(2) lw 0.7 title "of each class of sizes", \
    data index 1 using (place($1)):(100 * $4) with steps lw 2 \
        lc rgb "black" title "up to that size"
unset multiplot
