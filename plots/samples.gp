# samples.gp: one behaviour or two? STEM names the workload: samples_sha256.
# DATA: 1 model, 2 row, 3 round, 4 time in ns, 5 jitter, 6 colour
load "plots/style.gp"
eval panel(1)
plot \
	for [J = 1:CURVE_COUNT] PLACES index FIRST_CURVE + J - 1 every ::1 using 1:2:(ceil($2)) with filledcurves fc rgb clear(CURVE_COLOUR[J], .65), \
	for [J = 1:CURVE_COUNT] PLACES index FIRST_CURVE + J - 1 every ::1 using 1:2 with lines lw 1.2 lc rgb CURVE_COLOUR[J], \
	DATA using 4:($2 + .31 + .1 * $5):6 with points pt 7 ps .3 lc rgb variable
load "plots/finish.gp"
