# heatmap.gp: who wins where? STEM is heatmap. Wide: a column for each workload; narrow: a row.
# DATA: 1 workload, 2 model, 3 place of the workload, 4 of the model, 5 ratio, 6 low, 7 high,
#       8 place (1 fastest, 2 tie, 3 slower, 0 not ranked), 9 ground, 10 ink, 11 text, 12 label
load "plots/style.gp"
eval panel(1)
X = IS_NARROW ? 4 : 3
Y = IS_NARROW ? 3 : 4
HALF_X = .467
HALF_Y = .452
IS_TIGHT = (RIGHT[1] - LEFT[1]) / (X_TO[1] - X_FROM[1]) < 52
size(s) = sprintf("{/*%s %s}", IS_NARROW ? ".846" : "1", s)
text(place, s) = place == 1 ? (IS_NARROW ? "★" : "{/:Bold ★ 1}") : place == 2 ? (IS_TIGHT ? "≈" : "≈ ".s) : size(s)
plot \
	DATA using X:Y:(column(X) - HALF_X):(column(X) + HALF_X):(column(Y) - HALF_Y):(column(Y) + HALF_Y):9 with boxxy fc rgb variable fs solid noborder, \
	DATA using ($8 == 1 ? column(X) : NaN):Y:(column(X) - HALF_X):(column(X) + HALF_X):(column(Y) - HALF_Y):(column(Y) + HALF_Y) with boxxy fs empty lc rgb INK lw 1.6, \
	DATA using X:Y:(text($8, stringcolumn(11))):10 with labels center tc rgb variable, \
	(IS_SVG && !IS_NARROW ? DATA : "/dev/null") using X:Y:12 with labels hypertext point pt 5 ps 2.4 lc rgb "#FF000000"
load "plots/finish.gp"
