# finish.gp: what is drawn over the data: rings, leaders, texts. Loaded last by each chart's script.
eval whole(0)
plot \
	PLACES index MARKS using (is("leader", 2)):3:($4 - $2):($5 - $3):6 with vectors nohead lw .8 lc rgb variable, \
	PLACES index MARKS using ((is("frame", 2) + $4) / 2):(($3 + $5) / 2):2:4:3:5:6 with boxxy fs empty lw 1.6 lc rgb variable, \
	PLACES index MARKS using (is("ring", 2)):3:6 with points pt 6 ps (IS_SVG ? 1.4 : 1.8) lw 1.2 lc rgb variable, \
	PLACES index MARKS using (is("cross", 2) - $4):($3 - $4):(2 * $4):(2 * $4):6 with vectors nohead lw 2 lc rgb variable, \
	PLACES index MARKS using (is("cross", 2) - $4):($3 + $4):(2 * $4):(-2 * $4):6 with vectors nohead lw 2 lc rgb variable, \
	PLACES index MARKS using (is("left", 2)):3:8:7:6 with labels left rotate variable tc rgb variable, \
	PLACES index MARKS using (is("center", 2)):3:8:7:6 with labels center rotate variable tc rgb variable, \
	PLACES index MARKS using (is("right", 2)):3:8:7:6 with labels right rotate variable tc rgb variable
unset multiplot
unset output
