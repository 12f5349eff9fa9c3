/** Rate limits and quotas: the GCRA arithmetic and the in-memory limiter. */
@NullMarked
package dev.fanoutgateway.limit;

import org.jspecify.annotations.NullMarked;
