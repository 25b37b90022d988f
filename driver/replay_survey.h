/*
 * replay_survey.h - from time to time the allocator is asked about its blocks
 *
 * In the first check pass, where it was asked for (replay_ask_survey).  What is
 * told is held against the shadow, as with -D.
 */
#ifndef REPLAY_SURVEY_H
#define REPLAY_SURVEY_H

#include "driver/replay_walk.h"

/* All zero at first. */
struct survey {
    size_t due;  /* as many requests must be served before the next one */
    bool peaked; /* the most payload that the trace ever has was live */
    bool over;   /* the first pass is */
};

/* survey_most - how many there are at most, over t. */
size_t survey_most(const struct trace *t);

/*
 * survey_after - in the child, after request i: it may be time for one.  False,
 *     with the fault stored, when what is told contradicts the shadow.
 */
bool survey_after(struct survey *s, struct walk *w,
                  const struct allocator_calls *calls, size_t i);

#endif
