/*
 * memlib_apart_test.c - the heap seen from another process than the one that
 *     uses it, prepared pages, and a machine that has no address space left
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memlib.h"
#include "tests/check.h"

#define MIB ((size_t)1 << 20)

/* body in a child: its exit status. */
static int in_child(int (*body)(void))
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        _exit(body());
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- What a child did --------------------------------------------------- */

static int use_heap(void)
{
    char *p = mem_sbrk(10000);
    memset(p, 7, 10000);
    mem_reset_brk();
    return 0;
}

/* As an allocator may that wants no mem_sbrk to be seen. */
static int use_beyond_break(void)
{
    size_t page = mem_pagesize();
    char *far = (char *)mem_heap_lo() + 16 * page;
    if (mprotect(far, page, PROT_READ | PROT_WRITE) != 0)
        return 1;
    far[100] = 1;
    return 0;
}

static void test_view(void)
{
    size_t bytes = 1;
    mem_create(MEM_RANDOM, MIB);
    check(mem_view(&bytes) == mem_heap_lo() && bytes == 0,
          "an empty heap has nothing to view", "%zu bytes", bytes);
    check_int(in_child(use_heap), 0, "a child uses the heap");
    const char *lo = mem_view(&bytes);
    check_int((long long)bytes, 10000, "all that it had can be viewed");
    check(lo[0] == 7 && lo[9999] == 7, "and is what it left there", "%d, %d",
          lo[0], lo[9999]);
    size_t page = mem_pagesize();
    check_int((long long)mem_extent(), 10000, "its extent is no more");
    check_int(in_child(use_beyond_break), 0, "one takes a page beyond");
    check_int((long long)mem_extent(), (long long)(17 * page),
              "the extent shows it");
    check_int((long long)mem_highest(), 10000, "the books do not");
    mem_deinit();
}

/* ---- Prepared pages ----------------------------------------------------- */

/* Page faults of stores into the first n pages of the heap. */
static long faults_of(size_t n)
{
    struct rusage before, after;
    volatile char *p = mem_sbrk((intptr_t)(n * mem_pagesize()));
    getrusage(RUSAGE_SELF, &before);
    for (size_t i = 0; i < n; i++)
        p[i * mem_pagesize()] = 1;
    getrusage(RUSAGE_SELF, &after);
    return after.ru_minflt - before.ru_minflt;
}

static int is_prepared(void)
{
    mem_prepare(64 * mem_pagesize());
    return faults_of(64) > 16;
}

static int is_not_prepared(void)
{
    return faults_of(64) > 16;
}

static int prepares_all(void)
{
    mem_prepare(SIZE_MAX);
    ((volatile char *)mem_heap_lo())[mem_limit() - 1] = 1;
    return 0;
}

static void test_prepare(void)
{
    mem_create(MEM_RANDOM, MIB);
    check_int(in_child(is_prepared), 0, "stores into prepared pages: no fault");
    mem_deinit();
    mem_create(MEM_RANDOM, MIB);
    check_int(in_child(is_not_prepared), 1, "into others: a fault each");
    check_int(in_child(prepares_all), 0, "no more than the heap is prepared");
    mem_deinit();
}

/* ---- No address space ---------------------------------------------------- */

static bool take_address_space(void)
{
    struct rlimit none = {4096, 4096};
    return setrlimit(RLIMIT_AS, &none) == 0;
}

static int creates_without_room(void)
{
    if (!take_address_space())
        return 3;
    errno = 0;
    return mem_create(MEM_RANDOM, MIB) ? 1 : errno == ENOMEM ? 0 : 2;
}

static int initializes_without_room(void)
{
    if (take_address_space())
        mem_init();
    return 0;
}

static void test_no_room(void)
{
    check_int(in_child(creates_without_room), 0,
              "no address space: mem_create says ENOMEM");
    check_int(in_child(initializes_without_room), 2,
              "mem_init ends with status 2");
    check(mem_create(MEM_RANDOM, MIB), "elsewhere there is a heap", "none");
    mem_deinit();
    mem_deinit();
    check(true, "to give it back twice is no mistake", "-");
}

int main(void)
{
    test_view();
    test_prepare();
    test_no_room();
    return check_done();
}
