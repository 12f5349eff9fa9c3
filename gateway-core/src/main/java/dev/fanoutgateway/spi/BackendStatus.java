package dev.fanoutgateway.spi;

/**
 * A backend and how it is doing.
 *
 * @param backend the backend
 * @param inFlight attempts under way at it
 * @param available whether it should be tried: false while it is ejected or fails its health checks
 */
public record BackendStatus(Backend backend, int inFlight, boolean available) {}
