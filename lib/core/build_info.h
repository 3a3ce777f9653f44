/*
 * build_info: which parbench this is and how it was compiled. Part of every run.json, since a
 * figure belongs to the program that measured it.
 */
#ifndef PAR_BUILD_INFO_H
#define PAR_BUILD_INFO_H

/* Constant strings, never NULL or empty. */
struct par_build_info {
	const char *version;  /* "0.1.0" */
	const char *revision; /* git's, 12 digits, "-dirty" added when the tree differed; or
				 "unknown" */
	const char *compiler; /* "GNU 12.2.0" */
	const char *flags;    /* what decides the code: "-O2 -g -std=c11"; warnings are left out */
	const char *type;     /* "Release" or "Debug" */
};

extern const struct par_build_info par_build_info;

#endif
