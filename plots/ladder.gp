# ladder.gp: a row for each cell of a lesson's sheet, best first. STEM names the sheet: sharing_locks.
# DATA: 1 cell, 2 row, 3 value, 4 low, 5 high, 6 n, 7 aside, 8 colour, 9 point (0: a cross that the layout has), 10 label
load "plots/style.gp"
eval panel(1)
# the filled form of a hollow point: what lies behind it must not show through
filled(type) = type >= 4 && type <= 14 && int(type) % 2 == 0 ? type + 1 : type
marked(c) = $9 > 0 ? column(c) : NaN
set errorbars .6
plot \
	DATA using (marked(3)):2:(point_size($9) + .3):(filled($9)) with points ps variable pt variable lc rgb PAPER, \
	DATA using 3:2:4:5:8 with xerrorbars pt 7 ps .01 lw 1.6 lc rgb variable, \
	DATA using (marked(3)):2:(point_size($9)):9:8 with points ps variable pt variable lc rgb variable, \
	(IS_SVG && !IS_NARROW ? DATA : "/dev/null") using 3:2:10 with labels hypertext point pt 7 ps 1.2 lc rgb "#FF000000"
load "plots/finish.gp"
