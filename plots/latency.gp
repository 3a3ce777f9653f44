# latency.gp: how long does a request wait? STEM is latency; a panel for each rate.
# DATA: 1 model, 2 workers, 3 panel, 4 row, 5 requests, 6 n, then value, low and high in ns of the
#       percentiles 50 (7..9), 90 (10..12), 99 (13..15), 99.9 (16..18) and the largest (19..21),
#       22 colour, 23 point, 24 label
load "plots/style.gp"
in_panel(i, c) = $3 == i ? column(c) : NaN
# without enough requests for the 99th percentile the line ends at the median
tail(i) = $3 == i ? (valid(13) ? $13 : $7) : NaN
do for [I = 1:PANEL_COUNT] {
	eval panel(I)
	plot \
		DATA using (in_panel(I, 7)):4:(tail(I) - $7):(0):22 with vectors nohead lw 2.4 lc rgb variable, \
		DATA using (in_panel(I, 13)):4:14:15:22 with xerrorbars pt 7 ps .01 lw 1 lc rgb variable, \
		DATA using (in_panel(I, 16)):($4 - .28):(0):(.56):22 with vectors nohead lw 1.4 lc rgb variable, \
		DATA using (in_panel(I, 7)):4:(point_size($23) * .92):23:22 with points ps variable pt variable lc rgb variable, \
		(IS_SVG && !IS_NARROW ? DATA : "/dev/null") using (in_panel(I, 7)):4:24 with labels hypertext point pt 7 ps 1.2 lc rgb "#FF000000"
}
load "plots/finish.gp"
