package dev.fanoutgateway.relay;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Caller;
import org.jspecify.annotations.Nullable;

/**
 * What a request is sent with.
 *
 * @param own fields in place of a client's of these names
 * @param keepsHost whether the backend is told the client's {@code Host} as its own
 * @param shared whether the answer may be stored for others, so that nothing is told that they may not share
 * @param readable whether the answer has to be in an encoding that the gateway can read
 * @param caller whose request it is; null if not known
 */
public record Outbound(
        Headers own,
        boolean keepsHost,
        boolean shared,
        boolean readable,
        @Nullable Caller caller) {}
