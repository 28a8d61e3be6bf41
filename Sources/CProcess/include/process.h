#ifndef HEPHY_CPROCESS_H
#define HEPHY_CPROCESS_H

/* This process's own environment: name=value, and a null pointer behind the last. */
char **process_environment(void);

#ifdef __linux__
/*
 * Starts a program that ends, by SIGTERM, when the calling thread does, for whatever reason (PR_SET_PDEATHSIG of
 * prctl(2)); posix_spawn has no way to say so.
 *
 * path         the program's file
 * arguments    the program's name and what stands behind it; a null pointer behind the last
 * environment  the whole environment; a null pointer behind the last
 * streams      what the program has as 0, 1 and 2
 * kept         a bit for each descriptor from 3 to 31 that stays open there; all others are closed
 * child        where the id of the process is written
 *
 * No signal is blocked in the program, SIGPIPE is not ignored, and what is ignored otherwise stays so.
 * Returns 0, or an errno when the program could not be started.
 */
int process_start_bound(const char *path, char *const *arguments, char *const *environment, const int streams[3],
                        unsigned kept, int *child);
#endif
#endif
