/*
 * record_run.h - run a program with the recorder inside
 */
#ifndef RECORD_RUN_H
#define RECORD_RUN_H

#include <stdbool.h>
#include <sys/types.h>

#include "tools/record/record_logs.h"

/*
 * record_run_guard - from now on until record_run has ended, signals that
 *     would end rep do not: those of the keyboard reach the program anyway,
 *     SIGTERM and SIGHUP are passed on to it.
 */
void record_run_guard(void);

/* record_run_unguard - signals are as they were before. */
void record_run_unguard(void);

/*
 * record_run - run the program with its arguments until it ends; *status is
 *     its wait status and *pid what it was.  False when it cannot be run,
 *     which was told.
 */
bool record_run(char **argv, const struct record_logs *logs, pid_t *pid,
                int *status);

#endif
