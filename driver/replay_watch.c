/*
 * replay_watch.c - a check pass that keeps an eye on one thing
 */
#include "driver/replay_watch.h"

#include <signal.h>

#include "driver/payload.h"

/* The watched bytes are as the driver left them, while they are a payload's. */
static bool bytes_are_right(const struct walk *w, size_t i)
{
    const struct replay_watch *watch = &w->r->watch;
    uint32_t a = watch->answer;
    if (a == 0 || a >= w->answer || i >= watch->until || !w->r->answers[a])
        return true;
    const uint8_t *p = (const uint8_t *)w->r->answers[a] + watch->offset;
    uint64_t key =
        payload_key(w->r->secret, shadow_block(w->shadow, a)->origin);
    for (uint64_t k = 0; k < watch->length; k++)
        if (p[k] != payload_byte(key, watch->offset + k))
            return false;
    return true;
}

static bool checker_agrees(const struct walk *w,
                           const struct allocator_calls *calls, size_t i)
{
    if (!w->r->watch.checker || !calls->checkheap)
        return true;
    w->r->log->phase = REPLAY_CHECKER;
    bool sound = calls->checkheap((int)trace_line(w->r->trace, i));
    w->r->log->phase = REPLAY_REQUEST;
    return sound;
}

bool watch_is_quiet(struct walk *w, const struct allocator_calls *calls,
                    size_t i)
{
    bool checks = w->r->watch.checker;
    if (!w->r->log->watching)
        return true;
    if (checks ? checker_agrees(w, calls, i) : bytes_are_right(w, i))
        return true;
    w->r->log->watched = true;
    return walk_blame(w, checks ? FAULT_CHECKHEAP : FAULT_PAYLOAD, i,
                      w->r->watch.answer);
}

/* An instruction, not raise(): the debugger then stands here, two steps before
 * the allocator, and not in libc. */
void watch_stop(const struct replay *r, size_t i)
{
    if (r->stop != i + 1)
        return;
#if defined __x86_64__ || defined __i386__
    __asm__ volatile("int3");
#else
    raise(SIGTRAP);
#endif
}
