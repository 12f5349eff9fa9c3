package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.tls.ReloadingTls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A client of the network for each group, since each has its own way to its backends. Safe for use by any thread. */
final class GroupClients implements BackendClient {
    private final Map<String, BackendClient> byGroup = new ConcurrentHashMap<>();
    private final List<ReloadingTls> opened = new ArrayList<>();

    /** @throws IllegalStateException if a file is not in order any more */
    void add(BackendSettings settings) {
        TransportSettings transport = settings.transport();
        ReloadingTls tls = transport.tls() == null ? null : transport.tls().open();
        if (tls != null) {
            opened.add(tls);
        }
        byGroup.put(
                settings.group().name(), transport.client(tls, settings.group().maxConcurrent()));
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
        opened.forEach(ReloadingTls::close);
    }
}
