package dev.fanoutgateway.okhttp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that is watched for what does not belong to the answers on it. */
interface Watched {
    /** Whether more came than the last answer, as far as that has been read. */
    boolean hasSurplus();

    /** Values in the head of the last answer that are no UTF-8, in their order, each octet as one character; null for none. */
    @Nullable
    List<String> oddValues();

    /** In the request that comes next, marks stand for octets. */
    void sendOctets();
}
