/** Telling the developers: log, mail, digests. */
@NullMarked
package dev.fanoutgateway.notify;

import org.jspecify.annotations.NullMarked;
