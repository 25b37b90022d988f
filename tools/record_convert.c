/*
 * record_convert.c - from the log of the recorder to a trace
 *
 * Walks the events once, with the live blocks in one map and the blocks inside
 * a realloc in another.  Nothing in the log is trusted to be consistent: the
 * program may have been killed at any point, and may have freed blocks behind
 * the recorder's back.
 */
#include "tools/record_convert.h"
#include "tools/record_map.h"

struct conversion {
    struct trace_writer *w;
    bool classic;
    bool out_of_memory;
    struct record_tally *tally;
    struct record_map live;
    struct record_map moving; /* by the number of their realloc's begin + 1 */
    uint64_t payload;
};

static void put(struct conversion *c, enum trace_kind kind, uint64_t id,
                uint64_t arg, uint64_t size)
{
    c->tally->requests++;
    trace_put(c->w, kind, id, arg, size);
}

/* hold - a block of this id is live at this address. */
static void hold(struct conversion *c, uint64_t address, uint64_t id,
                 uint64_t size)
{
    struct record_block stale;
    if (record_map_take(&c->live, address, &stale)) {
        c->tally->unseen++;
        c->payload -= stale.size;
        put(c, TRACE_FREE, stale.id, 0, 0);
    }
    if (!record_map_put(&c->live, (struct record_block){address, id, size}))
        c->out_of_memory = true;
    c->payload += size;
    if (c->payload > c->tally->peak_payload)
        c->tally->peak_payload = c->payload;
}

static void convert_alloc(struct conversion *c, enum trace_kind kind,
                          const struct record_event *e)
{
    uint64_t arg = e->arg;
    uint64_t size = e->size;
    uint64_t bytes = kind == TRACE_CALLOC ? arg * size : size;
    if (!e->address) {
        c->tally->failed++;
        return;
    }
    uint64_t id = c->tally->ids++;
    hold(c, e->address, id, bytes);
    if (c->classic) {
        kind = TRACE_MALLOC;
        size = bytes ? bytes : 1;
    }
    put(c, kind, id, arg, size);
}

static void convert_malloc(struct conversion *c, const struct record_event *e)
{
    convert_alloc(c, TRACE_MALLOC, e);
}

static void convert_calloc(struct conversion *c, const struct record_event *e)
{
    convert_alloc(c, TRACE_CALLOC, e);
}

/* convert_memalign - libc takes the next power of two for what is none. */
static void convert_memalign(struct conversion *c, const struct record_event *e)
{
    struct record_event aligned = *e;
    aligned.arg = 1;
    while (aligned.arg < e->arg && aligned.arg < (uint64_t)1 << 63)
        aligned.arg *= 2;
    convert_alloc(c, TRACE_MEMALIGN, &aligned);
}

static void convert_free(struct conversion *c, const struct record_event *e)
{
    struct record_block block;
    if (!e->address && c->classic) {
        c->tally->null_frees++;
    } else if (!e->address) {
        c->tally->requests++;
        trace_put_free_null(c->w);
    } else if (record_map_take(&c->live, e->address, &block)) {
        c->payload -= block.size;
        put(c, TRACE_FREE, block.id, 0, 0);
    } else {
        c->tally->unknown++;
    }
}

static void convert_begin(struct conversion *c, const struct record_event *e,
                          uint64_t number)
{
    struct record_block block;
    if (!record_map_take(&c->live, e->address, &block))
        return;
    c->payload -= block.size;
    block.key = number + 1;
    if (!record_map_put(&c->moving, block))
        c->out_of_memory = true;
}

/* convert_resized - a realloc of a known block that has come to its end.  In a
 *     trace a realloc to 0 frees; a libc where it does not gave a block. */
static void convert_resized(struct conversion *c, const struct record_event *e,
                            struct record_block block, uint64_t old_address)
{
    if (e->address) {
        uint64_t size = e->size ? e->size : 1;
        hold(c, e->address, block.id, size);
        put(c, TRACE_REALLOC, block.id, 0, size);
    } else if (!e->size) {
        put(c, c->classic ? TRACE_FREE : TRACE_REALLOC, block.id, 0, 0);
    } else {
        c->tally->failed++;
        hold(c, old_address, block.id, block.size);
    }
}

static void convert_end(struct conversion *c, const struct record_event *e,
                        const struct record_event *events)
{
    struct record_block block;
    if (record_map_take(&c->moving, e->arg + 1, &block)) {
        convert_resized(c, e, block, events[e->arg].address);
    } else if (e->address) {
        c->tally->adopted++;
        convert_alloc(
            c, TRACE_MALLOC,
            &(struct record_event){.address = e->address, .size = e->size});
    } else {
        c->tally->unknown++;
    }
}

static void convert_event(struct conversion *c,
                          const struct record_event *events, uint64_t number)
{
    const struct record_event *e = &events[number];
    enum record_kind kind = (enum record_kind)e->kind;
    switch (kind) {
    case RECORD_MALLOC:
        return convert_malloc(c, e);
    case RECORD_CALLOC:
        return convert_calloc(c, e);
    case RECORD_MEMALIGN:
        return convert_memalign(c, e);
    case RECORD_FREE:
        return convert_free(c, e);
    case RECORD_REALLOC_BEGIN:
        return convert_begin(c, e, number);
    case RECORD_REALLOC_END:
        return convert_end(c, e, events);
    default:
        c->tally->unfinished++;
    }
}

bool record_convert(const struct record_header *log, struct trace_writer *w,
                    bool classic, struct record_tally *tally)
{
    const struct record_event *events =
        (const struct record_event *)((const char *)log + RECORD_EVENTS_AT);
    struct conversion c = {.w = w, .classic = classic, .tally = tally};
    uint64_t count = log->count;
    *tally = (struct record_tally){.events = count};
    if (count > log->capacity) {
        tally->lost = count - log->capacity;
        count = log->capacity;
    }
    for (uint64_t i = 0; i < count && !c.out_of_memory; i++)
        convert_event(&c, events, i);
    *(tally->lost ? &tally->lost : &tally->unfinished) += c.moving.count;
    record_map_free(&c.live);
    record_map_free(&c.moving);
    return !c.out_of_memory;
}
