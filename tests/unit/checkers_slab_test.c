/*
 * checkers_slab_test.c - the checker of slab.c against damage
 *
 * The allocator is compiled in, so that the heads of its rings can be damaged.
 */
#define _GNU_SOURCE
#include "allocators/slab.c"
#include "tests/unit/checkers_help.h"

/* ---- Spans to damage --------------------------------------------------- */

/*
 *     page  0        1-2    3-4   5-6    7         8         9
 *           run of   large  free  large  run of    run of    end
 *           208:               2032:     2032:
 *           used, chained,               full      with room
 *           used
 */
static struct span *page(size_t n)
{
    return span_at(heap.first, (ptrdiff_t)n);
}

static void *filled(size_t size)
{
    void *p = mm.malloc(size);
    return p ? memset(p, 0xa5, mm.usable_size(p)) : NULL;
}

static void hold_spans(void)
{
    fresh_heap();
    filled(200);
    void *chained = filled(200);
    filled(200);
    filled(5000);
    void *large = filled(5000);
    filled(5000);
    for (int i = 0; i < 3; i++)
        filled(2000);
    mm.free(chained);
    mm.free(large);
}

/* ---- Single bits of damage --------------------------------------------- */

static size_t byte_flips_missed(void *from, size_t bytes)
{
    size_t missed = 0;
    for (size_t bit = 0; bit < 8 * bytes; bit++) {
        uint8_t *at = (uint8_t *)from + bit / 8;
        *at ^= (uint8_t)(1 << bit % 8);
        missed += mm.checkheap(__LINE__);
        *at ^= (uint8_t)(1 << bit % 8);
    }
    return missed;
}

static size_t span_flips_missed(struct span *s)
{
    size_t missed = byte_flips_missed(&s->link, sizeof s->link) +
                    byte_flips_missed(&s->pages, sizeof s->pages) +
                    byte_flips_missed(&s->below, sizeof s->below) +
                    byte_flips_missed(&s->kind, sizeof s->kind) +
                    byte_flips_missed(&s->used, sizeof s->used);
    if (s->kind != RUN)
        return missed;
    return missed + byte_flips_missed(&s->class, sizeof s->class) +
           byte_flips_missed(&s->fresh, sizeof s->fresh) +
           byte_flips_missed(&s->chain, sizeof s->chain) +
           byte_flips_missed(&s->size, sizeof s->size);
}

static void test_flips(void)
{
    hold_spans();
    size_t missed = 0, spans = 0;
    stderr_catch();
    for (struct span *s = heap.first; s != heap.end; s = span_next(s), spans++)
        missed += span_flips_missed(s);
    missed += byte_flips_missed(run_block(page(0), 1), 1);
    missed += byte_flips_missed(heap.rings, sizeof heap.rings);
    missed += byte_flips_missed(&heap.end, sizeof heap.end);
    missed += byte_flips_missed(&heap.top, sizeof heap.top);
    bool sound = mm.checkheap(__LINE__);
    stderr_release();
    check_int((long long)spans, 6, label("spans are where the test has them"));
    check_int((long long)missed, 0, label("each flipped bit is found"));
    expect(sound, "and none is left");
}

/* ---- Damage with a name ------------------------------------------------ */

static void *inflict_kind(void)
{
    page(1)->kind = 9;
    return page(1);
}

static void *inflict_used_large(void)
{
    page(1)->used = 3;
    return page(1);
}

static void *inflict_no_pages(void)
{
    page(1)->pages = 0;
    return page(1);
}

static void *inflict_pages(void)
{
    page(1)->pages = 9;
    return page(1);
}

static void *inflict_below(void)
{
    page(3)->below = 7;
    return page(3);
}

static void *inflict_neighbour(void)
{
    page(5)->kind = FREE;
    return page(5);
}

static void *inflict_class(void)
{
    page(0)->class = 40;
    return page(0);
}

static void *inflict_size(void)
{
    page(0)->size = 0;
    return page(0);
}

static void *inflict_empty(void)
{
    page(0)->used = 0;
    return page(0);
}

static void *inflict_fresh(void)
{
    page(0)->fresh = 20;
    return page(0);
}

static void *inflict_wild_chain(void)
{
    page(0)->chain = 9;
    return page(0);
}

static void *inflict_round_chain(void)
{
    *run_block(page(0), 1) = 1;
    return page(0);
}

static void *inflict_lost(void)
{
    page(0)->chain = NONE;
    return page(0);
}

static void *inflict_linked(void)
{
    page(1)->link.next = &page(3)->link;
    return page(1);
}

static void *inflict_wild_link(void)
{
    page(0)->link.next = &heap.end->link;
    return page(0);
}

static void *inflict_one_way(void)
{
    page(0)->link.next = &page(3)->link;
    return page(0);
}

static void *inflict_wild_ring(void)
{
    heap.rings[0].next = NULL;
    return &heap.rings[0];
}

/* A payload that looks like a span must be seen through, without a crash. */
static void *inflict_wrong_ring(void)
{
    ring_remove(page(3));
    ring_insert(&heap.rings[0], page(3));
    return page(3);
}

static void *inflict_payload(void)
{
    *page(2) = (struct span){.link = {heap.rings, heap.rings}, .kind = RUN};
    heap.rings[0] = (struct link){&page(2)->link, &page(2)->link};
    return page(2);
}

static void *inflict_ring_end(void)
{
    heap.rings[0].prev = &page(0)->link;
    return page(0);
}

static void *inflict_outside(void)
{
    struct span *s = page(0);
    struct link *ring = &heap.rings[s->class];
    ring->next = ring->prev = ring;
    s->link = (struct link){&s->link, &s->link};
    return heap.first;
}

static void *inflict_end(void)
{
    heap.end = page(8);
    return page(8);
}

static void *inflict_top(void)
{
    heap.top = 7;
    return heap.end;
}

static const struct slab_damage {
    const char *name;
    void *(*inflict)(void); /* what the checker is to complain of */
    const char *message;
} damages[] = {
    {"an unknown kind", inflict_kind, "its kind is 9"},
    {"used blocks of a large one", inflict_used_large,
     "no run, but 3 blocks used"},
    {"a span of no pages", inflict_no_pages,
     "its pages are 0, expected 1 to 8"},
    {"pages beyond the heap", inflict_pages,
     "its pages are 9, expected 1 to 8"},
    {"the pages below", inflict_below, "the one below is of 2 pages, not 7"},
    {"a used span marked free", inflict_neighbour,
     "free, and so is the one below"},
    {"an unknown class", inflict_class, "class 40 of 208 bytes"},
    {"blocks of no bytes", inflict_size, "class 12 of 0 bytes"},
    {"an empty run", inflict_empty, "a run of 1 pages, 0 of 3 blocks used"},
    {"more blocks than there are", inflict_fresh,
     "a run of 1 pages, 2 of 20 blocks used"},
    {"a chain out of the run", inflict_wild_chain,
     "its chain leads to block 9 never used"},
    {"a chain that is a ring", inflict_round_chain,
     "its chain leads to block 1 twice"},
    {"a chain cut short", inflict_lost,
     "2 blocks are used or chained, expected 3"},
    {"a large block in a ring", inflict_linked,
     "linked, but neither free nor with room"},
    {"a link out of the heap", inflict_wild_link,
     "its links * and * lead to no span"},
    {"a link that is not returned", inflict_one_way,
     "its links are not returned"},
    {"a ring that leads nowhere", inflict_wild_ring, "its next link is (nil)"},
    {"a span in the wrong ring", inflict_wrong_ring,
     "in the wrong ring, number 0"},
    {"a payload in a ring", inflict_payload, "in the wrong ring, number 0"},
    {"the end of a ring", inflict_ring_end,
     "its ring ends with it, expected *"},
    {"a ring beside the ring", inflict_outside,
     "2 spans are listed, expected 3"},
    {"the end of the heap", inflict_end, "not the end of the heap"},
    {"the pages at the top", inflict_top, "the one below is of 1 pages, not 7"},
};

static void test_slab_damage(const struct slab_damage *d)
{
    hold_spans();
    stderr_catch();
    void *at = d->inflict();
    bool good = mm.checkheap(4711);
    const char *said = stderr_release();
    char expected[200];
    snprintf(expected, sizeof expected, "mm_checkheap(4711): block %p: %s", at,
             d->message);
    check(!good && matches(said, expected), label(d->name),
          "expected \"%s\", found \"%s\"", expected, said);
}

/* ---- What only a slab does --------------------------------------------- */

/* An empty run is given back, and its page used for another class. */
static void test_reuse(void)
{
    fresh_heap();
    void *p[254];
    for (size_t i = 0; i < 254; i++)
        p[i] = mm.malloc(16);
    check_int((long long)mem_heapsize(), 4096, label("254 blocks in a page"));
    for (size_t i = 0; i < 254; i++)
        mm.free(p[i]);
    expect(mm.malloc(2032) && mm.malloc(2032), "another class takes the page");
    check_int((long long)mem_heapsize(), 4096, label("and needs no other"));
}

static char walked[64];
static bool tiles;

static void walk_visit(void *block, size_t size, bool live)
{
    static char *next;
    strncat(walked, live ? "1" : "0", sizeof walked - strlen(walked) - 1);
    tiles = tiles && (!walked[1] || block == next);
    next = (char *)block + size;
}

static void test_walk(void)
{
    hold_spans();
    *walked = '\0';
    tiles = true;
    mm_walk(walk_visit);
    expect(tiles, "mm_walk leaves no gap");
    check_str(walked,
              "1010000000000000000"
              "101"
              "11"
              "10",
              label("mm_walk knows what is live"));
}

int main(void)
{
    mm.name = "slab";
    mm.init = mm_init;
    mm.malloc = mm_malloc;
    mm.free = mm_free;
    mm.usable_size = mm_usable_size;
    mm.checkheap = mm_checkheap;
    mem_init();
    test_flips();
    for (size_t d = 0; d < sizeof damages / sizeof *damages; d++)
        test_slab_damage(&damages[d]);
    test_reuse();
    test_walk();
    mem_deinit();
    return check_done();
}
