# granularity.gp: how small may a task be? STEM is granularity.
# DATA: 1 model, 2 cores, 3 length in ns, 4 efficiency, 5 low, 6 high, 7 n, 8 colour, 9 point, 10 label;
#       a block for each model, the finest grain first
load "plots/style.gp"
SERIES = BLOCK_COUNT
array COLOUR[SERIES]
set table $unused
do for [I = 1:SERIES] { plot DATA index I - 1 every ::0::0 using (COLOUR[I] = int($8), 0):(0) with table }
unset table

eval panel(1)
# the filled form of a hollow point: what lies behind it must not show through
filled(type) = type >= 4 && type <= 14 && int(type) % 2 == 0 ? type + 1 : type
set style line 1 lw 1.7
set style line 2 lw 1.2 dt (2, 3)
plot \
	for [I = 1:SERIES] DATA index I - 1 using 3:5:6 with filledcurves fc rgb clear(COLOUR[I], .8), \
	for [J = 1:CURVE_COUNT] PLACES index FIRST_CURVE + J - 1 every ::1 using 1:2 with lines ls (CURVE_STYLE[J] eq "ideal" ? 2 : 1) lc rgb CURVE_COLOUR[J], \
	DATA using 3:4:(point_size($9) + .4):(filled($9)) with points ps variable pt variable lc rgb PAPER, \
	DATA using 3:4:(point_size($9)):9:8 with points ps variable pt variable lc rgb variable, \
	(IS_SVG && !IS_NARROW ? DATA : "/dev/null") using 3:4:10 with labels hypertext point pt 7 ps 1.2 lc rgb "#FF000000"
load "plots/finish.gp"
