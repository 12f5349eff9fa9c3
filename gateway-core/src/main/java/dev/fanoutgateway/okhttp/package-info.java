/** The network by OkHttp. */
@NullMarked
package dev.fanoutgateway.okhttp;

import org.jspecify.annotations.NullMarked;
