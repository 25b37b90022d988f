# utilization.gp - utilization of each allocator on each trace, and that of the
# smallest heap found by one who knows the trace beforehand
#
# data (a row per trace: its name, the bound, then a column for each allocator),
# traces[], labels[] (of the allocators, with their means; "(r)": see resident),
# bound_label ("": none is known), failed (whether a figure is missing), most
# (the highest).  Up to six allocators are bars side by side in a trace's row;
# more of them get a column each.
rows = |traces|
bars = |labels|
letter = 7.4 # pixels
clip(name) = strlen(name) > 32 ? "…".name[strlen(name) - 30:] : name
left = 24
do for [i = 1:rows] {
    if (24 + letter * strlen(clip(traces[i])) > left) {
        left = 24 + letter * strlen(clip(traces[i]))
    }
}
right = 24. + letter * 26
do for [i = 1:bars] {
    if (24 + letter * strlen(labels[i]) > right) {
        right = 24 + letter * strlen(labels[i])
    }
}
grouped = bars <= 6
thick = bars == 1 ? 12 : bars == 2 ? 10 : bars == 3 ? 8 : 7
row = grouped ? bars * thick + 9. : 18.
legend = grouped ? 20. * (bars + 3) : 90.
if (rows * row < legend) { # few rows are as high as the legend
    row = legend / rows
    thick = (row - 9) / bars < 20 ? (row - 9) / bars : 20
}
column_wide = 50
above = grouped ? 40. : 0.72 * right
below = grouped ? 64 : 110
wide = grouped ? (left + right + 500 > 900 ? left + right + 500 : 900) : \
    left + column_wide * bars + 0.72 * right
high = above + rows * row + below
eval canvas(wide, high)

array hues[6] = ["#0072b2", "#f0b840", "#009e73", "#cc79a7", "#303030", \
    "#d55e00"]
array patterns[6] = [3, 3, 4, 2, 5, 1] # 3 is solid: told apart in grey print
missing(i) = strcol(i) eq "NaN"

set datafile separator tab
set key default
note = "mean utilization".(resident ? "; (r): resident" : "")
set lmargin at screen 1. * left / wide
set tmargin at screen 1 - above / high
set bmargin at screen 1 - (above + rows * row) / high
set border 0
set yrange [rows + 0.5:0.5]
unset ytics
do for [i = 1:rows] { # not as marks of the axis, where a % is a format
    set label bars + i clip(traces[i]) at graph 0, first i right offset -0.8, 0 \
        textcolor rgb "#555555"
}
set grid noytics

if (grouped) {
    set rmargin at screen 1 - (right + 50) / wide
    set title "Utilization on each trace"
    set xlabel "peak payload / memory taken"
    set xrange [0:most > 2 ? 200 : most > 1 ? 100 * most : 100]
    set xtics 10 format "%.0f%%" scale 0
    set key left top Left reverse noautotitle samplen 2 \
        at screen 1 - (right + 30) / wide, screen 1 - above / high \
        title note left
    # The bars of a row are in its middle; the rest is the gap between rows.
    share = 1. * thick / row
    edge(i) = share * (i - 1 - bars / 2.)
    plot for [i = 1:bars] data using (100 * column(i + 2)):0: \
            (0):(100 * column(i + 2)): \
            ($0 + 1 + edge(i)):($0 + 1 + edge(i + 1)) with boxxyerror \
            fillstyle pattern patterns[i] border lc rgb "#404040" \
            fillcolor rgb hues[i] lw 0.7 title labels[i], \
        data using (100 * $2):($0 + 1 + edge(1) - 0.1):(0): \
            (share * bars + 0.2) with vectors nohead lw 2.5 lc rgb "black", \
        for [i = 1:failed ? bars : 0] data using \
            (missing(i + 2) ? 1 : NaN): \
            ($0 + 1 + (edge(i) + edge(i + 1)) / 2) with points pt 2 ps 0.6 \
            lw 1.5 lc rgb "black" title i == 1 ? "failed, or not known" : "", \
        for [i = 1:strlen(bound_label) > 0] NaN with lines lw 2.5 \
            lc rgb "black" title bound_label
} else {
    set rmargin at screen 1 - 0.72 * right / wide
    set xrange [0:bars]
    unset xtics
    at(i, x) = i - 1 + 0.8 * (x > 1.2 ? 1.2 : x)
    do for [i = 1:bars] {
        set label i labels[i] at at(i, 0.5), 0.3 left rotate by 45
        do for [k = 0:2] {
            set arrow 3 * i + k from at(i, k / 2.), 0.5 \
                to at(i, k / 2.), rows + 0.5 nohead back \
                lc rgb k ? pale : grey
        }
    }
    set key left top Left reverse noautotitle samplen 2 \
        at screen 1. * left / wide, screen (below - 20.) / high title note left
    plot for [i = 1:bars] data using (at(i, column(i + 2))):0: \
            (at(i, 0)):(at(i, column(i + 2))):($0 + 0.7):($0 + 1.3) \
            with boxxyerror fillstyle solid noborder fillcolor rgb color(1) \
            title i == 1 ? "peak payload / memory taken, each to 100%" : "", \
        for [i = 1:bars] data using (at(i, $2)):($0 + 0.6):(0):(0.8) \
            with vectors nohead lw 1.5 lc rgb "black", \
        for [i = 1:failed ? bars : 0] data using \
            (missing(i + 2) ? at(i, 0.08) : NaN):($0 + 1) \
            with points pt 2 ps 0.6 lw 1.5 lc rgb color(2) \
            title i == 1 ? "failed, or not known" : "", \
        for [i = 1:strlen(bound_label) > 0] NaN with lines lw 1.5 \
            lc rgb "black" title bound_label
}
