package dev.fanoutgateway.relay;

import java.util.List;

/** The proxies before the gateway whose word on the client is taken. Immutable; safe for use by any thread. */
final class TrustedProxies {
    private final List<Network> networks;

    private TrustedProxies(List<Network> networks) {
        this.networks = networks;
    }

    /** @throws IllegalArgumentException as {@link Network#of} does */
    static TrustedProxies of(List<String> blocks) {
        return new TrustedProxies(blocks.stream().map(Network::of).toList());
    }

    boolean isEmpty() {
        return networks.isEmpty();
    }

    /** Whether {@code address} is one of theirs; what is no address is nobody's. */
    boolean contains(String address) {
        if (networks.isEmpty()) {
            return false;
        }
        byte[] octets = IpAddress.parse(address);
        if (octets == null) {
            return false;
        }
        for (Network network : networks) {
            if (network.contains(octets)) {
                return true;
            }
        }
        return false;
    }
}
