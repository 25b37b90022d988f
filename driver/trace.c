/*
 * trace.c - the model of a trace: what can be asked of it once it is read
 *
 * Everything here works from the arrays of struct trace alone.  What only
 * messages need (the line, the maker, the id of a request) is searched for
 * when asked, so that a request costs 16 bytes and no more.
 */
#define _GNU_SOURCE
#include "driver/trace.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver/trace_filter.h"
#include "driver/trace_model.h"

static_assert(sizeof(struct trace_op) == 16, "a request takes 16 bytes");
static_assert(sizeof(struct trace_wide_id) == 16, "a wide id takes 16 bytes");

/* ---- Shared by the files of the room ----------------------------------- */

bool trace_fail(char **error, const char *format, ...)
{
    va_list args;
    if (*error)
        return false;
    va_start(args, format);
    if (vasprintf(error, format, args) < 0)
        *error = NULL;
    va_end(args);
    return false;
}

uint64_t trace_live_peak(const struct trace_live *l)
{
    return l->peak_bytes > UINT64_MAX ? UINT64_MAX : (uint64_t)l->peak_bytes;
}

/* Doubling costs address space alone: a page not yet written is not there, and
 * large arrays move by mremap. */
bool trace_array_grow(void *array, size_t *capacity, size_t count, size_t size)
{
    void **p = array;
    if (count < *capacity)
        return true;
    size_t wanted = *capacity ? *capacity * 2 : 64;
    void *grown = reallocarray(*p, wanted, size);
    if (!grown)
        return false;
    *p = grown;
    *capacity = wanted;
    return true;
}

void trace_array_fit(void *array, size_t count, size_t size)
{
    void **p = array;
    void *fitted = count ? realloc(*p, count * size) : NULL;
    if (fitted)
        *p = fitted;
}

bool trace_write_all(int fd, const char *from, size_t size)
{
    while (size) {
        ssize_t n = write(fd, from, size);
        if (n < 0 && errno != EINTR)
            return false;
        from += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* ---- Accessors --------------------------------------------------------- */

const char *trace_op_name(enum trace_kind kind)
{
    static const char *const names[TRACE_KINDS] = {"malloc", "free", "realloc",
                                                   "calloc", "memalign"};
    return names[kind];
}

uint64_t trace_payload(const struct trace *t, const struct trace_op *op)
{
    uint64_t bytes;
    if (op->kind == TRACE_FREE)
        return 0;
    if (op->kind != TRACE_CALLOC)
        return op->size;
    if (__builtin_mul_overflow(t->extras[op->extra], op->size, &bytes))
        return UINT64_MAX;
    return bytes;
}

size_t trace_line(const struct trace *t, size_t i)
{
    size_t low = 0, high = t->jump_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (t->jumps[middle].op <= i)
            low = middle;
        else
            high = middle;
    }
    return i + t->jumps[low].offset;
}

static int compare_wide(const void *key, const void *element)
{
    const size_t *op = key;
    const struct trace_wide_id *w = element;
    return (*op > w->op) - (*op < w->op);
}

static bool wide_id(const struct trace *t, size_t i, uint64_t *id)
{
    const struct trace_wide_id *w =
        t->wide_id_count ? bsearch(&i, t->wide_ids, t->wide_id_count,
                                   sizeof(*w), compare_wide)
                         : NULL;
    if (w)
        *id = w->id;
    return w;
}

/* The id of an op that names one by itself, not by the answer it takes. */
static bool own_id(const struct trace *t, size_t i, uint64_t *id)
{
    const struct trace_op *op = &t->ops[i];
    if (wide_id(t, i, id))
        return true;
    *id = op->ref;
    return op->kind != TRACE_FREE && op->kind != TRACE_REALLOC;
}

static bool takes_answer(const struct trace_op *op)
{
    return (op->kind == TRACE_FREE || op->kind == TRACE_REALLOC) && op->ref;
}

/* Back from answer to answer, in one sweep, to the allocation that named the
 * id. */
bool trace_id(const struct trace *t, size_t i, uint64_t *id)
{
    uint32_t made = 0;
    if (!takes_answer(&t->ops[i]))
        return own_id(t, i, id);
    for (size_t j = 0; j < i; j++)
        made += trace_makes_answer(&t->ops[j]);
    uint32_t wanted = t->ops[i].ref;
    while (i-- > 0) {
        const struct trace_op *op = &t->ops[i];
        if (!trace_makes_answer(op) || made-- != wanted)
            continue;
        if (!takes_answer(op))
            return own_id(t, i, id);
        wanted = op->ref;
    }
    return false;
}

static bool is_null(const struct trace_op *op, uint64_t payload)
{
    bool frees = op->kind == TRACE_REALLOC && op->ref && op->size == 0;
    return frees || payload > TRACE_SIZE_MAX;
}

struct trace_life *trace_lives(const struct trace *t)
{
    struct trace_life *lives = calloc(t->answer_count + 1ul, sizeof(*lives));
    uint32_t made = 0, end = (uint32_t)t->op_count;
    for (uint32_t i = 0; lives && i < end; i++) {
        const struct trace_op *op = &t->ops[i];
        uint64_t payload = trace_payload(t, op);
        if (takes_answer(op) && payload <= TRACE_SIZE_MAX &&
            lives[op->ref].died == end)
            lives[op->ref].died = i;
        if (!trace_makes_answer(op))
            continue;
        bool null = is_null(op, payload);
        lives[++made] =
            (struct trace_life){null ? 0 : payload, i, null ? i : end};
    }
    return lives;
}

void trace_free(struct trace *t)
{
    free(t->path);
    free(t->name);
    free(t->ops);
    free(t->extras);
    for (size_t i = 0; i < t->warning_count; i++)
        free(t->warnings[i]);
    free(t->warnings);
    free(t->jumps);
    free(t->wide_ids);
    *t = (struct trace){0};
}

/* ---- The traces of a directory ----------------------------------------- */

static int is_trace(const struct dirent *entry)
{
    const char *name = entry->d_name;
    size_t stem = trace_filter_stem(name);
    return name[0] != '.' && stem > 4 &&
           memcmp(name + stem - 4, ".rep", 4) == 0;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Takes the entries apart: each is freed. */
static char **paths_of(const char *dir, struct dirent **entries, size_t n)
{
    char **paths = calloc(n + 1, sizeof(*paths));
    size_t length = strlen(dir);
    const char *slash = length && dir[length - 1] == '/' ? "" : "/";
    bool good = paths != NULL;
    for (size_t i = 0; i < n; i++) {
        if (good &&
            asprintf(&paths[i], "%s%s%s", dir, slash, entries[i]->d_name) < 0) {
            paths[i] = NULL;
            good = false;
        }
        free(entries[i]);
    }
    if (good)
        return paths;
    for (size_t i = 0; paths && paths[i]; i++)
        free(paths[i]);
    free(paths);
    return NULL;
}

char **trace_list(const char *dir, char **error)
{
    struct dirent **entries;
    *error = NULL;
    int n = scandir(dir, &entries, is_trace, compare_names);
    if (n < 0) {
        trace_fail(error, "%s: expected a directory of traces: %s", dir,
                   strerror(errno));
        return NULL;
    }
    char **paths = n ? paths_of(dir, entries, (size_t)n) : NULL;
    free(entries);
    if (!n)
        trace_fail(error, "%s: expected traces (*.rep), found none", dir);
    else if (!paths)
        trace_fail(error, "%s: %s", dir, strerror(ENOMEM));
    return paths;
}
