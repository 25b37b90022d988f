/*
 * trace_model_test.c - the reader against a naive model, and with many ids
 */
#define _GNU_SOURCE
#include "tests/unit/trace_help.h"

/* ---- Against a naive model --------------------------------------------- */

enum { MODEL_IDS = 300 };

/* One array by id, sums made anew at every step. */
struct model {
    uint32_t answer[MODEL_IDS];
    uint64_t bytes[MODEL_IDS], leaked, peak;
    size_t live_leaked, peak_live, dead_frees;
    uint32_t answers;
    bool known[MODEL_IDS];
};

/* What the op that is to come of one request looks like. */
struct expected_op {
    size_t line;
    enum trace_kind kind;
    uint32_t ref;
    uint64_t id, size, extra;
};

static uint64_t random_number(void)
{
    static uint64_t x = 88172645463325252ULL;
    x ^= x << 13;
    x ^= x >> 7;
    return x ^= x << 17;
}

/* Small ids, ids beyond the array of the reader, ids beyond 32 bits. */
static uint64_t id_of(unsigned i)
{
    static const uint64_t scale[] = {1, 9999991, 1ULL << 33};
    return i * scale[i % 3];
}

static void model_sum(struct model *m)
{
    uint64_t bytes = m->leaked;
    size_t live = m->live_leaked;
    for (int i = 0; i < MODEL_IDS; i++) {
        bytes += m->answer[i] ? m->bytes[i] : 0;
        live += m->answer[i] != 0;
    }
    m->peak = bytes > m->peak ? bytes : m->peak;
    m->peak_live = live > m->peak_live ? live : m->peak_live;
}

static void model_step(struct model *m, unsigned i, struct expected_op *e)
{
    bool takes = e->kind == TRACE_FREE || e->kind == TRACE_REALLOC;
    uint64_t payload = e->kind == TRACE_CALLOC ? e->size * e->extra : e->size;
    e->ref = takes ? m->answer[i] : (uint32_t)e->id;
    if (!takes && m->answer[i]) {
        m->leaked += m->bytes[i];
        m->live_leaked++;
    }
    m->answers += e->kind != TRACE_FREE;
    m->live_leaked += e->kind == TRACE_REALLOC && !e->size && !m->answer[i];
    m->known[i] |= e->kind != TRACE_FREE;
    m->answer[i] =
        e->kind == TRACE_FREE || (takes && !e->size) ? 0 : m->answers;
    m->bytes[i] = payload;
    model_sum(m);
}

static void random_request(FILE *out, struct model *m, struct expected_op *e)
{
    static const char letters[] = "afrcm";
    unsigned i = (unsigned)(random_number() % MODEL_IDS);
    unsigned blank_lines = random_number() % 16 ? 0 : 1;
    e->kind = random_number() % TRACE_KINDS;
    e->id = id_of(i);
    e->size = random_number() % 5 ? random_number() % 1000 : 0;
    e->extra = e->kind == TRACE_MEMALIGN ? 1ULL << random_number() % 12
                                         : random_number() % 500;
    e->line += blank_lines;
    if (e->kind == TRACE_FREE)
        e->size = 0;
    model_step(m, i, e);
    fprintf(out, "%s%c %llu", blank_lines ? "\n" : "", letters[e->kind],
            (unsigned long long)e->id);
    if (e->kind == TRACE_CALLOC || e->kind == TRACE_MEMALIGN)
        fprintf(out, " %llu", (unsigned long long)e->extra);
    if (e->kind != TRACE_FREE)
        fprintf(out, " %llu", (unsigned long long)e->size);
    fputc('\n', out);
}

static bool op_differs(const struct trace *t, size_t i,
                       const struct expected_op *e, bool with_id)
{
    const struct trace_op *op = &t->ops[i];
    uint64_t id = 0;
    bool has_extra = op->kind == TRACE_CALLOC || op->kind == TRACE_MEMALIGN;
    if (op->kind != e->kind || op->size != e->size || op->ref != e->ref)
        return true;
    if (has_extra && t->extras[op->extra] != e->extra)
        return true;
    if (trace_line(t, i) != e->line)
        return true;
    return with_id && (!trace_id(t, i, &id) || id != e->id);
}

static void compare(const struct trace *t, const struct model *m,
                    const struct expected_op *ops, size_t n)
{
    size_t ids = 0, i = 0;
    for (int k = 0; k < MODEL_IDS; k++)
        ids += m->known[k];
    check_int((long long)t->op_count, (long long)n, "model-ops");
    check_int((long long)t->id_count, (long long)ids, "model-ids");
    check_int((long long)t->peak_payload, (long long)m->peak, "model-peak");
    check_int((long long)t->peak_live, (long long)m->peak_live, "model-live");
    check_int(t->answer_count, m->answers, "model-answers");
    /* Ids are searched for linearly: every 97th will do. */
    while (i < t->op_count && !op_differs(t, i, &ops[i], i % 97 == 0))
        i++;
    check_int((long long)i, (long long)n, "model-first-different-op");
}

static void test_model(size_t n, const char *path)
{
    struct model m = {0};
    struct expected_op *ops = calloc(n, sizeof(*ops));
    FILE *out = fopen(path, "w");
    struct trace t;
    char *error;
    for (size_t i = 0; i < n; i++) {
        ops[i].line = i ? ops[i - 1].line + 1 : 1;
        random_request(out, &m, &ops[i]);
    }
    fclose(out);
    if (check(trace_read(&t, path, false, &error), path, "%s", error)) {
        compare(&t, &m, ops, n);
        trace_free(&t);
    }
    free(ops);
}

/* ---- Lives -------------------------------------------------------------- */

/* Of each answer SIZE@BORN-DIED; the requests are numbered from 0. */
static void check_lives(const char *requests, const char *expected,
                        const char *name)
{
    struct trace t;
    char *error, found[500] = "", *at = found;
    put_text("lives.rep", requests);
    if (!trace_read(&t, "lives.rep", false, &error)) {
        check(false, name, "%s", error);
        return;
    }
    struct trace_life *lives = trace_lives(&t);
    for (uint32_t a = 1; a <= t.answer_count; a++)
        at += sprintf(at, "%s%llu@%u-%u", a > 1 ? " " : "",
                      (unsigned long long)lives[a].size, lives[a].born,
                      lives[a].died);
    check_str(found, expected, name);
    free(lives);
    trace_free(&t);
}

static void test_lives(void)
{
    check_lives("a 0 8\na 1 9\nf 0\n", "8@0-2 9@1-3", "lives-malloc");
    check_lives("c 0 3 8\nm 1 64 9\nf -1\nf 1\n", "24@0-4 9@1-3",
                "lives-calloc-memalign");
    check_lives("a 0 8\nr 0 9\nr 0 10\nf 0\n", "8@0-1 9@1-2 10@2-3",
                "lives-realloc");
    check_lives("a 0 8\nr 0 0\na 0 9\n", "8@0-1 0@1-1 9@2-3",
                "lives-realloc-to-0");
    check_lives("r 0 8\nr 1 0\nf 0\n", "8@0-2 0@1-3", "lives-realloc-null");
    check_lives("a 0 8\na 0 9\nf 0\nf 0\n", "8@0-4 9@1-2", "lives-leak");
    check_lives("a 0 140737488355328\nf 0\n", "140737488355328@0-1",
                "lives-largest");
    check_lives("a 0 140737488355329\na 1 1\nf 0\n", "0@0-0 1@1-3",
                "lives-unmet");
    check_lives("c 0 4294967296 4294967296\nr 0 5\nf 0\n", "0@0-0 5@1-2",
                "lives-calloc-overflow");
    check_lives("a 0 8\nr 0 140737488355329\nf 0\n", "8@0-3 0@1-1",
                "lives-unmet-realloc");
}

/* The most that lives at once by lives is what the reader found. */
static void test_lives_peak(const char *path)
{
    struct trace t;
    char *error;
    if (!trace_read(&t, path, false, &error)) {
        check(false, path, "%s", error);
        return;
    }
    struct trace_life *lives = trace_lives(&t);
    int64_t *change = calloc(t.op_count + 1, sizeof(*change)), bytes = 0;
    uint64_t peak = 0;
    for (uint32_t a = 1; a <= t.answer_count; a++) {
        change[lives[a].born] += (int64_t)lives[a].size;
        change[lives[a].died] -= (int64_t)lives[a].size;
    }
    for (size_t i = 0; i < t.op_count; i++) {
        bytes += change[i];
        peak = (uint64_t)bytes > peak ? (uint64_t)bytes : peak;
    }
    check_int((long long)peak, (long long)t.peak_payload, "lives-peak");
    free(change);
    free(lives);
    trace_free(&t);
}

/* ---- Many ids ------------------------------------------------------------ */

/* More than a block of dense ids, then of scattered ones which the array of
 * the reader comes to cover. */
static void write_many(const char *path, uint64_t stride)
{
    struct trace_writer *w = open_writer(path, TRACE_MODERN, 1);
    for (uint64_t i = 0; i < 150000; i++) {
        trace_put(w, TRACE_MALLOC, i * stride, 0, i % 5000);
        if (i >= 1000)
            trace_put(w, TRACE_FREE, (i - 1000) * stride, 0, 0);
    }
    check_close(w, "written", "many-written");
}

static void test_many(uint64_t stride)
{
    struct trace t;
    char *error;
    size_t wrong = 0;
    write_many("many.rep", stride);
    if (!check(trace_read(&t, "many.rep", true, &error), "many", "%s", error))
        return;
    check_int((long long)t.op_count, 299000, "many-ops");
    check_int((long long)t.id_count, 150000, "many-ids");
    check_int((long long)t.peak_live, 1001, "many-live");
    check_int((long long)t.warning_count, 0, "many-warnings");
    for (size_t i = 1001, answer = 1; i < t.op_count; i += 2, answer++)
        wrong += t.ops[i].kind != TRACE_FREE || t.ops[i].ref != answer;
    check_int((long long)wrong, 0, "many-wrong-frees");
    trace_free(&t);
}

/* Ids from high to low: the array of the reader comes to cover those which it
 * had to hash at first. */
static void test_descending(void)
{
    enum { COUNT = 200000, HIGH = 400000 };
    struct trace_writer *w = open_writer("down.rep", TRACE_MODERN, 1);
    struct trace t;
    char *error;
    size_t wrong = 0;
    for (uint64_t i = 0; i < COUNT; i++)
        trace_put(w, TRACE_MALLOC, HIGH - i, 0, 8);
    for (uint64_t i = 0; i < COUNT; i++)
        trace_put(w, TRACE_FREE, HIGH - i, 0, 0);
    check_close(w, "written", "descending-written");
    if (!check(trace_read(&t, "down.rep", true, &error), "descending", "%s",
               error))
        return;
    for (size_t i = 0; i < COUNT; i++)
        wrong += t.ops[COUNT + i].ref != i + 1;
    check_int((long long)wrong, 0, "descending-wrong-frees");
    check_int((long long)t.id_count, COUNT, "descending-ids");
    check_int((long long)t.warning_count, 0, "descending-warnings");
    trace_free(&t);
}

int main(void)
{
    enter_dir();
    test_model(200, "model-short.rep");
    test_model(20000, "model.rep");
    test_lives();
    test_lives_peak("model.rep");
    test_many(1);
    test_many(3);
    test_descending();
    test_many(1ULL << 40);
    return leave_dir();
}
