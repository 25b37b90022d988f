/*
 * replay_test.c - the audit of answers worked out by hand, the passes over a
 *     small allocator, and a run whose child scribbles over all it shares
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/compile.h"
#include "driver/isolate.h"
#include "driver/replay.h"
#include "driver/run.h"
#include "memlib.h"
#include "tests/check.h"

#define HEAP 1024

static char dir[] = "/tmp/replay_test-XXXXXX";
static struct trace trace;
static struct allocator allocator;
static struct replay r;
static struct replay_fault fault;

static char *put_file(const char *name, const char *text)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    return path;
}

static bool read_trace(const char *text)
{
    char *error = NULL;
    bool good = trace_read(&trace, put_file("t.rep", text), false, &error);
    check(good, "the trace is read", "%s", error ? error : "");
    free(error);
    return good;
}

/* ---- Audits ------------------------------------------------------------ */

static const char by_hand[] = "1\n4\n9\n250\n"
                              "a 0 100\na 1 50\nr 0 200\nf 1\nc 2 4 10\n"
                              "a 3 0\nf 0\nf -1\nf 2\n";

static void set_up(const char *text)
{
    read_trace(text);
    allocator =
        (struct allocator){.kind = ALLOCATOR_OBJECT, .has_memalign = true};
    mem_create(MEM_FIXED, 1 << 20);
    mem_sbrk(HEAP);
    check(replay_create(&r, &trace, &allocator), "tables are made", "no");
    r.align = 16;
    r.detail = 1;
}

static void tear_down(void)
{
    replay_destroy(&r);
    mem_deinit();
    trace_free(&trace);
}

static void answer(uint32_t a, long offset)
{
    r.answers[a] = (char *)mem_heap_lo() + offset;
}

static void answer_by_hand(void)
{
    answer(1, 16);
    answer(2, 128);
    answer(3, 192);
    answer(4, 128);
    r.answers[5] = NULL;
}

static void grow(uint64_t served, uint64_t bytes)
{
    r.growth[r.log->growth_count++] = (struct replay_growth){served, bytes};
}

static bool audit_ops(size_t ops, replay_visit *visit, void *context)
{
    fault = (struct replay_fault){0};
    struct shadow *s = replay_shadow(&r);
    r.heap_bytes = mem_heapsize();
    bool possible = replay_audit(&r, s, ops, visit, context, &fault);
    shadow_destroy(s);
    return possible;
}

static bool audit(void)
{
    return audit_ops(trace.op_count, NULL, NULL);
}

static void check_possible(const char *name)
{
    bool possible = audit();
    check(possible, name, "%s at op %zu", fault_name(fault.kind), fault.op);
}

struct moments {
    struct replay_moment m[32];
    size_t count;
};

static void keep_moment(void *context, const struct replay_moment *m)
{
    struct moments *all = context;
    if (all->count < 32)
        all->m[all->count++] = *m;
}

static void test_moments(void)
{
    static const uint64_t live[] = {100, 150, 250, 200, 240, 240, 40, 40, 0};
    static const uint64_t peak[] = {100, 150, 250, 250, 250,
                                    250, 250, 250, 250};
    /* After the second one it was told to be 160, which cannot be. */
    static const uint64_t heap[] = {160, 178,  512,  512, 512,
                                    512, 1024, 1024, 1024};
    struct moments all = {0};
    set_up(by_hand);
    answer_by_hand();
    grow(0, 64);
    grow(1, 160);
    grow(3, 512);
    grow(7, 1024);
    check(audit_ops(9, keep_moment, &all), "possible answers", "not so");
    check_int((long long)all.count, 9, "a moment for each request");
    for (size_t i = 0; i < 9; i++) {
        const struct replay_moment *m = &all.m[i];
        check(m->served == i + 1 && m->live == live[i] && m->peak == peak[i] &&
                  m->heap == heap[i],
              "the moments are those worked out by hand",
              "op %zu: served %zu, live %zu, peak %zu, heap %zu", i, m->served,
              (size_t)m->live, (size_t)m->peak, (size_t)m->heap);
    }
    all.count = 0;
    check(audit_ops(3, keep_moment, &all) && all.count == 3,
          "an audit of three requests has three moments", "%zu", all.count);
    tear_down();
}

static void check_fault(enum fault_kind kind, size_t op, uint32_t of,
                        uint32_t other, const char *name)
{
    bool possible = audit();
    check_str(fault_name(fault.kind), fault_name(kind), name);
    check(!possible && fault.op == op && fault.answer == of &&
              (kind != FAULT_OVERLAP || fault.other == other),
          name, "expected op %zu, answer %u and %u; found %zu, %u and %u", op,
          of, other, fault.op, fault.answer, fault.other);
    answer_by_hand();
}

static void test_faults(void)
{
    set_up(by_hand);
    answer_by_hand();
    answer(4, 208);
    check_fault(FAULT_OVERLAP, 4, 4, 3, "a block in the middle of another");
    answer(4, 160);
    check_fault(FAULT_OVERLAP, 4, 4, 3, "a block that ends in another");
    answer(3, 16);
    check_fault(FAULT_OVERLAP, 2, 3, 2, "a realloc that grows into another");
    answer(2, 16);
    check_fault(FAULT_OVERLAP, 1, 2, 1, "the same block twice");
    answer(2, 136);
    check_fault(FAULT_MISALIGNED, 1, 2, 0, "8 where 16 is due");
    answer(3, HEAP - 192);
    check_fault(FAULT_OUTSIDE_HEAP, 2, 3, 0, "8 bytes beyond the break");
    answer(1, -16);
    check_fault(FAULT_OUTSIDE_HEAP, 0, 1, 0, "below the heap");
    answer(3, 1L << 40);
    check_fault(FAULT_OUTSIDE_HEAP, 2, 3, 0, "far beyond it");
    r.answers[2] = (void *)-16;
    check_fault(FAULT_OUTSIDE_HEAP, 1, 2, 0, "the top of the address space");
    r.answers[3] = NULL;
    check_fault(FAULT_NULL, 2, 0, 0, "NULL for what fits");
    r.answers[4] = NULL;
    check_fault(FAULT_NULL, 4, 0, 0, "NULL from calloc");
    answer(3, 16);
    answer(2, 304);
    answer(4, 512);
    check_possible("a block grows where it is");
    answer(5, 560);
    check_possible("malloc(0) may answer a block");
    tear_down();
}

/* A realloc that rightly fails: the old block stays, though nobody can name
 * it any more. */
static void test_failed_realloc(void)
{
    struct moments all = {0};
    set_up("a 0 100\nr 0 281474976710656\na 1 50\nf 0\nf 1\n");
    answer(1, 16);
    r.answers[2] = NULL;
    answer(3, 128);
    check(audit_ops(5, keep_moment, &all), "NULL for 2^48 bytes is right", "%s",
          fault_name(fault.kind));
    check(all.m[1].live == 100 && all.m[2].live == 150 && all.m[4].live == 100,
          "the old block lives on", "%zu, %zu, %zu", (size_t)all.m[1].live,
          (size_t)all.m[2].live, (size_t)all.m[4].live);
    answer(3, 96);
    check(!audit() && fault.kind == FAULT_OVERLAP && fault.op == 2 &&
              fault.other == 1,
          "and must not be given away", "it may");
    tear_down();
}

static void test_freeing_realloc(void)
{
    set_up("a 0 100\nr 0 0\na 1 50\nf 1\n");
    answer(1, 16);
    r.answers[2] = NULL;
    answer(3, 16);
    check_possible("realloc to 0 frees");
    answer(2, 7);
    check_possible("whatever it answers");
    tear_down();
}

static void test_memalign(void)
{
    set_up("m 0 128 10\nf 0\n");
    answer(1, 64);
    check(!audit() && fault.kind == FAULT_MISALIGNED && fault.op == 0,
          "memalign is held to its alignment", "it is not");
    allocator.has_memalign = false;
    check_possible("malloc in its place is not");
    tear_down();
}

static void test_near_the_limit(void)
{
    set_up("a 0 262145\nf 0\na 0 262144\nf 0\n");
    r.answers[1] = NULL;
    r.answers[2] = NULL;
    check(!audit() && fault.kind == FAULT_NULL && fault.op == 2,
          "NULL is right for over a quarter of the limit, and for no less",
          "it is otherwise");
    tear_down();
}

static void test_null_for_an_alignment(void)
{
    set_up("m 0 262144 16\nf 0\nm 0 131072 16\nf 0\n");
    r.answers[1] = NULL;
    r.answers[2] = NULL;
    check(!audit() && fault.kind == FAULT_NULL && fault.op == 2,
          "an alignment counts like bytes", "it does not");
    tear_down();
}

static void test_null_for_less(void)
{
    set_up("a 0 900000\nr 0 900001\nf 0\na 1 900000\nr 1 900000\n");
    mem_sbrk(1000000 - HEAP);
    answer(1, 16);
    r.answers[2] = NULL; /* the old block stays */
    answer(3, 900032);
    check(!audit() && fault.kind == FAULT_OUTSIDE_HEAP && fault.op == 3,
          "a realloc that grows may fail near the limit", "%s at %zu",
          fault_name(fault.kind), fault.op);
    tear_down();
    set_up("a 0 900000\nr 0 900000\n");
    mem_sbrk(1000000 - HEAP);
    answer(1, 16);
    r.answers[2] = NULL;
    check(!audit() && fault.kind == FAULT_NULL && fault.op == 1,
          "one that does not grow may not", "it may");
    tear_down();
}

/* ---- Garbage in what the child left ------------------------------------ */

static void scribble(void *p, size_t bytes, unsigned seed)
{
    unsigned char *c = p;
    for (size_t i = 0; i < bytes; i++) {
        seed = seed * 1103515245 + 12345;
        c[i] = (unsigned char)(seed >> 16);
    }
}

static void test_garbage_growth(void)
{
    set_up(by_hand);
    answer_by_hand();
    for (unsigned seed = 0; seed < 200; seed++) {
        scribble(r.growth, 10 * sizeof *r.growth, seed);
        scribble(r.log, sizeof *r.log, seed);
        if (!audit())
            break;
    }
    check_possible("garbage in the log changes no verdict");
    r.log->growth_count = SIZE_MAX;
    memset(r.growth, 0, 10 * sizeof *r.growth);
    check_possible("an endless log ends where it has to");
    tear_down();
}

static void test_garbage_answers(void)
{
    set_up(by_hand);
    int passed = 0;
    for (unsigned seed = 0; seed < 500; seed++) {
        scribble(r.answers, 6 * sizeof *r.answers, seed);
        for (uint32_t a = 1; seed % 2 && a <= 5; a++)
            answer(a, (long)((uintptr_t)r.answers[a] % 2048) & ~15L);
        if (audit() && seed % 2 == 0)
            passed++;
    }
    check_int(passed, 0, "garbage answers are no answers");
    tear_down();
}

/* ---- The passes over a small allocator --------------------------------- */

static const char bump[] =
    "#include <string.h>\n"
    "#include \"memlib.h\"\n"
    "#include \"mm.h\"\n"
    "bool mm_init(void) { return mem_sbrk(16) != (void *)-1; }\n"
    "static size_t sizes[64];\n"
    "static size_t *size_of(void *p) {\n"
    "    return &sizes[((char *)p - (char *)mem_heap_lo()) / 16 % 64];\n"
    "}\n"
    "void *mm_malloc(size_t n) {\n"
    "    void *p = n ? mem_sbrk((intptr_t)((n + 15) & ~15UL)) : NULL;\n"
    "    if (p) *size_of(p) = n;\n"
    "    return p;\n"
    "}\n"
    "void mm_free(void *p) { (void)p; }\n"
    "void *mm_realloc(void *p, size_t n) {\n"
    "    void *q = mm_malloc(n);\n"
    "    size_t old = p ? *size_of(p) : 0;\n"
    "    if (p && q) memmove(q, p, old < n ? old : n);\n"
    "    return q;\n"
    "}\n"
    "void *mm_calloc(size_t k, size_t n) {\n"
    "    void *p = mm_malloc(k * n);\n"
    "    return p ? memset(p, 0, k * n) : NULL;\n"
    "}\n"
    "bool mm_checkheap(int line) { (void)line; return true; }\n";

static struct compiled compiled;

static bool compile(const char *text)
{
    char *error = NULL;
    bool good = compile_source(&compiled, put_file("mm.c", text), ".", &error);
    check(good, "the allocator compiles", "%s", error ? error : "");
    free(error);
    allocator = (struct allocator){.kind = ALLOCATOR_OBJECT,
                                   .name = (char *)"mm.c",
                                   .object = compiled.object,
                                   .checker_answers = true};
    return good;
}

static void forget_compiled(void)
{
    compile_remove(compiled.scratch);
    free(compiled.object);
    free(compiled.scratch);
}

static const long bumped[] = {0, 16, 128, 192, 400, 0};

static void check_bumped(const char *name)
{
    for (uint32_t a = 1; a <= 4; a++)
        check_int((char *)r.answers[a] - (char *)mem_heap_lo(), bumped[a],
                  name);
    check(!r.answers[5], name, "malloc(0) answered %p", r.answers[5]);
}

static void test_check_pass(void)
{
    struct isolate_limits limits = {.memory = 1 << 30};
    mem_create(MEM_FIXED, 1 << 20);
    replay_create(&r, &trace, &allocator);
    r.align = 16;
    r.detail = 2;
    struct isolate *c = isolate_start(replay_check, &r, limits);
    check_int(isolate_await(c, 20), ISOLATE_STEP, "the allocator is loaded");
    check_int(r.log->phase, REPLAY_SET_UP, "and that is a step of its own");
    isolate_resume(c);
    check_int(isolate_await(c, 20), ISOLATE_STEP, "the check pass ends");
    check_int(r.log->phase, REPLAY_DONE, "well");
    check_int((long long)r.log->answered, 9, "with all answers");
    check_bumped("the answers are in the table");
    check_int((long long)mem_heapsize(), 448, "the break is where it came to");
    static const struct replay_growth growth[] = {
        {0, 16}, {1, 128}, {2, 192}, {3, 400}, {5, 448}};
    check_int((long long)r.log->growth_count, 5, "the heap grew five times");
    check(memcmp(r.growth, growth, sizeof growth) == 0, "at these requests",
          "at others");
    check_possible("the audit agrees");
    memset(r.answers, 0, 6 * sizeof *r.answers);
    r.log->phase = REPLAY_LOADING;
    isolate_resume(c);
    check_int(isolate_await(c, 20), ISOLATE_STEP, "a second pass ends");
    check_int(r.log->fault.kind, FAULT_NONE, "without a fault");
    check_int(r.log->phase, REPLAY_DONE, "well");
    check_bumped("it begins with an empty heap");
    check_int((long long)r.log->growth_count, 5, "and log");
    isolate_end(c);
    replay_destroy(&r);
    mem_deinit();
}

static void test_speed_pass(void)
{
    struct isolate_limits limits = {.memory = 1 << 30};
    for (int i = 0; i < 3; i++) {
        mem_create(MEM_FIXED, 1 << 20);
        replay_create(&r, &trace, &allocator);
        r.align = 16;
        r.present = 448 * (size_t)i;
        r.inspected = i == 2;
        struct isolate *c = isolate_start(replay_speed, &r, limits);
        check_int(isolate_await(c, 20), ISOLATE_STEP, "the allocator is there");
        check_int(r.log->phase, REPLAY_SET_UP, "and nothing of it has run");
        isolate_resume(c);
        check_int(isolate_await(c, 20), ISOLATE_STEP, "mm_init ends");
        check_int(r.log->phase, REPLAY_READY, "and is a step of its own");
        isolate_resume(c);
        check_int(isolate_await(c, 20), ISOLATE_STEP, "a speed pass ends");
        check_int(r.log->phase, REPLAY_DONE, "well");
        check_bumped("each pass answers into the table");
        check_int((long long)mem_heapsize(), 448, "from an empty heap");
        check(r.log->replay_ns > 0 && r.log->replay_ns < 1000000000,
              "and takes time", "%llu", (unsigned long long)r.log->replay_ns);
        isolate_end(c);
        replay_destroy(&r);
        mem_deinit();
    }
}

static void test_passes(void)
{
    read_trace(by_hand);
    if (compile(bump)) {
        test_check_pass();
        test_speed_pass();
        forget_compiled();
    }
    trace_free(&trace);
}

/* ---- A child that scribbles over all it shares with its parent --------- */

static const char scribbler[] =
    "#include <stdio.h>\n"
    "#include <stdlib.h>\n"
    "#include <string.h>\n"
    "#include \"memlib.h\"\n"
    "#include \"mm.h\"\n"
    "static int inits, mallocs;\n"
    "static char maps[1 << 16];\n"
    "__attribute__((constructor)) static void read_maps(void) {\n"
    "    FILE *f = fopen(\"/proc/self/maps\", \"r\");\n"
    "    size_t n = fread(maps, 1, sizeof maps - 1, f);\n"
    "    maps[n] = 0;\n"
    "}\n"
    "static void scribble(void) {\n"
    "    unsigned seed = PATTERN;\n"
    "    for (char *l = strtok(maps, \"\\n\"); l; l = strtok(NULL, \"\\n\")) "
    "{\n"
    "        unsigned long lo, hi;\n"
    "        char mode[8];\n"
    "        if (sscanf(l, \"%lx-%lx %7s\", &lo, &hi, mode) != 3 ||\n"
    "            strcmp(mode, \"rw-s\") != 0)\n"
    "            continue;\n"
    "        for (unsigned char *p = (void *)lo; p < (unsigned char *)hi; p++) "
    "{\n"
    "            seed = seed * 1103515245 + 12345;\n"
    "            *p = PATTERN < 256 ? PATTERN : seed >> 16;\n"
    "        }\n"
    "    }\n"
    "    END;\n"
    "}\n"
    "bool mm_init(void) {\n"
    "    if (++inits == WHEN_INIT) scribble();\n"
    "    return mem_sbrk(16) != (void *)-1;\n"
    "}\n"
    "void *mm_malloc(size_t n) {\n"
    "    if (++mallocs == WHEN_MALLOC) scribble();\n"
    "    return n ? mem_sbrk((intptr_t)((n + 15) & ~15UL)) : NULL;\n"
    "}\n"
    "void mm_free(void *p) { (void)p; }\n"
    "void *mm_realloc(void *p, size_t n) {\n"
    "    void *q = mm_malloc(n);\n"
    "    if (p && q) memmove(q, p, n);\n"
    "    return q;\n"
    "}\n"
    "void *mm_calloc(size_t k, size_t n) { return mm_malloc(k * n); }\n"
    "bool mm_checkheap(int line) { (void)line; return true; }\n";

/* The run ends with a fault and its explanation, whatever the scribbles. */
static void check_survives(const char *pattern, const char *when,
                           const char *end)
{
    char text[4096], name[128];
    snprintf(text, sizeof text,
             "#define PATTERN %s\n#define WHEN_INIT %c\n"
             "#define WHEN_MALLOC %c\n#define END %s\n%s",
             pattern, when[0], when[2], end, scribbler);
    snprintf(name, sizeof name,
             "scribbles of %s in init %c, malloc %c, then %s", pattern, when[0],
             when[2], end);
    if (!compile(text))
        return;
    struct run_options o = {.time_limit = 0.3, .memory = 1 << 30, .detail = 1};
    struct result result;
    char *error = NULL;
    bool good = run_trace(&o, &allocator, &trace, &result, &error);
    check(good && result.fault != FAULT_NONE && result.message &&
              strncmp(result.message, dir, strlen(dir)) == 0,
          name, "%s: %s", good ? fault_name(result.fault) : "no result",
          error                    ? error
          : good && result.message ? result.message
                                   : "silent");
    free(error);
    if (good)
        run_release(&result);
    forget_compiled();
}

/* Its books of the heap's address space take a gigabyte and minutes. */
static bool under_valgrind(void)
{
    const char *preload = getenv("LD_PRELOAD");
    return preload && strstr(preload, "vgpreload");
}

static void test_scribblers(void)
{
    static const char *const patterns[] = {"0", "255", "65",
                                           "1", "777", "123456"};
    static const char *const moments[] = {
        "1 0",
        "2 0",
        "0 2",
    };
    static const char *const ends[] = {"return", "abort()", "_Exit(3)"};
    read_trace(by_hand);
    for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++)
        for (size_t m = 0; m < sizeof moments / sizeof *moments; m++)
            check_survives(patterns[p], moments[m], ends[(p + m) % 3]);
    trace_free(&trace);
}

int main(void)
{
    char path[256];
    if (!mkdtemp(dir)) {
        perror(dir);
        return 1;
    }
    test_moments();
    test_faults();
    test_failed_realloc();
    test_freeing_realloc();
    test_memalign();
    test_near_the_limit();
    test_null_for_an_alignment();
    test_null_for_less();
    test_garbage_growth();
    test_garbage_answers();
    test_passes();
    if (!under_valgrind())
        test_scribblers();
    snprintf(path, sizeof path, "%s/t.rep", dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/mm.c", dir);
    unlink(path);
    rmdir(dir);
    return check_done();
}
