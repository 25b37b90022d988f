/*
 * trace_edit_test.c - traces made from others, and traces written as a whole
 */
#define _GNU_SOURCE
#include "tests/unit/trace_help.h"

#include "driver/trace_edit.h"
#include "driver/trace_remarks.h"

#define HUGE_SIZE   "140737488355329"
#define HUGE_NUMBER 140737488355329ULL

/* check - the error of what was called before is why. */
static bool check_good(bool good, const char *error, const char *name)
{
    return check(good, name, "%s", error ? error : "no error is set");
}

/* ---- Small ones --------------------------------------------------------- */

/* A trace whose requests stand on lines 5 and on, and the header's four are
 * made up. */
static void read_requests(struct trace *t, const char *requests)
{
    char text[2000], *error;
    snprintf(text, sizeof(text), "2\n0\n0\n0\n%s", requests);
    put_text("x.rep", text);
    if (!trace_read(t, "x.rep", false, &error)) {
        fprintf(stderr, "%s\n", error);
        exit(2);
    }
}

/* keep: a 0 or 1 for each request, NULL for all of them. */
static bool select_from(struct trace *to, const char *requests,
                        const char *keep, const uint64_t *sizes, char **error)
{
    struct trace from;
    uint8_t kept[100];
    for (size_t i = 0; keep && keep[i]; i++)
        kept[i] = keep[i] == '1';
    read_requests(&from, requests);
    struct trace_selection selection = {keep ? kept : NULL, sizes};
    bool good = trace_select(to, &from, selection, error);
    trace_free(&from);
    return good;
}

static void check_select(const char *requests, const char *keep,
                         const uint64_t *sizes, const char *expected,
                         const char *name)
{
    struct trace t;
    char *error = NULL;
    bool good = select_from(&t, requests, keep, sizes, &error);
    char *found = good ? describe(&t) : error;
    check_str(found, expected, name);
    if (good)
        trace_free(&t);
    else
        check(!t.ops && !t.path, "empty-on-error", "%s", name);
    free(found);
}

static void check_written(const char *requests, const char *keep,
                          struct trace_form form, int flags,
                          const char *expected, const char *name)
{
    struct trace t;
    char *error = NULL;
    bool good = select_from(&t, requests, keep, NULL, &error);
    if (!check_good(good, error, name))
        return;
    good = trace_write(&t, "w.rep", form, flags, &error);
    check_str(good ? get_text("w.rep") : error, expected, name);
    trace_free(&t);
}

static const struct trace_form modern = {TRACE_MODERN, 1, false};
static const struct trace_form plain = {TRACE_CLASSIC, 3, true};

/* ---- Selecting ---------------------------------------------------------- */

static void test_left_out(void)
{
    static const char chain[] = "a 0 10\nr 0 20\nr 0 30\nf 0\n";
    check_select(chain, NULL, NULL,
                 "modern 2 ids 1 peak 30 live 1; 5 malloc #0 10 -> 1; 6 "
                 "realloc #0 @1 20 -> 2; 7 realloc #0 @2 30 -> 3; 8 free #0 @3",
                 "all");
    check_select(chain, "0111", NULL,
                 "modern 2 ids 1 peak 30 live 1; 6 malloc #0 20 -> 1; 7 "
                 "realloc #0 @1 30 -> 2; 8 free #0 @2",
                 "no-allocation");
    check_select(chain, "1011", NULL,
                 "modern 2 ids 1 peak 30 live 1; 5 malloc #0 10 -> 1; 7 "
                 "realloc #0 @1 30 -> 2; 8 free #0 @2",
                 "no-realloc");
    check_select(chain, "1001", NULL,
                 "modern 2 ids 1 peak 10 live 1; 5 malloc #0 10 -> 1; 8 free "
                 "#0 @1",
                 "no-reallocs");
    check_select(chain, "1110", NULL,
                 "modern 2 ids 1 peak 30 live 1; 5 malloc #0 10 -> 1; 6 "
                 "realloc #0 @1 20 -> 2; 7 realloc #0 @2 30 -> 3",
                 "no-free");
    check_select(chain, "0011", NULL,
                 "modern 2 ids 1 peak 30 live 1; 7 malloc #0 30 -> 1; 8 free "
                 "#0 @1",
                 "last-realloc");
    check_select(chain, "0001", NULL,
                 "x.rep: expected a request that is kept, found none",
                 "free-alone");
    check_select(chain, "0000", NULL,
                 "x.rep: expected a request that is kept, found none", "none");
    check_select("a 0 10\nr 0 0\na 1 1\n", "011", NULL,
                 "modern 2 ids 1 peak 1 live 1; 7 malloc #1 1 -> 1",
                 "realloc-to-0-of-nothing");
}

/* The block of the older answer lives on where its end is left out. */
static void test_ids_again(void)
{
    check_select("a 0 10\nf 0\na 0 20\nf 0\n", "1011", NULL,
                 "modern 2 ids 1 peak 30 live 2; 5 malloc #0 10 -> 1; 7 "
                 "malloc #0 20 -> 2; 8 free #0 @2",
                 "id-again-leaks");
    check_select("a 0 10\nr 0 0\na 0 20\nf 0\n", "1011", NULL,
                 "modern 2 ids 1 peak 30 live 2; 5 malloc #0 10 -> 1; 7 "
                 "malloc #0 20 -> 2; 8 free #0 @2",
                 "id-again-after-realloc");
    check_select("a 0 10\nf 0\nr 0 20\nf 0\n", "1011", NULL,
                 "modern 2 ids 1 peak 30 live 2; 5 malloc #0 10 -> 1; 7 "
                 "realloc #0 @0 20 -> 2; 8 free #0 @2",
                 "realloc-of-null-stays-one");
    check_select("a 0 10\na 0 20\nf 0\n", "110", NULL,
                 "modern 2 ids 1 peak 30 live 2; 5 malloc #0 10 -> 1; 6 "
                 "malloc #0 20 -> 2",
                 "leak");
    check_select("a 0 10\na 0 20\nf 0\n", "101", NULL,
                 "modern 2 ids 1 peak 10 live 1; 5 malloc #0 10 -> 1",
                 "leak-is-not-freed");
}

static void test_mended(void)
{
    check_select("f 3\nf -1\na 0\n#\nr 5 7\n", NULL, NULL,
                 "modern 2 ids 2 peak 7 live 2; 5 free @0; 6 free @0; 7 "
                 "malloc #0 0 -> 1; 9 realloc #5 @0 7 -> 2",
                 "untidy");
    check_select("c 8589934592 3 4\nm 1 64 5\nf 8589934592\nr 9 0\n", "1111",
                 NULL,
                 "modern 2 ids 3 peak 17 live 2; 5 calloc #8589934592 3, 4 -> "
                 "1; 6 memalign #1 64, 5 -> 2; 7 free #8589934592 @1; 8 "
                 "realloc #9 @0 0 -> 3",
                 "kinds");
}

static void test_sizes(void)
{
    static const uint64_t smaller[] = {1, 0, 3}, freed[] = {5, 0, 9, 0},
                          revived[] = {4, 8, 0}, unmet[] = {4, HUGE_NUMBER, 0};
    check_select("a 0 10\nf 0\nc 1 2 7\n", NULL, smaller,
                 "modern 2 ids 2 peak 6 live 1; 5 malloc #0 1 -> 1; 6 free #0 "
                 "@1; 7 calloc #1 2, 3 -> 2",
                 "smaller");
    check_select("a 0 10\nr 0 20\nr 0 30\nf 0\n", NULL, freed,
                 "modern 2 ids 1 peak 9 live 1; 5 malloc #0 5 -> 1; 6 realloc "
                 "#0 @1 0 -> 2; 7 malloc #0 9 -> 3; 8 free #0 @3",
                 "realloc-becomes-free");
    check_select("a 0 10\nr 0 0\nf -1\n", NULL, revived,
                 "modern 2 ids 1 peak 8 live 1; 5 malloc #0 4 -> 1; 6 realloc "
                 "#0 @1 8 -> 2; 7 free @0",
                 "free-becomes-realloc");
    check_select("a 0 10\nr 0 20\nf 0\n", NULL, unmet,
                 "modern 2 ids 1 peak 4 live 1; 5 malloc #0 4 -> 1; 6 realloc "
                 "#0 @1 " HUGE_SIZE " -> 2; 7 free #0 @2",
                 "unmet");
}

/* ---- Writing ------------------------------------------------------------ */

static void test_ids_written(void)
{
    check_written("a 7 1\nf 7\na 3 2\na 7 3\nf 3\nr 7 4\n", NULL, modern, 0,
                  "1\n8\n6\n5\na 7 1\nf 7\na 3 2\na 7 3\nf 3\nr 7 4\n",
                  "ids-as-they-were");
    check_written(
        "a 7 1\nf 7\na 3 2\na 7 3\nf 3\nr 7 4\n", NULL, modern, TRACE_RENUMBER,
        "1\n3\n6\n5\na 0 1\nf 0\na 1 2\na 2 3\nf 1\nr 2 4\n", "renumbered");
    check_written("a 0 1\na 0 2\nf 0\n", NULL, modern, 0,
                  "1\n2\n3\n3\na 0 1\na 1 2\nf 1\n", "id-in-use");
    check_written("a 0 1\nf 0\nr 0 2\nf 0\n", NULL, modern, 0,
                  "1\n2\n4\n2\na 0 1\nf 0\nr 1 2\nf 1\n", "id-must-be-new");
    check_written("a 18446744073709551615 1\na 18446744073709551615 2\na 0 4\n",
                  NULL, modern, 0,
                  "1\n3\n3\n7\na 18446744073709551615 1\na 0 2\na 1 4\n",
                  "highest-id");
}

static void test_balance(void)
{
    check_written("a 0 1\na 1 2\nr 0 3\na 2 4\nf 1\n", NULL, modern,
                  TRACE_BALANCE,
                  "1\n3\n7\n9\na 0 1\na 1 2\nr 0 3\na 2 4\nf 1\nf 0\nf 2\n",
                  "oldest-first");
    check_written("a 0 1\nf 0\n", NULL, modern, TRACE_BALANCE,
                  "1\n1\n2\n1\na 0 1\nf 0\n", "nothing-left");
    check_written("a 0 1\na 0 2\n", NULL, modern, TRACE_BALANCE,
                  "1\n2\n4\n3\na 0 1\na 1 2\nf 0\nf 1\n", "leak-freed");
    check_written("a 0 " HUGE_SIZE "\nf -1\n", NULL, modern, TRACE_BALANCE,
                  "1\n1\n2\n0\na 0 " HUGE_SIZE "\nf -1\n", "null-not-freed");
    check_written("a 0 5\nr 0 " HUGE_SIZE "\n", NULL, modern, TRACE_BALANCE,
                  "1\n1\n3\n5\na 0 5\nr 0 " HUGE_SIZE "\nf 0\n",
                  "unmet-realloc");
    check_written("r 0 0\na 0 8\n", NULL, modern, TRACE_BALANCE,
                  "1\n1\n3\n8\nr 0 0\na 0 8\nf 0\n", "realloc-null-0");
}

static void test_plain(void)
{
    check_written("r 0 0\na 0 8\nf 0\n", NULL, plain, 0,
                  "4096\n2\n3\n3\na 0 1\na 1 8\nf 1\n", "plain-realloc-null-0");
    check_written("r 0 0\na 0 8\n", NULL, plain, TRACE_BALANCE,
                  "4096\n2\n4\n3\na 0 1\na 1 8\nf 0\nf 1\n", "plain-balance");
    check_written("f -1\nc 4 5 6\nr 4 0\nm 4 64 0\nf 4\n", NULL, plain, 0,
                  "4096\n5\n4\n3\na 4 30\nf 4\na 4 1\nf 4\n", "plain-kinds");
}

static void test_bad_output(void)
{
    struct trace t;
    char *error = NULL;
    read_requests(&t, "a 0 1\n");
    check(!trace_write(&t, "no/where.rep", modern, 0, &error), "bad-output",
          "it was written");
    check_str(error,
              "no/where.rep: expected to write it, found: No such file or "
              "directory",
              "bad-output-error");
    free(error);
    trace_free(&t);
}

/* ---- Every trace of traces/ --------------------------------------------- */

static uint64_t random_number(void)
{
    static uint64_t x = 88172645463325252ULL;
    x ^= x << 13;
    x ^= x >> 7;
    return x ^= x << 17;
}

/* Kept at random, one in two or one in sixteen left out; now and then another
 * size, 0 and what cannot be met among them. */
static void choose(const struct trace *t, uint8_t *keep, uint64_t *sizes)
{
    unsigned rarely = random_number() % 2 ? 2 : 16;
    for (size_t i = 0; i < t->op_count; i++) {
        uint64_t n = random_number();
        keep[i] = n % rarely != 0;
        sizes[i] = t->ops[i].size;
        if (n >> 32 & 7)
            continue;
        sizes[i] = n >> 40 & 1 ? n >> 50 : 0;
        if (t->ops[i].kind == TRACE_MALLOC && (n >> 41 & 15) == 0)
            sizes[i] = HUGE_NUMBER;
    }
}

/* How many requests come of it, by blocks rather than answers. */
static size_t count_selected(const struct trace *t, const uint8_t *keep,
                             const uint64_t *sizes)
{
    uint32_t *first = calloc(t->answer_count + 1ul, sizeof(*first)), made = 0;
    uint8_t *alive = calloc(t->answer_count + 1ul, 1);
    size_t count = 0;
    for (size_t i = 0; i < t->op_count; i++) {
        const struct trace_op *op = &t->ops[i];
        bool is_free = op->kind == TRACE_FREE;
        bool takes = (is_free || op->kind == TRACE_REALLOC) && op->ref;
        uint32_t block = takes ? first[op->ref] : is_free ? 0 : made + 1;
        if (trace_makes_answer(op))
            first[++made] = block;
        if (!keep[i] || (takes && !alive[block] && (is_free || !sizes[i])))
            continue;
        count++;
        alive[block] = !is_free && (op->kind != TRACE_REALLOC || sizes[i] != 0);
    }
    free(first);
    free(alive);
    return count;
}

static void count_remark(void *context, const struct trace_remark *remark)
{
    size_t *times = context;
    if (!(*times)++)
        fprintf(stderr, "%zu: %s\n", remark->line, remark->fact);
}

/* Nothing is said of what was written, nothing lives in the end of it. */
static void check_clean(const struct trace *t, const char *path)
{
    size_t remarks = 0, left = 0;
    struct trace_listener listener = {count_remark, &remarks};
    struct trace back;
    char *error = NULL;
    bool good = trace_study(&back, path, &listener, &error);
    if (!check_good(good, error, t->path))
        return;
    struct trace_life *lives = trace_lives(&back);
    for (uint32_t a = 1; a <= back.answer_count; a++)
        left += lives[a].died == back.op_count;
    check(!remarks && !left && back.peak_payload == t->peak_payload &&
              back.peak_live == t->peak_live,
          "subset-clean", "%s: %zu remarks, %zu left, peak %llu of %llu",
          t->path, remarks, left, (unsigned long long)back.peak_payload,
          (unsigned long long)t->peak_payload);
    free(lives);
    trace_free(&back);
}

/* Balanced, with the ids as they were or new ones. */
static void write_subset(const struct trace *t)
{
    int flags = TRACE_BALANCE | (random_number() % 2 ? TRACE_RENUMBER : 0);
    char *error = NULL;
    bool good = trace_write(t, "subset.rep", modern, flags, &error);
    if (check_good(good, error, "subset-written"))
        check_clean(t, "subset.rep");
}

static void test_subset(const struct trace *from)
{
    uint8_t *keep = malloc(from->op_count);
    uint64_t *sizes = calloc(from->op_count, sizeof(*sizes));
    struct trace_selection selection = {keep, sizes};
    struct trace t;
    char *error = NULL;
    choose(from, keep, sizes);
    bool good = trace_select(&t, from, selection, &error);
    if (check_good(good, error, "subset")) {
        check_int((long long)t.op_count,
                  (long long)count_selected(from, keep, sizes), "subset-ops");
        write_subset(&t);
        trace_free(&t);
    }
    free(keep);
    free(sizes);
}

static void test_round_trip(const struct trace *t)
{
    char command[4600], *error = NULL;
    struct trace_form form = {t->dialect, t->weight, false};
    bool good = trace_write(t, "copy.rep", form, 0, &error);
    check_good(good, error, "copy");
    snprintf(command, sizeof(command),
             "case '%s' in *.gz) gzip -dc;; *.xz) xz -dc;; *.zst) zstd -dc;; "
             "*) cat;; esac <'%s' | cmp - copy.rep",
             t->path, t->path);
    check(system(command) == 0, "round-trip", "%s differs", t->path);
}

static void test_file(const char *path)
{
    struct trace t;
    char *error = NULL;
    bool good = trace_read(&t, path, true, &error);
    if (!check_good(good, error, path))
        return;
    test_round_trip(&t);
    test_subset(&t);
    trace_free(&t);
}

static void test_traces(const char *dir)
{
    char *error, **paths = trace_list(dir, &error);
    if (!check(paths, "traces", "%s", error))
        return;
    for (char **path = paths; *path; path++) {
        test_file(*path);
        free(*path);
    }
    free(paths);
}

int main(void)
{
    char *traces = realpath("traces", NULL);
    enter_dir();
    test_left_out();
    test_ids_again();
    test_mended();
    test_sizes();
    test_ids_written();
    test_balance();
    test_plain();
    test_bad_output();
    test_traces(traces ? traces : "traces");
    free(traces);
    return leave_dir();
}
