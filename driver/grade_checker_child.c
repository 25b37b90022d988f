/*
 * grade_checker_child.c - in the child: damage, ask, go on, restore
 *
 * Heap, static data and the books of the replay are copied at the moment and
 * put back after each damage.  Whether that is enough is tried on the undamaged
 * heap: the rest of the trace is replayed twice.  Memory that the allocator has
 * from elsewhere is not put back, and then each child serves for one replay.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver/grade_checker_parts.h"
#include "driver/isolate.h"
#include "memlib.h"

/* After so many damages the restored heap is shown to the checker. */
#define ALARM_EVERY 16

struct child {
    const struct damage_job *job;
    struct damage_log *log;
    struct player player;
    struct damage_statics statics;
    struct damage_site sites[SITES_MAX];
    bool once;
    /* As it was at the moment. */
    size_t heap_bytes;
    uint8_t *heap, *data;
    struct player kept;
    size_t root_count;
};

/* ---- Memory ------------------------------------------------------------- */

/* No memcpy: in a build with sanitizers it would not go near the zones between
 * variables, nor into free blocks that an allocator has closed. */
__attribute__((no_sanitize("address"))) static void
copy_bytes(volatile uint8_t *to, const volatile uint8_t *from, size_t bytes)
{
    size_t i = 0;
    for (; i + 8 <= bytes; i += 8)
        *(volatile uint64_t *)(to + i) = *(const volatile uint64_t *)(from + i);
    for (; i < bytes; i++)
        to[i] = from[i];
}

__attribute__((no_sanitize("address"))) static bool
same_bytes(const volatile uint8_t *a, const volatile uint8_t *b, size_t bytes)
{
    size_t i = 0;
    for (; i + 8 <= bytes; i += 8)
        if (*(const volatile uint64_t *)(a + i) !=
            *(const volatile uint64_t *)(b + i))
            return false;
    for (; i < bytes; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

__attribute__((no_sanitize("address"))) static void
clear_bytes(volatile uint8_t *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = 0;
}

__attribute__((no_sanitize("address"))) static void
flip(const struct damage_site *site)
{
    *(volatile uint8_t *)site->byte ^= (uint8_t)(1u << site->bit);
}

static size_t static_bytes(const struct child *c)
{
    size_t sum = 0;
    for (size_t i = 0; i < c->statics.count; i++)
        sum += c->statics.ranges[i].bytes;
    return sum;
}

static void copy_statics(struct child *c, bool back)
{
    uint8_t *data = c->data;
    for (size_t i = 0; i < c->statics.count; i++) {
        uint8_t *there = c->statics.base + c->statics.ranges[i].at;
        size_t bytes = c->statics.ranges[i].bytes;
        copy_bytes(back ? there : data, back ? data : there, bytes);
        data += bytes;
    }
}

/* ---- Keeping and restoring ---------------------------------------------- */

static size_t answers_of(const struct child *c)
{
    return (size_t)c->player.trace->answer_count + 1;
}

static void copy_player(const struct child *c, const struct player *to,
                        const struct player *from)
{
    size_t n = answers_of(c);
    memcpy(to->at, from->at, n * sizeof *to->at);
    memcpy(to->size, from->size, n * sizeof *to->size);
    memcpy(to->origin, from->origin, n * sizeof *to->origin);
    if (c->player.calls.roots)
        memcpy(to->roots.table, from->roots.table,
               (from->roots.room + 1) * sizeof *to->roots.table);
}

static bool keep(struct child *c)
{
    struct player *k = &c->kept;
    *k = c->player;
    c->heap_bytes = mem_heapsize();
    c->heap = malloc(c->heap_bytes + 1);
    c->data = malloc(static_bytes(c) + 1);
    bool good = c->heap && c->data && player_create(k);
    k->next = c->player.next;
    k->roots.table = calloc(k->roots.room + 1, sizeof *k->roots.table);
    if (!good || !k->roots.table)
        return false;
    copy_player(c, k, &c->player);
    copy_statics(c, false);
    copy_bytes(c->heap, mem_heap_lo(), c->heap_bytes);
    return true;
}

/* What the heap gained is new memory again: zero. */
static void restore(struct child *c)
{
    uint8_t *lo = mem_heap_lo();
    size_t now = mem_heapsize();
    struct player *p = &c->player;
    if (now != c->heap_bytes) {
        if (now > c->heap_bytes)
            clear_bytes(lo + c->heap_bytes, now - c->heap_bytes);
        mem_reset_brk();
        mem_sbrk((intptr_t)c->heap_bytes);
    }
    copy_bytes(lo, c->heap, c->heap_bytes);
    copy_statics(c, true);
    p->next = c->kept.next;
    p->roots.count = c->kept.roots.count;
    copy_player(c, p, &c->kept);
}

/* ---- Before the damage -------------------------------------------------- */

static bool not_ready(struct child *c, enum damage_ready why)
{
    c->log->ready = why;
    return false;
}

/* Where the object lies is known by one of its functions. */
static bool find_statics(struct child *c)
{
    Dl_info info;
    struct link_map *map;
    void *function = *(void **)&c->player.calls.malloc;
    c->statics = c->job->statics;
    if (!dladdr1(function, &info, (void **)&map, RTLD_DL_LINKMAP))
        return not_ready(c, READY_REFUSED);
    c->statics.base = (uint8_t *)map->l_addr;
    return true;
}

static bool begin(struct child *c)
{
    struct player *p = &c->player;
    p->trace = c->job->trace;
    p->align = c->job->align;
    if (!allocator_load(c->job->allocator, &p->calls))
        return not_ready(c, READY_REFUSED);
    if (!player_create(p) ||
        (p->calls.roots && !roots_create(&p->roots, p->trace, &p->calls)))
        return not_ready(c, READY_MEMORY);
    if (p->calls.roots)
        roots_begin(&p->roots);
    c->log->phase = PHASE_INIT;
    return (find_statics(c) && p->calls.init()) || not_ready(c, READY_REFUSED);
}

/* Requests [from, to).  False when one goes wrong: the log has it. */
static bool serve(struct child *c, size_t from, size_t to,
                  struct player_order order)
{
    for (size_t i = from; i < to; i++) {
        c->log->op = (uint32_t)i;
        enum damage_harm harm = player_serve(&c->player, i, order);
        if (harm == HARM_NONE && i + 1 == to && !player_payloads(&c->player))
            harm = HARM_PAYLOAD;
        if (harm != HARM_NONE) {
            c->log->harm = harm;
            return false;
        }
    }
    return true;
}

static bool go_on(struct child *c, struct player_order order)
{
    return serve(c, c->job->moment, c->player.trace->op_count, order);
}

static bool ask_checker(const struct child *c)
{
    return c->player.calls.checkheap(
        (int)trace_line(c->player.trace, c->job->moment - 1));
}

static off_t bytes_printed(void)
{
    fflush(stdout);
    return lseek(STDERR_FILENO, 0, SEEK_CUR);
}

static bool checker_is_sound(struct child *c)
{
    c->log->phase = PHASE_CHECKER;
    for (int i = 0; i < 2; i++) {
        off_t printed = bytes_printed();
        if (!ask_checker(c))
            return not_ready(c, READY_FALSE);
        if (bytes_printed() != printed)
            c->log->alarms |= ALARM_PRINTED;
        if (mem_heapsize() != c->heap_bytes ||
            !same_bytes(mem_heap_lo(), c->heap, c->heap_bytes))
            c->log->alarms |= ALARM_WROTE;
    }
    restore(c);
    return true;
}

static bool cannot_restore(struct child *c)
{
    return not_ready(c, READY_ONCE);
}

/* The rest of the trace, undamaged, twice.  Other answers the second time are
 * those of an allocator that throws dice. */
static bool make_controls(struct child *c)
{
    c->log->phase = PHASE_CONTROL;
    if (!go_on(c, (struct player_order){.log = c->job->expected}))
        return not_ready(c, READY_WRONG);
    restore(c);
    c->log->phase = PHASE_AGAIN;
    c->log->vary = false;
    if (!go_on(c, (struct player_order){.expected = c->job->expected})) {
        c->log->vary = c->log->harm == HARM_ELSEWHERE;
        if (!c->log->vary)
            return cannot_restore(c);
    }
    restore(c);
    return ask_checker(c) || cannot_restore(c);
}

static bool reach_moment(struct child *c)
{
    c->log->phase = PHASE_REQUEST;
    if (!serve(c, 0, c->job->moment, (struct player_order){0}))
        return not_ready(c, READY_WRONG);
    c->log->phase = PHASE_WALKER;
    c->log->count = (uint32_t)damage_sites(c->sites, &c->player, &c->statics);
    return keep(c) || not_ready(c, READY_MEMORY);
}

static bool prepare(struct child *c)
{
    c->log->phase = PHASE_LOADING;
    return begin(c) && reach_moment(c) && checker_is_sound(c) &&
           (c->once || make_controls(c));
}

/* ---- Damage ------------------------------------------------------------- */

static struct player_order as_expected(const struct child *c)
{
    return (struct player_order){.expected = c->job->expected,
                                 .vary = c->log->vary};
}

static bool is_harmful(struct child *c)
{
    c->log->phase = PHASE_HARM;
    c->log->harm = HARM_NONE;
    return !go_on(c, as_expected(c));
}

/* What went wrong may have reached what is not restored: see whether all is
 * well again. */
static void look_for_spoil(struct child *c)
{
    uint32_t op = c->log->op, harm = c->log->harm;
    c->log->phase = PHASE_AGAIN;
    c->log->spoiled = c->once || !go_on(c, as_expected(c));
    restore(c);
    c->log->op = op;
    c->log->harm = harm;
}

/* What the checker does to the damaged heap is undone, too; before the replay
 * goes on where it does such things to a sound one. */
static void damage(struct child *c, uint32_t i)
{
    struct damage_log *log = c->log;
    const struct damage_site *site = &c->sites[i];
    log->spot = damage_describe(site, &c->statics);
    log->spoiled = false;
    flip(site);
    log->phase = PHASE_DAMAGED;
    bool noticed = !ask_checker(c);
    if (!noticed && log->alarms & ALARM_WROTE) {
        restore(c);
        flip(site);
    }
    log->verdict = noticed         ? VERDICT_NOTICED
                   : is_harmful(c) ? VERDICT_MISSED
                                   : VERDICT_HARMLESS;
    restore(c);
    if (log->verdict == VERDICT_MISSED)
        look_for_spoil(c);
    log->phase = PHASE_READY;
    if (!c->once && i % ALARM_EVERY == 0 && !ask_checker(c))
        log->alarms |= ALARM_FALSE;
}

void damage_body(void *arg)
{
    static struct child child;
    struct child *c = &child;
    c->job = arg;
    c->log = c->job->log;
    c->once = c->job->once;
    c->log->ready = READY_YES;
    bool ready = prepare(c);
    uint32_t count = c->log->count;
    if (ready)
        c->log->phase = PHASE_READY;
    isolate_step_done();
    while (ready) {
        uint32_t next = c->log->next;
        if (next < count)
            damage(c, next);
        isolate_step_done();
    }
}
