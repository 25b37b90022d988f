# heapmap.gp - above what stands where in the heap of an allocator, address
# against request; below, on the same axis, the overhead
#
# trace, requests, names[1]; files[1]: of two blocks, as in
# heapmap-TRACE-ALLOCATOR.dat, how many cells there are and the cells; curve: as
# in curve-TRACE-ALLOCATOR.dat.
eval canvas(900, 640)
file = files[1]
stats file index 0 using (columns = $1, rows = $2, high = $3, heap = $4, \
    told = strcol(5), 1) nooutput
wide = requests / (columns + 0.)
top = rows * high

# A cell has the colours of its parts, blended.
array parts[4] = [0x0072b2, 0xe69f00, 0xd9d9d9, 0xffffff]
hex(i) = sprintf("#%06x", parts[i])
hue(i, shift) = (parts[i] >> shift) & 255
part(i) = column(i + 2) / 1000.
blend(shift) = int(hue(1, shift) * part(1) + hue(2, shift) * part(2) \
    + hue(3, shift) * part(3) + hue(4, shift) * part(4) + 0.5)
middle_x(from) = (floor((from - 1) / wide + 0.5) + 0.5) * wide

# What is free where nobody tells of blocks has their overhead in it.
asked = told ne "nothing"
free = asked ? "free" : "free or overhead"
note = "what is mixed in a cell\nhas its colours blended".\
    (told eq "mm_walk" ? "" : told eq "mm_usable_size" ? \
    "\n\nheaders are not known:\nthey count as free" : \
    "\n\noverhead in blocks is\nnot known: the allocator\n"\
    ."tells nothing of them")

# In the first requests any heap is many times its payload: the lower panel ends
# above what comes after the first twentieth of them.
known(column) = strcol(column) eq "NaN" ? 0 : column(column)
stats curve using (strcol(8) ne "NaN") name "told" nooutput
stats curve using (known(8)) name "all" nooutput
stats curve using ($1 > 0.05 * requests || $2 == requests ? known(8) : 0) \
    name "late" nooutput
shown = late_max > 0.01 ? 1.1 * late_max : 0.01

set multiplot
set lmargin at screen 0.115
set rmargin at screen 0.79
set xrange [0:requests]
set key at screen 0.80, graph 1 left top

set title "Heap of ".short(names[1])." on the trace ".trace
set tmargin at screen 0.94
set bmargin at screen 0.37
set yrange [0:top]
unset grid
eval ylabel("address, from the bottom of the heap")
eval tics("y", "bytes", top)
eval tics("x", "blank", requests)
set label 1 note at screen 0.80, screen 0.80 left font ",9" tc rgb "#555555"
set style fill solid 1 border lc rgb "#888888"
set boxwidth 0.5 relative
swatch = "keyentry with boxes fs solid 1 border lc rgb '#888888' fc rgb "
shape = columns > 1 && rows > 1 ? "(blend(16)):(blend(8)):(blend(0)) \
    with rgbimage" : "(wide / 2):(high / 2.):(blend(16) * 65536 + \
    blend(8) * 256 + blend(0)) with boxxyerror lc rgb variable \
    fs solid 1 noborder"
eval "plot file index 1 using (middle_x($1)):($2 + high / 2.):".shape.", ".\
    swatch."'".hex(1)."' title 'payload', ".\
    (asked ? swatch."'".hex(2)."' title 'overhead in blocks', " : "").\
    swatch."'".hex(3)."' title '".free."', ".\
    swatch."'".hex(4)."' title 'beyond the break'"

unset title
unset label 1
set tmargin at screen 0.31
set bmargin at screen 0.09
set grid
set xlabel "requests served"
set yrange [0:shown]
eval ylabel("heap / peak payload − 1")
eval tics("y", "percent", shown)
eval tics("x", "count", requests)
if (all_max > shown) {
    set label 1 "higher in the first requests: up to ".percent(all_max) \
        at graph 0.01, graph 1.06 left font ",8" tc rgb "#555555"
}
if (told_max == 0) {
    set label 1 "not known: no payload" at graph 0.5, 0.5 center
}
# From before the first request of a column to after its last, as above: from
# the least to the most, and the line along the most.
wide_or_last(y) = $7 < $8 || $2 == requests ? y : NaN
plot curve using 1:(wide_or_last($7)):($1 - 1):2:7:8 with boxxyerror lw 1.6 \
    lc rgb "#000000" fs solid 0.35 border lc rgb "#000000", \
    curve using ($1 - 1):8 with steps lw 1.6 lc rgb "#000000" \
    title "overhead"
unset multiplot
