/*
 * plot_test.c - every kind of picture has a script and stands in the help
 */
#include "driver/plot.h"

#include <unistd.h>

#include "../check.h"
#include "driver/options_parts.h"

static const char *plot_help(void)
{
    for (const struct flag *f = options_flags; f->help; f++)
        if (f->name && strcmp(f->name, "plot") == 0)
            return f->help;
    return "";
}

int main(void)
{
    unsigned all = 0;
    for (const struct plot_kind *k = plot_kinds; k->name; k++) {
        char script[64], name[96];
        unsigned bit = plot_find(k->name);
        snprintf(script, sizeof script, "plot/%s.gp", k->name);
        snprintf(name, sizeof name, "%s: has a script", k->name);
        check(access(script, R_OK) == 0, name, "no %s", script);
        snprintf(name, sizeof name, "%s: stands in the help", k->name);
        check(strstr(plot_help(), k->name) != NULL, name, "it does not");
        snprintf(name, sizeof name, "%s: needs what its table says", k->name);
        struct plot_needs needs = plot_needs(bit);
        check(needs.data == k->data && needs.timed == k->timed &&
                  needs.bound == k->bound,
              name, "data %#x", needs.data);
        check((all & bit) == 0 && bit, "a bit of its own", "%#x", bit);
        all |= bit;
    }
    check_int(plot_find("all"), all, "all is each of them");
    check_int(plot_find("al"), 0, "and nothing else is");
    return check_done();
}
