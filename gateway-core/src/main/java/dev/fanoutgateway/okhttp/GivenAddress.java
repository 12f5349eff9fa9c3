package dev.fanoutgateway.okhttp;

import java.net.InetAddress;
import java.util.List;
import okhttp3.Dns;

/**
 * A resolver for which every name leads to one address. Two for the same address are equal, and OkHttp gives a pooled
 * connection only to calls with an equal resolver: so a call to one backend never takes the connection to another one
 * behind the same name.
 */
record GivenAddress(InetAddress address) implements Dns {
    @Override
    public List<InetAddress> lookup(String hostname) {
        return List.of(address);
    }
}
