/*
 * mm.c - best fit without headers: what is a block is told beside the heap
 *
 * Memory is counted in units of 16 bytes.  A block is some units, all of them
 * payload.  Two bits of marks for each unit say where blocks begin, and which
 * units are the ends of free ones:
 *
 *     units    ... | a  a  a  a | b  b  b  b | c | d  d  d  ...  d | ...
 *     begins         1  0  0  0   1  0  .  0   1   1  0  .       .
 *     ends           0  0  0  0   1  .  .  1   0   0  1  .       0
 *                       used         free    used     used, long
 *
 * So the size of a used block is read off the marks, up to the next one; a long
 * one, of more than SHORT units, has it among its marks (. says nothing else).
 * A free block is known from above by its last word (boundary tags: Knuth,
 * TAOCP 1, 2.5):
 *
 *     +------------+------------+------------+- - -+------------+
 *     | next       | previous   | units      |     | units      |
 *     +------------+------------+------------+- - -+------------+
 *       of its list               if there are 2 or more
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
 * But for what it copies or clears a request takes constant time, some tens of
 * steps, and if the heap must grow by n units the freeing of n blocks, or of
 * QUICK_DRAIN, and a look at the marks' blocks, of which there are about 3 for
 * each doubling of the heap.
 */

/* With -DDEBUG: assertions, and a check of the heap at every call. */
#if !defined DEBUG && !defined NDEBUG
#define NDEBUG
#endif

#include "mm.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "memlib.h"

#define UNIT 16

#define MAX_REQUEST ((size_t)1 << 50) /* beyond which no block can be had */

static_assert(ALIGNMENT == UNIT, "payloads begin where units do");

struct block { /* a free one */
    struct block *next, *prev;
    size_t units; /* see above */
};

/* Blocks of so many units have quick lists.  With all of up to 256 bytes in
 * them requests took 3 to 9% less time, but 1.8 points of utilization were lost
 * on classic traces: what waits there parts what could merge. */
#define QUICK_MOST 6

#define MAP_WORDS 3 /* for the classes of all sizes to MAX_REQUEST */

static struct {
    char *base;           /* of unit 0, which is none */
    uintptr_t *segments;  /* see marks_of */
    struct block **heads; /* of the quick lists, then of the free lists */
    size_t nursery, nursery_units;
    size_t end;              /* the first unit beyond the blocks */
    size_t top;              /* the first unit of the ledger */
    ptrdiff_t quick_room;    /* units that the quick lists may still take */
    size_t quick_limit;      /* and take if they are empty */
    uint64_t map[MAP_WORDS]; /* bit c: list c is not empty */
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

/* up - n units above b. */
static inline struct block *up(struct block *b, size_t n)
{
    return (struct block *)((char *)b + n * UNIT);
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

#define SPAN ((size_t)64)

#define SEGMENT_LOG   14
#define SEGMENT_MARKS (((size_t)1 << SEGMENT_LOG) / SPAN)
#define SEGMENT_BYTES (SEGMENT_MARKS * sizeof(struct marks))
#define SEGMENT_UNITS (SEGMENT_BYTES / UNIT)

/* Blocks of more units than these have their size among their marks. */
#define SHORT (2 * SPAN)

static inline size_t segment_of(size_t u)
{
    return u >> SEGMENT_LOG;
}

/* marks_of - those of unit u.  segments[i] tells where those of 0 would be. */
static inline struct marks *marks_of(size_t u)
{
    return (struct marks *)(heap.segments[segment_of(u)] +
                            u / SPAN * sizeof(struct marks));
}

/* near - the marks of v, where m are those of u and v is beside it. */
static inline struct marks *near(struct marks *m, size_t u, size_t v)
{
    return u / SPAN == v / SPAN ? m : marks_of(v);
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

/* number_of - the size of a long block: in marks that are all its own. */
static inline uint64_t *number_of(size_t u)
{
    return &marks_of(u + SPAN + 1)->begins;
}

static __attribute__((noinline)) size_t far_units(size_t u)
{
    if (!begins(u + 1) && is_free(u + 1))
        return *number_of(u);
    size_t at = u / SPAN * SPAN + SPAN;
    while (!marks_of(at)->begins)
        at += SPAN;
    return at + (size_t)__builtin_ctzl(marks_of(at)->begins) - u;
}

/* used_units - the size of the used block at u. */
static inline size_t used_units(size_t u)
{
    uint64_t w = marks_of(u)->begins >> u % SPAN >> 1;
    return w ? (unsigned)__builtin_ctzl(w) + 1u : far_units(u);
}

/* free_above, free_below - units of a free block from u on, or up to it. */
static inline size_t free_above(size_t u)
{
    return !is_free(u) ? 0 : begins(u + 1) ? 1 : block_at(u)->units;
}

static inline size_t free_below(size_t u)
{
    if (!is_free(u - 1))
        return 0;
    return begins(u - 1) ? 1 : ((size_t *)block_at(u))[-1];
}

/* mark_whole - n units at u are a used block of which all is marked. */
static inline void mark_whole(size_t u, size_t n)
{
    uint64_t begin = bit(u);
    for (size_t at = u, end = u + n; at < end; begin = 0) {
        struct marks *m = marks_of(at);
        uint64_t keep = bit(at) - 1;
        at = at / SPAN * SPAN + SPAN;
        if (end < at)
            keep |= ~UINT64_C(0) << end % SPAN;
        m->begins = (m->begins & keep) | begin;
        m->ends &= keep;
    }
}

/* mark_used - n units at u are a used block.  If it is long, its second unit is
 *     marked as the end of a free block that begins nowhere. */
static inline void mark_used(size_t u, size_t n)
{
    if (n <= SHORT) {
        mark_whole(u, n);
        return;
    }
    struct marks *m = marks_of(u), *last = marks_of(u + n - 1);
    m->begins = (m->begins & (bit(u) - 1)) | bit(u);
    m->ends &= ~bit(u);
    m = near(m, u, u + 1);
    m->begins &= ~bit(u + 1);
    m->ends |= bit(u + 1);
    last->begins &= ~bit(u + n - 1);
    last->ends &= ~bit(u + n - 1);
    *number_of(u) = n;
}

/* set_units - n of the free block b, if it has room for that. */
static inline void set_units(struct block *b, size_t n)
{
    if (n == 1)
        return;
    b->units = n;
    ((size_t *)up(b, n))[-1] = n;
}

/* ---- Free lists --------------------------------------------------------- */

static inline struct block **list(size_t c)
{
    return &heap.heads[QUICK_MOST + c];
}

static inline unsigned log_of(size_t n)
{
    return 63 ^ (unsigned)__builtin_clzl(n);
}

#define EXACT 16

/* class_of - one for each size below EXACT, then four for each doubling. */
static inline size_t class_of(size_t n)
{
    if (n < EXACT)
        return n;
    unsigned log = log_of(n);
    return (size_t)4 * log + (n >> (log - 2)) - 4;
}

/* link_in, take_from - put b, a free block, into list c, or take it out. */
static inline void link_in(struct block *b, size_t c)
{
    struct block *next = *list(c);
    b->next = next;
    b->prev = NULL;
    *list(c) = b;
    if (next)
        next->prev = b;
    else
        heap.map[c / 64] |= UINT64_C(1) << c % 64;
}

static inline void take_from(size_t c, struct block *b)
{
    struct block *next = b->next, *prev = b->prev;
    if (next)
        next->prev = prev;
    if (prev)
        prev->next = next;
    else if (!(*list(c) = next))
        heap.map[c / 64] &= ~(UINT64_C(1) << c % 64);
}

/* take_out - the same, of n units: only the first of a list needs its class. */
static inline void take_out(struct block *b, size_t n)
{
    take_from(b->prev ? 0 : class_of(n), b);
}

/* ---- Freeing ------------------------------------------------------------ */

/* release - n used units at u become free, and one with their neighbours.
 *     Between the ends of a free block marks say nothing, but that neither its
 *     second unit begins one nor its last. */
static void release(size_t u, size_t n)
{
    struct block *b = block_at(u);
    size_t over = u + n;
    struct marks *m = marks_of(over);
    if (m->ends & bit(over)) {
        bool one = near(m, over, over + 1)->begins & bit(over + 1);
        size_t above = one ? 1 : up(b, n)->units;
        m->begins &= ~bit(over);
        take_out(up(b, n), above);
        n += above;
    } else {
        near(m, over, over - 1)->ends |= bit(over - 1);
    }
    m = marks_of(u);
    struct marks *under = near(m, u, u - 1);
    if (!(under->ends & bit(u - 1))) {
        m->ends |= bit(u);
        set_units(b, n);
        link_in(b, class_of(n));
        return;
    }
    size_t below = under->begins & bit(u - 1) ? 1 : ((size_t *)b)[-1];
    size_t all = below + n, c = class_of(all), old = class_of(below);
    m->begins &= ~bit(u);
    b = block_at(u - below);
    if (c != old) {
        take_from(old, b);
        link_in(b, c);
    }
    set_units(b, all);
}

/* trim - n of `have` units at u, which are in no list, are used from now on. */
static inline void trim(size_t u, size_t have, size_t n)
{
    size_t rest = have - n, at = u + n;
    mark_used(u, n);
    if (!rest)
        return;
    struct marks *m = marks_of(at);
    m->begins |= bit(at);
    m->ends |= bit(at);
    if (rest > 1)
        near(m, at, at + 1)->begins &= ~bit(at + 1);
    set_units(block_at(at), rest);
    link_in(block_at(at), class_of(rest));
}

/* cut - of a used block of `have` units only n are used any longer. */
static void cut(size_t u, size_t have, size_t n)
{
    mark_used(u, n);
    mark_used(u + n, have - n);
    release(u + n, have - n);
}

/* ---- Best fit ----------------------------------------------------------- */

/* Blocks of a class to look at: 8 gain 1.7 points where sizes are random. */
#define LOOK     8
#define LOOK_FAR 64 /* before the heap grows */

/* best_of_class - the block of class c that wastes least; NULL: none fits. */
static inline struct block *best_of_class(size_t c, size_t n, int look,
                                          size_t *units)
{
    struct block *best = NULL, *b = *list(c);
    *units = c < EXACT ? c : SIZE_MAX;
    if (c < EXACT)
        return b;
    for (; b && look > 0 && *units != n; b = b->next, look--)
        if (b->units >= n && b->units < *units) {
            best = b;
            *units = b->units;
        }
    return best;
}

/* class_from - the first class from c on that is not empty, or 0. */
static inline size_t class_from(size_t c)
{
    size_t i = c / 64;
    uint64_t w = heap.map[i] & ~UINT64_C(0) << c % 64;
    while (!w) {
        if (++i == MAP_WORDS)
            return 0;
        w = heap.map[i];
    }
    return i * 64 + (size_t)__builtin_ctzl(w);
}

/* take_fit - a used block of n units out of a list; NULL: none fits. */
static inline struct block *take_fit(size_t n, int look)
{
    size_t have = 0, c = class_from(class_of(n));
    struct block *b = c ? best_of_class(c, n, look, &have) : NULL;
    if (!b && c && (c = class_from(c + 1)))
        b = best_of_class(c, n, look, &have);
    if (!b)
        return NULL;
    take_from(c, b);
    trim(unit_of(b), have, n);
    return b;
}

/* ---- Quick lists -------------------------------------------------------- */

/* quick_list - for blocks of n units, linked by next alone. */
static inline struct block **quick_list(size_t n)
{
    return &heap.heads[n - 1];
}

/* They hold no more than a share of the heap.  Before it grows QUICK_DRAIN
 * blocks are freed, if they hold more than another share: the next requests are
 * slow. */
#define QUICK_SHARE 8
#define QUICK_WORTH 64
#define QUICK_DRAIN 256

/* quick_take - a block of n units, or NULL. */
static inline struct block *quick_take(size_t n)
{
    struct block *b = *quick_list(n);
    if (!b)
        return NULL;
    *quick_list(n) = b->next;
    heap.quick_room += (ptrdiff_t)n;
    return b;
}

/* quick_drain - free so many blocks of quick lists, large ones first. */
static void quick_drain(size_t count)
{
    for (size_t n = QUICK_MOST; n > 0; n--)
        for (struct block *b; count && (b = quick_take(n)); count--)
            release(unit_of(b), n);
}

/* quick_yield - whether some were freed before the heap grows for n units. */
static bool quick_yield(size_t n)
{
    size_t held = heap.quick_limit - (size_t)heap.quick_room;
    if (held <= heap.end / QUICK_WORTH && (n <= QUICK_MOST || held <= n / 4))
        return false;
    quick_drain(n < QUICK_DRAIN ? QUICK_DRAIN : n);
    return true;
}

/* give_back - make n used units from b on free, now or later. */
static inline void give_back(struct block *b, size_t n)
{
    if (n > QUICK_MOST || (ptrdiff_t)n > heap.quick_room) {
        release(unit_of(b), n);
        return;
    }
    b->next = *quick_list(n);
    *quick_list(n) = b;
    heap.quick_room -= (ptrdiff_t)n;
}

/* ---- The ledger --------------------------------------------------------- */

/* log_for - what the number of heads and segments is by: 2^log is above top. */
static inline unsigned log_for(size_t top)
{
    return log_of(top | 64) + 1;
}

static inline size_t heads_for(unsigned log)
{
    return QUICK_MOST + class_of((size_t)1 << log);
}

/* parts_units - all of it but the marks. */
static inline size_t parts_units(unsigned log)
{
    size_t segments = ((size_t)1 << log >> SEGMENT_LOG) + 1;
    return units_for((heads_for(log) + segments) * sizeof(void *));
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
    size_t heads = heads_for(heap.log), segments = rides() ? 1 : heap.placed;
    struct block **old = heap.heads, **new = (struct block **)block_at(to);
    size_t more_heads = heads_for(log) - heads;
    heap.heads = new;
    heap.segments = (uintptr_t *)(new + heads + more_heads);
    heap.top = to;
    heap.log = (uint8_t)log;
    memmove(heap.segments, old + heads, segments * sizeof *heap.segments);
    memmove(new, old, heads * sizeof *new);
    memset(new + heads, 0, more_heads * sizeof *new);
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
    top = segment_of(top) || top < end ? end : top;
    if (!grow(riding_end(top)) && !grow(riding_end(top = end)))
        return false;
    ledger_raise(top, log_for(top));
    return true;
}

/* end_at - the blocks end at unit u: there begins what is not free. */
static void end_at(size_t u)
{
    size_t limit = u / QUICK_SHARE;
    heap.quick_room += (ptrdiff_t)(limit - heap.quick_limit);
    heap.quick_limit = limit;
    heap.end = u;
    mark(u, true, false);
}

/* raise_far - n units more, where the end is in a segment without marks: there
 *     come some, for a quarter more segments than there are, so that not much
 *     parts the heap, and below them the ledger, which settles or gets longer.
 *     They lie below the new units; but if these are `joined` to a block at the
 *     end, which may grow again, elsewhere, or else above. */
static bool raise_far(size_t n, bool joined)
{
    bool rode = rides();
    size_t old = heap.top, old_units = parts_units(heap.log);
    size_t slack = rode && !joined ? heap.top - heap.end : 0, from = heap.end;
    size_t at = from + (joined ? n : slack), above = joined ? 0 : n;
    size_t first = heap.placed, count, parts, end, next = at;
    struct block *b = NULL;
    unsigned log;
    do { /* they may themselves reach one more */
        end = next;
        count = segment_of(end + above) + 1 - first + first / 4;
        log = log_for(((first + count) << SEGMENT_LOG) - 1);
        parts = rode || log != heap.log ? parts_units(log) : 0;
        next = at + parts + count * SEGMENT_UNITS;
        if (end == at && joined && !rode && (b = take_fit(next - at, LOOK)))
            next = at;
    } while (next != end);
    size_t to = b ? unit_of(b) : at;
    if (!grow(end + above)) {
        if (b)
            release(to, parts + count * SEGMENT_UNITS);
        return false;
    }
    if (rode)
        ledger_raise(to, log);
    else if (parts)
        ledger_move(to, log);
    piece_put(first, count, to + parts);
    heap.placed = (uint32_t)(first + count);
    end_at(end + above);
    if (parts)
        mark_used(to, parts);
    mark_used(to + parts, count * SEGMENT_UNITS);
    if (slack) {
        mark_used(from, slack);
        release(from, slack);
    }
    if (parts && !rode)
        release(old, old_units);
    return true;
}

/* raise_end - n units more at the end, joined to a block there or not. */
static bool raise_end(size_t n, bool joined)
{
    size_t end = heap.end + n;
    if (segment_of(end) >= (rides() ? 1 : heap.placed))
        return raise_far(n, joined);
    if (end > heap.top && !(rides() ? ride(end) : grow(end)))
        return false;
    end_at(end);
    return true;
}

/* ---- Making way --------------------------------------------------------- */

/* take_top - a used block of n units at the end, which grows if it must. */
static struct block *take_top(size_t n)
{
    size_t have = free_below(heap.end), u = heap.end - have;
    bool joined = have;
    if (have) {
        take_out(block_at(u), have);
        mark_used(u, have);
    }
    if (have < n && !raise_end(n - have, joined)) {
        if (have)
            release(u, have);
        return NULL;
    }
    if (!joined)
        u = heap.end - n;
    if (have > n)
        cut(u, have, n);
    else
        mark_used(u, n);
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
    if (u >= heap.end || is_free(u) ||
        (u != heap.top && piece_at(u) == heap.placed))
        return 0;
    size_t n = used_units(u);
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
        mark_used(to - more, more);
        mark_used(to, n);
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
    if (room < 2 * all || (room < n && !(grows && next == heap.end)))
        return false;
    if (room < n) { /* and then again */
        size_t lack = n - room + free_below(heap.end);
        struct block *tail = take_top(lack);
        if (tail)
            release(unit_of(tail), lack);
        return tail;
    }
    while (u < next && (own = own_units(u))) {
        size_t step = own + free_above(u + own);
        if (!make_way(u, own))
            return false;
        u += step;
    }
    return true;
}

/* clear_at - the same for a block at u that is the heap's own. */
static bool clear_at(size_t u, size_t n)
{
    size_t room = free_below(u);
    return (room || is_free(u + used_units(u))) && clear(u, room, n, false);
}

/* clear_any - the same, where it is possible. */
static bool clear_any(size_t n)
{
    if (rides() || n < SEGMENT_UNITS)
        return false;
    bool done = clear_at(heap.top, n);
    for (size_t i = 0; i < heap.placed && !done; i = piece_next(i))
        done = clear_at(unit_of(segment_marks(i)), n);
    return done;
}

/* ---- Placement ---------------------------------------------------------- */

/*
 * The nursery is a stretch of memory off which small blocks are cut, one after
 * the other, when none of their size is free.  So small blocks lie side by
 * side, and not each between two large ones that can then never merge
 * (`binary`).  At the end of the heap it is a 32nd of it, as half of it is
 * wasted on average, and 4 KiB at most; in a free block no more than HOLE
 * units.
 */
#define HOLE         32
#define NURSERY_MOST 256

static void nursery_set(size_t u, size_t n)
{
    mark_whole(u, n);
    if (heap.nursery_units)
        release(heap.nursery, heap.nursery_units);
    heap.nursery = u;
    heap.nursery_units = n;
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
    if (heap.nursery_units)
        release(heap.nursery, heap.nursery_units);
    heap.nursery_units = 0;
    return take_fit(n, LOOK);
}

static inline size_t share_of(size_t n, size_t share, size_t most)
{
    size_t units = heap.end / share < most ? heap.end / share : most;
    return units < n ? n : units / n * n;
}

/* place_small - n units off the next nursery: a free block, or at the end. */
static __attribute__((noinline)) struct block *place_small(size_t n)
{
    size_t have, some, c = class_from(n);
    struct block *b;
    if (!c && quick_yield(n))
        c = class_from(n);
    if (c) {
        b = best_of_class(c, n, LOOK, &have);
        some = have > HOLE ? share_of(n, 256, HOLE) : have;
        take_from(c, b);
        trim(unit_of(b), have, some);
    } else {
        some = share_of(n, 32, NURSERY_MOST);
        if (!(b = take_top(some)) && !(b = take_top(some = n)))
            return take_last(n);
    }
    nursery_set(unit_of(b), some);
    return nursery_cut(n);
}

/* place_large - more units than these. */
static __attribute__((noinline)) struct block *place_large(size_t n)
{
    struct block *b = take_fit(n, LOOK);
    if (!b && quick_yield(n))
        b = take_fit(n, LOOK);
    if (!b && clear_any(n))
        b = take_fit(n, LOOK);
    if (!b)
        b = take_fit(n, LOOK_FAR);
    if (!b)
        b = take_top(n);
    return b ? b : take_last(n);
}

/* ---- Growing a block where it is ---------------------------------------- */

/* grow_up, slide_down - into the free block above, or below; or at the end. */
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
    if (above)
        take_out(block_at(u + old), above);
    if (room >= n) {
        trim(u, room, n);
        return block_at(u);
    }
    mark_used(u, room);
    if (!raise_end(n - room, true)) {
        if (above)
            cut(u, room, old);
        return NULL;
    }
    mark_used(u, n);
    return block_at(u);
}

static struct block *slide_down(size_t u, size_t old, size_t n)
{
    size_t below = free_below(u), above = free_above(u + old);
    if (!below || below + old + above < n)
        return NULL;
    take_out(block_at(u - below), below);
    if (above)
        take_out(block_at(u + old), above);
    memmove(block_at(u - below), block_at(u), old * UNIT);
    mark(u + old + above - 1, false, true);
    trim(u - below, below + old + above, n);
    return block_at(u - below);
}

/* ---- What mm.h asks for ------------------------------------------------- */

static inline void debug_check(int line)
{
    (void)line;
    assert(mm_checkheap(line) && "the heap is sound");
}

bool mm_init(void)
{
    memset(&heap, 0, sizeof heap);
    char *lo = mem_sbrk(0);
    heap.base = lo - UNIT;
    heap.log = (uint8_t)log_for(1);
    heap.heads = (struct block **)lo;
    heap.segments = (uintptr_t *)(heap.heads + heads_for(heap.log));
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
    debug_check(__LINE__);
    size_t n = units_for(size);
    if (n - 1 >= EXACT - 1) /* 0 as well */
        return size - 1 < MAX_REQUEST ? place_large(n) : NULL;
    struct block *b = n <= QUICK_MOST ? quick_take(n) : NULL;
    if (b)
        return b;
    if ((b = *list(n))) {
        take_from(n, b);
        mark_whole(unit_of(b), n);
        return b;
    }
    if (n > QUICK_MOST)
        return place_large(n);
    return heap.nursery_units >= n ? nursery_cut(n) : place_small(n);
}

void mm_free(void *ptr)
{
    debug_check(__LINE__);
    if (ptr)
        give_back(ptr, used_units(unit_of(ptr)));
}

void *mm_realloc(void *ptr, size_t size)
{
    debug_check(__LINE__);
    if (!ptr)
        return mm_malloc(size);
    size_t u = unit_of(ptr), old = used_units(u), n = units_for(size);
    if (size == 0) {
        give_back(ptr, old);
        return NULL;
    }
    if (size > MAX_REQUEST)
        return NULL;
    if (n == old)
        return ptr;
    if (n < old) {
        cut(u, old, n);
        return ptr;
    }
    struct block *b = grow_up(u, old, n);
    if (!b)
        b = slide_down(u, old, n);
    if (b)
        return b;
    void *copy = mm_malloc(size);
    if (copy) {
        memcpy(copy, ptr, old * UNIT);
        give_back(ptr, old);
    }
    return copy;
}

/* Memory fresh from mem_sbrk need not be zero: the heap may be used again. */
void *mm_calloc(size_t nmemb, size_t size)
{
    debug_check(__LINE__);
    size_t bytes;
    if (__builtin_mul_overflow(nmemb, size, &bytes))
        return NULL;
    void *ptr = mm_malloc(bytes);
    return ptr ? memset(ptr, 0, bytes) : NULL;
}

/* take_aligned - all of a free block in which n aligned units fit, or NULL. */
static struct block *take_aligned(size_t n, size_t align, size_t *all)
{
    size_t c = class_from(class_of(n));
    for (; c && c <= class_of(*all); c = class_from(c + 1)) {
        int look = LOOK;
        for (struct block *b = *list(c); b && look; b = b->next, look--) {
            size_t have = free_above(unit_of(b));
            if (have < (-(uintptr_t)b & (align - 1)) / UNIT + n)
                continue;
            take_from(c, b);
            mark_used(unit_of(b), *all = have);
            return b;
        }
    }
    return NULL;
}

/* A block in which it fits, or one for the worst case; the rest is free. */
void *mm_memalign(size_t align, size_t size)
{
    debug_check(__LINE__);
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
        mark_used(u, before);
        mark_used(u + before, n);
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
        for (struct block *b = *quick_list(n); b; b = b->next) {
            size_t u = unit_of(b);
            mark(u + n - 1, false, as_free);
            mark(u, true, as_free);
            if (as_free)
                set_units(b, n);
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
    char *end = (char *)block_at(heap.end);
    if (rides())
        visit(end, (size_t)((char *)mem_heap_hi() + 1 - end), false);
}

/* ---- The checker -------------------------------------------------------- */

/* Nothing is followed before it is known to lie inside the heap. */
struct check {
    int line;                     /* mm_checkheap's caller */
    size_t free_blocks, segments; /* that were seen */
    bool nursery_seen;
};

__attribute__((format(printf, 3, 4))) static bool
broken(const struct check *check, const void *block, const char *why, ...)
{
    va_list args;
    va_start(args, why);
    fprintf(stderr, "mm_checkheap(%d): block %p: ", check->line, block);
    vfprintf(stderr, why, args);
    fputc('\n', stderr);
    va_end(args);
    return false;
}

#define EXPECT(true_, block, ...)                                              \
    do {                                                                       \
        if (!(true_))                                                          \
            return broken(check, block, __VA_ARGS__);                          \
    } while (0)

/* may_be_block - whether a block could begin at that address. */
static bool may_be_block(const void *b)
{
    uintptr_t at = (uintptr_t)b;
    return at % UNIT == 0 && at > (uintptr_t)heap.base &&
           at < (uintptr_t)block_at(heap.end);
}

/* has_number - that block u does not seem long where no long one can be. */
static bool has_number(size_t u)
{
    return is_free(u) || begins(u + 1) || !is_free(u + 1) ||
           u + SHORT < heap.end;
}

/* The ledger has the shape that is for such a heap, and its parts follow each
 * other.  It ends the heap, marks and all, or lies in it, and they do. */
static bool check_ledger(const struct check *check)
{
    char *end = (char *)mem_heap_hi() + 1;
    struct block *top = block_at(heap.top);
    void *marks = up(top, parts_units(heap.log));
    EXPECT(heap.base == (char *)mem_heap_lo() - UNIT && heap.end && heap.top &&
               (rides() ? riding_end(heap.top) : heap.end) == unit_of(end),
           heap.base, "base, end %zu or top %zu is wrong", heap.end, heap.top);
    EXPECT(heap.log == log_for(rides()
                                   ? heap.top
                                   : ((size_t)heap.placed << SEGMENT_LOG) - 1),
           top, "the ledger, has not the size that it should");
    EXPECT(heap.heads == (struct block **)top &&
               heap.segments == (uintptr_t *)(heap.heads + heads_for(heap.log)),
           top, "the ledger, has a part that is not in its place");
    EXPECT(!rides() || segment_marks(0) == marks, marks,
           "the marks are elsewhere");
    for (size_t i = 0; i < heap.placed; i++)
        EXPECT(may_be_block(segment_marks(i)) &&
                   may_be_block(segment_marks(i) + SEGMENT_MARKS - 1),
               segment_marks(i), "the marks of segment %zu cannot be there", i);
    EXPECT(begins(heap.end) && !is_free(heap.end), block_at(heap.end),
           "the heap has no end");
    for (size_t i = 0, n; i < heap.placed; i += n / SEGMENT_UNITS) {
        size_t u = unit_of(segment_marks(i));
        n = begins(u) && !is_free(u) && has_number(u) ? used_units(u) : 0;
        EXPECT(n && n % SEGMENT_UNITS == 0 &&
                   n / SEGMENT_UNITS <= heap.placed - i,
               block_at(u), "the marks of segment %zu, but no such block", i);
    }
    return true;
}

/* Both of its ends are right, and those in its list lead back to it. */
static bool check_free_block(struct check *check, size_t u, size_t n)
{
    struct block *b = block_at(u);
    size_t c = class_of(n);
    EXPECT(is_free(u + n - 1), b, "free, but its last unit is not marked so");
    EXPECT(n == 1 || !begins(u + n - 1), b,
           "free, but its last unit begins a block");
    EXPECT(n == 1 || ((size_t *)up(b, n))[-1] == n, b,
           "its last word says %zu units, it has %zu", ((size_t *)up(b, n))[-1],
           n);
    EXPECT(!is_free(u + n), b, "free, and so is the block above it");
    EXPECT(!b->next || may_be_block(b->next), b,
           "its next link %p leads to no block", (void *)b->next);
    EXPECT(!b->prev || may_be_block(b->prev), b,
           "its previous link %p leads to no block", (void *)b->prev);
    EXPECT((b->prev ? b->prev->next : *list(c)) == b, b,
           "free, but not in the list of class %zu", c);
    EXPECT(!b->next || b->next->prev == b, b,
           "its next %p does not link back to it", (void *)b->next);
    check->free_blocks++;
    return true;
}

/* Blocks tile the heap, from its first unit to its end. */
static bool check_blocks(struct check *check)
{
    for (size_t u = 1, n; u < heap.end; u += n) {
        EXPECT(begins(u), block_at(u), "expected a block, found none");
        EXPECT(has_number(u), block_at(u), "long, but ends before %zu units",
               SHORT);
        n = is_free(u) ? free_above(u) : used_units(u);
        EXPECT(n - 1 < heap.end - u, block_at(u),
               "its size is %zu units, expected 1 to %zu", n, heap.end - u);
        if (is_free(u) && !check_free_block(check, u, n))
            return false;
        EXPECT(is_free(u) || !is_free(u + n - 1), block_at(u),
               "used, but its last unit is marked as that of a free one");
        check->nursery_seen |=
            is_nursery(u) && !is_free(u) && n == heap.nursery_units;
        check->segments += piece_at(u) < heap.placed ? n / SEGMENT_UNITS : 0;
    }
    EXPECT(check->segments == heap.placed, segment_marks(0),
           "%zu segments are blocks, of %u", check->segments, heap.placed);
    EXPECT(!heap.nursery_units || check->nursery_seen, block_at(heap.nursery),
           "the nursery, but no block");
    return true;
}

/* The lists hold the free blocks: each of them, and as many as there are.  That
 * the previous link of each is where we came from means that there is no cycle:
 * the first block come to twice would need two of them. */
static bool check_lists(const struct check *check)
{
    size_t listed = 0;
    for (size_t c = 0; c < MAP_WORDS * 64; c++) {
        bool marked = heap.map[c / 64] >> c % 64 & 1;
        struct block *b =
            c < heads_for(heap.log) - QUICK_MOST ? *list(c) : NULL;
        EXPECT(marked == (b != NULL), b, "class %zu is marked %s", c,
               marked ? "nonempty" : "empty");
        for (struct block *prev = NULL; b; prev = b, b = b->next, listed++) {
            EXPECT(may_be_block(b) && is_free(unit_of(b)), b,
                   "in the list of class %zu, but not free", c);
            size_t n = free_above(unit_of(b));
            EXPECT(class_of(n) == c, b,
                   "in the list of class %zu, which is not that of its %zu "
                   "units",
                   c, n);
            EXPECT(b->prev == prev, b, "its previous link is %p, expected %p",
                   (void *)b->prev, (void *)prev);
        }
    }
    EXPECT(listed == check->free_blocks, heap.heads,
           "%zu blocks are listed, %zu are free", listed, check->free_blocks);
    return true;
}

/* The quick lists hold used blocks of their size, and as many as is counted. */
static bool check_quick(const struct check *check)
{
    size_t held = heap.quick_limit - (size_t)heap.quick_room, units = 0;
    for (size_t n = 1; n <= QUICK_MOST; n++)
        for (struct block *b = *quick_list(n); b && units <= held;
             b = b->next) {
            size_t u = unit_of(b);
            EXPECT(may_be_block(b) && begins(u) && !is_free(u) &&
                       has_number(u) && used_units(u) == n && !is_nursery(u),
                   b, "in the quick list of %zu units, but no such block", n);
            units += n;
        }
    EXPECT(units == held, heap.heads,
           "the quick lists hold %zu units, expected %zu", units, held);
    return true;
}

bool mm_checkheap(int line)
{
    struct check check = {.line = line};
    return check_ledger(&check) && check_blocks(&check) &&
           check_lists(&check) && check_quick(&check);
}
