# style.gp: what all charts share. Loaded first by each chart's script.
#
# Run from the folder of a run: gnuplot -d -e "STEM='heatmap'" plots/heatmap.gp
#   STEM  which drawing: STEM.tsv is its data, plots/STEM.SIZE.tsv says where everything stands
#   SIZE  wide or narrow (SVG), slide (PNG); wide when not given
# writes STEM.svg, STEM_narrow.svg or STEM.png; in the folder PREFIX where that is set (ends with a slash)
reset
set encoding utf8
set datafile separator tab
set datafile missing "NaN"
if (!exists("SIZE")) SIZE = "wide"
IS_SVG = SIZE ne "slide"
IS_NARROW = SIZE eq "narrow"
if (!exists("PREFIX")) PREFIX = ""
OUT = PREFIX.STEM.(IS_NARROW ? "_narrow" : "").(IS_SVG ? ".svg" : ".png")
DATA = STEM.".tsv"
PLACES = "plots/".STEM.".".SIZE.".tsv"
# blocks of PLACES
CANVAS = 0
PANELS = 1
MARKS = 2
FIRST_CURVE = 3

set table $unused
plot PLACES index CANVAS using (WIDTH = $1, HEIGHT = $2, PANEL_COUNT = int($3), CURVE_COUNT = int($4), BLOCK_COUNT = int($5), 0):(0) with table
array LEFT[32]; array RIGHT[32]; array TOP[32]; array BOTTOM[32]
array X_FROM[32]; array X_TO[32]; array Y_FROM[32]; array Y_TO[32]; array LOG_X[32]; array LOG_Y[32]
if (PANEL_COUNT > 0) {
	plot PLACES index PANELS using (I = int($0) + 1, LEFT[I] = $1, RIGHT[I] = $2, TOP[I] = $3, BOTTOM[I] = $4, X_FROM[I] = $5, X_TO[I] = $6, Y_FROM[I] = $7, Y_TO[I] = $8, LOG_X[I] = int($9), LOG_Y[I] = int($10), 0):(0) with table
}
array CURVE_STYLE[64]; array CURVE_COLOUR[64]
do for [J = 1:CURVE_COUNT] {
	plot PLACES index FIRST_CURVE + J - 1 every ::0::0 using (CURVE_STYLE[J] = stringcolumn(3), CURVE_COLOUR[J] = int($4), 0):(0) with table
}
unset table
# a plot over no curves still looks at the first
if (CURVE_COUNT == 0) { CURVE_STYLE[1] = ""; CURVE_COLOUR[1] = 0 }

PAPER = 0xFFFFFF
INK = 0x1B1F24
GRID = 0xE4E8EC
AXIS = 0x8C959F
# 00 is opaque and FF clear for gnuplot
clear(colour, share) = int(255 * share) * 16777216 + colour

# Point types differ in area at one size, and the SVG terminal draws triangles, diamonds and pentagons
# a third larger than cairo: these bring all to the same weight.
array SIZE_OF[16] = [.8, .75, .8, .7, .7, .7, .78, .9, .9, .9, .9, .9, .95, .95, .92, .92]
if (IS_SVG) {
	SIZE_OF[8] = .72; SIZE_OF[9] = .72; SIZE_OF[10] = .72; SIZE_OF[11] = .72
	SIZE_OF[12] = .66; SIZE_OF[13] = .66; SIZE_OF[14] = .72; SIZE_OF[15] = .72
}
point_size(type) = SIZE_OF[type < 1 || type > 16 ? 7 : int(type)]

if (IS_SVG) {
	set terminal svg size WIDTH,HEIGHT dynamic enhanced font "sans-serif,13" name "chart" butt dashlength 1
} else {
	# pngcairo counts in points: 9.75 points are 13 pixels
	set terminal pngcairo size 2 * WIDTH, 2 * HEIGHT enhanced font "sans-serif,9.75" fontscale 2 linewidth 2 pointscale 2 background "#FFFFFF" butt
}
set output OUT
unset key
unset xtics
unset ytics
set border 0
set style fill solid 1 noborder

# eval panel(i): the axes of panel i; eval whole(): pixels, from the top left corner
margins(l, r, t, b) = sprintf("set lmargin at screen %.6f; set rmargin at screen %.6f; set tmargin at screen %.6f; set bmargin at screen %.6f; ", l / WIDTH, r / WIDTH, 1 - t / HEIGHT, 1 - b / HEIGHT)
ranges(a, b, c, d) = sprintf("set xrange [%.10g:%.10g]; set yrange [%.10g:%.10g]; ", a, b, c, d)
panel(i) = "unset logscale; ".margins(LEFT[i], RIGHT[i], TOP[i], BOTTOM[i]).ranges(X_FROM[i], X_TO[i], Y_FROM[i], Y_TO[i]).(LOG_X[i] ? "set logscale x; " : "").(LOG_Y[i] ? "set logscale y; " : "")
whole(i) = "unset logscale; ".margins(0, WIDTH, 0, HEIGHT).ranges(0, WIDTH, HEIGHT, 0)
is(shape, column_number) = stringcolumn(1) eq shape ? column(column_number) : NaN

set multiplot
eval whole(0)
plot \
	PLACES index MARKS using ((is("rect", 2) + $4) / 2):(($3 + $5) / 2):2:4:3:5:6 with boxxy fc rgb variable fs solid noborder, \
	PLACES index MARKS using (is("rule", 2)):3:($4 - $2):($5 - $3):6 with vectors nohead lw 1 lc rgb variable, \
	PLACES index MARKS using (is("dotted", 2)):3:($4 - $2):($5 - $3):6 with vectors nohead lw 1 dt (2, 3) lc rgb variable, \
	NaN notitle
