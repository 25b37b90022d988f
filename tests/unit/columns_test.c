/*
 * columns_test.c - requests as columns of pixels
 */
#include "driver/columns.h"

#include "../check.h"

/* Every request is in one column, and every column has as many as any other,
 * but for one. */
static void check_partition(size_t requests, size_t most)
{
    struct columns c = columns_make(requests, most);
    size_t at = 0, fewest = requests, greatest = 0, wrong = 0;
    for (size_t i = 0; i < c.count; i++) {
        size_t first = columns_first(&c, i), next = columns_first(&c, i + 1);
        size_t length = next - first;
        wrong += first != at || next <= first;
        fewest = length < fewest ? length : fewest;
        greatest = length > greatest ? length : greatest;
        for (; at < next; at++)
            wrong += columns_of(&c, at) != i;
    }
    char name[96];
    snprintf(name, sizeof name, "%zu requests in at most %zu columns", requests,
             most);
    check(wrong == 0 && at == requests && greatest - fewest <= 1, name,
          "%zu wrong, %zu of them, from %zu to %zu", wrong, at, fewest,
          greatest);
}

int main(void)
{
    const size_t requests[] = {1, 2, 7, 999, 1000, 1001, 1999, 77500, 123457};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        check_partition(requests[i], 1000);
        check_partition(requests[i], 1);
        check_partition(requests[i], 600);
    }
    struct columns huge = columns_make((size_t)1 << 40, 1000);
    check_int((long long)columns_of(&huge, ((size_t)1 << 40) - 1), 999,
              "the last of 2^40 requests");
    check_int((long long)columns_first(&huge, 1000), 1LL << 40, "their end");
    return check_done();
}
