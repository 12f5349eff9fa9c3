/** What an intermediary adds to a message, takes from it, and believes of it (RFC 9110 section 7.6, RFC 7239). */
@NullMarked
package dev.fanoutgateway.relay;

import org.jspecify.annotations.NullMarked;
