/*
 * memlib.c - the simulated heap
 *
 * The heap is one shared mapping of a sparse file in memory.  Its books stand
 * in a mapping of their own, shared too, so that a process that forks children
 * to run an allocator sees where their break came to rest.  Where the heap
 * lies, and which pages are open, is each process's own knowledge: no stray
 * store of a child reaches it, and two children may take turns on one heap.
 * Nothing here knows what a block is.
 */
#define _GNU_SOURCE
#include "memlib.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "memguard.h"

/* What an allocator can change, and a parent reads with care. */
struct heap_books {
    char *brk;      /* first byte beyond the heap */
    char *highest;  /* that it has been at */
    size_t calls;   /* of mem_sbrk that asked for memory */
    size_t refused; /* of those */
    size_t failed;  /* of those, because it was to fail */
    size_t fail_in; /* refuse the n-th call from here; 0: none */
    bool fail_on;   /* and all that follow it */
};

static struct heap_books *heap;
static char *heap_base;    /* first byte of its first page */
static char *heap_lo;      /* first byte of the heap */
static char *heap_end;     /* the break may come up to here */
static char *heap_open;    /* first byte that faults here; a page boundary */
static int heap_file = -1; /* that holds the pages; -1: nobody does */
static bool take_int;
static uint64_t fill_seed; /* of what fresh memory holds; 0: zeros */
static bool watched;       /* see memguard.h */

/* Where a heap at a fixed address begins; the second where a tool leaves no
 * room for the first. */
#define FIXED_BASE     0x100800000000
#define FIXED_BASE_LOW 0x000800000000

/* Where a heap may begin.  The upper range is all that ASan leaves free, the
 * lower one all that valgrind does. */
struct range {
    uintptr_t lo, hi;
};

static const struct range anywhere[] = {
    {0x200000000000, 0x700000000000},
    {0x001000000000, 0x008000000000},
};
static const struct range below_2g = {0x10000000, 0x3ff00000};

/* ---- For whoever runs an allocator ------------------------------------- */

static void *reserve_at(uintptr_t base, size_t bytes)
{
    int flags = MAP_SHARED | MAP_NORESERVE;
    if (heap_file < 0)
        flags |= MAP_ANONYMOUS;
    if (base)
        flags |= MAP_FIXED_NOREPLACE;
    void *p = mmap((void *)base, bytes, PROT_NONE, flags, heap_file, 0);
    if (p != MAP_FAILED && base && (uintptr_t)p != base) { /* before 4.17 */
        munmap(p, bytes);
        return MAP_FAILED;
    }
    return p;
}

static uintptr_t random_page(struct range r)
{
    uint64_t bits = 0;
    if (getrandom(&bits, sizeof bits, 0) != sizeof bits)
        bits = (uintptr_t)&bits ^ (uint64_t)getpid() << 20;
    uintptr_t pages = (r.hi - r.lo) / mem_pagesize() + 1;
    return r.lo + bits % pages * mem_pagesize();
}

/* A random base may be taken by a library; eight draws miss it for sure. */
static void *reserve_in(struct range r, size_t bytes)
{
    void *p = MAP_FAILED;
    for (int draw = 0; draw < 8 && p == MAP_FAILED; draw++)
        p = reserve_at(random_page(r), bytes);
    return p;
}

static void *reserve(enum mem_place place, size_t bytes)
{
    void *p = MAP_FAILED;
    switch (place) {
    case MEM_LOW:
        return reserve_in(below_2g, bytes);
    case MEM_LOW_FIXED:
        return reserve_at(below_2g.lo, bytes);
    case MEM_FIXED:
        p = reserve_at(FIXED_BASE, bytes);
        return p != MAP_FAILED ? p : reserve_at(FIXED_BASE_LOW, bytes);
    case MEM_RANDOM:
        break;
    }
    for (size_t i = 0; i < sizeof anywhere / sizeof *anywhere; i++)
        if ((p = reserve_in(anywhere[i], bytes)) != MAP_FAILED)
            return p;
    return reserve_at(0, bytes);
}

static size_t round_to_pages(size_t bytes)
{
    return (bytes + mem_pagesize() - 1) & ~(mem_pagesize() - 1);
}

/* A file tells where it has pages, see mem_extent.  Under a limit on the size
 * of files (ulimit -f) there is none. */
static void open_file(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_FSIZE, &r) == 0 && r.rlim_cur == RLIM_INFINITY)
        heap_file = memfd_create("heap", MFD_CLOEXEC);
}

static void close_file(void)
{
    if (heap_file >= 0)
        close(heap_file);
    heap_file = -1;
}

/* Books in order, and the file as long as the mapping. */
static bool set_up(char *base, size_t bytes)
{
    heap = mmap(NULL, sizeof *heap, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (heap == MAP_FAILED)
        return false;
    if (heap_file >= 0 && ftruncate(heap_file, (off_t)bytes) != 0) {
        munmap(heap, sizeof *heap);
        return false;
    }
    /* Else pages beyond the break would come to be along with those below. */
    (void)madvise(base, bytes, MADV_NOHUGEPAGE);
    return true;
}

bool mem_create(enum mem_place place, size_t limit)
{
    mem_deinit();
    open_file();
    if (limit > PTRDIFF_MAX / 2) /* or rounding up would wrap around */
        limit = PTRDIFF_MAX / 2;
    if (limit > guard_most_heap())
        limit = guard_most_heap();
    size_t bytes = round_to_pages(limit);
    /* One page more than the heap: what follows it faults, always. */
    void *base = reserve(place, bytes + mem_pagesize());
    while (base == MAP_FAILED && bytes / 2 >= mem_pagesize()) {
        bytes = round_to_pages(bytes / 2);
        base = reserve(place, bytes + mem_pagesize());
    }
    if (base == MAP_FAILED || !set_up(base, bytes + mem_pagesize())) {
        if (base != MAP_FAILED)
            munmap(base, bytes + mem_pagesize());
        heap = NULL;
        close_file();
        return false;
    }
    heap_base = heap_lo = heap->brk = heap->highest = heap_open = base;
    heap_end = heap_lo + (limit < bytes ? limit : bytes);
    take_int = false;
    fill_seed = 0;
    watched = guard_watches();
    return true;
}

void mem_init(void)
{
    if (!mem_create(MEM_RANDOM, HEAP_LIMIT)) {
        perror("mem_init: no address space for the heap");
        exit(2);
    }
}

/* What mem_sbrk closed last, beyond the break: else it would stay closed where
 * a later heap, or a later break, goes by it in one step. */
static void open_tail(void)
{
    if (heap->brk >= heap_lo && heap->brk < heap_open)
        guard_open(heap->brk, (size_t)(heap_open - heap->brk));
}

void mem_deinit(void)
{
    if (!heap)
        return;
    size_t bytes = (size_t)(heap_end - heap_base);
    if (watched) { /* or the next mapping there would be as closed */
        open_tail();
        guard_open(heap_base, (size_t)(heap_open - heap_base));
    }
    munmap(heap_base, round_to_pages(bytes) + mem_pagesize());
    munmap(heap, sizeof *heap);
    heap = NULL;
    close_file();
}

size_t mem_limit(void)
{
    return (size_t)(heap_end - heap_lo);
}

void mem_fail_at(size_t k, bool for_ever)
{
    heap->fail_in = k;
    heap->fail_on = for_ever;
}

size_t mem_sbrk_calls(void)
{
    return heap->calls;
}

size_t mem_refusals(void)
{
    return heap->refused;
}

size_t mem_failures(void)
{
    return heap->failed;
}

void mem_take_int(bool yes)
{
    take_int = yes;
}

static bool open_pages(char *brk);

bool mem_shift(size_t bytes)
{
    if (bytes >= mem_pagesize() || bytes >= mem_limit() ||
        !open_pages(heap_lo + 1))
        return false;
    heap_lo += bytes;
    heap->brk = heap->highest = heap_lo;
    return true;
}

void mem_prepare(size_t bytes)
{
    char *end = heap_lo + (bytes < mem_limit() ? bytes : mem_limit());
    if (!open_pages(end))
        return;
    for (volatile char *p = heap_lo; p < end; p += mem_pagesize())
        *p = *p;
}

const void *mem_view(size_t *bytes)
{
    *bytes = mem_highest();
    size_t pages = round_to_pages(*bytes + (size_t)(heap_lo - heap_base));
    if (*bytes && mprotect(heap_base, pages, PROT_READ) != 0)
        *bytes = 0;
    return heap_lo;
}

size_t mem_extent(void)
{
    size_t below = (size_t)(heap_lo - heap_base);
    size_t most = mem_highest();
    off_t from = (off_t)round_to_pages(below + most), at;
    while (heap_file >= 0 && (at = lseek(heap_file, from, SEEK_DATA)) >= 0) {
        from = lseek(heap_file, at, SEEK_HOLE);
        if (from <= at)
            break;
        most = (size_t)from - below;
    }
    return most < mem_limit() ? most : mem_limit();
}

size_t mem_present(void)
{
    struct stat st;
    if (!heap || heap_file < 0 || fstat(heap_file, &st) != 0)
        return 0;
    return (size_t)st.st_blocks * 512;
}

/* ---- What fresh memory holds ------------------------------------------- */

/* Of what is filled at a time, bytes at either end: a heap may grow by what no
 * machine has. */
#define FILL_END ((size_t)1 << 20)

typedef uint64_t __attribute__((may_alias)) word;

/* The eight bytes at an address that is a multiple of 8 (splitmix64, Steele,
 * Lea, Flood 2014).  Two seeds that differ in the lowest bit alone differ in
 * all bits of what they fill. */
static uint64_t fresh_word(uintptr_t at)
{
    uint64_t z =
        (fill_seed | 1) + (at - (uintptr_t)heap_lo) / 8 * 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (z ^ z >> 31) ^ (fill_seed & 1 ? UINT64_MAX : 0);
}

static unsigned char fresh_byte(const char *p)
{
    uintptr_t at = (uintptr_t)p;
    return fill_seed
               ? (unsigned char)(fresh_word(at & ~(uintptr_t)7) >> at % 8 * 8)
               : 0;
}

static void fill_all(char *p, char *end)
{
    for (; p < end && (uintptr_t)p % 8; p++)
        *p = (char)fresh_byte(p);
    for (; end - p >= 8; p += 8)
        *(word *)p = fresh_word((uintptr_t)p);
    for (; p < end; p++)
        *p = (char)fresh_byte(p);
}

void mem_fill_fresh(uint64_t seed)
{
    fill_seed = seed;
}

void mem_fill(void *p, size_t bytes)
{
    if (!fill_seed)
        return;
    char *from = p, *end = from + bytes;
    bool whole = bytes <= 2 * FILL_END;
    fill_all(from, whole ? end : from + FILL_END);
    if (!whole)
        fill_all(end - FILL_END, end);
}

static const char *find_dirty(const char *p)
{
    while (p < heap_open && (unsigned char)*p == fresh_byte(p))
        p++;
    return p < heap_open ? p : NULL;
}

const void *mem_dirty_tail(void)
{
    if (heap->brk < heap->highest)
        return NULL;
    size_t bytes = (size_t)(heap_open - heap->brk);
    if (watched)
        guard_open(heap->brk, bytes);
    const char *dirty = find_dirty(heap->brk);
    if (watched)
        guard_close(heap->brk, bytes);
    return dirty;
}

/* ---- For allocators ---------------------------------------------------- */

static void *refuse(intptr_t incr, const char *why)
{
    heap->refused++;
    fprintf(stderr, "mem_sbrk(%jd): %s\n", (intmax_t)incr, why);
    errno = ENOMEM;
    return (void *)-1;
}

static bool must_fail(void)
{
    if (heap->fail_in == 0 || --heap->fail_in > 0)
        return false;
    heap->fail_in = heap->fail_on;
    heap->failed++;
    return true;
}

/* Make all pages below brk accessible. */
static bool open_pages(char *brk)
{
    if (brk <= heap_open)
        return true;
    size_t bytes = round_to_pages((size_t)(brk - heap_open));
    if (mprotect(heap_open, bytes, PROT_READ | PROT_WRITE) != 0)
        return false;
    mem_fill(heap_open, bytes);
    heap_open += bytes;
    return true;
}

/* The heap has grown from old to its break. */
static void tell_guard(const char *old)
{
    guard_forget(old, (size_t)(heap->brk - old));
    guard_close(heap->brk, (size_t)(heap_open - heap->brk));
}

void *mem_sbrk(intptr_t incr)
{
    char *old = heap->brk;
    if (take_int)
        incr = (int)incr;
    if (incr == 0)
        return old;
    heap->calls++;
    if (incr < 0)
        return refuse(incr, "the heap only grows");
    if ((size_t)incr > (size_t)(heap_end - old))
        return refuse(incr, "the heap would pass its limit");
    if (must_fail())
        return refuse(incr, "made to fail");
    if (!open_pages(old + incr))
        return refuse(incr, strerror(errno));
    heap->brk = old + incr;
    if (heap->brk > heap->highest)
        heap->highest = heap->brk;
    if (watched)
        tell_guard(old);
    return old;
}

void mem_reset_brk(void)
{
    if (watched)
        open_tail();
    heap->brk = heap_lo;
    if (watched)
        guard_close(heap_lo, (size_t)(heap_open - heap_lo));
}

void *mem_heap_lo(void)
{
    return heap_lo;
}

void *mem_heap_hi(void)
{
    return heap->brk - 1;
}

static size_t size_up_to(const char *brk)
{
    size_t size = (size_t)(brk - heap_lo);
    return size < mem_limit() ? size : mem_limit(); /* a child may have lied */
}

size_t mem_heapsize(void)
{
    return size_up_to(heap->brk);
}

size_t mem_highest(void)
{
    return size_up_to(heap->highest);
}

size_t mem_pagesize(void)
{
    static size_t size;
    if (!size)
        size = (size_t)sysconf(_SC_PAGESIZE);
    return size;
}

uint64_t mem_read(const void *addr, size_t len)
{
    uint64_t value = 0;
    memcpy(&value, addr, len < sizeof value ? len : sizeof value);
    return value;
}

void mem_write(void *addr, uint64_t value, size_t len)
{
    memcpy(addr, &value, len < sizeof value ? len : sizeof value);
}

void *mem_memcpy(void *dst, const void *src, size_t len)
{
    return memcpy(dst, src, len);
}

void *mem_memset(void *dst, int byte, size_t len)
{
    return memset(dst, byte, len);
}
