/*
 * tree: a text of files instead of the machine's own: a line "== PATH" begins a file. Targets that
 * use it are linked with --wrap for par_file_read() and par_file_read_line().
 */
#ifndef FUZZ_TREE_H
#define FUZZ_TREE_H

/* A root below which the tree stands, too, and no folder. */
#define FUZZ_ROOT "/no-such-root"

/* From now on files are read from `text`, which is borrowed. Too many readings end the program. */
void fuzz_tree_begin(const char *text);

#endif
