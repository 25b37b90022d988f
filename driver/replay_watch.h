/*
 * replay_watch.h - a check pass that keeps an eye on one thing
 */
#ifndef REPLAY_WATCH_H
#define REPLAY_WATCH_H

#include "driver/replay_walk.h"

/* watch_is_quiet - in the child, after request i: false, with the fault stored,
 *     when what r->watch names is wrong.  Takes the same time however large
 *     the heap is, but for mm_checkheap. */
bool watch_is_quiet(struct walk *w, const struct allocator_calls *calls,
                    size_t i);

/* watch_stop - in the debugger's process, before request i: stop there if
 *     r->stop asks for it. */
void watch_stop(const struct replay *r, size_t i);

#endif
