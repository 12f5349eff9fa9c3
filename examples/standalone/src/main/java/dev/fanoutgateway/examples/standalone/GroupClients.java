package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.okhttp.OkHttpBackendClient;
import dev.fanoutgateway.spi.BackendClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One OkHttp client for each connect timeout, since a client has one. Safe for use by any thread. */
final class GroupClients implements BackendClient {
    private final Map<String, BackendClient> byGroup;

    private GroupClients(Map<String, BackendClient> byGroup) {
        this.byGroup = Map.copyOf(byGroup);
    }

    static GroupClients of(List<BackendSettings> groups) {
        Map<Duration, BackendClient> byTimeout = new HashMap<>();
        Map<String, BackendClient> byGroup = new HashMap<>();
        for (BackendSettings group : groups) {
            byGroup.put(
                    group.group().name(),
                    byTimeout.computeIfAbsent(
                            group.connectTimeout(),
                            timeout -> OkHttpBackendClient.builder()
                                    .connectTimeout(timeout)
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
