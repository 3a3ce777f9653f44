# curves.gp: a lesson's curves over an axis, or over the run. STEM names the sheet: sharing_threads.
# DATA: 1 panel, 2 cell, 3 x, 4 where it is drawn, 5 value, 6 low, 7 high, 8 n, 9 colour, 10 point (0: a cross
#       that the layout has, -1: none), 11 dash, 12 label; a block for each curve of each panel, the best last and so on top
load "plots/style.gp"
BLOCKS = BLOCK_COUNT
array PANEL_OF[BLOCKS]; array COLOUR[BLOCKS]; array DASH[BLOCKS]
set table $unused
plot DATA using (I = int(column(-2)) + 1, PANEL_OF[I] = int($1), COLOUR[I] = int($9), DASH[I] = int($11), 0):(0) with table
unset table
# the filled form of a hollow point: what lies behind it must not show through
filled(type) = type >= 4 && type <= 14 && int(type) % 2 == 0 ? type + 1 : type
set style line 1 lw 1.9
set style line 2 lw 1.5 dt (7, 3)
set style line 3 lw 1.5 dt (2, 2.5)
set style line 4 lw 1.5 dt (9, 3, 2, 3)
set style line 5 lw 1.9 dt (4, 2.5)
set style line 6 lw 1.2
do for [P = 1:PANEL_COUNT] {
	eval panel(P)
	of(block, c) = PANEL_OF[block] == P ? column(c) : NaN
	here(c) = $1 == P ? column(c) : NaN
	marked(c) = $1 == P && $10 > 0 ? column(c) : NaN
	hovered(c) = $1 == 1 && P == 1 && $10 >= 0 ? column(c) : NaN
	plot \
		for [I = 1:BLOCKS] DATA index I - 1 using (of(I, 4)):6:7 with filledcurves fc rgb clear(COLOUR[I], .8), \
		for [I = 1:BLOCKS] DATA index I - 1 using (of(I, 4)):5 with lines ls DASH[I] lc rgb COLOUR[I], \
		DATA using (marked(4)):5:(point_size($10) + .4):(filled($10)) with points ps variable pt variable lc rgb PAPER, \
		DATA using (marked(4)):5:(point_size($10)):10:9 with points ps variable pt variable lc rgb variable, \
		(IS_SVG && !IS_NARROW ? DATA : "/dev/null") using (hovered(4)):5:12 with labels hypertext point pt 7 ps 1.2 lc rgb "#FF000000"
}
load "plots/finish.gp"
