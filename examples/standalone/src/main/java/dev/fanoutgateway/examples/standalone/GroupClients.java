package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.okhttp.OkHttpBackendClient;
import dev.fanoutgateway.spi.BackendClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One OkHttp client for each pair of timeouts, since a client has one. Safe for use by any thread. */
final class GroupClients implements BackendClient {
    private final Map<String, BackendClient> byGroup;

    private GroupClients(Map<String, BackendClient> byGroup) {
        this.byGroup = Map.copyOf(byGroup);
    }

    static GroupClients of(List<BackendSettings> groups) {
        Map<List<Duration>, BackendClient> byTimeouts = new HashMap<>();
        Map<String, BackendClient> byGroup = new HashMap<>();
        for (BackendSettings group : groups) {
            byGroup.put(
                    group.group().name(),
                    byTimeouts.computeIfAbsent(
                            List.of(group.connectTimeout(), group.streamIdleTimeout()),
                            timeouts -> OkHttpBackendClient.builder()
                                    .connectTimeout(group.connectTimeout())
                                    .streamIdleTimeout(group.streamIdleTimeout())
                                    .build()));
        }
        return new GroupClients(byGroup);
    }

    @Override
    public Call newCall(BackendRequest request) {
        BackendClient client = byGroup.get(request.backend().group());
        if (client == null) {
            throw new IllegalArgumentException("expected a backend of the configuration, got one of group "
                    + request.backend().group());
        }
        return client.newCall(request);
    }

    @Override
    public void close() {
        byGroup.values().forEach(BackendClient::close);
    }
}
