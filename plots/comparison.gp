# comparison.gp: what became slower? STEM is comparison, comparison_2, ...; a row is a cell.
# DATA: 1 cell, 2 verdict, 3 row, 4 ratio, 5 low, 6 high, 7 sure, 8 colour, 9 point, 10 base n, 11 new n
load "plots/style.gp"
bound(x) = x < X_FROM[1] ? X_FROM[1] : x > X_TO[1] ? X_TO[1] : x
on_scale(x) = x >= X_FROM[1] && x <= X_TO[1]
# an interval that lies off the scale as a whole has its arrow only
is_drawn(sure) = $7 == sure && $6 >= X_FROM[1] && $5 <= X_TO[1]
set errorbars .6
eval panel(1)
plot \
	DATA using (is_drawn(0) ? bound($4) : NaN):3:(bound($5)):(bound($6)):8 with xerrorbars pt 7 ps .01 lw 1 lc rgb variable, \
	DATA using (is_drawn(1) ? bound($4) : NaN):3:(bound($5)):(bound($6)):8 with xerrorbars pt 7 ps .01 lw 2 lc rgb variable, \
	DATA using (on_scale($4) ? $4 : NaN):3:(point_size($9) * .92):9:8 with points ps variable pt variable lc rgb variable
load "plots/finish.gp"
