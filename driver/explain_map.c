/*
 * explain_map.c - the surroundings of an address on one line
 *
 *   map: start|[16]|id 0 ####|[16]|id 1 ########|...
 *
 * Live payloads and what lies between them, in the order of their addresses.
 * What lies between is the allocator's, and more than how much it is nobody
 * knows: it is shown by its bytes, as [16].
 */
#include <inttypes.h>
#include <string.h>

#include "driver/explain_parts.h"

#define COLUMNS   80
#define LEFT      7 /* "  map: " */
#define AROUND    2 /* payloads on either side of the mark */
#define PARTS_MAX 16
#define LABEL_MAX 32

struct part {
    struct explain_range at;
    char label[LABEL_MAX];
    bool payload;
    size_t column, width;
};

struct map {
    const struct explain_scene *s;
    struct part parts[PARTS_MAX];
    size_t count;
    bool from_start, to_end; /* of the heap */
    size_t unit;             /* bytes that a # stands for */
};

static void add_part(struct map *m, uintptr_t lo, uintptr_t hi,
                     const char *label)
{
    if (m->count == PARTS_MAX)
        return;
    struct part *p = &m->parts[m->count++];
    *p = (struct part){.at = {lo, hi}, .payload = label != NULL};
    if (label)
        snprintf(p->label, sizeof p->label, "%s ", label);
    else
        snprintf(p->label, sizeof p->label, "[%" PRIuPTR "]", hi - lo);
}

static void add_gap(struct map *m, uintptr_t lo, uintptr_t hi)
{
    if (lo < hi)
        add_part(m, lo, hi, NULL);
}

static void add_payload(struct map *m, uint32_t answer)
{
    struct explain_range at = explain_payload(m->s, answer);
    uint64_t id = 0;
    char label[LABEL_MAX - 2];
    (void)trace_id(m->s->r->trace, shadow_block(m->s->shadow, answer)->op, &id);
    snprintf(label, sizeof label, "id %" PRIu64, id);
    add_part(m, at.lo, at.hi, label);
}

/* The payload that lies AROUND below the mark, or the lowest there is. */
static uint32_t first_shown(const struct map *m, struct explain_range mark)
{
    const struct shadow *s = m->s->shadow;
    uint32_t first = 0, a = shadow_prev(s, mark.lo);
    unsigned more = AROUND;
    if (a && explain_payload(m->s, a).hi > mark.lo)
        more++;
    for (; a && more > 0; more--) {
        first = a;
        uintptr_t at = explain_address(m->s, a);
        a = at ? shadow_prev(s, at - 1) : 0;
    }
    return first ? first : shadow_next(s, mark.lo);
}

/* The payloads from the first one on, and what lies before each. */
static void collect(struct map *m, struct explain_range mark)
{
    const struct shadow *s = m->s->shadow;
    uint32_t a = first_shown(m, mark);
    uintptr_t heap_end = m->s->heap.lo + m->s->heap.size, at = m->s->heap.lo;
    unsigned above = 0;
    if (!a)
        return;
    m->from_start = shadow_next(s, 0) == a;
    if (!m->from_start)
        at = explain_address(m->s, a);
    for (; a && above < AROUND && m->count + 3 < PARTS_MAX;
         a = shadow_next(s, explain_address(m->s, a) + 1)) {
        struct explain_range payload = explain_payload(m->s, a);
        add_gap(m, at, payload.lo);
        add_payload(m, a);
        above += payload.lo >= mark.hi;
        at = payload.hi;
    }
    m->to_end = a == 0;
    add_gap(m, at, m->to_end ? heap_end : explain_address(m->s, a));
}

/* ---- Drawing ----------------------------------------------------------- */

static size_t hashes(const struct map *m, const struct part *p)
{
    size_t bytes = p->at.hi - p->at.lo;
    return p->payload ? bytes / m->unit + (bytes % m->unit != 0) : 0;
}

static const char *head(const struct map *m)
{
    return m->from_start ? "start|" : "...|";
}

static const char *foot(const struct map *m)
{
    return m->to_end ? "end" : "...";
}

/* Give each part its columns; the columns of all. */
static size_t lay_out(struct map *m)
{
    size_t at = LEFT + strlen(head(m));
    for (size_t i = 0; i < m->count; i++) {
        struct part *p = &m->parts[i];
        p->column = at;
        p->width = strlen(p->label) + hashes(m, p);
        at += p->width + 1;
    }
    return at + strlen(foot(m));
}

/* Leave out what is furthest from the mark. */
static void drop_one(struct map *m, struct explain_range mark)
{
    const struct part *last = &m->parts[m->count - 1];
    uintptr_t below = mark.lo - m->parts[0].at.hi;
    uintptr_t above = last->at.lo - mark.hi;
    bool may_below = m->parts[0].at.hi <= mark.lo;
    if (last->at.lo < mark.hi)
        above = 0;
    if (may_below && below >= above) {
        memmove(m->parts, m->parts + 1, (m->count - 1) * sizeof *m->parts);
        m->from_start = false;
    } else
        m->to_end = false;
    m->count--;
}

/* A # for each payload is the least; then as many more as there is room. */
static void fit(struct map *m, struct explain_range mark)
{
    m->unit = SIZE_MAX / 2;
    while (lay_out(m) > COLUMNS && m->count > 1)
        drop_one(m, mark);
    m->unit = 8;
    while (lay_out(m) > COLUMNS && m->unit < SIZE_MAX / 2)
        m->unit *= 2;
}

static void draw(FILE *out, const struct map *m)
{
    fprintf(out, "\n  map: %s", head(m));
    for (size_t i = 0; i < m->count; i++) {
        fputs(m->parts[i].label, out);
        for (size_t n = hashes(m, &m->parts[i]); n > 0; n--)
            putc('#', out);
        putc('|', out);
    }
    fputs(foot(m), out);
}

/* The column of an address; that behind the last part for what lies beyond. */
static size_t column_of(const struct map *m, uintptr_t addr)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct part *p = &m->parts[i];
        size_t skip = p->payload ? strlen(p->label) : 0;
        uintptr_t bytes = p->at.hi - p->at.lo;
        if (addr < p->at.lo)
            return p->column;
        if (addr < p->at.hi)
            return p->column + skip +
                   (size_t)((double)(addr - p->at.lo) / (double)bytes *
                            (double)(p->width - skip));
    }
    const struct part *last = &m->parts[m->count - 1];
    return last->column + last->width + 1;
}

/* The scale stands where there is room for it. */
static void draw_mark(FILE *out, const struct map *m, struct explain_range mark,
                      const char *what)
{
    size_t from = column_of(m, mark.lo), to = column_of(m, mark.hi - 1) + 1;
    char scale[64];
    size_t length = (size_t)snprintf(
        scale, sizeof scale, "(# is %zu bytes, [n] n in no payload)", m->unit);
    bool right = to + 1 + strlen(what) + 1 + length <= COLUMNS;
    bool left = !right && from > 2 + length;
    fprintf(out, "\n  %-*s", (int)from - 2, left ? scale : "");
    for (size_t i = from; i < to; i++)
        putc('^', out);
    fprintf(out, " %s%s%s", what, right ? " " : "", right ? scale : "");
}

void explain_print_map(FILE *out, const struct explain_scene *s,
                       struct explain_range mark, const char *what)
{
    struct map m = {.s = s};
    if (mark.hi <= mark.lo)
        mark.hi = mark.lo + 1;
    if (!s->heap.limit || mark.hi < mark.lo)
        return;
    collect(&m, mark);
    if (m.count == 0)
        return;
    fit(&m, mark);
    draw(out, &m);
    draw_mark(out, &m, mark, what);
}
