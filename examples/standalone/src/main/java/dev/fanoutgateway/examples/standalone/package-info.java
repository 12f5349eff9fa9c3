/** The gateway as a program of its own: a configuration file, an embedded Jetty. */
@NullMarked
package dev.fanoutgateway.examples.standalone;

import org.jspecify.annotations.NullMarked;
