/** What a host may replace, and the records these parts speak. Depends on nothing but {@code http}. */
@NullMarked
package dev.fanoutgateway.spi;

import org.jspecify.annotations.NullMarked;
