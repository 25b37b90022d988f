/*
 * grade_checker.c - how good an allocator's own mm_checkheap is
 *
 * Damages are counted by what became of them.  The grade is the part noticed of
 * those that matter: noticed, missed with harm, or not survived by the checker.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "driver/examine.h"
#include "driver/grade_checker_parts.h"

/* Bytes of static data; more are a heap of its own. */
#define STATIC_MAX ((uint64_t)4 << 20)

static bool out_of_memory(struct examine *e)
{
    e->error = strdup("mdriver: out of memory");
    return false;
}

/* ---- One allocator ------------------------------------------------------- */

static bool cannot_ask(struct damage_row *row, const char *why)
{
    row->wrong = strdup(why);
    return row->wrong != NULL;
}

/* Look into its object.  *asks: it has a checker that can be asked. */
static bool read_object(struct examine *e, struct damage_row *row,
                        struct damage_statics *statics, bool *asks)
{
    const struct allocator *a = row->allocator;
    *asks = false;
    if (!allocator_on_simulated_heap(a))
        return cannot_ask(row, "not asked: its memory is not mem_sbrk's");
    struct elf_object *object = elf_open(a->object, &e->error);
    if (!object)
        return false;
    bool has_checker = elf_defines(object, "mm_checkheap");
    statics->count = elf_static_ranges(object, statics->ranges, RANGES_MAX);
    elf_close(object);
    uint64_t bytes = 0;
    for (size_t i = 0; i < statics->count; i++)
        if ((bytes += statics->ranges[i].bytes) > STATIC_MAX)
            statics->count = i;
    if (!has_checker)
        return cannot_ask(row, "not asked: it has no mm_checkheap");
    if (!a->checker_answers)
        return cannot_ask(row, "not asked: its mm_checkheap returns no bool");
    *asks = true;
    return true;
}

static bool examine_one(struct examine *e, struct damage_row *row,
                        const struct damage_trace *traces, size_t count)
{
    struct damage_statics statics = {0};
    bool asks;
    if (!read_object(e, row, &statics, &asks))
        return e->error ? false : out_of_memory(e);
    for (size_t i = 0; asks && i < count; i++)
        for (size_t k = 0; k < 1u + traces[i].twice && !row->wrong; k++)
            if (!damage_run(e, row, &traces[i], traces[i].moments[k], &statics))
                return false;
    e->failed |= row->failed || row->alarms;
    return true;
}

/* ---- All of them --------------------------------------------------------- */

static bool read_traces(struct examine *e, struct damage_trace *traces,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (e->trace_count
                ? !damage_trace_from(&traces[i], e->traces[i], &e->error)
                : !damage_trace_own(&traces[i], i, &e->error))
            return e->error ? false : out_of_memory(e);
    return true;
}

static void release(struct damage_row *row)
{
    for (size_t i = 0; i < row->case_count; i++)
        free(row->cases[i].text);
    free(row->cases);
    free(row->wrong);
}

bool examine_grade_checker(struct examine *e)
{
    size_t count = e->trace_count ? e->trace_count : DAMAGE_OWN_TRACES;
    struct damage_trace *traces = calloc(count, sizeof *traces);
    struct damage_row *rows = calloc(e->count, sizeof *rows);
    bool good = (traces && rows) || out_of_memory(e);
    good = good && read_traces(e, traces, count);
    for (size_t k = 0; good && k < e->count; k++) {
        rows[k].allocator = e->allocators[k];
        good = examine_one(e, &rows[k], traces, count);
    }
    if (good)
        damage_report(e, rows);
    for (size_t k = 0; rows && k < e->count; k++)
        release(&rows[k]);
    for (size_t i = 0; traces && i < count; i++)
        trace_free(&traces[i].trace);
    free(rows);
    free(traces);
    return good;
}
