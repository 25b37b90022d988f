/*
 * report_fields.c - what a result is to a program: names and values
 *
 * One table for JSON and CSV.  Names may be added, never changed; a figure
 * that is not known has no value.
 */
#include <math.h>

#include "driver/report_parts.h"

static struct value text(const char *s)
{
    return (struct value){.kind = s ? VALUE_TEXT : VALUE_NONE, .text = s};
}

static struct value count(unsigned long long n)
{
    return (struct value){.kind = VALUE_COUNT, .count = n};
}

static struct value real(double number)
{
    return (struct value){
        .kind = isfinite(number) ? VALUE_REAL : VALUE_NONE,
        .real = number,
    };
}

static struct value get_trace(const struct result *r)
{
    return text(r->trace->name);
}

static struct value get_path(const struct result *r)
{
    return text(r->trace->path);
}

static struct value get_weight(const struct result *r)
{
    return count((unsigned long long)r->trace->weight);
}

static struct value get_ops(const struct result *r)
{
    return count(r->trace->op_count);
}

static struct value get_ids(const struct result *r)
{
    return count(r->trace->id_count);
}

static struct value get_valid(const struct result *r)
{
    return (struct value){.kind = VALUE_BOOL, .count = report_valid(r)};
}

static struct value get_error(const struct result *r)
{
    return (struct value){.kind = report_valid(r) ? VALUE_NONE : VALUE_ERROR};
}

static struct value get_error_kind(const struct result *r)
{
    return text(report_valid(r) ? NULL : fault_name(r->fault));
}

/* Line 0 is that of a failure before the first request. */
static bool failed_at_a_line(const struct result *r)
{
    return !report_valid(r) && r->fault_line > 0;
}

static struct value get_error_line(const struct result *r)
{
    return failed_at_a_line(r) ? count(r->fault_line) : text(NULL);
}

/* Programs and people count requests from 1, as --break-at does. */
static struct value get_error_op(const struct result *r)
{
    return failed_at_a_line(r) ? count(r->fault_op + 1) : text(NULL);
}

static struct value get_error_message(const struct result *r)
{
    return text(report_valid(r) ? NULL : r->message);
}

/* Bytes mean nothing where the utilization is not known. */
static struct value bytes(const struct result *r, unsigned long long n)
{
    return isfinite(report_figure(r, r->util)) ? count(n) : text(NULL);
}

static struct value get_peak_payload(const struct result *r)
{
    return bytes(r, r->peak_payload);
}

static struct value get_heap_bytes(const struct result *r)
{
    return bytes(r, r->heap_bytes);
}

static struct value get_static_bytes(const struct result *r)
{
    return bytes(r, r->static_bytes);
}

static struct value get_private_bytes(const struct result *r)
{
    return bytes(r, r->private_bytes);
}

/* Known where runs were compared, see hygiene.h. */
static struct value get_deterministic(const struct result *r)
{
    return (struct value){.kind = r->compared ? VALUE_BOOL : VALUE_NONE,
                          .count = r->parted_line == 0};
}

static struct value get_util(const struct result *r)
{
    return real(report_figure(r, r->util));
}

static struct value get_overhead(const struct result *r)
{
    return real(report_figure(r, r->overhead));
}

static struct value get_ns_per_op(const struct result *r)
{
    return real(report_time(r, r->ns_per_op));
}

static struct value get_kops(const struct result *r)
{
    return real(report_time(r, r->kops));
}

static struct value get_ratio(const struct result *r)
{
    return real(report_time(r, r->ratio.mid));
}

static struct value get_ratio_lo(const struct result *r)
{
    return real(report_time(r, r->ratio.lo));
}

static struct value get_ratio_hi(const struct result *r)
{
    return real(report_time(r, r->ratio.hi));
}

static struct value get_instructions(const struct result *r)
{
    return real(report_time(r, r->instructions_per_op));
}

static struct value get_init_ns(const struct result *r)
{
    return real(report_time(r, r->init_ns));
}

static struct value get_samples(const struct result *r)
{
    (void)r;
    return (struct value){.kind = VALUE_SAMPLES};
}

static struct value get_secs(const struct result *r)
{
    return real(report_time(r, r->secs));
}

static struct value get_floor(const struct result *r)
{
    return real(report_time(r, r->floor_ns_per_op));
}

static struct value get_mean_frag(const struct result *r)
{
    return real(report_figure(r, r->heap_over_live_mean));
}

static struct value get_frag_at_live(const struct result *r)
{
    return real(report_figure(r, r->heap_over_live_at_live));
}

static struct value get_frag_at_heap(const struct result *r)
{
    return real(report_figure(r, r->heap_over_live_at_heap));
}

static struct value get_frag_peaks(const struct result *r)
{
    return real(report_figure(r, r->heap_max_over_live_max));
}

static struct value get_alignment(const struct result *r)
{
    return r->alignment ? count(r->alignment) : text(NULL);
}

static struct value get_bound_bytes(const struct result *r)
{
    return r->bound_bytes ? count(r->bound_bytes) : text(NULL);
}

static struct value get_above_bound(const struct result *r)
{
    return real(result_above_bound(r));
}

/* Nothing takes no time. */
static struct value latency(const struct result *r, double ns)
{
    return real(ns > 0 ? report_figure(r, ns) : NAN);
}

static struct value get_latency_median(const struct result *r)
{
    return latency(r, r->latency_median_ns);
}

static struct value get_latency_p99(const struct result *r)
{
    return latency(r, r->latency_p99_ns);
}

static struct value get_latency_p999(const struct result *r)
{
    return latency(r, r->latency_p999_ns);
}

static struct value get_latency_worst(const struct result *r)
{
    return latency(r, r->latency_worst_ns);
}

static struct value get_resident(const struct result *r)
{
    return (struct value){.kind = VALUE_BOOL, .count = r->resident};
}

static struct value get_output(const struct result *r)
{
    return text(r->output);
}

const struct field report_fields[] = {
    {"trace", IN_BOTH, get_trace},
    {"path", IN_BOTH, get_path},
    {"weight", IN_BOTH, get_weight},
    {"ops", IN_BOTH, get_ops},
    {"ids", IN_BOTH, get_ids},
    {"valid", IN_BOTH, get_valid},
    {"error", IN_JSON, get_error},
    {"error_kind", IN_CSV, get_error_kind},
    {"error_line", IN_CSV, get_error_line},
    {"error_op", IN_CSV, get_error_op},
    {"error_message", IN_CSV, get_error_message},
    {"peak_payload", IN_BOTH, get_peak_payload},
    {"heap_bytes", IN_BOTH, get_heap_bytes},
    {"static_bytes", IN_BOTH, get_static_bytes},
    {"util", IN_BOTH, get_util},
    {"overhead", IN_BOTH, get_overhead},
    {"ns_per_op", IN_BOTH, get_ns_per_op},
    {"kops", IN_BOTH, get_kops},
    {"libc_ratio", IN_BOTH, get_ratio},
    {"libc_ratio_lo", IN_BOTH, get_ratio_lo},
    {"libc_ratio_hi", IN_BOTH, get_ratio_hi},
    {"instructions_per_op", IN_BOTH, get_instructions},
    {"init_ns", IN_BOTH, get_init_ns},
    {"samples_ns", IN_BOTH, get_samples},
    {"secs", IN_BOTH, get_secs},
    {"floor_ns_per_op", IN_BOTH, get_floor},
    {"heap_over_live_mean", IN_BOTH, get_mean_frag},
    {"heap_over_live_at_live", IN_BOTH, get_frag_at_live},
    {"heap_over_live_at_heap", IN_BOTH, get_frag_at_heap},
    {"heap_max_over_live_max", IN_BOTH, get_frag_peaks},
    {"output", IN_BOTH, get_output},
    {"alignment", IN_BOTH, get_alignment},
    {"bound_bytes", IN_BOTH, get_bound_bytes},
    {"above_bound", IN_BOTH, get_above_bound},
    {"resident", IN_BOTH, get_resident},
    {"private_bytes", IN_BOTH, get_private_bytes},
    {"deterministic", IN_BOTH, get_deterministic},
    {"latency_median_ns", IN_BOTH, get_latency_median},
    {"latency_p99_ns", IN_BOTH, get_latency_p99},
    {"latency_p999_ns", IN_BOTH, get_latency_p999},
    {"latency_worst_ns", IN_BOTH, get_latency_worst},
    {NULL, IN_BOTH, NULL},
};
