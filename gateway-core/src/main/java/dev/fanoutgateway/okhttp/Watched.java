package dev.fanoutgateway.okhttp;

/** A connection that is watched for what does not belong to the answers on it. */
interface Watched {
    /** Whether more came than the last answer, as far as that has been read. */
    boolean hasSurplus();
}
