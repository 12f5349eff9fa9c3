package dev.fanoutgateway.okhttp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that is watched for what does not belong to the answers on it. */
interface Watched {
    /** What watches it; null before anything is sent or read, and where nothing is watched. */
    @Nullable
    Wire watching();

    /** Whether more came than the last answer, as far as that has been read. */
    default boolean hasSurplus() {
        Wire wire = watching();
        return wire != null && wire.hasSurplus();
    }

    /** Values in the head of the last answer that are no UTF-8, in their order, each octet as one character; null for none. */
    default @Nullable List<String> oddValues() {
        Wire wire = watching();
        return wire == null ? null : wire.oddValues();
    }

    /** See {@link Wire#early}. */
    default @Nullable EarlyAnswer early() {
        Wire wire = watching();
        return wire == null ? null : wire.early();
    }

    /** In the request that comes next, marks stand for octets. */
    default void sendOctets() {
        Wire wire = watching();
        if (wire != null) {
            wire.sendOctets();
        }
    }
}
