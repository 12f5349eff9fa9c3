/**
 * What the gateway costs: JMH for its hot steps, and a load comparison with a bare Jetty and with the least that Jetty and
 * OkHttp can do.
 */
@NullMarked
package dev.fanoutgateway.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
