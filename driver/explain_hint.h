/*
 * explain_hint.h - what to do next about a failure; part of the explain room
 */
#ifndef EXPLAIN_HINT_H
#define EXPLAIN_HINT_H

#include <stdio.h>

#include "driver/explain.h"

/* explain_hint - append, each on a line of its own, what a reader would try
 *     next; fault is NULL when the child ended or had to be ended. */
void explain_hint(FILE *out, const struct explain_scene *s,
                  const struct replay_fault *fault);

#endif
