/*
 * memlib_fresh_test.c - what fresh memory holds, and where the heap may begin
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "memguard.h"
#include "memlib.h"
#include "tests/check.h"

#define MIB  ((size_t)1 << 20)
#define SEED 0x1234567890abcdee /* even */

/* A new heap that has grown by some bytes, filled with seed. */
static unsigned char *grown(size_t bytes, uint64_t seed)
{
    if (!check(mem_create(MEM_RANDOM, HEAP_LIMIT), "a heap", "errno"))
        exit(1);
    mem_fill_fresh(seed);
    void *p = mem_sbrk((intptr_t)bytes);
    guard_open(p, bytes); /* it is looked at before it is written */
    return p;
}

static void test_zeros(void)
{
    static const unsigned char zeros[5000];
    check(memcmp(grown(5000, 0), zeros, 5000) == 0, "seed 0: zeros", "not all");
    mem_fill_fresh(SEED);
    bool created = mem_create(MEM_RANDOM, MIB);
    void *p = mem_sbrk(5000);
    guard_open(p, 5000);
    check(created && memcmp(p, zeros, 5000) == 0, "a new heap knows of no seed",
          "it does");
}

/* How many of the bytes of two heaps are alike. */
static size_t alike(uint64_t seed, uint64_t other)
{
    static unsigned char first[5000];
    memcpy(first, grown(sizeof first, seed), sizeof first);
    const unsigned char *second = grown(sizeof first, other);
    size_t count = 0;
    for (size_t i = 0; i < sizeof first; i++)
        count += first[i] == second[i];
    return count;
}

static void test_seeds(void)
{
    static unsigned char first[5000];
    check_int((long long)alike(SEED, SEED), 5000,
              "one seed, one pattern, wherever the heap is");
    size_t count = alike(SEED, SEED + 2);
    check(count < 100, "another seed, another pattern", "%zu alike", count);
    check_int((long long)alike(SEED, 0) < 100, 1, "and not zeros");
    memcpy(first, grown(sizeof first, SEED), sizeof first);
    const unsigned char *second = grown(sizeof first, SEED + 1);
    bool opposite = true;
    for (size_t i = 0; i < sizeof first; i++)
        opposite &= (first[i] ^ second[i]) == 0xff;
    check(opposite, "2n and 2n + 1 differ in every bit", "they do not");
}

static bool is_zero(const unsigned char *p, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (p[i])
            return false;
    return true;
}

/* What no machine has is not filled wholly. */
static void test_huge(void)
{
    unsigned char *p = grown(16, SEED);
    /* valgrind keeps books of every page. */
    size_t bytes = guard_watches() ? 64 * MIB : mem_limit() / 2;
    p = mem_sbrk((intptr_t)bytes);
    guard_open(p, bytes);
    check(p != (void *)-1, "the heap grows by much", "it does not");
    check(!is_zero(p, 64) && !is_zero(p + bytes - 64, 64),
          "both ends are filled", "they are not");
    check(is_zero(p + 2 * MIB, 64) && is_zero(p + bytes - 2 * MIB, 64),
          "what lies between is not", "it is");
    check(is_zero(p + bytes / 2, 64), "nor is the middle", "it is");
}

static void test_tail(void)
{
    unsigned char *p = grown(100, SEED);
    check(mem_dirty_tail() == NULL, "beyond the break all is as it came",
          "found %p", mem_dirty_tail());
    if (guard_watches()) /* who looks there would be told so */
        return;
    check(!is_zero(p + 100, 64), "which is not zero", "it is");
    p[103] ^= 1;
    check(mem_dirty_tail() == p + 103, "a store is found", "found %p",
          mem_dirty_tail());
    p[103] ^= 1;
    check(mem_sbrk(8) == p + 100 && mem_dirty_tail() == NULL,
          "and none where there is none", "found %p", mem_dirty_tail());
}

static void test_fill(void)
{
    unsigned char *p = grown(300, SEED), was[300];
    memcpy(was, p, sizeof was);
    memset(p, 0, 300);
    mem_fill(p + 3, 41);
    check(memcmp(p + 3, was + 3, 41) == 0, "bytes look fresh again",
          "they do not");
    check(is_zero(p, 3) && is_zero(p + 44, 256), "and no others",
          "others do too");
    mem_fill(p + 8, 0);
    check(is_zero(p + 44, 256) && is_zero(p, 3), "none are none", "some were");
    mem_fill_fresh(0);
    mem_fill(p, 300);
    check(p[3] == was[3] && p[0] == 0, "seed 0 leaves them alone",
          "it does not");
}

/* Of a child that stores a byte at p: the signal, 0 for none. */
static int store_signal(unsigned char *p)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        *(volatile unsigned char *)p = 1;
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -1;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_shift(void)
{
    size_t page = mem_pagesize(), viewed;
    check(mem_create(MEM_FIXED, 16 * page), "a fixed heap", "errno");
    unsigned char *base = mem_heap_lo();
    check(!mem_shift(page), "a shift by a page is refused", "it is not");
    check(mem_heap_lo() == base, "and nothing was moved", "it was");
    check(mem_shift(page - 208), "a shift by less is not", "it is");
    unsigned char *lo = mem_heap_lo();
    check(lo == base + page - 208, "the heap begins later", "at %p",
          (void *)lo);
    check_int((long long)mem_heapsize(), 0, "and is empty");
    check_int((long long)mem_limit(), (long long)(15 * page + 208),
              "its end is where it was");
    check(mem_sbrk(208) == lo, "it grows", "it does not");
    lo[0] = lo[207] = 1;
    check_int((long long)mem_highest(), 208, "to its highest break");
    check(mem_extent() >= 208 && mem_extent() < 208 + page,
          "the kernel saw no more", "%zu", mem_extent());
    check_int(store_signal(lo + 208), SIGSEGV, "the byte beyond it faults");
    check(mem_sbrk((intptr_t)(15 * page)) == lo + 208, "up to its limit",
          "no further");
    check_int(store_signal(lo + 15 * page + 207), 0,
              "whose last byte is there");
    check(mem_view(&viewed) == lo && viewed == 15 * page + 208 && lo[207] == 1,
          "and can be viewed", "%zu bytes", viewed);
    check(mem_create(MEM_FIXED, 16 * page) && mem_heap_lo() == base,
          "nothing is left of it", "the next heap is at %p", mem_heap_lo());
}

/* Where nobody watches the verbs cost nothing and do nothing. */
static void test_guard(void)
{
    unsigned char *p = grown(64, 0);
    p[8] = 7;
    guard_close(p, 64);
    guard_open(p, 64);
    check_int(p[8], 7, "what is closed and opened again is as it was");
    guard_forget(p, 64);
    p[8] = 9;
    check_int(p[8], 9, "what is forgotten can be written");
    guard_close(p, 0);
    guard_open(NULL, 0);
}

int main(void)
{
    test_zeros();
    test_seeds();
    test_huge();
    test_tail();
    test_fill();
    test_shift();
    test_guard();
    mem_deinit();
    return check_done();
}
