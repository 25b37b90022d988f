/*
 * examine.c - what the examinations share
 */
#include "driver/examine.h"

#include <stdlib.h>
#include <string.h>

#include "driver/report.h"

char *examine_text(void (*write)(FILE *out))
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    write(out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

bool examine_flush(struct examine *e)
{
    return report_flush(e->out, "<stdout>", &e->error);
}

/* "PATH:17: what" is told as "line 17: what". */
static const char *print_place(FILE *out, const struct result *r)
{
    size_t length = strlen(r->trace->path);
    const char *text = r->message;
    if (strncmp(text, r->trace->path, length) != 0 || text[length] != ':')
        return text;
    fprintf(out, "line ");
    return text + length + 1;
}

void examine_tell(const struct examine *e, const struct result *r)
{
    const char *text = r->message ? print_place(e->out, r) : "no memory";
    int length = (int)strcspn(text, "\n");
    fprintf(e->out, "%.*s\n", length, text);
    while (e->verbose && text[length]) {
        text += length + 1;
        length = (int)strcspn(text, "\n");
        fprintf(e->out, "      %.*s\n", length, text);
    }
}
