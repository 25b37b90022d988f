/*
 * labels.c - where the names of points stand
 *
 * Each label in turn takes the cheapest of places around its point, others
 * staying where they are, and all of them again until nobody moves or SWEEPS
 * are over (greedy search; Christensen, Marks and Shieber, "An empirical study
 * of algorithms for point-feature label placement", 1995).
 */
#include "driver/labels.h"

#include <math.h>
#include <stdbool.h>

#define SWEEPS     12
#define DIRECTIONS 16
#define NEAREST    9.0 /* pixels from the point to its text */
#define FARTHER    1.5 /* times as far, ring by ring */
#define RINGS      8
#define MARK       6.0 /* half of what is drawn at a point */

/* A pixel that is covered costs as much as so many of distance. */
#define COST_LABEL    40.0
#define COST_OBSTACLE 2.0
#define COST_OUTSIDE  200.0

/* What a line from a point to its text costs for each of SAMPLES on it that
 * another text covers. */
#define COST_LEADER 60.0
#define SAMPLES     6

/* Of places as good as each other, the text to the right is expected. */
#define COST_TURN 0.3

struct scene {
    struct label *labels;
    size_t count;
    const struct labels_box *obstacles;
    size_t obstacle_count;
    struct labels_box area;
};

double labels_common(struct labels_box a, struct labels_box b)
{
    double wide = fmin(a.right, b.right) - fmax(a.left, b.left);
    double high = fmin(a.top, b.top) - fmax(a.bottom, b.bottom);
    return wide > 0 && high > 0 ? wide * high : 0;
}

static double size_of(struct labels_box b)
{
    return (b.right - b.left) * (b.top - b.bottom);
}

static struct labels_box mark_of(const struct label *l)
{
    return (struct labels_box){l->x - MARK, l->y - MARK, l->x + MARK,
                               l->y + MARK};
}

/* The box whose nearest side or corner lies in that direction of the point. */
static struct labels_box box_at(const struct label *l, size_t direction,
                                double distance)
{
    double angle = 2 * M_PI * (double)direction / DIRECTIONS;
    double dx = cos(angle), dy = sin(angle);
    double side = fabs(dx) > 0.3 ? copysign(1, dx) : dx; /* or above, below */
    double x = l->x + dx * distance + side * l->wide / 2;
    double y = l->y + dy * distance + dy * l->high / 2;
    return (struct labels_box){x - l->wide / 2, y - l->high / 2,
                               x + l->wide / 2, y + l->high / 2};
}

/* Of the line from a point to its text, how many samples are in a box. */
static size_t count_covered(const struct label *l, struct labels_box text,
                            struct labels_box other)
{
    double x = fmax(text.left, fmin(l->x, text.right)) - l->x;
    double y = fmax(text.bottom, fmin(l->y, text.top)) - l->y;
    size_t covered = 0;
    for (size_t i = 1; i <= SAMPLES; i++) {
        double at_x = l->x + x * (double)i / SAMPLES;
        double at_y = l->y + y * (double)i / SAMPLES;
        covered += at_x > other.left && at_x < other.right &&
                   at_y > other.bottom && at_y < other.top;
    }
    return covered;
}

/* With another label that has its place, or none yet. */
static double cost_with(const struct label *self, struct labels_box b,
                        const struct label *other)
{
    if (size_of(other->place) == 0)
        return 0;
    size_t covered = count_covered(self, b, other->place) +
                     count_covered(other, other->place, b);
    return COST_LABEL * labels_common(b, other->place) +
           COST_LEADER * (double)covered;
}

static double cost_of(const struct scene *s, size_t self, struct labels_box b)
{
    double cost = COST_OUTSIDE * (size_of(b) - labels_common(b, s->area));
    for (size_t i = 0; i < s->count; i++) {
        cost += COST_LABEL * labels_common(b, mark_of(&s->labels[i]));
        if (i != self)
            cost += cost_with(&s->labels[self], b, &s->labels[i]);
    }
    for (size_t i = 0; i < s->obstacle_count; i++)
        cost += COST_OBSTACLE * labels_common(b, s->obstacles[i]);
    return cost;
}

/* place - whether there is a better place than the one it has. */
static bool place(const struct scene *s, size_t self)
{
    struct label *l = &s->labels[self];
    struct labels_box best = l->place;
    double least = INFINITY, distance = NEAREST;
    for (size_t ring = 0; ring < RINGS; ring++, distance *= FARTHER)
        for (size_t d = 0; d < DIRECTIONS; d++) {
            struct labels_box b = box_at(l, d, distance);
            size_t turn = d <= DIRECTIONS / 2 ? d : DIRECTIONS - d;
            double cost =
                distance + COST_TURN * (double)turn + cost_of(s, self, b);
            if (cost < least) {
                least = cost;
                best = b;
            }
        }
    bool moves = best.left != l->place.left || best.top != l->place.top;
    l->place = best;
    return moves;
}

void labels_place(struct label *labels, size_t count,
                  const struct labels_box *obstacles, size_t obstacle_count,
                  struct labels_box area)
{
    struct scene s = {labels, count, obstacles, obstacle_count, area};
    for (size_t i = 0; i < count; i++)
        labels[i].place = (struct labels_box){0};
    bool moves = true;
    for (size_t sweep = 0; moves && sweep < SWEEPS; sweep++) {
        moves = false;
        for (size_t i = 0; i < count; i++)
            moves |= place(&s, i);
    }
}
