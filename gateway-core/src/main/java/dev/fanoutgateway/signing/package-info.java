/** Requests that are signed, so that a backend knows what came through the gateway (RFC 9421, RFC 9530). */
@NullMarked
package dev.fanoutgateway.signing;

import org.jspecify.annotations.NullMarked;
