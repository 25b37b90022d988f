/*
 * bench_record.c - what the recorder costs a program
 *
 *   bench_record RECORDER ROUNDS PROGRAM [ARGUMENT]...
 *
 * Runs the program plainly and recorded in the order A B B A, and prints the
 * median ratio of its CPU time (user and system) and of its wall time.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "driver/stats.h"
#include "tools/record/record.h"

#define ROUNDS_MAX 1000

static char logs[] = "/tmp/bench-record-XXXXXX";

static void die(const char *what)
{
    perror(what);
    exit(2);
}

static double wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_ms(const struct rusage *use)
{
    return (double)(use->ru_utime.tv_sec + use->ru_stime.tv_sec) * 1e3 +
           (double)(use->ru_utime.tv_usec + use->ru_stime.tv_usec) / 1e3;
}

static void remove_logs(void)
{
    DIR *dir = opendir(logs);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
}

/* run - the program once, recorded or (NULL) not. */
static void run(char **argv, const char *recorder, double *cpu, double *wall)
{
    int status;
    struct rusage use;
    double began = wall_ms();
    pid_t pid = fork();
    if (pid == 0) {
        if (recorder) {
            setenv("LD_PRELOAD", recorder, 1);
            setenv(RECORD_VARIABLE, logs, 1);
        }
        execvp(argv[0], argv);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &use) != pid || status != 0)
        die(argv[0]);
    *wall = wall_ms() - began;
    *cpu = cpu_ms(&use);
    remove_logs();
}

static void print_ratio(const char *what, double *plain, double *recorded,
                        size_t rounds)
{
    struct stats_interval ratio = stats_paired_ratio(plain, recorded, rounds);
    printf("recorder: x%.3f (%.3f to %.3f) %s time; plain %.0f ms, %zu "
           "rounds\n",
           ratio.mid, ratio.lo, ratio.hi, what, stats_median(plain, 2 * rounds),
           rounds);
}

int main(int argc, char **argv)
{
    static double cpu[2][2 * ROUNDS_MAX], wall[2][2 * ROUNDS_MAX];
    size_t rounds = argc > 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (rounds < 1 || rounds > ROUNDS_MAX || !mkdtemp(logs))
        die("usage: bench_record RECORDER ROUNDS PROGRAM [ARGUMENT]...");
    for (size_t i = 0; i < 2 * rounds; i++)
        for (int j = 0; j < 2; j++) {
            int recorded = j ^ (int)(i & 1); /* A B, then B A */
            run(argv + 3, recorded ? argv[1] : NULL, &cpu[recorded][i],
                &wall[recorded][i]);
        }
    rmdir(logs);
    print_ratio("CPU", cpu[0], cpu[1], rounds);
    print_ratio("wall", wall[0], wall[1], rounds);
    return 0;
}
