/*
 * bound_test.c - the bounds of a trace and the placements found
 *
 * Placements are held against a check that is not the room's own, and those of
 * small traces against the best there is, found by trying everything.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/bound_parts.h"
#include "driver/interrupt.h"
#include "tests/unit/trace_help.h"

/* ---- Traces in text -------------------------------------------------------
 */

static struct trace read_text(const char *text)
{
    struct trace t;
    char *error = NULL;
    put_text("x.rep", text);
    if (!trace_read(&t, "x.rep", false, &error)) {
        fprintf(stderr, "%s\n", error);
        exit(2);
    }
    return t;
}

static struct bound find(const struct trace *t, size_t tries)
{
    struct bound b;
    char *error = NULL;
    if (!bound_find(&b, t, tries, &error)) {
        fprintf(stderr, "%s\n", error ? error : "no memory");
        exit(2);
    }
    return b;
}

/* All that is found: the bounds, then BORN-DIED:ADDRESS+SIZE of each block. */
static char *describe_bound(const struct bound *b)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 ";",
            b->peak_payload, b->rounded, b->headed, b->placed);
    for (size_t i = 0; i < b->block_count; i++)
        fprintf(out, " %u-%u:%" PRIu64 "+%" PRIu64, b->blocks[i].born,
                b->blocks[i].died, b->blocks[i].address, b->blocks[i].size);
    fclose(out);
    return text;
}

static void check_bound(const char *text, const char *expected,
                        const char *name)
{
    struct trace t = read_text(text);
    struct bound b = find(&t, 1);
    char *found = describe_bound(&b);
    check_str(found, expected, name);
    free(found);
    bound_release(&b);
    trace_free(&t);
}

static void test_bounds(void)
{
    check_bound("a 0 100\n", "100 112 112 112; 0-1:0+112", "one request");
    check_bound("a 0 1\nf 0\n", "1 16 32 16; 0-1:0+16",
                "a block with a header has 32 bytes at least");
    check_bound("a 0 24\nf 0\n", "24 32 32 32; 0-1:0+32",
                "a payload of 24 and its header have 32 bytes");
    check_bound("a 0 25\nf 0\n", "25 32 48 32; 0-1:0+32",
                "a payload of 25 and its header have 48 bytes");
    check_bound("a 0 16\nf 0\na 1 16\na 2 32\nf 1\nf 2\n",
                "48 48 80 48; 0-1:0+16 2-4:0+16 3-5:16+32",
                "what died makes place");
    check_bound("f -1\n", "0 0 0 0;", "nothing but free(NULL)");
    check_bound("a 0 0\na 1 0\nf 0\nf 1\n", "0 0 0 0;",
                "payloads of 0 take no place");
    check_bound("a 0 0\na 1 8\nf 0\nf 1\n", "8 16 32 16; 1-3:0+16",
                "a payload of 0 beside another");
    check_bound("a 0 100\nr 0 200\n", "200 208 208 208; 0-1:0+112 1-2:0+208",
                "a realloc ends the block where it makes one");
    check_bound("a 0 100\nr 0 0\na 1 50\n",
                "100 112 112 112; 0-1:0+112 2-3:0+64", "a realloc to 0");
    check_bound("c 0 10 10\nm 1 4096 16\nf 0\nf 1\n",
                "116 128 144 128; 0-2:0+112 1-3:112+16",
                "calloc counts as a product, alignment is not heeded");
}

static void test_unmet(void)
{
    check_bound("a 0 140737488355329\na 1 16\nf 1\nf 0\n",
                "16 16 32 16; 1-2:0+16", "a request that cannot be met");
    check_bound("c 0 9223372036854775808 4\na 1 16\nf 1\n",
                "16 16 32 16; 1-2:0+16", "a calloc that overflows");
    check_bound("a 0 32\nr 0 140737488355329\na 1 16\nf 0\n",
                "48 48 80 48; 0-4:0+32 2-4:32+16",
                "a realloc that cannot be met leaves the block for good");
}

/* count blocks of 2^47 bytes, all live at once. */
static struct trace giant(size_t count)
{
    FILE *f = fopen("giant.rep", "w");
    struct trace t;
    char *error = NULL;
    for (size_t i = 0; i < count; i++)
        fprintf(f, "a %zu 140737488355328\n", i);
    fclose(f);
    if (!trace_read(&t, "giant.rep", false, &error))
        exit(2);
    return t;
}

static void check_giant(size_t count, const char *expected, const char *name)
{
    struct trace t = giant(count);
    struct bound b = find(&t, 3);
    char found[100];
    snprintf(found, sizeof found, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %d",
             b.peak_payload, b.rounded, b.headed, b.placed == b.rounded);
    check_str(found, expected, name);
    bound_release(&b);
    trace_free(&t);
}

static void test_giants(void)
{
    check_bound("a 0 549755813888\na 1 549755813887\nf 0\na 2 549755813888\n",
                "1099511627775 1099511627776 1099511627808 1099511627776; "
                "0-2:0+549755813888 1-4:549755813888+549755813888 "
                "3-4:0+549755813888",
                "blocks of 2^39 bytes");
    check_giant(1, "140737488355328 140737488355328 140737488355344 1",
                "the largest block there is");
    check_giant(32768,
                "4611686018427387904 4611686018427387904 "
                "4611686018427912192 1",
                "a heap of 2^62 bytes is placed");
    check_giant(32769,
                "4611826755915743232 4611826755915743232 "
                "4611826755916267536 0",
                "a heap of more is not placed");
    check_giant(131072,
                "18446744073709551615 18446744073709551615 "
                "18446744073709551615 0",
                "sums beyond 64 bits stay at the highest number");
}

/* ---- Random traces --------------------------------------------------------
 */

static uint64_t seed;

static uint32_t below(uint32_t n)
{
    seed = seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)((seed >> 33) % n);
}

/* Up to so many blocks, of up to so many times 16 bytes; some die, some are
 * reallocated. */
static struct trace random_trace(uint32_t blocks, uint32_t sizes)
{
    struct trace_op *ops = calloc(3 * blocks, sizeof *ops);
    uint32_t *live = calloc(blocks, sizeof *live);
    uint32_t count = 0, answers = 0, n = 0;
    while (answers < blocks) {
        uint64_t size = 16 * (uint64_t)(1 + below(sizes));
        uint32_t at = count ? below(count) : 0, what = below(5);
        if (count && what < 2) {
            ops[n++] = (struct trace_op){.kind = TRACE_FREE, .ref = live[at]};
            live[at] = live[--count];
        } else if (count && what == 2) {
            ops[n++] = (struct trace_op){
                .kind = TRACE_REALLOC, .ref = live[at], .size = size};
            live[at] = ++answers;
        } else {
            ops[n++] = (struct trace_op){.kind = TRACE_MALLOC, .size = size};
            live[count++] = ++answers;
        }
    }
    free(live);
    return (struct trace){
        .path = strdup("random"),
        .ops = ops,
        .op_count = n,
        .answer_count = answers,
    };
}

static bool overlap(const struct bound_block *a, const struct bound_block *b)
{
    return a->born < b->died && b->born < a->died &&
           a->address < b->address + b->size &&
           b->address < a->address + a->size;
}

static bool is_valid(const struct bound_block *blocks, size_t count,
                     uint64_t heap)
{
    uint64_t top = 0;
    for (size_t i = 0; i < count; i++) {
        if (blocks[i].address + blocks[i].size > top)
            top = blocks[i].address + blocks[i].size;
        for (size_t j = 0; j < i; j++)
            if (overlap(&blocks[i], &blocks[j]))
                return false;
    }
    return top == heap;
}

/* The top of block i when it is put to the lowest place that the first i
 * leave. */
static uint64_t put_low(struct bound_block *blocks, size_t i)
{
    blocks[i].address = 0;
    for (size_t j = 0; j < i; j++)
        if (overlap(&blocks[i], &blocks[j])) {
            blocks[i].address = blocks[j].address + blocks[j].size;
            j = (size_t)-1;
        }
    return blocks[i].address + blocks[i].size;
}

static void exchange(struct bound_block *a, struct bound_block *b)
{
    struct bound_block t = *a;
    *a = *b;
    *b = t;
}

/* The best heap there is: first fit in the order of addresses of a best
 * placement puts no block higher than that does, so all orders are tried. */
static uint64_t optimum(struct bound_block *blocks, size_t i, size_t count,
                        uint64_t top, uint64_t best)
{
    if (i == count)
        return top < best ? top : best;
    for (size_t j = i; j < count; j++) {
        exchange(&blocks[i], &blocks[j]);
        uint64_t mine = put_low(blocks, i);
        if (mine < top)
            mine = top;
        if (mine < best)
            best = optimum(blocks, i + 1, count, mine, best);
        exchange(&blocks[i], &blocks[j]);
    }
    return best;
}

static uint64_t optimum_of(const struct bound *b)
{
    struct bound_block blocks[8];
    memcpy(blocks, b->blocks, b->block_count * sizeof *blocks);
    return optimum(blocks, 0, b->block_count, 0, UINT64_MAX);
}

static void test_small(void)
{
    size_t found = 0, invalid = 0, too_good = 0;
    seed = 1;
    for (int i = 0; i < 3000; i++) {
        struct trace t = random_trace(5 + below(4), 6);
        struct bound b;
        char *error;
        if (!bound_find(&b, &t, 40, &error))
            exit(1);
        uint64_t best = optimum_of(&b);
        invalid += !is_valid(b.blocks, b.block_count, b.placed);
        too_good += b.placed < best || best < b.rounded;
        found += b.placed == best;
        bound_release(&b);
        trace_free(&t);
    }
    check_int((long long)invalid, 0, "small traces: placements are valid");
    check_int((long long)too_good, 0, "small traces: none beats the optimum");
    check_int((long long)found, 3000, "small traces: the optimum is found");
}

/* Every way of placing, on a trace large enough for all to differ. */
static void test_recipes(void)
{
    seed = 2;
    struct trace t = random_trace(600, 40);
    struct bound_task task;
    struct bound b = {0};
    size_t invalid = 0, refused = 0;
    bound_task_make(&task, &t, &b);
    for (size_t n = 0; n < 150; n++) {
        struct bound_recipe r = bound_recipe(&task, n);
        uint64_t (*place)(struct bound_task *, const struct bound_recipe *,
                          uint64_t) = r.skyline ? bound_skyline : bound_fit;
        uint64_t heap = place(&task, &r, BOUND_HEAP_MAX);
        invalid += heap < task.load || !bound_check(&task, heap) ||
                   !is_valid(task.blocks, task.count, heap);
        refused += place(&task, &r, heap) == heap &&
                   place(&task, &r, heap - 1) == BOUND_FAILED;
    }
    check_int((long long)invalid, 0, "every way of placing makes placements");
    check_int((long long)refused, 150, "every way of placing keeps its limit");
    bound_task_free(&task);
    trace_free(&t);
}

static void test_tries(void)
{
    seed = 3;
    struct trace t = random_trace(2000, 200);
    struct bound one = find(&t, 1), many = find(&t, 60), again = find(&t, 60);
    char *a = describe_bound(&many), *b = describe_bound(&again);
    check_str(a, b, "the same tries find the same placement");
    check(many.placed < one.placed, "more tries find a better one",
          "%" PRIu64 " and %" PRIu64, many.placed, one.placed);
    check(is_valid(many.blocks, many.block_count, many.placed),
          "the best of many tries is valid", "it is not");
    check_int((long long)one.tries, 1, "one try is one");
    free(a);
    free(b);
    bound_release(&one);
    bound_release(&many);
    bound_release(&again);
    trace_free(&t);
}

/* Blocks: 0 lives from request 0 to 2, 1 from 1 to 3, 2 from 2 to the end. */
static void test_check(void)
{
    struct bound_block blocks[] = {
        {0, 32, 0, 2}, {32, 32, 1, 3}, {0, 32, 2, 4}};
    uint32_t taken[] = {0, 0, 1, 2};
    struct bound_task task = {
        .blocks = blocks, .count = 3, .taken = taken, .end = 4};
    check(bound_check(&task, 64), "check: a placement", "it is none");
    check(!bound_check(&task, 63), "check: beyond the heap", "it is not seen");
    blocks[2].address = 16;
    check(!bound_check(&task, 64), "check: an overlap", "it is not seen");
    blocks[2].address = 64;
    check(bound_check(&task, 96), "check: above one another", "it is none");
    blocks[1].address = UINT64_MAX - 15;
    check(!bound_check(&task, 96), "check: a sum that overflows",
          "it is not seen");
}

/* The least there is of its kind, as far as chance has shown. */
static void test_out_of_reach(void)
{
    struct trace t = read_text("a 0 48\na 1 48\nf 0\na 2 32\na 3 16\nf 1\n"
                               "a 4 16\nf 2\na 5 48\nf 3\nf 4\na 6 48\n");
    struct bound b = find(&t, BOUND_TRIES_AUTO);
    uint64_t best = optimum_of(&b);
    check_int((long long)b.rounded, 96, "out of reach: the bound");
    check_int((long long)best, 112, "out of reach: the optimum");
    check_int((long long)b.placed, 112, "out of reach: what is found");
    check_int((long long)b.tries, 1000, "out of reach: all is tried");
    bound_release(&b);
    trace_free(&t);
}

static void test_share(void)
{
    struct bound b = {.peak_payload = 75, .placed = 100}, none = {0};
    check(bound_share(&b) == 0.75, "share: payload over placed", "%g",
          bound_share(&b));
    check(bound_share(&none) != bound_share(&none), "share: of nothing", "%g",
          bound_share(&none));
}

/* Bytes of address space that this process has. */
static rlim_t address_space(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (!f || fscanf(f, "%lu", &pages) != 1)
        exit(2);
    fclose(f);
    return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* In a child, with so much more address space: 0 it was found, 1 it was not
 * and that is all, 2 it went wrong. */
static int find_within(const struct trace *t, rlim_t more)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        rlim_t most = address_space() + more;
        struct rlimit limit = {most, most};
        struct bound b;
        char *error;
        setrlimit(RLIMIT_AS, &limit);
        bool good = bound_find(&b, t, 3, &error);
        _exit(good ? 0 : error || b.blocks || b.rounded ? 2 : 1);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0 /* a sanitizer needs more address space than can be had */
#endif

static void test_no_memory(void)
{
    seed = 4;
    struct trace t = random_trace(20000, 200);
    int counts[3] = {0};
    for (rlim_t more = 0; !SANITIZED && more < 4 << 20; more += 64 << 10)
        counts[find_within(&t, more)]++;
    check_int(counts[2], 0, "no memory: it is told, and nothing is kept");
    check(SANITIZED || (counts[1] > 20 && counts[0] > 0),
          "no memory: it fails until there is enough", "%d failed, %d did not",
          counts[1], counts[0]);
    trace_free(&t);
}

static void test_interrupt(void)
{
    struct trace t = random_trace(20, 5);
    struct bound b;
    char *error = (char[]){"unset"};
    interrupt_catch();
    raise(SIGINT);
    bool good = bound_find(&b, &t, 5, &error);
    check(!good && !error && !b.blocks, "an interrupt ends it", "%d", good);
    trace_free(&t);
}

int main(void)
{
    enter_dir();
    test_bounds();
    test_unmet();
    test_giants();
    test_small();
    test_recipes();
    test_tries();
    test_check();
    test_out_of_reach();
    test_share();
    test_no_memory();
    test_interrupt();
    return leave_dir();
}
