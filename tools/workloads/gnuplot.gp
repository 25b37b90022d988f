# gnuplot.gp - functions, tables, a fit and a few plots into nothing
set fit quiet nolog
set terminal svg size 640,400
set output '/dev/null'
set samples 300
f(x) = a * sin(b * x) + c
a = 1.1; b = 0.9; c = 0.1
$data << EOD
0 0.1
1 0.95
2 1.0
3 0.25
4 -0.62
5 -0.81
6 -0.15
EOD
fit f(x) $data using 1:2 via a, b, c
set title 'sine'
set key outside
plot $data with points title 'data', f(x) title sprintf('%.2f %.2f', a, b)
set multiplot layout 2,2
do for [i=1:4] {
    plot [0:10] for [k=1:i] besj0(x * k) title sprintf('order %d', k)
}
unset multiplot
set isosamples 20
set hidden3d
splot x**2 - y**2 with lines
