/*
 * main.c - drives a fuzz target where there is no libFuzzer
 *
 *     TARGET [--random N] [--seed S] [--last FILE] [--break] FILE|DIR...
 *
 * Every file is tried, then N mutations of them.  What is being tried stands
 * in the file --last names until it has gone well: there it is found after a
 * crash.  --break makes the first input break a promise, to see what is then.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate.h"

static struct corpus corpus;
static int last = -1;
static bool breaks;

static void give_up(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(2);
}

/* ---- The corpus -------------------------------------------------------- */

static void add_file(const char *path)
{
    FILE *in = fopen(path, "re");
    uint8_t *bytes = malloc(FUZZ_INPUT_MAX);
    if (!in || !bytes)
        give_up(path);
    size_t size = fread(bytes, 1, FUZZ_INPUT_MAX, in);
    fclose(in);
    if (!corpus_add(&corpus, bytes, size))
        give_up(path);
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void add_directory(const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_shown, alphasort);
    if (n < 0)
        give_up(path);
    for (int i = 0; i < n; i++) {
        char *name;
        if (asprintf(&name, "%s/%s", path, entries[i]->d_name) < 0)
            give_up(path);
        add_file(name);
        free(name);
        free(entries[i]);
    }
    free(entries);
}

static void add(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0)
        give_up(path);
    if (S_ISDIR(st.st_mode))
        add_directory(path);
    else
        add_file(path);
}

/* ---- Trying ------------------------------------------------------------ */

static void try(const uint8_t *bytes, size_t size)
{
    if (last >= 0 &&
        (pwrite(last, bytes, size, 0) < 0 || ftruncate(last, (off_t)size) < 0))
        give_up("--last");
    fuzz_require(!breaks, "one was asked for");
    uint8_t *own = malloc(size ? size : 1); /* its end is where theirs is */
    if (!own)
        give_up("memory");
    memcpy(own, bytes, size);
    LLVMFuzzerTestOneInput(own, size);
    free(own);
}

static void try_mutations(unsigned long count, uint64_t state)
{
    uint8_t *bytes = malloc(FUZZ_INPUT_MAX);
    if (!bytes)
        give_up("memory");
    for (unsigned long i = 0; i < count; i++)
        try(bytes, corpus_mutate(&corpus, bytes, FUZZ_INPUT_MAX, &state));
    free(bytes);
}

/* ---- The command line -------------------------------------------------- */

struct arguments {
    unsigned long random;
    uint64_t seed;
    const char *last;
    bool breaks;
};

static void parse(struct arguments *a, int argc, char **argv)
{
    static const struct option options[] = {
        {"random", required_argument, NULL, 'r'},
        {"seed", required_argument, NULL, 's'},
        {"last", required_argument, NULL, 'l'},
        {"break", no_argument, NULL, 'b'},
        {0},
    };
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (letter == 'r')
            a->random = strtoul(optarg, NULL, 10);
        else if (letter == 's')
            a->seed = strtoull(optarg, NULL, 10);
        else if (letter == 'l')
            a->last = optarg;
        else if (letter == 'b')
            a->breaks = true;
        else
            exit(2);
    for (int i = optind; i < argc; i++)
        add(argv[i]);
}

int main(int argc, char **argv)
{
    struct arguments a = {.seed = 1};
    parse(&a, argc, argv);
    if (!corpus.count) {
        fprintf(stderr, "expected inputs, found none\n");
        return 2;
    }
    breaks = a.breaks;
    if (a.last && (last = open(a.last, O_RDWR | O_CREAT | O_CLOEXEC, 0644)) < 0)
        give_up(a.last);
    for (size_t i = 0; i < corpus.count; i++)
        try(corpus.inputs[i].bytes, corpus.inputs[i].size);
    try_mutations(a.random, a.seed);
    if (a.last)
        unlink(a.last);
    printf("%zu inputs, %lu mutations\n", corpus.count, a.random);
    corpus_free(&corpus);
    return 0;
}
