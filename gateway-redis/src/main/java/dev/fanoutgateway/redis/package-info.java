/** Limits, cached responses and keys that several gateways share, kept in Redis. */
@NullMarked
package dev.fanoutgateway.redis;

import org.jspecify.annotations.NullMarked;
