/*
 * commands: what follows `parbench` on the command line.
 *
 * Each takes its own argc and argv (argv[0] is its name) and returns the exit status: 0, 1 when
 * something went wrong, 2 for unusable input, with one line on standard error.
 */
#ifndef PAR_COMMANDS_H
#define PAR_COMMANDS_H

#define PAR_EXIT_OK     0
#define PAR_EXIT_FAILED 1
#define PAR_EXIT_USAGE  2

/* Of `parbench compare`, which keeps "slower" apart from "could not tell". */
#define PAR_EXIT_REGRESSION   1
#define PAR_EXIT_NOT_COMPARED 3
#define PAR_EXIT_NOT_SURE     4

/* Of `parbench doctor`: the same, "it disturbs" apart from "it could not be looked at". */
#define PAR_EXIT_DISTURBED    1
#define PAR_EXIT_NOT_EXAMINED 3

int par_command_run(int argc, char **argv);
int par_command_cell(int argc, char **argv);
int par_command_list(int argc, char **argv);
int par_command_topo(int argc, char **argv);
int par_command_doctor(int argc, char **argv);
int par_command_report(int argc, char **argv);
int par_command_compare(int argc, char **argv);

#endif
