/** Three replicas of a stock-price API, and the gateway before them. */
@NullMarked
package dev.fanoutgateway.examples.quickstart;

import org.jspecify.annotations.NullMarked;
