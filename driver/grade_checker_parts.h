/*
 * grade_checker_parts.h - what the files of the grade_checker room share
 *
 * A trace is replayed up to a moment at which live and free blocks stand side
 * by side.  There one bit at a time is flipped of what is no live payload, and
 * mm_checkheap is asked.  Where it sees nothing the replay goes on: what does
 * not go as in the undamaged heap is harm.  A child does it, one damage a step;
 * the parent counts, and begins another child where one did not come back.
 */
#ifndef GRADE_CHECKER_PARTS_H
#define GRADE_CHECKER_PARTS_H

#include "driver/elf.h"
#include "driver/roots.h"

/* ---- Traces (grade_checker_traces.c) ------------------------------------ */

#define DAMAGE_OWN_TRACES 3
#define DAMAGE_MOMENTS    2

struct damage_trace {
    const char *name;
    struct trace trace;
    size_t moments[DAMAGE_MOMENTS]; /* requests before each */
    bool twice;                     /* the second is not the first */
};

/*
 * damage_trace_own - the i-th of those that need no file.  damage_trace_from -
 *     the first requests of another.  To both are added requests that put every
 *     block to use: fill holes, resize and free what lives, allocate again.
 *     False with *error set, NULL without memory.
 */
bool damage_trace_own(struct damage_trace *d, size_t i, char **error);
bool damage_trace_from(struct damage_trace *d, const struct trace *t,
                       char **error);

/* ---- The replay (grade_checker_play.c) ---------------------------------- */

enum damage_harm {
    HARM_NONE,
    HARM_NULL,      /* a request was not served that is, without the damage */
    HARM_ANSWER,    /* it was misaligned or outside the heap */
    HARM_OVERLAP,   /* it lies in a live block */
    HARM_ELSEWHERE, /* it is possible, but another one */
    HARM_PAYLOAD,   /* a payload was overwritten */
    HARM_ZERO,      /* calloc's was not zero */
    HARM_KINDS,
};

struct player {
    const struct trace *trace;
    size_t align;
    struct allocator_calls calls;
    struct roots roots; /* for an allocator that collects */
    void **at;          /* the payload of each answer; NULL: it is not live */
    uint64_t *size;
    uint32_t *origin; /* whose pattern it holds */
    uint32_t next;    /* the next answer */
};

/* player_create - false without memory.  The allocator is loaded. */
bool player_create(struct player *p);

/*
 * player_serve - make request i, and look at what it takes and what it answers.
 *     expected, if not NULL, are the answers of an undamaged heap; with vary
 *     other ones will do.  log, if not NULL, is where they are to be kept.
 */
struct player_order {
    void *const *expected;
    bool vary;
    void **log;
};
enum damage_harm player_serve(struct player *p, size_t i,
                              struct player_order order);

/* player_payloads - whether every live payload is as it was left. */
bool player_payloads(const struct player *p);

/* ---- Places (grade_checker_places.c) ------------------------------------ */

/* Parts of the heap, by what a damage there may mean; the first ones where
 * mm_walk tells, the next where payloads alone are known. */
enum damage_place {
    PLACE_HEADER,
    PLACE_FOOTER,
    PLACE_FREE_HEADER,
    PLACE_FREE_LINKS,
    PLACE_FREE_INSIDE,
    PLACE_FREE_LAST,
    PLACE_TABLES,
    PLACE_BEFORE,
    PLACE_AFTER,
    PLACE_ELSEWHERE,
    PLACE_STATIC,
    PLACES,
    PLACE_PAYLOAD = PLACES, /* of a live block: not damaged */
};

struct damage_site {
    uint8_t *byte;
    uint8_t bit, place;
};

/* What a damage is told by: the word's distance from something. */
enum damage_near { NEAR_PAYLOAD, NEAR_FREE, NEAR_HEAP, NEAR_OBJECT, NEARS };

struct damage_spot {
    uint32_t place, near, bit; /* bit of the word, 0 to 63 */
    int64_t offset;            /* of the word from there */
    uint64_t whose;            /* NEAR_PAYLOAD: answer; NEAR_FREE: its bytes */
};

#define SITES_MAX  1024
#define RANGES_MAX 32

/* The allocator's static data; where its object was mapped. */
struct damage_statics {
    struct elf_range ranges[RANGES_MAX]; /* relative to base */
    size_t count;
    uint8_t *base;
};

/* damage_sites - choose at most SITES_MAX bits, evenly from each place, in an
 *     order that is the same in every process; how many. */
size_t damage_sites(struct damage_site *sites, const struct player *p,
                    const struct damage_statics *statics);

/* damage_describe - after that: where a site is. */
struct damage_spot damage_describe(const struct damage_site *site,
                                   const struct damage_statics *statics);

/* ---- The child (grade_checker_child.c) ---------------------------------- */

enum damage_phase {
    PHASE_LOADING,
    PHASE_INIT,
    PHASE_REQUEST, /* number op, before the moment */
    PHASE_WALKER,
    PHASE_CHECKER, /* on the undamaged heap */
    PHASE_CONTROL, /* request number op, after the moment, nothing damaged */
    PHASE_AGAIN,   /* the same once more in the same process */
    PHASE_READY,
    PHASE_DAMAGED, /* mm_checkheap, on the damaged heap */
    PHASE_HARM,    /* request number op, on the damaged heap */
    PHASES,
};

/* What is wrong before anything is damaged. */
enum damage_ready {
    READY_YES,
    READY_WRONG,   /* request number op was answered with `harm` */
    READY_REFUSED, /* it cannot be loaded, or mm_init returned false */
    READY_FALSE,   /* mm_checkheap returned false */
    READY_MEMORY,  /* no memory for the examination */
    READY_ONCE,    /* nothing, but the heap cannot be restored */
};

/* What a checker does to an undamaged heap, and should not; bits. */
enum damage_alarm {
    ALARM_FALSE = 1, /* it returned false now and then */
    ALARM_PRINTED = 2,
    ALARM_WROTE = 4,
};

enum damage_verdict {
    VERDICT_NOTICED,
    VERDICT_MISSED, /* and there was harm */
    VERDICT_CRASHED,
    VERDICT_LOOPED,
    VERDICT_ENDED, /* it ended the process by itself */
    VERDICT_HARMLESS,
    VERDICTS,
};

/* What the child tells; any bytes may stand here. */
struct damage_log {
    uint32_t phase, op, harm;
    uint32_t ready;
    uint32_t vary;    /* answers are not the same each time */
    uint32_t count;   /* sites */
    uint32_t next;    /* from the parent: the site to be damaged */
    uint32_t verdict; /* on it: noticed, missed or harmless */
    uint32_t alarms;  /* enum damage_alarm */
    uint32_t spoiled; /* the child can make no other damage */
    struct damage_spot spot;
};

struct damage_job {
    const struct allocator *allocator;
    const struct trace *trace;
    size_t moment, align;
    struct damage_statics statics;
    bool once;              /* each child serves for one missed damage */
    struct damage_log *log; /* shared */
    void **expected;        /* shared: the answers without damage */
};

/*
 * damage_body - a body for isolate_start; arg is a struct damage_job.  The
 *     first step is what is before the damage; if that is READY_YES, each
 *     further one is a damage.
 */
void damage_body(void *arg);

/* ---- The parent (grade_checker_run.c) ----------------------------------- */

struct examine;
struct damage_row;

/* damage_run - make the damages of one moment of d, and add them to row.  False
 *     when it cannot go on: e->error tells why. */
bool damage_run(struct examine *e, struct damage_row *row,
                const struct damage_trace *d, size_t moment,
                const struct damage_statics *statics);

/* ---- The report (grade_checker_report.c) -------------------------------- */

struct damage_tally {
    uint64_t of[PLACES][VERDICTS];
    uint64_t left_out; /* damages, as the others had taken too long */
};

/* One that deserves a line. */
struct damage_case {
    uint8_t place, verdict;
    char *text;
};

struct damage_row {
    const struct allocator *allocator;
    char *wrong;     /* why it has no grade; NULL: it has one */
    bool failed;     /* which tells of a fault, not of what cannot be asked */
    uint32_t alarms; /* enum damage_alarm */
    struct damage_tally tally;
    struct damage_case *cases;
    size_t case_count;
};

/* damage_report - print all rows. */
void damage_report(const struct examine *e, const struct damage_row *rows);

/* damage_case_text - "bit 0 of the word ...; then free(id 3) crashed", for
 *     the caller to free; NULL without memory.  what: how it ended. */
char *damage_case_text(const struct damage_trace *d, size_t moment,
                       const struct damage_log *log, const char *what);

/* damage_request - "free(id 4)", request i of t. */
void damage_request(FILE *out, const struct trace *t, size_t i);

/* damage_harm_text - "returned NULL". */
const char *damage_harm_text(uint32_t harm);

#endif
