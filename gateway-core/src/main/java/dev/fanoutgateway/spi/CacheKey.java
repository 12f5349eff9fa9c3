package dev.fanoutgateway.spi;

/**
 * Under what a response is stored: everything that is forwarded and may change the answer, and never a credential. Stores
 * compare it as a whole and do not look inside.
 *
 * @param value for example {@code stocks GET /api/v1/prices?symbol=IBM}
 */
public record CacheKey(String value) {}
