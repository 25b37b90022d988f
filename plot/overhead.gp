# overhead.gp - overhead O_k = H_k / max P_i - 1 against the request number,
# one curve for each allocator on one trace
#
#   gnuplot -e "files='A.dat B.dat'; names='A B'; trace='X'; output='X.png'" \
#       plot/overhead.gp
#
# The files are what `mdriver --curve DIR` writes.  Blue, orange, green of Okabe
# and Ito: told apart by every reader, and in print by their dashes.
set terminal pngcairo size 900,420 font "DejaVu Sans,11" noenhanced
set output output
set title "overhead of the heap on the trace ".trace
set xlabel "requests served"
set ylabel "heap / peak payload - 1"
set format y "%.0f%%"
set grid ytics lw 1 lt 1 lc rgb "#cccccc"
set border 3
set tics nomirror
set key outside right center
set yrange [0:50]
set xrange [0:*]
set style line 1 lw 2 lc rgb "#0072b2" dt 1
set style line 2 lw 2 lc rgb "#d55e00" dt 2
set style line 3 lw 2 lc rgb "#009e73" dt 4
plot for [i=1:words(files)] word(files, i) using 1:(100 * $5) with lines \
    ls i title word(names, i)
