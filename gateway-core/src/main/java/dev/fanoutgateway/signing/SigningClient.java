package dev.fanoutgateway.signing;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.GatewayClock;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Signs what another client sends to the groups that want it; each call has a nonce of its own. It closes the other one, which
 * stays its owner's to close otherwise. Safe for use by any thread.
 */
public final class SigningClient implements BackendClient {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE_BYTES = 16;

    private final BackendClient client;
    private final Map<String, SignedRequests> byGroup;
    private final GatewayClock clock;

    private SigningClient(BackendClient client, Map<String, SignedRequests> byGroup, GatewayClock clock) {
        this.client = client;
        this.byGroup = byGroup;
        this.clock = clock;
    }

    /** {@code client}, signing for the groups in {@code byGroup}; the same object if there are none. */
    public static BackendClient before(BackendClient client, Map<String, RequestSigning> byGroup, GatewayClock clock) {
        if (byGroup.isEmpty()) {
            return client;
        }
        Map<String, SignedRequests> signed = new HashMap<>();
        byGroup.forEach((group, how) -> signed.put(group, new SignedRequests(how)));
        return new SigningClient(client, Map.copyOf(signed), clock);
    }

    @Override
    public Call newCall(BackendRequest request) {
        SignedRequests signing = byGroup.get(request.backend().group());
        if (signing == null) {
            return client.newCall(request);
        }
        GatewayRequest signed = signing.signed(
                request.request(), request.backend(), Math.floorDiv(clock.currentTimeMillis(), 1_000L), nonce());
        return client.newCall(new BackendRequest(
                request.backend(), signed, request.timeoutNanos(), request.maxResponseBytes(), request.streamable()));
    }

    private static String nonce() {
        byte[] random = new byte[NONCE_BYTES];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    @Override
    public void close() {
        client.close();
    }
}
