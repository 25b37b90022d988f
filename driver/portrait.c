/*
 * portrait.c - the data that pictures show of one allocator on one trace
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "driver/heapmap_text.h"
#include "driver/names.h"
#include "driver/outfile.h"
#include "driver/portrait_parts.h"

static const struct painter *const painters[DATA_KINDS] = {
    [DATA_CURVE] = &portrait_curve,
    [DATA_FRAGMENTATION] = &portrait_fragmentation,
    [DATA_HEAPMAP] = &portrait_heapmap,
};

struct portrait {
    const struct run_options *o;
    const struct trace *trace;
    const struct allocator *allocator;
    void *paintings[DATA_KINDS]; /* NULL: not asked for */
    struct heapmap *map;         /* in characters; likewise */
};

static bool is_asked(const struct portrait *p, size_t kind)
{
    return painters[kind] && (p->o->data >> kind & 1) &&
           (!painters[kind]->simulated ||
            allocator_on_simulated_heap(p->allocator));
}

static void forget(struct portrait *p)
{
    for (size_t i = 0; i < DATA_KINDS; i++)
        if (p->paintings[i])
            painters[i]->end(p->paintings[i]);
    heapmap_destroy(p->map);
    free(p);
}

static struct heapmap_text_style map_style(const struct run_options *o)
{
    return (struct heapmap_text_style){o->map_columns, o->map_utf8,
                                       o->map_color};
}

/* False without memory. */
static bool begin(struct portrait *p, const struct replay *left)
{
    struct portrait_scene scene = {left, left->allocator->static_bytes};
    for (size_t i = 0; i < DATA_KINDS; i++)
        if (is_asked(p, i) && !(p->paintings[i] = painters[i]->begin(&scene)))
            return false;
    if (!p->o->map_columns || !allocator_on_simulated_heap(p->allocator))
        return true;
    p->map = heapmap_text_map(left, map_style(p->o));
    return p->map;
}

bool portrait_open(struct portrait **to, const struct run_options *o,
                   const struct replay *left, char **error)
{
    *to = NULL;
    *error = NULL;
    if (!o->data && !o->map_columns)
        return true;
    struct portrait *p = calloc(1, sizeof *p);
    if (!p)
        return false;
    *p = (struct portrait){
        .o = o, .trace = left->trace, .allocator = left->allocator};
    if (!begin(p, left)) {
        forget(p);
        return false;
    }
    *to = p;
    return true;
}

void portrait_add(void *context, const struct replay_moment *m)
{
    struct portrait *p = context;
    for (size_t i = 0; i < DATA_KINDS; i++)
        if (p->paintings[i])
            painters[i]->add(p->paintings[i], m);
    if (p->map)
        heapmap_add(p->map, m);
}

/* ---- Files --------------------------------------------------------------- */

char *portrait_save(const char *dir, const char *kind, const char *trace,
                    const char *allocator, portrait_writer *write,
                    void *context, char **error)
{
    const char *const parts[] = {kind, trace, allocator, NULL};
    char *file = names_new_file(dir, parts, ".dat"), *path = NULL;
    bool good = false;
    *error = NULL;
    if (!file || asprintf(&path, "%s/%s", dir, file) < 0)
        path = NULL;
    else if (outfile_directory(dir, error)) {
        struct outfile *f = outfile_open(path, error);
        if (f)
            write(context, outfile_stream(f));
        good = f && outfile_close(f, error);
    }
    free(path);
    if (good)
        return file;
    free(file);
    return NULL;
}

static bool save(struct portrait *p, struct result *result, char **error)
{
    for (size_t i = 0; i < DATA_KINDS; i++) {
        if (!p->paintings[i])
            continue;
        result->data[i] = portrait_save(
            p->o->plot_dir, painters[i]->name, p->trace->name,
            p->allocator->name, painters[i]->write, p->paintings[i], error);
        if (!result->data[i])
            return false;
    }
    return true;
}

/* Of what has no map, why. */
static bool draw_map(struct portrait *p, struct result *result)
{
    if (!p->o->map_columns)
        return true;
    if (p->map) {
        heapmap_finish(p->map);
        result->map = heapmap_text(p->map, map_style(p->o));
    } else
        result->map = strdup("none: its memory is not the simulated heap\n");
    return result->map;
}

bool portrait_close(struct portrait *p, struct result *result, char **error)
{
    bool good = true;
    if (p && result)
        good = save(p, result, error) && draw_map(p, result);
    if (p)
        forget(p);
    return good;
}
