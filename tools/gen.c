/*
 * gen.c - rep gen: the command line of the models
 *
 * The long options of a model are its parameters, straight from its table; so
 * is the help.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/gen.h"
#include "tools/rep.h"

struct request {
    const struct gen_model *model;
    struct rep_output output;
    uint64_t seed;
    uint64_t params[GEN_PARAMS_MAX];
};

/* ---- Help -------------------------------------------------------------- */

static const char help_text[] =
    "usage: rep gen MODEL [options]\n"
    "\n"
    "Generate a trace.  The same options make the same trace everywhere, and\n"
    "everything that is allocated is freed in the end.\n"
    "\n"
    "    -o, --output FILE   the trace (default: standard "
    "output)\n" REP_OUTPUT_HELP
    "    --seed N            of the random numbers (default 1)\n"
    "    -h, --help          this text\n"
    "\n"
    "Models and their options:\n";

/* value_word - the name of a value whose parameter has names. */
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
    char name[64];
    snprintf(name, sizeof name, "--%s %s", p->name, p->words ? p->words : "N");
    printf("    %-26s %s (default ", name, p->help);
    print_value(p, p->value);
    puts(")");
}

static void print_help(void)
{
    fputs(help_text, stdout);
    for (size_t i = 0; i < gen_model_count; i++) {
        const struct gen_model *model = &gen_models[i];
        printf("\n%s\n%s\n", model->name, model->help);
        for (const struct gen_param *p = model->params; p->name; p++)
            print_param(p);
    }
}

/* ---- Options ----------------------------------------------------------- */

enum { OPTION_SEED = 256, OPTION_PARAM };

/* list_options - what getopt_long wants: the common ones, then the model's. */
static void list_options(const struct gen_model *model, struct option *list)
{
    static const struct option common[] = {
        REP_OUTPUT_OPTIONS,
        {"help", no_argument, NULL, 'h'},
        {"seed", required_argument, NULL, OPTION_SEED},
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
        print_help();
        return REP_OK;
    case '?':
        return REP_USAGE;
    case OPTION_SEED:
        return parse_param(&seed, optarg, &r->seed);
    default:
        letter -= OPTION_PARAM;
        return parse_param(&r->model->params[letter], optarg,
                           &r->params[letter]);
    }
}

/* check_range - a model with --min and --max needs them in order. */
static int check_range(const struct request *r)
{
    uint64_t min = 0, max = UINT64_MAX;
    for (size_t i = 0; r->model->params[i].name; i++) {
        if (!strcmp(r->model->params[i].name, "min"))
            min = r->params[i];
        if (!strcmp(r->model->params[i].name, "max"))
            max = r->params[i];
    }
    if (min <= max)
        return -1;
    return rep_fail("gen: --max: expected at least --min, %llu, found %llu",
                    (unsigned long long)min, (unsigned long long)max);
}

static int parse(struct request *r, int argc, char **argv)
{
    struct option list[6 + GEN_PARAMS_MAX];
    int letter, status = -1;
    list_options(r->model, list);
    for (size_t i = 0; r->model->params[i].name; i++)
        r->params[i] = r->model->params[i].value;
    while (status < 0 &&
           (letter = getopt_long(argc, argv, "o:h", list, NULL)) != -1)
        status = parse_option(r, letter);
    if (status < 0 && optind < argc)
        status = rep_fail("gen: expected options, found \"%s\"", argv[optind]);
    return status < 0 ? check_range(r) : status;
}

static const struct gen_model *find_model(const char *name)
{
    for (size_t i = 0; i < gen_model_count; i++)
        if (!strcmp(gen_models[i].name, name))
            return &gen_models[i];
    return NULL;
}

/* ---- The verb ---------------------------------------------------------- */

static int generate(const struct request *r)
{
    char *error;
    struct gen g = {.random = r->seed, .params = r->params};
    g.w =
        trace_writer_open(r->output.path, rep_output_form(&r->output), &error);
    if (!g.w)
        return rep_fail_with(error);
    r->model->run(&g);
    return trace_writer_close(g.w, &error) ? REP_OK : rep_fail_with(error);
}

int rep_gen(int argc, char **argv)
{
    struct request r = {.output = {.path = "-", .weight = 1}, .seed = 1};
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
    return status < 0 ? generate(&r) : status;
}
