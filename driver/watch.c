/*
 * watch.c - which request did it
 */
#include "driver/watch.h"

#include "config.h"

bool watch_helps(const struct replay *r, const struct replay_fault *f)
{
    if (r->detail != 1 || r->starved || r->filled || r->shifted || f->tail ||
        f->tile.wrong != TILE_SOUND)
        return false;
    return f->kind == FAULT_CHECKHEAP ||
           (f->kind == FAULT_PAYLOAD && !f->across && f->answer);
}

static struct replay_watch watch_for(const struct replay_fault *f)
{
    if (f->kind == FAULT_CHECKHEAP)
        return (struct replay_watch){.checker = true};
    return (struct replay_watch){
        .answer = f->answer,
        .until = f->op,
        .offset = f->damage.offset,
        .length = f->damage.length < 64 ? f->damage.length : 64,
    };
}

/* What a child under watch left, which may have died of its checker since. */
static struct watch_find read_log(const struct replay *r,
                                  const struct replay_fault *f,
                                  enum isolate_event event)
{
    struct replay left;
    struct watch_find found = {.verdict = WATCH_UNSEEN};
    if (event == ISOLATE_TIMEOUT || event == ISOLATE_ASLEEP ||
        event == ISOLATE_INTERRUPTED || !replay_snapshot(&left, r))
        return (struct watch_find){.verdict = WATCH_LATE};
    if (left.log->watched && left.log->fault.kind == f->kind &&
        left.log->fault.answer == f->answer)
        found = (struct watch_find){WATCH_FOUND, left.log->fault.op};
    replay_discard(&left);
    return found;
}

/* Bring the child to the end of the pass that failed before, the first or the
 * second one; the event there. */
static enum isolate_event run_passes(struct isolate *child,
                                     struct replay_log *log, double seconds,
                                     bool second)
{
    enum isolate_event event = isolate_await(child, seconds);
    for (int pass = 0; pass <= second && event == ISOLATE_STEP; pass++) {
        if (log->fault.kind)
            break;
        log->watching = pass == second;
        isolate_resume(child);
        event = isolate_await(child, seconds);
    }
    return event;
}

struct watch_find watch_run(const struct replay *failed,
                            const struct replay_fault *f,
                            struct isolate_limits limits, double seconds,
                            bool second)
{
    struct replay tables, r = *failed;
    struct watch_find found = {.verdict = WATCH_LATE};
    if (!replay_create(&tables, failed->trace, failed->allocator))
        return found;
    r.answers = tables.answers;
    r.growth = tables.growth;
    r.extents = NULL;
    r.surveys = NULL;
    r.log = tables.log;
    r.watch = watch_for(f);
    if (seconds > WATCH_SECONDS)
        seconds = WATCH_SECONDS;
    struct isolate *child = isolate_start(replay_check, &r, limits);
    if (child)
        found = read_log(&r, f, run_passes(child, r.log, seconds, second));
    isolate_end(child);
    replay_destroy(&tables);
    return found;
}
