/*
 * labels_test.c - names of points: near them, and off each other
 */
#include <math.h>

#include "driver/labels.h"
#include "tests/check.h"

static const struct labels_box area = {0, 0, 780, 460};

static bool is_inside(struct labels_box b, struct labels_box of)
{
    return b.left >= of.left && b.right <= of.right && b.bottom >= of.bottom &&
           b.top <= of.top;
}

static struct labels_box around(const struct label *l)
{
    return (struct labels_box){l->x - 4, l->y - 4, l->x + 4, l->y + 4};
}

/* Pixels that texts have in common with each other, or with a point. */
static double covered(const struct label *labels, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            sum += labels_common(labels[i].place, around(&labels[j]));
            if (j < i)
                sum += labels_common(labels[i].place, labels[j].place);
        }
    return sum;
}

static size_t count_outside(const struct label *labels, size_t count,
                            struct labels_box of)
{
    size_t outside = 0;
    for (size_t i = 0; i < count; i++)
        outside += !is_inside(labels[i].place, of);
    return outside;
}

static void check_clear(const struct label *labels, size_t count,
                        const char *name)
{
    double pixels = covered(labels, count);
    size_t outside = count_outside(labels, count, area);
    check(pixels == 0 && outside == 0, name,
          "%g pixels are covered twice, %zu of %zu texts are outside", pixels,
          outside, count);
}

/* Points of a small part of the area, the same in every run. */
static void scatter(struct label *labels, size_t count, double wide,
                    double high)
{
    unsigned long state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005UL + 1442695040888963407UL;
        double x = (double)(state >> 40) / (1 << 24);
        state = state * 6364136223846793005UL + 1442695040888963407UL;
        double y = (double)(state >> 40) / (1 << 24);
        labels[i] = (struct label){.x = 300 + wide * x,
                                   .y = 200 + high * y,
                                   .wide = 30 + 7.0 * (double)(i * 7 % 20),
                                   .high = 16};
    }
}

static void test_alone(void)
{
    struct label l = {.x = 400, .y = 200, .wide = 50, .high = 16};
    labels_place(&l, 1, NULL, 0, area);
    check(l.place.left == 409 && l.place.right == 459, "alone: to the right",
          "from %g to %g", l.place.left, l.place.right);
    check(l.place.bottom == 192 && l.place.top == 208, "alone: level",
          "from %g to %g", l.place.bottom, l.place.top);

    struct labels_box wall = {405, 190, 700, 210};
    labels_place(&l, 1, &wall, 1, area);
    check(labels_common(l.place, wall) == 0, "an obstacle is left alone",
          "%g pixels of it are covered", labels_common(l.place, wall));
    check(fabs(l.place.left + 25 - l.x) < 60, "and not fled from", "left at %g",
          l.place.left);
}

static void test_edges(void)
{
    static const double corners[4][2] = {
        {0, 0}, {780, 0}, {0, 460}, {780, 460}};
    for (size_t i = 0; i < 4; i++) {
        struct label l = {
            .x = corners[i][0], .y = corners[i][1], .wide = 120, .high = 16};
        labels_place(&l, 1, NULL, 0, area);
        check(is_inside(l.place, area), "in a corner: inside",
              "corner %zu: [%g, %g] x [%g, %g]", i, l.place.left, l.place.right,
              l.place.bottom, l.place.top);
    }
}

static void test_crowds(void)
{
    struct label labels[100];
    scatter(labels, 20, 250, 150);
    labels_place(labels, 20, NULL, 0, area);
    check_clear(labels, 20, "twenty close together");
    scatter(labels, 20, 60, 0.5);
    labels_place(labels, 20, NULL, 0, area);
    check_clear(labels, 20, "twenty in a row");
    scatter(labels, 8, 0, 0);
    labels_place(labels, 8, NULL, 0, area);
    check_clear(labels, 8, "eight at one point");
    scatter(labels, 100, 100, 100);
    labels_place(labels, 100, NULL, 0, area);
    check_int((long long)count_outside(labels, 100, area), 0,
              "a hundred where there is no room: all inside");
    labels_place(labels, 0, NULL, 0, area);
    check(labels[0].wide == 30, "none", "labels changed");
}

/* A line to a text that runs through another text is read as that one's. */
static void test_leader(void)
{
    struct label labels[] = {
        {.x = 400, .y = 200, .wide = 140, .high = 16},
        {.x = 420, .y = 200, .wide = 90, .high = 16},
        {.x = 440, .y = 200, .wide = 120, .high = 16},
    };
    labels_place(labels, 3, NULL, 0, area);
    check_clear(labels, 3, "three in a row");
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            struct labels_box p = labels[i].place, q = labels[j].place;
            double x = fmax(p.left, fmin(labels[i].x, p.right));
            double y = fmax(p.bottom, fmin(labels[i].y, p.top));
            x = (x + labels[i].x) / 2;
            y = (y + labels[i].y) / 2;
            check(i == j || x < q.left || x > q.right || y < q.bottom ||
                      y > q.top,
                  "no line through another's text", "%zu through %zu", i, j);
        }
}

static void test_common(void)
{
    struct labels_box a = {0, 0, 10, 10}, b = {5, 8, 20, 20},
                      c = {10, 0, 20, 9};
    check(labels_common(a, b) == 10, "boxes in common", "%g",
          labels_common(a, b));
    check(labels_common(a, c) == 0, "boxes that touch", "%g",
          labels_common(a, c));
}

int main(void)
{
    test_common();
    test_alone();
    test_edges();
    test_crowds();
    test_leader();
    return check_done();
}
