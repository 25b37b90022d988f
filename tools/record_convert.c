/*
 * record_convert.c - from the log of the recorder to a trace
 */
#include "tools/record_convert.h"

/* A realloc is known by the number of the event that began it. */
static uint64_t key_of(uint64_t number)
{
    return number + 1;
}

static void convert_event(struct blocks *b, const struct record_event *events,
                          uint64_t number)
{
    const struct record_event *e = &events[number];
    enum record_kind kind = (enum record_kind)e->kind;
    switch (kind) {
    case RECORD_MALLOC:
        return blocks_alloc(b, TRACE_MALLOC, e->address, 0, e->size);
    case RECORD_CALLOC:
        return blocks_alloc(b, TRACE_CALLOC, e->address, e->arg, e->size);
    case RECORD_MEMALIGN:
        return blocks_alloc(b, TRACE_MEMALIGN, e->address, e->arg, e->size);
    case RECORD_FREE:
        return blocks_free(b, e->address);
    case RECORD_REALLOC_BEGIN:
        return blocks_realloc_begin(b, key_of(number), e->address);
    case RECORD_REALLOC_END:
        return blocks_realloc_end(b, key_of(e->arg),
                                  e->arg < number ? events[e->arg].address : 0,
                                  e->address, e->size);
    default:
        b->tally.unfinished++;
    }
}

bool record_convert(const struct record_header *log, uint64_t room,
                    struct blocks *b)
{
    const struct record_event *events =
        (const struct record_event *)((const char *)log + RECORD_EVENTS_AT);
    uint64_t count = log->count;
    b->tally.events = count;
    if (count > room) {
        b->tally.lost = count - room;
        count = room;
    }
    for (uint64_t i = 0; i < count && !b->out_of_memory; i++)
        convert_event(b, events, i);
    uint64_t unfinished = b->tally.unfinished;
    bool good = blocks_finish(b);
    if (b->tally.lost) { /* that is where the ends of reallocs are */
        b->tally.lost += b->tally.unfinished - unfinished;
        b->tally.unfinished = unfinished;
    }
    return good;
}
