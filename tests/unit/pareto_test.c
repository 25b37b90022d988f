/*
 * pareto_test.c - which of several no other beats in both of two things
 */
#include <math.h>

#include "driver/pareto.h"
#include "tests/check.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* "1" for each point of the front, "0" for others. */
static const char *front_of(struct pareto_point *points, size_t count)
{
    static char text[32];
    pareto_front(points, count);
    for (size_t i = 0; i < count; i++)
        text[i] = points[i].front ? '1' : '0';
    text[count] = '\0';
    return text;
}

/* "(x y) ..." of the front by rising x. */
static const char *sorted(const struct pareto_point *points, size_t count)
{
    static char text[256];
    struct pareto_point front[16];
    size_t n = pareto_sort(points, count, front), length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        length += (size_t)snprintf(text + length, sizeof text - length,
                                   "(%g %g)", front[i].x, front[i].y);
    return text;
}

static void test_front(void)
{
    struct pareto_point p[] = {
        {2, 0.5, true, false}, {1, 0.9, true, false}, {1.5, 0.7, true, false},
        {1, 0.7, true, false}, {2, 0.4, true, false}, {0.1, 0.1, true, true},
    };
    check_str(front_of(p, COUNT(p)), "111000", "the front");
    check_str(sorted(p, COUNT(p)), "(1 0.9)(1.5 0.7)(2 0.5)", "in its order");
    check_str(front_of(p, 1), "1", "one alone is on it");
    check_str(sorted(p, 1), "(2 0.5)", "and is all of it");
    check_str(front_of(p, 0), "", "none");
    check_str(sorted(p, 0), "", "of none");
}

static void test_equals(void)
{
    struct pareto_point p[] = {
        {1, 0.5, true, false},
        {1, 0.5, true, false},
        {1, 0.4, true, false},
        {0.5, 0.5, true, false},
    };
    check_str(front_of(p, COUNT(p)), "1100", "equals are on it together");
    check_str(sorted(p, COUNT(p)), "(1 0.5)", "as one corner");
}

static void test_left_out(void)
{
    struct pareto_point p[] = {
        {9, 0.9, false, false},     {1, 0.5, true, false},
        {NAN, 0.9, true, false},    {2, NAN, true, false},
        {INFINITY, 1, true, false}, {0.5, 0.4, true, false},
    };
    check_str(front_of(p, COUNT(p)), "010000",
              "who does not compete beats nobody");
    check_str(sorted(p, COUNT(p)), "(1 0.5)", "and is no corner");
    check_str(front_of(p + 2, 3), "000", "nobody competes");
    check_str(sorted(p + 2, 3), "", "no corner");
}

int main(void)
{
    test_front();
    test_equals();
    test_left_out();
    return check_done();
}
