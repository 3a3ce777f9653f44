# speedup.gp: how many cores pay? STEM names the workload: speedup_sha256.
# DATA: 1 model, 2 placement, 3 cores, 4 workers, 5 n, 6 speedup, 7 low, 8 high, 9..11 ns,
#       12 on the line, 13 colour, 14 point, 15 label; a block for each model, the fastest last and so on top
load "plots/style.gp"
SERIES = BLOCK_COUNT
array COLOUR[SERIES]
set table $unused
do for [I = 1:SERIES] { plot DATA index I - 1 every ::0::0 using (COLOUR[I] = int($13), 0):(0) with table }
unset table

eval panel(1)
on_line(c) = $12 == 1 ? column(c) : NaN
other(c) = $12 == 0 ? column(c) : NaN
# the filled form of a hollow point: what lies behind it must not show through
filled(type) = type >= 4 && type <= 14 && int(type) % 2 == 0 ? type + 1 : type
set style line 1 lw 1.9
set style line 2 lw 1.4
set style line 3 lw 1.1
set style line 4 lw 1.2 dt (6, 4)
set style line 5 lw 1.2 dt (2, 3)
line_style(name) = name eq "solid" ? 1 : name eq "thin" ? 2 : name eq "level" ? 3 : name eq "dashed" ? 4 : 5
plot \
	for [I = 1:SERIES] DATA index I - 1 using (on_line(4)):7:8 with filledcurves fc rgb clear(COLOUR[I], .8), \
	for [J = 1:CURVE_COUNT] PLACES index FIRST_CURVE + J - 1 every ::1 using 1:2 with lines ls line_style(CURVE_STYLE[J]) lc rgb CURVE_COLOUR[J], \
	DATA using (other(4)):6:(.55 * point_size($14)):(filled($14)):13 with points ps variable pt variable lc rgb variable, \
	DATA using (on_line(4)):6:(point_size($14) + .4):(filled($14)) with points ps variable pt variable lc rgb PAPER, \
	DATA using (on_line(4)):6:(point_size($14)):14:13 with points ps variable pt variable lc rgb variable, \
	(IS_SVG && !IS_NARROW ? DATA : "/dev/null") using 4:6:15 with labels hypertext point pt 7 ps 1.2 lc rgb "#FF000000"
load "plots/finish.gp"
