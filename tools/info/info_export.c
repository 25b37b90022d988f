/*
 * info_export.c - rep info --json and --csv
 *
 * One trace a line, so that two outputs can be compared with diff.  Classes
 * that nothing falls into are left out.
 */
#include <inttypes.h>
#include <math.h>

#include "config.h"
#include "driver/words.h"
#include "tools/info/info.h"

static void put_count(FILE *out, info_wide number)
{
    char text[INFO_DECIMAL];
    fputs(info_decimal(text, number), out);
}

/* ---- JSON -------------------------------------------------------------- */

static void json_figures(FILE *out, const struct info *info)
{
    for (const struct info_figure *f = info_figures; f->name; f++) {
        struct info_value v = f->get(info);
        fprintf(out, ", \"%s\": ", f->name);
        if (v.is_real)
            json_real(out, v.real);
        else
            put_count(out, v.count);
    }
}

/* An element of a list whose elements are objects. */
static void json_next(FILE *out, bool *first)
{
    fputs(*first ? "{" : ", {", out);
    *first = false;
}

static void json_classes(FILE *out, const struct info *info)
{
    bool first = true;
    for (size_t i = 0; i < INFO_CLASSES; i++) {
        const struct info_class *c = &info->classes[i];
        if (!c->requests)
            continue;
        json_next(out, &first);
        fprintf(out,
                "\"from\": %" PRIu64 ", \"to\": %" PRIu64
                ", \"requests\": %" PRIu64 ", \"bytes\": ",
                c->from, c->to, c->requests);
        put_count(out, c->bytes);
        putc('}', out);
    }
}

static void json_top(FILE *out, const struct info *info, size_t count)
{
    bool first = true;
    for (size_t i = 0; i < count && i < info->size_count; i++) {
        json_next(out, &first);
        fprintf(out, "\"size\": %" PRIu64 ", \"requests\": %" PRIu64 "}",
                info->top[i].size, info->top[i].requests);
    }
}

static void json_lifetimes(FILE *out, const struct info *info)
{
    bool first = true;
    for (size_t i = 0; i < INFO_LIFETIMES; i++) {
        if (!info->lifetimes[i])
            continue;
        json_next(out, &first);
        fprintf(out,
                "\"from\": %" PRIu64 ", \"to\": %" PRIu64
                ", \"blocks\": %" PRIu64 "}",
                info_lifetime_from(i), info_lifetime_to(i), info->lifetimes[i]);
    }
}

static void json_growth(FILE *out, const struct info *info)
{
    bool first = true;
    for (size_t i = 0; i < INFO_GROWTHS; i++) {
        if (!info->reallocs.growth[i])
            continue;
        json_next(out, &first);
        fputs("\"to\": ", out);
        json_real(out, info_growth_limit(i));
        fprintf(out, ", \"reallocs\": %" PRIu64 "}", info->reallocs.growth[i]);
    }
}

static void json_warnings(FILE *out, const struct info *info)
{
    for (size_t i = 0; i < info->warning_count; i++) {
        fputs(i ? ", " : "", out);
        json_text(out, info->warnings[i]);
    }
}

static void json_trace(FILE *out, const struct info *info, size_t top)
{
    fputs("    {\"name\": ", out);
    json_text(out, info->name);
    fputs(", \"path\": ", out);
    json_text(out, info->path);
    json_figures(out, info);
    fputs(", \"sizes\": [", out);
    json_classes(out, info);
    fputs("], \"top_sizes\": [", out);
    json_top(out, info, top);
    fputs("], \"lifetimes\": [", out);
    json_lifetimes(out, info);
    fputs("], \"growth\": [", out);
    json_growth(out, info);
    fputs("], \"warnings\": [", out);
    json_warnings(out, info);
    fputs("]}", out);
}

void info_print_json(FILE *out, const struct info_set *set)
{
    fputs("{\n  \"rep\": \"" MDRIVER_VERSION "\",\n  \"traces\": [", out);
    for (size_t i = 0; i < set->count; i++) {
        fputs(i ? ",\n" : "\n", out);
        json_trace(out, &set->infos[i], set->top);
    }
    fputs("\n  ]\n}\n", out);
}

/* ---- CSV --------------------------------------------------------------- */

static void csv_row(FILE *out, const struct info *info)
{
    csv_text(out, info->name);
    putc(',', out);
    csv_text(out, info->path);
    for (const struct info_figure *f = info_figures; f->name; f++) {
        struct info_value v = f->get(info);
        putc(',', out);
        if (!v.is_real)
            put_count(out, v.count);
        else if (isfinite(v.real))
            fprintf(out, "%.10g", v.real);
    }
    putc('\n', out);
}

void info_print_csv(FILE *out, const struct info_set *set)
{
    fputs("name,path", out);
    for (const struct info_figure *f = info_figures; f->name; f++)
        fprintf(out, ",%s", f->name);
    putc('\n', out);
    for (size_t i = 0; i < set->count; i++)
        csv_row(out, &set->infos[i]);
}
