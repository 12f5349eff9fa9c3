package dev.fanoutgateway.jwt;

import dev.fanoutgateway.spi.Caller;
import java.util.Optional;

/**
 * Whom a token stands for.
 *
 * @param beginsMillis from when on, by the issuer's clock
 * @param expiresMillis from when on not any more, by the issuer's clock
 * @param leewayMillis how far that clock may be off
 */
record Verified(Optional<Caller> caller, long beginsMillis, long expiresMillis, long leewayMillis) {
    Verified(Caller caller, long beginsMillis, long expiresMillis, long leewayMillis) {
        this(Optional.of(caller), beginsMillis, expiresMillis, leewayMillis);
    }

    boolean holdsAt(long nowMillis) {
        return nowMillis - leewayMillis < expiresMillis && nowMillis + leewayMillis >= beginsMillis;
    }
}
