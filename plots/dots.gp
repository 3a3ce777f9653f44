# dots.gp: is the win real? STEM is dots; a panel for each workload.
# DATA: 1 workload, 2 model, 3 panel, 4 row, 5 ratio, 6 low, 7 high, 8 tie, 9 n, 10 median, 11 colour, 12 point
load "plots/style.gp"
OFF_SCALE = 1.56
in_panel(i, c) = $3 == i && $5 < OFF_SCALE ? column(c) : NaN
bound(x) = x < X_FROM[1] ? X_FROM[1] : x > X_TO[1] ? X_TO[1] : x
set errorbars .6
do for [I = 1:PANEL_COUNT] {
	eval panel(I)
	plot \
		DATA using (in_panel(I, 5)):4:(bound($6)):(bound($7)):11 with xerrorbars pt 7 ps .01 lw 1.6 lc rgb variable, \
		DATA using (in_panel(I, 5)):4:(point_size($12) * .92):12:11 with points ps variable pt variable lc rgb variable
}
load "plots/finish.gp"
