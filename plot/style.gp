# style.gp - what all pictures have in common
#
# A script NAME.gp sets its variables and loads this file, which draws the
# picture twice: `script`.gp, which begins with `eval canvas(WIDTH, HEIGHT)` in
# pixels, into output_name.png and output_name.svg.
#
# Blue, vermilion, green, ... are those of Okabe and Ito ("Color universal
# design", 2008): told apart by every reader; in grey print by dashes, marks and
# lightness.
set encoding utf8

array colors[8] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", \
    "#56b4e9", "#e69f00", "#000000", "#a0a000"]
color(i) = colors[(i - 1) % 8 + 1]
dash(i) = word("1 2 4 5 3", (i - 1) % 5 + 1) + 0
mark(i) = word("7 5 9 13 11 6 4 8 12 10", (i - 1) % 10 + 1) + 0
grey = "#999999"
pale = "#dddddd"

# ---- Numbers as people read them: 1.5M, 3.2 MiB ----------------------------
scaled(x, unit, name) = sprintf("%.3g%s", x / unit, name)
count(x) = x < 0 ? "-".count(-x) : x < 1e3 ? sprintf("%.3g", x) : \
    x < 1e6 ? scaled(x, 1e3, "k") : x < 1e9 ? scaled(x, 1e6, "M") : \
    scaled(x, 1e9, "G")
bytes(x) = x < 1024 ? sprintf("%.4g B", x) : \
    x < 1024 ** 2 ? scaled(x, 1024., " KiB") : \
    x < 1024 ** 3 ? scaled(x, 1024. ** 2, " MiB") : \
    x < 1024 ** 4 ? scaled(x, 1024. ** 3, " GiB") : \
    scaled(x, 1024. ** 4, " TiB")
nanoseconds(x) = x < 1e3 ? sprintf("%.3g ns", x) : \
    x < 1e6 ? scaled(x, 1e3, " µs") : x < 1e9 ? scaled(x, 1e6, " ms") : \
    scaled(x, 1e9, " s")
percent(x) = (x < 10 ? sprintf("%.3g", 100 * x) : count(100 * x))."%"

# What stands in a legend: the end of a long path.
short(name) = strlen(name) > 17 ? "…".name[strlen(name) - 15:] : name

# ---- Where the marks of an axis stand --------------------------------------
# step(most): of 1, 2 and 5 times a power of ten, for at most six marks;
# step_count(most): the same, in whole numbers; step_bytes(most): of powers of
# two.
ten(x) = 10 ** floor(log10(x))
nice(x) = x <= ten(x) ? ten(x) : x <= 2 * ten(x) ? 2 * ten(x) : \
    x <= 5 * ten(x) ? 5 * ten(x) : 10 * ten(x)
step(most) = most > 0 ? nice(most / 6.) : 1
step_count(most) = most > 6 ? step(most) : 1
step_bytes(most) = most > 4 ? 2. ** ceil(log(most / 6.) / log(2)) : 1
marks(f, i, by, to) = i * by > to * 1.000001 ? "" : \
    sprintf("%s'%s' %.10g", i ? ", " : "", \
    f eq "bytes" ? bytes(i * by) : f eq "percent" ? percent(i * by)."%" : \
    f eq "blank" ? "" : count(i * by), i * by).marks(f, i + 1, by, to)

# `eval tics("x", "count", most)`: marks from 0 on; f is count, bytes, percent,
# or blank where the panel below has the numbers.
tics(axis, f, most) = sprintf("set %stics (%s)", axis, \
    marks(f, 0, f eq "bytes" ? step_bytes(most) : \
    f eq "percent" ? step(most) : step_count(most), most))

# `eval ylabel(text)`: at the left edge, clear of the longest mark.
ylabel(text) = sprintf("set label 99 '%s' at screen 0.018, graph 0.5 center \
    rotate by 90", text)

# tall(least, lines, share): pixels, so that a share of the height has room for
# the lines of a legend.
tall(least, lines, share) = lines * 19 / share > least ? \
    ceil(lines * 19 / share) : least

# ---- The picture -----------------------------------------------------------
canvas(wide, high) = (ending eq "png" ? \
    sprintf("set terminal pngcairo size %d,%d font 'DejaVu Sans,10'", \
    wide, high) : \
    sprintf("set terminal svg size %d,%d dynamic font 'DejaVu Sans,12' \
    background '#ffffff'", wide, high)).\
    " noenhanced; set output output_name.'.'.ending"

do for [ending in "png svg"] {
    reset
    set border 3 lc rgb "#555555"
    set tics nomirror out
    set grid lt 1 lw 0.5 lc rgb pale
    set key outside right top Left reverse noautotitle samplen 2.5
    load script.'.gp'
    unset output
}
