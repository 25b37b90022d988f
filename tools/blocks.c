/*
 * blocks.c - from requests by address to a trace
 */
#include "tools/blocks.h"

#include "tools/rep.h"

/* hold - a block of this id is live at this address. */
static void hold(struct blocks *b, uint64_t address, uint64_t id)
{
    struct blocks_block stale;
    if (blocks_map_take(&b->live, address, &stale)) {
        b->tally.unseen++;
        trace_put(b->w, TRACE_FREE, stale.id, 0, 0);
    }
    if (!blocks_map_put(&b->live, (struct blocks_block){address, id}))
        b->out_of_memory = true;
}

static uint64_t power_of_two(uint64_t n)
{
    uint64_t power = 1;
    while (power < n && power < (uint64_t)1 << 63)
        power *= 2;
    return power;
}

void blocks_alloc(struct blocks *b, enum trace_kind kind, uint64_t address,
                  uint64_t arg, uint64_t size)
{
    if (!address) {
        b->tally.failed++;
        return;
    }
    uint64_t id = b->ids++;
    hold(b, address, id);
    trace_put(b->w, kind, id, kind == TRACE_MEMALIGN ? power_of_two(arg) : arg,
              size);
}

void blocks_free(struct blocks *b, uint64_t address)
{
    struct blocks_block block;
    if (!address)
        trace_put_free_null(b->w);
    else if (blocks_map_take(&b->live, address, &block))
        trace_put(b->w, TRACE_FREE, block.id, 0, 0);
    else
        b->tally.unknown++;
}

bool blocks_realloc_begin(struct blocks *b, uint64_t key, uint64_t address)
{
    struct blocks_block block;
    if (!blocks_map_take(&b->live, address, &block))
        return false;
    block.key = key;
    if (!blocks_map_put(&b->moving, block))
        b->out_of_memory = true;
    return true;
}

/* resize - a realloc of a known block has come to its end.  In a trace a
 *     realloc to 0 frees; a libc where it does not gave a block. */
static void resize(struct blocks *b, uint64_t id, uint64_t old_address,
                   uint64_t address, uint64_t size)
{
    if (address) {
        hold(b, address, id);
        trace_put(b->w, TRACE_REALLOC, id, 0, size ? size : 1);
    } else if (!size) {
        trace_put(b->w, TRACE_REALLOC, id, 0, 0);
    } else {
        b->tally.failed++;
        hold(b, old_address, id);
    }
}

void blocks_realloc_end(struct blocks *b, uint64_t key, uint64_t old_address,
                        uint64_t address, uint64_t size)
{
    struct blocks_block block;
    if (blocks_map_take(&b->moving, key, &block)) {
        resize(b, block.id, old_address, address, size);
    } else if (address) {
        b->tally.adopted++;
        blocks_alloc(b, TRACE_MALLOC, address, 0, size);
    } else {
        b->tally.unknown++;
    }
}

void blocks_realloc(struct blocks *b, uint64_t old_address, uint64_t address,
                    uint64_t size)
{
    struct blocks_block block;
    if (!old_address)
        blocks_alloc(b, TRACE_MALLOC, address, 0, size);
    else if (blocks_map_take(&b->live, old_address, &block))
        resize(b, block.id, old_address, address, size);
    else
        blocks_realloc_end(b, 0, old_address, address, size);
}

bool blocks_finish(struct blocks *b)
{
    b->tally.unfinished += b->moving.count;
    blocks_map_free(&b->live);
    blocks_map_free(&b->moving);
    return !b->out_of_memory;
}

/* print_illegible - the last reason, and where to look. */
static void print_illegible(const struct blocks_tally *t, const char *before)
{
    if (t->illegible)
        fprintf(stderr, "%s%llu not legible, the first on line %llu", before,
                (unsigned long long)t->illegible,
                (unsigned long long)t->illegible_line);
}

static void print_dropped(const struct blocks_tally *t, uint64_t left_out)
{
    const struct {
        uint64_t count;
        const char *what;
    } reasons[] = {
        {t->unknown, "of blocks older than the recording"},
        {t->failed, "not met by libc"},
        {t->unfinished, "cut short by the end of the program"},
        {left_out, "free(NULL)"},
        {t->lost, "beyond the room of the log"},
        {t->hidden, "whose block is not shown"},
        {t->inner, "inside other requests"},
        {t->foreign, "of another process"},
    };
    uint64_t dropped = t->illegible;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        dropped += reasons[i].count;
    fprintf(stderr, "%llu dropped", (unsigned long long)dropped);
    const char *before = " (";
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (!reasons[i].count)
            continue;
        fprintf(stderr, "%s%llu %s", before,
                (unsigned long long)reasons[i].count, reasons[i].what);
        before = ", ";
    }
    print_illegible(t, before);
    fputs(dropped ? "), " : ", ", stderr);
}

void blocks_print_summary(const char *name, const struct blocks_tally *t,
                          const struct trace_written *written)
{
    rep_say(stderr, "rep: %s: %llu events, %zu requests kept, ", name,
            (unsigned long long)t->events, written->requests);
    print_dropped(t, written->left_out);
    if (t->adopted)
        fprintf(stderr, "%llu reallocs of older blocks kept as malloc, ",
                (unsigned long long)t->adopted);
    if (t->unseen)
        fprintf(stderr, "%llu frees added that nobody saw, ",
                (unsigned long long)t->unseen);
    fprintf(stderr, "%zu ids, peak payload %llu bytes", written->ids,
            (unsigned long long)written->peak_payload);
}
