/*
 * mm.c - best fit without headers: what is a block is told beside the heap
 *
 * Memory is counted in units of 16 bytes.  A block is some units, all of them
 * payload.  Two bits of marks for each unit say where blocks begin, and which
 * units are the first and the last of free ones:
 *
 *     units    ... | a  a  a  a | b  b  b  b | c | d  d  d  d  d | ...
 *     begins         1  0  0  0   1  0  0  0   1   1  0  0  0  0
 *     ends           0  0  0  0   1  0  0  1   0   0  0  0  0  0
 *                       used         free    used      used
 *
 * So the size of a used block is how far it is to the next one; if that is far,
 * see number_of.  A free block is known from above by its last word (boundary
 * tags: Knuth, TAOCP 1, 2.5), which in one of a single unit is the only one:
 *
 *     +------------+------------+- - -+------------+------------+
 *     | next, prev | units      |     |            | units      |
 *     +------------+------------+- - -+------------+------------+
 *
 * What else the heap knows of itself is the ledger: the heads of all lists, and
 * where the marks of each segment of 256 KiB are.  In a small heap it rides
 * above all blocks, and up when they need room:
 *
 *     | blocks ... | slack | heads | segments | marks |
 *
 * In a larger one it is a used block, and so are the marks, a quarter more each
 * time; but they make way for a block that wants to be where they are.
 *
 * Small blocks that are freed wait in the quick list of their size, used for
 * their neighbours, until one of that size is wanted or the heap must grow.
 *
 * Costs: a 64th of the heap for marks; a block is its payload rounded up to 16.
 * But for what it copies or clears a request takes some tens of steps, looks at
 * 2 LOOK blocks at most, and if the heap must grow by n units it frees up to 2n
 * blocks and QUICK_DRAIN, and looks at the marks' blocks, 3 for each doubling.
 */

/* With -DDEBUG: assertions, and a check of the heap at every call. */
#if !defined DEBUG && !defined NDEBUG
#define NDEBUG
#endif

#include "mm.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

#define UNIT        16
#define MAX_REQUEST ((size_t)1 << 50) /* beyond which no block can be had */

struct block { /* a free one, or one that waits */
    union {
        struct {
            uint32_t next, prev; /* see linked */
        };
        struct block *later; /* in its quick list */
    };
    size_t units;
};

static_assert(ALIGNMENT == UNIT && sizeof(struct block) == UNIT, "a unit");

/* Blocks of so many units have quick lists.  With all of up to 240 bytes in
 * them requests took 6% less time, but a point of utilization was lost on
 * classic traces: what waits there parts what could merge. */
#define QUICK_MOST 6
#define EXACT      16 /* smaller blocks have a class for each size */
#define MAP_WORDS  3  /* for the classes of all sizes to MAX_REQUEST */

static struct {
    char *base;           /* of unit 0, which is none */
    uintptr_t *segments;  /* see marks_of */
    struct block **quick; /* heads of the quick lists, then of the others */
    size_t nursery, nursery_units;
    size_t held;             /* units in quick lists */
    size_t end;              /* the first unit beyond the blocks */
    size_t top;              /* the first unit of the ledger */
    size_t in_way;           /* the end when last nothing could make way */
    uint64_t map[MAP_WORDS]; /* bit c: list c may not be empty */
    uint32_t placed;         /* segments that have marks among the blocks */
    uint8_t log;             /* see log_for */
} heap;

static_assert(sizeof heap <= 104, "static data counts as heap");

static inline struct block *block_at(size_t u)
{
    return (struct block *)(heap.base + u * UNIT);
}

static inline size_t unit_of(const void *p)
{
    return (size_t)((const char *)p - heap.base) / UNIT;
}

static inline size_t units_for(size_t bytes)
{
    return (bytes + UNIT - 1) / UNIT;
}

/* ---- Marks -------------------------------------------------------------- */

/* Of 64 units: where blocks begin, and the ends of free ones. */
struct marks {
    uint64_t begins, ends;
};

#define SPAN          ((size_t)64)
#define SEGMENT_LOG   14
#define SEGMENT_MARKS (((size_t)1 << SEGMENT_LOG) / SPAN)
#define SEGMENT_BYTES (SEGMENT_MARKS * sizeof(struct marks))
#define SEGMENT_UNITS (SEGMENT_BYTES / UNIT)
#define SHORT         (2 * SPAN) /* longer blocks have a number */
#define NUMBER        (~UINT64_C(0))
#define GIANT         ((size_t)1 << 24) /* inside of these, any marks */

/* marks_of - those of unit u.  segments[i] tells where those of 0 would be. */
static inline struct marks *marks_of(size_t u)
{
    return (struct marks *)(heap.segments[u >> SEGMENT_LOG] +
                            u / SPAN * sizeof(struct marks));
}

/* marks_below - those of the unit below u, where m are those of u. */
static inline struct marks *marks_below(struct marks *m, size_t u)
{
    return u % SPAN ? m : marks_of(u - 1);
}

/* segment_marks, segment_put - where the marks of segment i are. */
static inline struct marks *segment_marks(size_t i)
{
    return (struct marks *)(heap.segments[i] + i * SEGMENT_BYTES);
}

static inline void segment_put(size_t i, void *marks)
{
    heap.segments[i] = (uintptr_t)marks - i * SEGMENT_BYTES;
}

static inline uint64_t bit(size_t u)
{
    return UINT64_C(1) << u % SPAN;
}

static inline bool begins(size_t u)
{
    return marks_of(u)->begins & bit(u);
}

static inline bool is_free(size_t u)
{
    return marks_of(u)->ends & bit(u);
}

/* mark - whether u begins a block, and whether it is an end of a free one. */
static inline void mark(size_t u, bool begin, bool end)
{
    struct marks *m = marks_of(u);
    m->begins = begin ? m->begins | bit(u) : m->begins & ~bit(u);
    m->ends = end ? m->ends | bit(u) : m->ends & ~bit(u);
}

/* number_of - the marks that tell the size of a long block at u, and nothing
 *     else.  In others not all units are ends, or else at least one of the last
 *     two begins a block. */
static inline struct marks *number_of(size_t u)
{
    return marks_of(u / SPAN * SPAN + SPAN);
}

/* number_set - give a block of n units a number, or take it, if it is long. */
static inline void number_set(size_t u, size_t n, bool has)
{
    if (n > SHORT)
        *number_of(u) = (struct marks){has ? n : 0, has ? NUMBER : 0};
}

static __attribute__((noinline)) size_t far_units(size_t u)
{
    struct marks *m = number_of(u);
    if (m->ends == NUMBER && m->begins < NUMBER / 4)
        return m->begins;
    size_t at = u / SPAN * SPAN + SPAN;
    for (; !m->begins; m = marks_of(at))
        at += SPAN;
    return at + (size_t)__builtin_ctzl(m->begins) - u;
}

/* used_units - the size of the used block at u. */
static inline size_t used_units(size_t u)
{
    uint64_t w = marks_of(u)->begins >> u % SPAN & ~UINT64_C(1);
    return w ? (unsigned)__builtin_ctzl(w) : far_units(u);
}

/* free_above, free_below - units of a free block from u on, or up to it. */
static inline size_t free_above(size_t u)
{
    return is_free(u) ? block_at(u)->units : 0;
}

static inline size_t free_below(size_t u)
{
    return is_free(u - 1) ? block_at(u - 1)->units : 0;
}

/* wipe - clear the words of marks that begin from unit u on, up to `end`. */
static inline void wipe(size_t u, size_t end)
{
    for (size_t at = (u + SPAN - 1) / SPAN * SPAN; at < end; at += SPAN)
        *marks_of(at) = (struct marks){0, 0};
}

/* fresh - n units from u on, which had no marks yet, shall be a block. */
static void fresh(size_t u, size_t n)
{
    wipe(n < GIANT ? u + 1 : u + n - SPAN, u + n + 1);
}

/* tidy - a block of `have` units, which may be a giant, shall be two.  Marks of
 *     giants are not all wiped at once: 2^39 bytes have 8 GiB of them. */
static inline void tidy(size_t u, size_t have, size_t n)
{
    if (have >= GIANT)
        wipe(n < GIANT ? u + 1 : u + n - SPAN,
             have - n < GIANT ? u + have - SPAN : u + n + 1);
}

/* mark_used - n units at u, unmarked but for the first, are a used block. */
static inline void mark_used(size_t u, size_t n)
{
    marks_of(u)->begins |= bit(u);
    number_set(u, n, true);
}

/* split - a used block of `have` units becomes two. */
static inline void split(size_t u, size_t have, size_t n)
{
    tidy(u, have, n);
    number_set(u, have, false);
    number_set(u, n, true);
    mark_used(u + n, have - n);
}

/* lengthen - a used block of `old` units has n, with those of a free one, or
 *     with all to the end of the heap. */
static inline void lengthen(size_t u, size_t old, size_t n)
{
    number_set(u, old, false);
    mark(u + old, false, false);
    marks_of(u + n - 1)->ends &= ~bit(u + n - 1);
    number_set(u, n, true);
}

/* ---- Free lists --------------------------------------------------------- */

/* linked - a link is twice the unit of a block; that of a list's first to the
 * block before it is its class, twice and one. */
static inline struct block *linked(uint32_t link)
{
    return (struct block *)(heap.base + (size_t)link * (UNIT / 2));
}

/* list - the link to the first block of class c. */
static inline uint32_t *list(size_t c)
{
    return (uint32_t *)(heap.quick + QUICK_MOST) + c;
}

/* class_of - one for each size below EXACT, then four for each doubling. */
static inline size_t class_of(size_t n)
{
    if (n < EXACT)
        return n;
    unsigned log = 63 ^ (unsigned)__builtin_clzl(n);
    return (size_t)4 * log + (n >> (log - 2)) - 4;
}

/* link_in, take_out - put the free block at u, of n units, into its list, or
 *     take b out of its.  Beyond 32 GiB blocks have no links, and are not used
 *     until they have merged. */
static inline void link_in(size_t u, size_t n)
{
    struct block *b = block_at(u);
    size_t c = class_of(n);
    b->units = block_at(u + n - 1)->units = n;
    if (2 * u > UINT32_MAX) {
        b->next = 0;
        b->prev = 1;
        return;
    }
    uint32_t next = *list(c);
    b->next = next;
    *list(c) = (uint32_t)(2 * u);
    b->prev = (uint32_t)(2 * c + 1);
    if (next)
        linked(next)->prev = (uint32_t)(2 * u);
    else
        heap.map[c / 64] |= bit(c);
}

static inline void take_out(struct block *b)
{
    uint32_t next = b->next, prev = b->prev;
    if (next)
        linked(next)->prev = prev;
    if (prev & 1)
        *list(prev / 2) = next;
    else
        linked(prev)->next = next;
}

/* ---- Freeing ------------------------------------------------------------ */

/* release - n used units at u become free, and one with their neighbours. */
static void release(size_t u, size_t n)
{
    struct marks *m = marks_of(u), *under = marks_below(m, u);
    number_set(u, n, false);
    if (under->ends & bit(u - 1)) {
        size_t below = block_at(u - 1)->units;
        m->begins -= bit(u);
        if (below > 1)
            under->ends -= bit(u - 1);
        u -= below;
        n += below;
        take_out(block_at(u));
    } else {
        m->ends |= bit(u);
    }
    m = marks_of(u + n);
    if (m->ends & bit(u + n)) {
        struct block *above = block_at(u + n);
        m->begins -= bit(u + n);
        if (above->units > 1)
            m->ends -= bit(u + n);
        n += above->units;
        take_out(above);
    } else {
        marks_below(m, u + n)->ends |= bit(u + n - 1);
    }
    link_in(u, n);
}

/* trim - n of `have` units at u, a free block in no list, are used from now. */
static inline void trim(size_t u, size_t have, size_t n)
{
    size_t rest = have - n, at = u + n;
    struct marks *m = marks_of(u);
    m->ends &= ~bit(u);
    tidy(u, have, n);
    number_set(u, n, true);
    if (!rest) {
        marks_of(at - 1)->ends &= ~bit(at - 1);
        return;
    }
    m = marks_of(at);
    m->begins += bit(at); /* no |=: gcc would load both, and that stalls */
    m->ends |= bit(at);
    link_in(at, rest);
}

/* cut - of a used block of `have` units only n are used any longer. */
static void cut(size_t u, size_t have, size_t n)
{
    split(u, have, n);
    release(u + n, have - n);
}

/* ---- Best fit ----------------------------------------------------------- */

/* Blocks of a class to look at.  The second to the eighth gain 1.1 points where
 * sizes are random; the others save some programs half of the heap. */
#define LOOK 64

/* best_of_class - the block of class c that wastes least; NULL: none fits. */
static inline struct block *best_of_class(size_t c, size_t n)
{
    struct block *b = linked(*list(c)), *best = NULL;
    if (c < EXACT)
        return b;
    int look = LOOK;
    for (size_t least = SIZE_MAX;; b = linked(b->next)) {
        if (b->units >= n && b->units < least) {
            best = b;
            least = b->units;
        }
        if (!--look || least == n || !b->next)
            return best;
    }
}

/* class_from - the first class from c on that is not empty, or 0.  It is found
 *     here that a list is empty now. */
static inline size_t class_from(size_t c)
{
    size_t i = c / 64;
    uint64_t w = heap.map[i] & ~UINT64_C(0) << c % 64;
    for (;; heap.map[i] ^= w & -w, w &= w - 1) {
        while (!w) {
            if (++i == MAP_WORDS)
                return 0;
            w = heap.map[i];
        }
        c = i * 64 + (size_t)__builtin_ctzl(w);
        if (*list(c))
            return c;
    }
}

/* take_fit - a used block of n units out of a list; NULL: none fits. */
static struct block *take_fit(size_t n)
{
    for (size_t c = class_of(n); (c = class_from(c)); c++) {
        struct block *b = best_of_class(c, n);
        if (!b)
            continue;
        take_out(b);
        trim(unit_of(b), b->units, n);
        return b;
    }
    return NULL;
}

/* ---- Quick lists -------------------------------------------------------- */

/* Before the heap grows QUICK_DRAIN blocks are freed, if those that wait are a
 * share of it: the next requests are slow. */
#define QUICK_DRAIN 256
#define QUICK_WORTH 64

/* quick_take - a block of n units, or NULL. */
static inline struct block *quick_take(size_t n)
{
    struct block *b = heap.quick[n - 1];
    if (!b)
        return NULL;
    heap.quick[n - 1] = b->later;
    heap.held -= n;
    return b;
}

/* quick_drain - free so many blocks of quick lists, large ones first. */
static void quick_drain(size_t count)
{
    for (size_t n = QUICK_MOST; n > 0; n--)
        for (struct block *b; count && (b = quick_take(n)); count--)
            release(unit_of(b), n);
}

/* give_back - make n used units from b on free, now or later. */
static inline void give_back(struct block *b, size_t n)
{
    if (n > QUICK_MOST) {
        release(unit_of(b), n);
        return;
    }
    b->later = heap.quick[n - 1];
    heap.quick[n - 1] = b;
    heap.held += n;
}

/* ---- The ledger --------------------------------------------------------- */

/* log_for - what the number of heads and segments is by: 2^log is above top. */
static inline unsigned log_for(size_t top)
{
    return 64 - (unsigned)__builtin_clzl(top | SPAN);
}

/* heads_bytes - of all lists: whole words, the table of segments follows. */
static inline size_t heads_bytes(unsigned log)
{
    return QUICK_MOST * sizeof(struct block *) +
           class_of((size_t)1 << log) * sizeof(uint32_t);
}

/* parts_units - all of it but the marks. */
static inline size_t parts_units(unsigned log)
{
    size_t segments = ((size_t)1 << log >> SEGMENT_LOG) + 1;
    return units_for(heads_bytes(log) + segments * sizeof(uintptr_t));
}

/* rides - whether it is above all blocks, and not among them. */
static inline bool rides(void)
{
    return heap.top >= heap.end;
}

/* riding_end - its end while it rides at top, with marks for all below. */
static inline size_t riding_end(size_t top)
{
    return top + parts_units(log_for(top)) + top / SPAN + 1;
}

/* ledger_move - its parts go to unit `to`, for 2^log units: upwards, if old and
 *     new lie across each other. */
static void ledger_move(size_t to, unsigned log)
{
    size_t old = heads_bytes(heap.log), bytes = heads_bytes(log);
    size_t segments = rides() ? 1 : heap.placed;
    char *from = (char *)heap.quick, *heads = (char *)block_at(to);
    heap.quick = (struct block **)heads;
    heap.segments = (uintptr_t *)(heads + bytes);
    heap.top = to;
    heap.log = (uint8_t)log;
    memmove(heap.segments, from + old, segments * sizeof *heap.segments);
    memmove(heads, from, old);
    memset(heads + old, 0, bytes - old);
}

/* ledger_raise - the same, and the marks of the first segment go along. */
static void ledger_raise(size_t to, unsigned log)
{
    void *marks = block_at(to + parts_units(log));
    memmove(marks, segment_marks(0),
            (heap.end / SPAN + 1) * sizeof(struct marks));
    ledger_move(to, log);
    segment_put(0, marks);
}

/* piece_put - the marks of `count` segments from the first on are at unit u. */
static void piece_put(size_t first, size_t count, size_t u)
{
    for (size_t i = 0; i < count; i++)
        segment_put(first + i, block_at(u + i * SEGMENT_UNITS));
}

/* grow - the heap, so that it ends at unit `end`. */
static bool grow(size_t end)
{
    size_t now = unit_of((char *)mem_heap_hi() + 1);
    return mem_sbrk((intptr_t)((end - now) * UNIT)) != (void *)-1;
}

/* ride - go up, so that there is room for blocks to end at unit `end`. */
static bool ride(size_t end)
{
    size_t top = heap.end + heap.end / 128;
    top = top >> SEGMENT_LOG || top < end ? end : top;
    if (!grow(riding_end(top)) && !grow(riding_end(top = end)))
        return false;
    ledger_raise(top, log_for(top));
    return true;
}

/* end_at - the blocks end at unit u: there begins what is not free. */
static void end_at(size_t u)
{
    heap.end = u;
    marks_of(u)->begins |= bit(u);
}

/* raise_far - n units more, where the end is in a segment without marks: there
 *     come some, for a quarter more segments than there are, so that not much
 *     parts the heap, and below them the ledger, which settles or gets longer.
 *     They lie below the new units; above, if these are `joined` to a block. */
static bool raise_far(size_t n, bool joined)
{
    bool rode = rides();
    size_t old = heap.top, old_units = parts_units(heap.log);
    size_t slack = rode && !joined ? heap.top - heap.end : 0, from = heap.end;
    size_t at = from + (joined ? n : slack), above = joined ? 0 : n;
    size_t first = heap.placed, count, parts, end, next = at;
    unsigned log;
    do { /* they may themselves reach one more */
        end = next;
        count = ((end + above) >> SEGMENT_LOG) + 1 - first + first / 4;
        log = log_for(((first + count) << SEGMENT_LOG) - 1);
        parts = rode || log != heap.log ? parts_units(log) : 0;
        next = at + parts + count * SEGMENT_UNITS;
    } while (next != end);
    if (!grow(end + above))
        return false;
    if (rode)
        ledger_raise(at, log);
    else if (parts)
        ledger_move(at, log);
    piece_put(first, count, at + parts);
    heap.placed = (uint32_t)(first + count);
    fresh(from, at - from);
    fresh(at, parts);
    fresh(at + parts, end - at - parts);
    fresh(end, above);
    end_at(end + above);
    if (parts)
        mark_used(at, parts);
    mark_used(at + parts, count * SEGMENT_UNITS);
    if (slack)
        release(from, slack);
    if (parts && !rode)
        release(old, old_units);
    return true;
}

/* raise_end - n units more at the end, joined to a block there or not. */
static bool raise_end(size_t n, bool joined)
{
    size_t end = heap.end + n;
    if (end >> SEGMENT_LOG >= (rides() ? 1 : heap.placed))
        return raise_far(n, joined);
    if (end > heap.top && !(rides() ? ride(end) : grow(end)))
        return false;
    fresh(heap.end, n);
    end_at(end);
    return true;
}

/* ---- Making way --------------------------------------------------------- */

/* take_top - a used block of n units at the end, which grows if it must. */
static struct block *take_top(size_t n)
{
    size_t have = free_below(heap.end), u = heap.end - have;
    if (!have) {
        if (!raise_end(n, false))
            return NULL;
        mark_used(heap.end - n, n);
        return block_at(heap.end - n);
    }
    take_out(block_at(u));
    trim(u, have, have < n ? have : n);
    if (have < n && !raise_end(n - have, true)) {
        release(u, have);
        return NULL;
    }
    if (have < n)
        lengthen(u, have, n);
    return block_at(u);
}

/* piece_next - the first segment after i with its marks in another block. */
static inline size_t piece_next(size_t i)
{
    return i + used_units(unit_of(segment_marks(i))) / SEGMENT_UNITS;
}

/* piece_at - the first segment whose marks are in block u; or heap.placed. */
static size_t piece_at(size_t u)
{
    size_t i = 0;
    while (i < heap.placed && unit_of(segment_marks(i)) != u)
        i = piece_next(i);
    return i;
}

/* own_units - of the block at u, if it is the ledger or has marks; or 0. */
static size_t own_units(size_t u)
{
    bool own = u < heap.end && !is_free(u) &&
               (u == heap.top || piece_at(u) < heap.placed);
    size_t n = own ? used_units(u) : 0;
    return n <= (size_t)1 << 16 ? n : 0; /* a MiB of marks never moves */
}

/* make_way - the ledger or marks, n units at u, go to the end of the heap. */
static bool make_way(size_t u, size_t n)
{
    size_t i = piece_at(u), have = free_below(heap.end);
    size_t more = have > n ? have - n : 0;
    bool is_ledger = u == heap.top;
    struct block *b = take_top(more + n);
    if (!b)
        return false;
    size_t to = unit_of(b) + more;
    if (more) {
        split(to - more, more + n, more);
        release(to - more, more);
    }
    if (!is_ledger) {
        memcpy(block_at(to), block_at(u), n * UNIT);
        piece_put(i, n / SEGMENT_UNITS, to);
    } else if (u == heap.top) {
        ledger_move(to, heap.log);
    } else { /* it went by itself, as the heap grew */
        u = to;
    }
    release(u, n);
    return true;
}

/* clear - make room for n units where `room` are free or given up below u, and
 *     nothing but what is the heap's own, and not too much, is in the way from
 *     there; or, for a block that grows, up to the end. */
static bool clear(size_t u, size_t room, size_t n, bool grows)
{
    size_t next = u, all = 0, own;
    while ((room < n || room < 2 * all) && (own = own_units(next))) {
        size_t step = own + free_above(next + own);
        room += step;
        next += step;
        all += own;
    }
    size_t tail = free_below(heap.end);
    if (!grows && next == heap.end)
        room -= tail < all ? tail : all; /* where these would go */
    if (room < 2 * all || (room < n && !(grows && next == heap.end)))
        return false;
    if (room < n) { /* and then again */
        struct block *b = take_top(tail += n - room);
        if (b)
            release(unit_of(b), tail);
        return b;
    }
    while (u < next && (own = own_units(u))) {
        size_t step = own + free_above(u + own);
        if (!make_way(u, own))
            return false;
        u += step;
    }
    return true;
}

/* clear_any - the same for some block that is the heap's own.  If there is none
 *     it is tried no more before the heap has grown, but for a large share. */
static bool clear_any(size_t n)
{
    size_t share = heap.end / 64, u = heap.top;
    if (rides() || n < SEGMENT_UNITS ||
        (n < share && heap.end - heap.in_way < share))
        return false;
    for (size_t i = 0;; i = piece_next(i)) {
        size_t room = free_below(u);
        if ((room || is_free(u + used_units(u))) && clear(u, room, n, false))
            return true;
        if (i >= heap.placed)
            break;
        u = unit_of(segment_marks(i));
    }
    heap.in_way = heap.end;
    return false;
}

/* ---- Placement ---------------------------------------------------------- */

/* The nursery is a stretch of memory off which small blocks are cut, one after
 * the other, when none of their size is free.  So they lie side by side, and
 * not each between two large ones that can then never merge (`binary`).  At the
 * end of the heap it is a 32nd of it, as half of it is wasted on average, and 4
 * KiB at most; in a free block no more than HOLE units. */
#define HOLE         32
#define NURSERY_MOST 256

static void nursery_release(void)
{
    size_t n = heap.nursery_units;
    heap.nursery_units = 0;
    if (n)
        release(heap.nursery, n);
}

/* yield - whether of what waits for small blocks some was freed, before the
 *     heap grows for n units; of the nursery, if it parts two free blocks. */
static bool yield(size_t n)
{
    size_t u = heap.nursery, over = u + heap.nursery_units;
    bool held = heap.held > (n > QUICK_MOST ? 0 : heap.end / QUICK_WORTH);
    if (held)
        quick_drain(QUICK_DRAIN + 2 * n);
    if (n <= QUICK_MOST || over == u || !is_free(u - 1) || !is_free(over))
        return held;
    nursery_release();
    return true;
}

static inline struct block *nursery_cut(size_t n)
{
    size_t u = heap.nursery;
    heap.nursery += n;
    heap.nursery_units -= n;
    if (heap.nursery_units)
        marks_of(u + n)->begins |= bit(u + n);
    return block_at(u);
}

/* take_last - n units of what waits for small blocks: the heap cannot grow. */
static struct block *take_last(size_t n)
{
    quick_drain(SIZE_MAX);
    nursery_release();
    return take_fit(n);
}

static inline size_t share_of(size_t n, size_t share, size_t most)
{
    size_t units = heap.end / share < most ? heap.end / share : most;
    return units < n ? n : units / n * n;
}

/* place_small - n units: a block of just these, or off the next nursery, which
 *     is a free block, or at the end. */
static __attribute__((noinline)) struct block *place_small(size_t n)
{
    if (*list(n))
        return take_fit(n);
    size_t some, c = class_from(n);
    struct block *b;
    if (!c && yield(n))
        c = class_from(n);
    if (c) {
        b = best_of_class(c, n);
        some = b->units > HOLE ? share_of(n, 256, HOLE) : b->units;
        take_out(b);
        trim(unit_of(b), b->units, some);
    } else {
        some = share_of(n, 32, NURSERY_MOST);
        if (!(b = take_top(some)) && !(b = take_top(some = n)))
            return take_last(n);
    }
    nursery_release();
    heap.nursery = unit_of(b);
    heap.nursery_units = some;
    number_set(heap.nursery, some, false);
    return nursery_cut(n);
}

/* place_large - more units than these. */
static __attribute__((noinline)) struct block *place_large(size_t n)
{
    struct block *b = take_fit(n);
    if (!b && yield(n))
        b = take_fit(n);
    if (!b && clear_any(n))
        b = take_fit(n);
    if (!b)
        b = take_top(n);
    return b ? b : take_last(n);
}

/* ---- Growing a block where it is ---------------------------------------- */

/* grow_up - into the free block above, or at the end; NULL: it cannot. */
static struct block *grow_up(size_t u, size_t old, size_t n)
{
    size_t above = free_above(u + old), room = old + above;
    for (int left = 4; room < n && u + room != heap.end; left--) {
        if (!left || class_from(class_of(n) + 1) ||
            !clear(u + room, room, n, true))
            return NULL;
        above = free_above(u + old);
        room = old + above;
    }
    if (above) {
        take_out(block_at(u + old));
        lengthen(u, old, room);
    }
    if (room > n)
        cut(u, room, n);
    if (room < n && !raise_end(n - room, true)) {
        if (above)
            cut(u, room, old);
        return NULL;
    }
    if (room < n)
        lengthen(u, room, n);
    return block_at(u);
}

/* ---- What mm.h asks for ------------------------------------------------- */

#define CHECK() assert(mm_checkheap(__LINE__) && "the heap is sound")

bool mm_init(void)
{
    memset(&heap, 0, sizeof heap);
    char *lo = mem_sbrk(0);
    heap.base = lo - UNIT;
    heap.log = (uint8_t)log_for(1);
    heap.quick = (struct block **)lo;
    heap.segments = (uintptr_t *)(lo + heads_bytes(heap.log));
    size_t bytes = (riding_end(1) - 1) * UNIT;
    if (mem_sbrk((intptr_t)bytes) == (void *)-1)
        return false;
    memset(lo, 0, bytes);
    segment_put(0, block_at(1 + parts_units(heap.log)));
    heap.top = 1;
    mark(0, true, false); /* nothing merges with what is no block */
    end_at(1);
    return true;
}

void *mm_malloc(size_t size)
{
    CHECK();
    size_t n = units_for(size);
    if (n - 1 >= QUICK_MOST) /* 0 as well */
        return size - 1 < MAX_REQUEST ? place_large(n) : NULL;
    struct block *b = quick_take(n);
    if (!b && !*list(n) && heap.nursery_units >= n)
        return nursery_cut(n);
    return b ? b : place_small(n);
}

void mm_free(void *ptr)
{
    CHECK();
    if (ptr)
        give_back(ptr, used_units(unit_of(ptr)));
}

void *mm_realloc(void *ptr, size_t size)
{
    CHECK();
    if (!ptr)
        return mm_malloc(size);
    size_t u = unit_of(ptr), old = used_units(u), n = units_for(size);
    if (size == 0) {
        give_back(ptr, old);
        return NULL;
    }
    if (size > MAX_REQUEST)
        return NULL;
    if (n < old)
        cut(u, old, n);
    if (n <= old)
        return ptr;
    void *copy = grow_up(u, old, n);
    if (copy)
        return copy;
    if ((copy = mm_malloc(size))) {
        memcpy(copy, ptr, old * UNIT);
        give_back(ptr, old);
    }
    return copy;
}

/* Memory fresh from mem_sbrk need not be zero: the heap may be used again. */
void *mm_calloc(size_t nmemb, size_t size)
{
    CHECK();
    size_t bytes;
    if (__builtin_mul_overflow(nmemb, size, &bytes))
        return NULL;
    void *ptr = mm_malloc(bytes);
    return ptr ? memset(ptr, 0, bytes) : NULL;
}

/* take_aligned - all of a free block in which n aligned units fit, or NULL: one
 *     of each class is looked at. */
static struct block *take_aligned(size_t n, size_t align, size_t *all)
{
    size_t most = class_of(*all);
    for (size_t c = class_of(n); (c = class_from(c)) && c <= most; c++) {
        struct block *b = linked(*list(c));
        if (b->units < (-(uintptr_t)b & (align - 1)) / UNIT + n)
            continue;
        take_out(b);
        trim(unit_of(b), b->units, *all = b->units);
        return b;
    }
    return NULL;
}

/* A block in which it fits, or one for the worst case; the rest is free. */
void *mm_memalign(size_t align, size_t size)
{
    CHECK();
    if (!align || align & (align - 1) || align > MAX_REQUEST)
        return NULL;
    if (align <= UNIT || size - 1 >= MAX_REQUEST)
        return size > MAX_REQUEST ? NULL : mm_malloc(size);
    size_t n = units_for(size), all = n + align / UNIT - 1;
    struct block *b = take_aligned(n, align, &all);
    if (!b && !(b = place_large(all)))
        return NULL;
    size_t u = unit_of(b), before = (-(uintptr_t)b & (align - 1)) / UNIT;
    if (before + n < all)
        cut(u, all, before + n);
    if (before) {
        split(u, before + n, before);
        release(u, before);
    }
    return block_at(u + before);
}

size_t mm_usable_size(void *ptr)
{
    return ptr ? used_units(unit_of(ptr)) * UNIT : 0;
}

/* ---- For those who look on ---------------------------------------------- */

/* quick_show - the blocks of quick lists are free, or used as they were. */
static void quick_show(bool as_free)
{
    for (size_t n = 1; n <= QUICK_MOST; n++)
        for (struct block *b = heap.quick[n - 1]; b; b = b->later) {
            size_t u = unit_of(b);
            mark(u + n - 1, false, as_free);
            mark(u, true, as_free);
            b->units = block_at(u + n - 1)->units = n;
        }
}

static inline bool is_nursery(size_t u)
{
    return heap.nursery_units && u == heap.nursery;
}

void mm_walk(mm_visitor *visit)
{
    quick_show(true);
    for (size_t u = 1, n; u < heap.end; u += n) {
        n = is_free(u) ? free_above(u) : used_units(u);
        bool own = is_nursery(u) || u == heap.top || piece_at(u) < heap.placed;
        visit(block_at(u), n * UNIT, !own && !is_free(u));
    }
    quick_show(false);
    size_t own = unit_of(mem_heap_hi()) + 1 - heap.end;
    if (own)
        visit(block_at(heap.end), own * UNIT, false);
}

/* ---- The checker -------------------------------------------------------- */

/* Nothing is followed before it is known to lie inside the heap. */
struct check {
    int line;           /* mm_checkheap's caller */
    size_t free_blocks; /* that were seen */
};

#define EXPECT(true_, block, ...)                                              \
    do {                                                                       \
        if (!(true_)) {                                                        \
            fprintf(stderr, "mm_checkheap(%d): block %p: ", check->line,       \
                    (const void *)(block));                                    \
            fprintf(stderr, __VA_ARGS__);                                      \
            fputc('\n', stderr);                                               \
            return false;                                                      \
        }                                                                      \
    } while (0)

/* may_be_block - whether a block could begin at that address. */
static bool may_be_block(const void *b)
{
    uintptr_t at = (uintptr_t)b;
    return at % UNIT == 0 && at > (uintptr_t)heap.base &&
           at < (uintptr_t)block_at(heap.end);
}

/* used_at - the size of the used block at u; 0: there is none. */
static size_t used_at(size_t u)
{
    return begins(u) && !is_free(u) ? used_units(u) : 0;
}

/* unmarked - whether units from u up to `end` have no marks. */
static bool unmarked(size_t u, size_t end)
{
    for (size_t next; u < end; u = next) {
        struct marks *m = marks_of(u);
        uint64_t mask = ~UINT64_C(0) << u % SPAN;
        next = u / SPAN * SPAN + SPAN;
        if (end < next)
            mask &= bit(end) - 1;
        if ((m->begins | m->ends) & mask)
            return false;
    }
    return true;
}

/* The ledger has the shape that is for such a heap, and its parts follow each
 * other.  It ends the heap, marks and all, or lies in it, and they do. */
static bool check_ledger(const struct check *check)
{
    char *end = (char *)mem_heap_hi() + 1;
    EXPECT(heap.base == (char *)mem_heap_lo() - UNIT && heap.end &&
               heap.top - 1 < unit_of(end) &&
               (rides() ? riding_end(heap.top) : heap.end) == unit_of(end),
           heap.base, "base, end %zu or top %zu is wrong", heap.end, heap.top);
    struct block *top = block_at(heap.top);
    size_t most = rides() ? heap.top + 1 : (size_t)heap.placed << SEGMENT_LOG;
    EXPECT(heap.end < most && heap.log == log_for(most - 1), top,
           "the ledger, has not the size that it should");
    EXPECT((struct block *)heap.quick == top &&
               (char *)heap.segments == (char *)top + heads_bytes(heap.log) &&
               (!rides() || (struct block *)segment_marks(0) ==
                                block_at(heap.top + parts_units(heap.log))),
           top, "the ledger, has a part that is not in its place");
    for (size_t i = 0; i < heap.placed; i++)
        EXPECT(may_be_block(segment_marks(i)) &&
                   may_be_block(segment_marks(i) + SEGMENT_MARKS - 1),
               segment_marks(i), "the marks of segment %zu cannot be there", i);
    EXPECT(begins(heap.end) && !is_free(heap.end) && !is_free(0) &&
               unmarked(heap.end + 1, heap.end / SPAN * SPAN + SPAN),
           block_at(heap.end), "the heap has no end");
    EXPECT(rides() || used_at(heap.top) == parts_units(heap.log), top,
           "the ledger, but no such block");
    for (size_t i = 0, next = 0, n = 0; i < heap.placed; i++) {
        size_t u = unit_of(segment_marks(i));
        if (i == next)
            next += (n = piece_at(u) == i ? used_at(u) : 0) / SEGMENT_UNITS;
        else
            n *= heap.segments[i] == heap.segments[i - 1];
        EXPECT(n && n % SEGMENT_UNITS == 0 && next <= heap.placed, block_at(u),
               "the marks of segment %zu, but no such block", i);
    }
    return true;
}

/* Both of its ends are right; that it is in its list is seen there. */
static bool check_free_block(struct check *check, size_t u, size_t n)
{
    size_t last = u + n - 1;
    EXPECT(is_free(last) && begins(last) == (n == 1), block_at(u),
           "free, but its last unit is not marked so");
    EXPECT(block_at(last)->units == n, block_at(u),
           "its last word says %zu units, it has %zu", block_at(last)->units,
           n);
    EXPECT(!is_free(u + n), block_at(u), "free, and so is the block above it");
    check->free_blocks += 2 * u <= UINT32_MAX;
    return true;
}

/* Blocks tile the heap, from its first unit to its end. */
static bool check_blocks(struct check *check)
{
    for (size_t u = 1, n; u < heap.end; u += n) {
        EXPECT(begins(u), block_at(u), "expected a block, found none");
        n = is_free(u) ? free_above(u) : used_units(u);
        EXPECT(n - 1 < heap.end - u, block_at(u),
               "its size is %zu units, expected 1 to %zu", n, heap.end - u);
        if (is_free(u) && !check_free_block(check, u, n))
            return false;
        bool has = !is_free(u) && n > SHORT && !is_nursery(u);
        size_t last = u + n - is_free(u);
        size_t number = has ? u / SPAN * SPAN + SPAN : last;
        EXPECT(!has || number_of(u)->ends == NUMBER, block_at(u),
               "long, but has no number");
        EXPECT(n >= GIANT ||
                   (unmarked(u + 1, number) && unmarked(number + SPAN, last)),
               block_at(u), "there are marks inside of it");
    }
    size_t nursery = heap.nursery < heap.end ? used_at(heap.nursery) : 0;
    EXPECT(!heap.nursery_units || nursery == heap.nursery_units,
           block_at(nursery ? heap.nursery : 0), "the nursery, but no block");
    return true;
}

/* The lists hold the free blocks: each of them, and as many as there are.  That
 * the previous link of each is where we came from means that there is no cycle:
 * the first block come to twice would need two of them. */
static bool check_lists(const struct check *check)
{
    size_t listed = 0, lists = class_of((size_t)1 << heap.log);
    for (size_t c = 0; c < MAP_WORDS * 64; c++) {
        bool marked = heap.map[c / 64] >> c % 64 & 1;
        uint32_t link = c < lists ? *list(c) : 0;
        uint32_t prev = (uint32_t)(2 * c + 1);
        EXPECT(marked ? c < lists : !link, linked(link),
               "class %zu is marked %s", c, marked ? "nonempty" : "empty");
        for (; link; listed++) {
            struct block *b = linked(link);
            EXPECT(link % 2 == 0 && link / 2 < heap.end && begins(link / 2) &&
                       is_free(link / 2),
                   b, "in the list of class %zu, but not free", c);
            EXPECT(class_of(b->units) == c, b,
                   "in the list of class %zu, but has %zu units", c, b->units);
            EXPECT(b->prev == prev, b, "its previous link is %u, expected %u",
                   b->prev, prev);
            prev = link;
            link = b->next;
        }
    }
    EXPECT(listed == check->free_blocks, heap.quick,
           "%zu blocks are listed, %zu are free", listed, check->free_blocks);
    return true;
}

/* The quick lists hold used blocks of their size, and as many as is counted. */
static bool check_quick(const struct check *check)
{
    size_t most = heap.held < heap.end ? heap.held : 0, units = 0;
    for (size_t n = 1; n <= QUICK_MOST; n++)
        for (struct block *b = heap.quick[n - 1]; b && units <= most;
             b = b->later) {
            EXPECT(may_be_block(b) && used_at(unit_of(b)) == n &&
                       !is_nursery(unit_of(b)),
                   b, "in the quick list of %zu units, but no such block", n);
            units += n;
        }
    EXPECT(units == heap.held, heap.quick,
           "the quick lists hold %zu units, expected %zu", units, heap.held);
    return true;
}

bool mm_checkheap(int line)
{
    struct check check = {.line = line};
    return check_ledger(&check) && check_blocks(&check) &&
           check_lists(&check) && check_quick(&check);
}
