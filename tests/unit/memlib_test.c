/*
 * memlib_test.c - the simulated heap: its break, its limit, its refusals
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "memlib.h"
#include "tests/check.h"

#define MIB   ((size_t)1 << 20)
#define FAULT 99

/* ---- What is said on stderr -------------------------------------------- */

static int kept_stderr, captured;

static void capture_begin(void)
{
    fflush(stderr);
    kept_stderr = dup(2);
    captured = memfd_create("stderr", MFD_CLOEXEC);
    dup2(captured, 2);
}

static const char *capture_end(void)
{
    static char text[512];
    dup2(kept_stderr, 2);
    close(kept_stderr);
    ssize_t n = pread(captured, text, sizeof text - 1, 0);
    close(captured);
    text[n < 0 ? 0 : n] = '\0';
    return text;
}

/* ---- What faults ------------------------------------------------------- */

static void on_fault(int signo)
{
    (void)signo;
    _exit(FAULT);
}

/* It asks the machine, not ASan. */
__attribute__((no_sanitize("address"))) static bool faults(char *p)
{
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, on_fault);
        signal(SIGBUS, on_fault);
        *(volatile char *)p = *(volatile char *)p;
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == FAULT;
}

/* ---- Growing ----------------------------------------------------------- */

static bool create(enum mem_place place, size_t limit)
{
    return check(mem_create(place, limit), "a heap is created", "%s",
                 strerror(errno));
}

static void test_empty(void)
{
    create(MEM_RANDOM, MIB);
    char *lo = mem_heap_lo();
    check_int(mem_heapsize(), 0, "an empty heap has no bytes");
    check(mem_sbrk(0) == lo, "mem_sbrk(0) is the bottom", "found %p for %p",
          mem_sbrk(0), (void *)lo);
    check((char *)mem_heap_hi() == lo - 1, "hi is one below the break",
          "found %p", mem_heap_hi());
    check_int((uintptr_t)lo % mem_pagesize(), 0, "the bottom starts a page");
    check_int(mem_pagesize(), sysconf(_SC_PAGESIZE), "the system's page");
    check_int(mem_sbrk_calls(), 0, "mem_sbrk(0) asks for nothing");
    check(faults(lo), "an empty heap faults at its bottom", "it did not");
}

static void test_growth(void)
{
    create(MEM_RANDOM, MIB);
    static const intptr_t steps[] = {1, 7, 8, 4080, 1, 4096, 65536, 3, 100000};
    char *brk = mem_heap_lo();
    bool exact = true, zero = true;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char *got = mem_sbrk(steps[i]);
        exact &= got == brk;
        for (intptr_t k = 0; k < steps[i]; k++)
            zero &= got[k] == 0;
        memset(got, 0xa5, (size_t)steps[i]);
        brk += steps[i];
        exact &= mem_sbrk(0) == brk && (char *)mem_heap_hi() == brk - 1;
        exact &= mem_heapsize() == (size_t)(brk - (char *)mem_heap_lo());
    }
    check(exact, "each step returns the old break", "it did not");
    check(zero, "new bytes are zero", "they were not");
    check_int(mem_sbrk_calls(), 9, "calls are counted");
    check_int(mem_refusals(), 0, "none was refused");
}

static void test_page_beyond(void)
{
    size_t page = mem_pagesize();
    create(MEM_RANDOM, MIB);
    char *lo = mem_sbrk((intptr_t)page);
    check(!faults(lo + page - 1), "the last byte of a page is there", "fault");
    check(faults(lo + page), "the page at the break faults", "no fault");
    mem_sbrk(1);
    check(!faults(lo + page), "it does not once a byte of it is taken",
          "fault");
    check(faults(lo + 2 * page), "the next one still does", "no fault");
    check(faults(lo - 1), "so does the byte below the heap", "no fault");
}

static void test_limit(void)
{
    size_t page = mem_pagesize();
    create(MEM_RANDOM, 4 * page);
    char *lo = mem_heap_lo();
    check_int(mem_limit(), 4 * page, "the limit is the one asked for");
    capture_begin();
    bool refused = mem_sbrk((intptr_t)(4 * page + 1)) == (void *)-1;
    capture_end();
    check(refused, "a byte over the limit is refused", "it was not");
    check(mem_sbrk((intptr_t)(4 * page - 1)) == lo, "all but a byte is given",
          "it was not");
    check(mem_sbrk(1) == lo + 4 * page - 1, "and so is the last byte",
          "it was not");
    capture_begin();
    refused = mem_sbrk(1) == (void *)-1;
    check_str(capture_end(), "mem_sbrk(1): the heap would pass its limit\n",
              "a full heap says so");
    check(refused, "a full heap refuses", "it did not");
    check(!faults(lo + 4 * page - 1), "the last byte can be used", "fault");
    check(faults(lo + 4 * page), "the page after the limit faults", "no fault");
}

static void test_odd_limit(void)
{
    create(MEM_RANDOM, 5001);
    check_int(mem_limit(), 5001, "a limit is no multiple of the page");
    check(mem_sbrk(5001) == mem_heap_lo(), "an odd limit can be reached",
          "it cannot");
    capture_begin();
    check(mem_sbrk(1) == (void *)-1, "and not passed by a byte", "it can");
    capture_end();
}

/* It keeps books of address space, too: 2^46 bytes of it take all memory. */
static bool under_valgrind(void)
{
    const char *preload = getenv("LD_PRELOAD");
    return preload && strstr(preload, "vgpreload");
}

static void test_no_room(void)
{
    if (under_valgrind())
        return;
    create(MEM_RANDOM, SIZE_MAX);
    check(mem_limit() >= MIB && mem_limit() < SIZE_MAX / 2,
          "an absurd limit is halved until it fits", "%zu", mem_limit());
    create(MEM_RANDOM, HEAP_LIMIT);
    check(mem_limit() >= 64 * MIB, "there is room for a heap of some size",
          "%zu", mem_limit());
}

/* ---- Refusals ---------------------------------------------------------- */

static void check_refused(intptr_t incr, const char *expected, const char *name)
{
    char *brk = mem_sbrk(0);
    size_t refusals = mem_refusals();
    errno = 0;
    capture_begin();
    void *got = mem_sbrk(incr);
    int why = errno;
    check_str(capture_end(), expected, name);
    check(got == (void *)-1 && why == ENOMEM && mem_sbrk(0) == brk &&
              mem_refusals() == refusals + 1,
          name, "expected -1, ENOMEM and the same break; found %p, %s, %p", got,
          strerror(why), mem_sbrk(0));
}

static void test_refusals(void)
{
    create(MEM_RANDOM, MIB);
    mem_sbrk(100);
    check_refused(-1, "mem_sbrk(-1): the heap only grows\n", "negative");
    check_refused(INTPTR_MIN,
                  "mem_sbrk(-9223372036854775808): the heap only grows\n",
                  "most negative");
    check_refused(INTPTR_MAX,
                  "mem_sbrk(9223372036854775807): the heap would pass its "
                  "limit\n",
                  "most positive");
    check_refused((intptr_t)1 << 50,
                  "mem_sbrk(1125899906842624): the heap would pass its "
                  "limit\n",
                  "huge");
}

static void test_fail_once(void)
{
    create(MEM_RANDOM, MIB);
    mem_fail_at(3, false);
    mem_sbrk(16);
    mem_sbrk(0);
    mem_sbrk(16);
    check_refused(16, "mem_sbrk(16): made to fail\n", "the third call fails");
    check(mem_sbrk(16) != (void *)-1, "the fourth does not", "it does");
    check_int(mem_heapsize(), 48, "three of four steps were made");
    mem_fail_at(1, false);
    mem_fail_at(0, false);
    check(mem_sbrk(16) != (void *)-1, "k = 0 calls it off", "it does not");
}

static void test_fail_for_ever(void)
{
    create(MEM_RANDOM, MIB);
    mem_fail_at(2, true);
    check(mem_sbrk(16) != (void *)-1, "before the k-th all is well",
          "it fails");
    for (int i = 0; i < 5; i++)
        check_refused(16, "mem_sbrk(16): made to fail\n", "and then never");
    check_int(mem_refusals(), 5, "refusals are counted");
    check_int(mem_sbrk_calls(), 6, "and are calls");
}

static void test_take_int(void)
{
    create(MEM_RANDOM, MIB);
    mem_take_int(true);
    char *lo = mem_heap_lo();
    intptr_t garbage = (intptr_t)0xdeadbeef00000000;
    check(mem_sbrk(garbage | 4096) == lo && mem_heapsize() == 4096,
          "garbage above an int is not looked at", "heap of %zu",
          mem_heapsize());
    check_refused(garbage | 0xffffffff, "mem_sbrk(-1): the heap only grows\n",
                  "a negative int is negative");
    check(mem_sbrk(garbage) == lo + 4096, "an int of 0 asks for nothing",
          "it does");
    mem_take_int(false);
    capture_begin();
    check(mem_sbrk(garbage | 4096) == (void *)-1, "else it counts",
          "it does not");
    capture_end();
}

/* ---- Places ------------------------------------------------------------ */

static void *place_of(enum mem_place place, size_t limit)
{
    return mem_create(place, limit) ? mem_heap_lo() : NULL;
}

static void test_places(void)
{
    void *fixed = place_of(MEM_FIXED, MIB);
    check(fixed && fixed == place_of(MEM_FIXED, MIB),
          "a fixed heap comes back to its place", "%p and then %p", fixed,
          mem_heap_lo());
    void *low = place_of(MEM_LOW_FIXED, MIB);
    check(low && low == place_of(MEM_LOW_FIXED, MIB), "a low one too",
          "%p and then %p", low, mem_heap_lo());
    int moves = 0, moves_low = 0, too_high = 0;
    for (int i = 0; i < 10; i++) {
        void *a = place_of(MEM_RANDOM, MIB);
        moves += a != place_of(MEM_RANDOM, MIB);
        a = place_of(MEM_LOW, MIB);
        moves_low += a != place_of(MEM_LOW, MIB);
        mem_create(MEM_LOW, HEAP_LIMIT_CLASSIC);
        uintptr_t end = (uintptr_t)mem_heap_lo() + mem_limit();
        too_high += end > 0x80000000;
    }
    check(moves > 5, "a random heap moves", "%d of 10 times", moves);
    check(moves_low > 5, "a low random heap moves", "%d of 10 times",
          moves_low);
    check_int(too_high, 0, "a low heap ends below 2 GiB");
}

/* ---- The rest ---------------------------------------------------------- */

static void test_reset(void)
{
    create(MEM_RANDOM, MIB);
    char *lo = mem_sbrk(3 * 4096);
    lo[5000] = 42;
    mem_reset_brk();
    check_int(mem_heapsize(), 0, "a reset heap is empty");
    check(mem_sbrk(0) == lo, "its break is at the bottom", "it is not");
    check_int((long long)mem_highest(), 3 * 4096,
              "the highest break is remembered");
    check(!mem_dirty_tail(), "what was in use is no dirty tail", "it is");
    check(!faults(lo + 5000), "what was open stays open", "fault");
    char *again = mem_sbrk(8192);
    check(again == lo && lo[5000] == 42, "and keeps its bytes", "found %d",
          lo[5000]);
    check_int((long long)mem_highest(), 3 * 4096, "until it is passed");
    mem_sbrk(3 * 4096);
    check_int((long long)mem_highest(), 8192 + 3 * 4096, "as it is now");
}

/* What an allocator may not do, ASan is not to see. */
__attribute__((no_sanitize("address"))) static void test_dirty_tail(void)
{
    create(MEM_RANDOM, MIB);
    check(!mem_dirty_tail(), "an empty heap has a clean tail", "dirty");
    char *lo = mem_sbrk(100);
    memset(lo, 1, 100);
    check(!mem_dirty_tail(), "bytes below the break are no tail", "dirty");
    lo[105] = 1;
    check(mem_dirty_tail() == lo + 105, "a byte beyond it is", "clean");
    lo[100] = 1;
    check(mem_dirty_tail() == lo + 100, "the first one is told", "another");
    mem_sbrk(6);
    check(!mem_dirty_tail(), "not once the break has passed it", "dirty");
    lo[mem_pagesize() - 1] = 1;
    check(mem_dirty_tail() == lo + mem_pagesize() - 1,
          "the last byte of the page counts", "clean");
}

static void test_read_write(void)
{
    create(MEM_RANDOM, MIB);
    unsigned char *p = mem_sbrk(64);
    mem_write(p + 1, 0x1122334455667788, 8);
    check(p[0] == 0 && p[1] == 0x88 && p[8] == 0x11 && p[9] == 0,
          "eight bytes are written, lowest first", "%02x %02x", p[1], p[8]);
    check_int((long long)mem_read(p + 1, 8), 0x1122334455667788, "and read");
    check_int((long long)mem_read(p + 1, 3), 0x667788, "three bytes are read");
    check_int((long long)mem_read(p + 1, 0), 0, "no byte is 0");
    check_int((long long)mem_read(p + 1, 99), 0x1122334455667788,
              "more than eight are eight");
    mem_write(p + 1, 0xffffff, 2);
    check_int((long long)mem_read(p + 1, 8), 0x112233445566ffff,
              "two bytes are written");
    check(mem_memset(p, 7, 16) == p && p[15] == 7 && p[16] == 0, "mem_memset",
          "%d %d", p[15], p[16]);
    check(mem_memcpy(p + 32, p, 16) == p + 32 && p[47] == 7, "mem_memcpy", "%d",
          p[47]);
}

static void test_shared(void)
{
    create(MEM_RANDOM, MIB);
    char *lo = mem_heap_lo();
    pid_t child = fork();
    if (child == 0) {
        *(char *)mem_sbrk(5000) = 9;
        _exit(0);
    }
    waitpid(child, NULL, 0);
    check_int(mem_heapsize(), 5000, "a parent sees its child's break");
    check(mem_sbrk(8) == lo + 5000, "and goes on from there", "elsewhere");
}

static void test_init(void)
{
    mem_deinit();
    mem_deinit();
    if (under_valgrind())
        return;
    mem_init();
    check(mem_sbrk(4096) == mem_heap_lo(), "mem_init makes a heap", "none");
    mem_init();
    check_int(mem_heapsize(), 0, "once more: a fresh one");
    mem_deinit();
}

int main(void)
{
    test_empty();
    test_growth();
    test_page_beyond();
    test_limit();
    test_odd_limit();
    test_no_room();
    test_refusals();
    test_fail_once();
    test_fail_for_ever();
    test_take_int();
    test_places();
    test_reset();
    test_dirty_tail();
    test_read_write();
    test_shared();
    test_init();
    return check_done();
}
