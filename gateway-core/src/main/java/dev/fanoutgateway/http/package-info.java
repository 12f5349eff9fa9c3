/** The values that travel through the gateway: requests, responses, header fields, bodies. No logic. */
@NullMarked
package dev.fanoutgateway.http;

import org.jspecify.annotations.NullMarked;
