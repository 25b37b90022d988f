/*
 * checkers_gc_test.c - the checker of allocators/gc.c against damage
 */
#define _GNU_SOURCE
#include <link.h>

#include "tests/unit/checkers_help.h"

/* ---- Blocks to damage -------------------------------------------------- */

static void *roots[HELD];
static void (*tell_roots)(void *const *, size_t);

/* Blocks 1, 3 and 5 are free, of 208 bytes, in list 12 in that order.  Nothing
 * is free when block 7 is asked for again: so there is a collection. */
static void collect_blocks(void)
{
    memset(roots, 0, sizeof roots);
    tell_roots(NULL, 0);
    hold_blocks();
    tell_roots(roots, HELD);
    for (size_t i = 0; i < HELD; i += 2)
        roots[i] = held[i];
    roots[7] = mm.malloc(1100);
    expect(roots[7] == held[7], "block 7 is collected, and used again");
}

static void *block(size_t i)
{
    return held[i] - header_size;
}

/* link_blocks - let a free block be followed by what is at a block's place. */
static void link_blocks(size_t from, const void *to)
{
    *word(from, 0) = ~(size_t)to;
}

/* Where the allocator's static data holds a value: a word of it. */
struct search {
    const void *code; /* an address in the allocator */
    size_t value;
    size_t *found;
};

static bool contains(const struct dl_phdr_info *info, int segment,
                     const void *address)
{
    const ElfW(Phdr) *h = &info->dlpi_phdr[segment];
    return h->p_type == PT_LOAD &&
           (uintptr_t)address - info->dlpi_addr - h->p_vaddr < h->p_memsz;
}

/* It looks between variables too, where ASan lets nobody look. */
__attribute__((no_sanitize("address"))) static int
search_object(struct dl_phdr_info *info, size_t size, void *context)
{
    struct search *s = context;
    bool ours = false;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        ours = ours || contains(info, i, s->code);
    for (int i = 0; ours && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        size_t *w = (size_t *)((info->dlpi_addr + h->p_vaddr + 7) & -8ul);
        if (h->p_type == PT_LOAD && h->p_flags & PF_W)
            for (size_t n = h->p_memsz / 8 - 1; n--; w++)
                if (*w == s->value)
                    s->found = w;
    }
    return ours;
}

/* list_head - where list 12 begins, whose first is block 1. */
static size_t *list_head(void)
{
    struct search s = {.code = *(void **)&mm.malloc,
                       .value = ~(size_t)block(1)};
    dl_iterate_phdr(search_object, &s);
    return s.found;
}

/* ---- Single bits of damage --------------------------------------------- */

static void test_flips(void)
{
    size_t missed = 0;
    collect_blocks();
    stderr_catch();
    for (size_t i = 0; i < HELD; i++) {
        missed += flips_missed(word(i, -8));
        if (i == 1 || i == 3 || i == 5)
            missed += flips_missed(word(i, 0));
        if (roots[i])
            missed += flips_missed((size_t *)&roots[i]);
    }
    missed += flips_missed(list_head());
    bool sound = mm.checkheap(__LINE__);
    stderr_release();
    check_int((long long)missed, 0, label("each flipped bit is found"));
    expect(sound, "and none is left");
}

/* ---- Damage with a name ------------------------------------------------ */

static const void *inflict_size(void)
{
    *word(2, -8) += 1 << 20;
    return block(2);
}

static const void *inflict_no_size(void)
{
    *word(3, -8) = 0;
    return block(3);
}

static const void *inflict_flags(void)
{
    *word(3, -8) |= 2;
    return block(3);
}

static const void *inflict_free_top(void)
{
    *word(8, -8) &= ~(size_t)1;
    return block(8);
}

static const void *inflict_used_top(void)
{
    mm.realloc(held[8], 100);
    *word(8, 112 - 8) |= 1;
    return held[8] + 112 - 8;
}

static const void *inflict_growth(void)
{
    return mem_sbrk(16);
}

static const void *inflict_emptied(void)
{
    *list_head() = SIZE_MAX;
    return NULL;
}

/* The bits for the lists follow upon the 32 lists. */
static const void *inflict_bit(void)
{
    list_head()[32 - 12] ^= 1 << 12;
    return block(1);
}

static const void *inflict_wild_link(void)
{
    link_blocks(1, (char *)mem_heap_hi() + 9);
    return (char *)mem_heap_hi() + 9;
}

static const void *inflict_link_inside(void)
{
    link_blocks(1, held[2] + 8);
    return held[2] + 8;
}

static const void *inflict_used_listed(void)
{
    link_blocks(1, block(2));
    return block(2);
}

static const void *inflict_class(void)
{
    mm.realloc(held[7], 600);
    link_blocks(1, (char *)block(7) + 608);
    return (char *)block(7) + 608;
}

static const void *inflict_top_listed(void)
{
    mm.realloc(held[8], 100);
    link_blocks(1, (char *)block(8) + 112);
    return (char *)block(8) + 112;
}

static const void *inflict_cycle(void)
{
    link_blocks(5, block(1));
    return block(0);
}

static const void *inflict_cut(void)
{
    link_blocks(1, NULL);
    return block(0);
}

static const void *inflict_root_inside(void)
{
    roots[4] = held[4] + 16;
    return block(4) + 16;
}

static const void *inflict_dead_root(void)
{
    roots[4] = held[5];
    return block(5);
}

static const struct {
    const char *name;
    const void *(*inflict)(void); /* the block it will be noticed at */
    const char *message;
} damages[] = {
    {"a size beyond the heap", inflict_size,
     "its size is 1048784, expected 16 to 2368"},
    {"no size", inflict_no_size, "its size is 0, expected 16 to 2160"},
    {"an unknown flag", inflict_flags, "its header 0xd2 has unknown flags"},
    {"a last block that is free", inflict_free_top,
     "not known to be the free block at the top"},
    {"a top that is used", inflict_used_top,
     "taken for the free block at the top"},
    {"another's growth of the heap", inflict_growth, "not the end of the heap"},
    {"a list that is lost", inflict_emptied,
     "the first of list 12, which is said to be filled"},
    {"a list that is denied", inflict_bit,
     "the first of list 12, which is said to be empty"},
    {"a link out of the heap", inflict_wild_link, "no block, but in list 12"},
    {"a link into a payload", inflict_link_inside, "no block, but in list 12"},
    {"a used block in a list", inflict_used_listed,
     "used, of 208 bytes, but in list 12"},
    {"a block in the list of another class", inflict_class,
     "free, of 512 bytes, but in list 12"},
    {"the top in a list", inflict_top_listed,
     "free, of 96 bytes, but in list 12"},
    {"a list that is a ring", inflict_cycle, "4 blocks are listed, 3 are free"},
    {"a list cut short", inflict_cut, "1 blocks are listed, 3 are free"},
    {"a root to the middle of a payload", inflict_root_inside,
     "root 4 is *, no live payload"},
    {"a root to a free block", inflict_dead_root,
     "root 4 is *, no live payload"},
};

static void test_damages(void)
{
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        collect_blocks();
        expect(mm.checkheap(__LINE__), "the heap is sound");
        stderr_catch();
        char expected[200];
        snprintf(expected, sizeof expected, "mm_checkheap(4711): block %p: %s",
                 damages[i].inflict(), damages[i].message);
        bool good = mm.checkheap(4711);
        const char *said = stderr_release();
        check(!good && matches(said, expected), label(damages[i].name),
              "expected \"%s\", found \"%s\"", expected, said);
    }
}

int main(void)
{
    char gc_so[] = "build/allocators/gc.so";
    mem_init();
    void *object = dlopen(gc_so, RTLD_NOW | RTLD_LOCAL);
    if (load(gc_so) &&
        expect(find(object, "mm_roots", &tell_roots), "defines mm_roots")) {
        test_flips();
        test_damages();
    }
    mem_deinit();
    return check_done();
}
