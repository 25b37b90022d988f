/*
 * gen_adversary_models.c - the adversaries in the table of rep gen
 *
 * Their bounds are in times M: heap over words live at most.
 */
#include "tools/gen/gen_adversary.h"
#include "tools/gen/gen_models.h"

/* PARAMS - of every adversary, in the order of ADVERSARY_LIVE, ... */
#define PARAMS(LIVE, MAX, MAX_LO, VICTIM)                                      \
    {"live", LIVE, 1, 1 << 24, "M, words that live at most", NULL},            \
        {"max", MAX, MAX_LO, 1 << 20, "n, words of the largest block", NULL},  \
        {"against",                                                            \
         0,                                                                    \
         0,                                                                    \
         GEN_TEXT,                                                             \
         "what to play against: first-fit, best-fit,\n"                        \
         "                        next-fit, lifo, buddy or segregated, "       \
         "ideal ones\n"                                                        \
         "                        without headers; or a real allocator, as "   \
         "mdriver -m\n"                                                        \
         "                        names it (default " VICTIM ")",              \
         "NAME|FILE"},                                                         \
        {"report", 0, 0, 1, "tell on stderr what heap it took", "no|yes"},     \
        {"unit", 32, 1, 1 << 20, "bytes of a word", NULL},                     \
        {"header",                                                             \
         8,                                                                    \
         0,                                                                    \
         1 << 20,                                                              \
         "bytes of a block beside its payload: w words\n"                      \
         "                        are requested as w * unit - header bytes",   \
         NULL},                                                                \
    {                                                                          \
        "page", 128, 2, 1 << 20, "words of a page of segregated storage", NULL \
    }

static double log2_floor(uint64_t n)
{
    double log = 0;
    for (; n > 1; n /= 2)
        log++;
    return log;
}

/* ---- robson ------------------------------------------------------------ */

static double bound_robson(const struct adversary_terms *t)
{
    double log = log2_floor(t->max);
    double max = (double)((uint64_t)1 << (unsigned)log);
    return log / 2 + 1 - (max - 1) / (double)t->live;
}

static int run_robson(struct gen *g)
{
    static const struct adversary robson = {"robson", adversary_robson,
                                            POLICY_FIRST_FIT, 1, bound_robson};
    return adversary_run(g, &robson);
}

const struct gen_model gen_model_robson = {
    .name = "robson",
    .run = run_robson,
    .help =
        "worst case of any allocator: keeps a word in every 2^i\n"
        "\n"
        "Sizes double; before each step all blocks are freed but those that\n"
        "together leave no room for the next size.  Bound: whatever the\n"
        "allocator does, it needs M * (log2(n)/2 + 1) - n + 1 words, n a power "
        "of\n"
        "two (Robson 1971, JACM 18:416; 1974, JACM 21:491).",
    .weight = 2,
    .params = {PARAMS(16384, 1024, 1, "first-fit")},
};

/* ---- robson-first-fit -------------------------------------------------- */

/* The sum of 1/1 ... 1/n over ln 2. */
static double bound_first_fit(const struct adversary_terms *t)
{
    double sum = 0;
    for (uint64_t i = t->max; i > 0; i--)
        sum += 1 / (double)i;
    return sum / 0.69314718055994531;
}

static int run_first_fit(struct gen *g)
{
    static const struct adversary first_fit = {
        "robson-first-fit", adversary_first_fit, POLICY_FIRST_FIT, 1,
        bound_first_fit};
    return adversary_run(g, &first_fit);
}

const struct gen_model gen_model_robson_first_fit = {
    .name = "robson-first-fit",
    .run = run_first_fit,
    .help = "bad for first fit: holes one word too small at every size\n"
            "\n"
            "Sizes grow word by word; a block is freed as soon as the hole it\n"
            "leaves is smaller than the next request.  Bound: first fit needs "
            "at\n"
            "most M * H(n) / ln 2 words, H(n) = 1/1 + ... + 1/n, about M * "
            "log2(n)\n"
            "(Robson 1977, Computer Journal 20:242; Knuth, TAOCP 1, 2.5, "
            "exercise 43).\n"
            "This program reaches nearly three quarters of it.",
    .weight = 2,
    .params = {PARAMS(16384, 1024, 1, "first-fit")},
};

/* ---- robson-best-fit --------------------------------------------------- */

static double bound_best_fit(const struct adversary_terms *t)
{
    double live = (double)t->live, max = (double)t->max;
    return (live - 4 * max + 11) * (max - 2) / live;
}

static int run_best_fit(struct gen *g)
{
    static const struct adversary best_fit = {
        "robson-best-fit", adversary_best_fit, POLICY_BEST_FIT, 4,
        bound_best_fit};
    return adversary_run(g, &best_fit);
}

const struct gen_model gen_model_robson_best_fit = {
    .name = "robson-best-fit",
    .run = run_best_fit,
    .help =
        "worst case of best fit: a comb of single words, n - 2 apart\n"
        "\n"
        "Best fit can be steered: the comb gets one tooth more, and that\n"
        "moves down to the bottom of the heap, in 10 requests for every "
        "tooth;\n"
        "so the trace has about 5 * (M - 4n)^2.  Bound: best fit may need\n"
        "(M - 4n + 11)(n - 2) words, about M * n, and this program makes it "
        "need\n"
        "them (Robson 1977, Computer Journal 20:242; Knuth, TAOCP 1, 2.5,\n"
        "exercise 42).",
    .weight = 2,
    .params = {PARAMS(224, 24, 6, "best-fit")},
};

/* ---- buddy-killer ------------------------------------------------------ */

/* Twice Robson's, of blocks up to the power of two that takes max. */
static double bound_buddy(const struct adversary_terms *t)
{
    return t->max > 1 ? log2_floor(t->max - 1) + 3 : 2;
}

static int run_buddy(struct gen *g)
{
    static const struct adversary buddy = {"buddy-killer", adversary_buddy,
                                           POLICY_BUDDY, 1, bound_buddy};
    return adversary_run(g, &buddy);
}

const struct gen_model gen_model_buddy_killer = {
    .name = "buddy-killer",
    .run = run_buddy,
    .help =
        "bad for buddies: sizes 2^k + 1, and buddies are kept apart\n"
        "\n"
        "Nearly half of each block is lost to rounding, and the blocks are\n"
        "played as in robson, so that no two buddies become one.  Bound: "
        "twice\n"
        "Robson's, M * (log2(N) + 2) for blocks that take up to N words; "
        "small\n"
        "sizes lose less to rounding, so this program reaches\n"
        "M * (1 + 2/3 + 4/5 + 8/9 + ... + (N/2) / (N/2 + 1)).",
    .weight = 2,
    .params = {PARAMS(16384, 513, 1, "buddy")},
};

/* ---- segregated-killer ------------------------------------------------- */

/* One heap of M words for each size. */
static double bound_segregated(const struct adversary_terms *t)
{
    double sizes = 0;
    uint64_t words = 1;
    for (; words <= t->max; words = adversary_next_size(words))
        sizes++;
    return sizes;
}

static int run_segregated(struct gen *g)
{
    static const struct adversary segregated = {
        "segregated-killer", adversary_segregated, POLICY_SEGREGATED, 1,
        bound_segregated};
    return adversary_run(g, &segregated);
}

const struct gen_model gen_model_segregated_killer = {
    .name = "segregated-killer",
    .run = run_segregated,
    .help =
        "bad for segregated storage: one block holds each page\n"
        "\n"
        "All that may live is requested in blocks of one size, then all but "
        "one\n"
        "in each page is freed, and the next size comes: 1 to 8 words, then "
        "four\n"
        "in each doubling.  Bound: a page bound to a size serves no other, so "
        "S\n"
        "sizes cost up to S * M words; what holds the pages is missing from M, "
        "a\n"
        "share of (sum of the sizes so far) / page.",
    .weight = 2,
    .params = {PARAMS(16384, 32, 1, "segregated")},
};

/* ---- lifo-killer ------------------------------------------------------- */

static double bound_lifo(const struct adversary_terms *t)
{
    return (double)t->max;
}

static int run_lifo(struct gen *g)
{
    static const struct adversary lifo = {"lifo-killer", adversary_lifo,
                                          POLICY_LIFO, 2, bound_lifo};
    return adversary_run(g, &lifo);
}

const struct gen_model gen_model_lifo_killer = {
    .name = "lifo-killer",
    .run = run_lifo,
    .help =
        "worst case of LIFO lists and next fit: they cut large holes\n"
        "\n"
        "A block of n words on top of the heap is freed, and the one word "
        "that\n"
        "comes next, and stays, is cut from it, not from the many holes below, "
        "of\n"
        "n - 1 words.  Bound: no allocator that uses a hole where one fits "
        "needs\n"
        "more than M * n words; this takes nearly all of them.",
    .weight = 2,
    .params = {PARAMS(4096, 64, 2, "lifo")},
};
