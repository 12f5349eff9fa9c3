/** The race between replicas: strategies, selectors, acceptors. */
@NullMarked
package dev.fanoutgateway.fanout;

import org.jspecify.annotations.NullMarked;
