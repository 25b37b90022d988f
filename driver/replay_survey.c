/*
 * replay_survey.c - from time to time the allocator is asked about its blocks
 *
 * When is decided by counts and not by a clock, so that every run tells the
 * same.
 */
#include "driver/replay_survey.h"

#include "driver/replay_tiles.h"

/* A survey that visited n blocks is followed by the next after n / visits
 * requests, so that a request pays for that many blocks, whatever the heap
 * holds: for VISITS_LEAST, and on short traces for as many as make VISITS in
 * all, some tenths of a second.  But there are SURVEYS_LEAST at least, which
 * ten million requests with a million live blocks can bear, and SURVEYS_MOST at
 * most, which is many for each column of pixels. */
#define VISITS        10000000
#define VISITS_LEAST  4
#define SURVEYS_LEAST 16
#define SURVEYS_MOST  65536

static size_t shortest_pause(const struct trace *t)
{
    return t->op_count / SURVEYS_MOST + 1;
}

/* One more when payload peaks, and one in the end. */
size_t survey_most(const struct trace *t)
{
    return t->op_count / shortest_pause(t) + 3;
}

static uint64_t visits(const struct trace *t)
{
    uint64_t n = VISITS / t->op_count;
    return n > VISITS_LEAST ? n : VISITS_LEAST;
}

static size_t pause_after(const struct trace *t, uint64_t visited)
{
    size_t least = shortest_pause(t), most = t->op_count / SURVEYS_LEAST;
    uint64_t pause = visited / visits(t);
    pause = pause < most ? pause : most;
    return pause > least ? pause : least;
}

static bool is_due(struct survey *s, const struct walk *w, size_t served)
{
    const struct trace *t = w->r->trace;
    bool peaks = !s->peaked && w->live == t->peak_payload;
    s->peaked = s->peaked || peaks;
    return served >= s->due || peaks || served == t->op_count;
}

bool survey_after(struct survey *s, struct walk *w,
                  const struct allocator_calls *calls, size_t i)
{
    struct replay_log *log = w->r->log;
    struct tile_sum sum;
    if (!w->r->surveys || s->over || !is_due(s, w, i + 1))
        return true;
    if (!tiles_survey(w, calls, i, &sum))
        return false;
    w->r->surveys[log->survey_count++] =
        (struct replay_survey){i + 1, sum.internal_bytes};
    s->due = i + 1 + pause_after(w->r->trace, sum.visited);
    return true;
}
