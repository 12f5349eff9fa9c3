package dev.fanoutgateway;

import java.util.Map;

/** All backend groups, by name. */
record Upstreams(Map<String, Upstream> byGroup) {
    /** The group of this name; that it exists is checked when the gateway is built. */
    Upstream of(String group) {
        Upstream upstream = byGroup.get(group);
        if (upstream == null) {
            throw new IllegalStateException(
                    "expected one of the backend groups " + byGroup.keySet() + ", got " + group);
        }
        return upstream;
    }
}
