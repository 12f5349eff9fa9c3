package dev.fanoutgateway;

/** What may be wrong with the content of a request. */
enum ContentProblem {
    /** It is longer than what the gateway takes. */
    TOO_LARGE,
    /** It ended before its end, or is none by the rules of HTTP. */
    INCOMPLETE,
    /** It did not come in time. */
    LATE,
    /** There is no room for it, with that of others. */
    NO_ROOM
}
