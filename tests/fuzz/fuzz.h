/*
 * fuzz.h - what the fuzz targets share
 *
 * A target is one file with LLVMFuzzerTestOneInput, which takes any bytes and
 * holds what the code makes of them against what it promises.  With clang
 * libFuzzer drives it; with any compiler main.c does.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/trace.h"

/* Longer inputs are left alone: they find nothing that shorter ones do not. */
#define FUZZ_INPUT_MAX 16384

/* LLVMFuzzerTestOneInput - try one input.  Returns 0; a promise that is broken
 *     ends the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* fuzz_require - end the process with a message, as for printf, unless good. */
__attribute__((format(printf, 2, 3))) void
fuzz_require(bool good, const char *format, ...);

/* fuzz_require_line - text is one line that a terminal can be shown. */
void fuzz_require_line(const char *text);

/* fuzz_hash - a number that follows from the input; fuzz_next - the one after
 *     it. */
uint64_t fuzz_hash(const uint8_t *data, size_t size);
uint64_t fuzz_next(uint64_t *state);

/* fuzz_file - the path of a file that holds these bytes, until the next call;
 *     fuzz_is_compressed - whether who reads it would start a decompressor. */
const char *fuzz_file(const uint8_t *data, size_t size);
bool fuzz_is_compressed(const uint8_t *data, size_t size);

/* A pipe that takes what is written, so that nothing is left lying about. */
struct fuzz_output {
    char path[32]; /* to be written to, then to be read from */
    int ends[2];
};

/* fuzz_output_open, fuzz_output_turn (it is written, and to be read),
 * fuzz_output_close; fuzz_output_empty - whether nothing was written. */
void fuzz_output_open(struct fuzz_output *o);
void fuzz_output_turn(struct fuzz_output *o);
bool fuzz_output_empty(const struct fuzz_output *o);
void fuzz_output_close(struct fuzz_output *o);

/* fuzz_stream - a file in memory; fuzz_text - end it: what was written. */
struct fuzz_stream {
    FILE *out;
    char *text;
    size_t size;
};
FILE *fuzz_stream(struct fuzz_stream *s);
const char *fuzz_text(struct fuzz_stream *s);

#endif
