/*
 * gen.c - rep gen: the command line of the models
 *
 * The long options of a model are its parameters, straight from its table; so
 * is the help.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/interrupt.h"
#include "tools/gen/gen.h"
#include "tools/rep.h"

struct request {
    const struct gen_model *model;
    struct rep_output output;
    uint64_t seed;
    bool reuse_ids;
    uint64_t params[GEN_PARAMS_MAX];
    const char *texts[GEN_PARAMS_MAX];
};

static bool is_text(const struct gen_param *p)
{
    return p->words && p->hi == GEN_TEXT;
}

/* ---- Help -------------------------------------------------------------- */

static const char common_help[] =
    "    -o, --output FILE   the trace (default: standard output); .gz, .xz "
    "or\n"
    "                        .zst at the end of its name compresses "
    "it\n" REP_CLASSIC_HELP
    "    --weight N          weight of the trace, 0 to 3 (default %llu)\n"
    "    --seed N            of the random numbers (default 1)\n"
    "    --reuse-ids         an id is used again after its free: for traces "
    "of\n"
    "                        10^8 requests, whose ids are many\n"
    "    -h, --help          this text\n";

/* print_value - the name of a value whose parameter has names. */
static void print_value(const struct gen_param *p, uint64_t value)
{
    const char *word = p->words;
    if (!word) {
        printf("%llu", (unsigned long long)value);
        return;
    }
    while (value--)
        word = strchr(word, '|') + 1;
    printf("%.*s", (int)strcspn(word, "|"), word);
}

static void print_param(const struct gen_param *p)
{
    int width = printf("    --%s %s", p->name, p->words ? p->words : "N");
    if (width > 24)
        width = printf("\n") - 1;
    printf("%*s%s", 24 - width, "", p->help);
    if (!is_text(p)) {
        fputs(" (default ", stdout);
        print_value(p, p->value);
        putchar(')');
    }
    putchar('\n');
}

static uint64_t usual_weight(const struct gen_model *model)
{
    return model->weight ? model->weight : 1;
}

static void print_model_help(const struct gen_model *model)
{
    printf("usage: rep gen %s [options]\n\n%s\n\n", model->name, model->help);
    for (const struct gen_param *p = model->params; p->name; p++)
        print_param(p);
    printf(common_help, (unsigned long long)usual_weight(model));
}

static void print_help(void)
{
    fputs("usage: rep gen MODEL [options]\n"
          "\n"
          "Generate a trace.  The same options make the same trace on every\n"
          "machine, and everything that is allocated is freed in the end.\n"
          "\n",
          stdout);
    for (size_t i = 0; i < gen_model_count; i++)
        printf("  %-17s %.*s\n", gen_models[i]->name,
               (int)strcspn(gen_models[i]->help, "\n"), gen_models[i]->help);
    fputs("\n"
          "rep gen MODEL -h tells the options of a model.  All have these:\n"
          "\n",
          stdout);
    printf(common_help, 1ull);
}

/* ---- Options ----------------------------------------------------------- */

enum { OPTION_SEED = 256, OPTION_REUSE_IDS, OPTION_PARAM };

/* list_options - what getopt_long wants: the common ones, then the model's. */
static void list_options(const struct gen_model *model, struct option *list)
{
    static const struct option common[] = {
        REP_OUTPUT_OPTIONS,
        {"help", no_argument, NULL, 'h'},
        {"seed", required_argument, NULL, OPTION_SEED},
        {"reuse-ids", no_argument, NULL, OPTION_REUSE_IDS},
    };
    size_t n = sizeof common / sizeof common[0];
    memcpy(list, common, sizeof common);
    for (size_t i = 0; model->params[i].name; i++)
        list[n++] = (struct option){model->params[i].name, required_argument,
                                    NULL, OPTION_PARAM + (int)i};
    list[n] = (struct option){0};
}

/* find_word - whether text is one of "a|b|c", and which. */
static bool find_word(const char *words, const char *text, uint64_t *number)
{
    size_t length = strlen(text);
    for (uint64_t i = 0;; i++) {
        size_t n = strcspn(words, "|");
        if (n == length && !strncmp(words, text, n)) {
            *number = i;
            return true;
        }
        if (!words[n])
            return false;
        words += n + 1;
    }
}

static int parse_param(const struct gen_param *p, const char *text,
                       uint64_t *value)
{
    if (is_text(p))
        return -1;
    if (p->words) {
        if (find_word(p->words, text, value))
            return -1;
        return rep_fail("gen: --%s: expected %s, found \"%s\"", p->name,
                        p->words, text);
    }
    if (rep_number(text, p->lo, p->hi, value))
        return -1;
    return rep_fail("gen: --%s: expected a number from %llu to %llu, "
                    "found \"%s\"",
                    p->name, (unsigned long long)p->lo,
                    (unsigned long long)p->hi, text);
}

/* parse_option - returns -1 to go on, or an exit status. */
static int parse_option(struct request *r, int letter)
{
    static const struct gen_param seed = {"seed", 1, 0, UINT64_MAX, "", NULL};
    int status;
    if (rep_output_option(&r->output, letter, &status))
        return status;
    switch (letter) {
    case 'h':
        print_model_help(r->model);
        return REP_OK;
    case '?':
        return REP_USAGE;
    case OPTION_SEED:
        return parse_param(&seed, optarg, &r->seed);
    case OPTION_REUSE_IDS:
        r->reuse_ids = true;
        return -1;
    default:
        letter -= OPTION_PARAM;
        r->texts[letter] = optarg;
        return parse_param(&r->model->params[letter], optarg,
                           &r->params[letter]);
    }
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n >= m && !strcmp(name + n - m, end);
}

/* check_ranges - a parameter "...min" and the "...max" behind it must be in
 *     order. */
static int check_ranges(const struct request *r)
{
    const struct gen_param *p = r->model->params;
    for (size_t i = 1; i < GEN_PARAMS_MAX && p[i].name; i++)
        if (ends_with(p[i - 1].name, "min") && ends_with(p[i].name, "max") &&
            r->params[i - 1] > r->params[i])
            return rep_fail("gen: --%s: expected at least --%s, %llu, "
                            "found %llu",
                            p[i].name, p[i - 1].name,
                            (unsigned long long)r->params[i - 1],
                            (unsigned long long)r->params[i]);
    return -1;
}

static int parse(struct request *r, int argc, char **argv)
{
    struct option list[7 + GEN_PARAMS_MAX];
    int letter, status = -1;
    list_options(r->model, list);
    for (size_t i = 0; r->model->params[i].name; i++)
        r->params[i] = r->model->params[i].value;
    while (status < 0 &&
           (letter = getopt_long(argc, argv, "o:h", list, NULL)) != -1)
        status = parse_option(r, letter);
    if (status < 0 && optind < argc)
        status = rep_fail("gen: expected options, found \"%s\"", argv[optind]);
    return status < 0 ? check_ranges(r) : status;
}

static const struct gen_model *find_model(const char *name)
{
    for (size_t i = 0; i < gen_model_count; i++)
        if (!strcmp(gen_models[i]->name, name))
            return gen_models[i];
    return NULL;
}

/* ---- The verb ---------------------------------------------------------- */

static int generate(struct request *r)
{
    char *error;
    struct gen g = {.random = r->seed,
                    .params = r->params,
                    .texts = r->texts,
                    .reuse_ids = r->reuse_ids};
    if (r->output.weight == REP_WEIGHT_OWN)
        r->output.weight = usual_weight(r->model);
    g.w =
        trace_writer_open(r->output.path, rep_output_form(&r->output), &error);
    if (!g.w)
        return rep_fail_with(error);
    int status = r->model->run(&g);
    free(g.spare);
    if (status == REP_OK)
        return trace_writer_close(g.w, &error) ? REP_OK : rep_fail_with(error);
    trace_writer_abandon(g.w);
    return status;
}

int rep_gen(int argc, char **argv)
{
    struct request r = {.output = {.path = "-", .weight = REP_WEIGHT_OWN},
                        .seed = 1};
    if (argc < 2)
        return rep_fail("gen: expected a model, found none "
                        "(rep gen -h lists them)");
    if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
        print_help();
        return REP_OK;
    }
    r.model = find_model(argv[1]);
    if (!r.model)
        return rep_fail("gen: expected a model, found \"%s\" "
                        "(rep gen -h lists them)",
                        argv[1]);
    char *verb = argv[0];
    argv[1] = verb;
    int status = parse(&r, argc - 1, argv + 1);
    if (status < 0)
        status = generate(&r);
    int signo = interrupt_signal();
    if (signo) { /* all is given back: the signal does its work */
        signal(signo, SIG_DFL);
        raise(signo);
    }
    return status;
}
