/** The shared cache: the decisions of RFC 9111 as pure functions, the in-memory store, single flight. */
@NullMarked
package dev.fanoutgateway.caching;

import org.jspecify.annotations.NullMarked;
