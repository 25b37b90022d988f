# lifetimes.gp - how many requests blocks live
#
# trace; data: classes (from, to, blocks), each twice as wide as the one before;
# all_blocks, never_freed.
place(requests) = log(requests) / log(2)

eval canvas(900, 420)
set datafile separator tab
set lmargin at screen 0.10
set rmargin at screen 0.90
set tmargin at screen 0.88
set bmargin at screen 0.16
most = never_freed
last = 1
freed = all_blocks - never_freed
if (freed > 0) {
    stats data using 3 name "blocks" nooutput
    stats data using (place($1)) name "class" nooutput
    most = blocks_max > most ? blocks_max : most
    last = class_max + 1
}
high = most * 1.12
never = last + 1.8
set title "Lifetimes of ".count(all_blocks).(all_blocks == 1 ? \
    " block" : " blocks")." of the trace ".short(trace)
set xlabel "requests from allocation to free"
set ylabel "blocks"
set xrange [0:never + 0.8]
set yrange [0:high]
eval tics("y", "count", high)
set y2label "share of all"
set y2range [0:high / all_blocks]
eval tics("y2", "percent", high / all_blocks)
set xtics ("never freed" never)
by = last > 12 ? 2 : 1
do for [i = 0:int(last):by] {
    set xtics add (i < 14 ? sprintf("%d", 2 ** i) : count(2. ** i) i)
}
unset key
set grid noxtics
set object 1 rectangle from never - 0.43, 0 to never + 0.43, never_freed \
    fillstyle pattern 4 border lc rgb "#404040" fillcolor rgb color(2) lw 0.7
set label 1 count(never_freed) at never, never_freed center offset 0, 0.6 \
    font ",9"
if (freed > 0) {
    plot data using (place($1) + 0.5):3:(0.86) with boxes fillstyle solid \
            border lc rgb "#404040" fillcolor rgb color(1) lw 0.7, \
        data using (place($1) + 0.5):3:($3 > 0 ? count($3) : "") \
            with labels offset 0, 0.6 font ",9"
} else {
    plot -1
}
