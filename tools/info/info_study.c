/*
 * info_study.c - rep info: one pass over a trace
 *
 * The lives of the answers (see trace.h) tell at each request which block it
 * takes and which it makes; everything else is counted as they come and go.
 * Time is linear; memory is 24 bytes an answer beside the trace.
 */
#include "tools/info/info.h"

#include <math.h>
#include <stdlib.h>

struct study {
    struct info *info;
    const struct trace *t;
    struct trace_life *lives; /* born: of the block, not of the answer */
    uint32_t *reallocs;       /* of an answer's block before it */
    uint32_t *young;          /* stack: answers by birth, the dead too */
    size_t young_count;
    uint32_t oldest; /* no answer before it is live */
    uint32_t made;   /* answers so far */
    uint64_t blocks; /* live */
    size_t stride;   /* requests in a span */
};

/* ---- What is live ------------------------------------------------------ */

static uint64_t round_up(uint64_t size, uint64_t to)
{
    return (size + to - 1) & -to;
}

static uint64_t layout_bytes(enum info_layout layout, uint64_t payload)
{
    switch (layout) {
    case INFO_ROUND_8:
        return round_up(payload, 8);
    case INFO_ROUND_16:
        return round_up(payload, 16);
    case INFO_HEADER_8:
        if (payload == 0) /* may be NULL */
            return 0;
        return payload <= 24 ? 32 : round_up(payload + 8, 16);
    default:
        return payload;
    }
}

static void gain(struct study *s, uint64_t payload)
{
    for (enum info_layout l = 0; l < INFO_LAYOUTS; l++) {
        uint64_t bytes = layout_bytes(l, payload);
        s->info->layouts[l].all += bytes;
        s->info->layouts[l].live += bytes;
    }
    s->blocks++;
}

static void lose(struct study *s, uint64_t payload)
{
    for (enum info_layout l = 0; l < INFO_LAYOUTS; l++)
        s->info->layouts[l].live -= layout_bytes(l, payload);
    s->blocks--;
}

static void note_peaks(struct info *info, const struct info_moment *now)
{
    bool more = now->bytes > info->most_bytes.bytes;
    if (more)
        info->most_bytes = *now;
    if (now->blocks > info->most_blocks.blocks)
        info->most_blocks = *now;
    for (enum info_layout l = 0; l < INFO_LAYOUTS; l++) {
        struct info_bytes *b = &info->layouts[l];
        if (more)
            b->at_peak = b->live;
        if (b->live > b->peak)
            b->peak = b->live;
    }
}

static void note_span(struct study *s, const struct info_moment *now)
{
    size_t i = (now->request - 1) / s->stride;
    struct info_span *span = &s->info->spans[i];
    if (i == s->info->span_count) {
        s->info->span_count++;
        *span = (struct info_span){*now, *now};
    }
    if (now->bytes < span->low.bytes)
        span->low = *now;
    if (now->bytes > span->high.bytes)
        span->high = *now;
}

static void note_moment(struct study *s, uint32_t i)
{
    struct info *info = s->info;
    struct info_moment now = {i + 1ul, s->blocks,
                              info->layouts[INFO_PAYLOAD].live};
    note_peaks(info, &now);
    note_span(s, &now);
    info->live_bytes += now.bytes;
    info->live_blocks += now.blocks;
    info->end = now;
}

/* ---- Requests ---------------------------------------------------------- */

static void end_block(struct study *s, uint32_t i, uint32_t taken)
{
    uint32_t lifetime = i - s->lives[taken].born;
    s->info->lifetimes[31 - __builtin_clz(lifetime)]++;
    s->info->freed++;
}

/* Those below the youngest live answer stay on the stack when they die, until
 * they come to its top. */
static void note_free(struct study *s, uint32_t i, uint32_t taken)
{
    if (!taken) {
        s->info->free_null++;
        return;
    }
    while (s->lives[s->young[s->young_count - 1]].died < i)
        s->young_count--;
    while (s->lives[s->oldest].died < i)
        s->oldest++;
    s->info->youngest += s->young[s->young_count - 1] == taken;
    s->info->oldest += s->oldest == taken;
    end_block(s, i, taken);
}

static void note_growth(struct info_reallocs *r, uint64_t from, uint64_t to)
{
    r->growth[info_growth_class(from, to)]++;
    if (from)
        r->growth_log2 += log2((double)to / (double)from);
    else
        r->from_0++;
    r->copied += from;
}

/* A block goes on as another answer, which takes over its past. */
static void note_resize(struct study *s, uint32_t taken, uint32_t made)
{
    struct info_reallocs *r = &s->info->reallocs;
    uint64_t from = s->lives[taken].size, to = s->lives[made].size;
    r->grow += to > from;
    r->same += to == from;
    r->shrink += to < from;
    if (to > from)
        note_growth(r, from, to);
    s->lives[made].born = s->lives[taken].born;
    s->reallocs[made] = s->reallocs[taken] + 1;
    r->blocks += s->reallocs[made] == 1;
    if (s->reallocs[made] > r->most)
        r->most = s->reallocs[made];
}

static void note_realloc(struct study *s, uint32_t i, uint32_t taken,
                         uint32_t made)
{
    struct info_reallocs *r = &s->info->reallocs;
    if (trace_payload(s->t, &s->t->ops[i]) > TRACE_SIZE_MAX) {
        r->unmet++;
    } else if (!taken) {
        r->null++;
    } else if (!made) {
        r->to_0++;
        end_block(s, i, taken);
    } else {
        note_resize(s, taken, made);
    }
}

/* taken_by - the live answer that a request takes, or 0. */
static uint32_t taken_by(const struct study *s, uint32_t i)
{
    const struct trace_op *op = &s->t->ops[i];
    bool takes = op->kind == TRACE_FREE || op->kind == TRACE_REALLOC;
    return takes && op->ref && s->lives[op->ref].died == i ? op->ref : 0;
}

/* made_by - the answer that a request makes, or 0 for NULL. */
static uint32_t made_by(struct study *s, uint32_t i)
{
    if (!trace_makes_answer(&s->t->ops[i]))
        return 0;
    uint32_t made = ++s->made;
    return s->lives[made].died == i ? 0 : made;
}

static void study_request(struct study *s, uint32_t i)
{
    const struct trace_op *op = &s->t->ops[i];
    uint32_t taken = taken_by(s, i), made = made_by(s, i);
    s->info->kinds[op->kind]++;
    s->info->unmet += trace_payload(s->t, op) > TRACE_SIZE_MAX;
    if (op->kind == TRACE_FREE)
        note_free(s, i, taken);
    else if (op->kind == TRACE_REALLOC)
        note_realloc(s, i, taken, made);
    if (taken)
        lose(s, s->lives[taken].size);
    if (made) {
        gain(s, s->lives[made].size);
        s->young[s->young_count++] = made;
        s->info->blocks += !taken;
    }
    note_moment(s, i);
}

/* ---- The whole --------------------------------------------------------- */

static bool prepare(struct study *s)
{
    size_t answers = s->t->answer_count + 1ul;
    s->stride = (s->t->op_count + INFO_SPANS - 1) / INFO_SPANS;
    s->oldest = 1;
    s->lives = trace_lives(s->t);
    s->young = calloc(answers, sizeof *s->young);
    s->reallocs = calloc(answers, sizeof *s->reallocs);
    s->info->spans = calloc(INFO_SPANS, sizeof *s->info->spans);
    return s->lives && s->young && s->reallocs && s->info->spans;
}

static void take_names(struct info *info, struct trace *t)
{
    info->path = t->path;
    info->name = t->name;
    info->warnings = t->warnings;
    info->warning_count = t->warning_count;
    t->path = t->name = NULL;
    t->warnings = NULL;
    t->warning_count = 0;
    info->weight = t->weight;
    info->requests = t->op_count;
    info->ids = t->id_count;
}

bool info_study(struct info *info, struct trace *t)
{
    struct study s = {.info = info, .t = t};
    *info = (struct info){0};
    bool good = prepare(&s);
    for (uint32_t i = 0; good && i < t->op_count; i++)
        study_request(&s, i);
    free(s.young);
    free(s.reallocs);
    good = good && info_count_sizes(info, s.lives, t->answer_count);
    free(s.lives);
    if (!good) {
        info_free(info);
        return false;
    }
    info_classify(info);
    take_names(info, t);
    return true;
}

void info_free(struct info *info)
{
    free(info->path);
    free(info->name);
    for (size_t i = 0; i < info->warning_count; i++)
        free(info->warnings[i]);
    free(info->warnings);
    free(info->sizes);
    free(info->top);
    free(info->spans);
    *info = (struct info){0};
}
