/** TLS from PEM files that may change while they are used. */
@NullMarked
package dev.fanoutgateway.tls;

import org.jspecify.annotations.NullMarked;
