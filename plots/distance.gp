# distance.gp: how far are the cores from each other? STEM is distance.
# DATA 0: 1 PU, 2 other PU, 3 what they share, 4 ns, 5 ns at the end of the run
# DATA 1: 1 from and 2 to column, 3 row, 4 half a row, 5 ground, 6 ink, 7 text, 8 label
load "plots/style.gp"
eval panel(1)
COUNT = X_TO[1] - X_FROM[1]
CELL = (RIGHT[1] - LEFT[1]) / COUNT
# a big matrix has neither numbers nor labels: neighbours of one colour are one box
IS_BIG = COUNT > 20.5
plot \
	DATA index 1 using 1:3:1:2:($3 - $4):($3 + $4):5 with boxxy fc rgb variable fs solid noborder, \
	(IS_BIG || CELL < 24 ? "/dev/null" : DATA) index 1 using (($1 + $2) / 2):3:7:6 with labels center tc rgb variable font (CELL < 32 ? ",9" : ",11"), \
	(IS_SVG && !IS_NARROW && !IS_BIG ? DATA : "/dev/null") index 1 using (($1 + $2) / 2):3:8 with labels hypertext point pt 5 ps 2.4 lc rgb "#FF000000"
load "plots/finish.gp"
